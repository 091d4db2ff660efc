// Contact hours: whether people may be called at an instant, until when, and when the next time is. They go by the clock of
// their own zone, or (local_to_lead) by those of the called person; the law narrows them by the clock of the called person.
// A person who may be in several zones is called when all of them are open.

import {
  type Calendar,
  type CalendarState,
  clockAt,
  DAY_MS,
  DAYS_AHEAD_MAX,
  dateAt,
  isOpenIn,
  merged,
  remembered,
  spansOn,
  stateOf,
  stateOfAll,
  stretches,
  WHOLE_DAY,
} from './calendar.ts'
import { isZone } from './callback.ts'
import { closedZones, lastToOpen, legalCalendar, whyForbidden } from './legal-opening.ts'
import { bitsOf, LEGAL_ZONES, type ZoneSet, zonesIn } from './legal-zones.ts'
import type { FieldProblem } from './result.ts'
import type { ContactHours, Span } from './rules.ts'
import { isDate } from './times.ts'

export type WhyClosed = 'outside_hours' | 'exception' | 'not_valid' | 'legal'

/** Instants are RFC 3339 in UTC. Null: nothing of the kind within a year. */
type Opening =
  | { open: true; until: string | null }
  | { open: false; why: WhyClosed; detail: string; opens_at: string | null }

/**
 * Whether contact hours are open at an instant, and the law in every zone of a set. `now`: RFC 3339. `known_by`: how it is
 * known that somebody may be in a zone, as a part of the sentence.
 */
export function openingAt(
  hours: ContactHours,
  zones: ZoneSet,
  now: string,
  known_by: (bit: number) => string = () => '',
): Opening {
  const at = Temporal.Instant.from(now).epochMilliseconds
  const state = stateOfAll(calendarsOf(hours, zones), at)
  if (state.open) return { open: true, until: rfc3339(state.until) }
  return { open: false, ...whyClosed(hours, zones, at, known_by), opens_at: rfc3339(state.opens_at) }
}

/** The same of contact hours alone. */
export function ownOpeningAt(
  hours: ContactHours,
  zones: ZoneSet,
  now: string,
  known_by: (bit: number) => string = () => '',
): Opening {
  const at = Temporal.Instant.from(now).epochMilliseconds
  const state = stateOfAll(ownCalendarsOf(hours, zones), at)
  if (state.open) return { open: true, until: rfc3339(state.until) }
  return { open: false, ...whyOutside(hours, zones, at, known_by), opens_at: rfc3339(state.opens_at) }
}

/** The first instant from this one on at which they are open; null: none within a year. RFC 3339. */
export function firstOpen(hours: ContactHours, zones: ZoneSet, from: string): string | null {
  if (isOpenAt(hours, zones, from)) return from
  return rfc3339(opensAfter(hours, zones, Temporal.Instant.from(from).epochMilliseconds))
}

/** Of an instant at which they are closed. */
function opensAfter(hours: ContactHours, zones: ZoneSet, at: number): number | null {
  const { closed } = memoryOf(hours)
  const known = closed.get(zones) ?? []
  const there = known.find(({ from, to }) => from <= at && at < to)
  if (there) return there.opens_at
  const state = stateOfAll(calendarsOf(hours, zones), at)
  if (state.open) return at
  const { opens_at } = state
  const same = known.find((one) => opens_at !== null && one.opens_at === opens_at)
  if (same) same.from = Math.min(same.from, at)
  else {
    if (closed.size >= CLOSED_MAX) closed.clear()
    if (known.length >= CLOSED_MAX) known.length = 0
    known.push({ from: at, to: opens_at ?? at + NEVER_MS, opens_at })
    closed.set(zones, known)
  }
  return opens_at
}

/** The same yes or no without the look ahead, which reads over a year of days where nothing ever changes. */
export function isOpenAt(hours: ContactHours, zones: ZoneSet, now: string): boolean {
  const at = Temporal.Instant.from(now).epochMilliseconds
  return calendarsOf(hours, zones).every((calendar) => isOpenIn(calendar, at))
}

const rfc3339 = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'))

