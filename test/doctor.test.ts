// `leadline doctor` on installations that need attention.

import { appendFileSync, chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Check } from '../src/core/checks.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { spawnCommand } from './support/command.ts'
import { startLeadline } from './support/leadline.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { databaseUrl } from './support/server-process.ts'
import { ROOT } from './support/statements.ts'

const leadline = await startLeadline()

/** The doctor's findings on a database or data directory, and its exit code. */
async function doctor(environment: Record<string, string>) {
  const { code, out } = await spawnCommand(['doctor', '--json'], {
    LEADLINE_URL: leadline.url,
    ...environment,
  })
  const checks = JSON.parse(out) as Check[]
  return { code, checks, wrong: checks.filter(({ ok }) => !ok) }
}

/** A migrated database of the test's own. */
async function ownDatabase(server = leadline.connection): Promise<Connection> {
  const connection = await cloneDatabase(server)
  onTestFinished(async () => {
    await dropDatabase(connection)
  })
  return connection
}

test('a clock that is wrong is a warning: its own, and those of the servers that run', async () => {
  const connection = await ownDatabase()
  await admin(
    connection,
    `insert into heartbeats (process_id, host, pid, clock_ahead_s, at) values
       (gen_random_uuid(), 'crm-2', 41, -9, now()), (gen_random_uuid(), 'crm-3', 42, 0.2, now()),
       (gen_random_uuid(), 'gone', 43, 99, now() - interval '10 minutes')`,
  )
  const ahead = 'const now = Date.now; Date.now = () => now() + 7000'
  const { code, wrong } = await doctor({
    DATABASE_URL: databaseUrl(connection),
    NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(ahead)}"`,
  })
  expect(code).toBe(0)
  expect(wrong).toEqual([
    expect.objectContaining({
      check: 'clocks',
      warning: true,
      detail: expect.stringContaining('7 s ahead of the database'),
    }),
    expect.objectContaining({
      check: 'clocks',
      warning: true,
      detail: expect.stringContaining('the server on crm-2 (pid 41) is 9 s behind'),
    }),
  ])
  // Its own sign of life does not stay.
  expect((await admin(connection, 'select from heartbeats')).rowCount).toBe(3)
})

test('a server that others reach by no name is a warning', async () => {
  const environment = { DATABASE_URL: databaseUrl(await ownDatabase()), LEADLINE_HOST: '0.0.0.0' }
  const { code, wrong } = await doctor(environment)
  expect(code).toBe(0)
  expect(wrong).toEqual([
    {
      check: 'public_hosts',
      ok: false,
      warning: true,
      detail: expect.stringContaining('LEADLINE_PUBLIC_HOSTS'),
    },
  ])
  expect((await doctor({ ...environment, LEADLINE_PUBLIC_HOSTS: 'leads.example.com' })).wrong).toEqual([])
})

test('a schema that is behind is a warning, and the doctor leaves it as it is', async () => {
  const connection = await ownDatabase()
  await admin(connection, 'drop table heartbeats; delete from schema_migrations where version = 12')
  const { code, wrong } = await doctor({ DATABASE_URL: databaseUrl(connection) })
  expect(code).toBe(0)
  expect(wrong).toEqual([
    {
      check: 'migrations',
      ok: false,
      warning: true,
      detail: expect.stringContaining('1 not applied yet (0012-heartbeats.sql)'),
    },
  ])
  expect((await admin(connection, "select to_regclass('heartbeats') as there")).rows).toEqual([
    { there: null },
  ])
})

