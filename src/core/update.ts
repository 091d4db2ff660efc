// An update of a lead that is there: what the caller names, judged against the lead, as values by path.

import { phonesAfter, refuseNoPhone } from './change.ts'
import { type Given, outcomeValues } from './disposition.ts'
import { type Entries, type Entry, type OwnKey, problem, refuseInOrder, warn } from './entries.ts'
import { fold } from './field.ts'
import {
  attemptsOf,
  contactHoursOf,
  DEFAULT_PRIORITY,
  fieldPath,
  type LeadState,
  unmappedPath,
  withValues,
} from './lead.ts'
import type { LeadBody } from './lead-body.ts'
import { readField, readUnmapped } from './lead-texts.ts'
import type { Values } from './merge.ts'
import { isNoChange } from './no-change.ts'
import { isBlank, isNoPhone } from './phone-text.ts'
import { ok, type Problem, type Result, refuse } from './result.ts'
import { contactHoursNamed, type Disposition, dispositionNamed, type Rules } from './rules.ts'
import { readAgent, readDisposition, readPriority } from './submission.ts'
import type { Warning } from './warnings.ts'

/** What an update wants: only the paths it names. */
export interface Incoming {
  values: Values
  /** Paths that count as changed even when the value is what it was: a disposition given is an outcome. */
  asserted: ReadonlySet<string>
  /** The disposition given, if one was: a call record is written for it. */
  outcome: Disposition | null
  /** What a disposition brings, worked out from the lead as it is when the update is written. */
  ruled: (lead: LeadState) => Values
  /** What was read otherwise than it was sent. */
  warnings: readonly Warning[]
  /** What does not fit beside the keys that the lead has by then is left out and named; else it is refused. */
  lenient: boolean
}

/**
 * Judges a classic update against the lead as it was when the request found it.
 * Refuses in the published order: 102, 106, 107, then fields (1005), 1006, 1007, 1008, 111.
 */
export function readUpdate(entries: Entries, rules: Rules, lead: LeadState, now: string): Result<Incoming> {
  if (!rules.fields.phones.some((field) => entries.fields.has(field)))
    return refuse(
      'NO_PHONE_FIELDS',
      'an update names at least one phone field (its value may be <NO CHANGE>)',
      {
        field: rules.fields.phones[0]?.name,
      },
    )

  if (!leavesPhone(entries, rules, lead)) return refuseNoPhone(rules.fields.phones[0]!.name)

  const outcome = readOutcome(entries, rules, lead)
  if (outcome.refusal) return outcome
  return readChange(entries, rules, lead, { disposition: outcome.ok, now, may_put_off: false })
}

/**
 * Judges an update of /v1 against the lead as its caller knew it. `may_put_off`: whether a priority may rise although
 * the customer has asked for the call. Everything that is wrong is answered together.
 */
export function readPatch(
  { entries }: LeadBody,
  rules: Rules,
  lead: LeadState,
  options: { now: string; may_put_off: boolean },
): Result<Incoming> {
  const entry = entries.system.get('njDisposition')
  const named = entry && (entry.text === undefined || !isNoChange(entry.text)) ? entry : undefined
  const disposition = readDisposition(named, rules, entries.problems)
  if (named && isBlank(named.text ?? '?')) entries.problems.push(noDisposition(named))
  return readChange(entries, rules, lead, { ...options, disposition })
}

const noDisposition = (entry: Entry) =>
  problem('INVALID_DISPOSTION', entry, "no enabled disposition of this code in the template's set")

interface ChangeOptions {
  disposition: Disposition | null
  now: string
  may_put_off: boolean
}

/** What both APIs do alike, once the disposition is known: values by path, and what the disposition brings. */
function readChange(
  entries: Entries,
  rules: Rules,
  lead: LeadState,
  { disposition, now, may_put_off }: ChangeOptions,
): Result<Incoming> {
  const problems = [...entries.problems]
  const values = readTexts(entries, lead, problems)
  const next = withValues(lead, values)
  const { refusal: without_number } = phonesAfter(lead, values, next, rules)
  if (without_number) {
    const field = rules.fields.named(without_number.field ?? '')
    problems.push({
      name: without_number.name,
      field: field ? entries.spelling.keyOf(field) : '',
      detail: without_number.detail,
    })
  }

  const zone = readSystem(entries, rules, lead, now, values, problems)
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal

  const asserted = new Set<string>()
  if (disposition) {
    asserted.add('disposition')
    values.disposition = disposition.code
  } else if (typeof values.priority === 'number' && lead.client_approved && !may_put_off)
    values.priority = Math.min(lead.priority, values.priority)
  const bound = !(may_put_off && typeof values.priority === 'number')
  const ruled = (current: LeadState): Values =>
    disposition === null
      ? {}
      : outcomeValues(
          disposition,
          { ...current, client_approved: current.client_approved && bound },
          givenIn(values),
          attemptsOf(current, disposition) + 1,
          zone,
          now,
        )
  const { warnings, reading } = entries
  return ok({ values, asserted, outcome: disposition, ruled, warnings, lenient: reading.lenient })
}

