// Imports under faults: servers that are killed and connections that are cut at random moments. Each row is taken once.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, inject, type TestContext, test } from 'vitest'
import { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

const KEY = `test_${'i'.repeat(40)}`
const folder = mkdtempSync(join(tmpdir(), 'leadline-imports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type After = TestContext['onTestFinished']

/** The real command, which can be killed. */
async function processOn(after: After, connection: Connection) {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(connection),
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: folder,
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
  return { child, client: new LeadlineClient({ url: await addressOf(child), key: KEY }) }
}

const target = { template_id: 1, campaign_id: 1, allocation_id: 1 }
const KILLS = much(2, 12)
const ROWS = 4_000 * KILLS

test('killed again and again, its connections cut in between: every row has one outcome, as the dry run said', {
  timeout: much(240_000, 1_800_000),
}, async ({ onTestFinished: after }) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  after(async () => void (await dropDatabase(connection)))
  let { child, client } = await processOn(after, connection)
  const { mapped, body } = importsOf({ client, target })

  // New leads, an outcome for every twentieth of them behind it (written twice it would show), and numbers that come twice.
  const rows: string[][] = []
  for (let i = 1; rows.length < ROWS; i++) {
    const phone = mobile()
    rows.push([`id-${i}`, phone, `Town ${i}`, ''])
    if (i % 20 === 0) rows.push([`id-${i}`, '', '', 'Busy'])
    if (i % 50 === 0) rows.push([`twice-${i}`, phone, '', ''])
  }
  const file = [['njExternalLeadId', 'FirstPhone', 'City', 'njDisposition'], ...rows]
  const begun = await mapped(file.map((row) => row.join(',')).join('\n'), {
    mode: 'upsert',
    duplicates: 'reject',
  })
  const { import_id } = begun

  /** How many rows are behind it, in whichever walk. */
  const placeOf = async (walk: 'checked' | 'done') =>
    (await admin(connection, `select coalesce((${walk} ->> 'rows')::integer, 0) as rows from imports`))
      .rows[0].rows as number
  /** Kills the server in the middle of whatever it does once so many rows are behind it; another one goes on. */
  async function faultAt(walk: 'checked' | 'done', place: number) {
    const next = await processOn(after, connection)
    await until('some rows are done', async () => (await placeOf(walk)) >= place)
    await sleep(Math.random() * 200)
    await admin(
      connection,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await sleep(Math.random() * 300)
    child.kill('SIGKILL')
    await once(child, 'exit')
    ;({ child, client } = next)
  }

  body(await client.checkImport(import_id))
  await faultAt('checked', ROWS * 0.2)
  await until('it is tried out', async () => (await client.import(import_id)).body.state === 'read')
  const tried = await importsOf({ client, target }).inState(import_id, ['read'])
  expect(tried.checked?.rows).toBe(rows.length)

  body(await client.startImport(import_id))
  for (let kill = 0; kill < KILLS; kill++) await faultAt('done', (ROWS * (kill + 0.2)) / (KILLS + 1))
  await until('it ends', async () => (await client.import(import_id)).body.state === 'done')
  const done = await importsOf({ client, target }).inState(import_id, ['done'])
  expect(done.done).toEqual(tried.checked)
  expect(done.done!.rows).toBe(rows.length)

  const outcomes = await importsOf({ client, target }).rowsOf(import_id, { limit: 500 })
  expect(outcomes.map(({ row }) => row)).toEqual(rows.map((_, i) => i + 2))
  const made = outcomes.filter(({ fate }) => fate === 'created')
  expect(new Set(made.map(({ lead_id }) => lead_id)).size).toBe(done.done!.created)
  for (const [i, { fate }] of outcomes.entries())
    expect(fate, `row ${i + 2}`).toBe(
      rows[i]![0]!.startsWith('twice') ? 'rejected' : rows[i]![3] === 'Busy' ? 'updated' : 'created',
    )
  const { rows: counted } = await admin(
    connection,
    `select (select count(*) from leads)::integer as leads, (select count(*) from call_records)::integer as calls,
       (select count(distinct lead_number) from call_records)::integer as called,
       (select tries > 2 from imports) as was_taken_over`,
  )
  const { created, updated } = done.done!
  expect(counted).toEqual([{ leads: created, calls: updated, called: updated, was_taken_over: true }])
  expect(await checkDatabase(connection)).toEqual([])
})
