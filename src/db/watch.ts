// Looks for open screens: changes of the leads on them, the number of held updates that wait, callers that still count.

import type { Scope } from '../core/access.ts'
import type { Role } from '../core/operator.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { LIMITS_S, LIVE } from './sessions.ts'
import { statement } from './statement.ts'

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
       ${actorName('e.actor')} as actor_name,
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

/** The key or session that let somebody in; the other one is null. */
export interface Credential {
  key_id: number | null
  session_id: number | null
}

/** A credential that still counts, as it is now. */
export interface Standing extends Credential {
  /** Of a key. */
  scopes: Scope[] | null
  /** Of the operator of a session. */
  role: Role | null
  team_ids: number[] | null
}

const STANDING = statement(
  'callers.standing',
  `select k.key_id, null::bigint as session_id, k.scopes, null::text as role, k.team_ids
   from api_keys k where k.key_id = any ($1::integer[]) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
   union all
   select null, s.session_id, null, o.role,
     (select array_agg(t.team_id) from operator_teams t where t.operator_id = o.operator_id)
   from sessions s join operators o using (operator_id)
   where s.session_id = any ($2::bigint[]) and o.disabled_at is null and ${LIVE('$3', '$4')}`,
)

/** Of many credentials those that still count, in one question. */
export const standingOf = (db: Db, credentials: readonly Credential[]) =>
  db.query<Standing>(STANDING, [
    credentials.flatMap(({ key_id }) => key_id ?? []),
    credentials.flatMap(({ session_id }) => session_id ?? []),
    ...LIMITS_S,
  ])
