// Parking: a lead with every number blocked is set aside until an entry goes away, so that no dialler meets it again.
//
// A lead that is parked just after the entry that blocked it went away would stay parked for ever: whoever removes
// the entry does not see it parked yet, and whoever parks it does not see the entry removed yet. So both take one
// lock: who parks shares it, who frees numbers has it alone, each before looking and until the commit. Either the
// parked row is there for the removal to find, or the removal is there for the parking to find.

import { LIMITS } from '../core/limits.ts'
import { formsOf } from '../core/phone-forms.ts'
import { blockingEntry } from './dnc.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { dialable, released } from './queue.ts'
import { clock, statement } from './statement.ts'

// Statements of their own: what follows has a snapshot that is younger than the lock.
const LOCK_SHARED = statement('parking.lockShared', `select pg_advisory_xact_lock_shared(${LOCKS.parking})`)
const LOCK = statement('parking.lock', `select pg_advisory_xact_lock(${LOCKS.parking})`)

/** Before `park`, first thing in its transaction. */
export const lockParkingShared = (tx: Db) => tx.query(LOCK_SHARED)

/** Before entries are removed or numbers become a client's, first thing in the transaction that calls `unpark`. */
export const lockParking = (tx: Db) => tx.query(LOCK)

/** A lead that was leased, but shown to nobody. */
export interface Unshown {
  lead_number: number
  lease_number: number
}

// An update that gives a lead another number writes its row here as well: with the row locked, either those numbers
// are there to be seen, or the update comes after and takes the lead out of parking.
// The leases go here, before the places are judged: a place that is given to one of them meanwhile is there by then.
const LOCK_ROWS = statement(
  'parking.lockRows',
  `with unshown as (
     delete from leases s where s.campaign_id = $1 and s.lease_number = any ($3::bigint[]) and s.ended_how is null)
   select q.lead_number
   from (select u.lead_number from unnest($2::bigint[]) as u (lead_number) order by u.lead_number) u
     cross join lateral (
       select q.lead_number from queue q where q.campaign_id = $1 and q.lead_number = u.lead_number limit 1 for update) q`,
)

const PARK = statement(
  'parking.park',
  `with r as materialized (
     select * from unnest($2::bigint[], $3::bigint[]) as u (lead_number, lease_number)),
   judged as materialized (
     select r.*, coalesce(n.is_free, false) as is_free, n.wake_at
     from r cross join lateral (
       select bool_or(b.entry_id is null) as is_free, min(b.blocked_until) as wake_at
       from lead_phones p left join lateral (${blockingEntry('p.campaign_id', 'p.phone', clock('$4'))}) b on true
       where p.campaign_id = $1 and p.lead_number = r.lead_number and ${dialable('p')}) n),
   freed as (
     update queue q set ${released(clock('$4'), '$5')} from judged j
     where j.is_free and q.campaign_id = $1 and q.lead_number = j.lead_number and q.lease_number = j.lease_number)
   update queue q set state = 'parked', lease_number = null, wake_at = j.wake_at from judged j
   where not j.is_free and q.campaign_id = $1 and q.lead_number = j.lead_number and q.lease_number = j.lease_number
   returning q.lead_number`,
)

/**
 * Parks those of the leased leads that have every number blocked still, until the first entry that ends by itself
 * could free one; the others go back to their place. Their leases are gone: nobody has seen them. A lead that is in
 * another lease by now is left alone. Answers how many were parked.
 */
export async function park(
  tx: Db,
  campaign_id: number,
  rows: readonly Unshown[],
  now: string | null,
): Promise<number> {
  const numbers = rows.map(({ lead_number }) => lead_number)
  const leases = rows.map(({ lease_number }) => lease_number)
  await tx.query(LOCK_ROWS, [campaign_id, numbers, leases])
  return (await tx.query(PARK, [campaign_id, numbers, leases, now, LIMITS.callback_grace_s])).length
}

const FREED = `update queue q set ${released(clock('$2'), '$1')} from parked p
   where q.campaign_id = p.campaign_id and q.lead_number = p.lead_number
   returning q.allocation_id`

// From the campaigns that have parked leads to those of their leads that have a number: a removal costs probes of
// its own numbers, however many leads are parked. Rows are locked in one order, so that two never wait in a ring.
const UNPARK = statement(
  'parking.unpark',
  `with c as materialized (
     select distinct a.campaign_id from allocations a
     where ($3::integer is null or a.campaign_id = $3) and exists (
       select from queue q where q.allocation_id = a.allocation_id and q.state = 'parked' offset 0)),
   found as materialized (
     select distinct p.campaign_id, p.lead_number
     from c cross join unnest($4::bigint[]) as u (phone) cross join lateral (
       select p.campaign_id, p.lead_number from lead_phones p
       where p.campaign_id = c.campaign_id and p.phone = u.phone and ${dialable('p')} offset 0) p
     order by p.campaign_id, p.lead_number),
   parked as materialized (
     select q.campaign_id, q.lead_number from found f cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.campaign_id = f.campaign_id and q.lead_number = f.lead_number and q.state = 'parked' limit 1 for update) q)
   ${FREED}`,
)

const UNPARK_ALL = statement(
  'parking.unparkAll',
  `with parked as materialized (
     select q.campaign_id, q.lead_number from allocations a cross join lateral (
       select q.campaign_id, q.lead_number from queue q
       where q.allocation_id = a.allocation_id and q.state = 'parked' for update) q
     where $3::integer is null or a.campaign_id = $3)
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
  const [text, params] =
    phones === null ? [UNPARK_ALL, [campaign_id]] : [UNPARK, [campaign_id, phones.flatMap(formsOf)]]
  const freed = await tx.query<{ allocation_id: number }>(text, [LIMITS.callback_grace_s, tx.now, ...params])
  const counts = Map.groupBy(freed, ({ allocation_id }) => allocation_id)
  return [...counts].map(([allocation_id, rows]) => ({ allocation_id, leads: rows.length }))
}
