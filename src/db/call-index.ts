// The index of calls by number (migration 0030), which a database with calls gets while it is at work.
//
// An index that nobody waits for cannot be made in a transaction, nor be prepared, so these are no declared statements.

import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { type None, statement } from './statement.ts'

interface State {
  is_made: boolean
  /** The making was cut off. */
  is_failed: boolean
}

const STATE = statement<None, State>(
  'callIndex.state',
  `select coalesce(i.indisvalid, false) as is_made, coalesce(not i.indisvalid, false) as is_failed
   from (select to_regclass('call_records_by_phone') as name) made
     left join pg_index i on i.indexrelid = made.name`,
)

const stateOf = async (db: Db) => (await db.query(STATE))[0]!

/** Whether calls can be looked up by their number. */
export const hasCallIndex = async (db: Db) => (await stateOf(db)).is_made

/**
 * Makes the index where it is missing, which takes minutes. True: nothing is left to do. False: another process is at it.
 * The signal cuts it off; the next call begins anew.
 */
export async function makeCallIndex(pool: Pool, signal: AbortSignal): Promise<boolean> {
  if (await hasCallIndex(pool)) return true
  return pool.session(async (client) => {
    const cut = () => void client.end()
    signal.addEventListener('abort', cut)
    try {
      const turn = await client.query(
        `/* callIndex.turn */ select pg_try_advisory_lock(${LOCKS.call_index}) as mine`,
      )
      if (!turn.rows[0].mine) return false
      const { is_made, is_failed } = await stateOf(pool)
      if (is_failed)
        await client.query('/* callIndex.dropFailed */ drop index concurrently call_records_by_phone')
      if (!is_made)
        await client.query(`/* callIndex.make */ create index concurrently call_records_by_phone
          on call_records (phone, at) where phone is not null`)
      return true
    } finally {
      signal.removeEventListener('abort', cut)
    }
  })
}
