// A backup holds one moment of everything, and a restore brings it back, on any server.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import pg from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { LeadlineClient } from '../src/client/client.ts'
import { NOT_BACKED_UP } from '../src/db/catalog.ts'
import { removeEmbedded, startEmbedded } from '../src/db/embedded.ts'
import { migrate, migrations } from '../src/db/migrate.ts'
import { Pool } from '../src/db/pool.ts'
import {
  backUp,
  commandOn,
  contents,
  emptyDatabase,
  manifestOf,
  remade,
  restored,
  schemaOf,
} from './support/backup.ts'
import { checkDatabase } from './support/check-database.ts'
import { runCommand } from './support/command.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { newPath } from './support/paths.ts'
import { admin, cloneDatabase, databaseAt, dropDatabase } from './support/postgres.ts'
import { scratch } from './support/scratch.ts'
import { until } from './support/until.ts'

const servers = inject('servers')
const newest = servers[0]!.connection
const other = servers.at(-1)!.connection

/** A Tuesday, 14:00 in Melbourne, later than any clock of the databases. */
const now = () => '2030-11-26T03:00:00.000Z'

/** Tables that a restore changes. */
const CHANGED = [...NOT_BACKED_UP, 'backups', 'restores', 'leases', 'queue']

/** A lead in every state that the product knows. */
async function everyKind(leadline: Awaited<ReturnType<typeof startLeadline>>) {
  const { client, target, connection } = leadline
  const { ana, changed } = leadsOf(leadline)
  const { allocation_id } = target
  await client.patch(`/v1/allocations/${allocation_id}`, { started: true })
  const called = await ana({ external_id: 'crm-1' })
  await changed(called.id, 1, {
    disposition: 'Busy',
    note: 'a note with a tab\t, a line\nend and \\ a backslash',
  })
  const held = await ana({ fields: { City: 'Ähtäri' } })
  await changed(held.id, 1, { fields: { City: 'Perth' } })
  await client.patchLead(held.id, 1, { fields: { City: 'Sydney' } }, 'hold')
  const gone = await ana()
  expect((await client.forgetLead(gone.id)).ok).toBe(true)
  const waiting = await ana()
  await changed(waiting.id, 1, { disposition: 'Callback', callback: { local: '2031-03-03T10:00' } })
  await client.addToDnc({ list: 'private', phones: [mobile(), called.phone], reason: 'asked' })
  const fresh = await ana()
  await admin(
    connection,
    `select graphile_worker.add_job('action', '{"run_id": 4711}', run_at => '2029-01-01', max_attempts => 10)`,
  )
  const leased = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {
    count: 1,
    lease_s: 3_600,
  })
  expect(leased.body.items).toHaveLength(1)
  return { called, held, gone, waiting, fresh, lease: leased.body.items[0]! }
}

