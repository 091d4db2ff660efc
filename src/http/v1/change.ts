// A change of set-up, written together with its audit entry.

import { refuse } from '../../core/result.ts'
import { type Retry, sqlState } from '../../db/again.ts'
import { audit } from '../../db/audit.ts'
import type { Db } from '../../db/pool.ts'
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
  options?: Retry,
): Promise<T | undefined> {
  try {
    return await call.services.pool.transaction(async (tx) => {
      // A name that is taken is no clash: the transaction does not try again.
      const made = await work(tx).catch((error: unknown) => {
        if (sqlState(error) !== '23505') throw error
        return orRefuse<T>(refuse('INVALID_FIELD', 'this name is taken', { field: '/name' }))
      })
      if (made !== undefined) await audit(tx, { ...call.by, action, subject: subject(made), details })
      return made
    }, options)
  } finally {
    call.services.intake.targets.clear()
  }
}

/**
 * The same for what running writes rest on: it has to wait until those that began before are committed, each time for a
 * moment only, because new ones wait behind it.
 */
export const changeWithRetry = <T>(
  call: Call,
  action: string,
  work: (tx: Db) => Promise<T | undefined>,
  subject: (made: T) => string,
  details = {},
): Promise<T | undefined> =>
  change(call, action, work, subject, details, { retry: 'lock', deadline: call.deadline })
