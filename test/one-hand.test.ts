// A lead is in one hand: while a lease runs nobody else gets the lead, whatever becomes of its place in the queue.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Leases, OutcomeReport, Reported } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { e164, leadsOf } from './support/leads.ts'
import { queriesOf, slowly, spyOnQueries } from './support/queries.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const second = await startLeadline({ connection: leadline.connection, now: () => now })
const { client, target, connection } = leadline
const { campaign_id } = target
const later = (seconds: number) => (now = new Date(Date.parse(now) + seconds * 1_000).toISOString())

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function allocation(): Promise<number> {
  const body = { campaign_id, name: `one hand ${++names}`, started: true }
  return (await client.post<{ allocation_id: number }>('/v1/allocations', body)).body.allocation_id
}

const { ana, view, changed } = leadsOf(leadline)
const take = async (allocation_id: number, body: object = {}, by = client) =>
  (await by.post<Leases>(`/v1/allocations/${allocation_id}/leases`, body)).body.items
const extend = (lease_id: string) => client.patch(`/v1/leases/${lease_id}`, { lease_s: 600 })
const report = (lease_id: string, body: OutcomeReport) =>
  client.put<Reported>(`/v1/leases/${lease_id}/outcome`, body)

/** A lead in the hands of a dialler. */
async function held() {
  const allocation_id = await allocation()
  const lead = await ana({ allocation_id })
  const [lease] = await take(allocation_id)
  expect(lease!.lead.id).toBe(lead.id)
  return { ...lead, allocation_id, lease_id: lease!.lease_id }
}
type HeldLead = Awaited<ReturnType<typeof held>>

const close = async ({ id }: HeldLead) => changed(id, (await view(id)).version, { disposition: 'Sale' })
const recycle = ({ allocation_id }: HeldLead, dispositions = ['Sale']) =>
  client.post(`/v1/allocations/${allocation_id}/recycle`, { dispositions })

/** Ways in which the lead loses its place in the queue and gets one again, as people and programs do it. */
const WAYS: Record<string, (lead: HeldLead) => Promise<unknown>> = {
  'closed and opened again': async (lead) => {
    await close(lead)
    await changed(lead.id, (await view(lead.id)).version, { disposition: 'Busy', callback: null })
  },
  'closed and recycled': async (lead) => {
    await close(lead)
    expect(await recycle(lead)).toMatchObject({ status: 200, body: { recycled: 1 } })
  },
  'closed, and the closing undone': async (lead) => {
    const { version } = await close(lead)
    expect(await client.revertLead(lead.id, { version, lead_version: version })).toMatchObject({ ok: true })
  },
  'closed, and opened by a merge': async (lead) => {
    const { version } = await view(lead.id)
    await close(lead)
    const merged = await client.mergeLead(lead.id, {
      base_version: version,
      lead_version: version + 1,
      mine: { disposition: 'Busy', callback: null },
      decisions: { outcome: { take: 'mine', reason: 'he rang back' } },
    })
    expect(merged).toMatchObject({ ok: true })
  },
  'closed, and opened by settling a held update': async (lead) => {
    const { version } = await view(lead.id)
    await close(lead)
    const patch = { disposition: 'Busy', callback: null }
    const waits = await client.patchLead(lead.id, version, patch, 'hold')
    expect(waits).toMatchObject({ status: 202 })
    const { conflict_id } = waits.body as { conflict_id: number }
    const decisions = { outcome: { take: 'mine', reason: 'he rang back' } }
    const path = `/v1/conflicts/${conflict_id}/resolution`
    expect(await client.put(path, { lead_version: version + 1, decisions })).toMatchObject({ status: 200 })
  },
  'moved to another allocation and back, closed and opened between': async (lead) => {
    const there = await allocation()
    const move = (from: number, to: number) =>
      client.post(`/v1/allocations/${from}/moves`, { to_allocation_id: to, lead_ids: [lead.id] })
    expect(await move(lead.allocation_id, there)).toMatchObject({ body: { moved: 1 } })
    await close(lead)
    expect(await move(there, lead.allocation_id)).toMatchObject({ body: { moved: 1 } })
    expect(await recycle(lead)).toMatchObject({ body: { recycled: 1 } })
  },
}

