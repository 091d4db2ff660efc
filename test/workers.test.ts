// Runs of actions whose process is gone come back within seconds; those of one that is alive are left to it, however it
// is cut off or held up.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, type TestContext, test } from 'vitest'
import { LeadlineClient } from '../src/client/client.ts'
import { LOCKS } from '../src/db/locks.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin, type Connection, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { type HttpTarget, httpTarget } from './support/targets.ts'
import { until } from './support/until.ts'
import { wireTo } from './support/wire.ts'

/** Far below the two minutes after which a lock is old, and what a sweep and the next look for work take. */
const SECONDS_MAX = 25
const KEY = `test_${'w'.repeat(40)}`
const folder = mkdtempSync(join(tmpdir(), 'leadline-workers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The tests wait far more than they work, so they run beside each other. */
type After = TestContext['onTestFinished']

/** A target that never answers, and a database of its own. */
async function scene(after: After) {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  const dead = await httpTarget()
  dead.answer = null
  after(async () => {
    await dead.stop()
    await dropDatabase(connection)
  })
  return { connection, dead }
}

const serverOn = async (after: After, connection: Connection, dead: HttpTarget, concurrency = 2) => {
  const server = await startLeadline({ connection, actions: { private_hosts: [dead.host], concurrency } })
  after(() => server.stop())
  return server
}

/** The real command, which can be killed and held. */
async function processOn(after: After, connection: Connection, dead: HttpTarget) {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(connection),
      LEADLINE_PORT: '0',
      LEADLINE_DATA_DIR: folder,
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
      LEADLINE_ACTIONS_PRIVATE_HOSTS: dead.host,
      LEADLINE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const address = await addressOf(child)
  return { child, client: new LeadlineClient({ url: address, key: KEY }) }
}

/** An outcome that starts this action; its lead. */
async function giveOutcome(client: LeadlineClient, action: object): Promise<string> {
  const made = await client.post<{ action_id: number }>('/v1/actions', action)
  const { action_id } = made.body
  await client.put('/v1/disposition-sets/1/dispositions/Sale/actions', { action_ids: [action_id] })
  return outcome(client)
}

async function outcome(client: LeadlineClient): Promise<string> {
  const target = { template_id: 1, campaign_id: 1, allocation_id: 1 }
  const lead = await client.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Sale' })
  return lead.lead_id!
}

async function outcomeThatHangs(client: LeadlineClient, dead: HttpTarget): Promise<string> {
  const config = { method: 'POST', url: dead.url, body: '{"lead":"${njLead}"}' }
  const lead_id = await giveOutcome(client, { name: 'hang', kind: 'url', config })
  await until('the target is called', async () => dead.received.length === 1)
  return lead_id
}

/** The sessions that prove that a worker is alive. */
async function proofsIn(connection: Connection): Promise<number[]> {
  const { rows } = await admin(
    connection,
    `select pid from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = ${LOCKS.job_workers}
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows.map(({ pid }) => pid as number)
}

const run = async (client: LeadlineClient, lead_id: string) =>
  (await client.get<{ items: { state: string; tries: number }[] }>('/v1/action-runs', { lead_id })).body
    .items[0]!

const holderOf = async (connection: Connection) =>
  (await admin(connection, 'select locked_by from graphile_worker.jobs')).rows[0]?.locked_by as string | null

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function untilDone(client: LeadlineClient, lead_id: string): Promise<number> {
  const began = performance.now()
  while ((await run(client, lead_id)).state !== 'done') {
    expect(performance.now() - began).toBeLessThan(SECONDS_MAX * 1_000)
    await sleep(100)
  }
  return (performance.now() - began) / 1_000
}

const LONG = { timeout: 90_000, concurrent: true }

test(
  'a killed process gives its runs to the next within seconds, under the same delivery id',
  LONG,
  async ({ onTestFinished: after }) => {
    const { connection, dead } = await scene(after)
    const { child, client } = await processOn(after, connection, dead)
    const lead_id = await outcomeThatHangs(client, dead)
    const next = await serverOn(after, connection, dead)
    dead.answer = () => ({ status: 200 })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const seconds = await untilDone(next.client, lead_id)
    console.log(`the run of a killed process is done after ${seconds.toFixed(1)} s`)
    expect(await run(next.client, lead_id)).toMatchObject({ tries: 2 })
    expect(new Set(dead.received.map(({ headers }) => headers['leadline-delivery-id'])).size).toBe(1)
    expect(dead.received).toHaveLength(2)
    // A worker that has ended is off the list.
    expect((await admin(connection, 'select from job_workers')).rowCount).toBe(1)
  },
)

test(
  'a process that is held up keeps its runs, however long: nobody else takes them',
  LONG,
  async ({ onTestFinished: after }) => {
    const { connection, dead } = await scene(after)
    const { child, client } = await processOn(after, connection, dead)
    await outcomeThatHangs(client, dead)
    const holder = await holderOf(connection)
    child.kill('SIGSTOP')
    after(() => void child.kill('SIGCONT'))
    await serverOn(after, connection, dead)
    await sleep(16_000)
    expect(dead.received).toHaveLength(1)
    expect(await holderOf(connection)).toBe(holder)
  },
)

test(
  'a process whose proof is cut proves itself again, and keeps its runs',
  LONG,
  async ({ onTestFinished: after }) => {
    const { connection, dead } = await scene(after)
    const first = await serverOn(after, connection, dead)
    const lead_id = await outcomeThatHangs(first.client, dead)
    const second = await serverOn(after, connection, dead)
    const holder = await holderOf(connection)
    await until('both have proven themselves', async () => (await proofsIn(connection)).length === 2)
    const before = await proofsIn(connection)
    for (const pid of before) await admin(connection, `select pg_terminate_backend(${pid})`)
    await until('both have proven themselves again', async () => (await proofsIn(connection)).length === 2)
    expect((await proofsIn(connection)).filter((pid) => before.includes(pid))).toEqual([])
    // Until its own time is over it has the run.
    expect(await holderOf(connection)).toBe(holder)
    expect(dead.received).toHaveLength(1)
    await until(
      'the try is over',
      async () => (await run(second.client, lead_id)).tries === 1 && dead.open() === 0,
    )
    expect(dead.received).toHaveLength(1)
  },
)

/** A mail server that takes its time for every answer, so that a mail is on its way for 15 s. */
async function slowMailServer(after: After) {
  const open = new Set<net.Socket>()
  /** How many were connected when each connection came, itself included. */
  const connected: number[] = []
  const server = net.createServer((socket) => {
    open.add(socket)
    connected.push(open.size)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    socket.write('220 slow\r\n')
    socket.on('data', () => void setTimeout(() => socket.write('250 ok\r\n'), 4_500))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(async () => {
    for (const socket of open) socket.destroy()
    await once(server.close(), 'close')
  })
  return { smtp_url: `smtp://127.0.0.1:${(server.address() as net.AddressInfo).port}`, connected }
}

test(
  'a process that the database cannot hear any more ends its try before another one takes the run',
  LONG,
  async ({ onTestFinished: after }) => {
    const { connection } = await scene(after)
    const { smtp_url, connected } = await slowMailServer(after)
    const wire = await wireTo(connection)
    after(() => wire.close())
    const actions = { smtp_url, mail_from: 'Leads <leads@example.com>' }
    const first = await startLeadline({ connection: wire.connection, actions })
    after(() => first.stop())
    const config = { to: 'ana@example.com', subject: 's', text: 't' }
    await giveOutcome(first.client, { name: 'slow', kind: 'email', config })
    await until('a mail is on its way', async () => connected.length === 1)
    const second = await startLeadline({ connection, actions })
    after(() => second.stop())
    // From now on nothing of the first one gets through, and the server has ended what there was.
    wire.fate = () => 'cut'
    wire.cut()
    await until('the run is taken over', async () => connected.length === 2)
    expect(connected).toEqual([1, 1])
    wire.fate = () => undefined
    await until(
      'the first one has proven itself again',
      async () => (await proofsIn(connection)).length === 2,
    )
  },
)

/** Four jobs whose ends could not be written: the queue has lost count of them. */
async function endsLost(after: After) {
  const { connection, dead } = await scene(after)
  const wire = await wireTo(connection)
  after(() => wire.close())
  const { client } = await serverOn(after, wire.connection, dead, 4)
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
  dead.answer = async () => {
    await ends[dead.received.length - 1]?.promise
    return { status: 200 }
  }
  const lead_ids = [await outcomeThatHangs(client, dead)]
  while (lead_ids.length < ends.length) lead_ids.push(await outcome(client))
  await until('all are on their way', async () => dead.received.length === ends.length)
  let cut = 0
  wire.fate = (statement) => {
    if (!statement.startsWith('complete_job')) return undefined
    cut++
    return 'cut'
  }
  // Three ends are lost while the fourth job is at work.
  for (const [i, { resolve }] of ends.slice(0, 3).entries()) {
    resolve()
    await until('its end is lost', async () => cut > i)
  }
  await sleep(200)
  ends[3]!.resolve()
  return { client, wire, lead_ids }
}

test(
  'jobs whose end cannot be written leave no worker behind that never works again',
  LONG,
  async ({ onTestFinished: after }) => {
    const { client, wire, lead_ids } = await endsLost(after)
    wire.fate = () => undefined
    await untilDone(client, await outcome(client))
    for (const lead_id of lead_ids)
      expect(await run(client, lead_id)).toMatchObject({ state: 'done', tries: 1 })
  },
)

test(
  'a worker that has given up works again, also when the database was away for several starts',
  LONG,
  async ({ onTestFinished: after }) => {
    const { client, wire, lead_ids } = await endsLost(after)
    wire.fate = () => 'cut'
    wire.cut()
    // It gives up within 5 s, and is started every 5 s from then on.
    await sleep(18_000)
    wire.fate = () => undefined
    let lead_id: string | undefined
    await until('the server takes leads again', async () => {
      lead_id = await outcome(client).catch(() => undefined)
      return lead_id !== undefined
    })
    for (const one of [...lead_ids, lead_id!]) await untilDone(client, one)
  },
)

test(
  'a worker that could not read its tasks when it began works all the same',
  LONG,
  async ({ onTestFinished: after }) => {
    const { connection, dead } = await scene(after)
    const wire = await wireTo(connection)
    after(() => wire.close())
    dead.answer = () => ({ status: 200 })
    let cut = 0
    wire.fate = (statement) => {
      if (cut > 0 || !statement.includes('_private_tasks')) return undefined
      cut++
      return 'cut'
    }
    const { client } = await serverOn(after, wire.connection, dead)
    const config = { method: 'POST', url: dead.url, body: '{}' }
    const lead_id = await giveOutcome(client, { name: 'at once', kind: 'url', config })
    await untilDone(client, lead_id)
    expect(cut).toBe(1)
  },
)
