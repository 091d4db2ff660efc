// Disposition sets and their dispositions: added, changed and deleted.

import { dispositionProblem } from '../core/disposition.ts'
import { fold } from '../core/field.ts'
import { known, ok, type Result, refuse } from '../core/result.ts'
import type { Disposition } from '../core/rules.ts'
import {
  addDisposition,
  createDispositionSet,
  type DispositionSetRow,
  dispositionIsUsed,
  dispositionSetById,
  leadsWithDisposition,
  lockDispositions,
  raiseDispositionSet,
  removeDisposition,
  removeDispositionSet,
  renameDispositionSet,
  replaceDisposition,
  type SetUpDisposition,
} from '../db/dispositions.ts'
import type { Db } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  changeVersioned,
  deleteSetUp,
  hasAlready,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'
import { owned, teamOf } from './teams.ts'

export const dispositionSet = async (db: Db, sight: Sight, disposition_set_id: number) =>
  known(await dispositionSetById(db, sight, disposition_set_id), `disposition set ${disposition_set_id}`)

export async function addDispositionSet(
  asker: Asker,
  { name, team, copy_of }: { name: string; team?: string; copy_of?: number },
): Promise<Result<DispositionSetRow>> {
  const { services, caller } = asker
  const team_id = await teamOf(asker, team)
  if (team_id.refusal) return team_id
  const copied = copy_of === undefined ? undefined : await dispositionSet(services.pool, caller, copy_of)
  if (copied?.refusal) return { refusal: { ...copied.refusal, field: '/copy_of' } }
  return changeSetUp(asker, {
    action: 'disposition_set.create',
    details: { name, copy_of },
    work: async (tx) =>
      dispositionSet(tx, caller, await createDispositionSet(tx, name, team_id.ok, copy_of ?? null)),
    subject: ({ disposition_set_id }) => `disposition_set:${disposition_set_id}`,
  })
}

/** The defaults of a new disposition. */
const PLAIN = { priority: 10, delay_s: null, next_day: false, redials_max: null, enabled: true }

const NOUN = 'disposition_set'

export async function patchDispositionSet(
  asker: Asker,
  id: number,
  change: { name?: string },
  asked: ChangeAsked,
) {
  const own = await ownSet(asker, id)
  if (own.refusal) return own
  return patchSetUp(asker, {
    noun: NOUN,
    id,
    asked,
    details: change,
    waits: true,
    lock: lockedBy(asked),
    done: (set) => hasAlready(set, change),
    write: async (tx, { name }) => {
      await renameDispositionSet(tx, asker.caller, id, change.name ?? name)
      return dispositionSet(tx, asker.caller, id)
    },
    // No lead shows the name of a set.
    reach: async () => 0,
  })
}

export async function deleteDispositionSet(asker: Asker, id: number, asked: ChangeAsked) {
  const own = await ownSet(asker, id)
  if (own.refusal) return own
  return deleteSetUp(asker, {
    noun: NOUN,
    id,
    asked,
    waits: true,
    lock: lockedBy(asked),
    objection: async (_, { templates }) =>
      templates > 0
        ? refuseUsed(`templates with this set: ${templates}. Disable the dispositions that nobody is to give`)
        : undefined,
    remove: (tx) => removeDispositionSet(tx, asker.caller, id),
  })
}

export async function addDispositionTo(
  asker: Asker,
  set_id: number,
  { code, ...given }: Pick<Disposition, 'code' | 'kind'> & Partial<Disposition>,
  asked: ChangeAsked,
) {
  const disposition: Disposition = { ...PLAIN, ...given, code: code.trim().normalize('NFC') }
  const wrong = judge(disposition)
  if (wrong) return wrong
  return changeSet(asker, set_id, asked, {
    action: 'disposition.create',
    details: disposition,
    find: (set) =>
      dispositionIn(set, disposition.code).ok
        ? refuse('INVALID_FIELD', 'the set has a disposition of this code', { field: '/code' })
        : ok(disposition),
    write: async (tx) => {
      await addDisposition(tx, asker.caller, set_id, disposition)
      return undefined
    },
  })
}

/** A disposition that is named in a path. */
export interface DispositionKey {
  /** Of the set. */
  id: number
  code: string
}

