// A run of a pull: pages are fetched until one holds nothing new, and their rows are written.

import type { JsonObject } from '../core/document.ts'
import type { PullSetUp } from '../core/pull.ts'
import { idOfRow, readPulledRow } from '../core/pulled-row.ts'
import { refuse } from '../core/result.ts'
import { DeadlinePassed, sqlState } from '../db/again.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { BULKHEADS } from '../db/pools.ts'
import {
  advancePullRun,
  beginPullRun,
  endPullRun,
  type PullAtWork,
  type PullRunEnd,
} from '../db/pull-runs.ts'
import { Gate } from '../intake/gate.ts'
import { LOCKED_MS_MAX, Locked } from '../intake/locks.ts'
import {
  type Desk,
  type PageRow,
  PullStopped,
  type RunProgress,
  roadsOn,
  takeRows,
} from '../intake/pull-rows.ts'
import { inSlices } from '../intake/slices.ts'
import { fetchPage } from './fetch-page.ts'
import type { Jobs } from './work.ts'

/** After this time a run goes on in another job, so that the pulls of its lane take turns. */
const SLICE_MS = 30_000
/** A source that always has more goes on at the next run. */
const PAGES_MAX = 1_000

/** Another process writes for this run by now. */
class TakenUp extends PullStopped {}
class ChangedMeanwhile extends PullStopped {}

type Ended = Pick<PullRunEnd, 'state' | 'detail' | 'wait_s'>
const DONE: Ended = { state: 'done', detail: null, wait_s: null }
const failed = (detail: string, wait_s: number | null = null): Ended => ({ state: 'failed', detail, wait_s })

/** Turns of the changes that rows make: those of a run come one after the other. */
const turns = new Gate({
  slots: BULKHEADS.turns.connections_max,
  queue_max: Number.POSITIVE_INFINITY,
  wait_ms: 0,
})

/** Does a part of a run. The answer is the run where it goes on in another job; undefined: it has ended. */
export async function runPull(
  jobs: Jobs,
  run_id: number,
  signal: AbortSignal,
): Promise<PullAtWork | undefined> {
  const run = await beginPullRun(jobs.pool, run_id)
  if (!run) return undefined
  const { pull_id } = run
  // An allocation that was just taken up must not fail the run.
  jobs.targets.clear()
  let pages = run.pages
  const onPage = () => ++pages
  try {
    const ended = await takePages(jobs, run, onPage, signal)
    if (ended === 'goes on') return run
    await end(jobs, run, { ...ended, pages })
  } catch (error) {
    if (error instanceof TakenUp) return undefined
    // The run is as its last commit left it; the queue takes it up again.
    if (signal.aborted || error instanceof DatabaseUnavailable)
      throw new Error('the server stopped, or the database went away')
    await end(jobs, run, { ...endOf(error), pages })
    const code = sqlState(error)
    if (!isForeseen(error)) jobs.log.error({ run_id, pull_id, error: nameOf(error), code }, 'exception')
  }
  return undefined
}

const isLate = (error: unknown) => error instanceof Locked || error instanceof DeadlinePassed
const isForeseen = (error: unknown) => error instanceof PullStopped || isLate(error)

