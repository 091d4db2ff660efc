import fc from 'fast-check'
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, test } from 'vitest'
import { formatPhone, isRegion, readPhone, readPhoneSlowly } from './phone.ts'
import { numberFast } from './phone-fast.ts'
import { canonicalNumber } from './phone-forms.ts'
import { isBlank } from './phone-text.ts'

/** How many times the usual work the generated tests do: PHONE_EFFORT=10 goes through every beginning, in minutes. */
const EFFORT = Number(process.env.PHONE_EFFORT ?? 1)

const problemOf = (value: string, region = 'AU') => {
  const read = readPhone(value, region)
  expect(read.number, value).toBeNull()
  expect(readPhoneSlowly(value, region)).toEqual(read)
  return read.problem
}
const numberOf = (value: string, region = 'AU') => {
  const read = readPhone(value, region)
  expect(readPhoneSlowly(value, region)).toEqual(read)
  return read.number
}

const LINE = 61383218199
const SPREADSHEET = 'is a number that a spreadsheet has rewritten; digits may be lost'
const TWO_NUMBERS = 'holds two numbers'
const EXTENSION = 'holds an extension, which needs a field of its own'
const DIAL_STRING = 'holds signs of a dial string'
const SHORT = 'is a short or emergency number'
const PREMIUM = 'is a premium-rate number'

describe('one number in all its spellings', () => {
  test.each([
    ['B62', '0383218199'],
    ['B62', '(03) 8321 8199'],
    ['B62', '+61383218199'],
    ['B62', '61 3 8321 8199'],
    ['B62', '0011 61 3 8321 8199'],
    ['B62', 'tel:+61-3-8321-8199'],
    ['B62', 'TEL: 03 8321 8199'],
    ['B62', '+61 (0)3 8321 8199'],
    ['B62', '(+61) 3-8321-8199'],
    ['B62', '03.8321.8199'],
    ['B62', '[03] 8321 8199'],
    ['B62', '03/8321 8199'],
    ['B62', `${' '.repeat(40)}0383218199${' '.repeat(40)}`],
    ['B63, the zero lost, as text', '383218199'],
    ['B66', '\uff10\uff13\uff18\uff13\uff12\uff11\uff18\uff11\uff19\uff19'],
    ['B66', '\uff08\uff10\uff13\uff09\u3000\uff18\uff13\uff12\uff11\uff0d\uff18\uff11\uff19\uff19'],
    ['B66', '\uff0b\uff16\uff11\uff13\uff18\uff13\uff12\uff11\uff18\uff11\uff19\uff19'],
    ['B67, Arabic-Indic', '\u0660\u0663\u0668\u0663\u0662\u0661\u0668\u0661\u0669\u0669'],
    ['B67, Persian', '\u06f0\u06f3 \u06f8\u06f3\u06f2\u06f1 \u06f8\u06f1\u06f9\u06f9'],
    ['B67, Devanagari', '\u0966\u0969\u096e\u0969\u0968\u0967\u096e\u0967\u096f\u096f'],
    ['B68, hyphens', '03\u20118321\u20138199'],
    ['B68, minus sign', '03\u22128321\u22128199'],
    ['B68, no-break spaces', '03\u00a08321\u202f8199'],
    ['B68, direction marks', '\u200e03\u200b8321\u200f8199\ufeff'],
    ['B68, as a telephone copies it', '\u202a+61\u00a03\u00a08321\u00a08199\u202c'],
    ['B68, soft hyphen', '03\u00ad8321\u00ad8199'],
  ])('%s: %j', (_, value) => {
    expect(numberOf(value)).toBe(LINE)
  })

  test('B75, B76: the same number from another region', () => {
    expect(numberOf('+61 3 8321 8199', 'DE')).toBe(LINE)
    expect(numberOf('00 61 3 8321 8199', 'GB')).toBe(LINE)
    expect(numberOf('011 61 3 8321 8199', 'US')).toBe(LINE)
  })

  test.each([
    ['AU', '61 3 8321 8199', LINE],
    ['NZ', '64 21 123 4567', 64211234567],
    ['GB', '44 20 7946 0958', 442079460958],
    ['US', '1 212 555 1234', 12125551234],
    ['SG', '65 6123 4567', 6561234567],
    ['IN', '91 98765 43210', 919876543210],
    // The library alone leaves these invalid: with the zero, the digits look like a national number.
    ['AT', '43 0664 123456', 43664123456],
  ])('B62: the own calling code of %s without a plus: %s', (region, value, number) => {
    expect(numberOf(value, region)).toBe(number)
  })

  test.each([
    ['IT', '06 1234 5678', 390612345678],
    ['AR', '011 15 2345-6789', 541123456789],
    ['BR', '0 15 11 96123-4567', 5511961234567],
    ['MX', '55 1234 5678', 525512345678],
    ['RU', '8 (912) 345-67-89', 79123456789],
    ['KZ', '8 (701) 234-56-78', 77012345678],
    ['GG', '256789', 441481256789],
    ['IM', '07624 369230', 447624369230],
    ['GB', '07624 369230', 447624369230],
    ['CA', '2125551234', 12125551234],
    ['US', '416 555 1234', 14165551234],
    ['BS', '359-1234', 12423591234],
    ['CX', '0412 345 678', 61412345678],
    ['DE', '030/123456', 4930123456],
    ['DE', '+49 30 / 123456', 4930123456],
    ['DE', '030 1234 5678 901', 493012345678901],
    ['US', '212/555-1234', 12125551234],
    ['FR', '01.23.45.67.00', 33123456700],
    // Digits that are a number of the region stay one, also where they could be a mobile number after its code.
    ['DE', '4915123456789', 494915123456789],
  ])('%s: %s', (region, value, number) => {
    expect(numberOf(value, region)).toBe(number)
  })

  test.each([
    ['B72, thirteen', '13 12 34', 61131234],
    ['B72, 1300', '1300 123 456', 611300123456],
    ['B72, free of charge', '1800 123 456', 611800123456],
  ])('%s can be called: %s', (_, value, number) => {
    expect(numberOf(value)).toBe(number)
  })
})

