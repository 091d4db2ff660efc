// Backlogs, for the metrics. Each statement reads a bounded number of rows by an index, however large the tables are.

import type { ZoneSet } from '../core/legal-zones.ts'
import { LIMITS } from '../core/limits.ts'
import { mayCall } from './open-places.ts'
import type { Db } from './pool.ts'
import { clock, type None, statement } from './statement.ts'

/** Counting stops here. A longer queue is estimated from the statistics of the table. */
export const ROWS_COUNTED_MAX = 10_000

export type QueueState = 'ready' | 'waiting' | 'bound' | 'leased' | 'parked'

/** Counts the rows of a state among those that a condition reads in every allocation. */
const counted = (state: QueueState, condition: string) => `
     select '${state}' as state, count(*) as read, count(*) filter (where r.state = '${state}') as counted
     from (select q.state from a cross join lateral (
       select q.state from queue q
       where q.allocation_id = a.allocation_id and ${condition} offset 0) q limit ${ROWS_COUNTED_MAX}) r`

// An index by state alone would cost every insert, so each state goes through an index that exists. Leased rows wake within
// the longest term of a lease.
const QUEUE = statement<None, { state: QueueState; leads: number }>(
  'figures.queue',
  `with a as materialized (select allocation_id from allocations),
   counted as (${[
     counted('ready', "q.state = 'ready'"),
     counted('bound', "q.state = 'bound'"),
     counted('parked', "q.state = 'parked'"),
     counted('waiting', 'q.wake_at is not null'),
     counted('leased', `q.wake_at <= ${clock()} + interval '${LIMITS.lease_s_max} s'`),
   ].join(' union all ')}),
   estimated as materialized (
     select f.state, f.part * greatest(c.reltuples, 0) as rows
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = 'state'
       cross join unnest(s.most_common_vals::text::text[], s.most_common_freqs) as f (state, part)
     where c.oid = 'queue'::regclass)
   select c.state, case when c.read < ${ROWS_COUNTED_MAX} then c.counted
       else greatest(c.counted, coalesce((select e.rows from estimated e where e.state = c.state), 0))
     end::float8 as leads
   from counted c`,
)

export const countQueue = (db: Db) => db.query(QUEUE)

interface StartedAllocation {
  allocation_id: number
  contact_hours_id: number
}

const STARTED = statement<None, StartedAllocation>(
  'figures.started',
  `select a.allocation_id, t.contact_hours_id
   from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where a.started order by a.allocation_id limit 1000`,
)

/** Started allocations with the contact hours of their template, at most a thousand. */
export const startedAllocations = (db: Db) => db.query(STARTED)

// The index of the hand-out orders callbacks within each zone set and priority, so the oldest of a priority takes one probe.
// Due rows that nobody has promoted count too: they show a promotion that does not run.
const OLDEST_DUE = statement<
  {
    allocation_ids: number[]
    contact_hours_ids: number[]
    closed: ZoneSet[]
    own_open: boolean[]
    legally_closed: ZoneSet
  },
  { age_s: number | null }
