// Templates with their fields.

import type { AttemptRules } from '../core/attempts.ts'
import type { ConsentRule } from '../core/consent.ts'
import { type Field, FieldTable } from '../core/field.ts'
import type { BadValues } from '../core/rules.ts'
import { ZONE_TABLES_VERSION } from '../core/zone-set.ts'
import { LOCKS } from './locks.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, SEES_ALL, type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

export interface TemplateRules {
  name: string
  region: string
  /** By name, as the disposition set. */
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: BadValues
  /** The name of the field that tells the time zone of a lead; null: numbers alone tell it. */
  zone_field: string | null
  /** Null: calls are not counted. */
  attempt_rules: AttemptRules | null
  consent: ConsentRule
}

export type TemplateField = Field & { field_id: number; retired: boolean }

export interface TemplateRow extends TemplateRules {
  template_id: number
  team: string
  fields: TemplateField[]
  /** Null: it gets new campaigns. */
  archived_at: string | null
  version: number
  created_at: string
}

const LIST = statement<Sight & PageBounds & { template_id: number | null }, TemplateRow>(
  'templates.list',
  `select t.template_id, t.name, teams.name as team, t.region, h.name as contact_hours,
     s.name as disposition_set, t.duplicate_rule, t.dnc_rule, t.bad_values, t.zone_field, t.attempt_rules,
     t.consent,
     t.archived_at, t.version, t.created_at,
     (select coalesce(json_agg(json_build_object(
          'field_id', f.field_id, 'name', f.name, 'label', f.label, 'aliases', f.aliases, 'kind', f.kind,
          'choices', f.choices, 'merge_group', f.merge_group, 'retired', f.retired_at is not null)
        order by f.position, f.name), '[]')
      from fields f where f.template_id = t.template_id) as fields
   from templates t join teams using (team_id)
     join contact_hours h using (contact_hours_id)
     join disposition_sets s using (disposition_set_id)
   where ${visibleTo(
     't.team_id',
     `select a.allocation_id from campaigns c join allocations a using (campaign_id)
        where c.template_id = t.template_id`,
   )}
     and (:template_id::integer is null or t.template_id = :template_id)
     and t.template_id > :after::bigint
   order by t.template_id limit :rows_max`,
)

export const listTemplates = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { template_id?: number } = {},
) => db.query(LIST, { ...sight, ...EVERYTHING, template_id: null, ...asked })

/** The fields of a template that are not retired. */
export async function fieldsOfTemplate(db: Db, sight: Sight, template_id: number): Promise<FieldTable> {
  const template = await templateById(db, sight, template_id)
  return new FieldTable(template?.fields.filter(({ retired }) => !retired) ?? [])
}

export const templateById = async (db: Db, sight: Sight, template_id: number) =>
  (await listTemplates(db, sight, { template_id }))[0]

type Written<Given extends { attempt_rules: AttemptRules | null }> = Omit<Given, 'attempt_rules'> & {
  attempt_rules: string | null
}

const writtenRules = (rules: AttemptRules | null) => (rules === null ? null : JSON.stringify(rules))

const CREATE = statement<
  Written<TemplateRules> & { team_id: number; tables_version: number; fields: string },
  { template_id: number }
>(
  'templates.create',
  `with created as (
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id, duplicate_rule,
       dnc_rule, bad_values, zone_field, attempt_rules, consent)
     select :name, :team_id, :region, h.contact_hours_id, s.disposition_set_id, :duplicate_rule,
       :dnc_rule, :bad_values, :zone_field, :attempt_rules::jsonb, :consent
     from contact_hours h, disposition_sets s
     where h.name = :contact_hours and h.team_id in (:team_id, ${GLOBAL_TEAM_ID})
       and s.name = :disposition_set and s.team_id in (:team_id, ${GLOBAL_TEAM_ID})
     returning template_id),
   -- The sets of its leads will be right from the first one on.
   zones as (
     insert into zone_rewrites (template_id, tables_version, finished_at)
     select template_id, :tables_version, now() from created),
   created_fields as (
     insert into fields (template_id, name, position, label, aliases, kind, choices, merge_group)
     select created.template_id, f.name, f.position, f.label, f.aliases, f.kind, f.choices, f.merge_group
     from created, json_to_recordset(:fields::json) as f (
       name text, position integer, label text, aliases text[], kind text, choices text[], merge_group text))
   select template_id from created`,
)

/**
 * The new template's id; undefined when the contact hours or the disposition set is neither Global nor of its team.
 * Names are unique (23505).
 */
export async function createTemplate(
  db: Db,
  template: TemplateRules & { team_id: number; fields: readonly Field[] },
): Promise<number | undefined> {
  const fields = JSON.stringify(template.fields.map((field, position) => ({ ...field, position })))
  const tables_version = ZONE_TABLES_VERSION
  const attempt_rules = writtenRules(template.attempt_rules)
  return (await db.query(CREATE, { ...template, attempt_rules, tables_version, fields }))[0]?.template_id
}

