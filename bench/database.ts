// The database beneath the server that is measured: filled, counted and driven to its ceiling directly.

import pg from 'pg'
import { findEmbedded } from '../src/db/embedded.ts'
import { processTimes } from './machine.ts'

export interface Where {
  host: string
  port: number
  user: string
  database: string
  password?: string
}

export interface Database {
  where: Where
  client: pg.Client
  /** PostgreSQL's version, '18.4'. */
  version: string
  /** The process that answers the bench. */
  backend: number
  /** The postmaster, when it runs on this machine; else null. */
  postmaster: number | null
}

/** Reads an address: postgres://user:password@host:port/database?host=/socket/directory */
export function whereOf(url: string): Where {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const user = decodeURIComponent(username) || 'postgres'
  return {
    host: searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost'),
    port: Number(searchParams.get('port') ?? port) || 5432,
    user,
    database: decodeURIComponent(pathname.slice(1)) || user,
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}

async function openDatabase(where: Where): Promise<Database> {
  const client = new pg.Client({ ...where, application_name: 'leadline bench' })
  // A connection that dies is told by the query that meets it.
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid, current_setting($1) as version', [
    'server_version',
  ])
  const [{ pid: backend, version }] = rows
  const postmaster = where.host.startsWith('/') ? (processTimes(backend)?.parent ?? null) : null
  return { where, client, version: String(version).split(' ')[0]!, backend, postmaster }
}

/** The database of a running server, known by a campaign that was just made through it; null: it cannot be told. */
export async function findDatabase(
  { database_url, data_dir }: { database_url: string | null; data_dir: string },
  campaign_id: number,
  campaign: string,
): Promise<Database | null> {
  const where = database_url === null ? await findEmbedded(data_dir) : whereOf(database_url)
  if (where === null) return null
  const database = await openDatabase(where)
  // A data directory may belong to another server than the one of LEADLINE_URL.
  const found = await database.client
    .query('select from campaigns where campaign_id = $1 and name = $2', [campaign_id, campaign])
    .catch(() => ({ rowCount: 0 }))
  if (found.rowCount === 1) return database
  await database.client.end()
  return null
}

/** The environment of libpq's programs: everybody on the machine could see arguments. */
export const libpqEnvironment = ({ host, port, user, database, password }: Where) => ({
  PGHOST: host,
  PGPORT: String(port),
  PGUSER: user,
  PGDATABASE: database,
  ...(password === undefined ? {} : { PGPASSWORD: password }),
})
