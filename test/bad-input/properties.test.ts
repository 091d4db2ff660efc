// What holds for any input at all: never a 5xx, always JSON with a published code. values.test.ts: what is stored of it.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LeadlineClient, type Target } from '../../src/client/client.ts'
import { SCOPES } from '../../src/core/access.ts'
import { RESULTS } from '../../src/core/result.ts'
import { CONTRACT } from '../../src/http/contract.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { much } from '../support/much.ts'
import { type Call, json, pathOf, queryOf, utf8 } from './row.ts'
import { makeWorld } from './world.ts'

const CODES = new Map<number, string>(Object.entries(RESULTS).map(([name, { code }]) => [code, name]))
const resultName = (code: number) => CODES.get(code)

/** How many inputs each property tries. */
const numRuns = much(100, 5_000)
const TIMEOUT_MS = 60_000 + numRuns * 100

const leadline = await startLeadline({ now: () => '2026-06-01T00:00:00Z' })
const world = await makeWorld(leadline, leadline)
const { connection } = leadline
// Addresses name the keys 1 and 2, and documents limit, rotate and end them: these tests have a key of their own.
for (const _ of [1, 2]) await leadline.keyWith(['insert'])
const own_key = await leadline.keyWith(SCOPES)
const client = new LeadlineClient({ url: leadline.url, key: own_key })

const NASTY_TEXTS = [
  ...['', ' ', '\u00a0', '\u200b', '\0', 'a\0b', '\ud800', '\udc00a', '\u001b[31m', '\u0085', 'a\r\nb', '\t'],
  ...['\u202eabc', '\u2066', '<NO CHANGE>', '<no change>', '<NOCHANGE>', '__proto__', 'constructor', 'null'],
  ...[
    "'; drop table leads;--",
    '$1',
    '\\',
    '%',
    '\\u0000',
    '{"a":1}',
    '=1+1',
    'x'.repeat(1_001),
    '\u0301'.repeat(100),
  ],
  ...[
    '0383218199',
    '+61383218199',
    '000',
    '1e400',
    '2026/02/31 10:00',
    '2026/10/04 02:30',
    '101',
    '-1',
    'Busy',
  ],
  ...[
    'Do Not Call',
    'Australia/Melbourne',
    '\u{1f468}\u200d\u{1f469}',
    'Jose\u0301',
    '٠٣٨٣٢١٨١٩٩',
    '\ufeff',
    '\ufffe',
  ],
]
const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))
const text = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: codeUnit, maxLength: 10 }),
)
const key = fc.oneof(
  fc.constantFrom(
    ...['Name', 'name', 'City', 'PostCode', 'Email', 'FirstPhone', 'firstphone', 'SecondPhone', 'njPriority'],
    ...[
      'njCallBackDate',
      'njContactHours',
      'njDisposition',
      'njExternalLeadId',
      'njVersion',
      'njNothing',
      'note',
    ],
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'id', 'version'],
  ),
  text,
)
/** A JSON value as text: what JSON.stringify can write, and what it cannot. */
const value = fc.oneof(
  { weight: 4, arbitrary: text.map(json) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map(json) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('null', 'true', '1e400', '-0', '0.1e1', '9007199254740993', '[]', '{}'),
  },
)
const object = fc
  .array(fc.tuple(key, value), { maxLength: 8 })
  .map((members) => members.map(([name, text]) => `${json(name)}:${text}`).join(','))

interface Heard {
  status: number
  type: string | null
  request_id: string | null
  lead_id: string | null
  text: string
}

async function send(method: string, path: string, body?: Uint8Array | string): Promise<Heard> {
  const response = await fetch(leadline.url + path, {
    method,
    headers: { Authorization: `Bearer ${own_key}` },
    body: typeof body === 'string' ? utf8(body) : (body as Uint8Array<ArrayBuffer> | undefined),
  })
  return {
    status: response.status,
    type: response.headers.get('Content-Type'),
    request_id: response.headers.get('X-Request-Id'),
    lead_id: response.headers.get('X-Lead-Id'),
    text: await response.text(),
  }
}

