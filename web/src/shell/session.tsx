// Signing in, and what happens when a session ends.

import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Operator } from '../../../src/client/api.ts'
import { BASE, client, must, queries, Refused, repeatInterrupted, sessionEnded } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { onSubmit, typed } from './parts.tsx'
import { Problem } from './problem.tsx'
import styles from './shell.module.css'

const words = text.sign_in

interface SignInFormProps {
  /** The operator whose session ended; then only the password is asked for. */
  login?: string
  onSignedIn: (operator: Operator) => void
}

/** Login and password, on the sign-in page and in the dialog after a session. Password managers and pasting work. */
export function SignInForm({ login: known, onSignedIn }: SignInFormProps) {
  const [login, setLogin] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const password_field = useRef<HTMLInputElement>(null)
  const enter = useMutation({
    mutationFn: () => must(client.signIn(login.trim(), password)),
    meta: { signs_in: true },
    onSuccess: async ({ operator }) => {
      await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
      onSignedIn(operator)
    },
    onError: () => {
      setPassword('')
      password_field.current?.focus()
    },
  })
  const refusal = enter.error instanceof Refused ? enter.error : undefined
  const seconds = useSecondsLeft(refusal)
  const submit = () => {
    if (!enter.isPending && seconds === 0) enter.mutate()
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
        visibilityToggleButtonProps={{ 'aria-label': words.show }}
      />
      <Button variant="filled" type="submit" mt={4} loading={enter.isPending} disabled={seconds > 0}>
        {words.submit}
      </Button>
    </form>
  )
}

/** Counts down the seconds that the server asked to wait. */
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

/** Tells who is signed in now, by id; null: nobody. */
const otherWindows = new BroadcastChannel('leadline.session')

otherWindows.onmessage = ({ data }: MessageEvent<number | null>) => {
  const own = queries.getQueryData(sessionQuery.queryKey)?.operator
  if (data === null) toSignIn()
  else if (own?.operator_id !== data) window.location.assign(BASE)
  else if (sessionEnded.get()) goOnSignedIn()
}

/** A fresh page has no data of the operator in its memory. */
const toSignIn = () => window.location.assign(`${BASE}login`)

/** In every window of this browser. */
export function leaveSignedOut(): void {
  otherWindows.postMessage(null)
  toSignIn()
}

function goOnSignedIn(): void {
  sessionEnded.set(false)
  void queries.invalidateQueries()
  repeatInterrupted()
}

/** The session ended during the work: the screen stays behind this dialog, with everything that was typed. */
export const SessionEnded = () => useStore(sessionEnded) && <SignInAgain />

function SignInAgain() {
  // The query keeps the operator of the ended session while the dialog is open.
  const operator = useQuery({ ...sessionQuery, enabled: false }).data?.operator ?? undefined
  const goOn = (signed_in: Operator) => {
    // Another operator gets a fresh page, without the data of this one.
    if (operator && signed_in.operator_id !== operator.operator_id) return window.location.assign(BASE)
    goOnSignedIn()
    otherWindows.postMessage(signed_in.operator_id)
  }
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={words.ended_title}
      size="sm"
      centered
      // Whoever comes to the desk meanwhile reads nothing of the screen behind.
      overlayProps={{ blur: 8 }}
    >
      <p className="dimmed" style={{ marginBottom: 16 }}>
        {words.ended}
      </p>
      <SignInForm login={operator?.login} onSignedIn={goOn} />
      <Button variant="subtle" size="xs" fullWidth mt={8} onClick={toSignIn}>
        {words.other}
      </Button>
    </Modal>
  )
}

const WARN_MS = 120_000
/** Longer timers fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** Warns two minutes before a session expires; one click extends it (WCAG 2.2.1). */
export function SessionEnds() {
  const { data, refetch } = useQuery({ ...sessionQuery, enabled: false })
  const ends = data?.expires_at ?? null
  const [warned, setWarned] = useState<string | null>(null)
  const stay = useMutation({
    // This counts as use; asking for the session alone does not.
    mutationFn: () => must(client.session({ extend: true })),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  })
  useEffect(() => {
    if (ends === null) return
    let gone = false
    const wait_ms = Math.min(Math.max(new Date(ends).getTime() - WARN_MS - Date.now(), 0), TIMER_MS_MAX)
    const timer = setTimeout(async () => {
      // Work here or in another window may have moved the end; asking does not.
      const fresh = (await refetch()).data?.expires_at
      if (!gone && fresh === ends) setWarned(ends)
    }, wait_ms)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [ends, refetch])
  if (warned === null || warned !== ends) return null
  return (
    <div className={`${styles.session} notice row`} role="alert">
      <span>{words.ends_soon}</span>
      <Button variant="filled" size="xs" loading={stay.isPending} onClick={() => stay.mutate()}>
        {words.stay}
      </Button>
    </div>
  )
}
