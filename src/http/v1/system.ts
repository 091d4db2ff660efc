// Whether the server is alive and ready, its metrics, and the description of its API.

import { Type } from 'typebox'
import { refuse } from '../../core/result.ts'
import { orRefuse } from '../errors.ts'
import { get, routes } from '../route.ts'
import { shape } from './shapes.ts'

const Ready = shape('Ready', {
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

export const system = routes('system', {
  healthz: get('/healthz', {
    scope: null,
    summary: 'The process is alive',
    answer: Type.Object({ status: Type.Literal('ok') }),
    handle: async () => ({ status: 'ok' as const }),
  }),

  readyz: get('/readyz', {
    scope: null,
    summary: 'It can take leads, or why not',
    answer: Ready,
    handle: async ({ services: { phase, pulse } }) => {
      if (phase() !== 'ready')
        orRefuse(refuse('UNAVAILABLE', 'the server is shutting down', { retry_after_s: 1 }))
      const checks = await pulse.checks()
      const failed = checks.filter(({ ok, warning }) => !ok && !warning)
      if (failed.length > 0) {
        const detail = failed.map((check) => `${check.check}: ${check.detail}`).join('; ')
        orRefuse(refuse('UNAVAILABLE', detail, { checks, retry_after_s: 1 }))
      }
      return { status: 'ready' as const, checks }
    },
  }),

  metrics: get('/metrics', {
    scope: null,
    summary: 'Prometheus metrics',
    answer: Type.String({ description: 'In the text format of Prometheus' }),
    handle: async ({ services, reply }) => {
      reply.header('Content-Type', services.metrics.registry.contentType)
      return services.metrics.text()
    },
  }),

  openapi: get('/openapi.json', {
    scope: null,
    summary: 'This description',
    answer: Type.Unsafe<object>({ type: 'object', description: 'OpenAPI 3.1' }),
    handle: async ({ request }) => request.server.swagger(),
  }),
})
