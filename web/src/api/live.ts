// What happens elsewhere while a screen is open. Without the stream, screens ask again by themselves; nothing depends
// on it.

import { useDebouncedValue, useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import type { Followed, Present } from '../../../src/client/events.ts'
import { client, queries } from './client.ts'
import { leadQuery } from './leads.ts'
import { useOperator } from './session.ts'

/** A browser has six connections to one server: a page in the background gives its own back after this time. */
const HIDDEN_MS = 5_000

/** Follows a topic while the component is there and the page is visible. Answers whether the stream is open. */
function useLive(topic: string, on: (followed: Followed) => void): boolean {
  const [live, setLive] = useState(false)
  const latest = useRef(on)
  latest.current = on
  const hidden = useDocumentVisibility() === 'hidden'
  const [was_hidden] = useDebouncedValue(hidden, HIDDEN_MS)
  const away = hidden && was_hidden
  useEffect(() => {
    if (away) return
    const stop = new AbortController()
    const { signal } = stop
    const set = (is_live: boolean) => signal.aborted || setLive(is_live)
    void client
      .follow({ topics: [topic], signal, on: (followed) => latest.current(followed), onLive: set })
      .then(() => set(false))
    return () => {
      stop.abort()
      setLive(false)
    }
  }, [topic, away])
  return live
}

/** How often a screen asks by itself without the stream; rarely with it, in case it went silent. */
const pollMs = (live: boolean) => (live ? 60_000 : 10_000)

/** Keeps the lists of conflicts up to date. Answers how often to ask for them besides, milliseconds. */
export const useLiveConflicts = () =>
  pollMs(
    useLive('conflicts', ({ event }) => {
      if (event === 'conflicts') void queries.invalidateQueries({ queryKey: ['conflicts'] })
    }),
  )

const HEARTBEAT_MS = 10_000

/** Keeps a lead up to date while it is open, and answers who else is here. */
export function useLiveLead(id: string, editing: boolean): { present: readonly Present[]; poll_ms: number } {
  const { operator_id } = useOperator()
  const [present, setPresent] = useState<readonly Present[]>([])
  const live = useLive(`lead:${id}`, (followed) => {
    if (followed.event === 'conflicts' || followed.lead_id !== id) return
    if (followed.event === 'presence')
      setPresent(followed.operators.filter((one) => one.operator_id !== operator_id))
    else void queries.invalidateQueries({ queryKey: leadQuery(id).queryKey })
  })
  useEffect(() => {
    // When the server does not hear it, nobody is told; that is all.
    const beat = () => void client.sayPresent(id, { editing }).catch(() => undefined)
    beat()
    const timer = setInterval(beat, HEARTBEAT_MS)
    return () => clearInterval(timer)
  }, [id, editing])
  useEffect(() => () => void client.sayGone(id).catch(() => undefined), [id])
  return { present: live ? present : [], poll_ms: pollMs(live) }
}
