// The routes of the contract, and answers that are held against what they document.

import { Ajv } from 'ajv'
import { expect } from 'vitest'
import type { Answer, LeadlineClient } from '../../src/client/client.ts'
import { CONTRACT } from '../../src/http/contract.ts'
import type { Route } from '../../src/http/route.ts'
import type { Leadline } from './leadline.ts'

export const routes = CONTRACT.map((route) => [`${route.method} ${route.url}`, route] as const)

export const codeOf = async (response: Response) => ((await response.json()) as { code: number }).code

const ajv = new Ajv({ strict: false, allErrors: true })

/** The schema with every object closed: what is not documented must not be sent. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)])
  const copy = Object.fromEntries(entries)
  return 'properties' in copy ? { additionalProperties: false, ...copy } : copy
}

export interface Page<Item = Record<string, unknown>> {
  items: Item[]
  next_cursor: number | null
}

export const PHONE_FIELD = { name: 'Phone', kind: 'phone' }

let names = 0
export const fresh = (what: string) => `${what} ${++names}`

export function contractOn({ client, target, url }: Leadline) {
  /** An address of a route that could be there. */
  const addressOf = ({ url }: Pick<Route, 'url'>) =>
    url.replace(/^\/v1\/leads\/:id/, `/v1/leads/${target.campaign_id}-1`).replace(':id', '1')

  const anonymous = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, headers })

  /** Sends a request to a route of the contract and holds its answer against the schema that the route documents. */
  async function ask<Body = Record<string, unknown>>(
    method: Route['method'],
    path: string,
    options: {
      as?: LeadlineClient
      body?: unknown
      query?: Record<string, string | number>
      headers?: Record<string, string>
    } = {},
  ): Promise<Answer<Body> & { headers: Headers }> {
    const { as = client, ...request } = options
    const answer = await as.request<Body>(method, path, request)
    const route = CONTRACT.find(
      (one) => one.method === method && new RegExp(`^${one.url.replace(/:\w+/g, '[^/]+')}$`).test(path),
    )
    const schema = route?.schema?.response?.[answer.status]
    expect(schema, `${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`).toBeDefined()
    const validate = ajv.compile(closed(schema) as object)
    expect(validate(answer.body), `${method} ${path}: ${ajv.errorsText(validate.errors)}`).toBe(true)
    return answer
  }

  /** A template with a campaign and an allocation of a team. */
  async function setUp(team = 'Global') {
    const body = {
      name: fresh('Template'),
      team,
      contact_hours: 'Australia/Melbourne',
      fields: [PHONE_FIELD],
    }
    const { template_id } = (await ask<{ template_id: number }>('POST', '/v1/templates', { body })).body
    const campaign = { template_id, name: fresh('Campaign') }
    const { campaign_id } = (await ask<{ campaign_id: number }>('POST', '/v1/campaigns', { body: campaign }))
      .body
    const allocation = { campaign_id, name: fresh('Allocation') }
    const made = await ask<{ allocation_id: number }>('POST', '/v1/allocations', { body: allocation })
    return { template_id, campaign_id, allocation_id: made.body.allocation_id }
  }

  return { addressOf, anonymous, ask, setUp }
}
