// The queue from which diallers take leads: one narrow row for each open lead that has a number to dial.
//
// Times: `now` is an RFC 3339 instant, null for the clock of the database, which all processes share.

import { blockingEntry } from './dnc.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** Whether a number of lead_phones is dialled, as SQL. `isDialable` in src/core/lead.ts says the same. */
export const dialable = (p: string) => `${p}.state in ('ok', 'unlisted')`

const ORDER = 'q.priority, q.due_at desc nulls last, q.lead_number desc'

/**
 * What a row that nothing holds any more becomes: waiting for its callback, due for its agent alone, or ready.
 * Arguments are SQL expressions: an instant, and the grace in seconds.
 */
export const released = (at: string, grace: string) => {
  const grace_ends = `q.due_at + ${grace}::integer * interval '1 second'`
  const bound = `q.agent is not null and ${grace_ends} > ${at}`
  return `lease_number = null,
    state = case when q.due_at > ${at} then 'waiting' when ${bound} then 'bound' else 'ready' end,
    wake_at = case when q.due_at > ${at} then q.due_at when ${bound} then ${grace_ends} end`
}

/**
 * Gives leads a place in the queue: the one text that does so for leads which may have had one before. A lead whose lease
 * runs still stays in the hands of its dialler until the lease ends.
 *
 * `rows`: a query with the columns of the queue, and `ending_lease`, the lease that this statement ends. `now`: an SQL
 * expression. The lead is locked by then. The lease is locked here: one that is handed back at this moment either has
 * ended, or finds the place and gives it free.
 */
export const putInQueue = (rows: string, now: string) => `
     insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, due_at, agent, state, wake_at, lease_number)
     select r.campaign_id, r.lead_number, r.allocation_id, r.contact_hours_id, r.priority, r.due_at, r.agent,
       case when h.lease_number is null then r.state else 'leased' end, coalesce(h.expires_at, r.wake_at), h.lease_number
     from (${rows}) r left join lateral (
       select s.lease_number, s.expires_at from leases s
       where s.campaign_id = r.campaign_id and s.lead_number = r.lead_number and s.ended_at is null
         and s.expires_at > ${now} and s.lease_number is distinct from r.ending_lease
       limit 1 for update) h on true`

/** How many rows one run of a promotion takes at most: few enough to be done in milliseconds. */
export const PROMOTED_MAX = 1_000

const PROMOTE = statement(
  'queue.promote',
  `with due as materialized (
     select campaign_id, lead_number from queue
     where allocation_id = $1 and wake_at <= ${clock('$2')} order by wake_at limit ${PROMOTED_MAX} for update skip locked)
   update queue q set ${released(clock('$2'), '$3')}
   from due where q.campaign_id = due.campaign_id and q.lead_number = due.lead_number
   returning q.state`,
)

/** Callbacks that fell due, leases and graces that ended: back into the order. Answers how many rows it looked at. */
export const promote = async (db: Db, allocation_id: number, now: string | null, grace_s: number) =>
  (await db.query(PROMOTE, [allocation_id, now, grace_s])).length

const DUE_ALLOCATIONS = statement(
  'queue.dueAllocations',
  `select a.allocation_id from allocations a cross join lateral (
     select from queue q where q.allocation_id = a.allocation_id and q.wake_at <= ${clock('$1')} limit 1) q
   where a.started`,
)

/** The started allocations in which something has fallen due. */
export const dueAllocations = async (db: Db, now: string | null) =>
  (await db.query<{ allocation_id: number }>(DUE_ALLOCATIONS, [now])).map(
    ({ allocation_id }) => allocation_id,
  )

export interface Leased {
  lead_number: number
  lease_number: number
  /** Of the lead, as far as the statement saw it. */
  lead_version: number
  lead_calls: number
  expires_at: string
}

/**
 * When the row is locked. now() is when the statement began: a lead that somebody else took and gave back since would seem to
 * be in two hands.
 */
const LEASED_AT = 'coalesce($5::timestamptz, clock_timestamp())'

/**
 * The limit stands in the text: with a parameter the planner expects a tenth of all rows and sorts them.
 * Each open contact hours are a lateral of their own, read in the order of the index; closed ones are never looked at.
 */