describe.each(Object.entries(WAYS))('%s while a lease runs', (_, way) => {
  test('it stays with its dialler, who keeps it for longer, and comes back when the lease ends', async () => {
    const lead = await held()
    await way(lead)
    expect(await view(lead.id)).toMatchObject({ closed: false })
    expect(await take(lead.allocation_id)).toEqual([])
    expect(await extend(lead.lease_id)).toMatchObject({ status: 200 })
    later(599)
    expect(await take(lead.allocation_id)).toEqual([])
    later(1)
    expect(await extend(lead.lease_id)).toMatchObject({ status: 404, code: 1004 })
    expect(await take(lead.allocation_id)).toHaveLength(1)
  })

  test('the outcome of the lease gives it free', async () => {
    const lead = await held()
    await way(lead)
    const { body } = await report(lead.lease_id, { disposition: 'Callback', phone: lead.phone })
    expect(body).toMatchObject({ closed: false })
    expect(await extend(lead.lease_id)).toMatchObject({ code: 1004 })
  })

  test('handing it back gives it free', async () => {
    const lead = await held()
    await way(lead)
    expect(await client.delete(`/v1/leases/${lead.lease_id}`)).toMatchObject({ status: 204 })
    expect(await take(lead.allocation_id)).toHaveLength(1)
  })

  test('a lease that has ended by then holds nothing', async () => {
    const lead = await held()
    later(180)
    await way(lead)
    expect(await take(lead.allocation_id)).toHaveLength(1)
  })
})

test('an edit that closes the lead ends its lease: the dialler learns it, and an outcome is still taken', async () => {
  const lead = await held()
  await close(lead)
  expect(await extend(lead.lease_id)).toMatchObject({ status: 404, code: 1004 })
  const { body } = await report(lead.lease_id, { disposition: 'No Answer', phone: lead.phone })
  expect(body).toMatchObject({ applied: false, disposition: 'Sale', closed: true })
  expect(await recycle(lead)).toMatchObject({ body: { recycled: 1 } })
  expect(await take(lead.allocation_id)).toHaveLength(1)
})

test('a lead that is closed by the outcome of an earlier lease is still in the hands of the present one', async () => {
  const lead = await held()
  later(180)
  const [present] = await take(lead.allocation_id)
  expect(present!.lead.id).toBe(lead.id)
  await report(lead.lease_id, { disposition: 'Sale', phone: lead.phone })
  expect(await recycle(lead)).toMatchObject({ body: { recycled: 1 } })
  expect(await take(lead.allocation_id)).toEqual([])
  expect(await extend(present!.lease_id)).toMatchObject({ status: 200 })
})

test('a lead whose only number turns out wrong stays with its dialler, also when it gets another number', async () => {
  const lead = await held()
  later(180)
  const [present] = await take(lead.allocation_id)
  const wrong = { disposition: 'No Answer', phone: lead.phone, phone_state: 'wrong', callback: null }
  await report(lead.lease_id, wrong)
  expect(await extend(present!.lease_id)).toMatchObject({ status: 200 })
  const { version } = await view(lead.id)
  await changed(lead.id, version, { fields: { SecondPhone: lead.phone.replace(/^04/, '02') } })
  expect(await take(lead.allocation_id)).toEqual([])
  later(599)
  expect(await take(lead.allocation_id)).toEqual([])
  later(1)
  expect(await take(lead.allocation_id)).toHaveLength(1)
})

