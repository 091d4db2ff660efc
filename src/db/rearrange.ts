// Many leads of an allocation at once: counted, moved to another allocation, taken up again. In chunks, each a
// transaction of its own; leads are locked in the order of their key, as everywhere.

import type { Db } from './pool.ts'
import { dialable, putInQueue } from './queue.ts'
import { clock, statement } from './statement.ts'

export interface Counts {
  new: number
  callback: number
  waiting: number
  leased: number
  parked: number
  closed: Record<string, number>
}

const AT = 'coalesce($3::timestamptz, now())'

// What fell due and was not promoted yet is counted as what it is by now.
const COUNTS = statement(
  'queue.counts',
  `with moving as materialized (
     select q.state, q.due_at, q.wake_at from queue q where q.allocation_id = $2 and q.wake_at is not null and q.state <> 'parked'),
   ready as materialized (
     select count(*) filter (where q.due_at is null) as new, count(*) filter (where q.due_at is not null) as callback
     from queue q where q.allocation_id = $2 and q.state = 'ready'),
   passed as materialized (
     select count(*) filter (where m.state = 'leased' and m.due_at is null and m.wake_at <= ${AT}) as new,
       count(*) filter (where m.state in ('waiting', 'bound') and m.due_at <= ${AT}
         or m.state = 'leased' and m.due_at <= ${AT} and m.wake_at <= ${AT}) as callback,
       count(*) filter (where m.state = 'waiting' and m.due_at > ${AT}
         or m.state = 'leased' and m.due_at > ${AT} and m.wake_at <= ${AT}) as waiting,
       count(*) filter (where m.state = 'leased' and m.wake_at > ${AT}) as leased
     from moving m)
   select ready.new + passed.new as new, ready.callback + passed.callback as callback, passed.waiting, passed.leased,
     (select count(*) from queue q where q.allocation_id = $2 and q.state = 'parked') as parked,
     (select coalesce(json_object_agg(coalesce(c.disposition, ''), c.leads), '{}') from (
        select l.disposition, count(*) as leads from leads l
        where l.campaign_id = $1 and l.allocation_id = $2 and l.closed_at is not null and l.forgotten_at is null
        group by l.disposition) c) as closed
   from ready, passed`,
)

export const countLeads = async (db: Db, campaign_id: number, allocation_id: number, now: string | null) =>
  (await db.query<Counts>(COUNTS, [campaign_id, allocation_id, now]))[0]!

export const CHUNK = 5_000

const NUMBERS = statement(
  'leads.ofAllocation',
  `select s.number, s.fits from (
     select l.number, l.allocation_id = $3 and l.forgotten_at is null and (not $5::boolean or l.closed_at is null)
       and ($4::text[] is null or coalesce(l.disposition, '') = any ($4)) as fits
     from leads l where l.campaign_id = $1 and l.number > $2 order by l.number limit ${CHUNK}) s`,
)

/**
 * The leads of an allocation among the next ones of its campaign, and where to go on; undefined: there are no more.
 * `dispositions`: '' is none yet; null: any.
 */
export async function leadsAfter(
  db: Db,
  campaign_id: number,
  after: number,
  allocation_id: number,
  dispositions: string[] | null,
  open_only: boolean,
): Promise<{ numbers: number[]; next: number } | undefined> {
  const rows = await db.query<{ number: number; fits: boolean }>(NUMBERS, [
    campaign_id,
    after,
    allocation_id,
    dispositions,
    open_only,
  ])
  const last = rows.at(-1)
  return last && { numbers: rows.filter(({ fits }) => fits).map(({ number }) => number), next: last.number }
}

// A statement of its own: the next one has a snapshot that is younger than the locks, and sees the phones and the place
// that a lead got while its lock was waited for.
const LOCK = statement(
  'leads.lockMany',
  `select from (select number from unnest($2::bigint[]) as u (number) order by number) u
     cross join lateral (
       select from leads l where l.campaign_id = $1 and l.number = u.number limit 1 for update of l) l`,
)

