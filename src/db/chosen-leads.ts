// All leads of a campaign that a search, allocations and dispositions choose, walked by their numbers. Each is judged as
// it is at that moment; fills move them, exports show them.

import { folded, TEXT } from './lead-texts.ts'
import type { Db } from './pool.ts'
import { FITS, type Filter, type Fitting, MATCHES, WAYS } from './search-parts.ts'
import { statement } from './statement.ts'

/** A field has one of these texts, whatever their folding. */
export interface FieldCondition {
  field: string
  texts: string[]
  /** Or it has none. */
  or_none: boolean
}

export interface LeadChoice {
  campaign_id: number
  filter: Omit<Filter, 'team_ids' | 'campaign_id'>
  /** Null: nothing was typed. */
  typed: {
    /** The ways to read it, and what an external id or a lead's number has to be. */
    ways: Fitting[]
    external_id: string
    number: number | null
    /** All leads that search found, where they are few; null: they are many. */
    found: number[] | null
  } | null
  /** Each must hold. Null: none. Fills of an older version, which may still run, do not have it. */
  fields?: FieldCondition[] | null
  /** Null: from all. */
  from_ids: number[] | null
  /** Of none in this one; null: there is none such. */
  except_id: number | null
  /** Dispositions, '' for none yet. Null: whatever they have. */
  codes: string[] | null
}

export type ChoiceParams = LeadChoice['filter'] & {
  campaign_id: number
  except_id: number | null
  from_ids: number[] | null
  picked: string[] | null
  fields: string | null
  ways: string | null
  external_id: string | null
  id_number: number | null
}

export const paramsOfChoice = ({
  campaign_id,
  filter,
  typed,
  fields,
  from_ids,
  except_id,
  codes,
}: LeadChoice): ChoiceParams => ({
  ...filter,
  // A fill that an older version began does not name these.
  callback_agent: filter.callback_agent ?? null,
  import_id: filter.import_id ?? null,
  campaign_id,
  except_id,
  from_ids,
  picked: codes,
  fields: fields ? JSON.stringify(fields) : null,
  ways: typed && JSON.stringify(typed.ways),
  external_id: typed?.external_id ?? null,
  id_number: typed?.number ?? null,
})

/** The ways to read what was typed, and the conditions on fields. */
export const CHOICE_ASKED = `${WAYS},
   conditions as materialized (
     select c.field, c.or_none, array(select fold_text(json_array_elements_text(c.texts))) as texts
     from json_to_recordset(:fields::json) as c (field text, texts json, or_none boolean))`

/** Whether a lead in a row `l` is chosen, as it is now. The indexer may not have reached it: then its text is made here. */
export const CHOSEN = `(:except_id::integer is null or l.allocation_id <> :except_id)
       and (:from_ids::integer[] is null or l.allocation_id = any (:from_ids))
       and (:picked::text[] is null or coalesce(l.disposition, '') = any (:picked))
       and ${FITS}
       and (:fields::json is null or not exists (
         select from conditions c
         where not case when l.fields ->> c.field is null then c.or_none
           else (${folded('l.fields ->> c.field')}) = any (c.texts) end offset 0))
       and (:ways::json is null or l.external_id = :external_id::text or l.number = :id_number::bigint
         or exists (
           select from (
             select coalesce((
               select t.text from lead_texts t
               where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version),
               (${TEXT})) as text
             offset 0) now
           where ${MATCHES('now.text')} offset 0))`

/** The two directions, each with its own plan. */
export const DIRECTIONS = {
  newest: { beyond: '<', order: 'desc', last: 'min' },
  oldest: { beyond: '>', order: 'asc', last: 'max' },
} as const

export type Direction = keyof typeof DIRECTIONS

export const FIRST_PLACE: Record<Direction, number> = { newest: Number.MAX_SAFE_INTEGER, oldest: 0 }

/** The next leads after a place. */
export const stretch = (direction: Direction, length: number, columns: string) => {
  const { beyond, order } = DIRECTIONS[direction]
  return `select ${columns} from leads l
       where l.campaign_id = :campaign_id and l.number ${beyond} :place::bigint
       order by l.number ${order} limit ${length}`
}

/** Leads that one chunk looks at. */
export const LOOKED_AT = 5_000

