// Writing a change of leads that are there. The version is compared inside the statement: a row whose lead has
// moved on since it was read is not written, and comes back as not written.

import type { LeadKey } from '../core/lead.ts'
import { RUNS_QUEUED, startRuns } from './action-runs.ts'
import { type Arrays, arraysOf, type Columns, fromArrays } from './arrays.ts'
import { teamIdsOf } from './dnc.ts'
import { LEAD_COLUMNS, type LeadRow, STALE_ROWS, UPDATED } from './lead-row.ts'
import type { Db } from './pool.ts'
import { putInQueue } from './queue.ts'
import { clock, statement } from './statement.ts'

export interface UpdateRow extends Omit<LeadRow, 'phones'> {
  number: number
  /** The version that the row was worked out from. */
  version: number
  /**
   * How many outcomes the lead had then. The rule of another one is worked out from them, and so is the place in the
   * queue: the state that a call shows for a number makes no version.
   */
  calls: number
  /** How often the lead has got each disposition by then; null: no outcome is given. */
  attempts: Record<string, number> | null
  /** False: nothing of the lead is written; its version is compared all the same. */
  writes: boolean
  /** Path to [old, new]: the event. */
  changes: Record<string, [unknown, unknown]>
  /** Whether the lead's place in the queue is written. */
  requeue: boolean
  /** Tells the request when it is sent again; absent: it named no version. */
  request_digest?: string | null
  /** The dialler's report of the call: its length and id, the dialled number, and what the call showed about it. */
  duration_s?: number | null
  unique_call_id?: string | null
  phone?: number | null
  phone_state?: 'wrong' | 'disconnected' | null
  /** The lease whose outcome this is. A second outcome of a lease is not written. */
  lease_number?: number
  lease_outcome?: object
}

const TEXT_COLUMNS = {
  i: 'integer',
  campaign_id: 'integer',
  number: 'bigint',
  version: 'integer',
  fields: 'jsonb',
  unmapped: 'jsonb',
  actor: 'text',
  way: 'text',
  request_id: 'text',
  changes: 'jsonb',
  warnings: 'jsonb',
}
const COLUMNS = {
  ...LEAD_COLUMNS,
  number: 'bigint',
  version: 'integer',
  calls: 'integer',
  attempts: 'jsonb',
  writes: 'boolean',
  changes: 'jsonb',
  requeue: 'boolean',
  request_digest: 'text',
}
const REPORT_COLUMNS = {
  duration_s: 'integer',
  unique_call_id: 'text',
  phone: 'bigint',
  phone_state: 'text',
  lease_number: 'bigint',
  lease_outcome: 'jsonb',
}

/** The rows with their leads, locked. `condition`: of the rows. `found`: what is answered about a row and its lead `l`. */
const leadsNow = (condition: string, read: string, found: string) => `
   -- Lookup, order and lock in one: leads are locked in the order of their key, and once locked their version
   -- is the newest one, whatever the statement's snapshot says. A lateral, because a plain join that is
   -- planned while leads is empty reads the whole table, and that plan stays until the next analyze.
   -- A lead that somebody else has locked is passed over: the batch must not wait for it.
   leads_now as materialized (
     select g.*, l.version as version_now, ${found}
       l.version is null and exists (
         select from leads l
         where l.campaign_id = g.campaign_id and l.number = g.number
           and l.forgotten_at is null offset 0) as locked
     from (select * from given${condition} order by campaign_id, number) g
       left join lateral (
         select l.version${read} from leads l
         where l.campaign_id = g.campaign_id and l.number = g.number and l.forgotten_at is null limit 1
         for update of l skip locked) l on true)`

/** Parts that update leads by `matched` and write their events; `values`: what else is set. */
const written = (values: string, condition = '') => `
   -- What the events need comes out of the update itself: a join of two CTEs would be a nested loop,
   -- quadratic in the rows of the batch.
   written as (
     update leads l set version = l.version + 1, fields = m.fields, unmapped = m.unmapped,${values}
       updated_at = now()
     from matched m
     where ${condition}l.campaign_id = m.campaign_id and l.number = m.number and l.version = m.version
     returning l.campaign_id, l.number, l.version, m.actor, m.way, m.request_id, m.changes, m.warnings),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes, warnings)
     select campaign_id, number, version, actor, way, request_id, changes, warnings from written)`

