// Reads a text as the one phone number that it means, or says why it means none.

import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber as Parsed,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { numberFast } from './phone-fast.ts'
import { canonicalNumber, otherForm } from './phone-forms.ts'
import { digitCount, LENGTH_MAX, plainPhone, problemIn, TWO_NUMBERS } from './phone-text.ts'

/** E.164 digits without the plus, as a number (at most 15 digits: exact in a double). */
type PhoneNumber = number

/** ISO 3166 alpha-2 in capitals, as far as the library has a numbering plan for it: 'AU'. */
export type Region = string

interface FoundPhone {
  /** The number as it is stored, claimed, listed and compared; of two forms of a number, the one that counts. */
  number: PhoneNumber
  /** How it is dialled. It differs where the plan has a form for that: +54 9 11 … for the mobile +54 11 …. */
  dialled: PhoneNumber
  /** unlisted: right by the shape of its plan, but the library does not know of it (yet). */
  state: 'ok' | 'unlisted'
  problem?: undefined
}

/** The problem is the rest of a sentence about the value ('holds letters') and repeats no digit of it. */
type PhoneReading = FoundPhone | { number: null; problem: string }

/** '+61383218199' */
export const formatPhone = (number: PhoneNumber) => `+${number}`

/** Whether numbers can be read in a region. */
export const isRegion = (text: string): boolean => isSupportedCountry(text)

// Nearly every value has this shape: maybe a country code, an area code in brackets, digits with gaps and hyphens.
const PLAIN = /^(?:\+\d{1,3} ?)?(?:\(\d{1,5}\) ?)?\d[\d -]*$/
const NOT_DIALLED = /[^\d+]+/g

/**
 * The number that a value means to somebody in a region. `value` is not blank; throws when `isRegion` refuses the
 * region. Only a number that can be called unchanged counts: no premium-rate, short or emergency number, no letters,
 * no extension or dial string, no two numbers in one value. Nothing is cut off, completed or converted by halves.
 */
export function readPhone(value: string, region: Region): PhoneReading {
  if (value.length <= LENGTH_MAX && PLAIN.test(value)) return resolve(value.replace(NOT_DIALLED, ''), region)
  return read(value, region, resolve)
}

/** The same reading by the library alone; the tests compare `readPhone` with it. */
export const readPhoneSlowly = (value: string, region: Region): PhoneReading =>
  read(value, region, askLibrary)

/** How a number of a lead is dialled: as the text of its field says, where the number has two forms. */
export function dialledPhone(number: PhoneNumber, text: string | undefined, region: Region): PhoneNumber {
  if (text === undefined || otherForm(number) === undefined) return number
  const read = readPhone(text, region)
  return read.number === canonicalNumber(number) ? read.dialled : number
}

/**
 * A text of one region for a reader in another one: unchanged where it means the same number there, else that number in
 * its international spelling. Undefined: it is not a number here, and would be somebody else's there.
 */
export function carriedPhone(text: string, from: Region, to: Region): string | undefined {
  if (from === to) return text
  const [here, there] = [readPhone(text, from), readPhone(text, to)]
  if (here.number === null) return there.number === null ? text : undefined
  return here.number === there.number && here.dialled === there.dialled ? text : formatPhone(here.dialled)
}

/** The number that dialled digits reach ('0383218199', '+61383218199'). */
type Resolve = (dialled: string, region: Region) => PhoneReading

function resolve(dialled: string, region: Region): PhoneReading {
  const number = numberFast(dialled, region)
  return number === undefined ? askLibrary(dialled, region) : found(number, 'ok')
}

const found = (dialled: PhoneNumber, state: FoundPhone['state']): FoundPhone => ({
  number: canonicalNumber(dialled),
  dialled,
  state,
})
const none = (problem: string): PhoneReading => ({ number: null, problem })

const TOO_LONG = 'has too many digits'

function read(value: string, region: Region, resolve: Resolve): PhoneReading {
  // Fixed-width exports pad with blanks.
  const trimmed = value.length > LENGTH_MAX ? value.trim() : value
  if (trimmed.length > LENGTH_MAX) return none('is too long for a phone number')
  const text = plainPhone(trimmed)
  if (text === undefined) return none('mixes digits of several scripts')
  const problem = problemIn(text)
  if (problem !== undefined) return none(problem)
  const slash = text.indexOf('/')
  if (slash >= 0 && isSecondNumber(text.slice(0, slash), text.slice(slash + 1), region, resolve))
    return none(TWO_NUMBERS)
  return resolve(dialledIn(text), region)
}

const dialledIn = (text: string) => text.replace(NOT_DIALLED, '')

