// Rows of an import are corrected alike: one column, wherever it has a value or a piece of text.

import { LIMITS } from './limits.ts'

export interface CellFix {
  /** The column, by its distinct name. */
  column: string
  find: string
  replace: string
  /** Only cells that are `find` and nothing else; else wherever a cell has it. */
  whole_cell: boolean
  /** Only rows that the dry run gave this code. Null: all rows. */
  code: number | null
}

/** The cells of a row after a fix of one of them. Undefined: the row stays as it is. */
export function fixedCells(
  cells: readonly string[],
  at: number,
  { find, replace, whole_cell }: Pick<CellFix, 'find' | 'replace' | 'whole_cell'>,
): string[] | undefined {
  const text = cells[at] ?? ''
  // A function, because `$&` in a text means nothing.
  const fixed = whole_cell
    ? text.trim() === find.trim()
      ? replace
      : text
    : text.replaceAll(find, () => replace)
  return fixed === text ? undefined : withCell(cells, at, fixed)
}

/** The row with another cell. Undefined: it would be blank, or longer than a row of a file may be. */
export function withCell(cells: readonly string[], at: number, text: string): string[] | undefined {
  const row = Array.from({ length: Math.max(cells.length, at + 1) }, (_, i) => cells[i] ?? '')
  row[at] = text
  const units = row.reduce((sum, cell) => sum + cell.length, 0)
  return units > LIMITS.row_units_max || row.every((cell) => cell.trim() === '') ? undefined : row
}
