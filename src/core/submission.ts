// What somebody offers us: a flat document read against the fields and rules of a campaign.
// Everything that can be judged without the database is judged here, once, for every way in.

import { type Callback, type CallbackReader, callbackInstant } from './callback.ts'
import { outcomeValues } from './disposition.ts'
import type { JsonValue } from './document.ts'
import {
  type Entries,
  type Entry,
  problem,
  readEntries,
  refuseInOrder,
  type SystemKey,
  shownKey,
} from './entries.ts'
import type { Field } from './field.ts'
import { DEFAULT_PRIORITY, type LeadPhone } from './lead.ts'
import { entryText, readField, readUnmapped } from './lead-texts.ts'
import { LIMITS } from './limits.ts'
import { isNoChange } from './no-change.ts'
import { readPhone } from './phone.ts'
import { isBlank } from './phone-text.ts'
import { ok, type Problem, type Result, refuse } from './result.ts'
import {
  type ContactHours,
  contactHoursNamed,
  type Disposition,
  dispositionNamed,
  type Rules,
} from './rules.ts'
import { readText, withoutEnds } from './text.ts'
import type { Warning } from './warnings.ts'

/** A lead that may be written, as far as it can be told without the database. */
export interface Submission {
  external_id: string | null
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: LeadPhone[]
  /** Distinct valid numbers, ascending. */
  numbers: number[]
  callback: Callback | null
  priority: number
  contact_hours: ContactHours | null
  callback_agent: string | null
  source: string | null
  disposition: Disposition | null
  closed: boolean
  client_approved: boolean
  /** What was read otherwise than it was sent. */
  warnings: readonly Warning[]
}

/**
 * Reads a new lead. `disposition`: whether njDisposition may be there (the old insertLead took it).
 * Refuses in the published order: 108, 106, then fields (1005), 102, 1006, 1007, 1008, 111.
 */
export function readInsert(
  document: ReadonlyMap<string, JsonValue>,
  rules: Rules,
  now: string,
  options: { disposition: boolean } = { disposition: false },
): Result<Submission> {
  return readNewLead(readEntries(document, rules), rules, now, options)
}

/** A new lead whose keys are sorted already, whatever the API. */
export function readNewLead(
  entries: Entries,
  rules: Rules,
  now: string,
  options: { disposition: boolean } = { disposition: false },
): Result<Submission> {
  const no_change = [
    ...entries.fields.values(),
    ...entries.system.values(),
    ...entries.unmapped.values(),
  ].find((entry) => entry.text !== undefined && isNoChange(entry.text))
  if (no_change)
    return refuse('IMPORT_BUT_NOCHANGE_SPECIFIED', '<NO CHANGE> has no meaning in a new lead', {
      field: shownKey(no_change.key),
    })

  const { system, problems, spelling } = entries
  for (const key of [
    'njLeadId',
    'njVersion',
    ...(options.disposition ? [] : ['njDisposition']),
  ] as SystemKey[]) {
    const entry = system.get(key)
    if (entry) problems.push(problem('INVALID_FIELD', entry, `${key} is for updates`))
  }

  const fields: Record<string, string> = {}
  const phones: LeadPhone[] = []
  const phone_problems: Problem[] = []
  for (const [field, entry] of entries.fields) {
    const text = entry.is_null ? undefined : readField(entries, field, entry, problems)
    if (!text) continue
    fields[field.name] = text
    if (field.kind === 'phone') phones.push(readLeadPhone(field, entry, text, rules, phone_problems))
  }
  const unmapped: Record<string, string> = {}
  for (const [key, text] of readUnmapped(entries, {}, problems)) if (text !== '') unmapped[key] = text
  const external_id = readExternalId(system.get('njExternalLeadId'), problems)

  const numbers = distinctNumbers(phones)
  if (phones.length > 0 && numbers.length === 0) problems.push(...phone_problems)
  const [first_phone] = rules.fields.phones
  if (phones.length === 0 && !phoneProblem(entries))
    problems.push({
      name: 'NO_PHONE_FIELDS',
      field: first_phone ? spelling.keyOf(first_phone) : '',
      detail: 'no phone field of the template has a value',
    })

  const contact_hours = readContactHours(system.get('njContactHours'), rules, problems)
  const zone = (contact_hours ?? rules.contact_hours).zone
  const callback = readCallbackDate(system.get('njCallBackDate'), zone, now, problems, spelling.readCallback)
  const priority = readPriority(system.get('njPriority'), problems)
  const disposition = options.disposition
    ? readDisposition(system.get('njDisposition'), rules, problems)
    : null

  const callback_agent = readAgent(system.get('callback_agent'), problems)
  const source = readSource(system.get('source'), problems)

  const refusal = refuseInOrder(problems)
  if (refusal) return refusal
  const lead: NewLead = { callback, priority, closed: false, client_approved: false }
  return ok({
    external_id,
    fields,
    unmapped,
    phones,
    numbers,
    contact_hours,
    callback_agent,
    source,
    disposition,
    warnings: entries.warnings,
    ...(disposition ? afterOutcome(lead, disposition, isGiven(system.get('njPriority')), zone, now) : lead),
  })
}

