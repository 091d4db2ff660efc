// Rows on their way to whoever asked for them, in batches that fit through a thread: a few bytes of a workbook can show a
// text of thousands of characters in each of its cells.

import type { TableRow } from '../core/table.ts'

const BATCH_ROWS = 500
const BATCH_UNITS = 4 * 1024 * 1024

/** Blank cells count as well. */
export const unitsOf = ({ cells }: TableRow): number =>
  cells.reduce((units, cell) => units + cell.length + 1, 0)

export class Batches {
  #full: TableRow[][] = []
  #rows: TableRow[] = []
  #units = 0

  add(row: TableRow): void {
    this.#rows.push(row)
    this.#units += unitsOf(row)
    if (this.#rows.length >= BATCH_ROWS || this.#units >= BATCH_UNITS) this.#end()
  }

  /** What was added since. */
  taken(): TableRow[][] {
    if (this.#rows.length > 0) this.#end()
    const taken = this.#full
    this.#full = []
    return taken
  }

  #end(): void {
    this.#full.push(this.#rows)
    this.#rows = []
    this.#units = 0
  }
}