/**
 * Whether a slash separates two numbers, rather than follows an area code as in '030/123456'. With numbers of any
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

/** The first way to read the digits that makes a number counts; then the first that looks like one. */
function askLibrary(dialled: string, region: Region): PhoneReading {
  let unlisted: Parsed | undefined
  for (const way of waysToRead(dialled, region)) {
    const parsed = parsePhoneNumberFromString(way, {
      defaultCountry: region as CountryCode,
      extract: false,
    })
    if (parsed?.isValid()) return isTwofold(dialled, parsed) ? none(TWOFOLD) : ofParsed(parsed)
    if (parsed && hasShapeOfPlan(parsed)) unlisted ??= parsed
  }
  return unlisted ? found(Number(unlisted.number), 'unlisted') : none(whyInvalid(dialled, region))
}

const TWOFOLD = 'can be read as a number of two countries; write it with a plus sign'

/** Whether the 0011 in front is 00 or 001 and North America's 1, and as well what Australia dials before a country code. */
const isTwofold = (dialled: string, { countryCallingCode }: Parsed) =>
  countryCallingCode === '1' &&
  /^0011[2-9]/.test(dialled) &&
  parsePhoneNumberFromString(`+${dialled.slice(4)}`)?.isValid() === true

function ofParsed(parsed: Parsed): PhoneReading {
  if (parsed.getType() === 'PREMIUM_RATE') return none('is a premium-rate number')
  // Some plans reach beyond the 15 digits of E.164, with numbers that cannot be called from abroad.
  return parsed.number.length > 16 ? none(TOO_LONG) : found(Number(parsed.number), 'ok')
}

/** Dialled before a country code, in some country or other. A plus means the same; behind one they belong to no number. */
const DIALLED_OUT = [/^(?:0011|\+0011|\+011)(?=[1-9])/, /^\+?00(?=[1-9])(?!11)/]
/** Prefixes of mobiles and distant numbers in Mexico until 2020. After a plus, a 1 is the old prefix of mobiles. */
const OLD_MEXICAN = { '+': /^\+52(?:1|01|044|045)(?=[2-9]\d{9}$)/, MX: /^(?:01|044|045)(?=[2-9]\d{9}$)/ }
/** An Argentine mobile with both of its signs, the 9 from abroad and the 15 at home. */
const ARGENTINE_TWICE = /^\+549(?=\d{12}$)/

/**
 * The digits, and what else they can mean when they are not a number by themselves. The library tries the region's own
 * calling code without a plus only where the digits look like no national number at all; where they look like one that
 * does not exist ('43 0664 …' in Austria), it is worth a try as well. No number of North America begins with a 1, so 00 is
 * not tried before 11.
 */
function* waysToRead(dialled: string, region: Region): Generator<string> {
  yield dialled
  const ways: string[] = [dialled]
  if (dialled.startsWith(getCountryCallingCode(region as CountryCode))) ways.push(`+${dialled}`)
  for (const prefix of DIALLED_OUT) if (prefix.test(dialled)) ways.push(dialled.replace(prefix, '+'))
  yield* ways.slice(1)
  for (const way of ways) {
    if (OLD_MEXICAN['+'].test(way)) yield way.replace(OLD_MEXICAN['+'], '+52')
    if (region === 'MX' && OLD_MEXICAN.MX.test(way)) yield way.replace(OLD_MEXICAN.MX, '+52')
    if (ARGENTINE_TWICE.test(way)) yield way.replace(ARGENTINE_TWICE, '+54')
  }
}

/**
 * North America opens a new area code every few weeks: what has the shape of its plan is a number before the library
 * learns of it. Area and exchange begin with 2 to 9 and are none of the services 211 to 911, 900 and 976.
 */
const NORTH_AMERICAN = /^(?![2-9]11|900|976)[2-9]\d\d(?![2-9]11|900|976)[2-9]\d{6}$/

const hasShapeOfPlan = ({ countryCallingCode, nationalNumber }: Parsed) =>
  countryCallingCode === '1' && NORTH_AMERICAN.test(nationalNumber)

const SHORT_DIGITS_MAX = 3

function whyInvalid(dialled: string, region: Region): string {
  if (!dialled.startsWith('+') && dialled.length <= SHORT_DIGITS_MAX) return 'is a short or emergency number'
  const prefix = DIALLED_OUT.find((pattern) => pattern.test(dialled))
  const judged = prefix ? dialled.replace(prefix, '+') : dialled
  switch (validatePhoneNumberLength(judged, region as CountryCode)) {
    case 'INVALID_COUNTRY':
      return 'begins with no country code'
    case 'TOO_SHORT':
    case 'NOT_A_NUMBER':
      return 'has too few digits'
    case 'TOO_LONG':
      return TOO_LONG
    case 'INVALID_LENGTH':
      return 'has too many or too few digits'
    case undefined:
      return judged.startsWith('+')
        ? 'is no number that its country has'
        : `is no number that the region ${region} has; one of another country needs a plus sign`
  }
}
