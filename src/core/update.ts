// An update of a lead that is there: what the caller names, judged against the lead, as values by path.

import { callbackInstant, readCallback } from './callback.ts'
import { type Given, outcomeValues } from './disposition.ts'
import { type Entries, problem, refuseInOrder } from './entries.ts'
import {
  attemptsOf,
  contactHoursOf,
  DEFAULT_PRIORITY,
  fieldPath,
  type LeadPhone,
  type LeadState,
  unmappedPath,
  withValues,
} from './lead.ts'
import { LIMITS } from './limits.ts'
import type { Values } from './merge.ts'
import { isNoChange } from './no-change.ts'
import { isBlank, readPhone } from './phone.ts'
import { type Outcome, ok, type Problem, refuse } from './result.ts'
import { contactHoursNamed, type Disposition, dispositionNamed, type Rules } from './rules.ts'
import { distinctNumbers, readField, readPriority, readUnmapped } from './submission.ts'

/** What an update wants: only the paths it names. */
export interface Incoming {
  values: Values
  /** Paths that count as changed even when the value is what it was: a disposition given is an outcome. */
  asserted: ReadonlySet<string>
  /** The disposition given, if one was: a call record is written for it. */
  outcome: Disposition | null
  /** What a disposition brings, worked out from the lead as it is when the update is written. */
  ruled: (lead: LeadState) => Values
}

/**
 * Judges a classic update against the lead as it was when the request found it.
 * Refuses in the published order: 102, 106, 107, then fields (1005), 1006, 1007, 1008, 111.
 */
export function readUpdate(entries: Entries, rules: Rules, lead: LeadState, now: string): Outcome<Incoming> {
  if (!rules.fields.phones.some((field) => entries.fields.has(field)))
    return refuse(
      'NO_PHONE_FIELDS',
      'an update names at least one phone field (its value may be <NO CHANGE>)',
      {
        field: rules.fields.phones[0]?.name,
      },
    )

  const outcome = readOutcome(entries, rules, lead)
  if (outcome.refusal) return outcome

  const problems = [...entries.problems]
  const values: Record<string, Values[string]> = Object.create(null)
  for (const [field, entry] of entries.fields) {
    if (entry.text !== undefined && isNoChange(entry.text)) continue
    if (entry.is_null) {
      problems.push(nullProblem(entry))
      continue
    }
    const text = readField(field, entry, problems)
    if (text === undefined) continue
    if (field.kind === 'phone' && sameNumber(lead, field.name, text, rules)) continue
    values[fieldPath(field.name)] = text === '' ? null : text
  }
  for (const entry of [...entries.unmapped.values()].filter(({ is_null }) => is_null))
    problems.push(nullProblem(entry))
  const unmapped = readUnmapped(entries, problems)
  for (const [key, text] of Object.entries(unmapped)) values[unmappedPath(key)] = text === '' ? null : text
  const surplus = surplusKey(lead, unmapped)
  if (surplus !== undefined)
    problems.push(
      problem(
        'INVALID_FIELD',
        entries.unmapped.get(surplus)!,
        `the lead would have more than ${LIMITS.unmapped_keys_max} keys that are no field of the template`,
      ),
    )
  if (rules.fields.phones.some((field) => fieldPath(field.name) in values)) {
    const { refusal } = changeOf(lead, values, rules)
    if (refusal) problems.push({ name: refusal.name, field: refusal.field ?? '', detail: refusal.detail })
  }

  const zone = readSystem(entries, rules, lead, now, values, problems)
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal

  const asserted = new Set<string>()
  if (outcome.ok) {
    asserted.add('disposition')
    values.disposition = outcome.ok.code
  } else if (typeof values.priority === 'number' && lead.client_approved)
    values.priority = Math.min(lead.priority, values.priority)
  const { ok: disposition } = outcome
  const ruled = (current: LeadState): Values =>
    disposition === null
      ? {}
      : outcomeValues(disposition, current, givenIn(values), attemptsOf(current, disposition) + 1, zone, now)
  return ok({ values, asserted, outcome: disposition, ruled })
}

/** What an update says of priority and callback beside its disposition. */
export const givenIn = ({ priority, callback }: Values): Given => ({
  ...(typeof priority === 'number' ? { priority } : {}),
  ...(callback === undefined ? {} : { callback: callback as string | null }),
})

/** A key that would be one too many: what updates bring adds up with what the lead has. */
function surplusKey(lead: LeadState, unmapped: Record<string, string>): string | undefined {
  const keys = new Set(Object.keys(lead.unmapped))
  let newest: string | undefined
  for (const [key, text] of Object.entries(unmapped))
    if (text === '') keys.delete(key)
    else if (!keys.has(key)) {
      keys.add(key)
      newest = key
    }
  return keys.size > LIMITS.unmapped_keys_max ? newest : undefined
}

const nullProblem = (entry: Parameters<typeof problem>[1]) =>
  problem(
    'INVALID_FIELD',
    entry,
    'null is ambiguous in an update: send an empty text to clear, leave the key out to keep',
  )

