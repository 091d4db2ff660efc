// What an archived allocation is, and an allocation of an archived campaign: stopped, out of the lists, closed for new
// leads; its own leads are as they were.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { AllocationChange } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
const { client, connection } = leadline
const second = await startLeadline({ connection, now: () => '2026-11-24T03:00:00.000Z' })
const { template_id } = leadline.target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let made = 0
const fresh = (what: string) => `${what} ${++made}`

async function place() {
  const campaign = await client.createCampaign({ template_id, name: fresh('Campaign') })
  const { campaign_id } = campaign.body as { campaign_id: number }
  return { template_id, campaign_id, allocation_id: await allocation(campaign_id) }
}
async function allocation(campaign_id: number, started = true) {
  const answer = await client.createAllocation({ campaign_id, name: fresh('Allocation'), started })
  return (answer.body as { allocation_id: number }).allocation_id
}
const change = (allocation_id: number, body: AllocationChange, version?: number) =>
  client.changeAllocation(allocation_id, body, {}, version)
const ARCHIVED = { code: 1004, body: { detail: expect.stringContaining('archived') } }
const lead = () => ({ FirstPhone: mobile(), njExternalLeadId: mobile() })
const take = async (allocation_id: number) =>
  (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})).body.items

/** The two ways to archive an allocation. */
const WAYS = [
  ['itself', (at: { allocation_id: number }, archived: boolean) => change(at.allocation_id, { archived })],
  [
    'with its campaign',
    (at: { campaign_id: number }, archived: boolean) => client.changeCampaign(at.campaign_id, { archived }),
  ],
] as const

test.each(WAYS)(
  'archived %s it is stopped, and not started before it is taken up again',
  async (_, archive) => {
    const at = await place()
    const { allocation_id } = at
    expect(await archive(at, true)).toMatchObject({ status: 200 })
    expect(await client.allocation(allocation_id)).toMatchObject({ body: { started: false } })
    const refused = await change(allocation_id, { started: true })
    expect(refused).toMatchObject({
      status: 422,
      code: 1005,
      body: { detail: expect.stringMatching(/is archived: take it up again/) },
    })
    expect(await change(allocation_id, { started: false })).toMatchObject({ status: 200 })
    expect(await archive(at, false)).toMatchObject({ status: 200 })
    expect(await client.allocation(allocation_id)).toMatchObject({ body: { started: false } })
    expect(await change(allocation_id, { started: true })).toMatchObject({
      status: 200,
      body: { started: true },
    })
  },
)

test.each(WAYS)('archived %s it takes no leads: by an insert, a copy or a move', async (_, archive) => {
  const at = await place()
  const other = await allocation(at.campaign_id)
  const kept = { ...at, allocation_id: await allocation(at.campaign_id) }
  await change(kept.allocation_id, { archived: true })
  const { lead_id } = await client.insertLeadFast(at, lead())
  await archive(at, true)
  expect(await client.insertLeadFast(at, lead())).toMatchObject(ARCHIVED)
  expect(await client.insertLead(at, lead())).toMatchObject({ code: 1004 })
  expect(
    await client.createLead({ allocation_id: at.allocation_id, fields: { FirstPhone: mobile() } }),
  ).toMatchObject({
    status: 404,
    ...ARCHIVED,
  })
  const move = (from: number, to_allocation_id: number) =>
    client.moveLeads(from, { to_allocation_id, all: true })
  expect(await move(at.allocation_id, kept.allocation_id)).toMatchObject({ status: 404, ...ARCHIVED })
  expect(await move(other, at.allocation_id)).toMatchObject({ status: 404, ...ARCHIVED })
  const action = await client.createAction({
    name: fresh('Copy'),
    kind: 'copy',
    config: { allocation_id: at.allocation_id },
  })
  const { action_id } = action.body as { action_id: number }
  const rehearsed = await client.post(`/v1/actions/${action_id}/dry-run`, { lead_id })
  expect(rehearsed.body).toMatchObject({ problem: expect.stringContaining('1004') })
})

