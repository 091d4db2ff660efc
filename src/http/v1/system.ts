// Is it alive, is it ready, what does it measure, what does it speak.

import { Type } from 'typebox'
import { refuse } from '../../core/result.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

export const Ready = Type.Object({
  status: Type.Literal('ready'),
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      ok: Type.Boolean(),
      warning: Type.Optional(Type.Literal(true)),
      detail: Type.String(),
    }),
  ),
})

export const healthz = async () => ({ status: 'ok' })

export async function readyz({ services: { phase, pulse } }: Call) {
  if (phase() !== 'ready')
    orRefuse(refuse('UNAVAILABLE', 'the server is shutting down', { retry_after_s: 1 }))
  const checks = await pulse.checks()
  const failed = checks.filter(({ ok, warning }) => !ok && !warning)
  if (failed.length > 0) {
    const detail = failed.map((check) => `${check.check}: ${check.detail}`).join('; ')
    orRefuse(refuse('UNAVAILABLE', detail, { checks, retry_after_s: 1 }))
  }
  return { status: 'ready', checks }
}

export async function metrics({ services, reply }: Call) {
  reply.header('Content-Type', services.metrics.registry.contentType)
  return services.metrics.text()
}

export const openapi = async (call: Call) => call.request.server.swagger()