describe('no number', () => {
  test.each([
    ['B65', '3.83218E+08', SPREADSHEET],
    ['B65', '3,83218e+08', SPREADSHEET],
    ['B65', '383218199.0', SPREADSHEET],
    ['B65', '+61383218199.00', SPREADSHEET],
    ['B67', '\u0660\u06638321\u0668\u0661\u0669\u0669', 'mixes digits of several scripts'],
    [
      'B67',
      '\u0660\u0663\u096e\u0969\u0968\u0967\u096e\u0967\u096f\u096f',
      'mixes digits of several scripts',
    ],
    ['B68', '\u202e0383218199', 'holds a character that is no part of a phone number (U+202E)'],
    ['B69', '1300 FLOWERS', 'holds letters'],
    ['B69', '1-800-FLOWERS', 'holds letters'],
    ['B69', '0412 345 678 (mob)', 'holds letters'],
    ['B69', 'call me', 'holds letters'],
    ['B70', '0383218199 / 0412345678', TWO_NUMBERS],
    ['B70', '0383218199/0412345678', TWO_NUMBERS],
    ['B70', '03 8321 8199/8200', TWO_NUMBERS],
    ['B70', '131234/131235', TWO_NUMBERS],
    ['B70', '0383218199 or 0412345678', TWO_NUMBERS],
    ['B70', '0383218199 & 0412345678', TWO_NUMBERS],
    ['B70', '0383218199, 0412345678', TWO_NUMBERS],
    ['B70', '0383218199; 0412345678', TWO_NUMBERS],
    ['B70', '0383218199 | 0412345678', TWO_NUMBERS],
    ['B70', '0383218199\n0412345678', TWO_NUMBERS],
    ['B70', '0383218199\u20280412345678', TWO_NUMBERS],
    ['B70', '0383218199 0412345678', 'has too many digits'],
    ['B70', '+61383218199 +61412345678', 'holds two numbers, or a plus sign in the middle'],
    ['B70', '0383218199 (2)', 'holds more digits in brackets after the number'],
    ['B71', '0383218199 x123', EXTENSION],
    ['B71', '0383218199x123', EXTENSION],
    ['B71', '0383218199 ext. 123', EXTENSION],
    ['B71', '+61383218199;ext=123', EXTENSION],
    ['B71', 'tel:+61383218199;ext=123', EXTENSION],
    ['B71', '0383218199,,5#', DIAL_STRING],
    ['B71', '0383218199#5', DIAL_STRING],
    ['B72, fire brigade', '000', SHORT],
    ['B72', '112', SHORT],
    ['B72', '911', SHORT],
    ['B72', '123', SHORT],
    ['B72', '+61 000', 'has too few digits'],
    ['B72', '1900 123 456', PREMIUM],
    ['B72', '+61 1900 123 456', PREMIUM],
    ['B72', '0011 1 900 234 5678', PREMIUM],
    ['B72', '+979 123 456 789', PREMIUM],
    ['B73', '1234', 'has too few digits'],
    ['B73', '+61', 'has too few digits'],
    ['B73', '12345678901234567', 'has too many digits'],
    ['B73', '9'.repeat(500), 'is too long for a phone number'],
    ['B73', '+', 'holds no digits'],
    ['B73', '()-', 'holds no digits'],
    ['B73', '+-+61383218199', 'holds two plus signs'],
    ['B73', '+0383218199', 'begins with no country code'],
    ['B73', '+999 123 456 789', 'begins with no country code'],
    ['B73', '-383218199', 'begins with a minus sign'],
    ['B74', '0183218199', 'is no number that the region AU has; one of another country needs a plus sign'],
    ['B74', '2125551234', 'is no number that the region AU has; one of another country needs a plus sign'],
    ['B74', '+61 1 8321 8199', 'is no number that its country has'],
    ['B81', '0383218199;wait(1)', 'holds letters'],
    ['B81', '*67 0383218199', DIAL_STRING],
    ['B81', '#31#0383218199', DIAL_STRING],
    ['B81', '0383218199p1', 'holds letters'],
    ['B81', "0383218199'", 'holds a character that is no part of a phone number (U+0027)'],
  ])('%s: %j', (_, value, problem) => {
    expect(problemOf(value)).toBe(problem)
  })

  test.each([
    ['DE', '030 123456/7', TWO_NUMBERS],
    ['DE', '0301234567/0301234568', TWO_NUMBERS],
    ['DE', '030123456/89', TWO_NUMBERS],
    ['US', '555-1234 / 5678', TWO_NUMBERS],
    ['US', '1-900-234-5678', PREMIUM],
    ['GB', '0909 879 0000', PREMIUM],
    ['GB', '999', SHORT],
    ['US', '0383218199', 'is no number that the region US has; one of another country needs a plus sign'],
    // A plan that goes beyond the 15 digits of E.164.
    ['DE', '030 1234 5678 9012', 'has too many digits'],
    ['ID', '001 803 1234 5678 901', 'has too many digits'],
  ])('%s: %s', (region, value, problem) => {
    expect(problemOf(value, region)).toBe(problem)
  })

  test('emergency numbers of any region, in any region', () => {
    for (const region of getCountries())
      for (const value of ['000', '110', '112', '911', '999', '+112', '+911'])
        expect(readPhone(value, region).number, `${value} in ${region}`).toBeNull()
  })

  test('any text gets an answer, and no problem repeats its digits', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 70 }),
      fc.string({ unit: fc.constantFrom(...'0123456789+()-./ x;,#*e'), maxLength: 70 }),
    )
    fc.assert(
      fc.property(text, (value) => {
        const { number, problem } = readPhone(value, 'AU')
        if (number === null) expect(problem.replace(/U\+[\dA-F]{4,6}/, '')).toMatch(/^[A-Za-z ;,()-]{5,80}$/)
        else expect(String(number)).toMatch(/^[1-9]\d{4,14}$/)
      }),
      { numRuns: 2_000 * EFFORT },
    )
  })
})

