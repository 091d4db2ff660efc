// Many takers at once on real clocks: each lead is handed out once, in order, and nobody who must not be called.

import { once } from 'node:events'
import net from 'node:net'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { LeadlineClient } from '../src/client/client.ts'
import { takeNext } from '../src/db/queue.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'
import { queriesOf, spyOnQueries } from './support/queries.ts'

const LEADS = much(3_000, 100_000)
const TAKERS = 32

const leadline = await startLeadline()
const { client, connection } = leadline
const second = await startLeadline({ connection })

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

/** New Zealand: no law narrows the hours, so the clock of the machine does not matter. */
const setUp = await (async () => {
  await client.post('/v1/contact-hours', { name: 'Always', zone: 'Pacific/Auckland' })
  const never = await client.post<{ contact_hours_id: number }>('/v1/contact-hours', {
    name: 'Never',
    zone: 'Pacific/Auckland',
    weekly: [],
  })
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    name: 'Takers',
    region: 'NZ',
    contact_hours: 'Always',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { template_id } = template.body
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'one' })
  return { template_id, campaign_id: campaign.body.campaign_id, never: never.body.contact_hours_id }
})()

let names = 0
async function allocation() {
  const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: setUp.campaign_id,
    name: `allocation ${++names}`,
    started: true,
  })
  return { template_id: setUp.template_id, campaign_id: setUp.campaign_id, allocation_id: body.allocation_id }
}

/** Leads as intake would have left them: of ten, one closed hours, one future callback, one due, one on a list. */
async function fill(allocation_id: number, leads: number, phones_from = 64_210_000_000) {
  await admin(
    connection,
    `with r as materialized (
       select i, nextval('lead_numbers') as number, ${phones_from} + i as phone, (i * 7919) % 4 * 10 as priority, i % 10 as kind
       from generate_series(1, ${leads}) as i),
     p as materialized (
       select r.*, case kind when 1 then now() - i * interval '1 second' when 2 then now() + interval '1 day' end as due,
         case when kind = 0 then ${setUp.never} end as hours from r),
     l as (
       insert into leads (campaign_id, number, allocation_id, fields, callback_local, callback_at, priority, contact_hours_id, created_way, created_by)
       select ${setUp.campaign_id}, number, ${allocation_id}, jsonb_build_object('Phone', '+' || phone),
         due at time zone 'Pacific/Auckland', due, priority, hours, 'import', 'system' from p),
     n as (
       insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select ${setUp.campaign_id}, number, 'Phone', phone, 'ok' from p),
     c as (
       insert into claims (campaign_id, phone, lead_number) select ${setUp.campaign_id}, phone, number from p),
     e as (
       insert into events (campaign_id, lead_number, version, actor, way, request_id)
       select ${setUp.campaign_id}, number, 1, 'system', 'import', 'fill' from p),
     d as (
       insert into dnc_entries (list, phone, added_by) select 'private', phone, 'system' from p where kind = 3)
     insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, due_at, state, wake_at)
     select ${setUp.campaign_id}, number, ${allocation_id}, coalesce(hours, 0), priority, due,
       case when due > now() then 'waiting' else 'ready' end, case when due > now() then due end from p`,
  )
  await admin(connection, 'vacuum (analyze) queue, leads, lead_phones, dnc_entries')
}

interface HandOut {
  lead_id: string
  numbers: string[]
  asked: number
  answered: number
}

/** Takers on two servers until each has found nothing twice. */
async function takeAll(allocation_id: number, takers: number, count: () => number): Promise<HandOut[]> {
  const handed: HandOut[] = []
  await Promise.all(
    Array.from({ length: takers }, async (_, i) => {
      const { client } = i % 2 === 0 ? leadline : second
      for (let empty = 0; empty < 2; ) {
        const asked = performance.now()
        const { body, status } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {
          count: count(),
          lease_s: 3_600,
        })
        expect(status).toBe(200)
        const answered = performance.now()
        if (body.items.length === 0) empty++
        for (const { lead, numbers } of body.items)
          handed.push({ lead_id: lead.id, numbers: numbers.map(({ number }) => number), asked, answered })
      }
    }),
  )
  return handed
}