/** Changes of fields and unmapped keys alone: neither outcomes, callbacks nor the queue have a part in them. */
const UPDATE_TEXTS = statement<Arrays, Verdict>(
  'leads.updateTexts',
  `with given as materialized (
     select * from ${fromArrays('lead', TEXT_COLUMNS)}),${leadsNow('', '', '')},
   matched as materialized (select * from leads_now where version_now = version),${written('')}
   select i, 'written' as what from matched
   union all select i, 'locked' from leads_now where locked`,
)

/** The parts of the statement for what a dialler reports, and for numbers that must not be called again. */
interface Reports {
  columns: Columns
  /** A condition on `g`: no other outcome of its lease is there. */
  first: string
  /** More columns of a call record. */
  call: string
  parts: string
  /** Whether a row of the queue has another lease than the one that ends. */
  held_by_others: string
  /** The lease that ends. */
  lease: string
}

const NO_REPORTS: Reports = {
  columns: COLUMNS,
  first: '',
  call: '',
  parts: '',
  held_by_others: 'q.lease_number is not null',
  lease: 'null::bigint',
}

const REPORTS: Reports = {
  columns: { ...COLUMNS, ...REPORT_COLUMNS },
  first: `
       and (g.lease_number is null or exists (
         select from leases s
         where s.campaign_id = g.campaign_id and s.lease_number = g.lease_number
           and s.outcome is null offset 0))`,
  call: ', phone, duration_s, unique_call_id, lease_number',
  parts: `
   new_dnc as (
     insert into dnc_entries (list, phone, reason, source, added_by, team_ids)
     select distinct on (p.phone) 'private', p.phone, m.outcome, m.campaign_id || '-' || m.number, m.actor,
       ${teamIdsOf('m.campaign_id')}
     from matched m cross join lateral (
       select p.phone from lead_phones p where p.campaign_id = m.campaign_id and p.lead_number = m.number
       union select m.phone) p
     where m.outcome_kind = 'dnc' and p.phone is not null
       and not exists (
         select from dnc_entries e where e.phone = p.phone and e.list = 'private' and e.removed_at is null
           and e.expires_at is null and e.file_id is null offset 0)),
   states as (
     update lead_phones p set state = m.phone_state from matched m
     where m.phone_state is not null and p.campaign_id = m.campaign_id and p.lead_number = m.number
       and p.phone in (m.phone, other_form(m.phone))),
   ended as (
     update leases s
     set ended_at = coalesce(s.ended_at, m.called_at), ended_how = 'outcome', outcome = m.lease_outcome
     from matched m where s.campaign_id = m.campaign_id and s.lease_number = m.lease_number),`,
  held_by_others: 'q.lease_number is distinct from m.lease_number',
  lease: 'm.lease_number',
}

