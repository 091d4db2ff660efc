// Bulk changes: one change of many leads, counted first, done by a job in chunks, cancelled, undone.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, inject, test, vi } from 'vitest'
import type { Reply } from '../src/client/answer.ts'
import type { BulkChange, BulkChangeRequest, Lead } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { bulkChunk } from '../src/intake/bulk-walk.ts'
import { Targets } from '../src/intake/targets.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { queriesOf, spyOnQueries } from './support/queries.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
const now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection, pool } = leadline
const { template_id } = target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

function body<Body>(answer: Reply<Body>): Body {
  if (!answer.ok) throw new Error(`${answer.code} ${answer.body.detail} ${answer.body.field ?? ''}`)
  return answer.body
}

let names = 0
/** A campaign of its own. */
async function campaign() {
  const made = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: `bulk ${++names}`,
  })
  const { campaign_id } = made.body
  const allocation = async () => {
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: `part ${++names}`,
      started: true,
    })
    return body.allocation_id
  }
  const allocation_id = await allocation()
  const insert = async (more: Record<string, string> = {}) => {
    const lead = { FirstPhone: mobile(), ...more }
    const { lead_id, code } = await client.insertLead({ template_id, campaign_id, allocation_id }, lead)
    expect(code).toBe(0)
    return { id: lead_id!, phone: lead.FirstPhone }
  }
  const many = async (amount: number) => {
    for (let left = amount; left > 0; left -= 500)
      await client.insertLead(
        { template_id, campaign_id, allocation_id },
        Array.from({ length: Math.min(left, 500) }, () => ({ FirstPhone: mobile() })),
      )
  }
  return { campaign_id, allocation, allocation_id, insert, many, search: { campaign_id } }
}

const leadOf = async (id: string): Promise<Lead> => body(await client.lead(id))
const bulkOf = async (id: number): Promise<BulkChange> => body(await client.bulkChange(id))
const ended = async (id: number): Promise<BulkChange> => {
  await until('it has ended', async () => !['running', 'undoing'].includes((await bulkOf(id)).state))
  return bulkOf(id)
}
const changed = async (asked: BulkChangeRequest) =>
  ended(body(await client.createBulkChange(asked)).bulk_change_id)
const counted = async (asked: BulkChangeRequest) => body(await client.previewBulkChange(asked))
const undone = async (id: number) => ended(body(await client.undoBulkChange(id)).bulk_change_id)

