// Templates with their fields.

import type { Field } from '../core/field.ts'
import type { BadValues } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, type Sight, visibleTo } from './sight.ts'
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
}

export interface TemplateRow extends TemplateRules {
  template_id: number
  team: string
  fields: (Field & { field_id: number; retired: boolean })[]
  created_at: string
}

const LIST = statement<Sight & PageBounds & { template_id: number | null }, TemplateRow>(
  'templates.list',
  `select t.template_id, t.name, teams.name as team, t.region, h.name as contact_hours,
     s.name as disposition_set, t.duplicate_rule, t.dnc_rule, t.bad_values, t.created_at,
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

export const templateById = async (db: Db, sight: Sight, template_id: number) =>
  (await listTemplates(db, sight, { template_id }))[0]

const CREATE = statement<TemplateRules & { team_id: number; fields: string }, { template_id: number }>(
  'templates.create',
  `with created as (
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id, duplicate_rule,
       dnc_rule, bad_values)
     select :name, :team_id, :region, h.contact_hours_id, s.disposition_set_id, :duplicate_rule,
       :dnc_rule, :bad_values
     from contact_hours h, disposition_sets s
     where h.name = :contact_hours and h.team_id in (:team_id, ${GLOBAL_TEAM_ID})
       and s.name = :disposition_set and s.team_id in (:team_id, ${GLOBAL_TEAM_ID})
     returning template_id),
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
  return (await db.query(CREATE, { ...template, fields }))[0]?.template_id
}

const CHANGE = statement<Sight & { template_id: number; bad_values: BadValues }>(
  'templates.change',
  `update templates set bad_values = :bad_values
   where template_id = :template_id and ${visibleTo('team_id')}
   returning template_id`,
)

/** Undefined: the caller sees no such template. */
export async function changeTemplate(
  db: Db,
  sight: Sight,
  template_id: number,
  { bad_values }: Pick<TemplateRow, 'bad_values'>,
) {
  const [row] = await db.query(CHANGE, { ...sight, template_id, bad_values })
  return row && templateById(db, sight, template_id)
}

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
