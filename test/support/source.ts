// A system that leads are pulled from: a list of rows, of which it answers those after an id, so many at a time.

import { type HttpTarget, httpTarget, type Received } from './targets.ts'

export interface Source extends HttpTarget {
  rows: (Record<string, unknown> & { id: string | number })[]
  page_rows: number
  /** Answers the rows again, after a test made it answer something else. */
  recover: () => void
}

export async function leadSource(): Promise<Source> {
  const target = await httpTarget()
  const answer = ({ url }: Received) => {
    const after = new URL(url, target.url).searchParams.get('after') ?? ''
    const from = after === '' ? 0 : source.rows.findIndex(({ id }) => String(id) === after) + 1
    const rows = source.rows.slice(from, from + source.page_rows)
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(rows) }
  }
  const source: Source = Object.assign(target, {
    rows: [],
    page_rows: 1_000,
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
