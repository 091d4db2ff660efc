// The classic API's spelling of leads: which keys name what, and what it asks of an insert and an update.

import { systemValueNamed } from './action-template.ts'
import { ATTRIBUTES, type AttributePath, attributesThat } from './attributes.ts'
import { readCallback } from './callback.ts'
import { refuseNoPhone } from './change.ts'
import type { JsonValue } from './document.ts'
import { joinedText, jsonText, scalarText } from './document-text.ts'
import {
  type Entries,
  type Entry,
  isForbidden,
  noEntries,
  placeUnmapped,
  type SystemKey,
  shownKey,
  warn,
} from './entries.ts'
import { type Field, fold } from './field.ts'
import type { LeadState } from './lead.ts'
import { NO_DISPOSITION } from './lead-values.ts'
import { isBlank, isNoPhone } from './phone-text.ts'
import { type Result, refuse } from './result.ts'
import { dispositionNamed, type Rules } from './rules.ts'
import { readNewLead, type Submission } from './submission.ts'
import { isNoChange, withoutEnds, withoutInvisible } from './text.ts'
import { type Incoming, readPatch } from './update.ts'

type ClassicKey = `nj${string}`
const KEYS: readonly (readonly [ClassicKey, SystemKey])[] = [
  ['njLeadId', 'lead_id'],
  ['njVersion', 'version'],
  ...attributesThat(({ classic }) => classic).map(
    (path) => [(ATTRIBUTES as Record<AttributePath, { classic?: ClassicKey }>)[path].classic!, path] as const,
  ),
]
const BY_FOLDED = new Map(KEYS.map((pair) => [fold(pair[0]), pair]))

/** What a heading of a file names in the classic spelling; undefined: no value of a lead that can be given. */
export const systemKeyNamed = (name: string): SystemKey | undefined => BY_FOLDED.get(fold(name))?.[1]

/** Whether a key names a system field, in any case. */
export const isSystemKey = (key: string) => systemKeyNamed(key) !== undefined

/** What a row of a file or of a pull says of itself: what to do with it, and where the lead goes. */
export const ROW_KEYS = { action: 'njAction', allocation: 'njAllocationName' } as const
export type RowKey = keyof typeof ROW_KEYS
const ROW_KEY_BY_FOLDED = new Map(Object.entries(ROW_KEYS).map(([key, name]) => [fold(name), key as RowKey]))
export const rowKeyNamed = (name: string): RowKey | undefined => ROW_KEY_BY_FOLDED.get(fold(name))

/** Whether a name is kept for the system: no field and no other key of a lead may begin like it. */
export const isSystemName = (name: string) => fold(name).startsWith('nj')

/** A document of the classic API, as strictly or leniently as the template of the campaign says. */
export function readEntries(document: ReadonlyMap<string, JsonValue>, rules: Rules): Entries {
  const spelling = { keyOf: ({ name }: Field) => name, readCallback }
  const entries = noEntries(spelling, { lenient: true, keeps_bad: rules.bad_values === 'keep' })
  for (const [key, value] of document) {
    const problem = place(entries, key, value, rules)
    if (problem) entries.problems.push({ name: 'INVALID_FIELD', field: shownKey(key), detail: problem })
  }
  return entries
}

/** Sorts one member in; the sentence says why it cannot be. */
function place(entries: Entries, key: string, value: JsonValue, rules: Rules): string | undefined {
  // The names of fields are neither forbidden nor names of the system. Nearly every key is one.
  const exact = rules.fields.named(key)
  if (exact) return placeField(entries, exact, key, value)
  const bare = withoutInvisible(key)
  const folded = fold(bare)
  if (isForbidden(bare)) return 'this key is not allowed'
  const [name, system] = BY_FOLDED.get(folded) ?? []
  if (system) {
    if (entries.system.has(system)) return `two keys name ${name}`
    const text = scalarText(value)
    entries.system.set(system, { key, text: text && withoutEnds(text), is_null: value === null })
    return undefined
  }
  const field = rules.fields.find(withoutEnds(key))
  if (field) return placeField(entries, field, key, value)
  // Actions hand it out. A caller who sends it back means nothing by it.
  if (systemValueNamed(folded)) {
    warn(entries, 'left_aside', bare)
    return undefined
  }
  if (isSystemName(folded)) return 'there is no such system field'
  const entry = textEntry(entries, key, value, key)
  if (entry.text === undefined && !entry.is_null) {
    entry.text = jsonText(value)
    warn(entries, 'json', key)
  }
  return placeUnmapped(entries, key, entry)
}

function placeField(entries: Entries, field: Field, key: string, value: JsonValue): string | undefined {
  if (entries.fields.has(field)) return `two keys name the field ${field.name}`
  entries.fields.set(field, textEntry(entries, key, value, field.name))
  return undefined
}

/** `name`: of the field, or the key. A list without a value says as little as null. */
function textEntry(entries: Entries, key: string, value: JsonValue, name: string): Entry {
  const text = scalarText(value)
  if (text !== undefined) return { key, text, is_null: false }
  const joined = joinedText(value)
  if (value === null || joined === '') return { key, text: undefined, is_null: true }
  if (joined !== undefined) warn(entries, 'joined', name)
  return { key, text: joined, is_null: false }
}

/** Reads a new lead. `disposition`: whether it may come with an outcome, as the old insertLead takes it. */
export const readInsert = (
  document: ReadonlyMap<string, JsonValue>,
  rules: Rules,
  allocation_id: number,
  now: string,
  options?: { disposition: boolean },
): Result<Submission> => readNewLead(readEntries(document, rules), rules, allocation_id, now, options)

/**
 * Judges an update against the lead as it was when the request found it.
 * Refuses in the published order: 102, 106, 107, then fields (1005), 1006, 1007, 1008, 111.
 */
export function readUpdate(entries: Entries, rules: Rules, lead: LeadState, now: string): Result<Incoming> {
  const [first_phone] = rules.fields.phones
  if (!rules.fields.phones.some((field) => entries.fields.has(field)))
    return refuse(
      'NO_PHONE_FIELDS',
      'an update names at least one phone field (its value may be <NO CHANGE>)',
      { field: first_phone?.name },
    )
  if (!leavesPhone(entries, rules, lead)) return refuseNoPhone(first_phone!.name)
  const wrong = refuseDisposition(entries, rules, lead)
  return wrong ?? readPatch(entries, rules, lead, { now, may_put_off: false })
}

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

/** 106 and 107. An omitted, empty or <NO CHANGE> disposition keeps the one that the lead has now. */
function refuseDisposition({ system }: Entries, rules: Rules, lead: LeadState) {
  const field = ATTRIBUTES.disposition.classic
  const { key, text, is_null }: Entry = system.get('disposition') ?? { key: field, text: '', is_null: false }
  if (text === undefined && !is_null)
    return refuse('INVALID_DISPOSTION', 'the disposition must be a text', { field: key })
  if (text !== undefined && !isBlank(text) && !isNoChange(text))
    return dispositionNamed(rules, text) ? undefined : refuse('INVALID_DISPOSTION', NO_DISPOSITION, { field })
  system.delete('disposition')
  return lead.disposition === null
    ? refuse('DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED', 'the lead has no disposition yet', { field })
    : undefined
}