test(`${TAKERS} takers until ${LEADS} leads are gone: each once, in order, none that must not be called`, async () => {
  const { allocation_id, ...target } = await allocation()
  await fill(allocation_id, LEADS)
  const expected = await admin(
    connection,
    `select campaign_id || '-' || lead_number as lead_id, priority, due_at, lead_number from queue
     where allocation_id = ${allocation_id} and state = 'ready' and contact_hours_id = 0
     order by priority, due_at desc nulls last, lead_number desc`,
  )
  const blocked_before = new Set(
    (await admin(connection, `select '+' || phone as phone from dnc_entries`)).rows.map(({ phone }) => phone),
  )
  const begun = performance.now()

  // While they take: numbers are put on the private list, urgent leads come in.
  const blocked: { number: string; acknowledged: number }[] = []
  const urgent: { lead_id: string; taken_in: number }[] = []
  let taking = true
  const meanwhile = (async () => {
    for (let i = 0; taking; i++) {
      const phones = Array.from({ length: 5 }, (_, k) => `+${64210000000 + (((i * 5 + k) * 37) % LEADS) + 1}`)
      expect(await client.post('/v1/dnc', { list: 'private', phones })).toMatchObject({ status: 201 })
      const acknowledged = performance.now()
      for (const number of phones) if (!blocked_before.has(number)) blocked.push({ number, acknowledged })
      const Phone = `+6422${String(1_000_000 + i)}`
      const { code, lead_id } = await second.client.insertLeadFast(
        { ...target, allocation_id },
        { Phone, njPriority: 0 },
      )
      expect(code).toBe(0)
      urgent.push({ lead_id: lead_id!, taken_in: performance.now() })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  const handed = await takeAll(allocation_id, TAKERS, () => [1, 1, 2, 10, 50][Math.floor(Math.random() * 5)]!)
  taking = false
  await meanwhile
  handed.push(...(await takeAll(allocation_id, 2, () => 50)))
  const seconds = (performance.now() - begun) / 1_000
  console.log(
    `${handed.length} leads to ${TAKERS} takers in ${seconds.toFixed(1)} s; meanwhile ${urgent.length} urgent ones came, ${blocked.length} numbers were listed`,
  )

  const by_lead = new Map(handed.map((one) => [one.lead_id, one]))
  expect(by_lead.size, 'nobody is handed out twice').toBe(handed.length)
  for (const { numbers } of handed)
    for (const number of numbers) expect(blocked_before.has(number), 'listed before').toBe(false)
  const asked_with = new Map(handed.flatMap(({ numbers, asked }) => numbers.map((number) => [number, asked])))
  const late = blocked.filter(({ number, acknowledged }) => asked_with.get(number)! > acknowledged)
  expect(late, 'handed out after the listing was acknowledged').toEqual([])
  // All that could be called were handed out, unless their number was listed meanwhile; nobody else was.
  const listed = new Set([...blocked_before, ...blocked.map(({ number }) => number)])
  const wanted = new Map(expected.rows.map((row, place) => [row.lead_id as string, place]))
  const known = new Set([...wanted.keys(), ...urgent.map(({ lead_id }) => lead_id)])
  for (const { lead_id } of handed) expect(known.has(lead_id), lead_id).toBe(true)
  const phones = await admin(
    connection,
    `select campaign_id || '-' || lead_number as lead_id, '+' || phone as phone from lead_phones where campaign_id = ${setUp.campaign_id}`,
  )
  for (const { lead_id, phone } of phones.rows)
    if (known.has(lead_id) && !listed.has(phone)) expect(by_lead.has(lead_id), lead_id).toBe(true)

  // A lead is late when one that sorts behind it was handed out over a second before it was even asked for.
  let latest = Number.NEGATIVE_INFINITY
  for (const { lead_id } of expected.rows) {
    const one = by_lead.get(lead_id)
    if (!one) continue
    expect(latest - one.answered, `${lead_id} overtook`).toBeLessThan(1_000)
    latest = Math.max(latest, one.asked)
  }
  for (const { lead_id, taken_in } of urgent) {
    const mine = by_lead.get(lead_id)!
    const overtook = handed.filter(
      (one) => wanted.has(one.lead_id) && one.asked > taken_in + 1_000 && one.answered < mine.asked,
    )
    expect(overtook.length, lead_id).toBe(0)
  }
}, 1_200_000)

test('a taker that dies leaves its leads to others, after the lease has ended and no sooner', async () => {
  const target = await allocation()
  const { allocation_id } = target
  const leads = new Set<string>()
  for (let i = 0; i < 10; i++)
    leads.add((await client.insertLeadFast(target, { Phone: `+6427${String(4_200_000 + i)}` })).lead_id!)
  const LEASE_S = 2
  const asked = performance.now()
  const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {
    count: 10,
    lease_s: LEASE_S,
  })
  expect(body.items).toHaveLength(10)
  const answered = performance.now()
  const back: { lead: Lead; asked: number; answered: number }[] = []
  while (back.length < 10) {
    const asked = performance.now()
    expect(asked - answered, 'they come back').toBeLessThan(30_000)
    const next = await second.client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {
      count: 10,
      wait_s: 5,
      lease_s: 3_600,
    })
    for (const { lead } of next.body.items) back.push({ lead, asked, answered: performance.now() })
  }
  expect(new Set(back.map(({ lead }) => lead.id))).toEqual(leads)
  for (const one of back) expect(one.answered - asked).toBeGreaterThanOrEqual(LEASE_S * 1_000)
}, 60_000)

test('who waits is woken by a lead that another server took in, each lead goes to one of them', async () => {
  const target = await allocation()
  const waiting = Array.from({ length: 8 }, async (_, i) => {
    const { client } = i % 2 === 0 ? leadline : second
    const { body } = await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, {
      wait_s: 20,
    })
    return body.items.map(({ lead }) => lead.id)
  })
  const taken_in: string[] = []
  for (let i = 0; i < 8; i++)
    taken_in.push((await client.insertLeadFast(target, { Phone: `+6427${String(4_300_000 + i)}` })).lead_id!)
  expect((await Promise.all(waiting)).flat().sort()).toEqual(taken_in.sort())
}, 60_000)

