// Makes a phone number plain: ASCII, without what other programs put around it; and names what keeps a text from being
// one number written with the usual signs.

import { isNonValue } from './non-value.ts'
import { trimEnd } from './text.ts'

/** UTF-16 units. The longest sensible spelling, full of brackets and direction marks, has about 40. */
export const LENGTH_MAX = 64

// Blanks and what shows nothing: zero width space, soft hyphen, direction marks, fillers, the blank braille pattern.
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Whether a value shows nothing at all. */
export function isBlank(value: string): boolean {
  const first = value.charCodeAt(0)
  return !(first > 0x20 && first < 0x7f) && BLANK.test(value)
}

const PLAIN = /^[!-~](?:[ -~]*[!-^`-~])?$/
// A reversed text is not made good.
const START = /^[[\s\p{Default_Ignorable_Code_Point}\u2800]--\u202e]+/v
const END = /^[[\s\p{Default_Ignorable_Code_Point}\u2800]--\u202e]$/v
const isEnd = (char: string) => END.test(char)
/** How spreadsheets write a line end in XML. */
const XML_END = /_x000[9ad]_$/i
const XML_END_LENGTH = 7

/** The text without blanks, line ends and what shows nothing at its ends. */
export function withoutPhoneEnds(text: string): string {
  if (PLAIN.test(text)) return text
  let bare = trimEnd(text.replace(START, ''), isEnd)
  while (XML_END.test(bare.slice(-XML_END_LENGTH))) bare = trimEnd(bare.slice(0, -XML_END_LENGTH), isEnd)
  return bare
}

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
 * characters stay. NFKC cannot do this: it leaves Arabic digits alone and makes digits of ² and ①.
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

/** Text around a number that is not part of it; the first group of each pattern is what remains. */
const AROUND: readonly RegExp[] = [
  // Addresses of chats hold a number with its country code and nothing else, so the plus is theirs.
  /^(?:https?:\/\/)?(?:wa\.me\/|api\.whatsapp\.com\/send\/?\?phone=|whatsapp:\/\/send\/?\?phone=)(?:\+|%2b)?(?<chat>[1-9]\d{6,14})\/?$/i,
  /^(?<chat>[1-9]\d{6,14})@(?:s\.whatsapp\.net|c\.us)$/i,
  // `tel:` of links, `p:` of Meta's lead files, `whatsapp:` of messages.
  /^(?:tel|callto|sms|smsto|whatsapp|facetime|facetime-audio|phone|p):(?:\/\/)?\s*(.*)$/is,
  // A spreadsheet's signs for "this is a text", and quotes that came along.
  /^=?(["'])(?<quoted>.*)\1$/s,
  /^\u201c(.*)\u201d$/s,
  /^'(.*)$/s,
]
/** The plus of an address that was encoded once too often. */
const ENCODED_PLUS = /^%2b/i
/** An international prefix in front of the plus that replaces it, or a plus twice. */
const DIALLED_PLUS = /^\(?(?:0011|011|00)\)?[\s().-]*\+|^\+[\s+]*\+/
const LAYERS_MAX = 4
/** Nothing is around most texts, and no plus behind their beginning. */
const BARE = /^[+(]?\d[\d ()./-]*$/

function unwrapped(text: string): string {
  if (BARE.test(text)) return text
  let bare = text
  for (let layers = 0; layers < LAYERS_MAX; layers++) {
    const match = AROUND.map((pattern) => pattern.exec(bare)).find((found) => found !== null)
    if (!match) break
    const { chat, quoted } = match.groups ?? {}
    bare = withoutPhoneEnds(chat === undefined ? (quoted ?? match[1]!) : `+${chat}`)
  }
  return bare.replace(ENCODED_PLUS, '+').replace(DIALLED_PLUS, '+')
}

/**
 * The part of a value that can be a number, in ASCII, with the signs that people write between digits. Undefined:
 * digits of several scripts.
 */
export function plainPhone(value: string): string | undefined {
  const ascii = inAscii(withoutPhoneEnds(value))
  return ascii === undefined ? undefined : unwrapped(ascii.trim())
}

/** Whether a value of a phone field says that there is no number: blank, 'N/A', '-', '0', an empty `p:`. */
export function isNoPhone(value: string): boolean {
  if (BEGINS_NUMBER.test(value)) return false
  if (isBlank(value)) return true
  if (value.length > LENGTH_MAX) return false
  const plain = plainPhone(value)
  return plain !== undefined && (plain === '' || plain === '0' || isNonValue(plain))
}

/** This decides nearly every value. */
const BEGINS_NUMBER = /^[+(]?\d\d/

export const digitCount = (text: string) => text.replace(/\D+/g, '').length

const ALLOWED = /^[\d \t()[\]./+-]*$/
const DECIMALS = /^[+-]?\d+[.,]\d{1,2}$/
const POWER_OF_TEN = /^[+-]?\d+(?:[.,]\d*)?e[+-]?\d+$/i
const EXTENSION = /\d[\s.,:;(]*(?:x|ext|extn|extension)[\s.:=#)]*\d+\s*\)?$/i
const BETWEEN_NUMBERS = /[^\d \t()[\].+-]+/
const ADDRESS = /^sips?:|@/i

export const TWO_NUMBERS = 'holds two numbers'

/** Why a plain text is not one number written with the usual signs; undefined: it is one. */
export function problemIn(text: string): string | undefined {
  if (DECIMALS.test(text) || POWER_OF_TEN.test(text))
    return 'is a number that a spreadsheet has rewritten; digits may be lost'
  if (!ALLOWED.test(text)) return strangeIn(text)
  if (!/\d/.test(text)) return 'holds no digits'
  if (/\d.*\+/.test(text)) return 'holds two numbers, or a plus sign in the middle'
  if (/\+.*\+/.test(text)) return 'holds two plus signs'
  if (text.startsWith('-')) return 'begins with a minus sign'
  const bracket = text.search(/[([][^([]*$/)
  // Brackets hold an area code, or its zero; after that they hold something else, like '(2)' for a second line.
  if (digitCount(text.slice(0, Math.max(bracket, 0))) > 7)
    return 'holds more digits in brackets after the number'
  return undefined
}

/** Names the part of a text that does not belong to a number. */
function strangeIn(text: string): string {
  if (EXTENSION.test(text)) return 'holds an extension, which needs a field of its own'
  if (ADDRESS.test(text)) return 'is an address, not a phone number'
  const numbers = text.split(BETWEEN_NUMBERS).filter((part) => digitCount(part) >= 6)
  if (numbers.length >= 2) return TWO_NUMBERS
  if (/\p{L}/u.test(text)) return 'holds letters'
  if (/[#*,;]/.test(text)) return 'holds signs of a dial string'
  const [strange] = text.match(/[^\d \t()[\]./+-]/u)!
  const point = strange.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return `holds a character that is no part of a phone number (U+${point})`
}
