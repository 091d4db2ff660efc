// Backups and restores as tests make them: by the command, between databases of the test's own.

import { randomBytes } from 'node:crypto'
import { afterAll, expect } from 'vitest'
import { ArchiveWriter, openArchive } from '../../src/cli/backup/archive.ts'
import type { BackupManifest, BackupPart } from '../../src/core/backup-manifest.ts'
import { runCommand } from './command.ts'
import { newPath } from './paths.ts'
import { admin, type Connection, dropDatabase } from './postgres.ts'
import { databaseUrl } from './server-process.ts'

/** A database without anything in it. */
export async function emptyDatabase(server: Connection): Promise<Connection> {
  const connection = { ...server, database: `test_${randomBytes(8).toString('hex')}` }
  await admin(
    { ...server, database: 'postgres' },
    `create database ${connection.database} template template0`,
  )
  afterAll(() => dropDatabase(connection))
  return connection
}

export const commandOn = (connection: Connection, ...args: string[]) =>
  runCommand(args, { DATABASE_URL: databaseUrl(connection) })

/** The file of a backup that must succeed. */
export async function backUp(connection: Connection): Promise<string> {
  const path = newPath()
  expect(await commandOn(connection, 'backup', path)).toMatchObject({ code: 0, err: '' })
  return path
}

/** A new database, restored from a file. */
export async function restored(path: string, server: Connection, ...more: string[]): Promise<Connection> {
  const connection = await emptyDatabase(server)
  expect(await commandOn(connection, 'restore', path, ...more)).toMatchObject({ code: 0, err: '' })
  return connection
}

export const manifestOf = async (path: string): Promise<BackupManifest> => (await openArchive(path)).manifest

/** The same backup with another manifest. */
export async function remade(path: string, change: Partial<BackupManifest>): Promise<string> {
  const { manifest, rows } = await openArchive(path)
  const remade = newPath()
  const writer = await ArchiveWriter.create(remade)
  const { signal } = new AbortController()
  const copy = async <Part extends BackupPart>(part: Part): Promise<Part> => ({
    ...part,
    ...(await writer.add(rows(part), () => {}, signal)),
  })
  const tables = []
  for (const table of manifest.tables) tables.push(await copy(table))
  const [jobs, forgotten] = [await copy(manifest.jobs), await copy(manifest.forgotten)]
  await writer.finish({ ...manifest, tables, jobs, forgotten, ...change })
  return remade
}

/** Rows and their sum of each table, whatever their order; without the numbers of transactions. */
export async function contents(connection: Connection, leave_out: readonly string[]) {
  const { rows } = await admin(
    connection,
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  const found: Record<string, string> = {}
  for (const { name } of rows) {
    if (leave_out.includes(name)) continue
    const { rows } = await admin(
      connection,
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
       from (select to_jsonb(t) - 'tx' - 'changed_tx' as t from ${name} t) t`,
    )
    found[name] = rows[0].sum
  }
  return found
}

/** Indexes, constraints, triggers and defaults, as PostgreSQL spells them. */
export async function schemaOf(connection: Connection): Promise<string[]> {
  const { rows } = await admin(
    connection,
    `select pg_get_indexdef(indexrelid) || indisvalid::text as line from pg_index where indrelid::regclass::text not like 'pg_%'
       and indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
     union all
     select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace
     union all
     select tgrelid::regclass || ' ' || pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
       and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
     union all
     select attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype || ' ' || attnotnull || attidentity::text
         || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attnum > 0 and not a.attisdropped
         and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
     order by 1`,
  )
  return rows.map(({ line }) => line)
}
