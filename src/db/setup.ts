// Set-up: teams, contact hours, disposition sets, templates with fields, campaigns, allocations.
// What a key may see is decided in the statement: `team_ids` null sees all.

import { type Field, FieldTable, fold } from '../core/field.ts'
import type { BadValues, ContactHours, Disposition, Rules } from '../core/rules.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, isSeen, type Sight, type TeamIds } from './sight.ts'
import { statement } from './statement.ts'

/** Whether one of the allocations that bound a key is among these; `allocations`: SQL that names them as a. */
const isBound = (allocation_ids: string, allocations: string) =>
  `(${allocation_ids}::integer[] is null or exists (
     select from allocations a ${allocations} and a.allocation_id = any (${allocation_ids})))`

// The lists below answer the rows after an id; rows_max null: all of them.

export interface TemplateRow {
  template_id: number
  name: string
  team: string
  region: string
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: BadValues
  fields: (Field & { field_id: number; retired: boolean })[]
  created_at: string
}

const TEMPLATES = statement(
  'templates.list',
  `select t.template_id, t.name, g.name as team, t.region, h.name as contact_hours, s.name as disposition_set,
     t.duplicate_rule, t.dnc_rule, t.bad_values, t.created_at,
     (select coalesce(json_agg(json_build_object('field_id', f.field_id, 'name', f.name, 'label', f.label, 'aliases', f.aliases,
        'kind', f.kind, 'choices', f.choices, 'merge_group', f.merge_group, 'retired', f.retired_at is not null)
        order by f.position, f.name), '[]') from fields f where f.template_id = t.template_id) as fields
   from templates t join teams g using (team_id) join contact_hours h using (contact_hours_id)
     join disposition_sets s using (disposition_set_id)
   where ${isSeen('t.team_id', '$1')} and ($2::integer is null or t.template_id = $2) and t.template_id > $3::bigint
     and ${isBound('$5', 'join campaigns c using (campaign_id) where c.template_id = t.template_id')}
   order by t.template_id limit $4`,
)

export const listTemplates = (
  db: Db,
  { team_ids, allocation_ids }: Sight,
  after = 0,
  rows_max: number | null = null,
) => db.query<TemplateRow>(TEMPLATES, [team_ids, null, after, rows_max, allocation_ids])

export const templateById = async (db: Db, { team_ids, allocation_ids }: Sight, template_id: number) =>
  (await db.query<TemplateRow>(TEMPLATES, [team_ids, template_id, 0, 1, allocation_ids]))[0]

export interface NewTemplate {
  name: string
  team_id: number
  region: string
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: BadValues
  fields: Field[]
}

const CREATE_TEMPLATE = statement(
  'templates.create',
  `with t as (
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id, duplicate_rule, dnc_rule, bad_values)
     select $1, $2, $3, h.contact_hours_id, s.disposition_set_id, $6, $7, $9
     from contact_hours h, disposition_sets s
     where h.name = $4 and h.team_id in ($2, ${GLOBAL_TEAM_ID}) and s.name = $5 and s.team_id in ($2, ${GLOBAL_TEAM_ID})
     returning template_id),
   f as (
     insert into fields (template_id, name, position, label, aliases, kind, choices, merge_group)
     select t.template_id, f.name, f.position, f.label, f.aliases, f.kind, f.choices, f.merge_group
     from t, json_to_recordset($8::json) as f (
       name text, position integer, label text, aliases text[], kind text, choices text[], merge_group text))
   select template_id from t`,
)

/**
 * The new template's id; undefined when the contact hours or the disposition set is neither Global nor of its team.
 * Names are unique (23505).
 */
export async function createTemplate(db: Db, template: NewTemplate): Promise<number | undefined> {
  const { name, team_id, region, contact_hours, disposition_set, duplicate_rule, dnc_rule, bad_values } =
    template
  const fields = template.fields.map((field, position) => ({ ...field, position }))
  const [row] = await db.query<{ template_id: number }>(CREATE_TEMPLATE, [
    name,
    team_id,
    region,
    contact_hours,
    disposition_set,
    duplicate_rule,
    dnc_rule,
    JSON.stringify(fields),
    bad_values,
  ])
  return row?.template_id
}

const CHANGE_TEMPLATE = statement(
  'templates.change',
  `update templates set bad_values = $2 where template_id = $1 and ${isSeen('team_id', '$3')} returning template_id`,
)