describe('a disposition', () => {
  test('is counted first, then given to each lead by the rules of one that a person gives; a lead in a call is left', async () => {
    const { search, insert, allocation_id } = await campaign()
    const [first, second, third] = [await insert(), await insert(), await insert()]
    const { body: held } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})
    expect(held.items[0]!.lead.id).toBe(third.id)
    const asked = { search, disposition: 'busy' }
    expect(await counted(asked)).toEqual({ leads: 3, exact: true, changes: 2, skipped: { leased: 1 } })
    expect((await leadOf(first.id)).version).toBe(1)
    const bulk = await changed(asked)
    expect(bulk).toMatchObject({
      kind: 'disposition',
      disposition: 'Busy',
      state: 'done',
      leads: 3,
      done: 2,
      skipped: { leased: 1 },
      undoable: true,
      created_by: 'key:1',
    })
    // The same as the one that a person gives.
    const by_hand = await insert()
    body(await client.patchLead(by_hand.id, 1, { disposition: 'Busy' }))
    const given = ({ disposition, closed, callback, priority }: Lead) => ({
      disposition,
      closed,
      callback,
      priority,
    })
    for (const { id } of [first, second]) {
      const lead = await leadOf(id)
      expect(given(lead)).toEqual(given(await leadOf(by_hand.id)))
      expect(lead.version).toBe(2)
      const calls = await client.get<{ items: object[] }>(`/v1/leads/${id}/calls`)
      expect(calls.body.items).toMatchObject([{ disposition: 'Busy', actor: 'key:1' }])
    }
    expect(await leadOf(third.id)).toMatchObject({ disposition: null, version: 1 })
    const outcome = await client.put(`/v1/leases/${held.items[0]!.lease_id}/outcome`, {
      disposition: 'Sale',
      phone: third.phone,
    })
    expect(outcome).toMatchObject({ status: 200, body: { applied: true } })
  })

  test('that is a promised call has its time and its agent', async () => {
    const { search, insert } = await campaign()
    const { id } = await insert()
    const callback = { local: '2026-11-26T10:00' }
    const operator = await leadline.asOperator('agent')
    const callback_agent = operator.operator.login
    expect(await changed({ search, disposition: 'Callback', callback, callback_agent })).toMatchObject({
      done: 1,
    })
    expect(await leadOf(id)).toMatchObject({
      disposition: 'Callback',
      callback: { local: '2026-11-26T10:00:00' },
      callback_agent,
    })
  })

  test('is taken back where nobody has touched the lead since; the call record stays', async () => {
    const { search, insert, allocation_id } = await campaign()
    const [untouched, touched, forgotten, in_call] = [
      await insert(),
      await insert(),
      await insert(),
      await insert(),
    ]
    body(await client.patchLead(untouched.id, 1, { disposition: 'No Answer' }))
    const before = await leadOf(untouched.id)
    const bulk = await changed({ search, disposition: 'Sale' })
    expect(bulk).toMatchObject({ done: 4, skipped: {} })
    body(await client.patchLead(touched.id, 2, { fields: { City: 'Geelong' } }))
    expect((await client.forgetLead(forgotten.id)).ok).toBe(true)
    body(
      await client.patchLead(in_call.id, 2, { disposition: 'Busy', callback: { local: '2026-11-24T13:00' } }),
    )
    const { body: held } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})
    expect(held.items[0]!.lead.id).toBe(in_call.id)
    const end = await undone(bulk.bulk_change_id)
    expect(end).toMatchObject({ state: 'undone', undone: 1, kept: { touched: 2, gone: 1 }, undoable: false })
    const { disposition, closed, callback, priority, version } = await leadOf(untouched.id)
    expect({ disposition, closed, callback, priority }).toEqual({
      disposition: before.disposition,
      closed: before.closed,
      callback: before.callback,
      priority: before.priority,
    })
    expect(version).toBe(before.version + 2)
    expect(await leadOf(touched.id)).toMatchObject({ disposition: 'Sale', closed: true })
    const calls = await client.get<{ items: object[] }>(`/v1/leads/${untouched.id}/calls`)
    expect(calls.body.items).toHaveLength(2)
    // Once more changes nothing.
    expect(body(await client.undoBulkChange(bulk.bulk_change_id))).toEqual(end)
  })

  test('that lists numbers is not taken back', async () => {
    const { search, insert } = await campaign()
    const { id, phone } = await insert()
    const bulk = await changed({ search, disposition: 'Do Not Call' })
    expect(bulk).toMatchObject({ done: 1, undoable: false })
    expect(await leadOf(id)).toMatchObject({ closed: true, phones: [{ blocked_by: 'private' }] })
    expect(await client.undoBulkChange(bulk.bulk_change_id)).toMatchObject({
      code: 1005,
      body: { field: '/state', detail: expect.stringContaining('remove them from the list') },
    })
    expect(body(await client.checkDnc({ phones: [phone] })).items).toMatchObject([{ blocked: true }])
  })

  test('that is disabled meanwhile stops it, and says so', async () => {
    const { search, many, campaign_id } = await campaign()
    await many(3)
    const disposition = `Parked ${++names}`
    const { body: sets } = await client.get<{ items: { disposition_set_id: number }[] }>(
      '/v1/disposition-sets',
    )
    const { disposition_set_id } = sets.items[0]!
    await client.post(`/v1/disposition-sets/${disposition_set_id}/dispositions`, {
      code: disposition,
      kind: 'final',
    })
    const bulk_change_id = await withoutJob(campaign_id, { kind: 'disposition', disposition })
    await client.patch(`/v1/disposition-sets/${disposition_set_id}/dispositions/${disposition}`, {
      enabled: false,
    })
    await step(bulk_change_id)
    expect(await bulkOf(bulk_change_id)).toMatchObject({
      state: 'stopped',
      detail: 'the disposition was disabled or deleted meanwhile',
      done: 0,
    })
    expect((await changed({ search, disposition: 'Busy' })).done).toBe(3)
  })
})

