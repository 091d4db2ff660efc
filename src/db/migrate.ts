// Brings the schema forward: plain SQL files in order, each in a transaction, one migrator at a time; then the job
// queue's own schema (graphile_worker).

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { type None, statement } from './statement.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)

/** The table that a restore makes first and drops last. */
export const UNFINISHED_RESTORE = 'unfinished_restore'

export const SERVER_VERSIONS = { min: 15, max: 18 }

/** A schema or server that this Leadline cannot work with; the message says what to do. */
export class MigrationError extends Error {}

interface Migration {
  version: number
  name: string
}

export async function migrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort()
  return files.map((name) => ({ version: Number(name.slice(0, 4)), name }))
}

export interface SchemaState {
  /** Migrations that the database lacks. */
  missing: string[]
  /** Migrations whose text is another one than the database has applied. */
  changed: string[]
  /** The last one of the database, when this version does not know it. */
  newer: string | null
  /** No migration was ever applied. */
  is_empty: boolean
  /** A restore was cut off: the rows are not all there. */
  is_unfinished: boolean
}

const THERE = statement<None, { there: boolean; is_unfinished: boolean }>(
  'migrate.there',
  `select to_regclass('schema_migrations') is not null as there,
     to_regclass('${UNFINISHED_RESTORE}') is not null as is_unfinished`,
)
// Through JSON: a database of an older version has no sums yet.
const NAMES = statement<None, Applied>(
  'migrate.names',
  "select version, name, to_jsonb(m) ->> 'sum' as sum from schema_migrations m order by version",
)

export async function schemaState(db: Db): Promise<SchemaState> {
  const known = await migrations()
  const { there, is_unfinished } = (await db.query(THERE))[0]!
  const done = new Map(
    (there ? await db.query(NAMES) : []).map((migration) => [migration.version, migration]),
  )
  const last = [...done.values()].at(-1)
  const changed: string[] = []
  for (const { version, name } of known)
    if (isChanged(done.get(version), await textOf(name))) changed.push(name)
  return {
    missing: known.filter(({ version }) => !done.has(version)).map(({ name }) => name),
    changed,
    newer: last && last.version > (known.at(-1)?.version ?? 0) ? last.name : null,
    is_empty: done.size === 0,
    is_unfinished,
  }
}

/** A migration as a database has it; without a sum where it was applied before there were sums. */
interface Applied extends Migration {
  sum: string | null
}

const isChanged = (applied: Applied | undefined, text: string) =>
  applied !== undefined && applied.sum !== null && applied.sum !== sumOf(text)

/** The sum of a migration, the same for any line ends of a checkout. */
export const sumOf = (text: string) =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')

const textOf = (name: string) => readFile(new URL(name, FOLDER), 'utf8')

export interface Migrated {
  /** Names of the migrations applied now. */
  applied: string[]
  /** Names of those whose text is another one than the database has applied: its schema may not be ours. */
  changed: string[]
}

interface MigrateOptions {
  /** Only these. */
  versions?: ReadonlySet<number>
  /** A restore brings the schema forward by itself. */
  restoring?: boolean
}

/** Applies what is missing. */
export async function migrate(
  pool: Pool,
  { versions, restoring = false }: MigrateOptions = {},
): Promise<Migrated> {
  const known = (await migrations()).filter(({ version }) => versions?.has(version) ?? true)
  return pool.session(async (client) => {
    await checkServer(client)
    const done = await lockToApply(client, known, restoring)
    const applied: string[] = []
    const changed: string[] = []
    for (const { version, name } of known) {
      const text = await textOf(name)
      const before = done.get(version)
      if (before) {
        if (isChanged(before, text)) changed.push(name)
        continue
      }
      await client.query('begin')
      try {
        await client.query('insert into schema_migrations (version, name, sum) values ($1, $2, $3)', [
          version,
          name,
          sumOf(text),
        ])
        await client.query(text)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      applied.push(name)
    }
    await migrateQueue(pool)
    return { applied, changed }
  })
}

async function checkServer(client: pg.Client): Promise<void> {
  const server = await client.query('/* migrate.server */ show server_version_num')
  const major = Math.floor(Number(server.rows[0].server_version_num) / 10_000)
  if (major < SERVER_VERSIONS.min)
    throw new MigrationError(
      `PostgreSQL ${major} is too old: Leadline needs ${SERVER_VERSIONS.min} to ${SERVER_VERSIONS.max}. ` +
        'Upgrade the server or point DATABASE_URL to a newer one.',
    )
}

type Done = ReadonlyMap<number, Applied>

/**
 * Locks the schema, and what must not be read while it changes; the answer is what the database has. Whoever reads a backup
 * keeps the tables from being altered, and everybody would wait behind that. Servers of the version that the database has
 * must start meanwhile, so nobody has the lock of the schema while it waits for a backup.
 */
async function lockToApply(
  client: pg.Client,
  known: readonly Migration[],
  restoring: boolean,
): Promise<Done> {
  const done = await lockSchema(client, known, restoring)
  if (known.every(({ version }) => done.has(version))) return done
  const { rows } = await client.query<{ mine: boolean }>(
    `/* migrate.noBackup */ select pg_try_advisory_lock(${LOCKS.backup}) as mine`,
  )
  if (rows[0]!.mine) return done
  await client.query(`/* migrate.unlock */ select pg_advisory_unlock(${LOCKS.migrate})`)
  await client.query(`/* migrate.afterBackup */ select pg_advisory_lock(${LOCKS.backup})`)
  return lockSchema(client, known, restoring)
}

async function lockSchema(client: pg.Client, known: readonly Migration[], restoring: boolean): Promise<Done> {
  await client.query(`/* migrate.lock */ select pg_advisory_lock(${LOCKS.migrate})`)
  const unfinished = await client.query(
    `/* migrate.unfinished */ select to_regclass('${UNFINISHED_RESTORE}') is not null as is_unfinished`,
  )
  if (unfinished.rows[0].is_unfinished && !restoring)
    throw new MigrationError(
      'A restore into this database runs, or was cut off. If none runs, start it again with ' +
        '"leadline restore FILE": it removes what is there and begins anew.',
    )
  await client.query(`/* migrate.table */ create table if not exists schema_migrations (
    version integer primary key, name text not null,
    applied_at timestamptz not null default now(), sum text)`)
  // A database that is older than the sums has none for what it had applied by then.
  await client.query('/* migrate.sum */ alter table schema_migrations add column if not exists sum text')
  const { rows } = await client.query<Applied>(
    '/* migrate.applied */ select version, name, sum from schema_migrations order by version',
  )
  const newest = rows.at(-1)
  if (newest && newest.version > (known.at(-1)?.version ?? 0))
    throw new MigrationError(
      `The database is newer than this Leadline (its last migration is ${newest.name}). ` +
        'Start the version that made it, or a newer one.',
    )
  return new Map(rows.map((row) => [row.version, row]))
}

/** The tables of the job queue are its own affair: it keeps its versions itself, and brings them forward here. */
async function migrateQueue(pool: Pool): Promise<void> {
  const pgPool = pool.driver(1)
  try {
    await runMigrations({ pgPool, schema: 'graphile_worker', logger: new Logger(() => () => undefined) })
  } finally {
    await pgPool.end()
  }
}
