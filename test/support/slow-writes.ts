// Statements that are under way for as long as a test needs, and wait for nobody's lock.

import { admin, type Connection } from './postgres.ts'
import { until } from './until.ts'

/**
 * While `work` runs, every statement that writes to the table takes a second longer. `underWay` resolves with the
 * backend of a statement that is in this second.
 */
export async function whileWritesAreSlow<T>(
  where: Connection,
  table: string,
  work: (underWay: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const trigger = `slow_write after insert or update on ${table} for each statement`
  await admin(
    where,
    `create function slow_write() returns trigger language plpgsql as $$begin perform pg_sleep(1); return null; end$$;
     create trigger ${trigger} execute function slow_write()`,
  )
  const underWay = async () => {
    let pid = 0
    await until('a statement is under way', async () => {
      const { rows } = await admin(
        where,
        `select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      )
      pid = rows[0]?.pid ?? 0
      return pid !== 0
    })
    return pid
  }
  try {
    return await work(underWay)
  } finally {
    await admin(where, 'drop function slow_write cascade')
  }
}
