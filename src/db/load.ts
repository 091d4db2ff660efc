// Loads the rows of a backup into a migrated database: all of them in one transaction, indexes after the rows.

import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { BackedUpTable, BackupManifest, BackupPart } from '../core/backup-manifest.ts'
import { type CatalogTable, extrasOf, tablesOf } from './catalog.ts'
import type { Pool } from './pool.ts'
import { COPY_SETTINGS, JOB_COLUMNS } from './snapshot.ts'

/** A backup that does not fit the schema of its own migrations. */
export class UnfitBackup extends Error {}

export interface LoadOptions {
  manifest: BackupManifest
  rows: (part: BackupPart) => Readable
  /** So many more bytes of the rows of a part are loaded. */
  onBytes: (part: string, bytes: number) => void
  /** Numbers that the database before may have given after the backup are left out. */
  leave_gap: boolean
  /** Asked before anything is made of the rows, with each table as it is now. */
  onLoaded?: (table: BackedUpTable, rows: () => Readable) => Promise<void>
}

export interface Loaded {
  /** Tables of the backup that Leadline does not know: somebody else's. */
  left_out: string[]
}

/** For the indexes; the session ends with the load. */
const SETTINGS = `${COPY_SETTINGS}; set maintenance_work_mem = '256MB'; set synchronous_commit = on`

export const load = (pool: Pool, options: LoadOptions): Promise<Loaded> =>
  pool.session(async (client) => {
    await client.query(SETTINGS)
    await countUp(client, options.manifest.next_xid)
    await client.query('begin')
    const loaded = await inTransaction(client, options)
    await client.query('commit')
    // Plans of the migrations to come, and of the first requests, must not take the tables for empty.
    const names = (await tablesOf(client)).map(({ table }) => table)
    await client.query(`/* load.analyze */ analyze ${names.join(', ')}`)
    return loaded
  })

async function inTransaction(
  client: pg.Client,
  { manifest, rows, onBytes, leave_gap, onLoaded }: LoadOptions,
): Promise<Loaded> {
  const copyInto = async (target: string, part: BackupPart, name: string) => {
    const stream = client.query(copyFrom(`copy ${target}`))
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onBytes(name, chunk.length)
        yield chunk
      }
    }
    await pipeline(rows(part), counted, stream)
    if (stream.rowCount !== part.rows)
      throw new UnfitBackup(`${part.rows} rows of ${name} were expected, and ${stream.rowCount} came`)
  }

  const known = new Map((await tablesOf(client)).map((table) => [table.table, table]))
  const parts = manifest.tables.flatMap((part) => {
    const table = known.get(part.table)
    return table ? [{ part, table }] : []
  })
  for (const { part, table } of parts) checkColumns(part, table)
  const extras = await extrasOf(client)
  for (const { drop } of extras.toReversed()) await client.query(drop)
  const names = [...known.keys()]
  for (const name of names) await client.query(`alter table ${name} disable trigger user`)
  await client.query(`/* load.empty */ truncate ${names.join(', ')}`)
  for (const { part, table } of parts) {
    // Frozen: the first cleaning need not write all of it again. Allowed because this transaction emptied the table.
    const target = `${table.table} (${part.columns.join(', ')})`
    await copyInto(`${target} from stdin with (freeze)`, part, table.table)
  }
  if (onLoaded)
    for (const { part, table } of parts)
      await onLoaded(part, () => copyOut(client, `${table.table} (${part.columns.join(', ')})`))
  await mapTransactions(client, [...known.values()], manifest.next_xid)
  for (const { make } of extras) await client.query(make)
  for (const name of names) await client.query(`alter table ${name} enable trigger user`)
  await setSequences(client, manifest, leave_gap)
  await addJobs(client, () => copyInto('jobs_to_add from stdin', manifest.jobs, 'jobs'))
  return {
    left_out: manifest.tables.filter(({ table }) => !known.has(table)).map(({ table }) => table),
  }
}

/** Names of the file come into statements: they are those that the catalog knows, or there is no load. */
function checkColumns({ table, columns }: BackedUpTable, known: CatalogTable): void {
  const odd = new Set(columns).symmetricDifference(new Set(known.columns))
  if (odd.size > 0)
    throw new UnfitBackup(
      `The table ${table} of the backup does not fit its own migrations (${[...odd].join(', ')}): ` +
        'it was changed by hand, or the backup is not from a release.',
    )
}

