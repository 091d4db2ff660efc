// Which leads a search finds, newest first: the order of their numbers, which never changes.
//
// Three kinds of statements. A walk goes through the leads of one index from the newest to the oldest, a stretch of numbers
// at a time: fast where many fit. A collection takes all that an unordered index names (trigrams, callbacks, conflicts):
// fast where few fit. `src/intake/search-order.ts` chooses. The third finds exact ids.
//
// A text that was made of another version of its lead than the present one counts for nothing. The leads that the
// indexer has not reached are read from the events that it has not passed, in the same snapshot.

import { NUMBER } from './lead-texts.ts'
import type { Db } from './pool.ts'
import {
  ANSWER,
  FITS,
  FITS_WITH_TEXT,
  type Filter,
  FRESH,
  LEADS_COUNTED_MAX,
  MATCHES,
  type Patterns,
  type SearchParams,
  type Step,
  UNINDEXED,
  VISIBLE,
  waysAsParams,
} from './search-parts.ts'
import { statement } from './statement.ts'
import type { LeadNumber } from './watch.ts'

/** `length`: of the stretch of numbers. */
type WalkParams = SearchParams & { length: number }

/** Leads that a walk passes in one campaign, however long the stretch. */
const WALKED_MAX = 20_000
const LOW = '(select s.low from start s)'

interface WalkParts {
  /** What there is one ordered walk of in each campaign; `part` tells them apart. */
  each?: string
  /** The numbers of the index below :below, the newest first. */
  numbers: string
  /** The stretch: number, fits, part; in the same order. */
  stretch: string
  /** Which of those that fit are found. */
  found?: string
}

const walk = ({ each = '', numbers, stretch, found = 'select w.* from walked w where w.fits' }: WalkParts) =>
  `with ${VISIBLE},
   start as materialized (
     select greatest(0, max(newest.number) - :length::bigint) as low
     from visible v ${each} cross join lateral (${numbers} limit 1) newest),
   ${UNINDEXED},
   walked as materialized (
     select v.campaign_id, w.*
     from visible v ${each} cross join lateral (${stretch} limit ${WALKED_MAX}) w),
   edge as materialized (
     select coalesce(max(shortest.number), ${LOW} + 1) as number from (
       select min(w.number) as number from walked w
       group by w.campaign_id, w.part having count(*) = ${WALKED_MAX}) shortest),
   ${FRESH(LOW)},
   found as materialized (
     select f.campaign_id, f.number from (
       select f.campaign_id, f.number from (${found}) f union all select campaign_id, number from fresh) f
     where f.number >= (select number from edge))
   ${ANSWER(
     '(select count(*) from walked)',
     '(select count(*) from walked where fits)',
     '(select number from edge)',
   )}`

/** Walks leads; `condition` names the index. */
const walkLeads = (condition = '', each = '', part = `''::text`) => {
  const below = `l.campaign_id = v.campaign_id and l.number < :below ${condition}`
  return walk({
    each,
    numbers: `
       select l.number from leads l where ${below} order by l.number desc`,
    stretch: `
       select l.number, ${FITS_WITH_TEXT} as fits, ${part} as part
       from leads l where ${below} and l.number > ${LOW} order by l.number desc`,
  })
}

const CHANGED = `events e
       where e.campaign_id = v.campaign_id and e.actor = :changed_by and e.lead_number < :below
         and e.version > 1`

