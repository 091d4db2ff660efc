// Contact hours: whether people may be called at an instant, until when, and when the next time is. They go by the clock of
// their own zone; the law narrows them by the clock of the called person, in each zone that he or she may be in.

import {
  type Calendar,
  type CalendarState,
  dateAt,
  isOpenIn,
  merged,
  spansOn,
  stateOf,
  stateOfAll,
  stretches,
  WHOLE_DAY,
} from './calendar.ts'
import { isZone } from './callback.ts'
import { lastToOpen, legalCalendar, whyForbidden } from './legal-opening.ts'
import type { ZoneSet } from './legal-zones.ts'
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
export function ownOpeningAt(hours: ContactHours, now: string): Opening {
  const at = Temporal.Instant.from(now).epochMilliseconds
  const state: CalendarState = stateOf(calendarOf(hours), at)
  if (state.open) return { open: true, until: rfc3339(state.until) }
  return { open: false, ...whyOutside(hours, at), opens_at: rfc3339(state.opens_at) }
}

/** The first instant from this one on at which they are open; null: they never are. RFC 3339. */
export function firstOpen(hours: ContactHours, zones: ZoneSet, from: string): string | null {
  if (isOpenAt(hours, zones, from)) return from
  const opening = openingAt(hours, zones, from)
  return opening.open ? from : opening.opens_at
}

/** The same yes or no without the look ahead, which reads over a year of days where nothing ever changes. */
export function isOpenAt(hours: ContactHours, zones: ZoneSet, now: string): boolean {
  const at = Temporal.Instant.from(now).epochMilliseconds
  return calendarsOf(hours, zones).every((calendar) => isOpenIn(calendar, at))
}

const rfc3339 = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'))

const calendarOf = (hours: ContactHours): Calendar => ({
  zone: hours.zone,
  valid_to: hours.valid_to,
  on: (date) => stretches(ownSpans(hours, date), date, hours.zone),
})

const calendarsOf = (hours: ContactHours, zones: ZoneSet) => [
  calendarOf(hours),
  ...(zones === 0 ? [] : [legalCalendar(zones)]),
]

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
  const forbidden = isOpenIn(calendarOf(hours), at) ? lastToOpen(zones, at) : undefined
  if (!forbidden) return whyOutside(hours, at)
  return { why: 'legal', detail: whyForbidden(forbidden.bit, at, known_by(forbidden.bit)) }
}

function whyOutside(
  { name, valid_from, valid_to, exceptions, zone }: ContactHours,
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
