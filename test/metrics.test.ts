// Each metric follows what it measures, and the page of operations names every one of them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { Pool } from '../src/db/pool.ts'
import { BULKHEADS } from '../src/db/pools.ts'
import { Figures, type Waiting } from '../src/intake/figures.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { ROOT } from './support/statements.ts'
import { httpTarget } from './support/targets.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const web = await httpTarget()
afterAll(() => web.stop())
const leadline = await startLeadline({
  now: () => now,
  gate: { slots: 1, queue_max: 0, wait_ms: 1_000 },
  embedded: { restarts: 1, disk: async () => ({ free_bytes: 2 ** 40, size_bytes: 2 ** 41 }) },
  actions: { private_hosts: [web.host] },
})
const { client, connection, target, url } = leadline

async function metricsText(): Promise<string> {
  const response = await fetch(`${url}/metrics`)
  expect(response.headers.get('Content-Type')).toContain('text/plain')
  return response.text()
}

/** The value of one line, by its name with labels. */
async function metric(line: string): Promise<number> {
  const found = (await metricsText()).split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1))
}

/** Fresh figures, past the cache. */
async function waiting(): Promise<Waiting> {
  const figures = new Figures(leadline.pool)
  await figures.refresh()
  return figures.latest!
}
const queue = async () =>
  Object.fromEntries((await waiting()).queue.map(({ state, leads }) => [state, leads]))

async function insert(more: Record<string, string> = {}) {
  const FirstPhone = mobile()
  const { code, lead_id } = await client.insertLead(target, { Name: 'Ana Silva', FirstPhone, ...more })
  expect(code).toBe(0)
  return { lead_id: lead_id!, FirstPhone }
}

test('the metrics come in the text format, and nobody can be told from them', async () => {
  const { FirstPhone } = await insert()
  await fetch(`${url}/v1/leads/1-77?q=${FirstPhone}`)
  await fetch(`${url}/nowhere/${FirstPhone}`)
  const text = await metricsText()
  expect(text).not.toContain(FirstPhone)
  expect(text).not.toContain('Ana')
  // Nothing that grows with keys, leads or campaigns becomes a label.
  const labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label))
  const ours = ['code', 'kind', 'pool', 'result', 'route', 'state', 'status', 'why']
  const of_process = ['gctype', 'le', 'major', 'minor', 'patch', 'quantile', 'space', 'type', 'version']
  expect([...labels].filter((label) => ![...ours, ...of_process].includes(label!))).toEqual([])
})

describe('the queue', () => {
  test('is counted by state', async () => {
    const before = await queue()
    await insert()
    await insert()
    await insert({ njCallBackDate: '2026/11/24 15:00' })
    const blocked = await insert({ njPriority: '0' })
    await client.post('/v1/dnc', { list: 'private', phones: [blocked.FirstPhone] })
    await client.post(`/v1/allocations/${target.allocation_id}/leases`, { count: 1 })
    const after = await queue()
    expect(Object.keys(after).sort()).toEqual(['bound', 'leased', 'parked', 'ready', 'waiting'])
    expect(after).toEqual({
      bound: before.bound,
      leased: before.leased! + 1,
      parked: before.parked! + 1,
      ready: before.ready! + 1,
      waiting: before.waiting! + 1,
    })
  })

  test('says how long the oldest due callback waits, where leads may be called', async () => {
    expect((await waiting()).oldest_due_s).toBe(0)
    await insert({ njCallBackDate: '2026/11/24 13:50', njPriority: '3' })
    const { lead_id } = await insert({ njCallBackDate: '2026/11/24 13:40', njPriority: '50' })
    await insert({ njCallBackDate: '2026/11/24 13:55', njPriority: '50' })
    expect((await waiting()).oldest_due_s).toBe(1_200)
    now = '2026-11-24T03:10:00.000Z'
    expect((await waiting()).oldest_due_s).toBe(1_800)
    // At night nobody is late: the law is closed.
    now = '2026-11-24T15:00:00.000Z'
    expect((await waiting()).oldest_due_s).toBe(0)
    now = '2026-11-24T03:10:00.000Z'
    await client.delete(`/v1/leads/${lead_id}`)
    expect((await waiting()).oldest_due_s).toBe(1_200)
    await client.patch(`/v1/allocations/${target.allocation_id}`, { started: false })
    expect((await waiting()).oldest_due_s).toBe(0)
    await client.patch(`/v1/allocations/${target.allocation_id}`, { started: true })
  })

  test('that is too long to be counted is estimated', async () => {
    const database = await cloneDatabase(connection)
    const pool = new Pool({ connection: database, connections_max: 1 })
    onTestFinished(async () => {
      await pool.close()
      await dropDatabase(database)
    })
    await admin(
      database,
      `insert into contact_hours (name, zone, team_id) select 'H', 'UTC', team_id from teams;
       insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
         select 'T', h.team_id, 'AU', h.contact_hours_id, s.disposition_set_id
         from contact_hours h, disposition_sets s;
       insert into campaigns (template_id, name) select template_id, 'C' from templates;
       insert into allocations (campaign_id, name, started) select campaign_id, 'A', true from campaigns;
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state, wake_at)
         select 1, n, 1, 0, 10, case when n % 4 = 0 then 'waiting' else 'ready' end,
           case when n % 4 = 0 then now() + interval '1 day' end
         from generate_series(1, 40000) n;
       analyze queue`,
    )
    const figures = new Figures(pool)
    await figures.refresh()
    const leads = Object.fromEntries(figures.latest!.queue.map(({ state, leads }) => [state, leads]))
    expect(leads.ready! / 30_000).toBeCloseTo(1, 1)
    expect(leads.waiting! / 10_000).toBeCloseTo(1, 1)
    expect(leads.leased).toBe(0)
  })
})