test('B67: every decimal digit that this runtime knows is mapped', () => {
  const digits = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((char) => /\p{Nd}/u.test(char))
  const scripts = Array.from({ length: digits.length / 10 }, (_, i) => digits.slice(i * 10, i * 10 + 10))
  expect(scripts.length).toBeGreaterThan(70)
  for (const script of scripts) {
    const value = [...'0412365789'].map((digit) => script[Number(digit)]).join('')
    expect(readPhone(value, 'AU').number, value).toBe(61412365789)
  }
})

test('B61: blank is what shows nothing', () => {
  for (const value of [
    '',
    ' ',
    '\t\r\n',
    '\u00a0',
    '\u200b',
    '\u200e\u202a\u202c',
    '\ufeff',
    '\u3000',
    '\u2800',
  ])
    expect(isBlank(value), JSON.stringify(value)).toBe(true)
  for (const value of ['0', '.', ' x ', '\u200b0', '\u0660', '\u{1d7d8}']) expect(isBlank(value)).toBe(false)
})

test('a region is one that the library has', () => {
  for (const region of ['AU', 'GB', 'JE', 'TA']) expect(isRegion(region)).toBe(true)
  for (const text of ['', 'au', 'XX', '001', '61', '__proto__', 'constructor', 'AU ']) {
    expect(isRegion(text), text).toBe(false)
    expect(() => readPhone('0383218199', text)).toThrow('no numbering plan')
  }
})

