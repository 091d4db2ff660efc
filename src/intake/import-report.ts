// What there is to see of the rows of an import: pages of them, one that is edited, files of what came of them.

import type { RowFate, RowOutcome } from '../core/import.ts'
import { tallied } from '../core/import.ts'
import { ok, type Result, refuse, refuseField } from '../core/result.ts'
import type { TableRow } from '../core/table.ts'
import {
  chunksFrom,
  type ImportChunk,
  lockChunkOfRow,
  markOfCode,
  shownOutcome,
  writeChunk,
} from '../db/import-rows.ts'
import { setChecked } from '../db/import-work.ts'
import type { Db } from '../db/pool.ts'
import { importStep } from './imports.ts'
import type { Asker } from './set-up.ts'

/** A row with what came of it, or what the dry run found; null: nothing is known yet. */
export interface ReportedRow extends TableRow {
  outcome: RowOutcome | null
}

interface RowsAsked {
  from: number
  rows_max: number
  fate?: RowFate | 'pending'
  code?: number
}

const CHUNKS_AT_ONCE = 4

/** The rows from one on that fit; and where to go on, null: there are no more. */
export async function rowsFrom(
  db: Db,
  import_id: number,
  { from, rows_max, fate, code }: RowsAsked,
): Promise<{ rows: ReportedRow[]; next_row: number | null }> {
  const marks = [...(fate === undefined ? [] : [fate]), ...(code === undefined ? [] : [markOfCode(code)])]
  const rows: ReportedRow[] = []
  for (let at = from; ; ) {
    const asked = {
      import_id,
      from_row: at,
      marks: marks.length > 0 ? marks : null,
      chunks_max: CHUNKS_AT_ONCE,
    }
    const chunks = await chunksFrom(db, asked)
    for (const chunk of chunks)
      for (const row of reportedIn(chunk)) {
        if (row.row < at || !fits(row, fate, code)) continue
        if (rows.length === rows_max) return { rows, next_row: row.row }
        rows.push(row)
      }
    const last = chunks.at(-1)?.rows.at(-1)
    if (!last || chunks.length < CHUNKS_AT_ONCE) return { rows, next_row: null }
    at = last.row + 1
  }
}

const reportedIn = (chunk: ImportChunk): ReportedRow[] =>
  chunk.rows.map((row, i) => ({ ...row, outcome: shownOutcome(chunk, i) }))

const fits = ({ outcome }: ReportedRow, fate: RowsAsked['fate'], code: number | undefined) =>
  (fate === undefined || (outcome?.fate ?? 'pending') === fate) &&
  (code === undefined || outcome?.code === code)

/** Writes the cells of a row anew, before the rows are taken. What the dry run found of it counts no more. */
export async function editRow(
  asker: Asker,
  import_id: number,
  row: number,
  cells: string[],
): Promise<Result<ReportedRow>> {
  let edited: ReportedRow | undefined
  const done = await importStep(asker, import_id, {
    action: 'import.edit_row',
    details: { row },
    from: ['read'],
    work: async (tx, found) => {
      const chunk = await lockChunkOfRow(tx, import_id, row)
      const i = chunk?.rows.findIndex((one) => one.row === row) ?? -1
      if (!chunk || i < 0) return refuse('UNKNOWN_TARGET', `row ${row} of import ${import_id}: not known`)
      if (cells.every((cell) => cell.trim() === ''))
        return refuseField('/cells', 'the row would be blank: leave it as it is')
      const before = chunk.checked?.[i] ?? null
      const checked = chunk.checked?.with(i, null) ?? null
      const rows = chunk.rows.with(i, { row, cells })
      await writeChunk(tx, import_id, { ...chunk, rows, checked })
      if (before && found.checked) await setChecked(tx, import_id, tallied(found.checked, [before], -1))
      edited = { row, cells, outcome: null }
      return ok(undefined)
    },
  })
  return done.refusal ? done : ok(edited!)
}
