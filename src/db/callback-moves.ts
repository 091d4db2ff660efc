// Moves callbacks after the zone of their contact hours has changed: the agreed wall time stays, its instant moves. It
// takes a chunk of leads at a time, in the order of their key, and commits how far it has come with each chunk.

import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { dialable, dueAnew } from './queue.ts'
import { instantText, type None, statement, wallTimeText } from './statement.ts'

/** The name of a move in the job queue. */
export const MOVE_TASK = 'move_callbacks'

/** A job for each move that is not finished; one that waits already is taken up at once. */
const queued = (moves: string) => `
   select graphile_worker.add_job('${MOVE_TASK}', json_build_object('contact_hours_id', m.contact_hours_id),
     job_key := '${MOVE_TASK}:' || m.contact_hours_id)
   from ${moves} m where m.finished_at is null`

type Hours = { contact_hours_id: number }

const BEGIN = statement<Hours>(
  'callbackMoves.begin',
  `with begun as (
     insert into callback_moves (contact_hours_id) values (:contact_hours_id)
     on conflict (contact_hours_id) do update
       set campaign_id = 0, lead_number = 0, moved = 0, begun_at = now(), finished_at = null
     returning contact_hours_id, finished_at)
   ${queued('begun')}`,
)

/** From the first lead on, in the transaction that changes the zone. */
export const beginMove = (tx: Db, contact_hours_id: number) => tx.query(BEGIN, { contact_hours_id })

const RESUME = statement<None>('callbackMoves.resume', queued('callback_moves'))

/** Queues the moves that an ended process has left. Two jobs of one move do not disturb each other. */
export const resumeMoves = (db: Db) => db.query(RESUME)

/** A lead, in the order of which a move goes. */
interface MovePlace {
  campaign_id: number
  lead_number: number
}

const SHARE = statement<Hours>(
  'callbackMoves.share',
  `select pg_advisory_xact_lock_shared(${LOCKS.zone}, :contact_hours_id::integer)`,
)

const LOCK = statement<Hours, MovePlace>(
  'callbackMoves.lock',
  `select campaign_id, lead_number from callback_moves
   where contact_hours_id = :contact_hours_id and finished_at is null for update skip locked`,
)

/** How far a move has come; undefined: it is finished, or another process is at it. The zone stays until the commit. */
export async function lockMove(tx: Db, contact_hours_id: number): Promise<MovePlace | undefined> {
  // Before the row: whoever changes the zone has this lock alone, and then wants the row.
  await tx.query(SHARE, { contact_hours_id })
  return (await tx.query(LOCK, { contact_hours_id }))[0]
}

/** Leads that one chunk looks at: few enough that whoever wants one of them waits for milliseconds. */
const CHUNK = 250

/** A callback that is agreed in some contact hours. */
export interface AgreedCallback extends MovePlace {
  /** Of the lead, from which the zone was told. */
  version: number
  /** Wall time. */
  local: string
  at: string
  /** Null: that of the contact hours. */
  callback_zone: string | null
  /** Null: it is agreed in the contact hours of the template. */
  own_hours_id: number | null
}

/** One that gets another instant, worked out with this version of the zone. */
export interface MovedCallback extends AgreedCallback {
  hours_id: number
  zone_version: number
}

export interface Stretch extends MovePlace {
  zone: string
  local_to_lead: boolean
  zone_version: number
  /** With the instants that the leads have, and what tells their zones where the contact hours are local to the lead. */
  callbacks: (AgreedCallback & { text: string | null; phones: number[] })[]
}