const WALKS = {
  leads: statement<WalkParams, Step>('search.walkLeads', walkLeads()),
  allocation: statement<WalkParams, Step>(
    'search.walkAllocation',
    walkLeads('and l.allocation_id = :allocation_id'),
  ),
  disposition: statement<WalkParams, Step>(
    'search.walkDisposition',
    walkLeads('and l.disposition = d.code', 'cross join unnest(:dispositions::text[]) as d (code)', 'd.code'),
  ),
  changed_by: statement<WalkParams, Step>(
    'search.walkChangedBy',
    walk({
      numbers: `
       select e.lead_number as number from ${CHANGED} order by e.lead_number desc`,
      stretch: `
       select e.number, coalesce(l.fits, false) as fits, ''::text as part
       from (
         select distinct e.lead_number as number from ${CHANGED} and e.lead_number > ${LOW}
         order by e.lead_number desc limit ${WALKED_MAX}) e
         cross join lateral (
           select ${FITS_WITH_TEXT} as fits from leads l
           where l.campaign_id = v.campaign_id and l.number = e.number limit 1) l
       order by e.number desc`,
    }),
  ),
  texts: statement<WalkParams, Step>(
    'search.walkTexts',
    walk({
      numbers: `
       select t.lead_number as number from lead_texts t
       where t.campaign_id = v.campaign_id and t.lead_number < :below order by t.lead_number desc`,
      stretch: `
       select t.lead_number as number, t.version, ${MATCHES('t.text')} as fits, ''::text as part
       from lead_texts t
       where t.campaign_id = v.campaign_id and t.lead_number > ${LOW} and t.lead_number < :below
       order by t.lead_number desc`,
      found: `
       select w.campaign_id, w.number from walked w cross join lateral (
         select * from leads l
         where l.campaign_id = w.campaign_id and l.number = w.number and l.version = w.version limit 1) l
       where w.fits and ${FITS}`,
    }),
  ),
}

export type Walk = keyof typeof WALKS

const collect = (found: string) =>
  `with ${VISIBLE},
   ${UNINDEXED},
   ${FRESH('0')},
   found as materialized (${found}
     union all select campaign_id, number from fresh)
   ${ANSWER('0', '0', '1')}`

// A sum keeps the planner from the keys of the tables: a plan that was made while they were empty would walk them.
const IN_REACH = (number: string) => `${number} + 0 < :below`

// Leads are looked at in order and no more than are counted, however many texts fit.
const COLLECT_TEXTS = statement<SearchParams & { longest: string; second: string; third: string }, Step>(
  'search.collectTexts',
  collect(`
     (select l.campaign_id, l.number from (
         select t.campaign_id, t.lead_number, t.version from lead_texts t
         where t.text like :longest and t.text like :second and t.text like :third and ${MATCHES('t.text')}
           and ${IN_REACH('t.lead_number')}
           and t.campaign_id + 0 = any (array(select campaign_id from visible))
         order by t.lead_number desc) t
       cross join lateral (
         select * from leads l
         where l.campaign_id = t.campaign_id and l.number = t.lead_number and l.version = t.version limit 1) l
     where ${FITS}
     order by t.lead_number desc limit ${LEADS_COUNTED_MAX + 1})`),
)

const COLLECTIONS = {
  callbacks: statement<SearchParams, Step>(
    'search.collectCallbacks',
    collect(`
     select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id
         and l.callback_at >= coalesce(:callback_from::timestamptz, '-infinity')
         and l.callback_at < coalesce(:callback_to::timestamptz, 'infinity')
         and ${IN_REACH('l.number')} and ${FITS_WITH_TEXT}
       offset 0) l`),
  ),
  conflicts: statement<SearchParams, Step>(
    'search.collectConflicts',
    collect(`
     select l.campaign_id, l.number from (
       select distinct u.campaign_id, u.lead_number from (
         select u.campaign_id, u.lead_number from held_updates u
         where u.state = 'open' and u.resolved_at is null and u.held_update_id > 0 and u.expires_at > now()
         offset 0) u) u
       join visible v using (campaign_id) cross join lateral (
         select * from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l
     where ${IN_REACH('l.number')} and ${FITS_WITH_TEXT}`),
  ),
}

export type Collection = keyof typeof COLLECTIONS

/** Whose leads are looked for: what is asked, from which number downwards, and how many are to be answered. */
export interface Reach {
  filter: Filter
  ways: readonly Patterns[]
  below: number
  rows_max: number
}

