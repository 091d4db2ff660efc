// The contract of the HTTP API: who gets in, what the routes say of themselves, and that they do what they say.

import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv } from 'ajv'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Answer, LeadlineClient, type Problem } from '../src/client/client.ts'
import { createKey, listKeys, revokeKey } from '../src/db/keys.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { CONTRACT } from '../src/http/contract.ts'
import type { Route } from '../src/http/route.ts'
import { hashKey, newKey } from '../src/intake/keys.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { Conversation, head } from './support/raw.ts'
import { leadAtWork } from './support/slot.ts'

const leadline = await startLeadline()
const { client, clientWith, target } = leadline

/** An address of a route that could be there. */
const addressOf = ({ url }: Pick<Route, 'url'>) =>
  url.replace(/^\/v1\/leads\/:id/, `/v1/leads/${target.campaign_id}-1`).replace(':id', '1')

const routes = CONTRACT.map((route) => [`${route.method} ${route.url}`, route] as const)
const closedRoutes = routes.filter(([, { scope, open }]) => scope !== null && open === undefined)

const anonymous = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(leadline.url + path, { method, headers })

const codeOf = async (response: Response) => ((await response.json()) as { code: number }).code

describe('who gets in', () => {
  test.each(closedRoutes)('%s needs a key', async (_name, route) => {
    const response = await anonymous(route.method, addressOf(route))
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
    expect(await codeOf(response)).toBe(1001)
  })

  test('what is open is what machines ask for, and the door to sessions', () => {
    const open = CONTRACT.filter(({ scope, open }) => scope === null || open)
    expect(open.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/session',
      'GET /v1/session',
      'POST /v1/operators',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'GET /openapi.json',
    ])
  })

  const open = routes.filter(
    ([, { method, scope, open }]) => method === 'GET' && (!scope || open === 'always'),
  )
  test.each(open)('%s is open', async (_name, route) => {
    const response = await anonymous(route.method, addressOf(route))
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/\w/)
  })

  test.each(routes.filter(([, { tag }]) => tag === 'classic'))(
    '%s does not look at sessions',
    async (_name, route) => {
      const operator = await leadline.asOperator('admin')
      expect(await operator.request(route.method, route.url)).toMatchObject({ status: 401, code: 1001 })
    },
  )

  test('the key stands in the header: in the address it counts only on the classic routes', async () => {
    const named = (path: string) => anonymous('GET', `${path}?apiKey=${leadline.key}`)
    expect((await named('/v1/templates')).status).toBe(401)
    expect((await named('/servicemanager/rest/CampaignAPI/getCampaignTemplateList')).status).toBe(200)
  })

  test('two different keys are no key', async () => {
    const path = '/servicemanager/rest/CampaignAPI/getCampaignTemplateList'
    const bearer = { Authorization: `Bearer ${leadline.key}` }
    const differing = await anonymous('GET', `${path}?apiKey=other`, bearer)
    expect([differing.status, await codeOf(differing)]).toEqual([400, 1003])
    expect((await anonymous('GET', `${path}?apiKey=${leadline.key}`, bearer)).status).toBe(200)
  })
})

