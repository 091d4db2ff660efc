// Reading leads: their state for intake, and what the API shows.

import { type Attributes, NO_ATTRIBUTES } from '../core/attributes.ts'
import type { GroupClass, LeadEvent, Take } from '../core/conflict.ts'
import type { LeadState, LeadVersion, PhoneState } from '../core/lead.ts'
import { dialledPhone, formatPhone } from '../core/phone.ts'
import { canonicalNumber } from '../core/phone-forms.ts'
import type { DncList } from '../core/result.ts'
import type { Warning } from '../core/warnings.ts'
import { actorName } from './actors.ts'
import { blockingEntry } from './dnc.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** How a request names a lead: by its number, or by its external id. */
export interface LeadKey {
  campaign_id: number
  number: number | null
  external_id: string | null
}

/** SQL for the attributes of a lead in a row `l`, where they are not the column of their name; `h`: its own contact hours. */
const PROPERTIES: Partial<Record<keyof Attributes, string>> = {
  callback_local: `to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as callback_local`,
  contact_hours: 'h.name as contact_hours',
  closed: 'l.closed_at is not null as closed',
}
const ATTRIBUTES = (Object.keys(NO_ATTRIBUTES) as (keyof Attributes)[]).map(
  (property) => PROPERTIES[property] ?? `l.${property}`,
)

/** SQL: the contact hours in a row `h`, which may be absent. */
export const OWN_HOURS = `case when h.contact_hours_id is not null then json_build_object(
    'contact_hours_id', h.contact_hours_id, 'name', h.name, 'zone', h.zone, 'zone_version', h.zone_version)
  end as own_hours`

const STATE = `l.campaign_id, l.number, l.version, l.fields, l.unmapped,
  ${ATTRIBUTES.join(', ')},
  ${OWN_HOURS}, l.calls,
  case when l.calls > 0 then (
    select json_object_agg(a.disposition, a.attempts) from attempts a
    where a.campaign_id = l.campaign_id and a.lead_number = l.number) end as attempts`

const PHONES = `(
  select coalesce(json_agg(json_build_object('field', p.field, 'phone', p.phone, 'state', p.state) order by p.field), '[]')
  from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number) as phones`

const FIND = statement(
  'leads.find',
  `with r as materialized (
     select * from json_to_recordset($1::json) as r (i integer, campaign_id integer, number bigint, external_id text)),
   k as materialized (
     select r.i, r.campaign_id, l.number from r cross join lateral (
       select l.number from leads l where l.campaign_id = r.campaign_id and l.external_id = r.external_id limit 1) l
     where r.number is null
     union all
     select r.i, r.campaign_id, r.number from r where r.number is not null)
   select k.i, ${STATE}, ${PHONES}
   from k cross join lateral (
     select * from leads l where l.campaign_id = k.campaign_id and l.number = k.number and l.forgotten_at is null limit 1) l
     left join contact_hours h on h.contact_hours_id = l.contact_hours_id`,
)

/** The leads that these keys name, in order; undefined where there is none. */
export async function findLeads(db: Db, keys: readonly LeadKey[]): Promise<(LeadState | undefined)[]> {
  const found: (LeadState | undefined)[] = new Array(keys.length).fill(undefined)
  for (const { i, ...lead } of await db.query<LeadState & { i: number }>(FIND, [
    JSON.stringify(keys.map((key, i) => ({ i, ...key }))),
  ]))
    found[i] = inOneForm(lead)
  return found
}

/** A row that is not rewritten yet has its number in the other form (number-forms.ts); nobody above needs to know. */
function inOneForm(lead: LeadState): LeadState {
  if (lead.phones.every(({ phone }) => phone === null || canonicalNumber(phone) === phone)) return lead
  const phones = lead.phones.map((row) => ({ ...row, phone: row.phone && canonicalNumber(row.phone) }))
  return { ...lead, phones }
}

