// The values of a lead as an action's templates and conditions see them.

import { type SystemValue, systemValueNamed, type Values } from './action-template.ts'
import { type LeadState, leadId } from './lead.ts'
import type { Rules } from './rules.ts'
import { isBadText } from './value.ts'

/** What a lead does not know of itself. */
export interface Surroundings {
  campaign_name: string
  allocation_name: string
  /** The outcome that started the action. */
  disposition: string | null
}

/** Fields by name, in any case, and by alias; system values; '' for what the lead or its template has not, and for bad values. */
export function valuesOfLead(lead: LeadState, rules: Rules, around: Surroundings): Values {
  const system: Record<SystemValue, string> = {
    njLead: leadId(lead.campaign_id, lead.number),
    njCampaignName: around.campaign_name,
    njAllocationName: around.allocation_name,
    njDisposition: around.disposition ?? '',
    njCallBackDate: classicDate(lead.callback_local),
    njExternalLeadId: lead.external_id ?? '',
    njPriority: String(lead.priority),
  }
  return (name) => {
    const known = systemValueNamed(name)
    if (known) return system[known]
    const field = rules.fields.find(name)
    const text = field ? (lead.fields[field.name] ?? '') : ''
    return field && isBadText(field, text) ? '' : text
  }
}

/** '2026-10-04T02:30:00' as the classic API writes it: 2026/10/04 02:30. */
const classicDate = (local: string | null) =>
  local === null ? '' : local.slice(0, 16).replaceAll('-', '/').replace('T', ' ')
