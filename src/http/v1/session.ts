// Signing in and out, and one's own password.

import type { Static } from 'typebox'
import { type Result, refuse } from '../../core/result.ts'
import { audit } from '../../db/audit.ts'
import { operatorById, operatorsExist } from '../../db/operators.ts'
import { endSession, endSessionsOf, type SessionRow } from '../../db/sessions.ts'
import { changePassword, hashToken, type SignedIn, signIn } from '../../intake/sign-in.ts'
import { networkOf } from '../address.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { presentedDevice, presentedToken, setCookie, setDeviceCookie } from '../session.ts'
import type * as schemas from './operator-schemas.ts'

/** Hands the session's cookie out; the operator as everybody sees it. */
export function welcome({ request, reply }: Call, { operator, token, expires_at, device }: SignedIn) {
  setCookie(request, reply, token)
  if (device !== undefined) setDeviceCookie(request, reply, device)
  reply.code(201)
  return { operator, expires_at }
}

/** Counts refused attempts, so that guessing shows in the metrics. */
function counted<T>({ services: { metrics } }: Call, outcome: Result<T>): Result<T> {
  const { name, field } = outcome.refusal ?? {}
  if (name === 'RATE_LIMITED') metrics.signInFailed('delayed')
  if (name === 'UNAUTHORIZED' || field === '/current') metrics.signInFailed('wrong')
  return outcome
}

export async function postSession(call: Call) {
  const { login, password } = call.request.body as Static<typeof schemas.SignIn>
  const { services, request } = call
  const asked = {
    login,
    password,
    network: networkOf(services.addresses.of(request.raw)),
    device: presentedDevice(request.raw),
    old_token: presentedToken(request.raw).ok || undefined,
    by: call.by,
  }
  const session = orRefuse(counted(call, await signIn(services.pool, asked)))
  services.sessions.clear()
  return welcome(call, session)
}

export async function getSession({ services, request }: Call) {
  const { extend } = request.query as Static<typeof schemas.SessionQuery>
  const { sessions, pool } = services
  const token = presentedToken(request.raw).ok ?? ''
  if (extend && request.raw.leadline!.session) await sessions.find(token, true)
  const session = request.raw.leadline!.session && (await sessions.find(token, false))
  if (!session) return { operator: null, setup: !(await operatorsExist(pool)), expires_at: null }
  const operator = await operatorById(pool, null, session.operator_id)
  return { operator, setup: false, expires_at: session.expires_at }
}

/** The session by which the operator came in: the route lets nobody else through. */
const ownSession = ({ request }: Call): SessionRow =>
  request.raw.leadline!.session ?? orRefuse(refuse('UNAUTHORIZED', 'no valid session'))

export async function deleteSession(call: Call) {
  const { everywhere } = call.request.query as Static<typeof schemas.SignOut>
  const { operator_id } = ownSession(call)
  const { pool, sessions } = call.services
  await pool.transaction(async (tx) => {
    if (everywhere) await endSessionsOf(tx, operator_id)
    else await endSession(tx, hashToken(presentedToken(call.request.raw).ok ?? ''))
    await audit(tx, {
      ...call.by,
      action: 'session.end',
      subject: `operator:${operator_id}`,
      details: { everywhere: everywhere ?? false },
    })
  })
  sessions.clear()
  setCookie(call.request, call.reply, '')
  call.reply.code(204)
}

export async function putPassword(call: Call) {
  const body = call.request.body as Static<typeof schemas.PasswordChange>
  const { pool, sessions } = call.services
  orRefuse(counted(call, await changePassword(pool, ownSession(call), body.current, body.new, call.by)))
  sessions.clear()
  call.reply.code(204)
}
