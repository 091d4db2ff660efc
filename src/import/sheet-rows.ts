// The rows of one sheet of an Excel workbook (.xlsx).

import { LIMITS } from '../core/limits.ts'
import type { TableRow } from '../core/table.ts'
import { Batches } from './batches.ts'
import type { Bytes } from './bytes.ts'
import { shownNumber } from './cell-format.ts'
import type { Remarks } from './remarks.ts'
import { UnreadableFile } from './unreadable.ts'
import { unescaped, type Workbook } from './workbook.ts'
import { readXml } from './xml.ts'

/** Rows with a cell, in batches. */
export async function* sheetRows(
  bytes: Bytes,
  workbook: Workbook,
  remarks: Remarks,
): AsyncGenerator<TableRow[]> {
  const reader = new SheetReader(workbook, remarks)
  for await (const _ of readXml(bytes, reader)) yield* reader.batches.taken()
  if (!reader.has_ended) throw new UnreadableFile('damaged')
}

interface Cell {
  column: number
  type: string
  style: number
  is_formula: boolean
  has_value: boolean
  value: string
}

class SheetReader {
  readonly #workbook: Workbook
  readonly #remarks: Remarks
  readonly batches = new Batches()
  has_ended = false
  #row: TableRow = { row: 0, cells: [] }
  #cell: Cell | undefined
  #is_value = false
  #units = 0

  constructor(workbook: Workbook, remarks: Remarks) {
    this.#workbook = workbook
    this.#remarks = remarks
  }

  open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    switch (name) {
      case 'row':
        this.#row = { row: Number(attributes.r) || this.#row.row + 1, cells: [] }
        this.#units = 0
        break
      case 'c':
        this.#cell = {
          column: columnOf(attributes.r) ?? this.#row.cells.length,
          type: attributes.t ?? 'n',
          style: Number(attributes.s ?? 0),
          is_formula: false,
          has_value: false,
          value: '',
        }
        if (this.#cell.column >= LIMITS.columns_max)
          throw new UnreadableFile(
            'too_wide',
            `The cell ${attributes.r} is beyond ${LIMITS.columns_max} columns.`,
          )
        break
      case 'f':
        if (this.#cell) this.#cell.is_formula = true
        break
      case 'v':
      case 't':
        this.#is_value = this.#cell !== undefined
        if (this.#cell) this.#cell.has_value = true
        break
      case 'rPh':
        this.#is_value = false
        break
      case 'mergeCell':
        this.#remarks.add('merged', { row: Number(/\d+/.exec(attributes.ref ?? '')?.[0]) })
        break
    }
  }

  text = (piece: string): void => {
    if (!this.#is_value || !this.#cell) return
    this.#cell.value += piece
    this.#count(piece.length)
  }

  #count(units: number): void {
    this.#units += units
    if (this.#units > LIMITS.row_units_max)
      throw new UnreadableFile('row_too_long', `It is row ${this.#row.row}.`)
  }

  close = (name: string): void => {
    switch (name) {
      case 'v':
      case 't':
        this.#is_value = false
        break
      case 'c':
        if (this.#cell) this.#endCell(this.#cell)
        break
      case 'row':
        if (this.#row.cells.length > 0) this.batches.add(this.#row)
        break
      case 'sheetData':
        this.has_ended = true
        break
    }
  }

  #endCell(cell: Cell): void {
    this.#cell = undefined
    const { row, cells } = this.#row
    if (!cell.has_value) {
      if (cell.is_formula) this.#remarks.add('no_value', { row, column: cell.column })
      return
    }
    const text = this.#shown(cell)
    if (text === '') return
    // The number of a text is shorter than the text, and a number shorter than what its format shows.
    this.#count(text.length - cell.value.length)
    while (cells.length < cell.column) cells.push('')
    cells[cell.column] = text
  }

  #shown({ type, value, style }: Cell): string {
    const { texts, formats, is_1904 } = this.#workbook
    switch (type) {
      case 's': {
        const text = texts.at(Number(value))
        if (text === undefined) throw new UnreadableFile('damaged')
        return text
      }
      case 'inlineStr':
      case 'str':
        return unescaped(value)
      case 'b':
        return value === '1' ? 'TRUE' : 'FALSE'
      case 'd':
        return value.replace(/T00:00(?::00(?:\.0+)?)?Z?$/, '').replace('T', ' ')
      case 'e':
        return value
      default: {
        const number = Number(value)
        return value.trim() === '' || !Number.isFinite(number)
          ? value
          : shownNumber(number, formats[style] ?? 'plain', is_1904)
      }
    }
  }
}

/** 'AB12' is column 27. */
function columnOf(reference: string | undefined): number | undefined {
  if (reference === undefined) return undefined
  let column = 0
  for (let i = 0; i < reference.length; i++) {
    const letter = (reference.charCodeAt(i) & 0xdf) - 0x40
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  return column > 0 ? column - 1 : undefined
}
