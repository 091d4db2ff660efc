// Opens a file, whatever it is and whatever it is packed in, down to its rows.

import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LIMITS } from '../core/limits.ts'
import type { TableChoices, TableRow, TableShape } from '../core/table.ts'
import { type Bytes, fileBytes, headOf, startOf } from './bytes.ts'
import { findDialect } from './dialect.ts'
import { findEncoding, textOf } from './encoding.ts'
import { isWorkbook, packingOf, tablesAmong, textKindOf } from './formats.ts'
import { htmlRows } from './html-table.ts'
import { registerRows } from './register-xml.ts'
import type { Remarks } from './remarks.ts'
import { sheetRows } from './sheet-rows.ts'
import { textRows } from './text-rows.ts'
import { gunzipped, ZippedFile } from './unpack.ts'
import { UnreadableFile } from './unreadable.ts'
import { readWorkbook } from './workbook.ts'
import { readXls, xlsRows } from './xls.ts'

/** A file with all its rows as they are. */
export interface OpenFile extends Omit<TableShape, 'heading_row' | 'columns' | 'sample'> {
  rows: AsyncGenerator<TableRow[]>
}

export interface Opening {
  choices: TableChoices
  remarks: Remarks
  /** What is open until the rows are read. */
  stack: AsyncDisposableStack
  /** A folder for files that are gone afterwards. */
  folder: string
}

const START_BYTES = 4_096
const HEAD_BYTES = 256 * 1024

export async function openFile(path: string, opening: Opening): Promise<OpenFile> {
  switch (packingOf(await startOf(path, START_BYTES))) {
    case 'text':
      return openText(fileBytes(path), opening)
    case 'compound':
      return openXls(path, opening)
    case 'gz':
      return { ...(await openPacked(gunzipped(path), opening)), packed: 'gz' }
    case 'zip':
      return openZip(path, opening)
  }
}

async function openZip(path: string, opening: Opening): Promise<OpenFile> {
  const archive = opening.stack.use(await ZippedFile.open(path))
  const { names } = archive
  if (isWorkbook(names)) return openXlsx(archive, opening)
  const files = tablesAmong(names)
  const file = opening.choices.file ?? files[0]
  if (file === undefined) throw new UnreadableFile('unknown_format')
  if (!files.includes(file)) throw new UnreadableFile('no_such_file')
  if (files.length > 1 && opening.choices.file === undefined) opening.remarks.add('other_files')
  return { ...(await openPacked(archive.bytes(file), opening)), packed: 'zip', files, file }
}

/** A file that was packed: texts are read as they are unpacked, workbooks are unpacked first. */
async function openPacked(bytes: Bytes, opening: Opening): Promise<OpenFile> {
  const packing = packingOf(await headOf(bytes, START_BYTES))
  if (packing === 'text') return openText(bytes, opening)
  if (packing === 'gz') throw new UnreadableFile('unknown_format', 'It is packed twice.')
  const path = join(opening.folder, 'unpacked')
  await pipeline(bytes.open(), bounded, createWriteStream(path, { mode: 0o600 }))
  if (packing === 'compound') return openXls(path, opening)
  const archive = opening.stack.use(await ZippedFile.open(path))
  if (isWorkbook(archive.names)) return openXlsx(archive, opening)
  throw new UnreadableFile('unknown_format', 'It is packed twice.')
}

/** No more bytes than a file may have. */
export async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > LIMITS.file_bytes_max) throw new UnreadableFile('too_large')
    yield chunk
  }
}

async function openText(bytes: Bytes, { choices, remarks }: Opening): Promise<OpenFile> {
  const bytes_head = await headOf(bytes, HEAD_BYTES)
  const found = choices.encoding
    ? { encoding: choices.encoding, is_sure: true }
    : await findEncoding(bytes, bytes_head)
  const { encoding } = found
  const head = new TextDecoder(encoding).decode(bytes_head, { stream: true })
  const guesses: OpenFile['guesses'] = found.is_sure ? [] : ['encoding']
  const opened = { ...UNPACKED, encoding, sheets: [], sheet: null }
  const text = textOf(bytes, encoding)
  const kind = textKindOf(head)
  if (kind === 'html')
    return { ...opened, format: 'html', delimiter: null, quote: null, guesses, rows: htmlRows(text, remarks) }
  if (kind === 'register')
    return { ...opened, format: 'xml', delimiter: null, quote: null, guesses, rows: registerRows(text) }
  const dialect = findDialect(head, bytes_head.length < HEAD_BYTES, choices)
  if (!dialect.is_sure) guesses.push('delimiter')
  const { delimiter, quote } = dialect
  return { ...opened, format: 'text', delimiter, quote, guesses, rows: textRows(text, dialect, remarks) }
}

const UNPACKED = { packed: null, files: [], file: null }
const NO_TEXT = { encoding: null, delimiter: null, quote: null, guesses: [] }

async function openXlsx(archive: ZippedFile, opening: Opening): Promise<OpenFile> {
  const workbook = await readWorkbook(archive, join(opening.folder, 'texts'))
  opening.stack.use(workbook.texts)
  const { sheets, sheet, found } = chosenSheet(workbook.sheets, opening)
  const rows = sheetRows(archive.bytes(found), workbook, opening.remarks)
  return { ...UNPACKED, ...NO_TEXT, format: 'xlsx', sheets, sheet, rows }
}

async function openXls(path: string, opening: Opening): Promise<OpenFile> {
  const workbook = await readXls(path)
  const { sheets, sheet, found } = chosenSheet(workbook.sheets, opening)
  return {
    ...UNPACKED,
    ...NO_TEXT,
    format: 'xls',
    sheets,
    sheet,
    rows: xlsRows(workbook, found, opening.remarks),
  }
}

function chosenSheet<T>(all: ReadonlyMap<string, T>, { choices, remarks }: Opening) {
  const sheets = [...all.keys()]
  const sheet = choices.sheet ?? sheets[0]!
  const found = all.get(sheet)
  if (found === undefined) throw new UnreadableFile('no_such_sheet')
  if (sheets.length > 1 && choices.sheet === undefined) remarks.add('other_sheets')
  return { sheets, sheet, found }
}
