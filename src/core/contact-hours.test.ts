import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstOpen, isOpenAt, openingAt, windowProblem } from './contact-hours.ts'
import { LEGAL_ZONES, zonesNamed } from './legal-zones.ts'
import { type ContactHours, DAYS, type Span, type Window } from './rules.ts'

const hours = (zone: string, more: Partial<ContactHours> = {}): ContactHours => ({
  contact_hours_id: 1,
  name: 'Sales',
  zone,
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
  ...more,
})
const daily = (from: string, to: string): Window[] => [{ days: [...DAYS], from, to }]

const AUSTRALIA = [
  'Australia/Adelaide',
  'Australia/Brisbane',
  'Australia/Broken_Hill',
  'Australia/Darwin',
  'Australia/Eucla',
  'Australia/Hobart',
  'Australia/Lindeman',
  'Australia/Lord_Howe',
  'Australia/Melbourne',
  'Australia/Perth',
  'Australia/Sydney',
]
const ELSEWHERE = [
  'Africa/Casablanca',
  'Africa/Cairo',
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Europe/Dublin',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'UTC',
]

const MINUTE = 60_000
const at = (ms: number) => new Date(ms).toISOString()
const epoch = (zone: string, local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds

/** The minutes of a local day, each with its wall time: how the day really runs in the zone. */
function minutesOf(zone: string, date: string): { ms: number; wall: string }[] {
  const day = Temporal.PlainDate.from(date)
  const end = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds
  const minutes: { ms: number; wall: string }[] = []
  for (let ms = day.toZonedDateTime(zone).epochMilliseconds; ms < end; ms += MINUTE) {
    const wall = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainTime()
    minutes.push({ ms, wall: wall.toString({ smallestUnit: 'minute' }) })
  }
  return minutes
}

/** The slow, obvious answer: walks the day minute by minute until the wall shows the time of the window. */
function openMinutes(zone: string, date: string, spans: Span[]): Set<number> {
  const minutes = minutesOf(zone, date)
  const first = (time: string) => {
    const found = minutes.findIndex(({ wall }) => wall >= time)
    return found === -1 ? minutes.length : found
  }
  return new Set(spans.flatMap(({ from, to }) => minutes.slice(first(from), first(to)).map(({ ms }) => ms)))
}

/** Both days on which the clocks of a zone change within a year of an instant, and a day on which they do not. */
function daysOf(zone: string): string[] {
  let moment = Temporal.ZonedDateTime.from(`2026-06-15T12:00[${zone}]`)
  const days = [moment.toPlainDate().toString()]
  for (let change = 0; change < 2; change++) {
    const next = moment.getTimeZoneTransition('next')
    if (!next || next.epochMilliseconds > Date.UTC(2028, 0, 1)) break
    days.push(next.toPlainDate().toString(), next.subtract({ minutes: 1 }).toPlainDate().toString())
    moment = next
  }
  return [...new Set(days)]
}

describe.each([...AUSTRALIA, ...ELSEWHERE])('%s', (zone) => {
  test('opens and closes at its boundaries, to the minute, also when the clocks change', () => {
    for (const date of daysOf(zone))
      for (const [from, to] of [
        ['09:00', '20:00'],
        ['00:00', '02:30'],
        ['02:00', '03:00'],
        ['02:15', '24:00'],
        ['01:30', '02:00'],
      ] as const) {
        const open = openMinutes(zone, date, [{ from, to }])
        const sales = hours(zone, { weekly: daily(from, to), valid_from: date, valid_to: date })
        const minutes = minutesOf(zone, date)
        const boundaries = minutes.filter(
          ({ ms }) => open.has(ms) !== open.has(ms - MINUTE) || open.has(ms) !== open.has(ms + MINUTE),
        )
        for (const { ms } of boundaries)
          for (const near of [ms - MINUTE, ms - 1, ms, ms + MINUTE - 1, ms + MINUTE]) {
            const minute = Math.floor(near / MINUTE) * MINUTE
            for (const told of [openingAt(sales, 0, at(near)).open, isOpenAt(sales, 0, at(near))])
              expect(told, `${date} ${from} ${at(near)}`).toBe(open.has(minute))
          }
      }
  })

  test('says until when it is open and when it opens next', () => {
    for (const date of daysOf(zone)) {
      const spans = [
        { from: '01:30', to: '02:30' },
        { from: '09:00', to: '17:00' },
      ]
      const sales = hours(zone, {
        weekly: spans.flatMap(({ from, to }) => daily(from, to)),
        valid_from: date,
        valid_to: date,
      })
      const open = openMinutes(zone, date, spans)
      const minutes = minutesOf(zone, date)
      for (const { ms } of minutes.filter((_, i) => i % 37 === 0)) {
        const opening = openingAt(sales, 0, at(ms))
        const change = minutes.find((minute) => minute.ms > ms && open.has(minute.ms) !== open.has(ms))?.ms
        const told = opening.open ? opening.until : opening.opens_at
        if (change !== undefined) expect(Date.parse(told!), `${date} ${at(ms)}`).toBe(change)
        else if (!opening.open) expect(told).toBeNull()
      }
    }
  })
})

test('any windows on any day, against a walk through the minutes', () => {
  const time = fc.integer({ min: 0, max: 1440 }).map((m) => {
    const [hour, minute] = [Math.floor(m / 60), m % 60]
    return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
  })
  const span = fc
    .uniqueArray(time, { minLength: 2, maxLength: 2 })
    .map((times) => times.toSorted())
    .map(([from, to]) => ({ from: from!, to: to! }))
  const zone = fc.constantFrom(...AUSTRALIA, ...ELSEWHERE)
  fc.assert(
    fc.property(
      zone.chain((name) => fc.record({ zone: fc.constant(name), date: fc.constantFrom(...daysOf(name)) })),
      fc.array(span, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 1_600 }),
      ({ zone, date }, spans, minute) => {
        const ms = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds + minute * MINUTE
        const exceptions = [{ date, name: 'a day of its own', windows: spans }]
        const sales = hours(zone, { weekly: [], exceptions })
        for (const told of [openingAt(sales, 0, at(ms)).open, isOpenAt(sales, 0, at(ms))])
          expect(told).toBe(openMinutes(zone, date, spans).has(ms))
      },
    ),
    { numRuns: 300 },
  )
})

