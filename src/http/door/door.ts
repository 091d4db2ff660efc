// The door: decides who gets in. A key wins over a session; the cookie counts only if no key is presented.

import type { FastifyRequest } from 'fastify'
import { mayDo, SCOPES_OF } from '../../core/access.ts'
import { refuse } from '../../core/result.ts'
import { type Key, keyByHash } from '../../db/keys.ts'
import { operatorsExist } from '../../db/operators.ts'
import type { Pool } from '../../db/pool.ts'
import type { SessionRow } from '../../db/sessions.ts'
import { Fresh } from '../../intake/fresh.ts'
import { hashKey } from '../../intake/keys.ts'
import type { Caller, Services } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type { Route } from '../route.ts'
import { refusePage } from './cross-origin.ts'
import type { Hosts } from './hosts.ts'
import { NO_KEY, type Presented, presentedKey } from './keys.ts'
import { isForeign, presentedToken, type Sessions } from './sessions.ts'

/** Longer than any key of ours: such a text is looked up, so that it takes the same time, but not kept. */
const KEY_UNITS_MAX = 256

export class Door {
  readonly #pool: Pool
  readonly #keys: Fresh<string, Key | undefined>
  readonly #sessions: Sessions
  readonly #hosts: Hosts
  /** There is an operator: from then on there always is. */
  #settled = false

  constructor({ doors, sessions, hosts }: Pick<Services, 'doors' | 'sessions' | 'hosts'>) {
    this.#pool = doors
    this.#keys = new Fresh((key) => this.#keyOf(key))
    this.#sessions = sessions
    this.#hosts = hosts
  }

  #keyOf = (key: string) => keyByHash(this.#pool, hashKey(key))

  /** Notes the caller, or refuses. */
  async admit(route: Route, request: FastifyRequest): Promise<void> {
    const notes = request.raw.leadline!
    notes.admitted = performance.now()
    const classic = route.tag === 'classic'
    if (route.scope === null && route.method === 'GET') return
    const presented = orRefuse(presentedKey(request.raw, notes.query_keys, classic))
    if (presented.key !== '' || classic) await this.#admitKey(route, request, presented)
    else await this.#admitOperator(route, request, presented)
  }

  async #admitKey(route: Route, request: FastifyRequest, presented: Presented): Promise<void> {
    if (route.scope === null || route.open === 'always') return
    const known = presented.key.length <= KEY_UNITS_MAX
    const key = await (known ? this.#keys.find(presented.key) : this.#keyOf(presented.key))
    if (!key) return orRefuse(refuse('UNAUTHORIZED', presented.found ?? NO_KEY))
    request.raw.leadline!.caller = { ...key, operator: null }
    if (route.scope === 'session') forbid('this is for operators who are signed in, not for keys')
    if (!mayDo(key.scopes, route.scope)) forbid(`this needs a key with the scope ${route.scope.join(' or ')}`)
    if (route.tag === 'classic') refusePage(request.raw, key.scopes)
  }

  async #admitOperator(route: Route, request: FastifyRequest, presented: Presented): Promise<void> {
    // Also where nobody is signed in yet: another site must neither sign people in nor make the first operator.
    if (isForeign(request.raw)) forbid('this request comes from another site')
    orRefuse(this.#hosts.judge(request.raw))
    if (route.scope === null) return
    const token = orRefuse(presentedToken(request.raw))
    const session = token === '' ? undefined : await this.#sessions.find(token, !route.background)
    if (!session) {
      if (route.open === 'always' || (route.open === 'setup' && (await this.inSetup()))) return
      return orRefuse(refuse('UNAUTHORIZED', presented.found ?? 'no valid API key or session'))
    }
    const caller = callerOf(session)
    Object.assign(request.raw.leadline!, { session, caller })
    if (route.scope !== 'session' && !mayDo(caller.scopes, route.scope))
      forbid(`your role, ${session.role}, may not do this: ${route.scope.join(' or ')}`)
  }

  /** Whether there is no operator yet. */
  async inSetup(): Promise<boolean> {
    this.#settled ||= await operatorsExist(this.#pool)
    return !this.#settled
  }
}

function forbid(detail: string): never {
  return orRefuse(refuse('FORBIDDEN', detail))
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
