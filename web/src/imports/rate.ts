// How fast rows are handled, and how long the rest takes.

import { useRef } from 'react'

interface Seen {
  at: number
  rows: number
}

/** The rate of the last so many milliseconds counts. */
const WINDOW_MS = 20_000

/** Rows a second between the first and the last look; undefined: not known yet. */
export function rateOf(seen: readonly Seen[]): number | undefined {
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last || last.at - first.at < 1_000 || last.rows <= first.rows) return undefined
  return ((last.rows - first.rows) * 1_000) / (last.at - first.at)
}

export function useRate(rows: number, now: number): number | undefined {
  const seen = useRef<Seen[]>([])
  const last = seen.current.at(-1)
  if (last === undefined || rows < last.rows) seen.current = [{ at: now, rows }]
  else if (rows > last.rows)
    seen.current = [...seen.current.filter(({ at }) => now - at < WINDOW_MS), { at: now, rows }]
  return rateOf(seen.current)
}
