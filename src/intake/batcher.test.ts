import fc from 'fast-check'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { DeadlinePassed } from '../db/again.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { BATCH_ROWS_MAX, Batcher, type RowResult } from './batcher.ts'
import { LOCKED_MS_MAX, Locked } from './locks.ts'

const LATER = () => performance.now() + 60_000
const EARLIER = () => performance.now() - 1

const sqlError = (code: string) => Object.assign(new pg.DatabaseError('refused', 7, 'error'), { code })
const turn = () => new Promise((resolve) => setImmediate(resolve))

interface Run {
  rows: number[]
  finish: (results?: RowResult<string>[]) => void
  fail: (error: unknown) => void
}

/** A batcher whose batches end when the test says so. */
function held() {
  const runs: Run[] = []
  const batcher = new Batcher<number, string>({
    run: (rows) =>
      new Promise((resolve, reject) =>
        runs.push({
          rows: [...rows],
          finish: (results = rows.map((row) => ({ done: `row ${row}` }))) => resolve(results),
          fail: reject,
        }),
      ),
  })
  return { runs, batcher }
}

/** A batcher that runs by itself; notes what it ran. */
function running(run: (rows: readonly number[]) => Promise<RowResult<string>[]>) {
  const batches: number[][] = []
  const batcher = new Batcher<number, string>({
    run: (rows) => {
      batches.push([...rows])
      return run(rows)
    },
  })
  return { batches, batcher }
}

const done = async (rows: readonly number[]) => rows.map((row) => ({ done: `row ${row}` }))

test('rows that are here together share the first batch; while it runs the next one fills', async () => {
  const { runs, batcher } = held()
  const first = [batcher.submit(1, LATER()), batcher.submit(2, LATER())]
  await turn()
  expect(runs.map(({ rows }) => rows)).toEqual([[1, 2]])
  const second = [3, 4, 5].map((row) => batcher.submit(row, LATER()))
  await turn()
  expect(runs).toHaveLength(1)
  expect(batcher.waiting).toBe(3)
  runs[0]!.finish()
  expect(await Promise.all(first)).toEqual(['row 1', 'row 2'])
  await turn()
  expect(runs.map(({ rows }) => rows)).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
  runs[1]!.finish()
  expect(await Promise.all(second)).toEqual(['row 3', 'row 4', 'row 5'])
})

test('an idle batcher runs a row in the next turn, again and again', async () => {
  const { batches, batcher } = running(done)
  for (const row of [1, 2, 3]) expect(await batcher.submit(row, LATER())).toBe(`row ${row}`)
  expect(batches).toEqual([[1], [2], [3]])
})

test('one batch is in flight, and it has a limit', async () => {
  let in_flight = 0
  let most = 0
  const { batches, batcher } = running(async (rows) => {
    most = Math.max(most, ++in_flight)
    await turn()
    in_flight--
    return done(rows)
  })
  const count = BATCH_ROWS_MAX * 2 + 10
  const results = await Promise.all(Array.from({ length: count }, (_, row) => batcher.submit(row, LATER())))
  expect(results).toEqual(Array.from({ length: count }, (_, row) => `row ${row}`))
  expect(batches.map(({ length }) => length)).toEqual([BATCH_ROWS_MAX, BATCH_ROWS_MAX, 10])
  expect(batches.flat()).toEqual(Array.from({ length: count }, (_, row) => row))
  expect(most).toBe(1)
})

test('rows that are to come again keep their order, in front of those that came meanwhile', async () => {
  const { runs, batcher } = held()
  const all = [1, 2, 3, 4].map((row) => batcher.submit(row, LATER()))
  await turn()
  all.push(batcher.submit(5, LATER()))
  runs[0]!.finish([{ done: 'row 1' }, 'again', { done: 'row 3' }, 'again'])
  await turn()
  expect(runs[1]!.rows).toEqual([2, 4, 5])
  runs[1]!.finish()
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5].map((row) => `row ${row}`))
})

test('they keep it too when the batch had to be split', async () => {
  const asked = new Set<number>()
  const { batches, batcher } = running(async (rows) => {
    if (rows.includes(99)) throw new Error('poisoned')
    // Odd rows come again once.
    return rows.map((row) =>
      row % 2 === 1 && asked.size < asked.add(row).size ? 'again' : { done: `row ${row}` },
    )
  })
  const rows = [1, 2, 3, 99, 5, 6, 7]
  const results = await Promise.allSettled(rows.map((row) => batcher.submit(row, LATER())))
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(batches.at(-1)).toEqual([1, 3, 5, 7])
})

test('a poisoned row fails alone, and soon', async () => {
  const { batches, batcher } = running(async (rows) => {
    if (rows.includes(37)) throw new Error('poisoned')
    return done(rows)
  })
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, (_, row) => batcher.submit(row, LATER())),
  )
  expect(results.flatMap(({ status }, row) => (status === 'rejected' ? [row] : []))).toEqual([37])
  expect(results[36]).toEqual({ status: 'fulfilled', value: 'row 36' })
  // 200, then two halves of each half that has it: not one by one.
  expect(batches.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(200)))
})

