// The parts of the inserting statement that look for the leads which a row of an import must not be the same as, beyond the
// campaign that the claims guard.

import type { Dedupe } from '../core/dedupe.ts'
import { type Arrays, arraysOf, type Columns, fromArrays } from './arrays.ts'
import { folded } from './lead-texts.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** The columns of `same`: what a row is compared by, folded; the values of several fields are lines. */
export const SAME_COLUMNS: Columns = { i: 'integer', same: 'text' }

export interface DedupeParams {
  dedupe_campaign_id: number
  dedupe_scope: Dedupe['scope']
  dedupe_days: number | null
  dedupe_fields: readonly string[]
}

/** What the inserting statement has of it. */
export interface Met {
  parts: string
  is_met: string
  join: string
  /** Of its answer. */
  columns: string
}

export const UNMET: Met = { parts: '', is_met: '', join: '', columns: '' }

const REACH = `
   reach as materialized (
     select c.campaign_id from campaigns c
     where case :dedupe_scope::text
         when 'everywhere' then true
         when 'template' then c.template_id = (
           select o.template_id from campaigns o where o.campaign_id = :dedupe_campaign_id::integer)
         else c.campaign_id = :dedupe_campaign_id end),`

/** Whether a lead in a row `l` counts for a row `g` of the batch. */
const COUNTS = `l.forgotten_at is null
         and (:dedupe_scope <> 'allocation' or l.allocation_id = g.allocation_id)
         and (:dedupe_days::integer is null
           or l.created_at >= ${clock()} - make_interval(days => :dedupe_days))`

/** A lead of the campaign can be changed or moved by the row: so it comes first. */
const OWN_FIRST = 'l.campaign_id <> :dedupe_campaign_id, l.number'

const one = (columns: string) => `distinct on (i) i, ${columns}`

const BY_NUMBER = `${REACH}
   met_numbers as materialized (
     select n.i, n.phone, m.campaign_id, m.number
     from numbers n join given g using (i) cross join lateral (
       select l.campaign_id, l.number
       from reach r cross join lateral (
           select p.lead_number from lead_phones p
           where p.campaign_id = r.campaign_id and p.phone in (n.phone, other_form(n.phone)) offset 0) p
         cross join lateral (
           select l.* from leads l where l.campaign_id = r.campaign_id and l.number = p.lead_number limit 1) l
       where ${COUNTS}
       order by ${OWN_FIRST} limit 1) m),
   met as materialized (
     select ${one('m.campaign_id, m.number, count(*) over (partition by m.i) as numbers')}
     from met_numbers m order by m.i, m.campaign_id <> :dedupe_campaign_id, m.number),`

const BY_ID = `${REACH}
   met as materialized (
     select g.i, m.campaign_id, m.number from given g cross join lateral (
       select l.campaign_id, l.number
       from reach r cross join lateral (
         select l.* from leads l
         where l.campaign_id = r.campaign_id and l.external_id = g.external_id limit 1) l
       where ${COUNTS}
       order by ${OWN_FIRST} limit 1) m
     where g.external_id is not null),`

/** The values of a lead in a row `l`, as rows are compared by them. */
const SAME = `array_to_string(array(
           select ${folded('v.value')}
           from unnest(:dedupe_fields::text[]) with ordinality as f (name, place) cross join lateral (
             select replace(l.fields ->> f.name, E'\\n', ' ') as value) v
           order by f.place), E'\\n')`

/**
 * The index of search tells which leads have all words of the values; the leads that it does not know yet are read as they
 * are. The index cuts long words: their beginning is asked for. The subselect that asks it ends in "offset 0": as a join
 * with the campaigns it might read all texts of one.
 */
const BY_FIELDS = `${REACH}
   wanted as materialized (
     select same.i, same.same, (
         select string_agg(
           quote_literal(left(t.lexeme, 60)) || case when length(t.lexeme) < 60 then '' else ':*' end, ' & ')
         from unnest(search_terms(same.same)) t)::tsquery as terms
     from ${fromArrays('same', SAME_COLUMNS)}),
   unindexed as materialized (
     select distinct e.campaign_id, e.lead_number from events e
     where e.tx >= (select c.tx from lead_texts_cursor c)),
   fresh as materialized (
     select l.campaign_id, l.number, l.allocation_id, l.created_at, l.forgotten_at, ${SAME} as same
     from unindexed u join reach using (campaign_id) cross join lateral (
       select l.* from leads l where l.campaign_id = u.campaign_id and l.number = u.lead_number limit 1) l),
   found as materialized (
     select w.i, m.campaign_id, m.number from wanted w join given g using (i) cross join lateral (
       select l.campaign_id, l.number
       from (
           select t.campaign_id, t.lead_number from lead_texts t
           where search_terms(t.text) @@ w.terms offset 0) t
         join reach using (campaign_id) cross join lateral (
           select l.* from leads l where l.campaign_id = t.campaign_id and l.number = t.lead_number limit 1) l
       where ${COUNTS} and ${SAME} = w.same
       order by ${OWN_FIRST} limit 1) m
     union all
     select w.i, l.campaign_id, l.number
     from wanted w join fresh l using (same) join given g using (i)
     where ${COUNTS}),
   met as materialized (
     select ${one('m.campaign_id, m.number')}
     from found m order by m.i, m.campaign_id <> :dedupe_campaign_id, m.number),`

const ANSWER = `, case when j.code = 105 then j.met_number end as met_number,
     case when j.code = 105 then j.met_campaign_id end as met_campaign_id`

const metBy = (parts: string, is_met: string): Met => ({
  parts,
  is_met: `
         when ${is_met} then 105`,
  join: 'left join met using (i)',
  columns: ANSWER,
})

export const MET: Record<Dedupe['by'], Met> = {
  phone: metBy(BY_NUMBER, "met.numbers > 0 and (g.duplicate_rule = 'any' or met.numbers = counted.numbers)"),
  external_id: metBy(BY_ID, 'met.i is not null'),
  fields: metBy(BY_FIELDS, 'met.i is not null'),
}

/** Of the parts: which leads are met. */
export const MET_LEAD = `
       met.number as met_number, met.campaign_id as met_campaign_id,`

/** What rows are compared by as parameters. */
export const sameArrays = (rows: readonly { i: number; same: string | null }[]): Arrays =>
  arraysOf(
    'same',
    SAME_COLUMNS,
    rows.filter(({ same }) => same !== null),
  )

const LOCK = statement<{ parts: readonly number[] }>(
  'imports.lockSame',
  `select pg_advisory_xact_lock(${LOCKS.same_lead}, u.part)
   from (select distinct part from unnest(:parts::integer[]) as u (part) order by part offset 0) u`,
)

/** Keys fall into so many parts: a chunk of rows locks no more. */
export const SAME_PARTS = 512

/** Until the end of the transaction no other import judges rows whose keys fall into these parts. */
export const lockSame = (tx: Db, parts: readonly number[]) => tx.query(LOCK, { parts })

const FOLD = statement<{ texts: readonly string[] }, { text: string }>(
  'imports.fold',
  `select fold_text(u.text) as text from unnest(:texts::text[]) with ordinality as u (text, place)
   order by u.place`,
)

/** Texts as the texts of leads are compared. */
export const foldTexts = async (db: Db, texts: readonly string[]): Promise<string[]> =>
  (await db.query(FOLD, { texts })).map(({ text }) => text)
