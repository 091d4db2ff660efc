// One moment of the database, read while servers go on writing: the source of a backup.
//
// The session asks by itself, without the limits of the pools: a large table takes minutes.

import type { Duplex, Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { BackedUpSequence } from '../core/backup-manifest.ts'
import { type CatalogTable, tablesOf } from './catalog.ts'
import { LOCKS } from './locks.ts'
import type { Pool } from './pool.ts'

export interface Snapshot {
  postgresql: string
  snapshot_at: string
  migrations: { version: number; name: string }[]
  next_xid: string
  tables: CatalogTable[]
  rows: (table: CatalogTable) => Rows
  jobs: () => Rows
  forgotten: () => Rows
  /** As they are now: numbers that are given while the rows are read are not given again. */
  sequences: () => Promise<BackedUpSequence[]>
}

interface Moment extends Pick<Snapshot, 'postgresql' | 'snapshot_at' | 'next_xid'> {
  has_jobs: boolean
}

export interface Rows {
  stream: Readable
  /** How many they were; to be asked when they have ended. */
  count: () => Promise<number>
}

/** The columns of a job in a backup. The queue's own tables have others, which change with its versions. */
export const JOB_COLUMNS = {
  identifier: 'text',
  payload: 'json',
  queue_name: 'text',
  run_at: 'timestamptz',
  tries_left: 'integer',
  job_key: 'text',
  priority: 'integer',
}

// A job whose last try never ended is tried once more: its run would wait for good.
const JOBS = `select t.identifier, j.payload, q.queue_name, j.run_at,
    greatest(1, j.max_attempts - j.attempts) as tries_left, j.key as job_key, j.priority
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
  order by j.id`

const NO_JOBS = 'select where false'

const FORGOTTEN = `select campaign_id || '-' || number as id from leads where forgotten_at is not null
  order by campaign_id, number`

/** What decides how values are spelled, and in which order rows come. */
export const COPY_SETTINGS = `set client_min_messages = warning; set client_encoding = 'UTF8';
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set bytea_output = 'hex';
  set extra_float_digits = 1; set synchronize_seqscans = off`

export async function inSnapshot<T>(pool: Pool, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return pool.session(async (client) => {
    await client.query(COPY_SETTINGS)
    // A migration that altered a table now would wait for the end, and everybody behind it.
    await client.query(`/* snapshot.lock */ select pg_advisory_lock_shared(${LOCKS.backup})`)
    const { rows: migrations } = await client.query<Snapshot['migrations'][number]>(
      '/* snapshot.migrations */ select version, name from schema_migrations order by version',
    )
    await client.query('begin isolation level repeatable read read only')
    const { rows: moments } = await client.query<Moment>(
      `/* snapshot.moment */
       select current_setting('server_version') as postgresql,
         to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as snapshot_at,
         pg_snapshot_xmax(pg_current_snapshot())::text as next_xid,
         to_regclass('graphile_worker._private_jobs') is not null as has_jobs`,
    )
    const { postgresql, snapshot_at, next_xid, has_jobs } = moments[0]!
    return work({
      postgresql,
      snapshot_at,
      next_xid,
      migrations,
      tables: await tablesOf(client),
      rows: ({ table, columns }) => copyOf(client, `${table} (${columns.join(', ')})`),
      jobs: () => copyOf(client, `(${has_jobs ? JOBS : NO_JOBS})`),
      forgotten: () => copyOf(client, `(${FORGOTTEN})`),
      sequences: () => sequencesOf(client),
    })
  })
}

function copyOf(client: pg.ClientBase, source: string): Rows {
  const stream = client.query(copyTo(`copy ${source} to stdout`))
  stream.once('close', () => {
    if (!stream.readableEnded) cutOff(client)
  })
  const count = async () => {
    // The server tells the number behind the rows; the next answer is certainly behind it.
    await client.query('/* snapshot.counted */ select')
    return stream.rowCount
  }
  return { stream, count }
}

/** The server would go on sending rows that nobody reads, and the session would not end. */
function cutOff(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: Duplex } }
  connection.stream.destroy()
}

/** The ids of all leads that were forgotten. */
export const forgottenIds = (pool: Pool): Promise<string[]> =>
  pool.session(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `/* snapshot.forgottenIds */ select f.id from (${FORGOTTEN}) f`,
    )
    return rows.map(({ id }) => id)
  })

async function sequencesOf(client: pg.ClientBase): Promise<BackedUpSequence[]> {
  const { rows } = await client.query<BackedUpSequence>(
    `/* snapshot.sequences */
     select quote_ident(s.sequencename) as sequence, s.last_value::float8 as last from pg_sequences s
     where s.schemaname = current_schema() order by s.sequencename`,
  )
  return rows
}
