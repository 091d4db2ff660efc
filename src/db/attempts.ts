// Attempts: how often numbers and leads were called, and the leads that wait until they may be called again.
//
// Two takers may hold leads with one number. Each of them locks its numbers and then counts, in a statement that sees what
// was committed before: the second one sees the lease of the first. Whatever ends an attempt locks the numbers too, and then
// frees the leads that wait for it: either the taker has parked its lead by then, or it counts afterwards.

import type { AttemptRules, CallAttempt } from '../core/attempts.ts'
import type { ConsentRule } from '../core/consent.ts'
import type { LeadKey } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import { countsNow } from './consents.ts'
import { blockingEntry } from './dnc.ts'
import { LOCKS } from './locks.ts'
import { countFreed, type Unparked, type Unshown } from './parking.ts'
import type { Db } from './pool.ts'
import { dialable, released } from './queue.ts'
import { clock, type None, statement } from './statement.ts'

/** Numbers share so many locks: a hand-out of hundreds of leads takes no more. They are taken in one order. */
const LOCKS_MAX = 256

const LOCK_NUMBERS = statement<{ phones: readonly number[] }>(
  'attempts.lockNumbers',
  `select pg_advisory_xact_lock(${LOCKS.attempts}, n.part)
   from (
     select distinct (least(phone, other_form(phone)) % ${LOCKS_MAX})::integer as part
     from unnest(:phones::bigint[]) as given (phone) order by part) n`,
)

/** Until the transaction ends nobody else counts the attempts of these numbers. Before anything is counted. */
export const lockNumbers = (tx: Db, phones: readonly number[]) => tx.query(LOCK_NUMBERS, { phones })

/** What a hand-out asks before a call. */
export interface CallRules {
  template_rules: AttemptRules | null
  installation_rules: AttemptRules | null
  consent: ConsentRule
  /** RFC 3339 */
  now: string
}

const RULES = statement<{ campaign_id: number }, CallRules>(
  'attempts.rules',
  `select t.attempt_rules as template_rules, i.rules as installation_rules, t.consent, ${clock()} as now
   from campaigns c join templates t using (template_id) cross join attempt_rules i
   where c.campaign_id = :campaign_id`,
)

/** The rules as they are now: a lead is parked by no others. */
export const callRulesOf = async (db: Db, campaign_id: number) => (await db.query(RULES, { campaign_id }))[0]!

interface Asked {
  campaign_id: number
  /** Whose own leases do not count: they have just begun, or are what is asked about. */
  lead_numbers: readonly number[]
  phones: readonly number[]
}

interface AttemptRow {
  phone: number
  at: string
  held_until: string | null
  elsewhere: boolean
}

/** Behind every number that was handed out. */
const NO_PLACE = 1_000

/** The newest calls of a number that name it, in its campaign or elsewhere. */
const called = (campaigns: string) => `
     (select r.at, null::timestamptz as held_until, r.campaign_id <> :campaign_id as elsewhere
      from call_records r
      where r.phone in (n.phone, other_form(n.phone)) and ${campaigns}
      order by r.at desc limit ${LIMITS.attempts_max})`

