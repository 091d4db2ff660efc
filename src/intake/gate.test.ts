import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Admission, Gate } from './gate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The state of an entry so far. */
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
  const [leaver, stayer] = [watch(gate.enter({ signal: gone.signal })), watch(gate.enter())]
  gone.abort()
  await settled()
  expect([leaver.now, stayer.now, gate.waiting]).toEqual(['left', 'waiting', 1])
  gate.leave()
  await settled()
  expect(stayer.now).toBe('admitted')
  expect(gate.enter({ signal: gone.signal })).toBe('left')
})

test('a signal that fires after the admission changes nothing', async () => {
  const gate = new Gate({ slots: 1, queue_max: 1, wait_ms: 500 })
  const gone = new AbortController()
  gate.enter()
  const waiter = watch(gate.enter({ signal: gone.signal }))
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

test('keys take turns, however many of one wait', async () => {
  const gate = new Gate({ slots: 1, queue_max: 10, wait_ms: 500 })
  gate.enter({ key: 'loud' })
  const loud = Array.from({ length: 5 }, () => watch(gate.enter({ key: 'loud' })))
  const quiet = Array.from({ length: 2 }, () => watch(gate.enter({ key: 'quiet' })))
  const served: string[] = []
  const count = (entries: typeof loud) => entries.filter(({ now }) => now === 'admitted').length
  for (let i = 0; i < 7; i++) {
    const before = count(quiet)
    gate.leave(i === 0 ? 'loud' : served.at(-1))
    await settled()
    served.push(count(quiet) > before ? 'quiet' : 'loud')
  }
  expect(served).toEqual(['loud', 'quiet', 'loud', 'quiet', 'loud', 'loud', 'loud'])
})

test('a full queue turns away the youngest of the key that has the most in it', async () => {
  const gate = new Gate({ slots: 1, queue_max: 4, wait_ms: 500 })
  gate.enter({ key: 'loud' })
  const loud = Array.from({ length: 4 }, () => watch(gate.enter({ key: 'loud' })))
  expect(gate.enter({ key: 'loud' })).toBe('full')
  const quiet = [watch(gate.enter({ key: 'quiet' }))]
  await settled()
  expect(loud.map(({ now }) => now)).toEqual(['waiting', 'waiting', 'waiting', 'full'])
  quiet.push(watch(gate.enter({ key: 'quiet' })))
  await settled()
  expect(loud.map(({ now }) => now)).toEqual(['waiting', 'waiting', 'full', 'full'])
  // From here on neither has more than the other would have.
  expect(gate.enter({ key: 'quiet' })).toBe('full')
  expect(gate.enter({ key: 'loud' })).toBe('full')
  expect(quiet.map(({ now }) => now)).toEqual(['waiting', 'waiting'])
  expect(gate.waiting).toBe(4)
})

test('a key that holds slots for long leaves some to the others', () => {
  const gate = new Gate({ slots: 16, queue_max: 100, wait_ms: 500, share: 7 })
  const enterAll = (key: string) => {
    let slots = 0
    while (gate.enter({ key }) === 'admitted') slots++
    return slots
  }
  // Each key leaves an eighth of the slots that it found free, rounded up.
  expect(['a', 'b', 'c'].map(enterAll)).toEqual([14, 2, 0])
  const halves = new Gate({ slots: 4, queue_max: 100, wait_ms: 500, share: 1 })
  const taken = ['a', 'a', 'a', 'b', 'b', 'c'].map((key) => halves.enter({ key }) === 'admitted')
  expect(taken).toEqual([true, true, false, true, false, true])
})

/** The events at a gate. */
const deeds = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        deed: fc.constant('enter' as const),
        // One of them comes more often than the others together.
        key: fc.constantFrom('a', 'a', 'a', 'a', 'b', 'c'),
      }),
    },
    { weight: 4, arbitrary: fc.record({ deed: fc.constant('leave' as const), who: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant('hang up' as const), who: fc.nat(20) }) },
    {
      weight: 2,
      arbitrary: fc.record({ deed: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
    },
  ),
  { maxLength: 80 },
)

const options = fc.record({
  slots: fc.integer({ min: 1, max: 5 }),
  queue_max: fc.integer({ min: 0, max: 6 }),
  share: fc.constantFrom(1, 2, 7, Number.POSITIVE_INFINITY),
})

