// Operators: people who sign in, with their role and the teams that bound what they see.

import type { Role } from '../core/operator.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import type { TeamIds } from './sight.ts'
import { statement } from './statement.ts'

export interface OperatorRow {
  operator_id: number
  login: string
  name: string
  role: Role
  /** Names; none: those of every team. */
  teams: string[]
  disabled: boolean
  created_at: string
  last_seen_at: string | null
}

const LOCK = statement('operators.lock', `select pg_advisory_xact_lock(${LOCKS.operators})`)

/** Until the transaction ends nobody else makes an operator: who is the first is decided one by one. */
export const lockOperators = (tx: Db) => tx.query(LOCK)

const EXIST = statement('operators.exist', 'select exists (select from operators) as there')

/** Whether there ever was an operator, disabled ones included. */
export const operatorsExist = async (db: Db) => (await db.query<{ there: boolean }>(EXIST))[0]!.there

/**
 * Somebody who is bound to teams sees the operators that are bound to no other team. One who is bound to none sees
 * every team, so only those see him who see every team themselves.
 */
const LIST = statement(
  'operators.list',
  `select o.operator_id, o.login, o.name, o.role, coalesce(t.names, '{}') as teams,
     o.disabled_at is not null as disabled, o.created_at, o.last_seen_at
   from operators o left join lateral (
     select array_agg(m.team_id) as ids, array_agg(g.name::text order by g.name) as names
     from operator_teams m join teams g using (team_id) where m.operator_id = o.operator_id) t on true
   where ($1::integer[] is null or t.ids <@ $1) and ($2::integer is null or o.operator_id = $2)
     and o.operator_id > $3::bigint
   order by o.operator_id limit $4`,
)

export const listOperators = (db: Db, team_ids: TeamIds, after = 0, rows_max: number | null = null) =>
  db.query<OperatorRow>(LIST, [team_ids, null, after, rows_max])

export const operatorById = async (db: Db, team_ids: TeamIds, operator_id: number) =>
  (await db.query<OperatorRow>(LIST, [team_ids, operator_id, 0, 1]))[0]

const ADMINS_BESIDE = statement(
  'operators.adminsBeside',
  `select count(*)::integer as admins from operators o
   where o.operator_id <> $1 and o.role = 'admin' and o.disabled_at is null
     and not exists (select from operator_teams t where t.operator_id = o.operator_id)`,
)

/** How many enabled admins there are who see every team, besides one operator. */
export const adminsBeside = async (tx: Db, operator_id: number) =>
  (await tx.query<{ admins: number }>(ADMINS_BESIDE, [operator_id]))[0]!.admins

const ADD_CODE = statement('setupCodes.add', 'insert into setup_codes (code_hash) values ($1)')
const HAS_CODE = statement('setupCodes.find', 'select from setup_codes where code_hash = $1')
const END_CODES = statement('setupCodes.end', 'delete from setup_codes')

/** Codes of several starts count beside each other: each process shows its own. */
export const addSetupCode = (db: Db, code_hash: Buffer) => db.query(ADD_CODE, [code_hash])
export const isSetupCode = async (db: Db, code_hash: Buffer) =>
  (await db.query(HAS_CODE, [code_hash])).length > 0
export const endSetupCodes = (tx: Db) => tx.query(END_CODES)

export interface Credentials {
  operator_id: number
  password_hash: string
  disabled: boolean
}

const BY_LOGIN = statement(
  'operators.byLogin',
  'select operator_id, password_hash, disabled_at is not null as disabled from operators where login = $1',
)

export const credentialsOf = async (db: Db, login: string) =>
  (await db.query<Credentials>(BY_LOGIN, [login]))[0]

const CREATE = statement(
  'operators.create',
  `insert into operators (login, name, role, password_hash, created_by) values ($1, $2, $3, $4, $5)
   on conflict on constraint operator_logins_are_unique do nothing
   returning operator_id`,
)

/** The new operator's id; undefined when the login is taken. */
export async function createOperator(
  tx: Db,
  made: {
    login: string
    name: string
    role: Role
    password_hash: string
    created_by: string
    team_ids?: readonly number[]
  },
): Promise<number | undefined> {
  const { login, name, role, password_hash, created_by, team_ids = [] } = made
  const [row] = await tx.query<{ operator_id: number }>(CREATE, [
    login,
    name,
    role,
    password_hash,
    created_by,
  ])
  if (row && team_ids.length > 0) await setOperatorTeams(tx, row.operator_id, team_ids)
  return row?.operator_id
}

const SET_TEAMS = statement(
  'operators.setTeams',
  `with gone as (delete from operator_teams where operator_id = $1 and team_id <> all ($2::integer[]))
   insert into operator_teams (operator_id, team_id) select $1, unnest($2::integer[]) on conflict do nothing`,
)

/** No team: the operator sees those of every team. */
export const setOperatorTeams = (tx: Db, operator_id: number, team_ids: readonly number[]) =>
  tx.query(SET_TEAMS, [operator_id, team_ids])

const CHANGE = statement(
  'operators.change',
  `update operators set name = coalesce($2, name), role = coalesce($3, role),
     password_hash = coalesce($4, password_hash),
     disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end
   where operator_id = $1 and ($6::text is null or password_hash = $6)
   returning login`,
)

export interface OperatorChange {
  name?: string
  role?: Role
  password_hash?: string
  disabled?: boolean
}

/** The login of the changed operator. `was`: only while its password is still this one. */
export async function changeOperator(tx: Db, operator_id: number, change: OperatorChange, was?: string) {
  const { name, role, password_hash, disabled } = change
  const values = [
    operator_id,
    name ?? null,
    role ?? null,
    password_hash ?? null,
    disabled ?? null,
    was ?? null,
  ]
  return (await tx.query<{ login: string }>(CHANGE, values))[0]?.login
}
