// A flat document sorted by what its keys name, and the problems that are found on the way.

import { type CallbackReader, readCallback } from './callback.ts'
import { type JsonValue, scalarText } from './document.ts'
import { type Field, fold } from './field.ts'
import { LIMITS } from './limits.ts'
import { type Problem, type RefusalName, refuseFields } from './result.ts'
import type { Rules } from './rules.ts'
import { readText } from './text.ts'

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

/** What stands beside the fields; the last two only /v1 can name. */
export type OwnKey = SystemKey | 'callback_agent' | 'source'

/** A document sorted by what its keys name. Problems are collected, not thrown: all are answered together. */
export interface Entries {
  fields: Map<Field, Entry>
  system: Map<OwnKey, Entry>
  unmapped: Map<string, Entry>
  problems: Problem[]
  spelling: Spelling
}

export const noEntries = (spelling: Spelling): Entries => ({
  fields: new Map(),
  system: new Map(),
  unmapped: new Map(),
  problems: [],
  spelling,
})

export function readEntries(document: ReadonlyMap<string, JsonValue>, rules: Rules): Entries {
  const entries = noEntries(CLASSIC)
  for (const [key, value] of document) {
    const entry: Entry = { key, text: scalarText(value), is_null: value === null }
    const problem = place(entries, entry, rules)
    if (problem) entries.problems.push({ name: 'INVALID_FIELD', field: shownKey(key), detail: problem })
  }
  countUnmapped(entries)
  return entries
}

export function countUnmapped({ unmapped, problems }: Entries): void {
  const [first] = unmapped.values()
  if (first && unmapped.size > LIMITS.unmapped_keys_max)
    problems.push(
      problem(
        'INVALID_FIELD',
        first,
        `more than ${LIMITS.unmapped_keys_max} keys are no field of the template`,
      ),
    )
}

/** Sorts one entry in; the sentence says why it cannot be. */
function place(entries: Entries, entry: Entry, rules: Rules): string | undefined {
  const { key } = entry
  const folded = fold(key)
  if (FORBIDDEN_KEYS.has(key.trim())) return 'this key is not allowed'
  const system = SYSTEM_KEY.get(folded)
  if (system) {
    if (entries.system.has(system)) return `two keys name ${system}`
    entries.system.set(system, entry)
    return undefined
  }
  const field = rules.fields.find(key)
  if (field) {
    if (entries.fields.has(field)) return `two keys name the field ${field.name}`
    entries.fields.set(field, entry)
    return undefined
  }
  if (folded.startsWith('nj')) return 'there is no such system field'
  return placeUnmapped(entries, key, entry)
}

/** Sorts in a key that is no field; the sentence says why it cannot be kept. */
export function placeUnmapped(entries: Entries, key: string, entry: Entry): string | undefined {
  if (FORBIDDEN_KEYS.has(key.trim())) return 'this key is not allowed'
  const read = readText(key, LIMITS.external_id_points_max)
  if ('problem' in read) return `the key ${read.problem}`
  if (read.text === '') return 'the key is empty'
  if (entries.unmapped.has(read.text)) return 'two keys are the same text'
  entries.unmapped.set(read.text, entry)
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
