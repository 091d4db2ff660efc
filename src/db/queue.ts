// The queue from which diallers take leads: one narrow row for each open lead that has a number to dial.

import type { LeadKey } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import { blockingEntry } from './dnc.ts'
import { type LeadView, type NumberJudge, showDialled, shownLeads, type ViewRow } from './leads.ts'
import { BY_ZONE, mayCall, OPEN_HOURS, type OpenPart, type Ranges, SCANNED } from './open-places.ts'
import type { Db } from './pool.ts'
import { clock, type None, statement } from './statement.ts'
import { blockingCall, JUDGED_BY_WASH } from './wash-judge.ts'

/** Whether a number of lead_phones is dialled, as SQL. `isDialable` in src/core/lead.ts says the same. */
export const dialable = (p: string) => `${p}.state in ('ok', 'unlisted')`

export const HAND_OUT_ORDER = 'q.priority, q.due_at desc nulls last, q.lead_number desc'

/**
 * The state of a row that nothing holds any more: waiting for its callback, due for its agent alone, or ready.
 * `at`: the instant, as SQL.
 */
export const released = (at = clock()) => {
  const grace_ends = `q.due_at + interval '${LIMITS.callback_grace_s} s'`
  const bound = `q.agent is not null and ${grace_ends} > ${at}`
  return `lease_number = null,
    state = case when q.due_at > ${at} then 'waiting' when ${bound} then 'bound' else 'ready' end,
    wake_at = case when q.due_at > ${at} then q.due_at when ${bound} then ${grace_ends} end`
}

/**
 * Gives the places of leads the new instants of their callbacks. A leased or parked lead keeps its state. `rows`: the name
 * of a query with campaign_id, lead_number and callback_at.
 */
export const dueAnew = (rows: string) => `
     update queue q set due_at = r.callback_at,
       state = case when q.state in ('leased', 'parked') then q.state
         when r.callback_at > ${clock()} or q.agent is not null then 'waiting' else 'ready' end,
       wake_at = case when q.state in ('leased', 'parked') then q.wake_at
         when r.callback_at > ${clock()} or q.agent is not null then r.callback_at end
     from ${rows} r where q.campaign_id = r.campaign_id and q.lead_number = r.lead_number`

/**
 * Gives leads a place in the queue: the one text that does so for leads which may have had one before. A lead whose lease
 * runs still stays in the hands of its dialler until the lease ends.
 *
 * `rows`: a query with the columns of the queue, and `ending_lease`, the lease that this statement ends. `now`: an SQL
 * expression. The lead is locked by then. The lease is locked here: one that is handed back at this moment either has
 * ended, or finds the place and gives it free.
 */
export const putInQueue = (rows: string, now: string) => `
     insert into queue (
       campaign_id, lead_number, allocation_id, contact_hours_id, zone_set, priority, due_at, agent, state,
       wake_at, lease_number)
     select r.campaign_id, r.lead_number, r.allocation_id, r.contact_hours_id, r.zone_set, r.priority,
       r.due_at, r.agent, case when running.lease_number is null then r.state else 'leased' end,
       coalesce(running.expires_at, r.wake_at), running.lease_number
     from (${rows}) r left join lateral (
       select s.lease_number, s.expires_at from leases s
       where s.campaign_id = r.campaign_id and s.lead_number = r.lead_number and s.ended_at is null
         and s.expires_at > ${now} and s.lease_number is distinct from r.ending_lease
       limit 1 for update) running on true`

/** How many rows one run of a promotion takes at most: few enough to be done in milliseconds. */
export const PROMOTED_MAX = 1_000

const PROMOTE = statement<{ allocation_id: number }>(
  'queue.promote',
  `with due as materialized (
     select campaign_id, lead_number from queue
     where allocation_id = :allocation_id and wake_at <= ${clock()}
     order by wake_at limit ${PROMOTED_MAX} for update skip locked)
   update queue q set ${released()}
   from due where q.campaign_id = due.campaign_id and q.lead_number = due.lead_number
   returning q.state`,
)

/** Callbacks that fell due, leases and graces that ended: back into the order. Answers how many rows it looked at. */
export const promote = async (db: Db, allocation_id: number) =>
  (await db.query(PROMOTE, { allocation_id })).length

