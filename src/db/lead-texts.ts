// The texts that search looks through, and how they follow the leads: by the events, never in the statement of intake.
//
// The cursor is a transaction: texts know every event of those before it. It never passes one that is still running, so
// no commit is skipped. A search reads the leads that the cursor has not passed yet itself (`src/db/search.ts`).

import type { LeadKey } from '../core/lead.ts'
import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { type None, statement } from './statement.ts'

/** SQL: the digits by which a phone field in a row `p` of a lead `l` is found: its number, or those of a bad text. */
const NUMBER = `coalesce(p.phone::text,
  nullif(regexp_replace(fold_text(l.fields ->> p.field), '\\D+', '', 'g'), ''))`

/** SQL: fold_text, which most texts do not need: they are ASCII and have nothing else that it changes. */
export const folded = (text: string) => `case
    when octet_length(${text}) > char_length(${text}) or strpos(${text}, '  ') > 0
      or strpos(${text}, '\`') > 0 or strpos(${text}, E'\\t') > 0
    then fold_text(${text}) else lower(${text} collate "C") end`

/**
 * The text of a lead in a row `l`, for a lateral: its values, its external id, its numbers, each on a line. A phone field
 * whose text is a number appears as that number alone: one spelling is enough, and each costs the index a dozen entries.
 */
export const TEXT = `
  select ${folded('t.text')} as text
  from (
    select concat_ws(E'\\n', (
        select string_agg(replace(f.value, E'\\n', ' '), E'\\n')
        from jsonb_each_text(l.fields - coalesce(p.fields, '{}')) f),
      l.external_id, p.numbers) as text
    from (
      select array_agg(p.field) filter (where p.phone is not null) as fields,
        string_agg(${NUMBER}, E'\\n') as numbers
      from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number) p
    offset 0) t`

const TURN = statement<None, { mine: boolean }>(
  'leadTexts.turn',
  `select pg_try_advisory_xact_lock(${LOCKS.indexer}) as mine`,
)

const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())'

const WAITING = statement<None, { waiting: boolean }>(
  'leadTexts.waiting',
  `select exists (
     select from events e
     where e.tx >= (select c.tx from lead_texts_cursor c) and e.tx < ${HORIZON} offset 0) as waiting`,
)

/** Events of one round. Larger rounds would block `forget` for longer. */
const ROUND = 2_000

// A transaction is taken whole, however many events it has. A lead that is forgotten meanwhile has its row already, of a
// newer version: nothing of what was read of it before is written.
const INDEX = statement<None, { more: boolean }>(
  'leadTexts.index',
  `with place as materialized (
     select c.tx, (
       select e.tx from events e where e.tx >= c.tx and e.tx < ${HORIZON} order by e.tx limit 1) as first, (
       select e.tx from events e
       where e.tx >= c.tx and e.tx < ${HORIZON} order by e.tx offset ${ROUND} limit 1) as nth
     from lead_texts_cursor c),
   ends as materialized (
     select place.first, place.nth is not null as more,
       coalesce(case when place.nth > place.first then place.nth else (
         select e.tx from events e
         where e.tx > place.nth and e.tx < ${HORIZON} order by e.tx limit 1) end, ${HORIZON}) as tx
     from place),
   changed as materialized (
     select distinct e.campaign_id, e.lead_number from ends cross join lateral (
       select e.campaign_id, e.lead_number from events e
         where e.tx >= ends.first and e.tx < ends.tx offset 0) e
     order by e.campaign_id, e.lead_number),
   written as (
     insert into lead_texts as t (campaign_id, lead_number, version, text)
     select c.campaign_id, c.lead_number, l.version, folded.text
     from changed c cross join lateral (
         select * from leads l where l.campaign_id = c.campaign_id and l.number = c.lead_number limit 1) l
       cross join lateral (${TEXT}) folded
     on conflict (campaign_id, lead_number) do update set version = excluded.version, text = excluded.text
       where t.version < excluded.version),
   moved as (update lead_texts_cursor c set tx = ends.tx from ends where ends.first is not null)
   select ends.more from ends`,
)