const LOCK = statement<Sight & { template_id: number }>(
  'templates.lock',
  `select from templates where template_id = :template_id and ${visibleTo('team_id')} for update`,
)

/** With its fields, which change only under this lock. Undefined: the caller may not change such a template. */
export async function lockTemplate(tx: Db, sight: Sight, template_id: number) {
  const [locked] = await tx.query(LOCK, { ...sight, template_id })
  return locked && templateById(tx, SEES_ALL, template_id)
}

interface ChangedRules extends Omit<TemplateRules, 'contact_hours' | 'disposition_set'> {
  contact_hours_id: number
  disposition_set_id: number
  archived: boolean
}

const CHANGE = statement<Written<ChangedRules> & { template_id: number }>(
  'templates.change',
  `update templates set name = :name, region = :region, contact_hours_id = :contact_hours_id,
     disposition_set_id = :disposition_set_id, duplicate_rule = :duplicate_rule, dnc_rule = :dnc_rule,
     bad_values = :bad_values, zone_field = :zone_field, attempt_rules = :attempt_rules::jsonb,
     consent = :consent,
     archived_at = case when :archived then coalesce(archived_at, now()) end,
     version = version + 1
   where template_id = :template_id`,
)

/** Of a locked template. Names are unique (23505). */
export const changeTemplate = (tx: Db, template_id: number, rules: ChangedRules) =>
  tx.query(CHANGE, { template_id, ...rules, attempt_rules: writtenRules(rules.attempt_rules) })

const RAISE = statement<{ template_id: number }>(
  'templates.raise',
  'update templates set version = version + 1 where template_id = :template_id',
)

/** The next version, for a change of its fields. */
export const raiseTemplate = (tx: Db, template_id: number) => tx.query(RAISE, { template_id })

/** What a template refers to. Null: neither Global nor of its team has one of that name. */
interface References {
  contact_hours_id: number
  disposition_set_id: number
  next_contact_hours_id: number | null
  next_disposition_set_id: number | null
}

const REFERENCES = statement<
  Pick<TemplateRules, 'contact_hours' | 'disposition_set'> & { template_id: number },
  References
>(
  'templates.references',
  `select t.contact_hours_id, t.disposition_set_id,
     (select h.contact_hours_id from contact_hours h
      where h.name = :contact_hours and (
        h.team_id in (t.team_id, ${GLOBAL_TEAM_ID}) or h.contact_hours_id = t.contact_hours_id
      )) as next_contact_hours_id,
     (select s.disposition_set_id from disposition_sets s
      where s.name = :disposition_set and (
        s.team_id in (t.team_id, ${GLOBAL_TEAM_ID}) or s.disposition_set_id = t.disposition_set_id
      )) as next_disposition_set_id
   from templates t where t.template_id = :template_id`,
)

/** The contact hours and the set that a template has, and those that are to be. */
export const referencesOf = async (
  tx: Db,
  template_id: number,
  { contact_hours, disposition_set }: Pick<TemplateRules, 'contact_hours' | 'disposition_set'>,
) => (await tx.query(REFERENCES, { template_id, contact_hours, disposition_set }))[0]!

const CAMPAIGNS = statement<{ template_id: number }, { campaign_id: number }>(
  'templates.campaigns',
  'select campaign_id from campaigns where template_id = :template_id order by campaign_id',
)

export const campaignsOfTemplate = async (db: Db, template_id: number) =>
  (await db.query(CAMPAIGNS, { template_id })).map(({ campaign_id }) => campaign_id)

const LEADS = statement<{ template_id: number; field: string | null }, { leads: number }>(
  'templates.leads',
  `select count(*)::integer as leads from campaigns c join leads l using (campaign_id)
   where c.template_id = :template_id and l.forgotten_at is null
     and (:field::text is null or jsonb_exists(l.fields, :field))`,
)

/** `field`: those that have a value in it; null: all of them. */
export const leadsOfTemplate = async (db: Db, template_id: number, field: string | null) =>
  (await db.query(LEADS, { template_id, field }))[0]!.leads

const LOCK_FIRST_START = statement<None>(
  'templates.lockFirstStart',
  `select pg_advisory_xact_lock(${LOCKS.bootstrap})`,
)

/** One process at a time sets up the sample of an empty installation. */
export const lockFirstStart = (tx: Db) => tx.query(LOCK_FIRST_START)

const EXIST = statement<None, { exist: boolean }>(
  'templates.exist',
  'select exists (select from templates) as exist',
)

/** Whether anybody has set up anything: only an empty installation gets the sample. */
export const templatesExist = async (db: Db) => (await db.query(EXIST))[0]!.exist
