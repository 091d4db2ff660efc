// What every text of a lead must be before it is stored: readable, bounded, in one spelling (NFC).

type Read = { text: string } | { problem: string }

const PLAIN = /^ *[!-~][ -~]*$/
// Blanks and characters that show nothing (zero width space, soft hyphen, fillers); bidi controls are judged below.
const BLANK = /^[[\s\p{Default_Ignorable_Code_Point}\u2800]--[\u202a-\u202e\u2066-\u2069]]*$/v
const CONTROL = /[\0-\x1f\x7f-\x9f]/
const CONTROL_BUT_LINES = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/
// Overrides, embeddings and isolates turn what people read into something else than what is stored.
const BIDI = /[\u202a-\u202e\u2066-\u2069]/

/** Combining marks on one letter. Normalising is quadratic in them: 40,000 would hold the process for a second. */
const MARKS_MAX = 64
const MARKS = /\p{M}+/gu
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
  return text.length > points_max && pointCount(text) > points_max ? tooLong(points_max) : { text }
}

const tooLong = (points_max: number) => ({ problem: `is longer than ${points_max} characters` })

/** The rest of a sentence about a value that cannot be stored and shown as it is. */
function unreadableIn(value: string, lines: boolean): string | undefined {
  if (!value.isWellFormed()) return 'holds half a character (a lone surrogate)'
  const control = (lines ? CONTROL_BUT_LINES : CONTROL).exec(value)?.[0]
  if (control === '\n' || control === '\r') return 'holds a line break, which this field does not take'
  if (control !== undefined) return `holds a control character (${pointName(control)})`
  const bidi = BIDI.exec(value)?.[0]
  if (bidi !== undefined) return `holds a character that reverses text (${pointName(bidi)})`
  for (const [marks] of value.matchAll(MARKS))
    if (marks.length > MARKS_MAX) return `holds more than ${MARKS_MAX} combining marks on one letter`
  return undefined
}

const pointName = (char: string) => `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

function pointCount(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--
  return count
}