test('a database without a schema lacks all of it, and gets none', async () => {
  const connection = await ownDatabase()
  await admin(connection, 'drop schema public cascade; create schema public')
  const { wrong } = await doctor({ DATABASE_URL: databaseUrl(connection) })
  expect(wrong.map(({ check }) => check)).toEqual(['migrations'])
  expect(wrong[0]!.detail).toMatch(/^\d+ not applied yet \(0001-foundation\.sql to /)
  expect((await admin(connection, "select from pg_tables where schemaname = 'public'")).rowCount).toBe(0)
})

test('a backup that is missing or old is a warning, once the installation is a week old', async () => {
  const connection = await ownDatabase()
  const found = async () =>
    (await doctor({ DATABASE_URL: databaseUrl(connection) })).checks.find(({ check }) => check === 'backup')!
  expect((await found()).ok).toBe(true)
  await admin(connection, "update schema_migrations set applied_at = now() - interval '8 days'")
  expect(await found()).toMatchObject({
    ok: false,
    warning: true,
    detail: expect.stringContaining('there is none'),
  })
  const backedUp = (days: number) =>
    admin(
      connection,
      `insert into backups (snapshot_at, file, bytes) values (now() - interval '${days} days', 'old.backup', 1)`,
    )
  await backedUp(9)
  expect((await found()).detail).toContain('9.0 days old: run "leadline backup"')
  await backedUp(1)
  expect(await found()).toEqual({ check: 'backup', ok: true, detail: 'the last one is 1.0 days old' })
})

test('a schema of a newer Leadline fails', async () => {
  const connection = await ownDatabase()
  await admin(connection, "insert into schema_migrations values (9999, '9999-of-next-year.sql')")
  const { code, wrong } = await doctor({ DATABASE_URL: databaseUrl(connection) })
  expect(code).toBe(1)
  expect(wrong.map(({ check }) => check)).toEqual(['migrations'])
  expect(wrong[0]!.detail).toContain('9999-of-next-year.sql')
})

test('a database that takes no writes fails, and says where to point', async () => {
  const connection = await ownDatabase()
  await admin(connection, `alter database ${connection.database} set default_transaction_read_only = on`)
  const { code, wrong } = await doctor({ DATABASE_URL: databaseUrl(connection) })
  expect(code).toBe(1)
  expect(wrong.map(({ check }) => check)).toEqual(['read_only'])
  expect(wrong[0]!.detail).toContain('point DATABASE_URL to the primary')
})

test.for(inject('servers'))('PostgreSQL $major is looked at whole', async (server) => {
  const connection = await ownDatabase(server.connection)
  const { checks } = await doctor({ DATABASE_URL: databaseUrl(connection) })
  expect(checks.map(({ check }) => check)).toEqual([
    'node',
    'public_hosts',
    'database',
    'fsync',
    'full_page_writes',
    'autovacuum',
    'encoding',
    'read_only',
    'log_error_verbosity',
    'log_parameters',
    'migrations',
    'clocks',
    'wraparound',
    'law',
    'backup',
    'writes',
    'numbers',
    'server',
  ])
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  for (const { check } of checks) expect(page).toContain(`\`${check}\``)
})

test('of a data directory it looks at the disk, and finds what holds the log and what stalls writes', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'leadline-doctor-')))
  // Under root PostgreSQL runs as another user, who has to get in.
  chmodSync(base, 0o711)
  const data_dir = join(base, 'data')
  const embedded = await startEmbedded({ data_dir })
  onTestFinished(async () => {
    await embedded.stop()
    rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  })
  const server = await startLeadline({ connection: embedded.connection })
  await server.stop()
  const sound = await doctor({ LEADLINE_DATA_DIR: data_dir })
  expect(sound.checks.find(({ check }) => check === 'disk')?.detail).toMatch(/ GiB are free/)
  expect(sound.checks.find(({ check }) => check === 'writes')).toMatchObject({ ok: true })

  await admin(embedded.connection, "select pg_create_physical_replication_slot('standby_b', true)")
  appendFileSync(join(data_dir, 'pg', 'postgresql.conf'), "\nsynchronous_standby_names = 'standby_b'\n")
  await admin(embedded.connection, 'select pg_reload_conf()')
  const began = performance.now()
  const { code, wrong } = await doctor({ LEADLINE_DATA_DIR: data_dir })
  expect(performance.now() - began).toBeLessThan(15_000)
  expect(code).toBe(1)
  expect(wrong.map(({ check }) => check)).toEqual(['replication_slot', 'writes'])
  expect(wrong[0]!.detail).toContain("select pg_drop_replication_slot('standby_b')")
  expect(wrong[1]!.detail).toContain('synchronous_standby_names')
})