const NEXT = statement<Hours & MovePlace, Stretch>(
  'callbackMoves.next',
  `with stretch as materialized (
     select l.campaign_id, l.number, l.version, l.contact_hours_id, l.callback_local, l.callback_zone,
       l.callback_at, l.fields
     from leads l
     where (l.campaign_id, l.number) > (:campaign_id::integer, :lead_number::bigint)
     order by l.campaign_id, l.number limit ${CHUNK})
   select last.campaign_id, last.number as lead_number, h.zone, h.local_to_lead, h.zone_version, (
     select coalesce(json_agg(json_build_object(
       'campaign_id', s.campaign_id, 'lead_number', s.number, 'version', s.version,
       'local', ${wallTimeText('s.callback_local')},
       'at', ${instantText('s.callback_at')},
       'callback_zone', s.callback_zone, 'own_hours_id', s.contact_hours_id,
       'text', case when h.local_to_lead then s.fields ->> f.name end,
       'phones', case when h.local_to_lead then array(
         select p.phone from lead_phones p
           join fields d on d.template_id = c.template_id and d.name = p.field and d.retired_at is null
         where p.campaign_id = s.campaign_id and p.lead_number = s.number and ${dialable('p')}
           and p.phone is not null) else '{}' end) order by s.campaign_id, s.number), '[]')
     from stretch s join campaigns c using (campaign_id) join templates t using (template_id)
       left join fields f on f.template_id = t.template_id and f.name = t.zone_field
         and f.retired_at is null
     where s.callback_local is not null
       and coalesce(s.contact_hours_id, t.contact_hours_id) = :contact_hours_id) as callbacks
   from stretch last, contact_hours h where h.contact_hours_id = :contact_hours_id
   order by last.campaign_id desc, last.number desc limit 1`,
)

/** The next leads after a place: where they end, and their callbacks in the contact hours; undefined: no more. */
export const nextCallbacks = async (tx: Db, contact_hours_id: number, place: MovePlace) =>
  (await tx.query(NEXT, { contact_hours_id, ...place }))[0]

// The version stays: the agreed wall time has not changed. A lead that somebody is writing is skipped: neither waits for the other.
const MOVE = statement<{ callbacks: string }, MovePlace>(
  'callbackMoves.move',
  `with asked as materialized (
     select * from json_to_recordset(:callbacks::json) as asked (
       campaign_id integer, lead_number bigint, version integer, local timestamp, at timestamptz,
       callback_zone text, own_hours_id integer, hours_id integer, zone_version integer)),
   zones as materialized (
     select * from (select distinct hours_id, zone_version from asked offset 0) h
     where zone_is(h.hours_id, h.zone_version)),
   locked as materialized (
     select a.* from (
       select asked.* from asked join zones using (hours_id, zone_version)
       order by asked.campaign_id, asked.lead_number) a
     cross join lateral (
       select l.version, l.callback_local, l.contact_hours_id from leads l
       where l.campaign_id = a.campaign_id and l.number = a.lead_number
       limit 1 for update of l skip locked) l
     where l.version = a.version and l.callback_local = a.local
       and l.contact_hours_id is not distinct from a.own_hours_id),
   moved as (
     update leads l set callback_at = locked.at, callback_zone = locked.callback_zone from locked
     where l.campaign_id = locked.campaign_id and l.number = locked.lead_number
     returning l.campaign_id, l.number as lead_number, l.callback_at),
   queued as (${dueAnew('moved')})
   select campaign_id, lead_number from moved`,
)

/**
 * Gives callbacks their instants; answers whose. The other leads are being written, or they or their zone have changed
 * meanwhile.
 */
export const moveCallbacks = (db: Db, callbacks: readonly MovedCallback[]) =>
  db.query(MOVE, { callbacks: JSON.stringify(callbacks) })

const ADVANCE = statement<Hours & MovePlace & { moved: number }>(
  'callbackMoves.advance',
  `update callback_moves
   set campaign_id = :campaign_id, lead_number = :lead_number, moved = moved + :moved
   where contact_hours_id = :contact_hours_id`,
)

export const advanceMove = (tx: Db, contact_hours_id: number, place: MovePlace, moved: number) =>
  tx.query(ADVANCE, { ...place, contact_hours_id, moved })

const FINISH = statement<Hours>(
  'callbackMoves.finish',
  'update callback_moves set finished_at = now() where contact_hours_id = :contact_hours_id',
)

export const finishMove = (tx: Db, contact_hours_id: number) => tx.query(FINISH, { contact_hours_id })
