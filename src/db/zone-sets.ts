// Zone sets in the queue that are worked out again: after the field that tells the zone, or the fields of numbers, of a
// template have changed, and after the tables of prefixes and post codes have. It takes a chunk of places at a time, in the
// order of their key, and commits how far it has come with each chunk.

import type { ZoneSet } from '../core/legal-zones.ts'
import type { MovedCallback } from './callback-moves.ts'
import type { Db } from './pool.ts'
import { dialable } from './queue.ts'
import { type None, statement, wallTimeText } from './statement.ts'

/** The name of a rewriting in the job queue. */
export const ZONES_TASK = 'rewrite_zones'

/** A job for each rewriting that is not finished; one that waits already is taken up at once. */
const queued = (rewrites: string) => `
   select graphile_worker.add_job('${ZONES_TASK}', json_build_object('template_id', r.template_id),
     job_key := '${ZONES_TASK}:' || r.template_id)
   from ${rewrites} r where r.finished_at is null`

interface OfTemplate {
  template_id: number
}

const BEGIN = statement<OfTemplate & { tables_version: number }>(
  'zoneSets.begin',
  `with begun as (
     insert into zone_rewrites (template_id, tables_version) values (:template_id, :tables_version)
     on conflict (template_id) do update
       set tables_version = :tables_version, campaign_id = 0, lead_number = 0, leads = 0, moved = 0,
         begun_at = now(), finished_at = null, is_upgrade = false
     returning template_id, finished_at)
   ${queued('begun')}`,
)

/** From the first place on, in the transaction that changes the template. */
export const beginZones = (tx: Db, template_id: number, tables_version: number) =>
  tx.query(BEGIN, { template_id, tables_version })

const RENEW = statement<{ tables_version: number }>(
  'zoneSets.renew',
  `insert into zone_rewrites (template_id, tables_version)
   select t.template_id, :tables_version from templates t
   where not exists (
     select from zone_rewrites r
     where r.template_id = t.template_id and r.tables_version >= :tables_version)
   on conflict (template_id) do update
     set tables_version = excluded.tables_version, campaign_id = 0, lead_number = 0, leads = 0, moved = 0,
       is_upgrade = zone_rewrites.is_upgrade and zone_rewrites.finished_at is null,
       begun_at = now(), finished_at = null`,
)

/** Begins the rewriting of the templates whose sets follow older tables; asked at every start. */
export const renewZones = (db: Db, tables_version: number) => db.query(RENEW, { tables_version })

const RESUME = statement<None>('zoneSets.resume', queued('zone_rewrites'))

/** Queues the rewritings that an ended process has left. */
export const resumeZones = (db: Db) => db.query(RESUME)

/** A place, in the order of which a rewriting goes. */
interface Place {
  campaign_id: number
  lead_number: number
}

const LOCK = statement<OfTemplate, Place>(
  'zoneSets.lock',
  `select campaign_id, lead_number from zone_rewrites
   where template_id = :template_id and finished_at is null for update skip locked`,
)

/** How far a rewriting has come; undefined: it is finished, or another process is at it. */
export const lockZones = async (tx: Db, template_id: number) => (await tx.query(LOCK, { template_id }))[0]

const CAMPAIGN = statement<OfTemplate & { after: number }, { campaign_id: number }>(
  'zoneSets.campaignAfter',
  `select campaign_id from campaigns
   where template_id = :template_id and campaign_id > :after order by campaign_id limit 1`,
)

export const nextCampaign = async (tx: Db, template_id: number, after: number) =>
  (await tx.query(CAMPAIGN, { template_id, after }))[0]?.campaign_id

/** Places that one chunk looks at: few enough that whoever wants one of them waits for milliseconds. */
const CHUNK = 500

interface NextPlace {
  lead_number: number
  /** False: somebody is writing it. */
  is_locked: boolean
}

const LOCK_NEXT = statement<Place, NextPlace>(
  'zoneSets.lockNext',
  `with coming as materialized (
     select q.lead_number from queue q
     where q.campaign_id = :campaign_id and q.lead_number > :lead_number
     order by q.lead_number limit ${CHUNK})
   select c.lead_number, q.lead_number is not null as is_locked
   from coming c left join lateral (
     select q.lead_number from queue q
     where q.campaign_id = :campaign_id and q.lead_number = c.lead_number limit 1
     for update of q skip locked) q on true
   order by c.lead_number`,
)

/** The places behind one, of its campaign, in their order. Whoever changes a lead writes its place last. */
export const lockNextPlaces = (tx: Db, { campaign_id, lead_number }: Place) =>
  tx.query(LOCK_NEXT, { campaign_id, lead_number })

interface PlacesOf {
  campaign_id: number
  lead_numbers: number[]
}

const LOCK_THESE = statement<PlacesOf>(
  'zoneSets.lockThese',
  `select from (select u.n from unnest(:lead_numbers::bigint[]) as u (n) order by u.n) lead
     cross join lateral (
       select from queue q
       where q.campaign_id = :campaign_id and q.lead_number = lead.n limit 1 for update of q) q`,
)

