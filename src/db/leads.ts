// Reads leads: their state for intake, and as the API shows them.

import { type Attributes, NO_ATTRIBUTES } from '../core/attributes.ts'
import type { GroupClass, Take } from '../core/conflict.ts'
import type { LeadEvent, PathsEvent } from '../core/conflict-document.ts'
import { type LeadKey, type LeadState, type LeadVersion, leadId, type PhoneState } from '../core/lead.ts'
import type { Scalar } from '../core/merge.ts'
import { dialledPhone, formatPhone } from '../core/phone.ts'
import { canonicalNumber } from '../core/phone-forms.ts'
import type { Warning } from '../core/warnings.ts'
import type { CallBlock } from '../core/wash.ts'
import { actorName } from './actors.ts'
import { type Arrays, arraysOf, fromArrays } from './arrays.ts'
import { blockingEntry } from './dnc.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { instantText, statement, wallTimeText } from './statement.ts'
import { blockingCall, JUDGED_BY_WASH } from './wash-judge.ts'

/** How a request names a lead: by its number, or by its external id. */
export interface NamedLead {
  campaign_id: number
  number: number | null
  external_id: string | null
}

/** SQL: the attributes of a lead in a row `l`; `callback`: the agreed one. `h`: contact hours. */
const attributes = (callback: string) => {
  const expressions: Partial<Record<keyof Attributes, string>> = {
    callback_local: callback,
    contact_hours: 'h.name as contact_hours',
    closed: 'l.closed_at is not null as closed',
  }
  const properties = Object.keys(NO_ATTRIBUTES) as (keyof Attributes)[]
  return properties.map((property) => expressions[property] ?? `l.${property}`).join(', ')
}

const LOCAL = wallTimeText('l.callback_local')

/** SQL: the contact hours in a row `h`, which may be absent. */
export const OWN_HOURS = `case when h.contact_hours_id is not null then json_build_object(
    'contact_hours_id', h.contact_hours_id, 'name', h.name, 'zone', h.zone,
    'local_to_lead', h.local_to_lead, 'zone_version', h.zone_version)
  end as own_hours`

const STATE = `l.campaign_id, l.number, l.version, l.fields, l.unmapped,
  ${attributes(`${LOCAL} as callback_local`)},
  ${OWN_HOURS}, l.calls,
  coalesce(l.attempts, case when l.calls > 0 then (
    select jsonb_object_agg(a.disposition, a.attempts) from attempts a
    where a.campaign_id = l.campaign_id and a.lead_number = l.number) end) as attempts`

const PHONES = `(
  select coalesce(json_agg(
    json_build_object('field', p.field, 'phone', p.phone, 'state', p.state) order by p.field), '[]')
  from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number) as phones`

const KEY_COLUMNS = { i: 'integer', campaign_id: 'integer', number: 'bigint', external_id: 'text' }

const FIND = statement<Arrays, LeadState & { i: number }>(
  'leads.find',
  `select k.i, ${STATE}, ${PHONES}
   from ${fromArrays('k', KEY_COLUMNS)}
     cross join lateral (
       select * from leads l
       where k.number is null and l.campaign_id = k.campaign_id and l.external_id = k.external_id
         and l.forgotten_at is null
       union all
       select * from leads l
       where l.campaign_id = k.campaign_id and l.number = k.number and l.forgotten_at is null
       limit 1) l
     left join contact_hours h on h.contact_hours_id = l.contact_hours_id`,
)

/** The leads that these keys name, in order; undefined where there is none. */
export async function findLeads(db: Db, keys: readonly NamedLead[]): Promise<(LeadState | undefined)[]> {
  const found: (LeadState | undefined)[] = new Array(keys.length).fill(undefined)
  const numbered = keys.map((key, i) => ({ i, ...key }))
  const rows = await db.query(FIND, arraysOf('k', KEY_COLUMNS, numbered))
  for (const { i, ...lead } of rows) found[i] = inOneForm(lead)
  return found
}

/** A row that is not rewritten yet has its number in the other form (number-forms.ts); nobody above needs to know. */
function inOneForm(lead: LeadState): LeadState {
  if (lead.phones.every(({ phone }) => phone === null || canonicalNumber(phone) === phone)) return lead
  const phones = lead.phones.map((row) => ({ ...row, phone: row.phone && canonicalNumber(row.phone) }))
  return { ...lead, phones }
}

type Teams = Pick<Sight, 'team_ids'>

const CAMPAIGNS_OF_EXTERNAL_ID = statement<Teams & { external_id: string }, { campaign_id: number }>(
  'leads.campaignsOfExternalId',
  `select c.campaign_id from campaigns c join templates t using (template_id)
     cross join lateral (
       select from leads l where l.campaign_id = c.campaign_id and l.external_id = :external_id limit 1) l
   where ${visibleTo('t.team_id')} limit 2`,
)

