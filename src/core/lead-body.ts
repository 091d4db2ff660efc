// A lead as /v1 writes it, sorted by what it names. Every value has its JSON pointer, so that all that is wrong is answered
// together and points at its place.

import { attributesThat } from './attributes.ts'
import { type CallbackReader, readLocal } from './callback.ts'
import {
  type Entries,
  type Entry,
  type Leniency,
  noEntries,
  placeUnmapped,
  problem,
  STRICT,
  shownKey,
} from './entries.ts'
import { fold } from './field.ts'
import { isGivenPath } from './lead-values.ts'
import { readNote } from './note.ts'
import type { Rules } from './rules.ts'

/** A body of /v1, read. */
interface LeadBody {
  entries: Entries
  allow_duplicates: boolean
  /** A note that comes with a change. */
  note?: string
}

type Kind = 'new' | 'patch'
const keysOf = (kind: Kind) =>
  new Set(['fields', 'unmapped', 'allow_duplicates', ...attributesThat(({ v1 }) => v1?.includes(kind))])
const KEYS = { new: keysOf('new'), patch: keysOf('patch').add('note') }

/** One segment of a JSON pointer. */
export const segment = (key: string) => shownKey(key).replaceAll('~', '~0').replaceAll('/', '~1')

/** Empty entries for a body at a JSON pointer of the request. */
export const entriesAt = (at: string, reading: Leniency = STRICT, readCallback: CallbackReader = readLocal) =>
  noEntries({ keyOf: ({ name }) => `${at}/fields/${segment(name)}`, readCallback }, reading)

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `at`: the JSON pointer of the body in the request. Null clears, as the empty text of the classic API does. */
export function readLeadBody(
  body: unknown,
  rules: Rules,
  kind: Kind,
  { at = '', reading = STRICT }: { at?: string; reading?: Leniency } = {},
): LeadBody {
  const entries = entriesAt(at, reading)
  const read: LeadBody = { entries, allow_duplicates: false }
  if (!isObject(body)) {
    refuseAt(entries, at || '/', 'must be an object')
    return read
  }
  for (const [key, value] of Object.entries(body)) {
    const pointer = `${at}/${segment(key)}`
    if (!KEYS[kind].has(key)) refuseAt(entries, pointer, 'there is no such key')
    else if (key === 'allow_duplicates') {
      if (typeof value === 'boolean') read.allow_duplicates = value
      else refuseAt(entries, pointer, 'must be true or false')
    } else if (key === 'note') {
      const note = readNote(value)
      if ('text' in note) read.note = note.text
      else refuseAt(entries, pointer, note.problem)
    } else if (key === 'fields' || key === 'unmapped') {
      if (!isObject(value)) refuseAt(entries, pointer, 'must be an object of texts')
      else
        for (const [name, text] of Object.entries(value))
          placeValue(entries, `${key}.${name}`, text, `${pointer}/${segment(name)}`, rules)
    } else if (key === 'callback') placeCallback(entries, value, pointer)
    else if (key !== 'allocation_id') placeAttribute(entries, key, value, pointer)
  }
  return read
}

/** Sorts in one value by its path: 'fields.City', 'unmapped.source_id', 'priority'. */
export function placeValue(
  entries: Entries,
  path: string,
  value: unknown,
  pointer: string,
  rules: Rules,
): void {
  const entry = entryOf(value, pointer)
  if (path.startsWith('fields.')) {
    const field = rules.fields.find(path.slice('fields.'.length))
    if (!field) refuseAt(entries, pointer, 'is no field of the template')
    else if (entries.fields.has(field)) refuseAt(entries, pointer, `two keys name the field ${field.name}`)
    else entries.fields.set(field, entry)
  } else if (path.startsWith('unmapped.')) {
    const key = path.slice('unmapped.'.length)
    // A later export to the classic API must not turn it into a system field.
    const wrong = fold(key).startsWith('nj')
      ? 'a key that begins with nj is no key that can be kept'
      : rules.fields.find(key)
        ? 'is a field of the template: name it under fields'
        : placeUnmapped(entries, key, entry)
    if (wrong !== undefined) refuseAt(entries, pointer, wrong)
  } else placeAttribute(entries, path, value, pointer)
}

function placeAttribute(entries: Entries, path: string, value: unknown, pointer: string): void {
  if (!isGivenPath(path)) refuseAt(entries, pointer, 'is no value that can be given')
  else if (path === 'disposition' && value === null)
    refuseAt(entries, pointer, 'a disposition is an outcome: it is given, not taken away')
  else entries.system.set(path, path === 'priority' ? priorityEntry(value, pointer) : entryOf(value, pointer))
}

function placeCallback(entries: Entries, value: unknown, pointer: string): void {
  if (value === null) placeAttribute(entries, 'callback', null, pointer)
  else if (!isObject(value) || typeof value.local !== 'string')
    refuseAt(entries, pointer, 'must be {"local": "2026-10-04T14:30"} or null')
  else {
    for (const key of Object.keys(value))
      if (key !== 'local')
        refuseAt(
          entries,
          `${pointer}/${segment(key)}`,
          'is not taken: the zone is that of the contact hours, and the instant follows from it',
        )
    // Null clears; a blank is not a date.
    placeAttribute(entries, 'callback', value.local.trim() || '?', `${pointer}/local`)
  }
}

const entryOf = (value: unknown, key: string): Entry =>
  value === null || typeof value === 'string'
    ? { key, text: value ?? '', is_null: false }
    : { key, text: undefined, is_null: false, problem: 'must be a text or null' }

/** A priority is a number; whatever else it is, it is a wrong priority (1008). */
const priorityEntry = (value: unknown, key: string): Entry => ({
  key,
  text: value === null ? '' : typeof value === 'number' ? String(value) : '?',
  is_null: false,
})

function refuseAt({ problems }: Entries, key: string, detail: string): void {
  problems.push(problem('INVALID_FIELD', { key, text: undefined, is_null: false }, detail))
}
