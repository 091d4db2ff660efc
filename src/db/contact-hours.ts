// Contact hours as set-up.

import type { ContactHours } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { type Sight, usableBy, visibleTo } from './sight.ts'
import { instantText, statement } from './statement.ts'

const ROW = `h.contact_hours_id, h.name, h.zone, h.zone_version, h.weekly, h.exceptions,
     h.valid_from::text, h.valid_to::text, h.team_id,
     (select teams.name from teams where teams.team_id = h.team_id) as team,
     (select json_build_object('moved', m.moved, 'begun_at', ${instantText('m.begun_at')},
        'finished_at', ${instantText('m.finished_at')})
      from callback_moves m where m.contact_hours_id = h.contact_hours_id) as callback_move`

export interface ContactHoursRow extends ContactHours {
  team_id: number
  team: string
  /** How far callbacks have followed the last change of the zone; null: it never changed. */
  callback_move: { moved: number; begun_at: string; finished_at: string | null } | null
}

const LIST = statement<Sight & { contact_hours_id: number | null }, ContactHoursRow>(
  'contactHours.list',
  `select ${ROW} from contact_hours h
   where ${usableBy('h.team_id')}
     and (:contact_hours_id::integer is null or h.contact_hours_id = :contact_hours_id)
   order by h.contact_hours_id`,
)

export const listContactHours = (db: Db, sight: Sight) => db.query(LIST, { ...sight, contact_hours_id: null })

export const contactHoursById = async (db: Db, sight: Sight, contact_hours_id: number) =>
  (await db.query(LIST, { ...sight, contact_hours_id }))[0]

export type ContactHoursSetUp = Omit<ContactHours, 'contact_hours_id' | 'zone_version'>

type ContactHoursParams = Omit<ContactHoursSetUp, 'weekly' | 'exceptions'> & {
  weekly: string | null
  exceptions: string
}

const paramsOf = (hours: ContactHoursSetUp): ContactHoursParams => ({
  ...hours,
  weekly: hours.weekly && JSON.stringify(hours.weekly),
  exceptions: JSON.stringify(hours.exceptions),
})

const CREATE = statement<ContactHoursParams & { team_id: number }, ContactHoursRow>(
  'contactHours.create',
  `insert into contact_hours as h (name, zone, weekly, exceptions, valid_from, valid_to, team_id)
   values (:name, :zone, :weekly::jsonb, :exceptions::jsonb, :valid_from::date, :valid_to::date, :team_id)
   returning ${ROW}`,
)

/** Names are unique (23505). */
export const createContactHours = async (db: Db, team_id: number, hours: ContactHoursSetUp) =>
  (await db.query(CREATE, { ...paramsOf(hours), team_id }))[0]!

const REPLACE = statement<Sight & ContactHoursParams & { contact_hours_id: number }, ContactHoursRow>(
  'contactHours.replace',
  `update contact_hours h set name = :name, zone = :zone, weekly = :weekly::jsonb,
     exceptions = :exceptions::jsonb, valid_from = :valid_from::date, valid_to = :valid_to::date,
     zone_version = h.zone_version + case when h.zone = :zone then 0 else 1 end
   where h.contact_hours_id = :contact_hours_id and ${visibleTo('h.team_id')}
   returning ${ROW}`,
)

/** Undefined: the caller's teams have none of this id. Names are unique (23505). */
export const replaceContactHours = async (
  db: Db,
  sight: Sight,
  contact_hours_id: number,
  hours: ContactHoursSetUp,
) => (await db.query(REPLACE, { ...sight, ...paramsOf(hours), contact_hours_id }))[0]

const LOCK = statement<Sight & { contact_hours_id: number }, ContactHoursRow>(
  'contactHours.lock',
  `select ${ROW} from contact_hours h
   where h.contact_hours_id = :contact_hours_id and ${visibleTo('h.team_id')} for update of h`,
)

export const lockContactHours = async (tx: Db, sight: Sight, contact_hours_id: number) =>
  (await tx.query(LOCK, { ...sight, contact_hours_id }))[0]

// While this waits, every write of a callback waits behind it, so it gives up soon (55P03) and is tried again.
const LOCK_ZONE = statement<{ contact_hours_id: number }>(
  'contactHours.lockZone',
  `select set_config('lock_timeout', '300ms', true),
     pg_advisory_xact_lock(${LOCKS.zone}, :contact_hours_id::integer)`,
)

/**
 * Comes first in the transaction that changes the zone, and waits until callbacks computed with the old zone are committed.
 */
export const lockZone = (tx: Db, contact_hours_id: number) => tx.query(LOCK_ZONE, { contact_hours_id })
