// Brings the schema forward: plain SQL files in order, each in a transaction, one migrator at a time; then the job
// queue's own schema (graphile_worker).

import { readdir, readFile } from 'node:fs/promises'
import { Logger, runMigrations } from 'graphile-worker'
import { LOCKS } from './locks.ts'
import { type Db, type Pool, statement } from './pool.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)

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

const THERE = statement('migrate.there', "select to_regclass('schema_migrations') is not null as there")
const NAMES = statement('migrate.names', 'select version, name from schema_migrations order by version')

/** `missing`: migrations that the database lacks; `newer`: the last one of the database, when this version does not know it. */
export async function schemaState(db: Db): Promise<{ missing: string[]; newer: string | null }> {
  const known = await migrations()
  const [row] = await db.query<{ there: boolean }>(THERE)
  const done = row!.there ? await db.query<Migration>(NAMES) : []
  const last = done.at(-1)
  return {
    missing: known
      .filter(({ version }) => !done.some((one) => one.version === version))
      .map(({ name }) => name),
    newer: last && last.version > (known.at(-1)?.version ?? 0) ? last.name : null,
  }
}

/** Applies what is missing. Answers the names of the migrations applied now. */
export async function migrate(pool: Pool): Promise<string[]> {
  const known = await migrations()
  return pool.session(async (client) => {
    const server = await client.query('/* migrate.server */ show server_version_num')
    const major = Math.floor(Number(server.rows[0].server_version_num) / 10_000)
    if (major < SERVER_VERSIONS.min)
      throw new MigrationError(
        `PostgreSQL ${major} is too old: Leadline needs ${SERVER_VERSIONS.min} to ${SERVER_VERSIONS.max}. Upgrade the server or point DATABASE_URL to a newer one.`,
      )
    await client.query(`/* migrate.lock */ select pg_advisory_lock(${LOCKS.migrate})`)
    await client.query(`/* migrate.table */ create table if not exists schema_migrations (
      version integer primary key, name text not null, applied_at timestamptz not null default now())`)
    const done = await client.query<{ version: number; name: string }>(
      '/* migrate.applied */ select version, name from schema_migrations order by version',
    )
    const newest = done.rows.at(-1)
    if (newest && newest.version > (known.at(-1)?.version ?? 0))
      throw new MigrationError(
        `The database is newer than this Leadline (its last migration is ${newest.name}). Start the version that made it, or a newer one.`,
      )
    const applied: string[] = []
    for (const { version, name } of known) {
      if (done.rows.some((row) => row.version === version)) continue
      const text = await readFile(new URL(name, FOLDER), 'utf8')
      await client.query('begin')
      try {
        await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name])
        await client.query(text)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      applied.push(name)
    }
    await migrateQueue(pool)
    return applied
  })
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
