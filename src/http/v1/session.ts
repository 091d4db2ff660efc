// Signing in and out, and one's own password.

import { Type } from 'typebox'
import { type Result, refuse } from '../../core/result.ts'
import { operatorById, operatorsExist } from '../../db/operators.ts'
import type { SessionRow } from '../../db/sessions.ts'
import { SEES_ALL } from '../../db/sight.ts'
import { changePassword, draftsKeyOf, signIn, signOut } from '../../intake/sign-in.ts'
import type { Call } from '../context.ts'
import { networkOf } from '../door/address.ts'
import { presentedDevice, presentedToken, setCookie, welcome } from '../door/sessions.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, put, routes } from '../route.ts'
import { Login, Operator, Password } from './operators.ts'
import { Closed, nullable, shape } from './shapes.ts'

const Ends = Type.String({ description: 'When the session ends unless it is used; RFC 3339' })
const SignedIn = shape('SignedIn', { operator: Operator, expires_at: Ends })
const Session = shape('Session', {
  operator: nullable(Operator, 'Null: nobody is signed in'),
  setup: Type.Boolean({
    description:
      'There is no operator yet: POST /v1/operators makes the first with the code of the start message',
  }),
  expires_at: nullable(Ends),
  drafts_key: nullable(
    Type.String(),
    'Encrypts unsaved input in the browser: 256 bits in base64, the same in every session of the operator until the password changes',
  ),
})

export const session = routes('people', {
  signIn: post('/v1/session', {
    scope: null,
    summary: 'Sign in',
    body: Type.Object({ login: Login, password: Password }, Closed),
    created: SignedIn,
    handle: async (call) => {
      const { services, request } = call
      const asked = {
        ...call.body,
        network: networkOf(services.addresses.of(request.raw)),
        device: presentedDevice(request.raw),
        old_token: presentedToken(request.raw).ok || undefined,
        by: call.by,
      }
      const opened = orRefuse(counted(call, await signIn(services.pool, asked)))
      services.sessions.clear()
      return welcome(call, opened)
    },
  }),

  session: get('/v1/session', {
    scope: 'session',
    open: 'always',
    background: true,
    summary: 'The signed-in operator',
    query: Type.Object({
      extend: Type.Optional(
        Type.Boolean({
          default: false,
          description: 'Counts as use; asking alone does not keep a session alive',
        }),
      ),
    }),
    answer: Session,
    handle: async ({ services, request, notes, query }) => {
      const { sessions, pool } = services
      const token = presentedToken(request.raw).ok ?? ''
      if (query.extend && notes.session) await sessions.find(token, true)
      const found = notes.session && (await sessions.find(token, false))
      if (!found)
        return { operator: null, setup: !(await operatorsExist(pool)), expires_at: null, drafts_key: null }
      const [operator = null, drafts_key] = await Promise.all([
        operatorById(pool, SEES_ALL, found.operator_id),
        draftsKeyOf(pool, found.login),
      ])
      return { operator, setup: false, expires_at: found.expires_at, drafts_key }
    },
  }),

  signOut: del('/v1/session', {
    scope: 'session',
    summary: 'Sign out',
    query: Type.Object({
      everywhere: Type.Optional(
        Type.Boolean({ default: false, description: 'Every session of the operator' }),
      ),
    }),
    handle: async (call) => {
      const { everywhere = false } = call.query
      const { operator_id } = ownSession(call)
      const { pool, sessions } = call.services
      const token = presentedToken(call.request.raw).ok ?? ''
      await signOut(pool, operator_id, token, everywhere, call.by)
      sessions.clear()
      setCookie(call.request, call.reply, '')
    },
  }),

  changePassword: put('/v1/session/password', {
    scope: 'session',
    repeatable: false,
    summary: 'Change your password',
    body: Type.Object({ current: Password, new: Password }, Closed),
    handle: async (call) => {
      const { pool, sessions } = call.services
      const { current, new: wanted } = call.body
      orRefuse(counted(call, await changePassword(pool, ownSession(call), current, wanted, call.by)))
      sessions.clear()
    },
  }),
})

/** Counts refused attempts, so that guessing shows in the metrics. */
function counted<T>({ services: { metrics } }: Call, result: Result<T>): Result<T> {
  const { name, field } = result.refusal ?? {}
  if (name === 'RATE_LIMITED') metrics.signInFailed('delayed')
  if (name === 'UNAUTHORIZED' || field === '/current') metrics.signInFailed('wrong')
  return result
}

/** The session by which the operator came in: the route lets nobody else through. */
const ownSession = ({ notes }: Call): SessionRow =>
  notes.session ?? orRefuse(refuse('UNAUTHORIZED', 'no valid session'))