/**
 * Writes the texts of the next events. True: there are more. False: there are none, or another process is at it.
 * An update that leaves the text as it is touches no index: the row stays on its page.
 */
export async function indexNext(pool: Pool): Promise<boolean> {
  if (!(await pool.query(WAITING))[0]!.waiting) return false
  return pool.transaction(async (tx) => {
    if (!(await tx.query(TURN))[0]!.mine) return false
    return (await tx.query(INDEX))[0]!.more
  })
}

/** Texts that are folded anew together. */
const REFOLD_ROUND = 2_000

// Only texts that differ are written. A text of an older version is left to the indexer, which folds as it is done now.
const REFOLD = statement<None, { more: boolean }>(
  'leadTexts.refold',
  `with place as materialized (
     select c.refold_campaign_id as campaign_id, c.refold_lead_number as lead_number
     from lead_texts_cursor c where c.refold_campaign_id is not null),
   next as materialized (
     select t.* from place cross join lateral (
       select t.campaign_id, t.lead_number, t.version, t.text from lead_texts t
       where (t.campaign_id, t.lead_number) > (place.campaign_id, place.lead_number)
       order by t.campaign_id, t.lead_number limit ${REFOLD_ROUND}) t),
   written as (
     insert into lead_texts as t (campaign_id, lead_number, version, text)
     select n.campaign_id, n.lead_number, n.version, folded.text
     from next n cross join lateral (
         select * from leads l
         where l.campaign_id = n.campaign_id and l.number = n.lead_number and l.version = n.version
           and l.forgotten_at is null limit 1) l
       cross join lateral (${TEXT}) folded
     where folded.text <> n.text
     on conflict (campaign_id, lead_number) do update set text = excluded.text
       where t.version = excluded.version),
   last as materialized (
     select n.campaign_id, n.lead_number from next n order by n.campaign_id desc, n.lead_number desc limit 1),
   moved as (
     update lead_texts_cursor c set refold_campaign_id = (select campaign_id from last),
       refold_lead_number = (select lead_number from last)
     from place)
   select exists (select from last) as more`,
)

/**
 * Folds the next texts anew, after the folding has changed. True: there are more. False: all are done. Undefined: another
 * process is at it. A text that is written beside it is folded anew already, and one whose lead changes meanwhile is
 * written by the indexer, which waits for its turn.
 */
export const refoldNext = (pool: Pool): Promise<boolean | undefined> =>
  pool.transaction(async (tx) => {
    if (!(await tx.query(TURN))[0]!.mine) return undefined
    return (await tx.query(REFOLD))[0]!.more
  })

// A database that was moved by its rows alone counts its transactions anew, while the cursor and the events have the
// numbers of the old one: nothing would be indexed for years. What the old one had not indexed yet is new once more.
const REWIND = statement<None>(
  'leadTexts.rewind',
  `with ahead as materialized (
     select c.tx from lead_texts_cursor c where c.tx > pg_snapshot_xmax(pg_current_snapshot())),
   again as (update events e set tx = pg_current_xact_id() from ahead where e.tx >= ahead.tx)
   update lead_texts_cursor c set tx = '0' from ahead`,
)

export const rewind = (db: Db) => db.query(REWIND)

const FOLD = statement<{ words: readonly string[] }, { word: string; before: string | null }>(
  'search.fold',
  `select fold_text(typed.word) as word,
     case when c.refold_campaign_id is not null then fold_text_before(typed.word) end as before
   from lead_texts_cursor c cross join unnest(:words::text[]) with ordinality as typed (word, i)
   order by typed.i`,
)

/** Folds words as the texts are folded. `before`: as those are that wait to be folded anew; null when none wait. */
export const foldWords = (db: Db, words: readonly string[]) => db.query(FOLD, { words })

// Numbers and ids alone: long texts of every lead of a page would be folded for each search.
const FOUND_IN = statement<{ leads: string; patterns: string[] }, LeadKey & { found_in: string[] }>(
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
export const foundIn = (db: Db, leads: readonly LeadKey[], patterns: string[]) =>
  db.query(FOUND_IN, { leads: JSON.stringify(leads), patterns })
