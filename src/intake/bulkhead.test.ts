import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Pool } from '../db/pool.ts'
import { Bulkhead, type BulkheadOptions } from './bulkhead.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const bulkheadOf = (more: Partial<BulkheadOptions> = {}) =>
  new Bulkhead({} as Pool, {
    slots: 4,
    queue_max: 1,
    wait_ms: 500,
    crowded: 'too many are at work',
    too_slow: 'this took too long',
    ...more,
  })

/** Work that ends when the test says so, and how often it has begun. */
function heldWork() {
  const held: (() => void)[] = []
  const work = () => new Promise<void>((resolve) => held.push(resolve))
  return { work, held }
}

const settled = () => vi.advanceTimersByTimeAsync(0)
const failure = (code: string) => Object.assign(new pg.DatabaseError('no', 0, 'error'), { code })
const failing = (error: unknown) => () => Promise.reject(error)

test('a key alone has half of the slots; the next of it waits, and the one after that is refused', async () => {
  const bulkhead = bulkheadOf()
  const { work, held } = heldWork()
  const all = [1, 2, 3, 4].map(() => bulkhead.run('Ana', work))
  await settled()
  expect(held).toHaveLength(2)
  expect((await all[3]!).refusal).toMatchObject({
    name: 'UNAVAILABLE',
    detail: 'too many are at work',
    retry_after_s: 1,
  })
  held[0]!()
  expect(await all[0]).toEqual({ ok: undefined })
  await settled()
  expect(held).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(500)
  expect(held).toHaveLength(3)
})

test('a statement that ran into its limit of time is a refusal, and any other error stays an error', async () => {
  const bulkhead = bulkheadOf()
  const cancelled = failure('57014')
  expect((await bulkhead.run('Ana', failing(cancelled))).refusal).toMatchObject({
    name: 'UNAVAILABLE',
    detail: 'this took too long',
    retry_after_s: 2,
  })
  const lost = failure('40P01')
  await expect(bulkhead.run('Ana', failing(lost))).rejects.toBe(lost)
  // Both gave their turn back.
  const { work, held } = heldWork()
  for (const _ of [1, 2]) void bulkhead.run('Ana', work)
  await settled()
  expect(held).toHaveLength(2)
})

test('a turn rests for twice the time of its work, for a quarter of a second at most', async () => {
  let is_busy = true
  const bulkhead = bulkheadOf({ slots: 1, queue_max: 9, wait_ms: 60_000, rests: () => is_busy })
  const { work, held } = heldWork()
  for (const _ of [1, 2, 3, 4]) void bulkhead.run('Ana', work)
  await vi.advanceTimersByTimeAsync(40)
  held[0]!()
  await vi.advanceTimersByTimeAsync(79)
  expect(held).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(held).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1_000)
  held[1]!()
  await vi.advanceTimersByTimeAsync(249)
  expect(held).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(held).toHaveLength(3)
  is_busy = false
  await vi.advanceTimersByTimeAsync(1_000)
  held[2]!()
  await settled()
  expect(held).toHaveLength(4)
})
