// Disposition sets: what outcomes there are, and what each does to a lead.

import type { Static } from 'typebox'
import { dispositionProblem } from '../../core/disposition.ts'
import { fold } from '../../core/field.ts'
import { refuse } from '../../core/result.ts'
import type { Disposition } from '../../core/rules.ts'
import {
  addDisposition,
  createDispositionSet,
  type DispositionSet,
  dispositionIsUsed,
  dispositionSetById,
  listDispositionSets,
  lockDispositions,
  removeDisposition,
  replaceDisposition,
  type SetUpDisposition,
} from '../../db/dispositions.ts'
import type { Db } from '../../db/pool.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { change, changeWithRetry } from './change.ts'
import type * as schemas from './disposition-schemas.ts'
import { refuseShared, teamOf } from './team.ts'

const shown = ({ templates: _, team_id: __, ...set }: DispositionSet) => set

/** After a change: a set that several templates share is changed for all of them. */
const warned = (set: DispositionSet) => ({
  ...shown(set),
  warnings:
    set.templates > 1 ? [`${set.templates} templates share this set: the change is one for all of them`] : [],
})

export const getDispositionSets = async (call: Call) => ({
  items: (await listDispositionSets(call.services.pool, call.caller)).map(shown),
  next_cursor: null,
})

async function setOf(call: Call, db: Db = call.services.pool): Promise<DispositionSet> {
  const { id } = call.request.params as { id: number }
  const found = await dispositionSetById(db, call.caller, id)
  return found ?? orRefuse<DispositionSet>(refuse('UNKNOWN_TARGET', `disposition set ${id}: not known`))
}

/** As it is in the transaction that changes it. */
const setIn = (tx: Db, { caller }: Call, id: number) => dispositionSetById(tx, caller, id)

export const getDispositionSet = async (call: Call) => shown(await setOf(call))

export async function postDispositionSet(call: Call) {
  const { name, team, copy_of } = call.request.body as Static<typeof schemas.NewDispositionSet>
  const { pool } = call.services
  const team_id = await teamOf(call, team)
  if (copy_of !== undefined && !(await dispositionSetById(pool, call.caller, copy_of)))
    orRefuse(refuse('UNKNOWN_TARGET', `disposition set ${copy_of}: not known`, { field: '/copy_of' }))
  const made = await change(
    call,
    'disposition_set.create',
    async (tx) => setIn(tx, call, await createDispositionSet(tx, name, team_id, copy_of ?? null)),
    ({ disposition_set_id }) => `disposition_set:${disposition_set_id}`,
    { name, copy_of },
  )
  call.reply.code(201).header('Location', `/v1/disposition-sets/${made!.disposition_set_id}`)
  return shown(made!)
}

const PLAIN = { priority: 10, delay_s: null, next_day: false, redials_max: null, enabled: true }

function judge(disposition: Disposition): void {
  const problem = dispositionProblem(disposition)
  if (problem) orRefuse(refuse('INVALID_FIELD', problem.detail, { field: problem.field }))
}

/** A change of a set that the caller may change, as it is once it is locked; answers the set after it. */
async function changeSet(
  call: Call,
  action: string,
  work: (tx: Db, set: DispositionSet) => Promise<string>,
  details = {},
): Promise<DispositionSet> {
  const { id } = call.request.params as { id: number }
  refuseShared(call, (await setOf(call)).team_id, 'this is a disposition set')
  const changed = await changeWithRetry(
    call,
    action,
    async (tx) => {
      await lockDispositions(tx, id)
      const code = await work(tx, await setOf(call, tx))
      return { code, set: await setOf(call, tx) }
    },
    ({ code }) => `disposition:${id}/${code}`,
    details,
  )
  return changed!.set
}

export async function postDisposition(call: Call) {
  const body = call.request.body as Static<typeof schemas.NewDisposition>
  const disposition: Disposition = { ...PLAIN, ...body, code: body.code.trim().normalize('NFC') }
  judge(disposition)
  const set = await changeSet(
    call,
    'disposition.create',
    async (tx, { disposition_set_id, dispositions }) => {
      if (named(dispositions, disposition.code))
        orRefuse(refuse('INVALID_FIELD', 'the set has a disposition of this code', { field: '/code' }))
      await addDisposition(tx, call.caller, disposition_set_id, disposition)
      return disposition.code
    },
    disposition,
  )
  call.reply.code(201)
  return warned(set)
}

const named = (dispositions: readonly SetUpDisposition[], code: string) =>
  dispositions.find((disposition) => fold(disposition.code) === fold(code))

function dispositionIn(call: Call, { dispositions }: DispositionSet): SetUpDisposition {
  const { code } = call.request.params as { code: string }
  const unknown = refuse('UNKNOWN_TARGET', 'the set has no disposition of this code')
  return named(dispositions, code) ?? orRefuse<SetUpDisposition>(unknown)
}

export async function dispositionOf(
  call: Call,
  db: Db = call.services.pool,
): Promise<{ set: DispositionSet; disposition: SetUpDisposition }> {
  const set = await setOf(call, db)
  return { set, disposition: dispositionIn(call, set) }
}

/** Its kind is what closed leads and their history rest on: that of one that is built in or used stays. */
export async function patchDisposition(call: Call) {
  const body = call.request.body as Static<typeof schemas.DispositionPatch>
  const set = await changeSet(
    call,
    'disposition.change',
    async (tx, found) => {
      const disposition = dispositionIn(call, found)
      const next = { ...disposition, ...body }
      judge(next)
      if (next.kind !== disposition.kind) await refuseFixed(tx, found, disposition, '/kind', 'keeps its kind')
      await replaceDisposition(tx, call.caller, found.disposition_set_id, next)
      return disposition.code
    },
    body,
  )
  return warned(set)
}

export async function deleteDisposition(call: Call) {
  await changeSet(call, 'disposition.delete', async (tx, set) => {
    const disposition = dispositionIn(call, set)
    await refuseFixed(tx, set, disposition, 'code', 'cannot be deleted: disable it')
    await removeDisposition(tx, call.caller, set.disposition_set_id, disposition.code)
    return disposition.code
  })
  call.reply.code(204)
}

async function refuseFixed(
  tx: Db,
  { disposition_set_id }: DispositionSet,
  { code, built_in }: SetUpDisposition,
  field: string,
  what: string,
): Promise<void> {
  if (built_in || (await dispositionIsUsed(tx, disposition_set_id, code)))
    orRefuse(
      refuse('INVALID_FIELD', `a disposition that is ${built_in ? 'built in' : 'used'} ${what}`, { field }),
    )
}
