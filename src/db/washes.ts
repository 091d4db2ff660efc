// Washes: a register is asked about the numbers of an allocation. Its answer arrives as a file (dnc-files.ts, wash-work.ts).

import type { RegisterName } from '../core/wash.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of the collecting of numbers in the job queue. */
export const WASH_TASK = 'collect_wash'

export const WASH_STATES = ['collecting', 'asked', 'done', 'cancelled'] as const

export interface WashRow {
  wash_id: number
  allocation_id: number
  campaign_id: number
  register: RegisterName
  valid_days: number
  /** Its answer starts the allocation. */
  starts: boolean
  state: (typeof WASH_STATES)[number]
  asked: number
  outside: number
  listed: number
  clear: number
  /** The newest file with an answer; null: none was brought. */
  file_id: number | null
  /** Its answer is the one that counts for the allocation, or counted last. */
  is_current: boolean
  created_at: string
  created_by: string
  asked_at: string | null
  finished_at: string | null
  valid_until: string | null
}

const ROW = `w.wash_id, w.allocation_id, w.campaign_id, w.register, w.valid_days, w.starts, w.state, w.asked,
     w.outside, w.listed, w.clear, coalesce(w.file_id, (
       select max(f.file_id) from dnc_files f where f.wash_id = w.wash_id)) as file_id,
     w.wash_id is not distinct from (
       select a.wash_id from allocations a where a.allocation_id = w.allocation_id) as is_current,
     w.created_at, w.actor as created_by, w.asked_at, w.finished_at, w.valid_until`

/** A job for each wash that collects its numbers. */
const queued = (washes: string) => `
   select graphile_worker.add_job('${WASH_TASK}', json_build_object('wash_id', w.wash_id),
     queue_name := 'wash-' || w.wash_id, job_key := '${WASH_TASK}:' || w.wash_id)
   from ${washes} w where w.state = 'collecting'`

export interface NewWash {
  allocation_id: number
  register: RegisterName
  valid_days: number
  starts: boolean
}

const BEGIN = statement<NewWash & { actor: string; request_id: string }, WashRow>(
  'washes.begin',
  `with needing as (
     update allocations a set needs_wash = true, version = a.version + 1
     where a.allocation_id = :allocation_id and not a.needs_wash),
   begun as (
     insert into washes as w (allocation_id, campaign_id, register, valid_days, starts, actor, request_id)
     select a.allocation_id, a.campaign_id, :register, :valid_days, :starts, :actor, :request_id
     from allocations a where a.allocation_id = :allocation_id
     returning *),
   job as (${queued('begun')})
   select ${ROW} from begun w, job`,
)

/** Of a locked allocation, which is called from now on only as its washes allow. 23505: one is under way. */
export const beginWash = async (tx: Db, wash: NewWash, by: { actor: string; request_id: string }) =>
  (await tx.query(BEGIN, { ...wash, actor: by.actor, request_id: by.request_id }))[0]!

const RESUME = statement<None>('washes.resume', queued('washes'))

/** Queues the washes that an ended process has left. */
export const resumeWashes = (db: Db) => db.query(RESUME)

const LIST = statement<
  Sight & PageBounds & { allocation_id: number | null; wash_id: number | null },
  WashRow
>(
  'washes.list',
  `select ${ROW}
   from washes w join allocations a using (allocation_id)
     join campaigns c on c.campaign_id = w.campaign_id join templates t using (template_id)
   where ${visibleTo('t.team_id', 'select a.allocation_id')}
     and (:allocation_id::integer is null or w.allocation_id = :allocation_id)
     and (:wash_id::integer is null or w.wash_id = :wash_id)
     and (:after::bigint = 0 or w.wash_id < :after)
   order by w.wash_id desc limit :rows_max`,
)

/** The newest first: `after` is the id before which the page begins. */
export const listWashes = (db: Db, sight: Sight, asked: PageBounds & { allocation_id: number | null }) =>
  db.query(LIST, { ...sight, wash_id: null, ...asked })

export const washById = async (db: Db, sight: Sight, wash_id: number) =>
  (await db.query(LIST, { ...sight, wash_id, allocation_id: null, after: 0, rows_max: 1 }))[0]

const LOCK = statement<{ wash_id: number }, Pick<WashRow, 'state'>>(
  'washes.lock',
  'select w.state from washes w where w.wash_id = :wash_id for update',
)

/** For whoever brings an answer, counts it or cancels. */
export const lockWash = async (tx: Db, wash_id: number) => (await tx.query(LOCK, { wash_id }))[0]

const CANCEL = statement<{ wash_id: number }, { answering: number[] }>(
  'washes.cancel',
  `update washes w set state = 'cancelled', finished_at = now()
   where w.wash_id = :wash_id and w.state in ('collecting', 'asked')
   returning array(
     select f.file_id from dnc_files f
     where f.wash_id = w.wash_id and f.finished_at is null) as answering`,
)

/** Of a locked wash; answers the files of its answer that are at work. Undefined: it is over already. */
export const cancelWash = async (tx: Db, wash_id: number) => (await tx.query(CANCEL, { wash_id }))[0]

const NUMBERS = statement<{ wash_id: number; after: number; rows_max: number }, { phone: number }>(
  'washes.numbers',
  `select n.phone from wash_numbers n
   where n.wash_id = :wash_id and n.phone > :after::bigint and n.verdict <> 'outside'
   order by n.phone limit :rows_max`,
)

const NUMBERS_AT_ONCE = 10_000

/** The numbers that the register is asked about, in chunks. */
export async function* numbersOfWash(db: Db, wash_id: number): AsyncGenerator<number[]> {
  for (let after = 0; ; ) {
    const rows = await db.query(NUMBERS, { wash_id, after, rows_max: NUMBERS_AT_ONCE })
    if (rows.length === 0) return
    yield rows.map(({ phone }) => phone)
    after = rows.at(-1)!.phone
  }
}

const ENDING = statement<None, { allocations: number; first: string | null }>(
  'washes.ending',
  `select count(*)::integer as allocations, min(a.washed_until) as first from allocations a
   where a.needs_wash and a.started and a.washed_until > now()
     and a.washed_until <= now() + interval '3 days'`,
)

/** How many started allocations have a wash that is over within three days, and when the first one is. */
export const endingWashes = async (db: Db) => (await db.query(ENDING))[0]!
