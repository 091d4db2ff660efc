// The operators who have a lead open on a screen.

import type { LeadKey } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { Db } from './pool.ts'
import { instantText, type None, statement } from './statement.ts'

type OperatorOnLead = LeadKey & { operator_id: number }

const SAY = statement<OperatorOnLead & { editing: boolean; presence_s: number }>(
  'presence.say',
  `insert into presence as p (campaign_id, lead_number, operator_id, editing)
   values (:campaign_id, :number, :operator_id, :editing)
   on conflict (campaign_id, lead_number, operator_id) do update
     set editing = excluded.editing, seen_at = now(),
       since = case when p.seen_at < now() - make_interval(secs => :presence_s) then now() else p.since end`,
)

/** Said again every ten seconds while the lead is open. */
export const sayPresent = (db: Db, lead: LeadKey, operator_id: number, editing: boolean) =>
  db.query(SAY, { ...lead, operator_id, editing, presence_s: LIMITS.presence_s_max })

const LEAVE = statement<OperatorOnLead>(
  'presence.leave',
  `delete from presence
   where campaign_id = :campaign_id and lead_number = :number and operator_id = :operator_id`,
)

export const leave = (db: Db, lead: LeadKey, operator_id: number) => db.query(LEAVE, { ...lead, operator_id })

const SWEEP = statement<None>(
  'presence.sweep',
  "delete from presence where seen_at < now() - interval '1 hour'",
)

/** Removes what counts no more. Nothing depends on it but the size of the table. */
export const sweepPresence = (db: Db) => db.query(SWEEP)

export interface PresentRow {
  operator_id: number
  name: string
  editing: boolean
  since: string
}

const OF_LEADS = statement<{ leads: string; presence_s: number }, LeadKey & { operators: PresentRow[] }>(
  'presence.ofLeads',
  `select p.campaign_id, p.lead_number as number, json_agg(json_build_object(
       'operator_id', p.operator_id, 'name', o.name, 'editing', p.editing,
       'since', ${instantText('p.since')})
       order by p.since, p.operator_id) as operators
   from json_to_recordset(:leads::json) as asked (campaign_id integer, number bigint)
     join presence p on p.campaign_id = asked.campaign_id and p.lead_number = asked.number
     join operators o using (operator_id)
   where p.seen_at > now() - make_interval(secs => :presence_s) and o.disabled_at is null
   group by p.campaign_id, p.lead_number`,
)

/** The operators who have these leads open, the longest first; leads that nobody has open are left out. */
export const presenceOf = (db: Db, leads: readonly LeadKey[]) =>
  db.query(OF_LEADS, { leads: JSON.stringify(leads), presence_s: LIMITS.presence_s_max })