export const lockPlaces = (tx: Db, campaign_id: number, lead_numbers: number[]) =>
  tx.query(LOCK_THESE, { campaign_id, lead_numbers })

/** What tells the zone set of a place, and the clock of its contact hours. */
export interface ZoneFacts {
  lead_number: number
  zone_set: ZoneSet
  /** Of the zone field; null: the lead has none, or the template. */
  text: string | null
  /** Those that are dialled, of fields that are not retired. */
  phones: number[]
  hours_zone: string
  /** Of contact hours that are local to the lead; null: there is none. */
  callback: Omit<MovedCallback, 'campaign_id' | 'lead_number' | 'at'> | null
}

const FACTS = statement<PlacesOf, ZoneFacts>(
  'zoneSets.facts',
  `with template as materialized (
     select t.contact_hours_id, f.name as zone_field, array(
       select p.name from fields p
       where p.template_id = t.template_id and p.kind = 'phone' and p.retired_at is null) as phone_fields
     from campaigns c join templates t using (template_id)
       left join fields f on f.template_id = t.template_id and f.name = t.zone_field
         and f.retired_at is null
     where c.campaign_id = :campaign_id)
   select q.lead_number, q.zone_set, l.fields ->> t.zone_field as text, array(
     select p.phone from lead_phones p
     where p.campaign_id = q.campaign_id and p.lead_number = q.lead_number and ${dialable('p')}
       and p.phone is not null and p.field = any (t.phone_fields)) as phones, h.zone as hours_zone,
     case when h.local_to_lead and l.callback_local is not null then json_build_object(
       'version', l.version, 'local', ${wallTimeText('l.callback_local')}, 'callback_zone', l.callback_zone,
       'own_hours_id', l.contact_hours_id, 'hours_id', h.contact_hours_id,
       'zone_version', h.zone_version) end as callback
   from template t cross join unnest(:lead_numbers::bigint[]) as u (n) cross join lateral (
       select q.* from queue q
       where q.campaign_id = :campaign_id and q.lead_number = u.n limit 1) q
     cross join lateral (
       select l.version, l.fields, l.callback_local, l.callback_zone, l.contact_hours_id from leads l
       where l.campaign_id = :campaign_id and l.number = u.n limit 1) l
     join contact_hours h
       on h.contact_hours_id = coalesce(nullif(q.contact_hours_id, 0), t.contact_hours_id)`,
)

/** Of locked places, as their leads are now. */
export const zoneFacts = (tx: Db, campaign_id: number, lead_numbers: number[]) =>
  tx.query(FACTS, { campaign_id, lead_numbers })

const WRITE = statement<PlacesOf & { zone_sets: ZoneSet[] }>(
  'zoneSets.write',
  `update queue q set zone_set = u.zone_set
   from unnest(:lead_numbers::bigint[], :zone_sets::integer[]) as u (lead_number, zone_set)
   where q.campaign_id = :campaign_id and q.lead_number = u.lead_number`,
)

export const writeZoneSets = (
  tx: Db,
  campaign_id: number,
  rows: readonly Pick<ZoneFacts, 'lead_number' | 'zone_set'>[],
) =>
  tx.query(WRITE, {
    campaign_id,
    lead_numbers: rows.map(({ lead_number }) => lead_number),
    zone_sets: rows.map(({ zone_set }) => zone_set),
  })

const ADVANCE = statement<OfTemplate & Place & { leads: number; moved: number }>(
  'zoneSets.advance',
  `update zone_rewrites set campaign_id = :campaign_id, lead_number = :lead_number, leads = leads + :leads,
     moved = moved + :moved
   where template_id = :template_id`,
)

export const advanceZones = (
  tx: Db,
  template_id: number,
  { campaign_id, lead_number }: Place,
  done: { leads: number; moved: number },
) => tx.query(ADVANCE, { template_id, campaign_id, lead_number, ...done })

const FINISH = statement<OfTemplate, { is_upgrade: boolean }>(
  'zoneSets.finish',
  `update zone_rewrites set finished_at = now() where template_id = :template_id returning is_upgrade`,
)

export const finishZones = async (tx: Db, template_id: number) =>
  (await tx.query(FINISH, { template_id }))[0]!

export interface ZoneUpgrade {
  /** Open leads that are looked at, and those that have another clock now than that of their contact hours. */
  leads: number
  moved: number
  /** Templates whose leads are not all looked at yet. */
  unfinished: number
}

const UPGRADE = statement<None, ZoneUpgrade>(
  'zoneSets.upgrade',
  `select coalesce(sum(leads), 0)::bigint as leads, coalesce(sum(moved), 0)::bigint as moved,
     (count(*) filter (where finished_at is null))::integer as unfinished
   from zone_rewrites where is_upgrade`,
)

/** What the upgrade to zone sets does to the leads that were there. */
export const zoneUpgrade = async (db: Db) => (await db.query(UPGRADE))[0]!