/** What an update says of fields and unmapped keys, by path: a text, or null to clear. What says nothing is not there. */
export function readTexts(
  entries: Entries,
  lead: LeadState,
  problems: Problem[],
): Record<string, Values[string]> {
  const values: Record<string, Values[string]> = Object.create(null)
  for (const [field, entry] of entries.fields) {
    if (entry.text !== undefined && isNoChange(entry.text)) continue
    if (entry.is_null) {
      warn(entries, 'null_value', field.name)
      continue
    }
    const stored = Object.hasOwn(lead.fields, field.name) ? lead.fields[field.name] : undefined
    const text = readField(entries, field, entry, problems, stored)
    if (text !== undefined) values[fieldPath(field.name)] = text === '' ? null : text
  }
  for (const [key, { is_null }] of entries.unmapped)
    if (is_null) {
      warn(entries, 'null_value', key)
      entries.unmapped.delete(key)
    }
  for (const [key, text] of readUnmapped(entries, lead.unmapped, problems))
    values[unmappedPath(key)] = text === '' ? null : text
  return values
}

/** What an update says of priority and callback beside its disposition. */
export const givenIn = ({ priority, callback }: Values): Given => ({
  ...(typeof priority === 'number' ? { priority } : {}),
  ...(callback === undefined ? {} : { callback: callback as string | null }),
})

/**
 * What a held update wants by now: its outcome counts from when it is taken, its date and priority are those that it was
 * held with. `base`: the lead as its giver knew it; `lead`: as it is now.
 */
export function wantedByNow(
  held: Values,
  base: LeadState,
  lead: LeadState,
  rules: Rules,
  now: string,
): { wanted: Values; given: Disposition | null } {
  const given = rules.dispositions.get(fold(String(held.disposition ?? ''))) ?? null
  if (given === null) return { wanted: held, given }
  const { zone } = contactHoursOf(rules, withValues(base, held))
  // Whether the priority may rise was judged when the update was made.
  const before = { ...base, client_approved: false }
  const ruled = outcomeValues(given, before, givenIn(held), attemptsOf(lead, given) + 1, zone, now)
  return { wanted: { ...held, ...ruled }, given }
}

const nullProblem = (entry: Entry) =>
  problem(
    'INVALID_FIELD',
    entry,
    'null is ambiguous in an update: send an empty text to clear, leave the key out to keep',
  )

/** Whether the lead would have any phone value, be it a number or not: one that the update brings, or one that it keeps. */
function leavesPhone(entries: Entries, { fields }: Rules, lead: LeadState): boolean {
  const named = fields.phones.flatMap((field) => {
    const entry = entries.fields.get(field)
    return entry && !entry.is_null ? [{ field: field.name, text: entry.text }] : []
  })
  const cleared = named.filter(({ text }) => text !== undefined && isBlank(text))
  const kept = lead.phones.some((phone) => !cleared.some(({ field }) => field === phone.field))
  return kept || named.some(({ text }) => text === undefined || !(isNoPhone(text) || isNoChange(text)))
}

/** Classic, 106 and 107: an omitted, empty or <NO CHANGE> disposition keeps the one that the lead has now. */
function readOutcome(entries: Entries, rules: Rules, lead: LeadState): Result<Disposition | null> {
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

/**
 * Priority, contact hours, callback and its agent: absent or <NO CHANGE> keeps, empty goes back to the default.
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
  const given = (key: OwnKey) => {
    const entry = entries.system.get(key)
    if (!entry || (entry.text !== undefined && isNoChange(entry.text))) return undefined
    if (entry.is_null) {
      problems.push(nullProblem(entry))
      return undefined
    }
    if (entry.text !== undefined) return { entry, text: entry.text }
    problems.push(problem('INVALID_FIELD', entry, entry.problem ?? 'the value must be a text'))
    return undefined
  }

  const agent = given('callback_agent')
  if (agent) values.callback_agent = readAgent(agent.entry, problems)
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
    const read = entries.spelling.readCallback(callback.text, hours.zone, now)
    if ('problem' in read) problems.push(problem('INVALID_CALLBACK_DATE', callback.entry, read.problem))
    else values.callback = read.callback.local
  }
  return hours.zone
}
