// What there is to see of the rows of an import: pages of them, one that is edited, files of what came of them.

import { isDeepStrictEqual } from 'node:util'
import {
  isRefusalColumn,
  REFUSAL_COLUMNS,
  RESULT_COLUMNS,
  type RowFate,
  type RowOutcome,
  tallied,
  type UndoFate,
} from '../core/import.ts'
import { leadId, readLeadId } from '../core/lead.ts'
import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import type { TableRow } from '../core/table.ts'
import { campaignsSeen } from '../db/campaigns.ts'
import { addKeys } from '../db/import-leads.ts'
import {
  chunksFrom,
  type ImportChunk,
  lockChunkOfRow,
  markOfCode,
  shownOutcome,
  writeChunk,
} from '../db/import-rows.ts'
import { setChecked } from '../db/import-work.ts'
import { type ImportRow, importById, importsOfSameFile } from '../db/imports.ts'
import type { Db } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import { type FixingServices, lookedAgain } from './import-fixes.ts'
import { importStep } from './imports.ts'
import type { Asker } from './set-up.ts'

/** A row with what came of it, or what the dry run found; null: nothing is known yet. */
export interface ReportedRow extends TableRow {
  outcome: RowOutcome | null
  /** What undoing the import did to it. */
  undone: UndoFate | null
}

interface RowsAsked {
  from: number
  rows_max: number
  fate?: RowFate | 'pending'
  code?: number
}

const CHUNKS_AT_ONCE = 4
/** Long rows make shorter pages, characters. */
const PAGE_UNITS = 4_000_000

/** The rows without leads of other campaigns that the caller does not see. */
async function asSeen(
  db: Db,
  { team_ids, allocation_ids }: Sight,
  rows: readonly ReportedRow[],
): Promise<ReportedRow[]> {
  const campaignOf = ({ outcome }: ReportedRow) =>
    outcome?.other_lead == null ? undefined : readLeadId(outcome.other_lead)?.campaign_id
  const others = [...new Set(rows.flatMap((row) => campaignOf(row) ?? []))]
  const seen = others.length > 0 ? await campaignsSeen(db, { team_ids, allocation_ids }, others) : undefined
  return rows.map((row) => {
    const campaign_id = campaignOf(row)
    if (campaign_id === undefined || seen?.has(campaign_id)) return row
    return { ...row, outcome: { ...row.outcome!, other_lead: null } }
  })
}

/** The rows from one on that fit; and where to go on, null: there are no more. */
export async function rowsFrom(
  db: Db,
  sight: Sight,
  { import_id, done }: Pick<ImportRow, 'import_id' | 'done'>,
  { from, rows_max, fate, code }: RowsAsked,
): Promise<{ rows: ReportedRow[]; next_row: number | null }> {
  const marks = [...(fate === undefined ? [] : [fate]), ...(code === undefined ? [] : [markOfCode(code)])]
  const rows: ReportedRow[] = []
  let units = 0
  for (let at = from; ; ) {
    const asked = {
      import_id,
      from_row: at,
      marks: marks.length > 0 ? marks : null,
      chunks_max: CHUNKS_AT_ONCE,
    }
    const chunks = await chunksFrom(db, asked)
    for (const chunk of chunks)
      for (const row of reportedIn(chunk, done !== null)) {
        if (row.row < at || !fits(row, fate, code)) continue
        if (rows.length === rows_max || units > PAGE_UNITS)
          return { rows: await asSeen(db, sight, rows), next_row: row.row }
        rows.push(row)
        for (const cell of row.cells) units += cell.length
      }
    const last = chunks.at(-1)?.rows.at(-1)
    if (!last || chunks.length < CHUNKS_AT_ONCE)
      return { rows: await asSeen(db, sight, rows), next_row: null }
    at = last.row + 1
  }
}

/** The lead that a row made, changed, met or repeats, as it is named. */
export const leadOf = ({ campaign_id }: Pick<ImportRow, 'campaign_id'>, outcome: RowOutcome | null) =>
  outcome?.number == null ? (outcome?.other_lead ?? null) : leadId(campaign_id, outcome.number)

const reportedIn = (chunk: ImportChunk, has_begun: boolean): ReportedRow[] =>
  chunk.rows.map((row, i) => ({
    ...row,
    outcome: shownOutcome(chunk, i, has_begun),
    undone: chunk.undone?.[i] ?? null,
  }))

