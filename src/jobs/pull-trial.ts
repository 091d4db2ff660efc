// Shows what the next run of a pull would do: its first page is fetched, its rows are written like any others, and all of it
// is taken back.

import type { RenderedRequest } from '../core/action-request.ts'
import { maskedConfig } from '../core/action-secrets.ts'
import { ok, type Result } from '../core/result.ts'
import { type Db, partsOf } from '../db/pool.ts'
import type { PullProgress } from '../db/pull-runs.ts'
import type { PullRow } from '../db/pulls.ts'
import { Gate } from '../intake/gate.ts'
import { type PageRow, PullStopped, type RunProgress, roadsOn, takeRows } from '../intake/pull-rows.ts'
import { findPull } from '../intake/pulls.ts'
import type { Asker } from '../intake/set-up.ts'
import { transact } from '../intake/transact.ts'
import { fetchPage, requestOf } from './fetch-page.ts'
import { haveNoIds, newRows, noIds } from './pull.ts'
import type { ActionOptions } from './work.ts'

/** The numbers of the rows are taken until all of it is taken back: for a moment only. */
const ROWS_MAX = 1_000
/** Nobody waits for a rehearsal behind locked rows. */
const LOCK_MS_MAX = 1_000

interface PullTrial extends Omit<PullProgress, 'pages'> {
  /** As it was sent; secrets are masked. */
  request: RenderedRequest | null
  /** Why the run would fail. */
  problem: string | null
  /** Whether these are all rows of the page. */
  complete: boolean
}

interface Trier extends Asker {
  services: Asker['services'] & { actions: ActionOptions; now: () => string }
}

const NOTHING: RunProgress = { last_id: null, pages: 0, rows: 0, counts: {}, refused: [] }

export async function tryPull(trier: Trier, pull_id: number): Promise<Result<PullTrial>> {
  const { services, caller } = trier
  const found = await findPull(services.pool, caller, pull_id)
  if (found.refusal) return found
  const pull = found.ok
  const masked = { ...pull.request, ...maskedConfig(pull.request), method: pull.request.method }
  const request = requestOf({ ...pull, request: masked }).ok ?? null
  const { private_hosts } = services.actions
  const signal = new AbortController().signal
  const page = await fetchPage(pull, { private_hosts, now: services.now, signal })
  const nothing = { request, rows: 0, counts: {}, refused: [], complete: true }
  if (page.problem !== undefined) return ok({ ...nothing, problem: page.problem })
  const rows = await newRows(page.rows, pull, pull.last_id)
  if (rows.length > 0 && pull.last_id === null && haveNoIds(rows))
    return ok({ ...nothing, problem: noIds(pull) })
  try {
    const { counts, refused, ...done } = await takenBack(trier, pull, rows.slice(0, ROWS_MAX), signal)
    return ok({
      request,
      problem: null,
      rows: done.rows,
      counts,
      refused,
      complete: rows.length <= ROWS_MAX,
    })
  } catch (error) {
    if (!(error instanceof PullStopped)) throw error
    return ok({ ...nothing, problem: error.message })
  }
}

async function takenBack(
  { services: { pool, intake, now }, by, deadline }: Trier,
  pull: PullRow,
  rows: readonly PageRow[],
  signal: AbortSignal,
): Promise<RunProgress> {
  const turns = new Gate({ slots: 1, queue_max: 1, wait_ms: 0 })
  const work = (tx: Db) => {
    const db = partsOf(tx)
    return takeRows(
      {
        pull,
        db,
        roads: roadsOn(db, intake.targets, turns),
        targets: intake.targets,
        by: { ...by, actor: `pull:${pull.pull_id}`, way: 'import' },
        now,
        advance: async () => undefined,
        lock_ms_max: LOCK_MS_MAX,
        signal,
        onReady: () => undefined,
        onFault: () => undefined,
        onTaken: () => undefined,
      },
      rows,
      NOTHING,
    )
  }
  const progress = await transact(
    pool,
    async (tx) => ok(await work(tx)),
    { retry: 'clash', deadline },
    { rehearse: true },
  )
  return progress.ok!
}
