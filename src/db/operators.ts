// Operators: people who sign in, with their role and the teams that bound what they see.

import type { Role } from '../core/operator.ts'
import { LOCKS } from './locks.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, withinTeamsOf } from './sight.ts'
import { type None, statement } from './statement.ts'

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

const LOCK = statement<None>('operators.lock', `select pg_advisory_xact_lock(${LOCKS.operators})`)

/** Until the transaction ends nobody else creates an operator, so that only one can be the first. */
export const lockOperators = (tx: Db) => tx.query(LOCK)

const EXIST = statement<None, { exist: boolean }>(
  'operators.exist',
  'select exists (select from operators) as exist',
)

/** Whether there ever was an operator, disabled ones included. */
export const operatorsExist = async (db: Db) => (await db.query(EXIST))[0]!.exist

const KNOWS_AGENT = statement<{ campaign_id: number; agent: string }, { known: boolean }>(
  'operators.knowsAgent',
  `select exists (select from operators where disabled_at is null and :agent in (login, name))
     or exists (
       select from (
         select agent from leases where campaign_id = :campaign_id
         order by lease_number desc limit 1000) lately
       where agent = :agent) as known`,
)

/** Whether a name is that of an operator, or of an agent for whom the dialler took a lead of the campaign lately. */
export const knowsAgent = async (db: Db, campaign_id: number, agent: string) =>
  (await db.query(KNOWS_AGENT, { campaign_id, agent }))[0]!.known

// An operator without teams sees every team, so only callers without teams see that operator: null <@ … is not true.
const LIST = statement<Sight & PageBounds & { operator_id: number | null }, OperatorRow>(
  'operators.list',
  `select o.operator_id, o.login, o.name, o.role, coalesce(own.names, '{}') as teams,
     o.disabled_at is not null as disabled, o.created_at, o.last_seen_at
   from operators o left join lateral (
     select array_agg(t.team_id) as team_ids, array_agg(teams.name::text order by teams.name) as names
     from operator_teams t join teams using (team_id) where t.operator_id = o.operator_id) own on true
   where ${withinTeamsOf('own.team_ids')}
     and (:operator_id::integer is null or o.operator_id = :operator_id)
     and o.operator_id > :after::bigint
   order by o.operator_id limit :rows_max`,
)

export const listOperators = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { operator_id?: number } = {},
) => db.query(LIST, { ...sight, ...EVERYTHING, operator_id: null, ...asked })

export const operatorById = async (db: Db, sight: Sight, operator_id: number) =>
  (await listOperators(db, sight, { operator_id }))[0]

export interface ColleagueRow {
  operator_id: number
  login: string
  name: string
}

const COLLEAGUES = statement<Sight, ColleagueRow>(
  'operators.colleagues',
  `select o.operator_id, o.login, o.name
   from operators o left join lateral (
     select array_agg(t.team_id) as team_ids
     from operator_teams t where t.operator_id = o.operator_id) own on true
   where o.disabled_at is null
     and (:team_ids::integer[] is null or own.team_ids is null or own.team_ids && :team_ids)
   order by o.name, o.login`,
)

/** The enabled operators who see leads of the caller's teams. */
export const colleagues = (db: Db, { team_ids, allocation_ids }: Sight) =>
  db.query(COLLEAGUES, { team_ids, allocation_ids })

const ADMINS_BESIDE = statement<{ operator_id: number }, { admins: number }>(
  'operators.adminsBeside',
  `select count(*)::integer as admins from operators o
   where o.operator_id <> :operator_id and o.role = 'admin' and o.disabled_at is null
     and not exists (select from operator_teams t where t.operator_id = o.operator_id)`,
)

/** How many enabled admins see every team, besides one operator. */
export const adminsBeside = async (tx: Db, operator_id: number) =>
  (await tx.query(ADMINS_BESIDE, { operator_id }))[0]!.admins

type CodeHash = { code_hash: Buffer }
const ADD_CODE = statement<CodeHash>(
  'setupCodes.add',
  'insert into setup_codes (code_hash) values (:code_hash)',
)
const FIND_CODE = statement<CodeHash>(
  'setupCodes.find',
  'select from setup_codes where code_hash = :code_hash',
)
const END_CODES = statement<None>('setupCodes.end', 'delete from setup_codes')

/** The codes of several processes are valid side by side: each process shows its own. */
export const addSetupCode = (db: Db, code_hash: Buffer) => db.query(ADD_CODE, { code_hash })
export const isSetupCode = async (db: Db, code_hash: Buffer) =>
  (await db.query(FIND_CODE, { code_hash })).length > 0
export const endSetupCodes = (tx: Db) => tx.query(END_CODES)

export interface Credentials {
  operator_id: number
  password_hash: string
  disabled: boolean
}

const BY_LOGIN = statement<{ login: string }, Credentials>(
  'operators.byLogin',
  `select operator_id, password_hash, disabled_at is not null as disabled
   from operators where login = :login`,
)

export const credentialsOf = async (db: Db, login: string) => (await db.query(BY_LOGIN, { login }))[0]

interface NewOperatorRow {
  login: string
  name: string
  role: Role
  password_hash: string
  created_by: string
}

const CREATE = statement<NewOperatorRow, { operator_id: number }>(
  'operators.create',
  `insert into operators (login, name, role, password_hash, created_by)
   values (:login, :name, :role, :password_hash, :created_by)
   on conflict on constraint operator_logins_are_unique do nothing
   returning operator_id`,
)

/** The new operator's id; undefined when the login is taken. */
export async function createOperator(
  tx: Db,
  { team_ids = [], ...operator }: NewOperatorRow & { team_ids?: readonly number[] },
): Promise<number | undefined> {
  const [row] = await tx.query(CREATE, operator)
  if (row && team_ids.length > 0) await setOperatorTeams(tx, row.operator_id, team_ids)
  return row?.operator_id
}

const SET_TEAMS = statement<{ operator_id: number; team_ids: readonly number[] }>(
  'operators.setTeams',
  `with removed as (
     delete from operator_teams
     where operator_id = :operator_id and team_id <> all (:team_ids::integer[]))
   insert into operator_teams (operator_id, team_id)
   select :operator_id, unnest(:team_ids::integer[]) on conflict do nothing`,
)

/** No team: the operator sees those of every team. */
export const setOperatorTeams = (tx: Db, operator_id: number, team_ids: readonly number[]) =>
  tx.query(SET_TEAMS, { operator_id, team_ids })

export interface OperatorChange {
  name?: string
  role?: Role
  password_hash?: string
  disabled?: boolean
}

type Nullable<T> = { [K in keyof T]-?: Exclude<T[K], undefined> | null }

const CHANGE = statement<
  Nullable<OperatorChange> & { operator_id: number; password_was: string | null },
  { login: string }
>(
  'operators.change',
  `update operators set name = coalesce(:name, name), role = coalesce(:role, role),
     password_hash = coalesce(:password_hash, password_hash),
     disabled_at = case
       when :disabled::boolean is null then disabled_at
       when :disabled then coalesce(disabled_at, now()) end
   where operator_id = :operator_id and (:password_was::text is null or password_hash = :password_was)
   returning login`,
)

/** The login of the changed operator. `password_was`: only while its password hash is still this one. */
export async function changeOperator(
  tx: Db,
  operator_id: number,
  { name = null, role = null, password_hash = null, disabled = null }: Partial<Nullable<OperatorChange>>,
  password_was: string | null = null,
) {
  const params = { operator_id, name, role, password_hash, disabled, password_was }
  return (await tx.query(CHANGE, params))[0]?.login
}
