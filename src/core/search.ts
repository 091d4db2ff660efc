// What somebody typed into the search box, as texts to look for.

import { readLeadId } from './lead.ts'
import { type Region, readPhone } from './phone.ts'
import { isBlank } from './phone-text.ts'

/** Texts of which every one must be found in the text of a lead. */
export type Words = string[]

export interface Query {
  /** The whole of it, to be compared with external ids. */
  typed: string
  /** The lead that it names, if it is a lead's id. */
  lead: { campaign_id: number; number: number } | null
  /** Any of these will do. */
  ways: [Words, ...Words[]]
}

const BLANKS = /\s+/u
/** What is written of a phone number between blanks. */
const PHONE_PART = /^[+(]*\d[\d()./+-]*$|^[(+]?\(?\d[\d()./-]*$/
const DIGITS_MIN = 3

/**
 * Reads a query. `typed` shows something and has no control characters. What is written like a phone number, blanks
 * included, is looked for as digits: 0412 345 678 and +61 412-345-678 are one number, and a part of one will do. The
 * zeros in front of a national number are no part of it. The same signs may be a date or somebody's own id (2026-11-25),
 * so they are looked for as they stand, too.
 */
export function readQuery(typed: string, region: Region): Query {
  const text = typed.trim()
  const parts = runsOf(text.split(BLANKS))
  const as_digits = parts.map((run) => (run.is_phone ? digitsOf(run.text) : run.text))
  const ways: [Words, ...Words[]] = [as_digits]
  const as_typed = parts.map(({ text }) => text)
  if (as_typed.some((word, i) => !word.includes(as_digits[i]!))) ways.push(as_typed)
  const [only] = parts
  const number = parts.length === 1 && only!.is_phone ? numberOf(text, region) : null
  if (number !== null && !number.includes(as_digits[0]!)) ways.push([number])
  return { typed: text, lead: readLeadId(text) ?? null, ways }
}

/** Neighbours that are parts of phone numbers are one run; every other word is a run of its own. */
function runsOf(words: string[]): { text: string; is_phone: boolean }[] {
  const runs: { text: string; is_phone: boolean }[] = []
  for (const word of words) {
    const is_phone = PHONE_PART.test(word)
    const last = runs.at(-1)
    if (is_phone && last?.is_phone) last.text += ` ${word}`
    else runs.push({ text: word, is_phone })
  }
  return runs
}

/** The digits that any spelling of a number has in common; too few of them are no part of a number. */
function digitsOf(text: string): string {
  const digits = text.replace(/\D/g, '')
  if (digits.length < DIGITS_MIN) return text
  const significant = digits.replace(/^0+/, '')
  return significant.length >= DIGITS_MIN ? significant : digits
}

/** Some countries dial more than zeros in front of a number: then only the whole number tells. */
function numberOf(text: string, region: Region): string | null {
  if (isBlank(text)) return null
  const { number } = readPhone(text, region)
  return number === null ? null : String(number)
}
