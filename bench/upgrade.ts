// The scenario `upgrade`: this checkout starts on the database that another revision filled. How long until it answers and
// until its jobs are through, and how long a writer waits for each table of leads meanwhile.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findEmbedded } from '../src/db/embedded.ts'
import { Base } from './base.ts'
import { checkOut, here } from './checkout.ts'
import { whereOf } from './database.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Place } from './place.ts'
import { handOver, running, say, tell, thousands } from './report.ts'
import { newKey, newRun, startServer } from './stage.ts'

export const UPGRADE = {
  leads: [1_000_000, 1_000, FILLED_MAX],
  dnc: [10_000, 0, 1_000_000],
} as const

export interface UpgradeOptions {
  revision: string
  leads: number
  dnc: number
  json: boolean
}

const TABLES = ['leads', 'lead_phones', 'claims', 'events', 'queue', 'lead_texts']
const PROBE_MS = 5
const STARTED_MS_MAX = 3_600_000

export async function runUpgrade(
  { revision, leads, dnc, json }: UpgradeOptions,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const print = json ? say : tell
  if (process.env.LEADLINE_URL) throw new Error('upgrade starts both versions by itself: unset LEADLINE_URL')
  const [old, now] = [checkOut(stack, revision), here()]
  print(`upgrade: ${thousands(leads)} leads\nfrom  ${old.name}\nto    ${now.name}`)
  const base = new Base(old.root, newRun(), signal)
  await base.fill(stack, { kind: 'leads', leads, dnc })
  const place = await base.copy(stack)

  const over = new AbortController()
  const probing = probe(place, AbortSignal.any([signal, over.signal]))
  const began = performance.now()
  const since = () => (performance.now() - began) / 1_000
  const lines: string[] = []
  await startServer(stack, signal, {
    root: now.root,
    place,
    key: newKey(),
    heard: (text) => lines.push(...text.split('\n').filter((line) => line.trim() !== '')),
    started_ms_max: STARTED_MS_MAX,
  })
  const answers_s = since()
  const client = (await connect(place, signal))!
  while (!signal.aborted && (await jobs(client)) > 0) await sleep(200)
  const jobs_s = since()
  over.abort()
  const waits = await probing
  const { rows } = await client.query('show server_version')
  await client.end()

  print(`it answers after ${answers_s.toFixed(1)} s; its jobs are through after ${jobs_s.toFixed(1)} s`)
  for (const [table, { probes, longest_ms }] of Object.entries(waits))
    print(`  ${table}: a writer waits ${longest_ms.toFixed(0)} ms at most (${thousands(probes)} tries)`)
  print(`The start says:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  handOver(
    'upgrade',
    {
      scenario: 'upgrade',
      from: old.name,
      to: now.name,
      leads,
      answers_s,
      jobs_s,
      waits,
      ...running(rows[0].server_version.split(' ')[0]),
    },
    json,
  )
}

const jobs = async (client: pg.Client): Promise<number> =>
  (await client.query('select count(*)::integer as jobs from graphile_worker.jobs where run_at <= now()'))
    .rows[0].jobs

interface Wait {
  probes: number
  longest_ms: number
}

/** Asks for the lock of a writer on each table, again and again, until the signal. */
async function probe(place: Place, signal: AbortSignal): Promise<Record<string, Wait>> {
  const found = await Promise.all(
    TABLES.map(async (table): Promise<[string, Wait]> => {
      const wait = { probes: 0, longest_ms: 0 }
      const client = await connect(place, signal)
      while (client && !signal.aborted) {
        const began = performance.now()
        await client.query(`begin; lock table ${table} in row exclusive mode; commit`)
        wait.longest_ms = Math.max(wait.longest_ms, performance.now() - began)
        wait.probes++
        await sleep(PROBE_MS)
      }
      await client?.end()
      return [table, wait]
    }),
  )
  return Object.fromEntries(found)
}

/** Waits until PostgreSQL takes connections; null: the signal came first. */
async function connect({ database_url, data_dir }: Place, signal: AbortSignal): Promise<pg.Client | null> {
  while (!signal.aborted) {
    const where = database_url === null ? await findEmbedded(data_dir) : whereOf(database_url)
    const client = where && new pg.Client({ ...where, application_name: 'leadline bench' })
    client?.on('error', () => undefined)
    if (
      client &&
      (await client.connect().then(
        () => true,
        () => false,
      ))
    )
      return client
    await sleep(20)
  }
  return null
}
