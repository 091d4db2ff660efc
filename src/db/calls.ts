// Call records: what was done about a lead, outcome by outcome.

import type { CallFacts, KnownLead } from '../core/action-values.ts'
import type { LeadKey } from '../core/lead.ts'
import { actorName } from './actors.ts'
import { OWN_HOURS } from './leads.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { statement, wallTimeText } from './statement.ts'

export interface CallRow {
  call_id: number
  lead_id: string
  disposition: string
  phone: string | null
  at: string
  duration_s: number | null
  unique_call_id: string | null
  actor: string
  actor_name: string | null
  way: string
}

/** SQL: the columns of a `CallRow`, from a record `r`. */
export const CALL_COLUMNS = `r.call_id, r.campaign_id || '-' || r.lead_number as lead_id, r.disposition,
     '+' || r.phone as phone, r.at, r.duration_s, r.unique_call_id, r.actor,
     ${actorName('r.actor')} as actor_name, r.way`

const CALLS = statement<LeadKey & PageBounds, CallRow>(
  'calls.ofLead',
  `select ${CALL_COLUMNS}
   from call_records r
   where r.campaign_id = :campaign_id and r.lead_number = :number and r.call_id > :after
   order by r.call_id limit :rows_max`,
)

export const callsOf = (db: Db, { campaign_id, number }: LeadKey, { after, rows_max }: PageBounds) =>
  db.query(CALLS, { campaign_id, number, after, rows_max })

/** SQL: how many calls the lead of a record had had by then, this one included. */
export const dialAttempts = (record: string) => `(
  select count(*)::integer from call_records e
  where e.campaign_id = ${record}.campaign_id and e.lead_number = ${record}.lead_number
    and e.call_id <= ${record}.call_id)`

/** A call with its lead as it is now; a forgotten one has no values. */
export type CallWithLead = CallFacts &
  KnownLead & { call_id: number; disposition: string; allocation_name: string; found: number }

// The texts of a thousand leads can be more than the memory is meant for: what is beyond `bytes_max` is left out. Each
// disposition is walked in an index of its own, so that rare ones are found at once.
const newest = (of_allocation: string) => `with newest as materialized (
     select r.* from unnest(:dispositions::text[]) as d (code) cross join lateral (
       select r.campaign_id, r.call_id, r.lead_number, r.allocation_id, r.disposition, r.phone, r.at,
         r.duration_s, r.unique_call_id
       from call_records r
       where ${of_allocation}r.campaign_id = :campaign_id and r.disposition = d.code
         and r.call_id < :before::bigint
       order by r.call_id desc limit :rows_max) r
     order by r.call_id desc limit :rows_max),
   wide as (
     select n.*, l.number, l.external_id, l.fields, l.callback_local, l.priority, l.contact_hours_id,
       count(*) over () as found,
       sum(octet_length(l.fields::text)) over (order by n.call_id desc) - octet_length(l.fields::text)
         as bytes_before
     from newest n cross join lateral (
       select l.* from leads l where l.campaign_id = n.campaign_id and l.number = n.lead_number limit 1) l)
   select w.call_id, w.disposition, w.phone, w.at, w.duration_s, w.unique_call_id,
     ${dialAttempts('w')} as dial_attempts, w.campaign_id, w.number, w.external_id, w.fields,
     ${wallTimeText('w.callback_local')} as callback_local, w.priority,
     h.name as contact_hours, ${OWN_HOURS}, a.name as allocation_name, w.found::integer as found
   from wide w join allocations a on a.allocation_id = w.allocation_id
     left join contact_hours h on h.contact_hours_id = w.contact_hours_id
   where w.bytes_before <= :bytes_max::bigint
   order by w.call_id desc`

interface OfCampaign {
  campaign_id: number
  dispositions: readonly string[]
  before: number
  rows_max: number
  bytes_max: number
}
const OF_CAMPAIGN = statement<OfCampaign, CallWithLead>('calls.ofCampaign', newest(''))
const OF_ALLOCATION = statement<OfCampaign & { allocation_id: number }, CallWithLead>(
  'calls.ofAllocation',
  newest('r.allocation_id = :allocation_id and '),
)

/** The calls of a campaign, or of an allocation: those of leads that were in it at the time. */
export interface CallsAsked extends Omit<OfCampaign, 'before'> {
  /** Null: of the whole campaign. */
  allocation_id: number | null
  /** Calls before this one; null: the newest. */
  before: number | null
}

/** Newest first, each with its lead; at least one where there is any. */
export function newestCalls(
  db: Db,
  { allocation_id, before, ...asked }: CallsAsked,
): Promise<CallWithLead[]> {
  const params = { ...asked, before: before ?? Number.MAX_SAFE_INTEGER }
  return allocation_id === null
    ? db.query(OF_CAMPAIGN, params)
    : db.query(OF_ALLOCATION, { ...params, allocation_id })
}
