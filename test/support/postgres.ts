// The servers that tests run on: the embedded PostgreSQL, and an installed one (15) where there is one.
// A migrated template database is cloned for each test file.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate, migrations } from '../../src/db/migrate.ts'
import { Pool } from '../../src/db/pool.ts'
import { scratch } from './scratch.ts'

export interface Connection {
  host: string
  port: number
  user: string
  database: string
}

export interface TestServer {
  major: number
  connection: Connection
  /** Where it writes its log. */
  log: string
  stop: () => Promise<void>
}

export const TEMPLATE = 'leadline_template'

const CONNECTIONS_MAX = 800

export async function startServers(options = { installed: true }): Promise<TestServer[]> {
  const servers = [await startPinned()]
  const installed = options.installed ? await startInstalled() : undefined
  if (installed) servers.push(installed)
  for (const { connection } of servers) {
    await admin(connection, `create database ${TEMPLATE}`)
    const pool = new Pool({ connection: { ...connection, database: TEMPLATE } })
    await migrate(pool)
    await pool.close()
  }
  return servers
}

async function startPinned(): Promise<TestServer> {
  const data_dir = scratch('test')
  // It is made for one Leadline, and here are those of several test files at once.
  const more_settings = `max_connections = ${CONNECTIONS_MAX}\n`
  const embedded = await startEmbedded({ data_dir, more_settings })
  const stop = async () => {
    await embedded.stop()
    rmSync(data_dir, { recursive: true, force: true })
  }
  return { major: 18, connection: embedded.connection, log: join(data_dir, 'pg.log'), stop }
}

export const INSTALLED = '/usr/lib/postgresql/15/bin'

/** A throwaway cluster of the PostgreSQL that the machine has, run as an ordinary user. */
async function startInstalled(): Promise<TestServer | undefined> {
  if (!existsSync(join(INSTALLED, 'postgres'))) return undefined
  const dir = scratch('pg15')
  const owner = process.getuid?.() === 0 ? passwd('postgres') : undefined
  if (owner) chownSync(dir, owner.uid, owner.gid)
  chmodSync(dir, 0o711)
  const data = join(dir, 'pg')
  const log = join(dir, 'pg.log')
  const made = spawnSync(
    join(INSTALLED, 'initdb'),
    ['-D', data, '-U', 'leadline', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    { ...owner, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const settings = {
    listen_addresses: '',
    unix_socket_directories: dir,
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_min_error_statement: 'panic',
    fsync: 'off',
    max_connections: String(CONNECTIONS_MAX),
  }
  const out = openSync(log, 'a')
  const server = spawn(
    join(INSTALLED, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...owner, stdio: ['ignore', out, out], detached: true },
  )
  const connection = { host: dir, port: 5432, user: 'leadline', database: 'postgres' }
  const stop = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGINT')
    await gone
    rmSync(dir, { recursive: true, force: true })
  }
  for (let i = 0; ; i++) {
    try {
      await admin(connection, 'select 1')
      return { major: 15, connection, log, stop }
    } catch (error) {
      if (i > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

function passwd(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return line ? { uid: Number(uid), gid: Number(gid) } : undefined
}

/** One statement outside the product's own pool. */
export async function admin(connection: Connection, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

/** A fresh migrated database on a server. */
export async function cloneDatabase(connection: Connection): Promise<Connection> {
  const database = `test_${randomBytes(8).toString('hex')}`
  for (let i = 0; ; i++) {
    try {
      await admin({ ...connection, database: 'postgres' }, `create database ${database} template ${TEMPLATE}`)
      return { ...connection, database }
    } catch (error) {
      // Two files that clone at once: the template may have no other session.
      if (i > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A database as an older version left it: with the migrations up to one of them. */
export async function databaseAt(version: number, server: Connection): Promise<Connection> {
  const connection = { ...server, database: `test_${randomBytes(8).toString('hex')}` }
  await admin(
    { ...server, database: 'postgres' },
    `create database ${connection.database} template template0`,
  )
  await admin(
    connection,
    `create table schema_migrations (
       version integer primary key, name text not null, applied_at timestamptz not null default now())`,
  )
  for (const migration of await migrations()) {
    if (migration.version > version) continue
    const text = readFileSync(new URL(`../../migrations/${migration.name}`, import.meta.url), 'utf8')
    await admin(connection, `begin; ${text}; commit`)
    await admin(
      connection,
      `insert into schema_migrations (version, name) values (${migration.version}, '${migration.name}')`,
    )
  }
  return connection
}

export const dropDatabase = (connection: Connection) =>
  admin(
    { ...connection, database: 'postgres' },
    `drop database if exists ${connection.database} with (force)`,
  )
