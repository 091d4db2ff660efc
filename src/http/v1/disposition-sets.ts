// Disposition sets: what outcomes there are, and what each does to a lead.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Static } from 'typebox'
import { dispositionProblem } from '../../core/disposition-setup.ts'
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
  removeDisposition,
  replaceDisposition,
  type SetUpDisposition,
} from '../../db/dispositions.ts'
import { behindCommit, type Db } from '../../db/pool.ts'
import { FRESH_MS } from '../../intake/targets.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { change } from './change.ts'
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
  items: (await listDispositionSets(call.services.pool, call.caller.team_ids)).map(shown),
  next_cursor: null,
})

async function setOf(call: Call): Promise<DispositionSet> {
  const { id } = call.request.params as { id: number }
  const found = await dispositionSetById(call.services.pool, call.caller.team_ids, id)
  return found ?? orRefuse<DispositionSet>(refuse('UNKNOWN_TARGET', `disposition set ${id}: not known`))
}

/** As it is in the transaction that changes it. */
const setIn = (tx: Db, { caller }: Call, id: number) => dispositionSetById(tx, caller.team_ids, id)

export const getDispositionSet = async (call: Call) => shown(await setOf(call))

export async function postDispositionSet(call: Call) {
  const { name, team, copy_of } = call.request.body as Static<typeof schemas.NewDispositionSet>
  const { pool } = call.services
  const team_id = await teamOf(call, team)
  if (copy_of !== undefined && !(await dispositionSetById(pool, call.caller.team_ids, copy_of)))
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

/** The set that the address names, if the caller may change it. */
async function ownSetOf(call: Call): Promise<DispositionSet> {
  const set = await setOf(call)
  refuseShared(call, set.team_id, 'this is a disposition set')
  return set
}

export async function postDisposition(call: Call) {
  const set = await ownSetOf(call)
  const body = call.request.body as Static<typeof schemas.NewDisposition>
  const disposition: Disposition = { ...PLAIN, ...body, code: body.code.trim().normalize('NFC') }
  judge(disposition)
  if (named(set, disposition.code))
    orRefuse(refuse('INVALID_FIELD', 'the set has a disposition of this code', { field: '/code' }))
  const after = await change(
    call,
    'disposition.create',
    async (tx) => {
      await addDisposition(tx, set.disposition_set_id, disposition)
      return setIn(tx, call, set.disposition_set_id)
    },
    () => subjectOf(set, disposition.code),
    disposition,
  )
  call.reply.code(201)
  return warned(after!)
}

const named = (set: DispositionSet, code: string) =>
  set.dispositions.find((disposition) => fold(disposition.code) === fold(code))

const subjectOf = (set: DispositionSet, code: string) => `disposition:${set.disposition_set_id}/${code}`

const noDisposition = refuse('UNKNOWN_TARGET', 'the set has no disposition of this code')

export async function dispositionOf(
  call: Call,
): Promise<{ set: DispositionSet; disposition: SetUpDisposition }> {
  const set = await setOf(call)
  const { code } = call.request.params as { code: string }
  const disposition = named(set, code)
  if (!disposition) return orRefuse(noDisposition)
  return { set, disposition }
}

/** Its kind is what closed leads and their history rest on: that of one that is built in or used stays. */
export async function patchDisposition(call: Call) {
  await ownSetOf(call)
  const { set, disposition } = await dispositionOf(call)
  const body = call.request.body as Static<typeof schemas.DispositionPatch>
  const next = { ...disposition, ...body }
  judge(next)
  if (next.kind !== disposition.kind) await refuseFixed(call, set, disposition, '/kind', 'keeps its kind')
  const after = await change(
    call,
    'disposition.change',
    async (tx) => {
      const replaced = await replaceDisposition(tx, set.disposition_set_id, next)
      return replaced && setIn(tx, call, set.disposition_set_id)
    },
    () => subjectOf(set, next.code),
    body,
  )
  return after ? warned(after) : orRefuse(noDisposition)
}

export async function deleteDisposition(call: Call) {
  await ownSetOf(call)
  const { set, disposition } = await dispositionOf(call)
  const { code } = disposition
  await refuseFixed(call, set, disposition, 'code', 'cannot be deleted: disable it')
  // Nobody can give it any more, and who still could has done so by then.
  await change(
    call,
    'disposition.disable',
    (tx) => replaceDisposition(tx, set.disposition_set_id, { ...disposition, enabled: false }),
    () => subjectOf(set, code),
  )
  await sleep(2 * FRESH_MS)
  await behindCommit(async () => {
    await refuseFixed(call, set, disposition, 'code', 'cannot be deleted: it is disabled by now')
    await change(
      call,
      'disposition.delete',
      (tx) => removeDisposition(tx, set.disposition_set_id, code),
      () => subjectOf(set, code),
    )
  })
  call.reply.code(204)
}

async function refuseFixed(
  call: Call,
  set: DispositionSet,
  { code, built_in }: SetUpDisposition,
  field: string,
  what: string,
): Promise<void> {
  const used = built_in || (await dispositionIsUsed(call.services.pool, set.disposition_set_id, code))
  if (used)
    orRefuse(
      refuse('INVALID_FIELD', `a disposition that is ${built_in ? 'built in' : 'used'} ${what}`, { field }),
    )
}
