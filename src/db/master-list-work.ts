// The work on a master list, in chunks that each keep how far it has come:
//
// 1. reading: the hashes of its rows are kept, and nothing looks at them.
// 2. One commit makes it the list that serves, and the one before it the one that served. Every insert compares in one
//    statement which list serves and what is in it, so it sees the whole of the one or the whole of the other.
// 3. The entries of a list that is over are swept.

import type { MasterListState, PointedField } from '../core/master-list.ts'
import { emptiedParts } from './file-parts.ts'
import type { Db, Pool } from './pool.ts'
import { statement } from './statement.ts'

type ListParam = { list_id: number }

/** Entries that are swept in one commit. */
const SWEPT_AT_ONCE = 10_000

export interface MasterListAtWork {
  list_id: number
  template_id: number
  state: Exclude<MasterListState, 'uploading' | 'waiting' | 'serving'>
  points: PointedField[]
  threshold: number
  /** Hexadecimal. */
  key: string
  region: string
  at_row: number
  actor: string
  request_id: string
}

const TAKE_UP = statement<ListParam, MasterListAtWork>(
  'masterLists.takeUp',
  `with begun as (
     update master_lists set state = 'reading' where list_id = :list_id and state = 'waiting'
     returning list_id)
   select m.list_id, m.template_id, case when b.list_id is null then m.state else 'reading' end as state,
     m.points, m.threshold, encode(m.hash_key, 'hex') as key, t.region, m.at_row, m.actor, m.request_id
   from master_lists m join templates t using (template_id) left join begun b using (list_id)
   where m.list_id = :list_id and not m.is_swept and m.state not in ('uploading', 'serving')`,
)

/** Undefined: there is nothing to do for it. */
export const takeUpMasterList = async (db: Db, list_id: number) => (await db.query(TAKE_UP, { list_id }))[0]

const ADVANCE = statement<ListParam & { at_row: number; to_row: number; rows: number; skipped: number }>(
  'masterLists.advance',
  `update master_lists set at_row = :to_row, rows_read = rows_read + :rows, skipped = skipped + :skipped
   where list_id = :list_id and state = 'reading' and at_row = :at_row
   returning list_id`,
)

// In order: each page of the index is written once.
const KEEP = statement<ListParam & { hashes: readonly string[] }>(
  'masterLists.keepHashes',
  `with kept as (
     insert into master_list_entries (list_id, hash)
     select :list_id, u.hash from unnest(:hashes::bigint[]) as u (hash) order by u.hash
     on conflict do nothing
     returning hash)
   update master_lists set entries = entries + (select count(*) from kept) where list_id = :list_id`,
)

interface KeptRows {
  rows: number
  skipped: number
  hashes: readonly string[]
}

/** Keeps the hashes of rows, and the place behind them. False: the list is over, or somebody else has read on. */
export const keepMasterListRows = (
  pool: Pool,
  list_id: number,
  at_row: number,
  to_row: number,
  { rows, skipped, hashes }: KeptRows,
): Promise<boolean> =>
  pool.transaction(async (tx) => {
    if ((await tx.query(ADVANCE, { list_id, at_row, to_row, rows, skipped })).length === 0) return false
    if (hashes.length > 0) await tx.query(KEEP, { list_id, hashes })
    return true
  })

const LOCK_TEMPLATE = statement<{ template_id: number }>(
  'masterLists.lockTemplate',
  'select from templates where template_id = :template_id for no key update',
)

const REPLACE = statement<ListParam & { template_id: number }, ListParam>(
  'masterLists.replace',
  `update master_lists set state = 'replaced', finished_at = now()
   where template_id = :template_id and state = 'serving' and list_id < :list_id
     and exists (
       select from master_lists n where n.list_id = :list_id and n.state = 'reading' and n.entries > 0)
   returning list_id`,
)

const SERVE = statement<ListParam, { state: MasterListState; entries: number }>(
  'masterLists.serve',
  `with over as (
     update master_lists f set serves_at = now(),
       state = case when n.list_id is null then 'serving' else 'replaced' end,
       finished_at = case when n.list_id is not null then now() end
     from master_lists own left join lateral (
       select o.list_id from master_lists o
       where o.template_id = own.template_id and o.state = 'serving' limit 1) n on true
     where own.list_id = :list_id and f.list_id = own.list_id and f.state = 'reading' and f.entries > 0
     returning f.list_id, f.state, f.entries),
   emptied as (${emptiedParts({ files: 'master_lists', parts: 'master_list_parts', id: 'list_id' }, 'over')})
   select state, entries from over`,
)

/**
 * From the commit on it is the list of its template. Undefined: it has no entry, or it is over. One that came before the list
 * which serves is replaced at once: the newest counts, however long each takes.
 */
export async function serveMasterList(
  tx: Db,
  { list_id, template_id }: MasterListAtWork,
): Promise<{ state: MasterListState; entries: number; replaced: number | null } | undefined> {
  // Two lists that are ready in the same moment follow each other.
  await tx.query(LOCK_TEMPLATE, { template_id })
  const [replaced] = await tx.query(REPLACE, { list_id, template_id })
  const [served] = await tx.query(SERVE, { list_id })
  return served && { ...served, replaced: replaced?.list_id ?? null }
}

const SWEEP = statement<ListParam, { swept: number }>(
  'masterLists.sweep',
  `with chunk as materialized (
     select e.hash from master_list_entries e
     where e.list_id = :list_id order by e.hash limit ${SWEPT_AT_ONCE}),
   gone as (
     delete from master_list_entries e using chunk c where e.list_id = :list_id and e.hash = c.hash
     returning e.hash)
   select count(*)::integer as swept from gone`,
)

const SWEPT = statement<ListParam>(
  'masterLists.swept',
  `update master_lists set is_swept = true
   where list_id = :list_id and finished_at is not null
     and not exists (select from master_list_entries e where e.list_id = :list_id offset 0)`,
)

/** Removes the next entries of a list that is over. True: none is left. */
export async function sweepMasterList(db: Db, list_id: number): Promise<boolean> {
  const [{ swept } = { swept: 0 }] = await db.query(SWEEP, { list_id })
  if (swept > 0) return false
  await db.query(SWEPT, { list_id })
  return true
}
