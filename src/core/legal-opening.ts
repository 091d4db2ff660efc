// Whether the rules of a legal zone allow calls at an instant, and the sentence that says why not.

import {
  type Calendar,
  clockAt,
  dateAt,
  isOpenIn,
  type OpenStretch,
  remembered,
  spansOn,
  stateOf,
  stretches,
  WHOLE_DAY,
} from './calendar.ts'
import { holidayOn, legalRulesOn } from './legal-hours.ts'
import { bitsOf, LEGAL_ZONES, type ZoneSet } from './legal-zones.ts'
import type { Span } from './rules.ts'

/** Kept of each calendar. */
const DAYS_MAX = 740

const CALENDARS: readonly Calendar[] = LEGAL_ZONES.map(({ zone }, bit) => ({
  zone,
  valid_to: null,
  on: remembered((date) => stretches(legalSpans(bit, date), date, zone), DAYS_MAX),
}))

const SETS_MAX = 30
const sets = new Map<ZoneSet, Calendar>()

/** When calls are allowed in all zones of a set, by the days of UTC. */
export function legalCalendar(set: ZoneSet): Calendar {
  const calendars = bitsOf(set).map((bit) => CALENDARS[bit]!)
  const calendar = sets.get(set) ?? {
    zone: 'UTC',
    valid_to: null,
    on: remembered(
      (date) => calendars.reduce((open, one) => within(open, one), stretches([WHOLE_DAY], date, 'UTC')),
      DAYS_MAX,
    ),
  }
  if (sets.size >= SETS_MAX) sets.clear()
  sets.set(set, calendar)
  return calendar
}

/** The parts of the stretches in which a calendar is open. */
const within = (open: readonly OpenStretch[], { zone, on }: Calendar): OpenStretch[] =>
  open.flatMap(({ from, to }) => {
    const days = [...new Set([from, to - 1].map((at) => dateAt(at, zone).toString()))]
    return days.flatMap(on).flatMap((there) => {
      const common = { from: Math.max(from, there.from), to: Math.min(to, there.to) }
      return common.from < common.to ? [common] : []
    })
  })

function legalSpans(bit: number, date: string): Span[] {
  const rules = legalRulesOn(LEGAL_ZONES[bit]!.jurisdiction, date)
  if (!rules) return [WHOLE_DAY]
  return holidayOn(rules, date) ? [] : spansOn(rules.windows, date)
}

const MINUTE_MS = 60_000
let told = { minute: Number.NaN, closed: 0 }

/**
 * The zones in which nobody may be called at an instant. Windows open and close on the minute, so an answer holds for one.
 * `now`: RFC 3339.
 */
export function closedZones(now: string): ZoneSet {
  const minute = Math.floor(Date.parse(now) / MINUTE_MS)
  if (told.minute !== minute) {
    const at = minute * MINUTE_MS
    const closed = CALENDARS.reduce(
      (set, calendar, bit) => (isOpenIn(calendar, at) ? set : set | (1 << bit)),
      0,
    )
    told = { minute, closed }
  }
  return told.closed
}

const DAY_NAMES = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays']

interface Closed {
  bit: number
  /** When the zone opens, milliseconds; null: not within a year. */
  opens_at: number | null
}

/** Of the zones of a set that are closed at an instant, the one that opens last; undefined: all are open. */
export function lastToOpen(set: ZoneSet, at: number): Closed | undefined {
  const order = ({ opens_at }: Closed) => opens_at ?? Number.POSITIVE_INFINITY
  return bitsOf(set)
    .flatMap((bit): Closed[] => {
      const state = stateOf(CALENDARS[bit]!, at)
      return state.open ? [] : [{ bit, opens_at: state.opens_at }]
    })
    .sort((a, b) => order(b) - order(a))[0]
}

/**
 * Why nobody may be called in a zone that is closed. `known_by`: how it is known that somebody may be there, as a part of the
 * sentence: ', by the number +61 8 …'.
 */
export function whyForbidden(bit: number, at: number, known_by = ''): string {
  const { zone, place, jurisdiction } = LEGAL_ZONES[bit]!
  const date = dateAt(at, zone)
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime()
  const rules = legalRulesOn(jurisdiction, date.toString())!
  const holiday = holidayOn(rules, date.toString())
  const there = `it is ${clockAt(at, zone)} in ${place}${known_by}`
  if (holiday) return `${there}; no calls are allowed on ${holiday.name}, ${rules.by}`
  const spans = spansOn(rules.windows, date.toString())
  if (spans.length === 0)
    return `${there}; no calls are allowed on ${DAY_NAMES[date.dayOfWeek - 1]}, ${rules.by}`
  const now = wall.toString({ smallestUnit: 'minute' })
  const next = spans.find(({ from }) => from > now)
  const bound = next ? `from ${clockText(next.from)}` : `until ${clockText(spans.at(-1)!.to)}`
  return `${there}; calls are allowed ${bound}, ${rules.by}`
}

const clockText = (time: string) => time.replace(/^0/, '')
