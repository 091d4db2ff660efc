// No outcome is ever lost: what an outcome meets, it is on record, once; and the lead follows the strictest.

import { afterAll, describe, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases, OutcomeReport, Reported } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { whileWritesAreSlow } from './support/slow-writes.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection } = leadline
const { campaign_id } = target
const later = (seconds: number) => (now = new Date(Date.parse(now) + seconds * 1_000).toISOString())

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function allocation(): Promise<number> {
  const body = { campaign_id, name: `outcomes ${++names}`, started: true }
  return (await client.post<{ allocation_id: number }>('/v1/allocations', body)).body.allocation_id
}

const take = async (allocation_id: number, body: object = {}) =>
  (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, body)).body.items
const report = (lease_id: string, body: OutcomeReport) =>
  client.put<Reported>(`/v1/leases/${lease_id}/outcome`, body)
const view = async (lead_id: string) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body

interface CallRow {
  lead: string
  disposition: string
  phone: string | null
}

/** Every call record of an allocation, forgotten leads included. */
const callsIn = async (allocation_id: number): Promise<CallRow[]> =>
  (
    await admin(
      connection,
      `select campaign_id || '-' || lead_number as lead, disposition, phone from call_records
       where allocation_id = ${allocation_id} order by call_id`,
    )
  ).rows

async function insert(allocation_id: number) {
  const FirstPhone = mobile()
  const external_id = `outcome-${FirstPhone}`
  const { code, lead_id } = await client.insertLeadFast(
    { ...target, allocation_id },
    { FirstPhone, Name: 'Ana Silva', njExternalLeadId: external_id },
  )
  expect(code).toBe(0)
  const update = (values: Record<string, string | number>) =>
    client.updateLeadFast(target, { njExternalLeadId: external_id, FirstPhone: '<NO CHANGE>', ...values })
  return { lead_id: lead_id!, FirstPhone, update }
}

/** Leads in the hands of a dialler. */
async function leased(leads: number) {
  const allocation_id = await allocation()
  const made = await Promise.all(Array.from({ length: leads }, () => insert(allocation_id)))
  const leases = new Map(
    (await take(allocation_id, { count: leads })).map(({ lead, lease_id }) => [lead.id, lease_id]),
  )
  return { allocation_id, leads: made.map((lead) => ({ ...lead, lease_id: leases.get(lead.lead_id)! })) }
}

test('an outcome of a lease makes a version, also when it changes no value; sent again it makes none', async () => {
  const { leads } = await leased(1)
  const [{ lead_id, lease_id, FirstPhone, update }] = leads as [(typeof leads)[0]]
  await update({ njDisposition: 'Sale' })
  const sale = { disposition: 'Sale', phone: FirstPhone, at: now }
  const first = await report(lease_id, sale)
  expect(first).toMatchObject({ status: 200, body: { version: 3, applied: true } })
  expect((await report(lease_id, sale)).body).toEqual(first.body)
  expect(await view(lead_id)).toMatchObject({ version: 3 })
})

const heldFor = async (lead_id: string) =>
  (await client.get<{ items: object[] }>('/v1/conflicts', { lead_id })).body.items.length