test('held updates that wait are counted, with the age of the oldest', async () => {
  const { lead_id } = await insert()
  expect(await waiting()).toMatchObject({ held_open: 0, held_oldest_s: 0 })
  await client.patchLead(lead_id, 1, { fields: { City: 'Kew' } })
  await client.patchLead(lead_id, 1, { fields: { City: 'Carlton' } }, 'hold')
  await admin(connection, "update held_updates set created_at = now() - interval '1 hour'")
  const { held_open, held_oldest_s } = await waiting()
  expect(held_open).toBe(1)
  expect(held_oldest_s).toBeCloseTo(3_600, -2)
  await admin(connection, "update held_updates set expires_at = now() - interval '1 second'")
  expect(await waiting()).toMatchObject({ held_open: 0, held_oldest_s: 0 })
})

test('action runs that wait are counted, and tries by what came of them', async () => {
  web.answer = () => ({ status: 500 })
  const { body: made } = await client.post<{ action_id: number }>('/v1/actions', {
    name: 'Tell the CRM',
    kind: 'url',
    config: { method: 'POST', url: web.url, body: '{}' },
  })
  await client.put('/v1/disposition-sets/1/dispositions/Busy/actions', { action_ids: [made.action_id] })
  const outcome = async () => {
    const { lead_id } = await insert()
    const { version } = (await client.get<{ version: number }>(`/v1/leads/${lead_id}`)).body
    const changed = await client.patchLead(lead_id, version, { disposition: 'Busy' })
    expect(changed.status).toBe(200)
  }
  const tries = (result: string) => metric(`leadline_action_tries_total{result="${result}"}`)
  expect(await tries('again')).toBe(0)
  await outcome()
  await until('a try came to nothing', async () => (await tries('again')) > 0)
  await admin(connection, "update action_runs set created_at = now() - interval '10 minutes'")
  const { runs_queued, runs_oldest_s } = await waiting()
  expect(runs_queued).toBe(1)
  expect(runs_oldest_s).toBeCloseTo(600, -2)
  web.answer = () => ({ status: 200 })
  await outcome()
  await until('a run is done', async () => (await tries('done')) > 0)
})

test('what the search index does not have yet is counted, with its age', async () => {
  // A transaction that stays open keeps the index from going on.
  const pool = new Pool({ connection, connections_max: 1 })
  onTestFinished(() => pool.close())
  await until('the index is there', async () => (await waiting()).search_events === 0)
  await pool.session(async (holder) => {
    await holder.query('begin; select pg_current_xact_id()')
    await insert()
    await insert()
    await admin(connection, "update events set at = at - interval '1 minute'")
    const { search_events, search_s } = await waiting()
    expect(search_events).toBe(2)
    expect(search_s).toBeGreaterThanOrEqual(60)
  })
  await until('the index has caught up', async () => (await waiting()).search_events === 0)
})

test('sign-ins that are refused are counted, wrong and delayed', async () => {
  const failures = (why: string) => metric(`leadline_sign_in_failures_total{why="${why}"}`)
  expect(await failures('wrong')).toBe(0)
  for (let i = 0; i < 6; i++) await client.signIn('nobody', `wrong password ${i}`)
  expect(await failures('wrong')).toBe(5)
  expect(await failures('delayed')).toBe(1)
})

