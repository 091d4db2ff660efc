// Days and times as people type them. Days are '2026-11-30', wall times '2026-11-30T10:00': no zone applies to either.

import { dayTime, dayWithYear } from './times.ts'
import { LANGUAGE } from './words.ts'

const DAY_MS = 86_400_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** Whether this English writes 11/30 or 30/11. */
const MONTH_FIRST = new Intl.DateTimeFormat(LANGUAGE).formatToParts(0)[0]?.type === 'month'
/** A day without a time means the morning. */
const MORNING = '09:00'

const pad = (n: number, places = 2) => String(n).padStart(places, '0')

/** Undefined: the calendar has no such day. */
function dayOf(year: number, month: number, of_month: number): string | undefined {
  const text = `${pad(year, 4)}-${pad(month)}-${pad(of_month)}`
  const ms = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? text : undefined
}

const msOf = (day: string) => Date.parse(`${day}T00:00Z`)

export const addDays = (day: string, days: number) =>
  new Date(msOf(day) + days * DAY_MS).toISOString().slice(0, 10)

/** The same day of another month, or the last one that it has. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 0, of_month = 0] = day.split('-').map(Number)
  const at = year * 12 + month - 1 + months
  const place = [Math.floor(at / 12), (((at % 12) + 12) % 12) + 1] as const
  for (let last = of_month; ; last--) {
    const found = dayOf(...place, last)
    if (found !== undefined) return found
  }
}

/** 0 is Monday. */
export const weekdayOf = (day: string) => (new Date(msOf(day)).getUTCDay() + 6) % 7

/** Six weeks that begin on a Monday and show the month of a day. */
export function monthGrid(day: string): string[][] {
  const first = `${day.slice(0, 8)}01`
  const monday = addDays(first, -weekdayOf(first))
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, of_week) => addDays(monday, week * 7 + of_week)),
  )
}

interface Readings {
  /** The day on which it is typed, where it counts. */
  today: string
  /** A day without a year is the next such day, not one of this year. */
  ahead?: boolean
}

/** "30 Nov 2026", "Mon 30 Nov", "Nov 30", "30/11", "2026-11-30", "tomorrow", "sat"; undefined: none of these. */
export function readDay(typed: string, { today, ahead = false }: Readings): string | undefined {
  const text = typed.trim().toLowerCase()
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text)
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const from_today = ['today', 'tomorrow'].indexOf(text)
  if (from_today >= 0) return addDays(today, from_today)
  if (text === 'yesterday') return addDays(today, -1)
  const of_week = /^[a-z]{3,}$/.test(text) ? WEEK.indexOf(text.slice(0, 3)) : -1
  if (of_week >= 0) return addDays(today, ((of_week - weekdayOf(today) + 6) % 7) + 1)

  const figures = /^(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{2}|\d{4}))?\.?$/.exec(text)
  if (figures) {
    const [one, other] = [Number(figures[1]), Number(figures[2])]
    const [month, of_month] = MONTH_FIRST ? [one, other] : [other, one]
    return withYear(month, of_month, figures[3], today, ahead)
  }
  const words = text.replace(/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s,.]+/, '')
  const named =
    /^(?<day>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?<month>[a-z]{3,})(?:[\s.,-]+(?<year>\d{2}|\d{4}))?$/.exec(
      words,
    ) ??
    /^(?<month>[a-z]{3,})[\s.-]+(?<day>\d{1,2})(?:st|nd|rd|th)?(?:[\s,-]+(?<year>\d{2}|\d{4}))?$/.exec(words)
  if (!named?.groups) return undefined
  const month = MONTHS.indexOf(named.groups.month!.slice(0, 3)) + 1
  return withYear(month, Number(named.groups.day), named.groups.year, today, ahead)
}

function withYear(
  month: number,
  of_month: number,
  year: string | undefined,
  today: string,
  ahead: boolean,
): string | undefined {
  const this_year = Number(today.slice(0, 4))
  if (year?.length === 4) return dayOf(Number(year), month, of_month)
  if (year !== undefined) {
    const in_century = Math.floor(this_year / 100) * 100 + Number(year)
    return dayOf(in_century > this_year + 10 ? in_century - 100 : in_century, month, of_month)
  }
  const found = dayOf(this_year, month, of_month)
  return ahead && found !== undefined && found < today ? dayOf(this_year + 1, month, of_month) : found
}

const TIME =
  /^(?:(?<day>.*?)[\s,]+)?(?:at\s+)?(?<hour>\d{1,2})(?:[:.](?<minute>\d\d)(?::\d\d)?)?\s*(?<half>am|pm)?$/

/**
 * A day as above and a time behind it: "30 Nov 10:00", "tomorrow 9", "sat 2:30 pm", "10:00". A time alone is the next
 * such time.
 */
export function readDayTime(typed: string, now: string): string | undefined {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/(\d)t(\d)/, '$1 $2')
  const today = now.slice(0, 10)
  const { day: before, hour, minute, half } = TIME.exec(text)?.groups ?? {}
  const time = hour === undefined ? undefined : timeOf(Number(hour), Number(minute ?? 0), half)
  if (time !== undefined && before !== undefined) {
    const found = readDay(before, { today, ahead: true })
    if (found !== undefined) return `${found}T${time}`
  }
  if (time !== undefined && before === undefined && (minute ?? half) !== undefined)
    return `${time > now.slice(11, 16) ? today : addDays(today, 1)}T${time}`
  const alone = readDay(text, { today, ahead: true })
  return alone && `${alone}T${MORNING}`
}

function timeOf(hour: number, minute: number, half: string | undefined): string | undefined {
  if (minute > 59 || hour > 23 || (half && (hour < 1 || hour > 12))) return undefined
  return `${pad(half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour)}:${pad(minute)}`
}

const LOCAL = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?$/

/** Whether a text is a day or a wall time as it is stored. */
export const isStored = (text: string) => LOCAL.test(text) && dayOf(...partsOf(text)) !== undefined

const partsOf = (text: string) => text.slice(0, 10).split('-').map(Number) as [number, number, number]

/** A stored day or wall time as people read it; any other text as it is. */
export function writeDate(stored: string): string {
  if (!isStored(stored)) return stored
  return stored.length > 10 ? dayTime(stored) : dayWithYear(stored)
}

/** With another day, the time of day stays. */
export const onDay = (stored: string | null, day: string) =>
  `${day}T${stored && isStored(stored) && stored.length > 10 ? stored.slice(11, 16) : MORNING}`

/** Every quarter of an hour. */
export const TIMES: readonly string[] = Array.from(
  { length: 96 },
  (_, i) => `${pad(Math.floor(i / 4))}:${pad((i % 4) * 15)}`,
)