describe('everything of a quiet database', async () => {
  const leadline = await startLeadline({ now })
  const { client, connection, target } = leadline
  const kinds = await everyKind(leadline)
  await until(
    'search knows them',
    async () => (await client.get<{ items: unknown[] }>('/v1/leads', { q: 'perth' })).body.items.length === 1,
  )
  await leadline.stop()
  const path = await backUp(connection)
  const before = await contents(connection, CHANGED)

  test('is in one file that only its owner may read', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { rows } = await admin(
      connection,
      `select tablename as name from pg_tables where schemaname = 'public'`,
    )
    const manifest = await manifestOf(path)
    const taken = manifest.tables.map(({ table }) => table)
    expect(new Set([...taken, ...NOT_BACKED_UP])).toEqual(
      new Set([...rows.map(({ name }) => name), 'unfinished_restore']),
    )
    expect(manifest).toMatchObject({ forgotten: { rows: 1 }, jobs: { rows: 1 } })
    expect(manifest.migrations.length).toBeGreaterThan(20)
    // Rows are compressed, and names and numbers are nowhere in the clear.
    expect(readFileSync(path).includes('Ana Silva')).toBe(false)
  })

  test('a column that holds the number of a transaction is one whose readers survive a restore', async () => {
    const { rows } = await admin(
      connection,
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and udt_name in ('xid8', 'xid') order by 1`,
    )
    // Numbers keep their order, and 0 stays 0, but old ones may become equal: see decision 0050 before you add one.
    expect(rows.map(({ name }) => name)).toEqual([
      'dnc_entries.changed_tx',
      'events.tx',
      'lead_texts_cursor.tx',
    ])
  })

  test.for(servers)('comes back on PostgreSQL $major, with its schema', async ({ connection: server }) => {
    const target = await restored(path, server)
    expect(await contents(target, CHANGED)).toEqual(before)
    const template = await cloneDatabase(server)
    expect(await schemaOf(target)).toEqual(await schemaOf(template))
    await dropDatabase(template)
    expect(await checkDatabase(target)).toEqual([])
    const { rows } = await admin(
      target,
      `select task_identifier, run_at::date::text, max_attempts from graphile_worker.jobs`,
    )
    expect(rows).toContainEqual({ task_identifier: 'action', run_at: '2029-01-01', max_attempts: 10 })
  })

  test('moves from a server to a data directory and back, and a stopped one is backed up too', {
    timeout: 120_000,
  }, async () => {
    const there = await restored(path, other, '--no-gap')
    const data_dir = scratch('restored')
    try {
      const moved = { LEADLINE_DATA_DIR: data_dir, DATABASE_URL: undefined }
      const restore = await runCommand(['restore', await backUp(there), '--no-gap', '--json'], moved)
      expect(restore.code).toBe(0)
      expect(JSON.parse(restore.out)).toMatchObject({ forgotten: 0, left_out: [], migrations_applied: [] })
      const again = newPath()
      expect((await runCommand(['backup', again], moved)).code).toBe(0)
      const back = await restored(again, newest, '--no-gap')
      expect(await contents(back, CHANGED)).toEqual(before)
    } finally {
      removeEmbedded(data_dir)
    }
  })

  test('is proven by a database that is thrown away', async () => {
    expect((await commandOn(other, 'backup', 'verify', path, '--in', tmpdir())).out).toContain('is whole')
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('leadline-verify-'))).toEqual([])
  })

  test('takes leads, hands them out and refuses what it knows', async () => {
    const connection = await restored(path, other)
    const after = await startLeadline({ connection, now, major: servers.at(-1)!.major })
    const lead = await after.client.lead(kinds.called.id)
    expect(lead).toMatchObject({ ok: true, body: { external_id: 'crm-1', disposition: 'Busy' } })
    expect(await after.client.insertLeadFast(target, { FirstPhone: kinds.fresh.phone })).toMatchObject({
      code: 105,
    })
    expect(await after.client.insertLeadFast(target, { FirstPhone: kinds.called.phone })).toMatchObject({
      code: 104,
    })
    expect((await after.client.lead(kinds.gone.id)).ok).toBe(false)
    expect(
      (await after.client.get<{ items: unknown[] }>('/v1/leads', { q: 'perth' })).body.items,
    ).toHaveLength(1)
    expect((await after.client.get<{ items: unknown[] }>('/v1/conflicts')).body.items).toHaveLength(1)

    // Ids that the old server may have given since are left out.
    const made = await after.client.createLead({
      allocation_id: 1,
      fields: { Name: 'Bo', FirstPhone: mobile() },
    })
    const { id } = made.body as { id: string }
    const number = (id: string) => Number(id.split('-')[1])
    expect(number(id)).toBeGreaterThan(number(kinds.fresh.id) + 1_000_000)
    expect((await after.client.patchLead(id, 1, { fields: { City: 'Hobart' } })).ok).toBe(true)
    await until(
      'search knows the new one',
      async () =>
        (await after.client.get<{ items: unknown[] }>('/v1/leads', { q: 'hobart' })).body.items.length === 1,
    )

    // Whoever held a lead holds it no more, and the outcome of the lease is a fact all the same.
    const leases = await after.client.post<Leases>(`/v1/allocations/1/leases`, { count: 10 })
    const taken = leases.body.items.map(({ lead }) => lead.id)
    expect(taken).toContain(kinds.lease.lead.id)
    const { lease_id, numbers } = kinds.lease
    const late = await after.client.put(`/v1/leases/${lease_id}/outcome`, {
      disposition: 'Busy',
      phone: numbers[0]!.number,
    })
    expect(late.status).toBe(200)
    const [lease] = leases.body.items
    expect(lease!.lease_id).not.toBe(lease_id)
    expect(
      await after.client.put(`/v1/leases/${lease!.lease_id}/outcome`, {
        disposition: 'Busy',
        phone: lease!.numbers[0]!.number,
      }),
    ).toMatchObject({ status: 200 })
    await after.stop()
    expect(await checkDatabase(connection)).toEqual([])
  })
})

test('a backup under load is one moment: whole leads, and all that were acknowledged before it', async () => {
  const leadline = await startLeadline({ now })
  const { client, connection, target } = leadline
  await client.patch(`/v1/allocations/${target.allocation_id}`, { started: true })
  const acknowledged = new Set<string>()
  let going = true
  let forgotten = 0
  const writer = async (_: unknown, i: number) => {
    while (going) {
      const made = await client.createLead({
        allocation_id: target.allocation_id,
        fields: { Name: `Ana ${i}`, FirstPhone: mobile() },
      })
      if (!made.ok) throw new Error(made.body.detail)
      const { id } = made.body
      acknowledged.add(id)
      await client.patchLead(id, 1, { disposition: 'Busy', fields: { City: 'Perth' } })
      const { body } = await client.post<Leases>(`/v1/allocations/${target.allocation_id}/leases`, {
        count: 1,
      })
      for (const { lease_id, numbers } of body.items)
        await client.put(`/v1/leases/${lease_id}/outcome`, {
          disposition: 'No Answer',
          phone: numbers[0]!.number,
        })
      if (i === 0 && (await client.forgetLead(id)).ok) forgotten++
    }
  }
  const writers = Array.from({ length: 8 }, writer)
  await until('some are there', async () => acknowledged.size > 60 && forgotten > 0)
  const paths: { path: string; before: string[]; after: Set<string> }[] = []
  for (let i = 0; i < 2; i++) {
    const before = [...acknowledged]
    paths.push({ path: await backUp(connection), before, after: new Set() })
    // A writer may be between its commit and its note.
    for (const id of acknowledged) paths.at(-1)!.after.add(id)
  }
  going = false
  await Promise.all(writers)
  for (const { path, before, after } of paths) {
    const there = await restored(path, other)
    expect(await checkDatabase(there)).toEqual([])
    const { rows } = await admin(there, `select campaign_id || '-' || number as id from leads`)
    const found = new Set(rows.map(({ id }) => id))
    expect(before.filter((id) => !found.has(id))).toEqual([])
    expect(found.size).toBeLessThanOrEqual(after.size + writers.length)
    const [{ tables }, counted] = [await manifestOf(path), await contents(there, CHANGED)]
    for (const { table, rows } of tables)
      if (counted[table]) expect(counted[table], table).toMatch(new RegExp(`^${rows} `))
    // What is there is what is in the live database, up to the moment.
    const events = `select campaign_id, lead_number, version, at, actor, way, request_id from events`
    const live = new Set((await admin(connection, events)).rows.map((row) => JSON.stringify(row)))
    const old = (await admin(there, events)).rows.map((row) => JSON.stringify(row))
    expect(old.filter((row) => !live.has(row))).toEqual([])
  }
})

test('a database of an older version comes back in the schema of this one', async () => {
  const connection = await databaseAt(22, newest)
  afterAll(() => dropDatabase(connection))
  await admin(
    connection,
    `insert into contact_hours (name, zone, team_id) values ('Office', 'Australia/Perth', 1);
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
       select 'Old', 1, 'AU', h.contact_hours_id, 1 from contact_hours h`,
  )
  const path = await backUp(connection)
  // Nothing was done to it.
  expect((await admin(connection, "select to_regclass('backups') as there")).rows).toEqual([{ there: null }])
  const there = await restored(path, other)
  expect((await admin(there, 'select name, version from templates')).rows).toEqual([
    { name: 'Old', version: 1 },
  ])
  const pool = new Pool({ connection: there })
  expect(await migrate(pool)).toEqual({ applied: [], changed: [] })
  await pool.close()
})

describe('who was forgotten after the backup', async () => {
  const leadline = await startLeadline()
  const { client, connection } = leadline
  const { ana } = leadsOf(leadline)
  const [stays, goes] = [await ana(), await ana()]
  const path = await backUp(connection)
  await client.forgetLead(goes.id)
  const list = newPath()
  writeFileSync(list, (await commandOn(connection, 'backup', 'forgotten')).out)
  const newer = await backUp(connection)
  const there = async (connection: typeof newest) =>
    (
      await admin(
        connection,
        `select campaign_id || '-' || number as id from leads where forgotten_at is null`,
      )
    ).rows.map(({ id }) => id)

  test.each([
    ['a list', () => list],
    ['a newer backup', () => newer],
  ])('stays forgotten by %s', async (_, ledger) => {
    const after = await restored(path, other, '--forgotten', ledger())
    expect(await there(after)).toEqual([stays.id])
    expect(await checkDatabase(after)).toEqual([])
    const { rows } = await admin(after, 'select forgotten, restored_at >= snapshot_at as later from restores')
    expect(rows).toEqual([{ forgotten: 1, later: true }])
  })

  test('comes back without it, which the restore says', async () => {
    const connection = await emptyDatabase(other)
    const { out } = await commandOn(connection, 'restore', path)
    expect(out).toContain('--forgotten')
    expect(await there(connection)).toEqual([stays.id, goes.id])
  })

  test('a line that is no id is named, and nothing is touched', async () => {
    writeFileSync(list, `${stays.id}\nJane\n`)
    const connection = await emptyDatabase(other)
    const { code, err } = await commandOn(connection, 'restore', path, '--forgotten', list)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('line 2') })
    expect((await admin(connection, `select from pg_tables where schemaname = 'public'`)).rowCount).toBe(0)
  })
})

describe('numbers of transactions', async () => {
  const leadline = await startLeadline()
  const { client, connection } = leadline
  const { ana } = leadsOf(leadline)
  for (let i = 0; i < 60; i++) await ana()
  await client.addToDnc({ list: 'private', phones: [mobile()] })
  const { follow_cursor } = (await client.get<{ follow_cursor: string }>('/v1/dnc')).body
  await until('search knows them', async () => {
    const { rows } = await admin(
      connection,
      'select count(*)::integer as late from events e, lead_texts_cursor c where e.tx >= c.tx',
    )
    return rows[0].late === 0
  })
  await leadline.stop()
  // As after ten years: the first third of the events long ago, the rest in the last hours, two of them not indexed yet.
  const FAR = 9_000_000_000_000n
  await admin(
    connection,
    `alter table dnc_entries disable trigger user;
     update dnc_entries set changed_tx = '${FAR - 5n}';
     update events e set tx = (case when r.place <= 20 then r.place * 50000000000 else ${FAR} - 2 * (61 - r.place) end)::text::xid8
     from (select campaign_id, lead_number, row_number() over (order by tx) as place from events) r
     where r.campaign_id = e.campaign_id and r.lead_number = e.lead_number;
     update lead_texts_cursor set tx = '${FAR - 4n}';
     delete from lead_texts where lead_number in (select lead_number from events where tx >= '${FAR - 4n}')`,
  )
  const path = await remade(await backUp(connection), { next_xid: String(FAR) })
  // On a server of its own, which has counted to a few hundred.
  const data_dir = scratch('numbers')
  const young = await startEmbedded({ data_dir })
  afterAll(async () => {
    await young.stop()
    removeEmbedded(data_dir)
  })
  const there = await restored(path, young.connection)
  const order = 'select lead_number, tx::text::float8 as tx from events order by tx, lead_number'

  test('keep their order below those of the new server, the latest one to one', async () => {
    const [before, after] = [(await admin(connection, order)).rows, (await admin(there, order)).rows]
    expect(after.map(({ lead_number }) => lead_number)).toEqual(before.map(({ lead_number }) => lead_number))
    expect(new Set(after.map(({ tx }) => tx)).size).toBe(60)
    const { rows } = await admin(there, 'select pg_current_xact_id()::text::float8 as own')
    expect(after.every(({ tx }) => tx > 0 && tx < rows[0].own)).toBe(true)
    const steps = (events: { tx: number }[]) =>
      events.slice(20).map(({ tx }, i, all) => tx - (all[i - 1]?.tx ?? tx))
    expect(steps(after)).toEqual(steps(before))
  })

  test('readers go on: search finds what had not been indexed, and followers of old places begin again', async () => {
    const after = await startLeadline({ connection: there })
    const late = async () =>
      (await admin(there, 'select from events e, lead_texts_cursor c where e.tx >= c.tx')).rowCount
    await until('nothing is late', async () => (await late()) === 0)
    expect((await admin(there, 'select from lead_texts')).rowCount).toBe(60)
    const found = await after.client.get<{ items: unknown[] }>('/v1/leads', {
      sort: 'changed',
      limit: 100,
    })
    expect(found.body.items).toHaveLength(60)

    const refused = await after.client.get('/v1/dnc', { cursor: follow_cursor })
    expect(refused).toMatchObject({ status: 400, code: 1003, body: { field: 'cursor' } })
    const begun = await after.client.get<{ items: unknown[]; follow_cursor: string }>('/v1/dnc')
    expect(begun.body.items).toHaveLength(1)
    await after.client.addToDnc({ list: 'private', phones: [mobile()] })
    const followed = await after.client.get<{ items: unknown[] }>('/v1/dnc', {
      cursor: begun.body.follow_cursor,
    })
    expect(followed.body.items).toHaveLength(1)
    await after.stop()
  })
})

test('keys work after a restore, and sessions have ended', async () => {
  const leadline = await startLeadline()
  const key = await leadline.keyWith(['read'])
  const operator = await leadline.asOperator('agent')
  expect((await admin(leadline.connection, 'select from sessions')).rowCount).toBe(1)
  const there = await restored(await backUp(leadline.connection), newest)
  expect((await admin(there, 'select from sessions')).rowCount).toBe(0)
  const after = await startLeadline({ connection: there })
  expect((await new LeadlineClient({ url: after.url, key }).get('/v1/leads')).status).toBe(200)
  expect((await admin(there, 'select from operators')).rowCount).toBe(1)
  void operator
  await after.stop()
})

test('a migration waits for the end of a backup, and intake does not', async () => {
  const leadline = await startLeadline()
  const { client, connection } = leadline
  await admin(connection, 'delete from schema_migrations where version = 32; drop table backups, restores')
  const session = new pg.Client(connection)
  await session.connect()
  // The backup waits in the middle for a table that somebody alters.
  await session.query('begin; lock table templates in access exclusive mode')
  const backup = backUp(connection)
  await until('the backup waits', async () =>
    (await waiting(connection)).some((query) => query.startsWith('copy templates')),
  )
  const pool = new Pool({ connection })
  const migrated = migrate(pool)
  await until('the migration waits', async () =>
    (await waiting(connection)).some((query) => query.includes('migrate.afterBackup')),
  )
  // A server of the version before starts meanwhile.
  const before = new Set(
    (await migrations()).map(({ version }) => version).filter((version) => version !== 32),
  )
  const older = new Pool({ connection })
  expect(await migrate(older, { versions: before })).toEqual({ applied: [], changed: [] })
  await older.close()
  await session.query('rollback')
  const made = await client.createLead({ allocation_id: 1, fields: { FirstPhone: mobile() } })
  expect(made.ok).toBe(true)
  await session.end()
  await backup
  expect((await migrated).applied).toEqual(['0032-backups.sql'])
  await pool.close()
})

async function waiting(connection: typeof newest): Promise<string[]> {
  const { rows } = await admin(
    connection,
    `select query from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  )
  return rows.map(({ query }) => query)
}
