// Describes the API as a whole: its name, its doors, its refusals. The routes describe themselves.

import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { ClassicRefusal } from './classic/shapes.ts'
import { COOKIE } from './door/sessions.ts'
import type { Route } from './route.ts'
import { ProblemDetails } from './v1/shapes.ts'

/** The last line of every route in the description. */
export const REFUSED = {
  classic: { description: 'Refused', content: { 'application/json': { schema: { $ref: 'Refusal#' } } } },
  v1: { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } },
}

export async function describeApi(fastify: FastifyInstance): Promise<void> {
  for (const schema of [ProblemDetails, ClassicRefusal]) fastify.addSchema(schema)
  await fastify.register(swagger, {
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Leadline',
        version: '1',
        description: 'Lead intake and lead-list management. Result codes: docs/generated/result-codes.md.',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          key_header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          session: { type: 'apiKey', in: 'cookie', name: COOKIE },
        },
      },
    },
  })
}

/** The credentials that a route takes, with the scopes of which it needs one. */
export function securityOf({ scope, tag, open }: Route): { security: Record<string, string[]>[] } {
  if (scope === null || open === 'always') return { security: [] }
  if (scope === 'session') return { security: [{ session: [] }] }
  const scopes = [...scope]
  const ways = ['key', 'key_header', ...(tag === 'classic' ? [] : ['session'])]
  return { security: ways.map((way) => ({ [way]: scopes })) }
}