describe('while a lead is being leased', () => {
  /** Takes leads; `meanwhile` happens when the statement has begun, and has not yet locked a place. */
  async function takeAround(allocation_id: number, meanwhile: () => Promise<unknown>) {
    const query = queriesOf(leadline.pool)
    const around = spyOnQueries(leadline.pool).mockImplementation(async (statement, params) => {
      if (statement.name !== 'queue.take') return query(statement, params)
      around.mockRestore()
      const slow = slowly(statement, 'as open (contact_hours_id, closed, own_open)')
      const [rows] = await Promise.all([query(slow, params), sleep(300).then(meanwhile)])
      return rows
    })
    return take(allocation_id)
  }

  test('it is closed: it is in nobody’s hands', async () => {
    const allocation_id = await allocation()
    const lead = await ana({ allocation_id })
    const close = () => changed(lead.id, 1, { disposition: 'Sale' }, second.client)
    expect(await takeAround(allocation_id, close)).toEqual([])
    expect(
      await client.post(`/v1/allocations/${allocation_id}/recycle`, { dispositions: ['Sale'] }),
    ).toMatchObject({ body: { recycled: 1 } })
    expect(await take(allocation_id)).toHaveLength(1)
  })

  test('its place changes: it is handed out as it is by then', async () => {
    const allocation_id = await allocation()
    const lead = await ana({ allocation_id })
    const prefer = () => changed(lead.id, 1, { priority: 1 }, second.client)
    const as_it_is = [{ lead: { id: lead.id, version: 2, priority: 1 } }]
    expect(await takeAround(allocation_id, prefer)).toMatchObject(as_it_is)
  })

  test('it gets another number: nobody is shown the old one', async () => {
    const allocation_id = await allocation()
    const lead = await ana({ allocation_id })
    const phone = mobile()
    const renumber = () => changed(lead.id, 1, { fields: { FirstPhone: phone } }, second.client)
    expect(await takeAround(allocation_id, renumber)).toMatchObject([{ numbers: [{ number: e164(phone) }] }])
  })

  test('a field of it changes: it is handed out as it was, and an outcome is judged by that', async () => {
    const allocation_id = await allocation()
    const lead = await ana({ allocation_id })
    const rename = () => changed(lead.id, 1, { fields: { Name: 'Ana Costa' } }, second.client)
    const [lease] = await takeAround(allocation_id, rename)
    expect(lease!.lead).toMatchObject({ version: 1, fields: { Name: 'Ana Silva' } })
    const outcome = { disposition: 'Callback', phone: lead.phone, fields: { Name: 'Ana Souza' } }
    expect((await report(lease!.lease_id, outcome)).body).toMatchObject({
      applied: true,
      held: ['fields.Name'],
    })
  })
})

describe('what a call told about a number stays when an edit was worked out before and is written after', () => {
  /** A lead in the hands of a dialler whose report changes no value of it, only what is known of its number. */
  async function reportedBusy() {
    const lead = await held()
    const busy = { disposition: 'Busy', phone: lead.phone }
    await report(lead.lease_id, busy)
    later(960)
    const [again] = await take(lead.allocation_id)
    const { version, callback } = await view(lead.id)
    const tell = () =>
      second.client.put(`/v1/leases/${again!.lease_id}/outcome`, {
        ...busy,
        phone_state: 'wrong',
        callback: callback!.local.slice(0, 16),
      })
    return { ...lead, version, tell }
  }

  test('of another number of the lead', async () => {
    const { id, version, tell, allocation_id } = await reportedBusy()
    const { turns } = leadline.pools
    const transaction = turns.transaction.bind(turns)
    const between = vi.spyOn(turns, 'transaction').mockImplementation(async (work) => {
      between.mockRestore()
      expect(await tell()).toMatchObject({ status: 200 })
      return transaction(work)
    })
    const patch = { fields: { SecondPhone: '02 5550 1234' } }
    expect(await client.patchLead(id, version, patch, 'merge')).toMatchObject({ status: 200 })
    const { phones } = await view(id)
    expect(phones.map(({ field, state }) => [field, state])).toEqual([
      ['FirstPhone', 'wrong'],
      ['SecondPhone', 'ok'],
    ])
    later(960)
    const [next] = await take(allocation_id)
    expect(next!.numbers.map(({ field }) => field)).toEqual(['SecondPhone'])
  })

  test('of its place in the queue: it has none any more', async () => {
    const { id, version, tell, allocation_id } = await reportedBusy()
    const { batches } = leadline.pools
    const query = queriesOf(batches)
    const between = spyOnQueries(batches).mockImplementation(async (statement, params) => {
      if (statement.name === 'leads.updateBatch') {
        between.mockRestore()
        expect(await tell()).toMatchObject({ status: 200 })
      }
      return query(statement, params)
    })
    expect(await client.patchLead(id, version, { priority: 3 }, 'merge')).toMatchObject({ status: 200 })
    expect((await view(id)).phones).toMatchObject([{ state: 'wrong' }])
    later(960)
    expect(await take(allocation_id)).toEqual([])
  })
})

