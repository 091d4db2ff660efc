// A lead as its current values, and as the flat values by path that merges and events speak of.

import { type Attributes, PROPERTIES, VERSIONED } from './attributes.ts'
import type { Scalar, Values } from './merge.ts'
import { type ContactHours, contactHoursNamed, type Rules } from './rules.ts'

/** A lead as an insert writes it. */
export interface LeadValues extends Attributes {
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: LeadPhone[]
  /** The lead's contact hours as they were when it was read: rules that were read before may not know them yet. */
  own_hours: OwnHours | null
}

export interface LeadState extends LeadValues {
  campaign_id: number
  number: number
  version: number
  /** How many outcomes it has had. */
  calls: number
  /** How often the lead got each disposition; null: none yet. */
  attempts: Record<string, number> | null
}

/** A lead, and a version that it has or had. */
export type LeadVersion = Pick<LeadState, 'campaign_id' | 'number' | 'version'>

export type LeadKey = Pick<LeadState, 'campaign_id' | 'number'>

type OwnHours = Pick<ContactHours, 'contact_hours_id' | 'name' | 'zone' | 'local_to_lead' | 'zone_version'>

/** unlisted: right by the shape of its plan, and dialled like one that is known. */
export type PhoneState = 'ok' | 'unlisted' | 'invalid' | 'wrong' | 'disconnected'

/** Whether a number in this state is dialled. `dialable` in src/db/queue.ts says the same in SQL. */
export const isDialable = (state: PhoneState) => state === 'ok' || state === 'unlisted'

export interface LeadPhone {
  field: string
  /** E.164 digits; null where the text is not a number. */
  phone: number | null
  state: PhoneState
}

/** The id that people read out: `41-1207`. */
export const leadId = (campaign_id: number, number: number) => `${campaign_id}-${number}`

const LEAD_ID = /^([1-9]\d{0,9})-([1-9]\d{0,15})$/

/** Undefined for a text that is not a lead id. */
export function readLeadId(text: string): LeadKey | undefined {
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

/** The id of a lease: its lead's, and its own number: `41-1207-88213`. */
export const leaseId = (campaign_id: number, lead_number: number, lease_number: number) =>
  `${leadId(campaign_id, lead_number)}-${lease_number}`

const LEASE_ID = /^([1-9]\d{0,9})-([1-9]\d{0,14})-([1-9]\d{0,14})$/

/** Undefined for a text that is not a lease id. */
export function readLeaseId(text: string) {
  const match = LEASE_ID.exec(text)
  if (!match) return undefined
  const [campaign_id, lead_number, lease_number] = match.slice(1).map(Number) as [number, number, number]
  return campaign_id <= 2_147_483_647 ? { campaign_id, lead_number, lease_number } : undefined
}

export const fieldPath = (name: string) => `fields.${name}`
export const unmappedPath = (key: string) => `unmapped.${key}`

/** How often the lead has got a disposition. */
export const attemptsOf = ({ attempts }: LeadState, { code }: { code: string }) =>
  attempts && Object.hasOwn(attempts, code) ? attempts[code]! : 0

/** The values of a lead by path. Absent values are null. */
export function valuesOf(lead: Attributes & Pick<LeadValues, 'fields' | 'unmapped'>): Values {
  const values: Record<string, Scalar> = Object.create(null)
  for (const [name, value] of Object.entries(lead.fields)) values[fieldPath(name)] = value
  for (const [key, value] of Object.entries(lead.unmapped)) values[unmappedPath(key)] = value
  for (const path of VERSIONED) values[path] = lead[PROPERTIES.get(path)!.property as keyof Attributes]
  return values
}

type Valued = Parameters<typeof valuesOf>[0]

/** One of the values that `valuesOf` answers. */
export function valueIn(lead: Valued, path: string): Scalar {
  if (path.startsWith('fields.')) return textAt(lead.fields, path.slice(7))
  if (path.startsWith('unmapped.')) return textAt(lead.unmapped, path.slice(9))
  const attribute = PROPERTIES.get(path)
  return attribute ? lead[attribute.property as keyof Attributes] : null
}

type Texts = LeadValues['fields']

const textAt = (texts: Texts, name: string) => (Object.hasOwn(texts, name) ? texts[name]! : null)

/** The paths whose values differ between two states of a lead, each with [old, new]. */
export function changesBetween(before: Valued, after: Valued): Record<string, [Scalar, Scalar]> {
  const changes: Record<string, [Scalar, Scalar]> = {}
  const compare = (path: string, old: Scalar, now: Scalar) => {
    if (old !== now) changes[path] = [old, now]
  }
  const compareTexts = (pathOf: (name: string) => string, old: Texts, now: Texts) => {
    for (const name of Object.keys(old)) compare(pathOf(name), old[name]!, textAt(now, name))
    for (const name of Object.keys(now))
      if (!Object.hasOwn(old, name)) compare(pathOf(name), null, now[name]!)
  }
  compareTexts(fieldPath, before.fields, after.fields)
  compareTexts(unmappedPath, before.unmapped, after.unmapped)
  for (const path of VERSIONED) compare(path, valueIn(before, path), valueIn(after, path))
  return changes
}

/** The attributes among values by path, by their properties. */
export function attributesIn(values: Values): Partial<Attributes> {
  const found: Record<string, Scalar> = {}
  for (const path in values) {
    const attribute = PROPERTIES.get(path)
    if (attribute) found[attribute.property] = values[path] ?? attribute.empty
  }
  return found
}

/** The lead with a patch of values laid over it; the version stays. Phones are the caller's to work out. */
export function withValues<Lead extends LeadValues>(lead: Lead, patch: Values): Lead {
  const [fields, unmapped] = [ownTexts(lead.fields), ownTexts(lead.unmapped)]
  for (const [path, value] of Object.entries(patch)) {
    if (path.startsWith('fields.')) setText(fields, path.slice(7), value)
    else if (path.startsWith('unmapped.')) setText(unmapped, path.slice(9), value)
    else if (!VERSIONED.has(path)) throw new Error(`no such path of a lead: ${path}`)
  }
  return { ...lead, ...attributesIn(patch), fields, unmapped }
}

/** A copy that has nothing but its own: a field may be called toString. */
const ownTexts = (record: Record<string, string>): Record<string, string> =>
  Object.assign(Object.create(null), record)

function setText(record: Record<string, string>, key: string, value: Scalar) {
  if (value === null || value === undefined || value === '') delete record[key]
  else record[key] = String(value)
}

/** The dialable numbers of phone rows, each once, ascending (the order in which numbers are locked). */
export const distinctNumbers = (phones: readonly LeadPhone[]) =>
  [
    ...new Set(phones.flatMap(({ phone, state }) => (phone !== null && state !== 'invalid' ? [phone] : []))),
  ].sort((a, b) => a - b)

/** The contact hours that count for a lead: its own, else the template's. */
export const contactHoursOf = (
  rules: Rules,
  { contact_hours, own_hours }: Pick<LeadState, 'contact_hours' | 'own_hours'>,
): OwnHours => {
  if (contact_hours === null) return rules.contact_hours
  if (contact_hours === own_hours?.name) return own_hours
  return contactHoursNamed(rules, contact_hours) ?? rules.contact_hours
}
