// Follows what happens elsewhere while a screen is open. Nothing depends on the stream: without it, screens poll more
// often.

import { useDebouncedValue, useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Followed } from '../../../src/client/events.ts'
import { client, queries } from './client.ts'

/** A browser has six connections to one server: a page in the background gives its own back after this time. */
const HIDDEN_MS = 5_000

/** Follows a topic while the component is mounted and the page is visible. Returns whether the stream is open. */
export function useLive(topic: string, on: (followed: Followed) => void): boolean {
  const [live, setLive] = useState(false)
  const receive = useEffectEvent(on)
  const hidden = useDocumentVisibility() === 'hidden'
  const [was_hidden] = useDebouncedValue(hidden, HIDDEN_MS)
  const away = hidden && was_hidden
  useEffect(() => {
    if (away) return
    const stop = new AbortController()
    const { signal } = stop
    const set = (is_live: boolean) => signal.aborted || setLive(is_live)
    void client
      .follow({ topics: [topic], signal, on: (followed) => receive(followed), onLive: set })
      .then(() => set(false))
    return () => {
      stop.abort()
      setLive(false)
    }
  }, [topic, away])
  return live
}

/** How often a screen polls; rarely beside the stream, in case that went silent. */
export const pollMs = (live: boolean) => (live ? 60_000 : 10_000)

/** Keeps the lists of conflicts up to date. Returns how often to poll besides, milliseconds. */
export const useLiveConflicts = () =>
  pollMs(
    useLive('conflicts', ({ event }) => {
      if (event === 'conflicts') void queries.invalidateQueries({ queryKey: ['conflicts'] })
    }),
  )

/** The number of the newest lead, as the stream tells it; null while it is not known. */
export function useNewestLead(): number | null {
  const [newest, setNewest] = useState<number | null>(null)
  useLive('leads', (followed) => {
    if (followed.event === 'leads') setNewest(followed.newest)
  })
  return newest
}
