// Fills: the leads that a search finds are counted, and moved to an allocation by a job.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, expect, inject, test, vi } from 'vitest'
import type { Fill, FillRequest } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { CHOSEN_AT_ONCE } from '../src/db/chosen-leads.ts'
import type { FillChoice } from '../src/db/fills.ts'
import { fillChunk } from '../src/intake/fills.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { queriesOf, spyOnQueries } from './support/queries.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
const now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection, pool } = leadline
const { template_id } = target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
/** A campaign of its own. */
async function campaign() {
  const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: `fill ${++names}`,
  })
  const { campaign_id } = body
  const allocation = async (started = true) => {
    const made = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: `part ${++names}`,
      started,
    })
    return made.body.allocation_id
  }
  const insert = async (allocation_id: number, more: Record<string, string> = {}) => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: `fill-${++names}`, ...more }
    const made = await client.insertLead({ template_id, campaign_id, allocation_id }, lead)
    expect(made.code).toBe(0)
    return { lead_id: made.lead_id!, external_id: lead.njExternalLeadId, phone: lead.FirstPhone }
  }
  const many = (allocation_id: number, amount: number, more: Record<string, string> = {}) =>
    client.insertLead(
      { template_id, campaign_id, allocation_id },
      Array.from({ length: amount }, () => ({ FirstPhone: mobile(), ...more })),
    )
  const isIn = async (allocation_id: number) => {
    const { rows } = await admin(
      connection,
      `select campaign_id || '-' || number as id from leads where allocation_id = ${allocation_id} order by number`,
    )
    return rows.map(({ id }) => id as string)
  }
  return { campaign_id, allocation, insert, many, isIn }
}
async function filled(to: number, body: FillRequest): Promise<Fill> {
  const answer = await client.fillAllocation(to, body)
  if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
  return answer.body
}
async function counted(to: number, body: FillRequest) {
  const answer = await client.previewFill(to, body)
  if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
  return answer.body
}

const EVERYTHING = {
  filter: {
    allocation_id: null,
    dispositions: null,
    callback_from: null,
    callback_to: null,
    callback_agent: null,
    closed: null,
    has_conflict: null,
    changed_by: null,
    import_id: null,
  },
  typed: null,
  fields: null,
  from_ids: null,
  picks: null,
  leads_max: null,
  order: 'newest',
} as const

/** A fill that no worker goes on with. */
async function withoutJob(choice: FillChoice): Promise<number> {
  const { rows } = await admin(
    connection,
    `insert into fills (allocation_id, choice, place, actor, way, request_id)
     values (${choice.to_id}, '${JSON.stringify(choice)}', ${Number.MAX_SAFE_INTEGER}, 'key:1', 'v1', 'r')
     returning fill_id`,
  )
  return rows[0].fill_id
}

