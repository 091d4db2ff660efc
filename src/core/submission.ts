// Reads a new lead against the fields and rules of its campaign. Everything that can be judged without the database is
// judged here, once, for every way in.

import { NO_ATTRIBUTES } from './attributes.ts'
import { dispositionGiven, givenIn, outcomeValues } from './disposition.ts'
import { type Entries, problem, refuseInOrder, type SystemKey, shownKey } from './entries.ts'
import { attributesIn, distinctNumbers, type LeadPhone, type LeadValues } from './lead.ts'
import { readAttributes, readField, readUnmapped } from './lead-values.ts'
import type { Values } from './merge.ts'
import { readPhone } from './phone.ts'
import { type FieldProblem, ok, type Result, refuse } from './result.ts'
import { contactHoursNamed, type Disposition, type Rules } from './rules.ts'
import { isNoChange } from './text.ts'
import type { Warning } from './warnings.ts'
import { callbackZoneOf } from './zone-set.ts'

/** A lead that may be written, as far as it can be told without the database. */
export interface Submission {
  lead: LeadValues
  /** Distinct valid numbers, ascending. */
  numbers: number[]
  disposition: Disposition | null
  /** Values that were not kept exactly as sent. */
  warnings: readonly Warning[]
}

/**
 * Reads a new lead, whatever the API. `disposition`: whether it may come with an outcome.
 * Refuses in the published order: 108, 106, then fields (1005), 102, 1006, 1007, 1008, 111.
 */
export function readNewLead(
  entries: Entries,
  rules: Rules,
  allocation_id: number,
  now: string,
  options: { disposition: boolean } = { disposition: false },
): Result<Submission> {
  const { system, problems, spelling } = entries
  const no_change = [...entries.fields.values(), ...system.values(), ...entries.unmapped.values()].find(
    ({ text }) => text !== undefined && isNoChange(text),
  )
  if (no_change)
    return refuse('IMPORT_BUT_NOCHANGE_SPECIFIED', '<NO CHANGE> has no meaning in a new lead', {
      field: shownKey(no_change.key),
    })
  const for_updates: SystemKey[] = [
    'lead_id',
    'version',
    ...(options.disposition ? [] : ['disposition' as const]),
  ]
  for (const key of for_updates) {
    const entry = system.get(key)
    if (entry) problems.push(problem('INVALID_FIELD', entry, `${shownKey(entry.key)} is for updates`))
    system.delete(key)
  }

  const fields: Record<string, string> = {}
  const phones: LeadPhone[] = []
  const phone_problems: FieldProblem[] = []
  for (const [field, entry] of entries.fields) {
    const text = entry.is_null ? undefined : readField(entries, field, entry, problems)
    if (!text) continue
    fields[field.name] = text
    if (field.kind !== 'phone') continue
    const read = readPhone(text, rules.region)
    const state = read.number === null ? 'invalid' : read.state
    phones.push({ field: field.name, phone: read.number, state })
    if (read.number === null) phone_problems.push(problem('INVALID_PHONE_NUMBER', entry, read.problem))
  }
  const unmapped: Record<string, string> = {}
  for (const [key, text] of readUnmapped(entries, {}, problems)) if (text !== '') unmapped[key] = text

  const numbers = distinctNumbers(phones)
  if (phones.length > 0 && numbers.length === 0) problems.push(...phone_problems)
  const [first_phone] = rules.fields.phones
  if (phones.length === 0 && !phoneProblem(entries))
    problems.push({
      name: 'NO_PHONE_FIELDS',
      field: first_phone ? spelling.keyOf(first_phone) : '',
      detail: 'no phone field of the template has a value',
    })

  const given = readAttributes(entries, rules, null, now, problems)
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal
  const own_hours = contactHoursNamed(rules, String(given.contact_hours ?? '')) ?? null
  const disposition = dispositionGiven(rules, given)
  const fresh: LeadValues = {
    ...NO_ATTRIBUTES,
    ...attributesIn(given),
    allocation_id,
    fields,
    unmapped,
    phones,
    own_hours,
  }
  // Its own priority and date win over the rule of the disposition.
  const ruled: Values = disposition
    ? outcomeValues(disposition, NO_ATTRIBUTES, givenIn(given), 1, callbackZoneOf(rules, fresh), now)
    : {}
  const lead = { ...fresh, ...attributesIn(ruled) }
  return ok({ lead, numbers, disposition, warnings: entries.warnings })
}

/** Whether a phone field has a value that is not a text. Then nothing else is reported about phones. */
const phoneProblem = ({ fields, problems }: Entries) =>
  [...fields].some(
    ([{ kind }, { key }]) => kind === 'phone' && problems.some(({ field }) => field === shownKey(key)),
  )