const desk = { pool, now: () => now, targets: new Targets(pool) }
const step = (bulk_change_id: number) => bulkChunk(desk, bulk_change_id)

/** A bulk change over all leads of a campaign that no worker goes on with. */
async function withoutJob(
  campaign_id: number,
  change: Record<string, unknown>,
  more: { closed?: boolean } = {},
): Promise<number> {
  const filter = {
    allocation_id: null,
    dispositions: null,
    callback_from: null,
    callback_to: null,
    callback_agent: null,
    closed: null,
    has_conflict: null,
    changed_by: null,
    ...more,
  }
  const choice = {
    campaign_id,
    filter,
    typed: null,
    fields: null,
    from_ids: null,
    except_id: null,
    codes: null,
    numbers: null,
  }
  const kept = { callback: null, callback_agent: null, lists_numbers: false, ...change }
  const { rows } = await admin(
    connection,
    `insert into bulk_changes (campaign_id, kind, change, choice, place, leads, exact, actor, way, request_id)
     select ${campaign_id}, '${change.kind}', '${JSON.stringify(kept)}', '${JSON.stringify(choice)}',
       ${Number.MAX_SAFE_INTEGER}, count(*), true, 'key:1', 'v1', 'r'
     from leads where campaign_id = ${campaign_id}
     returning bulk_change_id`,
  )
  return rows[0].bulk_change_id
}

describe('a move', () => {
  test('goes to one allocation from wherever the leads are, and back to there', async () => {
    const { search, insert, allocation, allocation_id } = await campaign()
    const [there, to] = [await allocation(), await allocation()]
    const [here, other, moved_on] = [await insert(), await insert(), await insert()]
    await client.moveLeads(allocation_id, { to_allocation_id: there, lead_ids: [other.id] })
    expect(await counted({ search, to_allocation_id: there })).toMatchObject({
      leads: 3,
      changes: 2,
      skipped: { there: 1 },
    })
    const bulk = await changed({ search, to_allocation_id: to })
    expect(bulk).toMatchObject({ kind: 'move', to_allocation_id: to, done: 3, state: 'done' })
    expect(await leadOf(other.id)).toMatchObject({ allocation_id: to, version: 3 })
    const leased = await client.post<Leases>(`/v1/allocations/${to}/leases`, { count: 1 })
    await client.post(`/v1/leases/${leased.body.items[0]!.lease_id}/return`, {})
    await client.moveLeads(to, { to_allocation_id: there, lead_ids: [moved_on.id] })
    expect(await client.deleteAllocation(allocation_id)).toMatchObject({ ok: false })
    const end = await undone(bulk.bulk_change_id)
    expect(end.undone + (end.kept.touched ?? 0) + (end.kept.leased ?? 0)).toBe(3)
    expect(end.kept.touched).toBe(1)
    expect((await leadOf(here.id)).allocation_id).toBe(allocation_id)
    expect((await leadOf(other.id)).allocation_id).toBe(there)
    expect((await leadOf(moved_on.id)).allocation_id).toBe(there)
  })

  test('stays where the leads came from takes none any more', async () => {
    const { search, insert, allocation, allocation_id } = await campaign()
    const to = await allocation()
    const { id } = await insert()
    const bulk = await changed({ search, to_allocation_id: to })
    expect((await client.changeAllocation(allocation_id, { archived: true })).ok).toBe(true)
    expect(await undone(bulk.bulk_change_id)).toMatchObject({ undone: 0, kept: { no_place: 1 } })
    expect((await leadOf(id)).allocation_id).toBe(to)
  })

  test('stops when its allocation is archived meanwhile', async () => {
    const { many, allocation, campaign_id } = await campaign()
    const to = await allocation()
    await many(300)
    const id = await withoutJob(campaign_id, { kind: 'move', to_allocation_id: to })
    expect(await step(id)).toMatchObject({ how: 'goes on' })
    await client.changeAllocation(to, { archived: true })
    expect(await step(id)).toMatchObject({ how: 'over' })
    expect(await bulkOf(id)).toMatchObject({
      state: 'stopped',
      done: 250,
      detail: expect.stringContaining('archived'),
    })
  })
})