/** A phone field was named, and what it holds is no text at all: that is said, and nothing else of it. */
const phoneProblem = ({ fields, problems }: Entries) =>
  [...fields].some(
    ([{ kind }, { key }]) => kind === 'phone' && problems.some(({ field }) => field === shownKey(key)),
  )

type NewLead = Pick<Submission, 'callback' | 'priority' | 'closed' | 'client_approved'>

const isGiven = (entry: Entry | undefined) => entry?.text !== undefined && !isBlank(entry.text)

/** A new lead that arrives with an outcome: its own priority and date win over the disposition's rule. */
function afterOutcome(
  { callback, priority }: NewLead,
  disposition: Disposition,
  has_priority: boolean,
  zone: string,
  now: string,
): NewLead {
  const given = { ...(has_priority ? { priority } : {}), ...(callback ? { callback: callback.local } : {}) }
  const fresh = { callback_local: null, priority, client_approved: false }
  const values = outcomeValues(disposition, fresh, given, 1, zone, now)
  const local = values.callback as string | null
  return {
    callback: local === null ? null : { local, at: callbackInstant(local, zone) },
    priority: values.priority as number,
    closed: values.closed === true,
    client_approved: values.client_approved === true,
  }
}

/** A phone field's row; what is wrong with an invalid one goes to `problems`, which count only when no number is valid. */
export function readLeadPhone(
  field: Field,
  entry: Entry,
  text: string,
  rules: Rules,
  problems: Problem[],
): LeadPhone {
  const read = readPhone(text, rules.region)
  if (read.number !== null) return { field: field.name, phone: read.number, state: read.state }
  problems.push(problem('INVALID_PHONE_NUMBER', entry, read.problem))
  return { field: field.name, phone: null, state: 'invalid' }
}

/** The dialable numbers of phone rows, each once, ascending (the order in which numbers are locked). */
export const distinctNumbers = (phones: readonly LeadPhone[]) =>
  [
    ...new Set(phones.flatMap(({ phone, state }) => (phone !== null && state !== 'invalid' ? [phone] : []))),
  ].sort((a, b) => a - b)

const readShort = (points_max: number) => (entry: Entry | undefined, problems: Problem[]) => {
  if (!entry) return null
  const text = entryText(entry, problems)
  if (text === undefined) return null
  const read = readText(withoutEnds(text).trim(), points_max)
  if ('text' in read) return read.text || null
  problems.push(problem('INVALID_FIELD', entry, read.problem))
  return null
}

export const readExternalId = readShort(LIMITS.external_id_points_max)
export const readAgent = readShort(LIMITS.external_id_points_max)
const readSource = readShort(LIMITS.short_text_points_max)

export function readContactHours(
  entry: Entry | undefined,
  rules: Rules,
  problems: Problem[],
): ContactHours | null {
  if (!entry) return null
  const text = entryText(entry, problems)
  if (text === undefined || isBlank(text)) return null
  const found = contactHoursNamed(rules, text)
  if (!found)
    problems.push(problem('INVALID_TIMEZONE_SPECIFIED', entry, 'there are no contact hours of this name'))
  return found ?? null
}

export function readCallbackDate(
  entry: Entry | undefined,
  zone: string,
  now: string,
  problems: Problem[],
  reader: CallbackReader,
): Callback | null {
  if (!entry) return null
  const text = entryText(entry, problems)
  if (text === undefined || isBlank(text)) return null
  const read = reader(text, zone, now)
  if ('problem' in read) {
    problems.push(problem('INVALID_CALLBACK_DATE', entry, read.problem))
    return null
  }
  return read.callback
}

const PRIORITY = /^\s*(0|[1-9]\d?|100)\s*$/

export function readPriority(entry: Entry | undefined, problems: Problem[]): number {
  if (!entry) return DEFAULT_PRIORITY
  const text = entryText(entry, problems)
  if (text === undefined || isBlank(text)) return DEFAULT_PRIORITY
  const match = PRIORITY.exec(text)
  if (match) return Number(match[1])
  problems.push(problem('INVALID_PRIORITY', entry, 'must be a whole number from 0 to 100'))
  return DEFAULT_PRIORITY
}

/** The enabled disposition that an entry names; null when the entry is absent or blank. */
export function readDisposition(
  entry: Entry | undefined,
  rules: Rules,
  problems: Problem[],
): Disposition | null {
  if (!entry) return null
  const text = entryText(entry, problems)
  if (text === undefined || isBlank(text)) return null
  const found = dispositionNamed(rules, text)
  if (!found)
    problems.push(
      problem('INVALID_DISPOSTION', entry, "no enabled disposition of this code in the template's set"),
    )
  return found ?? null
}
