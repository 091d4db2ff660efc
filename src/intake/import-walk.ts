// A job walks through the rows of an import, a piece at a time: the rows of a piece, what came of them and how far the import
// has come are one commit, so that whoever dies, every row is taken once.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { isTooBad, NO_ROWS, type RowOutcome, type RowTally, tallied } from '../core/import.ts'
import { RESULTS } from '../core/result.ts'
import { DeadlinePassed, sqlState } from '../db/again.ts'
import { addKeys } from '../db/import-leads.ts'
import { chunkAt, type ImportChunk, type Outcomes, writeChunk } from '../db/import-rows.ts'
import { advanceImport, endImportWork, type ImportAtWork } from '../db/import-work.ts'
import { DatabaseUnavailable, type Db, type Pool } from '../db/pool.ts'
import { BULKHEADS } from '../db/pools.ts'
import { Gate } from './gate.ts'
import { partOf, ReadAhead, type ReadyChunk, type RowsRead } from './import-ahead.ts'
import { checkRows } from './import-check.ts'
import {
  type ImportDesk,
  ImportHalted,
  type ReadRow,
  type RowReading,
  readImportRows,
  rowReadingOf,
} from './import-reading.ts'
import { writeRows } from './import-rows.ts'
import { undoChunk } from './import-undo.ts'
import { Locked, pastLocks } from './locks.ts'
import { RulesStale } from './pull-rows.ts'
import type { Targets } from './targets.ts'

export interface Walking {
  pool: Pool
  targets: Targets
  now: () => string
  signal: AbortSignal
  /** performance.now() after which no further piece is begun. */
  ends: number
  /** How many requests intake has let in so far: the walk leaves them more room. */
  requests: () => number
  /** A lead of this allocation may have become ready to be called. */
  onReady: (allocation_id: number) => void
  /** An error of ours, at one row. */
  onFault: (error: unknown) => void
}

/** Another process, or a person, has taken the import over: nothing of the piece may stay. */
export class TakenOver extends Error {}

/** The rows have changed since they were read: a lead of theirs was forgotten. The next job reads them anew. */
class ChunkChanged extends Error {}

const turns = new Gate({
  slots: BULKHEADS.turns.connections_max,
  queue_max: Number.POSITIVE_INFINITY,
  wait_ms: 0,
})

export const importActor = (import_id: number) => `import:${import_id}`

export const deskFor = (
  work: ImportDesk['work'],
  { targets, now }: Pick<Walking, 'targets' | 'now'>,
): ImportDesk => ({
  work,
  targets,
  turns,
  by: { actor: importActor(work.import_id), way: 'import', request_id: importActor(work.import_id) },
  now,
})

/** Does a piece of work. If requests came meanwhile it rests as long behind it: they meet it half of the time at most. */
export async function withRest<T>(
  { requests }: Pick<Walking, 'requests'>,
  work: () => Promise<T>,
): Promise<T> {
  const before = requests()
  const began = performance.now()
  const done = await work()
  await (requests() > before ? sleep(performance.now() - began) : turn())
  return done
}

/** How a walk ended; elsewhere: somebody else goes on with it. */
export type WalkEnd = 'goes on' | 'over' | 'elsewhere'

/** Takes the rows, or looks what would become of them, from where the import has come to. */
export async function walkImport(walking: Walking, begun: ImportAtWork): Promise<WalkEnd> {
  const { pool, signal, ends } = walking
  const kind = begun.state === 'checking' ? 'checked' : 'done'
  let work = begun
  const ahead = new ReadAhead((place) => readyChunk(walking, begun, place))
  try {
    for (;;) {
      signal.throwIfAborted()
      const tally = work[kind] ?? NO_ROWS
      if (tally.rows >= work.rows) return await ended(pool, work, kind === 'checked' ? 'read' : 'done')
      if (kind === 'done' && isTooBad(tally, work.bad_percent_max, work.rows))
        return await ended(pool, work, 'paused', tooBad(tally, work))
      const ready = await ahead.take(tally.rows)
      if (!ready) throw new Error('the rows of the import are gone')
      const { place, rows } = ready.chunk
      const next = place + rows.length
      if (next < work.rows) ahead.begin(next)
      const begun_with = work
      work = await withRest(walking, () => walkChunk(walking, begun_with, kind, ready, tally.rows - place))
      if (performance.now() > ends) return 'goes on'
    }
  } catch (error) {
    if (error instanceof TakenOver) return 'elsewhere'
    if (error instanceof ChunkChanged) return 'goes on'
    if (error instanceof ImportHalted)
      return ended(pool, work, kind === 'checked' ? 'read' : 'paused', error.message)
    throw error
  }
}