test('any number of poisoned rows fail, all others are written once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(63), { maxLength: 20 }), async (poison) => {
      const written: number[] = []
      const { batcher } = running(async (rows) => {
        if (rows.some((row) => poison.includes(row))) throw sqlError('22P02')
        written.push(...rows)
        return done(rows)
      })
      const results = await Promise.allSettled(
        Array.from({ length: 64 }, (_, row) => batcher.submit(row, LATER())),
      )
      expect(results.map(({ status }) => status === 'rejected')).toEqual(
        Array.from({ length: 64 }, (_, row) => poison.includes(row)),
      )
      expect(written).toEqual(
        Array.from({ length: 64 }, (_, row) => row).filter((row) => !poison.includes(row)),
      )
    }),
    { numRuns: 50 },
  )
})

test('a row whose deadline passed while it waited is never run', async () => {
  const { runs, batcher } = held()
  const first = batcher.submit(1, LATER())
  await turn()
  const late = expect(batcher.submit(2, performance.now() + 5)).rejects.toBeInstanceOf(DeadlinePassed)
  const patient = batcher.submit(3, LATER())
  await new Promise((resolve) => setTimeout(resolve, 15))
  runs[0]!.finish()
  await first
  await late
  await turn()
  expect(runs.map(({ rows }) => rows)).toEqual([[1], [3]])
  runs[1]!.finish()
  expect(await patient).toBe('row 3')
})

test('the next batch is at work before the last one is answered', async () => {
  const { runs, batcher } = held()
  const order: string[] = []
  const first = batcher.submit(1, LATER()).then(() => order.push(`answered beside ${runs.length - 1} more`))
  await turn()
  const second = batcher.submit(2, LATER())
  runs[0]!.finish()
  await first
  expect(order).toEqual(['answered beside 1 more'])
  runs[1]!.finish()
  expect(await second).toBe('row 2')
})

test('one that came too late already is refused, and nothing is run for it alone', async () => {
  const { batches, batcher } = running(done)
  await expect(batcher.submit(1, EARLIER())).rejects.toBeInstanceOf(DeadlinePassed)
  expect(batches).toEqual([])
  expect(await batcher.submit(2, LATER())).toBe('row 2')
})

test('a row that has been started is answered, whenever that is', async () => {
  const { runs, batcher } = held()
  const row = batcher.submit(1, performance.now() + 10)
  await turn()
  await new Promise((resolve) => setTimeout(resolve, 20))
  runs[0]!.finish()
  expect(await row).toBe('row 1')
})

test.each(['23505', '40P01', '40001'])('a clash (%s) is tried again with the same rows', async (code) => {
  let failures = 2
  const { batches, batcher } = running(async (rows) => {
    if (failures-- > 0) throw sqlError(code)
    return done(rows)
  })
  expect(await Promise.all([1, 2, 3].map((row) => batcher.submit(row, LATER())))).toEqual([
    'row 1',
    'row 2',
    'row 3',
  ])
  expect(batches).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ])
})

test('a row that clashes every time keeps its neighbours from nothing, and fails in the end', async () => {
  const { batches, batcher } = running(async (rows) => {
    if (rows.includes(2)) throw sqlError('23505')
    return done(rows)
  })
  const results = await Promise.allSettled([1, 2, 3, 4].map((row) => batcher.submit(row, LATER())))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(batches.filter((batch) => batch.length === 1 && batch[0] === 2).length).toBeLessThanOrEqual(21)
})

test.each([true, false])(
  'a database that is away fails the batch at once and nothing is tried again (unknown: %s)',
  async (unknown) => {
    const { runs, batcher } = held()
    const rows = [1, 2, 3].map((row) => batcher.submit(row, LATER()))
    await turn()
    const next = batcher.submit(4, LATER())
    const lost = new DatabaseUnavailable(unknown, new Error('gone'))
    runs[0]!.fail(lost)
    expect(await Promise.allSettled(rows)).toEqual(rows.map(() => ({ status: 'rejected', reason: lost })))
    await turn()
    // The next batch is a new attempt of its own.
    expect(runs.map((run) => run.rows)).toEqual([[1, 2, 3], [4]])
    runs[1]!.finish()
    expect(await next).toBe('row 4')
  },
)

test('it tells how many rows each attempt had', async () => {
  const sizes: number[] = []
  const batcher = new Batcher<number, string>({
    run: async (rows) => {
      if (rows.includes(3)) throw new Error('poisoned')
      return done(rows)
    },
    onBatch: (rows) => sizes.push(rows),
  })
  await Promise.allSettled([1, 2, 3, 4].map((row) => batcher.submit(row, LATER())))
  expect(sizes).toEqual([4, 2, 2, 1, 1])
})

