import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIELD_KINDS, type Field, type FieldKind } from './field.ts'
import { isBadText, readFieldValue, saysNone } from './value.ts'

const field = (kind: FieldKind, choices: string[] | null = null): Field => ({
  name: 'Field',
  label: 'Field',
  aliases: [],
  kind,
  choices,
  merge_group: null,
})

const COLOURS = ['Red', 'Blue']

/** The text with the names of what was changed in it. */
function read(kind: FieldKind, value: string, lenient = true) {
  const found = readFieldValue(field(kind, COLOURS), value, { lenient })
  return 'text' in found ? [found.text, ...found.departures, ...(found.bad ? ['bad'] : [])] : found
}

describe('what a kind takes, and how it is stored', () => {
  test.each<[FieldKind, string, string[]]>([
    ['text', 'Jane Smith', ['Jane Smith']],
    ['text', '   ', ['']],
    ['text', 'Jane Smith\r', ['Jane Smith', 'trimmed']],
    ['text', '\u200bJane', ['Jane', 'trimmed']],
    ['text', 'a\tb\r\nc', ['a b c', 'one_line']],
    ['text', 'x'.repeat(1_300), ['x'.repeat(1_300)]],
    ['text', 'x'.repeat(20_001), ['x'.repeat(20_000), 'cut']],
    ['text', 'N/A', ['N/A']],
    ['text', 'I ❤️', ['I ❤️']],
    ['text', 'a\ud800', ['a\ufffd', 'replaced']],
    ['text', 'a\u202eb', ['ab', 'invisible']],
    ['long_text', 'one\r\ntwo', ['one\ntwo']],
    ['long_text', 'one\ttwo\n', ['one\ttwo', 'trimmed']],
    ['phone', '\u202a0412 345 678\u202c', ['0412 345 678', 'invisible']],
    ['phone', '0412345678\r', ['0412345678', 'trimmed']],
    ['phone', 'ask Jane', ['ask Jane']],
    ['phone', 'N/A', ['']],
    ['email', ' jane@example.com ', ['jane@example.com']],
    ['email', 'jane\u200b@example.com', ['jane@example.com', 'invisible']],
    ['number', '-12.50', ['-12.50']],
    ['number', '3.0', ['3.0']],
    ['number', '12345678901234567890', ['12345678901234567890']],
    ['number', '1e3', ['1e3']],
    ['date', '2026/02/28', ['2026-02-28']],
    ['date', '2028-02-29', ['2028-02-29']],
    ['date', '0050-01-01', ['0050-01-01']],
    ['date', '1985-07-04T00:00:00.000Z', ['1985-07-04', 'day_only']],
    ['date', '1985-07-04 00:00:00', ['1985-07-04', 'day_only']],
    ['date', '1985-07-04T23:30:00+10:00', ['1985-07-04', 'day_only']],
    ['choice', ' red ', ['Red']],
    ['check', 'Yes', ['true']],
    ['check', '0', ['false']],
  ])('%s: %j', (kind, value, stored) => {
    expect(read(kind, value)).toEqual(stored)
  })

  test.each<[FieldKind, string]>([
    ['email', 'jane@example'],
    ['email', 'jane smith@example.com'],
    ['number', '12,5'],
    ['number', '1e999'],
    ['date', '2026-02-31'],
    ['date', '0000-01-01'],
    ['date', '03/02/2026'],
    ['date', '2026-02-28T25:00'],
    // The next day in Sydney.
    ['date', '1985-07-03T14:00:00.000Z'],
    ['choice', 'Green'],
    ['check', 'maybe'],
  ])('%s: %j is no such value, and stays as it is', (kind, value) => {
    for (const lenient of [true, false]) expect(read(kind, value, lenient)).toEqual([value, 'bad'])
  })

  test.each<[FieldKind, string]>([
    ['text', 'a\0b'],
    ['text', 'a\u001bb'],
    ['phone', '0412 345 678\u202e'],
    ['number', '1'.repeat(20_001)],
    ['email', `a${'\u0301'.repeat(65)}@example.com`],
    // Between the marks is a character that shows nothing, which e-mail addresses are rid of.
    ['email', `a${'\u0301'.repeat(40)}\u200b${'\u0301'.repeat(40)}@example.com`],
  ])('%s: %j is refused, and never cut', (kind, value) => {
    expect(read(kind, value)).toHaveProperty('problem')
  })

  test.each(['x'.repeat(20_001), 'a\u202eb', 'a\ud800', `a${'\u0301'.repeat(65)}`])(
    'whoever is strict is refused what would be cut or mended',
    (value) => {
      expect(read('text', value, false)).toHaveProperty('problem')
    },
  )
})

describe('what is kept', () => {
  const kinds = fc.constantFrom<FieldKind>(...FIELD_KINDS)
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\r',
        '\t',
        '\u0301',
        '\u200b',
        '😀',
        '\ud83d',
        '\u202e',
        '1',
        '-',
        '@',
      ),
      maxLength: 30,
    }),
    fc.constantFrom('N/A', '0000-00-00', '2026-01-01T00:00:00Z', 'yes', 'red', '1e3'),
  )

  test('is kept again as it is, and is what was sent where nothing else is said', () => {
    fc.assert(
      fc.property(kinds, value, (kind, sent) => {
        const found = readFieldValue(field(kind, COLOURS), sent, { lenient: true })
        if ('problem' in found) return
        expect(readFieldValue(field(kind, COLOURS), found.text, { lenient: true })).toEqual({
          ...found,
          departures: [],
        })
        const is_text = kind === 'text' || kind === 'long_text'
        if (found.departures.length === 0 && is_text && found.text !== '')
          expect(found.text).toBe(
            sent
              .replace(/\r\n?/g, '\n')
              .normalize('NFC')
              .replace(/^ +| +$/g, ''),
          )
        if (found.bad !== undefined) expect(isBadText(field(kind, COLOURS), found.text)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

test.each<[FieldKind, string, boolean]>([
  ['email', 'N/A', true],
  ['email', '-', true],
  ['email', 'none', true],
  ['date', '0000-00-00', true],
  ['date', '0000-00-00 00:00:00', true],
  ['date', '00/00/0000', true],
  ['number', 'NaN', true],
  ['number', '0000-00-00', false],
  ['email', 'ask Jane', false],
])('%s: whether %j says that there is no value', (kind, text, says) => {
  expect(saysNone(field(kind), text)).toBe(says)
})