const batch = ({ columns, first, call, parts, held_by_others, lease }: Reports) => `with
   given as materialized (
     select * from ${fromArrays('lead', columns)}),
   ${STALE_ROWS},
   -- A callback that has not followed its zone yet gets its instant here, so its place in the queue is
   -- written as well.${leadsNow(
     ' where i not in (select i from stale)',
     ', l.calls, l.allocation_id, l.callback_at',
     `l.calls as calls_now, l.allocation_id,
       g.requeue or l.callback_at is distinct from g.callback_at as places,`,
   )},
   -- The id of the call record is drawn here: the counter and the runs take it along without a join.
   matched as materialized (
     select g.*, case when g.outcome is not null then nextval('call_records_call_id_seq') end as call_id
     from leads_now g
     where g.version_now = g.version
       and (g.calls_now = g.calls or g.outcome is null and not g.places)${first}),${written(
         `
       ${UPDATED('m')},
       calls = case when m.outcome is null then l.calls else l.calls + 1 end,
       attempts = coalesce(m.attempts, l.attempts),
       closed_at = case when m.closed then coalesce(l.closed_at, now()) end,`,
         'm.writes and ',
       )},
   new_calls as (
     insert into call_records (campaign_id, call_id, lead_number, allocation_id, disposition, at, actor, way,
       request_id, request_digest${call})
     select campaign_id, call_id, number, allocation_id, outcome, called_at, actor, way,
       request_id, request_digest${call}
     from matched where outcome is not null),${startRuns(
       `select campaign_id, number as lead_number, outcome as disposition,
         (attempts ->> outcome)::integer as attempts, call_id
       from matched where outcome is not null`,
     )},${parts}
   -- The lead is locked, so nobody else gives it a row or takes its row away; another one's lease keeps its
   -- hold.
   requeued as (
     update queue q
     set contact_hours_id = coalesce(m.contact_hours_id, 0), zone_set = m.zone_set, priority = m.priority,
       due_at = m.callback_at, agent = m.callback_agent,
       state = case when ${held_by_others} and q.state = 'leased' then q.state else m.queue_state end,
       wake_at = case when ${held_by_others} and q.state = 'leased' then q.wake_at else m.wake_at end,
       lease_number = case when ${held_by_others} then q.lease_number end
     from matched m
     where m.places and m.queue_state is not null and q.campaign_id = m.campaign_id
       and q.lead_number = m.number
     returning q.campaign_id, q.lead_number),
   queued as (${putInQueue(
     `select m.campaign_id, m.number as lead_number, m.allocation_id,
         coalesce(m.contact_hours_id, 0) as contact_hours_id, m.zone_set, m.priority,
         m.callback_at as due_at, m.callback_agent as agent, m.queue_state as state, m.wake_at,
         ${lease} as ending_lease
       from matched m
       where m.places and m.queue_state is not null
         and (m.campaign_id, m.number) not in (select q.campaign_id, q.lead_number from requeued q)`,
     clock(),
   )}),
   unqueued as (
     delete from queue q using matched m
     where m.places and m.queue_state is null and q.campaign_id = m.campaign_id and q.lead_number = m.number)
   select i, 'written' as what from matched where ${RUNS_QUEUED}
   union all select i, 'locked' from leads_now where locked`

const UPDATE = statement<Arrays, Verdict>('leads.updateBatch', batch(NO_REPORTS))
const UPDATE_WITH_REPORTS = statement<Arrays, Verdict>('leads.updateBatchWithReports', batch(REPORTS))

/** The narrowest statement that writes all of a row is the cheapest: a batch starts every part that it has. */
const BREADTHS = [
  { update: UPDATE_TEXTS, columns: TEXT_COLUMNS as Columns },
  { update: UPDATE, columns: NO_REPORTS.columns },
  { update: UPDATE_WITH_REPORTS, columns: REPORTS.columns },
] as const

const REPORTED = Object.keys(REPORT_COLUMNS) as (keyof typeof REPORT_COLUMNS)[]
const IS_TEXT = /^(?:fields|unmapped)\./

/** The place of the first of `BREADTHS` that writes all of the row. */
function breadthOf(row: UpdateRow): 0 | 1 | 2 {
  if (row.outcome_kind === 'dnc' || REPORTED.some((column) => (row[column] ?? null) !== null)) return 2
  const is_text = row.writes && row.outcome === null && !row.requeue
  return is_text && Object.keys(row.changes).every((path) => IS_TEXT.test(path)) ? 0 : 1
}

/**
 * moved: the row rests on something that has changed. The lead has another version, or is forgotten; the zone of its contact
 * hours, or the disposition, was changed. locked: another transaction has the lead. Neither wrote anything.
 */
type UpdateVerdict = 'written' | 'moved' | 'locked'

interface Verdict {
  i: number
  what: UpdateVerdict
}

/** The verdict on each row, in order. */
export async function updateLeads(db: Db, rows: readonly UpdateRow[]): Promise<UpdateVerdict[]> {
  const breadth = rows.reduce<number>((most, row) => Math.max(most, breadthOf(row)), 0)
  const { update, columns } = BREADTHS[breadth]!
  const numbered = rows.map((row, i) => ({ i, ...row }))
  const found = await db.query(update, arraysOf('lead', columns, numbered))
  const verdicts = new Map(found.map(({ i, what }) => [i, what]))
  return rows.map((_, i) => verdicts.get(i) ?? 'moved')
}

// Neither waits, because others wait for the turn of the caller: it comes again (55P03).
const LOCK = statement<LeadKey, { version: number; calls: number }>(
  'leads.lock',
  `select version, calls from leads
   where campaign_id = :campaign_id and number = :number and forgotten_at is null for update nowait`,
)

/** Locks the lead until the transaction ends; undefined: it is not there, or forgotten. Throws 55P03 when it is locked. */
export const lockLead = async (tx: Db, lead: LeadKey) => (await tx.query(LOCK, lead))[0]
