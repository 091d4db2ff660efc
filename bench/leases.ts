// The scenario `leases`: takers that ask for the next leads over HTTP, of an allocation with a million ready ones, of one
// where nearly all wait for a callback, and of one where half stand in contact hours that are closed; and how long a
// lead that comes in takes to the taker that waits for it.

import http from 'node:http'
import type { Target } from '../src/client/client.ts'
import { STATEMENTS } from '../src/db/pool.ts'
import '../src/db/queue.ts'
import { Watch } from './machine.ts'
import { type Figures, running, say, Table, tell, thousands, writeResult } from './report.ts'
import { type Stage, setStage } from './stage.ts'

export interface LeaseOptions {
  takers: number
  /** Of each measurement. */
  seconds: number
  /** Leads in the queue of each allocation. */
  leads: number
  json: boolean
  profile: string | null
}

export const LEASE_DEFAULTS = { takers: 16, seconds: 4, leads: 1_000_000 }

const LEASE_S = 3_600
/** How many leads that come in are timed on their way to a waiting taker. */
const ARRIVALS = 300

type Client = Stage['database'] & {}

export async function runLeases(
  options: LeaseOptions,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { takers, seconds, leads } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  const { database } = stage
  if (!database) throw new Error('leases needs the database of the server (DATABASE_URL), to fill the queue')
  const place = await setUp(stage)
  const watch = new Watch(stage.server_pid, database.postmaster)
  const ready = await place.allocation('ready')
  const waiting = await place.allocation('99 % future callbacks')
  const closed = await place.allocation('half in closed hours')
  const empty = await place.allocation('arrivals')
  const began = performance.now()
  await fill(database, ready, leads, { state: `'ready'`, hours: '0', whole: 'true' })
  const due = 'i % 100 = 0'
  await fill(database, waiting, leads, {
    state: `case when ${due} then 'ready' else 'waiting' end`,
    hours: '0',
    whole: due,
  })
  await fill(database, closed, leads, {
    state: `'ready'`,
    hours: `case when i % 2 = 0 then 0 else ${place.closed} end`,
    whole: `i % 2 = 0 and i > ${leads - REACHED_MAX}`,
  })
  for (const table of ['queue', 'leads', 'lead_phones', 'allocations'])
    await database.client.query(`vacuum (analyze) ${table}`)
  await database.client.query('checkpoint')
  say(
    `Filled three allocations with ${thousands(leads)} places in ${((performance.now() - began) / 1_000).toFixed(1)} s.`,
  )

  print(`leases: ${takers} takers, ${thousands(leads)} leads in the queue, ${seconds} s each`)
  const table = new Table([
    ['calls_per_s', 'calls/s', 0],
    ['leads_per_s', 'leads/s', 0],
    ['p50_ms', 'p50 ms', 1],
    ['p99_ms', 'p99 ms', 1],
    ['empty', 'empty', 0],
    ['rss_mb', 'RSS MB', 0],
    ['steal_pct', 'steal %', 1],
    ['server_cpu_pct', 'CPU %: server', 0],
    ['postgres_cpu_pct', 'postgres', 0],
    ['others_cpu_pct', 'others', 0],
  ])
  print(table.head())
  const rows: Record<string, Figures> = {}
  const taken = new Set<string>()
  const measure = async (name: string, at: Target, count: number, for_s: number) => {
    const usage = watch.start()
    const measured = await take(stage, at.allocation_id, takers, count, for_s, taken)
    rows[name] = { ...measured, ...usage(), rss_mb: await stage.residentMb() }
    print(table.row(name, rows[name]))
  }
  // Connections, plans and compiled code are there before anything counts.
  await take(stage, ready.allocation_id, takers, 1, 3, taken)
  await measure('ready 1', ready, 1, seconds)
  await measure('ready 50', ready, 50, seconds)
  await measure('future 1', waiting, 1, Math.min(2, seconds))
  await measure('future50', waiting, 50, 1)
  await measure('closed 1', closed, 1, seconds)
  await measure('closed50', closed, 50, seconds)
  const arrivals = await timeArrivals(stage, empty)
  print(
    `a lead that comes in is with one of ${takers} waiting takers after ${arrivals.p50_ms.toFixed(1)} ms (median), ` +
      `${arrivals.p99_ms.toFixed(1)} ms (p99)`,
  )
  const plans = {
    takeOne: await plan(database, 'queue.takeOne', ready.allocation_id, 1),
    takeFifty: await plan(database, 'queue.takeFifty', ready.allocation_id, 50),
  }
  print(`\nPlan of queue.takeOne:\n${plans.takeOne}`)
  const { path, json } = writeResult('leases', {
    scenario: 'leases',
    takers,
    leads_present: leads,
    seconds,
    rows,
    inserted_to_leased: arrivals,
    leads_taken: taken.size,
    plans,
    ...running(database.version),
  })
  if (options.json) tell(json)
  say(`Checked: ${thousands(taken.size)} leads were handed out, none of them twice.`)
  say(`Written to ${path}`)
}

