// Virtual allocations: which others they draw on, and what those have to give now.

import type { Draws, RatioMember } from '../core/draw.ts'
import { BY_ZONE, mayCall, OPEN_HOURS, type OpenPart } from './open-places.ts'
import type { Db } from './pool.ts'
import { HAND_OUT_ORDER, type Queued } from './queue.ts'
import { statement } from './statement.ts'

const SIBLINGS = statement<
  { campaign_id: number; allocation_ids: readonly number[] },
  { allocation_id: number }
>(
  'draws.siblings',
  `select allocation_id from allocations
   where campaign_id = :campaign_id and allocation_id = any (:allocation_ids::integer[])
     and draws_by is null`,
)

/** Those of them that a virtual allocation of the campaign can draw on. */
export const drawable = async (tx: Db, campaign_id: number, allocation_ids: readonly number[]) =>
  (await tx.query(SIBLINGS, { campaign_id, allocation_ids })).map(({ allocation_id }) => allocation_id)

interface Members {
  allocation_id: number
  by: Draws['by']
  members: string
}

// Members that stay are changed where they are. Lags begin anew: they were owed by other shares.
const WRITE = statement<Members>(
  'draws.write',
  `with asked as materialized (
     select * from json_to_recordset(:members::json) as m (
       allocation_id integer, share integer, penalty integer)),
   kind as (update allocations set draws_by = :by where allocation_id = :allocation_id),
   gone as (
     delete from allocation_members m
     where m.allocation_id = :allocation_id and not exists (
       select from asked where asked.allocation_id = m.member_id))
   insert into allocation_members as m (allocation_id, member_id, share, penalty)
   select :allocation_id, asked.allocation_id, asked.share, asked.penalty from asked
   on conflict (allocation_id, member_id) do update
     set share = excluded.share, penalty = excluded.penalty, lag = 0`,
)

/** Gives a locked or new allocation its members. 23503: one was deleted meanwhile. */
export const writeDraws = (tx: Db, allocation_id: number, { by, members }: Draws) =>
  tx.query(WRITE, { allocation_id, by, members: JSON.stringify(members) })

const LOCK = statement<{ allocation_id: number }>(
  'draws.lock',
  'select from allocations where allocation_id = :allocation_id for no key update',
)

/** Draws by ratio are made one after the other, whatever process makes them. */
export const lockDraws = (tx: Db, allocation_id: number) => tx.query(LOCK, { allocation_id })

export interface Giving extends RatioMember {
  by: Draws['by']
  penalty: number
}

const GIVING = statement<{ allocation_id: number }, Giving>(
  'draws.giving',
  `select v.draws_by as by, m.member_id, coalesce(m.share, 0) as share, coalesce(m.penalty, 0) as penalty,
     m.lag
   from allocations v join allocation_members m using (allocation_id)
     join allocations a on a.allocation_id = m.member_id
   where v.allocation_id = :allocation_id and v.started and a.started
   order by m.member_id`,
)

/** The members that are started; none when the virtual allocation is not. */
export const givingMembers = (db: Db, allocation_id: number) => db.query(GIVING, { allocation_id })

export interface HeadsAsked extends Omit<OpenPart, 'allocation_id' | 'at'> {
  member_ids: number[]
  /** The agent whose callbacks may be among them; null: none. */
  agent: string | null
  count: number
}

export interface QueuedHead extends Queued {
  member_id: number
  number: number
}

/** The literal is what the planner plans for, as for a hand-out (queue.take). */
const firsts = (from: string, where: string) => `
     select q.* from ${from} cross join lateral (
       select q.* from (
         select q.campaign_id, q.lead_number, q.priority, q.due_at, q.agent from queue q
         where q.allocation_id = m.member_id and ${where}
         order by ${HAND_OUT_ORDER} limit :count) q
       limit 500) q`

// Without the index by zone set this is slow: it is made in the minutes after the upgrade that brings virtual allocations.
const HEADS = statement<HeadsAsked, QueuedHead>(
  'draws.heads',
  `select m.member_id, q.campaign_id || '-' || q.lead_number as lead_id, q.lead_number as number,
     q.priority, q.due_at, q.agent
   from unnest(:member_ids::integer[]) as m (member_id) cross join lateral (
     with ${BY_ZONE.find('true', 'm.member_id')},
     hours as (select open.* from ${OPEN_HOURS} where :agent::text is not null)
     select q.* from (
       select * from (${firsts('ranges', BY_ZONE.within)}) everyones
       union all
       select * from (${firsts(
         'hours',
         `q.contact_hours_id = hours.contact_hours_id
           and ${mayCall('hours', 'q.zone_set')} and q.state = 'bound' and q.agent = :agent`,
       )}) agents) q
     order by ${HAND_OUT_ORDER} limit :count) q
   order by m.member_id, ${HAND_OUT_ORDER}`,
)

/**
 * The next leads of each member, in order: as many as are asked for at most. Those that must not be called are among them: the
 * hand-out sets them aside, so that nobody reads them again.
 */
export const headsOf = (db: Db, asked: HeadsAsked) => db.query(HEADS, asked)

const LAGS = statement<{ allocation_id: number; member_ids: number[]; lags: number[] }>(
  'draws.lags',
  `update allocation_members m set lag = u.lag
   from unnest(:member_ids::integer[], :lags::double precision[]) as u (member_id, lag)
   where m.allocation_id = :allocation_id and m.member_id = u.member_id`,
)

export const writeLags = (tx: Db, allocation_id: number, lags: ReadonlyMap<number, number>) =>
  tx.query(LAGS, { allocation_id, member_ids: [...lags.keys()], lags: [...lags.values()] })

const GIVE_BACK = statement<{ allocation_id: number; member_ids: number[]; leads: number[] }>(
  'draws.giveBack',
  `update allocation_members m set lag = m.lag + u.leads
   from unnest(:member_ids::integer[], :leads::integer[]) as u (member_id, leads)
   where m.allocation_id = :allocation_id and m.member_id = u.member_id and m.share is not null`,
)

/** Leads that were drawn by ratio and not handed out, by member. */
export const giveBack = (db: Db, allocation_id: number, leads: ReadonlyMap<number, number>) =>
  db.query(GIVE_BACK, { allocation_id, member_ids: [...leads.keys()], leads: [...leads.values()] })

const DRAWN = statement<{ allocation_id: number; campaign_id: number; lease_numbers: number[] }>(
  'draws.drawn',
  `update leases set drawn_by = :allocation_id
   where campaign_id = :campaign_id and lease_number = any (:lease_numbers::bigint[])`,
)

/** Keeps with the leases which virtual allocation was asked: a key that is bound to it reports their outcomes. */
export const noteDrawn = (db: Db, allocation_id: number, campaign_id: number, lease_numbers: number[]) =>
  db.query(DRAWN, { allocation_id, campaign_id, lease_numbers })
