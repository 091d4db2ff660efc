// Rows of an import are corrected alike, by a job that goes through their chunks: what changes in one, what would become of
// those rows by then, and how far it has come are one commit. The same undoes a fix.

import { tallied } from '../core/import.ts'
import { type CellFix, fixedCells, withCell } from '../core/import-fix.ts'
import { ok, type Result, refuse, refuseField } from '../core/result.ts'
import type { TableRow } from '../core/table.ts'
import { DeadlinePassed } from '../db/again.ts'
import {
  advanceFix,
  beginUndoOfFix,
  createFix,
  dropFixedCells,
  endFix,
  type FixedCell,
  type FixRow,
  fixAtWork,
  keepFixedCells,
  nextFixedCells,
} from '../db/import-fixes.ts'
import { addKeys } from '../db/import-leads.ts'
import { chunkAt, chunksFrom, type ImportChunk, markOfCode, writeChunk } from '../db/import-rows.ts'
import { advanceImport, endImportWork, type ImportAtWork, toImportState } from '../db/import-work.ts'
import type { ImportRow } from '../db/imports.ts'
import type { Db } from '../db/pool.ts'
import { type Checked, checkRows } from './import-check.ts'
import { ImportHalted, readImportRows } from './import-reading.ts'
import {
  deskFor,
  isOfWalk,
  pastRules,
  TakenOver,
  type WalkEnd,
  type Walking,
  withRest,
} from './import-walk.ts'
import { importStep } from './imports.ts'
import { pastLocks } from './locks.ts'
import { RulesStale } from './pull-rows.ts'
import type { Asker } from './set-up.ts'

/** Corrects a column in all rows that are alike. From here on a job does it. */
export const fixRows = (asker: Asker, import_id: number, fix: CellFix): Promise<Result<ImportRow>> => {
  const { column, whole_cell, code } = fix
  return importStep(asker, import_id, {
    action: 'import.fix',
    // What is replaced may be of a person.
    details: { column, whole_cell, ...(code !== null && { code }) },
    from: ['read'],
    work: async (tx, found) => {
      const at = placeOfFix(found, fix)
      if (at.refusal) return at
      await createFix(tx, import_id, fix, asker.by.actor)
      return ok(await toImportState(tx, import_id, 'fixing'))
    },
  })
}

/** Rows get back what they had before a fix; those that were corrected again since stay as they are. */
export const undoFix = (asker: Asker, import_id: number, fix_id: number): Promise<Result<ImportRow>> =>
  importStep(asker, import_id, {
    action: 'import.undo_fix',
    details: { fix_id },
    from: ['read'],
    work: async (tx) =>
      (await beginUndoOfFix(tx, import_id, fix_id))
        ? ok(await toImportState(tx, import_id, 'fixing'))
        : refuse('UNKNOWN_TARGET', `fix ${fix_id} of import ${import_id}: not known`),
  })

/** Which cell of a row it is about. */
function placeOfFix(
  { shape }: Pick<ImportRow, 'shape'>,
  { column, find, replace, whole_cell }: CellFix,
): Result<number> {
  const at = shape?.columns.indexOf(column) ?? -1
  if (at < 0) return refuseField('/column', 'is no column of the file')
  if (find === '' && !whole_cell)
    return refuseField('/find', 'must be a text, where only a part of the cells is replaced')
  if (find === replace) return refuseField('/replace', 'is the same as what it replaces')
  return ok(at)
}

/** How long rows are counted, milliseconds: people wait for it. */
const COUNT_MS_MAX = 1_000

/** How many rows a fix would change; `exact` false: so many at least. */
export async function countFix(
  db: Db,
  found: ImportRow,
  fix: CellFix,
): Promise<Result<{ rows: number; exact: boolean }>> {
  const at = placeOfFix(found, fix)
  if (at.refusal) return at
  const ends = performance.now() + COUNT_MS_MAX
  let rows = 0
  for (let from_row = 0; ; ) {
    if (performance.now() > ends) return ok({ rows, exact: false })
    const chunk = await chunkToFix(db, found.import_id, fix, from_row)
    if (!chunk) return ok({ rows, exact: true })
    rows += changesIn(chunk, at.ok, fix).length
    from_row = lastRowOf(chunk) + 1
  }
}

