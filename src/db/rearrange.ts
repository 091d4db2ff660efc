// Many leads of an allocation at once: counted, moved to another allocation, taken up again. In chunks, each a
// transaction of its own; leads are locked in the order of their key, as everywhere.

import type { Db } from './pool.ts'
import { dialable, putInQueue } from './queue.ts'
import { clock, statement, wallTimeText } from './statement.ts'

interface Allocation {
  campaign_id: number
  allocation_id: number
}

export interface Counts {
  new: number
  callback: number
  waiting: number
  leased: number
  parked: number
  closed: Record<string, number>
}

// A callback that fell due counts as due, even if its row was not promoted yet.
const COUNTS = statement<Allocation & { at: string | null }, Counts>(
  'queue.counts',
  `with instant as materialized (select ${clock(':at')} as at),
   moving as materialized (
     select q.state, q.due_at > instant.at as is_later, q.due_at <= instant.at as is_due,
       q.wake_at <= instant.at as is_awake
     from queue q, instant
     where q.allocation_id = :allocation_id and q.wake_at is not null and q.state <> 'parked'),
   ready as materialized (
     select count(*) filter (where q.due_at is null) as new,
       count(*) filter (where q.due_at is not null) as callback
     from queue q where q.allocation_id = :allocation_id and q.state = 'ready'),
   passed as materialized (
     select
       count(*) filter (where m.state = 'leased' and m.is_due is null and m.is_awake) as new,
       count(*) filter (where m.state in ('waiting', 'bound') and m.is_due
         or m.state = 'leased' and m.is_due and m.is_awake) as callback,
       count(*) filter (where m.state = 'waiting' and m.is_later
         or m.state = 'leased' and m.is_later and m.is_awake) as waiting,
       count(*) filter (where m.state = 'leased' and not m.is_awake) as leased
     from moving m)
   select ready.new + passed.new as new, ready.callback + passed.callback as callback,
     passed.waiting, passed.leased,
     (select count(*) from queue q
      where q.allocation_id = :allocation_id and q.state = 'parked') as parked,
     (select coalesce(json_object_agg(coalesce(c.disposition, ''), c.leads), '{}') from (
        select l.disposition, count(*) as leads from leads l
        where l.campaign_id = :campaign_id and l.allocation_id = :allocation_id
          and l.closed_at is not null and l.forgotten_at is null
        group by l.disposition) c) as closed
   from ready, passed`,
)

export const countLeads = async (db: Db, allocation: Allocation, at: string | null) =>
  (await db.query(COUNTS, { ...allocation, at }))[0]!

export const CHUNK = 5_000

interface Wanted extends Allocation {
  /** Of the leads' dispositions; '' is none yet; null: any. */
  codes: string[] | null
  /** The lead after which the next ones are looked at. */
  after: number
  open_only: boolean
}

const NEXT = statement<Wanted, { number: number; fits: boolean }>(
  'leads.ofAllocation',
  `select s.number, s.fits from (
     select l.number, l.allocation_id = :allocation_id and l.forgotten_at is null
       and (not :open_only::boolean or l.closed_at is null)
       and (:codes::text[] is null or coalesce(l.disposition, '') = any (:codes)) as fits
     from leads l where l.campaign_id = :campaign_id and l.number > :after
     order by l.number limit ${CHUNK}) s`,
)

/** The leads of an allocation among the next ones of its campaign, and where to go on; undefined: there are no more. */
export async function leadsAfter(
  db: Db,
  wanted: Wanted,
): Promise<{ numbers: number[]; next: number } | undefined> {
  const rows = await db.query(NEXT, wanted)
  const last = rows.at(-1)
  return last && { numbers: rows.filter(({ fits }) => fits).map(({ number }) => number), next: last.number }
}

const CLOSED = statement<Allocation & { codes: string[] }, { number: number }>(
  'leads.closedWith',
  `select l.number from leads l
   where l.campaign_id = :campaign_id and l.allocation_id = :allocation_id
     and l.disposition = any (:codes::text[]) and l.closed_at is not null and l.forgotten_at is null
   limit ${CHUNK}`,
)