const WAIT_MS = 500

interface Entry {
  key: string
  state: Admission | 'waiting'
  since: number
}

/** The gate in its plainest form. */
class Model {
  readonly entries: Entry[] = []
  /** Entries whose slot was given back. */
  readonly gone = new Set<Entry>()
  /** Keys that wait, the next one in turn first. */
  turns: string[] = []
  readonly slots: number
  readonly queue_max: number
  readonly share: number

  constructor({ slots, queue_max, share }: { slots: number; queue_max: number; share: number }) {
    this.slots = slots
    this.queue_max = queue_max
    this.share = share
  }

  waiting = (key?: string) =>
    this.entries.filter((one) => one.state === 'waiting' && (key ?? one.key) === one.key)
  working = (key?: string) =>
    this.entries.filter(
      (one) => one.state === 'admitted' && !this.gone.has(one) && (key ?? one.key) === one.key,
    )

  mayHold = (key: string) => {
    const free = this.slots - this.working().length
    return free > 0 && this.working(key).length < this.share * free
  }

  enter(key: string, now: number): void {
    const entry: Entry = { key, since: now, state: 'waiting' }
    const admitted = this.mayHold(key)
    if (!admitted && this.waiting().length >= this.queue_max) {
      const most = Math.max(0, ...this.turns.map((one) => this.waiting(one).length))
      const crowd = this.turns.find((one) => this.waiting(one).length === most)
      if (crowd === undefined || most <= this.waiting(key).length + 1) entry.state = 'full'
      else this.end(this.waiting(crowd).at(-1)!, 'full')
    }
    this.entries.push(entry)
    if (admitted) entry.state = 'admitted'
    else if (entry.state === 'waiting' && !this.turns.includes(key)) this.turns.push(key)
  }

  leave(entry: Entry): void {
    this.gone.add(entry)
    for (let key = this.turns.find(this.mayHold); key !== undefined; key = this.turns.find(this.mayHold)) {
      this.end(this.waiting(key)[0]!, 'admitted')
      const had_its_turn = key
      if (this.turns.includes(key)) this.turns = [...this.turns.filter((one) => one !== had_its_turn), key]
    }
  }

  end(entry: Entry, state: Admission): void {
    entry.state = state
    if (this.waiting(entry.key).length === 0) this.turns = this.turns.filter((key) => key !== entry.key)
  }
}

test('whatever happens, keys take their turns, within slots, places and shares', async () => {
  await fc.assert(
    fc.asyncProperty(options, deeds, async (given, list) => {
      const gate = new Gate({ ...given, wait_ms: WAIT_MS })
      const model = new Model(given)
      const real: { seen: ReturnType<typeof watch>; gone: AbortController }[] = []
      let now = 0
      for (const step of list) {
        if (step.deed === 'enter') {
          const gone = new AbortController()
          model.enter(step.key, now)
          real.push({ gone, seen: watch(gate.enter({ key: step.key, signal: gone.signal })) })
        } else if (step.deed === 'leave') {
          const working = model.working()
          const leaving = working[step.who % Math.max(1, working.length)]
          if (leaving) {
            model.leave(leaving)
            gate.leave(leaving.key)
          }
        } else if (step.deed === 'hang up') {
          const entry = model.entries[step.who]
          if (entry?.state === 'waiting') model.end(entry, 'left')
          real[step.who]?.gone.abort()
        } else {
          now += step.ms
          for (const entry of model.waiting()) if (now - entry.since >= WAIT_MS) model.end(entry, 'timeout')
          await vi.advanceTimersByTimeAsync(step.ms)
        }
        await settled()
        expect(real.map(({ seen }) => seen.now)).toEqual(model.entries.map(({ state }) => state))
        expect([gate.busy, gate.waiting]).toEqual([model.working().length, model.waiting().length])
        expect(gate.busy).toBeLessThanOrEqual(given.slots)
        expect(gate.waiting).toBeLessThanOrEqual(given.queue_max)
        // No key waits while there is a slot for it.
        for (const { key } of model.waiting()) expect(model.mayHold(key)).toBe(false)
      }
    }),
    { numRuns: 300 },
  )
})