const fits = ({ outcome }: ReportedRow, fate: RowsAsked['fate'], code: number | undefined) =>
  (fate === undefined || (outcome?.fate ?? 'pending') === fate) &&
  (code === undefined || outcome?.code === code)

interface Editor extends Asker {
  services: FixingServices
}

/** Writes the cells of a row anew, before the rows are taken. If a dry run has looked at the row, it is looked at again. */
export async function editRow(
  editor: Editor,
  import_id: number,
  row: number,
  cells: string[],
): Promise<Result<ReportedRow>> {
  const { services, caller } = editor
  const found = known(await importById(services.pool, caller, import_id), `import ${import_id}`)
  if (found.refusal) return found
  if (cells.every((cell) => cell.trim() === ''))
    return refuseField('/cells', 'the row would be blank: leave it as it is')
  const checked = await lookedAgain(services, found.ok, [{ row, cells }])
  if (checked?.refusal) return checked
  let edited: ReportedRow | undefined
  const done = await importStep(editor, import_id, {
    action: 'import.edit_row',
    details: { row },
    from: ['read'],
    work: async (tx, now) => {
      const chunk = await lockChunkOfRow(tx, import_id, row)
      const i = chunk?.rows.findIndex((one) => one.row === row) ?? -1
      if (!chunk || i < 0) return refuse('UNKNOWN_TARGET', `row ${row} of import ${import_id}: not known`)
      const before = chunk.checked?.[i] ?? null
      // What it was judged by may have changed meanwhile.
      const is_same = isDeepStrictEqual(now.mapping, found.ok.mapping) && now.mode === found.ok.mode
      const outcome = before && is_same ? (checked?.ok.outcomes[0] ?? null) : null
      const outcomes = chunk.checked?.with(i, outcome) ?? null
      const rows = chunk.rows.with(i, { row, cells })
      await writeChunk(tx, import_id, { ...chunk, rows, checked: outcomes }, ['rows', 'checked'])
      if (outcome && checked?.ok && now.check_id !== null) await addKeys(tx, now.check_id, checked.ok.keys)
      if (before && now.checked) {
        const without = tallied(now.checked, [before], -1)
        await setChecked(tx, import_id, outcome ? tallied(without, [outcome]) : without)
      }
      edited = { row, cells, outcome, undone: null }
      return ok(undefined)
    },
  })
  return done.refusal ? done : ok((await asSeen(services.pool, caller, [edited!]))[0]!)
}

/** Tables of what came of the rows. */
export type ImportFile = 'rejects' | 'results'

interface ImportTable {
  headings: string[]
  /** Read while they are taken, so that a million of them need no memory. */
  rows: AsyncGenerator<(string | number)[][]>
}

/** The columns of the file in their order, with what came of the rows behind them. */
export function importTable(
  db: Db,
  sight: Sight,
  found: Pick<ImportRow, 'import_id' | 'campaign_id' | 'shape' | 'done'>,
  file: ImportFile,
): ImportTable {
  const { columns } = found.shape!
  const own = columns.flatMap((column, i) => (isRefusalColumn(column) ? [] : [i]))
  const names = own.map((i) => columns[i]!)
  const headings = [...names, ...(file === 'rejects' ? REFUSAL_COLUMNS : RESULT_COLUMNS)]
  return { headings, rows: tableRows(db, sight, found, file, own) }
}

async function* tableRows(
  db: Db,
  sight: Sight,
  found: Parameters<typeof importTable>[2],
  file: ImportFile,
  own: readonly number[],
): ImportTable['rows'] {
  const is_rejects = file === 'rejects'
  const fate = is_rejects ? 'rejected' : undefined
  for (let from: number | null = 0; from !== null; ) {
    const asked: RowsAsked = { from, rows_max: FILE_ROWS, ...(fate && { fate }) }
    const page: Awaited<ReturnType<typeof rowsFrom>> = await rowsFrom(db, sight, found, asked)
    yield page.rows.map(({ row, cells, outcome }) => {
      const { fate = 'pending', code = '', field, detail } = outcome ?? {}
      const said = [row, ...(is_rejects ? [] : [fate]), code, field ?? '', detail ?? '']
      if (!is_rejects) said.push(leadOf(found, outcome) ?? '')
      return [...own.map((i) => cells[i] ?? ''), ...said]
    })
    from = page.next_row
  }
}

const FILE_ROWS = 1_000

/** Imports that have taken the rows of the same file. */
export const sameFile = ({ services, caller }: Asker, { import_id, file_hash }: ImportRow) =>
  file_hash === null ? [] : importsOfSameFile(services.pool, caller, import_id)