/** The zones by whose clocks contact hours go. Of somebody of whom none is known, their own counts. */
function clocksOfHours({ local_to_lead, zone }: ContactHours, zones: ZoneSet): string[] {
  const theirs = local_to_lead ? zonesIn(zones) : []
  return theirs.length > 0 ? theirs : [zone]
}

/** A stretch in which somebody is never called, milliseconds; null: as far as a year ahead. */
interface ClosedStretch {
  from: number
  to: number
  opens_at: number | null
}

/** What was worked out of contact hours. A year's walk through several zones takes up to 100 ms, and a page of leads asks for many. */
interface Memory {
  calendars: Map<string, Calendar>
  closed: Map<ZoneSet, ClosedStretch[]>
}

/** The rules of a campaign are read anew twice a second: what counts is what they say, so objects that say the same share it. */
const memories = new WeakMap<ContactHours, Memory>()
const shared = new Map<string, Memory>()
const SHARED_MAX = 32
/** A walk looks so far ahead that its end is more than a year away during this time, too. */
const NEVER_MS = (DAYS_AHEAD_MAX - 366) * DAY_MS
const CLOSED_MAX = 100
const DAYS_MAX = DAYS_AHEAD_MAX + 60

function memoryOf(hours: ContactHours): Memory {
  const own = memories.get(hours)
  if (own) return own
  const { zone, local_to_lead, weekly, exceptions, valid_from, valid_to } = hours
  const key = JSON.stringify([zone, local_to_lead, weekly, exceptions, valid_from, valid_to])
  const memory = shared.get(key) ?? { calendars: new Map(), closed: new Map() }
  if (shared.size >= SHARED_MAX) shared.clear()
  shared.set(key, memory)
  memories.set(hours, memory)
  return memory
}

function calendarIn(hours: ContactHours, zone: string): Calendar {
  const { calendars } = memoryOf(hours)
  const there = calendars.get(zone)
  if (there) return there
  const on = (date: string) => stretches(ownSpans(hours, date), date, zone)
  const made = { zone, valid_to: hours.valid_to, on: remembered(on, DAYS_MAX) }
  calendars.set(zone, made)
  return made
}

const ownCalendarsOf = (hours: ContactHours, zones: ZoneSet) =>
  clocksOfHours(hours, zones).map((zone) => calendarIn(hours, zone))

const calendarsOf = (hours: ContactHours, zones: ZoneSet) => [
  ...ownCalendarsOf(hours, zones),
  ...(zones === 0 ? [] : [legalCalendar(zones)]),
]

/** What contact hours and the law say of a moment. */
export interface HoursNow {
  /** Contact hours are open by the clock of their own zone. */
  is_open: boolean
  /** The zones in which nobody may be called. */
  closed: ZoneSet
}

const MINUTE_MS = 60_000
const known = new WeakMap<ContactHours, HoursNow & { minute: number }>()

/** Contact hours and the law open and close on the minute, so an answer holds for one. `now`: RFC 3339. */
export function hoursNow(hours: ContactHours, now: string): HoursNow {
  const minute = Math.floor(Date.parse(now) / MINUTE_MS)
  const told = known.get(hours)
  if (told?.minute === minute) return told
  const at = minute * MINUTE_MS
  const isOpenBy = (zone: string) => isOpenIn(calendarIn(hours, zone), at)
  const fresh = { minute, is_open: isOpenBy(hours.zone), closed: closedZones(now) }
  if (hours.local_to_lead) {
    const asleep = new Set(
      [...new Set(LEGAL_ZONES.map(({ zone }) => zone))].filter((zone) => !isOpenBy(zone)),
    )
    for (const [bit, { zone }] of LEGAL_ZONES.entries()) if (asleep.has(zone)) fresh.closed |= 1 << bit
  }
  known.set(hours, fresh)
  return fresh
}

/** The windows of a local day, without the law. */
function ownSpans({ weekly, exceptions, valid_from, valid_to }: ContactHours, date: string): Span[] {
  if ((valid_from !== null && date < valid_from) || (valid_to !== null && date > valid_to)) return []
  const exception = exceptions.find((one) => one.date === date)
  if (exception) return merged(exception.windows)
  return weekly === null ? [WHOLE_DAY] : spansOn(weekly, date)
}

