// The index of terms (migration 0023), which a database with texts gets while it is at work: until then the index of
// trigrams serves. A text is in both meanwhile.
//
// An index that nobody waits for cannot be made in a transaction, nor be prepared, so these are no declared statements.

import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { type None, statement } from './statement.ts'

/** `is_failed`: the making of the new one was cut off. */
interface State {
  is_made: boolean
  is_failed: boolean
  is_old_there: boolean
}

const STATE = statement<None, State>(
  'searchIndex.state',
  `select coalesce(i.indisvalid, false) as is_made, coalesce(not i.indisvalid, false) as is_failed,
     to_regclass('lead_texts_by_trigram') is not null as is_old_there
   from (select to_regclass('lead_texts_by_term') as name) made
     left join pg_index i on i.indexrelid = made.name`,
)

const stateOf = async (db: Db): Promise<State> => (await db.query(STATE))[0]!

/** Whether the index of terms can be asked. */
export const hasTermIndex = async (db: Db): Promise<boolean> => (await stateOf(db)).is_made

/**
 * Makes the index of terms where it is missing, which takes minutes, then drops that of trigrams. True: nothing is left to
 * do. False: another process is at it. The signal cuts it off; the next call begins anew.
 */
export async function changeIndex(pool: Pool, signal: AbortSignal): Promise<boolean> {
  const before = await stateOf(pool)
  if (before.is_made && !before.is_old_there) return true
  return pool.session(async (client) => {
    const cut = () => void client.end()
    signal.addEventListener('abort', cut)
    try {
      const turn = await client.query(
        `/* searchIndex.turn */ select pg_try_advisory_lock(${LOCKS.search_index}) as mine`,
      )
      if (!turn.rows[0].mine) return false
      const { is_made, is_failed } = await stateOf(pool)
      if (is_failed)
        await client.query('/* searchIndex.dropFailed */ drop index concurrently lead_texts_by_term')
      if (!is_made)
        await client.query(`/* searchIndex.make */ create index concurrently lead_texts_by_term
          on lead_texts using gin (search_terms(text)) with (gin_pending_list_limit = 8192)`)
      await client.query('/* searchIndex.dropOld */ drop index concurrently if exists lead_texts_by_trigram')
      return true
    } finally {
      signal.removeEventListener('abort', cut)
    }
  })
}
