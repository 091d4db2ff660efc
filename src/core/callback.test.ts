import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callbackInstant, isZone, readCallback } from './callback.ts'

const NOW = '2026-08-04T02:30:00.123Z'
const read = (text: string, zone = 'Australia/Sydney', now: string | Temporal.Instant = NOW) => {
  const result = readCallback(text, zone, now)
  return 'callback' in result ? result.callback : result.problem
}

describe('callbackInstant', () => {
  test.each([
    // Spring: the skipped hour means its end; the minute before and the first after are what they are.
    ['Australia/Sydney', '2026-10-04T01:59', '2026-10-04T01:59+10:00'],
    ['Australia/Sydney', '2026-10-04T02:00', '2026-10-04T03:00+11:00'],
    ['Australia/Sydney', '2026-10-04T02:30', '2026-10-04T03:00+11:00'],
    ['Australia/Sydney', '2026-10-04T02:59', '2026-10-04T03:00+11:00'],
    ['Australia/Sydney', '2026-10-04T03:00', '2026-10-04T03:00+11:00'],
    ['Australia/Sydney', '2026-10-04T03:01', '2026-10-04T03:01+11:00'],
    // Autumn: an hour that occurs twice means the first.
    ['Australia/Sydney', '2027-04-04T01:59', '2027-04-04T01:59+11:00'],
    ['Australia/Sydney', '2027-04-04T02:00', '2027-04-04T02:00+11:00'],
    ['Australia/Sydney', '2027-04-04T02:59', '2027-04-04T02:59+11:00'],
    ['Australia/Sydney', '2027-04-04T03:00', '2027-04-04T03:00+10:00'],
    ['Australia/Melbourne', '2026-10-04T02:30', '2026-10-04T03:00+11:00'],
    ['Australia/Melbourne', '2027-04-04T02:30', '2027-04-04T02:30+11:00'],
    ['Australia/Hobart', '2026-10-04T02:30', '2026-10-04T03:00+11:00'],
    ['Australia/Hobart', '2027-04-04T02:30', '2027-04-04T02:30+11:00'],
    ['Australia/Adelaide', '2026-10-04T02:30', '2026-10-04T03:00+10:30'],
    ['Australia/Adelaide', '2027-04-04T02:30', '2027-04-04T02:30+10:30'],
    ['Australia/Adelaide', '2027-04-04T03:00', '2027-04-04T03:00+09:30'],
    // Half an hour only.
    ['Australia/Lord_Howe', '2026-10-04T01:59', '2026-10-04T01:59+10:30'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-04T02:30+11:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:30', '2026-10-04T02:30+11:00'],
    ['Australia/Lord_Howe', '2027-04-04T01:45', '2027-04-04T01:45+11:00'],
    ['Australia/Lord_Howe', '2027-04-04T02:00', '2027-04-04T02:00+10:30'],
    // No summer time.
    ['Australia/Darwin', '2026-10-04T02:30', '2026-10-04T02:30+09:30'],
    ['Australia/Darwin', '2027-04-04T02:30', '2027-04-04T02:30+09:30'],
    ['Australia/Brisbane', '2026-10-04T02:30', '2026-10-04T02:30+10:00'],
    ['Australia/Brisbane', '2027-04-04T02:30', '2027-04-04T02:30+10:00'],
    ['Australia/Perth', '2026-10-04T02:30', '2026-10-04T02:30+08:00'],
    ['Australia/Perth', '2027-04-04T02:30', '2027-04-04T02:30+08:00'],
    ['Europe/London', '2027-03-28T01:30', '2027-03-28T02:00+01:00'],
    ['Europe/London', '2026-10-25T01:30', '2026-10-25T01:30+01:00'],
    ['America/New_York', '2027-03-14T02:30', '2027-03-14T03:00-04:00'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T01:30-04:00'],
    ['America/New_York', '2026-11-01T02:00', '2026-11-01T02:00-05:00'],
    ['Pacific/Auckland', '2026-09-27T02:30', '2026-09-27T03:00+13:00'],
    ['Pacific/Auckland', '2027-04-04T02:30', '2027-04-04T02:30+13:00'],
    ['Pacific/Auckland', '2027-04-04T03:00', '2027-04-04T03:00+12:00'],
    // A day that never was, and a zone where midnight is skipped.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T00:00+14:00'],
    ['America/Sao_Paulo', '2018-11-04T00:30', '2018-11-04T01:00-02:00'],
    ['UTC', '2026-10-04T02:30', '2026-10-04T02:30Z'],
  ])('%s %s is %s', (zone, local, expected) => {
    expect(callbackInstant(`${local}:00`, zone)).toBe(Temporal.Instant.from(expected).toString())
  })

  const zones = [
    'Australia/Sydney',
    'Australia/Adelaide',
    'Australia/Lord_Howe',
    'Australia/Perth',
    'Europe/London',
    'America/New_York',
    'Pacific/Auckland',
    'Africa/Casablanca',
    'America/St_Johns',
    'UTC',
  ] as const
  const zone = fc.constantFrom(...zones)
  // Half of the times lie within a few hours of a change of summer time, where things go wrong.
  const minute = fc.oneof(
    fc.integer({ min: 0, max: 6 * 366 * 1_440 }).map((minutes) => localAfter('2025-01-01T00:00', minutes)),
    fc
      .tuple(
        fc.constantFrom(
          '2026-10-04',
          '2027-04-04',
          '2027-03-28',
          '2026-10-25',
          '2027-03-14',
          '2026-11-01',
          '2026-09-27',
        ),
        fc.integer({ min: 0, max: 360 }),
      )
      .map(([day, minutes]) => localAfter(`${day}T00:00`, minutes)),
  )

  test('never goes back when the local time goes on', () => {
    fc.assert(
      fc.property(zone, minute, fc.integer({ min: 0, max: 240 }), (zone, local, step) => {
        const before = Temporal.Instant.from(callbackInstant(local, zone))
        const after = Temporal.Instant.from(callbackInstant(localAfter(local, step), zone))
        expect(Temporal.Instant.compare(before, after)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 1_000 },
    )
  })

  test('comes back as the local time that was agreed, or as the first minute after a gap that held it', () => {
    fc.assert(
      fc.property(zone, minute, (zone, local) => {
        const instant = Temporal.Instant.from(callbackInstant(local, zone))
        const shown = instant.toZonedDateTimeISO(zone).toPlainDateTime()
        const agreed = Temporal.PlainDateTime.from(local)
        if (shown.equals(agreed)) {
          const hour_before = instant.subtract({ hours: 1 }).toZonedDateTimeISO(zone).toPlainDateTime()
          expect(hour_before.equals(agreed), 'the first of two').toBe(false)
          return
        }
        const minute_before = instant.subtract({ minutes: 1 }).toZonedDateTimeISO(zone).toPlainDateTime()
        expect(Temporal.PlainDateTime.compare(minute_before, agreed)).toBe(-1)
        expect(Temporal.PlainDateTime.compare(shown, agreed)).toBe(1)
      }),
      { numRuns: 1_000 },
    )
  })
})

const localAfter = (local: string, minutes: number) =>
  Temporal.PlainDateTime.from(local).add({ minutes }).toString({ smallestUnit: 'second' })

describe('readCallback', () => {
  test('keeps what was agreed beside what it means', () => {
    expect(read('2026/10/04 02:30')).toEqual({ local: '2026-10-04T02:30:00', at: '2026-10-03T16:00:00Z' })
    expect(read('2027/04/04 02:30')).toEqual({ local: '2027-04-04T02:30:00', at: '2027-04-03T15:30:00Z' })
    expect(read(' \t2026/09/01 09:05\n')).toEqual({
      local: '2026-09-01T09:05:00',
      at: '2026-08-31T23:05:00Z',
    })
  })

  test('takes leap days that exist and times past', () => {
    expect(read('2028/02/29 00:00')).toMatchObject({ local: '2028-02-29T00:00:00' })
    expect(read('2026/08/04 12:29')).toMatchObject({ at: '2026-08-04T02:29:00Z' })
    expect(read('2026/08/04 12:29', 'Australia/Sydney', Temporal.Instant.from(NOW))).toMatchObject({
      local: '2026-08-04T12:29:00',
    })
  })

  test.each([
    '2026/2/3 1:5',
    '2026-02-03T10:00Z',
    '2026-02-03 10:00',
    '03/02/2026',
    '03/02/2026 10:00',
    '2026/09/01',
    '2026/09/01 24:00',
    '2026/09/01 23:60',
    '2026/09/01 10:00:00',
    '2026/09/01  10:00',
    '2026/09/01T10:00',
    '2026/09/01 10:00 AM',
    '26/09/01 10:00',
    '+275760/09/01 10:00',
    '2026/00/01 10:00',
    '2026/13/01 10:00',
    '2026/09/00 10:00',
    '2026/09/32 10:00',
    '２０２６/09/01 10:00',
    'tomorrow',
    '',
    '10:00',
    '1788224400',
  ])('refuses the shape of %j', (text) => {
    expect(read(text)).toMatch(/^must be yyyy\/MM\/dd HH:mm/)
  })

  test.each(['2026/02/31 10:00', '2027/02/29 10:00', '2026/09/31 10:00', '0000/02/30 10:00'])(
    'refuses %s, which is no day',
    (text) => {
      expect(read(text)).toBe('is no day of the calendar')
    },
  )

  test('takes a year back and five ahead, to the minute, and nothing beyond', () => {
    expect(read('2025/08/04 12:30')).toBe('is more than a year ago')
    expect(read('2025/08/04 12:31')).toMatchObject({ at: '2025-08-04T02:31:00Z' })
    expect(read('2031/08/04 12:30')).toMatchObject({ at: '2031-08-04T02:30:00Z' })
    expect(read('2031/08/04 12:31')).toBe('is more than five years ahead')
    expect(read('2023/02/28 00:00', 'UTC', '2024-02-29T00:00:00Z')).toMatchObject({
      at: '2023-02-28T00:00:00Z',
    })
    for (const text of ['0000/01/01 00:00', '0001/01/01 00:00', '1970/01/01 00:00'])
      expect(read(text)).toMatch(/ago/)
    expect(read('9999/12/31 23:59')).toMatch(/ahead/)
  })

  test('never repeats the text and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/)), (text) => {
        const result = readCallback(text, 'Australia/Lord_Howe', NOW)
        if ('callback' in result)
          expect(result.callback.at).toBe(callbackInstant(result.callback.local, 'Australia/Lord_Howe'))
      }),
    )
  })
})

describe('isZone', () => {
  test.each([
    'Australia/Sydney',
    'Australia/Lord_Howe',
    'America/Argentina/Buenos_Aires',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'UTC',
    'Etc/UTC',
  ])('takes %s', (zone) => {
    expect(isZone(zone)).toBe(true)
  })

  test.each([
    '',
    'Mars/Base',
    '../etc',
    'EST5EDT',
    'EST',
    'GMT',
    'utc',
    '+10:00',
    '+10',
    'Z',
    'australia/sydney',
    'Australia/Sydney ',
    'Australia/',
    '/',
    'Sydney',
    '2020-01-01T00:00[Europe/Paris]',
    'Australia/Sydney[u-ca=iso8601]',
    'Etc/Unknown',
    'Australia/Sydney\0',
    '__proto__',
    '../../usr/share/zoneinfo/Europe/Paris',
  ])('refuses %j', (zone) => {
    expect(isZone(zone)).toBe(false)
  })
})