/** Undefined: no such template that may be seen. */
export async function changeTemplate(
  db: Db,
  sight: Sight,
  template_id: number,
  { bad_values }: Pick<TemplateRow, 'bad_values'>,
) {
  const [row] = await db.query(CHANGE_TEMPLATE, [template_id, bad_values, sight.team_ids])
  return row && templateById(db, sight, template_id)
}

export interface CampaignRow {
  campaign_id: number
  template_id: number
  name: string
  created_at: string
}

const CAMPAIGNS = statement(
  'campaigns.list',
  `select c.campaign_id, c.template_id, c.name, c.created_at
   from campaigns c join templates t using (template_id)
   where ${isSeen('t.team_id', '$1')} and ($2::integer is null or c.template_id = $2)
     and ($3::integer is null or c.campaign_id = $3) and c.campaign_id > $4::bigint
     and ${isBound('$6', 'where a.campaign_id = c.campaign_id')}
   order by c.campaign_id limit $5`,
)

export const listCampaigns = (
  db: Db,
  { team_ids, allocation_ids }: Sight,
  template_id: number | null,
  after = 0,
  rows_max: number | null = null,
) => db.query<CampaignRow>(CAMPAIGNS, [team_ids, template_id, null, after, rows_max, allocation_ids])

export const campaignById = async (db: Db, { team_ids, allocation_ids }: Sight, campaign_id: number) =>
  (await db.query<CampaignRow>(CAMPAIGNS, [team_ids, null, campaign_id, 0, 1, allocation_ids]))[0]

const CREATE_CAMPAIGN = statement(
  'campaigns.create',
  `insert into campaigns (template_id, name)
   select t.template_id, $2 from templates t where t.template_id = $1 and ${isSeen('t.team_id', '$3')}
   returning campaign_id, template_id, name, created_at`,
)

/** Undefined: no such template that may be seen. Names are unique in the template (23505). */
export const createCampaign = async (db: Db, teams: TeamIds, template_id: number, name: string) =>
  (await db.query<CampaignRow>(CREATE_CAMPAIGN, [template_id, name, teams]))[0]

export interface AllocationRow {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  created_at: string
}

const ALLOCATION = 'a.allocation_id, a.campaign_id, a.name, a.started, a.created_at'

const ALLOCATIONS = statement(
  'allocations.list',
  `select ${ALLOCATION}
   from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where ${isSeen('t.team_id', '$1')} and ($2::integer is null or a.campaign_id = $2)
     and ($3::integer is null or a.allocation_id = $3) and a.allocation_id > $4::bigint
     and ($6::integer[] is null or a.allocation_id = any ($6))
   order by a.allocation_id limit $5`,
)

export const listAllocations = (
  db: Db,
  { team_ids, allocation_ids }: Sight,
  campaign_id: number | null,
  after = 0,
  rows_max: number | null = null,
) => db.query<AllocationRow>(ALLOCATIONS, [team_ids, campaign_id, null, after, rows_max, allocation_ids])

export const allocationById = async (db: Db, { team_ids, allocation_ids }: Sight, allocation_id: number) =>
  (await db.query<AllocationRow>(ALLOCATIONS, [team_ids, null, allocation_id, 0, 1, allocation_ids]))[0]

const CREATE_ALLOCATION = statement(
  'allocations.create',
  `insert into allocations as a (campaign_id, name, started)
   select c.campaign_id, $2, $3 from campaigns c join templates t using (template_id)
   where c.campaign_id = $1 and ${isSeen('t.team_id', '$4')}
   returning ${ALLOCATION}`,
)

/** Undefined: no such campaign that may be seen. Names are unique in the campaign (23505). */
export const createAllocation = async (
  db: Db,
  teams: TeamIds,
  campaign_id: number,
  name: string,
  started: boolean,
) => (await db.query<AllocationRow>(CREATE_ALLOCATION, [campaign_id, name, started, teams]))[0]

const START_ALLOCATION = statement(
  'allocations.start',
  `update allocations a set started = $2 from campaigns c, templates t
   where a.allocation_id = $1 and c.campaign_id = a.campaign_id and t.template_id = c.template_id
     and ${isSeen('t.team_id', '$3')}
   returning ${ALLOCATION}`,
)

/** Starts or stops; undefined: no such allocation that may be seen. */
export const startAllocation = async (db: Db, teams: TeamIds, allocation_id: number, started: boolean) =>
  (await db.query<AllocationRow>(START_ALLOCATION, [allocation_id, started, teams]))[0]

