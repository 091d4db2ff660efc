// What somebody wrote as a phone number, and the one number that it means; or why it means none.

import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { numberFast } from './phone-fast.ts'

/** E.164 digits without the plus, as a number (at most 15 digits: exact in a double). */
export type PhoneNumber = number

/** ISO 3166 alpha-2 in capitals, as far as the library has a numbering plan for it: 'AU'. */
export type Region = string

/** The problem is the rest of a sentence about the value ('holds letters') and repeats no digit of it. */
export type PhoneReading = { number: PhoneNumber; problem?: undefined } | { number: null; problem: string }

/** '+61383218199' */
export const formatPhone = (number: PhoneNumber) => `+${number}`

/** Whether numbers can be read in a region. */
export const isRegion = (text: string): boolean => isSupportedCountry(text)

// Blanks and what shows nothing: zero width space, soft hyphen, direction marks, fillers, the blank braille pattern.
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Whether a value shows nothing at all. */
export function isBlank(value: string): boolean {
  const first = value.charCodeAt(0)
  return !(first > 0x20 && first < 0x7f) && BLANK.test(value)
}

/** UTF-16 units. The longest sensible spelling, full of brackets and direction marks, has about 40. */
const LENGTH_MAX = 64

// What nearly every value looks like: maybe a country code, an area code in brackets, digits with gaps and hyphens.
const PLAIN = /^(?:\+\d{1,3} ?)?(?:\(\d{1,5}\) ?)?\d[\d -]*$/
const NOT_DIALLED = /[^\d+]+/g

/**
 * The number that a value means to somebody in a region. `value` is not blank; throws when `isRegion` refuses the
 * region. Only what can be called as it stands is a number: no premium-rate, short or emergency number, no letters,
 * no extension or dial string, no two numbers in one value. Nothing is cut off, completed or converted by halves.
 */
export function readPhone(value: string, region: Region): PhoneReading {
  if (value.length <= LENGTH_MAX && PLAIN.test(value)) return resolve(value.replace(NOT_DIALLED, ''), region)
  return read(value, region, resolve)
}

/** The same reading by the library alone: what the tests hold `readPhone` against. */
export const readPhoneSlowly = (value: string, region: Region): PhoneReading =>
  read(value, region, askLibrary)

/** The number that dialled digits reach ('0383218199', '+61383218199'). */
type Resolve = (dialled: string, region: Region) => PhoneReading

function resolve(dialled: string, region: Region): PhoneReading {
  const number = numberFast(dialled, region)
  return number === undefined ? askLibrary(dialled, region) : { number }
}

const none = (problem: string): PhoneReading => ({ number: null, problem })

const TWO_NUMBERS = none('holds two numbers')
const TOO_LONG = none('has too many digits')

function read(value: string, region: Region, resolve: Resolve): PhoneReading {
  // Fixed-width exports pad with blanks.
  const trimmed = value.length > LENGTH_MAX ? value.trim() : value
  if (trimmed.length > LENGTH_MAX) return none('is too long for a phone number')
  const ascii = inAscii(trimmed)
  if (ascii === undefined) return none('mixes digits of several scripts')

  const text = ascii.trim().replace(/^tel:\s*/i, '')
  const problem = problemIn(text)
  if (problem !== undefined) return none(problem)
  const slash = text.indexOf('/')
  if (slash >= 0 && isSecondNumber(text.slice(0, slash), text.slice(slash + 1), region, resolve))
    return TWO_NUMBERS
  return resolve(dialledIn(text), region)
}

const dialledIn = (text: string) => text.replace(NOT_DIALLED, '')
const digitCount = (text: string) => text.replace(/\D+/g, '').length

// The zeros of all decimal digits that Unicode 17 has, ASCII apart; the nine others follow each.
// biome-ignore format: a table
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0,
  0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50,
  0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
  0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
]

// A right-to-left override stays, and is refused: with it people read other digits than those that are stored.
const INVISIBLE = /[[\p{Default_Ignorable_Code_Point}\u2800]--\u202e]+/gv
const HYPHENS = '\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\ufe58\ufe63'
const SMALL_PLUS = '\ufe62'

/**
 * The text with digits, hyphens, blanks and full-width characters as ASCII and without what shows nothing; other
 * characters stay. NFKC is no way to this: it leaves Arabic digits alone and makes digits of ² and ①.
 * Undefined: digits of more than one script.
 */
function inAscii(text: string): string | undefined {
  let zero = /\d/.test(text) ? 0x30 : undefined
  let is_mixed = false
  const ascii = text.replace(INVISIBLE, '').replace(/[^\0-\x7f]/gu, (char) => {
    const code = char.codePointAt(0)!
    const own_zero = ZEROS.find((candidate) => code >= candidate && code <= candidate + 9)
    if (own_zero !== undefined) {
      zero ??= own_zero
      is_mixed ||= zero !== own_zero
      return String(code - own_zero)
    }
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
    if (HYPHENS.includes(char)) return '-'
    if (char === SMALL_PLUS) return '+'
    return /[^\S\u2028\u2029]/.test(char) ? ' ' : char
  })
  return is_mixed ? undefined : ascii
}

