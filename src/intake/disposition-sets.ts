// Disposition sets that are created, and their dispositions, which are added, changed and deleted.

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
  lockDispositions,
  removeDisposition,
  replaceDisposition,
  type SetUpDisposition,
} from '../db/dispositions.ts'
import type { Db } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import { type Asker, changeSetUp } from './set-up.ts'
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

export async function addDispositionTo(
  asker: Asker,
  set_id: number,
  { code, ...asked }: Pick<Disposition, 'code' | 'kind'> & Partial<Disposition>,
): Promise<Result<DispositionSetRow>> {
  const disposition: Disposition = { ...PLAIN, ...asked, code: code.trim().normalize('NFC') }
  const wrong = judge(disposition)
  if (wrong) return wrong
  return changeSet(asker, set_id, 'disposition.create', disposition, async (tx, set) => {
    if (dispositionIn(set, disposition.code).ok)
      return refuse('INVALID_FIELD', 'the set has a disposition of this code', { field: '/code' })
    await addDisposition(tx, asker.caller, set_id, disposition)
    return ok(disposition)
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
): Promise<Result<DispositionSetRow>> =>
  changeSet(asker, id, 'disposition.change', change, async (tx, set) => {
    const found = dispositionIn(set, code)
    if (found.refusal) return found
    const next = { ...found.ok, ...change }
    const wrong =
      judge(next) ??
      (next.kind === found.ok.kind
        ? undefined
        : await refuseFixed(tx, id, found.ok, '/kind', 'keeps its kind'))
    if (wrong) return wrong
    await replaceDisposition(tx, asker.caller, id, next)
    return found
  })

export const deleteDisposition = (asker: Asker, { id, code }: DispositionKey) =>
  changeSet(asker, id, 'disposition.delete', {}, async (tx, set) => {
    const found = dispositionIn(set, code)
    if (found.refusal) return found
    const wrong = await refuseFixed(tx, id, found.ok, 'code', 'cannot be deleted: disable it')
    if (wrong) return wrong
    await removeDisposition(tx, asker.caller, id, found.ok.code)
    return found
  })

/** A change of a set that the caller may change, as it is once it is locked; answers the set after it. */
async function changeSet(
  asker: Asker,
  set_id: number,
  action: string,
  details: object,
  work: (tx: Db, set: DispositionSetRow) => Promise<Result<Pick<Disposition, 'code'>>>,
): Promise<Result<DispositionSetRow>> {
  const { services, caller } = asker
  const own = owned(asker, await dispositionSet(services.pool, caller, set_id), 'this is a disposition set')
  if (own.refusal) return own
  const changed = await changeSetUp(asker, {
    action,
    details,
    waits: true,
    work: async (tx) => {
      await lockDispositions(tx, set_id)
      const set = await dispositionSet(tx, caller, set_id)
      if (set.refusal) return set
      const disposition = await work(tx, set.ok)
      if (disposition.refusal) return disposition
      const after = await dispositionSet(tx, caller, set_id)
      return after.refusal ? after : ok({ code: disposition.ok.code, after: after.ok })
    },
    subject: ({ code }) => `disposition:${set_id}/${code}`,
  })
  return changed.refusal ? changed : ok(changed.ok.after)
}

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
