// Tests readyz, heartbeats and the log of a start, with real stalls of a real database.

import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { type ServerOptions, startServer } from '../src/cli/server.ts'
import type { Check } from '../src/core/checks.ts'
import { type Embedded, startEmbedded } from '../src/db/embedded.ts'
import { startLeadline } from './support/leadline.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { until } from './support/until.ts'

const GIB = 1024 ** 3

interface Ready {
  status: number
  took_ms: number
  body: { status?: string; code?: number; detail?: string; checks: Check[] }
}

async function readyz({ url }: { url: string }): Promise<Ready> {
  const began = performance.now()
  const response = await fetch(`${url}/readyz`)
  const body = (await response.json()) as Ready['body']
  return { status: response.status, took_ms: performance.now() - began, body }
}

const checkOf = ({ body }: Ready, name: string) => body.checks.find(({ check }) => check === name)

async function metric({ url }: { url: string }, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = text.split('\n').find((line) => line.startsWith(`${name} `))
  return value === undefined ? undefined : Number(value.split(' ')[1])
}

const leadline = await startLeadline()
const base = realpathSync(mkdtempSync(join(tmpdir(), 'leadline-health-')))
// Under root PostgreSQL runs as another user, who has to get in.
chmodSync(base, 0o711)
let embedded: Embedded | undefined
afterAll(async () => {
  await embedded?.stop()
  rmSync(base, { recursive: true, force: true, maxRetries: 5 })
})

/** A cluster of this file's own: the tests stall it, and other files must not notice. */
async function ownCluster(): Promise<Embedded> {
  embedded ??= await startEmbedded({ data_dir: join(base, 'data') })
  return embedded
}

const OPTIONS: Omit<ServerOptions, 'connection' | 'log'> = {
  host: '127.0.0.1',
  port: 0,
  region: 'AU',
  bootstrap_api_key: null,
  gate: { slots: 8, queue_max: 8, wait_ms: 1_000 },
  connections_max: 100,
  actions: { concurrency: 1, private_hosts: [], smtp_url: null, mail_from: null },
  keep: { leads: null, conflicts: null, action_runs: null, pull_runs: null, import_rows: null, audit: null },
  classic: { statuses: {} },
}

/** A server that stops after the test, with what it logs. */
async function startOn(connection: Connection, more: Partial<ServerOptions> = {}) {
  const logged: { check?: string; level: number; detail?: string }[] = []
  const log = pino(
    { level: 'warn' },
    new Writable({
      write(chunk, _encoding, done) {
        logged.push(JSON.parse(String(chunk)))
        done()
      },
    }),
  )
  const server = await startServer({ ...OPTIONS, connection, log, ...more })
  onTestFinished(() => server.stop())
  return Object.assign(server, { logged })
}

test('a sound server is ready, and says what it looked at', async () => {
  const ready = await readyz(leadline)
  expect(ready.status).toBe(200)
  expect(ready.body).toEqual({
    status: 'ready',
    checks: [
      { check: 'database', ok: true, detail: 'answers' },
      { check: 'writes', ok: true, detail: expect.stringMatching(/^confirmed \d+\.\d s ago$/) },
      { check: 'clocks', ok: true, detail: expect.any(String) },
    ],
  })
})

test('clocks that differ are a warning in the body, a metric and a line of the start', async () => {
  const now = Date.now
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + 7_000)
  onTestFinished(() => spy.mockRestore())
  const server = await startOn(leadline.connection)
  const ready = await readyz(server)
  expect(ready.status).toBe(200)
  expect(checkOf(ready, 'clocks')).toEqual({
    check: 'clocks',
    ok: false,
    warning: true,
    detail: expect.stringContaining('7 s ahead of the database'),
  })
  expect(await metric(server, 'leadline_clock_ahead_seconds')).toBeCloseTo(7, 0)
  await until('the start has told it', async () => server.logged.some(({ check }) => check === 'clocks'))
})

test('a disk that is nearly full: not ready, with the reason; one that is filling up: a warning', async () => {
  let free_bytes = GIB / 4
  const disk = async () => ({ free_bytes, size_bytes: 100 * GIB })
  const server = await startOn(leadline.connection, { embedded: { restarts: 2, disk } })
  await until('the disk was looked at', async () => checkOf(await readyz(server), 'disk') !== undefined)
  const full = await readyz(server)
  expect(full.status).toBe(503)
  expect(full.body).toMatchObject({
    code: 1013,
    retryable: true,
    detail: expect.stringContaining('disk: 0.3 of 100.0 GiB are free: free some space'),
  })
  expect(await metric(server, 'leadline_disk_free_bytes')).toBe(GIB / 4)
  expect(await metric(server, 'leadline_disk_size_bytes')).toBe(100 * GIB)
  expect(await metric(server, 'leadline_database_restarts_total')).toBe(2)
  await until('the start has told it', async () => server.logged.some(({ check }) => check === 'disk'))

  free_bytes = GIB
  await until('there is room again', async () => (await readyz(server)).status === 200)
  expect(checkOf(await readyz(server), 'disk')).toMatchObject({ ok: false, warning: true })
})

