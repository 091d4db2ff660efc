// Makes a place for the data of a server of the bench: a temporary data directory or, with DATABASE_URL, a database that is
// dropped afterwards. Empty, or a copy of one that was filled before.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { removeEmbedded } from '../src/db/embedded.ts'
import { whereOf } from './database.ts'

export interface Place {
  data_dir: string
  /** Null: PostgreSQL's files are in the data directory. */
  database_url: string | null
}

/** `like`: a place to copy; its server must have stopped. Disposing of the stack removes the new place. */
export async function makePlace(stack: AsyncDisposableStack, like: Place | null = null): Promise<Place> {
  const data_dir = mkdtempSync(join(tmpdir(), 'leadline-bench-'))
  stack.defer(() => removeEmbedded(data_dir))
  const { DATABASE_URL } = process.env
  if (DATABASE_URL) return { data_dir, database_url: await createDatabase(stack, DATABASE_URL, like) }
  if (like !== null) copyCluster(like.data_dir, data_dir)
  return { data_dir, database_url: null }
}

function copyCluster(from: string, to: string): void {
  const cluster = join(from, 'pg')
  if (lstatSync(cluster).isSymbolicLink())
    throw new Error(
      `PostgreSQL's files could not be kept in ${from}, so they cannot be copied: set TMPDIR to a directory that ` +
        'the user postgres may enter',
    )
  // PostgreSQL's user keeps its files.
  const { status, stderr } = spawnSync('cp', ['-a', cluster, to], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the filled database cannot be copied: ${stderr.trim()}`)
}

/** A database of its own on the server of DATABASE_URL; answers its URL. */
async function createDatabase(
  stack: AsyncDisposableStack,
  database_url: string,
  like: Place | null,
): Promise<string> {
  const url = new URL(database_url)
  const where = whereOf(url.href)
  const name = `leadline_bench_${randomBytes(6).toString('hex')}`
  const query = async (text: string) => {
    const client = new pg.Client(where)
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  const template = like === null ? '' : ` template ${whereOf(like.database_url!).database}`
  await query(`create database ${name}${template}`)
  stack.defer(() => query(`drop database if exists ${name} with (force)`))
  url.pathname = `/${name}`
  return url.href
}