describe('a week', () => {
  const office = hours('Australia/Melbourne', {
    weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
  })
  const opening = (local: string, more: Partial<ContactHours> = {}, zones = 0) =>
    openingAt({ ...office, ...more }, zones, at(epoch('Australia/Melbourne', local)))

  test('is closed on the days that it does not name', () => {
    expect(opening('2026-11-27T16:59')).toMatchObject({ open: true, until: '2026-11-27T06:00:00Z' })
    expect(opening('2026-11-28T12:00')).toEqual({
      open: false,
      why: 'outside_hours',
      detail: 'Sales is closed at this time',
      opens_at: '2026-11-29T22:00:00Z',
    })
  })

  test('gives way to an exception of the day, which may be open or closed', () => {
    const exceptions = [
      { date: '2026-12-25', name: 'Christmas Day', windows: [] },
      { date: '2026-12-26', name: 'Sale', windows: [{ from: '10:00', to: '11:00' }] },
    ]
    expect(opening('2026-12-25T12:00', { exceptions })).toMatchObject({
      open: false,
      why: 'exception',
      detail: 'Sales: Christmas Day',
      opens_at: '2026-12-25T23:00:00Z',
    })
    expect(opening('2026-12-26T10:30', { exceptions }).open).toBe(true)
  })

  test('is open from its first day to its last', () => {
    const valid = { valid_from: '2026-11-24', valid_to: '2026-11-25' }
    expect(opening('2026-11-23T12:00', valid)).toMatchObject({
      why: 'not_valid',
      opens_at: '2026-11-23T22:00:00Z',
    })
    expect(opening('2026-11-24T12:00', valid).open).toBe(true)
    expect(opening('2026-11-25T12:00', valid).open).toBe(true)
    expect(opening('2026-11-26T12:00', valid)).toMatchObject({ why: 'not_valid', opens_at: null })
  })

  test('runs on over midnight, and round the clock has no end', () => {
    const weekly: Window[] = [
      { days: ['mon'], from: '18:00', to: '24:00' },
      { days: ['tue'], from: '00:00', to: '02:00' },
    ]
    expect(opening('2026-11-23T20:00', { weekly })).toMatchObject({ until: '2026-11-23T15:00:00Z' })
    expect(opening('2026-11-23T20:00', { weekly: null })).toEqual({ open: true, until: null })
  })

  test('windows that touch or overlap are one', () => {
    const weekly: Window[] = [
      ...daily('12:00', '17:00'),
      ...daily('09:00', '12:00'),
      ...daily('11:00', '13:00'),
    ]
    expect(opening('2026-11-24T10:00', { weekly })).toMatchObject({ until: '2026-11-24T06:00:00Z' })
    expect(weekly[0]).toMatchObject({ from: '12:00', to: '17:00' })
  })
})

const [SYDNEY, PERTH] = [zonesNamed('Sydney'), zonesNamed('Perth')]

