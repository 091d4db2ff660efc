// Looks for open screens: changes of the leads on them, the number of held updates that wait, callers that still count.

import type { Scope } from '../core/access.ts'
import type { LeadKey, LeadVersion } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { Role } from '../core/operator.ts'
import { actorName } from './actors.ts'
import { OPEN_HELD, VISIBLE_HELD } from './held-updates.ts'
import type { Db } from './pool.ts'
import { LIVE } from './sessions.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface LeadChange extends LeadVersion {
  at: string
  actor: string
  actor_name: string | null
  way: string
  /** The paths that it changed; null: the lead was made, or forgotten. */
  paths: string[] | null
}

/** Versions of a lead have no gap and are found by its key: no cursor over the whole log is needed. */
const CHANGES = statement<{ leads: string }, LeadChange>(
  'events.after',
  `select known.campaign_id, known.number, e.*
   from json_to_recordset(:leads::json) as known (campaign_id integer, number bigint, version integer)
     cross join lateral (
       select e.version, e.at, e.actor, e.way, ${actorName('e.actor')} as actor_name,
         case when jsonb_typeof(e.changes) = 'object' then (
           select array_agg(path order by path) from jsonb_object_keys(e.changes) path) end as paths
       from events e
       where e.campaign_id = known.campaign_id and e.lead_number = known.number and e.version > known.version
       order by e.version limit 50) e`,
)

/** The changes of leads after the known versions, in order. */
export const changesAfter = (db: Db, leads: readonly LeadVersion[]) =>
  db.query(CHANGES, { leads: JSON.stringify(leads) })

export interface BesideLead extends LeadKey {
  /** The id of the newest note; null: there is none. */
  newest_note: number | null
  /** The operators of the held updates that wait, one for each; null: nobody takes care of it. */
  held: (number | null)[]
}

const BESIDE = statement<{ leads: string }, BesideLead>(
  'events.beside',
  `select known.campaign_id, known.number,
     (select max(n.note_id) from lead_notes n
      where n.campaign_id = known.campaign_id and n.lead_number = known.number) as newest_note,
     array(select u.assigned_to from held_updates u
       where u.campaign_id = known.campaign_id and u.lead_number = known.number and u.state = 'open'
         and u.expires_at > now()
       order by u.campaign_id, u.lead_number, u.held_update_id) as held
   from json_to_recordset(:leads::json) as known (campaign_id integer, number bigint)`,
)

/** What there is about leads beside their values: notes and held updates make no version. */
export const notesAndHeld = (db: Db, leads: readonly LeadKey[]) =>
  db.query(BESIDE, { leads: JSON.stringify(leads) })

/** More than this is said as this: a person needs no number then. */
export const CONFLICTS_SHOWN_MAX = 1_000

type Teams = Pick<Sight, 'team_ids'>

export interface OpenConflicts {
  open: number
  /** Another text after one came or went, was given to somebody else, or an operator opened or left its lead. */
  revision: string
}

const OPEN_CONFLICTS = statement<Teams & { presence_s: number }, OpenConflicts>(
  'heldUpdates.countOpen',
  `select count(*)::integer as open, coalesce(sum(hashtextextended(u.looks, 0)), 0)::text as revision
   from (
     select concat_ws(' ', u.held_update_id, u.assigned_to, (
         select sum(hashtextextended(p.operator_id::text, 0)) from presence p
         where p.campaign_id = u.campaign_id and p.lead_number = u.lead_number
           and p.seen_at > now() - make_interval(secs => :presence_s))) as looks
     from held_updates u
     where u.held_update_id > 0 and ${OPEN_HELD} and ${VISIBLE_HELD}
     limit ${CONFLICTS_SHOWN_MAX}) u`,
)

export const openConflicts = async (db: Db, { team_ids }: Teams) =>
  (await db.query(OPEN_CONFLICTS, { team_ids, presence_s: LIMITS.presence_s_max }))[0]!

const NEWEST = statement<Teams, { newest: number | null }>(
  'leads.newest',
  `select max(newest.number) as newest
   from campaigns c join templates t using (template_id) cross join lateral (
     select l.number from leads l where l.campaign_id = c.campaign_id order by l.number desc limit 1) newest
   where ${visibleTo('t.team_id')}`,
)

/** The number of the newest lead that may be seen; null: there is none. */
export const newestLead = async (db: Db, { team_ids }: Teams) =>
  (await db.query(NEWEST, { team_ids }))[0]!.newest

/** The key or session that let somebody in; the other one is null. */
export interface Credential {
  key_id: number | null
  session_id: number | null
}

/** A credential that still counts, as it is now. */
export interface LiveCredential extends Credential {
  /** Of a key. */
  scopes: Scope[] | null
  /** Of the operator of a session. */
  role: Role | null
  team_ids: number[] | null
  allocation_ids: number[] | null
}

interface LiveParams {
  key_ids: number[]
  session_ids: number[]
}

const LIVE_CREDENTIALS = statement<LiveParams, LiveCredential>(
  'callers.standing',
  `select k.key_id, null::bigint as session_id, k.scopes, null::text as role, k.team_ids,
     k.allocation_ids
   from api_keys k
   where k.key_id = any (:key_ids::integer[]) and k.revoked_at is null
     and (k.expires_at is null or k.expires_at > now())
   union all
   select null, s.session_id, null, o.role,
     (select array_agg(t.team_id) from operator_teams t where t.operator_id = o.operator_id), null
   from sessions s join operators o using (operator_id)
   where s.session_id = any (:session_ids::bigint[]) and o.disabled_at is null
     and ${LIVE}`,
)

/** Of many credentials those that still count, in one question. */
export const liveCredentials = (db: Db, credentials: readonly Credential[]) =>
  db.query(LIVE_CREDENTIALS, {
    key_ids: credentials.flatMap(({ key_id }) => key_id ?? []),
    session_ids: credentials.flatMap(({ session_id }) => session_id ?? []),
  })
