// Makes every text of a lead readable, bounded and in one spelling (NFC) before it is stored.

type Read = { text: string } | { problem: string }

/** A way in which reading changes a text. */
export type Departure = 'trimmed' | 'one_line' | 'invisible' | 'replaced' | 'cut'

/** A text with what was changed in it; or why it cannot be kept. */
type Kept = { text: string; departures: readonly Departure[] } | { problem: string; too_long?: true }

const PLAIN = /^ *[!-~][ -~]*$/
const PLAIN_TRIMMED = /^[!-~](?:[ -~]*[!-~])?$/
// Blanks and characters that show nothing (zero width space, soft hyphen, fillers); bidi controls are judged below.
const BLANK = /^[[\s\p{Default_Ignorable_Code_Point}\u2800]--[\u202a-\u202e\u2066-\u2069]]*$/v
const CONTROL = /[\0-\x1f\x7f-\x9f]/
const CONTROL_BUT_LINES = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/
// Overrides, embeddings and isolates turn what people read into something else than what is stored.
const BIDI = /[\u202a-\u202e\u2066-\u2069]/
const BIDIS = /[\u202a-\u202e\u2066-\u2069]/g
const LINE_ENDS = /\r\n|[\r\n\t]/g
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Combining marks on one letter. Normalising is quadratic in them: 40,000 would hold the process for a second. */
const MARKS_MAX = 64
const TOO_MANY_MARKS = /\p{M}{65,}/gu
/** At most so many UTF-16 units become one code point in NFC: four points (U+1F82 comes of four), two units each. */
const UNITS_PER_POINT_MAX = 8

/**
 * The text as it is stored: NFC, otherwise as sent, '' when it shows nothing. Nothing is ever cut silently.
 * `points_max`: code points. `lines`: whether TAB and line breaks are allowed (CRLF and CR become LF).
 * The problem is the rest of a sentence about the value ('is longer than 200 characters') and repeats none of it.
 */
export function readText(value: string, points_max: number, options: { lines?: boolean } = {}): Read {
  if (value.length <= points_max && PLAIN.test(value)) return { text: value }
  if (BLANK.test(value)) return { text: '' }
  if (value.length > points_max * UNITS_PER_POINT_MAX) return tooLong(points_max)
  const unreadable = unreadableIn(value, options.lines ?? false)
  if (unreadable) return { problem: unreadable }
  const text = (options.lines ? value.replace(/\r\n?/g, '\n') : value).normalize('NFC')
  if (hasTooManyMarks(text)) return { problem: MARKS_PROBLEM }
  return text.length > points_max && pointCount(text) > points_max ? tooLong(points_max) : { text }
}

const tooLong = (points_max: number) => ({
  problem: `is longer than ${points_max} characters`,
  too_long: true as const,
})
const MARKS_PROBLEM = `holds more than ${MARKS_MAX} combining marks on one letter`
const tooManyMarks = { problem: MARKS_PROBLEM, too_long: true as const }

/** The rest of a sentence about a value that cannot be stored and shown as it is. */
function unreadableIn(value: string, lines: boolean): string | undefined {
  if (!value.isWellFormed()) return 'holds half a character (a lone surrogate)'
  const control = controlIn(value, lines)
  if (control !== undefined) return control
  const bidi = BIDI.exec(value)?.[0]
  if (bidi !== undefined) return `holds a character that reverses text (${pointName(bidi)})`
  return hasTooManyMarks(value) ? MARKS_PROBLEM : undefined
}

function controlIn(value: string, lines: boolean): string | undefined {
  const control = (lines ? CONTROL_BUT_LINES : CONTROL).exec(value)?.[0]
  if (control === undefined) return undefined
  return control === '\n' || control === '\r'
    ? 'holds a line break, which this field does not take'
    : `holds a control character (${pointName(control)})`
}

function hasTooManyMarks(text: string): boolean {
  TOO_MANY_MARKS.lastIndex = 0
  return TOO_MANY_MARKS.test(text)
}

