// A change of set-up, written together with its audit entry.

import { refuse } from '../../core/result.ts'
import { audit } from '../../db/audit.ts'
import { type Db, sqlState } from '../../db/pool.ts'
import { again, LOCKED, RING } from '../../intake/again.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

/**
 * Makes or changes a piece of set-up together with its audit entry; undefined: what it belongs to is unknown.
 * A name that is taken answers as an invalid field.
 */
export async function change<T>(
  call: Call,
  action: string,
  work: (tx: Db) => Promise<T | undefined>,
  subject: (made: T) => string,
  details = {},
): Promise<T | undefined> {
  try {
    return await call.services.pool.transaction(async (tx) => {
      const made = await work(tx)
      if (made !== undefined) await audit(tx, { ...call.by, action, subject: subject(made), details })
      return made
    })
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    return orRefuse(refuse('INVALID_FIELD', 'this name is taken', { field: '/name' }))
  } finally {
    call.services.intake.targets.clear()
  }
}

/**
 * The same for what running writes rest on: it has to wait until those that began before are committed, each time for a
 * moment only, because new ones wait behind it.
 */
export const changeWithRetry = <T>(...of: Parameters<typeof change<T>>): Promise<T | undefined> =>
  again([...RING, ...LOCKED], () => change(...of), of[0].deadline)