async function chunkToFix(db: Db, import_id: number, { code }: CellFix, from_row: number) {
  const marks = code === null ? null : [markOfCode(code)]
  return (await chunksFrom(db, { import_id, from_row, marks, chunks_max: 1 }))[0]
}

const lastRowOf = ({ rows }: ImportChunk) => rows.at(-1)!.row

/** A row of a chunk with other cells. */
interface ChangedRow {
  i: number
  cells: string[]
}

const changesIn = ({ rows, checked }: ImportChunk, at: number, fix: CellFix): ChangedRow[] =>
  rows.flatMap((row, i) => {
    // Forgotten rows have no cells.
    if (row.cells.length === 0 || (fix.code !== null && checked?.[i]?.code !== fix.code)) return []
    const cells = fixedCells(row.cells, at, fix)
    return cells ? [{ i, cells }] : []
  })

const changesBack = ({ rows }: ImportChunk, at: number, fixed: readonly FixedCell[]): ChangedRow[] =>
  fixed.flatMap(([i, before, after]) => {
    const row = rows[i]!
    const cells = row.cells[at] === after ? withCell(row.cells, at, before) : undefined
    return cells ? [{ i, cells }] : []
  })

/** Does what is left of a fix, or of its undoing. */
export async function walkFix(walking: Walking, begun: ImportAtWork): Promise<WalkEnd> {
  const { pool, signal, ends } = walking
  const { import_id } = begun
  let work = begun
  try {
    for (;;) {
      signal.throwIfAborted()
      const row = await fixAtWork(pool, import_id)
      const before = work
      const walk = row?.state === 'undoing' ? undoChunkOf : fixChunk
      const after = row && (await withRest(walking, () => walk(walking, before, row)))
      if (!after) return await over(walking, work, null)
      work = after
      if (performance.now() > ends) return 'goes on'
    }
  } catch (error) {
    if (error instanceof TakenOver) return 'elsewhere'
    if (error instanceof ImportHalted) return over(walking, work, error.message)
    throw error
  }
}

const over = ({ pool }: Walking, work: ImportAtWork, detail: string | null): Promise<WalkEnd> =>
  pool
    .transaction(async (tx): Promise<WalkEnd> => {
      await endFix(tx, work.import_id)
      if (!(await endImportWork(tx, work, 'read', detail))) throw new TakenOver()
      return 'over'
    })
    .catch((error) => {
      if (error instanceof TakenOver) return 'elsewhere'
      throw error
    })

/** Corrects the next chunk that has rows of the kind. Undefined: there is none. */
async function fixChunk(
  walking: Walking,
  work: ImportAtWork,
  row: FixRow,
): Promise<ImportAtWork | undefined> {
  const { fix, fix_id } = row
  const { import_id } = work
  const at = work.shape!.columns.indexOf(fix.column)
  const chunk = await chunkToFix(walking.pool, import_id, fix, row.at_row)
  if (!chunk) return undefined
  const changes = changesIn(chunk, at, fix)
  const fixed = changes.map(({ i, cells }): FixedCell => [i, chunk.rows[i]!.cells[at] ?? '', cells[at]!])
  return written(walking, work, chunk, changes, async (tx) => {
    if (fixed.length > 0) await keepFixedCells(tx, { fix_id, import_id, place: chunk.place }, fixed)
    return advanceFix(tx, row, lastRowOf(chunk) + 1, fixed.length)
  })
}

/** Gives the rows of the next chunk back what they had. Undefined: there is none. */
async function undoChunkOf(
  walking: Walking,
  work: ImportAtWork,
  row: FixRow,
): Promise<ImportAtWork | undefined> {
  const { pool } = walking
  const { fix, fix_id } = row
  const next = await nextFixedCells(pool, fix_id)
  const chunk = next && (await chunkAt(pool, work.import_id, next.place))
  if (!chunk) return undefined
  const at = work.shape!.columns.indexOf(fix.column)
  return written(walking, work, chunk, changesBack(chunk, at, next.cells), async (tx) => {
    await dropFixedCells(tx, fix_id, next.place)
    return advanceFix(tx, row, lastRowOf(chunk) + 1, -next.cells.length)
  })
}

