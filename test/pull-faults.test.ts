// Pulls under faults: sources that answer something else, processes that are killed, several servers.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, inject, type TestContext, test } from 'vitest'
import type { PullRun } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { leadSource, requestTo, type Source } from './support/source.ts'
import { until } from './support/until.ts'

const KEY = `test_${'p'.repeat(40)}`
const folder = mkdtempSync(join(tmpdir(), 'leadline-pulls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type After = TestContext['onTestFinished']

const source = await leadSource()
const other = await leadSource()
afterAll(() => Promise.all([source.stop(), other.stop()]))
const leadline = await startLeadline({ actions: { private_hosts: [source.host] } })
const { client, target } = leadline

let names = 0
async function pullOf(by: LeadlineClient, request: object, more: object = {}) {
  const made = await by.createPull({
    allocation_id: target.allocation_id,
    name: `Pull ${++names}`,
    request: request as never,
    format: 'json',
    id_key: 'id',
    keys: { id: 'njExternalLeadId' },
    enabled: false,
    ...more,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return made.body
}

const runsOf = async (by: LeadlineClient, pull_id: number): Promise<PullRun[]> => {
  const runs = await by.pullRuns(pull_id)
  return runs.ok ? runs.body.items : []
}

async function runOf(pull_id: number): Promise<PullRun> {
  const started = await client.startPull(pull_id)
  expect(started.ok).toBe(true)
  await until('the run ends', async () => (await runsOf(client, pull_id))[0]?.finished_at != null)
  return (await runsOf(client, pull_id))[0]!
}

/** What a raw server says to whoever connects; null: nothing. */
async function rawSource(after: After, text: string | null) {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('data', () => text !== null && socket.end(text))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as net.AddressInfo
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${port}`
}

const ROWS = '[{"id":1,"FirstPhone":"0412000001"}]'
const JSON_TYPE = { 'Content-Type': 'application/json' }

test.for<[string, { status: number; headers?: Record<string, string>; body?: string | Buffer }, RegExp]>([
  ['500', { status: 500, body: ROWS }, /^HTTP 500$/],
  ['401', { status: 401, body: ROWS }, /^HTTP 401$/],
  [
    'a redirect',
    { status: 302, headers: { Location: 'http://127.0.0.1:1/' } },
    /^answered 302, not followed$/,
  ],
  ['a web page', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }, /web page/],
  ['no JSON', { status: 200, headers: JSON_TYPE, body: '[{"id":1,' }, /no JSON: byte \d+/],
  ['no list', { status: 200, headers: JSON_TYPE, body: '{"rows":[]}' }, /no rows at the top/],
  [
    'other bytes than its charset',
    { status: 200, headers: JSON_TYPE, body: Buffer.from([0x5b, 0xe9, 0x5d]) },
    /not utf-8/,
  ],
  [
    'a charset that is not read',
    { status: 200, headers: { 'Content-Type': 'application/json; charset=shift_jis' }, body: '[]' },
    /charset/,
  ],
  ['too much', { status: 200, headers: JSON_TYPE, body: Buffer.alloc(9_000_000, ' ') }, /longer than 8 MB/],
  ['compressed bytes', { status: 200, headers: { 'Content-Encoding': 'gzip' }, body: 'x' }, /compressed/],
  [
    'rows without an id',
    { status: 200, headers: JSON_TYPE, body: '[{"FirstPhone":"0412000001"}]' },
    /no row .* has an id/,
  ],
])('a source that answers %s fails the run, in words, and takes nothing', async ([, answer, words]) => {
  source.answer = () => answer
  const { pull_id } = await pullOf(client, requestTo(source))
  expect(await runOf(pull_id)).toMatchObject({
    state: 'failed',
    rows: 0,
    detail: expect.stringMatching(words),
  })
  expect(await client.pull(pull_id)).toMatchObject({ ok: true, body: { failures: 1, last_id: null } })
  const trial = await client.tryPull(pull_id)
  expect(trial).toMatchObject({ ok: true, body: { problem: expect.stringMatching(words), rows: 0 } })
  source.recover()
  source.rows = []
  expect(await runOf(pull_id)).toMatchObject({ state: 'done' })
  expect(await client.pull(pull_id)).toMatchObject({ ok: true, body: { failures: 0 } })
})

test('a private address is not called, by itself or by its name; a closed port fails in words', async () => {
  for (const url of [
    'http://127.0.0.1:8080/',
    'http://localhost/',
    'http://169.254.169.254/',
    'http://[::1]/',
  ])
    expect(await runOf((await pullOf(client, { method: 'GET', url })).pull_id), url).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('not on the public internet'),
    })
  const { pull_id } = await pullOf(client, { method: 'GET', url: other.url })
  expect(await runOf(pull_id)).toMatchObject({ detail: expect.stringContaining('port') })
  expect(other.received).toEqual([])
})

test('an answer that is cut off or never comes takes nothing', { timeout: 40_000 }, async ({
  onTestFinished: after,
}) => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n'
  const hosts = {
    cut: await rawSource(after, head + ROWS),
    chunked: await rawSource(after, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n${ROWS}\r\n`),
    silent: await rawSource(after, null),
  }
  const server = await startLeadline({ actions: { private_hosts: Object.values(hosts) } })
  after(() => server.stop())
  const details = await Promise.all(
    Object.values(hosts).map(async (host) => {
      const { pull_id } = await pullOf(server.client, { method: 'GET', url: `http://${host}/` })
      await server.client.startPull(pull_id)
      await until('the run ends', async () => (await runsOf(server.client, pull_id))[0]?.finished_at != null)
      const [run] = await runsOf(server.client, pull_id)
      return [run!.state, run!.rows, run!.detail]
    }),
  )
  expect(details).toEqual([
    ['failed', 0, 'the answer was cut off'],
    ['failed', 0, 'the answer was cut off'],
    ['failed', 0, 'nothing was answered for 10 s'],
  ])
})

test('after failures the pauses double, and a source may ask for a longer one', async () => {
  source.answer = () => ({ status: 503, headers: { 'Retry-After': '3000' } })
  const { pull_id } = await pullOf(client, requestTo(source), { enabled: true, every_minutes: 10 })
  const pauses: number[] = []
  for (let failures = 1; failures <= 4; failures++) {
    if (failures > 1) await runOf(pull_id)
    else await until('it fails', async () => (await runsOf(client, pull_id))[0]?.state === 'failed')
    if (failures === 2) source.answer = () => ({ status: 503 })
    const pull = await client.pull(pull_id)
    if (!pull.ok) throw new Error(pull.body.detail)
    expect(pull.body.failures).toBe(failures)
    pauses.push(Math.round((Date.parse(pull.body.next_at!) - Date.now()) / 60_000))
  }
  expect(pauses).toEqual([50, 50, 40, 80])
  const metrics = await fetch(`${leadline.url}/metrics`)
  expect(await metrics.text()).toMatch(/^leadline_pulls_failing [1-9]/m)
  await client.deletePull(pull_id)
  source.recover()
})

/** The real command, which can be killed. */
async function processOn(after: After, connection: Connection) {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(connection),
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: folder,
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
      LEADLINE_ACTIONS_PRIVATE_HOSTS: other.host,
      LEADLINE_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return { child, client: new LeadlineClient({ url: await addressOf(child), key: KEY }) }
}

const takenOf = async (connection: Connection) =>
  (await admin(connection, 'select count(*)::integer as leads from leads')).rows[0].leads as number

/** Additions with a change of every tenth lead behind it: an outcome that was written twice would show. */
function fillOf(to: Source, leads: number) {
  to.rows = []
  for (let id = 1; id <= leads; id++) {
    to.rows.push({ id: `a${id}`, njExternalLeadId: `crm-${id}`, FirstPhone: mobile() })
    if (id % 10 === 0)
      to.rows.push({ id: `m${id}`, njExternalLeadId: `crm-${id}`, njAction: 'MODIFY', njDisposition: 'Busy' })
  }
}

test('killed again and again, beside another server: every row is taken once', {
  timeout: much(180_000, 900_000),
}, async ({ onTestFinished: after }) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  after(async () => void (await dropDatabase(connection)))
  const KILLS = much(2, 12)
  const LEADS = 1_000 * KILLS
  fillOf(other, LEADS)
  other.page_rows = 250
  // A run that ended while a server starts would be killed no more.
  const slowAfter = (share: number) => {
    other.slow_from = Math.floor(other.rows.length * share)
  }
  slowAfter(0.1)
  let { child, client: by } = await processOn(after, connection)
  const { pull_id } = await pullOf(by, requestTo(other), { keys: { id: null } })
  const started = await by.startPull(pull_id)
  expect(started.ok).toBe(true)
  const again = await by.startPull(pull_id)
  expect(again.ok && started.ok && again.body.run_id).toBe(started.ok && started.body.run_id)
  for (const share of [0.1, 0.35, 0.6]) {
    const next = await processOn(after, connection)
    await until('some rows are taken', async () => (await takenOf(connection)) >= LEADS * share - 1)
    slowAfter(share + 0.25)
    // In the middle of whatever it does by then.
    await sleep(Math.random() * 200)
    child.kill('SIGKILL')
    await once(child, 'exit')
    ;({ child, client: by } = next)
  }
  other.slow_from = Number.POSITIVE_INFINITY
  await until('the run ends', async () => (await runsOf(by, pull_id))[0]?.finished_at != null)
  const [run, ...others] = await runsOf(by, pull_id)
  expect(others).toEqual([])
  const rows = LEADS + LEADS / 10
  expect(run).toMatchObject({ state: 'done', rows, counts: { 0: rows }, refused: [] })
  const { rows: counted } = await admin(
    connection,
    `select (select count(*) from leads)::integer as leads,
         (select count(distinct external_id) from leads)::integer as ids,
         (select count(*) from call_records)::integer as calls,
         (select count(distinct lead_number) from call_records)::integer as called,
         (select max(tries) > 1 from pull_runs) as was_taken_over`,
  )
  expect(counted).toEqual([
    { leads: LEADS, ids: LEADS, calls: LEADS / 10, called: LEADS / 10, was_taken_over: true },
  ])
  expect(await checkDatabase(connection)).toEqual([])
  child.kill('SIGTERM')
  await once(child, 'exit')
})

