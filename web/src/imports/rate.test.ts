import { expect, test } from 'vitest'
import { rateOf } from './rate.ts'

test('the rate is that of the rows between two looks, and unknown before there are two', () => {
  expect(rateOf([])).toBe(undefined)
  expect(rateOf([{ at: 0, rows: 10 }])).toBe(undefined)
  expect(
    rateOf([
      { at: 0, rows: 10 },
      { at: 500, rows: 900 },
    ]),
  ).toBe(undefined)
  expect(
    rateOf([
      { at: 1_000, rows: 100 },
      { at: 3_000, rows: 2_100 },
    ]),
  ).toBe(1_000)
  expect(
    rateOf([
      { at: 1_000, rows: 100 },
      { at: 9_000, rows: 100 },
    ]),
  ).toBe(undefined)
})
