import fc from 'fast-check'
import { getCountries } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { spellingsOf, USUAL } from '../../test/support/spellings.ts'
import { readPhone, readPhoneSlowly } from './phone.ts'
import { isNoPhone, plainPhone, withoutPhoneEnds } from './phone-text.ts'

const MOBILE = 61491570006
const TWOFOLD = 'can be read as a number of two countries; write it with a plus sign'

const read = (value: string, region = 'AU') => {
  const fast = readPhone(value, region)
  expect(readPhoneSlowly(value, region), value).toEqual(fast)
  return fast
}

describe('what other programs put around a number is no part of it', () => {
  test.each([
    ["Meta's lead file", 'p:+61491570006'],
    ["Meta's lead file, as dialled", 'p:0491570006'],
    ['a link', 'tel:+61491570006'],
    ['a link with slashes', 'tel://0491570006'],
    ['a link, encoded once too often', 'tel:%2B61491570006'],
    ['a link of a soft phone', 'callto:+61491570006'],
    ['a link for messages', 'sms:+61491570006'],
    ['a sender of messages', 'whatsapp:+61491570006'],
    ['an address of a chat', 'https://wa.me/61491570006'],
    ['the same without its scheme', 'wa.me/+61491570006'],
    ['another one', 'https://api.whatsapp.com/send?phone=61491570006'],
    ['a chat of a bot', '61491570006@c.us'],
    ['a chat of another bot', '61491570006@s.whatsapp.net'],
    ["a spreadsheet's text", "'+61491570006"],
    ["a spreadsheet's formula", '="0491570006"'],
    ['quotes that came along', '"0491570006"'],
    ['quotes of a database', "'0491570006'"],
    ['quotes of a text program', '\u201c0491570006\u201d'],
    ['all of it', ' \'="tel:+61491570006"\r\n'],
    ['a line end', '0491570006\r\n'],
    ['a tab', '\t0491 570 006\t'],
    ['a line end in the XML of a spreadsheet', '0491570006_x000D_'],
    ['marks of a contact', '\u202a+61\u00a0491\u00a0570\u00a0006\u202c'],
    ['isolates', '\u2066+61 491 570 006\u2069'],
    ['full width', '\uff0b\uff16\uff11\uff14\uff19\uff11\uff15\uff17\uff10\uff10\uff10\uff16'],
    ['00 before the own country', '0061 491 570 006'],
    ['0011 before the own country', '0011 61 491 570 006'],
    ['0011 and a plus', '0011+61491570006'],
    ['00 and a plus', '00 +61 491 570 006'],
    ['011 and a plus', '011 +61 491 570 006'],
    ['a plus and 00', '+0061491570006'],
    ['a plus and 0011', '+0011 61 491 570 006'],
    ['a plus twice', '++61491570006'],
    ['a plus twice, apart', '+ +61491570006'],
    ['the country in brackets', '(+61) 491 570 006'],
    ['the country in brackets behind the plus', '+(61) 491 570 006'],
    ['the zero in brackets', '+61 (0) 491 570 006'],
    ['the zero without brackets', '+61 0491 570 006'],
    ['00, the country and the zero', '0061 0491 570 006'],
  ])('%s: %j', (_, value) => {
    expect(read(value)).toEqual({ number: MOBILE, dialled: MOBILE, state: 'ok' })
  })

  test.each(['US', 'GB', 'DE', 'JP', 'SG', 'IT'])('0061 and 0011 61 in %s', (region) => {
    for (const value of ['0061491570006', '0011 61 491 570 006', '+0061491570006', '0011+61491570006'])
      expect(read(value, region).number, value).toBe(MOBILE)
  })

  test('in every region whatever stands around leaves the reading as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...getCountries()), fc.nat(), (region, seed) => {
        for (const { text, number } of spellingsOf(region, 6, seed)) {
          const found = read(text, region)
          if (found.problem === TWOFOLD) expect(plainPhone(text)).toMatch(/^0011/)
          else expect(found.number, text).toBe(number)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('two hundred spellings of a number are two hundred texts', () => {
    for (const region of USUAL) {
      const spellings = spellingsOf(region, 200, 7)
      expect(new Set(spellings.map(({ text }) => text)).size).toBe(200)
      expect(new Set(spellings.map(({ number }) => number)).size).toBe(1)
    }
  })
})

describe('and what is refused stays refused, with its sentence', () => {
  test.each([
    ['p:call me', 'holds letters'],
    ['p:1300 FLOWERS', 'holds letters'],
    ["'0491570006 x12", 'holds an extension, which needs a field of its own'],
    ['tel:+61491570006;ext=12', 'holds an extension, which needs a field of its own'],
    ['tel:+61491570006,,5#', 'holds signs of a dial string'],
    ['="0491570006/0491570156"', 'holds two numbers'],
    ['+61491570006+61491570156', 'holds two numbers, or a plus sign in the middle'],
    ['0491570006 0011+61491570156', 'holds two numbers, or a plus sign in the middle'],
    ['0061 1900 123 456', 'is a premium-rate number'],
    ['p:000', 'is a short or emergency number'],
    ['0061 000', 'has too few digits'],
    ['0061 491 570 00', 'is no number that its country has'],
    ['sip:+61491570006', 'is an address, not a phone number'],
    ['sip:0491570006@example.test', 'is an address, not a phone number'],
    ['0491570006@example.test', 'is an address, not a phone number'],
    ['https://example.test/61491570006', 'holds letters'],
    ['wa.me/0491570006', 'holds letters'],
    ["0491570006'", 'holds a character that is no part of a phone number (U+0027)'],
    ['=0491570006', 'holds a character that is no part of a phone number (U+003D)'],
    ['\u202e0491570006', 'holds a character that is no part of a phone number (U+202E)'],
    // 0011 is dialled from Australia; without a country code behind it nothing is known of the country.
    ['0011 212 555 1234', 'has too few digits'],
    ['p:', 'holds no digits'],
  ])('%j', (value, problem) => {
    expect(read(value)).toEqual({ number: null, problem })
  })

  test.each(['VU', 'GB'])('0011 678 591 2995 in %s is one of Vanuatu, or of Georgia', (region) => {
    expect(read('0011 678 591 2995', region)).toEqual({ number: null, problem: TWOFOLD })
    expect(read('0011+678 591 2995', region).number).toBe(6785912995)
    expect(read('00 1 678 591 2995', region).number).toBe(16785912995)
  })

  test('in the United States 0011 212 555 1234 is neither Morocco nor New York', () => {
    expect(read('0011 212 555 1234', 'US').number).toBeNull()
    expect(read('00 1 212 555 1234', 'US').number).toBe(12125551234)
  })
})

describe('what says that there is no number', () => {
  test.each([
    ...['-', '--', '\u2013', '\u2014', '.', '...', '?', '/', '+', '()', '(___) ___-____', '_'],
    ...[
      'N/A',
      'n/a',
      'NA',
      'n.a.',
      '#N/A',
      'none',
      'None',
      '(none)',
      '<null>',
      'NULL',
      'nil',
      'NaN',
      'undefined',
    ],
    ...['unknown', 'Not available', 'not provided', '0', ' 0 ', '\u0660', "'0", '', ' ', '\u200b'],
    ...['p:', 'tel:', '=""', "''", "'", '="-"', 'p:n/a'],
  ])('%j does', (value) => {
    expect(isNoPhone(value)).toBe(true)
  })

  test.each([
    ...[
      '00',
      '000',
      '12',
      '0000000000',
      '0491570006',
      '+61',
      'call me',
      'x',
      'Nina',
      'none of it',
      '#REF!',
      '########',
    ],
    ...['*', '-1', 'no', `${'-'.repeat(21)}`],
  ])('%j does not', (value) => {
    expect(isNoPhone(value)).toBe(false)
  })
})

test('the plain text of a part of a number is what a search can look for', () => {
  expect(plainPhone('p:0491\u2011570')).toBe('0491-570')
  expect(plainPhone('\u202a+61\u00a0491\u202c')).toBe('+61 491')
  expect(plainPhone('0011+61 49')).toBe('+61 49')
  expect(plainPhone('049\u0660')).toBeUndefined()
})

test('what shows nothing is taken off the ends, and nothing else', () => {
  for (const text of ['0491', '\t0491\r\n', '\u200e0491\ufeff', ' 0491 _x000D_\n', '\u202a0491\u202c'])
    expect(withoutPhoneEnds(text)).toBe('0491')
  for (const text of ['04\t91', '\u202e0491', '0491_', 'a b']) expect(withoutPhoneEnds(text)).toBe(text)
})
