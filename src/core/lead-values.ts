// Reads the values of a lead from a document: its fields, its unmapped keys, and its attributes.

import { ATTRIBUTES, type AttributePath } from './attributes.ts'
import type { CallbackReader } from './callback.ts'
import { type Entries, type Entry, problem, warn } from './entries.ts'
import type { Field } from './field.ts'
import { contactHoursOf, type LeadValues } from './lead.ts'
import { LIMITS } from './limits.ts'
import type { Scalar } from './merge.ts'
import { isBlank } from './phone-text.ts'
import { type FieldProblem, ok, type RefusalName, type Result, refuse } from './result.ts'
import { contactHoursNamed, dispositionNamed, type Rules } from './rules.ts'
import { isNoChange, readKept, readText, withoutEnds } from './text.ts'
import { surplusKeys } from './unmapped.ts'
import { isBadText, readFieldValue, saysNone } from './value.ts'

/** The text of an entry, '' for null; undefined (with a problem) if the value is not a text. */
function entryText(entry: Entry, problems: FieldProblem[]): string | undefined {
  if (entry.is_null) return ''
  if (entry.text === undefined)
    problems.push(
      problem(
        'INVALID_FIELD',
        entry,
        entry.problem ?? 'the value must be a text, a number, a boolean or a list of them',
      ),
    )
  return entry.text
}

/**
 * The text of a field as it is stored, '' when blank. Undefined: there is nothing to write. It is refused (with a problem),
 * it says that there is no value, or it is a bad value that would change nothing or replace a good one.
 * `stored`: what the lead has.
 */
export function readField(
  entries: Entries,
  field: Field,
  entry: Entry,
  problems: FieldProblem[],
  stored?: string,
): string | undefined {
  const value = entryText(entry, problems)
  if (value === undefined) return undefined
  const { reading } = entries
  const read = readFieldValue(field, value, reading)
  if ('problem' in read) {
    if (read.too_long && reading.keeps_bad && field.kind !== 'phone') warn(entries, 'left_out', field.name)
    else problems.push(problem('INVALID_FIELD', entry, read.problem))
    return undefined
  }
  const { text, departures, bad } = read
  if (text === '' && !isBlank(value)) {
    warn(entries, 'no_value', field.name)
    return undefined
  }
  if (bad !== undefined) {
    if (text === stored) return undefined
    if (reading.lenient && saysNone(field, text)) {
      warn(entries, 'no_value', field.name)
      return undefined
    }
    if (!reading.keeps_bad) {
      problems.push(problem('INVALID_FIELD', entry, bad))
      return undefined
    }
    if (stored !== undefined && !isBadText(field, stored)) {
      warn(entries, 'not_taken', field.name)
      return undefined
    }
    warn(entries, 'bad_value', field.name)
  }
  for (const departure of departures) warn(entries, departure, field.name)
  return text
}

/** `there`: the keys that the lead has. A key that does not fit beside them is left out, or refused. */
export function readUnmapped(
  entries: Entries,
  there: Readonly<Record<string, string>>,
  problems: FieldProblem[],
): Map<string, string> {
  const unmapped = new Map<string, string>()
  const { lenient } = entries.reading
  for (const [key, entry] of entries.unmapped) {
    const text = entryText(entry, problems)
    if (text === undefined || isNoChange(text)) continue
    const read = readKept(text, LIMITS.unmapped_bytes_max, { lines: true, lenient, whole: true })
    if (!('problem' in read)) {
      unmapped.set(key, read.text)
      for (const departure of read.departures) warn(entries, departure, key)
    } else if (read.too_long && lenient) warn(entries, 'left_out', key)
    else problems.push(problem('INVALID_FIELD', entry, read.problem))
  }
  for (const key of surplusKeys(there, [...unmapped])) {
    unmapped.delete(key)
    if (lenient) warn(entries, 'left_out', key)
    else problems.push(problem('INVALID_FIELD', entries.unmapped.get(key)!, SURPLUS))
  }
  return unmapped
}

export const SURPLUS = `the lead would have more than ${LIMITS.unmapped_keys_max} keys, or ${LIMITS.unmapped_bytes_max} bytes, that are no field of the template`

/** The value that a text gives an attribute, or the refusal and the rest of a sentence about the text. */
type ReadValue = { value: Scalar } | { name: RefusalName; problem: string }

interface Circumstances {
  rules: Rules
  /** Of the contact hours that count for the lead from now on. */
  zone: () => string
  now: string
  readCallback: CallbackReader
}

type Reader = (text: string, circumstances: Circumstances) => ReadValue

const shortText =
  (points_max: number) =>
  (text: string): ReadValue => {
    const read = readText(withoutEnds(text).trim(), points_max)
    return 'text' in read ? { value: read.text || null } : { name: 'INVALID_FIELD', problem: read.problem }
  }