const RULES = statement(
  'setup.rules',
  `select c.campaign_id, t.template_id, t.team_id, t.region, t.duplicate_rule, t.dnc_rule, t.bad_values, t.contact_hours_id,
     (select coalesce(json_agg(json_build_object('name', f.name, 'label', f.label, 'aliases', f.aliases, 'kind', f.kind,
        'choices', f.choices, 'merge_group', f.merge_group) order by f.position, f.name), '[]')
      from fields f where f.template_id = t.template_id and f.retired_at is null) as fields,
     (select json_agg(json_build_object('contact_hours_id', h.contact_hours_id, 'name', h.name, 'zone', h.zone,
        'zone_version', h.zone_version, 'weekly', h.weekly, 'exceptions', h.exceptions, 'valid_from', h.valid_from, 'valid_to', h.valid_to))
      from contact_hours h
      where h.team_id in (t.team_id, ${GLOBAL_TEAM_ID}) or h.contact_hours_id = t.contact_hours_id) as all_contact_hours,
     (select coalesce(json_agg(json_build_object('code', d.code, 'kind', d.kind, 'priority', d.priority,
        'delay_s', d.delay_s, 'next_day', d.next_day, 'redials_max', d.redials_max, 'enabled', d.enabled)), '[]')
      from dispositions d where d.disposition_set_id = t.disposition_set_id) as dispositions,
     (select coalesce(json_agg(a.allocation_id), '[]') from allocations a where a.campaign_id = c.campaign_id) as allocation_ids
   from campaigns c join templates t using (template_id) where c.campaign_id = $1`,
)

interface RulesRow
  extends Pick<
    Rules,
    'campaign_id' | 'template_id' | 'team_id' | 'region' | 'duplicate_rule' | 'dnc_rule' | 'bad_values'
  > {
  contact_hours_id: number
  fields: Field[]
  all_contact_hours: ContactHours[]
  dispositions: Disposition[]
  allocation_ids: number[]
}

/** The rules of a campaign with its allocations; undefined: no such campaign. */
export async function rulesOf(
  db: Db,
  campaign_id: number,
): Promise<{ rules: Rules; allocation_ids: Set<number> } | undefined> {
  const [row] = await db.query<RulesRow>(RULES, [campaign_id])
  if (!row) return undefined
  const { contact_hours_id, fields, all_contact_hours, dispositions, allocation_ids, ...rest } = row
  const rules: Rules = {
    ...rest,
    fields: new FieldTable(fields),
    contact_hours: all_contact_hours.find((hours) => hours.contact_hours_id === contact_hours_id)!,
    all_contact_hours: new Map(all_contact_hours.map((hours) => [fold(hours.name), hours])),
    dispositions: new Map(dispositions.map((disposition) => [fold(disposition.code), disposition])),
  }
  return { rules, allocation_ids: new Set(allocation_ids) }
}

const CREATE_TEAM = statement(
  'teams.create',
  `with made as (insert into teams (name) values ($1) on conflict on constraint team_names_are_unique do nothing returning team_id)
   select team_id from made union all select team_id from teams where name = $1`,
)

/** The id of the team of this name, made when it is new. */
export const ensureTeam = async (db: Db, name: string) =>
  (await db.query<{ team_id: number }>(CREATE_TEAM, [name]))[0]!.team_id

const SETUP_EXISTS = statement('setup.exists', 'select exists (select from templates) as there')

/** Whether anybody has set up anything: the sample is made only on an empty installation. */
export const setupExists = async (db: Db) => (await db.query<{ there: boolean }>(SETUP_EXISTS))[0]!.there

const TEAM_NAMES = statement('teams.names', 'select team_id, name from teams')

/** The names of all teams, by id. */
export const teamNames = async (db: Db) =>
  new Map(
    (await db.query<{ team_id: number; name: string }>(TEAM_NAMES)).map((row) => [row.team_id, row.name]),
  )

const TEAM_NAMED = statement(
  'teams.named',
  `select team_id from teams where name = $1 and ${isSeen('team_id', '$2')}`,
)

/** Undefined: no such team that may be seen. */
export const teamNamed = async (db: Db, team_ids: TeamIds, name: string) =>
  (await db.query<{ team_id: number }>(TEAM_NAMED, [name, team_ids]))[0]?.team_id
