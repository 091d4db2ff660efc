// Callbacks of an allocation that are put off or brought forward together.

import type { Db } from './pool.ts'
import { dueAnew } from './queue.ts'
import { lockLeads } from './rearrange.ts'
import { statement, wallTimeText } from './statement.ts'

interface Block {
  campaign_id: number
  allocation_id: number
  /** Callbacks from this instant on, and before that one. */
  from: string
  to: string
  /** Of the leads' dispositions; null: any. */
  codes: string[] | null
  rows_max: number
}

/** A callback as it is agreed. */
export interface BlockedCallback {
  number: number
  /** Wall time in the zone. */
  local: string
  zone: string
  /** Null: it is agreed in the contact hours of the template. */
  own_hours_id: number | null
  hours_id: number
  zone_version: number
  client_approved: boolean
}

const READ = statement<Block, BlockedCallback>(
  'callbackShifts.read',
  `select l.number, ${wallTimeText('l.callback_local')} as local, coalesce(l.callback_zone, h.zone) as zone,
     l.contact_hours_id as own_hours_id, h.contact_hours_id as hours_id, h.zone_version, l.client_approved
   from campaigns c join templates t using (template_id) cross join lateral (
       select * from leads l
       where l.campaign_id = c.campaign_id and l.callback_at >= :from::timestamptz
         and l.callback_at < :to::timestamptz and l.allocation_id = :allocation_id
         and l.closed_at is null and l.forgotten_at is null
         and (:codes::text[] is null or coalesce(l.disposition, '') = any (:codes))
       order by l.callback_at, l.number limit :rows_max) l
     join contact_hours h on h.contact_hours_id = coalesce(l.contact_hours_id, t.contact_hours_id)
   where c.campaign_id = :campaign_id
   order by l.number`,
)

/** The callbacks of open leads of an allocation in a block of time, in the order of their leads. */
export const callbacksIn = (db: Db, block: Block) => db.query(READ, block)

/** A callback with the wall time and the instant that it gets. */
export interface ShiftedCallback extends Omit<BlockedCallback, 'zone' | 'client_approved'> {
  new_local: string
  at: string
}

interface By {
  actor: string
  way: string
  request_id: string
}

// A lead whose callback, hours or zone have changed meanwhile keeps what it has now.
const WRITE = statement<By & { campaign_id: number; allocation_id: number; callbacks: string }>(
  'callbackShifts.write',
  `with asked as materialized (
     select * from json_to_recordset(:callbacks::json) as asked (
       number bigint, local timestamp, new_local timestamp, at timestamptz,
       own_hours_id integer, hours_id integer, zone_version integer)),
   zones as materialized (
     select * from (select distinct hours_id, zone_version from asked offset 0) h
     where zone_is(h.hours_id, h.zone_version)),
   moving as materialized (
     select a.number, a.local, a.new_local, a.at
     from asked a join zones using (hours_id, zone_version) cross join lateral (
       select * from leads l where l.campaign_id = :campaign_id and l.number = a.number limit 1) l
     where l.allocation_id = :allocation_id and l.closed_at is null and l.forgotten_at is null
       and l.callback_local = a.local and l.contact_hours_id is not distinct from a.own_hours_id),
   shifted as (
     update leads l set callback_local = m.new_local, callback_at = m.at, version = l.version + 1,
       updated_at = now()
     from moving m where l.campaign_id = :campaign_id and l.number = m.number
     returning l.campaign_id, l.number as lead_number, l.version, l.callback_at, m.local, m.new_local),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select campaign_id, lead_number, version, :actor, :way, :request_id, jsonb_build_object('callback',
       jsonb_build_array(${wallTimeText('local')}, ${wallTimeText('new_local')}))
     from shifted),
   queued as (${dueAnew('shifted')})
   select lead_number from shifted`,
)

/** Gives callbacks their new times, each as a version of its lead; answers how many. */
export async function writeShift(
  tx: Db,
  { campaign_id, allocation_id, actor, way, request_id }: Pick<Block, 'campaign_id' | 'allocation_id'> & By,
  callbacks: readonly ShiftedCallback[],
): Promise<number> {
  await lockLeads(
    tx,
    campaign_id,
    callbacks.map(({ number }) => number),
  )
  const by = { actor, way, request_id }
  const asked = { campaign_id, allocation_id, callbacks: JSON.stringify(callbacks), ...by }
  return (await tx.query(WRITE, asked)).length
}