const LOCKED = (condition: string) => `k as materialized (
     select l.number, l.callback_local, l.callback_agent from unnest($2::bigint[]) as u (number)
       cross join lateral (
         select * from leads l where l.campaign_id = $1 and l.number = u.number limit 1) l
     where l.allocation_id = $3 and l.forgotten_at is null and ${condition})`

const MOVE = statement(
  'leads.move',
  `with ${LOCKED('true')},
   moved as (
     update leads l set allocation_id = $4, version = l.version + 1, updated_at = now()
     from k where l.campaign_id = $1 and l.number = k.number returning l.number, l.version),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select $1, number, version, $5, $6, $7, jsonb_build_object('allocation_id', jsonb_build_array($3::integer, $4::integer)) from moved),
   queued as (
     update queue q set allocation_id = $4 from moved m where q.campaign_id = $1 and q.lead_number = m.number)
   select number from moved`,
)

export interface By {
  actor: string
  way: string
  request_id: string
}

/** Moves those of the leads that are in the allocation; answers how many. A lease stays with its taker. */
export async function moveLeads(
  tx: Db,
  campaign_id: number,
  numbers: number[],
  from: number,
  to: number,
  { actor, way, request_id }: By,
): Promise<number> {
  await tx.query(LOCK, [campaign_id, numbers])
  return (await tx.query(MOVE, [campaign_id, numbers, from, to, actor, way, request_id])).length
}

const CLOSED = statement(
  'leads.closedWith',
  `select l.number from leads l
   where l.campaign_id = $1 and l.allocation_id = $2 and l.disposition = any ($3::text[]) and l.closed_at is not null
     and l.forgotten_at is null limit ${CHUNK}`,
)

/** Closed leads of an allocation with one of these dispositions, a chunk of them. */
export const closedLeads = async (
  db: Db,
  campaign_id: number,
  allocation_id: number,
  dispositions: string[],
) =>
  (await db.query<{ number: number }>(CLOSED, [campaign_id, allocation_id, dispositions])).map(
    ({ number }) => number,
  )

// Attempts begin again, but stay on record: a disposition that was given is a used one.
const RECYCLE = statement(
  'leads.recycle',
  `with ${LOCKED('l.closed_at is not null')},
   opened as (
     update leads l set closed_at = null, callback_local = null, callback_at = null, callback_agent = null,
       version = l.version + 1, updated_at = now()
     from k where l.campaign_id = $1 and l.number = k.number
     returning l.number, l.version, l.contact_hours_id, l.priority, k.callback_local, k.callback_agent),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select $1, number, version, $4, $5, $6, '{"closed": [true, false]}'::jsonb
       || case when callback_local is null then '{}' else jsonb_build_object('callback',
            jsonb_build_array(to_char(callback_local, 'YYYY-MM-DD"T"HH24:MI:SS'), null)) end
       || case when callback_agent is null then '{}' else jsonb_build_object('callback_agent',
            jsonb_build_array(callback_agent, null)) end
     from opened),
   again as (update attempts a set attempts = 0 from opened o where a.campaign_id = $1 and a.lead_number = o.number),
   queued as (${putInQueue(
     `select $1::integer as campaign_id, o.number as lead_number, $3::integer as allocation_id,
         coalesce(o.contact_hours_id, 0) as contact_hours_id, o.priority, null::timestamptz as due_at, null as agent,
         'ready' as state, null::timestamptz as wake_at, null::bigint as ending_lease
       from opened o
       where exists (
         select from lead_phones p where p.campaign_id = $1 and p.lead_number = o.number and ${dialable('p')} offset 0)`,
     clock('$7'),
   )})
   select number from opened`,
)

/** Opens closed leads of the allocation again, as new ones; answers how many. */
export async function recycleLeads(
  tx: Db,
  campaign_id: number,
  numbers: number[],
  allocation_id: number,
  { actor, way, request_id }: By,
): Promise<number> {
  await tx.query(LOCK, [campaign_id, numbers])
  const params = [campaign_id, numbers, allocation_id, actor, way, request_id, tx.now]
  return (await tx.query(RECYCLE, params)).length
}
