// The opening hours of a week, day by day, as people edit them: painted by the hour, or typed to the minute.

import { DAYS, type Day, type Span, type Window } from '../../../src/core/rules.ts'

export type Week = Readonly<Record<Day, readonly Span[]>>

const HOUR = 60
const DAY_MINUTES = 24 * HOUR

const minutesOf = (time: string) => Number(time.slice(0, 2)) * HOUR + Number(time.slice(3))
const timeOf = (minutes: number) =>
  `${String(Math.floor(minutes / HOUR)).padStart(2, '0')}:${String(minutes % HOUR).padStart(2, '0')}`

const each = (make: (day: Day) => readonly Span[]): Week =>
  Object.fromEntries(DAYS.map((day) => [day, make(day)])) as unknown as Week

export const WHOLE_DAY: Span = { from: '00:00', to: '24:00' }

/** Null is round the clock. */
export const weekOf = (weekly: readonly Window[] | null): Week =>
  each((day) =>
    weekly === null
      ? [WHOLE_DAY]
      : joined(weekly.flatMap(({ days, from, to }) => (days.includes(day) ? [{ from, to }] : []))),
  )

/** Days with the same hours share a window, as a person would write it. */
export function windowsOf(week: Week): Window[] {
  const windows = new Map<string, Window>()
  for (const day of DAYS)
    for (const { from, to } of week[day]) {
      const window = windows.get(`${from} ${to}`)
      if (window) window.days.push(day)
      else windows.set(`${from} ${to}`, { days: [day], from, to })
    }
  return [...windows.values()]
}

/** In order, those that touch or overlap made one. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const { from, to } of spans.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = all.at(-1)
    if (last && from <= last.to) {
      if (to > last.to) last.to = to
    } else all.push({ from, to })
  }
  return all
}

/** Opens or closes one hour of a day. */
export function paint(spans: readonly Span[], hour: number, open: boolean): Span[] {
  const [from, to] = [timeOf(hour * HOUR), timeOf((hour + 1) * HOUR)]
  if (open) return joined([...spans, { from, to }])
  return spans.flatMap((span) => [
    ...(span.from < from ? [{ from: span.from, to: span.to < from ? span.to : from }] : []),
    ...(span.to > to ? [{ from: span.from > to ? span.from : to, to: span.to }] : []),
  ])
}

/** The open parts of an hour, as shares of it. */
export function openParts(spans: readonly Span[], hour: number): { from: number; to: number }[] {
  const begin = hour * HOUR
  return spans.flatMap((span) => {
    const from = Math.max(minutesOf(span.from) - begin, 0)
    const to = Math.min(minutesOf(span.to) - begin, HOUR)
    return from < to ? [{ from: from / HOUR, to: to / HOUR }] : []
  })
}

export const isWhollyOpen = (spans: readonly Span[], hour: number) =>
  openParts(spans, hour).some(({ from, to }) => from === 0 && to === 1)

/** "09:00–12:30, 13:00–17:30" */
export const writeSpans = (spans: readonly Span[]) => spans.map(({ from, to }) => `${from}–${to}`).join(', ')

const SPAN = /^(\d{1,2})(?:[:.]?(\d\d))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.]?(\d\d))?$/

/** Reads "9-12:30, 13:00–17:30"; nothing is closed. Undefined: it cannot be read. */
export function readSpans(text: string): Span[] | undefined {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const spans = parts.map((part) => {
    const [, from_hour, from_minute = '0', to_hour, to_minute = '0'] = SPAN.exec(part) ?? []
    if (from_hour === undefined || Number(from_minute) >= HOUR || Number(to_minute) >= HOUR) return undefined
    const [from, to] = [
      Number(from_hour) * HOUR + Number(from_minute),
      Number(to_hour) * HOUR + Number(to_minute),
    ]
    return from < to && to <= DAY_MINUTES ? { from: timeOf(from), to: timeOf(to) } : undefined
  })
  const read = spans.filter((span) => span !== undefined)
  return read.length === spans.length ? joined(read) : undefined
}
