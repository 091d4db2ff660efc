// What comes next out of an allocation, and why a lead does not.

import { Type } from 'typebox'
import { eligibility } from '../../core/eligibility.ts'
import { readLeadId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { known, refuse } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { hoursOfView, shownZones, zonesOfView } from '../../core/zone-set.ts'
import { allocationById } from '../../db/allocations.ts'
import { viewLead } from '../../db/leads.ts'
import { placeOfLead } from '../../db/queue.ts'
import { SEES_ALL } from '../../db/sight.ts'
import { standingOf } from '../../intake/attempts.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { get, routes } from '../route.ts'
import { CalledZones, Id, IdParams, NullableText, shape } from './shapes.ts'

const QueueQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.leases_max, default: 20 })),
  lead_id: Type.Optional(Type.String({ maxLength: 40, description: 'Why this lead comes, or does not' })),
})
const Queue = shape('Queue', {
  allocation_id: Id,
  started: Type.Boolean(),
  items: Type.Array(
    Type.Object({
      lead_id: Type.String(),
      priority: Type.Integer(),
      due_at: NullableText,
      agent: NullableText,
    }),
    { description: 'The leads that a dialler would get now, in order' },
  ),
  lead: Type.Optional(
    Type.Object({
      lead_id: Type.String(),
      eligible: Type.Boolean(),
      next_at: NullableText,
      reasons: Type.Array(Type.Object({ why: Type.String(), detail: Type.String(), until: NullableText })),
      zones: CalledZones,
    }),
  ),
})

export const queues = routes('dialling', {
  queue: get('/v1/allocations/:id/queue', {
    scope: ['dial', 'read'],
    summary: 'The next leads, or the reasons that hold a lead back',
    params: IdParams,
    query: QueueQuery,
    answer: Queue,
    handle: async (call) => {
      const { id } = call.params
      const { limit, lead_id } = call.query
      const { services, caller } = call
      const asked = await admitted(call, id)
      const found = known(await allocationById(services.pool, caller, id), `allocation ${id}`)
      const { started } = orRefuse(found)
      const items = await services.feed.next(id, asked, limit ?? 20)
      const { rules, members = [id] } = asked
      const lead =
        lead_id === undefined
          ? undefined
          : await standing(call, { started, allocation_ids: members }, lead_id, rules)
      return { allocation_id: id, started, items: started ? items : [], ...(lead ? { lead } : {}) }
    },
  }),
})

/** What a look into an allocation rests on, if the caller may see it. */
export async function admitted({ services, caller }: Call, allocation_id: number) {
  const { targets } = services.intake
  const rules = orRefuse(await targets.ofAllocation(allocation_id, caller))
  return { rules, members: await targets.membersOf(rules, allocation_id) }
}

interface Drawn {
  /** Of the allocation that is asked. */
  started: boolean
  /** It, or its members if it is virtual. */
  allocation_ids: readonly number[]
}

/** Whether a lead of the allocation may be called now, and every reason why not. */
async function standing(call: Call, { started, allocation_ids }: Drawn, lead_id: string, rules: Rules) {
  const { pool, now } = call.services
  const key = readLeadId(lead_id)
  const { campaign_id } = rules
  const found = key?.campaign_id === campaign_id ? key : undefined
  const place = found && (await placeOfLead(pool, campaign_id, found.number, allocation_ids))
  const lead = place && (await viewLead(pool, found, SEES_ALL))
  if (!lead)
    return orRefuse(
      refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead in this allocation', { field: 'lead_id' }),
    )
  const { state, wake_at, blocked_until, needs_wash, washed_until } = place
  const hours = hoursOfView(rules, lead)
  const judged = await standingOf(pool, rules, lead, hours.zone)
  const zones = zonesOfView(rules, lead)
  return {
    lead_id,
    ...eligibility(
      {
        allocation_started: started && place.started,
        closed: lead.closed,
        leased_until: state === 'leased' ? wake_at : null,
        callback_at: lead.callback?.at ?? null,
        callback_agent: lead.callback_agent,
        bound_until: state === 'bound' ? wake_at : null,
        phones: rules.fields.rowsIn(lead.phones).map(({ field, number, state: phone_state, blocked_by }) => ({
          field,
          number: number ?? null,
          state: phone_state,
          blocked_by: blocked_by ?? null,
          blocked_until: blocked_by ? blocked_until : null,
        })),
        ...(needs_wash ? { washed_until } : {}),
        ...judged,
        hours,
        zones,
      },
      now(),
    ),
    zones: zones.map(shownZones),
  }
}
