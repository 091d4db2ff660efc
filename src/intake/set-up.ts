// A change of set-up: one transaction with its audit entry, whatever is changed.

import { known, ok, type Result, refuse } from '../core/result.ts'
import { sqlState } from '../db/again.ts'
import { audit } from '../db/audit.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import type { Actor, Author } from './actor.ts'
import type { Targets } from './targets.ts'
import { transact } from './transact.ts'

/** The caller who asks for a change, and the process that makes it. The command line is one. */
export interface Changer {
  services: { pool: Pool; intake: { targets: Pick<Targets, 'clear'> } }
  caller: Sight
  by: Author
  /** performance.now() after which nothing is tried again. */
  deadline: number
}

/** The same with the way in which it came in. A call of the API is one. */
export interface Asker extends Changer {
  services: { pool: Pool; intake: { targets: Targets } }
  by: Actor
}

/** Of everything that can be changed. */
export interface Versioned {
  version: number
}

/** How a piece of set-up that is there is changed. */
export interface ChangeAsked {
  /** The version that the change was made from; null: it is made whatever is there. */
  base_version: number | null
  /** Says what the change would do, and does nothing. */
  dry_run: boolean
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
  /** Nothing of it stays. */
  dry_run?: boolean
  /** Whether the work changed something; absent: it always does. */
  is_change?: () => boolean
}

/** Makes or changes a piece of set-up. A name that is taken (23505) answers as an invalid field. */
export async function changeSetUp<Made>(
  { services: { pool, intake }, by, deadline }: Changer,
  { action, subject, details = {}, work, waits = false, dry_run = false, is_change }: SetUpChange<Made>,
): Promise<Result<Made>> {
  try {
    return await transact(
      pool,
      async (tx) => {
        const made = await work(tx).catch(refuseTaken)
        if (!made.refusal && (is_change?.() ?? true))
          await audit(tx, { ...by, action, subject: subject(made.ok), details: { ...details } })
        return made
      },
      waits ? { retry: 'lock', deadline } : undefined,
      { rehearse: dry_run },
    )
  } finally {
    intake.targets.clear()
  }
}

/** What a dry run says beside the row as it would be. */
export interface Touched {
  /** Leads that the change reaches. */
  leads: number
}

interface Patch<Row extends Versioned> {
  /** template: of the audit entry (template.change, template:7) and of refusals. */
  noun: string
  id: number
  asked: ChangeAsked
  details: object
  /** Locks the row and reads it; undefined: the caller may not change one of this id. */
  lock: (tx: Db, sight: Sight, id: number) => Promise<Row | undefined>
  /** Whether the row is as the change asks already: then nothing is written, and a request sent again is no clash. */
  done: (row: Row) => boolean
  /** Writes the change, with the next version. */
  write: (tx: Db, before: Row) => Promise<Result<Row>>
  /** Counts the leads that it reaches, for a dry run. */
  reach: (tx: Db, before: Row) => Promise<number>
  waits?: boolean
}

/** Changes a piece of set-up, unless it has changed since the version that the caller knew (110). */
export const patchSetUp = <Row extends Versioned>(
  asker: Changer,
  { noun, id, asked, details, lock, done, write, reach, waits = false }: Patch<Row>,
): Promise<Result<Row & { touches?: Touched }>> => {
  let is_done = false
  return changeSetUp(asker, {
    action: `${noun}.change`,
    details,
    waits,
    dry_run: asked.dry_run,
    work: async (tx) => {
      const before = known(await lock(tx, asker.caller, id), `${noun} ${id}`)
      if (before.refusal) return before
      is_done = done(before.ok)
      const moved = is_done ? undefined : refuseStale(before.ok, asked, `${noun} ${id}`)
      if (moved) return moved
      const leads = asked.dry_run && !is_done ? await reach(tx, before.ok) : 0
      const after = is_done ? before : await write(tx, before.ok)
      if (after.refusal || !asked.dry_run) return after
      return ok({ ...after.ok, version: before.ok.version, touches: { leads } })
    },
    subject: () => `${noun}:${id}`,
    is_change: () => !is_done,
  })
}

/** Undefined: the change may be made. `what`: template 7. */
export const refuseStale = (
  { version }: Versioned,
  { base_version }: Pick<ChangeAsked, 'base_version'>,
  what: string,
) =>
  base_version === null || base_version === version
    ? undefined
    : refuse(
        'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
        `${what} has version ${version} by now, this change was made from version ${base_version}; nothing was written`,
      )

// Not tried again, as a clash of two transactions would be: the name stays taken.
function refuseTaken(error: unknown) {
  if (sqlState(error) !== '23505') throw error
  return NAME_TAKEN
}

export const NAME_TAKEN = refuse('INVALID_FIELD', 'this name is taken', { field: '/name' })
