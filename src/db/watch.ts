// What screens follow: changes of the leads that somebody has open, and how many held updates wait.

import { type Db, statement } from './pool.ts'

export interface LeadNumber {
  campaign_id: number
  number: number
}

export interface LeadChange extends LeadNumber {
  version: number
  at: string
  actor: string
  actor_name: string | null
  way: string
  /** What it changed, by path; null: the lead was made, or forgotten. */
  paths: string[] | null
}

/** Versions of a lead have no gap and are found by its key: no cursor over the whole log is needed. */
const CHANGES = statement(
  'events.after',
  `select w.campaign_id, w.number, e.*
   from json_to_recordset($1::json) as w (campaign_id integer, number bigint, version integer) cross join lateral (
     select e.version, e.at, e.actor, e.way,
       case when e.actor like 'key:%' then (select k.name from api_keys k where k.key_id = substr(e.actor, 5)::integer)
         when e.actor like 'operator:%' then (select o.name from operators o where o.operator_id = substr(e.actor, 10)::integer)
       end as actor_name,
       case when jsonb_typeof(e.changes) = 'object' then (select array_agg(k order by k) from jsonb_object_keys(e.changes) k) end as paths
     from events e where e.campaign_id = w.campaign_id and e.lead_number = w.number and e.version > w.version
     order by e.version limit 50) e`,
)

/** What was changed of leads after the versions that are known, in order. */
export const changesAfter = (db: Db, leads: readonly (LeadNumber & { version: number })[]) =>
  db.query<LeadChange>(CHANGES, [JSON.stringify(leads)])

/** More than this is said as this: a person needs no number then. */
export const CONFLICTS_SHOWN_MAX = 1_000

const OPEN_CONFLICTS = statement(
  'heldUpdates.countOpen',
  `select count(*)::integer as open from (
     select from held_updates u
     where u.held_update_id > 0 and u.state = 'open' and u.resolved_at is null and u.expires_at > now() and ($1::integer[] is null or exists (
       select from campaigns c join templates t using (template_id)
       where c.campaign_id = u.campaign_id and t.team_id = any ($1))) limit ${CONFLICTS_SHOWN_MAX}) u`,
)

export const countOpenConflicts = async (db: Db, team_ids: number[] | null) =>
  (await db.query<{ open: number }>(OPEN_CONFLICTS, [team_ids]))[0]!.open
