import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/min/metadata'
import examples from 'libphonenumber-js/mobile/examples'
import { expect, test } from 'vitest'
import { formatsOf } from '../phone-formats.ts'
import { phoneWriter } from './phone-text.ts'

const written = phoneWriter(formatsOf(metadata))

test.each([
  ['+61412345678', 'AU', '0412 345 678'],
  ['+61383218199', 'AU', '(03) 8321 8199'],
  ['+64211234567', 'AU', '+64 21 123 4567'],
  ['+61412345678', undefined, '+61 412 345 678'],
  ['+12025550123', 'US', '(202) 555-0123'],
  ['+12025550123', 'AU', '+1 202 555 0123'],
  ['+442079460000', 'GG', '020 7946 0000'],
  ['+999123', 'AU', '+999123'],
  ['no number', 'AU', 'no number'],
])('%s is read in %s as %s', (number, region, shown) => {
  expect(written(number, region)).toBe(shown)
})

test('numbers of every country are written as the library writes them', () => {
  for (const country of getCountries()) {
    const national = examples[country]
    const number = national && parsePhoneNumberFromString(national, country)
    if (!number) continue
    const abroad = getCountryCallingCode(country) === '61' ? 'NZ' : 'AU'
    expect(written(number.number, country), country).toBe(number.formatNational())
    expect(written(number.number, abroad), country).toBe(number.formatInternational())
  }
})