describe('a key that is revoked while its request is under way works no longer than a second', async () => {
  const narrow = await startLeadline({ connection: leadline.connection, gate: { slots: 1 } })
  const bearer = (key: string) => `Authorization: Bearer ${key}`
  const query = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
  const insert = `/servicemanager/rest/CampaignAPI/insertLeadFast?${query}`
  const SECOND_MS = 1_000

  async function makeKey() {
    const key = newKey()
    const made = {
      name: 'test',
      hash: hashKey(key),
      scopes: ['write', 'dial'] as const,
      created_by: 'system',
    }
    const row = await createKey(leadline.pool, made)
    const revoke = async () => {
      await revokeKey(leadline.pool, SEES_ALL, row!.key_id)
      await sleep(SECOND_MS)
    }
    const untilUsed = () =>
      expect
        .poll(async () =>
          (await listKeys(leadline.pool, SEES_ALL)).find(({ key_id }) => key_id === row!.key_id),
        )
        .toMatchObject({ last_used_at: expect.any(String) })
    return { key, revoke, untilUsed }
  }

  /** The head of an insert, and the body that belongs to it. */
  async function begin(key: string) {
    const body = JSON.stringify({ FirstPhone: mobile() })
    const conversation = await Conversation.open(narrow.url)
    onTestFinished(() => conversation.hangUp())
    await conversation.send(head('POST', insert, [bearer(key), `Content-Length: ${body.length}`]))
    return { conversation, body }
  }
  const untilGate = (name: 'busy' | 'waiting') =>
    expect
      .poll(async () => (await narrow.client.get<string>('/metrics')).body, { interval: 5, timeout: 10_000 })
      .toMatch(new RegExp(`^leadline_gate_${name} 1$`, 'm'))
  const unauthorized = { status: 401, body: expect.stringMatching(/^\{"code":1001,/) }

  test('while its body arrives', async () => {
    const { key, revoke } = await makeKey()
    const { conversation, body } = await begin(key)
    await revoke()
    await conversation.send(body)
    expect(await conversation.answer()).toMatchObject(unauthorized)
  })

  test('while it waits at the gate', async () => {
    const { key, revoke } = await makeKey()
    const slow = await leadAtWork(narrow)
    await untilGate('busy')
    const { conversation, body } = await begin(key)
    await conversation.send(body)
    await untilGate('waiting')
    await revoke()
    expect(await slow.letGo()).toMatchObject({ status: 200 })
    expect(await conversation.answer()).toMatchObject(unauthorized)
  })

  test('while it waits for a lead: the lead is left to others', async () => {
    const { key, revoke, untilUsed } = await makeKey()
    const { campaign_id } = target
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: 'Awaited',
      started: true,
    })
    const path = `/v1/allocations/${body.allocation_id}/leases`
    const answer = new LeadlineClient({ url: leadline.url, key }).post(path, { wait_s: 30 })
    await untilUsed()
    await revoke()
    expect(await answer).toMatchObject({ status: 401, code: 1001 })
    const lead = { FirstPhone: mobile() }
    await client.insertLeadFast({ ...target, allocation_id: body.allocation_id }, lead)
    const counts = await client.get(`/v1/allocations/${body.allocation_id}/counts`)
    expect(counts.body).toMatchObject({ new: 1, leased: 0 })
  })
})

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
    for (const { method, url, summary, tag, scope, open, schema } of CONTRACT) {
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
      expect(operation.requestBody?.content['application/json']?.schema !== undefined, name).toBe(
        schema?.body !== undefined,
      )
      for (const status of Object.keys(schema?.response ?? {})) {
        const response = operation.responses[status]
        expect(response?.description, name).toBeTypeOf('string')
        // 204 is an answer without a body.
        if (status !== '204')
          expect(response?.content?.['application/json']?.schema, name).toBeTypeOf('object')
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

const ajv = new Ajv({ strict: false, allErrors: true })

/** The schema with every object closed: what is not documented must not be sent. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)])
  const copy = Object.fromEntries(entries)
  return 'properties' in copy ? { additionalProperties: false, ...copy } : copy
}

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

interface Page<Item = Record<string, unknown>> {
  items: Item[]
  next_cursor: number | null
}

const PHONE_FIELD = { name: 'Phone', kind: 'phone' }
let names = 0
const fresh = (what: string) => `${what} ${++names}`

/** A template with a campaign and an allocation of a team. */
async function setUp(team = 'Global') {
  const body = { name: fresh('Template'), team, contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] }
  const { template_id } = (await ask<{ template_id: number }>('POST', '/v1/templates', { body })).body
  const campaign = { template_id, name: fresh('Campaign') }
  const { campaign_id } = (await ask<{ campaign_id: number }>('POST', '/v1/campaigns', { body: campaign }))
    .body
  const allocation = { campaign_id, name: fresh('Allocation') }
  const made = await ask<{ allocation_id: number }>('POST', '/v1/allocations', { body: allocation })
  return { template_id, campaign_id, allocation_id: made.body.allocation_id }
}

describe('set-up', () => {
  test('a template is what was asked for, with defaults for what was not', async () => {
    const asked = {
      name: 'Energy',
      region: 'nz',
      contact_hours: 'Australia/Melbourne',
      duplicate_rule: 'all',
      dnc_rule: 'any',
      fields: [
        { name: 'Phone', label: 'Home phone', aliases: ['Tel', 'Telephone'], kind: 'phone' },
        { name: 'Plan', kind: 'choice', choices: ['Small', 'Large'], merge_group: 'offer' },
        { name: 'Notes', kind: 'long_text' },
      ],
    }
    const { body, headers } = await ask<{ template_id: number }>('POST', '/v1/templates', { body: asked })
    const plain = { aliases: [], choices: null, merge_group: null, retired: false }
    expect(body).toMatchObject({
      ...asked,
      region: 'NZ',
      team: 'Global',
      disposition_set: 'Standard',
      fields: [
        { ...plain, ...asked.fields[0] },
        { ...plain, ...asked.fields[1], label: 'Plan' },
        { ...plain, ...asked.fields[2], label: 'Notes' },
      ],
    })
    expect(headers.get('Location')).toBe(`/v1/templates/${body.template_id}`)
    expect((await ask('GET', `/v1/templates/${body.template_id}`)).body).toEqual(body)
    expect((await ask<Page>('GET', '/v1/templates')).body.items).toContainEqual(body)

    const bare = { name: 'Bare', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] }
    expect((await ask('POST', '/v1/templates', { body: bare })).body).toMatchObject({
      region: 'AU',
      duplicate_rule: 'any',
      dnc_rule: 'all',
    })
  })

  test('a campaign and an allocation are what was asked for, and take leads at once', async () => {
    const { template_id } = await setUp()
    const campaign = await ask<{ campaign_id: number }>('POST', '/v1/campaigns', {
      body: { template_id, name: 'Winter' },
    })
    const { campaign_id } = campaign.body
    expect(campaign.body).toMatchObject({ template_id, name: 'Winter' })
    expect(campaign.headers.get('Location')).toBe(`/v1/campaigns/${campaign_id}`)
    expect((await ask('GET', `/v1/campaigns/${campaign_id}`)).body).toEqual(campaign.body)
    expect((await ask<Page>('GET', '/v1/campaigns', { query: { template_id } })).body.items).toContainEqual(
      campaign.body,
    )

    const allocation = await ask<{ allocation_id: number }>('POST', '/v1/allocations', {
      body: { campaign_id, name: 'July', started: true },
    })
    const { allocation_id } = allocation.body
    expect(allocation.body).toMatchObject({ campaign_id, name: 'July', started: true })
    expect(allocation.headers.get('Location')).toBe(`/v1/allocations/${allocation_id}`)
    expect((await ask('GET', `/v1/allocations/${allocation_id}`)).body).toEqual(allocation.body)
    expect((await ask<Page>('GET', '/v1/allocations', { query: { campaign_id } })).body.items).toEqual([
      allocation.body,
    ])

    const where = { template_id, campaign_id, allocation_id }
    expect(await client.insertLeadFast(where, { Phone: mobile() })).toMatchObject({ code: 0 })
  })

  test('a list of one template or campaign has nothing of another', async () => {
    const [one, other] = [await setUp(), await setUp()]
    const campaigns = await ask<Page>('GET', '/v1/campaigns', { query: { template_id: one.template_id } })
    expect(campaigns.body.items.map(({ campaign_id }) => campaign_id)).toEqual([one.campaign_id])
    const allocations = await ask<Page>('GET', '/v1/allocations', {
      query: { campaign_id: other.campaign_id },
    })
    expect(allocations.body.items.map(({ allocation_id }) => allocation_id)).toEqual([other.allocation_id])
  })

  test('an allocation is stopped at first, and started and stopped as often as somebody likes', async () => {
    const path = `/v1/allocations/${(await setUp()).allocation_id}`
    expect((await ask('GET', path)).body).toMatchObject({ started: false })
    for (const started of [true, true, false, true]) {
      expect((await ask('PATCH', path, { body: { started } })).body).toMatchObject({ started })
      expect((await ask('GET', path)).body).toMatchObject({ started })
    }
  })

  test('contact hours are what was asked for, and are there for leads', async () => {
    const body = { name: 'Perth office', zone: 'Australia/Perth' }
    const made = await ask('POST', '/v1/contact-hours', { body })
    expect(made.body).toMatchObject(body)
    expect((await ask<Page>('GET', '/v1/contact-hours')).body.items).toContainEqual(made.body)
    const lead = { FirstPhone: mobile(), njContactHours: 'Perth office' }
    expect(await client.insertLeadFast(target, lead)).toMatchObject({ code: 0 })
  })

  test('the standard disposition set is there', async () => {
    const { items } = (
      await ask<Page<{ name: string; dispositions: object[] }>>('GET', '/v1/disposition-sets')
    ).body
    const standard = items.find(({ name }) => name === 'Standard')!
    const plain = {
      disposition_id: expect.any(Number),
      delay_s: null,
      next_day: false,
      redials_max: null,
      built_in: true,
      enabled: true,
    }
    const final = ['Fax', 'Pitch No Sale', 'Sale', 'Wrong Number'].map((code) => ({
      ...plain,
      code,
      kind: 'final',
      priority: 10,
    }))
    const next_day = { ...plain, kind: 'retry', priority: 12, next_day: true, redials_max: 4 }
    expect(standard.dispositions).toHaveLength(10)
    expect(standard.dispositions).toEqual(
      expect.arrayContaining([
        { ...plain, code: 'Client Approved Callback', kind: 'client_callback', priority: 2 },
        { ...plain, code: 'Callback', kind: 'callback', priority: 6, delay_s: 3_600 },
        { ...plain, code: 'Busy', kind: 'retry', priority: 10, delay_s: 900, redials_max: 5 },
        { ...next_day, code: 'No Answer' },
        { ...next_day, code: 'Answering Machine' },
        ...final,
        { ...plain, code: 'Do Not Call', kind: 'dnc', priority: 10 },
      ]),
    )
  })

  test('numbers are listed, checked and taken off a list', async () => {
    const [listed, free] = [mobile(), mobile()]
    const e164 = `+61${listed.slice(1)}`
    const added = await client.post<{ items: { entry_id: number }[] }>('/v1/dnc', {
      list: 'private',
      phones: [listed, e164],
      reason: 'asked us',
      source: 'phone call',
    })
    expect(added).toMatchObject({
      status: 201,
      body: {
        added: 1,
        already_listed: 0,
        items: [{ list: 'private', phone: e164, reason: 'asked us', source: 'phone call', removed_at: null }],
      },
    })
    const { entry_id } = added.body.items[0]!
    expect((await client.post('/v1/dnc', { list: 'private', phones: [listed] })).body).toMatchObject({
      added: 0,
      already_listed: 1,
    })
    const check = (phones: string[]) =>
      ask<{ items: object[] }>('POST', '/v1/dnc/check', { body: { phones } })
    expect((await check([listed, free, 'call me'])).body.items).toEqual([
      { sent: listed, phone: e164, blocked: true, list: 'private', entry_id },
      { sent: free, phone: `+61${free.slice(1)}`, blocked: false },
      { sent: 'call me', phone: null, blocked: false, problem: expect.stringMatching(/\w/) },
    ])
    for (const phone of [listed, free]) await ask('GET', `/v1/dnc/numbers/${phone}`)
    await ask('POST', '/v1/dnc', {
      body: { list: 'private', phones: [listed, 'call me'], skip_invalid: true },
    })
    const removed = await client.post('/v1/dnc/removals', {
      list: 'private',
      phones: [listed, free],
      reason: 'changed his mind',
    })
    expect(removed).toMatchObject({ status: 200, body: { removed: 1, not_listed: 1 } })
    expect((await check([listed])).body.items).toEqual([{ sent: listed, phone: e164, blocked: false }])
    const history = await ask<Page>('GET', '/v1/dnc', { query: { phone: listed } })
    expect(history.body.items).toMatchObject([
      { entry_id, phone: e164, removed_by: expect.any(String), removed_reason: 'changed his mind' },
    ])
  })

  test('a lead, its history, its calls and its held updates look as documented', async () => {
    const lead = {
      Name: 'Ana Silva',
      FirstPhone: mobile(),
      SecondPhone: 'ask at reception',
      crm: 'A-17',
      njExternalLeadId: 'documented',
      njDisposition: 'Busy',
    }
    const { lead_id } = await client.insertLead(target, lead)
    const change = { njExternalLeadId: 'documented', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, {
      ...change,
      City: 'Fitzroy',
      njCallBackDate: '2026/12/24 09:00',
      njDisposition: 'Callback',
    })
    const held = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    expect(held.code).toBe(110)

    const { body, headers } = await ask('GET', `/v1/leads/${lead_id}`)
    expect(headers.get('ETag')).toBe('"v2"')
    expect(body).toMatchObject({
      id: lead_id,
      campaign_id: target.campaign_id,
      allocation_id: target.allocation_id,
      external_id: 'documented',
      version: 2,
      fields: { Name: 'Ana Silva', City: 'Fitzroy', SecondPhone: 'ask at reception' },
      unmapped: { crm: 'A-17' },
      phones: [
        { field: 'FirstPhone', number: `+61${lead.FirstPhone.slice(1)}`, state: 'ok' },
        { field: 'SecondPhone', state: 'invalid' },
      ],
      disposition: 'Callback',
      callback: {
        local: '2026-12-24T09:00:00',
        zone: 'Australia/Melbourne',
        at: '2026-12-23T22:00:00Z',
      },
      contact_hours: 'Australia/Melbourne',
      created_way: 'classic',
      closed: false,
    })
    const history = await ask<Page>('GET', `/v1/leads/${lead_id}/history`)
    expect(history.body.items).toMatchObject([
      { version: 1, way: 'classic', changes: null },
      {
        version: 2,
        way: 'classic',
        changes: {
          'fields.City': [null, 'Fitzroy'],
          disposition: ['Busy', 'Callback'],
          callback: [expect.stringMatching(/^\d{4}-/), '2026-12-24T09:00:00'],
        },
      },
    ])
    const calls = await ask<Page>('GET', `/v1/leads/${lead_id}/calls`)
    expect(calls.body.items).toMatchObject([{ disposition: 'Busy' }, { disposition: 'Callback' }])

    const conflicts = await ask<Page<{ conflict_id: number }>>('GET', '/v1/conflicts', {
      query: { lead_id: lead_id! },
    })
    expect(conflicts.body.items).toMatchObject([
      {
        conflict_id: held.body.conflict_id,
        lead_id,
        state: 'open',
        groups: ['address'],
        clashes: ['address'],
        base_version: 1,
        lead_version: 2,
        base: { 'fields.City': null },
        mine: { 'fields.City': 'Carlton' },
        theirs: { 'fields.City': 'Fitzroy' },
      },
    ])
    const path = `/v1/conflicts/${held.body.conflict_id}`
    const { conflict, ...same } = (await ask('GET', path)).body
    expect(same).toEqual(conflicts.body.items[0])
    expect(conflict).toMatchObject({
      lead_id,
      base_version: 1,
      lead_version: 2,
      theirs: { version: 2, actor_name: 'bootstrap', way: 'classic', versions_between: 1 },
      mine: { 'fields.City': 'Carlton' },
      current: { 'fields.City': 'Fitzroy' },
    })
    const settled = await ask('PUT', `${path}/resolution`, {
      body: { lead_version: 2, decisions: { address: { take: 'mine' } } },
    })
    expect(settled.body).toEqual({ lead_id, version: 3 })
    expect(settled.headers.get('ETag')).toBe('"v3"')
    expect((await ask('GET', path)).body).toMatchObject({
      state: 'resolved',
      theirs: null,
      clashes: [],
      conflict: null,
      resolved_by_name: 'bootstrap',
    })
    expect((await ask('GET', `/v1/leads/${lead_id}`)).body).toMatchObject({
      version: 3,
      fields: { City: 'Carlton' },
    })
  })

  test('a lead of /v1, its changes, what they met and what it was look as documented', async () => {
    const { allocation_id } = target
    const made = await ask<{ id: string }>('POST', '/v1/leads', {
      body: { allocation_id, fields: { Name: 'Ana Silva', FirstPhone: mobile() }, unmapped: { crm: 'A-17' } },
    })
    const path = `/v1/leads/${made.body.id}`
    const patch = (version: number, body: object, on_conflict = 'fail') =>
      ask('PATCH', path, { body, query: { on_conflict }, headers: { 'If-Match': `"v${version}"` } })
    const second = await patch(1, { fields: { City: 'Fitzroy' }, callback: { local: '2026-12-24T09:00' } })
    expect(second.headers.get('ETag')).toBe('"v2"')
    expect((await patch(1, { fields: { Name: 'Ana Costa' } }, 'merge')).body).toMatchObject({
      version: 3,
      merged: { kept: expect.arrayContaining(['address', 'outcome']), base_version: 1 },
    })
    expect((await patch(1, { fields: { City: 'Carlton' } }, 'hold')).status).toBe(202)
    const mine = { fields: { City: 'Carlton' } }
    const met = await ask('POST', `${path}/merge/preview`, { body: { base_version: 1, mine } })
    expect(met.body).toMatchObject({ lead_version: 3, theirs: { versions_between: 2 } })
    const refused = await client.patchLead(made.body.id, 1, mine)
    const { conflict } = refused.body as { conflict?: unknown }
    expect(conflict).toEqual(met.body)
    const decisions = { address: { take: 'mine' } }
    await ask('POST', `${path}/merge`, { body: { base_version: 1, lead_version: 3, mine, decisions } })
    await ask('POST', `${path}/revert`, { body: { version: 4, lead_version: 4 } })
    expect((await ask('GET', `${path}/versions/2`)).body).toMatchObject({
      fields: { Name: 'Ana Silva', City: 'Fitzroy' },
      values: { 'fields.City': 'Fitzroy', callback: '2026-12-24T09:00:00', 'unmapped.crm': 'A-17' },
    })
    expect((await ask('GET', `${path}/versions/4`)).body).toMatchObject({ fields: { City: 'Carlton' } })
    expect((await ask('GET', path)).body).toMatchObject({ version: 5, fields: { City: 'Fitzroy' } })
    await ask('GET', `${path}/history`)
  })

  test('a person may write what they like into a held update, but not <NO CHANGE>', async () => {
    const { lead_id } = await client.insertLead(target, {
      FirstPhone: mobile(),
      njExternalLeadId: 'unsaid',
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId: 'unsaid', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, City: 'Fitzroy' })
    const { body } = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    const settle = (City: string) =>
      client.put<Problem>(`/v1/conflicts/${body.conflict_id}/resolution`, {
        lead_version: 2,
        decisions: { address: { take: 'value', value: { 'fields.City': City } } },
      })
    expect(await settle(' <no Change> ')).toMatchObject({ status: 422 })
    expect(await settle('Brunswick')).toMatchObject({ status: 200 })
    expect((await client.get(`/v1/leads/${lead_id}`)).body).toMatchObject({ fields: { City: 'Brunswick' } })
  })

  test('a forgotten lead is gone', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'forgotten' }
    const { lead_id } = await client.insertLeadFast(target, lead)
    expect(await client.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 204, body: '' })
    expect(await client.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.get(`/v1/leads/${lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.insertLeadFast(target, lead)).toMatchObject({ code: 0 })
  })
})

describe('what is wrong is pointed at', () => {
  const template = { name: 'Wrong', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] }
  const field = (more: object) => ({
    ...template,
    fields: [PHONE_FIELD, { name: 'Two', kind: 'text', ...more }],
  })
  const rows: [title: string, path: string, body: unknown, pointers: string[]][] = [
    ['nothing at all', '/v1/templates', {}, ['/name', '/contact_hours', '/fields']],
    ['no object', '/v1/templates', [], ['/']],
    ['null', '/v1/templates', null, ['/']],
    ['a member that is not known', '/v1/templates', { ...template, colour: 'red' }, ['/colour']],
    ['a name of blanks', '/v1/templates', { ...template, name: '  ' }, ['/name']],
    ['a name with a control character', '/v1/templates', { ...template, name: 'a\u0007' }, ['/name']],
    ['a name that is no text', '/v1/templates', { ...template, name: 7 }, ['/name']],
    ['a name that is taken', '/v1/templates', { ...template, name: 'Sample' }, ['/name']],
    ['no region', '/v1/templates', { ...template, region: 'ZZ' }, ['/region']],
    ['a region of three letters', '/v1/templates', { ...template, region: 'AUS' }, ['/region']],
    ['no such rule', '/v1/templates', { ...template, dnc_rule: 'some' }, ['/dnc_rule']],
    ['no fields', '/v1/templates', { ...template, fields: [] }, ['/fields']],
    [
      'no phone field',
      '/v1/templates',
      { ...template, fields: [{ name: 'Name', kind: 'text' }] },
      ['/fields'],
    ],
    ['no such kind', '/v1/templates', field({ kind: 'colour' }), ['/fields/1/kind']],
    ['a name of a system field', '/v1/templates', field({ name: 'njName' }), ['/fields/1/name']],
    ['a name that no key may have', '/v1/templates', field({ name: 'constructor' }), ['/fields/1']],
    ['a field twice', '/v1/templates', field({ name: 'phone' }), ['/fields/1']],
    ['an alias that is a name', '/v1/templates', field({ aliases: ['PHONE'] }), ['/fields/1']],
    ['a choice without choices', '/v1/templates', field({ kind: 'choice' }), ['/fields/1/choices']],
    ['choices without a choice', '/v1/templates', field({ choices: ['A'] }), ['/fields/1/choices']],
    ['a group with a reserved name', '/v1/templates', field({ merge_group: 'outcome' }), ['/fields/1']],
    ['a campaign without a name', '/v1/campaigns', { template_id: 1 }, ['/name']],
    ['an id that is a text', '/v1/campaigns', { template_id: '1', name: 'A' }, ['/template_id']],
    ['an id that is a fraction', '/v1/campaigns', { template_id: 1.5, name: 'A' }, ['/template_id']],
    ['a campaign that is there', '/v1/campaigns', { template_id: 1, name: 'Sample campaign' }, ['/name']],
    [
      'an allocation that is there',
      '/v1/allocations',
      { campaign_id: 1, name: 'Sample allocation' },
      ['/name'],
    ],
    [
      'a start that is a text',
      '/v1/allocations',
      { campaign_id: 1, name: 'A', started: 'true' },
      ['/started'],
    ],
    ['no time zone', '/v1/contact-hours', { name: 'Mars', zone: 'Mars/Phobos' }, ['/zone']],
    ['an offset', '/v1/contact-hours', { name: 'Fixed', zone: '+10:00' }, ['/zone']],
    ['hours that are there', '/v1/contact-hours', { name: 'Australia/Melbourne', zone: 'UTC' }, ['/name']],
    ['no numbers', '/v1/dnc', { list: 'private', phones: [] }, ['/phones']],
    ['no such list', '/v1/dnc', { list: 'public', phones: ['0412345678'] }, ['/list']],
    [
      'a campaign list of no campaign',
      '/v1/dnc',
      { list: 'campaign', phones: ['0412345678'] },
      ['/campaign_id'],
    ],
    [
      'a private list of a campaign',
      '/v1/dnc',
      { list: 'private', campaign_id: 1, phones: ['0412345678'] },
      ['/campaign_id'],
    ],
    [
      'an entry that is over',
      '/v1/dnc',
      { list: 'private', phones: ['0412345678'], expires_at: '2020-01-01T00:00:00Z' },
      ['/expires_at'],
    ],
    [
      'an expiry that is no time',
      '/v1/dnc',
      { list: 'private', phones: ['0412345678'], expires_at: 'tomorrow' },
      ['/expires_at'],
    ],
    [
      'a removal without a reason',
      '/v1/dnc/removals',
      { list: 'private', phones: ['0412345678'] },
      ['/reason'],
    ],
  ]

  test.each(rows)('%s: 1005', async (_title, path, body, pointers) => {
    const answer = await client.post<Problem>(path, body)
    expect(answer).toMatchObject({ status: 422, code: 1005 })
    // A single problem stands on the refusal itself; several are listed.
    const found = answer.body.errors?.map(({ field }) => field) ?? [answer.body.field]
    expect(found.toSorted()).toEqual(pointers.toSorted())
    for (const { detail } of answer.body.errors ?? [answer.body]) expect(detail).toMatch(/\w/)
  })

  test('numbers that are none are all pointed at, and none is listed', async () => {
    const phones = ['call me', mobile(), '12']
    const answer = await client.post<Problem>('/v1/dnc', { list: 'private', phones, skip_invalid: false })
    expect(answer).toMatchObject({ status: 422, code: 1006 })
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(['/phones/0', '/phones/2'])
    expect((await ask<Page>('GET', '/v1/dnc', { query: { phone: phones[1]! } })).body.items).toEqual([])
  })

  test('a start of nothing', async () => {
    const path = `/v1/allocations/${target.allocation_id}`
    expect(await client.patch<Problem>(path, {})).toMatchObject({ status: 422, code: 1005 })
    expect(await client.patch<Problem>(path, { started: true, name: 'New' })).toMatchObject({
      code: 1005,
      body: { errors: [{ field: '/name' }] },
    })
  })

  test.each([
    ['a template of unknown contact hours', '/v1/templates', { ...template, contact_hours: 'Mars' }],
    ['a template of an unknown team', '/v1/templates', { ...template, team: 'Mars' }],
    ['a template of an unknown set', '/v1/templates', { ...template, disposition_set: 'Mars' }],
    ['a campaign of an unknown template', '/v1/campaigns', { template_id: 999_999, name: 'A' }],
    ['an allocation of an unknown campaign', '/v1/allocations', { campaign_id: 999_999, name: 'A' }],
    [
      'an entry of an unknown campaign',
      '/v1/dnc',
      { list: 'campaign', campaign_id: 999_999, phones: ['0412345678'] },
    ],
    ['a check in an unknown campaign', '/v1/dnc/check', { campaign_id: 999_999, phones: ['0412345678'] }],
  ])('%s: 1004', async (_title, path, body) => {
    expect(await client.post(path, body)).toMatchObject({ status: 404, code: 1004 })
  })

  test('a resolution that says nothing, both or too little', async () => {
    await client.insertLead(target, {
      FirstPhone: mobile(),
      njExternalLeadId: 'unresolved',
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId: 'unresolved', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, City: 'Fitzroy' })
    const { body } = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    const settle = (resolution: object) =>
      client.put<Problem>(`/v1/conflicts/${body.conflict_id}/resolution`, resolution)
    const decisions = { address: { take: 'mine' } }
    const wrong: [resolution: object, pointer: string][] = [
      [{}, '/decisions'],
      [{ decisions }, '/decisions'],
      [{ dismiss: true }, '/reason'],
      [{ dismiss: true, reason: 'old', decisions, lead_version: 2 }, '/dismiss'],
      [{ lead_version: 2, decisions: {} }, '/decisions/address'],
      [{ lead_version: 2, decisions: { ...decisions, Name: { take: 'mine' } } }, '/decisions/Name'],
      [{ lead_version: 2, decisions: { address: { take: 'ours' } } }, '/decisions/address/take'],
    ]
    for (const [resolution, pointer] of wrong)
      expect(await settle(resolution), pointer).toMatchObject({
        status: 422,
        code: 1005,
        body: { field: pointer },
      })
    expect(await settle({ dismiss: true, reason: 'old' })).toMatchObject({ status: 200 })
    expect(await settle({ dismiss: true, reason: 'old' })).toMatchObject({ status: 404, code: 1004 })
  })

  test.each([
    '/v1/templates?limit=0',
    '/v1/templates?limit=501',
    '/v1/templates?limit=ten',
    '/v1/templates?cursor=-1',
    '/v1/templates?cursor=first',
    '/v1/campaigns?template_id=0',
    '/v1/templates/first',
    '/v1/conflicts?state=lost',
    '/v1/dnc?list=public',
  ])('%s: 1003', async (path) => {
    expect(await client.get(path)).toMatchObject({ status: 400, code: 1003 })
  })
})

describe("a team's key", async () => {
  const [north_id, south_id] = [
    await ensureTeam(leadline.pool, 'North'),
    await ensureTeam(leadline.pool, 'South'),
  ]
  const [north, south] = [await clientWith(['admin'], [north_id]), await clientWith(['admin'], [south_id])]
  const both = await clientWith(['admin'], [north_id, south_id])
  const own = await setUp('North')

  const lead = { Phone: mobile(), njExternalLeadId: 'N1', njDisposition: 'Busy' }
  const lead_id = (await north.insertLead(own, lead)).lead_id!
  const change = { njExternalLeadId: 'N1', Phone: '<NO CHANGE>' }
  await north.updateLeadFast(own, { ...change, note: 'one' })
  const held = await north.updateLeadFast(own, { ...change, note: 'two', njVersion: 1 })
  const conflict_id = held.body.conflict_id!

  const addresses: [path: string, code: number][] = [
    [`/v1/templates/${own.template_id}`, 1004],
    [`/v1/campaigns/${own.campaign_id}`, 1004],
    [`/v1/allocations/${own.allocation_id}`, 1004],
    [`/v1/conflicts/${conflict_id}`, 1004],
    [`/v1/leads/${lead_id}`, 101],
    [`/v1/leads/${lead_id}/history`, 101],
    [`/v1/leads/${lead_id}/calls`, 101],
  ]

  test.each(addresses)('GET %s is there for the team and not for another', async (path, code) => {
    for (const able of [north, both, client]) await ask('GET', path, { as: able })
    expect(await south.get(path)).toMatchObject({ status: 404, code })
  })

  test.each([
    ['templates', 'template_id', own.template_id],
    ['campaigns', 'campaign_id', own.campaign_id],
    ['allocations', 'allocation_id', own.allocation_id],
    ['conflicts', 'conflict_id', conflict_id],
  ])('GET /v1/%s lists what the team has, and nothing else', async (list, id, value) => {
    const listed = async (as: LeadlineClient) =>
      (await ask<Page>('GET', `/v1/${list}`, { as, query: { limit: 500 } })).body.items.map(
        (item) => item[id],
      )
    expect(await listed(north)).toEqual([value])
    expect(await listed(south)).toEqual([])
    expect(await listed(client)).toContain(value)
  })

  test("another team's key changes nothing of it", async () => {
    const wants: [method: string, path: string, body: unknown, code: number][] = [
      ['POST', '/v1/campaigns', { template_id: own.template_id, name: 'Mine' }, 1004],
      ['POST', '/v1/allocations', { campaign_id: own.campaign_id, name: 'Mine' }, 1004],
      ['PATCH', `/v1/allocations/${own.allocation_id}`, { started: true }, 1004],
      ['PUT', `/v1/conflicts/${conflict_id}/resolution`, { dismiss: true, reason: 'not mine' }, 1004],
      ['DELETE', `/v1/leads/${lead_id}`, undefined, 101],
      ['POST', '/v1/dnc', { list: 'campaign', campaign_id: own.campaign_id, phones: ['0412345678'] }, 1004],
      [
        'POST',
        '/v1/dnc/removals',
        { list: 'campaign', campaign_id: own.campaign_id, phones: ['0412345678'], reason: 'none' },
        1004,
      ],
      ['POST', '/v1/dnc/check', { campaign_id: own.campaign_id, phones: ['0412345678'] }, 1004],
      [
        'POST',
        '/v1/templates',
        { name: 'Mine', team: 'North', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] },
        1004,
      ],
    ]
    for (const [method, path, body, code] of wants)
      expect(await south.request(method, path, { body }), `${method} ${path}`).toMatchObject({
        status: 404,
        code,
      })
    expect((await north.get(`/v1/leads/${lead_id}`)).body).toMatchObject({ version: 2 })
    expect((await north.get(`/v1/allocations/${own.allocation_id}`)).body).toMatchObject({ started: false })
    expect((await north.get(`/v1/conflicts/${conflict_id}`)).body).toMatchObject({ state: 'open' })
  })

  test("the campaign lists of another team's campaigns are not shown", async () => {
    const phone = mobile()
    const entry = { list: 'campaign', campaign_id: own.campaign_id, phones: [phone] }
    expect(await north.post('/v1/dnc', entry)).toMatchObject({ status: 201 })
    expect(await client.post('/v1/dnc', { list: 'private', phones: [phone] })).toMatchObject({ status: 201 })
    const lists = async (as: LeadlineClient) =>
      (await ask<Page>('GET', '/v1/dnc', { as, query: { phone } })).body.items.map(({ list }) => list)
    expect(await lists(north)).toEqual(['campaign', 'private'])
    expect(await lists(client)).toEqual(['campaign', 'private'])
    // The private list blocks everywhere, so everybody sees it.
    expect(await lists(south)).toEqual(['private'])
  })

  test('a template of its own team is made by the key of the team', async () => {
    const body = {
      name: fresh('Template'),
      team: 'South',
      contact_hours: 'Australia/Melbourne',
      fields: [PHONE_FIELD],
    }
    const made = await ask<{ template_id: number }>('POST', '/v1/templates', { as: south, body })
    expect(made.body).toMatchObject({ team: 'South' })
    const path = `/v1/templates/${made.body.template_id}`
    expect(await south.get(path)).toMatchObject({ status: 200 })
    expect(await north.get(path)).toMatchObject({ status: 404, code: 1004 })
  })
})

describe('pages', () => {
  /** Every page of a list, as long as it says that there is another. */
  async function walk(path: string, query: Record<string, string | number>) {
    const pages: Record<string, unknown>[][] = []
    for (let cursor: number | null = 0; cursor !== null; ) {
      const { body }: { body: Page } = await ask<Page>('GET', path, { query: { ...query, cursor } })
      pages.push(body.items)
      cursor = body.next_cursor
    }
    return pages
  }

  test('lists come in pages that have everything once, in order', async () => {
    const { template_id, campaign_id } = await setUp()
    for (const name of ['Two', 'Three', 'Four', 'Five']) {
      await ask('POST', '/v1/campaigns', { body: { template_id, name } })
      await ask('POST', '/v1/allocations', { body: { campaign_id, name } })
    }
    for (const [path, id, query] of [
      ['/v1/campaigns', 'campaign_id', { template_id }],
      ['/v1/allocations', 'allocation_id', { campaign_id }],
    ] as const) {
      const pages = await walk(path, { ...query, limit: 2 })
      expect(pages.map((items) => items.length)).toEqual([2, 2, 1])
      const found = pages.flat().map((item) => item[id] as number)
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
      const exact = await ask<Page>('GET', path, { query: { ...query, limit: 5 } })
      expect(exact.body).toEqual({ items: pages.flat(), next_cursor: null })
    }
  })

  test('templates, DNC entries, history, calls and conflicts too', async () => {
    await setUp()
    const { njExternalLeadId, phone } = { njExternalLeadId: 'paged', phone: mobile() }
    const { lead_id } = await client.insertLead(target, {
      FirstPhone: phone,
      njExternalLeadId,
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    for (const njDisposition of ['No Answer', 'Busy'])
      await client.updateLeadFast(target, { ...change, njDisposition })
    for (const Name of ['Jane Smith', 'Ana Silva'])
      await client.updateLeadFast(target, { ...change, Name, [Name]: 'called' })
    for (const more of [{ Name: 'Ana' }, { 'Jane Smith': 'wrote' }] as Record<string, string>[])
      await client.updateLeadFast(target, { ...change, ...more, njVersion: 3 })
    for (const reason of ['asked us', 'asked again']) {
      await client.post('/v1/dnc', { list: 'private', phones: [phone], reason })
      await client.post('/v1/dnc/removals', { list: 'private', phones: [phone], reason: 'an error' })
    }
    for (const [path, id, count, query] of [
      ['/v1/templates', 'template_id', undefined, {}],
      ['/v1/dnc', 'entry_id', 2, { phone }],
      [`/v1/leads/${lead_id}/history`, 'version', 5, {}],
      [`/v1/leads/${lead_id}/calls`, 'call_id', 3, {}],
      ['/v1/conflicts', 'conflict_id', 2, { lead_id: lead_id! }],
    ] as const) {
      const whole = (await ask<Page>('GET', path, { query: { ...query, limit: 500 } })).body
      expect(whole.next_cursor, path).toBeNull()
      if (count !== undefined) expect(whole.items, path).toHaveLength(count)
      const pages = await walk(path, { ...query, limit: 1 })
      expect(pages.length, path).toBe(whole.items.length)
      expect(pages.flat().map((item) => item[id])).toEqual(whole.items.map((item) => item[id]))
    }
  })

  test('a page has a hundred at most when nobody says how many', async () => {
    const phones = Array.from({ length: 101 }, mobile)
    await client.post('/v1/dnc', { list: 'client', phones })
    const { body } = await ask<Page>('GET', '/v1/dnc', { query: { list: 'client' } })
    expect(body.items).toHaveLength(100)
    const rest = await ask<Page>('GET', '/v1/dnc', { query: { list: 'client', cursor: body.next_cursor! } })
    expect(rest.body).toMatchObject({ items: [{ list: 'client' }], next_cursor: null })
  })
})