const externalId = shortText(LIMITS.external_id_points_max)

const PRIORITY = /^\s*(0|[1-9]\d?|100)\s*$/

export const NO_HOURS_NAMED = 'there are no contact hours of this name'
export const NO_DISPOSITION = "no enabled disposition of this code in the template's set"

/**
 * One reader for each attribute that can be given, for every way in. Contact hours come before the callback, which is read in
 * their zone.
 */
const READERS = {
  external_id: externalId,
  source: shortText(LIMITS.short_text_points_max),
  disposition: (text, { rules }) => {
    const found = dispositionNamed(rules, text)
    return found ? { value: found.code } : { name: 'INVALID_DISPOSTION', problem: NO_DISPOSITION }
  },
  priority: (text) => {
    const match = PRIORITY.exec(text)
    return match
      ? { value: Number(match[1]) }
      : { name: 'INVALID_PRIORITY', problem: 'must be a whole number from 0 to 100' }
  },
  contact_hours: (text, { rules }) => {
    const found = contactHoursNamed(rules, text)
    return found ? { value: found.name } : { name: 'INVALID_TIMEZONE_SPECIFIED', problem: NO_HOURS_NAMED }
  },
  callback: (text, { zone, now, readCallback }) => {
    const read = readCallback(text, zone(), now)
    return 'callback' in read
      ? { value: read.callback.local }
      : { name: 'INVALID_CALLBACK_DATE', problem: read.problem }
  },
  callback_agent: shortText(LIMITS.external_id_points_max),
} satisfies Partial<Record<AttributePath, Reader>>

type GivenPath = keyof typeof READERS
/** Whether a path is that of an attribute that callers can give. */
export const isGivenPath = (path: string): path is GivenPath => Object.hasOwn(READERS, path)

const READ_NEW = Object.entries(READERS) as [GivenPath, Reader][]
const READ_CHANGED = READ_NEW.filter(([path]) => !('written_once' in ATTRIBUTES[path]))

/** The values of attributes that a document gives, by path; null in the place of `lead`: those of a new lead. */
export function readAttributes(
  { system, spelling }: Entries,
  rules: Rules,
  lead: Pick<LeadValues, 'contact_hours' | 'own_hours'> | null,
  now: string,
  problems: FieldProblem[],
): Record<string, Scalar> {
  const values: Record<string, Scalar> = {}
  const zone = () => contactHoursOf(rules, { ...(lead ?? NO_HOURS), ...values }).zone
  const circumstances = { rules, zone, now, readCallback: spelling.readCallback }
  for (const [path, read] of lead ? READ_CHANGED : READ_NEW) {
    const entry = system.get(path)
    const text = entry && (lead ? changedText : newText)(entry, problems)
    if (entry === undefined || text === undefined) continue
    const found = isBlank(text) ? { value: ATTRIBUTES[path].empty } : read(text, circumstances)
    if ('value' in found) values[path] = found.value
    else problems.push(problem(found.name, entry, found.problem))
  }
  return values
}

const NO_HOURS = { contact_hours: null, own_hours: null }

/** In a new lead a blank says as little as null. */
function newText(entry: Entry, problems: FieldProblem[]): string | undefined {
  const text = entryText(entry, problems)
  return text === undefined || isBlank(text) ? undefined : text
}

/** In an update a blank clears, and <NO CHANGE> keeps what the lead has. */
function changedText(entry: Entry, problems: FieldProblem[]): string | undefined {
  if (entry.text !== undefined && isNoChange(entry.text)) return undefined
  if (!entry.is_null) return entryText(entry, problems)
  const ambiguous = 'null is ambiguous in an update: send an empty text to clear, leave the key out to keep'
  problems.push(problem('INVALID_FIELD', entry, ambiguous))
  return undefined
}

/** The external id that an entry gives; null: it is blank, or (with a problem) cannot be one. */
export function readExternalId(entry: Entry, problems: FieldProblem[]): string | null {
  const text = entryText(entry, problems)
  if (text === undefined) return null
  const read = externalId(text)
  if ('value' in read) return read.value as string | null
  problems.push(problem(read.name, entry, read.problem))
  return null
}

/** The version that an update names as its base; null: it names none. */
export function readBaseVersion({ key, text }: Entry): Result<number | null> {
  if (text === '' || (text !== undefined && isNoChange(text))) return ok(null)
  const match = /^\s*"?v?([1-9]\d{0,8})"?\s*$/.exec(text ?? '')
  return match
    ? ok(Number(match[1]))
    : refuse('MALFORMED_REQUEST', `${key} must be a version that the lead had, such as 3`, { field: key })
}
