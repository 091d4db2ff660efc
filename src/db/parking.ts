// Parking: a lead with every number blocked is set aside until an entry goes away, so that no dialler meets it again. So is
// a lead whose numbers are in retired fields, until one of them is taken up again.
//
// A lead that is parked just after its entry was removed would stay parked for ever: the removal does not see the lead
// parked yet, and the parking does not see the entry removed yet. So both take one lock before they look, and keep it until
// the commit: parking shares it, a removal has it alone. Then one of them sees the other.

import { formsOf } from '../core/phone-forms.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { dialable, released } from './queue.ts'
import { type None, statement } from './statement.ts'
import { blockingCall, JUDGED_BY_WASH } from './wash-judge.ts'

// Statements of their own: what follows has a snapshot that is younger than the lock.
const LOCK_SHARED = statement<None>(
  'parking.lockShared',
  `select pg_advisory_xact_lock_shared(${LOCKS.parking})`,
)
const LOCK = statement<None>('parking.lock', `select pg_advisory_xact_lock(${LOCKS.parking})`)

/** Before `park`, first thing in its transaction. */
export const lockParkingShared = (tx: Db) => tx.query(LOCK_SHARED)

/** Before entries are removed or numbers become a client's, first thing in the transaction that calls `unpark`. */
export const lockParking = (tx: Db) => tx.query(LOCK)

/** A lead that was leased, but shown to nobody. */
export interface Unshown {
  lead_number: number
  lease_number: number
  /** Nobody may be called now in some zone of the lead, so its place has not the zone set that it should have. */
  is_asleep?: boolean
  /** It is parked until then, because none of its numbers may be called before; null: for good. */
  look_at?: string | null
}

// An update that gives a lead another number writes its row here as well: with the row locked, either those numbers
// are there to be seen, or the update comes after and takes the lead out of parking.
// The leases go here, before the places are judged: a place that is given to one of them meanwhile is there by then.
interface UnshownParams {
  campaign_id: number
  lead_numbers: number[]
  lease_numbers: number[]
}

const LOCK_ROWS = statement<UnshownParams>(
  'parking.lockRows',
  `with unshown as (
     delete from leases s
     where s.campaign_id = :campaign_id and s.lease_number = any (:lease_numbers::bigint[])
       and s.ended_how is null)
   select q.lead_number
   from (
       select u.lead_number from unnest(:lead_numbers::bigint[]) as u (lead_number)
       order by u.lead_number) lead
     cross join lateral (
       select q.lead_number from queue q
       where q.campaign_id = :campaign_id and q.lead_number = lead.lead_number limit 1 for update) q`,
)

const PARK = statement<UnshownParams & { now: string | null }>(
  'parking.park',
  `with unshown as materialized (
     select *
     from unnest(:lead_numbers::bigint[], :lease_numbers::bigint[]) as u (lead_number, lease_number)),
   judged as materialized (
     select unshown.*, coalesce(numbers.is_free, false) as is_free, numbers.wake_at
     from unshown cross join lateral (
       select bool_or(blocking.list is null) as is_free, min(blocking.blocked_until) as wake_at
       from (
           select l.allocation_id, l.client_approved from leads l
           where l.campaign_id = :campaign_id and l.number = unshown.lead_number limit 1) l
         ${JUDGED_BY_WASH}
         cross join lead_phones p
         left join lateral (${blockingCall('p.campaign_id', 'p.phone')}) blocking on true
       where p.campaign_id = :campaign_id and p.lead_number = unshown.lead_number
         and ${dialable('p')} and exists (
           select from campaigns c join fields f using (template_id)
           where c.campaign_id = p.campaign_id and f.name = p.field and f.retired_at is null
           offset 0)) numbers),
   freed as (
     update queue q set ${released()} from judged j
     where j.is_free and q.campaign_id = :campaign_id and q.lead_number = j.lead_number
       and q.lease_number = j.lease_number)
   update queue q set state = 'parked', lease_number = null, wake_at = j.wake_at from judged j
   where not j.is_free and q.campaign_id = :campaign_id and q.lead_number = j.lead_number
     and q.lease_number = j.lease_number
   returning q.lead_number`,
)

