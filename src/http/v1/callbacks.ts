// What callers are told about the callbacks that they give.

import type { Static } from 'typebox'
import { callbackInstant } from '../../core/callback.ts'
import { isOpenAt } from '../../core/contact-hours.ts'
import { attributesIn, contactHoursOf, type LeadValues, withValues } from '../../core/lead.ts'
import type { Values } from '../../core/merge.ts'
import { refuseField } from '../../core/result.ts'
import { hoursOfId, type Rules } from '../../core/rules.ts'
import { callbackZone, zoneSetOfLead } from '../../core/zone-set.ts'
import { knowsAgent } from '../../db/operators.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type { DecisionsShape } from './conflict-shapes.ts'

/** An operator who binds a callback to somebody must name somebody; a dialler knows its own agents. */
export async function orKnownAgent(
  { caller, services }: Call,
  campaign_id: number,
  agent: unknown,
  field: string,
): Promise<void> {
  if (caller.operator === null || typeof agent !== 'string' || agent.trim() === '') return
  if (!(await knowsAgent(services.pool, campaign_id, agent.trim())))
    orRefuse(refuseField(field, 'is neither an operator nor an agent of the dialler'))
}

/** Says in a header that a callback is due at a time when its contact hours are closed: it waits until they open. */
export function nameClosedHours(call: Call, rules: Rules, lead: LeadValues, values: Values) {
  const { callback } = values
  if (typeof callback !== 'string') return
  const named = contactHoursOf(rules, { ...lead, ...attributesIn(values) })
  const hours = hoursOfId(rules, named.contact_hours_id)
  const next = withValues(lead, values)
  const zones = zoneSetOfLead(rules, next)
  if (hours && !isOpenAt(hours, zones, callbackInstant(callback, callbackZone(hours, zones))))
    nameWarnings(call, [{ code: 'outside_hours', field: 'callback' }])
}

/** The same for a value that a decision gives. */
export const orKnownOutcome = (call: Call, campaign_id: number, { outcome }: Static<typeof DecisionsShape>) =>
  orKnownAgent(call, campaign_id, outcome?.value?.callback_agent, '/decisions/outcome/value/callback_agent')
