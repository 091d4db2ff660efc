// Runs of actions: started in the transaction of the outcome, run from the job queue, each kept with what came of it.
//
// A run and its job are written by one statement, so there is never one without the other. The job knows the run's id
// and nothing else.

import type { ActionKind, ActionSetUp } from '../core/action.ts'
import type { CallFacts } from '../core/action-values.ts'
import type { LeadKey } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import { dialAttempts } from './calls.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of a run in the job queue. */
export const TASK = 'action'

/** How often a run is tried. The queue waits e^n seconds after the n-th try: for the last one, a few hours in all. */
export const TRIES_MAX = 10

/** Queues a job for each run that `runs` answers. Counted, because a part that nobody reads is not executed. */
const jobsFor = (runs: string, run_at = 'null', tries = String(TRIES_MAX)) => `
   jobs as materialized (
     select graphile_worker.add_jobs(array_agg(('${TASK}', json_build_object('run_id', run_id), null,
       ${run_at}, ${tries}, null, null, null)::graphile_worker.job_spec order by run_id))
     from ${runs} having count(*) > 0)`

/**
 * Parts of an intake statement: starts the actions of outcomes. `outcomes`: a query of them (campaign_id, lead_number,
 * disposition, attempts, call_id). The statement has to ask RUNS_QUEUED. Where no outcome has an action, it looks at one
 * empty index and no more.
 */
export const startRuns = (outcomes: string) => `
   new_runs as (
     insert into action_runs (action_id, campaign_id, lead_number, disposition, attempt, call_id)
     select linked.action_id, o.campaign_id, o.lead_number, o.disposition, o.attempts, o.call_id
     from (${outcomes}) o cross join lateral (
       select d.action_id, d.position
       from campaigns c join templates t using (template_id)
         join disposition_actions d using (disposition_set_id) join actions a using (action_id)
       where c.campaign_id = o.campaign_id and d.code = o.disposition and a.enabled
         and a.team_id in (t.team_id, ${GLOBAL_TEAM_ID})
       offset 0) linked
     where (select exists (select from disposition_actions))
     order by o.lead_number, linked.position
     returning run_id),${jobsFor('new_runs')}`

export const RUNS_QUEUED = '(select count(*) >= 0 from jobs)'

export const RUN_STATES = ['queued', 'done', 'failed', 'skipped'] as const
export type RunState = (typeof RUN_STATES)[number]

export interface ActionRun {
  run_id: number
  action_id: number
  action: string
  kind: ActionKind
  lead_id: string
  disposition: string
  attempt: number
  started_by: 'outcome' | 'action' | 'rerun'
  parent_run_id: number | null
  delivery_id: string
  state: RunState
  tries: number
  status: number | null
  detail: string | null
  created_at: string
  finished_at: string | null
}

const SHOWN = `r.run_id, r.action_id, a.name as action, a.kind,
     r.campaign_id || '-' || r.lead_number as lead_id, r.disposition, r.attempt,
     r.started_by, r.parent_run_id, r.delivery_id, r.state, r.tries, r.status, r.detail,
     r.created_at, r.finished_at`

/** Runs of leads that may be seen. */
const seen = (runs = 'action_runs r') => `select ${SHOWN}
   from ${runs} join campaigns c using (campaign_id) join templates t using (template_id)
     join actions a on a.action_id = r.action_id
   where ${visibleTo('t.team_id')}`

/** `before`: 0 for the newest. */
interface Stretch {
  before: number
  rows_max: number
}

const NEWEST_FIRST = 'and r.run_id < :before::bigint order by r.run_id desc limit :rows_max'