const copyOut = (client: pg.Client, source: string): Readable =>
  client.query(copyTo(`copy ${source} to stdout`))

// Numbers of transactions
//
// Rows name the transaction that wrote them, and readers go by it: an event that is later has a higher number, and one
// that everybody can see has a lower number than any transaction that still runs. Another server counts by itself.

/** So many numbers of a server may be used up: some seconds, and half a per cent of the way to a freeze. */
const SPENT_MAX = 1_000_000

/** Lets the server count on until it is past every transaction of the backup, if that is not too far. */
async function countUp(client: pg.Client, next_xid: string): Promise<void> {
  const { rows } = await client.query<{ missing: string }>(
    `/* load.xidsMissing */
     select greatest(0, least(${SPENT_MAX}, $1::numeric - own.next)) as missing
     from (select pg_snapshot_xmax(pg_current_snapshot())::text::numeric as next) own`,
    [next_xid],
  )
  const missing = Number(rows[0]!.missing)
  if (missing === 0) return
  await client.query(`/* load.countUp */ do $$
    begin
      for i in 1..${missing} loop
        perform pg_current_xact_id();
        commit;
      end loop;
    end $$`)
}

/**
 * Where the server has not counted as far as the backup, its numbers are mapped to lower ones, in the same order: those of the
 * latest transactions one to one, older ones closer together. 0 stays: it is before all of them.
 */
async function mapTransactions(client: pg.Client, tables: CatalogTable[], next_xid: string): Promise<void> {
  const { rows } = await client.query<{ own: string; is_behind: boolean }>(
    `/* load.ownXid */
     select x.own, x.own::numeric < $1::numeric as is_behind
     from (select pg_current_xact_id()::text as own) x`,
    [next_xid],
  )
  const { own, is_behind } = rows[0]!
  if (!is_behind) return
  const mapped = (column: string) => mapXid(column, BigInt(own), BigInt(next_xid))
  for (const { table, tx_columns } of tables) {
    if (tx_columns.length === 0) continue
    const changes = tx_columns.map((column) => `alter ${column} type xid8 using ${mapped(column)}`)
    await client.query(`/* load.mapXids */ alter table ${table} ${changes.join(', ')}`)
  }
}

/** SQL: the number below `own` for a number up to `next`. */
function mapXid(column: string, own: bigint, next: bigint): string {
  const exact = own / 2n
  const number = `${column}::text::numeric`
  return `(case
    when ${number} = 0 then 0
    when ${number} > ${next - exact} then ${number} - ${next - own + 1n}
    else 1 + div((${number} - 1) * ${own - exact - 2n}, ${next - exact})
  end)::text::xid8`
}

/** How many numbers are left out: ids are known elsewhere, and one that is given twice names two things. */
const GAP = { integer: 1_000, bigint: 1_000_000 }

async function setSequences(
  client: pg.Client,
  { sequences }: BackupManifest,
  leave_gap: boolean,
): Promise<void> {
  for (const { sequence, last } of sequences)
    await client.query(
      `/* load.sequence */
       select setval(format('%I.%s', s.schemaname, $1::text)::regclass, least(s.max_value, $2::bigint +
         case when not $3::boolean then 0 when s.data_type = 'bigint'::regtype then ${GAP.bigint}
           else ${GAP.integer} end))
       from pg_sequences s
       where s.schemaname = current_schema() and quote_ident(s.sequencename) = $1 and $2::bigint is not null`,
      [sequence, last, leave_gap],
    )
}

async function addJobs(client: pg.Client, copyJobs: () => Promise<void>): Promise<void> {
  const columns = Object.entries(JOB_COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')
  await client.query(`/* load.jobs */ create temporary table jobs_to_add (${columns}) on commit drop`)
  await copyJobs()
  await client.query(`/* load.addJobs */
    select graphile_worker.add_jobs(array_agg((j.identifier, j.payload, j.queue_name, j.run_at, j.tries_left,
      j.job_key, j.priority, null)::graphile_worker.job_spec))
    from jobs_to_add j having count(*) > 0`)
}
