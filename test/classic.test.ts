// The classic lead API, as existing integrations speak it: their samples, every rule of what they may send, and the
// order in which a request that is wrong in several ways is judged.

import { describe, expect, test } from 'vitest'
import type { ClassicBody, LeadDocument, LeadlineClient, Target } from '../src/client/client.ts'
import { LIMITS } from '../src/core/limits.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { type Leadline, mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { leadAtWork } from './support/slot.ts'

const NOW = '2026-07-01T00:00:00Z'
const API = '/servicemanager/rest/CampaignAPI'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline

const idsOf = ({ template_id, campaign_id, allocation_id }: Target) => ({
  fTemplateId: String(template_id),
  fCampaignId: String(campaign_id),
  fAllocationId: String(allocation_id),
})

/** An answer as it came over the wire. */
interface Reply {
  status: number
  headers: Headers
  text: string
  body: ClassicBody
}

type Query = Record<string, string | undefined>

/** Sends bytes as they are; the key goes into the query, as the wiki's samples have it. */
async function post(
  call: string,
  query: Query | URLSearchParams,
  body: string | Uint8Array<ArrayBuffer>,
  { server = leadline, type = 'application/json' }: { server?: Leadline; type?: string } = {},
): Promise<Reply> {
  const params =
    query instanceof URLSearchParams
      ? query
      : new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]))
  if (!params.has('apiKey')) params.set('apiKey', server.key)
  const response = await fetch(`${server.url}${API}/${call}?${params}`, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': type },
    body,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
}

const ids = idsOf(target)
let references = 0
const reference = () => `ref-${++references}`

interface Shown {
  id: string
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: { field: string; number?: string; state: string; blocked_by?: string }[]
  disposition: string | null
  callback: { local: string; zone: string; at: string } | null
  priority: number
  contact_hours: string
  client_approved: boolean
  closed: boolean
}

const shown = async (lead_id: string | null, as = client) =>
  (await as.get<Shown>(`/v1/leads/${lead_id}`)).body
const itemsOf = async (path: string, as = client) =>
  (await as.get<{ items: Record<string, unknown>[] }>(path)).body.items
const calls = async (lead_id: string | null) =>
  (await itemsOf(`/v1/leads/${lead_id}/calls`)).map(({ disposition }) => disposition)
const events = (lead_id: string | null) => itemsOf(`/v1/leads/${lead_id}/history`)
const e164 = (phone: string) => `+61${phone.slice(1)}`

/** A new lead; it must be taken. */
async function inserted(lead: LeadDocument = {}, where: Target = target) {
  const answer = await client.insertLeadFast(where, { FirstPhone: mobile(), ...lead })
  expect(answer.body).toEqual({ code: 0, message: 'OK' })
  return answer.lead_id!
}

/** A lead that was called once, so that an update may leave its disposition alone, with what to address it by. */
async function called(lead: LeadDocument = {}, where: Target = target) {
  const njExternalLeadId = reference()
  const FirstPhone = mobile()
  const document = { FirstPhone, njExternalLeadId, njDisposition: 'Busy', ...lead }
  const answer = await client.insertLead(where, document)
  expect(answer.code).toBe(0)
  const change = (fields: LeadDocument, query: { allowDuplicates?: boolean } = {}) =>
    client.updateLeadFast(where, { njExternalLeadId, FirstPhone: '<NO CHANGE>', ...fields }, query)
  return { lead_id: answer.lead_id!, njExternalLeadId, FirstPhone, change }
}

const blocked = async (phone: string) => {
  expect((await client.post('/v1/dnc', { list: 'private', phones: [phone] })).status).toBe(201)
  return phone
}

/** A template with a campaign and an allocation. */
async function setUp(template: object, as = client): Promise<Target> {
  const name = reference()
  const base = { name, contact_hours: 'Australia/Melbourne', fields: [{ name: 'Phone', kind: 'phone' }] }
  const made = await as.post<{ template_id: number }>('/v1/templates', { ...base, ...template })
  expect(made.status).toBe(201)
  return { ...(await campaignOf(made.body.template_id, as)), template_id: made.body.template_id }
}

async function campaignOf(template_id: number, as = client): Promise<Target> {
  const name = reference()
  const { body } = await as.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  return { template_id, ...(await allocationOf(body.campaign_id, as)) }
}

async function allocationOf(campaign_id: number, as = client) {
  const name = reference()
  const { body } = await as.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })
  return { campaign_id, allocation_id: body.allocation_id }
}

// What must hold on every version of PostgreSQL; the rest is judged before the database is asked, or by the same SQL.
const servers = [leadline]
for (const major of serverVersions().filter((version) => version !== 18))
  servers.push(await startLeadline({ major, now: () => NOW }))

describe.each(servers.map((server, i) => [serverVersions()[i], server] as const))(
  'on PostgreSQL %i',
  (_major, server) => {
    const where = idsOf(server.target)
    const look = (lead_id: string | null) => shown(lead_id, server.client)

    test("the wiki's sample of insertLeadFast is taken, with allowDuplicates again and again", async () => {
      const sample =
        '{"Name":"Jane Smith","StreetAddress":"Suite 8/10 Hoddle St","City":"Abbotsford","State":"Vic",' +
        '"PostCode":"3064","FirstPhone":"0383218199"}'
      const ids_seen: string[] = []
      for (let i = 0; i < 2; i++) {
        const reply = await post('insertLeadFast', { ...where, allowDuplicates: 'true' }, sample, { server })
        expect(reply.status).toBe(200)
        expect(reply.text).toBe('{"code":0,"message":"OK"}')
        expect(reply.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
        expect(reply.headers.get('ETag')).toBe('"v1"')
        expect(reply.headers.get('X-Request-Id')).toMatch(/^[\w-]+$/)
        ids_seen.push(reply.headers.get('X-Lead-Id')!)
      }
      expect(new Set(ids_seen)).toHaveLength(2)
      const [first] = ids_seen
      expect(first).toMatch(new RegExp(`^${where.fCampaignId}-[1-9]\\d*$`))
      expect(await look(first!)).toMatchObject({
        fields: JSON.parse(sample),
        phones: [{ field: 'FirstPhone', number: '+61383218199', state: 'ok' }],
        disposition: null,
        callback: null,
        priority: 10,
        contact_hours: 'Australia/Melbourne',
        closed: false,
      })

      const refused = await post('insertLeadFast', where, sample, { server })
      expect(refused.status).toBe(400)
      expect(refused.text).toMatch(/^\{"code":105,"message":"DUPLICATE","detail":"[^"]+",/)
      expect(refused.body.lead_id).toBe(first)
    })

    test.each(['query', 'body'])(
      "the wiki's sample of updateLeadFast is done, with njExternalLeadId in the %s",
      async (place) => {
        const [njExternalLeadId, second] = [`9856-${place}`, mobile()]
        const before = { Name: 'Jane Smit', City: 'Abbotsford', FirstPhone: mobile(), SecondPhone: second }
        await server.client.insertLeadFast(server.target, { ...before, njExternalLeadId })
        const phone = mobile()
        const sample = {
          Name: 'Jane Smith',
          StreetAddress: 'Suite 8/10 Hoddle St',
          City: 'Abbotsford',
          State: 'Vic',
          PostCode: '3064',
          FirstPhone: phone,
          SecondPhone: '<No Change>',
          njDisposition: 'Sale',
        }
        const in_query = place === 'query'
        const reply = await post(
          'updateLeadFast',
          { ...where, njExternalLeadId: in_query ? njExternalLeadId : undefined },
          JSON.stringify(in_query ? sample : { njExternalLeadId, ...sample }),
          { server },
        )
        expect(reply.status).toBe(200)
        expect(reply.text).toBe('{"code":0,"message":"OK"}')
        expect(reply.headers.get('ETag')).toBe('"v2"')
        const lead_id = reply.headers.get('X-Lead-Id')
        const { njDisposition, ...fields } = sample
        expect(await look(lead_id)).toMatchObject({
          external_id: njExternalLeadId,
          version: 2,
          fields: { ...fields, SecondPhone: second },
          phones: [
            { field: 'FirstPhone', number: e164(phone) },
            { field: 'SecondPhone', number: e164(second) },
          ],
          disposition: njDisposition,
          closed: true,
        })
        expect(await itemsOf(`/v1/leads/${lead_id}/calls`, server.client)).toMatchObject([
          { disposition: 'Sale', way: 'classic' },
        ])
      },
    )

    test("the wiki's answer of insertLead is given", async () => {
      const lead = {
        Name: 'Jane Smith',
        State: 'Vic',
        PostCode: '3064',
        FirstPhone: mobile(),
        City: 'Abbotsford',
        StreetAddress: 'Suite 8/10 Hoddle St',
      }
      const reply = await post('insertLead', where, JSON.stringify(lead), { server })
      expect(reply.status).toBe(200)
      expect(reply.text).toBe(
        JSON.stringify({
          code: 0,
          message:
            'Imported 1 Updated 0 Rejected 0 leads.\n\nErrors (If any):\n Name,State,PostCode,FirstPhone,City,StreetAddress,Error Reason,\n',
        }),
      )
    })

    test('a lead lives: taken, refused twice, called, changed, clashed with, closed, reopened, forgotten', async () => {
      const { client: c, target: t } = server
      const lead = { FirstPhone: mobile(), njExternalLeadId: 'life', njCallBackDate: '2026/10/04 02:30' }
      const { lead_id } = await c.insertLeadFast(t, lead)
      expect((await look(lead_id)).callback).toEqual({
        local: '2026-10-04T02:30:00',
        zone: 'Australia/Melbourne',
        at: '2026-10-03T16:00:00Z',
      })
      expect(await c.insertLeadFast(t, { FirstPhone: lead.FirstPhone })).toMatchObject({ code: 105, lead_id })
      expect(await c.insertLeadFast(t, { FirstPhone: mobile(), njExternalLeadId: 'life' })).toMatchObject({
        code: 112,
        lead_id,
      })
      const change = { njExternalLeadId: 'life', FirstPhone: '<NO CHANGE>' }
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Busy' })).toMatchObject({ version: 2 })
      expect(await c.updateLeadFast(t, { ...change, City: 'Fitzroy' })).toMatchObject({ version: 3 })
      expect(await c.updateLeadFast(t, { ...change, Name: 'Ana Silva', njVersion: 2 })).toMatchObject({
        version: 4,
      })
      expect(await c.updateLeadFast(t, { ...change, City: 'Carlton', njVersion: 2 })).toMatchObject({
        code: 110,
        body: { groups: ['address'], lead_version: 4 },
      })
      const second = mobile()
      expect(await c.updateLeadFast(t, { ...change, SecondPhone: second })).toMatchObject({ version: 5 })
      expect(await c.insertLeadFast(t, { FirstPhone: second })).toMatchObject({ code: 105, lead_id })
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Do Not Call' })).toMatchObject({
        version: 6,
      })
      expect(await look(lead_id)).toMatchObject({
        closed: true,
        phones: [{ blocked_by: 'private' }, { blocked_by: 'private' }],
      })
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Busy' })).toMatchObject({ version: 7 })
      expect(await look(lead_id)).toMatchObject({ closed: false, fields: { City: 'Fitzroy' } })
      expect(await c.insertLeadFast(t, { FirstPhone: second }, { allowDuplicates: true })).toMatchObject({
        code: 104,
        body: { list: 'private' },
      })
      expect(await c.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 204 })
      expect(await c.updateLeadFast(t, change)).toMatchObject({ code: 101 })
    })

    test('many leads at once: each is taken or refused for itself', async () => {
      const phone = mobile()
      const rows: LeadDocument[] = [
        { FirstPhone: phone },
        { FirstPhone: 'call me' },
        { FirstPhone: phone },
        { City: 'Perth' },
      ]
      const { status, code, body } = await server.client.insertLead(server.target, rows)
      expect([status, code]).toEqual([200, 0])
      const [counts, , title, ...lines] = body.message.split('\n')
      expect(counts).toBe('Imported 1 Updated 0 Rejected 3 leads.')
      expect(title).toBe('Errors (If any):')
      expect(lines[0]).toBe(' FirstPhone,City,Error Reason,')
      expect(lines.slice(1, 4).map((line) => /,"?(\d+ [A-Z_]+): /.exec(line)?.[1])).toEqual([
        '1006 INVALID_PHONE_NUMBER',
        '105 DUPLICATE',
        '102 NO_PHONE_FIELDS',
      ])
    })
  },
)