// A dialler dials the numbers in their order and reports the last one, so those before it were called too. A call that names no
// number may have been to any of the lead's, and whoever has a lead may be dialling each number that they were given.
const OF_NUMBERS = statement<Asked & { across: boolean }, AttemptRow>(
  'attempts.ofNumbers',
  `with numbers as materialized (
     select distinct phone from unnest(:phones::bigint[]) as given (phone)),
   holders as materialized (
     select distinct n.phone, p.campaign_id, p.lead_number
     from campaigns c cross join numbers n cross join lateral (
       select p.campaign_id, p.lead_number from lead_phones p
       where p.campaign_id = c.campaign_id and p.phone in (n.phone, other_form(n.phone)) offset 0) p
     where c.campaign_id = :campaign_id or :across::boolean)
   select n.phone, r.* from numbers n cross join lateral (${called('r.campaign_id = :campaign_id')}
     union all ${called('r.campaign_id <> :campaign_id and :across::boolean')}) r
   union all
   select h.phone, r.at, null, h.campaign_id <> :campaign_id from holders h cross join lateral (
     select r.at from call_records r
       left join leases s on s.campaign_id = r.campaign_id and s.lease_number = r.lease_number
     where r.campaign_id = h.campaign_id and r.lead_number = h.lead_number
       and (r.phone is null or r.phone is distinct from h.phone
         and r.phone is distinct from other_form(h.phone)
         and array_position(s.numbers, h.phone) < coalesce(array_position(s.numbers, r.phone), ${NO_PLACE}))
     offset 0) r
   union all
   select h.phone, s.leased_at, s.expires_at, h.campaign_id <> :campaign_id
   from holders h cross join lateral (
     select s.leased_at, s.expires_at from leases s
     where s.campaign_id = h.campaign_id and s.lead_number = h.lead_number and s.ended_at is null
       and s.expires_at > ${clock()} and (s.numbers is null or h.phone = any (s.numbers)) offset 0) s
   where h.campaign_id <> :campaign_id or not h.lead_number = any (:lead_numbers::bigint[])`,
)

const attemptOf = ({ at, held_until, elsewhere }: Omit<AttemptRow, 'phone'>): CallAttempt => ({
  at: Date.parse(at),
  held_until: held_until === null ? null : Date.parse(held_until),
  elsewhere,
})

/** The attempts of each of these numbers. `across`: with those of other campaigns. */
export async function attemptsOfNumbers(
  db: Db,
  { campaign_id, lead_numbers, phones }: Asked,
  across: boolean,
): Promise<Map<number, CallAttempt[]>> {
  const rows = await db.query(OF_NUMBERS, { campaign_id, lead_numbers, phones, across })
  const by_phone = Map.groupBy(rows, ({ phone }) => phone)
  return new Map([...by_phone].map(([phone, attempts]) => [phone, attempts.map(attemptOf)]))
}

interface OfLeads {
  campaign_id: number
  lead_numbers: readonly number[]
}

const OF_LEADS = statement<OfLeads, { lead_number: number; at: string }>(
  'attempts.ofLeads',
  `select u.lead_number, r.at from unnest(:lead_numbers::bigint[]) as u (lead_number) cross join lateral (
     select r.at from call_records r
     where r.campaign_id = :campaign_id and r.lead_number = u.lead_number
     order by r.at desc limit ${LIMITS.attempts_max}) r`,
)

/** The calls of each of these leads. */
export async function attemptsOfLeads(db: Db, leads: OfLeads): Promise<Map<number, CallAttempt[]>> {
  const by_lead = Map.groupBy(await db.query(OF_LEADS, leads), ({ lead_number }) => lead_number)
  return new Map(
    [...by_lead].map(([lead_number, calls]) => [
      lead_number,
      calls.map(({ at }) => attemptOf({ at, held_until: null, elsewhere: false })),
    ]),
  )
}

const CONSENTING = statement<OfLeads, { lead_number: number }>(
  'attempts.consenting',
  `select u.lead_number from unnest(:lead_numbers::bigint[]) as u (lead_number) where exists (
     select from lead_consents c
     where c.campaign_id = :campaign_id and c.lead_number = u.lead_number and ${countsNow('c')} offset 0)`,
)

/** Those of the leads that have a consent which counts now. */
export const consentingLeads = async (db: Db, leads: OfLeads) =>
  new Set((await db.query(CONSENTING, leads)).map(({ lead_number }) => lead_number))

interface SetAside extends Unshown {
  /** When it is looked at again; null: not by itself. */
  look_at: string | null
}

