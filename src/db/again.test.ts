import pg from 'pg'
import { expect, test } from 'vitest'
import { again, DeadlinePassed } from './again.ts'

const ring = () => Object.assign(new pg.DatabaseError('deadlock detected', 0, 'error'), { code: '40P01' })

test('what met another transaction in a ring is done once more', async () => {
  let tries = 0
  const work = async () => {
    if (++tries < 5) throw ring()
    return 'done'
  }
  expect(await again(work, { retry: 'clash' })).toBe('done')
  expect(tries).toBe(5)
})

test('not for ever, and not for another error', async () => {
  let tries = 0
  const work = async () => {
    tries++
    throw ring()
  }
  await expect(again(work, { retry: 'clash' })).rejects.toThrow('deadlock')
  expect(tries).toBe(20)
  const locked = async () => {
    tries++
    throw Object.assign(new pg.DatabaseError('lock timeout', 0, 'error'), { code: '55P03' })
  }
  await expect(again(locked, { retry: 'clash' })).rejects.toThrow('lock timeout')
  expect(tries).toBe(21)
  await expect(again(locked, { retry: 'lock' })).rejects.toThrow('lock timeout')
  expect(tries).toBe(41)
})

test('past its deadline it is not tried again', async () => {
  let tries = 0
  const work = async () => {
    tries++
    throw ring()
  }
  await expect(again(work, { retry: 'clash', deadline: performance.now() - 1 })).rejects.toThrow(
    DeadlinePassed,
  )
  expect(tries).toBe(1)
})