/**
 * Parks those of the leased leads that have every number blocked still, or in a retired field, until the first entry that
 * ends by itself could free one; the others go back to their place. Their leases are gone: nobody has seen them. A lead that
 * is in another lease by now is left alone. Answers how many were parked.
 */
export async function park(
  tx: Db,
  campaign_id: number,
  rows: readonly Unshown[],
  now: string | null,
): Promise<number> {
  const lead_numbers = rows.map(({ lead_number }) => lead_number)
  const lease_numbers = rows.map(({ lease_number }) => lease_number)
  const params = { campaign_id, lead_numbers, lease_numbers }
  await tx.query(LOCK_ROWS, params)
  return (await tx.query(PARK, { ...params, now })).length
}

interface UnparkParams {
  /** Null: all of them. */
  campaign_id: number | null
}

interface FreedRow {
  allocation_id: number
}

const FREED = `update queue q set ${released()} from parked p
   where q.campaign_id = p.campaign_id and q.lead_number = p.lead_number
   returning q.allocation_id`

// From the campaigns that have parked leads to those of their leads that have a number: a removal costs probes of
// its own numbers, however many leads are parked. Rows are locked in one order, so that two never wait in a ring.
const UNPARK = statement<UnparkParams & { phones: number[] }, FreedRow>(
  'parking.unpark',
  `with with_parked as materialized (
     select distinct a.campaign_id from allocations a
     where (:campaign_id::integer is null or a.campaign_id = :campaign_id) and exists (
       select from queue q where q.allocation_id = a.allocation_id and q.state = 'parked' offset 0)),
   holders as materialized (
     select distinct p.campaign_id, p.lead_number
     from with_parked c cross join unnest(:phones::bigint[]) as freed (phone) cross join lateral (
       select p.campaign_id, p.lead_number from lead_phones p
       where p.campaign_id = c.campaign_id and p.phone = freed.phone and ${dialable('p')} offset 0) p
     order by p.campaign_id, p.lead_number),
   parked as materialized (
     select q.campaign_id, q.lead_number from holders h cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.campaign_id = h.campaign_id and q.lead_number = h.lead_number and q.state = 'parked'
       limit 1 for update) q)
   ${FREED}`,
)

/** As many as one statement takes out of parking, well within its time. */
const UNPARKED_AT_ONCE = 20_000

const UNPARK_ALL = statement<UnparkParams, FreedRow>(
  'parking.unparkAll',
  `with parked as materialized (
     select q.campaign_id, q.lead_number from allocations a cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.allocation_id = a.allocation_id and q.state = 'parked' for update) q
     where :campaign_id::integer is null or a.campaign_id = :campaign_id
     limit ${UNPARKED_AT_ONCE})
   ${FREED}`,
)

/** How many leads of an allocation left parking. */
export interface Unparked {
  allocation_id: number
  leads: number
}

/**
 * Puts parked leads that have one of these numbers (null: all) back to their place, because something that spoke
 * against the numbers is gone; what blocks them still is found at the next hand-out. `campaign_id`: only its leads.
 * The caller has called `lockParking`.
 */
export async function unpark(
  tx: Db,
  phones: readonly number[] | null,
  campaign_id: number | null,
): Promise<Unparked[]> {
  if (phones !== null)
    return countFreed(await tx.query(UNPARK, { campaign_id, phones: phones.flatMap(formsOf) }))
  const freed: FreedRow[] = []
  for (let rows: FreedRow[] | undefined; rows === undefined || rows.length === UNPARKED_AT_ONCE; ) {
    rows = await tx.query(UNPARK_ALL, { campaign_id })
    for (const row of rows) freed.push(row)
  }
  return countFreed(freed)
}

export function countFreed(freed: readonly FreedRow[]): Unparked[] {
  const counts = Map.groupBy(freed, ({ allocation_id }) => allocation_id)
  return [...counts].map(([allocation_id, rows]) => ({ allocation_id, leads: rows.length }))
}
