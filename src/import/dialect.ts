// How a text separates its cells and rows, told by its beginning.

import Papa from 'papaparse'

export interface Dialect {
  /** '' where a row is one cell. */
  delimiter: string
  /** '' where cells have none around them. */
  quote: string
  line_end: '\n' | '\r'
  /** Rows end in CR LF, at least some of them. */
  has_cr: boolean
}

const DELIMITERS = [',', '\t', ';', '|', '\x1f', '\x01', '^', '~', '§', '¦']
/** These are in texts as well: they separate cells only where nothing else does. */
const RARE = ['^', '~', '§', '¦']

/** Excel's line for itself: what separates the cells of the rows below. */
const SEP = /^"?sep=(.)"?\r?\n/i

export const declaredDelimiter = (head: string): string | undefined => SEP.exec(head)?.[1]

/** Reads as many whole rows as a text has; `is_end`: the last one counts, too. */
export function parseRows(text: string, { delimiter, quote, line_end }: Dialect, is_end: boolean) {
  const parser = new Papa.Parser({
    delimiter: delimiter || UNUSED,
    newline: line_end,
    quoteChar: quote || UNUSED,
    escapeChar: quote || UNUSED,
    fastMode: quote === '' ? true : undefined,
  })
  const { data, errors, meta } = parser.parse(text, 0, !is_end) as Parsed
  return {
    rows: data,
    /** Indexes of rows with a quote that is not closed, or has text behind it. */
    bad: new Set(errors.map(({ row }) => row).filter((row) => row < data.length)),
    length: meta.cursor,
  }
}

interface Parsed {
  data: string[][]
  errors: { row: number }[]
  meta: { cursor: number }
}

/** A character that no text has: not even Unicode may use it. */
const UNUSED = '\u{ffff}'

interface FoundDialect extends Dialect {
  is_sure: boolean
}

/** `head`: the beginning of the text; `is_whole`: it is all of it. */
export function findDialect(
  head: string,
  is_whole: boolean,
  chosen: { delimiter?: string; quote?: string },
): FoundDialect {
  const ends = lineEnds(head, chosen.quote ?? '"')
  const declared = chosen.delimiter ?? declaredDelimiter(head)
  const body = head.replace(SEP, '')
  const delimiters = declared === undefined ? DELIMITERS : [declared]
  const quotes = chosen.quote === undefined ? ['"', "'", ''] : [chosen.quote]
  let best: { score: number; delimiter: string; quote: string } | undefined
  for (const quote of quotes) {
    if (quote === "'" && chosen.quote === undefined && !isQuotedBy(body, quote)) continue
    for (const delimiter of delimiters) {
      const { rows, bad } = parseRows(body, { delimiter, quote, ...ends }, is_whole)
      // Quotes that do not fit are letters of their cells: VICIdial and others write files without any.
      const score = scoreOf(rows.slice(0, ROWS_JUDGED), delimiter) - (bad.size > 0 ? 0.5 : 0)
      if (best === undefined || score > best.score) best = { score, delimiter, quote }
    }
    if (best && best.score >= GOOD) break
  }
  const { score, delimiter, quote } = best!
  const is_one_column = declared === undefined && score <= 0
  return {
    ...ends,
    delimiter: is_one_column ? '' : delimiter,
    quote,
    is_sure: declared !== undefined || is_one_column || score >= GOOD,
  }
}

const ROWS_JUDGED = 200
/** All rows have the same number of cells, or nearly all. */
const GOOD = 0.9

/** How well a delimiter cuts rows into the same number of cells: 0 to a little over 1; 0 where it cuts nothing. */
function scoreOf(rows: readonly string[][], delimiter: string): number {
  const widths = rows.filter((row) => row.some((cell) => cell.trim() !== '')).map((row) => row.length)
  if (widths.length === 0) return 0
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  const [width, count] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]!
  if (width < 2) return 0
  const rarity = RARE.includes(delimiter) ? 0.5 : 1
  return (count / widths.length) * rarity + Math.min(width, 20) / 1_000
}

const isQuotedBy = (text: string, quote: string) =>
  text.startsWith(quote) && DELIMITERS.some((delimiter) => text.includes(`${quote}${delimiter}${quote}`))

/** Line ends inside of quotes belong to their cells, so they count only where there are no others. */
function lineEnds(head: string, quote: string): Pick<Dialect, 'line_end' | 'has_cr'> {
  const bare =
    quote === ''
      ? head
      : head
          .split(quote)
          .filter((_, i) => i % 2 === 0)
          .join('')
  const text = /[\r\n]/.test(bare) ? bare : head
  return text.includes('\n')
    ? { line_end: '\n', has_cr: text.includes('\r\n') }
    : { line_end: text.includes('\r') ? '\r' : '\n', has_cr: false }
}