/** Those of the result list, and the one for an address that takes other methods. */
const STATUSES = new Set([405, ...Object.values(RESULTS).flatMap(({ classic, v1 }) => [classic, v1])])

/** Checks that hold for every answer; returns its code. */
function judge({ status, type, request_id, text }: Heard, classic: boolean): number {
  expect(status, text).toBeLessThan(500)
  expect(request_id).toMatch(/^[0-9a-f-]{16,}$/)
  expect(text).not.toContain(own_key)
  expect(text).not.toMatch(/\n\s*at |node_modules|\.ts:\d|node:internal/)
  if (status === 204) return 0
  expect(type).toMatch(/^application\/(problem\+)?json/)
  const body = JSON.parse(text)
  // getFieldDefn answers a bare array, as it is published.
  if (status < 300 && (!classic || Array.isArray(body))) return 0
  expect(STATUSES).toContain(status)
  expect(resultName(body.code), text).toBeDefined()
  expect(status === 200).toBe(body.code === 0)
  return body.code
}

const isClassic = (path: string) => path.startsWith('/servicemanager/')

/** An address of a route, with something in the place of each parameter. */
const addressOf = (url: string, param = '1') =>
  (isClassic(url) ? `${url}?${queryOf(leadline.target)}&njExternalLeadId=${world.known_id}` : url).replace(
    /:[a-z_]+/,
    encodeURIComponent(param.toWellFormed()),
  )

const CALLS: Call[] = ['insertLeadFast', 'updateLeadFast', 'insertLead', 'updateLead']
/** A route as a counterexample shows it: 'POST /v1/dnc'. */
const split = (route: string) => route.split(' ') as [method: string, url: string]
const nameOf = ({ method, url }: { method: string; url: string }) => `${method} ${url}`
const WITH_BODY = CONTRACT.filter(({ method }) => method !== 'GET' && method !== 'DELETE')

const check = <Args extends [unknown, ...unknown[]]>(property: fc.IAsyncProperty<Args>) =>
  fc.assert(property, { numRuns, endOnFailure: true })

test('any bytes as body, on every route that takes one', { timeout: TIMEOUT_MS }, async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // A good document with some bytes changed.
    fc
      .array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const document = utf8(`{"Name":"Ana Silva","City":"Carlton","FirstPhone":"${mobile()}"}`)
        for (const [at, byte] of changes) document[at] = byte
        return document
      }),
  )
  await check(
    fc.asyncProperty(fc.constantFrom(...WITH_BODY.map(nameOf)), bytes, async (route, body) => {
      const [method, url] = split(route)
      judge(await send(method, addressOf(url), body), isClassic(url))
    }),
  )
})

test('any JSON object as a lead', { timeout: TIMEOUT_MS }, async () => {
  const codes = new Set<number>()
  await check(
    fc.asyncProperty(fc.constantFrom(...CALLS), object, fc.boolean(), async (call, members, with_phone) => {
      const phone = with_phone ? `"FirstPhone":"${mobile()}"${members ? ',' : ''}` : ''
      const and = call.startsWith('update') ? `&njExternalLeadId=${world.known_id}` : ''
      codes.add(judge(await send('POST', pathOf(leadline, call, and), `{${phone}${members}}`), true))
    }),
  )
  // The inputs reach past the document: some are taken, some are refused for what is in them.
  expect([...codes]).toEqual(expect.arrayContaining([0, 1003, 1005, 102]))
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})

interface Schema {
  type?: string | string[]
  enum?: string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  patternProperties?: Record<string, Schema>
}