test.each(WAYS)(
  'archived %s its leads are read, searched, updated, moved out and reported on',
  async (_, archive) => {
    const at = await place()
    const { allocation_id, campaign_id } = at
    const [one, two] = [lead(), lead()]
    const first = (await client.insertLeadFast(at, one)).lead_id!
    await client.insertLeadFast(at, two)
    const [taken] = await take(allocation_id)
    await archive(at, true)
    expect(await take(allocation_id)).toEqual([])
    expect(await client.get(`/v1/leads/${first}`)).toMatchObject({ status: 200 })
    const found = await client.get<{ items: object[] }>('/v1/leads', { allocation_id })
    expect(found.body.items).toHaveLength(2)
    const update = {
      njExternalLeadId: one.njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Busy',
    }
    expect(await client.updateLeadFast(at, update)).toMatchObject({ code: 0 })
    const report = { disposition: 'Sale', phone: taken!.numbers[0]!.number }
    expect(await client.put(`/v1/leases/${taken!.lease_id}/outcome`, report)).toMatchObject({
      status: 200,
      body: { applied: true, closed: true },
    })
    expect(await client.get(`/v1/allocations/${allocation_id}/queue`)).toMatchObject({
      body: { started: false, items: [] },
    })
    expect(await client.allocationCounts(allocation_id)).toMatchObject({
      status: 200,
      body: { closed: { Sale: 1 } },
    })
    // Out of an archived campaign there is nowhere to go: its other allocations take no leads either.
    await client.changeCampaign(campaign_id, { archived: false })
    const other = await allocation(campaign_id)
    expect(await client.moveLeads(allocation_id, { to_allocation_id: other, all: true })).toMatchObject({
      body: { moved: 2 },
    })
  },
)

test.each(WAYS)(
  'archived %s it is in the lists only when archived ones are asked for',
  async (_, archive) => {
    const at = await place()
    const ids = async (archived?: boolean) => {
      const { body } = await client.allocations({ campaign_id: at.campaign_id, archived })
      return (body as { items: { allocation_id: number }[] }).items.map(({ allocation_id }) => allocation_id)
    }
    const classic = async () => {
      const query = { fCampaignId: at.campaign_id }
      const answer = await client.get<{ entities: { id: number }[] }>(
        '/servicemanager/rest/CampaignAPI/getAllocationList',
        query,
      )
      return answer.body.entities.map(({ id }) => id)
    }
    expect([await ids(), await classic()]).toEqual([[at.allocation_id], [at.allocation_id]])
    await archive(at, true)
    expect([await ids(), await classic(), await ids(true)]).toEqual([[], [], [at.allocation_id]])
    expect(await client.allocation(at.allocation_id)).toMatchObject({ status: 200 })
  },
)

test('an archived campaign is in the lists only when archived ones are asked for, and gets no allocation', async () => {
  const { campaign_id } = await place()
  const listed = async (archived?: boolean) => {
    const { body } = await client.campaigns({ template_id, archived, limit: 500 })
    return (body as { items: { campaign_id: number }[] }).items.some((one) => one.campaign_id === campaign_id)
  }
  const classic = async () => {
    const query = { fTemplateId: template_id }
    const answer = await client.get<{ entities: { id: number }[] }>(
      '/servicemanager/rest/CampaignAPI/getCampaignList',
      query,
    )
    return answer.body.entities.some(({ id }) => id === campaign_id)
  }
  expect([await listed(), await classic()]).toEqual([true, true])
  await client.changeCampaign(campaign_id, { archived: true })
  expect([await listed(), await classic(), await listed(true)]).toEqual([false, false, true])
  expect(await client.createAllocation({ campaign_id, name: fresh('Allocation') })).toMatchObject({
    status: 422,
    code: 1005,
    body: { detail: expect.stringContaining('archived') },
  })
})

