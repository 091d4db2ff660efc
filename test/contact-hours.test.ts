// Contact hours over /v1: what they take, whether they are open, and what becomes of callbacks when they change.

import { afterEach, expect, onTestFinished, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection } = leadline
const second = await startLeadline({ connection, now: () => now })

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Hours {
  contact_hours_id: number
  name: string
  zone: string
  callback_move: { moved: number; begun_at: string; finished_at: string | null } | null
  weekly: object[] | null
  exceptions: object[]
}

let names = 0
async function create(more: object = {}) {
  const name = `Hours ${++names}`
  const answer = await client.post<Hours>('/v1/contact-hours', { name, zone: 'Australia/Melbourne', ...more })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body
}
/** Changes the zone, and waits until all callbacks have followed; answers how many did. */
async function toZone({ contact_hours_id }: Pick<Hours, 'contact_hours_id'>, zone: string) {
  const path = `/v1/contact-hours/${contact_hours_id}`
  expect(await client.patch<Hours>(path, { zone })).toMatchObject({
    status: 200,
    body: { zone, callback_move: { moved: 0, finished_at: null } },
  })
  let { callback_move } = (await client.get<Hours>(path)).body
  await until('callbacks have moved', async () => {
    callback_move = (await client.get<Hours>(path)).body.callback_move
    return callback_move!.finished_at !== null
  })
  return callback_move!.moved
}
/** For somebody in Melbourne, unless the query says more. */
const opening = async ({ contact_hours_id }: Hours, query: Record<string, string> = {}) =>
  (
    await client.get<Record<string, unknown>>(`/v1/contact-hours/${contact_hours_id}/opening`, {
      address: 'VIC',
      ...query,
    })
  ).body
const OFFICE = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }]
const ids = async (body: object = {}) =>
  (
    await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, { count: 100, ...body })
  ).body.items.map(({ lead }) => lead.id)

test('are made, read, changed, and say whether they are open and why not', async () => {
  const exceptions = [{ date: '2026-11-25', name: 'Stocktaking', windows: [{ from: '09:00', to: '10:00' }] }]
  const made = await create({ weekly: OFFICE, exceptions, valid_from: '2026-01-01' })
  expect(made).toMatchObject({ weekly: OFFICE, exceptions, valid_from: '2026-01-01', valid_to: null })
  const path = `/v1/contact-hours/${made.contact_hours_id}`
  expect((await client.get(path)).body).toEqual(made)
  expect(await opening(made)).toMatchObject({ open: true, until: '2026-11-24T06:00:00Z', region: 'AU' })
  expect(await opening(made, { at: '2026-11-25T00:00:00Z' })).toMatchObject({
    open: false,
    why: 'exception',
    detail: expect.stringContaining('Stocktaking'),
    opens_at: '2026-11-25T22:00:00Z',
  })
  const patched = await client.patch<Hours>(path, { weekly: null, exceptions: [], name: `${made.name} x` })
  expect(patched.body).toMatchObject({ weekly: null, exceptions: [], valid_from: '2026-01-01' })
  const sunday = '2026-11-28T22:00:00Z'
  expect(await opening(made, { at: sunday })).toMatchObject({ open: false, why: 'legal' })
  expect(await opening(made, { at: sunday, region: 'nz' })).toMatchObject({ open: true, until: null })
})

test.each([
  [{ zone: 'Melbourne' }, '/zone'],
  [{ weekly: [{ days: ['mon'], from: '9:00', to: '10:00' }] }, '/weekly'],
  [{ weekly: [{ days: ['mon'], from: '10:00', to: '09:00' }] }, '/weekly'],
  [{ weekly: [{ days: ['monday'], from: '09:00', to: '10:00' }] }, '/weekly'],
  [{ weekly: [{ days: [], from: '09:00', to: '10:00' }] }, '/weekly'],
  [{ exceptions: [{ date: '2026-02-30', name: 'x', windows: [] }] }, '/exceptions/0/date'],
  [{ exceptions: [{ date: '2026-02-28', name: 'x' }] }, '/exceptions/0'],
  [
    {
      exceptions: [
        { date: '2026-02-28', name: 'x', windows: [] },
        { date: '2026-02-28', name: 'y', windows: [] },
      ],
    },
    '/exceptions/1/date',
  ],
  [{ valid_from: '2026-13-01' }, '/valid_from'],
  [{ valid_from: '2026-02-02', valid_to: '2026-02-01' }, '/valid_to'],
  [{ name: ' ' }, '/name'],
  [{ holidays: [] }, ''],
])('%j are refused, made and changed', async (wrong, field) => {
  const body = { name: `Hours ${++names}`, zone: 'Australia/Perth', ...wrong }
  const made = await create()
  for (const answer of [
    await client.post('/v1/contact-hours', body),
    await client.patch(`/v1/contact-hours/${made.contact_hours_id}`, wrong),
  ]) {
    expect(answer).toMatchObject({ status: 422, code: 1005 })
    expect(JSON.stringify(answer.body.errors ?? answer.body)).toContain(field)
  }
})

