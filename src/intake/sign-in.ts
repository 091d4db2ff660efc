// Signing in and changing one's password. Wrong passwords bring growing delays, and all refusals look alike. A delay
// applies to all attempts for a login from one network; a browser that the operator used before has its own delays.

import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { foldLogin, passwordProblem } from '../core/operator.ts'
import { ok, type Result, refuse, refuseField } from '../core/result.ts'
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
import { hashPassword, inPasswordTurn, passwordFits } from './password.ts'

export const hashToken = (token: string) => createHash('sha256').update(token).digest()

const newToken = () => randomBytes(32).toString('base64url')

/** Attempts are counted for the given login, whether it exists or not. */
export const loginKey = (login: string) => hashToken(foldLogin(login))

export interface SignedIn {
  operator: OperatorRow
  token: string
  /** When the session ends unless it is used. */
  expires_at: string
  /** The token by which the browser is known from now on. */
  device?: string
}

interface SignIn {
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

/** Opens a session for an operator who has given the password of this hash, and ends the session of `old_token`. */
export async function openSession(
  tx: Db,
  operator_id: number,
  password_hash: string,
  { request_id }: Pick<Actor, 'request_id'>,
  old_token?: string,
): Promise<SignedIn | undefined> {
  const token = newToken()
  const token_hash = hashToken(token)
  const expires_at = await createSession(tx, { operator_id, password_hash, token_hash })
  if (expires_at === undefined) return undefined
  if (old_token !== undefined) await endSession(tx, hashToken(old_token))
  const actor = `operator:${operator_id}`
  await audit(tx, { actor, action: 'session.create', subject: actor, request_id })
  return { operator: (await operatorById(tx, SEES_ALL, operator_id))!, token, expires_at }
}

/**
 * The key with which a browser encrypts the operator's unsaved input. It is made of the password's hash, so there is
 * nothing to keep, and another password ends what was kept.
 */
export async function draftsKeyOf(db: Db, login: string): Promise<string | null> {
  const found = await credentialsOf(db, login)
  if (!found) return null
  const key = hkdfSync('sha256', found.password_hash, '', `drafts of operator ${found.operator_id}`, 32)
  return Buffer.from(key).toString('base64')
}

/** Ends the session of a token, or every session of its operator. */
export const signOut = (pool: Pool, operator_id: number, token: string, everywhere: boolean, by: Actor) =>
  pool.transaction(async (tx) => {
    if (everywhere) await endSessionsOf(tx, operator_id)
    else await endSession(tx, hashToken(token))
    const subject = `operator:${operator_id}`
    await audit(tx, { ...by, action: 'session.end', subject, details: { everywhere } })
  })

/** After this many attempts in this process, old ones are removed. */
const SWEEP_EVERY = 500
let attempts = 0

/** Tries a password unless a delay forbids it; refused attempts look alike whatever was wrong. */
export async function signIn(pool: Pool, asked: SignIn): Promise<Result<SignedIn>> {
  const { login, password, network, device, old_token, by } = asked
  const known = device === undefined ? undefined : await knowDevice(pool, hashToken(device), foldLogin(login))
  const key = known?.is_own ? `device ${device}` : `network ${network}`
  const attempt: Attempt = { login_hash: loginKey(login), from_hash: hashToken(key) }
  if (++attempts % SWEEP_EVERY === 0) await sweepSignIns(pool)
  return inPasswordTurn({ is_known: known?.is_own === true, key }, async () => {
    const delayed = await refuseEarly(pool, attempt)
    if (delayed) return delayed
    const found = await credentialsOf(pool, foldLogin(login))
    const fits = await passwordFits(password, found?.password_hash)
    // Before the session is opened: nothing may fail after its commit.
    if (fits) await sweepSessions(pool)
    const session =
      found && fits && !found.disabled
        ? await pool.transaction(async (tx) => {
            const made = await openSession(tx, found.operator_id, found.password_hash, by, old_token)
            if (!made) return undefined
            await clearSignIn(tx, attempt)
            // Others may have signed in with this browser: it keeps its token, so they keep their delays.
            const token = known?.is_known ? device! : newToken()
            await keepDevice(tx, hashToken(token), found.operator_id)
            return { ...made, device: token }
          })
        : undefined
    if (!session) {
      // Not the given login: people type their password there, too.
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

/** Changes the operator's own password. This session goes on, all others end. */
export async function changePassword(
  pool: Pool,
  { operator_id, session_id, login }: SessionRow,
  current: string,
  wanted: string,
  by: Actor,
): Promise<Result<true>> {
  const problem = passwordProblem(wanted, login)
  if (problem) return refuseField('/new', problem)
  const wrong = refuseField('/current', 'is not your password')
  const key = `session ${session_id}`
  return inPasswordTurn({ is_known: true, key }, async () => {
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
