// Signing in and changing one's password: guarded by growing delays, told apart by nothing.

import { createHash, randomBytes } from 'node:crypto'
import { foldLogin, passwordProblem } from '../core/operator.ts'
import { type Outcome, ok, refuse, refuseFields } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import { changeOperator, credentialsOf, type OperatorRow, operatorById } from '../db/operators.ts'
import type { Db, Pool } from '../db/pool.ts'
import {
  attemptSignIn,
  clearSignIns,
  createSession,
  endSession,
  endSessionsOf,
  type SessionRow,
  sweepSessions,
} from '../db/sessions.ts'
import type { Actor } from './actor.ts'
import { hashPassword, inTurn, passwordFits } from './password.ts'

export const hashToken = (token: string) => createHash('sha256').update(token).digest()

/** Attempts are counted by what was given as login, known or not. */
export const loginKey = (login: string) => createHash('sha256').update(foldLogin(login)).digest()

export interface SignedIn {
  operator: OperatorRow
  token: string
  /** When the session ends unless it is used. */
  expires_at: string
}

const WRONG = refuse('UNAUTHORIZED', 'the login or the password is wrong')

/** A session for an operator who has shown the password of this hash; `old_token`: of the browser, ends. */
export async function openSession(
  tx: Db,
  operator_id: number,
  password_hash: string,
  { request_id }: Pick<Actor, 'request_id'>,
  old_token?: string,
): Promise<SignedIn | undefined> {
  const token = randomBytes(32).toString('base64url')
  const expires_at = await createSession(tx, operator_id, password_hash, hashToken(token))
  if (expires_at === undefined) return undefined
  if (old_token !== undefined) await endSession(tx, hashToken(old_token))
  const actor = `operator:${operator_id}`
  await audit(tx, { actor, action: 'session.create', subject: actor, request_id })
  return { operator: (await operatorById(tx, null, operator_id))!, token, expires_at }
}

/** Tries a password while the delays allow it; refused attempts look alike whatever was wrong. */
export function signIn(
  pool: Pool,
  login: string,
  password: string,
  by: Pick<Actor, 'request_id'>,
  old_token?: string,
): Promise<Outcome<SignedIn>> {
  return inTurn(async () => {
    const delayed = await attempt(pool, login)
    if (delayed) return delayed
    const found = await credentialsOf(pool, foldLogin(login))
    const fits = await passwordFits(password, found?.password_hash)
    // Before the session: behind its commit nothing may fail any more.
    if (fits) await sweepSessions(pool)
    const session =
      found && fits && !found.disabled
        ? await pool.transaction(async (tx) => {
            const made = await openSession(tx, found.operator_id, found.password_hash, by, old_token)
            if (made) await clearSignIns(tx, loginKey(login))
            return made
          })
        : undefined
    if (!session) {
      // Never what was given as login: people type their password there, too.
      const subject = found ? `operator:${found.operator_id}` : 'operator:unknown'
      await audit(pool, { actor: 'anonymous', action: 'session.refuse', subject, request_id: by.request_id })
      return WRONG
    }
    return ok(session)
  })
}

async function attempt(pool: Pool, login: string) {
  const wait_s = await attemptSignIn(pool, loginKey(login))
  if (wait_s === undefined) return undefined
  return refuse('RATE_LIMITED', `too many wrong passwords: the next is looked at in ${wait_s} s`, {
    retry_after_s: wait_s,
  })
}

/** The operator's own new password. The sessions elsewhere end, this one goes on. */
export async function changePassword(
  pool: Pool,
  { operator_id, session_id, login }: SessionRow,
  current: string,
  wanted: string,
  by: Actor,
): Promise<Outcome<true>> {
  const problem = passwordProblem(wanted, login)
  if (problem) return refuseFields([{ name: 'INVALID_FIELD', field: '/new', detail: problem }])
  const wrong = refuseFields([{ name: 'INVALID_FIELD', field: '/current', detail: 'is not your password' }])
  return inTurn(async () => {
    const delayed = await attempt(pool, login)
    if (delayed) return delayed
    const found = await credentialsOf(pool, login)
    if (!found || !(await passwordFits(current, found.password_hash))) {
      await audit(pool, { ...by, action: 'password.refuse', subject: `operator:${operator_id}` })
      return wrong
    }
    const password_hash = await hashPassword(wanted)
    return pool.transaction(async (tx) => {
      if ((await changeOperator(tx, operator_id, { password_hash }, found.password_hash)) === undefined)
        return wrong
      await endSessionsOf(tx, operator_id, session_id)
      await clearSignIns(tx, loginKey(login))
      await audit(tx, { ...by, action: 'operator.password', subject: `operator:${operator_id}` })
      return ok<true>(true)
    })
  })
}