test('leads are counted by disposition first, and then moved: each with a version, an event and its place', async () => {
  const { allocation, insert, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  const fresh = [await insert(from), await insert(from)]
  const busy = await insert(from, { njDisposition: 'Busy' })
  await insert(from, { njDisposition: 'Sale' })
  await insert(to)
  expect(await counted(to, {})).toEqual({
    leads: 4,
    exact: true,
    moves: 4,
    dispositions: expect.arrayContaining([
      { disposition: null, leads: 2 },
      { disposition: 'Busy', leads: 1 },
      { disposition: 'Sale', leads: 1 },
    ]),
  })
  const open = { search: { closed: false } }
  expect(await counted(to, open)).toMatchObject({ leads: 3, moves: 3 })
  expect(await isIn(to)).toHaveLength(1)
  const fill = await filled(to, open)
  expect(fill).toMatchObject({ allocation_id: to, state: 'done', moved: 3, changed: 0, created_by: 'key:1' })
  expect(fill.dispositions).toEqual([
    { disposition: null, moved: 2 },
    { disposition: 'Busy', moved: 1 },
  ])
  expect(await isIn(to)).toEqual(expect.arrayContaining([...fresh, busy].map(({ lead_id }) => lead_id)))
  const { body } = await client.get<{ items: object[] }>(`/v1/leads/${busy.lead_id}/history`)
  expect(body.items.at(-1)).toMatchObject({
    version: 2,
    actor: 'key:1',
    changes: { allocation_id: [from, to] },
  })
  const { body: next } = await client.post<Leases>(`/v1/allocations/${to}/leases`, { count: 10 })
  expect(next.items.map(({ lead }) => lead.id)).toEqual(
    expect.arrayContaining(fresh.map(({ lead_id }) => lead_id)),
  )
  expect(await client.fill(fill.fill_id)).toMatchObject({ body: fill })
  expect((await client.fills(to)).body).toEqual({ items: [fill], next_cursor: null })
})

test('so many of each disposition, so many in all, the newest or the oldest first, from the allocations that are named', async () => {
  const { allocation, insert, isIn } = await campaign()
  const [a, b] = [await allocation(), await allocation()]
  const leads = []
  for (let i = 0; i < 6; i++)
    leads.push((await insert(i % 2 ? a : b, i < 4 ? {} : { njDisposition: 'Busy' })).lead_id)
  const dispositions = [
    { disposition: null, leads_max: 3 },
    { disposition: 'busy', leads_max: 1 },
  ]
  const into = async (body: FillRequest) => {
    const to = await allocation()
    const { moves } = await counted(to, body)
    const { moved } = await filled(to, body)
    expect(moved).toBe(moves)
    const found = await isIn(to)
    await client.post(`/v1/allocations/${to}/moves`, { to_allocation_id: a, lead_ids: found })
    return found
  }
  expect(await into({ dispositions })).toEqual([leads[1], leads[2], leads[3], leads[5]])
  expect(await into({ dispositions, order: 'oldest' })).toEqual([leads[0], leads[1], leads[2], leads[4]])
  expect(await into({ leads_max: 2 })).toEqual([leads[4], leads[5]])
  expect(await into({ leads_max: 2, order: 'oldest' })).toEqual([leads[0], leads[1]])
  const other = await allocation()
  await client.post(`/v1/allocations/${a}/moves`, { to_allocation_id: other, lead_ids: [leads[0]!] })
  expect(await into({ from_allocation_ids: [other] })).toEqual([leads[0]])
})

test('finds what the search of leads finds: words, parts of words, numbers, ids, callbacks', async () => {
  const { campaign_id, allocation, insert, isIn } = await campaign()
  const from = await allocation()
  const ana = await insert(from, { Name: 'Ana Silva', City: 'Geelong' })
  const joao = await insert(from, { Name: 'João Costa' })
  const due = await insert(from, { Name: 'Mia', njCallBackDate: '2026/11/25 10:00' })
  const searches: NonNullable<FillRequest['search']>[] = [
    { q: 'silva geel' },
    { q: 'joao' },
    { q: 'eelon' },
    { q: ana.phone },
    { q: joao.external_id },
    { q: due.lead_id },
    { q: 'nobody at all' },
    { callback_from: '2026-11-24T20:00:00Z', callback_to: '2026-11-25T00:00:00Z' },
    { allocation_id: from, closed: false },
  ]
  for (const search of searches) {
    const to = await allocation()
    const found = await client.leads({ ...search, campaign_id })
    if (!found.ok) throw new Error(found.body.detail)
    const ids = found.body.items.map(({ id }) => id).toSorted()
    expect({ search, ...(await counted(to, { search })) }).toMatchObject({ search, leads: ids.length })
    expect(await filled(to, { search })).toMatchObject({ state: 'done', moved: ids.length })
    expect((await isIn(to)).toSorted()).toEqual(ids)
    await client.post(`/v1/allocations/${to}/moves`, { to_allocation_id: from, all: true })
  }
})

test('what somebody typed is kept as long as the fill runs, and is in no audit entry', async () => {
  const { allocation, insert } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  const { phone } = await insert(from, { Name: 'Zebediah' })
  await filled(to, {
    search: { q: `Zebediah ${phone}` },
    fields: [{ field: 'Name', is: ['Zebediah'] }],
  })
  const { rows } = await admin(
    connection,
    "select (select string_agg(f::text, ' ') from fills f) || (select string_agg(a::text, ' ') from audit_log a) as text",
  )
  expect(rows[0].text.toLowerCase()).not.toMatch(new RegExp(`zebediah|${phone.slice(1)}`))
})

test('a lead that changes meanwhile and does not fit any more is left and counted, and another takes its place', async () => {
  const { campaign_id, allocation, many, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  await many(from, 4)
  const ids = await isIn(from)
  const fill_id = await withoutJob({
    ...EVERYTHING,
    campaign_id,
    to_id: to,
    picks: [{ code: '', leads_max: null }],
    leads_max: 2,
  })
  // Behind the choice of the candidates, and before they are locked, the newest one gets an outcome.
  const transaction = pool.transaction.bind(pool)
  const spy = vi.spyOn(pool, 'transaction')
  spy.mockImplementationOnce((work, options) =>
    transaction((tx) => {
      const query = queriesOf(tx)
      spyOnQueries(tx).mockImplementation(async (statement, params) => {
        if (statement.name === 'leads.lockMany')
          expect(await client.patchLead(ids[3]!, 1, { disposition: 'Sale' })).toMatchObject({ ok: true })
        return query(statement, params)
      })
      return work(tx)
    }, options),
  )
  await fillChunk(pool, fill_id)
  spy.mockRestore()
  expect((await client.fill(fill_id)).body).toMatchObject({ state: 'running', moved: 1, changed: 1 })
  await fillChunk(pool, fill_id)
  expect((await client.fill(fill_id)).body).toMatchObject({ state: 'done', moved: 2, changed: 1 })
  expect(await isIn(to)).toEqual([ids[1], ids[2]])
})

test('a leased lead moves, and stays with its taker', async () => {
  const { allocation, insert } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  const { lead_id, phone } = await insert(from)
  const { body } = await client.post<Leases>(`/v1/allocations/${from}/leases`, {})
  expect(await filled(to, {})).toMatchObject({ moved: 1 })
  expect((await client.post<Leases>(`/v1/allocations/${to}/leases`, {})).body.items).toEqual([])
  const outcome = await client.put(`/v1/leases/${body.items[0]!.lease_id}/outcome`, {
    disposition: 'Sale',
    phone,
  })
  expect(outcome).toMatchObject({ status: 200, body: { lead_id, version: 3 } })
})

test('many leads are moved in chunks, by several processes at once, each lead once; a waiting dialler gets one', async () => {
  const { allocation, many, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  const amount = 3 * CHOSEN_AT_ONCE + 10
  for (let left = amount; left > 0; left -= 500) await many(from, Math.min(500, left))
  const waiting = client.post<Leases>(`/v1/allocations/${to}/leases`, { wait_s: 10 })
  const { fill_id } = await filled(to, {})
  let over = false
  const worker = async () => {
    while (!over) over = (await fillChunk(pool, fill_id)).how === 'over'
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  expect((await waiting).body.items).toHaveLength(1)
  expect((await client.fill(fill_id)).body).toMatchObject({ state: 'done', moved: amount, changed: 0 })
  expect(await isIn(to)).toHaveLength(amount)
  const { rows } = await admin(
    connection,
    `select max(version) as version from leads where allocation_id = ${to}`,
  )
  expect(rows[0].version).toBe(2)
})

/** A campaign whose leads have odd values. */
async function suburbs() {
  const hours = await client.createContactHours({ name: `Suburbs ${++names}`, zone: 'Australia/Sydney' })
  if (!hours.ok) throw new Error(hours.body.detail)
  const made = await client.createTemplate({
    name: `Suburbs ${++names}`,
    contact_hours: hours.body.name,
    bad_values: 'keep',
    fields: [
      { name: 'FirstPhone', kind: 'phone' },
      { name: 'State', kind: 'choice', choices: ['NSW', 'Vic'], aliases: ['Region'] },
      { name: 'PostCode', kind: 'text' },
      { name: 'Suburb', kind: 'text' },
      { name: 'Born', kind: 'date' },
    ],
  })
  if (!made.ok) throw new Error(made.body.detail)
  const { template_id: id } = made.body
  const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id: id,
    name: `suburbs ${++names}`,
  })
  const { campaign_id } = body
  const allocation = async () => {
    const answer = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: `part ${++names}`,
    })
    return answer.body.allocation_id
  }
  const [from, to] = [await allocation(), await allocation()]
  const insert = async (fields: Record<string, string>) => {
    const place = { template_id: id, campaign_id, allocation_id: from }
    const answer = await client.insertLead(place, { FirstPhone: mobile(), ...fields })
    expect(answer.code, JSON.stringify(answer.body)).toBe(0)
    return answer.lead_id!
  }
  return { from, to, insert, allocation }
}

