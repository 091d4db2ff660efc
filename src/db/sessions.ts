// Sessions of operators, by the hash of their token. The clock is the database's: of several servers none can be ahead.

import { LIMITS } from '../core/limits.ts'
import type { Role } from '../core/operator.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

/** A session that counts now, with its operator. */
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
  /** Its use was not noted for a minute. */
  stale_use: boolean
}

/** The absolute and the idle limit as parameters, and whether a session is within them. */
export const LIVE = (absolute: string, idle: string) =>
  `s.created_at > now() - make_interval(secs => ${absolute}) and s.last_seen_at > now() - make_interval(secs => ${idle})`
export const LIMITS_S = [LIMITS.session_s_max, LIMITS.session_idle_s_max]

const BY_HASH = statement(
  'sessions.byHash',
  `select s.session_id, o.operator_id, o.login, o.name, o.role,
     (select array_agg(t.team_id) from operator_teams t where t.operator_id = o.operator_id) as team_ids,
     least(s.created_at + make_interval(secs => $2), s.last_seen_at + make_interval(secs => $3)) as expires_at,
     s.last_seen_at < now() - interval '1 minute' as stale_use
   from sessions s join operators o using (operator_id)
   where s.token_hash = $1 and o.disabled_at is null and ${LIVE('$2', '$3')}`,
)

export const sessionByHash = async (db: Db, token_hash: Buffer) =>
  (await db.query<SessionRow>(BY_HASH, [token_hash, ...LIMITS_S]))[0]

const USED = statement(
  'sessions.used',
  `update sessions set last_seen_at = now() where session_id = $1 and last_seen_at < now() - interval '1 minute'`,
)
const SEEN = statement(
  'operators.seen',
  `update operators set last_seen_at = now()
   where operator_id = $1 and (last_seen_at is null or last_seen_at < now() - interval '1 minute')`,
)

/**
 * Notes that a session was used, at most once a minute. Two statements, not one transaction: disabling an operator locks the
 * rows in the opposite order, so one transaction could deadlock.
 */
export async function sessionUsed(db: Db, { session_id, operator_id }: SessionRow): Promise<void> {
  await db.query(USED, [session_id])
  await db.query(SEEN, [operator_id])
}

// The update locks the operator: one who is disabled, or gets another password, in this moment gets no session that
// would outlive it.
const CREATE = statement(
  'sessions.create',
  `with whose as (update operators set last_seen_at = now()
     where operator_id = $1 and password_hash = $2 and disabled_at is null returning operator_id),
   made as (insert into sessions (operator_id, token_hash) select operator_id, $3 from whose returning created_at)
   select created_at + make_interval(secs => least($4::integer, $5::integer)) as expires_at from made`,
)

/** When the new session ends unless it is used; undefined: the operator is disabled or has another password by now. */
export async function createSession(tx: Db, operator_id: number, password_hash: string, token_hash: Buffer) {
  const values = [operator_id, password_hash, token_hash, ...LIMITS_S]
  return (await tx.query<{ expires_at: string }>(CREATE, values))[0]?.expires_at
}

const END = statement('sessions.end', 'delete from sessions where token_hash = $1')

export const endSession = (db: Db, token_hash: Buffer) => db.query(END, [token_hash])

const END_ALL = statement(
  'sessions.endAll',
  'delete from sessions where operator_id = $1 and session_id is distinct from $2',
)

/** Ends the sessions of an operator, all or all but one. */
export const endSessionsOf = (tx: Db, operator_id: number, but: number | null = null) =>
  tx.query(END_ALL, [operator_id, but])

const SWEEP = statement('sessions.sweep', `delete from sessions s where not (${LIVE('$1', '$2')})`)

/** Removes what counts no more. Nothing depends on it but the size of the tables. */
export const sweepSessions = (db: Db) => db.query(SWEEP, LIMITS_S)
