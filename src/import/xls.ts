// Workbooks of Excel 97 to 2003 (.xls, BIFF8). They have at most 65,536 rows, so they are read as a whole.

import { readFile, stat } from 'node:fs/promises'
import { LIMITS } from '../core/limits.ts'
import type { TableRow } from '../core/table.ts'
import { cleanName } from '../core/table-head.ts'
import { Batches } from './batches.ts'
import { builtInFormat, type CellFormat, readFormat, shownNumber } from './cell-format.ts'
import { CompoundFile } from './compound-file.ts'
import type { Remarks } from './remarks.ts'
import { UnreadableFile } from './unreadable.ts'
import { Continued } from './xls-strings.ts'

const TYPE = {
  formula: 0x06,
  end: 0x0a,
  is_1904: 0x22,
  password: 0x2f,
  continued: 0x3c,
  sheet: 0x85,
  multiple: 0xbd,
  style: 0xe0,
  merged: 0xe5,
  texts: 0xfc,
  text_number: 0xfd,
  number: 0x203,
  text: 0x204,
  boolean: 0x205,
  formula_text: 0x207,
  compact: 0x27e,
  format: 0x41e,
  begin: 0x809,
} as const
const BIFF8 = 0x600
const WORKSHEET = 0

interface XlsRecord {
  type: number
  body: Buffer
}

export interface XlsWorkbook {
  bytes: Buffer
  /** The sheets that people see, and where they begin. */
  sheets: ReadonlyMap<string, number>
  is_1904: boolean
  formats: readonly CellFormat[]
  texts: readonly string[]
}

export async function readXls(path: string): Promise<XlsWorkbook> {
  if ((await stat(path)).size > LIMITS.xls_bytes_max)
    throw new UnreadableFile('too_large', 'Save it as an Excel workbook (.xlsx).')
  const file = new CompoundFile(await readFile(path))
  const { names } = file
  if (names.includes('EncryptedPackage')) throw new UnreadableFile('encrypted')
  if (names.includes('_VBA_PROJECT_CUR')) throw new UnreadableFile('macros')
  const bytes = file.stream('Workbook')
  if (!bytes) throw new UnreadableFile(names.includes('Book') ? 'old_excel' : 'unknown_format')
  return orDamaged(() => readGlobals(bytes))
}

/** Numbers beyond the end of the bytes. */
function orDamaged<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof RangeError ? new UnreadableFile('damaged') : error
  }
}

function* recordsFrom(bytes: Buffer, start: number): Generator<XlsRecord> {
  for (let at = start; at + 4 <= bytes.length; ) {
    const type = bytes.readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (end > bytes.length) throw new UnreadableFile('damaged')
    yield { type, body: bytes.subarray(at + 4, end) }
    if (type === TYPE.end) return
    at = end
  }
}

function readGlobals(bytes: Buffer): XlsWorkbook {
  const sheets = new Map<string, number>()
  const codes = new Map<number, CellFormat>()
  const styles: number[] = []
  const texts: Buffer[] = []
  let is_1904 = false
  let before = 0
  for (const { type, body } of recordsFrom(bytes, 0)) {
    if (type === TYPE.begin && body.readUInt16LE(0) !== BIFF8) throw new UnreadableFile('old_excel')
    if (type === TYPE.password) throw new UnreadableFile('encrypted')
    if (type === TYPE.is_1904) is_1904 = body.readUInt16LE(0) === 1
    if (type === TYPE.sheet && body[4] === 0 && body[5] === WORKSHEET)
      sheets.set(cleanName(new Continued([body.subarray(6)]).text(1)), body.readUInt32LE(0))
    if (type === TYPE.format)
      codes.set(body.readUInt16LE(0), readFormat(new Continued([body.subarray(2)]).text()))
    if (type === TYPE.style) styles.push(body.readUInt16LE(2))
    if (type === TYPE.texts || (type === TYPE.continued && before === TYPE.texts)) texts.push(body)
    if (type !== TYPE.continued) before = type
  }
  if (sheets.size === 0) throw new UnreadableFile('empty')
  const formats = styles.map((id) => codes.get(id) ?? builtInFormat(id))
  return { bytes, sheets, is_1904, formats, texts: readTexts(texts) }
}

function readTexts(parts: readonly Buffer[]): string[] {
  const [first, ...rest] = parts
  if (!first) return []
  const reader = new Continued([first.subarray(8), ...rest])
  return Array.from({ length: first.readUInt32LE(4) }, () => reader.text())
}