test('two servers that both look for what is due start one run, and one of them does it', async ({
  onTestFinished: after,
}) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  const servers = await Promise.all(
    [1, 2].map(() => startLeadline({ connection, actions: { private_hosts: [other.host] } })),
  )
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await dropDatabase(connection)
  })
  // Additions alone: changes of one lead by several pulls could clash.
  fillOf(other, 200)
  other.rows = other.rows.filter(({ njAction }) => njAction === undefined)
  other.page_rows = 50
  const [{ client: by }] = servers as [(typeof servers)[0]]
  const pulls = await Promise.all(
    Array.from({ length: 6 }, () =>
      pullOf(by, requestTo(other), { keys: { id: null }, allow_duplicates: true }),
    ),
  )
  const starts = await Promise.all(
    pulls.flatMap(({ pull_id }) =>
      servers.flatMap(({ client: one }) => [one.startPull(pull_id), one.startPull(pull_id)]),
    ),
  )
  expect(starts.every(({ ok }) => ok)).toBe(true)
  await until('all runs end', async () => {
    const runs = await Promise.all(pulls.map(({ pull_id }) => runsOf(by, pull_id)))
    return runs.every((of) => of.length > 0 && of.every(({ finished_at }) => finished_at !== null))
  })
  expect(await takenOf(connection)).toBe(200)
  const { rows } = await admin(
    connection,
    "select sum((counts ->> '0')::integer)::integer as taken, bool_and(state = 'done') as done from pull_runs",
  )
  expect(rows).toEqual([{ taken: 200, done: true }])
})

test('a run whose job is gone has failed, and the pull is fetched again', async ({
  onTestFinished: after,
}) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  after(async () => void (await dropDatabase(connection)))
  const first = await startLeadline({ connection })
  const { pull_id } = await pullOf(first.client, requestTo(other))
  await first.stop()
  await admin(connection, `insert into pull_runs (pull_id, started_by) values (${pull_id}, 'schedule')`)
  const next = await startLeadline({ connection })
  after(() => next.stop())
  await until('it is ended', async () => (await runsOf(next.client, pull_id))[0]?.state === 'failed')
  expect(await next.client.pull(pull_id)).toMatchObject({ body: { failures: 1 } })
  expect(await next.client.startPull(pull_id)).toMatchObject({ ok: true, body: { started_by: 'person' } })
})