describe('the query', () => {
  const calls_of = ['insertLeadFast', 'updateLeadFast', 'insertLead', 'updateLead']
  const bad = ['0', '-1', '+1', '01', '1.0', '1e0', '0x1', 'one', '99999999999', '2147483648', '999999']

  test.each(calls_of.flatMap((call) => Object.keys(ids).map((name) => [call, name] as const)))(
    '%s: %s is a plain positive decimal that is there',
    async (call, name) => {
      const { njExternalLeadId } = await called()
      const lead = JSON.stringify({ FirstPhone: mobile(), njExternalLeadId, njDisposition: 'Busy' })
      for (const value of bad)
        expect(await post(call, { ...ids, [name]: value }, lead), value).toMatchObject({
          status: 400,
          body: { code: 1004 },
        })
      expect(await post(call, { ...ids, [name]: ` ${target.template_id}` }, lead)).toMatchObject({
        body: { code: 1004 },
      })
    },
  )

  test.each(Object.keys(ids))('an insert needs %s', async (name) => {
    const lead = JSON.stringify({ FirstPhone: mobile() })
    expect(await post('insertLeadFast', { ...ids, [name]: undefined }, lead)).toMatchObject({
      body: { code: 1004, field: name },
    })
    const empty = new URLSearchParams({ ...ids, [name]: '' })
    expect(await post('insertLeadFast', empty, lead)).toMatchObject({ body: { code: 1004, field: name } })
  })

  test('template, campaign and allocation belong together', async () => {
    const other = await campaignOf(target.template_id)
    const foreign = await setUp({})
    const { njExternalLeadId } = await called()
    const lead = { FirstPhone: mobile(), njExternalLeadId, njDisposition: 'Busy' }
    for (const where of [
      { ...target, template_id: foreign.template_id },
      { ...target, campaign_id: foreign.campaign_id },
      { ...target, allocation_id: other.allocation_id },
    ]) {
      expect(await client.insertLeadFast(where, lead)).toMatchObject({ status: 400, code: 1004 })
      expect(await client.updateLeadFast(where, lead)).toMatchObject({ status: 400, code: 1004 })
    }
  })

  test('an allocation that was made a moment ago counts', async () => {
    await inserted()
    const where = { ...target, ...(await allocationOf(target.campaign_id)) }
    expect(await shown(await inserted({}, where))).toMatchObject({ allocation_id: where.allocation_id })
  })

  test('an update names an allocation of the campaign and moves the lead to none', async () => {
    const { lead_id, njExternalLeadId } = await called()
    const where = { ...target, ...(await allocationOf(target.campaign_id)) }
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' }
    expect(await client.updateLeadFast(where, change)).toMatchObject({ code: 0, version: 2 })
    expect(await shown(lead_id)).toMatchObject({ allocation_id: target.allocation_id })
  })

  test('a parameter may be there twice, with one value', async () => {
    const twice = (value: string) => {
      const query = new URLSearchParams(ids)
      query.append('fCampaignId', value)
      return post('insertLeadFast', query, JSON.stringify({ FirstPhone: mobile() }))
    }
    expect(await twice(ids.fCampaignId)).toMatchObject({ status: 200 })
    expect(await twice('2')).toMatchObject({ status: 400, body: { code: 1003 } })
    expect(await twice(`0${ids.fCampaignId}`)).toMatchObject({ status: 400, body: { code: 1003 } })
  })

  test('allowDuplicates is true, false or empty', async () => {
    const lead = JSON.stringify({ FirstPhone: mobile() })
    expect(await post('insertLeadFast', ids, lead)).toMatchObject({ status: 200 })
    const codes: [value: string, code: number][] = [
      ['true', 0],
      ['TRUE', 0],
      ['false', 105],
      ['', 105],
      ['yes', 1003],
      ['1', 1003],
      ['truee', 1003],
    ]
    for (const [value, code] of codes) {
      const query = new URLSearchParams({ ...ids, allowDuplicates: value })
      expect(await post('insertLeadFast', query, lead), value).toMatchObject({ body: { code } })
    }
  })

  test('what nobody knows in the query does no harm', async () => {
    const query = { ...ids, hash: 'f00', timeStamp: '1' }
    expect(await post('insertLeadFast', query, JSON.stringify({ FirstPhone: mobile() }))).toMatchObject({
      status: 200,
    })
  })
})

describe('the document', () => {
  const lead = () => `{"FirstPhone":"${mobile()}"}`

  test.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/xml; charset="UTF-8"',
  ])('is JSON, though it is called %s', async (type) => {
    expect(await post('insertLeadFast', ids, lead(), { type })).toMatchObject({ status: 200 })
  })

  test.each(['application/json; charset=iso-8859-15', 'text/plain;charset=utf-16'])(
    'is refused when it is called %s',
    async (type) => {
      expect(await post('insertLeadFast', ids, lead(), { type })).toMatchObject({
        status: 400,
        body: { code: 1003 },
      })
    },
  )

  const deep = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  const malformed: [title: string, body: string | Uint8Array<ArrayBuffer>][] = [
    ['nothing', ''],
    ['half an object', '{"FirstPhone":"0412'],
    ['a form', 'FirstPhone=0412345678'],
    ['XML', '<lead/>'],
    ['a text', '"0412345678"'],
    ['a number', '412345678'],
    ['null', 'null'],
    ['two documents', '{}{}'],
    ['a comma too many', '{"FirstPhone":"0412345678",}'],
    ['a key twice', '{"FirstPhone":"0412345678","FirstPhone":"0412345679"}'],
    ['a key twice, once escaped', '{"City":"A","C\\u0069ty":"B"}'],
    ['33 levels', deep(LIMITS.json_depth_max + 1)],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', new Uint8Array(Buffer.from('{"FirstPhone":"0412345678"}', 'utf16le'))],
  ]
  test.each(malformed)('%s is malformed', async (_title, body) => {
    for (const call of ['insertLeadFast', 'updateLeadFast', 'insertLead', 'updateLead'])
      expect(await post(call, ids, body), call).toMatchObject({
        status: 400,
        body: { code: 1003, message: 'MALFORMED_REQUEST' },
      })
  })

  test('what is deep, but not too deep, is judged as a value', async () => {
    expect(await post('insertLeadFast', ids, deep(LIMITS.json_depth_max))).toMatchObject({
      body: { code: 102 },
    })
  })

  test.each(['insertLeadFast', 'updateLeadFast'])('%s takes an array of exactly one', async (call) => {
    const { njExternalLeadId } = await called()
    const one = { FirstPhone: mobile(), njDisposition: 'Busy', njExternalLeadId }
    const { njDisposition: _, njExternalLeadId: __, ...fresh } = one
    const row = call === 'insertLeadFast' ? fresh : one
    expect(await post(call, ids, JSON.stringify([row]))).toMatchObject({
      status: 200,
      text: '{"code":0,"message":"OK"}',
    })
    for (const body of [[], [row, row], [[row]], ['a']])
      expect(await post(call, ids, JSON.stringify(body)), JSON.stringify(body)).toMatchObject({
        status: 400,
        body: { code: 1003 },
      })
  })

  test('a byte order mark and blanks around are fine', async () => {
    expect(await post('insertLeadFast', ids, `\ufeff \n${lead()}\r\n`)).toMatchObject({ status: 200 })
  })
})