test('streams that are open are counted', async () => {
  expect(await metric('leadline_streams_open')).toBe(0)
  const hangUp = new AbortController()
  const headers = { Authorization: `Bearer ${leadline.key}` }
  const stream = await fetch(`${url}/v1/events?topics=conflicts`, { headers, signal: hangUp.signal })
  expect(stream.status).toBe(200)
  expect(await metric('leadline_streams_open')).toBe(1)
  hangUp.abort()
  await until('it has ended', async () => (await metric('leadline_streams_open')) === 0)
})

test('connections are counted by pool, those that wait and how long they did', async () => {
  for (const pool of [...Object.keys(BULKHEADS), 'jobs']) {
    expect(await metric(`leadline_pool_waiting{pool="${pool}"}`), pool).toBe(0)
    expect(
      await metric(`leadline_pool_connections{pool="${pool}",state="busy"}`),
      pool,
    ).toBeGreaterThanOrEqual(0)
  }
  const pool = new Pool({ connection, connections_max: 1 })
  onTestFinished(() => pool.close())
  const { promise: letGo, resolve } = Promise.withResolvers<void>()
  const holder = pool.transaction(() => letGo)
  await until('it is held', async () => pool.load.busy === 1)
  const waiter = pool.transaction(async () => undefined)
  expect(pool.load).toMatchObject({ busy: 1, idle: 0, waiting: 1, lost: 0 })
  const { waited_s } = pool.load
  await new Promise((then) => setTimeout(then, 200))
  resolve()
  await Promise.all([holder, waiter])
  expect(pool.load).toMatchObject({ busy: 0, idle: 1, waiting: 0 })
  expect(pool.load.waited_s - waited_s).toBeGreaterThan(0.19)
})

test('connections that die are counted, whether they were at work or not', async () => {
  const lost = async () =>
    (await metric('leadline_pool_connections_lost_total{pool="deeds"}')) +
    (await metric('leadline_pool_connections_lost_total{pool="health"}'))
  await client.get('/v1/templates')
  const before = await lost()
  await admin(
    connection,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = '${connection.database}' and application_name = 'leadline'`,
  )
  await until('it is noticed', async () => (await lost()) > before)
  await until('it is ready again', async () => (await fetch(`${url}/readyz`)).ok)
})

test('refusals at the gate are counted', async () => {
  const refused = () => metric('leadline_gate_refused_total')
  const before = await refused()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => client.insertLeadFast(target, { FirstPhone: mobile() })),
  )
  const full = answers.filter(({ code }) => code === 109).length
  expect(full).toBeGreaterThan(0)
  expect(await refused()).toBe(before + full)
})

// The page of operations

const PAGE = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')

test('each metric of ours stands in the page of operations with what to do, and nothing else does', async () => {
  const text = await metricsText()
  const registered = [...text.matchAll(/^# TYPE (leadline_\w+) /gm)].map(([, name]) => name!)
  const rows = [...PAGE.matchAll(/^\| `(leadline_\w+)[^|]*` \| ([^|]+) \| ([^|]+) \|$/gm)]
  expect(rows.map(([, name]) => name!).sort()).toEqual(registered.sort())
  for (const [, name, what, then] of rows)
    expect(
      [what, then].every((cell) => cell!.trim() !== ''),
      name,
    ).toBe(true)
})

test('the sample alerts ask for metrics and labels that are there', async () => {
  const text = await metricsText()
  const yaml = /```yaml\n(groups:[^`]*)```/.exec(PAGE)![1]!
  const expressions = [...yaml.matchAll(/^ +expr: (.+)$/gm)].map(([, expression]) => expression!)
  const alerts = [...yaml.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name!)
  expect(alerts).toEqual([
    'LeadlineDatabaseDown',
    'LeadlineWritesStall',
    'LeadlineDiskNearlyFull',
    'LeadlineClocksApart',
    'LeadlineCallbacksLate',
    'LeadlineActionsFail',
    'LeadlinePullsFail',
    'LeadlineConflictsWait',
    'LeadlineSearchLags',
    'LeadlineRefuses',
  ])
  expect(expressions).toHaveLength(alerts.length)
  const names = expressions.flatMap((expression) => expression.match(/leadline_\w+/g) ?? [])
  expect(new Set(names).size).toBeGreaterThanOrEqual(9)
  for (const name of names) expect(text, name).toContain(`\n# TYPE ${name} `)
  for (const expression of expressions)
    for (const [, label] of expression.matchAll(/[{,]\s*(\w+)=~?"/g))
      expect(text, expression).toMatch(new RegExp(`^leadline_\\w+\\{[^}]*\\b${label}="`, 'm'))
})
