import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AttemptLimits,
  attemptRulesOf,
  attemptSentence,
  type CallAttempt,
  limitsReached,
  numberLimitsReached,
} from './attempts.ts'

const NOW = Date.parse('2026-11-24T03:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const NONE: AttemptLimits = { day_max: null, total_max: null, gap_s: null }
const call = (ago_ms: number): CallAttempt => ({ at: NOW - ago_ms, held_until: null, elsewhere: false })

test('nothing is reached without limits, and without attempts', () => {
  expect(limitsReached(NONE, [call(0), call(1)], NOW)).toEqual([])
  expect(limitsReached({ day_max: 1, total_max: 1, gap_s: 60 }, [], NOW)).toEqual([])
})

test('a day is 24 hours: the oldest of the attempts that count makes room', () => {
  const attempts = [call(HOUR), call(5 * HOUR), call(23 * HOUR), call(DAY)]
  expect(limitsReached({ ...NONE, day_max: 4 }, attempts, NOW)).toEqual([])
  expect(limitsReached({ ...NONE, day_max: 3 }, attempts, NOW)).toMatchObject([
    { limit: 'day', attempts: 3, again_at: NOW + HOUR },
  ])
  expect(limitsReached({ ...NONE, day_max: 1 }, attempts, NOW)).toMatchObject([{ again_at: NOW + 23 * HOUR }])
})

test('a lease that runs counts, and is looked at again when it ends', () => {
  const held = { ...call(60_000), held_until: NOW + 120_000 }
  expect(limitsReached({ ...NONE, day_max: 1 }, [held], NOW)).toMatchObject([
    { again_at: held.at + DAY, look_at: NOW + 120_000 },
  ])
  expect(limitsReached({ ...NONE, total_max: 1 }, [held], NOW)).toMatchObject([
    { again_at: null, look_at: NOW + 120_000 },
  ])
})

test('attempts elsewhere count where the rule says so', () => {
  const elsewhere = { ...call(HOUR), elsewhere: true }
  const limits = { ...NONE, day_max: 1, across_campaigns: false }
  expect(numberLimitsReached(limits, [elsewhere], NOW)).toEqual([])
  expect(numberLimitsReached({ ...limits, across_campaigns: true }, [elsewhere], NOW)).toHaveLength(1)
})

const limit = fc.option(fc.integer({ min: 1, max: 4 }))
const limits = fc.record({
  day_max: limit,
  total_max: limit,
  gap_s: fc.option(fc.integer({ min: 1, max: 2 * 86_400 })),
})
const attempt = fc.record({
  at: fc.integer({ min: -60_000, max: 3 * DAY }).map((ago) => NOW - ago),
  held_until: fc.option(fc.integer({ min: 1, max: HOUR }).map((left) => NOW + left)),
  elsewhere: fc.constant(false),
})
const attempts = fc.array(attempt, { maxLength: 8 })

describe('whatever the limits and attempts', () => {
  test('nobody is called before again_at, and everybody may be from then on', () => {
    fc.assert(
      fc.property(limits, attempts, (given, made) => {
        for (const { limit, again_at } of limitsReached(given, made, NOW)) {
          const reachedAt = (at: number) => limitsReached(given, made, at).some((one) => one.limit === limit)
          if (again_at === null) expect(reachedAt(NOW + 1_000 * DAY)).toBe(true)
          else {
            expect(reachedAt(again_at - 1)).toBe(true)
            expect(reachedAt(again_at)).toBe(false)
          }
        }
      }),
    )
  })

  test('a look before look_at finds the limit still reached, whichever leases have ended by then', () => {
    fc.assert(
      fc.property(limits, attempts, fc.nat({ max: 3 * DAY }), (given, made, later) => {
        const at = NOW + later
        // A lease that nobody reports is no attempt once it is over.
        const left = made.filter(({ held_until }) => held_until === null || held_until > at)
        for (const { limit, look_at } of limitsReached(given, made, NOW))
          if (look_at === null || at < look_at)
            expect(limitsReached(given, left, at).some((one) => one.limit === limit)).toBe(true)
      }),
    )
  })

  test('one attempt more never allows what was not allowed before', () => {
    fc.assert(
      fc.property(limits, attempts, attempt, (given, made, more) => {
        const before = limitsReached(given, made, NOW).map(({ limit }) => limit)
        const after = limitsReached(given, [...made, more], NOW).map(({ limit }) => limit)
        expect(after).toEqual(expect.arrayContaining(before))
      }),
    )
  })
})

test('sentences say how often, and when again, in the zone of the called person', () => {
  const told = (given: Partial<AttemptLimits>, made: CallAttempt[]) =>
    limitsReached({ ...NONE, ...given }, made, NOW).map((reached) =>
      attemptSentence('+61491570006', reached, 'Australia/Melbourne', NOW),
    )
  const three = [call(HOUR), call(2 * HOUR), call(23 * HOUR + 55 * 60_000)]
  expect(told({ day_max: 3 }, three)).toEqual([
    '+61491570006 was called 3 times in the last 24 hours; again from 14:05',
  ])
  expect(told({ day_max: 1 }, [call(0)])).toEqual([
    '+61491570006 was called once in the last 24 hours; again from 2026-11-25 14:00',
  ])
  expect(told({ gap_s: 3_600 }, [call(30 * 60_000)])).toEqual([
    '+61491570006 was called at 13:30; again from 14:30',
  ])
  expect(told({ total_max: 3 }, three)).toEqual([
    '+61491570006 was called 3 times, as often as the rules allow',
  ])
})

test('rules that limit nothing are none; what is left out is no limit', () => {
  for (const given of [
    null,
    {},
    { number: null },
    { number: { across_campaigns: true }, lead: { gap_s: null } },
  ])
    expect(attemptRulesOf(given)).toBeNull()
  expect(attemptRulesOf({ number: { day_max: 2 } })).toEqual({
    number: { ...NONE, day_max: 2, across_campaigns: false },
    lead: null,
  })
})
