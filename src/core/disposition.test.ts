import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callbackInstant } from './callback.ts'
import { dispositionProblem, type Given, needsTime, outcomeValues, prevails } from './disposition.ts'
import { DISPOSITION_KINDS, type Disposition } from './rules.ts'

const ZONE = 'Australia/Melbourne'
const NOW = '2026-11-24T03:00:00Z'
const disposition = (more: Partial<Disposition>): Disposition => ({
  code: 'Busy',
  kind: 'retry',
  priority: 10,
  delay_s: null,
  next_day: false,
  redials_max: null,
  enabled: true,
  ...more,
})
const fresh = { callback_local: null, priority: 30, client_approved: false }
const values = (
  of: Partial<Disposition>,
  lead: Partial<typeof fresh> | { callback_local: string } = {},
  given: Given = {},
  attempts = 1,
  now = NOW,
  zone = ZONE,
) => outcomeValues(disposition(of), { ...fresh, ...lead }, given, attempts, zone, now)

describe('when the lead comes back', () => {
  test('after the delay, in the wall time of its contact hours', () => {
    expect(values({ delay_s: 900 })).toMatchObject({ callback: '2026-11-24T14:15:00', closed: false })
  })

  test('on the next local day, from midnight', () => {
    expect(values({ next_day: true })).toMatchObject({ callback: '2026-11-25T00:00:00' })
    // 23:30 UTC is the next day in Melbourne already.
    expect(values({ next_day: true }, {}, {}, 1, '2026-11-24T23:30:00Z')).toMatchObject({
      callback: '2026-11-26T00:00:00',
    })
  })

  test('at once without delay or date', () => {
    expect(values({})).toMatchObject({ callback: '2026-11-24T14:00:00' })
  })

  test('a date given wins, also one that clears', () => {
    const callback = '2026-12-01T09:00:00'
    for (const kind of ['retry', 'callback', 'client_callback'] as const) {
      expect(values({ kind, delay_s: 900 }, {}, { callback })).toMatchObject({ callback })
      expect(values({ kind, delay_s: 900 }, {}, { callback: null })).toMatchObject({ callback: null })
    }
  })

  test.each([
    ['callback', true],
    ['client_callback', true],
    ['retry', false],
  ] as const)('a future callback that the lead has: %s keeps it: %s', (kind, keeps) => {
    const future = values({ kind, delay_s: 3600 }, { callback_local: '2026-12-01T09:00:00' })
    expect('callback' in future).toBe(!keeps)
    const past = values({ kind, delay_s: 3600 }, { callback_local: '2026-11-24T13:59:00' })
    expect(past).toMatchObject({ callback: '2026-11-24T15:00:00' })
  })

  test('never sooner than the delay, also in the hour that a zone has twice', () => {
    // Melbourne goes back from 03:00 to 02:00 on 2026-04-05 (16:00 UTC the day before).
    expect(values({ delay_s: 900 }, {}, {}, 1, '2026-04-04T16:05:00Z')).toMatchObject({
      callback: '2026-04-05T03:00:00',
    })
    const zones = ['Australia/Melbourne', 'Australia/Lord_Howe', 'America/St_Johns', 'Europe/Dublin', 'UTC']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2026, 0, 1) / 1000, max: Date.UTC(2027, 0, 1) / 1000 }),
        fc.integer({ min: 0, max: 200_000 }),
        (zone, second, delay_s) => {
          const now = new Date(second * 1000).toISOString()
          const local = values({ delay_s }, {}, {}, 1, now, zone).callback as string
          const late_s = Date.parse(callbackInstant(local, zone)) / 1000 - second - delay_s
          expect(late_s).toBeGreaterThanOrEqual(0)
          expect(late_s).toBeLessThanOrEqual(3_600)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['a callback without delay', { kind: 'callback' }, null, true],
  ['one that the customer asked for', { kind: 'client_callback' }, null, true],
  ['one whose agreed time has passed', { kind: 'callback' }, '2026-11-24T13:00:00', true],
  ['one that is agreed already', { kind: 'callback' }, '2026-11-24T15:00:00', false],
  ['one with a delay', { kind: 'callback', delay_s: 3600 }, null, false],
  ['a retry', { kind: 'retry' }, null, false],
] as const)('needs a time or not: %s', (_, of, agreed, needs) => {
  expect(needsTime(disposition(of), agreed, ZONE, Date.parse(NOW))).toBe(needs)
})

