// Backups that are damaged, and processes that are killed: nothing half is taken for whole.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { BackupError, openArchive } from '../src/cli/backup/archive.ts'
import { findEmbedded } from '../src/db/embedded.ts'
import { LOCKS } from '../src/db/locks.ts'
import { backUp, commandOn, contents, emptyDatabase, manifestOf, remade, restored } from './support/backup.ts'
import { runCommand } from './support/command.ts'
import { startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { newPath } from './support/paths.ts'
import { admin, type Connection } from './support/postgres.ts'
import { COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

const server = inject('servers')[0]!.connection
const leadline = await startLeadline()
const { connection } = leadline
const { ana } = leadsOf(leadline)
for (let i = 0; i < 20; i++) await ana()
let path: string
beforeAll(async () => {
  // Texts of search are written behind the leads.
  await until(
    'search knows the leads',
    async () => (await admin(connection, 'select from lead_texts')).rowCount === 20,
  )
  path = await backUp(connection)
})

const tablesIn = async (connection: Connection) =>
  (await admin(connection, `select from pg_tables where schemaname in ('public', 'graphile_worker')`))
    .rowCount

describe('a file that is not what was written', () => {
  const written = (bytes: Buffer) => {
    const damaged = newPath()
    writeFileSync(damaged, bytes)
    return damaged
  }

  test('is refused wherever a bit has changed', async () => {
    const whole = readFileSync(path)
    const place = fc.oneof(
      fc.nat(whole.length - 1),
      fc.nat(60),
      fc.nat(80).map((i) => whole.length - 1 - i),
    )
    await fc.assert(
      fc.asyncProperty(place, fc.nat(7), async (at, bit) => {
        const bytes = Buffer.from(whole)
        bytes[at]! ^= 1 << bit
        await expect(openArchive(written(bytes))).rejects.toBeInstanceOf(BackupError)
      }),
      { numRuns: 300 },
    )
  })

  test('is refused wherever it ends, and when something follows', async () => {
    const whole = readFileSync(path)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(whole.length - 1), fc.nat(100)), async (length) => {
        const short = openArchive(written(whole.subarray(0, length)))
        await expect(short).rejects.toBeInstanceOf(BackupError)
      }),
      { numRuns: 300 },
    )
    const longer = openArchive(written(Buffer.concat([whole, Buffer.from('x')])))
    await expect(longer).rejects.toThrow('checksum')
  })

  const whole = () => readFileSync(path)
  test.each<[string, () => string | Promise<string>, string]>([
    [
      'damaged in the middle',
      () => written(Buffer.concat([whole().subarray(0, 2_000), whole().subarray(2_001)])),
      'checksum is wrong',
    ],
    ['something else', () => written(Buffer.from('{"leads": []}')), 'no backup of Leadline'],
    ['not there', () => '/nowhere/at/all', 'ENOENT'],
    ['a folder', () => '/', 'no file'],
    [
      'of a newer format',
      () => written(Buffer.from(whole().toString('latin1').replace('BACKUP 1\n', 'BACKUP 2\n'), 'latin1')),
      'format 2',
    ],
    [
      'of a newer Leadline',
      async () => {
        const { migrations } = await manifestOf(path)
        return remade(path, {
          leadline: '9.9.9',
          migrations: [...migrations, { version: 9_999, name: '9999-of-next-year.sql' }],
        })
      },
      '9999-of-next-year.sql',
    ],
  ])('one that is %s is refused before anything is touched', async (_, file, why) => {
    const empty = await emptyDatabase(server)
    const name = await file()
    for (const args of [
      ['restore', name],
      ['backup', 'verify', name],
    ]) {
      const { code, err } = await commandOn(empty, ...args)
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(why) })
    }
    expect(await tablesIn(empty)).toBe(0)
    const data_dir = newPath()
    expect(
      (await runCommand(['restore', name], { LEADLINE_DATA_DIR: data_dir, DATABASE_URL: undefined })).code,
    ).toBe(1)
    expect(existsSync(data_dir)).toBe(false)
  })

  test('one whose rows do not fit the manifest leaves a database that no server starts on', async () => {
    const { tables } = await manifestOf(path)
    const other = await remade(path, { tables: tables.map((table) => ({ ...table, rows: table.rows + 1 })) })
    const target = await emptyDatabase(server)
    const { code, err } = await commandOn(target, 'restore', other)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('were expected') })
    expect((await commandOn(target, 'migrate')).err).toContain('cut off')
    expect((await commandOn(target, 'restore', path)).err).toContain('what it left was removed')
  })
})

