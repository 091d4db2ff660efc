// Methods and addresses, and the description of them in openapi.json.

import { describe, expect, test } from 'vitest'
import { CONTRACT } from '../../src/http/contract.ts'
import { contractOn } from '../support/contract.ts'
import { startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { client } = leadline
const { addressOf, anonymous } = contractOn(leadline)

describe('methods and addresses', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
  const byUrl = Map.groupBy(CONTRACT, ({ url }) => url)
  const wrong = [...byUrl].flatMap(([url, found]) => {
    const allowed: string[] = found.map(({ method }) => method)
    return METHODS.filter((method) => !allowed.includes(method)).map(
      (method) => [method, url, allowed] as const,
    )
  })

  const readable = CONTRACT.filter(({ method, url }) => method === 'GET' && url !== '/v1/events')

  test.each(readable.map(({ url }) => [url] as const))(
    'HEAD %s is answered as GET is, without a body',
    async (url) => {
      const ask = (method: string) =>
        fetch(leadline.url + addressOf({ url }), {
          method,
          headers: { Authorization: `Bearer ${leadline.key}` },
        })
      const [get, headers] = [await ask('GET'), await ask('HEAD')]
      expect([headers.status, await headers.text()]).toEqual([get.status, ''])
      await get.text()
    },
  )

  test.each(wrong)('%s %s answers 405 and says what is allowed', async (method, url, allowed) => {
    const response = await anonymous(method, addressOf({ url }))
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')?.split(', ').sort()).toEqual(allowed.toSorted())
    expect(response.headers.get('X-Request-Id')).toMatch(/\w/)
    const classic = url.startsWith('/servicemanager/')
    expect(response.headers.get('Content-Type')).toBe(
      `application/${classic ? 'json' : 'problem+json'}; charset=utf-8`,
    )
    expect(await response.json()).toMatchObject(
      classic
        ? { code: 1003, message: 'MALFORMED_REQUEST' }
        : { code: 1003, name: 'MALFORMED_REQUEST', status: 405 },
    )
  })

  const nowhere: [path: string, detail: RegExp][] = [
    ['/servicemanager', /^there is no such address$/],
    ['/servicemanager/', /^there is no such address$/],
    ['/servicemanager/rest/CampaignAPI/insertLeadsFast?fCampaignId=1', /^there is no such address$/],
    ['/servicemanager/rest/CallManagementAPI/dial', /^there is no such address$/],
    ['//servicemanager/rest/CampaignAPI/insertLeadFast', /two slashes/],
    ['/servicemanager//rest/CampaignAPI/insertLeadFast?x=y', /two slashes/],
  ]
  test.each(nowhere)('%s is 404 with code 1004 in the form of the classic API', async (path, detail) => {
    for (const method of ['GET', 'POST']) {
      const response = await anonymous(method, path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({
        code: 1004,
        message: 'UNKNOWN_TARGET',
        detail: expect.stringMatching(detail),
      })
    }
  })

  test('a slash at the end is the same address', async () => {
    expect((await client.get('/v1/templates/')).status).toBe(200)
    expect((await client.get('/v1/nothing/')).status).toBe(404)
  })

  test('HEAD answers as GET does, without the body', async () => {
    const response = await anonymous('HEAD', '/healthz')
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('openapi.json', () => {
  interface Operation {
    summary?: string
    tags?: string[]
    security?: unknown[]
    parameters?: { in: string; name: string; required?: boolean; schema?: object }[]
    requestBody?: { content: Record<string, { schema: object }> }
    responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
  }
  interface Document {
    openapi: string
    info: { title: string; version: string }
    paths: Record<string, Record<string, Operation>>
    components: { securitySchemes: Record<string, object>; schemas: Record<string, object> }
  }

  const read = async () => (await client.get<Document>('/openapi.json')).body
  const operations = ({ paths }: Document) =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    )

  test('is OpenAPI 3.1 and says how to sign in', async () => {
    const document = await read()
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Leadline', version: expect.stringMatching(/\d/) })
    expect(document.components.securitySchemes).toEqual({
      key: { type: 'http', scheme: 'bearer' },
      key_header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      session: { type: 'apiKey', in: 'cookie', name: 'leadline_session' },
    })
  })

  test('has every route, and no other', async () => {
    const documented = operations(await read()).map(([name]) => name)
    const real = CONTRACT.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
    expect(documented.sort()).toEqual(real.sort())
  })

  test('says of each route what it does, what it takes and what it gives', async () => {
    const found = new Map<string, Operation>(operations(await read()))
    for (const { method, url, summary, tag, scope, open, schema, raw, csv } of CONTRACT) {
      const name = `${method} ${url.replace(/:(\w+)/g, '{$1}')}`
      const operation = found.get(name)!
      expect(operation, name).toMatchObject({ summary, tags: [tag] })
      const scopes = typeof scope === 'object' ? scope : []
      const keys = ['key', 'key_header']
      const ways = tag === 'classic' ? keys : scope === 'session' ? ['session'] : [...keys, 'session']
      expect(operation.security, name).toEqual(
        scope === null || open === 'always' ? [] : ways.map((way) => ({ [way]: scopes })),
      )
      const ids = [...url.matchAll(/:(\w+)/g)].map(([, id]) => id)
      const parameters = operation.parameters ?? []
      expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(ids)
      for (const parameter of parameters) expect(parameter.schema, name).toBeTypeOf('object')
      const takes = raw ? 'application/octet-stream' : 'application/json'
      expect(operation.requestBody?.content[takes]?.schema !== undefined, name).toBe(
        schema?.body !== undefined,
      )
      for (const status of Object.keys(schema?.response ?? {})) {
        const response = operation.responses[status]
        expect(response?.description, name).toBeTypeOf('string')
        // 204 is an answer without a body.
        if (status !== '204')
          expect(response?.content?.[csv ? 'text/csv' : 'application/json']?.schema, name).toBeTypeOf(
            'object',
          )
      }
    }
  })

  test('names nothing that is not in it', async () => {
    const description = await read()
    const text = JSON.stringify(description)
    expect(text).not.toContain('undefined')
    const { schemas } = description.components
    const named = text.matchAll(/"\$ref":"([^"]*)"/g)
    const places = Object.keys(schemas).map((name) => `#/components/schemas/${name}`)
    expect([...new Set([...named].map(([, place]) => place))].toSorted()).toEqual(places.toSorted())
  })
})
