// An import is undone: from its last row to its first, leads that it made are removed, and leads that it changed get back what
// they had. What somebody has touched since stays as it is, and is listed.

import { NOTHING_UNDONE, type RowOutcome, type UndoFate, type UndoTally } from '../core/import.ts'
import { ok, type Result, refuseField } from '../core/result.ts'
import { touchedLeads } from '../db/import-leads.ts'
import { chunkAt, forgetRowsOf, type ImportChunk, writeUndone } from '../db/import-rows.ts'
import { advanceImport, type ImportAtWork, toImportState } from '../db/import-work.ts'
import type { ImportRow } from '../db/imports.ts'
import { findLeads } from '../db/leads.ts'
import { type Db, type Pool, partsOf } from '../db/pool.ts'
import { lockLeads } from '../db/rearrange.ts'
import { SEES_ALL } from '../db/sight.ts'
import { forgetLocked } from './forget.ts'
import type { ImportDesk } from './import-reading.ts'
import { importStep } from './imports.ts'
import { LOCKED_MS_MAX, pastLocks } from './locks.ts'
import { revertLead } from './merge.ts'
import { roadsOn } from './pull-rows.ts'
import type { Asker } from './set-up.ts'

const UNDONE_FROM = ['done', 'cancelled', 'paused'] as const

/** From here on a job does it. */
export const undoImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.undo',
    from: UNDONE_FROM,
    done: ['undoing', 'undone'],
    work: async (tx, { done, emptied_at }) => {
      const wrong = undoProblem({ done, emptied_at })
      return wrong ?? ok(await toImportState(tx, import_id, 'undoing'))
    },
  })

function undoProblem({ done, emptied_at }: Pick<ImportRow, 'done' | 'emptied_at'>) {
  if (emptied_at !== null) return NO_ROWS_LEFT
  return done === null || done.rows === 0 ? refuseField('/state', 'this import has taken no rows') : undefined
}

const NO_ROWS_LEFT = refuseField('/state', 'the rows of this import are gone: it cannot be undone any more')

/** How long rows are counted, milliseconds: people wait for it. */
const COUNT_MS_MAX = 1_000

/** What undoing would do by now; `exact` false: so many at least. */
export async function previewUndo(
  pool: Pool,
  found: ImportRow,
): Promise<Result<UndoTally & { exact: boolean }>> {
  if (found.emptied_at !== null) return NO_ROWS_LEFT
  const { import_id, campaign_id } = found
  const taken = found.done?.rows ?? 0
  const ends = performance.now() + COUNT_MS_MAX
  let tally = NOTHING_UNDONE
  while (tally.rows < taken) {
    if (performance.now() > ends) return ok({ ...tally, exact: false })
    const chunk = await chunkBefore(pool, import_id, taken - tally.rows)
    const rows = rowsToUndo(chunk, taken)
    const touched = await touchedLeads(pool, { campaign_id, import_id, rows: keysOf(rows) })
    tally = counted(
      tally,
      rows.map((row) => fateOf(row, touched)),
    )
  }
  return ok({ ...tally, exact: true })
}

/** A row that was taken, last ones first. */
interface TakenRow {
  i: number
  outcome: RowOutcome
}

const chunkBefore = async (db: Db, import_id: number, rows: number): Promise<ImportChunk> =>
  (await chunkAt(db, import_id, rows - 1))!

/** `taken`: how many rows of the import were. */
function rowsToUndo({ done, place }: ImportChunk, taken: number): TakenRow[] {
  const outcomes = (done ?? []).slice(0, taken - place)
  return outcomes.flatMap((outcome, i) => (outcome ? [{ i, outcome }] : [])).reverse()
}

const keysOf = (rows: readonly TakenRow[]) =>
  rows.flatMap(({ outcome: { number, version } }) =>
    number !== null && version !== null ? [{ number, version }] : [],
  )

/** What there is to do, if nobody comes in between. */
function fateOf({ outcome: { fate, number } }: TakenRow, touched: ReadonlySet<number>): UndoFate {
  if (fate !== 'created' && fate !== 'updated') return fate === 'moved' ? 'kept' : 'nothing'
  if (number === null || touched.has(number)) return 'kept'
  return fate === 'created' ? 'removed' : 'restored'
}

function counted(tally: UndoTally, fates: readonly UndoFate[]): UndoTally {
  const sum = { ...tally, rows: tally.rows + fates.length }
  for (const fate of fates) sum[fate]++
  return sum
}

/** Undoes the rows of the chunk before those that are undone already, in one commit. Undefined: somebody else has it. */
export function undoChunk(
  pool: Pool,
  desk: ImportDesk,
  work: ImportAtWork,
): Promise<ImportAtWork | undefined> {
  const before = work.undone ?? NOTHING_UNDONE
  const taken = work.done!.rows
  return pastLocks(() =>
    pool.transaction(
      async (tx) => {
        const chunk = await chunkBefore(tx, work.import_id, taken - before.rows)
        const rows = rowsToUndo(chunk, taken)
        const fates = await undoRows(tx, desk, rows)
        const after = { ...work, undone: counted(before, fates) }
        const undone: (UndoFate | null)[] = chunk.rows.map(() => null)
        for (const [at, { i }] of rows.entries()) undone[i] = fates[at]!
        await writeUndone(tx, work.import_id, chunk, undone)
        const removed = rows.flatMap(({ outcome }, at) => (fates[at] === 'removed' ? outcome.number! : []))
        if (removed.length > 0) await forgetRowsOf(tx, removed)
        return (await advanceImport(tx, after)) ? after : Promise.reject(new UndoneElsewhere())
      },
      { retry: 'clash' },
    ),
  ).catch((error) => {
    if (error instanceof UndoneElsewhere) return undefined
    throw error
  })
}

class UndoneElsewhere extends Error {}

async function undoRows(tx: Db, desk: ImportDesk, rows: readonly TakenRow[]): Promise<UndoFate[]> {
  const { work, by } = desk
  const { campaign_id, import_id } = work
  const keys = keysOf(rows)
  if (keys.length > 0)
    await lockLeads(
      tx,
      campaign_id,
      keys.map(({ number }) => number),
    )
  const touched = await touchedLeads(tx, { campaign_id, import_id, rows: keys })
  const fates: UndoFate[] = []
  for (const row of rows) {
    const fate = fateOf(row, touched)
    const number = row.outcome.number ?? 0
    if (fate === 'removed')
      fates.push((await forgetLocked(tx, { campaign_id, number }, by)) ? 'removed' : 'kept')
    else if (fate === 'restored') fates.push(await restored(tx, desk, number, row.outcome.version!))
    else fates.push(fate)
  }
  return fates
}

/** Gives a lead back what it had before one of its versions. What cannot be given back stays. */
async function restored(tx: Db, desk: ImportDesk, number: number, version: number): Promise<UndoFate> {
  const { targets, turns, by, now, work } = desk
  const { campaign_id } = work
  const rules = await targets.find({ campaign_id }, SEES_ALL)
  const [found] = await findLeads(tx, [{ campaign_id, number, external_id: null }])
  if (rules.refusal || !found) return 'kept'
  const reverted = await revertLead(roadsOn(partsOf(tx), targets, turns), {
    found,
    version,
    lead_version: found.version,
    rules: rules.ok,
    reader: { team_ids: [], may_overrule: false },
    may_put_off: true,
    by,
    now: now(),
    deadline: performance.now() + LOCKED_MS_MAX,
  })
  return reverted.refusal ? 'kept' : 'restored'
}
