// Everything that is held about the leads of one person.

import type { LeadKey } from '../core/lead.ts'
import type { Values } from '../core/merge.ts'
import { actorName } from './actors.ts'
import type { ConsentRow } from './consents.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

type Teams = Pick<Sight, 'team_ids'>

const BY_NUMBER = statement<Teams & { phone: number; rows_max: number }, LeadKey>(
  'personalData.byNumber',
  `select distinct c.campaign_id, p.lead_number as number
   from campaigns c join templates t using (template_id) cross join lateral (
     select p.lead_number from lead_phones p
     where p.campaign_id = c.campaign_id and p.phone in (:phone::bigint, other_form(:phone::bigint))
     offset 0) p
   where ${visibleTo('t.team_id')}
   order by 1, 2 limit :rows_max`,
)

/** The leads that have a number, in any of its forms. */
export const leadsOfNumber = (db: Db, { team_ids }: Teams, phone: number, rows_max: number) =>
  db.query(BY_NUMBER, { team_ids, phone, rows_max })

interface By {
  at: string
  actor: string
  actor_name: string | null
  way: string
}

/** What is held beside the lead's present values; entries in the order in which they were made. */
export interface Records {
  campaign: string
  template: string
  team: string
  /** Null: nobody said. */
  source: string | null
  created: By
  history: (By & { version: number; changes: Record<string, unknown> | null })[]
  calls: (By & { disposition: string; phone: string | null; duration_s: number | null })[]
  notes: (By & { text: string })[]
  consents: (By & Omit<ConsentRow, keyof By | 'consent_id' | 'lead_id' | 'counts'>)[]
  held_changes: (By & { state: string; values: Values })[]
  /** Values that people gave up where changes had met. */
  decisions: (By & { groups: Record<string, unknown>[] })[]
  /** What outcomes made Leadline send elsewhere. */
  actions: { at: string; action: string; state: string; detail: string | null }[]
}

/** SQL: an array of a JSON object for each row `r` of a table of the lead, in order. `columns`: besides its author. */
const each = (table: string, order: string, columns: string) => `(
       select coalesce(json_agg(json_build_object(${columns}) order by r.${order}), '[]')
       from ${table} r where r.campaign_id = l.campaign_id and r.lead_number = l.number)`

/** SQL: when, by whom and which way, for json_build_object. */
const by = (at: string, actor: string) =>
  `'at', r.${at}, 'actor', r.${actor}, 'actor_name', ${actorName(`r.${actor}`)}, 'way', r.way`

const OF_LEADS = statement<{ leads: string }, LeadKey & Records>(
  'personalData.ofLeads',
  `select l.campaign_id, l.number, c.name as campaign, t.name as template, teams.name as team, l.source,
     json_build_object('at', l.created_at, 'actor', l.created_by,
       'actor_name', ${actorName('l.created_by')}, 'way', l.created_way) as created,
     ${each(
       'events',
       'version',
       `${by('at', 'actor')}, 'version', r.version, 'changes', r.changes`,
     )} as history,
     ${each(
       'call_records',
       'call_id',
       `${by('at', 'actor')}, 'disposition', r.disposition, 'phone', '+' || r.phone,
         'duration_s', r.duration_s`,
     )} as calls,
     ${each('lead_notes', 'note_id', `${by('at', 'actor')}, 'text', r.text`)} as notes,
     ${each(
       'lead_consents',
       'consent_id',
       `${by('at', 'actor')}, 'kind', r.kind, 'given_at', r.given_at, 'given_by', r.given_by,
         'text', r.text, 'source', r.source, 'expires_at', r.expires_at, 'withdrawn_at', r.withdrawn_at,
         'withdrawn_by', r.withdrawn_by, 'withdrawn_by_name', ${actorName('r.withdrawn_by')},
         'withdrawn_way', r.withdrawn_way, 'withdrawn_reason', r.withdrawn_reason`,
     )} as consents,
     ${each(
       'held_updates',
       'held_update_id',
       `${by('created_at', 'caller')}, 'state', r.state, 'values', r.incoming`,
     )} as held_changes,
     ${each('merges', 'merge_id', `${by('at', 'actor')}, 'groups', r.groups`)} as decisions,
     ${each(
       'action_runs',
       'run_id',
       `'at', r.created_at, 'state', r.state, 'detail', r.detail,
         'action', (select a.name from actions a where a.action_id = r.action_id)`,
     )} as actions
   from json_to_recordset(:leads::json) as asked (campaign_id integer, number bigint)
     cross join lateral (
       select * from leads l where l.campaign_id = asked.campaign_id and l.number = asked.number limit 1) l
     join campaigns c on c.campaign_id = l.campaign_id
     join templates t using (template_id) join teams using (team_id)
   where l.forgotten_at is null
   order by l.campaign_id, l.number`,
)

/** What is held about each of these leads, besides the lead as it is. */
export const recordsOf = (db: Db, leads: readonly LeadKey[]) =>
  db.query(OF_LEADS, { leads: JSON.stringify(leads) })
