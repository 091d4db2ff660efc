// Sessions of operators, by the hash of their token. All times come from the database's clock, so servers agree.

import { LIMITS } from '../core/limits.ts'
import type { Role } from '../core/operator.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

/** A valid session with its operator. */
export interface SessionRow {
  session_id: number
  operator_id: number
  login: string
  name: string
  role: Role
  /** The teams whose templates the operator may see; null: all. */
  team_ids: number[] | null
  /** When it ends unless it is used. */
  expires_at: string
  /** Its use was last noted more than a minute ago. */
  stale_use: boolean
}

const ENDS = `least(s.created_at + make_interval(secs => ${LIMITS.session_s_max}),
     s.last_seen_at + make_interval(secs => ${LIMITS.session_idle_s_max}))`

/** Whether a session (`s`) is within its limits: since it was opened, and since it was used. */
export const LIVE = `${ENDS} > now()`

const BY_HASH = statement<{ token_hash: Buffer }, SessionRow>(
  'sessions.byHash',
  `select s.session_id, o.operator_id, o.login, o.name, o.role,
     (select array_agg(t.team_id) from operator_teams t where t.operator_id = o.operator_id) as team_ids,
     ${ENDS} as expires_at, s.last_seen_at < now() - interval '1 minute' as stale_use
   from sessions s join operators o using (operator_id)
   where s.token_hash = :token_hash and o.disabled_at is null and ${LIVE}`,
)

export const sessionByHash = async (db: Db, token_hash: Buffer) =>
  (await db.query(BY_HASH, { token_hash }))[0]

const USED = statement<{ session_id: number }>(
  'sessions.used',
  `update sessions set last_seen_at = now()
   where session_id = :session_id and last_seen_at < now() - interval '1 minute'`,
)
const SEEN = statement<{ operator_id: number }>(
  'operators.seen',
  `update operators set last_seen_at = now()
   where operator_id = :operator_id
     and (last_seen_at is null or last_seen_at < now() - interval '1 minute')`,
)

/**
 * Notes that a session was used, at most once a minute. Two statements, not one transaction: disabling an operator locks the
 * rows in the opposite order, so one transaction could deadlock.
 */
export async function sessionUsed(db: Db, { session_id, operator_id }: SessionRow): Promise<void> {
  await db.query(USED, { session_id })
  await db.query(SEEN, { operator_id })
}

interface NewSession {
  operator_id: number
  /** Of the password that the operator gave. */
  password_hash: string
  token_hash: Buffer
}

// The update locks the operator, so no session outlives a simultaneous change of the password or disabling.
const CREATE = statement<NewSession, { expires_at: string }>(
  'sessions.create',
  `with opener as (
     update operators set last_seen_at = now()
     where operator_id = :operator_id and password_hash = :password_hash and disabled_at is null
     returning operator_id),
   s as (
     insert into sessions (operator_id, token_hash) select operator_id, :token_hash from opener
     returning created_at, last_seen_at)
   select ${ENDS} as expires_at from s`,
)

/** When the new session ends unless it is used; undefined: the operator was disabled or got another password. */
export const createSession = async (tx: Db, session: NewSession) =>
  (await tx.query(CREATE, session))[0]?.expires_at

const END = statement<{ token_hash: Buffer }>(
  'sessions.end',
  'delete from sessions where token_hash = :token_hash',
)

export const endSession = (db: Db, token_hash: Buffer) => db.query(END, { token_hash })

const END_ALL = statement<{ operator_id: number; but: number | null }>(
  'sessions.endAll',
  'delete from sessions where operator_id = :operator_id and session_id is distinct from :but',
)

/** Ends the sessions of an operator, all or all but one. */
export const endSessionsOf = (tx: Db, operator_id: number, but: number | null = null) =>
  tx.query(END_ALL, { operator_id, but })

const SWEEP = statement<None>('sessions.sweep', `delete from sessions s where not (${LIVE})`)

/** Removes expired sessions. Only the size of the table depends on it. */
export const sweepSessions = (db: Db) => db.query(SWEEP)
