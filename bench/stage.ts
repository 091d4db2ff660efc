// What is measured: a Leadline of our own on a throwaway database, or the one of LEADLINE_URL; with a template and
// a campaign of the bench's own in it.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { LeadlineClient, type Target } from '../src/client/client.ts'
import { choosePlace } from '../src/db/embedded/place.ts'
import { type Database, findDatabase, whereOf } from './database.ts'
import { residentMb } from './machine.ts'
import { say } from './report.ts'

export interface Stage {
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
  /** Resident memory of the server now, megabytes; null: not known. */
  residentMb: () => Promise<number | null>
}

interface Running {
  url: string
  key: string
  pid: number | null
  database_url: string | null
  /** Where its embedded database is, if it has one. */
  data_dir: string
}

const STARTED_MS_MAX = 60_000
const STOPPED_MS_MAX = 60_000

/**
 * Sets the stage; what must be taken down again is left with `stack`. `profile`: where the server writes a CPU profile;
 * `options`: what else its environment says.
 */
export async function setStage(
  stack: AsyncDisposableStack,
  signal: AbortSignal,
  profile: string | null,
  options: Record<string, string> = {},
): Promise<Stage> {
  const run = randomBytes(6).toString('hex')
  const running = theirServer() ?? (await startServer(stack, signal, run, profile, options))
  const { url, key, pid } = running
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:')
    throw new Error('the load generator speaks plain HTTP: LEADLINE_URL must begin with http://')
  const client = new LeadlineClient({ url, key })
  const target = await createTarget(client, run)
  const database = await findDatabase(running, target.campaign_id, `bench ${run}`)
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

/** The server of LEADLINE_URL; null: none is named. */
function theirServer(): Running | null {
  const { LEADLINE_URL, LEADLINE_API_KEY, DATABASE_URL, LEADLINE_DATA_DIR } = process.env
  if (!LEADLINE_URL) return null
  if (!LEADLINE_API_KEY) throw new Error('LEADLINE_URL needs LEADLINE_API_KEY, a key with the scope admin')
  return {
    url: LEADLINE_URL.replace(/\/+$/, ''),
    key: LEADLINE_API_KEY,
    pid: null,
    database_url: DATABASE_URL || null,
    data_dir: LEADLINE_DATA_DIR || './data',
  }
}

/** Our own server: the real command, on a data directory or, with DATABASE_URL, a database that go afterwards. */
async function startServer(
  stack: AsyncDisposableStack,
  signal: AbortSignal,
  run: string,
  profile: string | null,
  options: Record<string, string>,
): Promise<Running> {
  const key = `bench_${randomBytes(24).toString('base64url')}`
  const data_dir = mkdtempSync(join(tmpdir(), 'leadline-bench-'))
  stack.defer(() => removeData(data_dir))
  const { DATABASE_URL, LEADLINE_URL: _, LEADLINE_API_KEY: __, ...environment } = process.env
  const database_url = DATABASE_URL ? await createDatabase(stack, DATABASE_URL, run) : null
  const command = fileURLToPath(new URL('../bin/leadline', import.meta.url))
  // As the command it is, so that it runs with the flags that it gives itself, on the Node that runs the bench.
  const child = spawn(command, ['serve'], {
    env: {
      ...environment,
      ...(database_url === null ? {} : { DATABASE_URL: database_url }),
      ...(profile === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
      PATH: [dirname(process.execPath), environment.PATH].join(delimiter),
      LEADLINE_HOST: '127.0.0.1',
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: data_dir,
      LEADLINE_LOG_LEVEL: 'warn',
      LEADLINE_BOOTSTRAP_API_KEY: key,
      ...options,
    },
    // Through the channel the server notices when the bench is gone, even after a kill -9, and ends itself.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    // One that could not even be started.
    child.once('error', () => child.pid === undefined && resolve())
  })
  stack.defer(() => stopServer(child, gone))
  const url = await listening(child, signal)
  return { url, key, pid: child.pid!, database_url, data_dir }
}

/** Resolves with the address that the server prints once it listens. */
function listening(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let [out, err] = ['', '']
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}: ${err.trim() || out.trim()}`))
    const timer = setTimeout(() => fail('did not start'), STARTED_MS_MAX)
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

/** Under root PostgreSQL may have had to put its files, or copies of its programs, beside the data directory. */
function removeData(data_dir: string): void {
  let away: string | null = null
  try {
    if (process.getuid?.() === 0) away = choosePlace(realpathSync(data_dir)).away
  } catch {
    // A start that got nowhere left nothing there.
  }
  for (const path of [data_dir, away])
    if (path !== null && existsSync(path)) rmSync(path, { recursive: true, force: true })
}

/** A database of its own on the server of DATABASE_URL; answers its URL. */
async function createDatabase(
  stack: AsyncDisposableStack,
  database_url: string,
  run: string,
): Promise<string> {
  const url = new URL(database_url)
  const where = whereOf(url.href)
  const name = `leadline_bench_${run}`
  const query = async (text: string) => {
    const client = new pg.Client(where)
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  await query(`create database ${name}`)
  stack.defer(() => query(`drop database if exists ${name} with (force)`))
  url.pathname = `/${name}`
  return url.href
}

const address = { kind: 'text', merge_group: 'address' }

/** The fields of the sample template, in a template of the bench's own. */
const FIELDS = [
  { name: 'Name', kind: 'text' },
  { name: 'StreetAddress', ...address },
  { name: 'City', ...address },
  { name: 'State', ...address },
  { name: 'PostCode', ...address },
  { name: 'Email', kind: 'email' },
  { name: 'FirstPhone', kind: 'phone' },
  { name: 'SecondPhone', kind: 'phone' },
]

async function createTarget(client: LeadlineClient, run: string): Promise<Target> {
  const name = `bench ${run}`
  const make = async <Body>(path: string, body: object): Promise<Body> => {
    const answer = await client.post<Body & { detail?: string }>(path, body)
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.body.detail ?? ''}`)
    return answer.body
  }
  await make('/v1/contact-hours', { name, zone: 'Australia/Melbourne' })
  const template = { name, region: 'AU', contact_hours: name, fields: FIELDS }
  const { template_id } = await make<{ template_id: number }>('/v1/templates', template)
  const campaign = { template_id, name }
  const { campaign_id } = await make<{ campaign_id: number }>('/v1/campaigns', campaign)
  const allocation = { campaign_id, name, started: true }
  const { allocation_id } = await make<{ allocation_id: number }>('/v1/allocations', allocation)
  return { template_id, campaign_id, allocation_id }
}

async function residentByMetrics(client: LeadlineClient): Promise<number | null> {
  const { body } = await client.get<object | string>('/metrics')
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(String(body))?.[1]
  return bytes === undefined ? null : Number(bytes) / 2 ** 20
}