describe('a do-not-call list', () => {
  test('gets all numbers of the leads; who has none, or is on it already, is counted', async () => {
    const { search, insert, campaign_id } = await campaign()
    const [fresh, listed] = [await insert({ SecondPhone: mobile() }), await insert()]
    body(await client.addToDnc({ list: 'campaign', campaign_id, phones: [listed.phone] }))
    const asked: BulkChangeRequest = { search, dnc: { list: 'campaign', reason: 'asked by post' } }
    expect(await counted(asked)).toEqual({ leads: 2, exact: true, changes: 1, skipped: { listed: 1 } })
    const bulk = await changed(asked)
    expect(bulk).toMatchObject({
      kind: 'dnc',
      list: 'campaign',
      done: 1,
      skipped: { listed: 1 },
      undoable: false,
    })
    expect((await leadOf(fresh.id)).phones.map(({ blocked_by }) => blocked_by)).toEqual([
      'campaign',
      'campaign',
    ])
    const { items } = body(await client.dncEntries({ phone: fresh.phone }))
    expect(items).toMatchObject([
      {
        list: 'campaign',
        campaign_id,
        reason: 'asked by post',
        source: `bulk change ${bulk.bulk_change_id}`,
      },
    ])
    expect(await client.undoBulkChange(bulk.bulk_change_id)).toMatchObject({ code: 1005 })
  })

  test('of clients frees leads that wait because of the list of their campaign', async () => {
    const { search, insert, allocation_id, campaign_id } = await campaign()
    const { id, phone } = await insert()
    body(await client.addToDnc({ list: 'campaign', campaign_id, phones: [phone] }))
    const take = async () =>
      (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})).body.items.map(
        ({ lead }) => lead.id,
      )
    expect(await take()).toEqual([])
    expect(await changed({ search, dnc: { list: 'client' } })).toMatchObject({ done: 1 })
    expect(await take()).toEqual([id])
  })

  test('that is private takes as many from a team lead as anywhere else', async () => {
    const { search, insert } = await campaign()
    const { id } = await insert()
    const lead = await leadline.asOperator('lead')
    const dnc = { list: 'private' as const, reason: 'asked' }
    expect(await lead.post('/v1/bulk-changes', { search, dnc })).toMatchObject({ status: 403, code: 1002 })
    expect(await lead.post('/v1/bulk-changes', { lead_ids: [id], dnc: { list: 'client' } })).toMatchObject({
      code: 1002,
    })
    expect(await lead.post('/v1/bulk-changes', { lead_ids: [id], dnc })).toMatchObject({
      status: 201,
      body: { done: 1 },
    })
    expect(await leadOf(id)).toMatchObject({ phones: [{ blocked_by: 'private' }] })
  })
})

describe('forgetting', () => {
  test('needs the count that was seen, and forgets for good', async () => {
    const { search, insert } = await campaign()
    const [first, second] = [await insert({ City: 'Geelong' }), await insert({ City: 'Ballarat' })]
    const fields = [{ field: 'City', is: ['geelong'] }]
    expect(await client.createBulkChange({ search, fields, forget: {} })).toMatchObject({
      status: 412,
      code: 110,
    })
    expect(await client.createBulkChange({ search, fields, forget: { leads: 2 } })).toMatchObject({
      status: 412,
      body: { field: '/forget/leads', detail: expect.stringContaining('1 leads by now, not 2') },
    })
    expect(await counted({ search, fields, forget: {} })).toMatchObject({ leads: 1, changes: 1 })
    const bulk = await changed({ search, fields, forget: { leads: 1 } })
    expect(bulk).toMatchObject({ kind: 'forget', done: 1, undoable: false })
    expect((await client.lead(first.id)).code).toBe(101)
    expect((await client.lead(second.id)).ok).toBe(true)
    expect(await client.undoBulkChange(bulk.bulk_change_id)).toMatchObject({ code: 1005 })
    const { body: log } = await client.get<{ items: { subject: string }[] }>('/v1/audit', {
      action: 'lead.forget',
    })
    expect(log.items.map(({ subject }) => subject)).toContain(`lead:${first.id}`)
  })
})

