// The index of calls by number (migration 0030), which a database with calls gets while it is at work: until then no rules can
// be set that count calls.

import { type IndexChange, isIndexMade, replaceIndex } from './index-change.ts'
import type { Db, Pool } from './pool.ts'

const CHANGE: IndexChange = {
  name: 'callIndex',
  old: null,
  made: 'call_records_by_phone',
  on: 'call_records (phone, at) where phone is not null',
}

/** Whether calls can be looked up by their number. */
export const hasCallIndex = (db: Db): Promise<boolean> => isIndexMade(db, CHANGE)

/** Makes it where it is missing, which takes minutes. False: another process is at it. */
export const makeCallIndex = (pool: Pool, signal: AbortSignal): Promise<boolean> =>
  replaceIndex(pool, CHANGE, signal)