const DUE_ALLOCATIONS = statement<None, { allocation_id: number }>(
  'queue.dueAllocations',
  `select a.allocation_id from allocations a cross join lateral (
     select from queue q where q.allocation_id = a.allocation_id and q.wake_at <= ${clock()} limit 1) q
   where a.started`,
)

/** The started allocations in which something has fallen due. */
export const dueAllocations = async (db: Db) =>
  (await db.query(DUE_ALLOCATIONS)).map(({ allocation_id }) => allocation_id)

/** A leased lead, as it was at that moment. */
export interface Leased {
  lead_number: number
  lease_number: number
  expires_at: string
  lead: LeadView
}

/**
 * When the row is locked. now() is the start of the transaction: a lead that another dialler took and gave back since then
 * would seem to be in two hands.
 */
const LEASED_AT = 'coalesce(:now::timestamptz, clock_timestamp())'

export interface Taking extends OpenPart {
  count: number
  /** The agent whose callbacks may be among them; null: none. */
  agent: string | null
  lease_s: number
  taker: string
}

/**
 * With a limit that is a parameter the planner expects a tenth of all rows and sorts them: the literal around it is what
 * it plans for. Each range is a lateral of its own, read in the order of the index.
 */
const lockFirsts = (from: string, where: string) => `
     select q.* from ${from} cross join lateral (
       select q.* from (
         select q.ctid as place, q.campaign_id, q.lead_number, q.priority, q.due_at from queue q
         where q.allocation_id = :allocation_id and ${where}
         order by ${HAND_OUT_ORDER} limit :count for update skip locked) q
       limit ${LIMITS.leases_max}) q`

const isOpen = (also = '') => `exists (
       select from allocations a where a.allocation_id = :allocation_id and a.started${also} offset 0)`

/** What a statement that takes leads looks at beside the places of everybody. */
interface Kind {
  /** Of the allocation; in no other one it takes anything. */
  condition: string
  /** CTEs with further places, and all places of which it takes the first. */
  queries: string
  places: string
  judged_by: NumberJudge
}

/** What most hand-outs need. What only some need would cost each of them a tenth more. */
const USUAL: Kind = {
  condition: isOpen(' and not a.needs_wash'),
  queries: '',
  places: 'everyones',
  judged_by: 'lists',
}

/** With the callbacks of one agent, and what a wash says of the numbers. */
const ANY: Kind = {
  condition: isOpen(),
  queries: `
   hours as materialized (
     select open.* from ${OPEN_HOURS}
     where :agent::text is not null and ${isOpen()}),
   agents as materialized (${lockFirsts(
     'hours',
     `q.contact_hours_id = hours.contact_hours_id
           and ${mayCall('hours', 'q.zone_set')} and q.state = 'bound' and q.agent = :agent`,
   )}),`,
  places: '(select * from everyones union all select * from agents)',
  judged_by: 'lists and wash',
}

const LEASE = 'asked.lease_number, asked.expires_at, '

/**
 * Everything is read as it was when the statement began, but places are locked as they are now. One that was written in
 * between is at another place of the table (ctid), is not found there as it was, and stays: so a lead is shown as it was
 * when it was leased, as far as its place depends on it.
 */
const take = (
  { find, within }: Ranges,
  { condition, queries, places, judged_by }: Kind,
) => `with ${find(condition)},
   everyones as materialized (${lockFirsts('ranges', within)}),${queries}
   firsts as materialized (
     select q.place, q.campaign_id, nextval('lease_numbers') as lease_number
     from (select q.* from ${places} q order by ${HAND_OUT_ORDER} limit :count) q),
   asked as (
     update queue q set state = 'leased', lease_number = firsts.lease_number,
       wake_at = ${LEASED_AT} + :lease_s::integer * interval '1 second'
     from firsts where q.ctid = firsts.place and q.campaign_id = firsts.campaign_id
     returning q.campaign_id, q.lead_number as number, q.lease_number, q.wake_at as expires_at),
   shown as materialized (${shownLeads('asked', { also: LEASE, judged_by })}),
   written as (
     insert into leases (
       campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, agent,
       leased_at, expires_at)
     select campaign_id, lease_number, number, :allocation_id, version, calls, :taker, :agent::text,
       expires_at - :lease_s::integer * interval '1 second', expires_at
     from shown)
   select * from shown`

