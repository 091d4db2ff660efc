// Actions as set-up: what they are, and which outcomes start them.

import type { Action, ActionKind, ActionSetUp } from '../core/action.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, isSeen, isUsable, type TeamIds } from './sight.ts'
import { statement } from './statement.ts'

export type ActionRow = Action & {
  team_id: number
  team: string
  /** The outcomes that start it. */
  dispositions: { disposition_set_id: number; code: string }[]
  created_at: string
  updated_at: string
}

const USABLE = isUsable('a.team_id', '$1')

const LIST = statement(
  'actions.list',
  `select a.action_id, a.team_id, g.name as team, a.name, a.kind, a.config, a.enabled, a.created_at, a.updated_at,
     (select coalesce(json_agg(json_build_object('disposition_set_id', d.disposition_set_id, 'code', d.code)
        order by d.disposition_set_id, d.code), '[]')
      from disposition_actions d where d.action_id = a.action_id) as dispositions
   from actions a join teams g using (team_id)
   where ${USABLE} and ($2::integer is null or a.action_id = $2) and a.action_id > $3::bigint
   order by a.action_id limit $4`,
)

export const listActions = (db: Db, teams: TeamIds, after = 0, rows_max: number | null = null) =>
  db.query<ActionRow>(LIST, [teams, null, after, rows_max])

/** Undefined: no such action that may be used. */
export const actionById = async (db: Db, teams: TeamIds, action_id: number) =>
  (await db.query<ActionRow>(LIST, [teams, action_id, 0, 1]))[0]

const LOCK = statement('actions.lock', `select pg_advisory_xact_lock(${LOCKS.actions})`)

/** One change of actions at a time, until the transaction ends: two of them together could close a ring. */
export const lockActions = (tx: Db) => tx.query(LOCK)

const CREATE = statement(
  'actions.create',
  `insert into actions (team_id, name, kind, config, enabled) values ($1, $2, $3, $4::jsonb, $5)
   returning action_id`,
)

export type NewAction = { team_id: number; name: string; enabled: boolean } & ActionSetUp

/** The new action's id. Names are unique (23505). */
export const createAction = async (db: Db, { team_id, name, kind, config, enabled }: NewAction) =>
  (await db.query<{ action_id: number }>(CREATE, [team_id, name, kind, JSON.stringify(config), enabled]))[0]
    ?.action_id

const REPLACE = statement(
  'actions.replace',
  `update actions set name = $2, config = $3::jsonb, enabled = $4, updated_at = now() where action_id = $1 returning action_id`,
)

export const replaceAction = async (db: Db, { action_id, name, config, enabled }: Action) =>
  (await db.query<{ action_id: number }>(REPLACE, [action_id, name, JSON.stringify(config), enabled]))[0]
    ?.action_id

const REMOVE = statement('actions.remove', 'delete from actions where action_id = $1 returning action_id')

export const removeAction = async (db: Db, action_id: number) =>
  (await db.query<{ action_id: number }>(REMOVE, [action_id]))[0]?.action_id

const HAS_RUN = statement('actions.hasRun', 'select from action_runs where action_id = $1 limit 1')

/** Whether it has ever been started. */
export const actionHasRun = async (db: Db, action_id: number) =>
  (await db.query(HAS_RUN, [action_id])).length > 0

const ALL = statement('actions.setUps', 'select action_id, team_id, kind, config from actions')

/** Every action, as far as its part in chains goes. */
export const actionSetUps = (db: Db) => db.query<ActionSetUp & { action_id: number; team_id: number }>(ALL)

const FIELD_EXISTS = statement(
  'actions.fieldNames',
  `select distinct n.name from fields f join templates t using (template_id)
     cross join lateral (select f.name union all select unnest(f.aliases)) n (name)
   where f.retired_at is null and ($1::integer is null or t.team_id = $1)`,
)

/** The names and aliases of the fields of a team's templates; null: of every template. */
export const fieldNames = async (db: Db, team_id: number | null) =>
  (await db.query<{ name: string }>(FIELD_EXISTS, [team_id])).map(({ name }) => name)

// To a set that all share, a team links its own actions only: they run for its own leads, a Global one for everybody's.
const MANAGEABLE = `(${isSeen('a.team_id', '$4')} or ($5::boolean and a.team_id = ${GLOBAL_TEAM_ID}))`

const LINK = statement(
  'dispositionActions.replace',
  `with given as materialized (
     select a.action_id, u.position, ${MANAGEABLE} as is_manageable
     from unnest($3::integer[]) with ordinality as u (action_id, position) join actions a using (action_id)
     where ${MANAGEABLE} or exists (
       select from disposition_actions d
       where d.disposition_set_id = $1 and d.code = $2 and d.action_id = a.action_id)),
   gone as (
     delete from disposition_actions d using actions a
     where d.disposition_set_id = $1 and d.code = $2 and a.action_id = d.action_id
       and ${MANAGEABLE} and not d.action_id = any ($3::integer[])),
   linked as (
     insert into disposition_actions (disposition_set_id, code, action_id, position)
     select $1, $2, action_id, position from given where is_manageable
     on conflict (disposition_set_id, code, action_id) do update set position = excluded.position)
   select action_id from given`,
)

/**
 * Makes these the actions of an outcome, as far as the caller may choose them; the links to the others stay. Answers
 * how many of them are known. `is_own`: the disposition set belongs to the caller's teams.
 */
export const linkActions = async (
  db: Db,
  teams: TeamIds,
  { disposition_set_id, code, is_own }: { disposition_set_id: number; code: string; is_own: boolean },
  action_ids: readonly number[],
) => (await db.query(LINK, [disposition_set_id, code, action_ids, teams, is_own])).length

const OF_DISPOSITION = statement(
  'dispositionActions.list',
  `select a.action_id, a.name, a.kind, a.enabled from disposition_actions d join actions a using (action_id)
   where d.disposition_set_id = $2 and d.code = $3 and ${USABLE}
   order by d.position, a.action_id`,
)

export interface LinkedAction {
  action_id: number
  name: string
  kind: ActionKind
  enabled: boolean
}

export const actionsOf = (db: Db, teams: TeamIds, disposition_set_id: number, code: string) =>
  db.query<LinkedAction>(OF_DISPOSITION, [teams, disposition_set_id, code])

const NAMES = statement(
  'actions.names',
  `select a.allocation_id, c.name as campaign_name, a.name as allocation_name
   from allocations a join campaigns c using (campaign_id) where a.allocation_id = any ($1::integer[])`,
)

export interface Names {
  campaign_name: string
  allocation_name: string
}

/** What the campaigns and the allocations of leads are called. */
export async function namesOf(db: Db, allocation_ids: readonly number[]): Promise<Names[]> {
  const rows = await db.query<Names & { allocation_id: number }>(NAMES, [allocation_ids])
  const names = new Map(rows.map((row) => [row.allocation_id, row]))
  return allocation_ids.map((id) => names.get(id) ?? { campaign_name: '', allocation_name: '' })
}
