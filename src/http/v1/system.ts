// Is it alive, is it ready, what does it measure, what does it speak.

import { refuse } from '../../core/result.ts'
import { type Statement, statement } from '../../db/pool.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

const PING: Statement = statement('system.ping', 'select 1 as ok')

export const healthz = async () => ({ status: 'ok' })

export async function readyz(call: Call) {
  if (call.services.phase() !== 'ready')
    orRefuse(refuse('UNAVAILABLE', 'the server is shutting down', { retry_after_s: 1 }))
  await call.services.pool.query(PING)
  return { status: 'ready' }
}

export async function metrics(call: Call) {
  const { registry } = call.services.metrics
  call.reply.header('Content-Type', registry.contentType)
  return registry.metrics()
}

export const openapi = async (call: Call) => call.request.server.swagger()
