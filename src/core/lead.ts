// A lead as its current values, and as the flat values by path that merges and events speak of.

import type { Values } from './merge.ts'
import { type ContactHours, contactHoursNamed, type Rules } from './rules.ts'

export interface LeadState {
  campaign_id: number
  number: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: LeadPhone[]
  disposition: string | null
  /** Local wall time as agreed: '2026-10-04T02:30:00'. */
  callback_local: string | null
  callback_agent: string | null
  priority: number
  /** Null: the contact hours of the template. */
  contact_hours: string | null
  /** What these were when the lead was read: rules that were read a moment before may not know them yet. */
  own_hours: OwnHours | null
  client_approved: boolean
  closed: boolean
  /** How many outcomes it has had. */
  calls: number
  /** How often the lead got each disposition; null: none yet. */
  attempts: Record<string, number> | null
}

/** A lead, and a version that it has or had. */
export type LeadVersion = Pick<LeadState, 'campaign_id' | 'number' | 'version'>

export type OwnHours = Pick<ContactHours, 'contact_hours_id' | 'name' | 'zone' | 'zone_version'>

/** unlisted: right by the shape of its plan, and dialled like one that is known. */
export type PhoneState = 'ok' | 'unlisted' | 'invalid' | 'wrong' | 'disconnected'

/** Whether a number in this state is dialled. `dialable` in src/db/queue.ts says the same in SQL. */
export const isDialable = (state: PhoneState) => state === 'ok' || state === 'unlisted'

export interface LeadPhone {
  field: string
  /** E.164 digits; null where the text is no number. */
  phone: number | null
  state: PhoneState
}

/** The id that people read out: `41-1207`. */
export const leadId = (campaign_id: number, number: number) => `${campaign_id}-${number}`

const LEAD_ID = /^([1-9]\d{0,9})-([1-9]\d{0,15})$/

/** Undefined for a text that is no lead id. */
export function readLeadId(text: string): { campaign_id: number; number: number } | undefined {
  const match = LEAD_ID.exec(text)
  if (!match) return undefined
  const [campaign_id, number] = [Number(match[1]), Number(match[2])]
  return campaign_id <= 2_147_483_647 && Number.isSafeInteger(number) ? { campaign_id, number } : undefined
}

/** A lead id, or its number alone: `1207`. Undefined for a text that is neither. */
export function readLeadName(text: string): { campaign_id: number | null; number: number } | undefined {
  if (text.includes('-')) return readLeadId(text)
  const found = readLeadId(`1-${text}`)
  return found && { campaign_id: null, number: found.number }
}

export const fieldPath = (name: string) => `fields.${name}`
export const unmappedPath = (key: string) => `unmapped.${key}`

/** How often the lead has got a disposition. */
export const attemptsOf = ({ attempts }: LeadState, { code }: { code: string }) =>
  attempts && Object.hasOwn(attempts, code) ? attempts[code]! : 0

/** The lead's values by path. What is absent is null. */
export function valuesOf(lead: LeadState): Values {
  const values: Record<string, string | number | boolean | null> = Object.create(null)
  for (const [name, value] of Object.entries(lead.fields)) values[fieldPath(name)] = value
  for (const [key, value] of Object.entries(lead.unmapped)) values[unmappedPath(key)] = value
  values.allocation_id = lead.allocation_id
  values.disposition = lead.disposition
  values.callback = lead.callback_local
  values.callback_agent = lead.callback_agent
  values.priority = lead.priority
  values.contact_hours = lead.contact_hours
  values.client_approved = lead.client_approved
  values.closed = lead.closed
  return values
}

/** The lead with a patch of values laid over it; the version stays. Phones are the caller's to work out. */
export function withValues(lead: LeadState, patch: Values): LeadState {
  const next: LeadState = { ...lead, fields: ownTexts(lead.fields), unmapped: ownTexts(lead.unmapped) }
  for (const [path, value] of Object.entries(patch)) {
    if (path.startsWith('fields.')) setText(next.fields, path.slice(7), value)
    else if (path.startsWith('unmapped.')) setText(next.unmapped, path.slice(9), value)
    else if (path === 'allocation_id') next.allocation_id = value as number
    else if (path === 'disposition') next.disposition = value as string | null
    else if (path === 'callback') next.callback_local = value as string | null
    else if (path === 'callback_agent') next.callback_agent = value as string | null
    else if (path === 'priority') next.priority = (value as number | null) ?? DEFAULT_PRIORITY
    else if (path === 'contact_hours') next.contact_hours = value as string | null
    else if (path === 'client_approved') next.client_approved = value === true
    else if (path === 'closed') next.closed = value === true
    else throw new Error(`no such path of a lead: ${path}`)
  }
  return next
}

/** A copy that has nothing but its own: a field may be called toString. */
const ownTexts = (record: Record<string, string>): Record<string, string> =>
  Object.assign(Object.create(null), record)

function setText(record: Record<string, string>, key: string, value: Values[string]) {
  if (value === null || value === undefined || value === '') delete record[key]
  else record[key] = String(value)
}

export const DEFAULT_PRIORITY = 10

/** The contact hours that count for a lead: its own, else the template's. */
export const contactHoursOf = (
  rules: Rules,
  { contact_hours, own_hours }: Pick<LeadState, 'contact_hours' | 'own_hours'>,
): OwnHours => {
  if (contact_hours === null) return rules.contact_hours
  if (contact_hours === own_hours?.name) return own_hours
  return contactHoursNamed(rules, contact_hours) ?? rules.contact_hours
}
