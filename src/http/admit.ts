// Who gets in: a key that is presented wins; the cookie of a session is only looked at where none is.

import type { FastifyRequest } from 'fastify'
import { mayDo, SCOPES_OF } from '../core/access.ts'
import { type Refusal, refuse } from '../core/result.ts'
import { operatorsExist } from '../db/operators.ts'
import type { Pool } from '../db/pool.ts'
import type { SessionRow } from '../db/sessions.ts'
import { Keys, NO_KEY, type Presented, presentedKey } from './auth.ts'
import type { Caller, Services } from './context.ts'
import { refusePage } from './cross-origin.ts'
import { refusalOf } from './errors.ts'
import type { Hosts } from './hosts.ts'
import type { Route } from './route.ts'
import { isForeign, presentedToken, type Sessions } from './session.ts'

export class Door {
  readonly #pool: Pool
  readonly #keys: Keys
  readonly #sessions: Sessions
  readonly #hosts: Hosts
  /** There is an operator: from then on there always is. */
  #settled = false

  constructor({ doors, sessions, hosts }: Pick<Services, 'doors' | 'sessions' | 'hosts'>) {
    this.#pool = doors
    this.#keys = new Keys(doors)
    this.#sessions = sessions
    this.#hosts = hosts
  }

  /** Notes who asks; the refusal when nobody may come in, or not this one. */
  async admit(route: Route, request: FastifyRequest): Promise<Refusal | undefined> {
    const classic = route.tag === 'classic'
    if (route.scope === null && route.method === 'GET') return undefined
    const presented = presentedKey(request.raw, request.raw.leadline!.query_keys, classic)
    if (presented.refusal) return presented.refusal
    try {
      if (presented.ok.key !== '' || classic) return await this.#admitKey(route, request, presented.ok)
      return await this.#admitOperator(route, request, presented.ok)
    } catch (error) {
      return refusalOf(error).refusal
    }
  }

  async #admitKey(route: Route, request: FastifyRequest, presented: Presented): Promise<Refusal | undefined> {
    if (route.scope === null || route.open === 'always') return undefined
    const key = await this.#keys.find(presented.key)
    if (!key) return refuse('UNAUTHORIZED', presented.found ?? NO_KEY).refusal
    request.raw.leadline!.caller = { ...key, operator: null }
    if (route.scope === 'session')
      return refuse('FORBIDDEN', 'this is for operators who are signed in, not for keys').refusal
    if (mayDo(key.scopes, route.scope))
      return route.tag === 'classic' ? refusePage(request.raw, key.scopes) : undefined
    return refuse('FORBIDDEN', `this needs a key with the scope ${route.scope.join(' or ')}`).refusal
  }

  async #admitOperator(
    route: Route,
    request: FastifyRequest,
    presented: Presented,
  ): Promise<Refusal | undefined> {
    // Also where nobody is signed in yet: another site must neither sign people in nor make the first operator.
    if (isForeign(request.raw)) return refuse('FORBIDDEN', 'this request comes from another site').refusal
    const misnamed = this.#hosts.refuse(request.raw)
    if (misnamed) return misnamed
    if (route.scope === null) return undefined
    const token = presentedToken(request.raw)
    if (token.refusal) return token.refusal
    const session = token.ok === '' ? undefined : await this.#sessions.find(token.ok, !route.background)
    if (!session) {
      if (route.open === 'always' || (route.open === 'setup' && (await this.inSetup()))) return undefined
      return refuse('UNAUTHORIZED', presented.found ?? 'no valid API key or session').refusal
    }
    request.raw.leadline!.session = session
    const caller = callerOf(session)
    request.raw.leadline!.caller = caller
    if (route.scope === 'session' || mayDo(caller.scopes, route.scope)) return undefined
    return refuse('FORBIDDEN', `your role, ${session.role}, may not do this: ${route.scope.join(' or ')}`)
      .refusal
  }

  /** Whether there is no operator yet. */
  async inSetup(): Promise<boolean> {
    this.#settled ||= await operatorsExist(this.#pool)
    return !this.#settled
  }
}

function callerOf({ operator_id, name, login, role, team_ids }: SessionRow): Caller {
  return {
    key_id: null,
    scopes: SCOPES_OF[role],
    team_ids,
    allocation_ids: null,
    fallback_charset: null,
    operator: { operator_id, name, login, role },
  }
}
