// Runs of pulls: queued when a pull is due or somebody asks, and kept with what came of them.
//
// One run of a pull is at work at a time, over all servers: a unique index allows one that has not ended, and only the
// process that took it up last writes for it. Whoever locks both locks the pull first.

import type { PullSetUp } from '../core/pull.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { clock, type None, statement } from './statement.ts'

/** The name of a run in the job queue. */
export const PULL_TASK = 'pull'

/** How often processes may end while they are at work at one run, before it has failed. */
const TRIES_MAX = 25
/** So many pulls are fetched from at once, over all servers: one that is slow must not keep the jobs of actions waiting. */
const LANES = 3
const DUE_MAX = 100

export const laneOf = (pull_id: number) => `pulls-${pull_id % LANES}`
export const jobKeyOf = (run_id: number) => `pull:${run_id}`

export const PULL_RUN_STATES = ['queued', 'running', 'done', 'failed'] as const

/** A row that was not taken. `row`: its place among the rows of the run, from 1. Holds no value of it. */
export interface RefusedRow {
  row: number
  code: number
  field: string | null
  detail: string
  lead_id: string | null
  conflict_id: number | null
}

/** How far a run has come. */
export interface PullProgress {
  pages: number
  rows: number
  /** Result code to the number of rows that got it. */
  counts: Record<string, number>
  /** The first ones. */
  refused: RefusedRow[]
}

export interface PullRun extends PullProgress {
  run_id: number
  pull_id: number
  started_by: 'schedule' | 'person'
  state: (typeof PULL_RUN_STATES)[number]
  detail: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
}

const RUN = `r.run_id, r.pull_id, r.started_by, r.state, r.pages, r.rows, r.counts, r.refused, r.detail,
     r.created_at, r.started_at, r.finished_at`

const LIST = statement<Sight & PageBounds & { pull_id: number; run_id: number | null }, PullRun>(
  'pullRuns.list',
  `select ${RUN}
   from pull_runs r join pulls p using (pull_id) join allocations a using (allocation_id)
     join campaigns c using (campaign_id) join templates t using (template_id)
   where r.pull_id = :pull_id and ${visibleTo('t.team_id', 'select p.allocation_id')}
     and r.run_id < (case :after::bigint when 0 then 9223372036854775807 else :after end)
     and (:run_id::bigint is null or r.run_id = :run_id)
   order by r.run_id desc limit :rows_max`,
)

/** Newest first; `after`: 0 for the newest. */
export const listPullRuns = (db: Db, sight: Sight, pull_id: number, page: PageBounds) =>
  db.query(LIST, { ...sight, ...page, pull_id, run_id: null })

export const pullRunById = async (db: Db, sight: Sight, pull_id: number, run_id: number) =>
  (await db.query(LIST, { ...sight, after: 0, rows_max: 1, pull_id, run_id }))[0]

/** Queues a job for each new run. Counted, because a part that nobody reads is not executed. */
const JOBS = `
   jobs as materialized (
     select graphile_worker.add_jobs(array_agg(('${PULL_TASK}', json_build_object('run_id', run_id),
       'pulls-' || pull_id % ${LANES}, null, ${TRIES_MAX}, 'pull:' || run_id, null, null
       )::graphile_worker.job_spec order by run_id))
     from made having count(*) > 0)`
const QUEUED = '(select count(*) >= 0 from jobs)'

const START_DUE = statement<None, { run_id: number }>(
  'pullRuns.startDue',
  `with due as materialized (
     select p.pull_id, p.every_minutes from pulls p
     where p.next_at <= ${clock()}
       and not exists (select from pull_runs r where r.pull_id = p.pull_id and r.finished_at is null)
     order by p.next_at limit ${DUE_MAX} for no key update of p skip locked),
   scheduled as (
     update pulls p set next_at = ${clock()} + make_interval(mins => due.every_minutes)
     from due where p.pull_id = due.pull_id),
   made as (
     insert into pull_runs (pull_id, started_by) select pull_id, 'schedule' from due
     on conflict do nothing returning run_id, pull_id),${JOBS}
   select run_id from made where ${QUEUED}`,
)

/** Starts a run of every pull that is due. */
export const startDuePulls = (db: Db) => db.query(START_DUE)

const START = statement<{ pull_id: number }, { run_id: number }>(
  'pullRuns.start',
  `with made as (
     insert into pull_runs (pull_id, started_by) values (:pull_id, 'person')
     on conflict do nothing returning run_id, pull_id),${JOBS}
   select run_id from made where ${QUEUED}
   union all
   select run_id from pull_runs where pull_id = :pull_id and finished_at is null
   limit 1`,
)

/** Starts a run, or answers the one that has not ended. Of a locked pull. */
export const startPullRun = async (tx: Db, pull_id: number) => (await tx.query(START, { pull_id }))[0]!.run_id

/** A run at work, with its pull as it is now. `try`: which process writes for it. */
export type PullAtWork = PullSetUp &
  PullProgress & {
    run_id: number
    try: number
    pull_id: number
    campaign_id: number
    version: number
    last_id: string | null
  }

