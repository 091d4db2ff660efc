// Virtual allocations: they have no leads of their own and draw on others, by ratio or with penalties.

import { afterEach, expect, test } from 'vitest'
import type { Draws } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { spyOnQueries } from './support/queries.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const first = await startLeadline({ now: () => now })
const second = await startLeadline({ connection: first.connection, now: () => now })
const { client, target, connection } = first
const { campaign_id } = target
const later = (seconds: number) => (now = new Date(Date.parse(now) + seconds * 1_000).toISOString())

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function made(more: object = {}) {
  const body = { campaign_id, name: `virtual ${++names}`, started: true, ...more }
  const answer = await client.post<{ allocation_id: number }>('/v1/allocations', body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.allocation_id
}
const byRatio = (shares: readonly (readonly [allocation_id: number, share: number])[]): Draws => ({
  by: 'ratio',
  members: shares.map(([allocation_id, share]) => ({ allocation_id, share })),
})
const byPenalty = (penalties: readonly (readonly [allocation_id: number, penalty: number])[]): Draws => ({
  by: 'penalty',
  members: penalties.map(([allocation_id, penalty]) => ({ allocation_id, penalty })),
})
/** Their ids, in the order in which they came in. */
async function fill(allocation_id: number, amount: number, more: Record<string, string> = {}) {
  const ids: string[] = []
  for (let i = 0; i < amount; i++) {
    const { lead_id } = await client.insertLead(
      { ...target, allocation_id },
      { FirstPhone: mobile(), ...more },
    )
    ids.push(lead_id!)
  }
  return ids
}
const many = (allocation_id: number, amount: number) =>
  client.insertLead(
    { ...target, allocation_id },
    Array.from({ length: amount }, () => ({ FirstPhone: mobile() })),
  )
async function take(allocation_id: number, body: object = {}, by: LeadlineClient = client) {
  const answer = await by.post<Leases>(`/v1/allocations/${allocation_id}/leases`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.items
}
const next = async (allocation_id: number, limit = 20) =>
  (
    await client.get<{ items: { lead_id: string }[] }>(`/v1/allocations/${allocation_id}/queue`, { limit })
  ).body.items.map(({ lead_id }) => lead_id)
const drawn = async (allocation_id: number, count: number) =>
  (await take(allocation_id, { count })).map(({ lead }) => lead.id)

test('by ratio each member gives its share, in its own order; what comes next says which', async () => {
  const [a, b] = [await made(), await made()]
  const [of_a, of_b] = [await fill(a, 8), await fill(b, 8)]
  const virtual = await made({
    draws: byRatio([
      [a, 75],
      [b, 25],
    ]),
  })
  const expected = await next(virtual, 8)
  expect(expected).toHaveLength(8)
  const one_by_one = []
  for (let i = 0; i < 5; i++) one_by_one.push(...(await drawn(virtual, 1)))
  expect([...one_by_one, ...(await drawn(virtual, 3))]).toEqual(expected)
  expect(expected.filter((id) => of_a.includes(id))).toEqual(of_a.toReversed().slice(0, 6))
  expect(expected.filter((id) => of_b.includes(id))).toEqual(of_b.toReversed().slice(0, 2))
  // The leads are in their own allocations still.
  const { body } = await client.get(`/v1/allocations/${virtual}/counts`)
  expect(body).toMatchObject({ new: 8, leased: 8 })
  expect((await client.get(`/v1/allocations/${a}/counts`)).body).toMatchObject({ new: 2, leased: 6 })
})

test('with penalties all leads are in one order; a lead keeps its priority', async () => {
  const [own, foreign] = [await made(), await made()]
  const [urgent] = await fill(foreign, 1, { njPriority: '1' })
  const [soon] = await fill(foreign, 1, { njPriority: '5' })
  const [usual] = await fill(own, 1, { njPriority: '4' })
  const [due] = await fill(own, 1, { njPriority: '8', njCallBackDate: '2026/11/24 13:00' })
  const [last] = await fill(own, 1, { njPriority: '9' })
  const virtual = await made({
    draws: byPenalty([
      [own, 0],
      [foreign, 3],
    ]),
  })
  // 4; 1 + 3, which came in before; 8: a due callback goes before a new lead; 5 + 3; 9.
  const order = [usual, urgent, due, soon, last]
  expect(await next(virtual)).toEqual(order)
  expect(await drawn(virtual, 2)).toEqual(order.slice(0, 2))
  const rest = await take(virtual, { count: 10 })
  expect(rest.map(({ lead }) => lead.id)).toEqual(order.slice(2))
  expect((await client.get(`/v1/leads/${soon}`)).body).toMatchObject({ priority: 5, allocation_id: foreign })
  const outcome = await client.put(`/v1/leases/${rest[1]!.lease_id}/outcome`, {
    disposition: 'Sale',
    phone: rest[1]!.numbers[0]!.number,
  })
  expect(outcome).toMatchObject({ status: 200, body: { lead_id: soon, closed: true } })
})

test('a member that is empty, stopped, archived or blocked yields its share', async () => {
  const [a, b, c] = [await made(), await made({ started: false }), await made()]
  await many(a, 10)
  await many(b, 10)
  const blocked = mobile()
  await client.insertLead({ ...target, allocation_id: c }, { FirstPhone: blocked })
  await client.post('/v1/dnc', { list: 'private', phones: [blocked] })
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 50],
      [c, 49],
    ]),
  })
  const from = async (count: number) => (await take(virtual, { count })).map(({ lead }) => lead.allocation_id)
  expect(await from(3)).toEqual([a, a, a])
  await client.changeAllocation(b, { started: true })
  expect(new Set(await from(4))).toContain(b)
  await client.changeAllocation(b, { archived: true })
  expect(await from(2)).toEqual([a, a])
  await client.changeAllocation(virtual, { started: false })
  expect(await from(2)).toEqual([])
  expect(await next(virtual)).toEqual([])
  await client.changeAllocation(virtual, { started: true })
  const rest = await from(20)
  expect(new Set(rest)).toEqual(new Set([a]))
  const { body } = await client.get(`/v1/allocations/${a}/counts`)
  expect(body).toMatchObject({ new: 0, leased: 10 })
  expect(await from(1)).toEqual([])
})

