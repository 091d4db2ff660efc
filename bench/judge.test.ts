import { expect, test } from 'vitest'
import { compareFigure, isNotSlower, orderOf, type Pair } from './judge.ts'

const pairs = (...sides: [number | null, number | null][]): Pair[] =>
  sides.map(([before, after]) => ({ old: { cpu_us: before }, new: { cpu_us: after } }))

test('the ratio of two versions is the median of the ratios of their pairs, not the ratio of their medians', () => {
  // In the second pair the machine was slow for both.
  const compared = compareFigure(pairs([100, 102], [200, 206], [100, 101]), 'cpu_us')
  expect(compared).toEqual({
    old: 100,
    new: 102,
    ratios: [1.02, 1.03, 1.01],
    ratio: 1.02,
    ratio_min: 1.01,
    ratio_max: 1.03,
  })
})

test('of an even number of pairs the median lies between the two in the middle', () => {
  expect(compareFigure(pairs([100, 100], [100, 110]), 'cpu_us').ratio).toBeCloseTo(1.05)
})

test('a side that is not known, or 0, leaves its pair without a ratio', () => {
  const compared = compareFigure(pairs([null, 5], [0, 5], [4, 5]), 'cpu_us')
  expect(compared.ratios).toEqual([null, null, 1.25])
  expect(compared.ratio).toBe(1.25)
  expect(compareFigure(pairs([1, 1]), 'index_lag_s')).toMatchObject({ old: null, new: null, ratio: null })
})

test('a version is not slower up to the bound, the bound included', () => {
  const compared = compareFigure(pairs([100, 105]), 'cpu_us')
  expect(isNotSlower(compared, 1.05)).toBe(true)
  expect(isNotSlower(compared, 1.049)).toBe(false)
})

test('without CPU times nothing is judged', () => {
  expect(() => isNotSlower(compareFigure(pairs([null, null]), 'cpu_us'), 1.05)).toThrow('/proc')
})

test('each side runs twice in a pair, and a machine that gets steadily slower costs both alike', () => {
  for (const pair of [1, 2, 3]) {
    const order = orderOf(pair)
    const ends = (side: keyof Pair) => order.flatMap((name, i) => (name === side ? [i] : []))
    const sum = (places: number[]) => places.reduce((all, place) => all + place, 0)
    expect(ends('old').length).toBe(2)
    expect(sum(ends('old'))).toBe(sum(ends('new')))
  }
  expect([1, 2, 3].map((pair) => orderOf(pair)[0])).toEqual(['old', 'new', 'old'])
})
