// Tables of web pages: many programs save one under the name .xls.

import { Parser } from 'htmlparser2'
import { LIMITS } from '../core/limits.ts'
import type { TableRow } from '../core/table.ts'
import { Batches } from './batches.ts'
import { Depth } from './depth.ts'
import type { Remarks } from './remarks.ts'
import { UnreadableFile } from './unreadable.ts'

const LINE_ENDING = new Set(['br', 'p', 'div'])

/** The rows of the first table that has any, in batches; tables inside of its cells are part of their cells. */
export async function* htmlRows(pieces: AsyncIterable<string>, remarks: Remarks): AsyncGenerator<TableRow[]> {
  const reader = new HtmlReader(remarks)
  const parser = new Parser(reader)
  for await (const piece of pieces) {
    parser.write(piece)
    yield* reader.batches.taken()
    if (reader.is_done) return
  }
  parser.end()
  yield* reader.batches.taken()
}

class HtmlReader {
  readonly #remarks: Remarks
  readonly batches = new Batches()
  is_done = false
  readonly #elements = new Depth()
  /** Of tables. */
  #depth = 0
  #row = 0
  #cells: string[] | undefined
  #cell: string | undefined
  /** Columns that the cell takes besides its own. */
  #more = 0
  /** Rows for which a cell from above still takes a column. */
  readonly #spans: number[] = []
  #units = 0

  constructor(remarks: Remarks) {
    this.#remarks = remarks
  }

  onopentag = (name: string, attributes: Readonly<Record<string, string>>): void => {
    this.#elements.open()
    if (this.is_done) return
    if (name === 'table') this.#depth++
    else if (this.#cell !== undefined && LINE_ENDING.has(name) && this.#cell !== '') this.#cell += '\n'
    if (this.#depth !== 1) return
    if (name === 'tr') {
      this.#row++
      this.#cells = []
      this.#units = 0
    } else if ((name === 'td' || name === 'th') && this.#cells) {
      this.#cell = ''
      this.#skipSpanned(this.#cells)
      this.#more = Math.max(Math.min(Number(attributes.colspan) || 1, LIMITS.columns_max) - 1, 0)
      const rows = Number(attributes.rowspan) || 1
      if (this.#more > 0 || rows > 1) this.#remarks.add('merged', { row: this.#row })
      for (let i = 0; i <= this.#more; i++) this.#spans[this.#cells.length + i] = rows - 1
    }
  }

  #skipSpanned(cells: string[]): void {
    for (let left = this.#spans[cells.length]; left; left = this.#spans[cells.length]) {
      this.#spans[cells.length] = left - 1
      cells.push('')
    }
  }

  ontext = (text: string): void => {
    if (this.#cell === undefined) return
    this.#cell += text.replace(/[\t\r\n ]+/g, ' ')
    this.#units += text.length
    if (this.#units > LIMITS.row_units_max) throw new UnreadableFile('row_too_long')
  }

  onclosetag = (name: string): void => {
    this.#elements.close()
    if (this.#depth === 1 && (name === 'td' || name === 'th') && this.#cells && this.#cell !== undefined) {
      this.#cells.push(this.#cell.trim(), ...Array<string>(this.#more).fill(''))
      this.#cell = undefined
      if (this.#cells.length > LIMITS.columns_max) throw new UnreadableFile('too_wide')
    } else if (this.#depth === 1 && name === 'tr' && this.#cells) {
      this.batches.add({ row: this.#row, cells: this.#cells })
      this.#cells = undefined
    } else if (name === 'table' && --this.#depth === 0) this.is_done = this.#row > 0
  }
}
