import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readQuery } from './search.ts'

const waysOf = (typed: string, region = 'AU') => readQuery(typed, region).ways

describe('what is looked for', () => {
  test.each([
    ['Smith', [['Smith']]],
    ['  Jane   Smith ', [['Jane', 'Smith']]],
    ['jane.smith@example.com', [['jane.smith@example.com']]],
    // Parts of numbers: digits, without the zeros in front.
    ['345', [['345']]],
    ['412 345', [['412345'], ['412 345']]],
    ['0412 345', [['412345'], ['0412 345']]],
    ['0412345', [['412345']]],
    ['+61 412-345', [['61412345'], ['+61 412-345']]],
    ['(03) 8321', [['38321'], ['(03) 8321']]],
    ['04', [['04']]],
    ['2-1', [['2-1']]],
    ['(03) x', [['(03)', 'x']]],
    ['000', [['000']]],
    ['0012', [['0012']]],
    // The same signs may be something else.
    ['2026-11-25', [['20261125'], ['2026-11-25']]],
    ['12/4', [['124'], ['12/4']]],
    // A number beside words.
    [
      'jane 0412 345',
      [
        ['jane', '412345'],
        ['jane', '0412 345'],
      ],
    ],
    [
      '0412 345 smith 3067',
      [
        ['412345', 'smith', '3067'],
        ['0412 345', 'smith', '3067'],
      ],
    ],
    ['INV-12', [['INV-12']]],
  ])('%j', (typed, ways) => {
    expect(waysOf(typed)).toEqual(ways)
  })

  test('a whole number is known by what its country dials in front of it', () => {
    expect(waysOf('8 612 34567', 'LT')).toContainEqual(['37061234567'])
    expect(waysOf('8 (912) 345-67-89', 'RU')).toContainEqual(['79123456789'])
    // What the digits find anyway is not looked for twice.
    expect(waysOf('0412 345 678')).toEqual([['412345678'], ['0412 345 678']])
  })

  test('a lead id names a lead, whatever else it may be', () => {
    expect(readQuery(' 41-1207 ', 'AU')).toMatchObject({
      typed: '41-1207',
      lead: { campaign_id: 41, number: 1207 },
      ways: [['411207'], ['41-1207']],
    })
    expect(readQuery('41-1207 x', 'AU').lead).toBeNull()
  })
})

test('any part of three digits or more of a number finds it, in any spelling', () => {
  const number = '61412345678'
  const part = fc
    .tuple(fc.nat(8), fc.integer({ min: 3, max: 11 }))
    .map(([at, length]) => number.slice(at, at + length))
  const spelling = fc.tuple(
    part,
    fc.array(fc.constantFrom('', '', ' ', '-', '.'), { minLength: 11, maxLength: 11 }),
  )
  fc.assert(
    fc.property(spelling, ([digits, gaps]) => {
      fc.pre(digits.length >= 3)
      const typed = [...digits].map((digit, i) => (i === 0 ? digit : gaps[i] + digit)).join('')
      expect(waysOf(typed).some(([word, ...more]) => more.length === 0 && number.includes(word!))).toBe(true)
    }),
  )
})

test('every reading has words, and a query has three readings at most', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (typed) => {
      fc.pre(typed.trim() !== '')
      const ways = waysOf(typed)
      expect(ways.length).toBeLessThanOrEqual(3)
      for (const words of ways) {
        expect(words.length).toBeGreaterThan(0)
        for (const word of words) expect(word).not.toBe('')
      }
    }),
  )
})
