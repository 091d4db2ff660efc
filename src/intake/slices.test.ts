import { expect, test } from 'vitest'
import { inSlices } from './slices.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Work that takes some time. */
const busy = (ms: number) => {
  const ends = performance.now() + ms
  while (performance.now() < ends);
}

test('it does all of the work, in order, and answers each piece of it', async () => {
  const done: number[] = []
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) =>
      inSlices(() => {
        done.push(i)
        return i * 2
      }),
    ),
  )
  expect(done).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  expect(answers).toEqual(done.map((i) => i * 2))
})

test('others have their turn in between, however much there is and however many ask', async () => {
  let left = 40
  const work = Promise.all(
    Array.from({ length: left }, () =>
      inSlices(() => {
        busy(2)
        left--
      }),
    ),
  )
  let turns = 0
  while (left > 0) {
    const before = left
    await turn()
    turns++
    // 4 ms of it in a turn: three pieces at most, the last of which begins in time.
    expect(before - left).toBeLessThanOrEqual(3)
  }
  await work
  expect(turns).toBeGreaterThan(10)
})

test('what throws fails alone; work that is asked for by work is done too', async () => {
  const failed = inSlices(() => {
    throw new Error('bad')
  })
  const nested = inSlices(() => inSlices(() => 'inside'))
  await expect(failed).rejects.toThrow('bad')
  expect(await nested).toBe('inside')
  expect(await inSlices(() => 'later')).toBe('later')
})
