// What the statements of search are made of. Parameters have the same number in each of them:
//
// $1 teams, $2 campaign, $3 numbers below this one, $4 how far a walk goes, $5 to $11 the other filters, $12 to $17 the ways to
// read the query, $18 how many leads to answer.

import { TEXT } from './lead-texts.ts'

export interface Filter {
  team_ids: number[] | null
  campaign_id: number | null
  allocation_id: number | null
  /** Any of these. */
  dispositions: string[] | null
  /** From this instant on, and before that one. */
  callback_from: string | null
  callback_to: string | null
  closed: boolean | null
  has_conflict: boolean | null
  /** Who changed the lead at some time after it came in: key:7, operator:3. */
  changed_by: string | null
}

/** Patterns of LIKE of which every one must fit. */
export type Patterns = string[]

/** Most leads that are counted. */
export const COUNTED_MAX = 1_000
/** Leads beyond the indexer that one search reads. */
export const UNINDEXED_MAX = 10_000
/** Most ways to read one query. */
const WAYS_MAX = 6

export const filterParams = (filter: Filter, below: number, length: number) => [
  filter.team_ids,
  filter.campaign_id,
  below,
  length,
  filter.allocation_id,
  filter.dispositions,
  filter.callback_from,
  filter.callback_to,
  filter.closed,
  filter.has_conflict,
  filter.changed_by,
]

export const wayParams = (ways: readonly Patterns[]) =>
  Array.from({ length: WAYS_MAX }, (_, i) => ways[i] ?? null)

/** The campaigns to look in: an allocation is of one. */
export const VISIBLE = `visible as materialized (
     select c.campaign_id from campaigns c join templates t using (template_id)
     where ($1::integer[] is null or t.team_id = any ($1)) and ($2::integer is null or c.campaign_id = $2)
       and ($5::integer is null or c.campaign_id = (select campaign_id from allocations where allocation_id = $5)))`

/**
 * What a lead in a row `l` must be besides. The subselects end in "offset 0": as joins they would be worked out for all
 * leads.
 */
export const FITS = `l.forgotten_at is null
       and ($5::integer is null or l.allocation_id = $5)
       and ($6::text[] is null or l.disposition = any ($6))
       and ($7::timestamptz is null or l.callback_at >= $7)
       and ($8::timestamptz is null or l.callback_at < $8)
       and ($9::boolean is null or (l.closed_at is not null) = $9)
       and ($10::boolean is null or $10 = exists (
         select from held_updates u where u.campaign_id = l.campaign_id and u.lead_number = l.number and u.state = 'open'
           and u.expires_at > now() offset 0))
       and ($11::text is null or exists (
         select from events e where e.campaign_id = l.campaign_id and e.actor = $11 and e.lead_number = l.number
           and e.version > 1 offset 0))`

const inOneOf = (text: string, params: readonly number[]) =>
  params.map((param) => `${text} like all ($${param}::text[])`).join(' or ')

/** Whether a text fits the query in one of the ways to read it. More than three are rare, and each costs a walk time. */
export const MATCHES = (text: string) =>
  `(${inOneOf(text, [12, 13, 14])} or ($15::text[] is not null and (${inOneOf(text, [15, 16, 17])})))`

/** FITS, and the indexed text of the lead fits the query, if there is one. */
export const FITS_WITH_TEXT = `${FITS} and ($12::text[] is null or exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version
           and ${MATCHES('t.text')} offset 0))`

/** The leads that the indexer has not passed; none without a query. */
export const UNINDEXED = `unindexed as materialized (
     select distinct e.campaign_id, e.lead_number from (
       select e.campaign_id, e.lead_number from events e
       where $12::text[] is not null and e.tx >= (select c.tx from lead_texts_cursor c)
         and e.tx < pg_snapshot_xmax(pg_current_snapshot())
       order by e.tx limit ${UNINDEXED_MAX + 1}) e)`

/**
 * Those of them that are found above a number, by the text that they have now; of too many none, for then the search is
 * put off.
 */
export const FRESH = (low: string) => `fresh as materialized (
     select l.campaign_id, l.number
     from unindexed u join visible v using (campaign_id) cross join lateral (
         select * from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l
       cross join lateral (${TEXT}) x
     where (select count(*) from unindexed) <= ${UNINDEXED_MAX}
       and l.number > ${low} and l.number < $3 and ${FITS} and not exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version offset 0)
       and ${MATCHES('x.text')})`

export interface FoundLead {
  campaign_id: number
  number: number
}

/** What a statement answers. */
export interface Step {
  /** Leads that a walk passed, and how many of them fitted by what it looked at. */
  passed: number
  fitting: number
  /** From this number on nothing is missing. */
  edge: number
  /** Leads that the indexer had not passed. */
  unindexed: number
  /** How many were found, one more than COUNTED_MAX at most. */
  counted: number
  /** The newest of them. */
  leads: FoundLead[]
}

/** One row, of the leads in `found`. */
export const ANSWER = (passed: string, fitting: string, edge: string) => `
   select ${passed} as passed, ${fitting} as fitting, ${edge} as edge, (select count(*) from unindexed) as unindexed,
     (select count(*) from (select from found limit ${COUNTED_MAX + 1}) c) as counted, (
       select coalesce(json_agg(json_build_object('campaign_id', f.campaign_id, 'number', f.number)), '[]')
       from (select campaign_id, number from found order by number desc limit $18) f) as leads`