test('two processes on one database keep the ratio, whoever asks which, and each lead is handed out once', async () => {
  const [a, b, c] = [await made(), await made(), await made()]
  for (const at of [a, b, c]) await many(at, 200)
  const virtual = await made({
    draws: byRatio([
      [a, 5],
      [b, 3],
      [c, 2],
    ]),
  })
  const leads: { id: string; allocation_id: number }[] = []
  const taker = async (by: LeadlineClient, calls: number) => {
    for (let i = 0; i < calls; i++)
      for (const { lead } of await take(virtual, { count: 1 + (i % 2) }, by)) leads.push(lead)
  }
  await Promise.all([
    ...Array.from({ length: 5 }, () => taker(client, 10)),
    ...Array.from({ length: 5 }, () => taker(second.client, 10)),
  ])
  expect(leads).toHaveLength(150)
  expect(new Set(leads.map(({ id }) => id)).size).toBe(150)
  const of = (id: number) => leads.filter(({ allocation_id }) => allocation_id === id).length
  expect([of(a), of(b), of(c)]).toEqual([75, 45, 30])
})

test('the ratio holds beside diallers that take from a member itself', async () => {
  const [a, b] = [await made(), await made()]
  for (const at of [a, b]) await many(at, 150)
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const leads: { id: string; allocation_id: number }[] = []
  const others = new Set<string>()
  await Promise.all([
    ...Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 10; i++) for (const { lead } of await take(virtual)) leads.push(lead)
    }),
    ...Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 10; i++)
        for (const { lead } of await take(a, {}, second.client)) others.add(lead.id)
    }),
  ])
  expect(leads).toHaveLength(40)
  expect(leads.filter(({ allocation_id }) => allocation_id === a)).toHaveLength(20)
  expect(leads.filter(({ id }) => others.has(id))).toEqual([])
})