const CAMPAIGNS_OF_EXTERNAL_ID = statement(
  'leads.campaignsOfExternalId',
  `select c.campaign_id from campaigns c join templates t using (template_id)
     cross join lateral (
       select from leads l where l.campaign_id = c.campaign_id and l.external_id = $1 limit 1) l
   where $2::integer[] is null or t.team_id = any ($2) limit 2`,
)

/** Up to two campaigns that may be seen and have a lead of this external id: one is an answer, two are not. */
export const campaignsOfExternalId = async (db: Db, external_id: string, team_ids: number[] | null) =>
  (await db.query<{ campaign_id: number }>(CAMPAIGNS_OF_EXTERNAL_ID, [external_id, team_ids])).map(
    ({ campaign_id }) => campaign_id,
  )

/** A lead as the API shows it. */
export interface LeadView {
  id: string
  campaign_id: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: { field: string; number: string | null; state: PhoneState; blocked_by?: DncList }[]
  disposition: string | null
  callback: { local: string; zone: string; at: string } | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  client_approved: boolean
  closed: boolean
  /** Held updates that wait for a person. */
  open_conflicts: number
  source: string | null
  created_way: string
  created_by: string
  created_at: string
  updated_at: string
}

const VIEW = statement(
  'leads.view',
  `select l.number, l.calls, t.region, l.campaign_id || '-' || l.number as id, l.campaign_id, l.allocation_id, l.external_id, l.version, l.fields,
     l.unmapped, (
       select coalesce(json_agg(json_strip_nulls(json_build_object('field', p.field, 'number', '+' || p.phone,
         'state', p.state, 'blocked_by', b.list)) order by p.field), '[]')
       from lead_phones p left join lateral (${blockingEntry('p.campaign_id', 'p.phone', clock('$4'))}) b on true
       where p.campaign_id = l.campaign_id and p.lead_number = l.number) as phones,
     l.disposition,
     case when l.callback_at is not null then json_build_object(
       'local', to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS'), 'zone', h.zone,
       'at', to_char(l.callback_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) end as callback,
     l.callback_agent, l.priority, h.name as contact_hours, l.client_approved, l.closed_at is not null as closed,
     (select count(*) from held_updates u
       where u.campaign_id = l.campaign_id and u.lead_number = l.number and u.state = 'open' and u.expires_at > now()) as open_conflicts,
     l.source, l.created_way, l.created_by, l.created_at, l.updated_at
   from unnest($1::integer[], $2::bigint[]) as u (campaign_id, number)
     cross join lateral (
       select * from leads l
       where l.campaign_id = u.campaign_id and l.number = u.number and l.forgotten_at is null limit 1) l
     join campaigns c on c.campaign_id = l.campaign_id join templates t using (template_id)
     join contact_hours h on h.contact_hours_id = coalesce(l.contact_hours_id, t.contact_hours_id)
   where $3::integer[] is null or t.team_id = any ($3)`,
)

/** With what is not shown. */
export type Viewed = LeadView & { number: number; calls: number }
type ViewRow = Viewed & { region: string }

/** Numbers that have two forms are shown as they are dialled. */
function viewedOf({ region, ...lead }: ViewRow): Viewed {
  for (const phone of lead.phones)
    if (phone.number)
      phone.number = formatPhone(
        dialledPhone(Number(phone.number.slice(1)), lead.fields[phone.field], region),
      )
  return lead
}

export const shownOf = ({ number: _, calls: __, ...lead }: Viewed): LeadView => lead

/** The leads of a campaign that these numbers name, as far as there are any that may be seen; in no order. */
export const viewLeads = async (
  db: Db,
  campaign_id: number,
  numbers: number[],
  team_ids: number[] | null,
): Promise<Viewed[]> =>
  (await db.query<ViewRow>(VIEW, [numbers.map(() => campaign_id), numbers, team_ids, db.now])).map(viewedOf)

