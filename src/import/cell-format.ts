// What a spreadsheet shows for a number: workbooks store dates as days since 1900, and phone numbers as digits whose zeros
// and brackets are in the format of the cell.

/** How numbers of a style are shown. */
export type CellFormat = 'plain' | 'day' | 'time' | { digits: readonly Section[] }

interface Section {
  /** Up to and including this number; else all that the sections before leave. */
  max: number
  tokens: readonly Token[]
}

type Token = { place: '0' | '#' } | { text: string }

/** Formats without a code in the file. */
const BUILT_IN: ReadonlyMap<number, CellFormat> = new Map([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map(
    (id) => [id, 'day'] as const,
  ),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id) => [id, 'time'] as const),
])

export const builtInFormat = (id: number): CellFormat => BUILT_IN.get(id) ?? 'plain'

const LITERALS = /"[^"]*"|\\.|_.|\*./g
const BRACKETS = /\[[^\]]*\]/g
const ELAPSED = /\[[hms]+\]/i

/** Excel takes no longer one. The patterns above take the square of its length. */
const CODE_UNITS_MAX = 255

/** What a code such as 'dd/mm/yyyy' or '"0"000 000 000' shows. */
export function readFormat(whole: string): CellFormat {
  const code = whole.slice(0, CODE_UNITS_MAX)
  if (/^general$/i.test(code)) return 'plain'
  const bare = code.replace(LITERALS, '')
  const letters = bare.replace(BRACKETS, '')
  if (/[yd]/i.test(letters)) return 'day'
  if (ELAPSED.test(bare) || /[hs]/i.test(letters)) return 'time'
  if (/m/i.test(letters)) return 'day'
  return readDigits(code) ?? 'plain'
}

/** Sections of codes without decimals, groups, percents and powers: they show each digit, and texts between them. */
function readDigits(code: string): CellFormat | undefined {
  const sections: Section[] = []
  for (const part of splitSections(code)) {
    const max = Number(/\[<=?(\d+)\]/.exec(part)?.[1] ?? Number.POSITIVE_INFINITY)
    const tokens = tokensOf(part.replace(BRACKETS, ''))
    if (tokens === undefined) return undefined
    sections.push({ max, tokens })
    if (max === Number.POSITIVE_INFINITY) break
  }
  const is_plain = sections.every(({ tokens }) => tokens.length === 1)
  return is_plain ? undefined : { digits: sections }
}

const splitSections = (code: string): string[] => code.match(/(?:"[^"]*"|\\.|[^;"\\])+/g) ?? []

const TOKEN = /"([^"]*)"|\\(.)|_.|\*.|([0#?])|([ ()+/-])|./g

function tokensOf(section: string): Token[] | undefined {
  const tokens: Token[] = []
  for (const [, quoted, escaped, place, sign] of section.matchAll(TOKEN)) {
    const text = quoted ?? escaped ?? sign
    if (place !== undefined) tokens.push({ place: place === '0' ? '0' : '#' })
    else if (text !== undefined) tokens.push({ text })
    else return undefined
  }
  return tokens.some((token) => 'place' in token) ? tokens : undefined
}

/** `is_1904`: the workbook counts its days from 1904, as old Macintoshes did. */
export function shownNumber(value: number, format: CellFormat, is_1904: boolean): string {
  if (format === 'plain') return numberText(value)
  if (typeof format === 'object') return shownDigits(value, format.digits)
  return (format === 'day' ? shownDay(value, is_1904) : shownTime(value)) ?? numberText(value)
}

/** A double has 15 digits that count: 0.1 + 0.2 is shown as 0.3. */
const numberText = (value: number) => String(Number(value.toPrecision(15)))

function shownDigits(value: number, sections: readonly Section[]): string {
  const section = sections.find(({ max }) => value <= max)
  if (section === undefined || !Number.isSafeInteger(value) || value < 0) return numberText(value)
  const { tokens } = section
  const first = tokens.findIndex((token) => 'place' in token)
  let digits = value === 0 ? '' : String(value)
  let shown = ''
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i]!
    if ('text' in token) {
      shown = token.text + shown
      continue
    }
    shown = (digits.slice(-1) || (token.place === '0' ? '0' : '')) + shown
    digits = digits.slice(0, -1)
    if (i === first) shown = digits + shown
  }
  return shown
}

const DAY_MS = 86_400_000
const FROM_1900 = Date.UTC(1899, 11, 30)
const FROM_1904 = Date.UTC(1904, 0, 1)
/** The last day of 9999. */
const SERIAL_MAX = 2_958_465

function shownDay(serial: number, is_1904: boolean): string | undefined {
  if (serial < 0 || serial > SERIAL_MAX) return undefined
  // Excel has a 29 February 1900, which never was; the days before it are one off.
  const start = is_1904 ? FROM_1904 : serial < 60 ? FROM_1900 + DAY_MS : FROM_1900
  const date = new Date(start + Math.round(serial * 86_400) * 1_000)
  const text = date.toISOString()
  const time = withoutSeconds(text.slice(11, 19))
  return time === '00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`
}

function shownTime(serial: number): string | undefined {
  if (serial < 0 || serial > SERIAL_MAX) return undefined
  const seconds = Math.round(serial * 86_400)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return withoutSeconds(parts.map((part) => String(part).padStart(2, '0')).join(':'))
}

const withoutSeconds = (time: string) => time.replace(/:00$/, '')
