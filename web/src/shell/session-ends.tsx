// Two minutes before a session ends of itself it says so, and goes on at a click (WCAG 2.2.1).

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queries } from '../api/queries.ts'
import { extendSession, sessionQuery } from '../api/session.ts'
import { text } from '../text.ts'
import styles from './session-ends.module.css'

const words = text.sign_in

const WARN_MS = 120_000
/** Longer timers fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1

export function SessionEnds() {
  const { data, refetch } = useQuery({ ...sessionQuery, enabled: false })
  const ends = data?.expires_at ?? null
  const [warned, setWarned] = useState<string | null>(null)
  const stay = useMutation({
    mutationFn: extendSession,
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  })
  useEffect(() => {
    if (ends === null) return
    let gone = false
    const wait_ms = Math.min(Math.max(new Date(ends).getTime() - WARN_MS - Date.now(), 0), TIMER_MS_MAX)
    const timer = setTimeout(async () => {
      // What was done here or in another window has moved the end; asking does not.
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
    <div className={styles.warning} role="alert">
      <span>{words.ends_soon}</span>
      <Button size="xs" loading={stay.isPending} onClick={() => stay.mutate()}>
        {words.stay}
      </Button>
    </div>
  )
}
