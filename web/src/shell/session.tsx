// What happens when a session ends, here or in another window of the browser.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { BASE, client, must, queries, repeatInterrupted, sessionEnded } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { openKept } from '../kept.ts'
import { Dialog, lazyScreen } from '../load-screen.tsx'
import { createStore, useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './shell.module.css'

const words = text.sign_in

/** Tells who is signed in now, by id; null: nobody. */
export const otherWindows = new BroadcastChannel('leadline.session')

otherWindows.onmessage = ({ data }: MessageEvent<number | null>) => {
  const own = queries.getQueryData(sessionQuery.queryKey)?.operator
  if (data === null) toSignIn()
  else if (own?.operator_id !== data) window.location.assign(BASE)
  else if (sessionEnded.get()) goOnSignedIn()
  else void learnSession()
}

/** Asks for the session again: another password makes another key for drafts. */
export async function learnSession(): Promise<void> {
  const { operator, drafts_key } = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
  if (operator && drafts_key) await openKept(operator.operator_id, drafts_key)
}

/** A fresh page has no data of the operator in its memory. */
export const toSignIn = () => window.location.assign(`${BASE}login`)

/** In every window of this browser. */
export function leaveSignedOut(): void {
  otherWindows.postMessage(null)
  toSignIn()
}

export function goOnSignedIn(): void {
  sessionEnded.set(false)
  void queries.invalidateQueries()
  repeatInterrupted()
}

const SignInAgain = lazyScreen(() => import('./sign-in-again.tsx'), 'SignInAgain')

/** The session ended during the work: the screen stays behind this dialog, with everything that was typed. */
export const SessionEnded = () => <Dialog of={SignInAgain} open={useStore(sessionEnded)} />

/** Whether the dialog for it is open. */
export const changingPassword = createStore(false)

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