/** These leads, in their order, as far as they are there still. */
export async function viewFound(
  db: Db,
  found: readonly { campaign_id: number; number: number }[],
  team_ids: number[] | null,
): Promise<LeadView[]> {
  const keys = [found.map(({ campaign_id }) => campaign_id), found.map(({ number }) => number)]
  const rows = await db.query<ViewRow>(VIEW, [...keys, team_ids, db.now])
  const leads = new Map(rows.map((row) => [row.id, shownOf(viewedOf(row))]))
  return found.flatMap(({ campaign_id, number }) => leads.get(`${campaign_id}-${number}`) ?? [])
}

/** Undefined: no such lead that may be seen. */
export const viewLead = async (db: Db, campaign_id: number, number: number, team_ids: number[] | null) =>
  (await viewLeads(db, campaign_id, [number], team_ids))[0]

export interface EventRow extends LeadEvent {
  /** Null for the insert. */
  changes: Record<string, [unknown, unknown]> | null
  /** Values that were not kept exactly as sent. */
  warnings: Warning[]
  /** A person's decisions; null: none were needed. */
  merge: {
    base_version: number
    lead_version: number
    classes: Record<string, GroupClass>
    decisions: Record<string, { take: Take; reason: string | null }>
  } | null
}

const HISTORY = statement(
  'events.ofLead',
  `select e.version, e.at, e.actor, ${actorName('e.actor')} as actor_name, e.way, e.request_id, e.changes,
     coalesce(e.warnings, '[]') as warnings, m.merge
   from events e left join lateral (
     select json_build_object('base_version', a.details -> 'base_version', 'lead_version', a.details -> 'lead_version',
       'classes', a.details -> 'classes', 'decisions', a.details -> 'decisions') as merge
     from audit_log a
     where a.subject = 'lead:' || e.campaign_id || '-' || e.lead_number and a.action = 'lead.merge'
       and a.details -> 'version' = to_jsonb(e.version) and a.details ? 'decisions') m on true
   where e.campaign_id = $1 and e.lead_number = $2 and e.version > $3::bigint order by e.version limit $4`,
)

/** The events of a lead after a version, oldest first. */
export const eventsOf = (db: Db, campaign_id: number, number: number, after: number, rows_max: number) =>
  db.query<EventRow>(HISTORY, [campaign_id, number, after, rows_max])

const CHANGES = statement(
  'events.since',
  `select r.i, e.version, e.changes
   from json_to_recordset($1::json) as r (i integer, campaign_id integer, number bigint, version integer)
     cross join lateral (
       select e.version, e.changes from events e
       where e.campaign_id = r.campaign_id and e.lead_number = r.number and e.version > r.version offset 0) e
   order by r.i, e.version`,
)

/** For each lead its changes since then, the newest last. */
export async function changesSince(db: Db, leads: readonly LeadVersion[]) {
  const changes: Pick<EventRow, 'version' | 'changes'>[][] = leads.map(() => [])
  const rows = await db.query<Pick<EventRow, 'version' | 'changes'> & { i: number }>(CHANGES, [
    JSON.stringify(leads.map(({ campaign_id, number, version }, i) => ({ i, campaign_id, number, version }))),
  ])
  for (const { i, ...row } of rows) changes[i]!.push(row)
  return changes
}

const OF_REQUEST = statement(
  'calls.ofRequest',
  `select exists (
     select from call_records r
     where r.campaign_id = $1 and r.lead_number = $2 and r.actor = $3 and r.request_digest = $4) as there`,
)

/** Whether a request of this actor and digest has given the lead its outcome already. */
export const hasCallOfRequest = async (
  db: Db,
  { campaign_id, number }: { campaign_id: number; number: number },
  actor: string,
  request_digest: string,
) => (await db.query<{ there: boolean }>(OF_REQUEST, [campaign_id, number, actor, request_digest]))[0]!.there
