// An index that is made while the database is at work, without a lock that writers meet; then the one whose place it takes, if
// there is one, is dropped.
//
// An index that nobody waits for cannot be made in a transaction, nor be prepared, so these are no declared statements.

import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { statement } from './statement.ts'

export interface IndexChange {
  /** Of its statements. */
  name: string
  /** The name of the one whose place it takes; null: there was none. */
  old: string | null
  /** Its name. */
  made: string
  /** What it is on, as SQL. */
  on: string
}

/** `is_failed`: its making was cut off. */
interface State {
  is_made: boolean
  is_failed: boolean
  is_old_there: boolean
}

const STATE = statement<Pick<IndexChange, 'old' | 'made'>, State>(
  'indexChange.state',
  `select coalesce(i.indisvalid, false) as is_made, coalesce(not i.indisvalid, false) as is_failed,
     to_regclass(:old) is not null as is_old_there
   from (select to_regclass(:made) as name) made left join pg_index i on i.indexrelid = made.name`,
)

const stateOf = async (db: Db, { old, made }: IndexChange): Promise<State> =>
  (await db.query(STATE, { old, made }))[0]!

/** Whether it can be asked. */
export const isIndexMade = async (db: Db, change: IndexChange): Promise<boolean> =>
  (await stateOf(db, change)).is_made

/**
 * Makes the index where it is missing, then drops the old one. True: nothing is left to do. False: another process is at
 * it, or at another index. The signal cuts it off; the next call begins anew.
 */
export async function replaceIndex(pool: Pool, change: IndexChange, signal: AbortSignal): Promise<boolean> {
  const { name, old, made, on } = change
  const before = await stateOf(pool, change)
  if (before.is_made && !before.is_old_there) return true
  return pool.session(async (client) => {
    const cut = () => void client.end()
    signal.addEventListener('abort', cut)
    try {
      const turn = await client.query(
        `/* ${name}.turn */ select pg_try_advisory_lock(${LOCKS.index_change}) as mine`,
      )
      if (!turn.rows[0].mine) return false
      const { is_made, is_failed } = await stateOf(pool, change)
      if (is_failed) await client.query(`/* ${name}.dropFailed */ drop index concurrently ${made}`)
      if (!is_made) await client.query(`/* ${name}.make */ create index concurrently ${made} on ${on}`)
      if (old !== null) await client.query(`/* ${name}.dropOld */ drop index concurrently if exists ${old}`)
      return true
    } finally {
      signal.removeEventListener('abort', cut)
    }
  })
}
