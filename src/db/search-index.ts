// The index of terms (migration 0023), which a database with texts gets while it is at work: until then the index of
// trigrams serves. A text is in both meanwhile.

import { type IndexChange, isIndexMade, replaceIndex } from './index-change.ts'
import type { Db, Pool } from './pool.ts'

const CHANGE: IndexChange = {
  name: 'searchIndex',
  old: 'lead_texts_by_trigram',
  made: 'lead_texts_by_term',
  on: 'lead_texts using gin (search_terms(text)) with (gin_pending_list_limit = 8192)',
}

/** Whether the index of terms can be asked. */
export const hasTermIndex = (db: Db): Promise<boolean> => isIndexMade(db, CHANGE)

/** Makes it where it is missing, which takes minutes. False: another process is at it. */
export const changeIndex = (pool: Pool, signal: AbortSignal): Promise<boolean> =>
  replaceIndex(pool, CHANGE, signal)
