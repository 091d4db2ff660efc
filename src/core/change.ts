// Applies a patch to a lead and its numbers, and rebuilds a lead as it was at an earlier version.

import { leftOut, shownKey } from './entries.ts'
import {
  contactHoursOf,
  distinctNumbers,
  fieldPath,
  type LeadPhone,
  type LeadState,
  unmappedPath,
  valueIn,
  valuesOf,
  withValues,
} from './lead.ts'
import { NO_HOURS_NAMED, SURPLUS } from './lead-values.ts'
import { matchingBy } from './matching.ts'
import type { Matching, Values } from './merge.ts'
import { readPhone } from './phone.ts'
import { ok, type Result, refuse } from './result.ts'
import { contactHoursNamed, type Rules } from './rules.ts'
import { surplusKeys } from './unmapped.ts'
import type { Warning } from './warnings.ts'
import { callbackZoneOf } from './zone-set.ts'

/** The zone in which callbacks of a lead are read once it has the values of a patch. */
export function callbackZoneAfter(lead: LeadState, patch: Values, rules: Rules): string {
  const next = withValues(lead, patch)
  const { local_to_lead, zone } = contactHoursOf(rules, next)
  if (!local_to_lead) return zone
  return callbackZoneOf(rules, { ...next, phones: phonesAfter(lead, patch, rules).ok ?? lead.phones })
}

/** A lead after a patch, and how its numbers change. */
export interface Change {
  lead: LeadState
  /** Numbers that the lead had in no field before, ascending: these are checked and claimed. */
  numbers_added: number[]
  /** Numbers that it has in no field any more, ascending. */
  numbers_lost: number[]
  phones_changed: boolean
  /** Keys that the lead has no room for. */
  warnings: Warning[]
}

/**
 * Works out a patch on a lead. Refuses a patch that touches phones and leaves no number to dial (102, 1006), contact hours
 * that are not there (111), and keys that do not fit (1005); `lenient`: these are left out and named.
 */
export function changeOf(lead: LeadState, patch: Values, rules: Rules, lenient = false): Result<Change> {
  const surplus = surplusOf(lead, patch)
  if (surplus.length > 0 && !lenient)
    return refuse('INVALID_FIELD', SURPLUS, { field: shownKey(surplus[0]!) })
  const hours = patch.contact_hours
  // A version that is restored, or a held update, may name contact hours that have another name by now, or are deleted.
  if (typeof hours === 'string' && hours !== lead.own_hours?.name && !contactHoursNamed(rules, hours))
    return refuse('INVALID_TIMEZONE_SPECIFIED', NO_HOURS_NAMED)
  const next = withValues(lead, surplus.length > 0 ? without(patch, surplus.map(unmappedPath)) : patch)
  const phones = phonesAfter(lead, patch, rules)
  if (phones.refusal) return phones
  if (phones.ok) next.phones = phones.ok
  const [before, after] = [distinctNumbers(lead.phones), distinctNumbers(next.phones)]
  return ok({
    lead: next,
    numbers_added: after.filter((number) => !before.includes(number)),
    numbers_lost: before.filter((number) => !after.includes(number)),
    phones_changed: phones.ok !== undefined,
    warnings: surplus.map(leftOut),
  })
}

/** The keys of a patch that do not fit beside those that the lead has: what changes bring adds up. */
function surplusOf(lead: LeadState, patch: Values): string[] {
  const given = Object.entries(patch).flatMap(([path, text]): [string, string | null][] =>
    path.startsWith(UNMAPPED) ? [[path.slice(UNMAPPED.length), text === null ? null : String(text)]] : [],
  )
  return surplusKeys(lead.unmapped, given)
}

/** The patch of `merge` for a lead that has not moved since the base: the wanted values that it does not have. */
export function unmovedPatch(lead: LeadState, wanted: Values): Values {
  const patch: Record<string, Values[string]> = Object.create(null)
  for (const [path, value] of Object.entries(wanted)) if (value !== valueIn(lead, path)) patch[path] = value
  return patch
}

/** The patch without some of its paths. */
export const without = (patch: Values, paths: readonly string[]): Values =>
  Object.fromEntries(Object.entries(patch).filter(([path]) => !paths.includes(path)))

const UNMAPPED = unmappedPath('')

export const refuseNoPhone = (field: string) =>
  refuse('NO_PHONE_FIELDS', 'the update would leave the lead without any phone number', { field })

/** The phone rows of the lead as it would be; undefined when the patch touches none. */
export function phonesAfter(lead: LeadState, patch: Values, rules: Rules): Result<LeadPhone[] | undefined> {
  const touched = rules.fields.phone_names.filter((name) => fieldPath(name) in patch)
  const [field] = touched
  if (field === undefined) return ok(undefined)
  const next = withValues(lead, patch)
  const phones = [
    ...lead.phones.filter((phone) => !touched.includes(phone.field)),
    ...touched.flatMap((name) => leadPhone(name, next.fields[name], lead, rules)),
  ]
  if (phones.length === 0) return refuseNoPhone(field)
  if (distinctNumbers(phones).length === 0)
    return refuse(
      'INVALID_PHONE_NUMBER',
      'the update would leave the lead without a number that can be dialled',
      { field },
    )
  return ok(phones)
}

/** The row of a phone field's new text. A number that moves between fields keeps its state (wrong, disconnected). */
function leadPhone(field: string, text: string | undefined, lead: LeadState, rules: Rules): LeadPhone[] {
  if (text === undefined) return []
  const read = readPhone(text, rules.region)
  if (read.number === null) return [{ field, phone: null, state: 'invalid' }]
  const known = lead.phones.find(({ phone }) => phone === read.number)
  return [{ field, phone: read.number, state: known?.state ?? read.state }]
}

/**
 * The same number in the same field, spelt otherwise, does not count as a change. It gets the text of the first side that
 * has it: the lead as it is, or as the caller knew it.
 */
export function spelledAsStored(wanted: Values, sides: readonly Values[], rules: Rules): Values {
  const spelled: Record<string, Values[string]> = Object.assign(Object.create(null), wanted)
  for (const path of rules.fields.phone_names.map(fieldPath)) {
    const number = numberIn(spelled[path], rules)
    const side = number && sides.find((values) => numberIn(values[path], rules) === number)
    if (side) spelled[path] = side[path]!
  }
  return spelled
}

const numberIn = (text: Values[string] | undefined, { region }: Rules) =>
  typeof text === 'string' ? readPhone(text, region).number : null

/** What merges know of the leads of a campaign. */
export const matchingOf = (rules: Rules): Matching =>
  matchingBy(rules.fields, (text) => numberIn(text, rules))

/** The lead's values before these changes of it, the newest last. */
export function valuesBefore(
  lead: LeadState,
  since: readonly { changes: Readonly<Record<string, [unknown, unknown]>> | null }[],
): Values {
  const values: Record<string, Values[string]> = Object.assign(Object.create(null), valuesOf(lead))
  for (const { changes } of since.toReversed())
    for (const [path, [old]] of Object.entries(changes ?? {})) values[path] = old as Values[string]
  return values
}

/** The lead as it was with these values. It keeps the outcomes of now: they are facts. */
export function leadAt(lead: LeadState, version: number, values: Values, rules: Rules): LeadState {
  const gone = Object.fromEntries(Object.keys(valuesOf(lead)).map((path) => [path, null]))
  const was = withValues(lead, { ...gone, ...values })
  return {
    ...was,
    version,
    phones: rules.fields.phone_names.flatMap((name) => leadPhone(name, was.fields[name], lead, rules)),
  }
}