/** Fetches a chunk, and reads its rows by the rules of now. */
async function readyChunk(
  { pool, ...walking }: Walking,
  work: ImportAtWork,
  place: number,
): Promise<ReadyChunk | undefined> {
  const chunk = await chunkAt(pool, work.import_id, place)
  if (!chunk) return undefined
  const desk = deskFor(work, walking)
  const at = performance.now()
  const read = async (): Promise<RowsRead> => {
    const reading = await rowReadingOf(desk)
    return { reading, rows: await readImportRows(desk, reading, chunk.rows), at }
  }
  return { chunk, read: await read().catch(() => undefined) }
}

/** Undoes the rows that were taken, last ones first. */
export async function walkBack(walking: Walking, begun: ImportAtWork): Promise<WalkEnd> {
  const { pool, signal, ends } = walking
  for (let work = begun; ; ) {
    signal.throwIfAborted()
    if ((work.undone?.rows ?? 0) >= (work.done?.rows ?? 0)) return ended(pool, work, 'undone')
    const before = work
    const after = await withRest(walking, () => undoChunk(pool, deskFor(before, walking), before))
    if (!after) return 'elsewhere'
    if (performance.now() > ends) return 'goes on'
    work = after
  }
}

const tooBad = ({ rows, rejected }: RowTally, { bad_percent_max }: ImportAtWork) =>
  `${rejected} of ${rows} rows were refused, more than ${bad_percent_max} %: correct the file, or raise the limit and resume`

async function ended(
  pool: Pool,
  work: ImportAtWork,
  to: 'read' | 'done' | 'paused' | 'undone',
  detail: string | null = null,
): Promise<WalkEnd> {
  return (await endImportWork(pool, work, to, detail)) ? 'over' : 'elsewhere'
}

/** Rows of one commit. Changes are written one after the other, and whoever wants one of their leads waits meanwhile. */
const PIECE_ROWS = 100

async function walkChunk(
  walking: Walking,
  begun: ImportAtWork,
  kind: 'checked' | 'done',
  { chunk, read }: ReadyChunk,
  from: number,
): Promise<ImportAtWork> {
  const only_adds = begun.mode === 'insert' && begun.duplicates === 'reject'
  const piece_rows = only_adds ? chunk.rows.length : PIECE_ROWS
  const { writer } = chunk
  let progress: Progress = { work: begun, outcomes: chunk[kind] ?? chunk.rows.map(() => null), writer }
  let at = from
  while (at < chunk.rows.length) {
    // Pieces are the same whoever takes them: a dry run and the run must not differ by them.
    const to = Math.min(chunk.rows.length, (Math.floor(at / piece_rows) + 1) * piece_rows)
    progress = await walkPiece(walking, progress, kind, { chunk, read }, at, to)
    at = to
  }
  return progress.work
}

/** How far the import has come, and what is known of the rows of the chunk. */
interface Progress {
  work: ImportAtWork
  outcomes: Outcomes
  /** Who wrote the chunk last. */
  writer: string
}

