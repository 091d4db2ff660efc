// Which leads a search finds, newest first: the order of their numbers, which never changes.
//
// Three kinds of statements. A walk goes through the leads of one index from the newest to the oldest, a stretch of numbers
// at a time: fast where many leads fit. A collection takes all that an unordered index names (terms, callbacks,
// conflicts): fast where few leads fit. `src/intake/search-order.ts` chooses. The third kind finds exact ids.
//
// Each index has a statement of its own, because PostgreSQL keeps one plan for all values of the parameters.
//
// A text counts only if it was made of the present version of its lead. The leads that the indexer has not reached are
// read from the events that it has not passed, in the same snapshot.

import type { LeadKey } from '../core/lead.ts'
import type { Db } from './pool.ts'
import {
  ASKED,
  FITS,
  FITS_WITH_TEXT,
  type Filter,
  type Fitting,
  type Found,
  FRESH,
  LEADS_COUNTED_MAX,
  MATCHES,
  OF_FOUND,
  type SearchParams,
  VISIBLE,
} from './search-parts.ts'
import { statement } from './statement.ts'

/** `length`: of the stretch of numbers. */
type WalkParams = SearchParams & { length: number }

/** What a walk finds in one stretch. */
export interface Step extends Found {
  /** Leads that it passed, and how many of them fitted by what it looked at. */
  passed: number
  fitting: number
  /** From this number on nothing is missing. */
  edge: number
}

/** Leads that a walk passes in one campaign, however long the stretch. */
const WALKED_MAX = 20_000

/**
 * Ends a walk: the leads in `candidates`, which were walked and fit, and fresh ones, down to the edge. That is the end of
 * the stretch, or the place where the first campaign was cut off.
 */
const FOUND_WALKING = `progress as materialized (
     select coalesce(sum(c.passed), 0)::bigint as passed, coalesce(sum(c.fitting), 0)::bigint as fitting,
       coalesce(max(c.lowest) filter (where c.passed = ${WALKED_MAX}), (select low from stretch) + 1) as edge
     from (
       select count(*) as passed, count(*) filter (where w.fits) as fitting, min(w.number) as lowest
       from walked w group by w.campaign_id) c),
   ${FRESH},
   found as materialized (
     select f.campaign_id, f.number
     from (select campaign_id, number from candidates union all select campaign_id, number from fresh) f
     where f.number >= (select edge from progress))
   select p.passed, p.fitting, p.edge, ${OF_FOUND}
   from progress p`

/** Walks the leads of an index that has them in the order of their numbers; `indexed` is its condition. */
const walkLeads = (indexed: string) => `with ${ASKED},
   stretch as materialized (
     select greatest(0, max(newest.number) - :length::bigint) as low
     from visible v cross join lateral (
       select l.number from leads l
       where ${indexed} and l.number < :below
       order by l.number desc limit 1) newest),
   walked as materialized (
     select v.campaign_id, l.number, l.fits
     from visible v cross join lateral (
       select l.number, ${FITS_WITH_TEXT} as fits
       from leads l
       where ${indexed}
         and l.number < :below and l.number > (select low from stretch)
       order by l.number desc limit ${WALKED_MAX}) l),
   candidates as (select campaign_id, number from walked where fits),
   ${FOUND_WALKING}`

const WALK_LEADS = statement<WalkParams, Step>('search.walkLeads', walkLeads('l.campaign_id = v.campaign_id'))

const WALK_ALLOCATION = statement<WalkParams, Step>(
  'search.walkAllocation',
  walkLeads('l.campaign_id = v.campaign_id and l.allocation_id = :allocation_id'),
)

const WALK_IMPORT = statement<WalkParams, Step>(
  'search.walkImport',
  walkLeads('l.campaign_id = v.campaign_id and l.import_id = :import_id'),
)