describe('the law of Australia', () => {
  const places = LEGAL_ZONES.filter(({ jurisdiction }) => jurisdiction === 'AU')
  test.each(places)('in $place: weekdays 9 to 20, Saturdays 9 to 17, no Sundays', ({ zone, place }) => {
    // Wherever the centre is.
    const always = hours('Europe/London')
    const there = zonesNamed(place)
    const open = (local: string) => {
      const now = at(epoch(zone, local))
      expect(isOpenAt(always, there, now)).toBe(openingAt(always, there, now).open)
      return isOpenAt(always, there, now)
    }
    for (const day of ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'])
      expect(['08:59', '09:00', '19:59', '20:00'].map((time) => open(`${day}T${time}`))).toEqual([
        false,
        true,
        true,
        false,
      ])
    expect(['08:59', '09:00', '16:59', '17:00'].map((time) => open(`2026-11-28T${time}`))).toEqual([
      false,
      true,
      true,
      false,
    ])
    for (const time of ['08:59', '09:00', '12:00', '19:59']) expect(open(`2026-11-29T${time}`)).toBe(false)
  })

  test('only narrows', () => {
    const office = hours('Australia/Perth', { weekly: daily('07:00', '10:00') })
    const opening = (local: string) => openingAt(office, PERTH, at(epoch('Australia/Perth', local)))
    expect(opening('2026-11-24T08:00')).toMatchObject({ open: false, why: 'legal' })
    expect(opening('2026-11-24T09:30')).toMatchObject({ open: true, until: '2026-11-24T02:00:00Z' })
    expect(opening('2026-11-24T10:00')).toMatchObject({ open: false, why: 'outside_hours' })
  })

  test('names the holiday on which nobody may be called', () => {
    const always = hours('Australia/Sydney')
    expect(openingAt(always, SYDNEY, at(epoch('Australia/Sydney', '2026-12-25T12:00')))).toMatchObject({
      open: false,
      why: 'legal',
      detail: 'it is 12:00 in Sydney; no calls are allowed on Christmas Day, by Australian law',
    })
  })

  test('is not that of other countries, nor of the time before it', () => {
    const always = hours('Australia/Sydney')
    expect(openingAt(always, 0, '2026-11-29T12:00:00Z').open).toBe(true)
    expect(openingAt(always, SYDNEY, '2016-11-20T12:00:00Z').open).toBe(true)
  })
})

test('windows that are none are told', () => {
  expect(windowProblem([{ from: '09:00', to: '24:00' }])).toBeUndefined()
  for (const [from, to] of [
    ['9:00', '10:00'],
    ['09:00', '25:00'],
    ['09:60', '10:00'],
    ['10:00', '10:00'],
    ['10:00', '09:00'],
    ['24:00', '24:00'],
  ] as const)
    expect(windowProblem([{ from, to }]), `${from} ${to}`).toBeTypeOf('string')
})

test('the first opening is the same whatever was asked before', () => {
  const walked = (of: ContactHours, zones: number, from: string) => {
    const opening = openingAt(of, zones, from)
    return opening.open ? from : opening.opens_at
  }
  const start = Date.parse('2026-11-27T22:00:00Z')
  const hour = fc.integer({ min: 0, max: 23 })
  let closed = 0
  fc.assert(
    fc.property(
      hour,
      fc.integer({ min: 1, max: 14 }),
      fc.subarray([...DAYS], { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.subarray(['Sydney', 'Perth', 'London', 'New York'], { minLength: 1 }),
      fc.option(fc.constantFrom('2026-12-20', '2027-01-20'), { nil: null }),
      fc.array(fc.integer({ min: 0, max: 40 * 24 * 60 }), { minLength: 4, maxLength: 8 }),
      (from_hour, length, days, local_to_lead, places, valid, minutes) => {
        const clock = (of: number) => `${String(of).padStart(2, '0')}:00`
        const windows = [{ days, from: clock(from_hour), to: clock(Math.min(24, from_hour + length)) }]
        const of = () => hours('Australia/Sydney', { weekly: windows, local_to_lead, valid_from: valid })
        const one = of()
        const zones = zonesNamed(...places)
        for (const [i, minute] of minutes.entries()) {
          const from = at(start + minute * MINUTE)
          const [told, found] = [firstOpen(i % 2 ? one : of(), zones, from), walked(one, zones, from)]
          if (told !== from) closed++
          // Never: for a year at least.
          if (told === null && found !== null)
            expect(Date.parse(found) - Date.parse(from)).toBeGreaterThan(366 * 24 * 60 * MINUTE)
          else expect(told && Date.parse(told)).toBe(found && Date.parse(found))
        }
      },
    ),
    { numRuns: 40 },
  )
  expect(closed).toBeGreaterThan(40)
})
