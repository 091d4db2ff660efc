// The work on a file of numbers, in chunks that each keep how far it has come:
//
// 1. reading: its numbers are kept beside the list (dnc_file_numbers).
// 2. comparing: in the order of the numbers, the list gets an entry for each that it has not yet; then, if the file replaces
//    others, the entries from files whose number it has not are marked with its id.
// 3. One commit sets serves_at. Until then the new entries do not count and the marked ones do, from then on it is the other
//    way round: no reader sees a part of it, and no number that both lists have is ever free.
// 4. What is left is swept: marked entries are stamped as removed, and leads that were parked because of them are released.
//    The same sweep takes the entries of a file that was cancelled before it served.

import { LIMITS } from '../core/limits.ts'
import { ENDED_BY_FILE, served, standing } from './dnc.ts'
import { ANSWERED_ALLOCATION, type DncFileState, type DncReject, type NewDncFile } from './dnc-files.ts'
import { lockParking, type Unparked, unpark } from './parking.ts'
import type { Db, Pool } from './pool.ts'
import { statement } from './statement.ts'

/** Numbers that are compared, and entries that are swept, in one commit. */
export const COMPARED_AT_ONCE = 5_000
export const SWEPT_AT_ONCE = 2_000

type FileParam = { file_id: number }

export interface FileAtWork
  extends Pick<
    NewDncFile,
    | 'list'
    | 'campaign_id'
    | 'replaces'
    | 'region'
    | 'phone_columns'
    | 'expires_column'
    | 'wash_id'
    | 'holds'
    | 'result_column'
  > {
  file_id: number
  allocation_id: number | null
  state: Exclude<DncFileState, 'uploading' | 'waiting'>
  at_file: number
  at_row: number
  is_listed: boolean
  rejected: number
  actor: string
  request_id: string
}

const AT_WORK = `f.file_id, f.list, f.wash_id, f.holds, f.result_column, ${ANSWERED_ALLOCATION},
     f.campaign_id, f.replaces, f.region, f.phone_columns, f.expires_column,
     f.state, f.at_file, f.at_row, f.is_listed, f.rejected, f.actor, f.request_id`

const TAKE_UP = statement<FileParam, FileAtWork>(
  'dncFiles.takeUp',
  `with begun as (
     update dnc_files f set state = 'reading'
     where f.file_id = :file_id and f.state = 'waiting' and not exists (
       select from dnc_files o
       where o.list = f.list and o.campaign_id is not distinct from f.campaign_id
         and not o.is_swept and o.state <> 'uploading'
         and (o.state <> 'waiting' or o.file_id < f.file_id))
     returning ${AT_WORK})
   select * from begun
   union all
   select ${AT_WORK} from dnc_files f
   where f.file_id = :file_id and not f.is_swept and f.state not in ('uploading', 'waiting')
   limit 1`,
)

/** Undefined: nothing of it is left, or another file of its list is at work or waits for longer. 23505: another one began just now. */
export const takeUpDncFile = async (db: Db, file_id: number) => (await db.query(TAKE_UP, { file_id }))[0]

interface KeptRows {
  rows: number
  phones: readonly number[]
  /** 'infinity': for good. */
  expiries: readonly string[]
  rejects: readonly DncReject[]
  rejected: number
}

interface Place {
  at_file: number
  at_row: number
}

const ADVANCE_ROWS = statement<
  FileParam & Place & { to_file: number; to_row: number; rows: number; rejected: number }
>(
  'dncFiles.advanceRows',
  `update dnc_files set at_file = :to_file, at_row = :to_row, rows_read = rows_read + :rows,
     rejected = rejected + :rejected
   where file_id = :file_id and state = 'reading' and at_file = :at_file and at_row = :at_row
   returning file_id`,
)

const KEEP_NUMBERS = statement<FileParam & Pick<KeptRows, 'phones' | 'expiries'>>(
  'dncFiles.keepNumbers',
  `with kept as (
     insert into dnc_file_numbers as n (file_id, phone, expires_at)
     select :file_id, given.phone, max(given.expires_at)
     from unnest(:phones::bigint[], :expiries::timestamptz[]) as given (phone, expires_at)
     group by given.phone order by given.phone
     on conflict (file_id, phone) do update set expires_at = greatest(n.expires_at, excluded.expires_at)
     returning xmax = 0 as is_new)
   update dnc_files set numbers = numbers + (select count(*) from kept where is_new)
   where file_id = :file_id`,
)

const KEEP_REJECTS = statement<
  FileParam & {
    rows: number[]
    codes: string[]
    fields: string[]
    messages: string[]
    phones: string[]
    expires: string[]
  }
