// The turns that a request takes once its body has arrived, before anything of it is read.

import type { FastifyRequest } from 'fastify'
import { refuse } from '../core/result.ts'
import { Gate } from '../intake/gate.ts'
import type { Caller } from './context.ts'
import { orRefuse } from './errors.ts'
import { takeSlot } from './holdings.ts'
import type { Route } from './route.ts'

/** Bodies of many rows at work at once: each may bring a thousand rows. */
const MANY_MAX = 8
const MANY_WAITING_MAX = 256
/** A shorter body of such a route is like any other. */
const MANY_BYTES_MIN = 8 * 1024

export const actorOf = ({ key_id, operator }: Caller) =>
  operator ? `operator:${operator.operator_id}` : key_id === null ? 'system' : `key:${key_id}`

/** The caller in whose turn a request works, and to whose budget its bytes count. */
export function keyOf({ raw }: FastifyRequest): string {
  const { caller } = raw.leadline!
  return caller ? actorOf(caller) : 'nobody'
}

/** Whether a route needs a scope and writes nothing. The scope of reading opens none that writes. */
export const onlyReads = ({ method, scope, open }: Route) =>
  scope !== null && open === undefined && (method === 'GET' || scope.includes('read'))

export class Turns {
  readonly #gate: Gate
  readonly #many: Gate

  constructor(gate: Gate, wait_ms: number) {
    this.#gate = gate
    this.#many = new Gate({ slots: MANY_MAX, queue_max: MANY_WAITING_MAX, wait_ms, share: 1 })
  }

  /**
   * Takes the turns of a request. `many`: the route takes many rows; `gated`: it passes the gate of intake.
   * False: the client hung up while it waited.
   */
  async take(request: FastifyRequest, { many, gated }: { many: boolean; gated: boolean }): Promise<boolean> {
    const { body } = request
    const is_long = many && body instanceof Uint8Array && body.length > MANY_BYTES_MIN
    if (is_long && !(await wait(this.#many, request))) return false
    return !gated || wait(this.#gate, request)
  }
}

async function wait(gate: Gate, request: FastifyRequest): Promise<boolean> {
  const { holdings } = request.raw.leadline!
  const admission = await takeSlot(gate, keyOf(request), request.raw, holdings)
  if (admission === 'left') return false
  if (admission === 'admitted') return true
  const why = admission === 'full' ? 'too many requests wait already' : 'no slot came free in time'
  const retry_after_s = gate.retryAfterSeconds()
  return orRefuse(
    refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', `${why}; nothing was written`, { retry_after_s }),
  )
}
