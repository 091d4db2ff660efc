// Rows that were pulled are written in their order, in chunks. A chunk and how far its run has come are one commit: a
// process that dies between two chunks neither loses a row nor writes one twice.

import { readInsert } from '../core/classic.ts'
import { EXTERNAL_ID, type PullDeed, type PulledRow, readModification } from '../core/pulled-row.ts'
import { ok, RESULTS, type Refusal, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { DeadlinePassed, sqlState } from '../db/again.ts'
import { type AllocationRow, listAllocations } from '../db/allocations.ts'
import type { Comparing } from '../db/lead-insert.ts'
import { updateLeads } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import { DatabaseUnavailable, type Db, type Transactions } from '../db/pool.ts'
import type { PullAtWork, PullProgress } from '../db/pull-runs.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import { Batcher } from './batcher.ts'
import { withoutRuled } from './conflict-rules.ts'
import type { Gate } from './gate.ts'
import { type Arrival, type Inserted, insert } from './insert.ts'
import { LOCKED_MS_MAX, Locked, pastLocks, RowLocked } from './locks.ts'
import { allocationNamed, auditMoves, moveLeadTo, NO_SUCH_ALLOCATION, type RowMove } from './row-moves.ts'
import { inSlices } from './slices.ts'
import type { Targets } from './targets.ts'
import { update } from './update.ts'
import type { UpdateRoads } from './write.ts'

/** A row of a page. Undefined in `id`: it has none. */
export interface PageRow {
  id: string | undefined
  read: Result<PulledRow>
}

export type RunProgress = PullProgress & { last_id: string | null }

/** What a run of a pull writes with. */
export interface Desk {
  pull: Pick<PullAtWork, 'pull_id' | 'allocation_id' | 'allow_duplicates'>
  /** Where chunks are written, and rows are changed. */
  db: Transactions
  roads: UpdateRoads
  targets: Targets
  by: Actor
  now: () => string
  /** Writes how far the run has come, in the transaction of the rows. Throws where this run may write no more. */
  advance: (tx: Db, progress: RunProgress) => Promise<void>
  /** How long a chunk may wait for locked rows, milliseconds. */
  lock_ms_max: number
  signal: AbortSignal
  /** A lead of this allocation may have become ready to be called. */
  onReady: (allocation_id: number) => void
  /** An error of ours, at one row. */
  onFault: (error: unknown) => void
  /** So many rows of a deed got this code, and that is committed. */
  onTaken: (deed: PullDeed, code: number, rows: number) => void
}

/** The run ends, and nothing more of it is written: its allocation takes no leads, for one. */
export class PullStopped extends Error {}

const CHUNK_ROWS = 200
const REFUSED_KEPT = 100

/** Roads for rows that come one after the other: nothing is coalesced. */
export const roadsOn = (db: Transactions, targets: Targets, turns: Gate): UpdateRoads => ({
  pool: db,
  transactions: db,
  find: new Batcher({ run: async (keys) => (await findLeads(db, keys)).map((lead) => ({ done: lead })) }),
  write: new Batcher({
    run: async (rows) =>
      (await updateLeads(db, rows)).map((verdict) =>
        verdict === 'locked' ? 'locked' : { done: verdict === 'written' },
      ),
  }),
  rulesNow: (rules) => targets.rulesNow(rules),
  turns,
})

/** Writes the rows; answers how far the run has come. */
export async function takeRows(
  desk: Desk,
  rows: readonly PageRow[],
  before: RunProgress,
): Promise<RunProgress> {
  let progress = before
  for (const chunk of chunksOf(rows)) {
    desk.signal.throwIfAborted()
    const before_chunk = progress.counts
    progress = await takeChunk(desk, chunk, progress)
    for (const [code, counted] of Object.entries(progress.counts))
      desk.onTaken(chunk.deed, Number(code), counted - (before_chunk[code] ?? 0))
  }
  return progress
}

interface Chunk {
  deed: PullDeed
  rows: readonly PageRow[]
}

/** Neighbours of one deed. A change of a lead is a chunk of its own: its transaction is that of the change. */
function chunksOf(rows: readonly PageRow[]): Chunk[] {
  const chunks: { deed: PullDeed; rows: PageRow[] }[] = []
  for (const row of rows) {
    const deed = row.read.ok?.deed ?? 'add'
    const last = chunks.at(-1)
    if (last?.deed === deed && deed !== 'modify' && last.rows.length < CHUNK_ROWS) last.rows.push(row)
    else chunks.push({ deed, rows: [row] })
  }
  return chunks
}

type Take = (desk: Desk, rows: readonly PageRow[], before: RunProgress) => Promise<RunProgress>

/** A row that makes its chunk fail, through an error of ours, never fails its neighbours. */
async function takeChunk(desk: Desk, { deed, rows }: Chunk, before: RunProgress): Promise<RunProgress> {
  try {
    return await TAKES[deed](desk, rows, before)
  } catch (error) {
    if (isOfRun(error)) throw error
    if (rows.length === 1) {
      desk.onFault(error)
      const fault = refuse('EXCEPTION', 'an error of ours: the row was not taken')
      return onRecord(desk, progressAfter(before, rows, [fault]))
    }
    const half = Math.ceil(rows.length / 2)
    const first = await takeChunk(desk, { deed, rows: rows.slice(0, half) }, before)
    return takeChunk(desk, { deed, rows: rows.slice(half) }, first)
  }
}

/** Errors that say nothing about a row: the run ends with them. */
const isOfRun = (error: unknown) =>
  error instanceof DatabaseUnavailable ||
  error instanceof PullStopped ||
  error instanceof Locked ||
  error instanceof DeadlinePassed ||
  sqlState(error) === '57014'

type RowResult = Result<unknown>

/** How far the run has come once these rows are taken. */
function progressAfter(
  before: RunProgress,
  rows: readonly PageRow[],
  results: readonly RowResult[],
): RunProgress {
  const counts = { ...before.counts }
  const refused = [...before.refused]
  for (const [i, { refusal }] of results.entries()) {
    const { code } = RESULTS[refusal?.name ?? 'OK']
    counts[code] = (counts[code] ?? 0) + 1
    if (refusal && refused.length < REFUSED_KEPT) refused.push(refusedRow(before.rows + i + 1, code, refusal))
  }
  const last_id = rows.findLast(({ id }) => id !== undefined)?.id ?? before.last_id
  return { ...before, rows: before.rows + rows.length, counts, refused, last_id }
}

const refusedRow = (row: number, code: number, { field, detail, lead_id, conflict_id }: Refusal) => ({
  row,
  code,
  field: field ?? null,
  detail,
  lead_id: lead_id ?? null,
  conflict_id: conflict_id ?? null,
})

/** The work in one transaction, once it meets no lock any more. */
const inOneCommit = <T>({ db, lock_ms_max }: Desk, work: (tx: Db) => Promise<T>) =>
  pastLocks(() => db.transaction(work, { retry: 'clash' }), lock_ms_max)

async function onRecord(desk: Desk, progress: RunProgress): Promise<RunProgress> {
  await inOneCommit(desk, (tx) => desk.advance(tx, progress))
  return progress
}

/** Rules of the set-up changed while a chunk was written: it is judged once more. */
export class RulesStale extends Error {}

const addRows: Take = async (desk, rows, before) => {
  const { targets, pull } = desk
  const rules = await targets.openAllocation(pull.allocation_id, SEES_ALL)
  if (rules.refusal) throw new PullStopped(rules.refusal.detail)
  for (let known = rules.ok; ; ) {
    const judged = await Promise.all(rows.map(({ read }) => inSlices(() => arrivalOf(desk, read, known))))
    try {
      const progress = await inOneCommit(desk, async (tx) => {
        const after = progressAfter(before, rows, await insertAll(tx, judged))
        await desk.advance(tx, after)
        return after
      })
      desk.onReady(pull.allocation_id)
      return progress
    } catch (error) {
      if (!(error instanceof RulesStale)) throw error
      const now = await targets.openNow(known, pull.allocation_id)
      if (now.refusal) throw new PullStopped(now.refusal.detail)
      known = now.ok
    }
  }
}

function arrivalOf({ pull, by, now }: Desk, read: Result<PulledRow>, rules: Rules): Result<Arrival> {
  if (read.refusal) return read
  if (read.ok.deed !== 'add') throw new Error('this row adds no lead')
  const { allocation_id, allow_duplicates } = pull
  const instant = now()
  const submission = readInsert(read.ok.document, rules, allocation_id, instant, { disposition: true })
  return submission.refusal
    ? submission
    : ok({ submission: submission.ok, rules, allow_duplicates, by, now: instant })
}

/** Rows that the one door takes in one statement. */
const OFFERED_MAX = 250

/** Through the one door. Rows that want what an earlier one of the chunk has are offered again behind it. */
export async function insertAll(
  tx: Db,
  judged: readonly Result<Arrival>[],
  comparing: Comparing | null = null,
): Promise<Result<Inserted>[]> {
  const results: (Result<Inserted> | undefined)[] = judged.map((row) => (row.refusal ? row : undefined))
  const open = judged.flatMap(({ refusal }, i) => (refusal ? [] : [i]))
  while (open.length > 0) {
    const offered = open.splice(0, OFFERED_MAX)
    const verdicts = await insert(
      tx,
      offered.map((i) => judged[i]!.ok!),
      { comparing },
    )
    const again: number[] = []
    for (const [at, verdict] of verdicts.entries()) {
      const i = offered[at]!
      if (verdict === 'again') again.push(i)
      else if (verdict === 'locked') throw new RowLocked()
      else if (verdict.done === 'stale') throw new RulesStale()
      else results[i] = verdict.done
    }
    open.unshift(...again)
  }
  return results.map((result) => result!)
}

const modifyRow: Take = async (desk, rows, before) => {
  const { pull, targets, roads, db, by } = desk
  const row = rows[0]!.read.ok
  if (row?.deed !== 'modify') throw new Error('this row changes no lead')
  const rules = await targets.ofAllocation(pull.allocation_id, SEES_ALL)
  if (rules.refusal) throw new PullStopped(rules.refusal.detail)
  const key = { campaign_id: rules.ok.campaign_id, number: null, external_id: row.external_id }
  const [found] = await findLeads(db, [key])
  if (!found) return onRecord(desk, progressAfter(before, rows, [NO_LEAD]))
  const now = desk.now()
  const incoming = await inSlices(() => readModification(row.document, rules.ok, found, now))
  if (incoming.refusal) return onRecord(desk, progressAfter(before, rows, [incoming]))
  const done = progressAfter(before, rows, [ok(undefined)])
  let is_on_record = false
  const request = {
    rules: rules.ok,
    found,
    base_version: row.base_version,
    incoming: incoming.ok,
    on_conflict: 'classic' as const,
    // Nobody is shown the conflict.
    reader: { team_ids: [], may_overrule: false },
    allow_duplicates: pull.allow_duplicates,
    by,
    now,
    deadline: performance.now() + LOCKED_MS_MAX,
    also: async (tx: Db) => {
      await desk.advance(tx, done)
      is_on_record = true
    },
  }
  const updated = await withoutRuled(roads, request, await update(roads, request))
  if (!updated.refusal) desk.onReady(found.allocation_id)
  // A change that was written brings its record along. Whatever wrote nothing, or was held, may come again.
  return is_on_record && !updated.refusal ? done : onRecord(desk, progressAfter(before, rows, [updated]))
}

const NO_LEAD = refuse('COULDNT_FIND_THE_LEAD', 'no lead of the campaign has this external id', {
  field: EXTERNAL_ID,
})

const reallocateRows: Take = async (desk, rows, before) => {
  const { pull, targets } = desk
  const rules = await targets.ofAllocation(pull.allocation_id, SEES_ALL)
  if (rules.refusal) throw new PullStopped(rules.refusal.detail)
  const { campaign_id } = rules.ok
  const { progress, reached } = await inOneCommit(desk, async (tx) => {
    const allocations = await listAllocations(tx, SEES_ALL, { campaign_id, archived: true })
    const moves: RowMove[] = []
    const results: RowResult[] = []
    for (const { read } of rows) {
      if (read.ok?.deed !== 'reallocate') throw new Error('this row moves no lead')
      const moved = await moveLead(tx, desk, campaign_id, read.ok, allocations)
      if (moved.ok) moves.push(moved.ok)
      results.push(moved)
    }
    await auditMoves(tx, desk.by, moves)
    const progress = progressAfter(before, rows, results)
    await desk.advance(tx, progress)
    return { progress, reached: moves.map(({ to }) => to) }
  })
  for (const allocation_id of new Set(reached)) desk.onReady(allocation_id)
  return progress
}

async function moveLead(
  tx: Db,
  { by }: Desk,
  campaign_id: number,
  { external_id, allocation_name }: Extract<PulledRow, { deed: 'reallocate' }>,
  allocations: readonly AllocationRow[],
): Promise<Result<RowMove>> {
  const [found] = await findLeads(tx, [{ campaign_id, number: null, external_id }])
  if (!found) return NO_LEAD
  const to = allocationNamed(allocations, allocation_name)
  return to ? moveLeadTo(tx, by, found, to.allocation_id) : NO_SUCH_ALLOCATION
}

const TAKES: Record<PullDeed, Take> = { add: addRows, modify: modifyRow, reallocate: reallocateRows }
