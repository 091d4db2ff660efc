// What a patch makes of a lead and of its numbers, and the lead as it was before what changed since.

import { callbackInstant } from './callback.ts'
import { contactHoursOf, fieldPath, type LeadPhone, type LeadState, valuesOf, withValues } from './lead.ts'
import type { Values } from './merge.ts'
import { readPhone } from './phone.ts'
import { type Outcome, ok, refuse } from './result.ts'
import type { Rules } from './rules.ts'
import { distinctNumbers } from './submission.ts'

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

/** The same number in the same field, spelt otherwise, is no change: the stored text stays. */
export function sameNumber(lead: LeadState, field: string, text: string, rules: Rules): boolean {
  const stored = lead.phones.find((phone) => phone.field === field)
  if (!stored?.phone || text === '') return false
  return readPhone(text, rules.region).number === stored.phone
}

/** What is wanted, where a number that the lead has by now in the same field is spelt as the lead spells it. */
export function spelledAsStored(wanted: Values, lead: LeadState, rules: Rules): Values {
  const spelled: Record<string, Values[string]> = Object.assign(Object.create(null), wanted)
  for (const { name } of rules.fields.phones) {
    const path = fieldPath(name)
    const text = spelled[path]
    if (typeof text === 'string' && sameNumber(lead, name, text, rules))
      spelled[path] = lead.fields[name] ?? null
  }
  return spelled
}

/** The lead's values before these changes of it, the newest last. */
export function valuesBefore(
  lead: LeadState,
  changes: readonly (Readonly<Record<string, [unknown, unknown]>> | null)[],
): Values {
  const values: Record<string, Values[string]> = Object.assign(Object.create(null), valuesOf(lead))
  for (const change of changes.toReversed())
    for (const [path, [old]] of Object.entries(change ?? {})) values[path] = old as Values[string]
  return values
}

/** The lead as it was with these values. How many outcomes it has had is what it is now: they are facts. */
export function leadAt(lead: LeadState, version: number, values: Values, rules: Rules): LeadState {
  const gone = Object.fromEntries(Object.keys(valuesOf(lead)).map((path) => [path, null]))
  const was = withValues(lead, { ...gone, ...values })
  return {
    ...was,
    version,
    phones: rules.fields.phones.flatMap(({ name }) => leadPhone(name, was.fields[name], lead, rules)),
  }
}