function endOf(error: unknown): Ended {
  if (error instanceof ChangedMeanwhile)
    return { ...DONE, detail: 'the pull was changed meanwhile; its next run goes on', wait_s: 0 }
  if (error instanceof PullStopped) return failed(error.message)
  if (isLate(error)) return failed('a lead or number stayed locked for too long; the next run goes on')
  return failed(`an error of ours (${sqlState(error) ?? nameOf(error)})`)
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

async function end(jobs: Jobs, run: PullAtWork, ended: PullRunEnd): Promise<void> {
  const failures = await endPullRun(jobs.pool, run, ended)
  if (failures === undefined) return
  jobs.onPulled(ended.state)
  const { run_id, pull_id } = run
  if (ended.state === 'failed')
    jobs.log.warn({ run_id, pull_id, failures, detail: ended.detail }, 'a pull failed')
}

async function takePages(
  jobs: Jobs,
  run: PullAtWork,
  onPage: () => number,
  signal: AbortSignal,
): Promise<Ended | 'goes on'> {
  const ends = performance.now() + SLICE_MS
  const desk = deskOf(jobs, run, signal)
  const { private_hosts } = jobs.options
  const { last_id, pages, rows, counts, refused } = run
  let progress: RunProgress = { last_id, pages, rows, counts, refused }
  /** Rows behind the last id that were refused for want of one: the source answers them again. */
  let refused_behind = 0
  for (;;) {
    const page = await fetchPage(
      { ...run, last_id: progress.last_id },
      { private_hosts, now: jobs.now, signal },
    )
    if (page.problem !== undefined) return failed(page.problem, page.wait_s)
    progress = { ...progress, pages: onPage() }
    const behind = await newRows(page.rows, run, progress.last_id)
    const found = haveNoIds(behind.slice(0, refused_behind)) ? behind.slice(refused_behind) : behind
    if (found.length === 0) return DONE
    if (progress.last_id === null && haveNoIds(found)) return failed(noIds(run))
    refused_behind = behind.length - 1 - behind.findLastIndex(({ id }) => id !== undefined)
    progress = await takeRows(desk, found, progress)
    if (progress.pages >= PAGES_MAX) return DONE
    if (performance.now() > ends) return 'goes on'
  }
}

export const haveNoIds = (rows: readonly PageRow[]) => rows.every(({ id }) => id === undefined)

export const noIds = ({ id_key }: Pick<PullSetUp, 'id_key'>) =>
  `no row of the answer has an id: they need the key ${id_key} with a text of at most 200 characters`

function deskOf(jobs: Jobs, run: PullAtWork, signal: AbortSignal): Desk {
  const { run_id, pull_id, campaign_id } = run
  const { pool, targets } = jobs
  const actor = `pull:${pull_id}`
  return {
    pull: run,
    db: pool,
    roads: roadsOn(pool, targets, turns),
    targets,
    by: { actor, way: 'import', request_id: `pull-run-${run_id}` },
    now: jobs.now,
    advance: async (tx, progress) => {
      const advanced = await advancePullRun(tx, run, progress)
      if (advanced === 'taken up') throw new TakenUp()
      if (advanced === 'changed') throw new ChangedMeanwhile()
    },
    lock_ms_max: LOCKED_MS_MAX,
    signal,
    onReady: jobs.onReady,
    onTaken: (deed, code, rows) => {
      if (rows > 0) jobs.onRows(deed === 'add' ? 'insert' : 'update', code, campaign_id, actor, rows)
    },
    onFault: (error) =>
      jobs.log.error({ run_id, pull_id, error: nameOf(error), code: sqlState(error) }, 'exception'),
  }
}

const NO_ROW = refuse('MALFORMED_REQUEST', 'is no row: neither an object nor a line under the heading')
const NO_ID = 'has no id of at most 200 characters'
const ID_TWICE = 'another row of the page has this id'

/**
 * The rows of a page that were not taken yet. A source may answer the last one again, or all rows that it ever had: what
 * is up to the last id has been taken.
 */
export async function newRows(
  found: readonly (JsonObject | undefined)[],
  { id_key, keys }: Pick<PullSetUp, 'id_key' | 'keys'>,
  last_id: string | null,
): Promise<PageRow[]> {
  const ids = await eachRow(found, (row) => row && idOfRow(row, id_key))
  const from = last_id === null ? 0 : ids.lastIndexOf(last_id) + 1
  const seen = new Set<string>()
  return eachRow(found.slice(from), (row, i): PageRow => {
    const id = ids[from + i]
    const is_twice = id !== undefined && seen.has(id)
    if (id !== undefined) seen.add(id)
    if (!row) return { id, read: NO_ROW }
    const wrong = id === undefined ? NO_ID : is_twice ? ID_TWICE : undefined
    return {
      id,
      read: wrong ? refuse('INVALID_FIELD', wrong, { field: id_key }) : readPulledRow(row, keys),
    }
  })
}

/** Rows that are read in one piece of work. */
const ROWS_PER_PIECE = 20

async function eachRow<Row, T>(rows: readonly Row[], read: (row: Row, i: number) => T): Promise<T[]> {
  const done: T[] = []
  for (let at = 0; at < rows.length; at += ROWS_PER_PIECE) {
    const piece = rows.slice(at, at + ROWS_PER_PIECE)
    done.push(...(await inSlices(() => piece.map((row, i) => read(row, at + i)))))
  }
  return done
}
