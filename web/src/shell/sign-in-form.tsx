// Login and password, on the sign-in page and in the dialog after a session.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Operator } from '../../../src/client/api.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { text } from '../text.ts'
import { onSubmit, typed } from './parts.tsx'
import { Problem } from './problem.tsx'

const words = text.sign_in

interface SignInFormProps {
  /** The operator whose session ended; then only the password is asked for. */
  login?: string
  onSignedIn: (operator: Operator) => void
}

/** Password managers and pasting work. */
export function SignInForm({ login: known, onSignedIn }: SignInFormProps) {
  const [login, setLogin] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const password_field = useRef<HTMLInputElement>(null)
  // Enter can come again before the form is drawn anew.
  const sent = useRef(false)
  const enter = useMutation({
    mutationFn: () => must(client.signIn(login.trim(), password)),
    meta: { signs_in: true },
    onSuccess: async ({ operator }) => {
      await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
      onSignedIn(operator)
    },
    onError: () => {
      sent.current = false
      setPassword('')
      password_field.current?.focus()
    },
  })
  const refusal = enter.error instanceof Refused ? enter.error : undefined
  const seconds = useSecondsLeft(refusal)
  const submit = () => {
    if (sent.current || seconds > 0) return
    sent.current = true
    enter.mutate()
  }
  const wrong = refusal?.problem.name === 'UNAUTHORIZED' ? words.wrong : undefined
  const blocked = refusal?.problem.name === 'RATE_LIMITED'
  return (
    <form className="stack" style={{ gap: 14 }} onSubmit={onSubmit(submit)}>
      {blocked && (
        <p className="notice figures" role="alert">
          {seconds > 0 ? words.blocked(seconds) : words.again}
        </p>
      )}
      {enter.error && !wrong && !blocked && <Problem error={enter.error} />}
      <TextInput
        label={words.login}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        readOnly={known !== undefined}
        autoFocus={known === undefined}
        value={login}
        onChange={typed(setLogin)}
      />
      <PasswordInput
        ref={password_field}
        label={words.password}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus={known !== undefined || undefined}
        value={password}
        onChange={typed(setPassword)}
        error={wrong}
        aria-invalid={wrong !== undefined}
        visibilityToggleButtonProps={{ 'aria-label': words.show }}
      />
      <Button variant="filled" type="submit" mt={4} loading={enter.isPending} disabled={seconds > 0}>
        {words.submit}
      </Button>
    </form>
  )
}

/** Counts down the seconds that the server asked to wait. */
export function useSecondsLeft(refusal: Refused | undefined): number {
  const [left, setLeft] = useState(0)
  const wait_s = refusal?.problem.name === 'RATE_LIMITED' ? (refusal.retry_after_s ?? 1) : 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal starts a wait of its own
  useEffect(() => {
    const until = performance.now() + wait_s * 1_000
    const tick = () => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1_000)))
    tick()
    if (wait_s === 0) return
    const timer = setInterval(tick, 250)
    return () => clearInterval(timer)
  }, [refusal])
  return left
}