type TakenRow = ViewRow & Pick<Leased, 'lease_number' | 'expires_at'>

const TAKE = statement<Taking, TakenRow>('queue.take', take(BY_ZONE, USUAL))
const TAKE_ANY = statement<Taking, TakenRow>('queue.takeAny', take(BY_ZONE, ANY))
const TAKE_SCANNED = statement<Taking, TakenRow>('queue.takeScanned', take(SCANNED, ANY))

/**
 * Leases the next leads of a started allocation, unordered; never one that another transaction is taking or changing.
 * `is_by_zone`: the index by zone set is there.
 */
export async function takeNext(db: Db, taking: Taking, is_by_zone: boolean): Promise<Leased[]> {
  const usual = is_by_zone && taking.agent === null ? await db.query(TAKE, taking) : []
  // No lead, or an allocation that needs a wash.
  const rows = usual.length > 0 ? usual : await db.query(is_by_zone ? TAKE_ANY : TAKE_SCANNED, taking)
  return rows.map((row) => {
    showDialled(row)
    const { lease_number, expires_at, number: lead_number, calls: _, region: __, ...lead } = row
    return { lead_number, lease_number, expires_at, lead }
  })
}

const there = ({ find, within }: Ranges) => `with ${find()}
   select exists (
       select from ranges cross join lateral (
         select from queue q where q.allocation_id = :allocation_id and ${within} limit 1) q) as ready,
     array(
       select asked.agent from unnest(:agents::text[]) as asked (agent) where exists (
         select from queue q
         where q.allocation_id = :allocation_id and q.agent = asked.agent and q.state = 'bound'
         offset 0)) as agents`

const THERE = statement<OpenPart & { agents: string[] }, { ready: boolean; agents: string[] }>(
  'queue.there',
  there(BY_ZONE),
)
const THERE_SCANNED = statement<OpenPart & { agents: string[] }, { ready: boolean; agents: string[] }>(
  'queue.thereScanned',
  there(SCANNED),
)

/** Whether there is a lead for anybody, and which of these agents have callbacks of their own. */
export const whatIsThere = async (db: Db, part: OpenPart, agents: string[], is_by_zone: boolean) =>
  (await db.query(is_by_zone ? THERE : THERE_SCANNED, { ...part, agents }))[0]!

interface HeldLead {
  campaign_id: number
  lead_number: number
  lease_number: number
}

const RETURN = statement<HeldLead>(
  'queue.return',
  `update queue q set ${released()}
   where q.campaign_id = :campaign_id and q.lead_number = :lead_number and q.lease_number = :lease_number`,
)

/** Takes a lead out of a lease, if it is still in it. */
export const returnLead = (tx: Db, { campaign_id, lead_number, lease_number }: HeldLead) =>
  tx.query(RETURN, { campaign_id, lead_number, lease_number })

const LOCK_LEASE = statement<Pick<HeldLead, 'campaign_id' | 'lease_number'>>(
  'leases.lockRunning',
  `select from leases
   where campaign_id = :campaign_id and lease_number = :lease_number and ended_at is null
     and expires_at > ${clock()} for update`,
)

// A lead without a number to dial has no place; its taker may keep it all the same, unless it was closed.
const EXTEND = statement<HeldLead & { lease_s: number }, { expires_at: string }>(
  'queue.extend',
  `with place as materialized (
     select q.lease_number from queue q
     where q.campaign_id = :campaign_id and q.lead_number = :lead_number for update),
   held as (
     update queue q set wake_at = ${clock()} + :lease_s::integer * interval '1 second' from place
     where q.campaign_id = :campaign_id and q.lead_number = :lead_number
       and place.lease_number = :lease_number)
   update leases s set expires_at = ${clock()} + :lease_s::integer * interval '1 second'
   where s.campaign_id = :campaign_id and s.lease_number = :lease_number and case
     when exists (select from place) then (select p.lease_number = :lease_number from place p)
     else exists (
       select from leads l
       where l.campaign_id = :campaign_id and l.number = :lead_number and l.closed_at is null
         and l.forgotten_at is null) end
   returning s.expires_at`,
)