test('leads are found by the value of a field, as it is folded everywhere, and by no part of it', async () => {
  const { from, to, insert } = await suburbs()
  const VALUES = [
    'Sao Paulo',
    'São Paulo',
    'SÃO PAULO',
    'São Paulo East',
    "O'Connor",
    'O’Connor',
    '100%',
    '100',
    '1000',
    'a_b',
    'aXb',
    'back\\slash',
    '"quoted"',
    '{"json": [1]}',
    'null',
    'true',
    'toString',
    '__proto__',
    "'); drop table leads; --",
    'Łódź',
    '東京',
    'Straße',
    'a'.repeat(5_000),
  ]
  const ids = new Map<string, string>()
  for (const value of VALUES) ids.set(value, await insert({ Suburb: value }))
  const [none] = [await insert({}), await insert({ Suburb: '   ' })]
  expect(none).toBeDefined()
  const same = new Map<string, string[]>([
    ['sao paulo', ['Sao Paulo', 'São Paulo', 'SÃO PAULO']],
    ['  São Paulo ', ['Sao Paulo', 'São Paulo', 'SÃO PAULO']],
    ["o'connor", ["O'Connor", 'O’Connor']],
    ['STRASSE', ['Straße']],
    ['lodz', ['Łódź']],
    ['paulo', []],
    ['%', []],
    ['100_', []],
    ['a.b', []],
  ])
  for (const value of VALUES) if (![...same.values()].flat().includes(value)) same.set(value, [value])
  for (const [value, found] of same) {
    const fields = [{ field: 'Suburb', is: [value] }]
    expect({ value, ...(await counted(to, { fields })) }).toMatchObject({
      value,
      leads: found.length,
      exact: true,
    })
    expect(await filled(to, { fields })).toMatchObject({ state: 'done', moved: found.length })
    const { rows } = await admin(
      connection,
      `select fields ->> 'Suburb' as suburb from leads where allocation_id = ${to}`,
    )
    expect(rows.map(({ suburb }) => suburb).toSorted()).toEqual(found.toSorted())
    await client.post(`/v1/allocations/${to}/moves`, { to_allocation_id: from, all: true })
  }
  const several = [{ field: 'Suburb', is: ['100', 'A_B', 'nowhere'] }]
  expect(await counted(to, { fields: several })).toMatchObject({ leads: 2 })
  expect(await counted(to, { fields: [{ field: 'Suburb', is: [null] }] })).toMatchObject({ leads: 2 })
  expect(await counted(to, { fields: [{ field: 'Suburb', is: ['', '100%'] }] })).toMatchObject({ leads: 3 })
})