const pointName = (char: string) => `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

function pointCount(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--
  return count
}

interface KeepOptions {
  /** Whether TAB and line breaks stay; else they become blanks. */
  lines?: boolean
  /** Parts that cannot be kept are taken out, replaced or cut, and named; else the text is refused. */
  lenient: boolean
  /** A text that would have to be cut is refused, however lenient. */
  whole?: boolean
}

const NOTHING: readonly Departure[] = []

/**
 * The text of a value as it is kept, without blanks, line ends and what shows nothing at its ends, with all that was
 * changed in it but the spelling (NFC, LF between lines) and blanks at its ends. Control characters are refused. What was kept is kept again
 * as it is.
 */
export function readKept(
  value: string,
  points_max: number,
  { lines = false, lenient, whole }: KeepOptions,
): Kept {
  if (value.length <= points_max && PLAIN_TRIMMED.test(value)) return { text: value, departures: NOTHING }
  const departures: Departure[] = []
  let text = withoutEnds(value)
  if (text === '') return { text, departures: NOTHING }
  if (isMore(value, text)) departures.push('trimmed')
  if (!lines && CONTROL.test(text)) {
    const one_line = text.replace(LINE_ENDS, ' ')
    if (one_line !== text) departures.push('one_line')
    text = one_line
  }
  if (!lenient) {
    const read = readText(text, points_max, { lines })
    return 'text' in read ? { text: read.text, departures } : read
  }
  const control = controlIn(text, lines)
  if (control !== undefined) return { problem: control }
  const changed = (departure: Departure, next: string) => {
    if (next !== text && !departures.includes(departure)) departures.push(departure)
    text = next
  }
  // More units than any text of so many points has; this much is looked at.
  const units_max = points_max * UNITS_PER_POINT_MAX
  if (text.length > units_max) {
    if (whole) return tooLong(points_max)
    changed('cut', text.slice(0, units_max))
  }
  changed('replaced', text.toWellFormed())
  changed('invisible', text.replace(BIDIS, ''))
  if (whole && hasTooManyMarks(text)) return tooManyMarks
  changed('cut', withoutSurplusMarks(text))
  text = (lines ? text.replace(/\r\n?/g, '\n') : text).normalize('NFC')
  if (whole && hasTooManyMarks(text)) return tooManyMarks
  changed('cut', withoutSurplusMarks(text))
  if (text.length > points_max && pointCount(text) > points_max) {
    if (whole) return tooLong(points_max)
    changed('cut', withoutEnds(firstPoints(text, points_max)))
  }
  return { text, departures }
}

/** Whether more than blanks was at the ends of a text. */
const isMore = (text: string, trimmed: string) =>
  text !== trimmed && trimEnd(text.replace(/^ +/, ''), (char) => char === ' ') !== trimmed

const withoutSurplusMarks = (text: string) =>
  text.replace(TOO_MANY_MARKS, (marks) => firstPoints(marks, MARKS_MAX))

function firstPoints(text: string, points: number): string {
  let at = 0
  for (let i = 0; i < points && at < text.length; i++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return text.slice(0, at)
}

const START = /^[\s\p{Default_Ignorable_Code_Point}\u2800]+/u
const END = /^[\s\p{Default_Ignorable_Code_Point}\u2800]$/u
/** These belong to the character in front of them: the red of a heart, the flag of a country. */
const ATTACHED = /^(?:[\u034f\u180b-\u180d\u180f\ufe00-\ufe0f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}])$/u
const isEnd = (char: string) => END.test(char) && !ATTACHED.test(char)

/** The text without blanks, line ends, tabs and what shows nothing at its ends; '' when it shows nothing. */
export function withoutEnds(text: string): string {
  if (PLAIN_TRIMMED.test(text)) return text
  const start = START.exec(text)?.[0] ?? ''
  return start.length === text.length ? '' : trimEnd(text, isEnd).slice(start.length)
}

/**
 * The text without the characters at its end that `isEnd` picks. By hand: a pattern that ends in $ is tried at every
 * blank inside of a text, which is quadratic.
 */
export function trimEnd(text: string, isEnd: (char: string) => boolean): string {
  let end = text.length
  while (end > 0) {
    const is_pair = end > 1 && text.codePointAt(end - 2)! > 0xffff
    const start = end - (is_pair ? 2 : 1)
    if (!isEnd(text.slice(start, end))) break
    end = start
  }
  return text.slice(0, end)
}

/** The text without any character that shows nothing. */
export const withoutInvisible = (text: string) => (PLAIN.test(text) ? text : text.replace(INVISIBLE, ''))

const NO_CHANGE = /^\s*<no(?:\s|\r\n)change>\s*$/i
const HIDDEN = /[^ -~]/

/**
 * Whether a text is <NO CHANGE>: on an update it keeps what is stored, on an insert it is a mistake (108). It is never stored.
 * Any case, angle brackets needed, surrounding blanks ignored however many they are. What reading would make of a text
 * counts: without what shows nothing, and with a blank for a line end.
 */
export const isNoChange = (value: string) =>
  value.includes('<') &&
  (NO_CHANGE.test(value) || (HIDDEN.test(value) && NO_CHANGE.test(withoutInvisible(value))))