/** Closed leads and their history rest on its kind: that of a disposition that is built in or used stays. */
export const changeDisposition = (
  asker: Asker,
  { id, code }: DispositionKey,
  change: Partial<Disposition>,
  asked: ChangeAsked,
) =>
  changeSet(asker, id, asked, {
    action: 'disposition.change',
    details: change,
    find: (set) => dispositionIn(set, code),
    done: (found) => hasAlready(found, change),
    write: async (tx, found) => {
      const next = { ...found, ...change }
      const wrong =
        judge(next) ??
        (next.kind === found.kind ? undefined : await refuseFixed(tx, id, found, '/kind', 'keeps its kind'))
      if (wrong) return wrong
      await replaceDisposition(tx, asker.caller, id, next)
      return undefined
    },
  })

export const deleteDisposition = (asker: Asker, { id, code }: DispositionKey, asked: ChangeAsked) =>
  changeSet(asker, id, asked, {
    action: 'disposition.delete',
    details: {},
    find: (set) => dispositionIn(set, code),
    write: async (tx, found) => {
      const wrong = await refuseFixed(tx, id, found, 'code', 'cannot be deleted: disable it')
      if (wrong) return wrong
      await removeDisposition(tx, asker.caller, id, found.code)
      return undefined
    },
  })

interface SetChange<Found> {
  action: string
  details: object
  /** The disposition that is changed, as the locked set has it. */
  find: (set: DispositionSetRow) => Result<Found>
  done?: (found: Found) => boolean
  /** A refusal takes back what was written. */
  write: (tx: Db, found: Found) => Promise<Result<never> | undefined>
}

/** A set, and the disposition of it that is changed. */
type SetWith<Found> = DispositionSetRow & { found: Found }

/** A change of a disposition, which raises the version of its set; answers the set after it. */
async function changeSet<Found extends Disposition>(
  asker: Asker,
  set_id: number,
  asked: ChangeAsked,
  { action, details, find, done = () => false, write }: SetChange<Found>,
) {
  const own = await ownSet(asker, set_id)
  if (own.refusal) return own
  const within = (set: Result<DispositionSetRow>, found?: Found): Result<SetWith<Found>> => {
    if (set.refusal) return set
    const disposition = found ? ok(found) : find(set.ok)
    return disposition.refusal ? disposition : ok({ ...set.ok, found: disposition.ok })
  }
  return changeVersioned<SetWith<Found>>(asker, {
    action,
    details,
    subject: ({ found }) => `disposition:${set_id}/${found.code}`,
    what: `disposition set ${set_id}`,
    asked,
    waits: true,
    lock: async (tx) => {
      const set = await lockedBy(asked)(tx, asker.caller, set_id)
      return within(known(set, `disposition set ${set_id}`))
    },
    done: ({ found }) => done(found),
    about: ({ found }) => found,
    write: async (tx, { found }) => {
      const wrong = await write(tx, found)
      if (wrong) return wrong
      await raiseDispositionSet(tx, set_id)
      return within(await dispositionSet(tx, asker.caller, set_id), found)
    },
    reach: (tx, { found }) => leadsWithDisposition(tx, set_id, found.code),
  })
}

/** A dry run counts leads, and outcomes do not wait for it. */
const lockedBy =
  ({ dry_run }: ChangeAsked) =>
  async (tx: Db, sight: Sight, set_id: number) => {
    if (!dry_run) await lockDispositions(tx, set_id)
    return dispositionSetById(tx, sight, set_id)
  }

const ownSet = async (asker: Asker, set_id: number) =>
  owned(asker, await dispositionSet(asker.services.pool, asker.caller, set_id), 'this is a disposition set')

/** The disposition of a set that a code names in any case. */
export function dispositionIn({ dispositions }: DispositionSetRow, code: string): Result<SetUpDisposition> {
  const found = dispositions.find((disposition) => fold(disposition.code) === fold(code))
  return found ? ok(found) : refuse('UNKNOWN_TARGET', 'the set has no disposition of this code')
}

function judge(disposition: Disposition) {
  const problem = dispositionProblem(disposition)
  return problem && refuse('INVALID_FIELD', problem.detail, { field: problem.field })
}

async function refuseFixed(
  tx: Db,
  set_id: number,
  { code, built_in }: SetUpDisposition,
  field: string,
  what: string,
) {
  if (!built_in && !(await dispositionIsUsed(tx, set_id, code))) return undefined
  return refuse('INVALID_FIELD', `a disposition that is ${built_in ? 'built in' : 'used'} ${what}`, { field })
}