test('values of fields go with each other, with the search and with dispositions; each kind is read as it is kept', async () => {
  const { from, to, insert } = await suburbs()
  const sydney = await insert({ State: 'nsw', PostCode: '2000', Suburb: 'Sydney', Born: '1980-02-01' })
  const busy = await insert({ State: 'NSW', PostCode: '2000', Suburb: 'The Rocks', njDisposition: 'Busy' })
  const darwin = await insert({ State: 'N.S.W.', PostCode: '0800', Suburb: 'Darwin' })
  const melbourne = await insert({ State: 'VIC', PostCode: '3000', Suburb: 'Sydney Road' })
  const finds = async (body: FillRequest) => {
    const preview = await counted(to, body)
    expect(await filled(to, body)).toMatchObject({ state: 'done', moved: preview.moves })
    const { rows } = await admin(
      connection,
      `select campaign_id || '-' || number as id from leads where allocation_id = ${to} order by number`,
    )
    await client.post(`/v1/allocations/${to}/moves`, { to_allocation_id: from, all: true })
    expect(preview.moves).toBe(rows.length)
    return rows.map(({ id }) => id)
  }
  const nsw = { field: 'State', is: ['Nsw'] }
  expect(await finds({ fields: [nsw] })).toEqual([sydney, busy])
  // By an alias, in any case.
  expect(await finds({ fields: [{ field: 'region', is: ['NSW'] }] })).toEqual([sydney, busy])
  expect(await finds({ fields: [nsw], dispositions: [{ disposition: 'Busy' }] })).toEqual([busy])
  expect(await counted(to, { fields: [nsw] })).toMatchObject({
    dispositions: expect.arrayContaining([
      { disposition: null, leads: 1 },
      { disposition: 'Busy', leads: 1 },
    ]),
  })
  expect(await finds({ fields: [nsw], search: { q: 'sydney' } })).toEqual([sydney])
  expect(await finds({ search: { q: 'sydney' } })).toEqual([sydney, melbourne])
  expect(await finds({ fields: [nsw, { field: 'PostCode', is: ['2000', '3000'] }], leads_max: 1 })).toEqual([
    busy,
  ])
  expect(await finds({ fields: [nsw, { field: 'PostCode', is: ['0800'] }] })).toEqual([])
  // A value that is none of the choices is found as the text that it is; a post code keeps its zeros.
  expect(await finds({ fields: [{ field: 'State', is: ['n.s.w.'] }] })).toEqual([darwin])
  expect(await finds({ fields: [{ field: 'PostCode', is: ['800'] }] })).toEqual([])
  expect(await finds({ fields: [{ field: 'Born', is: ['1980-02-01'] }] })).toEqual([sydney])
  expect(await finds({ fields: [{ field: 'Born', is: [null] }, nsw] })).toEqual([busy])
})

