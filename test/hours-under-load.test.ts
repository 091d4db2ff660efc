// Contact hours, dispositions and actions that change while diallers work: nothing is lost, and every process follows within
// a second.

import { afterEach, expect, test } from 'vitest'
import type { Action, ContactHours, DispositionSet, Template } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases, Reported } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
const second = await startLeadline({ connection })
const clients = [client, second.client] as const

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

/** New Zealand: no law narrows the hours, so the clock of the machine does not matter. */
let line = 64_274_300_000
const number = () => `+${line++}`

let names = 0
async function made<Body extends object>(path: string, body: object) {
  const answer = await client.post<Body>(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

/** A started allocation with contact hours, a set and an action of its own; an outcome `Again` brings its lead back at once. */
async function setUp() {
  const name = `Load ${++names}`
  const hours = await made<ContactHours>('/v1/contact-hours', { name, zone: 'Pacific/Auckland' })
  const set = await made<DispositionSet>('/v1/disposition-sets', { name, copy_of: 1 })
  const set_id = set.disposition_set_id
  await made(`/v1/disposition-sets/${set_id}/dispositions`, { code: 'Again', kind: 'retry' })
  const { template_id } = await made<Template>('/v1/templates', {
    name,
    region: 'NZ',
    contact_hours: name,
    disposition_set: name,
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { allocation_id } = await made<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name,
    started: true,
  })
  const { action_id } = await made<Action>('/v1/actions', { name, kind: 'dnc', config: { list: 'campaign' } })
  const target = { template_id, campaign_id, allocation_id }
  return { name, hours_id: hours.contact_hours_id, set_id, action_id, target }
}

test('32 takers and 64 writers lose no outcome while what they rest on changes 100 times', async () => {
  const { name, hours_id, set_id, action_id, target } = await setUp()
  const refused: object[] = []
  const told = new Map<string, number>()
  const tell = (lead_id: string) => told.set(lead_id, (told.get(lead_id) ?? 0) + 1)
  const insert = async (allocation_id: number) => {
    const njExternalLeadId = `lead ${++names}`
    const lead = { Phone: number(), njExternalLeadId }
    const { lead_id } = await client.insertLeadFast({ ...target, allocation_id }, lead)
    return { lead_id: lead_id!, njExternalLeadId }
  }
  for (let i = 0; i < 200; i++) await insert(target.allocation_id)
  // In an allocation that is not called: outcomes of two people would clash.
  const { campaign_id } = target
  const apart = await made<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'apart' })
  const own = await Promise.all(Array.from({ length: 64 }, () => insert(apart.allocation_id)))

  let is_over = false
  const in_hand = new Set<string>()
  const counts = { taken: 0, written: 0 }

  async function taker(by: LeadlineClient) {
    while (!is_over) {
      const leases = await by.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, { count: 1 })
      if (leases.status !== 200 && leases.status !== 201) refused.push(leases)
      for (const { lease_id, lead, numbers } of leases.body.items ?? []) {
        if (in_hand.has(lead.id)) refused.push({ twice: lead.id })
        in_hand.add(lead.id)
        const report = { disposition: 'Again', phone: numbers[0]!.number }
        in_hand.delete(lead.id)
        const outcome = await by.put<Reported>(`/v1/leases/${lease_id}/outcome`, report)
        if (outcome.status === 200) tell(lead.id)
        else refused.push(outcome)
        counts.taken++
      }
    }
  }

  async function writer(by: LeadlineClient, { lead_id, njExternalLeadId }: (typeof own)[number]) {
    for (let i = 0; !is_over; i++) {
      const njDisposition = i % 2 === 0 ? 'again' : 'Busy'
      const njContactHours = i % 3 === 0 ? name : ''
      const update = { njExternalLeadId, Phone: '<NO CHANGE>', njDisposition, njContactHours }
      const answer = await by.updateLead(target, update)
      if (answer.code === 0) tell(lead_id)
      else refused.push(answer)
      counts.written++
    }
  }

  const changes = [
    (round: number) =>
      client.changeContactHours(hours_id, { zone: round % 2 ? 'Pacific/Auckland' : 'Pacific/Apia' }),
    (round: number) =>
      client.changeContactHours(hours_id, {
        exceptions: [{ date: '2020-12-24', name: `Eve ${round}`, windows: [] }],
      }),
    (round: number) => client.changeDisposition(set_id, 'Again', { priority: 20 + round }),
    (round: number) => client.changeDisposition(set_id, 'Busy', { delay_s: round, redials_max: null }),
    (round: number) => client.changeDispositionSet(set_id, { name: `${name} ${round}` }),
    (round: number) =>
      client.changeDispositionActions(set_id, 'Busy', { action_ids: round % 2 ? [] : [action_id] }),
    (round: number) =>
      client.changeAction(action_id, {
        name: `${name} ${round}`,
        kind: 'dnc',
        enabled: false,
        config: { list: 'campaign' },
      }),
    (round: number) => client.createDisposition(set_id, { code: `New ${round}`, kind: 'final' }),
    (round: number) => client.deleteDisposition(set_id, `New ${round}`),
    (round: number) => client.changeContactHours(hours_id, { valid_from: `2020-01-${10 + round}` }),
  ]
  async function change() {
    for (let round = 0; round < 10; round++)
      for (const one of changes) {
        const answer = await one(round)
        if (!answer.ok) refused.push(answer)
      }
    is_over = true
  }

  await Promise.all([
    change(),
    ...Array.from({ length: 32 }, (_, i) => taker(clients[i % 2]!)),
    ...own.map((lead, i) => writer(clients[i % 2]!, lead)),
  ])
  expect(refused).toEqual([])
  expect(counts.taken).toBeGreaterThan(50)
  expect(counts.written).toBeGreaterThan(50)
  const { rows } = await admin(
    connection,
    `select r.campaign_id || '-' || r.lead_number as lead_id, count(*)::integer as calls, min(l.calls) as calls_of_lead
     from call_records r join leads l on l.campaign_id = r.campaign_id and l.number = r.lead_number
     where r.campaign_id = ${target.campaign_id} group by r.campaign_id, r.lead_number`,
  )
  expect(new Map(rows.map(({ lead_id, calls }) => [lead_id, calls]))).toEqual(told)
  for (const { calls, calls_of_lead } of rows) expect(calls_of_lead).toBe(calls)
  const audited = await admin(
    connection,
    `select count(*)::integer as entries from audit_log
     where subject in ('contact_hours:${hours_id}', 'disposition_set:${set_id}', 'action:${action_id}')
       or subject like 'disposition:${set_id}/%'`,
  )
  // The three that were made and the disposition `Again`, and each change.
  expect(audited.rows[0].entries).toBe(104)
})

