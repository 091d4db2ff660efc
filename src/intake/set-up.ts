// A change of set-up: one transaction with its audit entry, whatever is changed.

import { type Result, refuse } from '../core/result.ts'
import { sqlState } from '../db/again.ts'
import { audit } from '../db/audit.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import type { Targets } from './targets.ts'
import { transact } from './transact.ts'

/** The caller who asks for a change, and the process that makes it. A call of the API is one. */
export interface Asker {
  services: { pool: Pool; intake: { targets: Targets } }
  caller: Sight
  by: Actor
  /** performance.now() after which nothing is tried again. */
  deadline: number
}

interface SetUpChange<Made> {
  /** Of the audit entry: template.create. */
  action: string
  details?: object
  /** A refusal takes back what was written. */
  work: (tx: Db) => Promise<Result<Made>>
  /**
   * For what running writes rest on: the change waits until those that began before are committed, each time for a
   * moment only, because new ones wait behind it.
   */
  waits?: boolean
  /** Of the audit entry: template:7. */
  subject: (made: Made) => string
}

/** Makes or changes a piece of set-up. A name that is taken (23505) answers as an invalid field. */
export async function changeSetUp<Made>(
  { services: { pool, intake }, by, deadline }: Asker,
  { action, subject, details = {}, work, waits = false }: SetUpChange<Made>,
): Promise<Result<Made>> {
  try {
    return await transact(
      pool,
      async (tx) => {
        const made = await work(tx).catch(refuseTaken)
        if (!made.refusal)
          await audit(tx, { ...by, action, subject: subject(made.ok), details: { ...details } })
        return made
      },
      waits ? { retry: 'lock', deadline } : undefined,
    )
  } finally {
    intake.targets.clear()
  }
}

// Not tried again, as a clash of two transactions would be: the name stays taken.
function refuseTaken(error: unknown) {
  if (sqlState(error) !== '23505') throw error
  return NAME_TAKEN
}

export const NAME_TAKEN = refuse('INVALID_FIELD', 'this name is taken', { field: '/name' })
