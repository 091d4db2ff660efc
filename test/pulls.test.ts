// Pulls end to end: a real HTTP server of the test answers rows, and they become leads.

import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { NewPull, PullRun } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'
import { leadSource, requestTo } from './support/source.ts'
import { until } from './support/until.ts'

const source = await leadSource()
afterAll(() => source.stop())
const leadline = await startLeadline({ actions: { private_hosts: [source.host] } })
const { client, connection, target } = leadline
const { view, callsOf, historyOf } = leadsOf(leadline)

beforeEach(() => {
  source.recover()
  source.rows = []
  source.page_rows = 1_000
  source.received.length = 0
})
afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
async function pullOf(more: Partial<NewPull> = {}) {
  const made = await client.createPull({
    allocation_id: target.allocation_id,
    name: `Pull ${++names}`,
    request: requestTo(source),
    format: 'json',
    id_key: 'id',
    keys: { id: null, ref: 'njExternalLeadId' },
    // Only when the test asks.
    enabled: false,
    ...more,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return made.body
}

/** A run that was asked for, once it has ended. */
async function runOf(pull_id: number): Promise<PullRun> {
  const started = await client.startPull(pull_id)
  if (!started.ok) throw new Error(JSON.stringify(started.body))
  return ended(pull_id, started.body.run_id)
}

async function ended(pull_id: number, run_id: number): Promise<PullRun> {
  let run: PullRun | undefined
  await until('the run ends', async () => {
    const runs = await client.pullRuns(pull_id)
    run = runs.ok ? runs.body.items.find((one) => one.run_id === run_id) : undefined
    return run?.finished_at !== null && run !== undefined
  })
  return run!
}

const after = async (pull_id: number) => {
  const pull = await client.pull(pull_id)
  return pull.ok ? pull.body : undefined
}

let ids = 0
const row = (more: object = {}) => {
  const id = ++ids
  return { id, ref: `crm-${id}`, FirstPhone: mobile(), Name: 'Ana Silva', ...more }
}

async function leadOf(external_id: string) {
  const { rows } = await admin(
    connection,
    `select campaign_id || '-' || number as id from leads where external_id = '${external_id}'`,
  )
  expect(rows).toHaveLength(1)
  return view(rows[0].id)
}

test('rows become leads over several pages, and the next run asks for what came after the last one', async () => {
  source.rows = Array.from({ length: 25 }, () => row())
  source.page_rows = 10
  const { pull_id } = await pullOf()
  const run = await runOf(pull_id)
  expect(run).toMatchObject({
    state: 'done',
    started_by: 'person',
    rows: 25,
    pages: 4,
    counts: { 0: 25 },
    refused: [],
    detail: null,
  })
  const last = source.rows.at(-1)!
  expect(await after(pull_id)).toMatchObject({ last_id: String(last.id), failures: 0, next_at: null })
  const lead = await leadOf(String(last.ref))
  expect(lead).toMatchObject({
    created_way: 'import',
    created_by: `pull:${pull_id}`,
    fields: { Name: 'Ana Silva' },
    unmapped: {},
  })
  expect(await historyOf(lead.id)).toMatchObject([
    { actor: `pull:${pull_id}`, actor_name: expect.stringMatching(/^Pull/) },
  ])
  source.rows.push(row())
  expect(await runOf(pull_id)).toMatchObject({ rows: 1, counts: { 0: 1 } })
  expect(source.received.at(-2)?.url).toBe(`/leads?after=${last.id}`)
})

test('rows without an id behind the last one that was taken are refused, and every run ends well', async () => {
  source.rows = [row(), row()]
  const [first, last] = source.rows as [(typeof source.rows)[0], (typeof source.rows)[0]]
  const without = { FirstPhone: mobile() }
  const page = (rows: object[]) => {
    source.answer = () => ({ status: 200, body: JSON.stringify(rows) })
  }
  page([first, last, without])
  const { pull_id } = await pullOf()
  expect(await runOf(pull_id)).toMatchObject({ state: 'done', rows: 3, counts: { 0: 2, 1005: 1 } })
  page([last, without])
  expect(await client.tryPull(pull_id)).toMatchObject({
    body: { problem: null, rows: 1, refused: [{ row: 1, code: 1005, field: 'id' }] },
  })
  for (let i = 0; i < 2; i++)
    expect(await runOf(pull_id)).toMatchObject({ state: 'done', rows: 1, counts: { 1005: 1 } })
  expect(await after(pull_id)).toMatchObject({ last_id: String(last.id), failures: 0 })
  page([last, without, row()])
  expect(await runOf(pull_id)).toMatchObject({ state: 'done', rows: 2, counts: { 0: 1, 1005: 1 } })
})

test('10,000 rows arrive once each', async () => {
  source.rows = Array.from({ length: 10_000 }, () => row())
  const { pull_id } = await pullOf()
  const began = performance.now()
  expect(await runOf(pull_id)).toMatchObject({ state: 'done', rows: 10_000, counts: { 0: 10_000 } })
  console.log(`10,000 rows in ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  const { rows } = await admin(
    connection,
    `select count(*)::integer as leads, count(distinct external_id)::integer as ids from leads
     where created_by = 'pull:${pull_id}'`,
  )
  expect(rows).toEqual([{ leads: 10_000, ids: 10_000 }])
})

test('each refused row has its code and field, and no value', async () => {
  const first = row()
  source.rows = [
    first,
    row({ FirstPhone: first.FirstPhone }),
    row({ ref: first.ref }),
    row({ FirstPhone: '12' }),
    row({ FirstPhone: undefined }),
    row({ njPriority: '500' }),
    row({ njAction: 'ERASE' }),
    row({ njColour: 'red' }),
    row({ Name: '<NO CHANGE>' }),
    row({ ref: 'nobody', njAction: 'MODIFY', City: 'Perth' }),
  ]
  const { pull_id } = await pullOf()
  const run = await runOf(pull_id)
  expect(run.counts).toEqual({ 0: 1, 101: 1, 102: 1, 105: 1, 108: 1, 112: 1, 1005: 2, 1006: 1, 1008: 1 })
  expect(run.refused.map(({ row: at, code, field }) => [at, code, field])).toEqual([
    [2, 105, null],
    [3, 112, null],
    [4, 1006, 'FirstPhone'],
    [5, 102, 'FirstPhone'],
    [6, 1008, 'njPriority'],
    [7, 1005, 'njAction'],
    [8, 1005, 'njColour'],
    [9, 108, 'Name'],
    [10, 101, 'njExternalLeadId'],
  ])
  const { id } = await leadOf(String(first.ref))
  expect(run.refused[0]!.lead_id).toBe(id)
  for (const value of [first.FirstPhone, 'Ana', 'crm-', 'ERASE', 'red', 'Perth', 'nobody'])
    expect(JSON.stringify(run)).not.toContain(value)
  expect(await after(pull_id)).toMatchObject({ last_id: String(source.rows.at(-1)!.id) })
})

test('MODIFY changes the lead of the external id: fields and outcome; REALLOCATE moves it', async () => {
  const made = await client.createAllocation({ campaign_id: target.campaign_id, name: 'Second Round' })
  const second = made.ok ? made.body.allocation_id : 0
  const draws = { by: 'ratio' as const, members: [{ allocation_id: second, share: 1 }] }
  const virtual = { campaign_id: target.campaign_id, name: 'Nobody dials it', draws }
  expect(await client.createAllocation(virtual)).toMatchObject({ ok: true })
  const one = row({ City: 'Carlton' })
  const { ref } = one
  source.rows = [
    one,
    { id: ++ids, ref, njAction: 'MODIFY', City: 'Fitzroy', Name: '<NO CHANGE>', njDisposition: 'Busy' },
    { id: ++ids, ref, njAction: 'modify', Name: '' },
    { id: ++ids, ref, njAction: 'REALLOCATE', njAllocationName: 'second round' },
    { id: ++ids, ref, njAction: 'REALLOCATE', njAllocationName: 'Nowhere' },
    { id: ++ids, ref, njAction: 'REALLOCATE', njAllocationName: virtual.name },
    { id: ++ids, ref, njAction: 'REALLOCATE' },
  ]
  const { pull_id } = await pullOf()
  expect((await runOf(pull_id)).counts).toEqual({ 0: 4, 1004: 3 })
  const lead = await leadOf(ref)
  expect(lead).toMatchObject({ disposition: 'Busy', allocation_id: second, version: 4 })
  expect(lead.fields).toMatchObject({ City: 'Fitzroy' })
  expect(lead.fields).not.toHaveProperty('Name')
  expect(await callsOf(lead.id)).toEqual(['Busy'])
  const { rows } = await admin(
    connection,
    `select actor, details from audit_log where action = 'allocation.move' order by audit_id desc limit 1`,
  )
  expect(rows).toEqual([{ actor: `pull:${pull_id}`, details: { to: second, moved: 1 } }])
})

test('a MODIFY that clashes with what somebody changed since is held, and overwrites nothing', async () => {
  const one = row({ City: 'Carlton' })
  source.rows = [one]
  const { pull_id } = await pullOf()
  await runOf(pull_id)
  const { id } = await leadOf(one.ref)
  await client.patchLead(id, 1, { fields: { City: 'Fitzroy' } })
  const modify = { ref: one.ref, njAction: 'MODIFY' }
  source.rows.push(
    { id: ++ids, ...modify, njVersion: 1, City: 'Richmond' },
    { id: ++ids, ...modify, njVersion: 1, Name: 'Ana Lima' },
    { id: ++ids, ...modify, njVersion: 99, Name: 'Ana' },
  )
  const run = await runOf(pull_id)
  expect(run.counts).toEqual({ 0: 1, 110: 1, 1003: 1 })
  const [held] = run.refused
  expect(held).toMatchObject({ row: 1, code: 110, lead_id: id })
  expect(await client.conflict(held!.conflict_id!)).toMatchObject({ ok: true })
  const lead = await view(id)
  expect(lead).toMatchObject({ version: 3, open_conflicts: 1 })
  expect(lead.fields).toMatchObject({ City: 'Fitzroy', Name: 'Ana Lima' })
})

test('a dry run says what the run then does, writes nothing, and moves nothing', async () => {
  const one = row()
  source.rows = [
    one,
    row({ FirstPhone: one.FirstPhone }),
    row({ FirstPhone: '12' }),
    { id: ++ids, ref: one.ref, njAction: 'MODIFY', City: 'Perth', njDisposition: 'Busy' },
    { id: ++ids, ref: one.ref, njAction: 'MODIFY', njVersion: 1, City: 'Darwin' },
    { id: ++ids, ref: one.ref, njAction: 'MODIFY', SecondPhone: mobile() },
    { id: ++ids, ref: one.ref, njAction: 'REALLOCATE', njAllocationName: 'Nowhere' },
    ...Array.from({ length: 300 }, () => row()),
  ]
  const { pull_id } = await pullOf()
  const count = async () =>
    (
      await admin(
        connection,
        `select (select count(*) from leads)::integer as leads, (select count(*) from events)::integer as events,
           (select count(*) from held_updates)::integer as held, (select count(*) from audit_log)::integer as audit,
           (select count(*) from call_records)::integer as calls`,
      )
    ).rows[0]
  const before = await count()
  const trial = await client.tryPull(pull_id)
  if (!trial.ok) throw new Error(JSON.stringify(trial.body))
  expect(await count()).toEqual(before)
  expect(await after(pull_id)).toMatchObject({ last_id: null })
  const { rows, counts, refused } = await runOf(pull_id)
  expect(trial.body).toMatchObject({ problem: null, complete: true, rows, counts })
  const without = (all: typeof refused) =>
    all.map(({ detail: _, conflict_id: __, lead_id: ___, ...rest }) => rest)
  expect(without(trial.body.refused)).toEqual(without(refused))
  expect(counts).toEqual({ 0: 303, 105: 1, 110: 1, 1004: 1, 1006: 1 })
})

test('a source that answers its last row again, or all it has, adds nothing twice', async () => {
  source.rows = [row(), row()]
  const { pull_id } = await pullOf({ request: { method: 'GET', url: `${source.url}/all` } })
  expect(await runOf(pull_id)).toMatchObject({ rows: 2, counts: { 0: 2 } })
  source.rows.push(row())
  expect(await runOf(pull_id)).toMatchObject({ rows: 1, counts: { 0: 1 } })
})

test('CSV and NDJSON are read, and rows inside a JSON document', async () => {
  const [one, two, three] = [row(), row(), row()]
  const csv = (rows: (typeof one)[]) =>
    ['id;ref;FirstPhone;Name', ...rows.map((r) => `${r.id};${r.ref};${r.FirstPhone};"Zoë ""Z"" Lee"`)].join(
      '\r\n',
    )
  const asked = (url: string) => /after=$/.test(url)
  source.answer = ({ url }) => ({
    status: 200,
    headers: { 'Content-Type': 'text/csv; charset=windows-1252' },
    body: Buffer.from(csv(asked(url) ? [one] : []), 'latin1'),
  })
  expect(await runOf((await pullOf({ format: 'csv' })).pull_id)).toMatchObject({ counts: { 0: 1 } })
  expect((await leadOf(one.ref)).fields).toMatchObject({ Name: 'Zoë "Z" Lee' })
  source.answer = ({ url }) => ({
    status: 200,
    body: asked(url)
      ? `${JSON.stringify(two)}\n\nnot json\n${JSON.stringify({ ...row(), FirstPhone: '1' })}\n`
      : '',
  })
  expect(await runOf((await pullOf({ format: 'ndjson' })).pull_id)).toMatchObject({
    counts: { 0: 1, 1003: 1, 1006: 1 },
  })
  source.answer = ({ url }) => ({
    status: 200,
    body: JSON.stringify({ data: { 'new/leads': asked(url) ? [three] : [] } }),
  })
  expect(await runOf((await pullOf({ rows_at: '/data/new~1leads' })).pull_id)).toMatchObject({
    counts: { 0: 1 },
  })
})

test('keys mean fields by name, alias or as the pull says; what says nothing is left out', async () => {
  const one = {
    key: 'A-1',
    'Mobile No': mobile(),
    'Given Name': 'Ana',
    secret: 'x',
    city: 'Perth',
    other: 'kept',
  }
  source.answer = ({ url }) => ({ status: 200, body: /after=$/.test(url) ? JSON.stringify([one]) : '[]' })
  const { pull_id } = await pullOf({
    id_key: 'KEY',
    keys: { 'mobile no': 'FirstPhone', 'Given Name': 'Name', secret: null, key: 'njExternalLeadId' },
  })
  expect(await runOf(pull_id)).toMatchObject({ counts: { 0: 1 } })
  const lead = await leadOf('A-1')
  expect(lead.fields).toMatchObject({ Name: 'Ana', City: 'Perth' })
  expect(lead.unmapped).toEqual({ other: 'kept' })
})

test('a pull that is on is fetched by itself, every so many minutes', async () => {
  source.rows = [row()]
  const { pull_id } = await pullOf({ enabled: true, every_minutes: 30 })
  let runs: PullRun[] = []
  await until('it is fetched', async () => {
    const found = await client.pullRuns(pull_id)
    runs = found.ok ? found.body.items : []
    return runs[0]?.state === 'done'
  })
  expect(runs).toMatchObject([{ started_by: 'schedule', counts: { 0: 1 } }])
  const { next_at, last_id } = (await after(pull_id))!
  expect(last_id).toBe(String(source.rows[0]!.id))
  expect(Date.parse(next_at!) - Date.now()).toBeGreaterThan(28 * 60_000)
  expect(await client.changePull(pull_id, { enabled: false })).toMatchObject({
    ok: true,
    body: { next_at: null },
  })
})
