// Calls as they are on record: what a dialler said of them, and how the classic API lists them.

import { afterAll, expect, test } from 'vitest'
import type { Page } from '../src/client/answer.ts'
import type { CallRecord } from '../src/client/api.ts'
import type { ClassicBody } from '../src/client/client.ts'
import type { Leases, Reported } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { httpTarget } from './support/targets.ts'
import { until } from './support/until.ts'

const web = await httpTarget()
afterAll(() => web.stop())
// A Tuesday, 14:00 in Melbourne.
const now = () => '2026-11-24T03:00:00.000Z'
const actions = { private_hosts: [web.host] }
const leadline = await startLeadline({ now, actions, damaged: true })
const { client, target, connection } = leadline

interface CallEntity {
  id: number
  name: string
  njCallRecordId: number
  njLeadId: string
  [field: string]: unknown
}
type Records = Omit<ClassicBody, 'entities'> & { entities: CallEntity[]; next_before?: number }

const query = (more: object = {}) => ({
  fTemplateId: String(target.template_id),
  fCampaignId: String(target.campaign_id),
  ...more,
})
async function records(more: object = {}) {
  const { body } = await client.list('getCallRecordList', query(more))
  expect(body.code).toBe(0)
  return body as unknown as Records
}

async function leased(more: Record<string, string> = {}) {
  const FirstPhone = mobile()
  const lead = { FirstPhone, Name: 'Ana Silva', njPriority: 0, ...more }
  const { lead_id } = await client.insertLeadFast(target, lead)
  const { items } = (await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, {})).body
  expect(items[0]?.lead.id).toBe(lead_id)
  const { lease_id } = items[0]!
  const report = (body: object) => client.put<Reported>(`/v1/leases/${lease_id}/outcome`, body)
  return { lead_id: lead_id!, FirstPhone, report }
}
const callsOf = async (lead_id: string) =>
  (await client.get<Page<CallRecord>>(`/v1/leads/${lead_id}/calls`)).body.items

test('what a dialler says of a call is kept with it; a repeat that says it otherwise is refused', async () => {
  const { lead_id, FirstPhone, report } = await leased()
  const said = { disposition: 'Sale', phone: FirstPhone, duration_s: 0, unique_call_id: ' 1513228517.34030 ' }
  expect(await report(said)).toMatchObject({ status: 200 })
  const call = { disposition: 'Sale', duration_s: 0, unique_call_id: '1513228517.34030' }
  expect(await callsOf(lead_id)).toMatchObject([call])
  expect(await report(said)).toMatchObject({ status: 200 })
  expect(await report({ ...said, duration_s: 9 })).toMatchObject({ status: 422, code: 1010 })
  expect(await callsOf(lead_id)).toMatchObject([call])
  expect((await records()).entities[0]).toMatchObject({
    njCallDuration: '0',
    njUniqueCallId: '1513228517.34030',
  })
})

test('what it does not say is null; what is no duration or id is refused by name', async () => {
  const { lead_id, FirstPhone, report } = await leased()
  const plain = { disposition: 'Sale', phone: FirstPhone }
  for (const [key, value] of [
    ['duration_s', -1],
    ['duration_s', 1.5],
    ['duration_s', '60'],
    ['duration_s', 172_801],
    ['unique_call_id', 'a\u0000b'],
    ['unique_call_id', 'x'.repeat(201)],
    ['unique_call_id', 7],
  ] as const)
    expect(await report({ ...plain, [key]: value }), `${key} ${value}`).toMatchObject({
      status: 422,
      code: 1005,
      body: { errors: [{ field: `/${key}` }] },
    })
  expect(await report({ ...plain, unique_call_id: ' ' })).toMatchObject({ status: 200 })
  expect(await callsOf(lead_id)).toMatchObject([{ duration_s: null, unique_call_id: null }])
})

test('an action that the outcome starts gets what the dialler said, escaped for where it lands, also when it runs again', async () => {
  const NAMES = [
    ...['njLeadId', 'njCallDate', 'njDialedNumber', 'njDialAttempts', 'njUniqueCallId', 'njCallDuration'],
    ...['njContactHours', 'njAction', 'njExternalLeadId', 'njAllocationName'],
  ]
  const made = await client.post<{ action_id: number }>('/v1/actions', {
    name: 'Tell the CRM',
    kind: 'url',
    config: {
      method: 'POST',
      url: `${web.url}/called?${NAMES.map((name) => `${name}=\${${name}}`).join('&')}`,
      body: JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, `\${${name}}`]))),
    },
  })
  expect(made.status).toBe(201)
  await client.put('/v1/disposition-sets/1/dispositions/Fax/actions', { action_ids: [made.body.action_id] })
  const { lead_id, report } = await leased({
    FirstPhone: '(03) 8321 8199',
    njExternalLeadId: 'a&b="c"',
  })
  const said = {
    phone: '+61383218199',
    at: '2026-11-24T02:58:00Z',
    duration_s: 598,
    unique_call_id: '1.2 "&',
  }
  expect(await report({ disposition: 'Fax', ...said })).toMatchObject({ status: 200 })
  const received = async (times: number) => {
    await until(`${times} requests`, async () => web.received.length === times)
    const { url, body } = web.received[times - 1]!
    const values = JSON.parse(body)
    expect(Object.fromEntries(new URL(url, web.url).searchParams)).toEqual(values)
    return values
  }
  const values = await received(1)
  expect(values).toEqual({
    njLeadId: lead_id.split('-')[1],
    njCallDate: '2026/11/24 13:58:00',
    njDialedNumber: '(03) 8321 8199',
    njDialAttempts: '1',
    njUniqueCallId: '1.2 "&',
    njCallDuration: '598',
    njContactHours: 'Australia/Melbourne',
    njAction: '',
    njExternalLeadId: 'a&b="c"',
    njAllocationName: 'Sample allocation',
  })
  const { items } = (await client.get<Page<{ run_id: number }>>('/v1/action-runs', { lead_id })).body
  await until('the run is over', async () => {
    const again = await client.post(`/v1/action-runs/${items[0]!.run_id}/rerun`, {})
    return again.status === 201
  })
  expect(await received(2)).toEqual(values)
})

