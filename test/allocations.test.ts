// Allocations: counts of their leads, leads that move between them, and closed ones that are reopened.

import { afterEach, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection } = leadline
const { campaign_id } = target
const later = (seconds: number) => (now = new Date(Date.parse(now) + seconds * 1_000).toISOString())

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function allocation(started = true) {
  const body = { campaign_id, name: `allocation ${++names}`, started }
  return (await client.post<{ allocation_id: number }>('/v1/allocations', body)).body.allocation_id
}
async function insert(allocation_id: number, more: Record<string, string> = {}) {
  const FirstPhone = mobile()
  const document = { FirstPhone, njExternalLeadId: FirstPhone, ...more }
  const { code, lead_id } = await client.insertLead({ ...target, allocation_id }, document)
  expect(code).toBe(0)
  return { lead_id: lead_id!, external_id: FirstPhone, FirstPhone }
}
const update = (external_id: string, njDisposition: string) =>
  client.updateLeadFast(target, { njExternalLeadId: external_id, FirstPhone: '<NO CHANGE>', njDisposition })
const counts = async (at: number) => (await client.get(`/v1/allocations/${at}/counts`)).body
const lease = async (at: number, body: object = {}) =>
  (await client.post<Leases>(`/v1/allocations/${at}/leases`, body)).body.items
const NONE = { new: 0, callback: 0, waiting: 0, leased: 0, parked: 0, closed: {} }

test('is counted: new, due, waiting, leased, closed by disposition; start and stop tell it too', async () => {
  const at = await allocation()
  expect(await counts(at)).toEqual(NONE)
  await insert(at, { njPriority: '1' })
  await lease(at, { lease_s: 60 })
  await insert(at)
  await insert(at)
  await insert(at, { njCallBackDate: '2026/11/24 13:00' })
  await insert(at, { njCallBackDate: '2026/11/24 15:00' })
  for (const code of ['Sale', 'Sale', 'Fax']) await insert(at, { njDisposition: code })
  const expected = { new: 2, callback: 1, waiting: 1, leased: 1, parked: 0, closed: { Fax: 1, Sale: 2 } }
  expect(await counts(at)).toEqual(expected)
  const stopped = await client.patch(`/v1/allocations/${at}`, { started: false })
  expect(stopped.body).toMatchObject({ allocation_id: at, started: false, counts: expected })
  // Nobody has looked since: what fell due counts as due, what is not leased any more as new.
  later(3_600)
  expect(await counts(at)).toEqual({ ...expected, new: 3, callback: 2, waiting: 0, leased: 0 })
  expect(await client.get('/v1/allocations/99999/counts')).toMatchObject({ status: 404, code: 1004 })
})

test('gives leads to another one: each with a version and an event, its place in the queue, its lease', async () => {
  const [from, to] = [await allocation(), await allocation()]
  const [one, two, sold] = [
    await insert(from),
    await insert(from),
    await insert(from, { njDisposition: 'Sale' }),
  ]
  const [taken] = await lease(from)
  expect(taken!.lead.id).toBe(two.lead_id)
  const move = (body: object, at = from) =>
    client.post<{ moved: number }>(`/v1/allocations/${at}/moves`, { to_allocation_id: to, ...body })
  expect((await move({ lead_ids: [two.lead_id] })).body).toEqual({ moved: 1 })
  expect((await move({ lead_ids: [two.lead_id] })).body).toEqual({ moved: 0 })
  expect((await move({ dispositions: [null] })).body).toEqual({ moved: 1 })
  expect((await move({ all: true, open_only: true })).body).toEqual({ moved: 0 })
  expect((await move({ all: true })).body).toEqual({ moved: 1 })
  for (const { lead_id } of [one, two, sold]) {
    const lead = await client.get(`/v1/leads/${lead_id}`)
    expect(lead.body).toMatchObject({ allocation_id: to, version: 2 })
    const { body } = await client.get<{ items: object[] }>(`/v1/leads/${lead_id}/history`)
    expect(body.items.at(-1)).toMatchObject({ version: 2, changes: { allocation_id: [from, to] } })
  }
  expect(await counts(from)).toEqual(NONE)
  expect(await counts(to)).toMatchObject({ new: 1, leased: 1, closed: { Sale: 1 } })
  // Its taker has it still.
  const answer = await client.put(`/v1/leases/${taken!.lease_id}/outcome`, {
    disposition: 'Sale',
    phone: two.FirstPhone,
  })
  expect(answer).toMatchObject({ status: 200, body: { version: 3 } })
})

test('gives nothing to another campaign, to itself, or without saying which', async () => {
  const at = await allocation()
  const made = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id: target.template_id,
    name: 'another',
  })
  const other = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: made.body.campaign_id,
    name: 'there',
  })
  const move = (body: object) => client.post(`/v1/allocations/${at}/moves`, body)
  for (const to_allocation_id of [other.body.allocation_id, at, 99999])
    expect(await move({ to_allocation_id, all: true })).toMatchObject({ status: 404, code: 1004 })
  const to_allocation_id = await allocation()
  for (const body of [{}, { all: true, dispositions: ['Busy'] }, { lead_ids: ['x'] }, { lead_ids: ['99-1'] }])
    expect(await move({ to_allocation_id, ...body })).toMatchObject({ status: 422, code: 1005 })
})