const ALLOWED = /^[\d \t()[\]./+-]*$/
const DECIMALS = /^[+-]?\d+[.,]\d{1,2}$/
const POWER_OF_TEN = /^[+-]?\d+(?:[.,]\d*)?e[+-]?\d+$/i
const EXTENSION = /\d[\s.,:;(]*(?:x|ext|extn|extension)[\s.:=#)]*\d+\s*\)?$/i
const BETWEEN_NUMBERS = /[^\d \t()[\].+-]+/

/** What in a text keeps it from being one number written with the usual signs; undefined: nothing. */
function problemIn(text: string): string | undefined {
  if (DECIMALS.test(text) || POWER_OF_TEN.test(text))
    return 'is a number that a spreadsheet has rewritten; digits may be lost'
  if (!ALLOWED.test(text)) return strangeIn(text)
  if (!/\d/.test(text)) return 'holds no digits'
  if (/\+.*\+/.test(text) && !/\d.*\+/.test(text)) return 'holds two plus signs'
  if (/\d.*\+/.test(text)) return 'holds two numbers, or a plus sign in the middle'
  if (text.startsWith('-')) return 'begins with a minus sign'
  const bracket = text.search(/[([][^([]*$/)
  // Brackets hold an area code, or its zero; after that they hold something else, like '(2)' for a second line.
  if (digitCount(text.slice(0, Math.max(bracket, 0))) > 7)
    return 'holds more digits in brackets after the number'
  return undefined
}

/** Names what is no part of a number. */
function strangeIn(text: string): string {
  if (EXTENSION.test(text)) return 'holds an extension, which needs a field of its own'
  const numbers = text.split(BETWEEN_NUMBERS).filter((part) => digitCount(part) >= 6)
  if (numbers.length >= 2) return TWO_NUMBERS.problem!
  if (/\p{L}/u.test(text)) return 'holds letters'
  if (/[#*,;]/.test(text)) return 'holds signs of a dial string'
  const [strange] = text.match(/[^\d \t()[\]./+-]/u)!
  const point = strange.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return `holds a character that is no part of a phone number (U+${point})`
}

/**
 * Whether a slash stands between two numbers, and not behind an area code as in '030/123456'. With numbers of any
 * length, as in Germany, two halves could pass for one number, so all doubt goes against the slash.
 */
function isSecondNumber(before: string, after: string, region: Region, resolve: Resolve): boolean {
  const area_code_max = before.includes('+') ? 8 : 6
  return (
    !/\d/.test(before) ||
    digitCount(before) > area_code_max ||
    after.includes('/') ||
    /^\D*[0+]/.test(after) ||
    resolve(dialledIn(before), region).number !== null
  )
}

function askLibrary(dialled: string, region: Region): PhoneReading {
  // The library tries the region's own calling code without a plus only where the digits look like no national
  // number at all. Where they look like one that does not exist ('43 0664 …' in Austria), it is worth a try as well.
  const parsed =
    validIn(dialled, region) ??
    (dialled.startsWith(getCountryCallingCode(region as CountryCode))
      ? validIn(`+${dialled}`, region)
      : undefined)
  if (!parsed) return none(whyInvalid(dialled, region))
  if (parsed.getType() === 'PREMIUM_RATE') return none('is a premium-rate number')
  // Some plans reach beyond the 15 digits of E.164, with numbers that cannot be called from abroad.
  return parsed.number.length > 16 ? TOO_LONG : { number: Number(parsed.number) }
}

function validIn(dialled: string, region: Region) {
  const parsed = parsePhoneNumberFromString(dialled, {
    defaultCountry: region as CountryCode,
    extract: false,
  })
  return parsed?.isValid() ? parsed : undefined
}

const SHORT_DIGITS_MAX = 3

function whyInvalid(dialled: string, region: Region): string {
  if (!dialled.startsWith('+') && dialled.length <= SHORT_DIGITS_MAX) return 'is a short or emergency number'
  switch (validatePhoneNumberLength(dialled, region as CountryCode)) {
    case 'INVALID_COUNTRY':
      return 'begins with no country code'
    case 'TOO_SHORT':
    case 'NOT_A_NUMBER':
      return 'has too few digits'
    case 'TOO_LONG':
      return TOO_LONG.problem!
    case 'INVALID_LENGTH':
      return 'has too many or too few digits'
    case undefined:
      return dialled.startsWith('+')
        ? 'is no number that its country has'
        : `is no number that the region ${region} has; one of another country needs a plus sign`
  }
}