>(
  'dncFiles.keepRejects',
  `insert into dnc_file_rejects (file_id, row, code, field, message, phone, expires)
   select :file_id, given.* from unnest(
     :rows::bigint[], :codes::text[], :fields::text[], :messages::text[], :phones::text[],
     :expires::text[]) as given
   limit greatest(0, ${LIMITS.dnc_rejects_max} - (
     select count(*) from dnc_file_rejects r where r.file_id = :file_id))`,
)

/** Keeps rows, and the place behind them. False: the file is over, or somebody else has read on. */
export const keepNumberRows = (
  pool: Pool,
  file_id: number,
  from: Place,
  to: Place,
  { rows, phones, expiries, rejects, rejected }: KeptRows,
): Promise<boolean> =>
  pool.transaction(async (tx) => {
    const place = { ...from, to_file: to.at_file, to_row: to.at_row }
    if ((await tx.query(ADVANCE_ROWS, { file_id, ...place, rows, rejected })).length === 0) return false
    if (phones.length > 0) await tx.query(KEEP_NUMBERS, { file_id, phones, expiries })
    if (rejects.length > 0)
      await tx.query(KEEP_REJECTS, {
        file_id,
        rows: rejects.map(({ row }) => row),
        codes: rejects.map(({ code }) => code),
        fields: rejects.map(({ field }) => field),
        messages: rejects.map(({ message }) => message),
        phones: rejects.map(({ phone }) => phone),
        expires: rejects.map(({ expires }) => expires),
      })
    return true
  })

const COMPARE = statement<FileParam>(
  'dncFiles.compare',
  `update dnc_files set state = 'comparing', at_phone = 0
   where file_id = :file_id and state = 'reading' and (numbers > 0 or not replaces)
   returning file_id`,
)

/** All its rows are read. False: it has no number, and would empty the list; or it is over. */
export const compareDncFile = async (db: Db, file_id: number) =>
  (await db.query(COMPARE, { file_id })).length > 0

// A file that replaces others ends their entries of another term, so only one that lasts as long is enough.
const LIST_NUMBERS = statement<FileParam, { last: number | null }>(
  'dncFiles.listNumbers',
  `with file as materialized (
     select f.* from dnc_files f
     where f.file_id = :file_id and f.state = 'comparing' and not f.is_listed for update skip locked),
   chunk as materialized (
     select n.phone, n.expires_at from file f cross join lateral (
       select * from dnc_file_numbers n
       where n.file_id = :file_id and n.phone > f.at_phone
       order by n.phone limit ${COMPARED_AT_ONCE}) n),
   made as (
     insert into dnc_entries (list, campaign_id, phone, reason, source, expires_at, added_by, team_ids,
       file_id)
     select f.list, f.campaign_id, c.phone, f.reason, f.source, nullif(c.expires_at, 'infinity'), f.actor,
       f.team_ids, f.file_id
     from file f cross join chunk c
     where not exists (
       select from (
         select s.*, coalesce(s.expires_at, 'infinity') as ends from dnc_entries s
         where s.phone = c.phone and s.removed_at is null) s
       where s.list = f.list and s.campaign_id is not distinct from f.campaign_id and ${served('s')}
         and (s.ends = c.expires_at
           or s.ends > c.expires_at and (s.file_id is null or not f.replaces)) offset 0)
     order by c.phone
     returning entry_id)
   update dnc_files f set added = f.added + (select count(*) from made),
     at_phone = coalesce((select max(phone) from chunk), 0),
     is_listed = not exists (select from chunk)
   from file where f.file_id = file.file_id
   returning nullif(f.at_phone, 0) as last`,
)

const MARK_OTHERS = statement<FileParam, { last: number | null }>(
  'dncFiles.markOthers',
  `with file as materialized (
     select f.* from dnc_files f
     where f.file_id = :file_id and f.state = 'comparing' and f.is_listed for update skip locked),
   stretch as materialized (
     select max(e.phone) as last from file f cross join lateral (
       select e.phone from dnc_entries e
       where e.removed_at is null and e.phone > f.at_phone
       order by e.phone limit ${COMPARED_AT_ONCE}) e),
   marked as (
     update dnc_entries e set ends_with = :file_id from file f
     where e.removed_at is null
       and e.phone > (select at_phone from file) and e.phone <= (select last from stretch)
       and e.list = f.list and e.campaign_id is not distinct from f.campaign_id and e.file_id <> f.file_id
       and ${standing('e')}
       and not exists (
         select from dnc_file_numbers n
         where n.file_id = f.file_id and n.phone in (e.phone, other_form(e.phone))
           and n.expires_at = coalesce(e.expires_at, 'infinity') offset 0)
     returning e.entry_id)
   update dnc_files f set removed = f.removed + (select count(*) from marked),
     at_phone = coalesce((select last from stretch), f.at_phone)
   from file where f.file_id = file.file_id
   returning (select last from stretch) as last`,
)