test('a key that is bound to an archived allocation is told so, and gets a lead in when it is taken up again', async () => {
  const at = await place()
  const bound = await leadline.clientWith(['insert'], null, [at.allocation_id])
  await change(at.allocation_id, { archived: true })
  expect(await bound.insertLeadFast(at, lead())).toMatchObject(ARCHIVED)
  await change(at.allocation_id, { archived: false })
  await until('it takes leads', async () => (await bound.insertLeadFast(at, lead())).code === 0)
})

test('a start or stop has an audit entry of its own; a repeated one has none; archiving a campaign has one for each stop', async () => {
  const at = await place()
  const { allocation_id, campaign_id } = at
  for (const body of [
    { started: true },
    { started: false },
    { started: false },
    { name: fresh('New') },
    { started: true },
  ])
    expect(await change(allocation_id, body)).toMatchObject({ status: 200 })
  await client.changeCampaign(campaign_id, { archived: true })
  const { rows } = await admin(
    connection,
    `select action from audit_log where subject = 'allocation:${allocation_id}' order by audit_id`,
  )
  const start_or_stop = ['stop', 'change', 'start', 'stop'].map((deed) => `allocation.${deed}`)
  expect(rows.map(({ action }) => action)).toEqual(['allocation.create', ...start_or_stop])
  expect(await client.allocation(allocation_id)).toMatchObject({ body: { version: 5 } })
})

test('a change from an older version clashes; a dry run counts the leads and does nothing', async () => {
  const at = await place()
  const { allocation_id } = at
  await client.insertLeadFast(at, lead())
  const rehearsed = await client.changeAllocation(allocation_id, { archived: true }, { dry_run: true })
  expect(rehearsed).toMatchObject({
    body: { archived_at: expect.any(String), version: 1, touches: { leads: 1 } },
  })
  expect(await client.insertLeadFast(at, lead())).toMatchObject({ code: 0 })
  expect(await change(allocation_id, { name: fresh('One') }, 1)).toMatchObject({ body: { version: 2 } })
  expect(await change(allocation_id, { name: fresh('Two') }, 1)).toMatchObject({ status: 412, code: 110 })
  const both = await change(allocation_id, { archived: true, started: true })
  expect(both).toMatchObject({ status: 422, code: 1005 })
})

test('a lead that arrives beside the archiving is in before it or refused; one that arrives after it is refused', async () => {
  for (const [, archive] of [...WAYS, ...WAYS]) {
    const at = await place()
    const clients = [client, second.client]
    for (const by of clients) expect(await by.insertLeadFast(at, lead())).toMatchObject({ code: 0 })
    let archived = Number.POSITIVE_INFINITY
    let over = false
    const late: number[] = []
    const writers = Array.from({ length: 16 }, async (_, i) => {
      while (!over) {
        const begun = performance.now()
        const { code, status } = await clients[i % 2]!.insertLeadFast(at, lead())
        expect([0, 1004], `HTTP ${status}`).toContain(code)
        // Begun after the archiving was answered, the statement itself sees it.
        if (code === 0 && begun > archived) late.push(begun - archived)
      }
    })
    await sleep(100)
    expect(await archive(at, true)).toMatchObject({ status: 200 })
    archived = performance.now()
    await sleep(700)
    over = true
    await Promise.all(writers)
    expect(late).toEqual([])
  }
})

test('a start beside the archiving of its campaign ends in a stopped allocation', async () => {
  for (let round = 0; round < 20; round++) {
    const at = await place()
    const { allocation_id, campaign_id } = at
    await change(allocation_id, { started: false })
    const [archived, started, made_beside] = await Promise.all([
      client.changeCampaign(campaign_id, { archived: true }),
      second.client.changeAllocation(allocation_id, { started: true }),
      second.client.createAllocation({ campaign_id, name: 'Beside', started: true }),
    ])
    expect(archived).toMatchObject({ status: 200 })
    expect([200, 422]).toContain(started.status)
    expect([201, 422]).toContain(made_beside.status)
    const { body } = await client.allocations({ campaign_id, archived: true })
    for (const one of (body as { items: { started: boolean }[] }).items) expect(one.started).toBe(false)
  }
})
