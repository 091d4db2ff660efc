// Contact hours as set-up.

import type { ContactHours } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { type Sight, usableBy, visibleTo } from './sight.ts'
import { instantText, statement } from './statement.ts'

const ROW = `h.contact_hours_id, h.name, h.zone, h.local_to_lead, h.zone_version, h.version,
     h.weekly, h.exceptions, h.valid_from::text, h.valid_to::text, h.team_id,
     (select teams.name from teams where teams.team_id = h.team_id) as team,
     (select json_build_object('moved', m.moved, 'begun_at', ${instantText('m.begun_at')},
        'finished_at', ${instantText('m.finished_at')})
      from callback_moves m where m.contact_hours_id = h.contact_hours_id) as callback_move`

export interface ContactHoursRow extends ContactHours {
  team_id: number
  team: string
  version: number
  /** How far callbacks have followed the last change of the clock; null: it never changed. */
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
  `insert into contact_hours as h (
     name, zone, local_to_lead, weekly, exceptions, valid_from, valid_to, team_id)
   values (:name, :zone, :local_to_lead, :weekly::jsonb, :exceptions::jsonb, :valid_from::date,
     :valid_to::date, :team_id)
   returning ${ROW}`,
)

/** Names are unique (23505). */
export const createContactHours = async (db: Db, team_id: number, hours: ContactHoursSetUp) =>
  (await db.query(CREATE, { ...paramsOf(hours), team_id }))[0]!

const REPLACE = statement<Sight & ContactHoursParams & { contact_hours_id: number }, ContactHoursRow>(
  'contactHours.replace',
  `update contact_hours h set name = :name, zone = :zone, local_to_lead = :local_to_lead,
     weekly = :weekly::jsonb, exceptions = :exceptions::jsonb,
     valid_from = :valid_from::date, valid_to = :valid_to::date,
     version = h.version + 1,
     zone_version = h.zone_version + case
       when h.zone = :zone and h.local_to_lead = :local_to_lead then 0 else 1 end
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
 * Comes first in the transaction that changes the zone, or deletes the contact hours. Waits until callbacks computed with
 * the old zone, and leads that were given these contact hours, are committed.
 */
export const lockZone = (tx: Db, contact_hours_id: number) => tx.query(LOCK_ZONE, { contact_hours_id })

const LEADS = statement<{ contact_hours_id: number }, { leads: number }>(
  'contactHours.leads',
  `select count(*)::integer as leads
   from campaigns c join templates t using (template_id) cross join lateral (
     select l.contact_hours_id from leads l
     where l.campaign_id = c.campaign_id and l.forgotten_at is null offset 0) l
   where coalesce(l.contact_hours_id, t.contact_hours_id) = :contact_hours_id`,
)

/** How many leads have these contact hours, of their own or by their template. */
export const leadsOfContactHours = async (db: Db, contact_hours_id: number) =>
  (await db.query(LEADS, { contact_hours_id }))[0]!.leads

const HOLDERS = statement<{ contact_hours_id: number; name: string }, { templates: number; held: number }>(
  'contactHours.holders',
  `select
     (select count(*) from templates where contact_hours_id = :contact_hours_id)::integer as templates,
     (select count(*) from campaigns c cross join lateral (
        select from held_updates u
        where u.campaign_id = c.campaign_id and u.state = 'open' and u.incoming ->> 'contact_hours' = :name
        offset 0) u)::integer as held`,
)

/** How many templates have these contact hours, and how many open held updates would give them to a lead. */
export const holdersOfContactHours = async (
  db: Db,
  { contact_hours_id, name }: Pick<ContactHoursRow, 'contact_hours_id' | 'name'>,
) => (await db.query(HOLDERS, { contact_hours_id, name }))[0]!

const REMOVE = statement<{ contact_hours_id: number }>(
  'contactHours.remove',
  `with moves as (delete from callback_moves where contact_hours_id = :contact_hours_id)
   delete from contact_hours where contact_hours_id = :contact_hours_id`,
)

/** Of locked contact hours. A template that has them refuses it (23503). */
export const removeContactHours = (tx: Db, contact_hours_id: number) => tx.query(REMOVE, { contact_hours_id })
const LEAVE = statement<{ contact_hours_id: number }>(
  'contactHours.leave',
  'update contact_hours set zone_version = zone_version + 1 where contact_hours_id = :contact_hours_id',
)

/**
 * For a template that gets other contact hours, under `lockZone`: whoever worked out a callback in these reads the rules
 * again.
 */
export const leaveContactHours = (tx: Db, contact_hours_id: number) => tx.query(LEAVE, { contact_hours_id })
