// Pages: keyset cursors, one row more is read to know whether there is a next page.

import { LIMITS } from '../../core/limits.ts'
import type { PageBounds } from '../../db/page.ts'

export interface PageAsked {
  cursor?: number
  limit?: number
}

export async function page<Row>(
  asked: PageAsked,
  read: (page: PageBounds & { rows_max: number }) => Promise<Row[]>,
  key: (row: Row) => number,
) {
  const limit = asked.limit ?? LIMITS.page_rows_default
  const rows = await read({ after: asked.cursor ?? 0, rows_max: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next_cursor: rows.length > limit ? key(items.at(-1)!) : null }
}
