// Contact hours as set-up, and the callbacks whose instants follow from them.

import type { ContactHours } from '../core/rules.ts'
import { type Db, statement } from './pool.ts'
import { isUsable, type TeamIds } from './sight.ts'

const ROW = `h.contact_hours_id, h.name, h.zone, h.weekly, h.exceptions, h.valid_from::text, h.valid_to::text, h.team_id,
  (select g.name from teams g where g.team_id = h.team_id) as team`

export interface ContactHoursRow extends ContactHours {
  team_id: number
  team: string
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

export type NewContactHours = Omit<ContactHours, 'contact_hours_id'>

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
     valid_to = $6::date
   where h.contact_hours_id = $7 returning ${ROW}`,
)

/** Undefined: there are none of this id. Names are unique (23505). */
export const replaceContactHours = async (db: Db, id: number, hours: NewContactHours) =>
  (await db.query<ContactHoursRow>(REPLACE, [...paramsOf(hours), id]))[0]

const LOCK = statement(
  'contactHours.lock',
  `select ${ROW} from contact_hours h where h.contact_hours_id = $1 for update`,
)

export const lockContactHours = async (tx: Db, id: number) => (await tx.query<ContactHoursRow>(LOCK, [id]))[0]

/** Who has a callback in these contact hours stands in the queue: closed leads have none. One lateral per index. */
const CALLED_BACK = `
  select q.campaign_id, q.lead_number
  from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
    cross join lateral (
      select q.* from queue q where q.allocation_id = a.allocation_id and q.state = 'ready'
      union all select q.* from queue q where q.allocation_id = a.allocation_id and q.wake_at is not null
      union all select q.* from queue q
      where q.allocation_id = a.allocation_id and q.state = 'parked' and q.wake_at is null) q
  where q.due_at is not null
    and (q.contact_hours_id = $1 or (q.contact_hours_id = 0 and t.contact_hours_id = $1))`

const LOCALS = statement(
  'contactHours.callbacks',
  `select distinct to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as local
   from (${CALLED_BACK}) q cross join lateral (
     select l.callback_local from leads l where l.campaign_id = q.campaign_id and l.number = q.lead_number limit 1) l
   where l.callback_local is not null`,
)

/** The wall times of all callbacks that are agreed in these contact hours, each once. */
export const callbackTimes = async (db: Db, contact_hours_id: number) =>
  (await db.query<{ local: string }>(LOCALS, [contact_hours_id])).map(({ local }) => local)

// The version stays: what was agreed is the wall time. A lead that is leased or parked keeps its hold.
const MOVE = statement(
  'contactHours.moveCallbacks',
  `with m as materialized (select * from unnest($2::timestamp[], $3::timestamptz[]) as m (local, at)),
   k as materialized (
     select l.campaign_id, l.number, l.callback_local, l.callback_at
     from (select * from (${CALLED_BACK}) q order by q.campaign_id, q.lead_number) q cross join lateral (
       select * from leads l where l.campaign_id = q.campaign_id and l.number = q.lead_number limit 1 for update of l) l),
   moved as (
     update leads l set callback_at = m.at from k join m on m.local = k.callback_local
     where l.campaign_id = k.campaign_id and l.number = k.number and k.callback_at is distinct from m.at
     returning l.campaign_id, l.number, l.callback_at)
   update queue q set due_at = moved.callback_at,
     state = case when q.state in ('leased', 'parked') then q.state
       when moved.callback_at > $4::timestamptz or q.agent is not null then 'waiting' else 'ready' end,
     wake_at = case when q.state in ('leased', 'parked') then q.wake_at
       when moved.callback_at > $4 or q.agent is not null then moved.callback_at end
   from moved where q.campaign_id = moved.campaign_id and q.lead_number = moved.number
   returning q.lead_number`,
)

/** Gives callbacks of these wall times their instants; answers how many moved. */
export const moveCallbacks = async (
  db: Db,
  contact_hours_id: number,
  locals: string[],
  instants: string[],
  now: string,
) => (await db.query(MOVE, [contact_hours_id, locals, instants, now])).length