/** Closed leads of an allocation with one of these dispositions, a chunk of them. */
export const closedLeads = async (db: Db, wanted: Allocation & { codes: string[] }) =>
  (await db.query(CLOSED, wanted)).map(({ number }) => number)

/** Leads of an allocation that are changed together, and who does it. */
interface Chunk extends Allocation {
  numbers: number[]
  actor: string
  way: string
  request_id: string
}

// A statement of its own: the next one has a snapshot that is younger than the locks, and sees the phones and the place
// that a lead got while its lock was waited for.
const LOCK = statement<{ campaign_id: number; numbers: number[] }>(
  'leads.lockMany',
  `select from (select number from unnest(:numbers::bigint[]) as u (number) order by number) u
     cross join lateral (
       select from leads l
       where l.campaign_id = :campaign_id and l.number = u.number limit 1 for update of l) l`,
)

export const lockLeads = (tx: Db, campaign_id: number, numbers: number[]) =>
  tx.query(LOCK, { campaign_id, numbers })

/** Those of the leads that are in the allocation, as they are once they are locked. */
const locked = (condition: string) => `locked as materialized (
     select l.number, l.callback_local, l.callback_agent from unnest(:numbers::bigint[]) as u (number)
       cross join lateral (
         select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
     where l.allocation_id = :allocation_id and l.forgotten_at is null and ${condition})`

const MOVE = statement<Chunk & { to_id: number }, { number: number }>(
  'leads.move',
  `with ${locked('true')},
   moved as (
     update leads l set allocation_id = :to_id, version = l.version + 1, updated_at = now()
     from locked where l.campaign_id = :campaign_id and l.number = locked.number
     returning l.number, l.version),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select :campaign_id, number, version, :actor, :way, :request_id,
       jsonb_build_object('allocation_id', jsonb_build_array(:allocation_id::integer, :to_id::integer))
     from moved),
   queued as (
     update queue q set allocation_id = :to_id
     from moved m where q.campaign_id = :campaign_id and q.lead_number = m.number)
   select number from moved`,
)

/** Moves those of the leads that are in the allocation; answers how many. A lease stays with its taker. */
export async function writeMove(tx: Db, chunk: Chunk & { to_id: number }): Promise<number> {
  await lockLeads(tx, chunk.campaign_id, chunk.numbers)
  return (await tx.query(MOVE, chunk)).length
}

// Attempts begin again.
const RECYCLE = statement<Chunk, { number: number }>(
  'leads.recycle',
  `with ${locked('l.closed_at is not null')},
   opened as (
     update leads l set closed_at = null, callback_local = null, callback_zone = null, callback_at = null,
       callback_agent = null,
       attempts = '{}', version = l.version + 1, updated_at = now()
     from locked where l.campaign_id = :campaign_id and l.number = locked.number
     returning l.number, l.version, l.contact_hours_id, l.priority,
       locked.callback_local, locked.callback_agent),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select :campaign_id, number, version, :actor, :way, :request_id, '{"closed": [true, false]}'::jsonb
       || case when callback_local is null then '{}' else jsonb_build_object('callback',
            jsonb_build_array(${wallTimeText('callback_local')}, null)) end
       || case when callback_agent is null then '{}' else jsonb_build_object('callback_agent',
            jsonb_build_array(callback_agent, null)) end
     from opened),
   queued as (${putInQueue(
     `select :campaign_id::integer as campaign_id, o.number as lead_number,
         :allocation_id::integer as allocation_id, coalesce(o.contact_hours_id, 0) as contact_hours_id,
         0 as zone_set, o.priority, null::timestamptz as due_at, null as agent, 'ready' as state,
         null::timestamptz as wake_at, null::bigint as ending_lease
       from opened o
       where exists (
         select from lead_phones p
         where p.campaign_id = :campaign_id and p.lead_number = o.number and ${dialable('p')} offset 0)`,
     clock(),
   )})
   select number from opened`,
)

/** Opens closed leads of the allocation again, as new ones; answers how many. Their zone sets are to be worked out. */
export async function writeRecycling(tx: Db, chunk: Chunk): Promise<number> {
  await lockLeads(tx, chunk.campaign_id, chunk.numbers)
  return (await tx.query(RECYCLE, chunk)).length
}