/** Values that get a document past the first checks of its handler. */
const SENSIBLE: Record<string, string[]> = {
  phones: ['0412345678', '+61383218199'],
  contact_hours: ['Australia/Melbourne'],
  zone: ['Australia/Perth', 'UTC'],
  team: ['Global'],
  disposition_set: ['Standard'],
  region: ['AU', 'nz'],
  expires_at: ['2030-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:59+00:00'],
}

/** Documents that nearly fit a schema, so that they get into the handlers, with anything for texts. */
function fitting(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const [type] = [schema.type].flat()
  if (type === 'integer' || type === 'number')
    return fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.integer() },
    )
  if (type === 'boolean') return fc.boolean()
  if (type === 'array') return fc.array(fitting(schema.items ?? {}, name), { minLength: 1, maxLength: 4 })
  if (schema.patternProperties) {
    const [inner] = Object.values(schema.patternProperties)
    return fc.dictionary(fc.constantFrom('address', 'outcome', 'fields.Name', 'x'), fitting(inner!))
  }
  if (schema.properties)
    return fc.record(
      Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, fitting(inner, key)])),
      { requiredKeys: (schema.required ?? []) as never[] },
    )
  const sensible = SENSIBLE[name]
  if (!sensible) return text
  return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...sensible) }, { weight: 1, arbitrary: text })
}

test('any document that fits its schema, on every route of /v1', { timeout: TIMEOUT_MS }, async () => {
  const routes = WITH_BODY.filter(({ schema }) => schema?.body)
  const requests = routes.map(({ method, url, schema }) =>
    fc.record({
      method: fc.constant(method),
      url: fc.constant(url),
      body: fitting(schema!.body as Schema),
    }),
  )
  await check(
    fc.asyncProperty(fc.oneof(...requests), async ({ method, url, body }) => {
      judge(await send(method, addressOf(url), json(body)), false)
    }),
  )
})

test('any query, and anything in an address', { timeout: TIMEOUT_MS }, async () => {
  const name = fc.oneof(
    fc.constantFrom(
      ...['fTemplateId', 'fCampaignId', 'fAllocationId', 'allowDuplicates', 'njExternalLeadId', 'campaignId'],
      ...['allocationId', 'cursor', 'limit', 'phone', 'list', 'state', 'lead_id', 'template_id', '__proto__'],
    ),
    text,
  )
  const part = fc.oneof(
    text.map((part) => encodeURIComponent(part.toWellFormed())),
    fc.constantFrom(
      '1',
      '2',
      '%00',
      '%ff',
      '%zz',
      '%',
      '+',
      '99999999999',
      '41-1207',
      '1-99999999999999999',
      '%2e%2e%2f',
    ),
  )
  const apart = ['GET /metrics', 'GET /openapi.json']
  const routes = CONTRACT.filter((route) => !apart.includes(nameOf(route)))
  await check(
    fc.asyncProperty(
      fc.constantFrom(...routes.map(nameOf)),
      fc.array(
        fc.tuple(
          name.map((name) => encodeURIComponent(name.toWellFormed())),
          part,
        ),
        { maxLength: 5 },
      ),
      part,
      async (route, query, param) => {
        const [method, url] = split(route)
        const path = `${url.replace(/:[a-z_]+/, param)}?${query.map((pair) => pair.join('=')).join('&')}`
        const body = method === 'GET' || method === 'DELETE' ? undefined : `{"FirstPhone":"${mobile()}"}`
        judge(await send(method, path, body), isClassic(url))
      },
    ),
  )
})

/** Documents have changed, archived and retired what the others share. */
let made_untouched: Promise<Target> | undefined
const untouched = () => (made_untouched ??= makeUntouched())

