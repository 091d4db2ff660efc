// The work on a wash, in chunks that each keep how far it has come:
//
// 1. Its numbers are collected: those of the open leads of its allocation.
// 2. The answer is read like any file of numbers (dnc-file-work.ts). A number that is listed is kept for good ('infinity'), one
//    that is clear for no time ('-infinity'), so that the stricter of two results for one number wins.
// 3. Each number of the wash gets its verdict.
// 4. One commit makes the answer count. Until then the one before counts, from then on this one.
// 5. Leads that may be called now leave parking.

import { REGISTERS, type RegisterName } from '../core/wash.ts'
import { COMPARED_AT_ONCE, type FileAtWork, SWEPT_AT_ONCE } from './dnc-file-work.ts'
import { lockParking, lockParkingShared, type Unparked, unpark } from './parking.ts'
import type { Db, Pool } from './pool.ts'
import { dialable } from './queue.ts'
import { clock, type None, statement } from './statement.ts'
import { isUnwashed } from './wash-judge.ts'
import { lockWash } from './washes.ts'

const LEADS_AT_ONCE = 2_000

type WashParam = { wash_id: number }

const AT_WORK = statement<
  WashParam,
  {
    register: RegisterName
    allocation_id: number
    campaign_id: number
    actor: string
    request_id: string
  }
>(
  'washes.atWork',
  `select w.register, w.allocation_id, w.campaign_id, w.actor, w.request_id from washes w
   where w.wash_id = :wash_id and w.state = 'collecting' for update skip locked`,
)

/** Locks a wash that collects its numbers. Undefined: it does not any more, or another process is at it. */
export const takeUpWash = async (tx: Db, wash_id: number) => (await tx.query(AT_WORK, { wash_id }))[0]

const COLLECT = statement<WashParam & { calling_code: string | null }, { last: number | null }>(
  'washes.collect',
  `with leads_of as materialized (
     select w.campaign_id, l.number from washes w cross join lateral (
       select l.number from leads l
       where l.campaign_id = w.campaign_id and l.allocation_id = w.allocation_id and l.number > w.at_lead
         and l.closed_at is null and l.forgotten_at is null
       order by l.number limit ${LEADS_AT_ONCE}) l
     where w.wash_id = :wash_id),
   found as materialized (
     select distinct p.phone from leads_of l cross join lateral (
       select p.phone from lead_phones p
       where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.phone is not null
         and ${dialable('p')} offset 0) p),
   kept as (
     insert into wash_numbers (wash_id, phone, verdict)
     select :wash_id, f.phone,
       case when starts_with(f.phone::text, coalesce(:calling_code::text, '')) then 'asked' else 'outside' end
     from found f order by f.phone
     on conflict (wash_id, phone) do nothing
     returning verdict)
   update washes w set at_lead = coalesce((select max(number) from leads_of), w.at_lead),
     asked = w.asked + (select count(*) from kept where verdict = 'asked'),
     outside = w.outside + (select count(*) from kept where verdict = 'outside')
   where w.wash_id = :wash_id
   returning (select max(number) from leads_of) as last`,
)

/** Of a locked wash. Whether there are more. */
export async function collectNumbers(tx: Db, wash_id: number, register: RegisterName): Promise<boolean> {
  const { calling_code } = REGISTERS[register]
  return (await tx.query(COLLECT, { wash_id, calling_code }))[0]!.last !== null
}

const ASK = statement<WashParam, { asked: number; outside: number }>(
  'washes.ask',
  `update washes w set state = 'asked', asked_at = ${clock()},
     valid_until = ${clock()} + w.valid_days * interval '1 day'
   where w.wash_id = :wash_id
   returning w.asked, w.outside`,
)

/** Of a locked wash: its numbers are complete, and its days begin. */
export const askRegister = async (tx: Db, wash_id: number) => (await tx.query(ASK, { wash_id }))[0]!