const take = (rows_max: number) => `with h as materialized (
     select u.contact_hours_id from unnest($3::integer[]) as u (contact_hours_id)
     where exists (select from allocations a where a.allocation_id = $1 and a.started offset 0)),
   everyones as materialized (
     select q.* from h cross join lateral (
       select q.campaign_id, q.lead_number, q.priority, q.due_at from queue q
       where q.allocation_id = $1 and q.contact_hours_id = h.contact_hours_id and q.state = 'ready'
       order by ${ORDER} limit ${rows_max} for update skip locked) q),
   agents as materialized (
     select q.* from h cross join lateral (
       select q.campaign_id, q.lead_number, q.priority, q.due_at from queue q
       where q.allocation_id = $1 and q.agent = $4 and q.contact_hours_id = h.contact_hours_id and q.state = 'bound'
       order by ${ORDER} limit ${rows_max} for update skip locked) q),
   firsts as materialized (
     select q.campaign_id, q.lead_number, nextval('lease_numbers') as lease_number
     from (select q.* from (select * from everyones union all select * from agents) q order by ${ORDER} limit $2) q),
   taken as (
     update queue q set state = 'leased', lease_number = f.lease_number,
       wake_at = ${LEASED_AT} + $6::integer * interval '1 second'
     from firsts f where q.campaign_id = f.campaign_id and q.lead_number = f.lead_number
     returning q.campaign_id, q.lead_number, q.lease_number, q.wake_at)
   insert into leases (campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, agent, leased_at, expires_at)
   select t.campaign_id, t.lease_number, t.lead_number, $1, l.version, l.calls, $7, $4, t.wake_at - $6::integer * interval '1 second', t.wake_at
   from taken t cross join lateral (
     select l.version, l.calls from leads l where l.campaign_id = t.campaign_id and l.number = t.lead_number limit 1) l
   returning lead_number, lease_number, lead_version, lead_calls, expires_at`

const TAKE = [
  [1, statement('queue.takeOne', take(1))],
  [10, statement('queue.takeTen', take(10))],
  [50, statement('queue.takeFifty', take(50))],
  [500, statement('queue.takeMany', take(500))],
] as const

export interface Taking {
  allocation_id: number
  count: number
  /** The contact hours that are open now; 0: those of the template. */
  open: number[]
  /** Whose callbacks may be among them; null: nobody's. */
  agent: string | null
  now: string | null
  lease_s: number
  taker: string
}

/** Leases the next leads of a started allocation, unordered; never one that somebody else is taking. */
export async function takeNext(db: Db, taking: Taking): Promise<Leased[]> {
  const { allocation_id, count, open, agent, now, lease_s, taker } = taking
  const [, text] = TAKE.find(([rows]) => rows >= count)!
  return db.query<Leased>(text, [allocation_id, count, open, agent, now, lease_s, taker])
}

const THERE = statement(
  'queue.there',
  `select exists (
       select from unnest($2::integer[]) as h (contact_hours_id) cross join lateral (
         select from queue q
         where q.allocation_id = $1 and q.contact_hours_id = h.contact_hours_id and q.state = 'ready' limit 1) q) as ready,
     array(
       select u.agent from unnest($3::text[]) as u (agent) where exists (
         select from queue q where q.allocation_id = $1 and q.agent = u.agent and q.state = 'bound' offset 0)) as agents`,
)

/** Whether there is a lead for anybody, and who of these agents has callbacks of their own. */
export const whatIsThere = async (db: Db, allocation_id: number, open: number[], agents: string[]) =>
  (await db.query<{ ready: boolean; agents: string[] }>(THERE, [allocation_id, open, agents]))[0]!

const RETURN = statement(
  'queue.return',
  `update queue q set ${released(clock('$4'), '$5')}
   where q.campaign_id = $1 and q.lead_number = $2 and q.lease_number = $3`,
)

/** Takes a lead out of a lease, if it is in it still. */
export const returnLead = (
  tx: Db,
  lease: { campaign_id: number; lead_number: number; lease_number: number },
  now: string | null,
  grace_s: number,
) => tx.query(RETURN, [lease.campaign_id, lease.lead_number, lease.lease_number, now, grace_s])