test('formatPhone', () => {
  expect(formatPhone(LINE)).toBe('+61383218199')
})

const REGIONS = ['AU', 'NZ', 'GB', 'US', 'CA', 'IE', 'DE', 'FR', 'SG', 'IN'] as const

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })

/** The digits of a number of the region that exists, with a few of them changed, doubled or left out. */
const nearExample = (region: CountryCode) =>
  fc
    .array(fc.tuple(fc.nat(20), fc.constantFrom(0, 1, 1, 1, 2), digits(0, 1)), { maxLength: 4 })
    .map((edits) => {
      const national = [...examples[region]!]
      for (const [at, count, put] of edits) national.splice(at % (national.length + 1), count, ...put)
      return national.join('')
    })

/** Digits that somebody in the region may dial, without separators; about a third of it reaches a number. */
const dialledIn = (region: CountryCode) => {
  const code = getCountryCallingCode(region)
  const fronts = [
    '',
    '0',
    '1',
    '8',
    code,
    `${code}0`,
    '+',
    `+${code}`,
    `+${code}0`,
    `00${code}`,
    `011${code}`,
    `+00${code}`,
    `+011${code}`,
    `+0011${code}`,
  ]
  return fc
    .tuple(
      fc.constantFrom(
        ...fronts,
        `0011${code}`,
        `001${code}`,
        `1831`,
        `+${code}${code}`,
        '01',
        '044',
        `+${code}1`,
      ),
      fc.oneof(nearExample(region), digits(1, 16)),
    )
    .map(([front, national]) => front + national)
}

const anyDialled = (regions: readonly CountryCode[]) =>
  fc.constantFrom(...regions).chain((region) => fc.tuple(fc.constant(region), dialledIn(region)))