describe('the keys of a lead', async () => {
  const fields = [
    { name: 'Phone', label: 'Home phone', aliases: ['Tel', 'Telephone'], kind: 'phone' },
    { name: 'Mobile', kind: 'phone' },
    { name: 'Name', aliases: ['Full name'], kind: 'text' },
    { name: 'Notes', kind: 'long_text' },
    { name: 'Email', kind: 'email' },
    { name: 'Born', kind: 'date' },
    { name: 'Rooms', kind: 'number' },
    { name: 'Plan', kind: 'choice', choices: ['Small', 'Large'] },
    { name: 'Consent', kind: 'check' },
    { name: 'Österreich', kind: 'text' },
  ]
  const rich = await setUp({ fields })
  const insert = (lead: LeadDocument) => client.insertLeadFast(rich, { Phone: mobile(), ...lead })
  const raw = (lead: string) =>
    post('insertLeadFast', idsOf(rich), lead.replace('{', `{"Phone":"${mobile()}",`))
  const stored = async (lead: LeadDocument) => {
    const { lead_id, body } = await insert(lead)
    expect(body).toEqual({ code: 0, message: 'OK' })
    return shown(lead_id)
  }

  test('name fields exactly, in any case, and by their aliases in any case', async () => {
    const lead = { nAMe: 'Ana Silva', MOBILE: '0398765432', 'full NAME ': 'x', öSTERREICH: 'Wien' }
    const { 'full NAME ': _, ...once } = lead
    const found = await stored(once)
    expect(found.fields).toMatchObject({ Name: 'Ana Silva', Mobile: '0398765432', Österreich: 'Wien' })
    expect((await stored({ 'full NAME ': 'Jane Smith' })).fields).toMatchObject({ Name: 'Jane Smith' })
    const phone = mobile()
    const { lead_id } = await client.insertLeadFast(rich, { TELEPHONE: phone })
    expect((await shown(lead_id)).phones).toEqual([{ field: 'Phone', number: e164(phone), state: 'ok' }])
    expect((await stored({ 'Home phone': 'a label is no key' })).unmapped).toEqual({
      'Home phone': 'a label is no key',
    })
  })

  test('name a field in either spelling of Unicode', async () => {
    const decomposed = 'Österreich'.normalize('NFD')
    expect(decomposed).not.toBe('Österreich')
    expect((await stored({ [decomposed]: 'Wien' })).fields).toMatchObject({ Österreich: 'Wien' })
  })

  test.each([
    ['City and city of one field', { Name: 'Ana Silva', name: 'Ana Silva' }, 'name'],
    ['a name and its alias', { Tel: '0398765432' }, 'Tel'],
    ['two spellings of a system field', { njPriority: '1', NJPRIORITY: '1' }, 'NJPRIORITY'],
  ])('%s are two keys for one field: 1005', async (_title, lead, field) => {
    expect(await insert(lead)).toMatchObject({ status: 400, code: 1005, body: { field } })
  })

  test.each(['__proto__', 'constructor', 'prototype'])('%s is no key: 1005', async (key) => {
    expect(await raw(`{"${key}":"x"}`)).toMatchObject({ status: 400, body: { code: 1005, field: key } })
    expect(await raw(`{"${key}":{"a":1}}`)).toMatchObject({ status: 400, body: { code: 1005 } })
  })

  test.each(['njFoo', 'NJfoo', 'njLeads', 'nj'])('%s is no system field: 1005', async (key) => {
    expect(await insert({ [key]: 'x' })).toMatchObject({ code: 1005, body: { field: key } })
    const { njExternalLeadId } = await called()
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>', [key]: 'x' }
    expect(await client.updateLeadFast(target, change)).toMatchObject({ code: 1005, body: { field: key } })
  })

  test.each(['njDisposition', 'NJDISPOSITION', 'njVersion'])('%s is for updates: 1005', async (key) => {
    expect(await insert({ [key]: key === 'njVersion' ? '1' : 'Busy' })).toMatchObject({
      code: 1005,
      body: { field: key },
    })
  })

  test('that are no field are kept with the lead, key by key, and not dialled', async () => {
    const { lead_id, njExternalLeadId } = await called({ crm_id: 'A-17', 'Best time ': 'noon', empty: '' })
    expect(await shown(lead_id)).toMatchObject({ unmapped: { crm_id: 'A-17', 'Best time ': 'noon' } })
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, 'Best time ': '', crm_id: '<NO CHANGE>', third: 'yes' })
    const after = await shown(lead_id)
    expect(after.unmapped).toEqual({ crm_id: 'A-17', third: 'yes' })
    expect(after.phones).toHaveLength(1)
  })

  test('that are no field are fifty at most, of 32 kB in all; the others are left out and named', async () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, 'x']))
    const { unmapped } = await stored(keys(50))
    expect(Object.keys(unmapped)).toHaveLength(50)
    expect(await insert(keys(51))).toMatchObject({
      code: 0,
      warnings: [{ code: 'left_out', field: 'key 50' }],
    })
    const half = 'é'.repeat(LIMITS.unmapped_bytes_max / 4)
    const answer = await insert({ one: half, two: half, three: 'x' })
    expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'left_out', field: 'two' }] })
    expect((await shown(answer.lead_id)).unmapped).toEqual({ one: half, three: 'x' })
  })

  test('that are no field stay fifty at most, however many updates bring them', async () => {
    const keys = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key ${i}`, 'x']))
    const { lead_id, change } = await called(keys)
    expect(await change({ one_more: 'x' })).toMatchObject({
      code: 0,
      warnings: [{ code: 'left_out', field: 'one_more' }],
    })
    expect((await shown(lead_id)).unmapped).toEqual(keys)
    expect(await change({ 'key 0': '', one_more: 'x' })).toMatchObject({ code: 0 })
    expect(Object.keys((await shown(lead_id)).unmapped)).toHaveLength(50)
  })

  test('all problems are listed together, the first of the published order in front', async () => {
    const answer = await insert({
      njPriority: 'high',
      njCallBackDate: 'tomorrow',
      Name: {},
      njFoo: 'x',
      njContactHours: 'Mars',
      Mobile: 'call me',
    })
    expect(answer).toMatchObject({ status: 400, code: 1005 })
    expect(answer.body.errors?.map(({ code, name, field }) => [code, name, field])).toEqual([
      [1005, 'INVALID_FIELD', 'njFoo'],
      [1005, 'INVALID_FIELD', 'Name'],
      [1007, 'INVALID_CALLBACK_DATE', 'njCallBackDate'],
      [1008, 'INVALID_PRIORITY', 'njPriority'],
      [111, 'INVALID_TIMEZONE_SPECIFIED', 'njContactHours'],
    ])
    for (const { detail } of answer.body.errors!) expect(detail).toMatch(/\w/)
  })

  describe('and their values', () => {
    test.each([
      ['3064', '3064'],
      ['-17.25', '-17.25'],
      ['true', 'true'],
      ['false', 'false'],
      ['0', '0'],
      ['9007199254740993', '9007199254740993'],
      ['12345678901234567890', '12345678901234567890'],
      ['3.0', '3.0'],
      ['100.00', '100.00'],
      ['1e3', '1e3'],
      ['-0', '-0'],
      ['1e400', '1e400'],
      ['["Ana", 3.0]', 'Ana, 3.0'],
      ['"Jane Smith\\r"', 'Jane Smith'],
      ['"a\\tb\\nc"', 'a b c'],
      ['"\\ud800"', '\ufffd'],
      ['"a\\u202eb"', 'ab'],
      ['" two  words "', ' two  words '],
      ['"e\\u0301"', 'é'],
      ['"\\ud83d\\ude00"', '😀'],
    ])('%s is the text %s', async (value, text) => {
      const { headers, status } = await raw(`{"Name":${value}}`)
      expect(status).toBe(200)
      expect((await shown(headers.get('X-Lead-Id'))).fields.Name).toBe(text)
    })

    test.each(['{}', '{"a":1}', '[["Ana"]]', '[{}]', '"a\\u0000b"', '"a\\u0007b"'])(
      '%s is no text that could be kept in a field: 1005',
      async (value) => {
        expect(await raw(`{"Name":${value}}`)).toMatchObject({
          status: 400,
          body: { code: 1005, field: 'Name' },
        })
      },
    )

    test('a text has 20,000 characters at most, and is cut and named beyond', async () => {
      for (const [field, char] of [
        ['Name', '😀'],
        ['Notes', 'x'],
      ] as const) {
        const full = char.repeat(20_000)
        const answer = await insert({ [field]: `${full}y` })
        expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'cut', field }] })
        expect((await shown(answer.lead_id)).fields[field]).toBe(full)
      }
    })

    test.each([
      ['Email', 'ana@example.com', 'ana@example.com'],
      ['Email', ' ana@example.com ', 'ana@example.com'],
      ['Born', '1980-02-29', '1980-02-29'],
      ['Born', '1980/02/29', '1980-02-29'],
      ['Rooms', '-3.50', '-3.50'],
      ['Plan', 'LARGE', 'Large'],
      ['Consent', 'Yes', 'true'],
      ['Consent', '0', 'false'],
    ])('%s takes %s', async (field, value, text) => {
      expect((await stored({ [field]: value })).fields[field]).toBe(text)
    })

    test.each([
      ['Email', 'ana@'],
      ['Born', '1981-02-29'],
      ['Born', 'yesterday'],
      ['Rooms', 'three'],
      ['Plan', 'Medium'],
      ['Consent', 'perhaps'],
    ])('%s keeps %s as text with a mark', async (field, value) => {
      const answer = await insert({ [field]: value })
      expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'bad_value', field }] })
      expect(await shown(answer.lead_id)).toMatchObject({ fields: { [field]: value }, bad_values: [field] })
    })

    test('null is nothing in a new lead, no change of a field, and ambiguous in a system field', async () => {
      const lead = await stored({
        Name: null,
        Mobile: null,
        njPriority: null,
        njCallBackDate: null,
        other: null,
      })
      expect(lead).toMatchObject({ fields: { Phone: expect.any(String) }, priority: 10, callback: null })
      expect(Object.keys(lead.fields)).toEqual(['Phone'])
      expect(await client.insertLeadFast(rich, { Phone: null })).toMatchObject({ code: 102 })

      const { lead_id, change } = await called({ City: 'Fitzroy' })
      for (const key of ['City', 'FirstPhone', 'SecondPhone', 'new'])
        expect(await change({ [key]: null }), key).toMatchObject({
          code: 0,
          warnings: [{ code: 'null_value', field: key }],
        })
      for (const key of ['njPriority', 'njCallBackDate', 'njContactHours'])
        expect(await change({ [key]: null }), key).toMatchObject({ code: 1005, body: { field: key } })
      expect(await shown(lead_id)).toMatchObject({ version: 1, fields: { City: 'Fitzroy' } })
    })

    test('an invalid number does not kill a lead that has a valid one, and is never dialled', async () => {
      const found = await stored({ Mobile: 'ask at reception' })
      expect(found.fields.Mobile).toBe('ask at reception')
      expect(found.phones).toContainEqual({ field: 'Mobile', state: 'invalid' })
    })

    test('blanks are no number', async () => {
      expect(await client.insertLeadFast(rich, { Phone: ' \u00a0 ' })).toMatchObject({ code: 102 })
      expect(await client.insertLeadFast(rich, { Name: 'Ana Silva' })).toMatchObject({ code: 102 })
      expect(await client.insertLeadFast(rich, { Phone: 'x', Mobile: '123' })).toMatchObject({
        code: 1006,
        body: { errors: [{ field: 'Phone' }, { field: 'Mobile' }] },
      })
    })
  })
})

describe('njExternalLeadId', () => {
  const update = (query: Query, lead: LeadDocument, where: Query = ids) =>
    post(
      'updateLeadFast',
      { ...where, ...query },
      JSON.stringify({ FirstPhone: '<NO CHANGE>', City: reference(), ...lead }),
    )

  test('stands in the query, in the body, or in both and is the same', async () => {
    const { njExternalLeadId: id } = await called()
    for (const [query, lead] of [
      [{ njExternalLeadId: id }, {}],
      [{}, { njExternalLeadId: id }],
      [{}, { NJexternalLEADid: id }],
      [{ njExternalLeadId: id }, { njExternalLeadId: id }],
      [{ njExternalLeadId: ` ${id}` }, { njExternalLeadId: `${id} ` }],
      [{ njExternalLeadId: id }, { njExternalLeadId: '' }],
      [{ njExternalLeadId: id }, { njExternalLeadId: '<No Change>' }],
    ] as const)
      expect(await update(query, lead)).toMatchObject({ status: 200 })
  })

  test('differs between the query and the body: 1003', async () => {
    const { njExternalLeadId } = await called()
    expect(await update({ njExternalLeadId }, { njExternalLeadId: 'other' })).toMatchObject({
      status: 400,
      body: { code: 1003 },
    })
  })

  test('is nowhere, or of nobody: 101', async () => {
    expect(await update({}, {})).toMatchObject({ status: 400, body: { code: 101 } })
    expect(await update({}, { njExternalLeadId: ' ' })).toMatchObject({ body: { code: 101 } })
    expect(await update({ njExternalLeadId: 'nobody' }, {})).toMatchObject({ body: { code: 101 } })
    expect(await update({ njExternalLeadId: '<NO CHANGE>' }, {})).toMatchObject({ body: { code: 101 } })
    expect(await update({}, { njExternalLeadId: '<no change>' })).toMatchObject({ body: { code: 101 } })
  })

  test('that is no text is refused, also in the body of a lead that the query names: 1005', async () => {
    const { njExternalLeadId, lead_id } = await called()
    for (const value of [{ a: 1 }, ['x'], 'x'.repeat(201), 'a\u0000b'])
      for (const query of [{ njExternalLeadId }, {}]) {
        const body = JSON.stringify({ njExternalLeadId: value, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' })
        const asked = await post('updateLeadFast', { ...ids, ...query }, body)
        expect(asked, JSON.stringify([query, value])).toMatchObject({ status: 400, body: { code: 1005 } })
        const elsewhere = await post('updateLeadFast', { ...ids, ...query, fAllocationId: '999999' }, body)
        expect(elsewhere).toMatchObject({ body: { code: 1004 } })
      }
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test('that no lead can have is refused without harm', async () => {
    for (const id of ['a\u0000b', 'x'.repeat(201), 'a\u0007'])
      for (const [query, lead] of [
        [{ njExternalLeadId: id }, {}],
        [{}, { njExternalLeadId: id }],
      ] as const) {
        const { status, body } = await update(query, lead)
        expect([status, [101, 1005].includes(body.code)], JSON.stringify([id, query])).toEqual([400, true])
      }
  })

  test('is exact: trimmed and normalised, but neither folded nor shortened', async () => {
    const insert = (njExternalLeadId: string | number) =>
      client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId })
    const { lead_id } = await insert('Café-A')
    expect((await shown(lead_id)).external_id).toBe('Café-A')
    for (const same of ['Café-A', ' Café-A ', 'Café-A'.normalize('NFD')])
      expect(await insert(same)).toMatchObject({ status: 400, code: 112, lead_id })
    for (const other of ['café-A', 'Cafe-A', 'Café-A.', 'Café-  A'])
      expect(await insert(other)).toMatchObject({ code: 0 })
    expect(await insert('😀'.repeat(200))).toMatchObject({ code: 0 })
    expect(await insert('x'.repeat(201))).toMatchObject({ code: 1005, body: { field: 'njExternalLeadId' } })
    expect(await insert('a\u0000b')).toMatchObject({ code: 1005 })
    const number = await insert(98_560)
    expect((await shown(number.lead_id)).external_id).toBe('98560')
    expect(await insert('98560')).toMatchObject({ code: 112 })
  })

  test('is unique in its campaign, not beyond it', async () => {
    const { njExternalLeadId } = await called()
    const other = await campaignOf(target.template_id)
    expect(await client.insertLeadFast(other, { FirstPhone: mobile(), njExternalLeadId })).toMatchObject({
      code: 0,
    })
  })

  test('is free again when its lead is forgotten', async () => {
    const { lead_id, njExternalLeadId } = await called()
    await client.delete(`/v1/leads/${lead_id}`)
    expect(await update({ njExternalLeadId }, {})).toMatchObject({ body: { code: 101 } })
    expect(await shown(await inserted({ njExternalLeadId }))).toMatchObject({ external_id: njExternalLeadId })
  })

  test('is enough without a campaign when one lead has it among those that the key may see', async () => {
    const { lead_id, njExternalLeadId } = await called()
    const without = { ...ids, fCampaignId: undefined }
    const reply = await update({ njExternalLeadId }, {}, without)
    expect(reply).toMatchObject({ status: 200 })
    expect(reply.headers.get('X-Lead-Id')).toBe(lead_id)
    expect(await update({ njExternalLeadId }, {}, {})).toMatchObject({ status: 200 })
    expect(await update({ njExternalLeadId: 'nobody' }, {}, without)).toMatchObject({ body: { code: 101 } })
    expect(await update({}, {}, without)).toMatchObject({ body: { code: 1004 } })
    // Ids that are there must still belong to the lead's campaign.
    const foreign = await setUp({})
    expect(
      await update({ njExternalLeadId }, {}, { ...without, fTemplateId: String(foreign.template_id) }),
    ).toMatchObject({ body: { code: 1004 } })

    const other = await campaignOf(target.template_id)
    await client.insertLeadFast(other, { FirstPhone: mobile(), njExternalLeadId })
    expect(await update({ njExternalLeadId }, {}, without)).toMatchObject({
      status: 400,
      body: { code: 1004 },
    })
    expect(await update({ njExternalLeadId }, {})).toMatchObject({ status: 200 })
  })
})

describe('njVersion', () => {
  test('is the version that the caller last saw, however it is written', async () => {
    for (const njVersion of ['2', 2, 'v2', '"v2"', ' 2 ']) {
      const { change } = await called()
      await change({ City: 'Fitzroy' })
      await change({ Name: 'Ana Silva' })
      expect(await change({ City: 'Carlton', njVersion }), String(njVersion)).toMatchObject({
        code: 0,
        version: 4,
      })
    }
  })

  test('that the lead never had is malformed', async () => {
    const { lead_id, change } = await called()
    for (const njVersion of ['2', 0, '0', -1, '1.0', 'one', '*', true])
      expect(await change({ City: 'Fitzroy', njVersion }), String(njVersion)).toMatchObject({
        status: 400,
        code: 1003,
      })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test('that is empty or <NO CHANGE> is none', async () => {
    for (const njVersion of ['', '<NO CHANGE>']) {
      const { change } = await called()
      await change({ City: 'Fitzroy' })
      expect(await change({ City: 'Carlton', njVersion })).toMatchObject({ code: 0, version: 3 })
    }
  })

  test('that is old: other groups are merged, the same group clashes and is held', async () => {
    const { lead_id, change } = await called({ City: 'Fitzroy', State: 'Vic' })
    await change({ City: 'Perth', State: 'WA' })
    expect(await change({ Name: 'Ana Silva', njVersion: 1 })).toMatchObject({ code: 0, version: 3 })
    expect(await change({ City: 'Perth', State: 'WA', njVersion: 1 })).toMatchObject({ code: 0, version: 3 })
    const clash = await change({ PostCode: '3065', njVersion: 1 })
    expect(clash).toMatchObject({
      status: 400,
      code: 110,
      body: {
        message: 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
        lead_id,
        lead_version: 3,
        groups: ['address'],
        conflict_id: expect.any(Number),
      },
    })
    expect(await shown(lead_id)).toMatchObject({
      version: 3,
      fields: { Name: 'Ana Silva', City: 'Perth', State: 'WA' },
    })
    const { body } = await client.get(`/v1/conflicts/${clash.body.conflict_id}`)
    expect(body).toMatchObject({ state: 'open', mine: { 'fields.PostCode': '3065' }, base_version: 1 })
    // The same clash again replaces the one that waits.
    const again = await change({ PostCode: '3066', njVersion: 1 })
    expect(again.body.conflict_id).not.toBe(clash.body.conflict_id)
    expect((await client.get(`/v1/conflicts/${clash.body.conflict_id}`)).body).toMatchObject({
      state: 'superseded',
    })
  })
})

const NO_CHANGE = [
  '<NO CHANGE>',
  '<No Change>',
  '<no change>',
  '  <nO cHaNgE>\t',
  // Exports of fixed width pad with blanks.
  '<NO CHANGE>'.padStart(70).padEnd(100),
]
const NOT_NO_CHANGE = [
  'NO CHANGE',
  '<NOCHANGE>',
  '< NO CHANGE >',
  '<NO  CHANGE>',
  '<NO CHANGE>.',
  '<NO CHANGE',
]

describe('<NO CHANGE>', () => {
  test.each(NO_CHANGE)('%j has no meaning in a new lead: 108', async (value) => {
    const keys = [
      'Name',
      'Email',
      'FirstPhone',
      'SecondPhone',
      'njExternalLeadId',
      'njCallBackDate',
      'njPriority',
      'njContactHours',
      'njDisposition',
      'no field',
    ]
    for (const key of keys)
      for (const insert of [client.insertLeadFast, client.insertLead])
        expect(await insert.call(client, target, { FirstPhone: mobile(), [key]: value }), key).toMatchObject({
          status: 400,
          code: 108,
          body: { field: key },
        })
  })

  test.each(NO_CHANGE)('%j keeps what is stored', async (value) => {
    const { lead_id, FirstPhone, change } = await called({
      Name: 'Ana Silva',
      Email: 'ana@example.com',
      SecondPhone: mobile(),
      njPriority: '3',
      njCallBackDate: '2026/12/24 09:00',
      njContactHours: 'Australia/Melbourne',
      note: 'kept',
    })
    const before = await shown(lead_id)
    const kept = [
      'Name',
      'Email',
      'City',
      'SecondPhone',
      'njPriority',
      'njCallBackDate',
      'njContactHours',
      'note',
    ]
    const everything = Object.fromEntries([...kept, 'FirstPhone', 'njDisposition'].map((key) => [key, value]))
    expect(await change(everything)).toMatchObject({ code: 0, version: 1 })
    expect(await shown(lead_id)).toEqual(before)
    expect(before.phones[0]).toMatchObject({ number: e164(FirstPhone) })
    expect(await calls(lead_id)).toEqual(['Busy'])
  })

  test.each(NOT_NO_CHANGE)('%j is a text like any other', async (value) => {
    const { lead_id, change } = await called({ Name: value, note: value })
    expect(await shown(lead_id)).toMatchObject({ fields: { Name: value }, unmapped: { note: value } })
    expect(await change({ City: value })).toMatchObject({ version: 2 })
    expect((await shown(lead_id)).fields.City).toBe(value)
    expect(await change({ njDisposition: value })).toMatchObject({ code: 106 })
  })

  test.each([undefined, '', ' ', null, ...NO_CHANGE])(
    'a disposition %j keeps the one that the lead has, and fails where there is none: 107',
    async (value) => {
      const njDisposition: LeadDocument = value === undefined ? {} : { njDisposition: value }
      const { lead_id, change } = await called()
      expect(await change({ ...njDisposition, City: 'Fitzroy' })).toMatchObject({ code: 0 })
      expect(await shown(lead_id)).toMatchObject({ disposition: 'Busy' })
      expect(await calls(lead_id)).toEqual(['Busy'])

      const njExternalLeadId = reference()
      const never = await inserted({ njExternalLeadId })
      const update = { njExternalLeadId, FirstPhone: mobile(), ...njDisposition }
      expect(await client.updateLeadFast(target, update)).toMatchObject({
        status: 400,
        code: 107,
        body: { message: 'DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED' },
      })
      expect(await shown(never)).toMatchObject({ version: 1 })
    },
  )

  test('is stored by no way', async () => {
    const { rows } = await admin(
      leadline.connection,
      `select value from leads cross join lateral (
         select value from jsonb_each_text(fields || unmapped) union all select external_id) v
       where value ~* '^\\s*<no change>\\s*$'`,
    )
    expect(rows).toEqual([])
  })
})

describe('a disposition', () => {
  test('is known in any case and stored as the set spells it; an unknown one is 106', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: '  no ANSWER ' })).toMatchObject({ version: 2 })
    expect(await shown(lead_id)).toMatchObject({ disposition: 'No Answer', closed: false })
    for (const njDisposition of ['Delighted', 'No  Answer', 7, true])
      expect(await change({ njDisposition })).toMatchObject({
        status: 400,
        code: 106,
        body: { message: 'INVALID_DISPOSTION' },
      })
    expect(await calls(lead_id)).toEqual(['Busy', 'No Answer'])
  })

  test('that is disabled is unknown', async () => {
    const { change } = await called()
    const disable = (enabled: boolean) =>
      admin(leadline.connection, `update dispositions set enabled = ${enabled} where code = 'Fax'`)
    await disable(false)
    // Set-up that another process changed is known within half a second.
    await expect.poll(async () => (await change({ njDisposition: 'Fax' })).code).toBe(106)
    await disable(true)
    await expect.poll(async () => (await change({ njDisposition: 'Fax' })).code).toBe(0)
  })

  test('given again is an outcome again, and a version', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: 'Busy' })).toMatchObject({ code: 0, version: 2 })
    expect(await calls(lead_id)).toEqual(['Busy', 'Busy'])
    expect(await events(lead_id)).toHaveLength(2)
  })

  test('closes a lead, also one that was never called, and another one reopens it', async () => {
    const njExternalLeadId = reference()
    const lead_id = await inserted({ njExternalLeadId })
    const update = (njDisposition: string) =>
      client.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', njDisposition })
    expect(await update('Sale')).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({ closed: true, disposition: 'Sale' })
    expect(await update('Busy')).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({ closed: false, disposition: 'Busy' })
  })

  test('of kind dnc puts the numbers of the lead on the private list', async () => {
    const SecondPhone = mobile()
    const { lead_id, FirstPhone, change } = await called({ SecondPhone })
    expect(await change({ njDisposition: 'Do Not Call' })).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({
      closed: true,
      phones: [{ blocked_by: 'private' }, { blocked_by: 'private' }],
    })
    for (const phone of [FirstPhone, SecondPhone])
      expect(await client.insertLeadFast(target, { FirstPhone: phone })).toMatchObject({
        code: 104,
        body: { message: 'DNC', list: 'private' },
      })
  })

  test('of kind client_callback marks the lead as approved', async () => {
    const { lead_id, change } = await called()
    const outcome = { njDisposition: 'Client Approved Callback', njCallBackDate: '2026/12/24 09:00' }
    expect(await change(outcome)).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({
      client_approved: true,
      callback: { local: '2026-12-24T09:00:00' },
    })
  })

  test('came with a new lead in the old insertLead', async () => {
    const { lead_id } = await called({ njDisposition: 'sale', njCallBackDate: '2026/12/24 09:00' })
    // A date beside a disposition that closes is ignored.
    expect(await shown(lead_id)).toMatchObject({ disposition: 'Sale', closed: true, callback: null })
    expect(await calls(lead_id)).toEqual(['Sale'])

    const approved = await called({ njDisposition: 'Client Approved Callback' })
    expect(await shown(approved.lead_id)).toMatchObject({ client_approved: true, closed: false })

    const unwanted = await called({ njDisposition: 'Do Not Call' })
    expect(await shown(unwanted.lead_id)).toMatchObject({
      closed: true,
      phones: [{ field: 'FirstPhone', blocked_by: 'private' }],
    })
    const again = { FirstPhone: unwanted.FirstPhone }
    expect(await client.insertLeadFast(target, again, { allowDuplicates: true })).toMatchObject({ code: 104 })

    expect(
      await client.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Delighted' }),
    ).toMatchObject({
      status: 400,
      code: 106,
    })
    const fresh = await client.insertLead(target, { FirstPhone: mobile(), njDisposition: '' })
    expect(await shown(fresh.lead_id)).toMatchObject({ disposition: null })
  })
})

describe('a callback', async () => {
  for (const [name, zone] of [
    ['Perth', 'Australia/Perth'],
    ['Berlin', 'Europe/Berlin'],
  ])
    await client.post('/v1/contact-hours', { name, zone })

  const agreed = async (lead: LeadDocument) => (await shown(await inserted(lead))).callback

  test.each([
    ['2026/12/24 09:00', '2026-12-23T22:00:00Z'],
    [' 2026/07/01 10:00 ', '2026-07-01T00:00:00Z'],
    // Clocks go forward: 02:30 is not there, 03:00 is the first minute after it.
    ['2026/10/04 02:30', '2026-10-03T16:00:00Z'],
    // Clocks go back: 02:30 is there twice, the first counts.
    ['2027/04/04 02:30', '2027-04-03T15:30:00Z'],
    // In the past: due at once.
    ['2025/07/02 10:00', '2025-07-02T00:00:00Z'],
    ['2031/06/30 10:00', '2031-06-30T00:00:00Z'],
  ])('at %s in Melbourne is %s', async (local, at) => {
    const text = local.trim()
    expect(await agreed({ njCallBackDate: local })).toEqual({
      local: `${text.slice(0, 10).replaceAll('/', '-')}T${text.slice(11)}:00`,
      zone: 'Australia/Melbourne',
      at,
    })
  })

  test.each([
    '2026-12-24 09:00',
    '24/12/2026 09:00',
    '2026/12/24',
    '2026/12/24 9:00',
    '2026/12/24 09:00:00',
    '2026/12/24T09:00',
    '2026/12/24  09:00',
    '2026/13/01 09:00',
    '2027/02/29 09:00',
    '2026/12/24 24:00',
    '2026/12/24 09:60',
    '2025/06/30 09:00',
    '2031/07/02 10:00',
    'tomorrow',
    '1798102800',
  ])('at %j is refused: 1007', async (njCallBackDate) => {
    const { lead_id, change } = await called()
    expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njCallBackDate })).toMatchObject({
      status: 400,
      code: 1007,
      body: { field: 'njCallBackDate' },
    })
    expect(await change({ njCallBackDate })).toMatchObject({ status: 400, code: 1007 })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test("is read in the lead's own contact hours, by their name in any case", async () => {
    const lead = { njCallBackDate: '2026/12/24 09:00', njContactHours: ' pERTH ' }
    expect(await agreed(lead)).toMatchObject({ zone: 'Australia/Perth', at: '2026-12-24T01:00:00Z' })
    for (const njContactHours of ['', ' ', null])
      expect(await agreed({ ...lead, njContactHours })).toMatchObject({ zone: 'Australia/Melbourne' })
    for (const njContactHours of ['Mars', 'Europe/Perth', 'Perth.'])
      expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njContactHours })).toMatchObject({
        status: 400,
        code: 111,
        body: { message: 'INVALID_TIMEZONE_SPECIFIED', field: 'njContactHours' },
      })
  })

  test('keeps its local time when the contact hours change, and its instant follows', async () => {
    const { lead_id, change } = await called({ njCallBackDate: '2026/12/24 09:00' })
    const look = async () => (await shown(lead_id)).callback
    await change({ njContactHours: 'Berlin' })
    expect(await look()).toEqual({
      local: '2026-12-24T09:00:00',
      zone: 'Europe/Berlin',
      at: '2026-12-24T08:00:00Z',
    })
    await change({ njContactHours: 'Perth', njCallBackDate: '2026/12/24 10:00' })
    expect(await look()).toMatchObject({ zone: 'Australia/Perth', at: '2026-12-24T02:00:00Z' })
    await change({ njContactHours: '' })
    expect(await look()).toMatchObject({ zone: 'Australia/Melbourne', at: '2026-12-23T23:00:00Z' })
    expect(await change({ njContactHours: 'Mars' })).toMatchObject({ code: 111 })
  })

  test('stays when it is left out, and goes when it is empty', async () => {
    const { lead_id, change } = await called({ njCallBackDate: '2026/12/24 09:00' })
    await change({ City: 'Fitzroy' })
    expect(await shown(lead_id)).toMatchObject({ callback: { local: '2026-12-24T09:00:00' } })
    await change({ njCallBackDate: '' })
    expect(await shown(lead_id)).toMatchObject({ callback: null })
  })

  test('beside a disposition that closes is ignored', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: 'Sale', njCallBackDate: '2026/12/24 09:00' })).toMatchObject({
      code: 0,
    })
    expect(await shown(lead_id)).toMatchObject({ closed: true, callback: null })
  })
})

describe('a priority', () => {
  test.each([
    ['0', 0],
    [0, 0],
    ['7', 7],
    [100, 100],
    [' 5 ', 5],
    ['', 10],
    [' ', 10],
    [null, 10],
  ])('%j is %i', async (njPriority, priority) => {
    expect(await shown(await inserted({ njPriority }))).toMatchObject({ priority })
    if (njPriority === null) return
    const { lead_id, change } = await called({ njPriority: '50' })
    await change({ njPriority })
    expect(await shown(lead_id)).toMatchObject({ priority })
  })

  test.each(['101', -1, '-1', '1.5', 1.5, '007', '1e1', 'high', '+5', '٥'])(
    '%j is refused: 1008',
    async (njPriority) => {
      const { lead_id, change } = await called()
      const refused = { status: 400, code: 1008, body: { field: 'njPriority' } }
      expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njPriority })).toMatchObject(refused)
      expect(await change({ njPriority })).toMatchObject(refused)
      expect(await shown(lead_id)).toMatchObject({ version: 1, priority: 10 })
    },
  )

  test('stays when it is left out', async () => {
    const { lead_id, change } = await called({ njPriority: '3' })
    await change({ City: 'Fitzroy' })
    expect(await shown(lead_id)).toMatchObject({ version: 2, priority: 3 })
  })
})

describe('an update', () => {
  test('keeps what is left out and clears what is empty', async () => {
    const { lead_id, FirstPhone, change } = await called({ Name: 'Ana Silva', City: 'Fitzroy', State: 'Vic' })
    expect(await change({ City: '', Name: ' ' })).toMatchObject({ code: 0, version: 2 })
    expect((await shown(lead_id)).fields).toEqual({ FirstPhone, State: 'Vic' })
    expect((await events(lead_id))[1]).toMatchObject({
      version: 2,
      changes: { 'fields.City': ['Fitzroy', null], 'fields.Name': ['Ana Silva', null] },
    })
  })

  test('that changes nothing answers OK with the same version, and leaves no event', async () => {
    const { lead_id, FirstPhone, change } = await called({ Name: 'Ana Silva', njPriority: '3' })
    const before = await shown(lead_id)
    for (const same of [
      {},
      { Name: 'Ana Silva' },
      { njPriority: 3 },
      { FirstPhone },
      { FirstPhone: `${FirstPhone.slice(0, 4)} ${FirstPhone.slice(4)}` },
      { FirstPhone: e164(FirstPhone) },
      { City: '' },
    ]) {
      const { njExternalLeadId } = { njExternalLeadId: before.external_id! }
      const lead = JSON.stringify({ FirstPhone: '<NO CHANGE>', ...same, njExternalLeadId })
      const reply = await post('updateLeadFast', ids, lead)
      expect(reply.text, lead).toBe('{"code":0,"message":"OK"}')
      expect(reply.headers.get('ETag'), lead).toBe('"v1"')
      expect(reply.headers.get('X-Lead-Id')).toBe(lead_id)
    }
    expect(await shown(lead_id)).toEqual(before)
    expect(await events(lead_id)).toHaveLength(1)
    expect(await change({ Name: 'Jane Smith' })).toMatchObject({ version: 2 })
  })

  test('names a phone field, by its name in any case; else 102', async () => {
    const { njExternalLeadId } = await called()
    const update = (fields: LeadDocument) => client.updateLeadFast(target, { njExternalLeadId, ...fields })
    const without: LeadDocument[] = [{}, { City: 'Fitzroy' }, { Phone: mobile() }, { njDisposition: 'Sale' }]
    for (const fields of without) expect(await update(fields)).toMatchObject({ status: 400, code: 102 })
    expect(await update({ SECONDphone: '<NO CHANGE>', City: 'Fitzroy' })).toMatchObject({ code: 0 })
    expect(await update({ SecondPhone: '', City: 'Carlton' })).toMatchObject({ code: 0 })
  })

  test('leaves a number that can be dialled: 102, 1006', async () => {
    const { lead_id, change } = await called({ SecondPhone: mobile() })
    expect(await change({ FirstPhone: '', SecondPhone: ' ' })).toMatchObject({ status: 400, code: 102 })
    expect(await change({ FirstPhone: 'call me', SecondPhone: '' })).toMatchObject({
      status: 400,
      code: 1006,
    })
    expect(await change({ FirstPhone: 'call me', SecondPhone: '123' })).toMatchObject({ code: 1006 })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
    expect(await change({ FirstPhone: 'call me' })).toMatchObject({ code: 0, version: 2 })
    expect((await shown(lead_id)).phones).toMatchObject([{ state: 'invalid' }, { state: 'ok' }])
    expect(await change({ FirstPhone: '', SecondPhone: '' })).toMatchObject({ code: 102 })
  })

  test('has only its new numbers checked for duplicates', async () => {
    const first = await called({ SecondPhone: mobile() })
    const taken = (await shown(first.lead_id)).phones.map(({ number }) => number!)
    const { lead_id, change } = await called()
    for (const phone of taken) {
      expect(await change({ SecondPhone: phone })).toMatchObject({
        status: 400,
        code: 105,
        lead_id: first.lead_id,
      })
      expect(await change({ SecondPhone: phone, City: 'Fitzroy' })).toMatchObject({ code: 105 })
    }
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
    expect(await change({ SecondPhone: taken[0]! }, { allowDuplicates: true })).toMatchObject({ version: 2 })
    // Now the lead has it: the same again, spelt otherwise or in the other field, is nothing new.
    const own = (await shown(lead_id)).phones[0]!.number!
    expect(await change({ SecondPhone: `0${taken[0]!.slice(3)}` })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: taken[0]!, SecondPhone: own })).toMatchObject({ code: 0 })
    expect((await shown(lead_id)).phones.map(({ number }) => number)).toEqual([taken[0], own])
  })

  test('has only its new numbers checked for DNC: outcomes get in', async () => {
    const SecondPhone = mobile()
    const { lead_id, FirstPhone, change } = await called({ SecondPhone })
    await blocked(FirstPhone)
    await blocked(SecondPhone)
    expect(await change({ njDisposition: 'Sale' })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: SecondPhone, SecondPhone: FirstPhone })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: e164(SecondPhone) })).toMatchObject({ code: 0 })
    const version = (await shown(lead_id)).version
    expect(await change({ FirstPhone: await blocked(mobile()) })).toMatchObject({
      status: 400,
      code: 104,
      body: { list: 'private' },
    })
    // Duplicates may be allowed, DNC may not.
    expect(await change({ FirstPhone: await blocked(mobile()) }, { allowDuplicates: true })).toMatchObject({
      code: 104,
    })
    expect((await shown(lead_id)).version).toBe(version)
    expect(await change({ FirstPhone: mobile() })).toMatchObject({ code: 0 })
  })

  test('frees the numbers that it takes away', async () => {
    const { FirstPhone, change } = await called()
    expect(await client.insertLeadFast(target, { FirstPhone })).toMatchObject({ code: 105 })
    await change({ FirstPhone: mobile() })
    expect(await client.insertLeadFast(target, { FirstPhone })).toMatchObject({ code: 0 })
  })
})

describe('the text form', () => {
  const lines = (message: string) => message.split('\n')

  test('one lead that is refused answers as insertLeadFast would, and says why in the CSV', async () => {
    const FirstPhone = mobile()
    const lead_id = await inserted({ FirstPhone })
    const reply = await post('insertLead', ids, JSON.stringify({ Name: 'Silva, "Ana"', FirstPhone }))
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(/^\{"code":105,"message":"Imported 0 Updated 0 Rejected 1 leads\.\\n/)
    expect(reply.body.lead_id).toBe(lead_id)
    expect(lines(reply.body.message)).toEqual([
      'Imported 0 Updated 0 Rejected 1 leads.',
      '',
      'Errors (If any):',
      ' Name,FirstPhone,Error Reason,',
      expect.stringMatching(
        new RegExp(`^ "Silva, ""Ana""",x{7}${FirstPhone.slice(-3)},105 DUPLICATE: [^,]+,$`),
      ),
      '',
    ])
  })

  test('one lead that is taken has its headers', async () => {
    const reply = await post('insertLead', ids, JSON.stringify({ FirstPhone: mobile() }))
    expect(reply.headers.get('X-Lead-Id')).toMatch(/^\d+-\d+$/)
    expect(reply.headers.get('ETag')).toBe('"v1"')
  })

  test('an array answers 200 when one lead was taken, else 400 and the code of the first', async () => {
    const taken = await post(
      'insertLead',
      ids,
      JSON.stringify([{ FirstPhone: 'x' }, { FirstPhone: mobile() }]),
    )
    expect([taken.status, taken.body.code]).toEqual([200, 0])
    expect(lines(taken.body.message)[0]).toBe('Imported 1 Updated 0 Rejected 1 leads.')

    const none = await post('insertLead', ids, JSON.stringify([{ City: 'Perth' }, { FirstPhone: 'x' }]))
    expect([none.status, none.body.code]).toEqual([400, 102])
    expect(lines(none.body.message)[0]).toBe('Imported 0 Updated 0 Rejected 2 leads.')

    const one = await post('insertLead', ids, JSON.stringify([{ FirstPhone: mobile() }]))
    expect([one.status, lines(one.body.message)[0]]).toEqual([200, 'Imported 1 Updated 0 Rejected 0 leads.'])
  })

  test('an element that is no object is refused for itself', async () => {
    const reply = await post('insertLead', ids, JSON.stringify(['a', { FirstPhone: mobile() }, null, [{}]]))
    expect(reply.status).toBe(200)
    expect(lines(reply.body.message)[0]).toBe('Imported 1 Updated 0 Rejected 3 leads.')
    expect(reply.body.message.match(/1005 INVALID_FIELD/g)).toHaveLength(3)
  })

  test('an array has a thousand leads at most, and one at least', async () => {
    for (const call of ['insertLead', 'updateLead']) {
      const many = new Array(LIMITS.batch_rows_max + 1).fill({})
      expect(await post(call, ids, JSON.stringify(many))).toMatchObject({ status: 413, body: { code: 1009 } })
      expect(await post(call, ids, '[]')).toMatchObject({ status: 400, body: { code: 1003 } })
    }
    const rows = Array.from({ length: LIMITS.batch_rows_max }, () => ({
      FirstPhone: mobile(),
      City: 'Perth',
    }))
    const reply = await post('insertLead', ids, JSON.stringify(rows))
    expect([reply.status, lines(reply.body.message)[0]]).toEqual([
      200,
      'Imported 1000 Updated 0 Rejected 0 leads.',
    ])
  })

  test('of equal leads in one array the first is taken', async () => {
    const FirstPhone = mobile()
    const rows = ['One', 'Two', 'Three'].map((Name) => ({ Name, FirstPhone }))
    const { body } = await client.insertLead(target, rows)
    expect(lines(body.message)[0]).toBe('Imported 1 Updated 0 Rejected 2 leads.')
    const { lead_id } = await client.insertLeadFast(target, { FirstPhone })
    expect((await shown(lead_id)).fields.Name).toBe('One')
  })

  test('what a spreadsheet would run is disarmed', async () => {
    const { body } = await client.insertLead(target, { Name: '=cmd|1', City: '@x', FirstPhone: 'call me' })
    expect(lines(body.message)[4]).toMatch(/^ '=cmd\|1,'@x,call me,1006 /)
  })

  test('updateLead counts what was updated', async () => {
    const [one, two] = [await called(), await called()]
    const row = (njExternalLeadId: string, City: string) => ({
      njExternalLeadId,
      City,
      FirstPhone: '<NO CHANGE>',
    })
    const { status, code, body } = await client.updateLead(target, [
      row(one.njExternalLeadId, 'Fitzroy'),
      row('nobody', 'Fitzroy'),
      row(two.njExternalLeadId, 'Carlton'),
    ])
    expect([status, code]).toEqual([200, 0])
    expect(lines(body.message)[0]).toBe('Imported 0 Updated 2 Rejected 1 leads.')
    expect(lines(body.message)[4]).toMatch(/^ nobody,Fitzroy,<NO CHANGE>,101 COULDNT_FIND_THE_LEAD: /)
    expect((await shown(two.lead_id)).fields.City).toBe('Carlton')

    const single = await post(
      'updateLead',
      { ...ids, njExternalLeadId: one.njExternalLeadId },
      '{"FirstPhone":"x"}',
    )
    expect([single.status, single.body.code]).toEqual([400, 1006])
    const done = await post(
      'updateLead',
      { ...ids, njExternalLeadId: one.njExternalLeadId },
      '{"FirstPhone":"<NO CHANGE>","City":"Perth"}',
    )
    expect([done.status, done.headers.get('ETag')]).toEqual([200, '"v3"'])
    expect(done.text).toBe(
      JSON.stringify({
        code: 0,
        message:
          'Imported 0 Updated 1 Rejected 0 leads.\n\nErrors (If any):\n FirstPhone,City,Error Reason,\n',
      }),
    )
  })

  test('updateLead: one external id in the query does not name several leads', async () => {
    const { njExternalLeadId } = await called()
    const row = { FirstPhone: '<NO CHANGE>', City: 'Perth' }
    const query = { ...ids, njExternalLeadId }
    expect(await post('updateLead', query, JSON.stringify([row, row]))).toMatchObject({
      body: { code: 1003 },
    })
    expect(await post('updateLead', query, JSON.stringify([row]))).toMatchObject({ status: 200 })
  })

  test('updateLead: updates of one lead are done in their order, however its id is written', async () => {
    const { lead_id, njExternalLeadId: id } = await called()
    const spelt = [id, ` ${id}`, `${id} `, id]
    const rows = spelt.map((njExternalLeadId, i) => ({
      [i % 2 ? 'njExternalLeadId' : 'NJEXTERNALLEADID']: njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      City: `City ${i}`,
      njDisposition: ['No Answer', 'Busy', 'Sale', 'Callback'][i]!,
    }))
    const { body } = await client.updateLead(target, rows)
    expect(lines(body.message)[0]).toBe('Imported 0 Updated 4 Rejected 0 leads.')
    expect(await shown(lead_id)).toMatchObject({
      version: 5,
      fields: { City: 'City 3' },
      disposition: 'Callback',
    })
    expect(await calls(lead_id)).toEqual(['Busy', 'No Answer', 'Busy', 'Sale', 'Callback'])
  })
})

describe('a refusal', () => {
  test('has code and message in front, then what helps, and nothing of another person', async () => {
    const FirstPhone = mobile()
    const lead_id = await inserted({ Name: 'Jane Smith', FirstPhone, njExternalLeadId: 'jane' })
    const reply = await post('insertLeadFast', ids, JSON.stringify({ Name: 'Ana Silva', FirstPhone }))
    expect(reply.text).toMatch(/^\{"code":105,"message":"DUPLICATE","detail":"[^"]+"/)
    expect(reply.body).toMatchObject({ lead_id, request_id: reply.headers.get('X-Request-Id') })
    expect(reply.text).not.toMatch(/Jane|jane|Silva/)
    expect(reply.text).not.toContain(FirstPhone.slice(1))
    expect(reply.headers.has('X-Lead-Id')).toBe(false)
    expect(reply.headers.has('ETag')).toBe(false)
  })

  test('names the list that blocks: the private one before the campaign one, a client is called despite the latter', async () => {
    const insert = (FirstPhone: string) => client.insertLeadFast(target, { FirstPhone })
    const list = (name: string, phone: string) =>
      client.post('/v1/dnc', {
        list: name,
        phones: [phone],
        ...(name === 'campaign' ? { campaign_id: target.campaign_id } : {}),
      })
    const phone = mobile()
    await list('campaign', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'campaign' } })
    const other = await campaignOf(target.template_id)
    expect(await client.insertLeadFast(other, { FirstPhone: phone })).toMatchObject({ code: 0 })
    await list('private', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'private' } })
    await list('client', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'private' } })
    const known = mobile()
    await list('campaign', known)
    await list('client', known)
    expect(await insert(known)).toMatchObject({ code: 0 })
  })

  test('follows the rules of the template', async () => {
    const fields = ['Phone', 'Mobile'].map((name) => ({ name, kind: 'phone' }))
    const [strict, lenient] = [
      await setUp({ fields, dnc_rule: 'any', duplicate_rule: 'any' }),
      await setUp({ fields, dnc_rule: 'all', duplicate_rule: 'all' }),
    ]
    const bad = await blocked(mobile())
    expect(await client.insertLeadFast(strict, { Phone: bad, Mobile: mobile() })).toMatchObject({ code: 104 })
    const half = await client.insertLeadFast(lenient, { Phone: bad, Mobile: mobile() })
    expect((await shown(half.lead_id)).phones).toMatchObject([{ field: 'Mobile' }, { blocked_by: 'private' }])
    for (const [where, code] of [
      [strict, 105],
      [lenient, 0],
    ] as const) {
      const held = mobile()
      await client.insertLeadFast(where, { Phone: held })
      expect(await client.insertLeadFast(where, { Phone: held, Mobile: mobile() })).toMatchObject({ code })
      expect(await client.insertLeadFast(where, { Phone: held })).toMatchObject({ code: 105 })
    }
  })
})

describe('the lists', async () => {
  const own = await setUp({})
  const second = await allocationOf(own.campaign_id)
  const phone = mobile()
  const lead = { Phone: phone, njExternalLeadId: 'listed', njDisposition: 'Busy' }
  const { lead_id } = await client.insertLead(own, lead)
  await client.updateLeadFast(own, {
    njExternalLeadId: 'listed',
    Phone: '<NO CHANGE>',
    njDisposition: 'Sale',
  })
  await client.insertLead({ ...own, ...second }, { Phone: mobile(), njDisposition: 'Fax' })

  const list = async (call: string, query: Query = {}, as: LeadlineClient = client) => {
    const [got, posted] = [
      await as.list(call, query),
      await as.request<ClassicBody>('POST', `${API}/${call}`, { query }),
    ]
    expect({ ...posted.body, request_id: '' }).toEqual({ ...got.body, request_id: '' })
    expect(posted.status).toBe(got.status)
    return got
  }
  const ids_of = async (...args: Parameters<typeof list>) =>
    (await list(...args)).body.entities?.map(({ id }) => id)
  const query = {
    fTemplateId: String(own.template_id),
    fCampaignId: String(own.campaign_id),
    campaignId: String(own.campaign_id),
    allocationId: String(own.allocation_id),
  }

  test('are what GET and POST answer, in the published shape', async () => {
    const response = await fetch(`${leadline.url}${API}/getCampaignTemplateList?apiKey=${leadline.key}`)
    expect(await response.text()).toMatch(
      /^\{"code":0,"message":"OK","entities":\[\{"id":1,"name":"Sample"\},/,
    )
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('X-Request-Id')).toMatch(/\w/)
  })

  test('have what is in the template and the campaign', async () => {
    expect(await ids_of('getCampaignTemplateList')).toEqual(
      expect.arrayContaining([target.template_id, own.template_id]),
    )
    expect(await ids_of('getCampaignList', query)).toEqual([own.campaign_id])
    expect(await ids_of('getAllocationList', query)).toEqual([own.allocation_id, second.allocation_id])
    const { body } = await list('getCampaignList', { fTemplateId: ids.fTemplateId })
    expect(body.entities).toContainEqual({ id: target.campaign_id, name: 'Sample campaign' })
  })

  test('have the calls of an allocation, newest first', async () => {
    const { body } = await list('getCallRecordList', query)
    expect(body.entities).toMatchObject([
      { id: expect.any(Number), name: 'Sale', lead_id },
      { id: expect.any(Number), name: 'Busy', lead_id },
    ])
    const other = await list('getCallRecordList', { ...query, allocationId: String(second.allocation_id) })
    expect(other.body.entities).toMatchObject([{ name: 'Fax' }])
  })

  test('have the calls of a campaign, or of some dispositions, whichever name the ids come by', async () => {
    const dispositions = (await list('getDispositionList', query)).body.entities!
    const idOf = (wanted: string) => dispositions.find(({ name }) => name === wanted)!.id
    const { fTemplateId, campaignId, allocationId } = query
    const named = async (more: Query) =>
      (await list('getCallRecordList', { fTemplateId, ...more })).body.entities?.map(({ name }) => name)
    expect(await named({ campaignId })).toEqual(['Fax', 'Sale', 'Busy'])
    expect(await named({ fCampaignId: campaignId, fAllocationId: allocationId })).toEqual(['Sale', 'Busy'])
    const fDispositions = `${idOf('Busy')}, ${idOf('Fax')},${idOf('Busy')}`
    expect(await named({ campaignId, fDispositions })).toEqual(['Fax', 'Busy'])
    expect(await named({ campaignId, allocationId, fDispositions })).toEqual(['Busy'])
    expect(await named({ campaignId, fCampaignId: campaignId, fDispositions: '' })).toHaveLength(3)
    for (const more of [
      { campaignId, fCampaignId: '999999' },
      { campaignId, allocationId, fAllocationId: '999999' },
    ])
      expect(await list('getCallRecordList', { fTemplateId, ...more })).toMatchObject({
        status: 400,
        code: 1003,
      })
  })

  test('need their ids: 1004', async () => {
    for (const [call, names] of [
      ['getCampaignList', ['fTemplateId']],
      ['getAllocationList', ['fCampaignId']],
      ['getDispositionList', ['fTemplateId']],
      ['getFieldList', ['fTemplateId']],
      ['getFieldDefn', ['fTemplateId']],
      ['getCallRecordList', ['fTemplateId', 'campaignId']],
    ] as const)
      for (const name of names)
        for (const value of [undefined, '0', 'one', '999999'])
          expect(
            await list(call, {
              ...query,
              fCampaignId: name === 'fCampaignId' ? value : undefined,
              [name]: value,
            }),
            `${call} ${name} ${value}`,
          ).toMatchObject({ status: 400, code: 1004 })
    for (const value of ['0', 'one', '999999'])
      for (const name of ['allocationId', 'fAllocationId', 'before', 'fDispositions'])
        if (name !== 'before' || value !== '999999')
          expect(
            await list('getCallRecordList', { ...query, allocationId: undefined, [name]: value }),
            `${name} ${value}`,
          ).toMatchObject({ status: 400, code: 1004 })
    expect(await list('getCallRecordList', { ...query, fTemplateId: ids.fTemplateId })).toMatchObject({
      code: 1004,
    })
  })

  describe("with a team's key", async () => {
    const [north_id, south_id] = [
      await ensureTeam(leadline.pool, 'North'),
      await ensureTeam(leadline.pool, 'South'),
    ]
    const north = await leadline.clientWith(['read', 'write', 'admin'], [north_id])
    const south = await leadline.clientWith(['read', 'write', 'admin'], [south_id])
    const northern = await setUp({ team: 'North' }, north)
    const northern_query = {
      fTemplateId: String(northern.template_id),
      fCampaignId: String(northern.campaign_id),
      campaignId: String(northern.campaign_id),
      allocationId: String(northern.allocation_id),
    }

    test("have only what is the team's", async () => {
      expect(await ids_of('getCampaignTemplateList', {}, north)).toEqual([northern.template_id])
      expect(await ids_of('getCampaignTemplateList', {}, south)).toEqual([])
      expect(await ids_of('getCampaignTemplateList')).toContain(northern.template_id)
      for (const call of ['getCampaignList', 'getAllocationList', 'getCallRecordList']) {
        expect(await list(call, northern_query, north), call).toMatchObject({ code: 0 })
        expect(await list(call, northern_query, south), call).toMatchObject({ status: 400, code: 1004 })
        expect(await list(call, query, north), call).toMatchObject({ status: 400, code: 1004 })
      }
    })

    test('leads go in and change with it and with no other', async () => {
      const document = { Phone: mobile(), njExternalLeadId: 'northern' }
      expect(await south.insertLeadFast(northern, document)).toMatchObject({ status: 400, code: 1004 })
      expect(await north.insertLeadFast(northern, document)).toMatchObject({ code: 0 })
      expect(await north.insertLeadFast(target, { FirstPhone: mobile() })).toMatchObject({ code: 1004 })
      const change = { njExternalLeadId: 'northern', Phone: '<NO CHANGE>', njDisposition: 'Busy' }
      expect(await south.updateLeadFast(northern, change)).toMatchObject({ status: 400, code: 1004 })
      // Without a campaign, what a key may not see is not there.
      expect(await south.updateLeadFast({}, change)).toMatchObject({ status: 400, code: 101 })
      expect(await north.updateLeadFast({}, change)).toMatchObject({ code: 0 })
    })

    test('an external id that others have too is unique among what the key may see', async () => {
      const njExternalLeadId = reference()
      await inserted({ njExternalLeadId })
      await north.insertLeadFast(northern, { Phone: mobile(), njExternalLeadId })
      const change = { njExternalLeadId, Phone: '<NO CHANGE>', njDisposition: 'Busy' }
      expect(await client.updateLeadFast({}, change)).toMatchObject({ code: 1004 })
      expect(await north.updateLeadFast({}, change)).toMatchObject({ code: 0 })
    })

    test('the answers to what is not there and to what is not theirs are the same', async () => {
      const lead = { Phone: mobile() }
      const told = async (campaign_id: number) => {
        const { body } = await south.insertLeadFast({ ...northern, campaign_id }, lead)
        return body.detail!.replace(/\d+/g, 'n')
      }
      expect(await told(northern.campaign_id)).toBe(await told(999_999))
    })
  })
})

describe('the order of checks', async () => {
  // A server whose only slot can be taken, on the same database.
  const narrow = await startLeadline({
    connection: leadline.connection,
    now: () => NOW,
    gate: { slots: 1, queue_max: 0 },
  })

  /** Takes the only slot until the test ends. */
  async function takeSlot() {
    await untilBusy(0)
    await leadAtWork(narrow)
    await untilBusy(1)
  }
  const untilBusy = (slots: number) =>
    expect
      .poll(async () => (await narrow.client.get<string>('/metrics')).body, { interval: 5, timeout: 10_000 })
      .toMatch(new RegExp(`^leadline_gate_busy ${slots}$`, 'm'))

  /** A request that is taken to pieces, so that each fault can spoil its own. */
  interface Draft {
    server: Leadline
    query: Query
    lead: Record<string, string | undefined>
    /** Put after the document. */
    tail: string
  }
  interface Fault {
    title: string
    code: number
    /** Faults of one place exclude each other, unless one of them knows how to go together with the other. */
    place: string
    spoil: (draft: Draft) => Draft
  }

  /** Each two faults of a list, in its order, that one request can have. */
  const pairs = (faults: Fault[]) =>
    faults.flatMap((first, i) =>
      faults
        .slice(i + 1)
        .flatMap((second) => (first.place === second.place ? [] : [[first, second] as const])),
    )

  const asking =
    (query: Query): Fault['spoil'] =>
    (d) => ({ ...d, query: { ...d.query, ...query } })
  /** `undefined`: left out. */
  const values =
    (lead: Draft['lead']): Fault['spoil'] =>
    (d) => ({ ...d, lead: { ...d.lead, ...lead } })
  const early: Fault[] = [
    { title: 'no valid key', code: 1001, place: 'key', spoil: asking({ apiKey: 'wrong' }) },
    {
      title: 'too large',
      code: 1009,
      place: 'size',
      spoil: (d) => ({ ...d, tail: d.tail + ' '.repeat(300_000) }),
    },
    { title: 'no slot', code: 109, place: 'gate', spoil: (d) => ({ ...d, server: narrow }) },
    {
      title: 'no JSON',
      code: 1003,
      place: 'document',
      spoil: (d) => ({ ...d, tail: `}${d.tail}` }),
    },
    {
      title: 'a switch that is neither on nor off',
      code: 1003,
      place: 'document',
      spoil: asking({ allowDuplicates: 'maybe' }),
    },
    {
      title: 'another allocation',
      code: 1004,
      place: 'target',
      spoil: asking({ fAllocationId: '999999' }),
    },
  ]
  const late: Fault[] = [
    { title: 'a bad date', code: 1007, place: 'date', spoil: values({ njCallBackDate: 'soon' }) },
    { title: 'a bad priority', code: 1008, place: 'priority', spoil: values({ njPriority: 'high' }) },
    { title: 'unknown hours', code: 111, place: 'hours', spoil: values({ njContactHours: 'Mars' }) },
  ]
  const bad_field: Fault = {
    title: 'a bad field',
    code: 1005,
    place: 'field',
    spoil: values({ njNothing: 'x' }),
  }

  const dnc = await blocked(mobile())
  const held = mobile()
  await inserted({ FirstPhone: held })
  // On the list and held by a lead: it was taken before it was listed.
  const both = mobile()
  await inserted({ FirstPhone: both })
  await blocked(both)
  const taken = reference()
  await inserted({ njExternalLeadId: taken })

  const send = async (call: string, draft: Draft) => {
    if (draft.server === narrow) await takeSlot()
    return post(call, draft.query, JSON.stringify(draft.lead) + draft.tail, { server: draft.server })
  }

  const insert_faults: Fault[] = [
    ...early,
    { title: 'no change', code: 108, place: 'name', spoil: values({ Name: '<NO CHANGE>' }) },
    bad_field,
    {
      title: 'no number',
      code: 102,
      place: 'phone',
      spoil: values({ FirstPhone: undefined }),
    },
    { title: 'a bad number', code: 1006, place: 'phone', spoil: values({ FirstPhone: 'call me' }) },
    ...late,
    { title: 'a taken id', code: 112, place: 'id', spoil: values({ njExternalLeadId: taken }) },
    { title: 'a blocked number', code: 104, place: 'phone', spoil: values({ FirstPhone: both }) },
    { title: 'a held number', code: 105, place: 'phone', spoil: values({ FirstPhone: held }) },
  ]
  const newLead = (): Draft => ({
    server: leadline,
    query: { ...ids },
    lead: { Name: 'Ana Silva', FirstPhone: mobile() },
    tail: '',
  })

  const called_lead = await called({ City: 'Fitzroy' })
  await called_lead.change({ City: 'Carlton' })
  const never_called = await called({ City: 'Fitzroy' })
  await never_called.change({ City: 'Carlton' })
  // No road of the API takes a disposition back.
  await admin(
    leadline.connection,
    `update leads set disposition = null where external_id = '${never_called.njExternalLeadId}'`,
  )

  const [another_allocation] = early.slice(-1)
  const update_faults: Fault[] = [
    ...early.slice(0, -1),
    { title: 'no version', code: 1003, place: 'document', spoil: values({ njVersion: 'one' }) },
    another_allocation!,
    { title: 'no such lead', code: 101, place: 'lead', spoil: values({ njExternalLeadId: 'nobody' }) },
    { title: 'no phone field', code: 102, place: 'phone', spoil: values({ FirstPhone: undefined }) },
    { title: 'no number left', code: 102, place: 'phone', spoil: values({ FirstPhone: '' }) },
    {
      title: 'no such disposition',
      code: 106,
      place: 'outcome',
      spoil: values({ njDisposition: 'Delighted' }),
    },
    {
      title: 'no disposition at all',
      code: 107,
      // The lead that has none is another one.
      place: 'lead',
      spoil: values({ njExternalLeadId: never_called.njExternalLeadId, njDisposition: '<NO CHANGE>' }),
    },
    bad_field,
    { title: 'a bad number', code: 1006, place: 'phone', spoil: values({ FirstPhone: 'call me' }) },
    ...late,
    { title: 'a clash', code: 110, place: 'base', spoil: values({ City: 'Perth', njVersion: '1' }) },
    { title: 'a blocked number', code: 104, place: 'phone', spoil: values({ FirstPhone: both }) },
    { title: 'a held number', code: 105, place: 'phone', spoil: values({ FirstPhone: held }) },
  ]
  const change = (): Draft => ({
    server: leadline,
    query: { ...ids },
    lead: {
      njExternalLeadId: called_lead.njExternalLeadId,
      FirstPhone: mobile(),
      njDisposition: 'No Answer',
    },
    tail: '',
  })

  describe.each([
    ['insertLeadFast', insert_faults, newLead],
    ['updateLeadFast', update_faults, change],
  ] as const)('of %s', (call, faults, draft) => {
    test.each(faults.map((fault) => [fault.title, fault.code, fault] as const))(
      '%s alone answers %i',
      async (_title, code, fault) => {
        expect((await send(call, fault.spoil(draft()))).body.code).toBe(code)
      },
    )

    test.each(
      pairs(faults).map(([first, second]) => [first.title, second.title, first.code, first, second] as const),
    )('%s comes before %s: %i', async (_first, _second, code, first, second) => {
      // Where both spoil one thing, what the earlier one does to it stays.
      expect((await send(call, first.spoil(second.spoil(draft())))).body.code).toBe(code)
    })
  })

  test('a number that is blocked and held is blocked', async () => {
    expect(await client.insertLeadFast(target, { FirstPhone: both })).toMatchObject({ code: 104 })
    expect(await called_lead.change({ SecondPhone: both })).toMatchObject({ code: 104 })
    expect(await client.insertLeadFast(target, { FirstPhone: dnc })).toMatchObject({ code: 104 })
  })

  test('two faults of the numbers: none at all, then none that is valid', async () => {
    expect(await client.insertLeadFast(target, { FirstPhone: 'x', SecondPhone: '' })).toMatchObject({
      code: 1006,
    })
    expect(await called_lead.change({ FirstPhone: '', SecondPhone: ' ' })).toMatchObject({ code: 102 })
  })

  test('an unknown disposition comes before the lack of one', async () => {
    const update = { njExternalLeadId: never_called.njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    expect(await client.updateLeadFast(target, { ...update, njDisposition: 'Delighted' })).toMatchObject({
      code: 106,
    })
  })

  test('nothing of all this was written', async () => {
    expect(await shown(called_lead.lead_id)).toMatchObject({ version: 2, disposition: 'Busy' })
    expect(await shown(never_called.lead_id)).toMatchObject({ version: 2, disposition: null })
  })
})