test('the leads may be named one by one, of one campaign; one that is forgotten meanwhile is counted', async () => {
  const { insert } = await campaign()
  const [first, second, gone] = [await insert(), await insert(), await insert()]
  const other = await (await campaign()).insert()
  expect(
    await client.createBulkChange({ lead_ids: [first.id, other.id], disposition: 'Busy' }),
  ).toMatchObject({ code: 1005, body: { field: '/lead_ids/1' } })
  expect(await client.createBulkChange({ lead_ids: ['nonsense'], disposition: 'Busy' })).toMatchObject({
    code: 1005,
    body: { field: '/lead_ids/0' },
  })
  await client.forgetLead(gone.id)
  const lead_ids = [first.id, gone.id, first.id, second.id]
  expect(await counted({ lead_ids, disposition: 'Busy' })).toMatchObject({ leads: 2, changes: 2 })
  expect(await changed({ lead_ids, disposition: 'Busy' })).toMatchObject({ leads: 2, done: 2 })
  expect((await leadOf(first.id)).version).toBe(2)
})

test('leads that come in while it runs are not among its leads', async () => {
  const { search, insert } = await campaign()
  const leads = [await insert(), await insert(), await insert()]
  const release = await held(leads[1]!.id)
  const running = client.createBulkChange({ search, disposition: 'Sale' })
  const list = async () => body(await client.bulkChanges({ campaign_id: search.campaign_id })).items
  await until('it has begun', async () => (await list()).length > 0)
  const late = await insert()
  await release()
  const { bulk_change_id } = body(await running)
  expect(await ended(bulk_change_id)).toMatchObject({ state: 'done', leads: 3, done: 3 })
  expect((await leadOf(late.id)).version).toBe(1)
})

test('a lead that changes before it is locked, and fits no more, is left and counted', async () => {
  const { search, insert, campaign_id } = await campaign()
  const leads = [await insert(), await insert(), await insert()]
  const id = await withoutJob(campaign_id, { kind: 'disposition', disposition: 'Busy' }, { closed: false })
  const transaction = pool.transaction.bind(pool)
  const spy = vi.spyOn(pool, 'transaction')
  spy.mockImplementationOnce((work, options) =>
    transaction((tx) => {
      const query = queriesOf(tx)
      spyOnQueries(tx).mockImplementation(async (statement, params) => {
        if (statement.name === 'leads.lockMany')
          body(await client.patchLead(leads[1]!.id, 1, { disposition: 'Sale' }))
        return query(statement, params)
      })
      return work(tx)
    }, options),
  )
  await step(id)
  spy.mockRestore()
  await step(id)
  expect(await bulkOf(id)).toMatchObject({ state: 'done', done: 2, skipped: { changed: 1 } })
  expect(await leadOf(leads[1]!.id)).toMatchObject({ disposition: 'Sale', version: 2 })
  expect(await counted({ search, disposition: 'Busy' })).toMatchObject({ leads: 3 })
})

/** Locks a lead until it is released. */
async function held(id: string): Promise<() => Promise<void>> {
  const holder = new pg.Client(connection)
  await holder.connect()
  await holder.query('begin')
  const [campaign_id, number] = id.split('-')
  await holder.query(`select from leads where campaign_id = ${campaign_id} and number = ${number} for update`)
  return async () => {
    await holder.query('rollback')
    await holder.end()
  }
}

test('several processes at once change each lead once, and undo each once', async () => {
  const { many, allocation, campaign_id } = await campaign()
  const to = await allocation()
  await many(620)
  const id = await withoutJob(campaign_id, { kind: 'move', to_allocation_id: to })
  const work = async () => {
    const workers = Array.from({ length: 4 }, async () => {
      while ((await step(id)).how !== 'over');
    })
    await Promise.all(workers)
  }
  await work()
  expect(await bulkOf(id)).toMatchObject({ state: 'done', done: 620, skipped: {} })
  const versions = async () =>
    (
      await admin(
        connection,
        `select version, count(*)::integer as leads from leads where campaign_id = ${campaign_id} group by version`,
      )
    ).rows
  expect(await versions()).toEqual([{ version: 2, leads: 620 }])
  await client.undoBulkChange(id)
  await work()
  await ended(id)
  expect(await bulkOf(id)).toMatchObject({ state: 'undone', undone: 620, kept: {} })
  expect(await versions()).toEqual([{ version: 3, leads: 620 }])
})