describe('the fast path and the library are of one opinion', () => {
  test('of the usual spellings all are read fast', () => {
    for (const region of REGIONS) {
      const code = getCountryCallingCode(region)
      const national = examples[region]!
      const number = Number(code + national)
      const trunk = { SG: '', US: '1', CA: '1', IN: '0' }[region as string] ?? '0'
      // In Germany, 49 is the beginning of area codes too.
      const bare = region === 'DE' ? [] : [code + national]
      for (const dialled of [trunk + national, `+${code}${national}`, ...bare])
        expect(numberFast(dialled, region), `${dialled} in ${region}`).toBe(number)
    }
    expect(numberFast('001161383218199', 'AU')).toBe(LINE)
  })

  // Where the fast path has no answer, the library gives it; so only its answers can differ, and they are compared.
  test.each(REGIONS)('in %s for all beginnings of numbers', (region) => {
    const code = getCountryCallingCode(region)
    const step = Math.max(1, Math.floor(10 / EFFORT)) | 1
    let answers = 0
    for (const front of ['', `+${code}`, code])
      for (let i = 0; i < 10_000; i += step) {
        const start = String(i).padStart(4, '0')
        for (let length = 5; length <= 13; length++) {
          const rest = String((i * 7_919 + 104_729) % 10 ** (length - 4)).padStart(length - 4, '2')
          const dialled = front + start + rest
          const number = numberFast(dialled, region)
          if (number === undefined) continue
          answers++
          if (number !== readPhoneSlowly(dialled, region).number)
            expect.fail(`${dialled} in ${region}: ${number}`)
        }
      }
    expect(answers).toBeGreaterThan(30)
  })

  test('in every other region for beginnings here and there', () => {
    const step = Math.max(1, Math.floor(200 / EFFORT)) | 1
    const others = getCountries().filter((region) => !REGIONS.some((known) => known === region))
    expect(others.length).toBeGreaterThan(230)
    let answers = 0
    for (const region of others) {
      const code = getCountryCallingCode(region)
      for (const front of ['', '0', `+${code}`])
        for (let i = code.length; i < 10_000; i += step)
          for (let length = 5; length <= 12; length++) {
            const dialled = front + String(i * 7_919 * 10 ** 8).slice(0, length)
            const number = numberFast(dialled, region)
            if (number === undefined) continue
            answers++
            const slow = readPhoneSlowly(dialled, region)
            if (slow.number === null || slow.dialled !== number)
              expect.fail(`${dialled} in ${region}: ${number}`)
          }
    }
    expect(answers).toBeGreaterThan(5_000)
  })

  test.each(REGIONS)('in %s for numbers near and far from valid ones', (region) => {
    fc.assert(
      fc.property(dialledIn(region), (dialled) => {
        const slow = readPhoneSlowly(dialled, region)
        expect(readPhone(dialled, region)).toEqual(slow)
        expect(numberFast(dialled, region) ?? slow.number).toBe(slow.number)
      }),
      { numRuns: 1_500 * EFFORT },
    )
  })

  test('in every region, also for numbers of others', () => {
    const regions = getCountries()
    fc.assert(
      fc.property(anyDialled(regions), fc.constantFrom(undefined, ...regions), ([home, dialled], other) => {
        expect(readPhone(dialled, other ?? home)).toEqual(readPhoneSlowly(dialled, other ?? home))
      }),
      { numRuns: 3_000 * EFFORT },
    )
  })

  test('and what the library itself finds is what both find', () => {
    fc.assert(
      fc.property(anyDialled(getCountries()), ([region, dialled]) => {
        const parsed = parsePhoneNumberFromString(dialled, { defaultCountry: region, extract: false })
        if (!parsed?.isValid()) return
        if (dialled.startsWith('0011') && /two countries/.test(readPhone(dialled, region).problem ?? ''))
          return
        const is_number = parsed.getType() !== 'PREMIUM_RATE' && parsed.number.length <= 16
        expect(readPhone(dialled, region)).toMatchObject(
          is_number
            ? { number: canonicalNumber(Number(parsed.number)), dialled: Number(parsed.number), state: 'ok' }
            : { number: null },
        )
      }),
      { numRuns: 3_000 * EFFORT },
    )
  })
})

test('a number that was read is read again from its E.164 form, in every region', () => {
  const regions = getCountries()
  fc.assert(
    fc.property(anyDialled(regions), fc.constantFrom(...regions), ([home, dialled], other) => {
      const { number } = readPhone(dialled, home)
      if (number === null) return
      expect(readPhone(formatPhone(number), other).number).toBe(number)
      expect(readPhoneSlowly(formatPhone(number), other).number).toBe(number)
    }),
    { numRuns: 3_000 * EFFORT },
  )
})

test('separators and scripts change nothing about a number', () => {
  const gap = fc.constantFrom('', '', '', ' ', '-', ' - ', '\u00a0', '\u2011', '\u200e', '\u2009', '\t')
  const zero = fc.constantFrom(0x30, 0x30, 0xff10, 0x660, 0x966, 0x1d7ce)
  fc.assert(
    fc.property(
      anyDialled(REGIONS),
      fc.array(gap, { minLength: 20 }),
      zero,
      ([region, dialled], gaps, zero) => {
        const written = [...dialled]
          .map((char, i) =>
            char === '+' ? char : String.fromCodePoint(zero + Number(char)) + (gaps[i] ?? ''),
          )
          .join('')
        fc.pre(written.length <= 64)
        expect(readPhone(written, region)).toEqual(readPhone(dialled, region))
      },
    ),
    { numRuns: 3_000 * EFFORT },
  )
})
