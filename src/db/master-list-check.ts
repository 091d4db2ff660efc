// The parts of the inserting statement that look into the master lists of templates.

import { type Arrays, arraysOf, type Columns, fromArrays } from './arrays.ts'

export const HASH_COLUMNS: Columns = { i: 'integer', list_id: 'integer', hash: 'bigint' }
/** Of a lead: the list that its hashes were made for; null: its template had none. */
export const LIST_COLUMN = { master_list_id: 'integer' }

/** What the inserting statement has of it. */
export interface Listed {
  parts: string
  /** The list does not serve any more: the row is judged once more, by the one that does. */
  is_stale: string
  is_listed: string
  join: string
}

export const UNLISTED: Listed = { parts: '', is_stale: '', is_listed: '', join: '' }

/** One look into an index for each hash, in the statement that writes: which list serves and what is in it are of one moment. */
export const LISTED: Listed = {
  parts: `
   replaced as materialized (
     select d.master_list_id from (
       select distinct g.master_list_id from given g where g.master_list_id is not null offset 0) d
     where not exists (
       select from master_lists m
       where m.list_id = d.master_list_id and m.state = 'serving' offset 0)),
   listed as materialized (
     select distinct hash.i from ${fromArrays('hash', HASH_COLUMNS)} cross join lateral (
       select from master_list_entries e where e.list_id = hash.list_id and e.hash = hash.hash limit 1) e),`,
  is_stale: ' or g.master_list_id in (select master_list_id from replaced)',
  is_listed: `
         when listed.i is not null then 105`,
  join: 'left join listed using (i)',
}

/** Whether rows need these parts: those of a template without a list cost nothing. */
export const haveLists = (rows: readonly { master_list_id: number | null }[]) =>
  rows.some(({ master_list_id }) => master_list_id !== null)

/** The hashes of rows as parameters. */
export const hashArrays = (
  rows: readonly { i: number; master_list_id: number | null; hashes: readonly string[] }[],
): Arrays =>
  arraysOf(
    'hash',
    HASH_COLUMNS,
    rows.flatMap(({ i, master_list_id: list_id, hashes }) => hashes.map((hash) => ({ i, list_id, hash }))),
  )
