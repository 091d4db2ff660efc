// The rows of a text with delimiters.

import { LIMITS } from '../core/limits.ts'
import type { TableRow } from '../core/table.ts'
import { type Dialect, declaredDelimiter, parseRows } from './dialect.ts'
import type { Remarks } from './remarks.ts'
import { UnreadableFile } from './unreadable.ts'

/** All rows in batches, blank ones as well. `pieces`: the text. */
export async function* textRows(
  pieces: AsyncIterable<string>,
  dialect: Dialect,
  remarks: Remarks,
): AsyncGenerator<TableRow[]> {
  let rest = ''
  let row = 0
  const take = (text: string, is_end: boolean) => {
    const { rows, bad, length } = parseRows(text, dialect, is_end)
    rest = text.slice(length)
    return rows.map((cells, i): TableRow => {
      row++
      if (bad.has(i)) remarks.add('bad_quotes', { row })
      const last = cells.length - 1
      if (dialect.has_cr && cells[last]!.endsWith('\r')) cells[last] = cells[last]!.slice(0, -1)
      if (row === 1 && declaredDelimiter(`${cells.join(dialect.delimiter)}\n`) !== undefined)
        return { row, cells: [] }
      return { row, cells }
    })
  }
  for await (const piece of pieces) {
    if (piece.includes('\u{fffd}')) remarks.add('bad_bytes')
    const text = rest + piece
    const rows = take(text, false)
    if (rest.length > LIMITS.row_units_max)
      throw new UnreadableFile('row_too_long', `It begins in row ${row + 1}.`)
    if (rows.length > 0) yield rows
  }
  if (rest !== '') yield take(rest, true)
}