/** 106 and 107: an omitted, empty or <NO CHANGE> disposition keeps the one that the lead has now. */
function readOutcome(entries: Entries, rules: Rules, lead: LeadState): Outcome<Disposition | null> {
  const entry = entries.system.get('njDisposition')
  const text = entry?.text ?? ''
  if (entry && entry.text === undefined && !entry.is_null)
    return refuse('INVALID_DISPOSTION', 'the disposition must be a text', { field: entry.key })
  if (isBlank(text) || isNoChange(text))
    return lead.disposition === null
      ? refuse('DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED', 'the lead has no disposition yet', {
          field: 'njDisposition',
        })
      : ok(null)
  const found = dispositionNamed(rules, text)
  return found
    ? ok(found)
    : refuse('INVALID_DISPOSTION', "no enabled disposition of this code in the template's set", {
        field: 'njDisposition',
      })
}

/** The same number in the same field, spelt otherwise, is no change: the stored text stays. */
function sameNumber(lead: LeadState, field: string, text: string, rules: Rules): boolean {
  const stored = lead.phones.find((phone) => phone.field === field)
  if (!stored?.phone || text === '') return false
  return readPhone(text, rules.region).number === stored.phone
}

/**
 * njPriority, njContactHours and njCallBackDate: absent or <NO CHANGE> keeps, empty goes back to the default.
 * Answers the zone that counts from now on.
 */
function readSystem(
  entries: Entries,
  rules: Rules,
  lead: LeadState,
  now: string,
  values: Record<string, Values[string]>,
  problems: Problem[],
): string {
  const given = (key: 'njPriority' | 'njContactHours' | 'njCallBackDate') => {
    const entry = entries.system.get(key)
    if (!entry || (entry.text !== undefined && isNoChange(entry.text))) return undefined
    if (entry.is_null) {
      problems.push(nullProblem(entry))
      return undefined
    }
    if (entry.text !== undefined) return { entry, text: entry.text }
    problems.push(problem('INVALID_FIELD', entry, 'the value must be a text'))
    return undefined
  }

  const priority = given('njPriority')
  if (priority)
    values.priority = isBlank(priority.text) ? DEFAULT_PRIORITY : readPriority(priority.entry, problems)

  let hours = contactHoursOf(rules, lead)
  const contact_hours = given('njContactHours')
  if (contact_hours) {
    const found = isBlank(contact_hours.text)
      ? rules.contact_hours
      : contactHoursNamed(rules, contact_hours.text)
    if (!found)
      problems.push(
        problem('INVALID_TIMEZONE_SPECIFIED', contact_hours.entry, 'there are no contact hours of this name'),
      )
    else {
      hours = found
      values.contact_hours = isBlank(contact_hours.text) ? null : found.name
    }
  }

  const callback = given('njCallBackDate')
  if (!callback) return hours.zone
  if (isBlank(callback.text)) values.callback = null
  else {
    const read = readCallback(callback.text, hours.zone, now)
    if ('problem' in read) problems.push(problem('INVALID_CALLBACK_DATE', callback.entry, read.problem))
    else values.callback = read.callback.local
  }
  return hours.zone
}

/** How a lead would stand after a patch, and what that means for its numbers. */
export interface Change {
  lead: LeadState
  /** The instant that the agreed callback means in the contact hours that now count. */
  callback_at: string | null
  /** Numbers that the lead had in no field before, ascending: these are checked and claimed. */
  numbers_added: number[]
  /** Numbers that it has in no field any more, ascending. */
  numbers_lost: number[]
  phones_changed: boolean
}

/** Works out a patch on a lead; refuses (102, 1006) when an update that touches phones leaves no number to dial. */
export function changeOf(lead: LeadState, patch: Values, rules: Rules): Outcome<Change> {
  const next = withValues(lead, patch)
  const touched = rules.fields.phones.filter((field) => fieldPath(field.name) in patch)
  if (touched.length > 0) {
    next.phones = [
      ...lead.phones.filter((phone) => !touched.some((field) => field.name === phone.field)),
      ...touched.flatMap((field) => leadPhone(field.name, next.fields[field.name], lead, rules)),
    ]
    if (next.phones.length === 0)
      return refuse('NO_PHONE_FIELDS', 'the update would leave the lead without any phone number', {
        field: touched[0]!.name,
      })
    if (distinctNumbers(next.phones).length === 0)
      return refuse(
        'INVALID_PHONE_NUMBER',
        'the update would leave the lead without a number that can be dialled',
        {
          field: touched[0]!.name,
        },
      )
  }
  const [before, after] = [distinctNumbers(lead.phones), distinctNumbers(next.phones)]
  return ok({
    lead: next,
    callback_at:
      next.callback_local === null
        ? null
        : callbackInstant(next.callback_local, contactHoursOf(rules, next).zone),
    numbers_added: after.filter((number) => !before.includes(number)),
    numbers_lost: before.filter((number) => !after.includes(number)),
    phones_changed: touched.length > 0,
  })
}

/** The row of a phone field's new text. A number that moves between fields keeps what is known of it (wrong, disconnected). */
function leadPhone(field: string, text: string | undefined, lead: LeadState, rules: Rules): LeadPhone[] {
  if (text === undefined) return []
  const { number } = readPhone(text, rules.region)
  if (number === null) return [{ field, phone: null, state: 'invalid' }]
  return [{ field, phone: number, state: lead.phones.find((phone) => phone.phone === number)?.state ?? 'ok' }]
}