const LISTED = statement<ChoiceParams & { numbers: number[] }, { number: number; code: string }>(
  'chosenLeads.listed',
  `with ${CHOICE_ASKED}
   select l.number, coalesce(l.disposition, '') as code
   from unnest(:numbers::bigint[]) with ordinality as u (number, nth) cross join lateral (
     select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
   where ${CHOSEN}
   order by u.nth`,
)

/** Those of these leads that are chosen, in order. */
export const listChosen = (db: Db, params: ChoiceParams, numbers: number[]) =>
  db.query(LISTED, { ...params, numbers })

/** Leads that one chunk of a walk takes at most: whoever wants one of them waits for milliseconds. */
export const CHOSEN_AT_ONCE = 250

interface Candidate {
  number: number
  code: string
}

export interface ChosenStretch {
  /** The last lead that was looked at; null: there are no more. */
  end: number | null
  leads: Candidate[]
}

const next = (direction: Direction) => `with ${CHOICE_ASKED},
   chosen as materialized (
     select l.number, coalesce(l.disposition, '') as code
     from (${stretch(direction, LOOKED_AT, 'l.*')}) l
     where ${CHOSEN}
     order by l.number ${DIRECTIONS[direction].order} limit ${CHOSEN_AT_ONCE})
   select (
     select ${DIRECTIONS[direction].last}(l.number)
     from (${stretch(direction, LOOKED_AT, 'l.number')}) l) as "end",
     (select coalesce(json_agg(json_build_object('number', number, 'code', code)
        order by number ${DIRECTIONS[direction].order}), '[]') from chosen) as leads`

const NEXT = {
  newest: statement<ChoiceParams & { place: number }, ChosenStretch>('chosenLeads.newest', next('newest')),
  oldest: statement<ChoiceParams & { place: number }, ChosenStretch>('chosenLeads.oldest', next('oldest')),
}

/** The next leads that are chosen, in order, and where to go on. `found`: as of `countChosen`. */
export async function nextChosen(
  tx: Db,
  params: ChoiceParams,
  { found, order, place }: { found: number[] | null; order: Direction; place: number },
): Promise<ChosenStretch> {
  if (found) {
    const is_newest = order === 'newest'
    const numbers = found
      .filter((number) => (is_newest ? number < place : number > place))
      .sort((a, b) => (is_newest ? b - a : a - b))
      .slice(0, CHOSEN_AT_ONCE)
    return { end: numbers.at(-1) ?? null, leads: await listChosen(tx, params, numbers) }
  }
  const stretch = (await tx.query(NEXT[order], { ...params, place }))[0]!
  const last = stretch.leads.at(-1)
  // A full chunk may end before its stretch.
  return last && stretch.leads.length === CHOSEN_AT_ONCE ? { ...stretch, end: last.number } : stretch
}

/** Leads that one step of a count looks at: some tens of milliseconds. */
const COUNTED_AT_ONCE = 20_000

export interface CountStep {
  /** Where to go on; null: there are no more. */
  end: number | null
  /** By disposition, or by whatever else they are counted. */
  leads: Record<string, number>
}

/** Counts leads that are chosen among the next ones, by what `by` makes of a row `l`. */
export const countBy = (by: string) => `with ${CHOICE_ASKED},
   counted as materialized (
     select chosen.what, count(*) as leads
     from (
       select ${by} as what from (${stretch('newest', COUNTED_AT_ONCE, 'l.*')}) l
       where ${CHOSEN} offset 0) chosen
     group by 1)
   select (
     select min(l.number) from (${stretch('newest', COUNTED_AT_ONCE, 'l.number')}) l) as "end",
     (select coalesce(json_object_agg(what, leads), '{}') from counted) as leads`

const COUNT = statement<ChoiceParams & { place: number }, CountStep>(
  'chosenLeads.count',
  countBy("coalesce(l.disposition, '')"),
)

/** The chosen among the next leads, newest first. `found`: the leads among which all chosen are. */
export async function countChosen(
  db: Db,
  params: ChoiceParams,
  found: number[] | null,
  place: number,
): Promise<CountStep> {
  if (!found) return (await db.query(COUNT, { ...params, place }))[0]!
  const by_code = Map.groupBy(await listChosen(db, params, found), ({ code }) => code)
  return { end: null, leads: Object.fromEntries([...by_code].map(([code, { length }]) => [code, length])) }
}
