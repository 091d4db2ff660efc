// The do-not-call lists as people read them: the last change first, with names.

import { Type } from 'typebox'
import { cursorText, lastCursor, readCursor } from '../../core/dnc-cursor.ts'
import { LIMITS } from '../../core/limits.ts'
import { historyOf } from '../../db/backups.ts'
import { latestDncEntries } from '../../db/dnc-latest.ts'
import { get, routes } from '../route.ts'
import { DncEvidence, refuseCursor } from './dnc.ts'
import { Id, DncListShape as List, nullable, PAGE, shape } from './shapes.ts'

const Latest = shape('LatestDncEntries', {
  items: Type.Array(DncEvidence, { description: 'The last changed first' }),
  next_cursor: nullable(Type.String({ description: 'Of the next page; null: there is none' })),
})

export const dncLatest = routes('dnc', {
  latestDncEntries: get('/v1/dnc/latest', {
    scope: 'read',
    summary: 'Do-not-call entries, the last changed first, with names',
    query: Type.Object({
      limit: PAGE.limit,
      cursor: Type.Optional(Type.String({ maxLength: 100, description: 'next_cursor of the page before' })),
      list: Type.Optional(List),
      campaign_id: Type.Optional(Id),
      standing: Type.Optional(
        Type.Boolean({
          description: 'true: only what is neither removed nor lapsed; false: only the others',
        }),
      ),
    }),
    answer: Latest,
    handle: async ({ services: { pool }, caller, query }) => {
      const history = await historyOf(pool)
      const cursor = query.cursor === undefined ? lastCursor(history) : readCursor(query.cursor)
      if (cursor?.history !== history) return refuseCursor()
      const before = cursor.at
      const { list = null, campaign_id = null, standing = null, limit = LIMITS.page_rows_default } = query
      const filter = { list, campaign_id, standing }
      const found = await latestDncEntries(pool, caller, filter, before, limit + 1)
      const rows = found.slice(0, limit)
      const { tx, entry_id } = rows.at(-1) ?? before
      const at = { tx, entry_id }
      return {
        items: rows.map(({ tx: _, ...entry }) => entry),
        next_cursor: found.length > limit ? cursorText({ history, at, safe: at }) : null,
      }
    },
  }),
})