test('a database that is not empty is left as it is', async () => {
  const before = await contents(connection, ['heartbeats'])
  const { code, err } = await commandOn(connection, 'restore', path)
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('not empty') })
  expect(await contents(connection, ['heartbeats'])).toEqual(before)
  const foreign = await emptyDatabase(server)
  await admin(foreign, 'create table somebody_elses (id integer)')
  expect((await commandOn(foreign, 'restore', path)).err).toContain('not empty')
  expect(await tablesIn(foreign)).toBe(1)
})

test('a table of somebody else is backed up, named and left out', async () => {
  const mixed = await restored(path, server)
  await admin(
    mixed,
    `create table "Somebody else's" ("The id" integer); insert into "Somebody else's" values (1)`,
  )
  const target = await emptyDatabase(server)
  const { code, err } = await commandOn(target, 'restore', await backUp(mixed))
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("Somebody else's") })
})

test('what cannot be backed up is said, and no file is made', async () => {
  const file = newPath()
  expect((await commandOn(await emptyDatabase(server), 'backup', file)).err).toContain('nothing to back up')
  const nowhere = { LEADLINE_DATA_DIR: newPath(), DATABASE_URL: undefined }
  expect((await runCommand(['backup', file], nowhere)).err).toContain('There is no database')
  expect((await commandOn(connection, 'backup', path)).err).toContain('there already')
  expect((await commandOn(connection, 'backup', '/nowhere/at/all')).err).toContain('cannot be written')
  expect([file, `${file}.part`].some((name) => existsSync(name))).toBe(false)
})

/** A command in a process of its own. */
function start(connection: Connection, ...args: string[]): ChildProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: databaseUrl(connection) },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function sessionOn(connection: Connection): Promise<pg.Client> {
  const session = new pg.Client(connection)
  await session.connect()
  onTestFinished(() => session.end())
  return session
}

const waits = (connection: Connection, what: string) =>
  until(`${what} waits`, async () => {
    const { rows } = await admin(
      connection,
      `select query from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    return rows.some(({ query }) => query.includes(what))
  })

test('a backup of which the database takes no note is whole, and the message says so', async () => {
  const noting = await restored(path, server)
  await admin(noting, 'alter table backups add check (bytes < 0) not valid')
  const file = newPath()
  const { code, err } = await commandOn(noting, 'backup', file)
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is whole') })
  expect(err).toContain('23514')
  expect((await openArchive(file)).manifest.tables.length).toBeGreaterThan(20)
})

test('a limit of time of the server ends no backup', async () => {
  const limited = await restored(path, server)
  const session = await sessionOn(limited)
  await session.query('begin; lock table templates in access exclusive mode')
  const LIMIT_MS = 300
  for (const limit of ['transaction_timeout', 'statement_timeout', 'lock_timeout'])
    await admin(limited, `alter database ${limited.database} set ${limit} = ${LIMIT_MS}`)
  const file = newPath()
  const child = start(limited, 'backup', file)
  const [said, exited] = [text(child.stderr!), once(child, 'exit')]
  await waits(limited, 'copy templates')
  await sleep(3 * LIMIT_MS)
  await session.query('rollback')
  expect([(await exited)[0], await said]).toEqual([0, ''])
})

describe('a verification', { timeout: 120_000 }, () => {
  const folder = newPath()
  mkdirSync(folder)

  async function halfway() {
    const child = start(connection, 'backup', 'verify', path, '--in', folder)
    const [said, exited] = [text(child.stderr!), once(child, 'exit')]
    await until('its PostgreSQL runs', async () => {
      const [name] = readdirSync(folder)
      return name !== undefined && (await findEmbedded(join(folder, name))) !== null
    })
    return { child, said, exited }
  }
  const verify = () => commandOn(connection, 'backup', 'verify', path, '--in', folder)

  test('that is ended by a signal leaves nothing', async () => {
    const { child, said, exited } = await halfway()
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(1)
    expect(await said).toContain('The verification was stopped')
    expect(readdirSync(folder)).toEqual([])
  })

  test('that is killed leaves a database, which the next one removes', async () => {
    const { child, exited } = await halfway()
    child.kill('SIGKILL')
    await exited
    expect(readdirSync(folder)).toHaveLength(1)
    expect((await verify()).out).toContain('is whole')
    expect(readdirSync(folder)).toEqual([])
  })

  test('that is at work is left alone by another one', async () => {
    const { exited } = await halfway()
    expect((await verify()).out).toContain('is whole')
    expect((await exited)[0]).toBe(0)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a backup that ends in the middle', () => {
  /** One that has written some tables and waits for another. */
  async function halfway() {
    const file = newPath()
    const session = await sessionOn(connection)
    await session.query('begin; lock table templates in access exclusive mode')
    const child = start(connection, 'backup', file)
    const [said, exited] = [text(child.stderr!), once(child, 'exit')]
    await waits(connection, 'copy templates')
    return { file, child, said, exited }
  }

  test('by a kill leaves no file of that name, and the next one says what is in its way', async () => {
    const { file, child } = await halfway()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, true])
    expect((await commandOn(connection, 'backup', file)).err).toContain('.part is there already')
    await expect(openArchive(`${file}.part`)).rejects.toThrow('checksum')
  })

  test('by a signal leaves nothing', async () => {
    const { file, child, said } = await halfway()
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(1)
    expect(await said).toContain('The backup was stopped')
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
  })

  test('by the loss of its connection leaves nothing, and says so', async () => {
    const { file, said, exited } = await halfway()
    await admin(
      connection,
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy templates%'`,
    )
    expect((await exited)[0]).toBe(1)
    expect(await said).toContain('The backup was cut off: PostgreSQL ended it (57P01)')
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
  })
})

