// A file of numbers for a do-not-call list: where its numbers are, and what each row says.
//
// Lists of people have headings; registers often have none: a number in each line (Australia), a number and the day of its
// entry (Hong Kong), or an area code and the rest of a number (United States, Canada).

import { contentOf } from './column-content.ts'
import { readExpires, readNumber } from './dnc-number.ts'
import { likeness } from './heading-match.ts'
import type { Region } from './phone.ts'
import type { FieldProblem } from './result.ts'
import type { TableRow, TableShape } from './table.ts'
import { isEmptyCell } from './table-head.ts'

/** Headings that somebody has chosen; null: they are found out. */
export interface ColumnChoices {
  phone_columns: readonly string[] | null
  expires_column: string | null
}

export interface NumberColumns {
  /** Columns of a number each. */
  phones: number[]
  expires: number | null
  /** The first column is the area code, the second one the rest. */
  is_split: boolean
}

/** Closed list. Why no numbers can be taken from a table. */
export const NUMBER_COLUMN_PROBLEMS = {
  no_numbers: 'No column of the file is known to hold numbers. Name it Phone, or choose its heading.',
  none_taken:
    'No row has a number that can be taken, so the list stays as it is. Look at the rows that were not taken.',
  no_such_column: 'The file has no column with a heading that was chosen.',
  change_list:
    'This is a list of changes. Only whole lists are read: download the whole list, and replace the one before.',
  no_results:
    'No column says of each number whether it is on the register. Choose its heading, or say that the file holds only the listed numbers, or only the clear ones.',
  not_asked:
    'The file has numbers that this wash did not ask about: it is the answer to another one. Bring the right file.',
  too_late:
    'The answer came after the days for which it counts. Make a new wash, and ask the register again.',
} as const
export type NumberColumnProblem = keyof typeof NUMBER_COLUMN_PROBLEMS

const PHONE_HEADINGS = ['Phone', 'Mobile', 'Home phone', 'Work phone']
const LIKENESS_MIN = 0.6
const EXPIRES_HEADING = /^expir/i

/** Where the numbers of a table are, by its headings, else by what its first rows hold. */
export function findNumberColumns(
  { columns, heading_row, sample }: Pick<TableShape, 'columns' | 'heading_row' | 'sample'>,
  choices: ColumnChoices,
  region: Region,
): NumberColumns | NumberColumnProblem {
  const chosen = choices.phone_columns?.map((name) => placeOfColumn(columns, name))
  const expires = choices.expires_column === null ? undefined : placeOfColumn(columns, choices.expires_column)
  if (chosen?.includes(-1) || expires === -1) return 'no_such_column'
  if (chosen === undefined && heading_row === null && isSplit(sample))
    return sample.some(({ cells }) => cells.slice(2).some((cell) => /^[AD]$/i.test(cell.trim())))
      ? 'change_list'
      : { phones: [], expires: null, is_split: true }
  const cellsOf = (column: number) => sample.map(({ cells }) => cells[column])
  const phones = chosen ?? phonesAmong(columns, heading_row, (i) => contentOf(cellsOf(i), region).kind)
  if (phones.length === 0) return 'no_numbers'
  return {
    phones,
    expires: expires ?? expiresAmong(columns, heading_row, cellsOf),
    is_split: false,
  }
}

/** -1: there is none. */
export const placeOfColumn = (columns: readonly string[], name: string) =>
  columns.findIndex((column) => column.toLowerCase() === name.trim().toLowerCase())

const AREA_CODE = /^\d{3}$/
const REST = /^\d{7}$/

const isSplit = (sample: readonly TableRow[]) =>
  sample.length > 0 &&
  sample.every(({ cells: [area = '', rest = ''] }) => AREA_CODE.test(area.trim()) && REST.test(rest.trim()))

function phonesAmong(
  columns: readonly string[],
  heading_row: number | null,
  kindOf: (column: number) => string,
): number[] {
  // Without headings, it is the first column, whatever numbers are in the others.
  if (heading_row === null) return [0]
  const places = columns.map((_, column) => column)
  const called = places.filter((column) =>
    PHONE_HEADINGS.some((name) => likeness(columns[column]!, name) >= LIKENESS_MIN),
  )
  if (called.length > 0) return called
  const looks = places.filter((column) => kindOf(column) === 'phone')
  return looks.length === 1 ? looks : []
}

function expiresAmong(
  columns: readonly string[],
  heading_row: number | null,
  cellsOf: (column: number) => (string | undefined)[],
): number | null {
  if (heading_row !== null) {
    const called = columns.findIndex((name) => EXPIRES_HEADING.test(name))
    return called < 0 ? null : called
  }
  // The second column of a register may say anything: the day of an entry is not the end of it.
  const second = cellsOf(1).filter((cell) => !isEmptyCell(cell)) as string[]
  return second.length > 0 && second.every((cell) => readExpires(cell.trim()) !== undefined) ? 1 : null
}

interface RowReading {
  numbers: { phone: number; expires_at: string | null }[]
  /** Each with the text that it is about. */
  problems: { problem: FieldProblem; phone: string }[]
  /** As the file has it. */
  expires: string
}

/** `now`: RFC 3339. The field of a problem is a heading of ours. */
export function readNumberRow(
  { cells }: TableRow,
  { phones, expires, is_split }: NumberColumns,
  region: Region,
  now: string,
): RowReading {
  const cell = (column: number) => cells[column]?.trim() ?? ''
  const texts = is_split ? [`+1${cell(0)}${cell(1)}`] : phones.map(cell)
  const given = texts.filter((text) => text !== '')
  const end = expires === null ? '' : cell(expires)
  const reading: RowReading = { numbers: [], problems: [], expires: end }
  const fail = (problem: FieldProblem, phone: string) => reading.problems.push({ problem, phone })
  const expires_at = end === '' ? null : readExpires(end)
  const is_over = expires_at && Temporal.Instant.compare(expires_at, now) <= 0
  if (given.length === 0) fail({ name: 'INVALID_PHONE_NUMBER', field: 'Phone', detail: 'is empty' }, '')
  for (const text of given) {
    const read = readNumber(text, region, 'Phone')
    if (read.problem) fail(read.problem, text)
    else if (expires_at === undefined)
      fail(
        {
          name: 'INVALID_FIELD',
          field: 'Expires',
          detail: 'is neither a date (2027-06-30) nor an RFC 3339 time',
        },
        text,
      )
    else if (is_over) fail({ name: 'INVALID_FIELD', field: 'Expires', detail: 'is in the past' }, text)
    else reading.numbers.push({ phone: read.value, expires_at })
  }
  return reading
}