/** Writes changed rows with what would become of them. `also`: whether the fix is still this one's to go on with. */
async function written(
  walking: Walking,
  work: ImportAtWork,
  chunk: ImportChunk,
  changes: readonly ChangedRow[],
  also: (tx: Db) => Promise<boolean>,
): Promise<ImportAtWork> {
  const { import_id } = work
  const { changed, after } = await rewritten(walking, work, chunk, changes)
  const write = async (tx: Db) => {
    // The import first, as whoever pauses it or corrects a row does.
    if (!(await advanceImport(tx, after))) throw new TakenOver()
    if (changes.length > 0) {
      const writer = await writeChunk(tx, import_id, changed, ['rows', 'checked'])
      if (writer === undefined) throw new RowsForgotten()
      if (after.check_id !== null) await addKeys(tx, after.check_id, changed.keys)
    }
    if (!(await also(tx))) throw new TakenOver()
    return after
  }
  return walking.pool.transaction(write, { retry: 'clash' }).catch((error) => {
    if (error instanceof RowsForgotten) return work
    throw error
  })
}

/** A lead was forgotten meanwhile, and its rows lost their cells: the chunk is read again. */
class RowsForgotten extends Error {}

/** The chunk with its changed rows, and the counts by then. */
async function rewritten(
  walking: Walking,
  work: ImportAtWork,
  chunk: ImportChunk,
  changes: readonly ChangedRow[],
): Promise<{ changed: ImportChunk & Pick<Checked, 'keys'>; after: ImportAtWork }> {
  const rows = [...chunk.rows]
  for (const { i, cells } of changes) rows[i] = { row: rows[i]!.row, cells }
  const outcomes = chunk.checked && [...chunk.checked]
  if (!outcomes || !work.checked) return { changed: { ...chunk, rows, keys: [] }, after: work }
  // What nobody has looked at yet is looked at with the rest.
  const known = changes.filter(({ i }) => outcomes[i])
  const found = await judgedOf(
    walking,
    work,
    known.map(({ i }) => rows[i]!),
  )
  let checked = tallied(
    work.checked,
    known.map(({ i }) => outcomes[i]!),
    -1,
  )
  if (found) checked = tallied(checked, found.outcomes)
  for (const [n, { i }] of known.entries()) outcomes[i] = found?.outcomes[n] ?? null
  return {
    changed: { ...chunk, rows, checked: outcomes, keys: found?.keys ?? [] },
    after: { ...work, checked },
  }
}

/** Undefined: an error of ours. The rows are not looked at then, and a person lets the check begin again. */
async function judgedOf(
  { pool, targets, now, signal, onFault }: Walking,
  work: ImportAtWork,
  rows: readonly TableRow[],
): Promise<Checked | undefined> {
  try {
    return await judged({ pool, targets, now }, work, rows, signal)
  } catch (error) {
    if (isOfWalk(error)) throw error
    onFault(error)
    return undefined
  }
}

/** Rows of one chunk, together: they may meet each other. */
async function judged(
  { pool, targets, now }: Pick<Walking, 'pool' | 'targets' | 'now'>,
  work: Parameters<typeof deskFor>[0],
  rows: readonly TableRow[],
  signal?: AbortSignal,
): Promise<Checked> {
  const desk = deskFor(work, { targets, now })
  return await pastRules(
    desk,
    async (reading) => {
      const read = await readImportRows(desk, reading, rows)
      return pastLocks(() => checkRows(pool, desk, reading, read))
    },
    { signal },
  )
}

export type FixingServices = Asker['services'] & { now: () => string }

/** What would become of rows by their new cells. Undefined: no dry run has looked at the import. */
export async function lookedAgain(
  { pool, intake, now }: FixingServices,
  found: ImportRow,
  rows: readonly TableRow[],
): Promise<Result<Checked> | undefined> {
  if (!found.mapping || !found.checked || !found.shape || found.state !== 'read') return undefined
  try {
    return ok(await judged({ pool, targets: intake.targets, now }, found, rows))
  } catch (error) {
    if (error instanceof ImportHalted) return refuseField('/state', error.message)
    if (error instanceof RulesStale) throw new DeadlinePassed()
    throw error
  }
}