test('keys take turns in a batch, however many rows of one wait', async () => {
  const { runs, batcher } = held()
  const first = batcher.submit(0, LATER(), 'loud')
  await turn()
  const loud = Array.from({ length: 1_000 }, (_, i) => batcher.submit(1 + i, LATER(), 'loud'))
  const quiet = [2_001, 2_002].map((row) => batcher.submit(row, LATER(), 'quiet'))
  runs[0]!.finish()
  await first
  await turn()
  expect(runs[1]!.rows.slice(0, 5)).toEqual([1, 2_001, 2, 2_002, 3])
  expect(runs[1]!.rows).toHaveLength(BATCH_ROWS_MAX)
  for (let i = 1; i < 5; i++) {
    runs[i]?.finish()
    await turn()
  }
  await Promise.all([...loud, ...quiet])
})

/** A batcher with a road aside; the rows of `locked` are told apart, those of `waits` make their batch run out of time. */
function withAside(locked: Set<number>, waits: Set<number>) {
  const batches: number[][] = []
  const aside_batches: number[][] = []
  const run = (into: number[][]) => async (rows: readonly number[]) => {
    into.push([...rows])
    await turn()
    if (rows.some((row) => waits.has(row))) throw sqlError('55P03')
    return rows.map((row) => (locked.has(row) ? ('locked' as const) : { done: `row ${row}` }))
  }
  const aside = new Batcher<number, string>({ run: run(aside_batches), rows_max: 8 })
  const batcher = new Batcher<number, string>({ run: run(batches), aside })
  return { batches, aside_batches, batcher }
}

test('a locked row waits aside, and its neighbours are done at once', async () => {
  const locked = new Set([2])
  const { batches, aside_batches, batcher } = withAside(locked, new Set())
  const rows = [1, 2, 3].map((row) => batcher.submit(row, LATER()))
  expect(await Promise.all([rows[0], rows[2]])).toEqual(['row 1', 'row 3'])
  for (let row = 10; row < 30; row++) expect(await batcher.submit(row, LATER())).toBe(`row ${row}`)
  await vi.waitFor(() => expect(aside_batches.length).toBeGreaterThan(2))
  locked.clear()
  expect(await rows[1]).toBe('row 2')
  expect(batches.filter((batch) => batch.includes(2))).toHaveLength(1)
  expect(aside_batches.flat().every((row) => row === 2)).toBe(true)
})

test('a batch that ran out of time for a lock goes aside whole, where the row at fault is found and the others are done', async () => {
  const waits = new Set([5])
  const { batches, aside_batches, batcher } = withAside(new Set(), waits)
  const rows = Array.from({ length: 20 }, (_, row) => batcher.submit(row, LATER()))
  const others = rows.filter((_, row) => row !== 5)
  expect(await Promise.all(others)).toEqual(
    Array.from({ length: 20 }, (_, row) => `row ${row}`).filter((_, row) => row !== 5),
  )
  expect(batches).toHaveLength(1)
  expect(aside_batches.every(({ length }) => length <= 8)).toBe(true)
  // The road is free for others at once.
  expect(await batcher.submit(99, LATER())).toBe('row 99')
  waits.clear()
  expect(await rows[5]).toBe('row 5')
})

test('whatever is locked and comes free, each row is done once, and those that are free wait for none', async () => {
  const row = fc.record({ locked: fc.boolean(), waits: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (given) => {
      const numbers = (which: 'locked' | 'waits') =>
        new Set(given.flatMap((one, i) => (one[which] ? [i] : [])))
      const [locked, waits] = [numbers('locked'), numbers('waits')]
      const { batcher } = withAside(locked, waits)
      const rows = given.map((_, i) => batcher.submit(i, LATER()))
      const isFree = (_: unknown, i: number) => !locked.has(i) && !waits.has(i)
      await Promise.all(rows.filter(isFree))
      locked.clear()
      waits.clear()
      expect(await Promise.all(rows)).toEqual(given.map((_, i) => `row ${i}`))
      expect(batcher.waiting).toBe(0)
    }),
    { numRuns: 30 },
  )
})

test('a lock that does not end is waited for so long, and no longer than the deadline', async () => {
  vi.useFakeTimers()
  try {
    const { batcher } = withAside(new Set([1, 2]), new Set())
    const [patient, hasty] = [
      batcher.submit(1, performance.now() + 60_000),
      batcher.submit(2, performance.now() + 5_000),
    ]
    const ended: string[] = []
    patient.catch((error) => ended.push(`patient: ${error.constructor.name}`))
    hasty.catch((error) => ended.push(`hasty: ${error.constructor.name}`))
    await vi.advanceTimersByTimeAsync(4_900)
    expect(ended).toEqual([])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ended).toEqual([`hasty: ${DeadlinePassed.name}`])
    await vi.advanceTimersByTimeAsync(LOCKED_MS_MAX)
    expect(ended.at(-1)).toBe(`patient: ${Locked.name}`)
  } finally {
    vi.useRealTimers()
  }
})