const paramsOf = ({ filter, ways, below, rows_max }: Reach): SearchParams => ({
  ...filter,
  ...waysAsParams(ways),
  below,
  rows_max,
})

/** The leads of a stretch of numbers, which begins at the newest one in reach. */
export const walkSearch = async (db: Db, by: Walk, reach: Reach, length: number) =>
  (await db.query(WALKS[by], { ...paramsOf(reach), length }))[0]!

/** All leads in reach. */
export const collectSearch = async (db: Db, by: Collection, reach: Reach) =>
  (await db.query(COLLECTIONS[by], paramsOf(reach)))[0]!

/** All leads in reach that fit in the one way there is; `indexed`: those of its patterns that have trigrams. */
export async function collectTexts(db: Db, reach: Reach, indexed: Patterns): Promise<Step> {
  const [longest = '', second = longest, third = longest] = indexed
  return (await db.query(COLLECT_TEXTS, { ...paramsOf(reach), longest, second, third }))[0]!
}

const EXACT = statement<
  Filter & { external_id: string; id_campaign: number | null; id_number: number | null },
  LeadNumber
>(
  'search.exact',
  `with ${VISIBLE}
   select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.external_id = :external_id and ${FITS}
       union
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.campaign_id = :id_campaign and l.number = :id_number
         and ${FITS}) l
   order by l.number desc limit 20`,
)

/** The leads that have exactly this external id or id, newest first. */
export const exactLeads = (db: Db, filter: Filter, external_id: string, id: LeadNumber | null) =>
  db.query(EXACT, {
    ...filter,
    external_id,
    id_campaign: id?.campaign_id ?? null,
    id_number: id?.number ?? null,
  })

const FOLD = statement<{ words: readonly string[] }, { word: string; before: string | null }>(
  'search.fold',
  `select fold_text(typed.word) as word,
     case when c.refold_campaign_id is not null then fold_text_before(typed.word) end as before
   from lead_texts_cursor c cross join unnest(:words::text[]) with ordinality as typed (word, i)
   order by typed.i`,
)

/** Words as they stand in the texts; `before`: in those that are not folded anew yet, null when all are. */
export const foldWords = (db: Db, words: readonly string[]) => db.query(FOLD, { words })

// Numbers and ids alone: long texts of every lead of a page would be folded for each search.
const FOUND_IN = statement<{ leads: string; patterns: Patterns }, LeadNumber & { found_in: string[] }>(
  'search.foundIn',
  `select l.campaign_id, l.number, array(
     select h.path from (
       select 'fields.' || p.field as path, ${NUMBER} as text from lead_phones p
       where p.campaign_id = l.campaign_id and p.lead_number = l.number
       union all
       select 'fields.' || p.field, fold_text(l.fields ->> p.field) from lead_phones p
       where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.phone is null
       union all
       select 'external_id', fold_text(l.external_id)) h
     where h.text like any (:patterns::text[]) group by h.path order by h.path) as found_in
   from json_to_recordset(:leads::json) as asked (campaign_id integer, number bigint) cross join lateral (
     select * from leads l
     where l.campaign_id = asked.campaign_id and l.number = asked.number limit 1) l`,
)

/** The phone fields of each of these leads in which any of the patterns is found, `fields.Mobile`, and `external_id`. */
export const foundIn = (db: Db, leads: readonly LeadNumber[], patterns: Patterns) =>
  db.query(FOUND_IN, { leads: JSON.stringify(leads), patterns })

const SPELLINGS = statement<{ code: string }, { code: string }>(
  'dispositions.spellings',
  'select distinct code from dispositions where lower(code) = lower(:code)',
)

/** A disposition as the sets spell it. */
export const dispositionSpellings = async (db: Db, code: string) =>
  (await db.query(SPELLINGS, { code: code.trim() })).map(({ code }) => code)
