// Allocations: started and stopped, counted, moved between, taken up again.

import type { Static } from 'typebox'
import { fold } from '../../core/field.ts'
import { readLeadId } from '../../core/lead.ts'
import { type Problem, refuse, refuseFields } from '../../core/result.ts'
import type { Disposition, Rules } from '../../core/rules.ts'
import {
  type AllocationRow,
  allocationById,
  createAllocation,
  listAllocations,
  startAllocation,
} from '../../db/allocations.ts'
import { type Moving, moveAll, recycleAll } from '../../intake/rearrange.ts'
import { certainly } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './allocation-schemas.ts'
import { change } from './change.ts'
import { type PageAsked, page } from './page.ts'

const unknown = (what: string) => refuse('UNKNOWN_TARGET', `${what}: not known`)

export const getAllocations = (call: Call) => {
  const query = call.request.query as PageAsked & { campaign_id?: number }
  return page(
    query,
    (page) => listAllocations(call.services.pool, call.caller, query.campaign_id ?? null, page),
    (row) => row.allocation_id,
  )
}

export async function getAllocation(call: Call) {
  const { id } = call.request.params as { id: number }
  return (await allocationById(call.services.pool, call.caller, id)) ?? orRefuse(unknown(`allocation ${id}`))
}

export async function postAllocation(call: Call) {
  const { campaign_id, name, started = false } = call.request.body as Static<typeof schemas.NewAllocation>
  const made = await change(
    call,
    'allocation.create',
    (tx) => createAllocation(tx, call.caller, campaign_id, name, started),
    (row) => `allocation:${row.allocation_id}`,
    { name, started },
  )
  if (!made) return orRefuse(unknown(`campaign ${campaign_id}`))
  call.reply.code(201).header('Location', `/v1/allocations/${made.allocation_id}`)
  return made
}

async function allocationOf(call: Call): Promise<AllocationRow> {
  const { id } = call.request.params as { id: number }
  const found = await allocationById(call.services.pool, call.caller, id)
  return found ?? orRefuse<AllocationRow>(unknown(`allocation ${id}`))
}

const countsOf = ({ services, by }: Call, { campaign_id, allocation_id }: AllocationRow) =>
  services.counts.submit({ campaign_id, allocation_id }, Number.POSITIVE_INFINITY, by.actor)

export const getCounts = async (call: Call) => countsOf(call, await allocationOf(call))

export async function patchAllocation(call: Call) {
  const { id } = call.request.params as { id: number }
  const { started } = call.request.body as Static<typeof schemas.AllocationPatch>
  const row = await change(
    call,
    started ? 'allocation.start' : 'allocation.stop',
    (tx) => startAllocation(tx, call.caller, id, started),
    () => `allocation:${id}`,
  )
  if (!row) return orRefuse(unknown(`allocation ${id}`))
  if (started) call.services.feed.wake(id, Number.POSITIVE_INFINITY)
  const counts = await certainly(call, undefined, () => countsOf(call, row))
  return { ...row, ...(counts ? { counts } : {}) }
}

export async function postMoves(call: Call) {
  const from = await allocationOf(call)
  const body = call.request.body as Static<typeof schemas.Move>
  const { pool } = call.services
  const to = await allocationById(pool, call.caller, body.to_allocation_id)
  if (to?.campaign_id !== from.campaign_id || to.allocation_id === from.allocation_id)
    return orRefuse(
      refuse('UNKNOWN_TARGET', 'leads move to another allocation of the same campaign', {
        field: '/to_allocation_id',
      }),
    )
  const rules = orRefuse(await call.services.intake.targets.ofAllocation(from.allocation_id, call.caller))
  const moved = await moveAll(pool, readMove(body, from, rules), call.by)
  call.services.feed.wake(to.allocation_id, moved)
  return { moved }
}

function readMove(body: Static<typeof schemas.Move>, from: AllocationRow, rules: Rules): Moving {
  const { to_allocation_id: to, lead_ids, dispositions, open_only = false, all } = body
  if ([lead_ids, dispositions, all].filter((given) => given !== undefined).length !== 1)
    orRefuse(
      refuse('INVALID_FIELD', 'say which leads: lead_ids, dispositions or all', { field: '/lead_ids' }),
    )
  const { campaign_id, allocation_id } = from
  const numbers = lead_ids?.flatMap((id, i) => {
    const key = readLeadId(id)
    if (key?.campaign_id === campaign_id) return key.number
    return orRefuse<never>(
      refuse('INVALID_FIELD', 'is no lead of this campaign', { field: `/lead_ids/${i}` }),
    )
  })
  const codes = dispositions && dispositionsNamed(dispositions, rules).map((found) => found?.code ?? '')
  return {
    campaign_id,
    from: allocation_id,
    to,
    open_only,
    ...(numbers ? { numbers } : { dispositions: codes ?? null }),
  }
}

/**
 * The dispositions that these texts name, in any case, disabled ones too: leads have them still. Null: none yet.
 * `objection`: why one that is known may not be named here.
 */
function dispositionsNamed(
  texts: readonly (string | null)[],
  rules: Rules,
  objection: (disposition: Disposition | null) => string | undefined = () => undefined,
): (Disposition | null)[] {
  const problems: Problem[] = []
  const found = texts.map((text, i) => {
    const field = `/dispositions/${i}`
    const disposition = text === null ? null : rules.dispositions.get(fold(text))
    if (disposition === undefined) {
      problems.push({ name: 'INVALID_DISPOSTION', field, detail: 'no such disposition' })
      return null
    }
    const detail = objection(disposition)
    if (detail !== undefined) problems.push({ name: 'INVALID_FIELD', field, detail })
    return disposition
  })
  const [first, ...others] = problems
  if (first) orRefuse(refuseFields([first, ...others]))
  return found
}

export async function postRecycle(call: Call) {
  const allocation = await allocationOf(call)
  const { dispositions } = call.request.body as Static<typeof schemas.Recycle>
  const { pool, intake, feed } = call.services
  const rules = orRefuse(await intake.targets.ofAllocation(allocation.allocation_id, call.caller))
  const codes = dispositionsNamed(dispositions, rules, (found) =>
    found?.kind === 'dnc' ? 'who must not be called is not taken up again' : undefined,
  ).flatMap((found) => found?.code ?? [])
  const recycled = await recycleAll(pool, allocation, codes, call.by)
  feed.wake(allocation.allocation_id, recycled)
  return { recycled }
}