test('is cancelled between two chunks; what it has done stays, and can be undone', async () => {
  const { many, campaign_id } = await campaign()
  await many(150)
  const id = await withoutJob(campaign_id, { kind: 'disposition', disposition: 'Sale' })
  await step(id)
  const cancelled = body(await client.cancelBulkChange(id))
  expect(cancelled).toMatchObject({ state: 'cancelled', done: 100, undoable: true })
  expect(await step(id)).toMatchObject({ how: 'over' })
  expect(body(await client.cancelBulkChange(id))).toEqual(cancelled)
  expect(await undone(id)).toMatchObject({ state: 'undone', done: 100, undone: 100 })
  const { rows } = await admin(
    connection,
    `select count(*)::integer as sold from leads where campaign_id = ${campaign_id} and disposition is not null`,
  )
  expect(rows).toEqual([{ sold: 0 }])
})

test('what was typed is nowhere once it has ended; its log has no values', async () => {
  const { search, insert } = await campaign()
  await insert({ City: 'Warrnambool' })
  await changed({ search: { ...search, q: 'warrnambool' }, disposition: 'Busy' })
  const { rows } = await admin(
    connection,
    `select (select string_agg(b::text, ' ') from bulk_changes b)
       || (select string_agg(a::text, ' ') from audit_log a where a.action like 'bulk_change.%') as text`,
  )
  expect(rows[0].text.toLowerCase()).not.toContain('warrnambool')
})

test('refuses what it does not know, and says where', async () => {
  const { search, allocation } = await campaign()
  const foreign = target.allocation_id
  const refusals: [object, number, string][] = [
    [{ search }, 1005, '/disposition'],
    [{ search, disposition: 'Busy', forget: {} }, 1005, '/forget'],
    [
      { search, to_allocation_id: await allocation(), callback: { local: '2026-11-26T10:00' } },
      1005,
      '/callback',
    ],
    [{ disposition: 'Busy' }, 1005, '/search'],
    [{ search: {}, disposition: 'Busy' }, 1005, '/search/campaign_id'],
    [{ search, lead_ids: ['1-1'], disposition: 'Busy' }, 1005, '/search'],
    [{ search, disposition: 'Nonsense' }, 106, '/disposition'],
    [{ search, disposition: 'Callback', callback: { local: 'tomorrow' } }, 1007, '/callback/local'],
    [{ search, to_allocation_id: foreign }, 1004, '/to_allocation_id'],
    [{ search, dnc: { list: 'private', expires_at: '2020-01-01T00:00:00Z' } }, 1005, '/dnc/expires_at'],
    [{ search, fields: [{ field: 'Nonsense', is: ['x'] }], disposition: 'Busy' }, 1005, '/fields/0/field'],
  ]
  for (const [asked, code, field] of refusals)
    for (const route of ['/v1/bulk-changes', '/v1/bulk-change-previews'])
      expect(await client.post(route, asked), JSON.stringify(asked)).toMatchObject({ code, body: { field } })
  expect(await client.bulkChange(999_999)).toMatchObject({ code: 1004 })
})

const TAKERS = 32