>(
  'figures.oldestDue',
  `with recursive zones as (
     select o.*, (
       select q.zone_set from queue q
       where q.allocation_id = o.allocation_id and q.contact_hours_id = o.contact_hours_id
         and q.state = 'ready'
       order by q.zone_set limit 1) as zone_set
     from unnest(:allocation_ids::integer[], :contact_hours_ids::integer[], :closed::integer[],
       :own_open::boolean[]) as o (allocation_id, contact_hours_id, closed, own_open)
     union all
     select z.allocation_id, z.contact_hours_id, z.closed, z.own_open, (
       select q.zone_set from queue q
       where q.allocation_id = z.allocation_id and q.contact_hours_id = z.contact_hours_id
         and q.state = 'ready' and q.zone_set > z.zone_set
       order by q.zone_set limit 1)
     from zones z where z.zone_set is not null),
   due as (
     select z.allocation_id, z.contact_hours_id, z.zone_set, (
       select q.priority from queue q
       where q.allocation_id = z.allocation_id and q.contact_hours_id = z.contact_hours_id
         and q.zone_set = z.zone_set and q.state = 'ready'
       order by q.priority limit 1) as priority
     from zones z where ${mayCall('z', 'z.zone_set')}
     union all
     select d.allocation_id, d.contact_hours_id, d.zone_set, (
       select q.priority from queue q
       where q.allocation_id = d.allocation_id and q.contact_hours_id = d.contact_hours_id
         and q.zone_set = d.zone_set and q.state = 'ready' and q.priority > d.priority
       order by q.priority limit 1)
     from due d where d.priority is not null)
   select extract(epoch from ${clock()} - least(
     (select min(q.due_at) from due d cross join lateral (
       select q.due_at from queue q
       where q.allocation_id = d.allocation_id and q.contact_hours_id = d.contact_hours_id
         and q.zone_set = d.zone_set and q.priority = d.priority and q.state = 'ready'
         and q.due_at is not null
       order by q.due_at nulls first limit 1) q),
     (select min(q.wake_at) from unnest(:allocation_ids::integer[]) as o (allocation_id) cross join lateral (
       select q.wake_at from queue q
       where q.allocation_id = o.allocation_id and q.wake_at <= ${clock()}
         and q.zone_set & :legally_closed::integer = 0
       order by q.wake_at limit 1) q)))::float8 as age_s`,
)

/**
 * Seconds since the oldest waiting callback fell due, within these contact hours of these allocations and outside of the zones
 * that are closed; 0: none waits.
 */
export async function oldestDue(
  db: Db,
  open: readonly { allocation_id: number; contact_hours_id: number; closed: ZoneSet; own_open: boolean }[],
  legally_closed: ZoneSet,
): Promise<number> {
  const [row] = await db.query(OLDEST_DUE, {
    allocation_ids: open.map(({ allocation_id }) => allocation_id),
    contact_hours_ids: open.map(({ contact_hours_id }) => contact_hours_id),
    closed: open.map(({ closed }) => closed),
    own_open: open.map(({ own_open }) => own_open),
    legally_closed,
  })
  return Math.max(0, row!.age_s ?? 0)
}

export interface Backlog {
  runs_queued: number
  runs_oldest_s: number
  pulls_failing: number
  held_open: number
  held_oldest_s: number
  search_events: number
  search_s: number
}

const BACKLOG = statement<None, Backlog>(
  'figures.backlog',
  `select (select count(*) from (
       select from action_runs r where r.state = 'queued'
       limit ${ROWS_COUNTED_MAX}) r)::integer as runs_queued,
     coalesce((select extract(epoch from clock_timestamp() - r.created_at)
       from action_runs r where r.state = 'queued' order by r.run_id limit 1), 0)::float8 as runs_oldest_s,
     (select count(*) from pulls p where p.failures > 0 and p.next_at is not null)::integer as pulls_failing,
     (select count(*) from (
       select from held_updates u where u.state = 'open' and u.resolved_at is null and u.expires_at > now()
       order by u.expires_at limit ${ROWS_COUNTED_MAX}) u)::integer as held_open,
     coalesce((select extract(epoch from clock_timestamp() - u.created_at)
       from held_updates u where u.state = 'open' and u.resolved_at is null and u.expires_at > now()
       order by u.expires_at limit 1), 0)::float8 as held_oldest_s,
     (select count(*) from (
       select from events e where e.tx >= (select c.tx from lead_texts_cursor c)
       limit ${ROWS_COUNTED_MAX}) e)::integer as search_events,
     coalesce((select extract(epoch from clock_timestamp() - e.at)
       from events e where e.tx >= (select c.tx from lead_texts_cursor c)
       order by e.tx limit 1), 0)::float8 as search_s`,
)

export const readBacklog = async (db: Db) => (await db.query(BACKLOG))[0]!