// The rest is clear if the file has the listed ones, listed if it has the clear ones, and unknown if each should have a result.
const JUDGE = statement<{ file_id: number }, { last: number | null }>(
  'washes.judge',
  `with file as materialized (
     select f.* from dnc_files f
     where f.file_id = :file_id and f.state = 'comparing' and not f.is_listed for update skip locked),
   chunk as materialized (
     select n.phone, n.verdict from file f cross join lateral (
       select * from wash_numbers n
       where n.wash_id = f.wash_id and n.phone > f.at_phone
       order by n.phone limit ${COMPARED_AT_ONCE}) n),
   judged as materialized (
     select f.wash_id, c.phone, said.expires_at is not null as is_named, case
         when c.verdict = 'outside' then c.verdict
         when said.expires_at = 'infinity' then 'listed'
         when said.expires_at = '-infinity' then 'clear'
         when f.holds = 'listed' then 'clear'
         when f.holds = 'clear' then 'listed'
         else 'asked' end as verdict
     from file f cross join chunk c cross join lateral (
       select max(n.expires_at) as expires_at from dnc_file_numbers n
       where n.file_id = f.file_id and n.phone in (c.phone, other_form(c.phone))) said),
   written as (
     update wash_numbers n set verdict = j.verdict from judged j
     where n.wash_id = j.wash_id and n.phone = j.phone and n.verdict <> j.verdict)
   update dnc_files f set added = f.added + (select count(*) from judged where is_named),
     at_phone = coalesce((select max(phone) from chunk), 0),
     is_listed = not exists (select from chunk)
   from file where f.file_id = file.file_id
   returning nullif(f.at_phone, 0) as last`,
)

/** Gives the next numbers their verdicts: whether there are more; undefined: another process does it. */
export async function judgeWashed(
  db: Db,
  { file_id }: Pick<FileAtWork, 'file_id'>,
): Promise<boolean | undefined> {
  const [judged] = await db.query(JUDGE, { file_id })
  return judged && judged.last !== null
}

const STRANGERS = statement<{ file_id: number }, { strangers: number }>(
  'washes.strangers',
  'select f.numbers - f.added as strangers from dnc_files f where f.file_id = :file_id',
)

/** How many numbers of an answer the wash did not ask about. */
export const strangersInAnswer = async (db: Db, file_id: number) =>
  (await db.query(STRANGERS, { file_id }))[0]?.strangers ?? 0

const KEEP_CAMPAIGN = statement<WashParam>(
  'washes.keepCampaign',
  `select from campaigns c
   where c.campaign_id = (select w.campaign_id from washes w where w.wash_id = :wash_id)
   for share of c`,
)
const LOCK_ALLOCATION = statement<WashParam>(
  'washes.lockAllocation',
  `select from allocations a
   where a.allocation_id = (select w.allocation_id from washes w where w.wash_id = :wash_id)
   for no key update of a`,
)

/** In the order of whoever starts or stops an allocation; then nobody parks a lead by the wash before. */
export async function lockForAnswer(tx: Db, wash_id: number): Promise<void> {
  await tx.query(KEEP_CAMPAIGN, { wash_id })
  await tx.query(LOCK_ALLOCATION, { wash_id })
  await lockWash(tx, wash_id)
  await lockParking(tx)
}

interface Answered {
  listed: number
  clear: number
  asked: number
  valid_until: string
  has_started: boolean
  allocation_id: number
}

const ANSWER = statement<{ file_id: number; wash_id: number }, Answered>(
  'washes.answer',
  `with counted as materialized (
     select count(*) filter (where n.verdict = 'listed')::integer as listed,
       count(*) filter (where n.verdict = 'clear')::integer as clear
     from wash_numbers n where n.wash_id = :wash_id),
   file as (
     update dnc_files f set state = 'done', serves_at = now(), finished_at = now(), at_phone = 0
     from washes w
     where f.file_id = :file_id and f.state = 'comparing' and f.is_listed
       and w.wash_id = f.wash_id and w.state = 'asked' and w.valid_until > ${clock()}
     returning f.file_id),
   answered as (
     update washes w set state = 'done', file_id = file.file_id, finished_at = now(),
       listed = counted.listed, clear = counted.clear
     from counted, file
     where w.wash_id = :wash_id
     returning w.*),
   begun as materialized (
     select a.allocation_id from answered w join allocations a using (allocation_id)
       join campaigns c on c.campaign_id = a.campaign_id
     where w.starts and not a.started and a.archived_at is null and c.archived_at is null),
   counts as (
     update allocations a set wash_id = w.wash_id, washed_until = w.valid_until,
       started = a.started or exists (select from begun),
       version = a.version + (select count(*)::integer from begun)
     from answered w where a.allocation_id = w.allocation_id)
   select w.listed, w.clear, w.asked, w.valid_until, w.allocation_id,
     exists (select from begun) as has_started
   from answered w`,
)

