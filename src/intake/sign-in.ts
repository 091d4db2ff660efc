// Signing in and changing one's password: guarded by growing delays, told apart by nothing. A delay meets all
// attempts for a login from one network. A browser in which the operator signed in before has delays of its own.

import { createHash, randomBytes } from 'node:crypto'
import { foldLogin, passwordProblem } from '../core/operator.ts'
import { ok, type Result, refuse, refuseFields } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import { changeOperator, credentialsOf, type OperatorRow, operatorById } from '../db/operators.ts'
import type { Db, Pool } from '../db/pool.ts'
import { createSession, endSession, endSessionsOf, type SessionRow, sweepSessions } from '../db/sessions.ts'
import { SEES_ALL } from '../db/sight.ts'
import {
  type Attempt,
  attemptSignIn,
  clearSignIn,
  clearSignIns,
  keepDevice,
  knowDevice,
  sweepSignIns,
} from '../db/sign-ins.ts'
import type { Actor } from './actor.ts'
import { hashPassword, inTurn, passwordFits } from './password.ts'

export const hashToken = (token: string) => createHash('sha256').update(token).digest()

const newToken = () => randomBytes(32).toString('base64url')

/** Attempts are counted by what was given as login, known or not. */
export const loginKey = (login: string) => hashToken(foldLogin(login))

export interface SignedIn {
  operator: OperatorRow
  token: string
  /** When the session ends unless it is used. */
  expires_at: string
  /** The token by which the browser is known from now on. */
  device?: string
}

export interface SignIn {
  login: string
  password: string
  /** The network that the request comes from. */
  network: string
  /** The token of a device that the browser presents. */
  device: string | undefined
  /** The session of the browser, which ends. */
  old_token: string | undefined
  by: Pick<Actor, 'request_id'>
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
  const token = newToken()
  const expires_at = await createSession(tx, operator_id, password_hash, hashToken(token))
  if (expires_at === undefined) return undefined
  if (old_token !== undefined) await endSession(tx, hashToken(old_token))
  const actor = `operator:${operator_id}`
  await audit(tx, { actor, action: 'session.create', subject: actor, request_id })
  return { operator: (await operatorById(tx, SEES_ALL, operator_id))!, token, expires_at }
}

/** After so many attempts of this process, old ones are swept away. */
const SWEEP_EVERY = 500
let attempts = 0

/** Tries a password while the delays allow it; refused attempts look alike whatever was wrong. */
export async function signIn(pool: Pool, asked: SignIn): Promise<Result<SignedIn>> {
  const { login, password, network, device, old_token, by } = asked
  const known = device === undefined ? undefined : await knowDevice(pool, hashToken(device), foldLogin(login))
  const key = known?.is_own ? `device ${device}` : `network ${network}`
  const attempt: Attempt = { login_hash: loginKey(login), from_hash: hashToken(key) }
  if (++attempts % SWEEP_EVERY === 0) await sweepSignIns(pool)
  return inTurn({ is_known: known?.is_own === true, key }, async () => {
    const delayed = await refuseEarly(pool, attempt)
    if (delayed) return delayed
    const found = await credentialsOf(pool, foldLogin(login))
    const fits = await passwordFits(password, found?.password_hash)
    // Before the session: behind its commit nothing may fail any more.
    if (fits) await sweepSessions(pool)
    const session =
      found && fits && !found.disabled
        ? await pool.transaction(async (tx) => {
            const made = await openSession(tx, found.operator_id, found.password_hash, by, old_token)
            if (!made) return undefined
            await clearSignIn(tx, attempt)
            // A browser that others signed in with before is theirs still.
            const token = known?.is_known ? device! : newToken()
            await keepDevice(tx, hashToken(token), found.operator_id)
            return { ...made, device: token }
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

async function refuseEarly(pool: Pool, attempt: Attempt) {
  const wait_s = await attemptSignIn(pool, attempt)
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
): Promise<Result<true>> {
  const problem = passwordProblem(wanted, login)
  if (problem) return refuseFields([{ name: 'INVALID_FIELD', field: '/new', detail: problem }])
  const wrong = refuseFields([{ name: 'INVALID_FIELD', field: '/current', detail: 'is not your password' }])
  const key = `session ${session_id}`
  return inTurn({ is_known: true, key }, async () => {
    const delayed = await refuseEarly(pool, { login_hash: loginKey(login), from_hash: hashToken(key) })
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
