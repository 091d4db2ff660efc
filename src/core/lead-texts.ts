// The texts of a lead out of what a submission says: its fields, and its keys that are no field.

import { type Entries, type Entry, problem, warn } from './entries.ts'
import type { Field } from './field.ts'
import { LIMITS } from './limits.ts'
import { isNoChange } from './no-change.ts'
import { isBlank } from './phone-text.ts'
import type { Problem } from './result.ts'
import { readKept } from './text.ts'
import { surplusKeys } from './unmapped.ts'
import { isBadText, readFieldValue, saysNone } from './value.ts'

/** The text of an entry, '' for null; undefined (with a problem) for what is no text. */
export function entryText(entry: Entry, problems: Problem[]): string | undefined {
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
  problems: Problem[],
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

/** `there`: the keys that the lead has. What does not fit beside them is left out, or refused. */
export function readUnmapped(
  entries: Entries,
  there: Readonly<Record<string, string>>,
  problems: Problem[],
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