test('that are not there, have a name that is taken, or are not for this key', async () => {
  const [one, other] = [await create(), await create()]
  expect(await client.get('/v1/contact-hours/99999')).toMatchObject({ status: 404, code: 1004 })
  expect(await client.patch('/v1/contact-hours/99999', {})).toMatchObject({ status: 404, code: 1004 })
  const path = `/v1/contact-hours/${one.contact_hours_id}`
  expect(await client.patch(path, { name: other.name })).toMatchObject({ status: 422, code: 1005 })
  // Names are found in any case, so another spelling of one would hide it, and its leads would never be called.
  const zone = 'Australia/Perth'
  for (const name of [other.name.toUpperCase(), ` ${other.name} `]) {
    expect(await client.patch(path, { name }), name).toMatchObject({ status: 422, code: 1005 })
    expect(await client.post('/v1/contact-hours', { name, zone }), name).toMatchObject({
      code: 1005,
      body: { field: '/name' },
    })
  }
  expect(await client.patch(path, { name: one.name.toUpperCase() })).toMatchObject({ status: 200 })
  const reader = await leadline.clientWith(['read', 'write'])
  expect(await reader.patch(path, {})).toMatchObject({ status: 403, code: 1002 })
  expect(await client.get(`${path}/opening`, { at: 'noon' })).toMatchObject({ status: 422, code: 1005 })
  expect(await client.get(`${path}/opening`, { region: 'XX' })).toMatchObject({ status: 422, code: 1005 })
})

test('decide who is handed out: those of a lead, else those of its template, and the law', async () => {
  const [perth, closed] = [
    await create({ zone: 'Australia/Perth' }),
    await create({ weekly: [{ days: ['sun'], from: '09:00', to: '10:00' }] }),
  ]
  const insert = async (njContactHours?: string, FirstPhone = '03 8321 8199') =>
    (
      await client.insertLeadFast(target, {
        FirstPhone,
        ...(njContactHours ? { njContactHours } : {}),
      })
    ).lead_id!
  const [usual, western, never] = [
    await insert(),
    await insert(perth.name, '08 9421 0000'),
    await insert(closed.name, '03 8321 8198'),
  ]
  // 20:00 in Melbourne is 17:00 in Perth.
  now = '2026-11-24T09:00:00.000Z'
  expect(await ids()).toEqual([western])
  now = '2026-11-24T22:30:00.000Z'
  expect(await ids({ lease_s: 1 })).toEqual([usual])
  const why = await client.get<{ lead: { eligible: boolean; next_at: string; reasons: object[] } }>(
    `/v1/allocations/${target.allocation_id}/queue`,
    { lead_id: never },
  )
  expect(why.body.lead).toMatchObject({
    eligible: false,
    next_at: null,
    reasons: [{ why: 'outside_hours', detail: expect.stringContaining(closed.name) }],
  })
})

test('made or renamed a moment ago stay those of their leads when another server writes them', async () => {
  const njContactHours = `Hours ${++names}`
  const njCallBackDate = '2026/12/01 10:00'
  const insert = async (more: Record<string, string>, by = client) => {
    const answer = await by.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Callback', ...more })
    expect(answer).toMatchObject({ code: 0 })
    return answer.lead_id!
  }
  const update = (njExternalLeadId: string, City: string) =>
    second.client.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', City })
  const view = async (lead_id: string) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body
  // From here on the second server has what it knew before.
  await insert({ njExternalLeadId: 'usual' }, second.client)
  expect(await update('usual', 'Fitzroy')).toMatchObject({ code: 0 })
  const { contact_hours_id } = await create({ name: njContactHours, zone: 'Australia/Perth' })
  const lead_id = await insert({ njExternalLeadId: 'western', njContactHours, njCallBackDate })
  const { callback } = await view(lead_id)
  expect(callback).toMatchObject({ zone: 'Australia/Perth', at: '2026-12-01T02:00:00Z' })
  expect(await update('western', 'Broome')).toMatchObject({ code: 0 })
  expect(await view(lead_id)).toMatchObject({ contact_hours: njContactHours, callback })

  expect(await update('western', 'Perth')).toMatchObject({ code: 0 })
  const name = `${njContactHours} x`
  await client.patch(`/v1/contact-hours/${contact_hours_id}`, { name })
  expect(await update('western', 'Albany')).toMatchObject({ code: 0 })
  expect(await view(lead_id)).toMatchObject({ contact_hours: name, callback })
})

