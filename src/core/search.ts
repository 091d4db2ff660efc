// Turns what somebody typed or pasted into the search box into texts to look for.

import { type LeadKey, readLeadId } from './lead.ts'
import { type Region, readPhone } from './phone.ts'
import { formsOf } from './phone-forms.ts'
import { plainPhone, withoutPhoneEnds } from './phone-text.ts'
import { isDate } from './times.ts'

/** Texts of which every one must be found in the text of a lead. */
type Words = string[]

export interface Query {
  /** The whole of it, to be compared with external ids. */
  typed: string
  /** The lead that it names, if it is a lead's id. */
  lead: LeadKey | null
  /** Any of these will do. */
  ways: [Words, ...Words[]]
}

/** Cleans pasted text: ends of lines and cells become blanks, direction marks go. */
export const pastedText = (typed: string) =>
  typed.replace(/[\t-\r\x85]/g, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '')

/** U+FEFF shows nothing, and parts no words; \s has it. */
const BLANKS = /[^\S\ufeff]+/u
/** Lists are pasted with what separates their values. */
const SEPARATOR = /(?<=.)[,;]+$/
const DIGITS_MIN = 3

/**
 * Reads a query. `typed` shows something and has no control characters. What is written like a phone number, blanks
 * included, is looked for as digits: 0412 345 678 and +61 412-345-678 are one number, and a part of one will do. The
 * zeros in front of a national number do not belong to it. The same signs may be a date or somebody's own id (2026-11-25),
 * so they are looked for as they stand, too.
 */
export function readSearch(typed: string, region: Region): Query {
  const text = withoutPhoneEnds(typed)
  const parts = partsOf(text, region)
  const as_typed = parts.map((part) => part.text)
  const as_digits = parts.map((part) => part.forms[0])
  const ways: [Words, ...Words[]] = [as_digits]
  const add = (way: Words) => {
    if (!ways.some((known) => known.join('\0') === way.join('\0'))) ways.push(way)
  }
  if (as_typed.some((word, i) => !word.includes(as_digits[i]!))) add(as_typed)
  for (const some of [parts, withoutLabels(parts)]) {
    add(some.map((part) => part.forms[0]))
    add(some.map((part) => part.forms[1] ?? part.forms[0]))
  }
  return { typed: text, lead: readLeadId(plainPhone(text) ?? text) ?? null, ways }
}

interface Part {
  /** As it was typed. */
  text: string
  /** The texts to look for instead; a number that has two forms may still be stored in the other one. */
  forms: [string, string?]
}

/** A word, or all that is written of one phone number: blanks, signs and what programs put around it included. */
function partsOf(text: string, region: Region): Part[] {
  const whole = numberOf(text, region)
  if (whole) return [{ text: text.replaceAll(BLANK_RUNS, ' '), forms: whole }]
  const words = text.split(BLANKS).map((word) => word.replace(SEPARATOR, ''))
  const plains = words.map((word) => plainPhone(word))
  return [...plains.map(shapeOf).join('').matchAll(PHONE_OR_WORD)].map(({ 0: { length }, index }) => {
    const part = words.slice(index, index + length).join(' ')
    if (length === 1 && !PHONE.test(plains[index] ?? '')) return { text: part, forms: [part] }
    const plain = plains.slice(index, index + length).join(' ')
    return { text: part, forms: numberOf(part, region) ?? [digitsOf(plain, part)] }
  })
}

/** What people write beside a number: `Ph: 0412 345 678`, `0412 345 678 (mobile)`. Nobody's lead has to have these words. */
const LABEL = /^\(?(?:tel|telephone|ph|phone|mob|mobile|cell|fax|call|number|no|nr|home|work|[tmphw])[.:)]*$/i
const LABELLED_DIGITS_MIN = 6

/** The parts without the words that only say that a number follows, or what number it was. */
function withoutLabels(parts: readonly Part[]): Part[] {
  const is_number = (part: Part | undefined) =>
    part !== undefined && part.forms[0].length >= LABELLED_DIGITS_MIN && /^\d+$/.test(part.forms[0])
  const is_label = (part: Part | undefined) => part !== undefined && LABEL.test(part.text)
  return parts.filter((part, i) => {
    if (!is_label(part)) return true
    const next = parts.slice(i).find((one) => !is_label(one))
    return !is_number(next) && !(is_number(parts[i - 1]) && part.text.startsWith('('))
  })
}

const BLANK_RUNS = /[^\S\ufeff]+/gu
/** A part of a phone number between blanks. */
const PHONE = /^(?:=?["'])?[+([]*\d[\d()[\]./+-]*["']?$/
/** Letters that are words by themselves: of a phone, in front of one (`tel:`), opening one, between two. */
function shapeOf(plain: string | undefined): string {
  if (plain === undefined) return 'w'
  if (plain === '') return 'l'
  if (PHONE.test(plain)) return 'p'
  if (/^[+([]+$/.test(plain)) return 'o'
  return /^[-./)\]]+$/.test(plain) ? 's' : 'w'
}
const PHONE_OR_WORD = /l?o*p(?:[so]*p)*|./g

/** A whole number: what of it is in every text that has it. */
function numberOf(text: string, region: Region): Part['forms'] | undefined {
  const { number } = readPhone(text, region)
  if (number === null) return undefined
  const [stored, other] = formsOf(number).map(String) as [string, string?]
  const digits = digitsOf(plainPhone(text) ?? '', text)
  // A part of a number may happen to be another number.
  const found = stored.includes(digits) ? digits : stored
  return other === undefined || other.includes(found) ? [found] : [found, other]
}

/** Dialled before a country code. The zeros of others go anyway. */
const DIALLED_OUT = /^0{1,2}11(?=[1-9]\d{4})/
/** As other programs write a date; stored dates have hyphens. */
const DATE = /^\d{4}([./])\d{2}\1\d{2}$/

/** The digits that any spelling of a number has in common; too few of them say nothing. */
function digitsOf(plain: string, text: string): string {
  const date = DATE.test(plain) ? plain.replace(/[./]/g, '-') : ''
  if (isDate(date)) return date
  const digits = plain.replace(/\(0\)/, '').replace(/\D/g, '')
  if (digits.length < DIGITS_MIN) return text
  const significant = digits.replace(DIALLED_OUT, '').replace(/^0+/, '')
  return significant.length >= DIGITS_MIN ? significant : digits
}
