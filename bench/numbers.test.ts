import { expect, test } from 'vitest'
import { Dealer, externalId, filledIndex, LANDLINES, landline, MOBILES, mobile } from './numbers.ts'

test('what is filled is filled once, always alike, and never sent', () => {
  for (const size of [MOBILES, LANDLINES]) {
    const filled = Array.from({ length: 20_000 }, (_, i) => filledIndex(i + 1, size))
    expect(new Set(filled).size).toBe(filled.length)
    expect(Math.max(...filled)).toBeLessThan(size)
    expect(new Set(filled.map((index) => index & 3))).toEqual(new Set([0]))
    const dealer = new Dealer(size)
    const sent = Array.from({ length: 1_000 }, () => dealer.deal())
    expect(new Set(sent.map((index) => index & 3))).toEqual(new Set([2]))
  }
})

test('numbers that follow each other in the filling are far from each other in an index', () => {
  const gaps = Array.from({ length: 1_000 }, (_, i) =>
    Math.abs(filledIndex(i + 1, MOBILES) - filledIndex(i, MOBILES)),
  )
  expect(Math.min(...gaps)).toBeGreaterThan(1_000_000)
})

test('an index is an Australian number, an external id has its length', () => {
  expect(mobile(filledIndex(1, MOBILES))).toMatch(/^04\d{8}$/)
  expect(landline(LANDLINES - 1)).toBe('0399999999')
  expect(externalId('run', 1)).toMatch(/^[0-9a-f]{18}$/)
})
