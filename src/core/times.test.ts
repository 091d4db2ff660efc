import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, isDate, localIn, readInstant } from './times.ts'

describe('an instant', () => {
  test.each([
    ['2026-10-04T14:30:00Z', '2026-10-04T14:30:00Z'],
    ['2026-10-04T14:30:00+11:00', '2026-10-04T03:30:00Z'],
    ['2026-10-04T14:30Z', '2026-10-04T14:30:00Z'],
    ['2026-10-04t14:30:00.123456789z', '2026-10-04T14:30:00.123456789Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ])('%s is %s', (text, at) => expect(readInstant(text)).toEqual({ at }))

  test.each(['', 'noon', '2026-10-04', '2026-10-04T14:30', '2026-02-30T00:00:00Z', '2026-10-04T14:30:00Z\0'])(
    '%j is none',
    (text) => expect(readInstant(text)).toEqual({ problem: expect.stringContaining('RFC 3339') }),
  )

  test.each([
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+01:00',
    '-000001-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '-271821-04-20T00:00:00Z',
  ])('%s lies too far away', (text) =>
    expect(readInstant(text)).toEqual({ problem: expect.stringContaining('9999') }),
  )

  test('has a year of four digits whatever was sent', () => {
    const millis = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 })
    fc.assert(
      fc.property(millis, (ms) => {
        const read = readInstant(Temporal.Instant.fromEpochMilliseconds(ms).toString())
        if ('at' in read) expect(read.at).toMatch(/^\d{4}-/)
      }),
    )
  })
})

describe('a day', () => {
  test.each(['2026-02-28', '2028-02-29', '0001-01-01', '0050-01-01', '9999-12-31'])('%s is one', (text) =>
    expect(isDate(text)).toBe(true),
  )

  test.each([
    '2026-02-29',
    '2026-2-1',
    '26-02-01',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '-000001-01-01',
    '+010000-01-01',
    'today',
    '2026-02-28T10:00',
    '2026-02-28\n',
  ])('%j is none', (text) => expect(isDate(text)).toBe(false))

  test('is what the calendar says', () => {
    const digits = (count: number, max: number) =>
      fc.integer({ min: 0, max }).map((number) => String(number).padStart(count, '0'))
    const known = (text: string) => {
      try {
        return Temporal.PlainDate.from(text).year > 0
      } catch {
        return false
      }
    }
    const texts = fc.tuple(digits(4, 9999), digits(2, 13), digits(2, 32)).map((parts) => parts.join('-'))
    fc.assert(
      fc.property(texts, (text) => {
        expect(isDate(text), text).toBe(known(text))
      }),
    )
  })
})

describe('a wall time', () => {
  const ZONES = [
    'Australia/Melbourne',
    'Australia/Lord_Howe',
    'Europe/London',
    'America/New_York',
    'Asia/Kolkata',
    'UTC',
  ]
  const two = (n: number) => String(n).padStart(2, '0')

  /** The same in the words of Temporal, which some browsers lack. */
  function told(local: string, zone: string): number {
    const agreed = Temporal.PlainDateTime.from(local)
    const found = agreed.toZonedDateTime(zone, { disambiguation: 'earlier' })
    const is_skipped = !found.toPlainDateTime().equals(agreed)
    return (is_skipped ? found.getTimeZoneTransition('next')! : found).epochMilliseconds
  }

  test('means the instant that Temporal says it means, and that instant means the wall time', () => {
    const wall = fc
      .record({
        year: fc.integer({ min: 2024, max: 2032 }),
        month: fc.integer({ min: 1, max: 12 }),
        day: fc.integer({ min: 1, max: 28 }),
        hour: fc.integer({ min: 0, max: 23 }),
        minute: fc.integer({ min: 0, max: 59 }),
      })
      .map(
        ({ year, month, day, hour, minute }) =>
          `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00`,
      )
    fc.assert(
      fc.property(wall, fc.constantFrom(...ZONES), (local, zone) => {
        const at = instantOf(local, zone)
        expect(at).toBe(told(local, zone))
        const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
        expect(localIn(at, zone)).toBe(shown.toPlainDateTime().toString().slice(0, 16))
      }),
      { numRuns: 2_000 },
    )
  })

  test('that is skipped is the end of the gap, one that comes twice is the first', () => {
    for (const [local, zone] of [
      ['2026-10-04T02:30:00', 'Australia/Melbourne'],
      ['2026-10-04T02:00:00', 'Australia/Melbourne'],
      ['0050-10-04T02:00:00', 'Australia/Melbourne'],
      ['2026-04-05T02:30:00', 'Australia/Melbourne'],
      ['2026-10-04T02:15:00', 'Australia/Lord_Howe'],
      ['2026-04-05T01:45:00', 'Australia/Lord_Howe'],
      ['2026-03-29T01:30:00', 'Europe/London'],
      ['2026-11-01T01:30:00', 'America/New_York'],
    ] as const)
      expect(instantOf(local, zone), `${local} ${zone}`).toBe(told(local, zone))
    expect(instantOf('2026-11-26T10:00', 'UTC')).toBe(Date.UTC(2026, 10, 26, 10))
  })
})
