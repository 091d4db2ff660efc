// Teams own pieces of the set-up.

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