test('another process follows a change of contact hours, dispositions and actions within a second', async () => {
  const { hours_id, set_id, action_id, target } = await setUp()
  const { client: other } = second
  const njExternalLeadId = 'followed'
  const lead = { Phone: number(), njExternalLeadId, njDisposition: 'Busy' }
  expect(await other.insertLead(target, lead)).toMatchObject({ code: 0 })
  expect(await other.insertLeadFast(target, { Phone: number() })).toMatchObject({ code: 0 })
  const give = async (njDisposition: string) =>
    (await other.updateLead(target, { njExternalLeadId, Phone: '<NO CHANGE>', njDisposition })).code
  const taken = async () => {
    const path = `/v1/allocations/${target.allocation_id}/leases`
    const { body } = await other.post<Leases>(path, { count: 1 })
    for (const { lease_id } of body.items) await other.delete(`/v1/leases/${lease_id}`)
    return body.items.length
  }
  /** Milliseconds until the other process goes by a change. */
  async function followed(change: () => Promise<{ ok: boolean }>, is_seen: () => Promise<boolean>) {
    expect(await is_seen()).toBe(false)
    expect(await change()).toMatchObject({ ok: true })
    const began = performance.now()
    await until('the other process has followed', is_seen)
    return performance.now() - began
  }

  const waits = {
    added: await followed(
      () => client.createDisposition(set_id, { code: 'Info Pack', kind: 'retry' }),
      async () => (await give('Info Pack')) === 0,
    ),
    disabled: await followed(
      () => client.changeDisposition(set_id, 'Info Pack', { enabled: false }),
      async () => (await give('Info Pack')) === 106,
    ),
    closed: await followed(
      () => client.changeContactHours(hours_id, { weekly: [] }),
      async () => (await taken()) === 0,
    ),
    opened: await followed(
      () => client.changeContactHours(hours_id, { weekly: null }),
      async () => (await taken()) === 1,
    ),
  }
  for (const [what, ms] of Object.entries(waits)) expect(ms, what).toBeLessThan(1_000)

  expect(await client.changeDispositionActions(set_id, 'Busy', { action_ids: [action_id] })).toMatchObject({
    ok: true,
  })
  expect(await give('Busy')).toBe(0)
  const runs = await other.get<{ items: object[] }>('/v1/action-runs', { action_id })
  expect(runs.body.items).toHaveLength(1)
})
