import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOpenAt } from './contact-hours.ts'
import { zonesNamed } from './legal-zones.ts'
import type { ContactHours, Disposition } from './rules.ts'
import { type MadeUpOutcome, simulate } from './simulation.ts'

const outcome = (code: string, more: Partial<Disposition>): Disposition => ({
  code,
  kind: 'retry',
  priority: 10,
  delay_s: null,
  next_day: false,
  redials_max: null,
  enabled: true,
  ...more,
})
const OUTCOMES = [
  outcome('Busy', { delay_s: 900, redials_max: 2 }),
  outcome('No Answer', { priority: 12, next_day: true, redials_max: 1 }),
  outcome('Callback', { kind: 'callback', priority: 6, delay_s: 3_600 }),
  outcome('Client Approved Callback', { kind: 'client_callback', priority: 2 }),
  outcome('Sale', { kind: 'final', priority: 50 }),
]
const HOURS: ContactHours = {
  contact_hours_id: 1,
  name: 'Office',
  zone: 'Australia/Melbourne',
  local_to_lead: false,
  zone_version: 1,
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' }],
  exceptions: [{ date: '2026-11-25', name: 'Team day', windows: [] }],
  valid_from: null,
  valid_to: null,
}
const VICTORIA = zonesNamed('Sydney')
/** Tuesday, 14:00 in Melbourne. */
const NOW = '2026-11-24T03:00:00Z'

const run = (outcomes: MadeUpOutcome[], more: Partial<ContactHours> = {}, now = NOW) =>
  simulate(outcomes, {
    dispositions: OUTCOMES,
    hours: { ...HOURS, ...more },
    zones: VICTORIA,
    now,
    priority: 10,
  })
const codes = (...all: string[]) => all.map((code) => ({ code }))

test('the first call is made when the contact hours open', () => {
  expect(run(codes('Busy'), {}, '2026-11-23T19:00:00Z')[0]).toMatchObject({ at: '2026-11-23T22:00:00Z' })
  expect(run(codes('Busy'))[0]).toMatchObject({ at: NOW, next_at: '2026-11-24T03:15:00Z' })
})

test('the next day is the next one that is open', () => {
  expect(run(codes('No Answer'))[0]).toMatchObject({ next_at: '2026-11-25T22:00:00Z', closed_by: null })
})

test('the limit counts the calls with one outcome, whatever comes between', () => {
  const calls = run(codes('Busy', 'Callback', 'Busy', 'Busy', 'Sale'))
  expect(calls.map(({ code, attempts, closed_by }) => [code, attempts, closed_by])).toEqual([
    ['Busy', 1, null],
    ['Callback', 1, null],
    ['Busy', 2, null],
    ['Busy', 3, 'limit'],
  ])
  expect(calls.at(-1)?.next_at).toBe(null)
})

test('an agreed time counts, and within closed hours the next opening', () => {
  const agreed = (callback: string) => run([{ code: 'Callback', callback }])[0]
  expect(agreed('2026-11-26T10:00:00')).toMatchObject({ next_at: '2026-11-25T23:00:00Z', needs_time: false })
  // A Saturday.
  expect(agreed('2026-11-28T10:00:00')).toMatchObject({ next_at: '2026-11-29T22:00:00Z' })
})

test('a callback that nobody gave a time is said to need one, and keeps its urgency', () => {
  const calls = run(codes('Client Approved Callback', 'No Answer'))
  expect(calls[0]).toMatchObject({ needs_time: true, next_at: NOW, priority: 2 })
  expect(calls[1]).toMatchObject({ priority: 2 })
})

test('a final outcome ends it, and so do contact hours that never open', () => {
  expect(run(codes('Sale', 'Busy')).map(({ closed_by }) => closed_by)).toEqual(['outcome'])
  expect(run(codes('Busy'), { weekly: [] })).toEqual([])
  const ends = run(codes('No Answer', 'Busy'), { valid_to: '2026-11-24' })
  expect(ends.map(({ next_at, closed_by }) => [next_at, closed_by])).toEqual([[null, null]])
})

test('every call is made in open hours, and never before the one before it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...OUTCOMES.map(({ code }) => code)), { maxLength: 8 }),
      fc.integer({ min: 0, max: 500 }),
      (all, hours_later) => {
        const now = new Date(Date.parse(NOW) + hours_later * 3_600_000).toISOString()
        const calls = run(codes(...all), {}, now)
        let before = now
        for (const { at } of calls) {
          expect(isOpenAt(HOURS, VICTORIA, at)).toBe(true)
          expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(before))
          before = at
        }
      },
    ),
    { numRuns: 60 },
  )
})