test('a lead is handed back although somebody locks its place and its lease the other way round', async () => {
  const { lease_id, allocation_id } = await held()
  const [, lead_number, lease_number] = lease_id.split('-')
  const other = new pg.Client(connection)
  await other.connect()
  onTestFinished(() => other.end())
  await other.query(`set deadlock_timeout = '1min'`)
  await other.query('begin')
  await other.query(`select from queue where lead_number = ${lead_number} for update`)
  const back = client.delete(`/v1/leases/${lease_id}`)
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await until('it waits', async () => (await other.query(waiting)).rowCount === 1)
  // The one who waits already finds the ring, and is taken back.
  await other.query(`select from leases where lease_number = ${lease_number} for update`)
  await other.query('commit')
  expect(await back).toMatchObject({ status: 204 })
  expect(await take(allocation_id)).toHaveLength(1)
})

test('takers, edits, recycling, moves and forgetting at once, on two servers: nobody gets a lead that somebody has', async () => {
  const [here, there] = [await allocation(), await allocation()]
  const leads = await Promise.all(Array.from({ length: 30 }, () => ana({ allocation_id: here })))
  const phoneOf = new Map(leads.map(({ id, phone }) => [id, phone]))
  const clients = [client, second.client]
  const hands = new Map<string, string>()
  const counts = { taken: 0, twice: 0, extended: 0, refused: 0, opened: 0, moved: 0, recycled: 0 }
  const begun = performance.now()
  /** Until all of it has happened often enough to prove something, on a slow machine too. */
  const goesOn = () => {
    const { twice: _, ...others } = counts
    const ms = performance.now() - begun
    return ms < 4_000 || (ms < 40_000 && Object.values(others).some((count) => count < 10))
  }
  const loop = async (work: (by: typeof client, round: number) => Promise<unknown>, by: typeof client) => {
    for (let round = 0; goesOn(); round++) await work(by, round)
  }

  const taker = async (by: typeof client, round: number) => {
    for (const { lease_id, lead } of await take(round % 2 ? here : there, { count: 2, lease_s: 3_600 }, by)) {
      counts.taken++
      if (hands.has(lead.id)) counts.twice++
      hands.set(lead.id, lease_id)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
      const extended = await by.patch(`/v1/leases/${lease_id}`, { lease_s: 3_600 })
      counts[extended.ok ? 'extended' : 'refused']++
      hands.delete(lead.id)
      const path = `/v1/leases/${lease_id}`
      const phone = phoneOf.get(lead.id)!
      const disposition = ['Busy', 'Sale', 'Callback'][round % 3]!
      const ended =
        round % 4 === 0
          ? await by.delete(path)
          : await by.put(`${path}/outcome`, { disposition, phone, callback: null })
      expect(ended.ok, JSON.stringify(ended.body)).toBe(true)
    }
  }
  const editor = async (by: typeof client, round: number) => {
    const { id } = leads[Math.floor(Math.random() * leads.length)]!
    const lead = await by.lead(id)
    if (!lead.ok) return
    const { version, closed } = lead.body
    const open = { disposition: round % 2 ? 'Busy' : 'Callback', callback: null }
    if ((await by.patchLead(id, version, closed ? open : { disposition: 'Sale' })).ok && closed)
      counts.opened++
  }
  const mover = async (by: typeof client, round: number) => {
    const [from, to] = round % 2 ? [here, there] : [there, here]
    const moved = await by.post<{ moved: number }>(`/v1/allocations/${from}/moves`, {
      to_allocation_id: to,
      lead_ids: leads.filter(() => Math.random() < 0.3).map(({ id }) => id),
    })
    counts.moved += moved.body.moved
  }
  const recycler = async (by: typeof client, round: number) => {
    const path = `/v1/allocations/${round % 2 ? here : there}/recycle`
    const done = await by.post<{ recycled: number }>(path, { dispositions: ['Sale'] })
    counts.recycled += done.body.recycled
  }
  const forgetter = async (by: typeof client, round: number) => {
    if (round > 0) return new Promise((resolve) => setTimeout(resolve, 50))
    return by.delete(`/v1/leads/${leads.pop()!.id}`)
  }
  await Promise.all(
    clients.flatMap((by) => [
      ...Array.from({ length: 4 }, () => loop(taker, by)),
      ...Array.from({ length: 3 }, () => loop(editor, by)),
      loop(mover, by),
      loop(recycler, by),
      loop(forgetter, by),
    ]),
  )
  expect(counts).toMatchObject({ twice: 0 })
  expect(goesOn(), JSON.stringify(counts)).toBe(false)
})
