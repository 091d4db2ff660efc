// Days as people and spreadsheets write them: which part is the day and which the month is told by all values of a column
// together, and asked where they leave it open.

import { isDate } from './times.ts'

/** `serial`: days since 1900, which a spreadsheet shows where the format of a date was lost. */
export const DAY_ORDERS = ['ymd', 'dmy', 'mdy', 'serial'] as const
export type DayOrder = (typeof DAY_ORDERS)[number]

/** `open`: every value can be read both ways. `mixed`: some values can be read in one way only, others only in the other. */
type FoundOrder = DayOrder | 'open' | 'mixed'

interface ReadDayTime {
  /** '2026-03-12' */
  day: string
  /** '14:30', '14:30:05' */
  time?: string
  /** 'Z', '+05:30' */
  offset?: string
}

const NUMERIC = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:T|,? +)(\d.*))?$/i
const COMPACT = /^((?:19|20)\d\d)(\d\d)(\d\d)$/
const NAMED_DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?[-/. ]+(\p{L}{3,9})\.?,?[-/. ]+(\d{2,4})(?:,? +(\d.*))?$/iu
const NAMED_MONTH_FIRST = /^(\p{L}{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?:,? +(\d.*))?$/iu
const SERIAL = /^(\d{5})(\.\d+)?$/
const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?([ap])?(?:\.?m\.?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Undefined: the text is no day in this order. */
export function readDayIn(text: string, order: DayOrder): ReadDayTime | undefined {
  const trimmed = text.trim()
  if (order === 'serial') return readSerial(trimmed)
  const compact = COMPACT.exec(trimmed)
  if (compact) return dayOf(compact[1]!, compact[2]!, compact[3]!, undefined)
  const day_first = NAMED_DAY_FIRST.exec(trimmed)
  if (day_first) return dayOf(day_first[3]!, monthNamed(day_first[2]!), day_first[1]!, day_first[4])
  const month_first = NAMED_MONTH_FIRST.exec(trimmed)
  if (month_first) return dayOf(month_first[3]!, monthNamed(month_first[1]!), month_first[2]!, month_first[4])
  const [, first, , second, third, time] = NUMERIC.exec(trimmed) ?? []
  if (first === undefined) return undefined
  if (first.length > 2) return dayOf(first, second!, third!, time)
  if (order === 'ymd') return undefined
  return order === 'dmy' ? dayOf(third!, second!, first, time) : dayOf(third!, first, second!, time)
}

/** What the values of a column say of their order; undefined: most are no days. */
export function findDayOrder(values: readonly string[]): FoundOrder | undefined {
  let [filled, fitting, serial, dmy, mdy, open] = [0, 0, 0, 0, 0, 0]
  for (const value of values) {
    if (value.trim() === '') continue
    filled++
    if (isSerial(value)) serial++
    const [as_dmy, as_mdy] = [readDayIn(value, 'dmy'), readDayIn(value, 'mdy')]
    if (as_dmy || as_mdy) fitting++
    if (as_dmy && as_mdy) open += Number(as_dmy.day !== as_mdy.day)
    else if (as_dmy) dmy++
    else if (as_mdy) mdy++
  }
  if (filled === 0) return undefined
  if (serial * 2 > filled) return 'serial'
  if (fitting * 2 <= filled) return undefined
  if (dmy > 0 && mdy > 0) return 'mixed'
  if (dmy > 0) return 'dmy'
  if (mdy > 0) return 'mdy'
  return open > 0 ? 'open' : 'ymd'
}

/** 1954 to 2119. Smaller and larger numbers of five digits are other things. */
const isSerial = (text: string) => {
  const days = Number(SERIAL.exec(text.trim())?.[1])
  return days >= 20_000 && days <= 80_000
}

function dayOf(year: string, month: string, day: string, time: string | undefined): ReadDayTime | undefined {
  // As spreadsheets read years of two digits.
  const full_year = year.length > 2 ? year : `${Number(year) < 30 ? '20' : '19'}${year.padStart(2, '0')}`
  const read = { day: `${full_year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` }
  if (!isDate(read.day)) return undefined
  if (time === undefined) return read
  const [, hour, minute, second, half, offset] = TIME.exec(time.trim()) ?? []
  if (hour === undefined) return undefined
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  if (hours > 23 || Number(minute) > 59) return undefined
  const clock = `${String(hours).padStart(2, '0')}:${minute}${second ? `:${second}` : ''}`
  return { ...read, time: clock, ...(offset && { offset: offset.toUpperCase() }) }
}

const monthNamed = (name: string) => String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1)

const DAY_MS = 86_400_000
const SERIAL_START = Date.UTC(1899, 11, 30)

function readSerial(text: string): ReadDayTime | undefined {
  if (!isSerial(text)) return undefined
  const minutes = Math.round(Number(text) * 24 * 60)
  const written = new Date(SERIAL_START + minutes * (DAY_MS / 24 / 60)).toISOString()
  const [day, time] = [written.slice(0, 10), written.slice(11, 16)]
  return time === '00:00' ? { day } : { day, time }
}
