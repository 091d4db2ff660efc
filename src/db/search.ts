// Which leads a search finds, newest first: the order of their numbers, which never changes.
//
// Three kinds of statements. A walk goes through the leads of one index from the newest to the oldest, a stretch of numbers
// at a time: fast where many fit. A collection takes all that an unordered index names (trigrams, callbacks, conflicts):
// fast where few fit. `src/intake/search.ts` walks first and collects what lies behind. The third finds exact ids.
//
// A text that was made of another version of its lead than the present one counts for nothing. The leads that the
// indexer has not reached are read from the events that it has not passed, in the same snapshot.

import { TEXT } from './lead-texts.ts'
import { type Db, type Statement, statement } from './pool.ts'

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

/** Lead numbers between these two, neither included. */
export interface Stretch {
  low: number
  high: number
}

/** Patterns of LIKE of which every one must fit. */
export type Patterns = string[]

export interface FoundLead {
  campaign_id: number
  number: number
}

/** Most leads that are counted. */
export const COUNTED_MAX = 1_000
/** Leads beyond the indexer that one search reads. */
export const UNINDEXED_MAX = 10_000
/** Leads that a walk passes in one campaign. */
const WALKED_MAX = 20_000

const VISIBLE = `visible as materialized (
     select c.campaign_id from campaigns c join templates t using (template_id)
     where ($1::integer[] is null or t.team_id = any ($1)) and ($2::integer is null or c.campaign_id = $2))`