// Each starts several processes.
describe('a restore that ends in the middle', { timeout: 120_000 }, () => {
  /** No server starts, and the next restore removes what is there. */
  async function isMended(target: Connection) {
    const server = start(target, 'serve', '--no-build-web')
    const said = text(server.stderr!)
    expect((await once(server, 'exit'))[0]).toBe(3)
    expect(await said).toContain('leadline restore FILE')
    const { code, out } = await commandOn(target, 'doctor', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toContainEqual({
      check: 'migrations',
      ok: false,
      detail: expect.stringContaining('cut off'),
    })
    expect((await commandOn(target, 'backup', newPath())).err).toContain('cut off')
    const again = await commandOn(target, 'restore', path)
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining('what it left was removed') })
    const left_out = [
      'backups',
      'restores',
      'leases',
      'queue',
      'heartbeats',
      'intake_answers',
      'job_workers',
      'schema_migrations',
      'setup_codes',
    ]
    expect(await contents(target, left_out)).toEqual(await contents(connection, left_out))
  }

  test('by a kill before its first table', async () => {
    const target = await emptyDatabase(server)
    const session = await sessionOn(target)
    await session.query(`select pg_advisory_lock(${LOCKS.backup})`)
    const child = start(target, 'restore', path)
    await waits(target, 'migrate.afterBackup')
    expect((await commandOn(target, 'restore', path)).err).toContain('Another restore')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await session.query(`select pg_advisory_unlock(${LOCKS.backup})`)
    await isMended(target)
  })

  test('by a kill when its rows are there', async () => {
    const target = await emptyDatabase(server)
    const [first, second] = [await sessionOn(target), await sessionOn(target)]
    await first.query(`select pg_advisory_lock(${LOCKS.backup})`)
    const child = start(target, 'restore', path)
    await waits(target, 'migrate.afterBackup')
    await first.query(`select pg_advisory_lock(${LOCKS.migrate})`)
    await first.query(`select pg_advisory_unlock(${LOCKS.backup})`)
    await waits(target, 'migrate.lock')
    // Behind the restore, it comes between the two times that this migrates.
    const locked = second.query(`/* second */ select pg_advisory_lock(${LOCKS.migrate})`)
    await waits(target, '/* second */')
    await first.query(`select pg_advisory_unlock(${LOCKS.migrate})`)
    await locked
    await waits(target, 'migrate.lock')
    expect((await admin(target, 'select from leads')).rowCount).toBe(20)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await second.query(`select pg_advisory_unlock(${LOCKS.migrate})`)
    await isMended(target)
  })

  test('by the loss of its connection while it loads', async () => {
    const target = await emptyDatabase(server)
    const session = await sessionOn(target)
    await session.query(`select pg_advisory_lock(${LOCKS.backup})`)
    const child = start(target, 'restore', path)
    const [said, exited] = [text(child.stderr!), once(child, 'exit')]
    await waits(target, 'migrate.afterBackup')
    await admin(
      target,
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%migrate.afterBackup%' and pid <> pg_backend_pid()`,
    )
    expect((await exited)[0]).not.toBe(0)
    expect(await said).toContain('leadline: ')
    await session.query(`select pg_advisory_unlock(${LOCKS.backup})`)
    await isMended(target)
  })
})
