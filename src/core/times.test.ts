import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDate, readInstant } from './times.ts'

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