/** What a lead in a row `l` must be besides. The subselects end in "offset 0": as joins they would be worked out for all leads. */
const FITS = `l.forgotten_at is null
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

const MATCHES = (text: string) =>
  `(${text} like all ($12::text[]) or ${text} like all ($13::text[]) or ${text} like all ($14::text[]))`

/** The leads that the indexer has not passed. */
const UNINDEXED = `unindexed as materialized (
     select distinct e.campaign_id, e.lead_number from (
       select e.campaign_id, e.lead_number from events e
       where $12::text[] is not null and e.tx >= (select c.tx from lead_texts_cursor c)
         and e.tx < pg_snapshot_xmax(pg_current_snapshot())
       order by e.tx limit ${UNINDEXED_MAX + 1}) e)`

/** Those of them that are found, by the text that they have now; of too many none, for then the search is put off. */
const FRESH = `fresh as materialized (
     select l.campaign_id, l.number
     from unindexed u join visible v using (campaign_id) cross join lateral (
         select * from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l
       cross join lateral (${TEXT}) x
     where (select count(*) from unindexed) <= ${UNINDEXED_MAX}
       and l.number > $3 and l.number < $4 and ${FITS} and not exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version offset 0)
       and ${MATCHES('x.text')})`

/** What a statement answers: one row. `edge`: nothing from this number on is missing. */
const ANSWER = (passed: string, edge: string) => `
   select ${passed} as passed, ${edge} as edge, (select count(*) from unindexed) as unindexed,
     (select count(*) from (select from found limit ${COUNTED_MAX + 1}) c) as counted, (
       select coalesce(json_agg(json_build_object('campaign_id', f.campaign_id, 'number', f.number)), '[]')
       from (select campaign_id, number from found order by number desc limit $15) f) as leads`

export interface Step {
  passed: number
  edge: number
  unindexed: number
  counted: number
  leads: FoundLead[]
}

const walk = (stretch: string, part: string, found: string) =>
  `with ${VISIBLE},
   ${UNINDEXED},
   walked as materialized (
     select v.campaign_id, w.* from visible v ${part} cross join lateral (
       ${stretch} limit ${WALKED_MAX}) w),
   edge as materialized (
     select coalesce(max(s.number), $3::bigint + 1) as number from (
       select min(w.number) as number from walked w group by w.campaign_id, w.part having count(*) = ${WALKED_MAX}) s),
   ${FRESH},
   found as materialized (
     select f.campaign_id, f.number from (
       ${found} union all select campaign_id, number from fresh) f
     where f.number >= (select number from edge))
   ${ANSWER('(select count(*) from walked)', '(select number from edge)')}`

const WALKED = 'select w.campaign_id, w.number from walked w where w.fits'

const FITS_WITH_TEXT = `${FITS} and ($12::text[] is null or exists (
         select from lead_texts t
         where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version
           and ${MATCHES('t.text')} offset 0))`

const walkLeads = (condition: string, part = '', part_name = "''::text") =>
  walk(
    `select l.number, ${FITS_WITH_TEXT} as fits, ${part_name} as part
       from leads l where l.campaign_id = v.campaign_id and l.number > $3 and l.number < $4 ${condition}
       order by l.number desc`,
    part,
    WALKED,
  )

const WALKS = {
  leads: statement('search.walkLeads', walkLeads('')),
  allocation: statement('search.walkAllocation', walkLeads('and l.allocation_id = $5')),
  disposition: statement(
    'search.walkDisposition',
    walkLeads('and l.disposition = d.code', 'cross join unnest($6::text[]) as d (code)', 'd.code'),
  ),
  changed_by: statement(
    'search.walkChangedBy',
    walk(
      `select e.number, coalesce(l.fits, false) as fits, ''::text as part
       from (
         select distinct e.lead_number as number from events e
         where e.campaign_id = v.campaign_id and e.actor = $11 and e.lead_number > $3 and e.lead_number < $4 and e.version > 1
         order by e.lead_number desc limit ${WALKED_MAX}) e
         cross join lateral (
           select ${FITS_WITH_TEXT} as fits from leads l
           where l.campaign_id = v.campaign_id and l.number = e.number limit 1) l
       order by e.number desc`,
      '',
      WALKED,
    ),
  ),
  texts: statement(
    'search.walkTexts',
    walk(
      `select t.lead_number as number, t.version, ${MATCHES('t.text')} as fits, ''::text as part
       from lead_texts t where t.campaign_id = v.campaign_id and t.lead_number > $3 and t.lead_number < $4
       order by t.lead_number desc`,
      '',
      `select l.campaign_id, l.number from walked w cross join lateral (
         select * from leads l where l.campaign_id = w.campaign_id and l.number = w.number and l.version = w.version limit 1) l
       where w.fits and ${FITS}`,
    ),
  ),
} satisfies Record<string, Statement>

export type Walk = keyof typeof WALKS

const collect = (found: string) =>
  `with ${VISIBLE},
   ${UNINDEXED},
   ${FRESH},
   found as materialized (
     ${found}
     union all select campaign_id, number from fresh)
   ${ANSWER('0', '$3::bigint + 1')}`

const COLLECTIONS = {
  // Sums keep the planner from the keys of the two tables: a plan that was made while they were empty would walk them.
  // Leads are looked at in order and no more than are counted, however many texts fit.
  texts: statement(
    'search.collectTexts',
    collect(
      `(select l.campaign_id, l.number from (
         select t.campaign_id, t.lead_number, t.version from lead_texts t
         where t.text like $16 and t.text like $17 and t.text like $18 and ${MATCHES('t.text')}
           and t.lead_number + 0 > $3 and t.lead_number + 0 < $4 and t.campaign_id + 0 = any (array(select campaign_id from visible))
         order by t.lead_number desc) t
       cross join lateral (
         select * from leads l
         where l.campaign_id = t.campaign_id and l.number = t.lead_number and l.version = t.version limit 1) l
     where ${FITS}
     order by t.lead_number desc limit ${COUNTED_MAX + 1})`,
    ),
  ),
  callbacks: statement(
    'search.collectCallbacks',
    collect(
      `select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.callback_at >= coalesce($7::timestamptz, '-infinity')
         and l.callback_at < coalesce($8::timestamptz, 'infinity') and l.number + 0 > $3 and l.number + 0 < $4 and ${FITS}
       offset 0) l`,
    ),
  ),
  conflicts: statement(
    'search.collectConflicts',
    collect(
      `select l.campaign_id, l.number from (
       select distinct u.campaign_id, u.lead_number from (
         select u.campaign_id, u.lead_number from held_updates u
         where u.state = 'open' and u.resolved_at is null and u.held_update_id > 0 and u.expires_at > now() offset 0) u) u
       join visible v using (campaign_id) cross join lateral (
         select * from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l
     where l.number > $3 and l.number < $4 and ${FITS}`,
    ),
  ),
} satisfies Record<string, Statement>

export type Collection = keyof typeof COLLECTIONS

const filterParams = (filter: Filter, { low, high }: Stretch) => [
  filter.team_ids,
  filter.campaign_id,
  low,
  high,
  filter.allocation_id,
  filter.dispositions,
  filter.callback_from,
  filter.callback_to,
  filter.closed,
  filter.has_conflict,
  filter.changed_by,
]

/** Most ways to read one query. */
const WAYS_MAX = 3

const params = (filter: Filter, stretch: Stretch, ways: readonly Patterns[], rows_max: number) => [
  ...filterParams(filter, stretch),
  ...Array.from({ length: WAYS_MAX }, (_, i) => ways[i] ?? null),
  rows_max,
]

/** The leads of a stretch, as far as the walk came. */
export const walkSearch = async (
  db: Db,
  by: Walk,
  filter: Filter,
  stretch: Stretch,
  ways: readonly Patterns[],
  rows_max: number,
) => (await db.query<Step>(WALKS[by], params(filter, stretch, ways, rows_max)))[0]!

/** All leads of a stretch. */
export const collectSearch = async (
  db: Db,
  by: Exclude<Collection, 'texts'>,
  filter: Filter,
  stretch: Stretch,
  rows_max: number,
) => (await db.query<Step>(COLLECTIONS[by], params(filter, stretch, [], rows_max)))[0]!

/** All leads of a stretch that fit one way to read the query; `indexed`: patterns of it that have trigrams. */
export const collectTexts = async (
  db: Db,
  filter: Filter,
  stretch: Stretch,
  way: Patterns,
  indexed: Patterns,
  rows_max: number,
) => {
  const three = [0, 1, 2].map((i) => indexed[i] ?? indexed[0])
  return (
    await db.query<Step>(COLLECTIONS.texts, [...params(filter, stretch, [way], rows_max), ...three])
  )[0]!
}

const EXACT = statement(
  'search.exact',
  `with ${VISIBLE}
   select l.campaign_id, l.number from visible v cross join lateral (
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.external_id = $12 and l.number > $3 and l.number < $4 and ${FITS}
       union
       select l.campaign_id, l.number from leads l
       where l.campaign_id = v.campaign_id and l.campaign_id = $13 and l.number = $14 and ${FITS}) l
   order by l.number desc limit 20`,
)

/** The leads that have exactly this external id or id, newest first. */
export const exactLeads = (
  db: Db,
  filter: Filter,
  external_id: string,
  lead: { campaign_id: number; number: number } | null,
) =>
  db.query<FoundLead>(EXACT, [
    ...filterParams(filter, { low: 0, high: Number.MAX_SAFE_INTEGER }),
    external_id,
    lead?.campaign_id ?? null,
    lead?.number ?? null,
  ])

const FOLD = statement(
  'search.fold',
  'select fold_text(u.word) as word from unnest($1::text[]) with ordinality as u (word, i) order by u.i',
)

/** Words as they stand in the texts. */
export const foldWords = async (db: Db, words: readonly string[]) =>
  (await db.query<{ word: string }>(FOLD, [words])).map(({ word }) => word)

const NEWEST = statement('search.newest', 'select last_value as number from lead_numbers')

/** No lead has a greater number, but those that come in from now on. */
export const newestNumber = async (db: Db) => (await db.query<{ number: number }>(NEWEST))[0]!.number

const SPELLINGS = statement(
  'dispositions.spellings',
  'select distinct code from dispositions where lower(code) = lower($1)',
)

/** A disposition as the sets spell it. */
export const dispositionSpellings = async (db: Db, code: string) =>
  (await db.query<{ code: string }>(SPELLINGS, [code.trim()])).map(({ code }) => code)
