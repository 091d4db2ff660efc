// The scenario `actions`: inserts at a fixed rate, with and without calls that hang on a dead target, in pairs that follow
// each other; the ratio of the p99s is the cost of the dead target for intake.

import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bench, type Measured } from './bench.ts'
import type { Database } from './database.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Figures, handOver, medians, running, say, Table, tell, thousands } from './report.ts'
import { create } from './set-up.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'

export const ACTIONS = {
  clients: [64, 1, 1_000],
  seconds: [4, 1, 3_600],
  /** Inserts per second. */
  rate: [500, 1, 1_000_000],
  pairs: [5, 1, 1_000],
} as const satisfies Numbers

/** Calls of the dead target. */
export const HANGING = 200

const CODE = 'Bench'
const WAIT_MS_MAX = 60_000
const WARM_UP_S = 4

export async function runActions(
  options: OptionsOf<typeof ACTIONS>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients, seconds, rate, pairs } = options
  const print = options.json ? say : tell
  if (process.env.LEADLINE_URL)
    throw new Error(
      'actions starts a server of its own, which may call the target of the bench: unset LEADLINE_URL',
    )
  const dead = await deadTarget(stack)
  const stage = await setStage(stack, signal, options.profile, {
    LEADLINE_ACTIONS_PRIVATE_HOSTS: dead.host,
    LEADLINE_ACTIONS_AT_ONCE: String(HANGING),
  })
  needDatabase(stage, 'actions')
  const set_up = await setUp(stage, dead.host)
  const bench = new Bench(stage, stack)
  const inserts = (for_s: number) =>
    bench.measure({ kind: 'insert', clients, length: { seconds: for_s }, rate, leads: 0 })

  print(
    `actions: ${thousands(rate)} inserts a second, ${pairs} pairs of ${seconds} s without and with ${HANGING} calls hanging`,
  )
  const table = new Table([
    ['without_p99_ms', 'without p99', 1],
    ['with_p99_ms', 'with p99', 1],
    ['ratio', 'ratio', 2],
    ['without_p50_ms', 'without p50', 1],
    ['with_p50_ms', 'with p50', 1],
    ['hanging', 'hanging', 0],
    ['held', 'held conns', 0],
    ['without_cpu_pct', 'CPU %: without', 0],
    ['with_cpu_pct', 'with', 0],
    ['without_cpu_us', 'CPU µs/lead: without', 0],
    ['with_cpu_us', 'with', 0],
    ['steal_pct', 'steal %', 1],
    ['others_cpu_pct', 'others', 0],
  ])
  print(table.head())
  await inserts(WARM_UP_S)
  const rows: Figures[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    const without = async () => {
      const { p50_ms, p99_ms, cpu_us, steal_pct, others_cpu_pct, ...usage } = await inserts(seconds)
      const figures = { without_p50_ms: p50_ms, without_p99_ms: p99_ms, steal_pct, others_cpu_pct }
      return { ...figures, without_cpu_pct: cpuOf(usage), without_cpu_us: cpu_us }
    }
    const beside = async () => {
      dead.answers = false
      await set_up.startRuns(HANGING)
      await until(`${HANGING} calls hang`, () => dead.open() >= HANGING)
      const measuring = inserts(seconds)
      await sleep(1_000)
      const [open, held] = [dead.open(), await set_up.heldByJobs()]
      const { p50_ms, p99_ms, cpu_us, ...usage } = await measuring
      dead.answers = true
      await set_up.drain()
      const figures = { with_p50_ms: p50_ms, with_p99_ms: p99_ms, hanging: open, held }
      return { ...figures, with_cpu_pct: cpuOf(usage), with_cpu_us: cpu_us }
    }
    const figures: Figures[] = []
    for (const step of pair % 2 === 1 ? [without, beside] : [beside, without]) figures.push(await step())
    const row: Figures = Object.assign({}, ...figures)
    rows.push({ ...row, ratio: row.with_p99_ms! / row.without_p99_ms! })
    print(table.row(String(pair), rows.at(-1)!))
  }
  const middle = medians(rows)
  print(table.row('median', middle))
  const runs = await set_up.endedRuns()
  if (runs.done !== HANGING * pairs || runs.others > 0)
    throw new Error(`of ${HANGING * pairs} runs ${runs.done} are done and ${runs.others} are not`)
  say(`Checked: all ${thousands(runs.done)} runs ended, each delivered under one id.`)
  handOver(
    'actions',
    {
      scenario: 'actions',
      ...middle,
      rate,
      clients,
      seconds,
      pairs: rows,
      runs: runs.done,
      ...running(stage.database.version),
    },
    options.json,
  )
}

/** Per cent of one CPU that the server and its PostgreSQL used. */
const cpuOf = (usage: Pick<Measured, 'server_cpu_pct' | 'postgres_cpu_pct'>) =>
  (usage.server_cpu_pct ?? 0) + (usage.postgres_cpu_pct ?? 0)

/** An HTTP server that takes every call and, while it is dead, answers none. */
async function deadTarget(stack: AsyncDisposableStack) {
  const sockets = new Set<Socket>()
  const target = { answers: false, open: () => sockets.size, host: '' }
  const server = http.createServer((request, response) => {
    request.resume()
    if (target.answers) response.end()
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stack.defer(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  target.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return target
}

/** A disposition of its own, whose only action calls the target. */
async function setUp({ client, target, run, database }: Stage & { database: Database }, host: string) {
  const { items } = (await client.get<{ items: { disposition_set_id: number }[] }>('/v1/disposition-sets'))
    .body
  const set = `/v1/disposition-sets/${items[0]!.disposition_set_id}/dispositions`
  await create(client, set, { code: CODE, kind: 'retry' })
  const { action_id } = await create<{ action_id: number }>(client, '/v1/actions', {
    name: `bench ${run}`,
    kind: 'url',
    config: { method: 'POST', url: `http://${host}/`, body: '{"lead":"${njLead}"}' },
  })
  await client.put(`${set}/${CODE}/actions`, { action_ids: [action_id] })
  let numbers = 0
  const count = async (text: string) => (await database.client.query<{ n: number }>(text)).rows[0]!.n
  const left = () => count(`select count(*)::integer as n from action_runs where state = 'queued'`)
  return {
    /** Leads that come in with the outcome. */
    startRuns: async (runs: number) => {
      const leads = Array.from({ length: runs }, () => ({
        FirstPhone: `+6138${String(7_000_000 + numbers++)}`,
        njDisposition: CODE,
      }))
      const { code, body } = await client.insertLead(target, leads, { allowDuplicates: true })
      if (code !== 0) throw new Error(`the leads with an outcome were refused: ${body.message}`)
    },
    /** Connections of the jobs that are in a transaction or a statement while the calls hang. */
    heldByJobs: () =>
      count(`select count(*)::integer as n from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'`),
    /** The target is well again: what waits for its next try need not wait any longer. */
    drain: () =>
      until('every run ends', async () => {
        await database.client.query(
          'update graphile_worker._private_jobs set run_at = now() where locked_at is null',
        )
        return (await left()) === 0
      }),
    endedRuns: async () => ({
      done: await count(`select count(*)::integer as n from action_runs where state = 'done'`),
      others: await count(`select count(*)::integer as n from action_runs where state <> 'done'`),
    }),
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const gives_up = performance.now() + WAIT_MS_MAX
  while (!(await holds())) {
    if (performance.now() > gives_up) throw new Error(`it did not come to this: ${what}`)
    await sleep(50)
  }
}