/** A template whose hours are open whatever the time of day: New Zealand has no legal window here. */
async function setUp({ client, run }: Stage) {
  const made = async <T>(path: string, body: object): Promise<T> => {
    const answer = await client.post(path, body)
    if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}`)
    return answer.body as T
  }
  await made('/v1/contact-hours', { name: `bench always ${run}`, zone: 'UTC' })
  const closed = await made<{ contact_hours_id: number }>('/v1/contact-hours', {
    name: `bench never ${run}`,
    zone: 'UTC',
    weekly: [],
  })
  const { template_id } = await made<{ template_id: number }>('/v1/templates', {
    name: `bench leases ${run}`,
    region: 'NZ',
    contact_hours: `bench always ${run}`,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'Phone', kind: 'phone' },
    ],
  })
  const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'bench' })
  return {
    closed: closed.contact_hours_id,
    allocation: async (name: string): Promise<Target> => {
      const body = { campaign_id, name, started: true }
      const { allocation_id } = await made<{ allocation_id: number }>('/v1/allocations', body)
      return { template_id, campaign_id, allocation_id }
    },
  }
}

const CHUNK = 100_000
/** Takers of the third allocation get no further than this in the time that they have. */
const REACHED_MAX = 500_000

/** Places in the queue, by SQL expressions of `i`. Those that are `whole` have their lead and number. */
async function fill(
  { client }: Client,
  { campaign_id, allocation_id }: Target,
  leads: number,
  { state, hours, whole }: { state: string; hours: string; whole: string },
): Promise<void> {
  for (let from = 1; from <= leads; from += CHUNK)
    await client.query(
      `with r as materialized (
         select i, nextval('lead_numbers') as number, ${state} as state, ${hours} as hours, ${whole} as whole
         from generate_series(${from}, ${Math.min(leads, from + CHUNK - 1)}) as i),
       l as (
         insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
         select $1, number, $2, jsonb_build_object('Name', 'Jane Smith ' || i, 'Phone', '+' || 64210000000 + i), 'import', 'bench'
         from r where whole),
       p as (
         insert into lead_phones (campaign_id, lead_number, field, phone, state)
         select $1, number, 'Phone', 64210000000 + i, 'ok' from r where whole)
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, due_at, state, wake_at)
       select $1, number, $2, hours, 10, case when state = 'waiting' then now() + interval '1 day' end, state,
         case when state = 'waiting' then now() + interval '1 day' end
       from r`,
      [campaign_id, allocation_id],
    )
}

interface Lease {
  items: { lead: { id: string } }[]
}

/** One connection that stays open. */
class Taker {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  readonly #stage: Stage
  constructor(stage: Stage) {
    this.#stage = stage
  }

  lease(allocation_id: number, body: object): Promise<Lease> {
    const { host, port, key } = this.#stage
    const text = JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          agent: this.#agent,
          host,
          port,
          method: 'POST',
          path: `/v1/allocations/${allocation_id}/leases`,
          headers: { Authorization: `Bearer ${key}`, 'Content-Length': Buffer.byteLength(text) },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part) => parts.push(part))
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(JSON.parse(Buffer.concat(parts).toString()))
              : reject(new Error(`a lease answered ${response.statusCode}`)),
          )
        },
      )
      request.on('error', reject)
      request.end(text)
    })
  }

  close() {
    this.#agent.destroy()
  }
}

/** `taken`: every lead that was ever handed out; one that comes twice fails the run. */
async function take(
  stage: Stage,
  allocation_id: number,
  takers: number,
  count: number,
  seconds: number,
  taken: Set<string>,
) {
  const times: number[] = []
  let [leads, empty] = [0, 0]
  const begun = performance.now()
  const ends = begun + seconds * 1_000
  await Promise.all(
    Array.from({ length: takers }, async () => {
      const taker = new Taker(stage)
      while (performance.now() < ends) {
        const asked = performance.now()
        const { items } = await taker.lease(allocation_id, { count, lease_s: LEASE_S })
        times.push(performance.now() - asked)
        leads += items.length
        if (items.length === 0 && ++empty > takers) break
        for (const { lead } of items) {
          if (taken.has(lead.id)) throw new Error(`lead ${lead.id} was handed out twice`)
          taken.add(lead.id)
        }
      }
      taker.close()
    }),
  )
  const passed_s = (performance.now() - begun) / 1_000
  return { calls_per_s: times.length / passed_s, leads_per_s: leads / passed_s, empty, ...spread(times) }
}

/** From the moment a lead is sent to the moment a waiting taker has it. */
async function timeArrivals(stage: Stage, target: Target) {
  const sent = new Map<string, number>()
  const times: number[] = []
  let stopping = false
  const waiting = Array.from({ length: 16 }, async () => {
    const taker = new Taker(stage)
    while (!stopping) {
      const { items } = await taker.lease(target.allocation_id, { wait_s: 2, lease_s: LEASE_S })
      for (const { lead } of items as { lead: { id: string; external_id?: string } }[])
        times.push(performance.now() - sent.get(lead.external_id!)!)
    }
    taker.close()
  })
  for (let i = 0; i < ARRIVALS; i++) {
    const njExternalLeadId = `arrival-${i}`
    sent.set(njExternalLeadId, performance.now())
    const { code } = await stage.client.insertLeadFast(target, {
      Phone: `+6427${4_000_000 + i}`,
      njExternalLeadId,
    })
    if (code !== 0) throw new Error(`an insert answered ${code}`)
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
  }
  stopping = true
  await Promise.all(waiting)
  if (times.length !== ARRIVALS) throw new Error(`${times.length} of ${ARRIVALS} leads arrived`)
  return spread(times)
}

function spread(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) }
}

/** The plan as it runs, taken back afterwards. */
async function plan({ client }: Client, name: string, allocation_id: number, count: number): Promise<string> {
  await client.query('begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off')
  try {
    await client.query(`prepare take as ${STATEMENTS.get(name)!.text}`)
    const { rows } = await client.query(
      `explain (analyze, buffers, costs off, timing off)
       execute take (${allocation_id}, ${count}, '{0}', null, null, ${LEASE_S}, 'bench')`,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } finally {
    await client.query('rollback')
    await client.query('deallocate all')
  }
}
