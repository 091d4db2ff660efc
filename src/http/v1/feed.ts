// The feed of a dialler: leases, outcomes, and what comes next.

import type { Static } from 'typebox'
import { eligibility } from '../../core/eligibility.ts'
import { readLeadId, readLeaseId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import type { CallReport } from '../../core/outcome.ts'
import { refuse } from '../../core/result.ts'
import { contactHoursNamed, type Rules } from '../../core/rules.ts'
import { allocationById } from '../../db/allocations.ts'
import { viewLead } from '../../db/leads.ts'
import { findLease, type Lease } from '../../db/leases.ts'
import { placeOfLead } from '../../db/queue.ts'
import { SEES_ALL } from '../../db/sight.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './feed-schemas.ts'
import { readingOf } from './lead-edits.ts'

export async function postLeases(call: Call) {
  const { id } = call.request.params as { id: number }
  const { services, caller, by } = call
  const body = call.request.body as Static<typeof schemas.LeaseRequest>
  const gone = new AbortController()
  if (call.request.raw.socket.destroyed) gone.abort()
  call.reply.raw.once('close', () => gone.abort())
  const items = await services.feed.lease({
    allocation_id: id,
    rules: async () => {
      const refusal = await call.readmit()
      if (refusal) return orRefuse({ refusal })
      return orRefuse(await services.intake.targets.ofAllocation(id, caller))
    },
    count: body.count ?? 1,
    lease_s: body.lease_s ?? LIMITS.lease_s_default,
    agent: body.agent ?? null,
    taker: by.actor,
    wait_ms: (body.wait_s ?? 0) * 1_000,
    signal: gone.signal,
  })
  return { items }
}

/** The lease that the address names, if the caller may see its campaign. */
async function leaseOf(call: Call): Promise<{ lease: Lease; rules: Rules }> {
  const { id } = call.request.params as { id: string }
  const unknown = refuse('UNKNOWN_TARGET', 'there is no such lease')
  const key = readLeaseId(id)
  if (!key) return orRefuse(unknown)
  const { campaign_id } = key
  const rules = await call.services.intake.targets.find({ campaign_id }, call.caller)
  const lease = rules.refusal ? undefined : await findLease(call.services.pool, key)
  if (rules.refusal || !lease || lease.lead_number !== key.lead_number) return orRefuse(unknown)
  const { allocation_ids } = call.caller
  if (allocation_ids && !allocation_ids.includes(lease.allocation_id)) return orRefuse(unknown)
  return { lease, rules: rules.ok }
}

export async function putOutcome(call: Call) {
  const { lease, rules } = await leaseOf(call)
  const { answer, warnings } = orRefuse(
    await call.services.intake.report({
      rules,
      lease,
      report: call.request.body as CallReport,
      reading: readingOf(call),
      by: { ...call.by, way: 'dialler' },
      now: call.services.now(),
      deadline: call.deadline,
    }),
  )
  nameWarnings(call, warnings)
  return answer
}

export async function patchLease(call: Call) {
  const { lease } = await leaseOf(call)
  const { lease_s } = call.request.body as Static<typeof schemas.LeasePatch>
  const expires_at = await call.services.feed.extend(lease, lease_s)
  if (expires_at === undefined)
    return orRefuse(refuse('UNKNOWN_TARGET', 'this lease has ended: its outcome can still be reported'))
  return { lease_id: (call.request.params as { id: string }).id, expires_at }
}

export async function deleteLease(call: Call) {
  const { lease } = await leaseOf(call)
  await call.services.feed.handBack(lease)
  call.reply.code(204)
}

export async function getQueue(call: Call) {
  const { id } = call.request.params as { id: number }
  const { limit, lead_id } = call.request.query as Static<typeof schemas.QueueQuery>
  const { services, caller } = call
  const rules = orRefuse(await services.intake.targets.ofAllocation(id, caller))
  const { started } = (await allocationById(services.pool, caller, id))!
  const items = await services.feed.next(id, rules, limit ?? 20)
  const lead = lead_id === undefined ? undefined : await standing(call, id, lead_id, rules)
  return { allocation_id: id, started, items: started ? items : [], ...(lead ? { lead } : {}) }
}

/** Whether a lead of the allocation may be called now, and every reason why not. */
async function standing(call: Call, allocation_id: number, lead_id: string, rules: Rules) {
  const { pool, now } = call.services
  const key = readLeadId(lead_id)
  const { campaign_id } = rules
  const found = key?.campaign_id === campaign_id ? key : undefined
  const place = found && (await placeOfLead(pool, campaign_id, found.number, allocation_id))
  const lead = place && (await viewLead(pool, found, SEES_ALL))
  if (!lead)
    return orRefuse(
      refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead in this allocation', { field: 'lead_id' }),
    )
  const { state, wake_at, started, blocked_until } = place
  return {
    lead_id,
    ...eligibility(
      {
        allocation_started: started,
        closed: lead.closed,
        leased_until: state === 'leased' ? wake_at : null,
        callback_at: lead.callback?.at ?? null,
        callback_agent: lead.callback_agent,
        bound_until: state === 'bound' ? wake_at : null,
        phones: lead.phones.map(({ field, number, state: phone_state, blocked_by }) => ({
          field,
          number,
          state: phone_state,
          blocked_by: blocked_by ?? null,
          blocked_until: blocked_by ? blocked_until : null,
        })),
        hours: contactHoursNamed(rules, lead.contact_hours) ?? rules.contact_hours,
        region: rules.region,
      },
      now(),
    ),
  }
}
