import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callbackInstant } from '../../../src/core/callback.ts'
import { instantOf } from './zone.ts'

const ZONES = [
  'Australia/Melbourne',
  'Australia/Lord_Howe',
  'Europe/London',
  'America/New_York',
  'Asia/Kolkata',
  'UTC',
]
const two = (n: number) => String(n).padStart(2, '0')

test('a wall time means the instant that the server says it means', () => {
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
      expect(instantOf(local, zone)).toBe(Date.parse(callbackInstant(local, zone)))
    }),
    { numRuns: 2_000 },
  )
})

test('also where the clocks change: a skipped time is the end of the gap, one that comes twice is the first', () => {
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
    expect(instantOf(local, zone), `${local} ${zone}`).toBe(Date.parse(callbackInstant(local, zone)))
  expect(instantOf('2026-11-26T10:00', 'UTC')).toBe(Date.UTC(2026, 10, 26, 10))
})