const BEGIN = statement<{ run_id: number }, PullAtWork>(
  'pullRuns.begin',
  `update pull_runs r set state = 'running', tries = r.tries + 1, started_at = coalesce(r.started_at, now())
   from pulls p
   where r.run_id = :run_id and r.finished_at is null and p.pull_id = r.pull_id
   returning r.run_id, r.tries as try, r.pages, r.rows, r.counts, r.refused, p.pull_id, p.version, p.last_id,
     p.allocation_id, (select a.campaign_id from allocations a where a.allocation_id = p.allocation_id),
     p.name, p.request, p.format, p.rows_at, p.id_key, p.keys, p.allow_duplicates,
     p.every_minutes, p.enabled`,
)

/** Takes a run up; undefined: it has ended. */
export const beginPullRun = async (db: Db, run_id: number) => (await db.query(BEGIN, { run_id }))[0]

type Holder = Pick<PullAtWork, 'run_id' | 'try' | 'pull_id' | 'version'>
type ProgressParams = Pick<PullProgress, 'pages' | 'rows'> & { counts: string; refused: string }

const progressParams = ({ pages, rows, counts, refused }: PullProgress): ProgressParams => ({
  pages,
  rows,
  counts: JSON.stringify(counts),
  refused: JSON.stringify(refused),
})

const ADVANCE = statement<
  Holder & ProgressParams & { last_id: string | null },
  { is_own: boolean; is_same: boolean }
>(
  'pullRuns.advance',
  `with pull as materialized (
     select p.pull_id, p.version = :version as is_same from pulls p
     where p.pull_id = :pull_id for no key update),
   run as (
     update pull_runs r set pages = :pages, rows = :rows, counts = :counts::jsonb,
       refused = :refused::jsonb
     from pull
     where r.run_id = :run_id and r.tries = :try and r.state = 'running' returning r.pull_id),
   moved as (
     update pulls p set last_id = :last_id from run where p.pull_id = run.pull_id)
   select is_same, exists (select from run) as is_own from pull`,
)

/** What keeps a run from writing on: then the transaction must not commit. */
type Hindrance = 'taken up' | 'changed' | undefined

/** Writes how far a run has come, in the transaction of the rows. */
export async function advancePullRun(
  tx: Db,
  { run_id, try: at, pull_id, version }: Holder,
  progress: PullProgress & { last_id: string | null },
): Promise<Hindrance> {
  const holder = { run_id, try: at, pull_id, version }
  const params = { ...holder, ...progressParams(progress), last_id: progress.last_id }
  const [found] = await tx.query(ADVANCE, params)
  if (!found?.is_own) return 'taken up'
  return found.is_same ? undefined : 'changed'
}

export interface PullRunEnd {
  state: 'done' | 'failed'
  detail: string | null
  pages: number
  /** When the next run comes, at the earliest, seconds; null: by the schedule. */
  wait_s: number | null
}

/** After failures in a row the pauses double, up to this; a pull that is fetched less often keeps its own pause. */
const PAUSE_MINUTES_MAX = 360

const END = statement<Omit<Holder, 'version'> & PullRunEnd, { failures: number }>(
  'pullRuns.end',
  `with pull as materialized (
     select p.pull_id from pulls p where p.pull_id = :pull_id for no key update),
   run as (
     update pull_runs r set state = :state, detail = :detail, pages = :pages, finished_at = now()
     from pull
     where r.run_id = :run_id and r.tries = :try and r.state = 'running' returning r.pull_id)
   update pulls p set failures = case when :state = 'failed' then p.failures + 1 else 0 end,
     next_at = case when p.enabled then ${clock()} + case
         when :state = 'failed' then greatest(
           make_interval(secs => coalesce(:wait_s::integer, 0)),
           make_interval(mins => least(p.every_minutes * (1 << least(p.failures, 16)),
             greatest(p.every_minutes, ${PAUSE_MINUTES_MAX}))))
         when :wait_s::integer is not null then make_interval(secs => :wait_s)
         else make_interval(mins => p.every_minutes)
       end end
   from run where p.pull_id = run.pull_id
   returning p.failures`,
)

/** Ends a run; the answer is how many have failed in a row. Undefined: another process has taken it up. */
export const endPullRun = async (db: Db, { run_id, try: at, pull_id }: Holder, end: PullRunEnd) =>
  (await db.query(END, { run_id, try: at, pull_id, ...end }))[0]?.failures

const FAIL_LOST = statement<None>(
  'pullRuns.failLost',
  `with lost as materialized (
     select r.run_id, p.pull_id from pull_runs r join pulls p using (pull_id)
     where r.finished_at is null and not exists (
       select from graphile_worker.jobs j
       where j.key = 'pull:' || r.run_id and (j.attempts < j.max_attempts or j.locked_at is not null))
     for no key update of p),
   ended as (
     update pull_runs r set state = 'failed', finished_at = now(),
       detail = 'the servers ended while it ran, again and again'
     from lost where r.run_id = lost.run_id and r.finished_at is null
     returning r.pull_id)
   update pulls p set failures = p.failures + 1 from ended where p.pull_id = ended.pull_id`,
)

/** Ends the runs whose job is gone, or was tried too often. */
export const failLostPullRuns = (db: Db) => db.query(FAIL_LOST)
