// The turns that a request takes once its body is there, and before anything of it is looked at.

import type { FastifyRequest } from 'fastify'
import { type Refusal, refuse } from '../core/result.ts'
import { Gate } from '../intake/gate.ts'
import type { Call, Caller } from './context.ts'
import { orRefuse } from './errors.ts'
import type { Route } from './route.ts'

/** Bodies of many rows at work at once: each may bring a thousand rows. */
const MANY_MAX = 8
const MANY_WAITING_MAX = 256
/** A shorter body of such a route is like any other. */
const MANY_BYTES_MIN = 8 * 1024

/** Whose turns and bytes those are that come without a key or session. */
const NO_ONE = 'nobody'

export const actorOf = ({ key_id, operator }: Caller) =>
  operator ? `operator:${operator.operator_id}` : key_id === null ? 'system' : `key:${key_id}`

/** Whose turn a request takes, and whose bytes it brings. */
export function keyOf({ raw }: FastifyRequest): string {
  const { caller } = raw.leadline!
  return caller ? actorOf(caller) : NO_ONE
}

/** Whether a route needs a scope and writes nothing. The scope of reading opens none that writes. */
export const onlyReads = ({ method, scope, open }: Route) =>
  scope !== null && open === undefined && (method === 'GET' || scope.includes('read'))

export const readInTurn = async (call: Call, route: Route) =>
  orRefuse(await call.services.reads.run(call.by.actor, () => route.handle(call)))

/** Nothing: it may go on. `left`: the client hung up while it waited. */
export type Waited = { refusal?: Refusal; left?: boolean }

export class Turns {
  readonly #gate: Gate
  readonly #many: Gate

  constructor(gate: Gate, wait_ms: number) {
    this.#gate = gate
    this.#many = new Gate({ slots: MANY_MAX, queue_max: MANY_WAITING_MAX, wait_ms, share: 1 })
  }

  /** `many`: the route takes many rows; `gated`: it passes the gate of intake. */
  async take(request: FastifyRequest, { many, gated }: { many: boolean; gated: boolean }): Promise<Waited> {
    const { body } = request
    const key = keyOf(request)
    const is_long = many && body instanceof Uint8Array && body.length > MANY_BYTES_MIN
    if (is_long) {
      const waited = await wait(this.#many, request, key)
      if (waited.refusal || waited.left) return waited
    }
    return gated ? wait(this.#gate, request, key) : {}
  }
}

async function wait(gate: Gate, request: FastifyRequest, key: string): Promise<Waited> {
  const { socket } = request.raw
  const gone = new AbortController()
  const onClose = () => gone.abort()
  // The socket's end, not the answer's: the answer of a pipelined request has no socket yet.
  socket.once('close', onClose)
  const admission = await gate.enter({ key, signal: gone.signal })
  socket.off('close', onClose)
  switch (admission) {
    case 'admitted':
      request.raw.leadline!.holdings.add({ release: () => gate.leave(key) })
      return {}
    case 'left':
      return { left: true }
    case 'full':
    case 'timeout': {
      const detail = admission === 'full' ? 'too many requests wait already' : 'no slot came free in time'
      return refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', `${detail}; nothing was written`, {
        retry_after_s: gate.retryAfterSeconds(),
      })
    }
  }
}
