// Tables as CSV, and objects as lines of JSON.

import { asCsvCell } from '../core/cell-damage.ts'
import { CSV_START, csvLine } from '../core/csv.ts'
import { type Cell, cellText } from '../core/export-columns.ts'

type Batches<Item> = AsyncIterable<readonly Item[]>

const line = (cells: readonly Cell[]) => csvLine(cells.map((cell) => asCsvCell(cellText(cell))))

/** `bom`: Excel takes a file without a byte order mark for one of the encoding of its country. */
export const csvText = (
  headings: readonly string[],
  rows: Batches<readonly Cell[]>,
  { bom = false } = {},
): AsyncGenerator<string> =>
  endingWhole(
    (async function* () {
      yield `${bom ? CSV_START : ''}${line(headings)}`
      for await (const batch of rows) yield batch.map(line).join('')
    })(),
  )

export const jsonLines = (objects: Batches<object>): AsyncGenerator<string> =>
  endingWhole(
    (async function* () {
      for await (const batch of objects) yield batch.map((object) => `${JSON.stringify(object)}\n`).join('')
    })(),
  )

/** The end of a line: of CSV its line end, of JSON its brace. */
const END_UNITS = 2

/**
 * Keeps the last units back until more comes, or all has come: what is cut off ends within a line, and a line of JSON
 * that is cut off is none.
 */
async function* endingWhole(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let kept = ''
  for await (const piece of pieces) {
    const text = kept + piece
    kept = text.slice(-END_UNITS)
    if (text.length > END_UNITS) yield text.slice(0, -END_UNITS)
  }
  yield kept
}
