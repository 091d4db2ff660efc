// Whether the rules of a legal zone allow calls at an instant, and the sentence that says why not.

import { type Calendar, dateAt, isOpenIn, spansOn, stretches, turnOf } from './calendar.ts'
import { holidayOn, legalRulesOn } from './legal-hours.ts'
import { bitsOf, LEGAL_ZONES, type ZoneSet } from './legal-zones.ts'
import type { Span } from './rules.ts'

/** How many days are remembered: everything is asked about today, and a look ahead goes through weeks. */
const REMEMBERED_MAX = 5_000
const known = new Map<string, ReturnType<typeof stretches>>()

const CALENDARS: readonly Calendar[] = LEGAL_ZONES.map(({ zone }, bit) => ({
  zone,
  valid_to: null,
  on: (date) => {
    const key = `${bit} ${date}`
    const there = known.get(key) ?? stretches(legalSpans(bit, date), date, zone)
    if (known.size >= REMEMBERED_MAX) known.clear()
    known.set(key, there)
    return there
  },
}))

/** The calendars of a zone set. */
export const legalCalendars = (set: ZoneSet): Calendar[] => bitsOf(set).map((bit) => CALENDARS[bit]!)

function legalSpans(bit: number, date: string): Span[] {
  const rules = legalRulesOn(LEGAL_ZONES[bit]!.jurisdiction, date)
  if (!rules) return [{ from: '00:00', to: '24:00' }]
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
      const turn = turnOf(CALENDARS[bit]!, at)
      return turn.open ? [] : [{ bit, opens_at: turn.opens_at }]
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
  const time = `${wall.hour}:${String(wall.minute).padStart(2, '0')}`
  const rules = legalRulesOn(jurisdiction, date.toString())!
  const holiday = holidayOn(rules, date.toString())
  const there = `it is ${time} in ${place}${known_by}`
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