function whyClosed(
  hours: ContactHours,
  zones: ZoneSet,
  at: number,
  known_by: (bit: number) => string,
): { why: WhyClosed; detail: string } {
  const is_open = ownCalendarsOf(hours, zones).every((calendar) => isOpenIn(calendar, at))
  const forbidden = is_open ? lastToOpen(zones, at) : undefined
  if (!forbidden) return whyOutside(hours, zones, at, known_by)
  return { why: 'legal', detail: whyForbidden(forbidden.bit, at, known_by(forbidden.bit)) }
}

function whyOutside(
  hours: ContactHours,
  zones: ZoneSet,
  at: number,
  known_by: (bit: number) => string,
): { why: WhyClosed; detail: string } {
  const bits = hours.local_to_lead ? bitsOf(zones) : []
  if (bits.length === 0) return whyOutsideIn(hours, hours.zone, at)
  const order = (state: CalendarState) => (state.open ? 0 : (state.opens_at ?? Number.POSITIVE_INFINITY))
  const [last] = bits
    .map((bit) => ({ bit, opens: order(stateOf(calendarIn(hours, LEGAL_ZONES[bit]!.zone), at)) }))
    .sort((a, b) => b.opens - a.opens)
  const { zone, place } = LEGAL_ZONES[last!.bit]!
  const { why, detail } = whyOutsideIn(hours, zone, at)
  return { why, detail: `it is ${clockAt(at, zone)} in ${place}${known_by(last!.bit)}; ${detail}` }
}

function whyOutsideIn(
  { name, valid_from, valid_to, exceptions }: ContactHours,
  zone: string,
  at: number,
): { why: WhyClosed; detail: string } {
  const date = dateAt(at, zone).toString()
  if (valid_from !== null && date < valid_from)
    return { why: 'not_valid', detail: `${name} begins on ${valid_from}` }
  if (valid_to !== null && date > valid_to)
    return { why: 'not_valid', detail: `${name} ended on ${valid_to}` }
  const exception = exceptions.find((one) => one.date === date)
  if (exception) return { why: 'exception', detail: `${name}: ${exception.name}` }
  return { why: 'outside_hours', detail: `${name} is closed at this time` }
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const isTime = (text: string) => TIME.test(text) || text === '24:00'

/** The mistake in windows, as the rest of a sentence; undefined: none. */
export function windowProblem(windows: readonly Span[]): string | undefined {
  for (const { from, to } of windows) {
    if (!isTime(from) || !isTime(to)) return 'has a time that is not HH:MM'
    if (from >= to) return 'has a window that ends before it begins'
  }
  return undefined
}

/** Everything that is wrong with new contact hours and that the shape of a body does not tell. */
export function contactHoursProblems({
  zone,
  weekly,
  exceptions,
  valid_from,
  valid_to,
}: Omit<ContactHours, 'contact_hours_id' | 'zone_version'>): FieldProblem[] {
  const problems: FieldProblem[] = []
  const judge = (field: string, detail: string | false | undefined) => {
    if (detail) problems.push({ name: 'INVALID_FIELD', field, detail })
  }
  const NO_DAY = 'is no day of the calendar'
  judge('/zone', !isZone(zone) && 'is no IANA time zone')
  judge('/weekly', windowProblem(weekly ?? []))
  const dates = new Set<string>()
  for (const [i, { date, windows }] of exceptions.entries()) {
    const at = `/exceptions/${i}`
    judge(`${at}/windows`, windowProblem(windows))
    judge(`${at}/date`, !isDate(date) && NO_DAY)
    judge(`${at}/date`, dates.has(date) && 'another exception is of this day')
    dates.add(date)
  }
  judge('/valid_from', valid_from !== null && !isDate(valid_from) && NO_DAY)
  judge('/valid_to', valid_to !== null && !isDate(valid_to) && NO_DAY)
  judge(
    '/valid_to',
    valid_from !== null && valid_to !== null && valid_to < valid_from && 'lies before valid_from',
  )
  return problems
}
