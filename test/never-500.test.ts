// No address and no body causes an error of ours. Walks every route of the contract and every parameter
// that its schemas name, so that a route which is added later is walked too.

import { afterAll, expect, test } from 'vitest'
import { CONTRACT } from '../src/http/contract.ts'
import type { Route } from '../src/http/route.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
const { client, key, url, target, connection } = leadline

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

/** As they stand in an address. */
const NASTY = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%ED%A0%80%ED%B0%80',
  '%FF%FE',
  '%',
  '%zz',
  '%2F..%2F',
  '%E2%80%AE',
  '%0D%0Aa:b',
  '__proto__',
  "'%22;--%5C",
  '-1',
  '0',
  '2147483648',
  '9223372036854775808',
  '1e309',
  '9'.repeat(400),
  '1-9999999999999999',
  '4294967297-1-1',
  '%2B275760-09-13T00:00:00Z',
  '%2B275760-09-12T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0000-01-01',
  '%2B010000-01-01T00:00:00Z',
  '2026-01-01T00:00:00.123456789123Z',
  'key:9999999999999999',
  'lead:1-9999999999999999',
  'lead:9999999999-1',
  'x'.repeat(5_000),
]

interface Shape {
  type?: string | string[]
  properties?: Record<string, Shape>
  patternProperties?: Record<string, Shape>
  additionalProperties?: boolean | Shape
  items?: Shape
  enum?: unknown[]
  const?: unknown
  anyOf?: Shape[]
  oneOf?: Shape[]
  minimum?: number
}

const { lead_id } = await client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId: 'known' })
await client.patch(`/v1/allocations/${target.allocation_id}`, { started: true })
const { body: leased } = await client.post<{ items: { lease_id: string }[] }>(
  `/v1/allocations/${target.allocation_id}/leases`,
  {},
)
const { body: set } = await client.post<{ disposition_set_id: number }>('/v1/disposition-sets', {
  name: 'Patched',
  copy_of: 1,
})
const { body: hours } = await client.post<{ contact_hours_id: number }>('/v1/contact-hours', {
  name: 'Patched',
  zone: 'Australia/Perth',
})
const KNOWN: Record<string, string> = {
  '/v1/disposition-sets/:id': String(set.disposition_set_id),
  '/v1/contact-hours/:id': String(hours.contact_hours_id),
  '/v1/leads/:id': lead_id!,
  '/v1/leases/:id': leased.items[0]!.lease_id,
  ':code': 'Busy',
  ':number': '+61491570006',
  ':version': '1',
}

/** An address of the route whose parameters name what is there, where something is. */
const addressOf = ({ url }: Route, replaced: Record<string, string> = {}) =>
  url.replace(/:[a-z_]+/g, (name, at: number) => {
    const known = KNOWN[url.slice(0, at) + name] ?? KNOWN[name] ?? '1'
    return replaced[name] ?? known
  })

async function send(method: string, path: string, body?: string) {
  // A stream is told by its head; what it goes on to say is not waited for.
  const enough = new AbortController()
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'If-Match': '"v1"' },
    signal: enough.signal,
    ...(method === 'GET' ? {} : { body: body ?? '{}' }),
  })
  const is_stream = answer.headers.get('content-type')?.startsWith('text/event-stream')
  const text = is_stream ? '' : await answer.text()
  enough.abort()
  return { status: answer.status, text }
}

/** A refusal has a code; one of ours never. */
async function expectNoFault(method: string, path: string, body?: string): Promise<number> {
  const { status, text } = await send(method, path, body)
  const what = `${method} ${path.slice(0, 200)} ${body?.slice(0, 300) ?? ''}: ${status} ${text.slice(0, 300)}`
  expect(status, what).toBeLessThan(500)
  if (status >= 400 && text.startsWith('{')) {
    const { code } = JSON.parse(text) as { code: number }
    expect(code, what).toBeGreaterThan(0)
    expect(code, what).not.toBe(103)
  }
  return status
}

// Nothing may be forgotten, signed out or measured on the way.
const routes = CONTRACT.filter(({ url }) => !['/metrics', '/openapi.json'].includes(url))
const nameOf = ({ method, url }: Route) => `${method} ${url}`