// A number on a do-not-call list may be free before one that was called too often.
const PARK = statement<{ campaign_id: number; rows: string }, { lead_number: number }>(
  'attempts.park',
  `with aside as materialized (
     select * from json_to_recordset(:rows::json)
       as r (lead_number bigint, lease_number bigint, look_at timestamptz)),
   ended as (
     delete from leases s using aside a
     where s.campaign_id = :campaign_id and s.lease_number = a.lease_number)
   update queue q set state = 'parked', lease_number = null, wake_at = least(a.look_at, (
       select min(b.blocked_until)
       from lead_phones p cross join lateral (${blockingEntry('p.campaign_id', 'p.phone')}) b
       where p.campaign_id = :campaign_id and p.lead_number = a.lead_number and ${dialable('p')}))
   from aside a
   where q.campaign_id = :campaign_id and q.lead_number = a.lead_number and q.lease_number = a.lease_number
   returning q.lead_number`,
)

const HANDED_OUT = statement<{ campaign_id: number; rows: string }>(
  'attempts.handedOut',
  `update leases s set numbers = r.numbers
   from json_to_recordset(:rows::json) as r (lease_number bigint, numbers bigint[])
   where s.campaign_id = :campaign_id and s.lease_number = r.lease_number`,
)

/** Keeps with leases which numbers their dialler was given, in their order. */
export const noteHandedOut = (
  tx: Db,
  campaign_id: number,
  rows: readonly { lease_number: number; numbers: readonly number[] }[],
) => tx.query(HANDED_OUT, { campaign_id, rows: JSON.stringify(rows) })

/** Parks leads that the transaction has leased, and takes back their leases: nobody has seen them. */
export const parkLeased = async (tx: Db, campaign_id: number, rows: readonly SetAside[]) =>
  (await tx.query(PARK, { campaign_id, rows: JSON.stringify(rows) })).length

const ARE_COUNTED = statement<None, { counted: boolean }>(
  'attempts.areCounted',
  `select exists (select from templates where attempt_rules is not null)
     or (select rules is not null from attempt_rules) as counted`,
)

const NUMBERS = statement<LeadKey, { phone: number }>(
  'attempts.numbersOf',
  `select phone from lead_phones
   where campaign_id = :campaign_id and lead_number = :number and phone is not null`,
)

/** The numbers of a lead, if anybody counts the attempts of numbers. */
export async function countedNumbers(db: Db, { campaign_id, number }: LeadKey): Promise<number[]> {
  if (!(await db.query(ARE_COUNTED))[0]!.counted) return []
  return numbersOfLead(db, { campaign_id, number })
}

export const numbersOfLead = async (db: Db, { campaign_id, number }: LeadKey) =>
  (await db.query(NUMBERS, { campaign_id, number })).map(({ phone }) => phone)

// A place that somebody holds is being written, and needs no freeing: waiting for it could close a ring.
const FREE = statement<{ phones: readonly number[] }, { allocation_id: number }>(
  'attempts.free',
  `with sharers as materialized (
     select distinct p.campaign_id, p.lead_number
     from campaigns c cross join unnest(:phones::bigint[]) as n (phone) cross join lateral (
       select p.campaign_id, p.lead_number from lead_phones p
       where p.campaign_id = c.campaign_id and p.phone in (n.phone, other_form(n.phone)) offset 0) p),
   parked as materialized (
     select q.campaign_id, q.lead_number from sharers s cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.campaign_id = s.campaign_id and q.lead_number = s.lead_number and q.state = 'parked'
       limit 1 for update skip locked) q)
   update queue q set ${released()} from parked p
   where q.campaign_id = p.campaign_id and q.lead_number = p.lead_number
   returning q.allocation_id`,
)

/**
 * Puts parked leads that have one of these numbers back to their place: an attempt has ended or is gone, or a lead has got
 * a consent. What keeps them back still is found at the next hand-out.
 */
export async function freeSharers(tx: Db, phones: readonly number[]): Promise<Unparked[]> {
  if (phones.length === 0) return []
  await lockNumbers(tx, phones)
  return countFreed(await tx.query(FREE, { phones }))
}
