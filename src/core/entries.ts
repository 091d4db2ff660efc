// A flat document sorted by what its keys name, with the problems and warnings that are found on the way.

import type { AttributePath } from './attributes.ts'
import type { CallbackReader } from './callback.ts'
import type { Field } from './field.ts'
import { LIMITS } from './limits.ts'
import { type FieldProblem, type RefusalName, refuseFields } from './result.ts'
import { readKept, withoutInvisible } from './text.ts'
import type { Warning, WarningCode } from './warnings.ts'

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** Keys that no lead can have: objects would take them for something else. */
export const isForbidden = (key: string) => FORBIDDEN_KEYS.has(withoutInvisible(key).trim())

/** A key of the document with what it names and its text; `text` undefined: the value is not a text. */
export interface Entry {
  key: string
  text: string | undefined
  is_null: boolean
  /** Why the value is not a text, where there is more to say than that. */
  problem?: string
}

/** How an API spells what it takes, and how it names it in answers. */
interface Spelling {
  keyOf: (field: Field) => string
  readCallback: CallbackReader
}

/** How to treat values that cannot be kept as they are. */
export interface Leniency {
  /** They are mended, cut or left out, and named; else they are refused. */
  lenient: boolean
  /** A text that does not fit its field's kind is kept with a mark; else it is refused. */
  keeps_bad: boolean
}
export const STRICT: Leniency = { lenient: false, keeps_bad: false }
export const KEEPING: Leniency = { lenient: true, keeps_bad: true }

/** The attributes that a document can name, and the lead and version that an update is for. */
export type SystemKey = AttributePath | 'lead_id' | 'version'

/** A document sorted by what its keys name. Problems are collected, not thrown: all are answered together. */
export interface Entries {
  fields: Map<Field, Entry>
  system: Map<SystemKey, Entry>
  unmapped: Map<string, Entry>
  problems: FieldProblem[]
  warnings: Warning[]
  spelling: Spelling
  reading: Leniency
}

export const noEntries = (spelling: Spelling, reading: Leniency = STRICT): Entries => ({
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

/** Sorts in a key that is not a field; the sentence says why it is refused. */
export function placeUnmapped(entries: Entries, key: string, entry: Entry): string | undefined {
  if (isForbidden(key)) return 'this key is not allowed'
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
export function refuseInOrder(problems: FieldProblem[]) {
  if (problems.length === 0) return undefined
  const sorted = problems.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
  return refuseFields(sorted as [FieldProblem, ...FieldProblem[]])
}

export const problem = (name: RefusalName, entry: Entry, detail: string): FieldProblem => ({
  name,
  field: shownKey(entry.key),
  detail,
})