test('a database of somebody else has no disk to look at', async () => {
  expect(checkOf(await readyz(leadline), 'disk')).toBeUndefined()
  expect(await metric(leadline, 'leadline_disk_free_bytes')).toBeUndefined()
  expect(await metric(leadline, 'leadline_database_restarts_total')).toBeUndefined()
})

test('each server has a row while it runs, and takes it along', async () => {
  const connection = await cloneDatabase(leadline.connection)
  const rows = async () =>
    (await admin(connection, 'select host, pid, clock_ahead_s, at, started_at from heartbeats')).rows
  await admin(
    connection,
    `insert into heartbeats values (gen_random_uuid(), 'gone', 1, now(), now() - interval '2 hours', 0)`,
  )
  const log = pino({ level: 'silent' })
  const servers = [
    await startServer({ ...OPTIONS, connection, log }),
    await startServer({ ...OPTIONS, connection, log }),
  ]
  const first = await rows()
  expect(first).toHaveLength(2)
  await until('they have written again', async () => (await rows()).every(({ at }) => at > first[0].at))
  for (const server of servers) await server.stop()
  expect(await rows()).toEqual([])
  await dropDatabase(connection)
})

test('a start tells what the doctor would find', async () => {
  const connection = await cloneDatabase(leadline.connection)
  await admin(connection, `alter database ${connection.database} set log_error_verbosity = 'verbose'`)
  const server = await startOn(connection)
  await until('it is told', async () => server.logged.length > 0)
  expect(server.logged).toEqual([
    expect.objectContaining({
      level: 50,
      check: 'log_error_verbosity',
      detail: expect.stringMatching(/set terse$/),
    }),
  ])
})

test('a database that is gone: not ready, and the metrics say so at once', async () => {
  const connection = await cloneDatabase(leadline.connection)
  const server = await startOn(connection)
  expect(await metric(server, 'leadline_database_up')).toBe(1)
  expect(await metric(server, 'leadline_held_updates_open')).toBe(0)
  await dropDatabase(connection)
  const ready = await readyz(server)
  expect(ready.status).toBe(503)
  expect(ready.body.detail).toBe(
    'database: does not answer in time: see that PostgreSQL runs and can be reached',
  )
  expect(await metric(server, 'leadline_database_up')).toBe(0)
})

test('a synchronous standby that is away stalls every commit: not ready until it is back', async () => {
  const { connection } = await ownCluster()
  const server = await startOn(connection)
  expect((await readyz(server)).status).toBe(200)
  const settings = join(base, 'data', 'pg', 'postgresql.conf')
  const sound = readFileSync(settings)
  appendFileSync(settings, "\nsynchronous_standby_names = 'standby_b'\n")
  await admin(connection, 'select pg_reload_conf()')
  await until('the stall is noticed', async () => (await readyz(server)).status === 503)
  const stalled = await readyz(server)
  expect(stalled.took_ms).toBeLessThan(2_000)
  expect(checkOf(stalled, 'database')).toMatchObject({ ok: true })
  expect(checkOf(stalled, 'writes')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('synchronous_standby_names'),
  })
  expect(await metric(server, 'leadline_database_write_age_seconds')).toBeGreaterThan(10)
  // Reading goes on.
  expect(await metric(server, 'leadline_database_up')).toBe(1)
  writeFileSync(settings, sound)
  await admin(connection, 'select pg_reload_conf()')
  await until('it is ready again', async () => (await readyz(server)).status === 200)
})

test('a database that hangs is answered for within two seconds, for as many as ask', async () => {
  const { connection, pid } = await ownCluster()
  const server = await startOn(connection)
  expect((await readyz(server)).status).toBe(200)
  const { rows } = await admin(connection, 'select pid from pg_stat_activity')
  const pids = [pid, ...rows.map(({ pid }) => Number(pid))]
  const signal = (name: NodeJS.Signals) => {
    for (const one of pids) {
      try {
        process.kill(one, name)
      } catch {
        // The connection that asked for the pids has ended.
      }
    }
  }
  onTestFinished(() => signal('SIGCONT'))
  signal('SIGSTOP')
  const began = performance.now()
  const [metrics, ...answers] = await Promise.all([
    metric(server, 'leadline_database_up'),
    ...Array.from({ length: 50 }, () => readyz(server)),
  ])
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(metrics).toBe(0)
  for (const { status, body } of answers) {
    expect(status).toBe(503)
    expect(body.detail).toContain('database: does not answer in time')
  }
  signal('SIGCONT')
  await until('it is ready again', async () => (await readyz(server)).status === 200)
})
