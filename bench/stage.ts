// The server under measurement: a Leadline of our own on a throwaway database, or the one of LEADLINE_URL; with a
// template and a campaign of the bench's own in it.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LeadlineClient, type Target } from '../src/client/client.ts'
import { type Database, findDatabase } from './database.ts'
import { type Resident, residentMb } from './machine.ts'
import { makePlace, type Place } from './place.ts'
import { say } from './report.ts'
import { createTarget, nameOf } from './set-up.ts'

export interface Stage extends Resident {
  client: LeadlineClient
  host: string
  port: number
  key: string
  target: Target
  /** Marks everything that this run writes. */
  run: string
  /** Null: it cannot be reached, so nothing can be filled, counted or driven to its ceiling. */
  database: Database | null
  /** The server's process, when it is ours. */
  server_pid: number | null
}

interface Running {
  url: string
  key: string
  pid: number | null
  place: Place
}

interface Start {
  /** The checkout whose command is started: its own tree, no import of ours. */
  root: string
  place: Place
  key: string
  /** Where the server writes a CPU profile. */
  profile?: string | null
  /** More variables of its environment. */
  options?: Record<string, string>
  /** Hears what the server prints. */
  heard?: (text: string) => void
  started_ms_max?: number
}

/** This checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const STARTED_MS_MAX = 60_000
const STOPPED_MS_MAX = 60_000

export const newRun = () => randomBytes(6).toString('hex')
export const newKey = () => `bench_${randomBytes(24).toString('base64url')}`

/** Sets the stage; leaves with `stack` what must be taken down again. */
export async function setStage(
  stack: AsyncDisposableStack,
  signal: AbortSignal,
  profile: string | null,
  options: Record<string, string> = {},
): Promise<Stage> {
  const run = newRun()
  const running =
    theirServer() ??
    (await startServer(stack, signal, {
      root: ROOT,
      place: await makePlace(stack),
      key: newKey(),
      profile,
      options,
    }))
  return enterStage(stack, running, run, await createTarget(clientOf(running), run))
}

export const clientOf = ({ url, key }: Running) => new LeadlineClient({ url, key })

/** A server that runs, with a target whose campaign has the name of the run. */
export async function enterStage(
  stack: AsyncDisposableStack,
  running: Running,
  run: string,
  target: Target,
): Promise<Stage> {
  const { url, key, pid, place } = running
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:')
    throw new Error('the load generator speaks plain HTTP: LEADLINE_URL must begin with http://')
  const client = clientOf(running)
  const database = await findDatabase(place, target.campaign_id, nameOf(run))
  if (database) stack.defer(() => database.client.end().catch(() => undefined))
  return {
    client,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || 80,
    key,
    target,
    run,
    database,
    server_pid: pid,
    residentMb: async () => (pid === null ? residentByMetrics(client) : residentMb(pid)),
  }
}

/** For scenarios that fill the database of the server, or look into it. */
export function needDatabase(
  stage: Stage,
  scenario: string,
): asserts stage is Stage & { database: Database } {
  if (!stage.database) throw new Error(`${scenario} needs the database of its server (DATABASE_URL)`)
}

/** The server of LEADLINE_URL; null: none is named. */
function theirServer(): Running | null {
  const { LEADLINE_URL, LEADLINE_API_KEY, DATABASE_URL, LEADLINE_DATA_DIR } = process.env
  if (!LEADLINE_URL) return null
  if (!LEADLINE_API_KEY) throw new Error('LEADLINE_URL needs LEADLINE_API_KEY, a key with the scope admin')
  return {
    url: LEADLINE_URL.replace(/\/+$/, ''),
    key: LEADLINE_API_KEY,
    pid: null,
    place: { data_dir: LEADLINE_DATA_DIR || './data', database_url: DATABASE_URL || null },
  }
}

/** A server of our own: the real command of a checkout. */
export async function startServer(
  stack: AsyncDisposableStack,
  signal: AbortSignal,
  { root, place, key, profile = null, options = {}, heard, started_ms_max = STARTED_MS_MAX }: Start,
): Promise<Running> {
  const { DATABASE_URL: _, LEADLINE_URL: __, LEADLINE_API_KEY: ___, ...environment } = process.env
  // As the command it is, so that it runs with the flags that it gives itself, on the Node that runs the bench.
  const child = spawn(join(root, 'bin/leadline'), ['serve'], {
    env: {
      ...environment,
      ...(place.database_url === null ? {} : { DATABASE_URL: place.database_url }),
      PATH: [dirname(process.execPath), environment.PATH].join(delimiter),
      LEADLINE_HOST: '127.0.0.1',
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: place.data_dir,
      LEADLINE_LOG_LEVEL: 'warn',
      LEADLINE_BOOTSTRAP_API_KEY: key,
      // Another revision's compiled code would stay in the packages, which it shares with this checkout.
      ...(root === ROOT ? {} : { NODE_COMPILE_CACHE: join(root, 'compiled') }),
      ...options,
      ...(profile === null ? {} : { NODE_OPTIONS: `${options.NODE_OPTIONS ?? ''} ${profiling(profile)}` }),
    },
    // Through the channel the server notices when the bench is gone, even after a kill -9, and ends itself.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    // The program could not even be started.
    child.once('error', () => child.pid === undefined && resolve())
  })
  stack.defer(() => stopServer(child, gone))
  if (heard)
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => heard(String(data)))
  const url = await listening(child, signal, started_ms_max)
  return { url, key, pid: child.pid!, place }
}

const profiling = (folder: string) => `--cpu-prof --cpu-prof-dir=${folder}`

/** Resolves with the address that the server prints once it listens. */
function listening(child: ChildProcess, signal: AbortSignal, ms_max: number): Promise<string> {
  let [out, err] = ['', '']
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}: ${err.trim() || out.trim()}`))
    const timer = setTimeout(() => fail('did not start'), ms_max)
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-4_000)
      const url = /listens on (http:\S+)\s/.exec(out)?.[1]
      if (url) resolve(url)
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-4_000)
    })
    child.once('error', reject)
    child.once('exit', (status) => fail(`ended with status ${status}`))
    signal.addEventListener('abort', () => fail('was stopped'), { once: true })
    child.once('exit', () => clearTimeout(timer))
    child.stdout!.once('data', () => clearTimeout(timer))
  })
}

async function stopServer(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  // The channel keeps a process alive that listens to it, one that could not start included.
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => {
    say(`The server (pid ${child.pid}) does not stop; it is killed.`)
    child.kill('SIGKILL')
  }, STOPPED_MS_MAX)
  await gone
  clearTimeout(timer)
}

async function residentByMetrics(client: LeadlineClient): Promise<number | null> {
  const { body } = await client.get<object | string>('/metrics')
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(String(body))?.[1]
  return bytes === undefined ? null : Number(bytes) / 2 ** 20
}