test('fields that cannot be asked about are refused with their place', async () => {
  const { to } = await suburbs()
  const refused = (body: object) => client.post(`/v1/allocations/${to}/fills`, body)
  const field = (field: string, is: unknown[] = ['x']) =>
    refused({
      fields: [
        { field: 'State', is: ['NSW'] },
        { field, is },
      ],
    })
  expect(await field('Colour')).toMatchObject({ status: 422, code: 1005, body: { field: '/fields/1/field' } })
  expect(await field('FirstPhone')).toMatchObject({
    status: 422,
    code: 1005,
    body: { field: '/fields/1/field' },
  })
  expect(await field('Suburb', ['fine', 'not\u0000fine'])).toMatchObject({
    code: 1005,
    body: { field: '/fields/1/is/1' },
  })
  expect(await field('Suburb', [])).toMatchObject({ status: 422, code: 1005 })
  expect(await field('Suburb', [{}])).toMatchObject({ status: 422, code: 1005 })
  expect(await refused({ fields: [] })).toMatchObject({ status: 422, code: 1005 })
})

test('a lead whose field changes while it is chosen stays, and counts as changed', async () => {
  const { to, insert } = await suburbs()
  const [first, second] = [await insert({ State: 'NSW' }), await insert({ State: 'NSW' })]
  const [campaign_id] = first!.split('-').map(Number)
  const fields = [{ field: 'State', texts: ['NSW'], or_none: false }]
  const fill_id = await withoutJob({ ...EVERYTHING, campaign_id: campaign_id!, to_id: to, fields })
  const transaction = pool.transaction.bind(pool)
  const spy = vi.spyOn(pool, 'transaction')
  spy.mockImplementationOnce((work, options) =>
    transaction((tx) => {
      const query = queriesOf(tx)
      spyOnQueries(tx).mockImplementation(async (statement, params) => {
        if (statement.name === 'leads.lockMany')
          expect(await client.patchLead(second!, 1, { fields: { State: 'Vic' } })).toMatchObject({ ok: true })
        return query(statement, params)
      })
      return work(tx)
    }, options),
  )
  await fillChunk(pool, fill_id)
  spy.mockRestore()
  await fillChunk(pool, fill_id)
  expect((await client.fill(fill_id)).body).toMatchObject({ moved: 1, changed: 1 })
  expect((await client.lead(second!)).body).toMatchObject({ version: 2 })
})

