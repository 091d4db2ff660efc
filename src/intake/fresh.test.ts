import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Fresh } from './fresh.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Looks up what is asked for, and notes each look. */
function looking() {
  const looks: string[] = []
  const fresh = new Fresh(async (secret: string) => {
    looks.push(secret)
    if (secret === 'wrong') throw new Error('the database is away')
    return `${secret} ${looks.length}`
  })
  return { fresh, looks }
}

test('a value serves for half a second, and is then looked up again', async () => {
  const { fresh, looks } = looking()
  expect(await fresh.find('ana')).toBe('ana 1')
  vi.advanceTimersByTime(499)
  expect(await fresh.find('ana')).toBe('ana 1')
  vi.advanceTimersByTime(1)
  expect(await fresh.find('ana')).toBe('ana 2')
  expect(looks).toEqual(['ana', 'ana'])
})

test('those who ask at once share one look, and each secret has its own value', async () => {
  const { fresh, looks } = looking()
  const found = await Promise.all(['ana', 'ben', 'ana', 'ben'].map((secret) => fresh.find(secret)))
  expect(found).toEqual(['ana 1', 'ben 2', 'ana 1', 'ben 2'])
  expect(looks).toEqual(['ana', 'ben'])
})

test('what is forgotten, and what could not be looked up, is looked up again at once', async () => {
  const { fresh, looks } = looking()
  await fresh.find('ana')
  await fresh.find('ben')
  fresh.forget('ana')
  expect(await fresh.find('ana')).toBe('ana 3')
  expect(await fresh.find('ben')).toBe('ben 2')
  fresh.clear()
  expect(await fresh.find('ben')).toBe('ben 4')
  for (const _ of [1, 2]) await expect(fresh.find('wrong')).rejects.toThrow('away')
  expect(looks.slice(-2)).toEqual(['wrong', 'wrong'])
})

test('ten thousand values are kept; one more, and all are looked up again', async () => {
  const { fresh, looks } = looking()
  for (let i = 0; i < 10_000; i++) await fresh.find(`key ${i}`)
  await fresh.find('key 0')
  expect(looks).toHaveLength(10_000)
  await fresh.find('another')
  await fresh.find('key 0')
  expect(looks).toHaveLength(10_002)
})