// The index has no order over several dispositions: each is walked by itself.
const WALK_DISPOSITION = statement<WalkParams, Step>(
  'search.walkDisposition',
  `with ${ASKED},
   stretch as materialized (
     select greatest(0, max(newest.number) - :length::bigint) as low
     from visible v cross join unnest(:dispositions::text[]) as d (code) cross join lateral (
       select l.number from leads l
       where l.campaign_id = v.campaign_id and l.disposition = d.code and l.number < :below
       order by l.number desc limit 1) newest),
   walked as materialized (
     select v.campaign_id, l.number, l.fits
     from visible v cross join lateral (
       select l.number, l.fits
       from unnest(:dispositions::text[]) as d (code) cross join lateral (
         select l.number, ${FITS_WITH_TEXT} as fits
         from leads l
         where l.campaign_id = v.campaign_id and l.disposition = d.code
           and l.number < :below and l.number > (select low from stretch)
         order by l.number desc limit ${WALKED_MAX}) l
       order by l.number desc limit ${WALKED_MAX}) l),
   candidates as (select campaign_id, number from walked where fits),
   ${FOUND_WALKING}`,
)

const WALK_CHANGED_BY = statement<WalkParams, Step>(
  'search.walkChangedBy',
  `with ${ASKED},
   stretch as materialized (
     select greatest(0, max(newest.number) - :length::bigint) as low
     from visible v cross join lateral (
       select e.lead_number as number from events e
       where e.campaign_id = v.campaign_id and e.actor = :changed_by and e.version > 1
         and e.lead_number < :below
       order by e.lead_number desc limit 1) newest),
   walked as materialized (
     select v.campaign_id, e.number, l.fits
     from visible v cross join lateral (
         select distinct e.lead_number as number from events e
         where e.campaign_id = v.campaign_id and e.actor = :changed_by and e.version > 1
           and e.lead_number < :below and e.lead_number > (select low from stretch)
         order by e.lead_number desc limit ${WALKED_MAX}) e
       cross join lateral (
         select ${FITS_WITH_TEXT} as fits
         from leads l
         where l.campaign_id = v.campaign_id and l.number = e.number limit 1) l),
   candidates as (select campaign_id, number from walked where fits),
   ${FOUND_WALKING}`,
)

// Only leads whose text fits are looked at.
const WALK_TEXTS = statement<WalkParams, Step>(
  'search.walkTexts',
  `with ${ASKED},
   stretch as materialized (
     select greatest(0, max(newest.number) - :length::bigint) as low
     from visible v cross join lateral (
       select t.lead_number as number from lead_texts t
       where t.campaign_id = v.campaign_id and t.lead_number < :below
       order by t.lead_number desc limit 1) newest),
   walked as materialized (
     select v.campaign_id, t.number, t.version, t.fits
     from visible v cross join lateral (
       select t.lead_number as number, t.version, ${MATCHES('t.text')} as fits
       from lead_texts t
       where t.campaign_id = v.campaign_id
         and t.lead_number < :below and t.lead_number > (select low from stretch)
       order by t.lead_number desc limit ${WALKED_MAX}) t),
   candidates as (
     select w.campaign_id, w.number from walked w cross join lateral (
       select * from leads l
       where l.campaign_id = w.campaign_id and l.number = w.number and l.version = w.version limit 1) l
     where w.fits and ${FITS}),
   ${FOUND_WALKING}`,
)

const WALKS = {
  leads: WALK_LEADS,
  allocation: WALK_ALLOCATION,
  import: WALK_IMPORT,
  disposition: WALK_DISPOSITION,
  changed_by: WALK_CHANGED_BY,
  texts: WALK_TEXTS,
}

export type Walk = keyof typeof WALKS

// A collection is one stretch, down to the last lead. In its conditions a sum keeps the planner from the keys of the
// tables: a plan that was made while they were empty would walk them.

/** Leads are looked at in order and no more than are counted, however many texts fit; `indexed` is found by an index. */
const collectTextsBy = (indexed: string) => `with ${ASKED},
   stretch as (select 0 as low),
   ${FRESH},
   candidates as (
     select t.campaign_id, t.lead_number, t.version from lead_texts t
     where ${indexed}
       and ${MATCHES('t.text')}
       and t.lead_number + 0 < :below and t.campaign_id + 0 = any (array(select campaign_id from visible))
     order by t.lead_number desc),
   found as materialized (
     (select l.campaign_id, l.number from candidates c cross join lateral (
         select * from leads l
         where l.campaign_id = c.campaign_id and l.number = c.lead_number and l.version = c.version limit 1) l
       where ${FITS}
       order by c.lead_number desc limit ${LEADS_COUNTED_MAX + 1})
     union all
     select campaign_id, number from fresh)
   select ${OF_FOUND}`

