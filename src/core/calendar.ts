// Windows of wall time in a zone, and what they mean as instants: whether one is open, until when, and when the next is.
//
// A day has what its wall says: of a time that the zone has twice the first is meant, at both ends of a window; one that it
// skips means the first instant after the gap.

import { callbackInstant } from './callback.ts'
import { DAYS, type Span, type Window } from './rules.ts'

export interface Calendar {
  /** IANA time zone. */
  zone: string
  /** The windows of a local day as instants, in order and apart. */
  on: (date: string) => OpenStretch[]
  /** The last local day on which anything is open; null: no such bound. */
  valid_to: string | null
}

/** Milliseconds; the end is out. */
export interface OpenStretch {
  from: number
  to: number
}

/** Null: nothing of the kind within `DAYS_AHEAD_MAX`. */
export type CalendarState = { open: true; until: number | null } | { open: false; opens_at: number | null }

export const DAYS_AHEAD_MAX = 400
export const DAY_MS = 86_400_000

export const dateAt = (at: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()

/** The time of the day: 6:31. */
export function clockAt(at: number, zone: string): string {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return `${hour}:${String(minute).padStart(2, '0')}`
}

/** Whether one calendar is open. */
export function stateOf({ zone, on, valid_to }: Calendar, at: number): CalendarState {
  const today = dateAt(at, zone)
  let opens_at: number | undefined
  let until: number | undefined
  for (let ahead = 0; ahead <= DAYS_AHEAD_MAX; ahead++) {
    const date = today.add({ days: ahead }).toString()
    if (until === undefined && valid_to !== null && date > valid_to) break
    for (const { from, to } of on(date)) {
      if (until !== undefined) {
        // Spans without a gap between them are one: it ends at the gap.
        if (from > until) return { open: true, until }
        until = to
      } else if (from <= at && at < to) until = to
      else if (from > at) opens_at ??= from
    }
    if (until === undefined && opens_at !== undefined) break
    if (until !== undefined && endOfDay(date, zone) > until) return { open: true, until }
  }
  if (until !== undefined) return { open: true, until: null }
  return { open: false, opens_at: opens_at ?? null }
}

/** Whether all of them are open: until the first one closes, or when all of them are next. */
export function stateOfAll(calendars: readonly Calendar[], at: number): CalendarState {
  const last = at + DAYS_AHEAD_MAX * DAY_MS
  for (let now = at; now <= last; ) {
    const states = calendars.map((calendar) => stateOf(calendar, now))
    if (states.every(({ open }) => open))
      return now === at ? untilFirst(states) : { open: false, opens_at: now }
    const openings = states.flatMap((state) => (state.open ? [] : [state.opens_at ?? Infinity]))
    now = Math.max(...openings)
  }
  return { open: false, opens_at: null }
}

function untilFirst(states: readonly CalendarState[]): CalendarState {
  const ends = states.flatMap((state) => (state.open && state.until !== null ? [state.until] : []))
  return { open: true, until: ends.length > 0 ? Math.min(...ends) : null }
}

/** The same yes or no for one instant, without a look ahead. */
export const isOpenIn = ({ zone, on }: Calendar, at: number): boolean =>
  on(dateAt(at, zone).toString()).some(({ from, to }) => from <= at && at < to)

/** Works a day out once. `days_max`: how many are kept; nearly everything is asked about today, but a look ahead goes through a year. */
export function remembered(work: Calendar['on'], days_max: number): Calendar['on'] {
  const known = new Map<string, OpenStretch[]>()
  return (date) => {
    const there = known.get(date) ?? work(date)
    if (known.size >= days_max) known.clear()
    known.set(date, there)
    return there
  }
}

export const WHOLE_DAY: Span = { from: '00:00', to: '24:00' }

/** The windows of a week on a local day. */
export function spansOn(windows: readonly Window[], date: string): Span[] {
  const day = DAYS[Temporal.PlainDate.from(date).dayOfWeek - 1]!
  return merged(windows.filter(({ days }) => days.includes(day)))
}

/** In order, those that touch or overlap made one. */
export function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const { from, to } of spans.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = all.at(-1)
    if (last && from <= last.to) {
      if (to > last.to) last.to = to
    } else all.push({ from, to })
  }
  return all
}

export const stretches = (spans: readonly Span[], date: string, zone: string): OpenStretch[] =>
  spans.map(({ from, to }) => ({ from: instantOf(date, from, zone), to: instantOf(date, to, zone) }))

const instantOf = (date: string, time: string, zone: string) =>
  time === '24:00'
    ? endOfDay(date, zone)
    : time === '00:00'
      ? startOfDay(Temporal.PlainDate.from(date), zone)
      : Date.parse(callbackInstant(`${date}T${time}:00`, zone))

const startOfDay = (date: Temporal.PlainDate, zone: string) => date.toZonedDateTime(zone).epochMilliseconds

const endOfDay = (date: string, zone: string) =>
  startOfDay(Temporal.PlainDate.from(date).add({ days: 1 }), zone)
