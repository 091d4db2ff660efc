// A system that leads are pulled from: a list of rows, of which it answers those after an id, so many at a time.

import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpTarget, httpTarget, type Received } from './targets.ts'

export interface Source extends HttpTarget {
  rows: (Record<string, unknown> & { id: string | number })[]
  page_rows: number
  /** From this row on they come one by one and slowly: a run neither ends nor fails. */
  slow_from: number
  /** Answers the rows again, after a test made it answer something else. */
  recover: () => void
}

const SLOW_MS = 200

export async function leadSource(): Promise<Source> {
  const target = await httpTarget()
  const answer = async ({ url }: Received) => {
    const after = new URL(url, target.url).searchParams.get('after') ?? ''
    const from = after === '' ? 0 : source.rows.findIndex(({ id }) => String(id) === after) + 1
    const fast = Math.min(source.page_rows, source.slow_from - from)
    if (fast <= 0) await sleep(SLOW_MS)
    const rows = source.rows.slice(from, from + Math.max(fast, 1))
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(rows) }
  }
  const source: Source = Object.assign(target, {
    rows: [],
    page_rows: 1_000,
    slow_from: Number.POSITIVE_INFINITY,
    recover: () => {
      target.answer = answer
    },
  })
  source.recover()
  return source
}

/** The part of a pull that says where it fetches from. */
export const requestTo = ({ url }: HttpTarget) => ({
  method: 'GET' as const,
  url: `${url}/leads?after=\${last_id}`,
})