const LIST = statement<Sight & Stretch, ActionRun>('actionRuns.list', `${seen()} ${NEWEST_FIRST}`)
// Each campaign that may be seen from its own place in an index: others may have millions of runs in between.
const LIST_OF_TEAMS = statement<Sight & Stretch, ActionRun>(
  'actionRuns.listOfTeams',
  `select ${SHOWN}
   from campaigns c join templates t using (template_id) cross join lateral (
       select r.* from action_runs r where r.campaign_id = c.campaign_id and r.run_id < :before::bigint
       order by r.run_id desc limit ${LIMITS.page_rows_max + 1}) r
     join actions a on a.action_id = r.action_id
   where t.team_id = any (:team_ids::integer[])
   order by r.run_id desc limit :rows_max`,
)
// The few runs of the lead come first: a plan that is made while the table is empty could take them for all of the campaign.
const LIST_OF_LEAD = statement<Sight & Stretch & RunFilter & LeadKey, ActionRun>(
  'actionRuns.listOfLead',
  `${seen(`(
       select r.* from action_runs r
       where r.campaign_id = :campaign_id and r.lead_number = :number offset 0) r`)}
     and (:action_id::integer is null or r.action_id = :action_id)
     and (:state::text is null or r.state = :state) ${NEWEST_FIRST}`,
)
const LIST_OF_STATE = statement<Sight & Stretch & RunFilter, ActionRun>(
  'actionRuns.listOfState',
  `${seen()}
     and r.state = :state and (:action_id::integer is null or r.action_id = :action_id) ${NEWEST_FIRST}`,
)
const LIST_OF_ACTION = statement<Sight & Stretch & { action_id: number }, ActionRun>(
  'actionRuns.listOfAction',
  `${seen()}
     and r.action_id = :action_id ${NEWEST_FIRST}`,
)

interface RunFilter {
  action_id: number | null
  state: RunState | null
}

/** Newest first. */
export function listRuns(
  db: Db,
  sight: Sight,
  { lead, action_id, state }: RunFilter & { lead: LeadKey | null },
  { before, rows_max }: Stretch,
): Promise<ActionRun[]> {
  const common = { ...sight, before: before === 0 ? Number.MAX_SAFE_INTEGER : before, rows_max }
  if (lead) return db.query(LIST_OF_LEAD, { ...common, ...lead, action_id, state })
  if (state) return db.query(LIST_OF_STATE, { ...common, state, action_id })
  if (action_id !== null) return db.query(LIST_OF_ACTION, { ...common, action_id })
  return db.query(sight.team_ids === null ? LIST : LIST_OF_TEAMS, common)
}

const FIND = statement<Sight & { run_id: number }, ActionRun>(
  'actionRuns.find',
  `${seen()} and r.run_id = :run_id`,
)

/** Undefined: no such run that may be seen. */
export const runById = async (db: Db, sight: Sight, run_id: number) =>
  (await db.query(FIND, { ...sight, run_id }))[0]

/** The columns that a run takes from the outcome that started it. */
const OUTCOME = 'campaign_id, lead_number, disposition, attempt, call_id'

const REPEAT = statement<{ run_id: number }, { run_id: number }>(
  'actionRuns.repeat',
  `with made as (
     insert into action_runs (action_id, ${OUTCOME}, started_by, parent_run_id)
     select action_id, ${OUTCOME}, 'rerun', run_id
     from action_runs where run_id = :run_id and state <> 'queued' returning run_id),${jobsFor('made')}
   select run_id from made where ${RUNS_QUEUED}`,
)

/** A new run like this one, with a delivery id of its own; undefined: it still waits. */
export const repeatRun = async (db: Db, run_id: number) => (await db.query(REPEAT, { run_id }))[0]?.run_id

/** A run at work: everything that it needs besides the lead. */
export type RunAtWork = {
  run_id: number
  action_id: number
  enabled: boolean
  campaign_id: number
  lead_number: number
  disposition: string
  attempt: number
  delivery_id: string
  /** Null: the run is older than its place in the records of calls. */
  call: CallFacts | null
} & ActionSetUp

const BEGIN = statement<{ run_ids: readonly number[] }, RunAtWork>(
  'actionRuns.begin',
  `with begun as (
     update action_runs set tries = tries + 1 where run_id = any (:run_ids::bigint[]) and state = 'queued'
     returning run_id, action_id, ${OUTCOME}, delivery_id)
   select b.run_id, b.action_id, a.enabled, a.kind, a.config, b.campaign_id, b.lead_number, b.disposition,
     b.attempt, b.delivery_id, (
       select json_build_object('at', r.at, 'duration_s', r.duration_s, 'unique_call_id', r.unique_call_id,
         'phone', r.phone, 'dial_attempts', ${dialAttempts('r')})
       from call_records r where r.campaign_id = b.campaign_id and r.call_id = b.call_id) as call
   from begun b join actions a using (action_id)`,
)

