// Teams own pieces of the set-up.

import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

const ENSURE = statement<{ name: string }, { team_id: number }>(
  'teams.ensure',
  `with created as (
     insert into teams (name) values (:name)
     on conflict on constraint team_names_are_unique do nothing returning team_id)
   select team_id from created union all select team_id from teams where name = :name`,
)

/** The id of the team of this name, which is created if it is new. */
export const ensureTeam = async (db: Db, name: string) => (await db.query(ENSURE, { name }))[0]!.team_id

const NAMES = statement<None, { team_id: number; name: string }>(
  'teams.names',
  'select team_id, name from teams',
)

/** The names of all teams, by id. */
export const teamNames = async (db: Db) =>
  new Map((await db.query(NAMES)).map(({ team_id, name }) => [team_id, name]))

const NAMED = statement<Sight & { name: string }, { team_id: number }>(
  'teams.named',
  `select team_id from teams where name = :name and ${visibleTo('team_id')}`,
)

/** Undefined: the caller sees no such team. */
export const teamNamed = async (db: Db, sight: Sight, name: string) =>
  (await db.query(NAMED, { ...sight, name }))[0]?.team_id

const KEEP = statement<{ team_ids: readonly number[] }, { team_id: number }>(
  'teams.keep',
  `select team_id from teams where team_id = any (:team_ids::integer[]) order by team_id for key share`,
)

/** Whether all of them are there; until the transaction ends, none of them is deleted. */
export const keepTeams = async (tx: Db, team_ids: readonly number[]) =>
  (await tx.query(KEEP, { team_ids })).length === new Set(team_ids).size

export interface TeamRow {
  team_id: number
  name: string
  templates: number
  operators: number
  /** That are not revoked. */
  keys: number
  version: number
}

const ROW = `t.team_id, t.name,
     (select count(*)::integer from templates where templates.team_id = t.team_id) as templates,
     (select count(*)::integer from operator_teams o where o.team_id = t.team_id) as operators,
     (select count(*)::integer from api_keys k
      where t.team_id = any (k.team_ids) and k.revoked_at is null) as keys,
     t.version`

const LIST = statement<Sight & PageBounds & { team_id: number | null }, TeamRow>(
  'teams.list',
  `select ${ROW} from teams t
   where ${visibleTo('t.team_id')} and (:team_id::integer is null or t.team_id = :team_id)
     and t.team_id > :after::bigint
   order by t.team_id limit :rows_max`,
)

export const listTeams = (db: Db, sight: Sight, asked: Partial<PageBounds> & { team_id?: number } = {}) =>
  db.query(LIST, { ...sight, ...EVERYTHING, team_id: null, ...asked })

export const teamById = async (db: Db, sight: Sight, team_id: number) =>
  (await listTeams(db, sight, { team_id }))[0]

const CREATE = statement<{ name: string }, TeamRow>(
  'teams.create',
  `insert into teams as t (name) values (:name) returning ${ROW}`,
)

/** Names are unique (23505). */
export const createTeam = async (tx: Db, name: string) => (await tx.query(CREATE, { name }))[0]!

const LOCK = statement<Sight & { team_id: number }, TeamRow>(
  'teams.lock',
  `select ${ROW} from teams t where t.team_id = :team_id and ${visibleTo('t.team_id')} for update of t`,
)

/** Undefined: the caller sees no such team. */
export const lockTeam = async (tx: Db, sight: Sight, team_id: number) =>
  (await tx.query(LOCK, { ...sight, team_id }))[0]

const RENAME = statement<{ team_id: number; name: string }, TeamRow>(
  'teams.rename',
  `update teams t set name = :name, version = t.version + 1 where t.team_id = :team_id returning ${ROW}`,
)

/** Of a locked team. Names are unique (23505). */
export const renameTeam = async (tx: Db, team_id: number, name: string) =>
  (await tx.query(RENAME, { team_id, name }))[0]!