test('a forgotten lead leaves no number and no id of a call; its calls are still listed', async () => {
  const { lead_id, FirstPhone, report } = await leased()
  await report({ disposition: 'Sale', phone: FirstPhone, duration_s: 61, unique_call_id: 'canary-1' })
  await client.delete(`/v1/leads/${lead_id}`)
  const later = await leased()
  await client.delete(`/v1/leads/${later.lead_id}`)
  const { FirstPhone: phone } = later
  await later.report({ disposition: 'Sale', phone, duration_s: 62, unique_call_id: 'canary-2' })
  const [second, first] = (await records()).entities
  const nothing = { njDialedNumber: '', njUniqueCallId: '', Name: '', FirstPhone: '' }
  expect(second).toMatchObject({ lead_id: later.lead_id, njCallDuration: '62', ...nothing })
  expect(first).toMatchObject({ lead_id, njCallDuration: '61', ...nothing })
  const { rows } = await admin(connection, `select from call_records where unique_call_id like 'canary%'`)
  expect(rows).toEqual([])
})

const fields = [
  { name: 'Phone', kind: 'phone' },
  ...['id', 'name', 'toString'].map((name) => ({ name, kind: 'text' })),
  { name: 'Notes', kind: 'long_text' },
]
const { template_id } = (
  await client.post<{ template_id: number }>('/v1/templates', {
    name: 'Members',
    contact_hours: 'Australia/Melbourne',
    fields,
  })
).body
const { campaign_id } = (
  await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'Members' })
).body
const { allocation_id } = (
  await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'Members' })
).body
const members = { fTemplateId: String(template_id), fCampaignId: String(campaign_id) }

test('a field that is called as an entry of ours is the field', async () => {
  const lead = { Phone: mobile(), id: '12345', name: 'Ana', njDisposition: 'Sale' }
  await client.insertLead({ template_id, campaign_id, allocation_id }, lead)
  const [record] = (await records(members)).entities
  expect(record).toMatchObject({ id: '12345', name: 'Ana', njDisposition: 'Sale', Notes: '' })
  expect(record).toHaveProperty('toString', '')
  expect(record!.njCallRecordId).toBeGreaterThan(0)
})

/** A lead with so many calls of the disposition Fax, whose texts have so many characters. */
async function called(count: number, characters: number) {
  const lead = { Phone: mobile(), Notes: 'x'.repeat(characters) }
  const { lead_id } = await client.insertLeadFast({ template_id, campaign_id, allocation_id }, lead)
  const number = lead_id!.split('-')[1]!
  await admin(
    connection,
    `insert into call_records (campaign_id, lead_number, allocation_id, disposition, actor, way, request_id)
     select ${campaign_id}, ${number}, ${allocation_id}, 'Fax', 'system', 'classic', 'r' from generate_series(1, ${count})`,
  )
  return number
}

test.for([
  ['a thousand at a time', 2_100, 0, [1_000, 1_000, 100]],
  ['eight megabytes of texts at a time', 900, 20_000, [419, 419, 62]],
] as const)('%s, newest first, each once', async ([, count, characters, sizes]) => {
  const { entities } = (await client.list('getDispositionList', members)).body
  const fDispositions = String(entities!.find(({ name }) => name === 'Fax')!.id)
  const number = await called(count, characters)
  const pages: CallEntity[][] = []
  let before: number | undefined
  for (const size of sizes) {
    const page = await records({ ...members, fDispositions, before })
    pages.push(page.entities.filter(({ njLeadId }) => njLeadId === number))
    expect(pages.at(-1)).toHaveLength(size)
    before = page.next_before
    if (size !== sizes.at(-1)) expect(before).toBe(page.entities.at(-1)!.njCallRecordId)
  }
  const all = pages.flat().map(({ njCallRecordId }) => njCallRecordId)
  expect(all).toEqual([...new Set(all)].toSorted((a, b) => b - a))
  expect(pages.flat()[0]).toMatchObject({ njDialAttempts: String(count) })
})
