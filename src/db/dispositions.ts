// Disposition sets as set-up.

import type { Disposition } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { type Sight, usableBy, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export type SetUpDisposition = Disposition & { disposition_id: number; built_in: boolean }

export interface DispositionSetRow {
  disposition_set_id: number
  name: string
  team_id: number
  team: string
  /** Counts changes of its dispositions, and of their actions, too. */
  version: number
  dispositions: SetUpDisposition[]
  /** The templates with this set that the caller sees. */
  used_by: { template_id: number; name: string }[]
  /** How many templates have this set, seen or not. */
  templates: number
}

const LIST = statement<Sight & { disposition_set_id: number | null }, DispositionSetRow>(
  'dispositionSets.list',
  `select s.disposition_set_id, s.name, s.team_id, teams.name as team, s.version,
     (select coalesce(json_agg(json_build_object(
          'disposition_id', d.disposition_id, 'code', d.code, 'kind', d.kind, 'priority', d.priority,
          'delay_s', d.delay_s, 'next_day', d.next_day, 'redials_max', d.redials_max,
          'built_in', d.built_in, 'enabled', d.enabled)
        order by d.priority, d.code), '[]')
      from dispositions d where d.disposition_set_id = s.disposition_set_id) as dispositions,
     (select coalesce(json_agg(json_build_object('template_id', t.template_id, 'name', t.name)
        order by t.template_id), '[]')
      from templates t
      where t.disposition_set_id = s.disposition_set_id and ${visibleTo('t.team_id')}) as used_by,
     (select count(*)::integer
      from templates t where t.disposition_set_id = s.disposition_set_id) as templates
   from disposition_sets s join teams using (team_id)
   where ${usableBy('s.team_id')}
     and (:disposition_set_id::integer is null or s.disposition_set_id = :disposition_set_id)
   order by s.disposition_set_id`,
)

export const listDispositionSets = (db: Db, sight: Sight) =>
  db.query(LIST, { ...sight, disposition_set_id: null })

export const dispositionSetById = async (db: Db, sight: Sight, disposition_set_id: number) =>
  (await db.query(LIST, { ...sight, disposition_set_id }))[0]

const OF_TEMPLATE = statement<
  Sight & { template_id: number },
  Pick<SetUpDisposition, 'disposition_id' | 'code' | 'enabled'>
>(
  'dispositions.ofTemplate',
  `select d.disposition_id, d.code, d.enabled
   from templates t join dispositions d using (disposition_set_id)
   where t.template_id = :template_id and ${visibleTo('t.team_id')}
   order by d.disposition_id`,
)

export const dispositionsOfTemplate = (db: Db, sight: Sight, template_id: number) =>
  db.query(OF_TEMPLATE, { ...sight, template_id })

const CREATE_SET = statement<
  { name: string; team_id: number; copy_of: number | null },
  { disposition_set_id: number }
>(
  'dispositionSets.create',
  `with created as (
     insert into disposition_sets (name, team_id) values (:name, :team_id) returning disposition_set_id),
   copied as (
     insert into dispositions (
       disposition_set_id, code, kind, priority, delay_s, next_day, redials_max, built_in, enabled)
     select created.disposition_set_id, d.code, d.kind, d.priority, d.delay_s, d.next_day, d.redials_max,
       d.built_in, d.enabled
     from created, dispositions d where d.disposition_set_id = :copy_of)
   select disposition_set_id from created`,
)

/** The new set's id, with the dispositions of another one. Names are unique (23505). */
export const createDispositionSet = async (db: Db, name: string, team_id: number, copy_of: number | null) =>
  (await db.query(CREATE_SET, { name, team_id, copy_of }))[0]!.disposition_set_id

// While this waits, every outcome waits behind it, so it gives up soon (55P03) and is tried again.
const LOCK = statement<{ disposition_set_id: number }>(
  'dispositionSets.lock',
  `select set_config('lock_timeout', '300ms', true),
     pg_advisory_xact_lock(${LOCKS.dispositions}, :disposition_set_id::integer)`,
)

/**
 * Comes first in a transaction that changes dispositions of the set: one change of a set at a time. Earlier outcomes are
 * committed by then; later ones see the change.
 */
export const lockDispositions = (tx: Db, disposition_set_id: number) => tx.query(LOCK, { disposition_set_id })

const RAISE = statement<{ disposition_set_id: number }, { version: number }>(
  'dispositionSets.raise',
  `update disposition_sets set version = version + 1 where disposition_set_id = :disposition_set_id
   returning version`,
)

/** After a change of its dispositions, or of their actions. */
export const raiseDispositionSet = async (tx: Db, disposition_set_id: number) =>
  (await tx.query(RAISE, { disposition_set_id }))[0]!.version

const RENAME = statement<Sight & { disposition_set_id: number; name: string }>(
  'dispositionSets.rename',
  `update disposition_sets set name = :name, version = version + 1
   where disposition_set_id = :disposition_set_id and ${visibleTo('team_id')}`,
)

/** Names are unique (23505). */
export const renameDispositionSet = (tx: Db, sight: Sight, disposition_set_id: number, name: string) =>
  tx.query(RENAME, { ...sight, disposition_set_id, name })

const REMOVE_SET = statement<Sight & { disposition_set_id: number }>(
  'dispositionSets.remove',
  `with gone as (
     delete from disposition_sets
     where disposition_set_id = :disposition_set_id and ${visibleTo('team_id')}
     returning disposition_set_id)
   delete from dispositions where disposition_set_id in (select disposition_set_id from gone)`,
)

/** With its dispositions. A template that has the set refuses it (23503). */
export const removeDispositionSet = (tx: Db, sight: Sight, disposition_set_id: number) =>
  tx.query(REMOVE_SET, { ...sight, disposition_set_id })

/** Whether the caller's teams have the set. */
const OWN_SET = `exists (
     select from disposition_sets s
     where s.disposition_set_id = :disposition_set_id and ${visibleTo('s.team_id')})`

type InSet<Params> = Sight & { disposition_set_id: number } & Params

const CREATE = statement<InSet<Disposition>, { code: string }>(
  'dispositions.create',
  `insert into dispositions (
     disposition_set_id, code, kind, priority, delay_s, next_day, redials_max, enabled)
   select :disposition_set_id, :code, :kind, :priority, :delay_s, :next_day, :redials_max, :enabled
   where ${OWN_SET}
   returning code`,
)

/** Undefined: the caller's teams have no such set. Codes are unique in any case (23505). */
export const addDisposition = async (
  db: Db,
  sight: Sight,
  disposition_set_id: number,
  disposition: Disposition,
) => (await db.query(CREATE, { ...sight, ...disposition, disposition_set_id }))[0]

const REPLACE = statement<InSet<Disposition>, { code: string }>(
  'dispositions.replace',
  `update dispositions set kind = :kind, priority = :priority, delay_s = :delay_s, next_day = :next_day,
     redials_max = :redials_max, enabled = :enabled
   where disposition_set_id = :disposition_set_id and code = :code and ${OWN_SET}
   returning code`,
)

export const replaceDisposition = async (
  db: Db,
  sight: Sight,
  disposition_set_id: number,
  disposition: Disposition,
) => (await db.query(REPLACE, { ...sight, ...disposition, disposition_set_id }))[0]

const REMOVE = statement<InSet<{ code: string }>, { code: string }>(
  'dispositions.remove',
  `delete from dispositions
   where disposition_set_id = :disposition_set_id and code = :code and not built_in and ${OWN_SET}
   returning code`,
)

export const removeDisposition = async (db: Db, sight: Sight, disposition_set_id: number, code: string) =>
  (await db.query(REMOVE, { ...sight, disposition_set_id, code }))[0]

const USED = statement<{ disposition_set_id: number; code: string }>(
  'dispositions.used',
  `select from templates t join campaigns c using (template_id)
   where t.disposition_set_id = :disposition_set_id and (
     exists (
       select from call_records r where r.campaign_id = c.campaign_id and r.disposition = :code offset 0)
     or exists (
       select from held_updates u
       where u.state = 'open' and u.campaign_id = c.campaign_id and u.incoming ->> 'disposition' = :code
       offset 0))
   limit 1`,
)

/** Whether any lead has had it, or may get it when a held update is settled; leads that the caller does not see count. */
export const dispositionIsUsed = async (db: Db, disposition_set_id: number, code: string) =>
  (await db.query(USED, { disposition_set_id, code })).length > 0

const LEADS = statement<{ disposition_set_id: number; code: string }, { leads: number }>(
  'dispositions.leads',
  `select count(*)::integer as leads
   from templates t join campaigns c using (template_id) cross join lateral (
     select from leads l
     where l.campaign_id = c.campaign_id and l.disposition = :code and l.forgotten_at is null offset 0) l
   where t.disposition_set_id = :disposition_set_id`,
)

/** How many leads have it now. */
export const leadsWithDisposition = async (db: Db, disposition_set_id: number, code: string) =>
  (await db.query(LEADS, { disposition_set_id, code }))[0]!.leads
const MISSING = statement<{ template_id: number; next_disposition_set_id: number }, { code: string }>(
  'dispositions.missing',
  `select distinct d.priority, d.code
   from templates t join dispositions d using (disposition_set_id) join campaigns c using (template_id)
   where t.template_id = :template_id
     and not exists (
       select from dispositions n
       where n.disposition_set_id = :next_disposition_set_id and n.code = d.code and n.kind = d.kind)
     and (
       exists (
         select from call_records r where r.campaign_id = c.campaign_id and r.disposition = d.code offset 0)
       or exists (
         select from held_updates u
         where u.state = 'open' and u.campaign_id = c.campaign_id
           and u.incoming ->> 'disposition' = d.code
         offset 0))
   order by d.priority, d.code`,
)

/** The dispositions used in a template that another set does not have, or has as another kind. */
export const dispositionsMissing = async (db: Db, template_id: number, next_disposition_set_id: number) =>
  (await db.query(MISSING, { template_id, next_disposition_set_id })).map(({ code }) => code)

const SPELLINGS = statement<{ code: string }, { code: string }>(
  'dispositions.spellings',
  'select distinct code from dispositions where lower(code) = lower(:code)',
)

/** A disposition as the sets spell it. */
export const dispositionSpellings = async (db: Db, code: string) =>
  (await db.query(SPELLINGS, { code: code.trim() })).map(({ code }) => code)
