// Contact hours as set-up.

import type { ContactHours } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { isUsable, type TeamIds } from './sight.ts'
import { statement } from './statement.ts'

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

const ROW = `h.contact_hours_id, h.name, h.zone, h.zone_version, h.weekly, h.exceptions, h.valid_from::text, h.valid_to::text, h.team_id,
  (select g.name from teams g where g.team_id = h.team_id) as team, (
    select json_build_object('moved', m.moved, 'begun_at', ${instant('m.begun_at')}, 'finished_at', ${instant('m.finished_at')})
    from callback_moves m where m.contact_hours_id = h.contact_hours_id) as callback_move`

export interface ContactHoursRow extends ContactHours {
  team_id: number
  team: string
  /** How far callbacks have followed the last change of the zone; null: it never changed. */
  callback_move: { moved: number; begun_at: string; finished_at: string | null } | null
}

const LIST = statement(
  'contactHours.list',
  `select ${ROW} from contact_hours h
   where ${isUsable('h.team_id', '$1')} and ($2::integer is null or h.contact_hours_id = $2)
   order by h.contact_hours_id`,
)

export const listContactHours = (db: Db, teams: TeamIds) => db.query<ContactHoursRow>(LIST, [teams, null])
export const contactHoursById = async (db: Db, teams: TeamIds, id: number) =>
  (await db.query<ContactHoursRow>(LIST, [teams, id]))[0]

export type NewContactHours = Omit<ContactHours, 'contact_hours_id' | 'zone_version'>

const paramsOf = ({ name, zone, weekly, exceptions, valid_from, valid_to }: NewContactHours) => [
  name,
  zone,
  weekly && JSON.stringify(weekly),
  JSON.stringify(exceptions),
  valid_from,
  valid_to,
]

const CREATE = statement(
  'contactHours.create',
  `insert into contact_hours as h (name, zone, weekly, exceptions, valid_from, valid_to, team_id)
   values ($1, $2, $3::jsonb, $4::jsonb, $5::date, $6::date, $7)
   returning ${ROW}`,
)

/** Names are unique (23505). */
export const createContactHours = async (db: Db, team_id: number, hours: NewContactHours) =>
  (await db.query<ContactHoursRow>(CREATE, [...paramsOf(hours), team_id]))[0]!

const REPLACE = statement(
  'contactHours.replace',
  `update contact_hours h set name = $1, zone = $2, weekly = $3::jsonb, exceptions = $4::jsonb, valid_from = $5::date,
     valid_to = $6::date, zone_version = h.zone_version + case when h.zone = $2 then 0 else 1 end
   where h.contact_hours_id = $7 returning ${ROW}`,
)

/** Undefined: there are none of this id. Names are unique (23505). */
export const replaceContactHours = async (db: Db, id: number, hours: NewContactHours) =>
  (await db.query<ContactHoursRow>(REPLACE, [...paramsOf(hours), id]))[0]

const LOCK = statement(
  'contactHours.lock',
  `select ${ROW} from contact_hours h where h.contact_hours_id = $1 for update of h`,
)

export const lockContactHours = async (tx: Db, id: number) => (await tx.query<ContactHoursRow>(LOCK, [id]))[0]

// Every write of a callback waits behind this wait: it gives up soon (55P03), and is tried again.
const LOCK_ZONE = statement(
  'contactHours.lockZone',
  `select set_config('lock_timeout', '300ms', true), pg_advisory_xact_lock(${LOCKS.zone}, $1::integer)`,
)

/** Before the zone is changed, first thing in the transaction: what was worked out with the old one is committed by then. */
export const lockZone = (tx: Db, id: number) => tx.query(LOCK_ZONE, [id])