/** Up to two campaigns that may be seen and have a lead of this external id: one is an answer, two are not. */
export const campaignsOfExternalId = async (db: Db, external_id: string, { team_ids }: Teams) =>
  (await db.query(CAMPAIGNS_OF_EXTERNAL_ID, { team_ids, external_id })).map(({ campaign_id }) => campaign_id)

/** A lead as the API shows it. */
export interface LeadView extends Omit<Attributes, 'callback_local' | 'contact_hours'> {
  id: string
  campaign_id: number
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: { field: string; number?: string; state: PhoneState; blocked_by?: CallBlock }[]
  callback: { local: string; zone: string; at: string } | null
  /** Those that count: the lead's own, else the template's. */
  contact_hours: string
  /** Held updates that wait for a person. */
  open_conflicts: number
  created_way: string
  created_by: string
  created_at: string
  updated_at: string
}

const CALLBACK = `case when l.callback_at is not null then json_build_object(
       'local', ${LOCAL}, 'zone', coalesce(l.callback_zone, h.zone),
       'at', ${instantText('l.callback_at')}) end as callback`

/** By what numbers are blocked; 'lists': where no wash is needed. */
export type NumberJudge = 'lists' | 'lists and wash'

const BLOCKING = { lists: blockingEntry, 'lists and wash': blockingCall }

interface Showing {
  /** More columns. */
  also?: string
  judged_by?: NumberJudge
}

/** SQL: a query of the leads, as the API shows them, that the rows `asked` (campaign_id, number) of a from clause name. */
export const shownLeads = (asked: string, { also = '', judged_by = 'lists and wash' }: Showing = {}) => `
   select ${also}l.number, l.calls, t.region, l.campaign_id || '-' || l.number as id, l.campaign_id,
     l.version, l.fields, l.unmapped, (
       select coalesce(json_agg(json_strip_nulls(json_build_object('field', p.field, 'number', '+' || p.phone,
         'state', p.state, 'blocked_by', blocking.list)) order by p.field), '[]')
       from lead_phones p
         left join lateral (${BLOCKING[judged_by]('p.campaign_id', 'p.phone')}) blocking on true
       where p.campaign_id = l.campaign_id and p.lead_number = l.number) as phones,
     ${attributes(CALLBACK)}, (
       select count(*) from held_updates u
       where u.campaign_id = l.campaign_id and u.lead_number = l.number and u.state = 'open'
         and u.expires_at > now()) as open_conflicts,
     l.created_way, l.created_by, l.created_at, l.updated_at
   from ${asked}
     cross join lateral (
       select * from leads l
       where l.campaign_id = asked.campaign_id and l.number = asked.number
         and l.forgotten_at is null limit 1) l
     ${judged_by === 'lists' ? '' : JUDGED_BY_WASH}
     join campaigns c on c.campaign_id = l.campaign_id join templates t using (template_id)
     join contact_hours h on h.contact_hours_id = coalesce(l.contact_hours_id, t.contact_hours_id)`

const VIEW = statement<Teams & { campaign_ids: number[]; numbers: number[] }, ViewRow>(
  'leads.view',
  `${shownLeads('unnest(:campaign_ids::integer[], :numbers::bigint[]) as asked (campaign_id, number)')}
   where ${visibleTo('t.team_id')}`,
)

/** With values that are not shown. */
export type Viewed = LeadView & { number: number; calls: number }
export type ViewRow = Viewed & { region: string }

/** Numbers that have two forms are shown as they are dialled. */
export function showDialled({ region, fields, phones }: ViewRow): void {
  for (const phone of phones)
    if (phone.number)
      phone.number = formatPhone(dialledPhone(Number(phone.number.slice(1)), fields[phone.field], region))
}

/** A row as it is shown. */
export function viewedOf(row: ViewRow): Viewed {
  showDialled(row)
  const { region: _, ...lead } = row
  return lead
}

export const shownOf = ({ number: _, calls: __, ...lead }: Viewed): LeadView => lead

/** The leads that these keys name, as far as there are any that may be seen; in no order. */
export const viewLeads = async (
  db: Db,
  leads: readonly LeadKey[],
  { team_ids }: Teams,
): Promise<Viewed[]> => {
  const campaign_ids = leads.map(({ campaign_id }) => campaign_id)
  const numbers = leads.map(({ number }) => number)
  return (await db.query(VIEW, { team_ids, campaign_ids, numbers })).map(viewedOf)
}

/** These leads, in their order, as far as they are there still. */
export async function viewFound(db: Db, found: readonly LeadKey[], sight: Teams): Promise<LeadView[]> {
  const leads = new Map((await viewLeads(db, found, sight)).map((lead) => [lead.id, shownOf(lead)]))
  return found.flatMap(({ campaign_id, number }) => leads.get(leadId(campaign_id, number)) ?? [])
}