test('who hangs up while waiting takes nothing', async () => {
  const target = await allocation()
  const gone = new AbortController()
  const waiting = fetch(`${leadline.url}/v1/allocations/${target.allocation_id}/leases`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${leadline.key}` },
    body: JSON.stringify({ wait_s: 30 }),
    signal: gone.signal,
  }).catch((error: Error) => error)
  await new Promise((resolve) => setTimeout(resolve, 300))
  gone.abort()
  expect(await waiting).toBeInstanceOf(Error)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { lead_id } = await client.insertLeadFast(target, { Phone: '+64274400001' })
  const { body } = await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, {})
  expect(body.items.map(({ lead }) => lead.id)).toEqual([lead_id])
})

test('who hangs up while leads are taken for it leaves them to others', async () => {
  const target = await allocation()
  const { lead_id } = await client.insertLeadFast(target, { Phone: '+64274400006' })
  const path = `/v1/allocations/${target.allocation_id}/leases`
  const gone = new AbortController()
  const query = queriesOf(leadline.pool)
  const between = spyOnQueries(leadline.pool).mockImplementation(async (statement, params) => {
    if (statement.name === 'queue.take') {
      between.mockRestore()
      gone.abort()
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    return query(statement, params)
  })
  const request = { method: 'POST', headers: { Authorization: `Bearer ${leadline.key}` }, body: '{}' }
  await expect(fetch(leadline.url + path, { ...request, signal: gone.signal })).rejects.toThrow()
  const { body } = await client.post<Leases>(path, { wait_s: 5 })
  expect(body.items.map(({ lead }) => lead.id)).toEqual([lead_id])
})

test('a lead that came back while a slow taker was under way is in one hand after the other, on record too', async () => {
  const target = await allocation()
  await client.insertLeadFast(target, { Phone: '+64274400009' })
  const leases = `/v1/allocations/${target.allocation_id}/leases`
  const taken = await leadline.pool.transaction(async (tx) => {
    // From here on now() of the transaction does not change.
    const [first] = (await client.post<Leases>(leases, {})).body.items
    await client.delete(`/v1/leases/${first!.lease_id}`)
    const { allocation_id } = target
    const part = { allocation_id, at: new Date().toISOString(), open: [0], closed: [0], own_open: [true] }
    return takeNext(tx, { ...part, count: 1, agent: null, lease_s: 1, taker: 'key:1' }, true)
  })
  expect(taken).toHaveLength(1)
  expect(await checkDatabase(connection)).toEqual([])
})

test('a stretch of blocked leads is passed in a few rounds; what was looked at beyond it stays ready', async () => {
  const { allocation_id } = await allocation()
  await fill(allocation_id, 2_000, 64_310_000_000)
  const ready = `queue where allocation_id = ${allocation_id} and state = 'ready' and contact_hours_id = 0`
  await admin(
    connection,
    `insert into dnc_entries (list, phone, added_by)
     select 'private', p.phone, 'system' from lead_phones p join (select * from ${ready} and priority < 30) q
       on q.campaign_id = p.campaign_id and q.lead_number = p.lead_number`,
  )
  const free = await admin(
    connection,
    `select q.campaign_id || '-' || q.lead_number as lead_id from (select * from ${ready}) q
     where exists (
       select from lead_phones p where p.campaign_id = q.campaign_id and p.lead_number = q.lead_number
         and not exists (select from dnc_entries e where e.phone = p.phone))
     order by q.priority, q.due_at desc nulls last, q.lead_number desc`,
  )
  const asked = spyOnQueries(leadline.pool)
  onTestFinished(() => asked.mockRestore())
  const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count: 2 })
  expect(body.items.map(({ lead }) => lead.id)).toEqual(free.rows.slice(0, 2).map(({ lead_id }) => lead_id))
  expect(asked.mock.calls.filter(([{ name }]) => name === 'queue.take').length).toBeLessThan(50)
  const left = await admin(
    connection,
    `select count(*)::integer as ready from (select * from ${ready}) q
     where exists (
       select from lead_phones p where p.campaign_id = q.campaign_id and p.lead_number = q.lead_number
         and not exists (select from dnc_entries e where e.phone = p.phone))`,
  )
  expect(left.rows).toEqual([{ ready: free.rows.length - 2 }])
})

test('hundreds of agents wait at the cost of one, and take no more than a few connections at once', async () => {
  const target = await allocation()
  const path = `/v1/allocations/${target.allocation_id}/leases`
  const AGENTS = 100
  const query = queriesOf(leadline.pool)
  const asked: string[] = []
  let [at_work, most] = [0, 0]
  // However slowly they come in on a busy machine.
  const all_are_here = new Promise((resolve) => setTimeout(resolve, 2_000))
  const watched = spyOnQueries(leadline.pool).mockImplementation(async (statement, params) => {
    asked.push(statement.name)
    const takes = statement.name.startsWith('queue.take')
    if (takes) most = Math.max(most, ++at_work)
    try {
      if (takes) await all_are_here
      return await query(statement, params)
    } finally {
      if (takes) at_work--
    }
  })
  onTestFinished(() => watched.mockRestore())
  const waiting = Array.from({ length: AGENTS }, (_, i) =>
    client.post<Leases>(path, { agent: `agent ${i}`, wait_s: 20 }),
  )
  await all_are_here
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  // The first of them may have asked alone.
  expect(asked.filter((name) => name.startsWith('queue.take')).length).toBeLessThan(AGENTS / 2)
  const taken_in = await Promise.all(
    Array.from({ length: AGENTS }, (_, i) =>
      second.client.insertLeadFast(target, { Phone: `+6427${String(4_420_000 + i)}` }),
    ),
  )
  const handed = (await Promise.all(waiting)).flatMap(({ body }) => body.items.map(({ lead }) => lead.id))
  expect(handed.sort()).toEqual(taken_in.map(({ lead_id }) => lead_id!).sort())
  expect(most).toBeLessThanOrEqual(4)
}, 60_000)

test('a taker that fails takes nothing from those that ask beside it', async () => {
  const target = await allocation()
  for (let i = 0; i < 16; i++) await client.insertLeadFast(target, { Phone: `+6427${String(4_410_000 + i)}` })
  const query = queriesOf(leadline.pool)
  const fails = spyOnQueries(leadline.pool).mockImplementation(async (statement, params) => {
    if (statement.name.startsWith('queue.take') && (params as { agent: string | null }).agent === 'ana')
      throw new Error('for the test')
    return query(statement, params)
  })
  onTestFinished(() => fails.mockRestore())
  const path = `/v1/allocations/${target.allocation_id}/leases`
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, i) => client.post<Leases>(path, { agent: i % 2 === 0 ? 'ana' : 'rui' })),
  )
  for (const [i, { status, body }] of answers.entries())
    if (i % 2 === 1) expect(body.items).toHaveLength(1)
    else expect(status).toBe(500)
  const counts = await client.get(`/v1/allocations/${target.allocation_id}/counts`)
  expect(counts.body).toMatchObject({ leased: 8, new: 8 })
})

test('who hangs up before anybody looked takes nothing', async () => {
  const target = await allocation()
  const { hostname, port } = new URL(leadline.url)
  const body = JSON.stringify({ wait_s: 30 })
  for (let i = 0; i < 20; i++) {
    const socket = net.connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `POST /v1/allocations/${target.allocation_id}/leases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${leadline.key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { lead_id } = await client.insertLeadFast(target, { Phone: '+64274400002' })
  const taken = await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, { wait_s: 1 })
  expect(taken.body.items.map(({ lead }) => lead.id)).toEqual([lead_id])
})

describe('while a taker waits', () => {
  const wait = (from: LeadlineClient, allocation_id: number) =>
    from.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { wait_s: 5 })

  test('its key is revoked: it gets nothing any more', async () => {
    const target = await allocation()
    const taker = await leadline.clientWith(['dial'])
    const waiting = wait(taker, target.allocation_id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await admin(
      connection,
      'update api_keys set revoked_at = now() where key_id = (select max(key_id) from api_keys)',
    )
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { lead_id } = await client.insertLeadFast(target, { Phone: '+64274400003' })
    expect(await waiting).toMatchObject({ status: 401, code: 1001 })
    expect((await wait(client, target.allocation_id)).body.items).toMatchObject([{ lead: { id: lead_id } }])
  })

  test('its contact hours close, or other ones are made: it goes by what is so now', async () => {
    const target = await allocation()
    const make = async (name: string) =>
      (
        await client.post<{ contact_hours_id: number }>('/v1/contact-hours', {
          name,
          zone: 'Pacific/Auckland',
        })
      ).body.contact_hours_id
    const closing = await make('Closing')
    const waiting = wait(second.client, target.allocation_id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await client.patch(`/v1/contact-hours/${closing}`, { weekly: [] })
    await make('Opening')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await client.insertLeadFast(target, { Phone: '+64274400004', njContactHours: 'Closing' })
    const open = await client.insertLeadFast(target, { Phone: '+64274400005', njContactHours: 'Opening' })
    expect((await waiting).body.items).toMatchObject([{ lead: { id: open.lead_id } }])
  })
})

test('stopped while takers run: nobody gets a lead in a call that begins afterwards', async () => {
  const target = await allocation()
  const { allocation_id } = target
  for (let i = 0; i < 200; i++)
    await client.insertLeadFast(target, { Phone: `+6427${String(4_500_000 + i)}` })
  const running = takeAll(allocation_id, 8, () => 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await client.patch(`/v1/allocations/${allocation_id}`, { started: false })
  const stopped = performance.now()
  const handed = await running
  expect(handed.filter(({ asked }) => asked > stopped)).toEqual([])
  expect(handed.length).toBeLessThan(200)
  await client.patch(`/v1/allocations/${allocation_id}`, { started: true })
  handed.push(...(await takeAll(allocation_id, 4, () => 10)))
  expect(new Set(handed.map(({ lead_id }) => lead_id)).size).toBe(200)
  expect(handed).toHaveLength(200)
}, 60_000)
