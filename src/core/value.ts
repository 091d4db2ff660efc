// What a field of each kind takes, and how its text is stored.

import type { Field, FieldKind } from './field.ts'
import { fold } from './field.ts'
import { LIMITS } from './limits.ts'
import { isBlank, isNoPhone, withoutEnds } from './phone-text.ts'
import { readText } from './text.ts'
import { isDate } from './times.ts'

type Read = { text: string } | { problem: string }

/** The stored text of a value, '' when blank; a sentence when the field's kind refuses it. */
export function readFieldValue(field: Field, value: string): Read {
  const long = field.kind === 'long_text'
  const text =
    field.kind === 'phone' ? withoutEnds(value.replace(DIRECTION_MARKS, '')).replaceAll('\t', ' ') : value
  const read = readText(text, long ? LIMITS.long_text_points_max : LIMITS.text_points_max, { lines: long })
  if ('problem' in read || read.text === '') return read
  return CHECK[field.kind](read.text, field)
}

/** Whether a value says that the field has none: it is empty in a new lead, and no change in an update. */
export const isNoValue = ({ kind }: Field, value: string) =>
  kind === 'phone' && !isBlank(value) && isNoPhone(value)

/** Phones put these around numbers that people copy out of their contacts. */
const DIRECTION_MARKS = /[\u202a-\u202d\u2066-\u2069]/g

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,63}$/
const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?$/
const DATE = /^(\d{4})[-/](\d{2})[-/](\d{2})$/
const YES = new Set(['true', 'yes', 'y', '1', 'on'])
const NO = new Set(['false', 'no', 'n', '0', 'off'])

const asIs = (text: string): Read => ({ text })

const CHECK: Record<FieldKind, (text: string, field: Field) => Read> = {
  text: asIs,
  long_text: asIs,
  // Phones keep the text as sent, but for tabs and what shows nothing at its ends: no number is kept and never dialled.
  phone: (text) => ({ text: isNoPhone(text) ? '' : text }),
  email: (text) => {
    const trimmed = text.trim()
    return EMAIL.test(trimmed) ? { text: trimmed } : { problem: 'is no e-mail address' }
  },
  number: (text) => {
    const trimmed = text.trim()
    return NUMBER.test(trimmed)
      ? { text: trimmed }
      : { problem: 'is no number (digits, with a point for decimals)' }
  },
  date: (text) => {
    const date = DATE.exec(text.trim())?.slice(1).join('-')
    return date !== undefined && isDate(date) ? { text: date } : { problem: 'is no date (yyyy-MM-dd)' }
  },
  choice: (text, field) => {
    const wanted = fold(text)
    const found = field.choices?.find((choice) => fold(choice) === wanted)
    return found === undefined ? { problem: 'is none of the choices of this field' } : { text: found }
  },
  check: (text) => {
    const wanted = fold(text)
    if (YES.has(wanted)) return { text: 'true' }
    return NO.has(wanted) ? { text: 'false' } : { problem: 'is neither true nor false' }
  },
}