/** Holds a lead, as a long write does. */
async function held(lead_id: string) {
  const [campaign_id, number] = lead_id.split('-')
  const holder = new pg.Client(connection)
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from leads where campaign_id = $1 and number = $2 for update', [
    campaign_id,
    number,
  ])
  return async () => {
    await holder.query('rollback')
    await holder.end()
  }
}

async function fillOf(to: number): Promise<Fill | undefined> {
  const answer = await client.fills(to)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items[0]
}

test('is cancelled between two chunks; what it has moved stays moved', async () => {
  const { allocation, many, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  for (let i = 0; i < 5; i++) await many(from, CHOSEN_AT_ONCE)
  const of_second_chunk = (await isIn(from)).at(-CHOSEN_AT_ONCE - 1)!
  const release = await held(of_second_chunk)
  const filling = client.fillAllocation(to, {})
  await until('the first chunk is moved', async () => (await isIn(to)).length === CHOSEN_AT_ONCE)
  const { fill_id, ...fill } = (await fillOf(to))!
  expect(fill).toMatchObject({ state: 'running', moved: CHOSEN_AT_ONCE, finished_at: null })
  // The chunk under way has the fill, and waits for the lead.
  const cancelled = client.cancelFill(fill_id)
  await release()
  const { body: end } = await cancelled
  expect((await filling).body).toEqual(end)
  expect(end).toMatchObject({ state: 'cancelled', moved: (await isIn(to)).length })
  expect((await isIn(from)).length).toBeGreaterThan(0)
  expect((await client.cancelFill(fill_id)).body).toEqual(end)
})

test('one that is cancelled moves nothing more', async () => {
  const { campaign_id, allocation, many, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  await many(from, 3)
  const fill_id = await withoutJob({ ...EVERYTHING, campaign_id, to_id: to })
  expect(await client.cancelFill(fill_id)).toMatchObject({
    status: 200,
    body: { state: 'cancelled', moved: 0 },
  })
  expect(await fillChunk(pool, fill_id)).toMatchObject({ how: 'over', moved: 0 })
  expect(await isIn(to)).toEqual([])
})

test('stops when its allocation is archived', async () => {
  const { allocation, many, isIn } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  for (let i = 0; i < 5; i++) await many(from, CHOSEN_AT_ONCE)
  const of_second_chunk = (await isIn(from)).at(-CHOSEN_AT_ONCE - 1)!
  const release = await held(of_second_chunk)
  const filling = client.fillAllocation(to, {})
  await until('the first chunk is moved', async () => (await isIn(to)).length === CHOSEN_AT_ONCE)
  const archived = client.changeAllocation(to, { archived: true })
  await release()
  expect((await archived).status).toBe(200)
  await filling
  await until('the fill has ended', async () => (await fillOf(to))?.state !== 'running')
  expect(await fillOf(to)).toMatchObject({ state: 'stopped', moved: (await isIn(to)).length })
  expect(await client.fillAllocation(to, {})).toMatchObject({ status: 404, code: 1004 })
})

const FOLDER = mkdtempSync(join(tmpdir(), 'leadline-fills-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

test('goes on after a kill where its last commit was', { timeout: 60_000 }, async ({ onTestFinished }) => {
  const own = await cloneDatabase(inject('servers')[0]!.connection)
  onTestFinished(async () => {
    await dropDatabase(own)
  })
  const KEY = `test_${'f'.repeat(40)}`
  const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(own),
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: FOLDER,
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
      LEADLINE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const there = new LeadlineClient({ url: await addressOf(child), key: KEY })
  const sample = { template_id: 1, campaign_id: 1, allocation_id: 1 }
  const amount = 2 * CHOSEN_AT_ONCE + 20
  for (let left = amount; left > 0; left -= CHOSEN_AT_ONCE)
    await there.insertLead(
      sample,
      Array.from({ length: Math.min(left, CHOSEN_AT_ONCE) }, () => ({ FirstPhone: mobile() })),
    )
  const made = await there.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: 1,
    name: 'next',
  })
  const { allocation_id: to } = made.body
  const number = async (sql: string) => Number((await admin(own, sql)).rows[0].n)
  const holder = new pg.Client(own)
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from leads order by number limit 1 for update')
  const filling = there.fillAllocation(to, {}).catch(() => undefined)
  const moved = () => number(`select count(*) as n from leads where allocation_id = ${to}`)
  await until('two chunks are moved', async () => (await moved()) === 2 * CHOSEN_AT_ONCE)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await filling
  await holder.query('rollback')
  await holder.end()
  expect(await moved()).toBe(2 * CHOSEN_AT_ONCE)
  const next = await startLeadline({ connection: own })
  onTestFinished(() => next.stop())
  const reader = new LeadlineClient({ url: next.url, key: KEY })
  await until('the fill is done', async () => (await reader.fills(to)).ok && (await moved()) === amount)
  await until(
    'it says so',
    async () =>
      (await number(`select count(*) as n from fills where state = 'done' and moved = ${amount}`)) === 1,
  )
  expect(await number(`select count(*) as n from events where version = 2`)).toBe(amount)
  expect(await checkDatabase(own)).toEqual([])
  await next.stop()
})

test('an allocation that gave leads to a fill is not deleted', async () => {
  const { allocation, many } = await campaign()
  const [from, to] = [await allocation(), await allocation()]
  await many(from, 1)
  await filled(to, {})
  expect(await client.deleteAllocation(from)).toMatchObject({ status: 422, code: 1005 })
  const empty = await allocation()
  await filled(empty, { search: { q: 'nobody' } })
  expect(await client.deleteAllocation(empty)).toMatchObject({ status: 204 })
})

test('refuses what it does not know, and says where', async () => {
  const { allocation } = await campaign()
  const to = await allocation()
  const refusals: [FillRequest, number, string][] = [
    [{ from_allocation_ids: [to] }, 1004, '/from_allocation_ids/0'],
    [{ from_allocation_ids: [target.allocation_id] }, 1004, '/from_allocation_ids/0'],
    [{ search: { campaign_id: target.campaign_id } }, 1005, '/search/campaign_id'],
    [{ search: { callback_from: 'soon' } }, 1005, '/search/callback_from'],
    [{ search: { q: 'a\0' } }, 1005, '/search/q'],
    [{ dispositions: [{ disposition: 'Nonsense' }] }, 106, '/dispositions/0'],
    [{ dispositions: [{ disposition: 'Busy' }, { disposition: 'busy' }] }, 1005, '/dispositions/1'],
    [{ leads_max: 0 }, 1005, '/leads_max'],
  ]
  for (const [body, code, field] of refusals)
    for (const ask of [client.previewFill(to, body), client.fillAllocation(to, body)]) {
      const answer = await ask
      expect({ asked: body, ...answer }).toMatchObject({ body: { code } })
      expect(JSON.stringify(answer.body)).toContain(`"field":"${field}"`)
    }
  expect(await client.fill(999_999)).toMatchObject({ status: 404, code: 1004 })
  expect(await client.cancelFill(999_999)).toMatchObject({ status: 404, code: 1004 })
  expect(await client.fillAllocation(999_999, {})).toMatchObject({ status: 404, code: 1004 })
})
