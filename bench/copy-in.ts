// The ceiling of an import: COPY of the same rows into tables with the same columns, indexes and settings, in one session
// and one commit. It reads no file of people, judges nothing and looks up nothing.

import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Database } from './database.ts'
import { checkpoint } from './fill.ts'
import { processTimes } from './machine.ts'

const SCHEMA = 'bench_copy'
/** The tables that an insert writes, in the order of its statement, with what their rows are sorted by. */
const WRITTEN = {
  leads: 'number',
  lead_phones: 'lead_number, field',
  claims: 'lead_number, phone',
  events: 'lead_number, version',
  queue: 'lead_number',
} as const
/** The search indexer writes these behind it. */
const BEHIND = { lead_texts: 'lead_number' } as const

export interface Copied {
  /** Of the tables that an insert writes. */
  seconds: number
  /** CPU of the session, microseconds for a lead; null: not known. */
  us: number | null
  /** Of the texts of search as well. */
  with_texts_s: number
}

/** Copies the leads of a campaign out, and so many times into tables that are empty. */
export async function copyIn(
  { client, backend, postmaster }: Database,
  campaign_id: number,
  leads: number,
  rounds: number,
  folder: string,
): Promise<Copied[]> {
  const tables = { ...WRITTEN, ...BEHIND }
  const path = (table: string) => join(folder, `${table}.copy`)
  await client.query(`create schema ${SCHEMA}`)
  try {
    for (const [table, order] of Object.entries(tables)) {
      await client.query(`create table ${SCHEMA}.${table} (like ${table} including all)`)
      const { rows } = await client.query<{ options: string | null }>(
        `select array_to_string(reloptions, ', ') as options from pg_class where oid = $1::regclass`,
        [table],
      )
      const options = rows[0]!.options
      if (options) await client.query(`alter table ${SCHEMA}.${table} set (${options})`)
      const asked = `select * from ${table} where campaign_id = ${campaign_id} order by ${order}`
      await pipeline(client.query(copyTo(`copy (${asked}) to stdout`)), createWriteStream(path(table)))
    }
    const copy = async (table: string) => {
      const into = client.query(copyFrom(`copy ${SCHEMA}.${table} from stdin`))
      await pipeline(createReadStream(path(table)), into)
      if (into.rowCount < leads) throw new Error(`${into.rowCount} rows of ${table} belong to ${leads} leads`)
    }
    const copied: Copied[] = []
    for (let round = 0; round < rounds; round++) {
      for (const table of Object.keys(tables)) await client.query(`truncate ${SCHEMA}.${table}`)
      await checkpoint(client)
      const cpu_ms = () => (postmaster === null ? null : (processTimes(backend)?.cpu_ms ?? null))
      const cpu_before = cpu_ms()
      const began = performance.now()
      const since = () => (performance.now() - began) / 1_000
      await client.query('begin')
      for (const table of Object.keys(WRITTEN)) await copy(table)
      await client.query('commit')
      const seconds = since()
      const cpu_after = cpu_ms()
      const us = cpu_before === null || cpu_after === null ? null : ((cpu_after - cpu_before) * 1_000) / leads
      await client.query('begin')
      for (const table of Object.keys(BEHIND)) await copy(table)
      await client.query('commit')
      copied.push({ seconds, us, with_texts_s: since() })
    }
    return copied
  } finally {
    await client.query('rollback').catch(() => undefined)
    await client.query(`drop schema ${SCHEMA} cascade`)
  }
}