test.each(routes.map((route) => [nameOf(route), route] as const))(
  '%s: whatever its address holds',
  async (_, route) => {
    const names = [...route.url.matchAll(/:[a-z_]+/g)].map(([name]) => name)
    const asked = Object.keys((route.schema?.querystring as Shape | undefined)?.properties ?? {})
    for (const nasty of NASTY) {
      for (const name of names) await expectNoFault(route.method, addressOf(route, { [name]: nasty }))
      for (const name of [...asked, 'unknown'])
        await expectNoFault(route.method, `${addressOf(route)}?${name}=${nasty}`)
      await expectNoFault(route.method, `${addressOf(route)}?${nasty}=1`)
    }
  },
)

/** Values for a body where its schema does not say enough, by the name of the property. */
const SAMPLES: Record<string, unknown> = {
  zone: 'Australia/Perth',
  region: 'NZ',
  team: 'Global',
  contact_hours: 'Australia/Melbourne',
  disposition_set: 'Standard',
  disposition: 'Busy',
  dispositions: ['Busy'],
  phone: '+61491570006',
  phones: ['+61491570006'],
  lead_id,
  lead_ids: [lead_id],
  at: '2026-11-24T02:59:00Z',
  expires_at: '2027-01-01T00:00:00Z',
  local: '2026-12-01T10:00',
  callback: '2026-12-01T10:00',
  date: '2026-12-01',
  valid_from: '2026-12-01',
  valid_to: '2026-12-02',
  from: '09:00',
  to: '10:00',
  url: 'https://example.com/',
  headers: { 'X-Known': 'value' },
  wait_s: 0,
  fields: { City: 'Perth' },
  unmapped: { known: 'value' },
}

let made = 0
function sampleOf(shape: Shape, name = ''): unknown {
  if (name === 'name' || name === 'login') return `${name} ${++made}`
  const [option] = shape.anyOf ?? shape.oneOf ?? []
  const known = SAMPLES[name]
  const is_list = shape.type === 'array' || option?.type === 'array'
  if (known !== undefined && Array.isArray(known) === is_list && !shape.properties) return known
  if (option) return sampleOf(option, name)
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum[0]
  if (shape.properties)
    return Object.fromEntries(Object.entries(shape.properties).map(([key, of]) => [key, sampleOf(of, key)]))
  const [type] = [shape.type ?? 'object'].flat()
  if (type === 'array') return [sampleOf(shape.items ?? {}, name.replace(/s$/, ''))]
  if (type === 'integer' || type === 'number') return Math.max(shape.minimum ?? 1, 1)
  if (type === 'boolean') return true
  return type === 'object' ? { known: 'value' } : 'known'
}

/** The body with one leaf (or one key of an object) replaced, each in turn. */
function* replacedIn(value: unknown, texts: readonly unknown[]): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      for (const other of replacedIn(item, texts)) yield value.with(i, other)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const other of replacedIn(item, texts)) yield { ...value, [key]: other }
      const { [key]: _, ...rest } = value as Record<string, unknown>
      yield rest
    }
    for (const text of texts.filter((text) => typeof text === 'string'))
      for (const item of [Object.values(value)[0] ?? 'x', 1]) yield { ...value, [text]: item }
  } else yield* texts
}

const NASTY_VALUES = [
  '\0',
  'a\0b',
  '\ud800',
  'a\r\nb: c',
  '\u202e',
  '',
  ' ',
  '__proto__',
  '<NO CHANGE>',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
  '0000-01-01',
  '0000-01-01T00:00',
  '9999-12-31T23:59',
  '9'.repeat(400),
  '${Name}${',
  -1,
  0.5,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  1e300,
  null,
]

const bodied = routes.filter(({ schema, url }) => schema?.body && url !== '/v1/session')
test.each(bodied.map((route) => [nameOf(route), route] as const))(
  '%s: whatever its body holds',
  async (_, route) => {
    const shape = route.schema!.body as Shape
    for (const variant of shape.anyOf ?? shape.oneOf ?? [shape])
      for (const value of replacedIn(sampleOf(variant), NASTY_VALUES))
        await expectNoFault(route.method, addressOf(route), JSON.stringify(value))
  },
  120_000,
)
