// The values of a lead and of its call, as the templates and conditions of an action see them.

import { type Lookup, type SystemValue, systemValueNamed } from './action-template.ts'
import { contactHoursOf, type LeadState, leadId } from './lead.ts'
import { formatPhone, readPhone } from './phone.ts'
import type { Rules } from './rules.ts'
import { isBadText } from './value.ts'

/** The record of a call. */
export interface CallFacts {
  /** When the call ended, RFC 3339. */
  at: string
  /** How long it lasted and its id in the telephone system, as the dialler said them; null: it did not. */
  duration_s: number | null
  unique_call_id: string | null
  /** The number that was dialled; null: nobody said it. */
  phone: number | null
  /** How many calls the lead has had by then, this one included. */
  dial_attempts: number
}

/** Values around a lead that are not part of it. */
interface Surroundings {
  campaign_name: string
  allocation_name: string
  /** The outcome that started the action. */
  disposition: string | null
  /** Null: its record is not known. */
  call: CallFacts | null
}

export type KnownLead = Pick<
  LeadState,
  | 'campaign_id'
  | 'number'
  | 'external_id'
  | 'fields'
  | 'callback_local'
  | 'priority'
  | 'contact_hours'
  | 'own_hours'
>

/** Fields by name, in any case, and by alias; system values; '' if the lead or its template has none, and for bad values. */
export function valuesOfLead(lead: LeadState, rules: Rules, around: Surroundings): Lookup {
  const system = systemValues(lead, rules, around)
  return (name) => {
    const known = systemValueNamed(name)
    if (known) return system[known]
    const field = rules.fields.find(name)
    const text = field ? textIn(lead.fields, field.name) : ''
    return field && isBadText(field, text) ? '' : text
  }
}

/** The text of a field, '' for none; a field may be called toString. */
export const textIn = (fields: LeadState['fields'], name: string) =>
  Object.hasOwn(fields, name) ? fields[name]! : ''

/** Unknown values are ''. */
export function systemValues(
  lead: KnownLead,
  rules: Rules,
  { campaign_name, allocation_name, disposition, call }: Surroundings,
): Record<SystemValue, string> {
  const hours = contactHoursOf(rules, lead)
  return {
    njLead: leadId(lead.campaign_id, lead.number),
    // A number, as in the source system: consumers store it as one.
    njLeadId: String(lead.number),
    njCampaignName: campaign_name,
    njAllocationName: allocation_name,
    njDisposition: disposition ?? '',
    njCallBackDate: lead.callback_local === null ? '' : classicDate(lead.callback_local).slice(0, 16),
    njExternalLeadId: lead.external_id ?? '',
    njPriority: String(lead.priority),
    njContactHours: hours.name,
    njCallDate: call ? classicDate(localTime(call.at, hours.zone)) : '',
    njDialedNumber: call?.phone ? spelledAsInLead(call.phone, lead, rules) : '',
    njDialAttempts: call ? String(call.dial_attempts) : '',
    njCallDuration: String(call?.duration_s ?? ''),
    njUniqueCallId: call?.unique_call_id ?? '',
    // In the source system a word of the lead injector, and empty for all other leads.
    njAction: '',
  }
}

/** '2026-10-04T02:30:00' as the classic API writes it: 2026/10/04 02:30:00. */
const classicDate = (local: string) => local.replaceAll('-', '/').replace('T', ' ')

const localTime = (at: string, zone: string) =>
  Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' })

/** A number as the lead spells it, so that programs that keep that text find it; in full where no field has it. */
function spelledAsInLead(phone: number, { fields }: KnownLead, rules: Rules): string {
  const texts = rules.fields.phones.map(({ name }) => textIn(fields, name))
  return (
    texts.find((text) => text !== '' && readPhone(text, rules.region).number === phone) ?? formatPhone(phone)
  )
}
