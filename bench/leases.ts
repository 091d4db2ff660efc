// The scenario `leases`: takers that ask for the next leads over HTTP, of an allocation with a million ready ones, of one
// where nearly all wait for a callback, of one where half have contact hours that are closed, and of one with eight zone
// sets, half of them closed; and how long a new lead takes to a taker that waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../src/client/client.ts'
import { closedZones } from '../src/core/legal-opening.ts'
import { LEGAL_ZONES, type ZoneSet } from '../src/core/legal-zones.ts'
import { STATEMENTS } from '../src/db/statement.ts'
import '../src/db/queue.ts'
import { checkpoint } from './fill.ts'
import { Line } from './line.ts'
import { costColumns, Meter } from './meter.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Figures, handOver, running, say, spread, Table, tell, thousands } from './report.ts'
import { setUpTakers } from './set-up.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'
import { LEASE_S, lease, take } from './takers.ts'

/** Takers; of each measurement; leads in the queue of each allocation. */
export const LEASES = {
  clients: [16, 1, 1_000],
  seconds: [4, 1, 3_600],
  leads: [1_000_000, 1_000, FILLED_MAX],
} as const satisfies Numbers

/** How many leads that come in are timed on their way to a waiting taker. */
const ARRIVALS = 300

type Client = Stage['database'] & {}

export async function runLeases(
  options: OptionsOf<typeof LEASES>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients: takers, seconds, leads } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'leases')
  const { database } = stage
  const place = await setUpTakers(stage.client, stage.run)
  const meter = new Meter(stage)
  const ready = await place.allocation('ready')
  const waiting = await place.allocation('99 % future callbacks')
  const closed = await place.allocation('half in closed hours')
  const zoned = await place.allocation('half in closed zones')
  const empty = await place.allocation('arrivals')
  const began = performance.now()
  await fill(database, ready, leads, { state: `'ready'`, hours: '0', zones: '0', whole: 'true' })
  const due = 'i % 100 = 0'
  await fill(database, waiting, leads, {
    state: `case when ${due} then 'ready' else 'waiting' end`,
    hours: '0',
    zones: '0',
    whole: due,
  })
  await fill(database, closed, leads, {
    state: `'ready'`,
    hours: `case when i % 2 = 0 then 0 else ${place.closed} end`,
    zones: '0',
    whole: `i % 2 = 0 and i > ${leads - REACHED_MAX}`,
  })
  const { open, shut } = zoneSets()
  await fill(database, zoned, leads, {
    state: `'ready'`,
    hours: '0',
    zones: `(array[${[...open, ...shut].join()}])[1 + i % 8]`,
    whole: `i % 8 < 4 and i > ${leads - REACHED_MAX}`,
  })
  await database.client.query('vacuum (analyze) queue, leads, lead_phones, allocations')
  await checkpoint(database.client)
  say(
    `Filled four allocations with ${thousands(leads)} places in ${((performance.now() - began) / 1_000).toFixed(1)} s.`,
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
    const work = () => take(stage, at.allocation_id, takers, count, { seconds: for_s }, taken)
    rows[name] = { ...(await meter.measure(work)) }
    print(table.row(name, rows[name]))
  }
  // Connections, plans and compiled code are there before anything counts.
  await take(stage, ready.allocation_id, takers, 1, { seconds: 3 }, taken)
  await measure('ready 1', ready, 1, seconds)
  await measure('ready 50', ready, 50, seconds)
  await measure('future 1', waiting, 1, Math.min(2, seconds))
  await measure('future50', waiting, 50, 1)
  await measure('closed 1', closed, 1, seconds)
  await measure('closed50', closed, 50, seconds)
  await measure('zones 1', zoned, 1, seconds)
  await measure('zones 50', zoned, 50, seconds)
  const costs = new Table([['leads_per_s', 'leads/s', 0], ...costColumns('hand-out')])
  print(`\nWhat each lead that is handed out costs\n${costs.head()}`)
  for (const [name, row] of Object.entries(rows)) print(costs.row(name, row))
  const arrivals = await timeArrivals(stage, empty)
  print(
    `\na lead that comes in is with one of ${takers} waiting takers after ${arrivals.p50_ms.toFixed(1)} ms (median), ` +
      `${arrivals.p99_ms.toFixed(1)} ms (p99)`,
  )
  const plans = {
    one: await plan(database, ready.allocation_id, 1),
    fifty: await plan(database, ready.allocation_id, 50),
  }
  print(`\nPlan of ${TAKE}:\n${plans.one}`)
  say(`Checked: ${thousands(taken.size)} leads were handed out, none of them twice.`)
  handOver(
    'leases',
    {
      scenario: 'leases',
      takers,
      leads_present: leads,
      seconds,
      rows,
      inserted_to_leased: arrivals,
      leads_taken: taken.size,
      plans,
      ...running(database.version),
    },
    options.json,
  )
}

