// A team lead puts a block of callbacks off: the leads get new times as versions, and nothing else moves.

import { afterEach, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'

// Before the clocks of Melbourne go forward on 4 October 2026.
const leadline = await startLeadline({ now: () => '2026-10-01T02:00:00Z' })
const { client, connection, target } = leadline

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function allocation(): Promise<number> {
  const { campaign_id } = target
  const { body } = await client.createAllocation({ campaign_id, name: `Block ${++names}`, started: true })
  return (body as { allocation_id: number }).allocation_id
}

async function callback(allocation_id: number, local: string, disposition = 'Callback') {
  const { body } = await client.createLead({ allocation_id, fields: { FirstPhone: mobile() } })
  const { id } = body as { id: string }
  const patch = { disposition, callback: { local } }
  expect(await client.patchLead(id, 1, patch)).toMatchObject({ ok: true })
  return id
}

async function timeOf(id: string) {
  const answer = await client.lead(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.callback
}

/** Two to four in the afternoon in Melbourne on 2 October. */
const AFTERNOON = { from: '2026-10-02T04:00:00Z', to: '2026-10-02T06:00:00Z' }

test('the callbacks of the block move, each with a version and an event; the others stay', async () => {
  const at = await allocation()
  const [inside, edge] = [await callback(at, '2026-10-02T14:00'), await callback(at, '2026-10-02T16:00')]
  const elsewhere = await callback(await allocation(), '2026-10-02T15:00')
  expect(await client.shiftCallbacks(at, { ...AFTERNOON, minutes: 90 })).toMatchObject({
    status: 200,
    body: { shifted: 1, kept: 0 },
  })
  expect(await timeOf(inside)).toMatchObject({ local: '2026-10-02T15:30:00', at: '2026-10-02T05:30:00Z' })
  expect(await timeOf(edge)).toMatchObject({ local: '2026-10-02T16:00:00' })
  expect(await timeOf(elsewhere)).toMatchObject({ local: '2026-10-02T15:00:00' })
  const history = await client.leadHistory(inside)
  expect(history.body).toMatchObject({
    items: [{}, {}, { version: 3, changes: { callback: ['2026-10-02T14:00:00', '2026-10-02T15:30:00'] } }],
  })
})

test('a wall time that is put off by days is the same wall time, although the clocks change', async () => {
  const at = await allocation()
  const id = await callback(at, '2026-10-02T14:00')
  await client.shiftCallbacks(at, { ...AFTERNOON, minutes: 3 * 1_440 })
  expect(await timeOf(id)).toMatchObject({ local: '2026-10-05T14:00:00', at: '2026-10-05T03:00:00Z' })
})

test('a callback that a customer asked for stays, unless the caller says otherwise', async () => {
  const at = await allocation()
  const id = await callback(at, '2026-10-02T14:00', 'Client Approved Callback')
  const shift = { ...AFTERNOON, minutes: -30 }
  expect(await client.shiftCallbacks(at, shift)).toMatchObject({ body: { shifted: 0, kept: 1 } })
  expect(await client.shiftCallbacks(at, { ...shift, client_approved: true })).toMatchObject({
    body: { shifted: 1, kept: 0 },
  })
  expect(await timeOf(id)).toMatchObject({ local: '2026-10-02T13:30:00' })
})

test('a dry run counts; one that is brought forward is handed out; a disposition narrows the block', async () => {
  const at = await allocation()
  const [one, other] = [
    await callback(at, '2026-10-02T14:00'),
    await callback(at, '2026-10-02T14:00', 'Busy'),
  ]
  const shift = { ...AFTERNOON, minutes: -2 * 1_440, dispositions: ['callback'] }
  expect(await client.shiftCallbacks(at, shift, { dry_run: true })).toMatchObject({ body: { shifted: 1 } })
  expect(await timeOf(one)).toMatchObject({ local: '2026-10-02T14:00:00' })
  expect(await client.shiftCallbacks(at, shift)).toMatchObject({ body: { shifted: 1 } })
  const taken = await client.takeLeases(at, { count: 5 })
  expect(taken.body).toMatchObject({ items: [{ lead: { id: one } }] })
  expect(await timeOf(other)).toMatchObject({ local: '2026-10-02T14:00:00' })
})

test('an empty block, an unknown disposition and a time that cannot be read are refused', async () => {
  const at = await allocation()
  const { from, to } = AFTERNOON
  const refused = (body: object) =>
    client.post(`/v1/allocations/${at}/callback-shifts`, { ...AFTERNOON, minutes: 5, ...body })
  expect(await refused({ from: to, to: from })).toMatchObject({
    code: 1005,
    body: { errors: [{ field: '/to' }] },
  })
  expect(await refused({ from: 'noon' })).toMatchObject({
    code: 1005,
    body: { errors: [{ field: '/from' }] },
  })
  expect(await refused({ dispositions: ['Nope'] })).toMatchObject({ code: 106 })
})

test('beside people who change the same callbacks, each lead has one of the two times or both changes', async () => {
  const at = await allocation()
  const ids = await Promise.all(Array.from({ length: 16 }, () => callback(at, '2026-10-02T14:00')))
  const [, ...answers] = await Promise.all([
    client.shiftCallbacks(at, { ...AFTERNOON, minutes: 30 }),
    ...ids.map((id) => client.patchLead(id, 2, { callback: { local: '2026-10-02T15:45' } })),
  ])
  for (const [i, { ok }] of answers.entries()) {
    const { local } = (await timeOf(ids[i]!))!
    // A change that came first is put off with the block, or was not in it any more when the block was read.
    expect(local).toMatch(ok ? /T15:45|T16:15/ : /T14:30/)
  }
})