const COLLECT_TERMS = statement<SearchParams & { terms: string }, Found>(
  'search.collectTerms',
  collectTextsBy('search_terms(t.text) @@ :terms::tsquery'),
)

// The index of trigrams is there until that of terms has been made.
const COLLECT_TRIGRAMS = statement<SearchParams & { longest: string; second: string; third: string }, Found>(
  'search.collectTrigrams',
  collectTextsBy('t.text like :longest and t.text like :second and t.text like :third'),
)

const COLLECT_CALLBACKS = statement<SearchParams, Found>(
  'search.collectCallbacks',
  `with ${ASKED},
   stretch as (select 0 as low),
   ${FRESH},
   found as materialized (
     select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id
         and l.callback_at >= coalesce(:callback_from::timestamptz, '-infinity')
         and l.callback_at < coalesce(:callback_to::timestamptz, 'infinity')
         and l.number + 0 < :below
         and ${FITS_WITH_TEXT}
       offset 0) l
     union all
     select campaign_id, number from fresh)
   select ${OF_FOUND}`,
)

const COLLECT_CONFLICTS = statement<SearchParams, Found>(
  'search.collectConflicts',
  `with ${ASKED},
   stretch as (select 0 as low),
   ${FRESH},
   conflicts as (
     select distinct u.campaign_id, u.lead_number from (
       select u.campaign_id, u.lead_number from held_updates u
       where u.state = 'open' and u.resolved_at is null and u.held_update_id > 0 and u.expires_at > now()
       offset 0) u),
   found as materialized (
     select l.campaign_id, l.number
     from conflicts c join visible using (campaign_id) cross join lateral (
       select * from leads l where l.campaign_id = c.campaign_id and l.number = c.lead_number limit 1) l
     where l.number + 0 < :below and ${FITS_WITH_TEXT}
     union all
     select campaign_id, number from fresh)
   select ${OF_FOUND}`,
)

const COLLECTIONS = { callbacks: COLLECT_CALLBACKS, conflicts: COLLECT_CONFLICTS }

export type Collection = keyof typeof COLLECTIONS

/** Which leads to look for: what is asked, from which number downwards, and how many to answer. */
export interface Reach {
  filter: Filter
  ways: readonly Fitting[]
  below: number
  rows_max: number
}

const paramsOf = ({ filter, ways, below, rows_max }: Reach): SearchParams => ({
  ...filter,
  ways: ways.length > 0 ? JSON.stringify(ways) : null,
  below,
  rows_max,
})

/** The leads of a stretch of numbers, which begins at the newest one in reach. */
export const walkSearch = async (db: Db, by: Walk, reach: Reach, length: number) =>
  (await db.query(WALKS[by], { ...paramsOf(reach), length }))[0]!

/** All leads in reach. */
export const collectSearch = async (db: Db, by: Collection, reach: Reach) =>
  (await db.query(COLLECTIONS[by], paramsOf(reach)))[0]!

/** All leads in reach that fit in the one way there is; `terms`: a tsquery for the index. */
export const collectTerms = async (db: Db, reach: Reach, terms: string): Promise<Found> =>
  (await db.query(COLLECT_TERMS, { ...paramsOf(reach), terms }))[0]!

/** The same before the index of terms is there; `patterns`: those of the way that have trigrams. */
export async function collectTrigrams(db: Db, reach: Reach, patterns: readonly string[]): Promise<Found> {
  const [longest = '', second = longest, third = longest] = patterns
  return (await db.query(COLLECT_TRIGRAMS, { ...paramsOf(reach), longest, second, third }))[0]!
}

type ExactParams = Filter & { external_id: string; id_campaign: number | null; id_number: number | null }

const EXACT = statement<ExactParams, LeadKey>(
  'search.exact',
  `with ${VISIBLE}
   select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.external_id = :external_id
         and ${FITS}
       union
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.campaign_id = :id_campaign and l.number = :id_number
         and ${FITS}) l
   order by l.number desc limit 20`,
)

/** The leads that have exactly this external id or id, newest first. */
export const exactLeads = (db: Db, filter: Filter, external_id: string, id: LeadKey | null) =>
  db.query(EXACT, {
    ...filter,
    external_id,
    id_campaign: id?.campaign_id ?? null,
    id_number: id?.number ?? null,
  })
