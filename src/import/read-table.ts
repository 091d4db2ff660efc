// Reads a file as a table: its shape and first rows at once, then all its rows, a batch at a time.

import { stat } from 'node:fs/promises'
import { damageIn } from '../core/cell-damage.ts'
import { LIMITS } from '../core/limits.ts'
import type { TableChoices, TableRemark, TableRow, TableShape } from '../core/table.ts'
import { canBeFooter, findHeading, isEmptyCell, nameColumns } from '../core/table-head.ts'
import { unitsOf } from './batches.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { Remarks } from './remarks.ts'
import { UnreadableFile } from './unreadable.ts'

export interface Table extends AsyncDisposable {
  readonly shape: TableShape
  /** The rows of data, once. Throws UnreadableFile where the file turns out to be damaged. */
  readonly batches: AsyncIterable<readonly TableRow[]>
  /** By now; complete after the last row. */
  remarks(): TableRemark[]
}

const HEAD_ROWS = 200
const SAMPLE_ROWS = 200
const PEEK_UNITS = 4 * 1024 * 1024

/**
 * Reads in this thread, which a long file keeps busy: a server reads with `readTableApart`. `folder`: where it may make
 * files, which whoever made the folder removes. Throws UnreadableFile.
 */
export async function readTable(path: string, choices: TableChoices, folder: string): Promise<Table> {
  if ((await stat(path)).size > LIMITS.file_bytes_max) throw new UnreadableFile('too_large')
  await using stack = new AsyncDisposableStack()
  const remarks = new Remarks()
  const { rows, ...opened } = await openFile(path, { choices, remarks, stack, folder })
  const filled = new Ahead(filledRows(rows, remarks))
  const head = await filled.peek(HEAD_ROWS)
  if (head.length === 0) throw new UnreadableFile('empty')
  const { heading, columns, is_sure } = columnsOf(head, choices, remarks)
  const data = new Ahead(dataRows(filled, heading, columns.length, choices, remarks))
  const sample = (await data.peek(SAMPLE_ROWS)).slice(0, SAMPLE_ROWS)
  const guesses: TableShape['guesses'] = is_sure ? opened.guesses : [...opened.guesses, 'heading']
  const shape = { ...opened, guesses, heading_row: heading?.row ?? null, columns, sample }
  const held = stack.move()
  return {
    shape,
    batches: data,
    remarks: () => remarks.list(),
    async [Symbol.asyncDispose]() {
      await rows.return(undefined)
      await held.disposeAsync()
    },
  }
}

/** Batches of which the first can be looked at before they are read. */
class Ahead implements AsyncIterable<readonly TableRow[]> {
  readonly #source: AsyncIterator<readonly TableRow[]>
  readonly #seen: (readonly TableRow[])[] = []

  constructor(source: AsyncIterable<readonly TableRow[]>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** So many rows or a few more; fewer when they are long, or there are no more. */
  async peek(count: number): Promise<TableRow[]> {
    let rows = 0
    let units = 0
    while (rows < count && units < PEEK_UNITS) {
      const { done, value } = await this.#source.next()
      if (done) break
      this.#seen.push(value)
      rows += value.length
      for (const row of value) units += unitsOf(row)
    }
    return this.#seen.flat()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly TableRow[]> {
    yield* this.#seen.splice(0)
    yield* { [Symbol.asyncIterator]: () => this.#source }
  }
}

/** Without blank rows, and with what spreadsheets did to cells undone or said. */
async function* filledRows(batches: OpenFile['rows'], remarks: Remarks): AsyncGenerator<TableRow[]> {
  let before = 0
  for await (const batch of batches) {
    const filled: TableRow[] = []
    for (const { row, cells } of batch) {
      if (cells.length > LIMITS.columns_max)
        throw new UnreadableFile('too_wide', `Row ${row} has ${cells.length} cells.`)
      for (const [column, cell] of cells.entries()) {
        const damage = damageIn(cell)
        if (!damage) continue
        remarks.add(damage.code, { row, column })
        cells[column] = damage.text
      }
      if (cells.every(isEmptyCell)) continue
      if (row > before + 1) remarks.add('blank_rows', { row: before + 1, count: row - before - 1 })
      before = row
      filled.push({ row, cells })
    }
    if (filled.length > 0) yield filled
  }
}

function columnsOf(head: readonly TableRow[], choices: TableChoices, remarks: Remarks) {
  const { heading, is_sure } = headingOf(head, choices)
  const data = heading ? head.filter(({ row }) => row > heading.row) : head
  const width = Math.max(
    ...[...data, ...(heading ? [heading] : [])].map(({ cells }) => lastFilled(cells) + 1),
  )
  const { names, doubled, unnamed } = nameColumns(heading?.cells ?? null, width)
  for (const column of doubled) remarks.add('doubled_heading', { row: heading?.row, column })
  for (const column of unnamed) remarks.add('no_heading', { row: heading?.row, column })
  return { heading, columns: names, is_sure }
}

function headingOf(head: readonly TableRow[], { heading_row }: TableChoices) {
  if (heading_row === undefined) return findHeading(head)
  if (heading_row === null) return { heading: null, is_sure: true }
  const heading = head.find(({ row }) => row === heading_row)
  if (!heading) throw new UnreadableFile('no_such_row')
  return { heading, is_sure: true }
}

const lastFilled = (cells: readonly string[]) => cells.findLastIndex((cell) => !isEmptyCell(cell))

/** More rows in a row than any program writes below a table. */
const FOOTER_ROWS_MAX = 50

/** The rows below the headings, without those that come after the data. */
async function* dataRows(
  batches: AsyncIterable<readonly TableRow[]>,
  heading: TableRow | null,
  columns: number,
  { keep_footer = false }: TableChoices,
  remarks: Remarks,
): AsyncGenerator<TableRow[]> {
  let held: TableRow[] = []
  let before = 0
  for await (const batch of batches) {
    const rows: TableRow[] = []
    for (const row of batch) {
      if (heading && row.row <= heading.row) continue
      if (lastFilled(row.cells) >= columns) remarks.add('surplus_cells', { row: row.row })
      const is_footer = !keep_footer && canBeFooter(row.cells, columns, row.row > before + 1)
      before = row.row
      held.push(row)
      if (is_footer && held.length <= FOOTER_ROWS_MAX) continue
      rows.push(...held)
      held = []
    }
    if (rows.length > 0) yield rows
  }
  for (const { row } of held) remarks.add('footer', { row })
}