/** Undefined: no such lead that may be seen. */
export const viewLead = async (db: Db, lead: LeadKey, sight: Teams) => (await viewLeads(db, [lead], sight))[0]

interface EventRow extends LeadEvent {
  /** Null for the insert. */
  changes: Record<string, [Scalar, Scalar]> | null
  /** Values that were not kept exactly as sent. */
  warnings: Warning[]
  /** A person's decisions, as the audit log has them; null: none were needed. */
  merge: {
    base_version: number
    lead_version: number
    classes: Record<string, GroupClass>
    decisions: Record<string, { take: Take; reason: string | null }>
  } | null
  /** The version that this one undid. */
  reverts: number | null
  /** The decision whose values it gave back, and which of them. */
  restores: { merge_id: number; group: string; side: 'base' | 'mine' | 'theirs' } | null
}

const HISTORY = statement<LeadKey & PageBounds, EventRow>(
  'events.ofLead',
  `select e.version, e.at, e.actor, ${actorName('e.actor')} as actor_name, e.way, e.request_id, e.changes,
     coalesce(e.warnings, '[]') as warnings, merged.merge, (
       select (a.details -> 'reverted')::integer from audit_log a
       where a.subject = 'lead:' || e.campaign_id || '-' || e.lead_number and a.action = 'lead.revert'
         and a.details -> 'version' = to_jsonb(e.version)) as reverts, (
       select a.details - 'version' from audit_log a
       where a.subject = 'lead:' || e.campaign_id || '-' || e.lead_number and a.action = 'lead.restore'
         and a.details -> 'version' = to_jsonb(e.version)) as restores
   from events e left join lateral (
     select json_build_object('base_version', a.details -> 'base_version',
       'lead_version', a.details -> 'lead_version', 'classes', a.details -> 'classes',
       'decisions', a.details -> 'decisions') as merge
     from audit_log a
     where a.subject = 'lead:' || e.campaign_id || '-' || e.lead_number and a.action = 'lead.merge'
       and a.details -> 'version' = to_jsonb(e.version) and a.details ? 'decisions') merged on true
   where e.campaign_id = :campaign_id and e.lead_number = :number and e.version > :after::bigint
   order by e.version limit :rows_max`,
)

/** The events of a lead after a version, oldest first. */
export const eventsOf = (db: Db, { campaign_id, number }: LeadKey, { after, rows_max }: PageBounds) =>
  db.query(HISTORY, { campaign_id, number, after, rows_max })

/** The event that made a version of a lead. */
export const eventOf = async (db: Db, lead: LeadKey, version: number) =>
  (await eventsOf(db, lead, { after: version - 1, rows_max: 1 }))[0]

const PATHS = statement<LeadKey, PathsEvent>(
  'events.paths',
  `select e.version, e.at, e.actor, ${actorName('e.actor')} as actor_name, e.way, e.request_id,
     case when e.changes is not null then array(select jsonb_object_keys(e.changes)) end as paths
   from events e where e.campaign_id = :campaign_id and e.lead_number = :number order by e.version`,
)

/** All changes of a lead with the paths that they changed, the oldest first. */
export const pathsOfEvents = (db: Db, { campaign_id, number }: LeadKey) =>
  db.query(PATHS, { campaign_id, number })

type Changes = Pick<EventRow, 'version' | 'changes'>

const CHANGES = statement<{ leads: string }, Changes & { i: number }>(
  'events.since',
  `select lead.i, e.version, e.changes
   from json_to_recordset(:leads::json)
       as lead (i integer, campaign_id integer, number bigint, version integer)
     cross join lateral (
       select e.version, e.changes from events e
       where e.campaign_id = lead.campaign_id and e.lead_number = lead.number and e.version > lead.version
       offset 0) e
   order by lead.i, e.version`,
)

/** For each lead its changes since then, the newest last. */
export async function changesSince(db: Db, leads: readonly LeadVersion[]): Promise<Changes[][]> {
  const changes: Changes[][] = leads.map(() => [])
  const known = leads.map(({ campaign_id, number, version }, i) => ({ i, campaign_id, number, version }))
  for (const { i, ...row } of await db.query(CHANGES, { leads: JSON.stringify(known) })) changes[i]!.push(row)
  return changes
}

const OF_REQUEST = statement<LeadKey & { actor: string; request_digest: string }, { there: boolean }>(
  'calls.ofRequest',
  `select exists (
     select from call_records r
     where r.campaign_id = :campaign_id and r.lead_number = :number and r.actor = :actor
       and r.request_digest = :request_digest) as there`,
)

/** Whether a request of this actor and digest has given the lead its outcome already. */
export const hasCallOfRequest = async (
  db: Db,
  { campaign_id, number }: LeadKey,
  actor: string,
  request_digest: string,
) => (await db.query(OF_REQUEST, { campaign_id, number, actor, request_digest }))[0]!.there
