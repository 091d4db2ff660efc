import fc from 'fast-check'
import { expect, test } from 'vitest'
import { carriedPhone, dialledPhone, formatPhone, readPhone, readPhoneSlowly } from './phone.ts'
import { canonicalNumber, formsOf, OTHER_FORMS, otherForm } from './phone-forms.ts'

const CITY = 525512345678
const BUENOS_AIRES = 541123456789
const CALLED = 5491123456789

const read = (value: string, region: string) => {
  const fast = readPhone(value, region)
  expect(readPhoneSlowly(value, region), value).toEqual(fast)
  return fast
}

test.each([
  ['+52 55 1234 5678', 'GB'],
  ['+52 1 55 1234 5678', 'GB'],
  ['0052 1 55 1234 5678', 'GB'],
  ['+52 044 55 1234 5678', 'GB'],
  ['55 1234 5678', 'MX'],
  ['52 55 1234 5678', 'MX'],
  ['521 55 1234 5678', 'MX'],
  ['01 55 1234 5678', 'MX'],
  ['044 55 1234 5678', 'MX'],
  ['045 55 1234 5678', 'MX'],
  ['wa.me/5215512345678', 'MX'],
])('Mexico: %s in %s', (value, region) => {
  expect(read(value, region)).toEqual({ number: CITY, dialled: CITY, state: 'ok' })
})

test.each([
  ['+54 11 2345 6789', 'GB', BUENOS_AIRES],
  ['011 2345 6789', 'AR', BUENOS_AIRES],
  ['11 2345 6789', 'AR', BUENOS_AIRES],
  ['+54 9 11 2345 6789', 'GB', CALLED],
  ['+54 11 15 2345 6789', 'GB', CALLED],
  ['+54 9 11 15 2345 6789', 'GB', CALLED],
  ['011 15 2345 6789', 'AR', CALLED],
  ['9 11 2345 6789', 'AR', CALLED],
])('Argentina: %s in %s', (value, region, dialled) => {
  expect(read(value, region)).toEqual({ number: BUENOS_AIRES, dialled, state: 'ok' })
})

test.each([
  // In Mexico it may be a number of New Jersey without its plus.
  ['1 55 1234 5678', 'MX'],
  ['+52 1 900 123 4567', 'MX'],
  ['+52 2 55 1234 5678', 'MX'],
  ['+54 9 800 555 1234', 'AR'],
  ['15 2345 6789', 'AR'],
])('%s in %s is none of them', (value, region) => {
  expect(read(value, region).number).toBeNull()
})

test('a number has one form that counts, and each of its forms leads to the other', () => {
  const numbers = OTHER_FORMS.flatMap(({ low, high, number }) => [
    fc.integer({ min: low, max: high }),
    fc.integer({ min: number, max: number + (high - low) }),
  ])
  fc.assert(
    fc.property(fc.oneof(...numbers), (number) => {
      const other = otherForm(number)!
      expect(otherForm(other)).toBe(number)
      expect(canonicalNumber(number)).toBe(canonicalNumber(other))
      expect(formsOf(canonicalNumber(number))).toEqual([
        canonicalNumber(number),
        otherForm(canonicalNumber(number)),
      ])
      expect(canonicalNumber(canonicalNumber(number))).toBe(canonicalNumber(number))
    }),
  )
})

test('around the ranges, and everywhere else, a number has one form', () => {
  const edges = OTHER_FORMS.flatMap(({ low, high, number }) => [
    low - 1,
    high + 1,
    number - 1,
    number + (high - low) + 1,
  ])
  const all = new Set(
    OTHER_FORMS.flatMap(({ low, high, number }) => [low, high, number, number + (high - low)]),
  )
  for (const edge of edges.filter((number) => !all.has(number)))
    expect(formsOf(edge), String(edge)).toEqual([edge])
  for (const number of [61491570006, 12125551234, 542300, 5511961234567, 5491023456789, 548005551234])
    expect(formsOf(number)).toEqual([number])
})

test('a number is dialled as its own text says', () => {
  expect(dialledPhone(BUENOS_AIRES, '011 15 2345 6789', 'AR')).toBe(CALLED)
  expect(dialledPhone(BUENOS_AIRES, '011 2345 6789', 'AR')).toBe(BUENOS_AIRES)
  // Not rewritten yet.
  expect(dialledPhone(CALLED, '+54 9 11 2345 6789', 'AR')).toBe(CALLED)
  expect(dialledPhone(BUENOS_AIRES, '011 15 9999 9999', 'AR')).toBe(BUENOS_AIRES)
  expect(dialledPhone(BUENOS_AIRES, undefined, 'AR')).toBe(BUENOS_AIRES)
  expect(dialledPhone(CITY, '+52 1 55 1234 5678', 'MX')).toBe(CITY)
  expect(dialledPhone(61491570006, 'call me', 'AU')).toBe(61491570006)
})

test.each([
  ['027 555 0123', 'NZ', 'AU', '+64275550123'],
  ['+64 27 555 0123', 'NZ', 'AU', '+64 27 555 0123'],
  ['027 555 0123', 'NZ', 'NZ', '027 555 0123'],
  ['07624 369230', 'IM', 'GB', '07624 369230'],
  ['(212) 555-1234', 'US', 'CA', '(212) 555-1234'],
  ['621 555 0123', 'US', 'AU', '+16215550123'],
  ['011 15 2345 6789', 'AR', 'AU', '+5491123456789'],
  ['011 2345 6789', 'AR', 'AU', '+541123456789'],
  ['call me', 'NZ', 'AU', 'call me'],
  // No number in New Zealand, and somebody's in Australia.
  ['0491 570 006', 'NZ', 'AU', undefined],
])('%s of %s goes to %s as %s', (text, from, to, carried) => {
  expect(carriedPhone(text, from, to)).toBe(carried)
  if (carried && carried !== 'call me') expect(readPhone(carried, to)).toEqual(readPhone(text, from))
})

test.each([
  ['(621) 555-0123', 'US', 16215550123],
  ['679-555-0123', 'US', 16795550123],
  ['1 621 555 0123', 'CA', 16215550123],
  ['621 555 0123', 'BS', 16215550123],
  ['+1 621 555 0123', 'AU', 16215550123],
  ['0011 1 621 555 0123', 'AU', 16215550123],
  ['p:+16215550123', 'GB', 16215550123],
])('a new area code of North America: %s in %s', (value, region, number) => {
  expect(read(value, region)).toEqual({ number, dialled: number, state: 'unlisted' })
  expect(read(formatPhone(number), 'NZ')).toEqual({ number, dialled: number, state: 'unlisted' })
})

test.each([
  ['211 555 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['621 411 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['621 900 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['621 976 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['976 555 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['900 555 0123', 'US', 'is a premium-rate number'],
  ['621 155 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['121 555 0123', 'US', 'is no number that the region US has; one of another country needs a plus sign'],
  ['621 555 012', 'US', 'has too few digits'],
  ['+1 621 555 01234', 'AU', 'has too many digits'],
  ['621 555 0123', 'AU', 'is no number that the region AU has; one of another country needs a plus sign'],
  ['+61 621 555 012', 'AU', 'is no number that its country has'],
])('%s in %s has not the shape of its plan', (value, region, problem) => {
  expect(read(value, region)).toEqual({ number: null, problem })
})
