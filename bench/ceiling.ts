// Measures how fast the same database takes leads without Leadline, one or 64 per commit: with pgbench if there is one,
// else Node.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Target } from '../src/client/client.ts'
import { type Database, libpqEnvironment, type Where } from './database.ts'

export interface CeilingOptions {
  database: Database
  target: Target
  run: string
  kind: keyof typeof SCRIPTS
  /** How many leads were filled. */
  leads: number
  /** Null: pgbench where there is one. */
  by: 'pgbench' | 'node' | null
  /** Ends a measurement that is under way. */
  signal: AbortSignal
}

export interface NodeCeiling {
  where: Where
  script: string
  /** The script's variables, those that differ from transaction to transaction excepted. */
  variables: Record<string, string | number>
  clients: number
  seconds: number
}

interface Transactions {
  count: number
  per_s: number
}

// The first with permute(), which gives random numbers without repeats.
const PGBENCH_MAJOR_MIN = 14
const SCRIPTS = { insert: 'ceiling.sql', batch: 'ceiling-batch.sql', update: 'ceiling-update.sql' }
// A custom plan would not be better than the generic one, and planning costs more than running.
const PGOPTIONS = '-c plan_cache_mode=force_generic_plan -c jit=off'

export class Ceiling {
  readonly by: 'pgbench' | 'node'
  /** All transactions so far. */
  transactions = 0
  readonly #pgbench: string | null
  readonly #options: CeilingOptions
  readonly #seed = 1 + Math.floor(Math.random() * 2 ** 31)
  /** Numbers below this were given out by earlier measurements. */
  #first = 0

  constructor(options: CeilingOptions) {
    this.#options = options
    this.#pgbench = options.by === 'node' ? null : findPgbench()
    if (this.#pgbench === null && options.by === 'pgbench')
      throw new Error(`there is no pgbench of PostgreSQL ${PGBENCH_MAJOR_MIN} or newer on the path`)
    this.by = this.#pgbench === null ? 'node' : 'pgbench'
  }

  /** Leads per second that were really written. */
  async measure(clients: number, seconds: number): Promise<number> {
    const { database, kind } = this.#options
    const mark = await lastNumber(database)
    const { count, per_s } = await (this.#pgbench === null
      ? this.#byNode(clients, seconds)
      : this.#byPgbench(this.#pgbench, clients, seconds))
    this.transactions += count
    // Clients do not get equally far: the next measurement begins past the foremost one.
    this.#first += 3 * count + 1_000 * clients
    if (kind === 'update' || count === 0) return per_s
    const written = await writtenSince(database, this.#options.target.campaign_id, mark)
    return (per_s * written.by_ceiling) / count
  }

  #variables(clients: number): Record<string, string | number> {
    const { target, run, leads } = this.#options
    const { campaign_id, allocation_id } = target
    return { campaign_id, allocation_id, run, leads, clients, first: this.#first, seed: this.#seed, n: 0 }
  }

  async #byPgbench(pgbench: string, clients: number, seconds: number): Promise<Transactions> {
    const { database, kind, signal } = this.#options
    const variables = Object.entries(this.#variables(clients)).flatMap(([name, value]) => [
      '-D',
      `${name}=${value}`,
    ])
    const threads = Math.min(clients, availableParallelism())
    const sizes = ['-c', String(clients), '-j', String(threads), '-T', String(seconds)]
    const script = fileURLToPath(new URL(SCRIPTS[kind], import.meta.url))
    const child = spawn(pgbench, ['-n', '-M', 'prepared', ...sizes, ...variables, '-f', script], {
      env: { ...process.env, ...libpqEnvironment(database.where), PGOPTIONS },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    const [out, err] = [collect(child.stdout), collect(child.stderr)]
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const count = Number(/transactions actually processed: (\d+)/.exec(out())?.[1])
    const per_s = Number(/^tps = ([\d.]+)/m.exec(out())?.[1])
    if (kind === 'batch' && err().includes('duplicate key'))
      throw new Error('the numbers of the batched ceiling are used up: fewer --seconds, or fewer --pairs')
    if (status !== 0 || !(per_s > 0))
      throw new Error(`pgbench ended with status ${status}: ${err().trim().split('\n').slice(-3).join(' ')}`)
    return { count, per_s }
  }

  #byNode(clients: number, seconds: number): Promise<Transactions> {
    const { database, kind, signal } = this.#options
    const work: NodeCeiling = {
      where: database.where,
      script: fileURLToPath(new URL(SCRIPTS[kind], import.meta.url)),
      variables: this.#variables(clients),
      clients,
      seconds,
    }
    const worker = new Worker(new URL('./ceiling-worker.ts', import.meta.url), { workerData: work })
    const stop = () => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    return new Promise<Transactions>((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.on('exit', (status) => reject(new Error(`the ceiling's thread ended with status ${status}`)))
    }).finally(() => signal.removeEventListener('abort', stop))
  }
}

/** The newest pgbench that is installed, or that is on the path; null: none that is new enough. */
function findPgbench(): string | null {
  const installed = '/usr/lib/postgresql'
  const majors = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...majors.map((major) => join(installed, major, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ]
  const found = folders.map((folder) => join(folder, 'pgbench')).filter((path) => existsSync(path))
  return (
    found.find((path) => {
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
      return Number(/(\d+)(\.\d+)?/.exec(stdout ?? '')?.[1]) >= PGBENCH_MAJOR_MIN
    }) ?? null
  )
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => (text = (text + chunk).slice(-20_000)))
  return () => text
}

/** The highest lead number given out so far. */
export async function lastNumber({ client }: Database): Promise<number> {
  return Number(
    (await client.query('select last_value - (not is_called)::integer as last from lead_numbers')).rows[0]
      .last,
  )
}

/** Leads of the campaign past a number: those of the ceiling, and those of Leadline. */
export async function writtenSince({ client }: Database, campaign_id: number, number: number) {
  const { rows } = await client.query(
    `select count(*) filter (where created_by = 'ceiling')::integer as by_ceiling,
       count(*) filter (where created_by <> 'ceiling')::integer as by_leadline
     from leads where campaign_id = $1 and number > $2`,
    [campaign_id, number],
  )
  return rows[0] as { by_ceiling: number; by_leadline: number }
}
