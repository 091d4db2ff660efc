// Login and password: for the sign-in page, and for the dialog when a session ends. Managers and paste work.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Refused } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import { type Operator, sessionQuery, signIn } from '../api/session.ts'
import { text } from '../text.ts'
import { Problem } from './problem.tsx'
import styles from './sign-in-form.module.css'

const words = text.sign_in

export interface SignInFormProps {
  /** Whose session ended; then only the password is asked for. */
  login?: string
  onSignedIn: (operator: Operator) => void
}

export function SignInForm({ login: known, onSignedIn }: SignInFormProps) {
  const [login, setLogin] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const password_field = useRef<HTMLInputElement>(null)
  const enter = useMutation({
    mutationFn: signIn,
    meta: { signs_in: true },
    onSuccess: ({ operator, expires_at }) => {
      queries.setQueryData(sessionQuery.queryKey, { operator, expires_at, setup: false })
      onSignedIn(operator)
    },
    onError: () => {
      setPassword('')
      password_field.current?.focus()
    },
  })
  const refusal = enter.error instanceof Refused ? enter.error : undefined
  const seconds = useSecondsLeft(refusal)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!enter.isPending && seconds === 0) enter.mutate({ login: login.trim(), password })
  }
  const wrong = refusal?.problem.name === 'UNAUTHORIZED' ? words.wrong : undefined
  const blocked = refusal?.problem.name === 'RATE_LIMITED'
  return (
    <form className={styles.form} onSubmit={submit}>
      {blocked && (
        <p className={styles.blocked} role="alert">
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
        onChange={(event) => setLogin(event.currentTarget.value)}
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
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={wrong}
        visibilityToggleButtonProps={{ 'aria-label': words.show }}
      />
      <Button type="submit" fullWidth loading={enter.isPending} disabled={seconds > 0}>
        {words.submit}
      </Button>
    </form>
  )
}

/** Counts down what the server asked to wait; 0: go on. */
function useSecondsLeft(refusal: Refused | undefined): number {
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
