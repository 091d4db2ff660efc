// Callbacks that follow a change of the zone of their contact hours: what was agreed is the wall time and stays, the instant
// moves. A chunk of leads at a time, in the order of their key; how far it has come is committed with each chunk.

import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** What the job queue calls a move. */
export const MOVE_TASK = 'move_callbacks'

/** A job for each move that is not finished; one that waits already is taken up at once. */
const queued = (moves: string) => `
   select graphile_worker.add_job('${MOVE_TASK}', json_build_object('contact_hours_id', m.contact_hours_id),
     job_key := '${MOVE_TASK}:' || m.contact_hours_id)
   from ${moves} m where m.finished_at is null`

const BEGIN = statement(
  'callbackMoves.begin',
  `with begun as (
     insert into callback_moves (contact_hours_id) values ($1)
     on conflict (contact_hours_id) do update set campaign_id = 0, lead_number = 0, moved = 0, begun_at = now(), finished_at = null
     returning contact_hours_id, finished_at)
   ${queued('begun')}`,
)

/** From the first lead on, in the transaction that changes the zone. */
export const beginMove = (tx: Db, contact_hours_id: number) => tx.query(BEGIN, [contact_hours_id])

const RESUME = statement('callbackMoves.resume', queued('callback_moves'))

/** Takes up what a process that is no more has left. Two jobs of one move do not disturb each other. */
export const resumeMoves = (db: Db) => db.query(RESUME)

const SHARE = statement(
  'callbackMoves.share',
  `select pg_advisory_xact_lock_shared(${LOCKS.zone}, $1::integer)`,
)

const LOCK = statement(
  'callbackMoves.lock',
  `select campaign_id, lead_number from callback_moves
   where contact_hours_id = $1 and finished_at is null for update skip locked`,
)

export interface Place {
  campaign_id: number
  lead_number: number
}

/** How far a move has come; undefined: it is finished, or another process is at it. The zone stays until the commit. */
export async function lockMove(tx: Db, contact_hours_id: number): Promise<Place | undefined> {
  // Before the row: whoever changes the zone has this lock alone, and then wants the row.
  await tx.query(SHARE, [contact_hours_id])
  return (await tx.query<Place>(LOCK, [contact_hours_id]))[0]
}

/** Leads that one chunk looks at: few enough that whoever wants one of them waits for milliseconds. */
const CHUNK = 250

const NEXT = statement(
  'callbackMoves.next',
  `with s as materialized (
     select l.campaign_id, l.number, l.contact_hours_id, l.callback_local, l.callback_at from leads l
     where (l.campaign_id, l.number) > ($2::integer, $3::bigint) order by l.campaign_id, l.number limit ${CHUNK}),
   theirs as materialized (
     select c.campaign_id from campaigns c join templates t using (template_id) where t.contact_hours_id = $1)
   select e.campaign_id, e.number as lead_number, h.zone, h.zone_version, (
     select coalesce(json_agg(json_build_object('campaign_id', s.campaign_id, 'lead_number', s.number,
       'local', to_char(s.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS'),
       'at', to_char(s.callback_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       'own_hours_id', s.contact_hours_id) order by s.campaign_id, s.number), '[]')
     from s where s.callback_local is not null and (s.contact_hours_id = $1
       or s.contact_hours_id is null and s.campaign_id in (select campaign_id from theirs))) as callbacks
   from s e, contact_hours h where h.contact_hours_id = $1
   order by e.campaign_id desc, e.number desc limit 1`,
)

/** A callback that is agreed in some contact hours. */
export interface Callback extends Place {
  /** Wall time. */
  local: string
  at: string
  /** Null: it is agreed in the contact hours of the template. */
  own_hours_id: number | null
}

/** One that gets another instant, worked out with this version of the zone. */
export interface MovedCallback extends Callback {
  hours_id: number
  zone_version: number
}

export interface Stretch extends Place {
  zone: string
  zone_version: number
  /** With the instants that the leads have. */
  callbacks: Callback[]
}

/** The next leads after a place: where they end, and which of them have callbacks in the contact hours; undefined: no more. */
export const nextCallbacks = async (tx: Db, contact_hours_id: number, { campaign_id, lead_number }: Place) =>
  (await tx.query<Stretch>(NEXT, [contact_hours_id, campaign_id, lead_number]))[0]

// The version stays: what was agreed is the wall time. A lead that is leased or parked keeps its hold. One that somebody is
// writing is passed over: no writer waits for this one, nor this one for a writer.
const MOVE = statement(
  'callbackMoves.move',
  `with m as materialized (
     select * from json_to_recordset($1::json) as m (campaign_id integer, lead_number bigint, local timestamp, at timestamptz,
       own_hours_id integer, hours_id integer, zone_version integer)),
   h as materialized (
     select * from (select distinct hours_id, zone_version from m offset 0) h where zone_is(h.hours_id, h.zone_version)),
   k as materialized (
     select m.* from (select m.* from m join h using (hours_id, zone_version) order by m.campaign_id, m.lead_number) m
       cross join lateral (
       select l.callback_local, l.contact_hours_id from leads l
       where l.campaign_id = m.campaign_id and l.number = m.lead_number limit 1 for update of l skip locked) l
     where l.callback_local = m.local and l.contact_hours_id is not distinct from m.own_hours_id),
   moved as (
     update leads l set callback_at = k.at from k
     where l.campaign_id = k.campaign_id and l.number = k.lead_number
     returning l.campaign_id, l.number as lead_number, l.callback_at),
   queued as (
     update queue q set due_at = moved.callback_at,
       state = case when q.state in ('leased', 'parked') then q.state
         when moved.callback_at > ${clock('$2')} or q.agent is not null then 'waiting' else 'ready' end,
       wake_at = case when q.state in ('leased', 'parked') then q.wake_at
         when moved.callback_at > ${clock('$2')} or q.agent is not null then moved.callback_at end
     from moved where q.campaign_id = moved.campaign_id and q.lead_number = moved.lead_number)
   select campaign_id, lead_number from moved`,
)

/** Gives callbacks their instants; answers whose. The others are in somebody's hands, are agreed anew, or the zone is. */
export const moveCallbacks = (db: Db, callbacks: readonly MovedCallback[]) =>
  db.query<Place>(MOVE, [JSON.stringify(callbacks), db.now])

const ADVANCE = statement(
  'callbackMoves.advance',
  `update callback_moves set campaign_id = $2, lead_number = $3, moved = moved + $4 where contact_hours_id = $1`,
)

export const advanceMove = (
  tx: Db,
  contact_hours_id: number,
  { campaign_id, lead_number }: Place,
  moved: number,
) => tx.query(ADVANCE, [contact_hours_id, campaign_id, lead_number, moved])

const FINISH = statement(
  'callbackMoves.finish',
  'update callback_moves set finished_at = now() where contact_hours_id = $1',
)

export const finishMove = (tx: Db, contact_hours_id: number) => tx.query(FINISH, [contact_hours_id])