/** Rows with a cell, in batches. */
export async function* xlsRows(
  workbook: XlsWorkbook,
  start: number,
  remarks: Remarks,
): AsyncGenerator<TableRow[]> {
  const batches = new Batches()
  for (const row of orDamaged(() => readSheet(workbook, start, remarks))) batches.add(row)
  yield* batches.taken()
}

function readSheet(workbook: XlsWorkbook, start: number, remarks: Remarks): TableRow[] {
  const { texts, formats, is_1904 } = workbook
  const rows = new Map<number, { cells: string[]; units: number }>()
  const put = (number: number, column: number, text: string) => {
    if (text === '') return
    const row = rows.get(number) ?? { cells: [], units: 0 }
    rows.set(number, row)
    row.units += text.length
    if (row.units > LIMITS.row_units_max) throw new UnreadableFile('row_too_long', `It is row ${number + 1}.`)
    if (column >= LIMITS.columns_max) throw new UnreadableFile('too_wide', `It is row ${number + 1}.`)
    const { cells } = row
    while (cells.length < column) cells.push('')
    cells[column] = text
  }
  const shown = (value: number, style: number) => shownNumber(value, formats[style] ?? 'plain', is_1904)
  /** The cell of a formula whose text comes in the next record. */
  let awaiting: [row: number, column: number] | undefined
  let depth = 0
  for (const { type, body } of sheetRecords(workbook.bytes, start)) {
    if (type === TYPE.begin) depth++
    // A chart inside of a sheet has records of its own.
    if (type === TYPE.end && --depth === 0) break
    if (depth > 1 || body.length < 2) continue
    const row = body.readUInt16LE(0)
    if (type === TYPE.merged) {
      for (let at = 2; at + 8 <= body.length; at += 8)
        remarks.add('merged', { row: body.readUInt16LE(at) + 1 })
      continue
    }
    if (type === TYPE.formula_text) {
      if (awaiting) put(...awaiting, new Continued([body]).text())
      awaiting = undefined
      continue
    }
    if (body.length < 6) continue
    const column = body.readUInt16LE(2)
    const style = body.readUInt16LE(4)
    switch (type) {
      case TYPE.text_number:
        put(row, column, texts[body.readUInt32LE(6)] ?? '')
        break
      case TYPE.text:
        put(row, column, new Continued([body.subarray(6)]).text())
        break
      case TYPE.number:
        put(row, column, shown(body.readDoubleLE(6), style))
        break
      case TYPE.compact:
        put(row, column, shown(compactNumber(body.readUInt32LE(6)), style))
        break
      case TYPE.multiple:
        for (let at = 4, next = column; at + 6 <= body.length - 2; at += 6, next++)
          put(row, next, shown(compactNumber(body.readUInt32LE(at + 2)), body.readUInt16LE(at)))
        break
      case TYPE.boolean:
        put(row, column, body[7] === 1 ? errorText(body[6]!) : body[6] === 1 ? 'TRUE' : 'FALSE')
        break
      case TYPE.formula: {
        const is_number = body.readUInt16LE(12) !== 0xffff
        if (is_number) put(row, column, shown(body.readDoubleLE(6), style))
        else if (body[6] === 0) awaiting = [row, column]
        else if (body[6] === 1) put(row, column, body[8] === 1 ? 'TRUE' : 'FALSE')
        else if (body[6] === 2) put(row, column, errorText(body[8]!))
        break
      }
    }
  }
  return [...rows].toSorted(([a], [b]) => a - b).map(([number, { cells }]) => ({ row: number + 1, cells }))
}

/** The records of a sheet and of the charts in it. */
function* sheetRecords(bytes: Buffer, start: number): Generator<XlsRecord> {
  let at = start
  while (at + 4 <= bytes.length) {
    for (const record of recordsFrom(bytes, at)) {
      yield record
      at += 4 + record.body.length
    }
  }
}

/** 30 bits: a whole number or the upper half of a double, in hundredths or not. */
function compactNumber(bits: number): number {
  const whole = Buffer.alloc(8)
  whole.writeUInt32LE((bits & 0xfffffffc) >>> 0, 4)
  const value = bits & 2 ? bits >> 2 : whole.readDoubleLE(0)
  return bits & 1 ? value / 100 : value
}

const ERRORS: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
}
const errorText = (code: number) => ERRORS[code] ?? '#N/A'
