// Where the headings of a table are, and how its columns are called.

import type { TableRow } from './table.ts'

interface FoundHeading {
  /** The row of the headings; null: the table has none. */
  heading: TableRow | null
  is_sure: boolean
}

/** Titles and notes above the headings are not longer. */
const ROWS_LOOKED_AT = 20
const HEADING_UNITS_MAX = 300

/** `rows`: the first rows that are not blank. */
export function findHeading(rows: readonly TableRow[]): FoundHeading {
  const looked_at = rows.slice(0, ROWS_LOOKED_AT)
  const width = usualWidth(rows)
  const at = looked_at.findIndex(({ cells }) => filledIn(cells) * 2 > width)
  const first = looked_at[at]
  if (!first) return { heading: null, is_sure: false }
  const { cells } = first
  if (cells.some((cell) => isValue(cell) || cell.length > HEADING_UNITS_MAX))
    return { heading: null, is_sure: true }
  const below = rows.slice(at + 1)
  const has_values = cells.some((_, column) => isColumnOfValues(below, column))
  return { heading: first, is_sure: has_values }
}

/** How many cells of a row are filled in most rows. */
function usualWidth(rows: readonly TableRow[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of rows) {
    const filled = filledIn(cells)
    counts.set(filled, (counts.get(filled) ?? 0) + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

const filledIn = (cells: readonly string[]) => cells.filter((cell) => !isEmptyCell(cell)).length
export const isEmptyCell = (cell: string | undefined) => cell === undefined || cell.trim() === ''

function isColumnOfValues(rows: readonly TableRow[], column: number): boolean {
  const cells = rows.map(({ cells }) => cells[column]).filter((cell) => !isEmptyCell(cell)) as string[]
  return cells.length > 0 && cells.filter(isValue).length * 2 >= cells.length
}

const ADDRESS = /^\S+@\S+\.\S+$/
const NUMBER = /^[+-]?[\d.,]+$/
const DAY = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/
const YES_NO = /^(?:true|false)$/i

/** Whether a cell looks like a value of a lead, rather than like a heading: a number, a day, an address. */
export function isValue(cell: string): boolean {
  const text = cell.trim()
  if (text === '') return false
  const digits = text.match(/\d/g)?.length ?? 0
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  return (
    NUMBER.test(text) ||
    (digits >= 5 && letters <= 4) ||
    ADDRESS.test(text) ||
    DAY.test(text) ||
    YES_NO.test(text)
  )
}

/** 'A', 'Z', 'AA': as spreadsheets call columns. */
export function columnLetters(column: number): string {
  const last = String.fromCharCode(0x41 + (column % 26))
  return column < 26 ? last : columnLetters(Math.floor(column / 26) - 1) + last
}

interface Columns {
  names: string[]
  /** Columns whose heading another one has had before. */
  doubled: number[]
  /** Columns without a heading. */
  unnamed: number[]
}

/** A name as a database keeps it: of a column, a sheet, a file. */
export const cleanName = (name: string) => name.toWellFormed().replaceAll('\0', '')

/** A distinct name for each of so many columns. */
export function nameColumns(heading: readonly string[] | null, count: number): Columns {
  const columns: Columns = { names: [], doubled: [], unnamed: [] }
  const taken = new Set<string>()
  for (let column = 0; column < count; column++) {
    const own = cleanName(heading?.[column] ?? '')
      .replace(/\s+/g, ' ')
      .trim()
    if (own === '' && heading) columns.unnamed.push(column)
    const wanted = own || `Column ${columnLetters(column)}`
    let name = wanted
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted} (${number})`
    if (name !== wanted) columns.doubled.push(column)
    taken.add(name.toLowerCase())
    columns.names.push(name)
  }
  return columns
}

/** The lines that begin the sum of a column. */
const TOTAL = /^(?:grand |sub-?)?(?:totals?|sums?|summe|gesamt|insgesamt)\b/i

/**
 * Whether a row can be part of what programs write below a table: a sum, who made the report. It counts only where no
 * other row follows. `follows_gap`: a blank row is above it.
 */
export function canBeFooter(cells: readonly string[], columns: number, follows_gap: boolean): boolean {
  const first = cells.find((cell) => !isEmptyCell(cell))
  if (first === undefined) return false
  if (TOTAL.test(first.trim())) return true
  return (
    columns > 1 &&
    filledIn(cells) === 1 &&
    !isEmptyCell(cells[0]) &&
    !isValue(first) &&
    (columns > 2 || follows_gap)
  )
}