/** A row that makes its piece fail, through an error of ours, never fails its neighbours. */
async function walkPiece(
  walking: Walking,
  before: Progress,
  kind: 'checked' | 'done',
  ready: ReadyChunk,
  from: number,
  to: number,
): Promise<Progress> {
  walking.signal.throwIfAborted()
  const { chunk } = ready
  const keep = (tx: Db, found: RowOutcome[]) => kept(tx, before, kind, chunk, from, found)
  const desk = deskFor(before.work, walking)
  const read = partOf(ready.read, from, to)
  try {
    const take = kind === 'done' ? taken : looked
    return await pastRules(
      desk,
      async (reading) => {
        const is_read = reading === read?.reading
        const rows = is_read ? read.rows : await readImportRows(desk, reading, chunk.rows.slice(from, to))
        return pastLocks(() => take(walking, before.work, reading, rows, keep))
      },
      { signal: walking.signal, first: read?.reading },
    )
  } catch (error) {
    if (isOfWalk(error)) throw error
    if (to - from === 1) {
      walking.onFault(error)
      return walking.pool.transaction((tx) => keep(tx, [FAULT]))
    }
    const middle = from + Math.ceil((to - from) / 2)
    const half = await walkPiece(walking, before, kind, ready, from, middle)
    return walkPiece(walking, half, kind, ready, middle, to)
  }
}

const FAULT: RowOutcome = {
  fate: 'rejected',
  code: RESULTS.EXCEPTION.code,
  field: null,
  detail: 'an error of ours: the row was not taken',
  number: null,
  version: null,
  other_row: null,
  conflict_id: null,
}

/** Errors that say nothing about a row: the job ends with them, and comes again. */
export const isOfWalk = (error: unknown) =>
  error instanceof DatabaseUnavailable ||
  error instanceof TakenOver ||
  error instanceof ChunkChanged ||
  error instanceof ImportHalted ||
  error instanceof Locked ||
  error instanceof DeadlinePassed ||
  sqlState(error) === '57014' ||
  (error instanceof Error && error.name === 'AbortError')

/** Rules that have changed this often under the same work will not settle. */
const RULES_TRIES_MAX = 8

/**
 * The work by the rules of now: those that it began with may have changed meanwhile. `first`: rules of a moment ago, by which
 * it is tried first.
 */
export async function pastRules<T>(
  desk: ImportDesk,
  work: (reading: RowReading) => Promise<T>,
  { signal, first }: { signal?: AbortSignal; first?: RowReading } = {},
): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted()
    const reading = (tries === 1 ? first : undefined) ?? (await rowReadingOf(desk))
    try {
      return await work(reading)
    } catch (error) {
      if (!(error instanceof RulesStale) || tries >= RULES_TRIES_MAX) throw error
      desk.targets.clear()
    }
  }
}

type Keep = (tx: Db, outcomes: RowOutcome[]) => Promise<Progress>

async function taken(
  walking: Walking,
  work: ImportAtWork,
  reading: RowReading,
  rows: readonly ReadRow[],
  keep: Keep,
): Promise<Progress> {
  let ready: ReadonlySet<number> = new Set()
  const after = await walking.pool.transaction(
    async (tx) => {
      const written = await writeRows(tx, deskFor(work, walking), reading, rows)
      ready = written.ready
      return keep(tx, written.outcomes)
    },
    { retry: 'clash' },
  )
  for (const allocation_id of ready) walking.onReady(allocation_id)
  return after
}

async function looked(
  walking: Walking,
  work: ImportAtWork,
  reading: RowReading,
  rows: readonly ReadRow[],
  keep: Keep,
): Promise<Progress> {
  const { outcomes, keys } = await checkRows(walking.pool, deskFor(work, walking), reading, rows)
  return walking.pool.transaction(async (tx) => {
    if (keys.length > 0) await addKeys(tx, work.check_id!, keys)
    return keep(tx, outcomes)
  })
}

/** Writes what came of rows, and how far the import has come by that. */
async function kept(
  tx: Db,
  before: Progress,
  kind: 'checked' | 'done',
  chunk: ImportChunk,
  from: number,
  found: readonly RowOutcome[],
): Promise<Progress> {
  const outcomes = [...before.outcomes]
  outcomes.splice(from, found.length, ...found)
  const work = { ...before.work, [kind]: tallied(before.work[kind] ?? NO_ROWS, found) }
  const now = { ...chunk, [kind]: outcomes, writer: before.writer }
  const writer = await writeChunk(tx, work.import_id, now, [kind])
  if (!(await advanceImport(tx, work))) throw new TakenOver()
  if (writer === undefined) throw new ChunkChanged()
  return { work, outcomes, writer }
}