test('that move to another zone keep the wall time of callbacks and move their instants', async () => {
  now = '2026-11-24T03:00:00.000Z'
  const hours = await create()
  const insert = async (njCallBackDate: string, njContactHours = hours.name) => {
    const answer = await client.insertLeadFast(target, {
      FirstPhone: mobile(),
      njCallBackDate,
      njContactHours,
    })
    expect(answer).toMatchObject({ code: 0 })
    return answer.lead_id!
  }
  const other = await create()
  const [soon, later, elsewhere] = [
    await insert('2026/11/24 13:00'),
    await insert('2026/12/01 10:00'),
    await insert('2026/12/01 10:00', other.name),
  ]
  const view = async (lead_id: string) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body
  const before = await view(later)
  expect(before.callback).toEqual({
    local: '2026-12-01T10:00:00',
    zone: 'Australia/Melbourne',
    at: '2026-11-30T23:00:00Z',
  })
  expect(await toZone(hours, 'Australia/Perth')).toBe(2)
  expect(await view(later)).toMatchObject({
    version: before.version,
    callback: { local: '2026-12-01T10:00:00', zone: 'Australia/Perth', at: '2026-12-01T02:00:00Z' },
  })
  expect(await view(elsewhere)).toMatchObject({ callback: { at: '2026-11-30T23:00:00Z' } })
  // A callback for 13:00 in Melbourne is due at 13:00 in Perth: in two hours.
  expect(await ids()).not.toContain(soon)
  now = '2026-11-24T05:00:00.000Z'
  expect(await ids()).toContain(soon)
  expect(await view(later)).toMatchObject({ version: 1 })
})

test('that get another name stay with their leads, also in a server that has not heard of it yet', async () => {
  const second = await startLeadline({ connection, now: () => now })
  onTestFinished(() => second.stop())
  const hours = await create({ zone: 'Australia/Perth' })
  const [FirstPhone, other] = [mobile(), mobile()]
  const njCallBackDate = '2026/12/01 10:00'
  const { lead_id } = await client.insertLead(target, {
    FirstPhone,
    njExternalLeadId: FirstPhone,
    njContactHours: hours.name,
    njDisposition: 'Callback',
    njCallBackDate,
  })
  await client.insertLead(target, {
    FirstPhone: other,
    njExternalLeadId: other,
    njDisposition: 'Callback',
    njCallBackDate,
  })
  const change = (njExternalLeadId: string, City: string) =>
    second.client.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', City })
  expect(await change(other, 'Perth')).toMatchObject({ code: 0 })
  await client.patch(`/v1/contact-hours/${hours.contact_hours_id}`, { name: `${hours.name} of old` })
  expect(await change(FirstPhone, 'Perth')).toMatchObject({ code: 0 })
  expect((await client.get(`/v1/leads/${lead_id}`)).body).toMatchObject({
    version: 2,
    contact_hours: `${hours.name} of old`,
    callback: { at: '2026-12-01T02:00:00Z' },
  })
})

test('of a template are those of its leads that have none of their own', async () => {
  const { rows } = await admin(connection, `select contact_hours_id from templates where template_id = 1`)
  now = '2026-11-24T03:00:00.000Z'
  const { lead_id } = await client.insertLeadFast(target, {
    FirstPhone: mobile(),
    njCallBackDate: '2026/12/01 10:00',
  })
  await toZone(rows[0], 'Australia/Adelaide')
  expect((await client.get<Lead>(`/v1/leads/${lead_id}`)).body.callback).toMatchObject({
    at: '2026-11-30T23:30:00Z',
  })
})