describe('how urgent it is', () => {
  test('the priority of the disposition, unless one is given', () => {
    expect(values({ priority: 12 }).priority).toBe(12)
    expect(values({ priority: 12 }, {}, { priority: 3 }).priority).toBe(3)
  })

  test('what a customer asked for never becomes less urgent', () => {
    const approved = { client_approved: true, priority: 2 }
    expect(values({ priority: 12 }, approved).priority).toBe(2)
    expect(values({ priority: 12 }, approved, { priority: 50 }).priority).toBe(2)
    expect(values({ priority: 12 }, approved, { priority: 1 }).priority).toBe(1)
    expect(values({ kind: 'client_callback', priority: 2 })).toMatchObject({
      client_approved: true,
      priority: 2,
    })
  })
})

describe('whether it is called again', () => {
  test.each(['final', 'dnc'] as const)('%s closes, and a date beside it is ignored', (kind) => {
    expect(values({ kind }, {}, { callback: '2026-12-01T09:00:00' })).toMatchObject({
      closed: true,
      callback: null,
      callback_agent: null,
    })
  })

  test('a limit of n means n re-dials, then the lead closes', () => {
    for (const redials_max of [0, 1, 5])
      for (let attempts = 1; attempts <= 7; attempts++)
        expect(values({ redials_max, delay_s: 60 }, {}, {}, attempts).closed).toBe(attempts > redials_max)
    expect(values({ redials_max: null }, {}, {}, 1_000).closed).toBe(false)
    expect(values({ kind: 'callback', redials_max: 1 }, {}, {}, 1_000).closed).toBe(false)
  })
})

describe('which of several outcomes a lead follows', () => {
  const at = (minute: number) => `2026-11-24T03:${String(minute).padStart(2, '0')}:00Z`

  test('the stricter one, among equals the later call', () => {
    const order = ['retry', 'callback', 'client_callback', 'final', 'dnc'] as const
    for (const [i, mine] of order.entries())
      for (const [k, other] of order.entries())
        for (const [early, late] of [
          [at(1), at(2)],
          [at(2), at(1)],
        ] as const)
          expect(prevails({ kind: mine, at: early }, [{ kind: other, at: late }])).toBe(
            i > k || (i === k && early >= late),
          )
    expect(prevails({ kind: 'retry', at: at(0) }, [])).toBe(true)
  })

  test('whatever the order in which they are reported, the same one is left', () => {
    const reported = fc.record({
      kind: fc.constantFrom(...DISPOSITION_KINDS),
      at: fc.integer({ min: 0, max: 59 }).map(at),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(reported, { minLength: 1, maxLength: 6, selector: (one) => one.at }),
        (all) => {
          const left = (order: typeof all) =>
            order.reduce<typeof all>((followed, one) => (prevails(one, followed) ? [one] : followed), [])
          expect(left(all)).toEqual(left(all.toReversed()))
        },
      ),
    )
  })
})

describe('set-up', () => {
  const plain = { delay_s: null, next_day: false, redials_max: null }

  test('what goes together', () => {
    for (const kind of DISPOSITION_KINDS) expect(dispositionProblem({ kind, ...plain })).toBeUndefined()
    expect(dispositionProblem({ ...plain, kind: 'retry', delay_s: 900, redials_max: 0 })).toBeUndefined()
    expect(dispositionProblem({ ...plain, kind: 'callback', next_day: true })).toBeUndefined()
  })

  test('what does not', () => {
    for (const kind of ['final', 'dnc'] as const) {
      expect(dispositionProblem({ ...plain, kind, delay_s: 0 })?.field).toBe('/delay_s')
      expect(dispositionProblem({ ...plain, kind, next_day: true })?.field).toBe('/next_day')
    }
    expect(dispositionProblem({ ...plain, kind: 'retry', delay_s: 1, next_day: true })?.field).toBe(
      '/next_day',
    )
    for (const kind of DISPOSITION_KINDS.filter((one) => one !== 'retry'))
      expect(dispositionProblem({ ...plain, kind, redials_max: 1 })?.field).toBe('/redials_max')
  })
})
