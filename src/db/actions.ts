// Actions as set-up: what they are, and which outcomes start them.

import type { Action, ActionKind, ActionSetUp } from '../core/action.ts'
import { LOCKS } from './locks.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID, type Sight, usableBy, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

export type ActionRow = Action & {
  team_id: number
  team: string
  /** The outcomes that start it. */
  dispositions: { disposition_set_id: number; code: string }[]
  version: number
  created_at: string
  updated_at: string
}

const LIST = statement<Sight & PageBounds & { action_id: number | null }, ActionRow>(
  'actions.list',
  `select a.action_id, a.team_id, teams.name as team, a.name, a.kind, a.config, a.enabled, a.version,
     a.created_at, a.updated_at,
     (select coalesce(json_agg(json_build_object('disposition_set_id', d.disposition_set_id, 'code', d.code)
        order by d.disposition_set_id, d.code), '[]')
      from disposition_actions d where d.action_id = a.action_id) as dispositions
   from actions a join teams using (team_id)
   where ${usableBy('a.team_id')} and (:action_id::integer is null or a.action_id = :action_id)
     and a.action_id > :after::bigint
   order by a.action_id limit :rows_max`,
)

export const listActions = (db: Db, sight: Sight, page = EVERYTHING) =>
  db.query(LIST, { ...sight, ...page, action_id: null })

/** Undefined: there is no such action that the caller may use. */
export const actionById = async (db: Db, sight: Sight, action_id: number) =>
  (await db.query(LIST, { ...sight, ...EVERYTHING, action_id }))[0]

const LOCK = statement<None>('actions.lock', `select pg_advisory_xact_lock(${LOCKS.actions})`)

/** One change of actions at a time, until the transaction ends: two of them together could close a ring. */
export const lockActions = (tx: Db) => tx.query(LOCK)

const CREATE = statement<
  { team_id: number; name: string; kind: ActionKind; config: string; enabled: boolean },
  { action_id: number }
>(
  'actions.create',
  `insert into actions (team_id, name, kind, config, enabled)
   values (:team_id, :name, :kind, :config::jsonb, :enabled)
   returning action_id`,
)

/** The new action's id. Names are unique (23505). */
export const createAction = async (db: Db, action: Omit<Action, 'action_id'> & { team_id: number }) =>
  (await db.query(CREATE, { ...action, config: JSON.stringify(action.config) }))[0]!.action_id

const REPLACE = statement<Sight & { action_id: number; name: string; config: string; enabled: boolean }>(
  'actions.replace',
  `update actions set name = :name, config = :config::jsonb, enabled = :enabled,
     version = version + 1, updated_at = now()
   where action_id = :action_id and ${visibleTo('team_id')}`,
)

export const replaceAction = (db: Db, sight: Sight, action: Action) =>
  db.query(REPLACE, { ...sight, ...action, config: JSON.stringify(action.config) })

const REMOVE = statement<Sight & { action_id: number }>(
  'actions.remove',
  `delete from actions where action_id = :action_id and ${visibleTo('team_id')}`,
)

export const removeAction = (db: Db, sight: Sight, action_id: number) =>
  db.query(REMOVE, { ...sight, action_id })

const HAS_RUN = statement<{ action_id: number }>(
  'actions.hasRun',
  'select from action_runs where action_id = :action_id limit 1',
)

/** Whether it has ever been started. */
export const actionHasRun = async (db: Db, action_id: number) =>
  (await db.query(HAS_RUN, { action_id })).length > 0

const SET_UPS = statement<None, ActionSetUp & { action_id: number; team_id: number }>(
  'actions.setUps',
  'select action_id, team_id, kind, config from actions',
)

/** Every action, as far as chains of actions need it. */
export const actionSetUps = (db: Db) => db.query(SET_UPS)

const FIELD_NAMES = statement<{ team_id: number | null }, { name: string }>(
  'actions.fieldNames',
  `select distinct names.name from fields f join templates t using (template_id)
     cross join lateral (select f.name union all select unnest(f.aliases)) names (name)
   where f.retired_at is null and (:team_id::integer is null or t.team_id = :team_id)`,
)

/** The names and aliases of the fields of a team's templates; null: of every template. */
export const fieldNames = async (db: Db, team_id: number | null) =>
  (await db.query(FIELD_NAMES, { team_id })).map(({ name }) => name)

// Everybody shares the Global actions, and a Global set: a team links only its own actions to a set that all share, so
// that they run for its own leads.
const MANAGEABLE = `(${visibleTo('a.team_id')} or (:is_own::boolean and a.team_id = ${GLOBAL_TEAM_ID}))`

interface Outcome {
  disposition_set_id: number
  code: string
}

const LINK = statement<
  Sight & Outcome & { is_own: boolean; action_ids: readonly number[] },
  { action_id: number }
>(
  'dispositionActions.replace',
  `with given as materialized (
     select a.action_id, ids.position, ${MANAGEABLE} as is_manageable
     from unnest(:action_ids::integer[]) with ordinality as ids (action_id, position)
       join actions a using (action_id)
     where ${MANAGEABLE} or exists (
       select from disposition_actions d
       where d.disposition_set_id = :disposition_set_id and d.code = :code and d.action_id = a.action_id)),
   unlinked as (
     delete from disposition_actions d using actions a
     where d.disposition_set_id = :disposition_set_id and d.code = :code and a.action_id = d.action_id
       and ${MANAGEABLE} and not d.action_id = any (:action_ids::integer[])),
   linked as (
     insert into disposition_actions (disposition_set_id, code, action_id, position)
     select :disposition_set_id, :code, action_id, position from given where is_manageable
     on conflict (disposition_set_id, code, action_id) do update set position = excluded.position)
   select action_id from given`,
)

/**
 * Makes these the actions of an outcome, as far as the caller may choose them; links to other actions stay. Answers how
 * many of them are known. `is_own`: the disposition set belongs to the caller's teams.
 */
export const linkActions = async (
  db: Db,
  sight: Sight,
  outcome: Outcome & { is_own: boolean },
  action_ids: readonly number[],
) => (await db.query(LINK, { ...sight, ...outcome, action_ids })).length

export interface LinkedAction {
  action_id: number
  name: string
  kind: ActionKind
  enabled: boolean
}

const LINKED = statement<Sight & Outcome, LinkedAction>(
  'dispositionActions.list',
  `select a.action_id, a.name, a.kind, a.enabled
   from disposition_actions d join actions a using (action_id)
   where d.disposition_set_id = :disposition_set_id and d.code = :code and ${usableBy('a.team_id')}
   order by d.position, a.action_id`,
)

export const actionsOf = (db: Db, sight: Sight, disposition_set_id: number, code: string) =>
  db.query(LINKED, { ...sight, disposition_set_id, code })
