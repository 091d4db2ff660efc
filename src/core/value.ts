// The texts that each kind of field takes, and how they are stored.

import { type Field, type FieldKind, type FieldTable, fold } from './field.ts'
import { LIMITS } from './limits.ts'
import { isNonValue } from './non-value.ts'
import { isNoPhone, withoutPhoneEnds } from './phone-text.ts'
import { type Departure, readKept, withoutInvisible } from './text.ts'
import { isDate } from './times.ts'

/**
 * The text of a value as it is stored, '' when blank, with what was changed in it. `bad`: a sentence that says why the
 * text does not fit the field's kind. `problem`: why it cannot be stored at all.
 */
type FieldRead =
  | { text: string; departures: readonly (Departure | 'day_only')[]; bad?: string }
  | { problem: string; too_long?: true }

/** `lenient`: a text that cannot be kept as it is is cut or mended, and said; else it is refused. */
export function readFieldValue(field: Field, value: string, { lenient = false } = {}): FieldRead {
  const { kind } = field
  if (kind === 'text' || kind === 'long_text')
    return readKept(value, LIMITS.text_points_max, { lines: kind === 'long_text', lenient })
  if (kind === 'phone') return readPhoneText(value, lenient)
  const read = readKept(value, LIMITS.text_points_max, { lenient, whole: true })
  if ('problem' in read || read.text === '') return read
  let { text, departures } = read
  const visible = kind === 'email' ? withoutInvisible(text) : text
  if (visible !== text) {
    const again = readKept(visible, LIMITS.text_points_max, { lenient, whole: true })
    if ('problem' in again) return again
    text = again.text
    if (!departures.includes('invisible')) departures = [...departures, 'invisible']
  }
  const judged = CHECK[kind](text, field)
  if (judged.problem !== undefined) return { text, departures, bad: judged.problem }
  return { text: judged.text, departures: judged.day_only ? [...departures, 'day_only'] : departures }
}

/** Phones keep the text as sent, but for tabs and what shows nothing at its ends: no number is kept and never dialled. */
function readPhoneText(value: string, lenient: boolean): FieldRead {
  const visible = value.replace(DIRECTION_MARKS, '')
  if (visible.includes(OVERRIDE)) return { problem: 'holds a character that reverses text (U+202E)' }
  const bare = withoutPhoneEnds(visible)
  const read = readKept(bare, LIMITS.text_points_max, { lenient, whole: true })
  if ('problem' in read) return read
  const text = isNoPhone(read.text) ? '' : read.text
  if (bare === value) return { text, departures: read.departures }
  const departures = [...read.departures]
  if (visible !== value) departures.push('invisible')
  const start = visible.indexOf(bare)
  if (/[^ ]/.test(visible.slice(0, start) + visible.slice(start + bare.length))) departures.push('trimmed')
  return { text, departures }
}

/** Kinds whose texts are more than texts. A phone field keeps any text; whether it is a number is said beside it. */
type CheckedKind = Exclude<FieldKind, 'text' | 'long_text' | 'phone'>
const isChecked = (kind: FieldKind): kind is CheckedKind => kind in CHECK

/** Whether a stored text does not fit its field's kind. */
export const isBadText = (field: Field, text: string): boolean =>
  isChecked(field.kind) && CHECK[field.kind](text, field).problem !== undefined

/** The fields whose stored texts do not fit their kinds. */
export const badFields = ({ all }: FieldTable, texts: Readonly<Record<string, string>>): string[] =>
  all.flatMap((field) => {
    const text = isChecked(field.kind) && Object.hasOwn(texts, field.name) ? texts[field.name] : undefined
    return text !== undefined && isBadText(field, text) ? [field.name] : []
  })

/** Whether a text that does not fit its kind says that there is none: 'N/A', '-', '0000-00-00'. */
export const saysNone = ({ kind }: Field, text: string): boolean =>
  isNonValue(text) || (kind === 'date' && ZERO_DATE.test(text.trim()))

/** Empty dates, as databases write them. */
const ZERO_DATE = /^(?:0000([-/.]?)00(?:\1)00|00([-/.])00(?:\2)0000)(?:[T ][0:.]+Z?)?$/i

/** Phones put these around numbers that people copy out of their contacts. */
const DIRECTION_MARKS = /[\u202a-\u202d\u2066-\u2069]/g
/** With it people read other digits than those that would be dialled. */
const OVERRIDE = '\u202e'

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,63}$/
const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?(e[+-]?\d{1,3})?$/i
/** A day, and behind it a time as programs write it: groups year, month, day, the time, and the offset of its clock. */
const DATE =
  /^(\d{4})([-/.]?)(\d\d)\2(\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
const MIDNIGHT = /^[0:.,]+$/
const UTC = /^(?:Z|[+-]00(?::?00)?)$/i
const YES = new Set(['true', 'yes', 'y', '1', 'on'])
const NO = new Set(['false', 'no', 'n', '0', 'off'])

type Judged =
  | { text: string; day_only?: boolean; problem?: undefined }
  | { text?: undefined; problem: string }

const CHECK: Record<CheckedKind, (text: string, field: Field) => Judged> = {
  email: (text) => {
    const trimmed = text.trim()
    return EMAIL.test(trimmed) ? { text: trimmed } : { problem: 'is no e-mail address' }
  },
  number: (text) => {
    const trimmed = text.trim()
    return NUMBER.test(trimmed) && Number.isFinite(Number(trimmed))
      ? { text: trimmed }
      : { problem: 'is no number (digits, with a point for decimals)' }
  },
  date: readDay,
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

/** A time does no harm where it leaves no doubt of the day: 14:00 in UTC is the next day in Sydney. */
function readDay(text: string): Judged {
  const [, year, , month, day, time, clock] = DATE.exec(text.trim()) ?? []
  const date = `${year}-${month}-${day}`
  if (!isDate(date)) return { problem: 'is no date (yyyy-MM-dd)' }
  if (time === undefined) return { text: date }
  if (clock !== undefined && UTC.test(clock) && !MIDNIGHT.test(time))
    return { problem: 'is a time in UTC, which is another day elsewhere' }
  return { text: date, day_only: true }
}
