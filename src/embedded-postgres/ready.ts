// Waits until a postmaster that has been started or found answers queries.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedError, failureCode } from './error.ts'
import type { Postmaster } from './postmaster.ts'

const POLL_MS = 20
const SILENCE_MAX_MS = 60_000
const NOTE_EVERY_MS = 10_000

/** Where to connect: the directory of a unix socket as host. */
export interface Connection {
  host: string
  port: number
  user: string
  database: string
}

/**
 * True once the database answers, made if it is missing; false when the postmaster is gone. Recovery after a crash
 * may take its time. Throws EmbeddedError when a postmaster that runs cannot be reached.
 */
export async function answers(
  postmaster: Postmaster,
  connection: Connection,
  stop: AbortSignal,
  say: (message: string) => void,
): Promise<boolean> {
  const since = performance.now()
  let note = since + NOTE_EVERY_MS
  while (postmaster.alive()) {
    const error = await query(connection, 'select 1')
    if (error === null) return true
    const code = failureCode(error)
    if (code === '3D000') {
      await createDatabase(connection)
      continue
    }
    // 57P03: it is starting up or shutting down, and says so; 53300: all connections are taken.
    if (code !== '57P03' && code !== '53300' && performance.now() - since > SILENCE_MAX_MS) {
      throw new EmbeddedError(
        `PostgreSQL (pid ${postmaster.pid}) runs but cannot be reached through ${connection.host}: ${error.message}.`,
        { cause: error },
      )
    }
    if (performance.now() > note) {
      note += NOTE_EVERY_MS
      say(`still waiting for PostgreSQL: ${error.message}`)
    }
    await sleep(POLL_MS, undefined, { signal: stop })
  }
  return false
}

async function createDatabase(connection: Connection) {
  const error = await query({ ...connection, database: 'postgres' }, `create database ${connection.database}`)
  // 42P04: another process has made it meanwhile.
  if (error === null || failureCode(error) === '42P04') return
  throw new EmbeddedError(`the database could not be created: ${error.message}.`, { cause: error })
}

/** Runs one statement on a connection of its own; the error, or null. */
async function query(connection: Connection, sql: string): Promise<Error | null> {
  const client = new pg.Client({
    ...connection,
    ssl: false,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
  })
  // A connection that breaks while idle would otherwise end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.end().catch(() => {})
  }
}
