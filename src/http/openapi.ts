// What the OpenAPI description says beyond the shapes of the routes.

import type { Route } from './contract.ts'
import { COOKIE } from './session.ts'

export const DESCRIPTION = {
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
        session: { type: 'apiKey', in: 'cookie', name: COOKIE },
      },
    },
  },
} as const

/** How the description says who may call: with one of the scopes that it names. */
export function securityOf({ scope, tag, open }: Route): { security: Record<string, string[]>[] } {
  if (scope === null || open === 'always') return { security: [] }
  if (scope === 'session') return { security: [{ session: [] }] }
  const scopes = [...scope]
  return { security: tag === 'classic' ? [{ key: scopes }] : [{ key: scopes }, { session: scopes }] }
}