describe('at once with', () => {
  test('updates that give outcomes: each is on record, or waits for a person', async () => {
    const { allocation_id, leads } = await leased(12)
    const accepted = await Promise.all(
      leads.map(async ({ lease_id, FirstPhone, lead_id, update }) => {
        const [outcome, ...updates] = await Promise.all([
          report(lease_id, { disposition: 'No Answer', phone: FirstPhone }),
          update({ njDisposition: 'Sale' }),
          update({ njDisposition: 'Pitch No Sale', City: 'Carlton' }),
        ])
        expect(outcome.status).toBe(200)
        for (const { code } of updates) expect([0, 110]).toContain(code)
        const refused = updates.filter(({ code }) => code === 110).length
        // Two that clash in different groups wait beside each other; in the same ones the later replaces the earlier.
        expect(await heldFor(lead_id)).toBeGreaterThanOrEqual(Math.min(refused, 1))
        return { lead_id, calls: 3 - refused }
      }),
    )
    const calls = await callsIn(allocation_id)
    for (const { lead_id, calls: expected } of accepted) {
      const mine = calls.filter(({ lead }) => lead === lead_id).map(({ disposition }) => disposition)
      expect(mine).toHaveLength(expected)
      expect(mine).toContain('No Answer')
      // Whatever came first: an outcome that closes is followed, one that does not never opens the lead again.
      const closing = mine.some((disposition) => disposition !== 'No Answer')
      expect(await view(lead_id)).toMatchObject({ closed: closing })
    }
  })

  test('edits of other fields: the edit and the outcome are both there', async () => {
    const { leads } = await leased(10)
    await Promise.all(leads.map(({ update }) => update({ njDisposition: 'Busy' })))
    await Promise.all(
      leads.flatMap(({ lease_id, FirstPhone, update }) => [
        report(lease_id, { disposition: 'Sale', phone: FirstPhone, fields: { City: 'Carlton' } }),
        update({ Name: 'Ana Costa' }).then(({ code }) => expect(code).toBe(0)),
      ]),
    )
    for (const { lead_id } of leads)
      expect(await view(lead_id)).toMatchObject({
        closed: true,
        disposition: 'Sale',
        fields: { Name: 'Ana Costa', City: 'Carlton' },
      })
  })

  test('the outcomes of others who had the lead before: the lead follows the strictest', async () => {
    const { allocation_id, leads } = await leased(8)
    const leases = new Map(leads.map(({ lead_id, lease_id }) => [lead_id, [lease_id]]))
    for (let again = 0; again < 2; again++) {
      later(180)
      for (const { lead, lease_id } of await take(allocation_id, { count: 8 }))
        leases.get(lead.id)!.push(lease_id)
    }
    await Promise.all(
      leads.flatMap(({ lead_id, FirstPhone }) =>
        leases.get(lead_id)!.map(async (lease_id, i) => {
          const disposition = ['Busy', 'Sale', 'Callback'][i]!
          expect(await report(lease_id, { disposition, phone: FirstPhone })).toMatchObject({ status: 200 })
        }),
      ),
    )
    const calls = await callsIn(allocation_id)
    for (const { lead_id } of leads) {
      const mine = calls.filter(({ lead }) => lead === lead_id).map(({ disposition }) => disposition)
      expect(mine.toSorted()).toEqual(['Busy', 'Callback', 'Sale'])
      expect(await view(lead_id)).toMatchObject({ disposition: 'Sale', closed: true })
    }
  })

  test('the forgetting of the lead: a call record without the number, and do not call is heeded', async () => {
    const { allocation_id, leads } = await leased(12)
    await Promise.all(
      leads.map(async ({ lease_id, lead_id, FirstPhone }) => {
        const [outcome, forgotten] = await Promise.all([
          report(lease_id, { disposition: 'Do Not Call', phone: FirstPhone }),
          client.delete(`/v1/leads/${lead_id}`),
        ])
        expect([outcome.status, forgotten.status]).toEqual([200, 204])
        expect((await client.get(`/v1/leads/${lead_id}`)).status).toBe(404)
      }),
    )
    const calls = await callsIn(allocation_id)
    expect(calls.map(({ lead }) => lead).toSorted()).toEqual(leads.map(({ lead_id }) => lead_id).toSorted())
    for (const call of calls) expect(call).toMatchObject({ disposition: 'Do Not Call', phone: null })
    const { body } = await client.post<{ items: { blocked: boolean }[] }>('/v1/dnc/check', {
      phones: leads.map(({ FirstPhone }) => FirstPhone),
    })
    expect(body.items.every(({ blocked }) => blocked)).toBe(true)
  })

  test('lost connections to the database: sent until it is answered, it is on record once', async () => {
    const { allocation_id, leads } = await leased(40)
    let unknown = 0
    const until200 = async ({ lease_id, FirstPhone }: (typeof leads)[number]) => {
      for (let tries = 0; tries < 200; tries++) {
        const answer = await report(lease_id, { disposition: 'Busy', phone: FirstPhone })
        if (answer.status === 200) return answer.body
        expect(answer).toMatchObject({ status: 503, code: 1013 })
        unknown++
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('it never got through')
    }
    const mine = `datname = '${connection.database}' and application_name = 'leadline'`
    // The first connections are lost while outcomes are being written, however fast or slow the machine is.
    let working = true
    const answers = await whileWritesAreSlow(connection, 'leads', async (underWay) => {
      const all = Promise.all(leads.map(until200)).finally(() => {
        working = false
      })
      await admin(connection, `select pg_terminate_backend(${await underWay()})`)
      return { all }
    })
    for (let kills = 0; working && kills < 10; kills++) {
      await admin(connection, `select pg_terminate_backend(pid) from pg_stat_activity where ${mine}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    const bodies = await answers.all
    expect(unknown, 'some of them met a lost connection').toBeGreaterThan(0)
    const calls = await callsIn(allocation_id)
    expect(calls.map(({ lead }) => lead).toSorted()).toEqual(leads.map(({ lead_id }) => lead_id).toSorted())
    for (const [i, { lease_id, FirstPhone }] of leads.entries())
      expect((await report(lease_id, { disposition: 'Busy', phone: FirstPhone })).body).toEqual(bodies[i])
  })
})

describe('after an operator', () => {
  /** A lead in the hands of a dialler, with an update of it that an operator has to settle. */
  async function disputed(first: Record<string, string>, second: Record<string, string>) {
    const allocation_id = await allocation()
    const lead = await insert(allocation_id)
    const due = { njDisposition: 'Busy', njCallBackDate: '2026/11/24 13:00' }
    expect(await lead.update({ ...due, ...first })).toMatchObject({ code: 0, version: 2 })
    const clash = await lead.update({ njVersion: 1, ...second })
    expect(clash.code).toBe(110)
    const { conflict_id } = clash.body
    const [held] = await take(allocation_id)
    expect(held!.lead).toMatchObject({ id: lead.lead_id, version: 2 })
    const settle = async (decisions: Record<string, object>) => {
      const path = `/v1/conflicts/${conflict_id}/resolution`
      expect(await client.put(path, { lead_version: 2, decisions })).toMatchObject({ status: 200 })
    }
    return { ...lead, allocation_id, settle, lease_id: held!.lease_id }
  }

  test('has edited the same field: the call counts, the field waits', async () => {
    const { lead_id, FirstPhone, lease_id, settle } = await disputed(
      { Name: 'Ana Costa' },
      { Name: 'Ana Souza' },
    )
    await settle({ 'fields.Name': { take: 'mine' } })
    const { body } = await report(lease_id, {
      disposition: 'Pitch No Sale',
      phone: FirstPhone,
      fields: { Name: 'Ana Lima', City: 'Carlton' },
    })
    expect(body).toMatchObject({ applied: true, closed: true, held: ['fields.Name'] })
    expect(await view(lead_id)).toMatchObject({ fields: { Name: 'Ana Souza', City: 'Carlton' } })
    expect(await heldFor(lead_id)).toBe(1)
  })

  test('has closed the lead: its lease has ended, its outcome is on record', async () => {
    const { lead_id, FirstPhone, lease_id, settle, allocation_id } = await disputed(
      {},
      { njDisposition: 'Sale' },
    )
    await settle({ outcome: { take: 'mine' } })
    expect(await view(lead_id)).toMatchObject({ disposition: 'Sale', closed: true })
    expect(await client.patch(`/v1/leases/${lease_id}`, { lease_s: 60 })).toMatchObject({ code: 1004 })
    const { body } = await report(lease_id, { disposition: 'No Answer', phone: FirstPhone })
    expect(body).toMatchObject({ applied: false, disposition: 'Sale', closed: true })
    const calls = (await callsIn(allocation_id)).map(({ disposition }) => disposition)
    expect(calls).toEqual(['Busy', 'Sale', 'No Answer'])
  })

  test('has closed the lead: an outcome that is stricter is followed', async () => {
    const { lead_id, FirstPhone, lease_id, settle } = await disputed({}, { njDisposition: 'Sale' })
    await settle({ outcome: { take: 'mine' } })
    const { body } = await report(lease_id, { disposition: 'Do Not Call', phone: FirstPhone })
    expect(body).toMatchObject({ applied: true, disposition: 'Do Not Call' })
    expect(await view(lead_id)).toMatchObject({ phones: [{ blocked_by: 'private' }] })
  })
})