/** Compares the next numbers with the list: whether there are more; undefined: another process does it. */
export async function compareDncNumbers(
  db: Db,
  { file_id, is_listed }: FileAtWork,
): Promise<boolean | undefined> {
  const [compared] = await db.query(is_listed ? MARK_OTHERS : LIST_NUMBERS, { file_id })
  return compared && compared.last !== null
}

const SERVE = statement<FileParam, { added: number; removed: number; rejected: number }>(
  'dncFiles.serve',
  `update dnc_files set state = 'done', serves_at = now(), finished_at = now()
   where file_id = :file_id and state = 'comparing' and is_listed
   returning added, removed, rejected`,
)

/** From the commit on it is the list. Undefined: it is over already. */
export const serveDncFile = async (tx: Db, file_id: number) => (await tx.query(SERVE, { file_id }))[0]

const LOCK_SWEPT = statement<FileParam, { has_marked: boolean }>(
  'dncFiles.lockSwept',
  `select f.state = 'done' and exists (
       select from dnc_entries e
       where e.ends_with = f.file_id and e.removed_at is null offset 0) as has_marked
   from dnc_files f
   where f.file_id = :file_id and f.finished_at is not null and not f.is_swept
   for update of f skip locked`,
)

interface SweptNumbers {
  phones: number[]
}

/** Stamps the entries that are locked, in the order of their numbers: no two removals wait for each other in a ring. */
const stamped = (reason: string) => `stamped as (
     update dnc_entries e set removed_at = now(), removed_reason = '${reason}',
       removed_by = (select f.actor from dnc_files f where f.file_id = :file_id)
     from locked where e.entry_id = locked.entry_id)`

const SWEEP_MARKED = statement<FileParam, SweptNumbers>(
  'dncFiles.sweepMarked',
  `with locked as materialized (
     select e.entry_id, e.phone from dnc_entries e
     where e.ends_with = :file_id and e.removed_at is null
     order by e.phone limit ${SWEPT_AT_ONCE} for update),
   ${stamped(ENDED_BY_FILE)}
   select array(select phone from locked) as phones`,
)

const CHUNK = `chunk as materialized (
     select n.phone from dnc_file_numbers n
     where n.file_id = :file_id order by n.phone limit ${SWEPT_AT_ONCE}),
   gone as (
     delete from dnc_file_numbers n using chunk c where n.file_id = :file_id and n.phone = c.phone)`

const SWEEP_NUMBERS = statement<FileParam, SweptNumbers>(
  'dncFiles.sweepNumbers',
  `with ${CHUNK} select array(select phone from chunk) as phones`,
)

const SWEEP_UNSERVED = statement<FileParam, SweptNumbers>(
  'dncFiles.sweepUnserved',
  `with ${CHUNK},
   locked as materialized (
     select e.entry_id from chunk c cross join lateral (
       select e.entry_id from dnc_entries e
       where e.phone = c.phone and e.removed_at is null and e.file_id = :file_id for update) e),
   ${stamped('the import of its file was cancelled')}
   select array(select phone from chunk) as phones`,
)

const SWEPT = statement<FileParam>(
  'dncFiles.swept',
  `with emptied as (
     update dnc_file_parts set content = null where file_id = :file_id and content is not null)
   update dnc_files set is_swept = true where file_id = :file_id`,
)

/** How a chunk of the sweep ended; undefined: another process does it, or nothing is left. */
type SweptChunk = { is_over: boolean; unparked: Unparked[] } | undefined

/** Does the next part of what is left of a file that is over. */
export const sweepDncFile = (
  pool: Pool,
  { file_id, state, list, campaign_id }: FileAtWork,
): Promise<SweptChunk> =>
  pool.transaction(
    async (tx) => {
      const [left] = await tx.query(LOCK_SWEPT, { file_id })
      if (!left) return undefined
      const is_done = state === 'done'
      // A client may be called despite the list of a campaign.
      const frees = list === 'client' ? is_done && !left.has_marked : left.has_marked
      // A removal beside the rewriting of numbers must see both forms of them, whatever it frees (dnc.ts in intake).
      if (frees || left.has_marked || !is_done) await lockParking(tx)
      const sweep = left.has_marked ? SWEEP_MARKED : is_done ? SWEEP_NUMBERS : SWEEP_UNSERVED
      const { phones } = (await tx.query(sweep, { file_id }))[0]!
      const unparked = frees && phones.length > 0 ? await unpark(tx, phones, campaign_id) : []
      const is_over = phones.length === 0
      if (is_over) await tx.query(SWEPT, { file_id })
      return { is_over, unparked }
    },
    { retry: 'lock' },
  )