/** From the commit on the answer counts. Undefined: the wash is over, or no longer awaits it. */
export const countAnswer = async (
  tx: Db,
  { file_id, wash_id }: { file_id: number; wash_id: number },
): Promise<Answered | undefined> => (await tx.query(ANSWER, { file_id, wash_id }))[0]

interface FreedChunk {
  last: number | null
  phones: number[]
}

const NEXT_CLEAR = statement<{ file_id: number }, FreedChunk>(
  'washes.nextClear',
  `with file as materialized (
     select f.* from dnc_files f
     where f.file_id = :file_id and f.state = 'done' and not f.is_swept for update skip locked),
   chunk as materialized (
     select n.phone, n.verdict from file f cross join lateral (
       select * from wash_numbers n
       where n.wash_id = f.wash_id and n.phone > f.at_phone
       order by n.phone limit ${SWEPT_AT_ONCE}) n)
   update dnc_files f set at_phone = coalesce((select max(phone) from chunk), f.at_phone)
   from file where f.file_id = file.file_id
   returning (select max(phone) from chunk) as last,
     array(select phone from chunk where verdict in ('clear', 'outside')) as phones`,
)

const DROP_NUMBERS = statement<{ file_id: number }, { phone: number }>(
  'washes.dropFileNumbers',
  `delete from dnc_file_numbers n
   where n.file_id = :file_id and n.phone = any (array(
     select d.phone from dnc_file_numbers d where d.file_id = :file_id order by d.phone
     limit ${SWEPT_AT_ONCE}))
   returning n.phone`,
)

const SWEPT = statement<{ file_id: number }>(
  'washes.swept',
  `with emptied as (
     update dnc_file_parts set content = null where file_id = :file_id and content is not null)
   update dnc_files set is_swept = true where file_id = :file_id`,
)

/**
 * Lets the leads of the next clear numbers out of parking, then drops what the file had. Undefined: another process does it, or
 * nothing is left.
 */
export const sweepAnswer = (
  pool: Pool,
  { file_id, campaign_id }: Pick<FileAtWork, 'file_id' | 'campaign_id'>,
): Promise<{ is_over: boolean; unparked: Unparked[] } | undefined> =>
  pool.transaction(
    async (tx) => {
      await lockParking(tx)
      const [chunk] = await tx.query(NEXT_CLEAR, { file_id })
      if (!chunk) return undefined
      const unparked = chunk.phones.length > 0 ? await unpark(tx, chunk.phones, campaign_id) : []
      if (chunk.last !== null) return { is_over: false, unparked }
      const is_over = (await tx.query(DROP_NUMBERS, { file_id })).length === 0
      if (is_over) await tx.query(SWEPT, { file_id })
      return { is_over, unparked }
    },
    { retry: 'lock' },
  )

/** Leads that one statement sets aside. */
const PARKED_AT_ONCE = 2_000

const UNWASHED = statement<None, { allocation_id: number }>(
  'washes.unwashed',
  `select a.allocation_id from allocations a where ${isUnwashed('a')} and a.started`,
)

const PARK = statement<{ allocation_id: number }, { lead_number: number }>(
  'washes.park',
  `with waiting as materialized (
     select q.campaign_id, q.lead_number from allocations a cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.allocation_id = a.allocation_id and q.state = 'ready' and exists (
         select from leads l
         where l.campaign_id = q.campaign_id and l.number = q.lead_number and not l.client_approved offset 0)
       limit ${PARKED_AT_ONCE} for update skip locked) q
     where a.allocation_id = :allocation_id and ${isUnwashed('a')} and a.started)
   update queue q set state = 'parked', wake_at = null from waiting w
   where q.campaign_id = w.campaign_id and q.lead_number = w.lead_number
   returning q.lead_number`,
)

/**
 * Sets the leads of allocations aside that wait for a wash, so that no hand-out has to look at them one by one. A hand-out
 * judges by itself, too: nothing depends on how soon this comes.
 */
export async function parkUnwashed(pool: Pool): Promise<void> {
  for (const { allocation_id } of await pool.query(UNWASHED)) {
    const chunk = () =>
      pool.transaction(
        async (tx) => {
          await lockParkingShared(tx)
          return (await tx.query(PARK, { allocation_id })).length
        },
        { retry: 'lock' },
      )
    while ((await chunk()) === PARKED_AT_ONCE);
  }
}