/** Counts a try of each; undefined: the run is over, another worker was there first. */
export async function beginRuns(db: Db, run_ids: readonly number[]): Promise<(RunAtWork | undefined)[]> {
  const begun = new Map((await db.query(BEGIN, { run_ids })).map((run) => [run.run_id, run]))
  return run_ids.map((run_id) => begun.get(run_id))
}

const LOCK = statement<{ run_id: number }>(
  'actionRuns.lock',
  "select from action_runs where run_id = :run_id and state = 'queued' for update",
)

/** Locks a run that is to be done together with its work; false: it is over. */
export const lockRun = async (tx: Db, run_id: number) => (await tx.query(LOCK, { run_id })).length > 0

/** The result of a run or of a try of it. `detail`: our words, never a value of the lead or of an answer. */
export interface RunNote {
  status: number | null
  detail: string | null
}

export interface RunEnd extends RunNote {
  state: Exclude<RunState, 'queued'>
}

/** `queued`: the run is tried again, and keeps the reason meanwhile. */
export type RunWrite = { run_id: number; state: RunState } & RunNote

const WRITE = statement<{ runs: string }>(
  'actionRuns.write',
  `update action_runs r set state = w.state, status = w.status, detail = w.detail,
     finished_at = case when w.state <> 'queued' then now() end
   from json_to_recordset(:runs::json) as w (run_id bigint, state text, status integer, detail text)
   where r.run_id = w.run_id and r.state = 'queued'`,
)

/** Writes the results of runs, or of a try of them. A run that is over stays as it is. */
export const writeRuns = (db: Db, runs: readonly RunWrite[]) =>
  db.query(WRITE, { runs: JSON.stringify(runs) })

const POSTPONE = statement<{ run_id: number; wait_s: number; tries: number } & RunNote>(
  'actionRuns.postpone',
  `with postponed as (
     update action_runs set status = :status, detail = :detail
     where run_id = :run_id and state = 'queued' returning run_id),${jobsFor(
       'postponed',
       "now() + :wait_s * interval '1 second'",
       ':tries::integer',
     )}
   select run_id from postponed where ${RUNS_QUEUED}`,
)

/** Puts the next try of a run off: a job of its own with so many `tries`, so that the one at work may end. */
export const postponeRun = (
  db: Db,
  { run_id, status, detail }: { run_id: number } & RunNote,
  wait_s: number,
  tries: number,
) => db.query(POSTPONE, { run_id, status, detail, wait_s, tries })

const FOLLOW = statement<{ run_id: number; action_id: number; detail: string }>(
  'actionRuns.follow',
  `with ended as (
     update action_runs set state = 'done', detail = :detail, finished_at = now()
     where run_id = :run_id and state = 'queued'
     returning run_id, ${OUTCOME}),
   made as (
     insert into action_runs (action_id, ${OUTCOME}, started_by, parent_run_id)
     select :action_id, ${OUTCOME}, 'action', run_id from ended returning run_id),${jobsFor('made')}
   select run_id from made where ${RUNS_QUEUED}`,
)

/** Ends a run by starting another action for the same outcome; both or neither, and once. */
export const followRun = (db: Db, run_id: number, action_id: number, detail: string) =>
  db.query(FOLLOW, { run_id, action_id, detail })

const UNLOCK = statement<None>(
  'jobs.unlock',
  `select graphile_worker.force_unlock_workers(array_agg(distinct j.locked_by)) from graphile_worker.jobs j
   where j.locked_at < now() - interval '2 minutes'
     and not exists (select from job_workers w where w.worker_id = j.locked_by)
   having count(*) > 0`,
)

/** Frees jobs that nobody on the list of workers holds, and that are held for longer than any run takes. */
export const unlockJobs = (db: Db) => db.query(UNLOCK)

const FAIL_EXHAUSTED = statement<None>(
  'jobs.failExhausted',
  `with dead as materialized (
     select (c.payload ->> 'run_id')::bigint as run_id
     from graphile_worker.complete_jobs(array(
       select j.id from graphile_worker.jobs j
       where j.task_identifier = '${TASK}' and j.attempts >= j.max_attempts and j.locked_at is null)) c)
   update action_runs r set state = 'failed', detail = 'the server ended while it ran', finished_at = now()
   from dead where r.run_id = dead.run_id and r.state = 'queued'
   returning r.run_id`,
)

/** Ends the runs whose last try never ended. */
export const failExhausted = (db: Db) => db.query(FAIL_EXHAUSTED)