async function makeUntouched(): Promise<Target> {
  const name = 'Untouched'
  const made = async (path: string, body: object) =>
    (await client.post<Record<string, number>>(path, { name, ...body })).body
  await made('/v1/contact-hours', { zone: 'Australia/Melbourne' })
  await made('/v1/disposition-sets', {})
  const fields = [{ name: 'FirstPhone', kind: 'phone' }]
  const template = { contact_hours: name, disposition_set: name, region: 'AU', fields }
  const { template_id } = await made('/v1/templates', template)
  const { campaign_id } = await made('/v1/campaigns', { template_id })
  const { allocation_id } = await made('/v1/allocations', { campaign_id })
  return { template_id: template_id!, campaign_id: campaign_id!, allocation_id: allocation_id! }
}

test('a cursor past the end is an empty page, on every list', async () => {
  const { lead_id } = await client.updateLeadFast(leadline.target, {
    njExternalLeadId: world.known_id,
    FirstPhone: '<NO CHANGE>',
  })
  // The cursor of the search is not a number: a foreign one is refused, see test/search.test.ts.
  const cursorOf = ({ schema }: (typeof CONTRACT)[number]) =>
    (schema?.querystring as { properties?: Record<string, { type?: string }> } | undefined)?.properties
      ?.cursor
  const lists = CONTRACT.filter((route) => route.method === 'GET' && cursorOf(route)?.type === 'integer')
  expect(lists.length).toBeGreaterThan(5)
  const { allocation_id } = await untouched()
  const request = { method: 'GET' as const, url: 'https://crm.example/leads' }
  const pull = await client.createPull({
    name: 'Empty',
    allocation_id,
    request,
    format: 'json',
    id_key: 'id',
  })
  const ids: Record<string, unknown> = {
    allocations: allocation_id,
    leads: lead_id,
    pulls: (pull.body as { pull_id: number }).pull_id,
  }
  for (const { url, summary } of lists)
    for (const cursor of [1, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER]) {
      const id = String(ids[url.split('/')[2]!])
      const heard = await send('GET', `${url.replace(':id', id)}?cursor=${cursor}`)
      judge(heard, false)
      // Lists end at the first entry where the newest comes first.
      if ((cursor === 1) === summary.includes('newest first'))
        expect(JSON.parse(heard.text), url).toEqual({ items: [], next_cursor: null })
    }
})

/** Without blanks and what shows nothing at its ends. */
const bare = (text: string) =>
  text.replace(
    /^[\s\p{Default_Ignorable_Code_Point}\u2800]+|[\s\p{Default_Ignorable_Code_Point}\u2800]+$/gu,
    '',
  )

/** The reasons for which an external id may be refused. */
const mayBeRefused = (text: string) =>
  !text.isWellFormed() ||
  /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(text) ||
  /\p{M}{65}/u.test(text) ||
  [...text.normalize('NFC')].length > 200

test('an external id is what was sent, composed, or it is refused', { timeout: TIMEOUT_MS }, async () => {
  let taken = 0
  const address = pathOf(leadline, 'insertLeadFast', '', queryOf(await untouched()))
  await check(
    fc.asyncProperty(text, async (njExternalLeadId) => {
      const heard = await send('POST', address, json({ FirstPhone: mobile(), njExternalLeadId }))
      const code = judge(heard, true)
      const sent = bare(njExternalLeadId)
      if (code === 0) {
        taken++
        const { body } = await client.get<{ external_id: string | null }>(`/v1/leads/${heard.lead_id}`)
        expect(bare(body.external_id ?? '')).toBe(sent.normalize('NFC'))
      } else if (code === 108) expect(sent.toUpperCase()).toBe('<NO CHANGE>')
      // Two inputs may be the same external id.
      else if (code !== 112) {
        expect(code).toBe(1005)
        expect(mayBeRefused(sent)).toBe(true)
      }
    }),
  )
  expect(taken).toBeGreaterThan(numRuns / 10)
})

test('none of it reached the key of these tests', async () => {
  const { body } = await client.apiKeys()
  expect(body.items).toContainEqual(expect.objectContaining({ key_id: 4, scopes: SCOPES, version: 1 }))
})

test('none of it left anything half-written', async () => {
  expect(await checkDatabase(connection)).toEqual([])
})