/**
 * The new end of a lease, counted from now; undefined: it has ended, or its lead was closed. The lease is locked first, so
 * that a statement which gives the lead a place at this moment gives it the old end or the new one, and then finds it here.
 */
export async function extendLease(
  tx: Db,
  { campaign_id, lead_number, lease_number }: HeldLead,
  lease_s: number,
): Promise<string | undefined> {
  const running = await tx.query(LOCK_LEASE, { campaign_id, lease_number })
  if (running.length === 0) return undefined
  return (await tx.query(EXTEND, { campaign_id, lead_number, lease_number, lease_s }))[0]?.expires_at
}

export interface Queued {
  lead_id: string
  priority: number
  due_at: string | null
  /** The agent of the callback; null: anybody. */
  agent: string | null
}

/** Whether a lead in a row `q` has a number in one of the fields that is not blocked now. */
const CALLABLE = `exists (
         select from (
           select l.allocation_id, l.client_approved from leads l
           where l.campaign_id = q.campaign_id and l.number = q.lead_number limit 1) l
           ${JUDGED_BY_WASH}
           cross join lead_phones p left join lateral (${blockingCall('p.campaign_id', 'p.phone')}) b on true
         where p.campaign_id = q.campaign_id and p.lead_number = q.lead_number and ${dialable('p')}
           and p.field = any (:phone_fields::text[]) and b.list is null
         offset 0)`

const next = ({ find, within }: Ranges) => `with ${find()}
   select q.campaign_id || '-' || q.lead_number as lead_id, q.priority, q.due_at, q.agent
   from ranges cross join lateral (
     select q.* from queue q
     where q.allocation_id = :allocation_id and ${within} and ${CALLABLE}
     order by ${HAND_OUT_ORDER} limit 500) q
   order by ${HAND_OUT_ORDER} limit :rows_max`

const NEXT = statement<OpenPart & { phone_fields: string[]; rows_max: number }, Queued>(
  'queue.next',
  next(BY_ZONE),
)
const NEXT_SCANNED = statement<OpenPart & { phone_fields: string[]; rows_max: number }, Queued>(
  'queue.nextScanned',
  next(SCANNED),
)

/** The leads that anybody gets next, in order; those that will be parked when their turn comes are left out. */
export const nextLeads = (
  db: Db,
  part: OpenPart,
  phone_fields: string[],
  rows_max: number,
  is_by_zone: boolean,
) => db.query(is_by_zone ? NEXT : NEXT_SCANNED, { ...part, phone_fields, rows_max })

export interface Standing {
  /** Null: not in the queue at all. */
  state: 'ready' | 'waiting' | 'bound' | 'leased' | 'parked' | null
  wake_at: string | null
  agent: string | null
  started: boolean
  needs_wash: boolean
  /** When the wash of its allocation is over, or was; null: there is none. */
  washed_until: string | null
  /** When the first number that is blocked could be free by itself; null: none. */
  blocked_until: string | null
}

const PLACE = statement<LeadKey & { allocation_ids: readonly number[] }, Standing>(
  'queue.place',
  `select q.state, q.wake_at, q.agent, a.started, a.needs_wash, a.washed_until, (
     select min(b.blocked_until)
     from lead_phones p cross join lateral (${blockingEntry('p.campaign_id', 'p.phone')}) b
     where p.campaign_id = l.campaign_id and p.lead_number = l.number and ${dialable('p')}) as blocked_until
   from leads l join allocations a using (allocation_id)
     left join queue q on q.campaign_id = l.campaign_id and q.lead_number = l.number
   where l.campaign_id = :campaign_id and l.number = :number
     and l.allocation_id = any (:allocation_ids::integer[]) and l.forgotten_at is null`,
)

/** Where a lead of the allocations is; undefined: there is no such lead in them. */
export const placeOfLead = async (
  db: Db,
  campaign_id: number,
  number: number,
  allocation_ids: readonly number[],
) => (await db.query(PLACE, { campaign_id, number, allocation_ids }))[0]