test('a waiting taker wakes when any member gets a lead, is started, or a callback falls due', async () => {
  const [a, b] = [await made(), await made({ started: false })]
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const began = performance.now()
  const waiting = take(virtual, { wait_s: 10 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const [lead] = await fill(a, 1)
  expect((await waiting).map(({ lead }) => lead.id)).toEqual([lead])
  expect(performance.now() - began).toBeLessThan(5_000)
  const [stopped] = await fill(b, 1)
  const again = take(virtual, { wait_s: 10 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await client.changeAllocation(b, { started: true })
  expect((await again).map(({ lead }) => lead.id)).toEqual([stopped])
  const [due] = await fill(a, 1, { njCallBackDate: '2026/11/24 15:00' })
  expect(await take(virtual)).toEqual([])
  later(7_200)
  expect((await take(virtual)).map(({ lead }) => lead.id)).toEqual([due])
  now = '2026-11-24T03:00:00.000Z'
})

test('many agents who wait are told together that there is nothing, and each gets a lead when they come', async () => {
  const [a, b] = [await made(), await made()]
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const agents = Array.from({ length: 30 }, (_, i) => `agent ${i}`)
  const spy = spyOnQueries(first.pool)
  expect((await Promise.all(agents.map((agent) => take(virtual, { agent })))).flat()).toEqual([])
  const plans = spy.mock.calls.filter(
    ([{ name }, params]) => name === 'draws.giving' && idIn(params) === virtual,
  )
  spy.mockRestore()
  expect(plans.length).toBeLessThan(agents.length / 2)
  const waiting = agents.map((agent) => take(virtual, { agent, wait_s: 20 }))
  await many(a, 20)
  await many(b, 20)
  const leads = (await Promise.all(waiting)).flat().map(({ lead }) => lead.id)
  expect(new Set(leads).size).toBe(agents.length)
})

const idIn = (params: object | undefined) => (params as { allocation_id?: number } | undefined)?.allocation_id

test('a lease call of an ordinary allocation asks the database what it always asked', async () => {
  const at = await made()
  await many(at, 2)
  await take(at)
  later(1)
  const spy = spyOnQueries(first.pool)
  expect(await take(at)).toHaveLength(1)
  const asked = spy.mock.calls.filter(([, params]) => idIn(params) === at).map(([{ name }]) => name)
  spy.mockRestore()
  expect(asked).toEqual(['queue.promote', 'queue.take'])
})

test('callbacks of an agent are among the leads of the agent', async () => {
  const [a, b] = [await made(), await made()]
  const virtual = await made({
    draws: byPenalty([
      [a, 0],
      [b, 50],
    ]),
  })
  await fill(a, 1)
  const [own] = await fill(b, 1)
  const changed = await client.patchLead(own!, 1, {
    callback: { local: '2026-11-24T13:59' },
    callback_agent: 'maria',
    priority: 0,
  })
  expect(changed).toMatchObject({ ok: true })
  expect(await next(virtual)).not.toContain(own)
  const leads = await take(virtual, { count: 2, agent: 'maria' })
  expect(leads.map(({ lead }) => lead.id)).toContain(own)
})

test('a key that is bound to it takes leads and reports their outcomes, and gets nothing from a member itself', async () => {
  const [a, b] = [await made(), await made()]
  await many(a, 3)
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const dialler = await first.clientWith(['dial'], null, [virtual])
  const items = await take(virtual, { count: 2 }, dialler)
  const report = (lease_id: string, phone: string) =>
    dialler.put(`/v1/leases/${lease_id}/outcome`, { disposition: 'Sale', phone })
  expect(await report(items[0]!.lease_id, items[0]!.numbers[0]!.number)).toMatchObject({ status: 200 })
  expect(await dialler.patch(`/v1/leases/${items[1]!.lease_id}`, { lease_s: 600 })).toMatchObject({
    status: 200,
  })
  expect(await dialler.request('DELETE', `/v1/leases/${items[1]!.lease_id}`)).toMatchObject({ status: 204 })
  expect(await dialler.post(`/v1/allocations/${a}/leases`, {})).toMatchObject({ status: 404, code: 1004 })
  const [other] = await take(a)
  expect(await report(other!.lease_id, other!.numbers[0]!.number)).toMatchObject({ status: 404, code: 1004 })
})

test('says why a lead of a member does not come', async () => {
  const a = await made({ started: false })
  const virtual = await made({ draws: byRatio([[a, 1]]) })
  const [lead_id] = await fill(a, 1)
  const why = async () =>
    (
      await client.get<{ lead: { eligible: boolean; reasons: { why: string }[] } }>(
        `/v1/allocations/${virtual}/queue`,
        { lead_id: lead_id! },
      )
    ).body.lead
  expect(await why()).toMatchObject({ eligible: false, reasons: [{ why: 'allocation_stopped' }] })
  await client.changeAllocation(a, { started: true })
  expect(await why()).toMatchObject({ eligible: true })
  await client.changeAllocation(virtual, { started: false })
  expect(await why()).toMatchObject({ eligible: false, reasons: [{ why: 'allocation_stopped' }] })
})

test('its members change from a version, in a dry run, with an audit entry; the ratio counts at once', async () => {
  const [a, b, c] = [await made(), await made(), await made()]
  for (const at of [a, b, c]) await many(at, 10)
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const draws = byRatio([
    [c, 3],
    [a, 1],
  ])
  const rehearsed = await client.changeAllocation(virtual, { draws }, { dry_run: true })
  expect(rehearsed).toMatchObject({
    ok: true,
    body: {
      draws: byRatio([
        [a, 1],
        [c, 3],
      ]),
      version: 1,
      touches: { leads: 0 },
    },
  })
  const read = () => client.get(`/v1/allocations/${virtual}`)
  expect((await read()).body).toMatchObject({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  expect(await client.changeAllocation(virtual, { draws }, {}, 1)).toMatchObject({ body: { version: 2 } })
  expect(await client.changeAllocation(virtual, { draws }, {}, 1)).toMatchObject({ body: { version: 2 } })
  expect(await client.changeAllocation(virtual, { draws: byRatio([[b, 1]]) }, {}, 1)).toMatchObject({
    status: 412,
    code: 110,
  })
  const of = (await take(virtual, { count: 8 })).map(({ lead }) => lead.allocation_id)
  expect([of.filter((id) => id === a).length, of.filter((id) => id === c).length]).toEqual([2, 6])
  const penalties = byPenalty([
    [b, 0],
    [c, 100],
  ])
  expect(await client.changeAllocation(virtual, { draws: penalties })).toMatchObject({
    body: { draws: penalties, version: 3 },
  })
  expect((await take(virtual, { count: 4 })).map(({ lead }) => lead.allocation_id)).toEqual([b, b, b, b])
  const { rows } = await admin(
    connection,
    `select action, details -> 'draws' ->> 'by' as by from audit_log where subject = 'allocation:${virtual}' order by audit_id`,
  )
  expect(rows).toEqual([
    { action: 'allocation.create', by: 'ratio' },
    { action: 'allocation.change', by: 'ratio' },
    { action: 'allocation.change', by: 'penalty' },
  ])
})

test('takes no leads, whatever way they come, and none of its own are moved, recycled or shifted', async () => {
  const a = await made()
  const virtual = await made({ draws: byRatio([[a, 1]]) })
  const [lead_id] = await fill(a, 1)
  const said = { body: { detail: expect.stringContaining('virtual') }, code: 1004 }
  expect(await client.createLead({ allocation_id: virtual, fields: { FirstPhone: mobile() } })).toMatchObject(
    said,
  )
  expect(
    await client.insertLeadFast({ ...target, allocation_id: virtual }, { FirstPhone: mobile() }),
  ).toMatchObject({ code: 1004 })
  expect(await client.moveLeads(a, { to_allocation_id: virtual, lead_ids: [lead_id!] })).toMatchObject(said)
  expect(await client.moveLeads(virtual, { to_allocation_id: a, all: true })).toMatchObject(said)
  expect(await client.recycleLeads(virtual, { dispositions: ['Busy'] })).toMatchObject(said)
  expect(await client.fillAllocation(virtual, {})).toMatchObject(said)
  const action = { name: 'copy', kind: 'copy', config: { allocation_id: virtual } }
  expect(await client.post('/v1/actions', action)).toMatchObject({ status: 404, code: 1004 })
  const { rows } = await admin(connection, `select from leads where allocation_id = ${virtual}`)
  expect(rows).toEqual([])
})

test('is made of allocations of its campaign that have leads of their own; an ordinary one stays one', async () => {
  const a = await made()
  const virtual = await made({ draws: byRatio([[a, 1]]) })
  const elsewhere = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id: target.template_id,
    name: 'elsewhere',
  })
  const foreign = await made({ campaign_id: elsewhere.body.campaign_id })
  const create = (draws: Draws) => client.createAllocation({ campaign_id, name: `virtual ${++names}`, draws })
  for (const id of [virtual, foreign, 999_999])
    expect(
      await create(
        byRatio([
          [a, 1],
          [id, 1],
        ]),
      ),
    ).toMatchObject({ status: 404, body: { code: 1004, field: '/draws/members/1/allocation_id' } })
  expect(
    await create(
      byRatio([
        [a, 1],
        [a, 2],
      ]),
    ),
  ).toMatchObject({ status: 422, code: 1005 })
  expect(await create({ by: 'ratio', members: [{ allocation_id: a }] })).toMatchObject({
    status: 422,
    code: 1005,
  })
  expect(await create({ by: 'penalty', members: [{ allocation_id: a, share: 1 }] })).toMatchObject({
    status: 422,
    code: 1005,
  })
  expect(await create({ by: 'ratio', members: [] })).toMatchObject({ status: 422, code: 1005 })
  expect(await client.changeAllocation(virtual, { draws: byRatio([[virtual, 1]]) })).toMatchObject({
    status: 404,
    code: 1004,
  })
  expect(await client.changeAllocation(a, { draws: byRatio([[virtual, 1]]) })).toMatchObject({
    status: 422,
    code: 1005,
  })
})

test('a member is not deleted; a virtual one is, unless it gave a lead', async () => {
  const [a, b] = [await made(), await made()]
  const virtual = await made({
    draws: byRatio([
      [a, 1],
      [b, 1],
    ]),
  })
  const kept = await client.deleteAllocation(a)
  expect(kept).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining(`drawn on by allocation ${virtual}`) },
  })
  expect(await client.changeAllocation(virtual, { draws: byRatio([[b, 1]]) })).toMatchObject({ ok: true })
  expect(await client.deleteAllocation(a)).toMatchObject({ status: 204 })
  expect(await client.deleteAllocation(virtual)).toMatchObject({ status: 204 })
  const used = await made({ draws: byRatio([[b, 1]]) })
  await fill(b, 1)
  await take(used)
  expect(await client.deleteAllocation(used)).toMatchObject({ status: 422, code: 1005 })
  expect(await client.changeAllocation(used, { archived: true })).toMatchObject({ body: { started: false } })
})

test('members are deleted and taken in at once: none vanishes beneath a virtual allocation', async () => {
  for (let round = 0; round < 20; round++) {
    const [a, b] = [await made(), await made()]
    const virtual = await made({ draws: byRatio([[b, 1]]) })
    const [changed, deleted] = await Promise.all([
      client.changeAllocation(virtual, {
        draws: byRatio([
          [a, 1],
          [b, 1],
        ]),
      }),
      client.deleteAllocation(a),
    ])
    expect([changed.ok, deleted.ok].filter(Boolean)).toHaveLength(1)
    expect([200, 404]).toContain(changed.status)
    expect([204, 422]).toContain(deleted.status)
  }
})