test(`${TAKERS} takers work meanwhile: who is in a call keeps the lead, and every lead is counted once`, {
  timeout: 120_000,
}, async () => {
  const { many, campaign_id, allocation_id, search } = await campaign()
  const amount = much(1_200, 10_000)
  await many(amount)
  let over = false
  const takers = Array.from({ length: TAKERS }, async () => {
    while (!over) {
      const { body: leases } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {
        lease_s: 60,
      })
      const [lease] = leases.items
      if (!lease) {
        await sleep(20)
        continue
      }
      // A short call.
      await sleep(100 + Math.random() * 300)
      const reported = await client.put(`/v1/leases/${lease.lease_id}/outcome`, {
        disposition: Math.random() < 0.5 ? 'Sale' : 'Busy',
        phone: lease.numbers[0]!.number,
      })
      expect(reported.status).toBe(200)
    }
  })
  const { bulk_change_id } = body(await client.createBulkChange({ search, disposition: 'Pitch No Sale' }))
  const bulk = await ended(bulk_change_id).finally(() => {
    over = true
  })
  await Promise.all(takers)
  const left = Object.values(bulk.skipped).reduce((sum, leads) => sum + leads, 0)
  expect(bulk).toMatchObject({ state: 'done', leads: amount })
  expect(bulk.done + left).toBe(amount)
  const { rows } = await admin(
    connection,
    `with given as (
       select lead_number, count(*) as calls from call_records
       where campaign_id = ${campaign_id} and disposition = 'Pitch No Sale' group by lead_number),
     versions as (
       select e.lead_number, e.version from events e
       where e.campaign_id = ${campaign_id} and e.changes -> 'disposition' ->> 1 = 'Pitch No Sale')
     select (select count(*)::integer from given) as leads, (select max(calls)::integer from given) as most, (
       select count(*)::integer from leases s join versions v on v.lead_number = s.lead_number
       where s.campaign_id = ${campaign_id} and s.outcome is not null and v.version > s.lead_version
         and v.version < (s.outcome -> 'answer' ->> 'version')::integer) as within_calls`,
  )
  expect(rows).toEqual([{ leads: bulk.done, most: 1, within_calls: 0 }])
})

const FOLDER = mkdtempSync(join(tmpdir(), 'leadline-bulk-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

test('killed in the middle: every lead is changed once, and taken back once', { timeout: 180_000 }, async ({
  onTestFinished: after,
}) => {
  const own: Connection = await cloneDatabase(inject('servers')[0]!.connection)
  after(async () => void (await dropDatabase(own)))
  const KEY = `test_${'b'.repeat(40)}`
  const start = async () => {
    const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl(own),
        LEADLINE_PORT: '0',
        LEADLINE_DATA_DIR: FOLDER,
        LEADLINE_BOOTSTRAP_API_KEY: KEY,
        LEADLINE_LOG_LEVEL: 'fatal',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    after(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    return { child, there: new LeadlineClient({ url: await addressOf(child), key: KEY }) }
  }
  let { child, there } = await start()
  const amount = much(2_000, 20_000)
  for (let left = amount; left > 0; left -= 500)
    await there.insertLead(
      { template_id: 1, campaign_id: 1, allocation_id: 1 },
      Array.from({ length: Math.min(left, 500) }, () => ({ FirstPhone: mobile() })),
    )
  const number = async (sql: string) => Number((await admin(own, sql)).rows[0]?.n ?? 0)
  /** Kills the server once so many leads are behind it; another one goes on. */
  const killedAt = async (column: 'done' | 'undone', leads: number) => {
    await until(
      'some are done',
      async () => (await number(`select ${column} as n from bulk_changes`)) >= leads,
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
    ;({ child, there } = await start())
  }
  const begun = there
    .createBulkChange({ search: { campaign_id: 1 }, disposition: 'Sale' })
    .catch(() => undefined)
  await killedAt('done', amount * 0.3)
  await begun
  const state = async () => (await admin(own, 'select state from bulk_changes')).rows[0].state
  await until('it is done', async () => (await state()) === 'done')
  expect(await number(`select done as n from bulk_changes`)).toBe(amount)
  expect(await number(`select count(*) as n from call_records`)).toBe(amount)
  expect(await number(`select count(distinct lead_number) as n from call_records`)).toBe(amount)
  const undoing = there.undoBulkChange(1).catch(() => undefined)
  await killedAt('undone', amount * 0.3)
  await undoing
  await until('it is undone', async () => (await state()) === 'undone')
  expect(await number(`select undone as n from bulk_changes`)).toBe(amount)
  expect(await number(`select count(*) as n from leads where version = 3 and disposition is null`)).toBe(
    amount,
  )
  expect(await number(`select count(*) as n from bulk_change_chunks`)).toBe(0)
  expect(await checkDatabase(own)).toEqual([])
})
