import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readText } from './text.ts'

const taken = (value: string, lines = false) => {
  const read = readText(value, 1_000, { lines })
  return 'text' in read ? read.text : read
}
const problemOf = (value: string, points_max = 1_000, lines = false) => {
  const read = readText(value, points_max, { lines })
  return 'problem' in read ? read.problem : undefined
}

describe('readText keeps', () => {
  test.each([
    'Jane',
    '  Jane  ',
    'null',
    "'; DROP TABLE lead;--",
    '\\ % _ $1',
    '<script>{{7*7}}\x24{7*7}',
    '=HYPERLINK("x")',
    'محمد',
    'שלום',
    '東京',
    'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a̴̵̜̰lgo'.normalize('NFC'),
    '👨‍👩‍👧‍👦',
    'नमस्ते',
    'a\u200db',
    'Straße\u00a0 12',
    '\ufffd',
  ])('%j as it is', (value) => {
    expect(taken(value)).toBe(value)
  })

  test('one spelling of equal texts (NFC)', () => {
    expect(taken('Zoe\u0308')).toBe('Zoë')
    expect(taken('\u1100\u1161')).toBe('가')
    expect(taken('\u212b')).toBe('Å')
  })

  test('lines where lines are allowed, with LF between them', () => {
    expect(taken('one\r\ntwo\rthree\n\tfour', true)).toBe('one\ntwo\nthree\n\tfour')
  })
})

test.each([
  '',
  ' ',
  '   ',
  '\u00a0',
  '\u200b',
  '\ufeff',
  '\u3000\u2003',
  '\t',
  '\r\n',
  '\u00ad\u2060',
  '\u3164',
  '\u2800',
])('%j shows nothing and is empty', (value) => {
  expect(taken(value)).toBe('')
  expect(taken(value, true)).toBe('')
  expect(taken(value.repeat(200_000))).toBe('')
})

describe('readText refuses', () => {
  test.each([
    ['\0', /control character \(U\+0000\)/],
    ['\x1b[31m', /control character \(U\+001B\)/],
    ['\x7f', /control character \(U\+007F\)/],
    ['\x85', /control character \(U\+0085\)/],
    ['\x9f', /control character \(U\+009F\)/],
    ['\ud800', /lone surrogate/],
    ['\udc00\ud800', /lone surrogate/],
    ['\u202e', /reverses text \(U\+202E\)/],
    ['\u202a', /reverses text/],
    ['\u2066', /reverses text/],
    ['\u2069', /reverses text \(U\+2069\)/],
  ])('%j everywhere', (char, problem) => {
    for (const value of [char, `Jane${char}`, `${char}Jané`, `Ja${char}ne`])
      for (const lines of [false, true]) expect(problemOf(value, 1_000, lines)).toMatch(problem)
  })

  test('line breaks and tabs in a single line', () => {
    expect(problemOf('Jane\r\nSet-Cookie: x')).toMatch(/line break/)
    expect(problemOf('Jane\n')).toMatch(/line break/)
    expect(problemOf('a\tb')).toMatch(/control character \(U\+0009\)/)
    expect(problemOf('a\vb', 1_000, true)).toMatch(/control character \(U\+000B\)/)
  })

  test('what is too long, in code points after NFC, and cuts nothing', () => {
    for (const [char, points] of [
      ['x', 1],
      ['é', 1],
      ['e\u0301', 1],
      ['😀', 1],
      ['\u{1f82}', 1],
      ['α\u0313\u0300\u0345', 1],
      ['👨‍👩‍👧‍👦', 7],
      ['\u0958', 2],
    ] as const) {
      const fits = Math.floor(700 / points)
      expect(problemOf(char.repeat(fits), 700), char).toBeUndefined()
      expect(problemOf(char.repeat(fits) + 'x'.repeat(700 - fits * points + 1), 700)).toBe(
        'is longer than 700 characters',
      )
    }
  })

  test('thousands of combining marks, before they cost anything', () => {
    const start = performance.now()
    expect(problemOf(`a${'\u0301'.repeat(5_000)}`)).toMatch(/combining marks/)
    expect(problemOf(`a${'\u0301\u0316'.repeat(2_000_000)}`, 20_000, true)).toMatch(/longer/)
    expect(problemOf(`a${'\u0301\u0316'.repeat(70_000)}`, 20_000, true)).toMatch(/combining marks/)
    expect(performance.now() - start).toBeLessThan(500)
  })

  test('without repeating the value', () => {
    expect(problemOf('secret\0')).not.toContain('secret')
    expect(problemOf('secret'.repeat(1_000))).not.toContain('secret')
  })
})

describe('any text', () => {
  const any_text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      maxLength: 30,
    }),
    fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', '\u0301', '\u200b', '😀', '\ud83d', '\u202e'),
      maxLength: 30,
    }),
  )

  test('is stored as its NFC, or empty, or refused', () => {
    fc.assert(
      fc.property(any_text, fc.boolean(), (value, lines) => {
        const read = readText(value, 20, { lines })
        if ('problem' in read || read.text === '') return
        expect(read.text).toBe((lines ? value.replace(/\r\n?/g, '\n') : value).normalize('NFC'))
        expect([...read.text].length).toBeLessThanOrEqual(20)
        expect(read.text.isWellFormed()).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('that was stored is taken again unchanged', () => {
    fc.assert(
      fc.property(any_text, fc.boolean(), (value, lines) => {
        const read = readText(value, 20, { lines })
        if ('text' in read) expect(readText(read.text, 20, { lines })).toEqual(read)
      }),
    )
  })
})
