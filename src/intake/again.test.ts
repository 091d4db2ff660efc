import pg from 'pg'
import { expect, test } from 'vitest'
import { again, RING } from './again.ts'
import { DeadlinePassed } from './batcher.ts'

const ring = () => Object.assign(new pg.DatabaseError('deadlock detected', 0, 'error'), { code: '40P01' })

test('what met another transaction in a ring is done once more', async () => {
  let tries = 0
  const work = async () => {
    if (++tries < 5) throw ring()
    return 'done'
  }
  expect(await again(RING, work)).toBe('done')
  expect(tries).toBe(5)
})

test('not for ever, and not for another error', async () => {
  let tries = 0
  const work = async () => {
    tries++
    throw ring()
  }
  await expect(again(RING, work)).rejects.toThrow('deadlock')
  expect(tries).toBe(20)
  await expect(again([], work)).rejects.toThrow('deadlock')
  expect(tries).toBe(21)
})

test('past its deadline it is not tried again', async () => {
  let tries = 0
  const work = async () => {
    tries++
    throw ring()
  }
  await expect(again(RING, work, performance.now() - 1)).rejects.toThrow(DeadlinePassed)
  expect(tries).toBe(1)
})