const LOCK_LEASE = statement(
  'leases.lockRunning',
  `select from leases
   where campaign_id = $1 and lease_number = $2 and ended_at is null and expires_at > ${clock('$3')} for update`,
)

// A lead without a number to dial has no place; whoever has it may keep it all the same, unless it was closed.
const EXTEND = statement(
  'queue.extend',
  `with place as materialized (
     select q.lease_number from queue q where q.campaign_id = $1 and q.lead_number = $2 for update),
   held as (
     update queue q set wake_at = ${clock('$4')} + $5::integer * interval '1 second' from place
     where q.campaign_id = $1 and q.lead_number = $2 and place.lease_number = $3)
   update leases s set expires_at = ${clock('$4')} + $5::integer * interval '1 second'
   where s.campaign_id = $1 and s.lease_number = $3 and case
     when exists (select from place) then (select p.lease_number = $3 from place p)
     else exists (
       select from leads l where l.campaign_id = $1 and l.number = $2 and l.closed_at is null and l.forgotten_at is null) end
   returning s.expires_at`,
)

/**
 * The new end of a lease, counted from now; undefined: it has ended, or its lead was closed. The lease is locked first, so
 * that whoever gives the lead a place at this moment gives it the old end or the new one, and then finds it here.
 */
export async function extendLease(
  tx: Db,
  {
    campaign_id,
    lead_number,
    lease_number,
  }: { campaign_id: number; lead_number: number; lease_number: number },
  now: string | null,
  lease_s: number,
): Promise<string | undefined> {
  const running = await tx.query(LOCK_LEASE, [campaign_id, lease_number, now])
  if (running.length === 0) return undefined
  const params = [campaign_id, lead_number, lease_number, now, lease_s]
  return (await tx.query<{ expires_at: string }>(EXTEND, params))[0]?.expires_at
}

export interface Queued {
  lead_id: string
  priority: number
  due_at: string | null
  /** Whose callback it is; null: anybody's. */
  agent: string | null
}

const NEXT = statement(
  'queue.next',
  `select q.campaign_id || '-' || q.lead_number as lead_id, q.priority, q.due_at, q.agent
   from unnest($2::integer[]) as h (contact_hours_id) cross join lateral (
     select q.* from queue q
     where q.allocation_id = $1 and q.contact_hours_id = h.contact_hours_id and q.state = 'ready' and exists (
         select from lead_phones p left join lateral (${blockingEntry('p.campaign_id', 'p.phone', clock('$4'))}) b on true
         where p.campaign_id = q.campaign_id and p.lead_number = q.lead_number and ${dialable('p')} and b.entry_id is null
         offset 0)
     order by ${ORDER} limit 500) q
   order by ${ORDER} limit $3`,
)

/** The leads that anybody gets next, in order; those that will be parked when their turn comes are left out. */
export const nextLeads = (db: Db, allocation_id: number, open: number[], rows_max: number) =>
  db.query<Queued>(NEXT, [allocation_id, open, rows_max, db.now])

const PLACE = statement(
  'queue.place',
  `select q.state, q.wake_at, q.agent, a.started, (
     select min(b.blocked_until)
     from lead_phones p cross join lateral (${blockingEntry('p.campaign_id', 'p.phone', clock('$4'))}) b
     where p.campaign_id = l.campaign_id and p.lead_number = l.number and ${dialable('p')}) as blocked_until
   from leads l join allocations a using (allocation_id)
     left join queue q on q.campaign_id = l.campaign_id and q.lead_number = l.number
   where l.campaign_id = $1 and l.number = $2 and l.allocation_id = $3 and l.forgotten_at is null`,
)

export interface Standing {
  /** Null: not in the queue at all. */
  state: 'ready' | 'waiting' | 'bound' | 'leased' | 'parked' | null
  wake_at: string | null
  agent: string | null
  started: boolean
  /** When the first number that is blocked could be free by itself; null: none. */
  blocked_until: string | null
}

/** Where a lead of the allocation stands; undefined: there is no such lead in it. */
export const placeOfLead = async (db: Db, campaign_id: number, number: number, allocation_id: number) =>
  (await db.query<Standing>(PLACE, [campaign_id, number, allocation_id, db.now]))[0]