test('moves leads while they are updated: no version and no event is lost', async () => {
  const [a, b] = [await allocation(), await allocation()]
  const leads = await Promise.all(Array.from({ length: 40 }, () => insert(a)))
  let moving = true
  const updates = (async () => {
    for (let i = 0; moving; i++) await update(leads[i % leads.length]!.external_id, 'Busy')
  })()
  for (let round = 0; round < 6; round++) {
    const [from, to] = round % 2 === 0 ? [a, b] : [b, a]
    const { body } = await client.post(`/v1/allocations/${from}/moves`, { to_allocation_id: to, all: true })
    expect(body).toEqual({ moved: leads.length })
  }
  moving = false
  await updates
})

test('takes closed leads up again, as new ones whose re-dials begin anew', async () => {
  const at = await allocation()
  const busy = await insert(at)
  for (let call = 1; call <= 6; call++) {
    later(1)
    expect(await update(busy.external_id, 'Busy')).toMatchObject({ code: 0 })
  }
  const [sold, refused] = [
    await insert(at, { njDisposition: 'Sale' }),
    await insert(at, { njDisposition: 'Do Not Call' }),
  ]
  expect(await counts(at)).toMatchObject({ closed: { Busy: 1, Sale: 1, 'Do Not Call': 1 } })
  const recycle = (dispositions: string[]) =>
    client.post<{ recycled: number }>(`/v1/allocations/${at}/recycle`, { dispositions })
  // Two at once: each lead is taken up once.
  const answers = await Promise.all([recycle(['busy', 'Sale']), recycle(['busy', 'Sale'])])
  expect(answers.reduce((sum, { body }) => sum + body.recycled, 0)).toBe(2)
  expect(await counts(at)).toEqual({ ...NONE, new: 2, closed: { 'Do Not Call': 1 } })
  const { body } = await client.get<{ items: object[] }>(`/v1/leads/${sold.lead_id}/history`)
  expect(body.items.at(-1)).toMatchObject({ version: 2, changes: { closed: [true, false] } })
  later(1)
  await update(busy.external_id, 'Busy')
  expect((await client.get(`/v1/leads/${busy.lead_id}`)).body).toMatchObject({ closed: false })
  expect(await recycle(['Do Not Call'])).toMatchObject({ status: 422, code: 1005 })
  expect(await recycle(['Nonsense'])).toMatchObject({ status: 422, code: 106 })
  // All that is wrong is said together.
  expect((await recycle(['Do Not Call', 'Nonsense'])).body).toMatchObject({
    errors: expect.arrayContaining([
      expect.objectContaining({ field: '/dispositions/0' }),
      expect.objectContaining({ field: '/dispositions/1' }),
    ]),
  })
  expect((await client.get(`/v1/leads/${refused.lead_id}`)).body).toMatchObject({ closed: true })
})

test('takes up a lead without a number to dial, but hands it to nobody', async () => {
  const at = await allocation()
  const wrong = await insert(at)
  const [taken] = await lease(at)
  const report = { disposition: 'Sale', phone: wrong.FirstPhone, phone_state: 'wrong' }
  expect(await client.put(`/v1/leases/${taken!.lease_id}/outcome`, report)).toMatchObject({ status: 200 })
  const other = await insert(at, { njDisposition: 'Sale' })
  expect(await client.post(`/v1/allocations/${at}/recycle`, { dispositions: ['Sale'] })).toMatchObject({
    status: 200,
    body: { recycled: 2 },
  })
  expect((await client.get(`/v1/leads/${wrong.lead_id}`)).body).toMatchObject({ closed: false })
  expect((await lease(at, { count: 10 })).map(({ lead }) => lead.id)).toEqual([other.lead_id])
})

test('takes up and moves leads by any spelling of a code, also of one that nobody can give any more', async () => {
  const [at, to] = [await allocation(), await allocation()]
  const set = '/v1/disposition-sets/1/dispositions'
  await client.post(set, { code: 'Voucher', kind: 'final' })
  await insert(at, { njDisposition: 'Voucher' })
  await client.patch(`${set}/Voucher`, { enabled: false })
  const move = (dispositions: (string | null)[]) =>
    client.post(`/v1/allocations/${at}/moves`, { to_allocation_id: to, dispositions })
  expect(await move(['Nonsense'])).toMatchObject({ status: 422, code: 106 })
  expect(await client.post(`/v1/allocations/${at}/recycle`, { dispositions: ['voucher'] })).toMatchObject({
    status: 200,
    body: { recycled: 1 },
  })
  expect(await move([' VOUCHER ', null])).toMatchObject({ status: 200, body: { moved: 1 } })
})

test('is not for a key that may not see it, nor for one that may not set up', async () => {
  const at = await allocation()
  const stranger = await leadline.clientWith(['read', 'write', 'admin'], [999])
  const reader = await leadline.clientWith(['read', 'write'])
  const body = { to_allocation_id: await allocation(), all: true }
  for (const [path, sent] of [
    ['moves', body],
    ['recycle', { dispositions: ['Sale'] }],
  ] as const) {
    expect(await stranger.post(`/v1/allocations/${at}/${path}`, sent)).toMatchObject({ code: 1004 })
    expect(await reader.post(`/v1/allocations/${at}/${path}`, sent)).toMatchObject({ code: 1002 })
  }
  expect(await stranger.get(`/v1/allocations/${at}/counts`)).toMatchObject({ code: 1004 })
})
