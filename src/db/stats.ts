// Figures for the dashboard. Each statement reads a bounded number of rows by an index, or the calls of one day.

import { ROWS_COUNTED_MAX } from './figures.ts'
import { OPEN_HELD, VISIBLE_HELD } from './held-updates.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { clock, instantText, statement } from './statement.ts'

type Teams = Pick<Sight, 'team_ids'>

/** How many there are, up to a bound, and since when the oldest waits. */
export interface WaitingSince {
  count: number
  oldest_at: string | null
}

export interface Attention {
  /** Held updates that nobody has settled. */
  conflicts: WaitingSince
  /** Action runs that failed within a day. */
  runs_failed: WaitingSince
  runs_queued: WaitingSince
  /** Open leads whose callback is past. */
  callbacks_overdue: WaitingSince
  /** The first of them by name. */
  pulls_failing: { pull_id: number; name: string; allocation_id: number; failures: number }[]
}

const waiting = (rows: string, at: string) => `(
     select json_build_object('count', count(*), 'oldest_at', ${instantText(`min(w.${at})`)})
     from (${rows} limit ${ROWS_COUNTED_MAX}) w)`

const RUN_SEEN = visibleTo(`(
         select t.team_id from campaigns c join templates t using (template_id)
         where c.campaign_id = r.campaign_id)`)

// The newest failed runs are walked backwards, so that those of last year cost nothing.
const ATTENTION = statement<Teams, Attention>(
  'stats.attention',
  `select ${waiting(
    `select u.created_at from held_updates u where u.held_update_id > 0 and ${OPEN_HELD} and ${VISIBLE_HELD}
       order by u.held_update_id`,
    'created_at',
  )} as conflicts,
   ${waiting(
     `select r.created_at from (
         select r.* from action_runs r where r.state = 'failed'
         order by r.run_id desc limit ${ROWS_COUNTED_MAX}) r
       where r.finished_at > ${clock()} - interval '1 day' and ${RUN_SEEN}`,
     'created_at',
   )} as runs_failed,
   ${waiting(
     `select r.created_at from (
         select r.* from action_runs r where r.state = 'queued' order by r.run_id limit ${ROWS_COUNTED_MAX}) r
       where ${RUN_SEEN}`,
     'created_at',
   )} as runs_queued,
   ${waiting(
     `select l.callback_at from campaigns c join templates t using (template_id) cross join lateral (
         select l.callback_at from leads l
         where l.campaign_id = c.campaign_id and l.callback_at < ${clock()} and l.closed_at is null
           and l.forgotten_at is null
         order by l.callback_at limit ${ROWS_COUNTED_MAX}) l
       where c.archived_at is null and ${visibleTo('t.team_id')}`,
     'callback_at',
   )} as callbacks_overdue,
   (select coalesce(json_agg(p order by p.name), '[]') from (
     select p.pull_id, p.name, p.allocation_id, p.failures
     from pulls p join allocations a using (allocation_id) join campaigns c using (campaign_id)
       join templates t using (template_id)
     where p.failures > 0 and p.next_at is not null and ${visibleTo('t.team_id')}
     order by p.name limit 10) p) as pulls_failing`,
)

export const readAttention = async (db: Db, { team_ids }: Teams) =>
  (await db.query(ATTENTION, { team_ids }))[0]!

export interface StatsCampaign {
  campaign_id: number
  name: string
  /** Some of its allocations are being called. */
  started: boolean
  /** Where its day begins and ends. */
  zone: string
  /** Those that have leads of their own. */
  allocation_ids: number[]
}

const CAMPAIGNS = statement<Teams & { rows_max: number }, StatsCampaign>(
  'stats.campaigns',
  `select c.campaign_id, c.name, h.zone,
     exists (select from allocations a where a.campaign_id = c.campaign_id and a.started) as started,
     array(select a.allocation_id from allocations a
       where a.campaign_id = c.campaign_id and a.draws_by is null order by a.allocation_id) as allocation_ids
   from campaigns c join templates t using (template_id) join contact_hours h using (contact_hours_id)
   where c.archived_at is null and ${visibleTo('t.team_id')}
   order by c.campaign_id desc limit :rows_max`,
)

/** The campaigns that are not archived, the newest first. */
export const campaignsForStats = (db: Db, { team_ids }: Teams, rows_max: number) =>
  db.query(CAMPAIGNS, { team_ids, rows_max })

export interface CallsToday {
  /** When the day began where the campaign's contact hours are. */
  since: string
  calls: number
  /** By disposition. */
  outcomes: Record<string, number>
}

/** Calls that are read at a time; so many in a row from before today end the reading. */
const CALLS_AT_ONCE = 2_000

// No index has calls by their time, and one would cost every outcome. Their ids rise with the time at which they are reported,
// and a call may be reported long after it was made: the newest are read until none of a chunk is of today.
const CALLS_TODAY = statement<{ campaign_id: number; zone: string }, CallsToday>(
  'stats.callsToday',
  `with recursive day as materialized (
     select date_trunc('day', ${clock()} at time zone :zone) at time zone :zone as at),
   walk (below, is_on, dispositions) as (
     select null::bigint, true, '{}'::text[] collate "C"
     union all
     select chunk.below, cardinality(chunk.dispositions) > 0, chunk.dispositions
     from walk w cross join day d cross join lateral (
       select min(r.call_id) as below,
         coalesce(array_agg(r.disposition) filter (where r.at >= d.at), '{}') as dispositions
       from (
         select r.call_id, r.disposition, r.at from call_records r
         where r.campaign_id = :campaign_id
           and r.call_id < coalesce(w.below, ${Number.MAX_SAFE_INTEGER})
         order by r.call_id desc limit ${CALLS_AT_ONCE}) r) chunk
     where w.is_on),
   counted as (
     select u.disposition, count(*)::integer as calls
     from walk w cross join unnest(w.dispositions) as u (disposition)
     group by 1)
   select (select ${instantText('d.at')} from day d) as since,
     coalesce((select sum(c.calls) from counted c), 0)::integer as calls,
     coalesce((select json_object_agg(c.disposition, c.calls order by c.calls desc, c.disposition)
       from counted c), '{}') as outcomes`,
)

export const callsToday = async (db: Db, asked: { campaign_id: number; zone: string }) =>
  (await db.query(CALLS_TODAY, asked))[0]!
