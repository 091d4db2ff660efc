// A change of set-up: one transaction with its audit entry, whatever is changed.

import { isDeepStrictEqual } from 'node:util'
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
  /** Of what the details name: the values that it had before. */
  was?: () => object
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

/**
 * Makes or changes a piece of set-up. A name that is taken (23505) answers as an invalid field, something that is gone
 * (23503) as unknown.
 */
export async function changeSetUp<Made>(
  { services: { pool, intake }, by, deadline }: Changer,
  { action, subject, details = {}, was, work, waits = false, dry_run = false, is_change }: SetUpChange<Made>,
): Promise<Result<Made>> {
  try {
    return await transact(
      pool,
      async (tx) => {
        const made = await work(tx).catch(refuseClash)
        if (!made.refusal && (is_change?.() ?? true)) {
          const known: object = was ? { ...details, was: was() } : details
          await audit(tx, { ...by, action, subject: subject(made.ok), details: { ...known } })
        }
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

/** Whether a row has all of these values already. */
export const hasAlready = <Row extends object>(row: Row, values: { [Key in keyof Row]?: unknown }) =>
  isDeepStrictEqual(plain({ ...row, ...values }), plain(row))

/** As JSON has it: bodies of requests have no prototype. */
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))

interface VersionedChange<Row extends Versioned, Unit extends string> {
  /** Of the audit entry: template.change. */
  action: string
  details: object
  /** Of the audit entry: template:7. */
  subject: (row: Row) => string
  /** In refusals: template 7. */
  what: string
  asked: ChangeAsked
  /** Locks the row and reads it. A dry run may do without the lock, so that nobody waits while it counts. */
  lock: (tx: Db) => Promise<Result<Row>>
  /** Whether the row is as the change asks already: then nothing is written, and a request sent again is no clash. */
  done: (row: Row) => boolean
  /** The part of the row that the details are about; absent: the row. */
  about?: (row: Row) => object | undefined
  /** Writes the change, with the next version. */
  write: (tx: Db, before: Row) => Promise<Result<Row>>
  /** Counts what it reaches, for a dry run. */
  reach: (tx: Db, before: Row) => Promise<number>
  /** What `reach` counts; absent: leads. */
  unit?: Unit
  waits?: boolean
}

/** Changes something that has versions, unless it has changed since the version that the caller knew (110). */
export const changeVersioned = <Row extends Versioned, Unit extends string = keyof Touched>(
  asker: Changer,
  { what, asked, lock, done, about, write, reach, unit, ...change }: VersionedChange<Row, Unit>,
): Promise<Result<Row & { touches?: Record<Unit, number> }>> => {
  let is_done = false
  let found: object = {}
  return changeSetUp(asker, {
    ...change,
    was: () => differing(found, change.details),
    dry_run: asked.dry_run,
    work: async (tx) => {
      const before = await lock(tx)
      if (before.refusal) return before
      is_done = done(before.ok)
      found = (about ? about(before.ok) : before.ok) ?? {}
      const moved = is_done ? undefined : refuseStale(before.ok, asked, what)
      if (moved) return moved
      const reached = asked.dry_run && !is_done ? await reach(tx, before.ok) : 0
      const after = is_done ? before : await write(tx, before.ok)
      if (after.refusal || !asked.dry_run) return after
      const touches = { [unit ?? 'leads']: reached } as Record<Unit, number>
      return ok({ ...after.ok, version: before.ok.version, touches })
    },
    is_change: () => !is_done,
  })
}

/** The values that a change replaces, by the names of its details. */
const differing = (before: object, details: object) =>
  Object.fromEntries(
    Object.entries(before).filter(
      ([name, value]) =>
        Object.hasOwn(details, name) &&
        !isDeepStrictEqual(plain({ value }), plain({ value: details[name as keyof typeof details] })),
    ),
  )

interface OfOne<Row extends Versioned> {
  /** contact_hours: of the audit entry (contact_hours.change, contact_hours:7) and of refusals (contact hours 7). */
  noun: string
  id: number
  asked: ChangeAsked
  /** Undefined: the caller may not change one of this id. */
  lock: (tx: Db, sight: Sight, id: number) => Promise<Row | undefined>
  waits?: boolean
}

const ofOne = <Row extends Versioned>(asker: Changer, { noun, id, lock, ...rest }: OfOne<Row>) => {
  const what = `${noun.replaceAll('_', ' ')} ${id}`
  return {
    ...rest,
    subject: () => `${noun}:${id}`,
    what,
    lock: async (tx: Db) => known(await lock(tx, asker.caller, id), what),
  }
}

interface Patch<Row extends Versioned, Unit extends string>
  extends OfOne<Row>,
    Pick<VersionedChange<Row, Unit>, 'details' | 'done' | 'about' | 'write' | 'reach' | 'unit'> {
  /** Of the audit entry, where it is not the change of the noun: allocation.start. */
  action?: string
}

/** Changes a piece of set-up. */
export const patchSetUp = <Row extends Versioned, Unit extends string = keyof Touched>(
  asker: Changer,
  { action, details, done, about, write, reach, unit, ...one }: Patch<Row, Unit>,
) =>
  changeVersioned<Row, Unit>(asker, {
    ...ofOne(asker, one),
    action: action ?? `${one.noun}.change`,
    details,
    done,
    write,
    reach,
    ...(about && { about }),
    ...(unit && { unit }),
  })

interface Removal<Row extends Versioned> extends OfOne<Row> {
  /** Once it is locked: why it stays. */
  objection: (tx: Db, row: Row) => Promise<Result<never> | undefined>
  remove: (tx: Db, id: number) => Promise<unknown>
}

/** Deletes a piece of set-up that nothing uses. */
export const deleteSetUp = <Row extends Versioned>(
  asker: Changer,
  { objection, remove, ...one }: Removal<Row>,
) => {
  const change = ofOne(asker, one)
  return changeVersioned<Row>(asker, {
    ...change,
    action: `${one.noun}.delete`,
    details: {},
    done: () => false,
    write: async (tx, row) => {
      const wrong = await objection(tx, row)
      if (wrong) return wrong
      try {
        await remove(tx, one.id)
      } catch (error) {
        if (sqlState(error) !== '23503') throw error
        return refuseUsed(`${change.what} is used by now`)
      }
      return ok(row)
    },
    reach: async () => 0,
  })
}

const AND = new Intl.ListFormat('en-AU')
const IDS_SHOWN = 10

/** "allocation 7", "allocations 7, 8 and 9". */
export function counted(noun: string, ids: readonly number[]): string {
  const shown = ids.slice(0, IDS_SHOWN).map(String)
  if (ids.length > IDS_SHOWN) shown.push(`${ids.length - IDS_SHOWN} others`)
  return `${noun}${ids.length > 1 ? 's' : ''} ${AND.format(shown)}`
}

/** `detail` says what uses it, and what can be done instead. */
export const refuseUsed = (detail: string) => refuse('INVALID_FIELD', detail, { field: 'id' })

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

// Not tried again, as a clash of two transactions would be: the name stays taken, and what was deleted stays away.
function refuseClash(error: unknown) {
  const state = sqlState(error)
  if (state === '23505') return NAME_TAKEN
  if (state === '23503') return GONE_MEANWHILE
  throw error
}

export const NAME_TAKEN = refuse('INVALID_FIELD', 'this name is taken', { field: '/name' })
const GONE_MEANWHILE = refuse('UNKNOWN_TARGET', 'something that it belongs to or uses was deleted meanwhile')
