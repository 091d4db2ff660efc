// Contact hours: whether people may be called at an instant, until when, and when the next time is.
//
// Windows are wall times of a day in the zone, and a day has what its wall says: of a time that the zone has twice the
// first is meant, at both ends of a window; one that it skips means the first instant after the gap.

import { callbackInstant, isZone } from './callback.ts'
import { holidayOn, legalRulesOn } from './legal-hours.ts'
import type { Region } from './phone.ts'
import type { FieldProblem } from './result.ts'
import { type ContactHours, DAYS, type Span, type Window } from './rules.ts'
import { isDate } from './times.ts'

export type WhyClosed = 'outside_hours' | 'exception' | 'not_valid' | 'legal'

/** Instants are RFC 3339 in UTC. Null: nothing of the kind within a year. */
type Opening =
  | { open: true; until: string | null }
  | { open: false; why: WhyClosed; detail: string; opens_at: string | null }

const DAYS_AHEAD_MAX = 400

/** Whether contact hours are open at an instant, as far as they and the law of the region say. `now`: RFC 3339. */
export function openingAt(hours: ContactHours, region: Region, now: string): Opening {
  const at = Temporal.Instant.from(now).epochMilliseconds
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(hours.zone).toPlainDate()
  let opens_at: number | undefined
  let until: number | undefined
  for (let ahead = 0; ahead <= DAYS_AHEAD_MAX; ahead++) {
    const date = today.add({ days: ahead }).toString()
    if (until === undefined && hours.valid_to !== null && date > hours.valid_to) break
    for (const { from, to } of instants(openSpans(hours, region, date), date, hours.zone)) {
      if (until !== undefined) {
        // Spans without a gap between them are one: it ends at the gap.
        if (from > until) return { open: true, until: rfc3339(until) }
        until = to
      } else if (from <= at && at < to) until = to
      else if (from > at) opens_at ??= from
    }
    if (until === undefined && opens_at !== undefined) break
    if (until !== undefined && endOfDay(date, hours.zone) > until)
      return { open: true, until: rfc3339(until) }
  }
  if (until !== undefined) return { open: true, until: null }
  return {
    open: false,
    ...whyClosed(hours, region, today.toString(), at),
    opens_at: opens_at === undefined ? null : rfc3339(opens_at),
  }
}

/** The first instant from this one on at which they are open; null: they never are. RFC 3339. */
export function firstOpen(hours: ContactHours, region: Region, from: string): string | null {
  if (isOpenAt(hours, region, from)) return from
  const opening = openingAt(hours, region, from)
  return opening.open ? from : opening.opens_at
}

/** The same yes or no without the look ahead, which reads over a year of days where nothing ever changes. */
export function isOpenAt(hours: ContactHours, region: Region, now: string): boolean {
  const instant = Temporal.Instant.from(now)
  const at = instant.epochMilliseconds
  const date = instant.toZonedDateTimeISO(hours.zone).toPlainDate().toString()
  return instants(openSpans(hours, region, date), date, hours.zone).some(
    ({ from, to }) => from <= at && at < to,
  )
}

const rfc3339 = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')

/** The contact hours' own windows of a local day, without the law. */
function ownSpans({ weekly, exceptions, valid_from, valid_to }: ContactHours, date: string): Span[] {
  if ((valid_from !== null && date < valid_from) || (valid_to !== null && date > valid_to)) return []
  const exception = exceptions.find((one) => one.date === date)
  if (exception) return merged(exception.windows)
  return weekly === null ? [WHOLE_DAY] : spansOn(weekly, date)
}

const WHOLE_DAY: Span = { from: '00:00', to: '24:00' }

function openSpans(hours: ContactHours, region: Region, date: string): Span[] {
  const own = ownSpans(hours, date)
  const rules = legalRulesOn(region, date)
  if (!rules || own.length === 0) return own
  if (holidayOn(rules, date)) return []
  return own.flatMap((span) =>
    spansOn(rules.windows, date).flatMap((legal) => {
      const from = span.from > legal.from ? span.from : legal.from
      const to = span.to < legal.to ? span.to : legal.to
      return from < to ? [{ from, to }] : []
    }),
  )
}

const spansOn = (windows: readonly Window[], date: string): Span[] => {
  const day = DAYS[Temporal.PlainDate.from(date).dayOfWeek - 1]!
  return merged(windows.filter(({ days }) => days.includes(day)))
}

/** In order, those that touch or overlap made one. */
function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const { from, to } of spans.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = all.at(-1)
    if (last && from <= last.to) {
      if (to > last.to) last.to = to
    } else all.push({ from, to })
  }
  return all
}

const instants = (spans: readonly Span[], date: string, zone: string) =>
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

function whyClosed(hours: ContactHours, region: Region, date: string, at: number) {
  const { name, valid_from, valid_to, exceptions, zone } = hours
  if (valid_from !== null && date < valid_from)
    return { why: 'not_valid' as const, detail: `${name} begins on ${valid_from}` }
  if (valid_to !== null && date > valid_to)
    return { why: 'not_valid' as const, detail: `${name} ended on ${valid_to}` }
  const open = instants(ownSpans(hours, date), date, zone).some(({ from, to }) => from <= at && at < to)
  const exception = exceptions.find((one) => one.date === date)
  if (!open && exception) return { why: 'exception' as const, detail: `${name}: ${exception.name}` }
  if (!open) return { why: 'outside_hours' as const, detail: `${name} is closed at this time` }
  const rules = legalRulesOn(region, date)
  const holiday = rules && holidayOn(rules, date)
  return {
    why: 'legal' as const,
    detail: `the law of ${region} allows no calls ${holiday ? `on ${holiday.name}` : 'at this time'}`,
  }
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
