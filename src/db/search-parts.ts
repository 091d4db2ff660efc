// The statements of search share these parameters and parts of their text.

import type { LeadKey } from '../core/lead.ts'
import { TEXT } from './lead-texts.ts'
import { type Sight, visibleTo } from './sight.ts'

export interface Filter extends Pick<Sight, 'team_ids'> {
  campaign_id: number | null
  allocation_id: number | null
  /** Any of these. */
  dispositions: string[] | null
  /** From this instant on, and before that one. */
  callback_from: string | null
  callback_to: string | null
  /** Exactly this agent's callbacks. */
  callback_agent: string | null
  closed: boolean | null
  has_conflict: boolean | null
  /** An actor who changed the lead at some time after it came in: key:7, operator:3. */
  changed_by: string | null
  /** Leads that this import made. */
  import_id: number | null
}

/** One way to read a query, as texts are compared with it: every one of them must fit. */
export interface Fitting {
  /** Of LIKE. */
  patterns: string[]
  /** Regular expressions. */
  begins: string[]
}

/** Most leads that are counted. */
export const LEADS_COUNTED_MAX = 1_000
/** Leads beyond the indexer that one search reads. */
export const UNINDEXED_MAX = 10_000

/**
 * `ways`: the ways to read one query, as JSON (`Fitting`); a text fits in any of them. Null: there is no query. `below`:
 * leads with smaller numbers are in reach.
 */
export type SearchParams = Filter & { ways: string | null; below: number; rows_max: number }

/** What a statement finds. */
export interface Found {
  /** Leads that the indexer had not passed. */
  unindexed: number
  /** How many were found, one more than LEADS_COUNTED_MAX at most. */
  counted: number
  /** The newest of them. */
  leads: LeadKey[]
}

/** The campaigns to look in: an allocation belongs to one. */
export const VISIBLE = `visible as materialized (
     select c.campaign_id from campaigns c join templates t using (template_id)
     where ${visibleTo('t.team_id')}
       and (:campaign_id::integer is null or c.campaign_id = :campaign_id)
       and (:allocation_id::integer is null or c.campaign_id = (
         select a.campaign_id from allocations a where a.allocation_id = :allocation_id)))`

/** The ways to read the query. */
export const WAYS = `ways as materialized (
     select array(select json_array_elements_text(way.patterns)) as patterns,
       array(select json_array_elements_text(way.begins)) as begins
     from json_to_recordset(:ways::json) as way (patterns json, begins json))`

/** The campaigns to look in, and the ways to read the query. */
export const ASKED = `${VISIBLE},
   ${WAYS}`

// The subselects of these three conditions end in "offset 0": as joins they would be worked out for all leads.

/** Whether a text fits the query. */
export const MATCHES = (text: string) =>
  `exists (
         select from ways where ${text} like all (ways.patterns) and ${text} ~ all (ways.begins) offset 0)`

/** The other conditions on a lead in a row `l`. */
export const FITS = `l.forgotten_at is null
       and (:allocation_id::integer is null or l.allocation_id = :allocation_id)
       and (:dispositions::text[] is null or l.disposition = any (:dispositions))
       and (:callback_from::timestamptz is null or l.callback_at >= :callback_from)
       and (:callback_to::timestamptz is null or l.callback_at < :callback_to)
       and (:callback_agent::text is null or l.callback_agent = :callback_agent)
       and (:import_id::bigint is null or l.import_id = :import_id)
       and (:closed::boolean is null or (l.closed_at is not null) = :closed)
       and (:has_conflict::boolean is null or :has_conflict = exists (
         select from held_updates u
         where u.campaign_id = l.campaign_id and u.lead_number = l.number and u.state = 'open'
           and u.expires_at > now() offset 0))
       and (:changed_by::text is null or exists (
         select from events e
         where e.campaign_id = l.campaign_id and e.actor = :changed_by and e.lead_number = l.number
           and e.version > 1 offset 0))`

/** FITS, and the indexed text of the lead fits the query, if there is one. */
export const FITS_WITH_TEXT = `${FITS}
       and (:ways::json is null or exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version
           and ${MATCHES('t.text')} offset 0))`

/**
 * The leads that the indexer has not passed (none without a query), and those of them above the low end of `stretch` that
 * are found by the text that they have now. If there are too many, none is found: the search is put off.
 */
export const FRESH = `unindexed as materialized (
     select distinct e.campaign_id, e.lead_number from (
       select e.campaign_id, e.lead_number from events e
       where :ways::json is not null and e.tx >= (select c.tx from lead_texts_cursor c)
         and e.tx < pg_snapshot_xmax(pg_current_snapshot())
       order by e.tx limit ${UNINDEXED_MAX + 1}) e),
   fresh as materialized (
     select l.campaign_id, l.number
     from unindexed u join visible using (campaign_id) cross join lateral (
         select * from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l
       cross join lateral (${TEXT}) now
     where (select count(*) from unindexed) <= ${UNINDEXED_MAX}
       and l.number > (select low from stretch) and l.number < :below
       and ${FITS}
       and not exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version offset 0)
       and ${MATCHES('now.text')})`

/** The columns of `Found`, from the leads in `found`. */
export const OF_FOUND = `(select count(*) from unindexed) as unindexed,
     (select count(*) from (select from found limit ${LEADS_COUNTED_MAX + 1}) counted) as counted,
     (select coalesce(json_agg(json_build_object('campaign_id', f.campaign_id, 'number', f.number)), '[]')
      from (select campaign_id, number from found order by number desc limit :rows_max) f) as leads`
