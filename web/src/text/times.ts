// Times as people read them.

import { LANGUAGE } from './words.ts'

const month_day = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short' })
const day_year = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' })
const month_year = new Intl.DateTimeFormat(LANGUAGE, { month: 'long', year: 'numeric' })
const in_full = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'full' })
const exact = new Intl.DateTimeFormat(LANGUAGE, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
})
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'always', style: 'narrow' })

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** "just now", "12 min. ago", "3 hr. ago", "24 Nov", "24 Nov 2025" */
export function ago(at: string, now: number): string {
  const then = new Date(at)
  const ms = now - then.getTime()
  if (ms < MINUTE_MS) return 'just now'
  if (ms < HOUR_MS) return relative.format(-Math.floor(ms / MINUTE_MS), 'minute')
  if (ms < 24 * HOUR_MS) return relative.format(-Math.floor(ms / HOUR_MS), 'hour')
  return (then.getFullYear() === new Date(now).getFullYear() ? month_day : day_year).format(then)
}

/** The time between two instants in one short form: "<1 min", "18 min", "3 h", "2 d" */
export function age(at: string, now: number): string {
  const ms = now - new Date(at).getTime()
  return ms < MINUTE_MS ? '<1 min' : lasted(ms / 1_000)
}

/** "40 s", "18 min", "3 h", "2 d" */
export function lasted(seconds: number): string {
  const ms = seconds * 1_000
  if (ms < MINUTE_MS) return `${Math.round(seconds)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  return ms < 24 * HOUR_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / (24 * HOUR_MS))} d`
}

/** The instant in the operator's own zone: "26 Nov 2026, 10:04:00" */
export const exactly = (at: string) => exact.format(new Date(at))

/** The day of an instant in the operator's own zone: "26 Nov 2026" */
export const dayOf = (at: string) => day_year.format(new Date(at))

/** How long a call lasted: "9:58", "1:02:03" */
export function length(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** The start of a day in the operator's own calendar, or of a day that many days later. */
export function startOfDay(day: string, days_later = 0): Date {
  const [year = 0, month = 1, of_month = 1] = day.split('-').map(Number)
  const date = new Date(2000, 0)
  // The constructor of Date takes the years 0 to 99 for 1900 to 1999.
  date.setFullYear(year, month - 1, of_month + days_later)
  return date
}

/**
 * A wall time as it was agreed, wherever it is read: "26 Nov 10:00". It is not an instant, so no zone applies to it.
 */
export function wallTime(local: string, now = new Date()): string {
  const [date = '', time = ''] = local.split('T')
  const shown = startOfDay(date)
  const format = shown.getFullYear() === now.getFullYear() ? month_day : day_year
  return `${format.format(shown)} ${time.slice(0, 5)}`
}

const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'short', timeZone: 'UTC' })

/** "Tue 3 Mar 10:00": people agree on days of the week. */
export const dayTime = (local: string) =>
  `${weekday.format(Date.parse(`${local.slice(0, 10)}T00:00Z`))} ${wallTime(local)}`

const DAY_MS = 24 * HOUR_MS

/** "2026-11-28T10:00": an instant as a clock of a zone shows it, to the minute. Swedish dates begin with the year. */
export const clockIn = (ms: number, timeZone: string) =>
  new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(ms)
    .replace(' ', 'T')

/** An instant to come, as a clock of a zone shows it: "today 15:30", "Sat 10:00" within a week, else "Tue 3 Mar 10:00" */
export function comingTime(at: string, zone: string, now: number): string {
  const local = clockIn(Date.parse(at), zone)
  const midnight = (shown: string) => Date.parse(shown.slice(0, 10))
  const days = (midnight(local) - midnight(clockIn(now, zone))) / DAY_MS
  if (days < 0 || days > 6) return dayTime(local)
  return `${days === 0 ? 'today' : weekday.format(midnight(local))} ${local.slice(11)}`
}

/** "Australia/Port_Moresby" as "Port Moresby". */
export const zoneName = (zone: string) => zone.split('/').at(-1)!.replaceAll('_', ' ')

/** "2026-11-30" as "30 Nov". */
export const day = (date: string) => wallTime(`${date}T`).trim()

/** "2026-11-30" as "30 Nov 2026". */
export const dayWithYear = (date: string) => day_year.format(startOfDay(date))

/** "2026-11-30" as "November 2026". */
export const monthName = (date: string) => month_year.format(startOfDay(date))

/** "2026-11-30" as "Monday 30 November 2026": for screen readers. */
export const dayInFull = (date: string) => in_full.format(startOfDay(date))

/** The zone of the operator's own machine. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