const CHUNK = 100_000
/** Takers of the third allocation get no further than this in the time that they have. */
const REACHED_MAX = 500_000

/** Four zone sets that are open now, and four with a zone that is closed. The leads themselves are where no rules are. */
function zoneSets(): { open: ZoneSet[]; shut: ZoneSet[] } {
  const closed = closedZones(new Date().toISOString())
  const bits = LEGAL_ZONES.map((_, bit) => 1 << bit)
  const [one, other] = bits.filter((bit) => (closed & bit) === 0)
  const night = bits.find((bit) => (closed & bit) !== 0)
  if (!one || !other || !night) throw new Error('every zone is open now, or none: try again in an hour')
  const open = [0, one, other, one | other]
  return { open, shut: open.map((set) => set | night) }
}

/** Places in the queue, by SQL expressions of `i`. Those that are `whole` have their lead and number. */
async function fill(
  { client }: Client,
  { campaign_id, allocation_id }: Target,
  leads: number,
  { state, hours, zones, whole }: { state: string; hours: string; zones: string; whole: string },
): Promise<void> {
  for (let from = 1; from <= leads; from += CHUNK)
    await client.query(
      `with r as materialized (
         select i, nextval('lead_numbers') as number, ${state} as state, ${hours} as hours, ${zones} as zones, ${whole} as whole
         from generate_series(${from}, ${Math.min(leads, from + CHUNK - 1)}) as i),
       l as (
         insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
         select $1, number, $2, jsonb_build_object('Name', 'Jane Smith ' || i, 'Phone', '+' || 64210000000 + i), 'import', 'bench'
         from r where whole),
       p as (
         insert into lead_phones (campaign_id, lead_number, field, phone, state)
         select $1, number, 'Phone', 64210000000 + i, 'ok' from r where whole)
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, zone_set, priority, due_at, state, wake_at)
       select $1, number, $2, hours, zones, 10, case when state = 'waiting' then now() + interval '1 day' end, state,
         case when state = 'waiting' then now() + interval '1 day' end
       from r`,
      [campaign_id, allocation_id],
    )
}

/** From the moment a lead is sent to the moment a waiting taker has it. */
async function timeArrivals(stage: Stage, target: Target) {
  const sent = new Map<string, number>()
  const times: number[] = []
  let stopping = false
  const waiting = Array.from({ length: 16 }, async () => {
    const line = new Line(stage)
    while (!stopping)
      for (const { lead } of await lease(line, target.allocation_id, { wait_s: 2 }))
        times.push(performance.now() - sent.get(lead.external_id!)!)
    line.close()
  })
  for (let i = 0; i < ARRIVALS; i++) {
    const njExternalLeadId = `arrival-${i}`
    sent.set(njExternalLeadId, performance.now())
    const { code } = await stage.client.insertLeadFast(target, {
      Phone: `+6427${4_000_000 + i}`,
      njExternalLeadId,
    })
    if (code !== 0) throw new Error(`an insert answered ${code}`)
    await sleep(5 + Math.random() * 20)
  }
  stopping = true
  await Promise.all(waiting)
  if (times.length !== ARRIVALS) throw new Error(`${times.length} of ${ARRIVALS} leads arrived`)
  return spread(times)
}

const TAKE = 'queue.take'

/** The plan of the hand-out as it runs, taken back afterwards. */
async function plan({ client }: Client, allocation_id: number, count: number): Promise<string> {
  const { text, parameters } = STATEMENTS.get(TAKE)!
  const values = {
    allocation_id,
    count,
    open: `'{0}'`,
    closed: `'{0}'`,
    own_open: `'{true}'`,
    agent: null,
    lease_s: LEASE_S,
    taker: `'bench'`,
    now: null,
  }
  await client.query('begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off')
  try {
    await client.query(`prepare take as ${text}`)
    const { rows } = await client.query(
      `explain (analyze, buffers, costs off, timing off)
       execute take (${parameters.map((name) => values[name as keyof typeof values] ?? 'null')})`,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } finally {
    await client.query('rollback')
    await client.query('deallocate all')
  }
}
