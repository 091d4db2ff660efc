// A flat document sorted by what its keys name, with the problems and warnings that are found on the way.

import { type CallbackReader, readCallback } from './callback.ts'
import type { JsonValue } from './document.ts'
import { joinedText, jsonText, scalarText } from './document-text.ts'
import { type Field, fold } from './field.ts'
import { LIMITS } from './limits.ts'
import { type Problem, type RefusalName, refuseFields } from './result.ts'
import type { Rules } from './rules.ts'
import { readKept, withoutEnds, withoutInvisible } from './text.ts'
import type { Warning, WarningCode } from './warnings.ts'

export const SYSTEM_KEYS = [
  'njExternalLeadId',
  'njLeadId',
  'njCallBackDate',
  'njPriority',
  'njContactHours',
  'njDisposition',
  'njVersion',
] as const
export type SystemKey = (typeof SYSTEM_KEYS)[number]

const SYSTEM_KEY = new Map<string, SystemKey>(SYSTEM_KEYS.map((key) => [key.toLowerCase(), key]))
/** What the source system, and our actions, only hand out. A caller who sends one back means nothing by it. */
const HANDED_OUT = new Set(
  [
    'njCampaignName',
    'njLead',
    'njAllocationName',
    'njDialedNumber',
    'njCallDate',
    'njDialAttempts',
    'njUniqueCallId',
    'njCallDuration',
    'njAction',
  ].map((key) => key.toLowerCase()),
)
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** A key of the document with what it names and its text; `text` undefined: a value that is no text. */
export interface Entry {
  key: string
  text: string | undefined
  is_null: boolean
  /** Why the value is no text, where there is more to say than that. */
  problem?: string
}

/** How an API spells what it takes, and how it names it in answers. */
export interface Spelling {
  keyOf: (field: Field) => string
  readCallback: CallbackReader
}

const CLASSIC: Spelling = { keyOf: ({ name }) => name, readCallback }

/** What becomes of values that cannot be kept as they are. */
export interface Reading {
  /** They are mended, cut or left out, and named; else they are refused. */
  lenient: boolean
  /** A text that does not fit its field's kind is kept with a mark; else it is refused. */
  keeps_bad: boolean
}
export const STRICT: Reading = { lenient: false, keeps_bad: false }
export const KEEPING: Reading = { lenient: true, keeps_bad: true }

/** What stands beside the fields; the last two only /v1 can name. */
export type OwnKey = SystemKey | 'callback_agent' | 'source'

/** A document sorted by what its keys name. Problems are collected, not thrown: all are answered together. */
export interface Entries {
  fields: Map<Field, Entry>
  system: Map<OwnKey, Entry>
  unmapped: Map<string, Entry>
  problems: Problem[]
  warnings: Warning[]
  spelling: Spelling
  reading: Reading
}

export const noEntries = (spelling: Spelling, reading: Reading = STRICT): Entries => ({
  fields: new Map(),
  system: new Map(),
  unmapped: new Map(),
  problems: [],
  warnings: [],
  spelling,
  reading,
})

/** `field`: the name of a field, or a key. */
export const warn = ({ warnings }: Pick<Entries, 'warnings'>, code: WarningCode, field: string) =>
  warnings.push({ code, field: shownKey(field) })

export const leftOut = (key: string): Warning => ({ code: 'left_out', field: shownKey(key) })

/** A document of the classic API. */
export function readEntries(document: ReadonlyMap<string, JsonValue>, rules: Rules): Entries {
  const entries = noEntries(CLASSIC, { lenient: true, keeps_bad: rules.bad_values === 'keep' })
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
  if (FORBIDDEN_KEYS.has(bare.trim())) return 'this key is not allowed'
  const system = SYSTEM_KEY.get(folded)
  if (system) {
    if (entries.system.has(system)) return `two keys name ${system}`
    const text = scalarText(value)
    entries.system.set(system, { key, text: text && withoutEnds(text), is_null: value === null })
    return undefined
  }
  const field = rules.fields.find(withoutEnds(key))
  if (field) return placeField(entries, field, key, value)
  if (HANDED_OUT.has(folded)) {
    warn(entries, 'left_aside', bare)
    return undefined
  }
  if (folded.startsWith('nj')) return 'there is no such system field'
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

/** Sorts in a key that is no field; the sentence says why it is refused. */
export function placeUnmapped(entries: Entries, key: string, entry: Entry): string | undefined {
  if (FORBIDDEN_KEYS.has(withoutInvisible(key).trim())) return 'this key is not allowed'
  const { unmapped, reading } = entries
  const read = readKept(key, LIMITS.external_id_points_max, reading)
  if ('problem' in read) return `the key ${read.problem}`
  const { text: name, departures } = read
  const wrong =
    name === '' ? 'the key is empty' : unmapped.has(name) ? 'two keys are the same text' : undefined
  if (wrong !== undefined && !reading.lenient) return wrong
  if (wrong !== undefined || departures.includes('cut')) {
    warn(entries, 'left_out', key)
    return undefined
  }
  for (const departure of departures) warn(entries, departure, name)
  unmapped.set(name, entry)
  return undefined
}

/** A key that may be repeated in an answer: bounded and printable. */
export const shownKey = (key: string) => [...key.replace(/[^\P{C} ]/gu, '\u{fffd}')].slice(0, 80).join('')

const ORDER: readonly RefusalName[] = [
  'INVALID_DISPOSTION',
  'INVALID_FIELD',
  'NO_PHONE_FIELDS',
  'INVALID_PHONE_NUMBER',
  'INVALID_CALLBACK_DATE',
  'INVALID_PRIORITY',
  'INVALID_TIMEZONE_SPECIFIED',
]

/** All problems in one refusal, the first of the published order in front; undefined without problems. */
export function refuseInOrder(problems: Problem[]) {
  if (problems.length === 0) return undefined
  const sorted = problems.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
  return refuseFields(sorted as [Problem, ...Problem[]])
}

export const problem = (name: RefusalName, entry: Entry, detail: string): Problem => ({
  name,
  field: shownKey(entry.key),
  detail,
})
