import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Admission, Gate } from './gate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What became of an entry so far. */
function watch(entry: Promise<Admission> | Admission): { now: Admission | 'waiting' } {
  const seen: { now: Admission | 'waiting' } = { now: 'waiting' }
  Promise.resolve(entry).then((admission) => (seen.now = admission))
  return seen
}

const settled = () => vi.advanceTimersByTimeAsync(0)

test('so many enter at once, so many wait, the others are told at once', () => {
  const gate = new Gate({ slots: 2, queue_max: 1, wait_ms: 500 })
  expect([gate.enter(), gate.enter()]).toEqual(['admitted', 'admitted'])
  expect(gate.enter()).toBeInstanceOf(Promise)
  expect(gate.enter()).toBe('full')
  expect([gate.busy, gate.waiting]).toEqual([2, 1])
})

test('a slot that is given back goes to the one who has waited longest', async () => {
  const gate = new Gate({ slots: 1, queue_max: 3, wait_ms: 500 })
  gate.enter()
  const waiters = [watch(gate.enter()), watch(gate.enter()), watch(gate.enter())]
  for (let i = 0; i < waiters.length; i++) {
    gate.leave()
    await settled()
    expect(waiters.map(({ now }) => now === 'admitted')).toEqual(waiters.map((_, j) => j <= i))
    expect(gate.busy).toBe(1)
  }
  gate.leave()
  expect([gate.busy, gate.waiting]).toEqual([0, 0])
  // Nobody is told anything twice, and no timer is left.
  expect(vi.getTimerCount()).toBe(0)
})

test('a wait ends at its time, and its place in the queue is free', async () => {
  const gate = new Gate({ slots: 1, queue_max: 2, wait_ms: 500 })
  gate.enter()
  const early = watch(gate.enter())
  await vi.advanceTimersByTimeAsync(300)
  const late = watch(gate.enter())
  expect(gate.enter()).toBe('full')
  await vi.advanceTimersByTimeAsync(199)
  expect(early.now).toBe('waiting')
  await vi.advanceTimersByTimeAsync(1)
  expect([early.now, late.now, gate.waiting]).toEqual(['timeout', 'waiting', 1])
  gate.leave()
  await settled()
  expect(late.now).toBe('admitted')
  await vi.advanceTimersByTimeAsync(10_000)
  expect([late.now, gate.busy]).toEqual(['admitted', 1])
})

test('one who hangs up leaves the queue, and takes no slot', async () => {
  const gate = new Gate({ slots: 1, queue_max: 2, wait_ms: 500 })
  gate.enter()
  const gone = new AbortController()
  const [leaver, stayer] = [watch(gate.enter(gone.signal)), watch(gate.enter())]
  gone.abort()
  await settled()
  expect([leaver.now, stayer.now, gate.waiting]).toEqual(['left', 'waiting', 1])
  gate.leave()
  await settled()
  expect(stayer.now).toBe('admitted')
  expect(gate.enter(gone.signal)).toBe('left')
})

test('a signal that fires after the admission changes nothing', async () => {
  const gate = new Gate({ slots: 1, queue_max: 1, wait_ms: 500 })
  const gone = new AbortController()
  gate.enter()
  const waiter = watch(gate.enter(gone.signal))
  gate.leave()
  await settled()
  gone.abort()
  await settled()
  expect([waiter.now, gate.busy]).toEqual(['admitted', 1])
})

test('without a queue there is no waiting', () => {
  const gate = new Gate({ slots: 1, queue_max: 0, wait_ms: 500 })
  expect([gate.enter(), gate.enter()]).toEqual(['admitted', 'full'])
})

test('a slot that was never taken cannot be given back', () => {
  const gate = new Gate({ slots: 1, queue_max: 1, wait_ms: 500 })
  expect(() => gate.leave()).toThrow('twice')
  gate.enter()
  gate.leave()
  expect(() => gate.leave()).toThrow('twice')
})

test('the longer the queue, the wider retries are spread: from one second to five', () => {
  const gate = new Gate({ slots: 1, queue_max: 4, wait_ms: 500 })
  expect([gate.retryAfterSeconds(0), gate.retryAfterSeconds(0.999)]).toEqual([1, 1])
  gate.enter()
  const spread: number[] = []
  for (let i = 0; i < 4; i++) {
    gate.enter()
    spread.push(gate.retryAfterSeconds(0.999))
  }
  expect(gate.retryAfterSeconds(0)).toBe(1)
  expect(spread).toEqual([2, 3, 4, 5])
})

/** What can happen at a gate. */
const deeds = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant({ deed: 'enter' as const }) },
    { weight: 4, arbitrary: fc.constant({ deed: 'leave' as const }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant('hang up' as const), who: fc.nat(20) }) },
    {
      weight: 2,
      arbitrary: fc.record({ deed: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
    },
  ),
  { maxLength: 80 },
)

test('whatever happens: never more at work than slots, never more waiting than places, first come first served', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 4 }),
      deeds,
      async (slots, places, list) => {
        const gate = new Gate({ slots, queue_max: places, wait_ms: 500 })
        const entries: { since: number; gone: AbortController; seen: ReturnType<typeof watch> }[] = []
        const admitted: number[] = []
        let working = 0
        let now = 0
        for (const step of list) {
          const waiting_before = entries.filter(({ seen }) => seen.now === 'waiting')
          if (step.deed === 'enter') {
            const gone = new AbortController()
            entries.push({ since: now, gone, seen: watch(gate.enter(gone.signal)) })
          } else if (step.deed === 'leave' && working > 0) {
            working--
            gate.leave()
          } else if (step.deed === 'hang up') entries[step.who]?.gone.abort()
          else if (step.deed === 'wait') {
            now += step.ms
            await vi.advanceTimersByTimeAsync(step.ms)
          }
          await settled()
          entries.forEach(({ seen }, i) => {
            if (seen.now !== 'admitted' || admitted.includes(i)) return
            admitted.push(i)
            working++
          })
          expect(gate.busy).toBe(working)
          expect(working).toBeLessThanOrEqual(slots)
          const waiting = entries.filter(({ seen }) => seen.now === 'waiting')
          expect(gate.waiting).toBe(waiting.length)
          expect(waiting.length).toBeLessThanOrEqual(places)
          // Nobody waits while a slot is free, nor for longer than the time.
          if (waiting.length > 0) expect(working).toBe(slots)
          for (const { since } of waiting) expect(now - since).toBeLessThan(500)
          // Who was admitted just now had waited longest of all who still wait.
          const served = waiting_before.filter(({ seen }) => seen.now === 'admitted')
          const still = waiting_before.filter(({ seen }) => seen.now === 'waiting')
          for (const one of served)
            for (const other of still) expect(entries.indexOf(one)).toBeLessThan(entries.indexOf(other))
        }
      },
    ),
    { numRuns: 300 },
  )
})
