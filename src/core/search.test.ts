import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pastedText, readSearch } from './search.ts'

const waysOf = (typed: string, region = 'AU') => readSearch(typed, region).ways

describe('what is looked for', () => {
  test.each([
    ['Smith', [['Smith']]],
    ['  Jane   Smith ', [['Jane', 'Smith']]],
    ["O'\ufeff4 Smith", [["O'\ufeff4", 'Smith']]],
    ["'\ufeff4", [["'\ufeff4"]]],
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
    // Characters that programs and people put around a number, or in front of it.
    ['tel:0412 345', [['412345'], ['tel:0412 345']]],
    [
      'Tel: 0412 345 smith',
      [
        ['412345', 'smith'],
        ['Tel: 0412 345', 'smith'],
      ],
    ],
    ['jane p:+61412345', [['jane', '61412345']]],
    ['0011 61 412 345', [['61412345'], ['0011 61 412 345']]],
    ['+61 (0)412 345', [['61412345'], ['+61 (0)412 345']]],
    ['0412 - 345', [['412345'], ['0412 - 345']]],
    [
      'jane ( 0412 ) 345',
      [
        ['jane', '412345'],
        ['jane', '( 0412 ) 345'],
      ],
    ],
    ['\u200e0412\u2011345', [['412345'], ['0412\u2011345']]],
    ['٠٤١٢ ٣٤٥', [['412345'], ['٠٤١٢ ٣٤٥']]],
    ['Smith, 0412345,', [['Smith', '412345']]],
    ['Tel: smith', [['Tel:', 'smith']]],
    // Words that only say that a number follows may be missing in the lead.
    ['Ph: 0499111222', [['Ph:', '499111222'], ['499111222']]],
    ['mobile number 499111', [['mobile', 'number', '499111'], ['499111']]],
    ['499111222 (mobile)', [['499111222', '(mobile)'], ['499111222']]],
    ['call smith 499111', [['call', 'smith', '499111']]],
    ['no 12', [['no', '12']]],
    ['- 0412345', [['-', '412345']]],
    // Dates as they are stored.
    ['1985/07/04', [['1985-07-04'], ['1985/07/04']]],
    ['1985.13.04', [['19851304'], ['1985.13.04']]],
  ])('%j', (typed, ways) => {
    expect(waysOf(typed)).toEqual(ways)
  })

  test('a whole number is known by what its country dials in front of it', () => {
    expect(waysOf('8 612 34567', 'LT')).toContainEqual(['37061234567'])
    expect(waysOf('8 (912) 345-67-89', 'RU')).toContainEqual(['79123456789'])
    // A number that the digits find anyway is not looked for twice.
    expect(waysOf('0412 345 678')).toEqual([['412345678'], ['0412 345 678']])
  })

  test('a whole number beside words is one, too', () => {
    expect(waysOf('ivan 8 (912) 345-67-89', 'RU')).toContainEqual(['ivan', '79123456789'])
    expect(waysOf('+61 (0)412 345 678 jane')[0]).toEqual(['61412345678', 'jane'])
  })

  test('a number that has two forms is looked for in both', () => {
    expect(waysOf('011 15 2345 6789', 'AR')).toEqual([
      ['541123456789'],
      ['011 15 2345 6789'],
      ['5491123456789'],
    ])
    expect(waysOf('55 1234 5678', 'MX')).toEqual([['5512345678'], ['55 1234 5678']])
  })

  test('a lead id names a lead, whatever else it may be', () => {
    expect(readSearch(' 41-1207 ', 'AU')).toMatchObject({
      typed: '41-1207',
      lead: { campaign_id: 41, number: 1207 },
      ways: [['411207'], ['41-1207']],
    })
    for (const typed of ['41‑1207', '４１－１２０７', '\u200e41-1207\ufeff'])
      expect(readSearch(typed, 'AU').lead, typed).toEqual({ campaign_id: 41, number: 1207 })
    expect(readSearch('41-1207 x', 'AU').lead).toBeNull()
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

test('line ends and cells that are pasted are blanks, and signs that turn the direction go', () => {
  expect(pastedText('Jane\r\nSmith\t\u202a0412 345\u202c\n')).toBe('Jane  Smith 0412 345 ')
  expect(pastedText('a\0b\u200e')).toBe('a\0b\u200e')
})
