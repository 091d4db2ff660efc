// The scenarios `insert` and `update`: single leads over HTTP, each answered once it is durable, beside the ceilings of the
// same database (one lead per commit, and 64), in rounds that follow each other, so that all meet the same machine.

import { Bench, figuresOf, type Measured } from './bench.ts'
import { lastNumber } from './ceiling.ts'
import { BATCH, CEILING_COLUMNS, Ceilings } from './ceilings.ts'
import { check } from './check.ts'
import { fill } from './fill.ts'
import type { Phase } from './load.ts'
import { costColumns } from './meter.ts'
import {
  type Column,
  type Figures,
  handOver,
  highest,
  medians,
  running,
  say,
  Table,
  tell,
  thousands,
} from './report.ts'
import { proveSlow, slowDisk } from './slow-disk.ts'
import { setStage } from './stage.ts'
import { warn } from './warn.ts'

export interface Options {
  /** How many connections send; each number is measured by itself. */
  clients: number[]
  /** Of each measurement; null: as many as fit. */
  seconds: number | null
  /** Leads that are there before. */
  leads: number
  /** Do-not-call entries that are there before. */
  dnc: number
  /** Requests per second; null: each client sends when it has its answer. */
  rate: number | null
  pairs: number
  /** The program that drives the ceiling; null: pgbench where there is one, else Node. */
  ceiling_by: 'pgbench' | 'node' | null
  /** How much longer every fsync of PostgreSQL takes; null: no longer. */
  fdatasync_ms: number | null
  json: boolean
  /** Where the server writes a CPU profile. */
  profile: string | null
}

export const DEFAULTS = {
  clients: { insert: [8, 16, 64, 256], update: [64] },
  clients_at_rate: 64,
  seconds_max: 5,
  leads: 100_000,
  dnc: 100_000,
  pairs: 3,
}

/** A run with the default options ends by then, unless filling leaves it less time. */
const RUN_S_MAX = 100
/** Each measurement takes this long besides: connections, draining, the search index, counting. */
const ASIDE_S = 2
/** Compiled code is only fast once it has seen some ten thousand requests. */
const WARM_UP_S = 4

const LOAD_COLUMNS: readonly Column[] = [
  ['p50_ms', 'p50 ms', 1],
  ['p99_ms', 'p99 ms', 1],
  ['refused', 'refused', 0],
  ['rss_mb', 'RSS MB', 0],
  ['steal_pct', 'steal %', 1],
  ['server_cpu_pct', 'CPU %: server', 0],
  ['postgres_cpu_pct', 'postgres', 0],
  ['load_cpu_pct', 'load', 0],
  ['others_cpu_pct', 'others', 0],
]
const CLIENTS: Column = ['clients', 'clients', 0]
/** Beside nothing there is nothing to divide by. */
const COLUMNS: Record<
  Phase['kind'],
  { beside: readonly Column[]; alone: readonly Column[]; cost: readonly Column[] }
> = {
  insert: {
    beside: [
      ...CEILING_COLUMNS.insert,
      ['leads_per_s', 'inserts/s', 0],
      ['ratio', '÷ ceiling', 2],
      ['ratio_to_batched', '÷ batched', 2],
    ],
    alone: [['leads_per_s', 'inserts/s', 0]],
    cost: [['leads_per_s', 'inserts/s', 0], ...costColumns('lead')],
  },
  update: {
    beside: [
      ...CEILING_COLUMNS.update,
      ['inserts_per_s', 'inserts/s', 0],
      ['updates_per_s', 'updates/s', 0],
      ['ratio_to_inserts', '÷ inserts', 2],
      ['ratio', '÷ ceiling', 2],
    ],
    alone: [['updates_per_s', 'updates/s', 0]],
    cost: [
      ['updates_per_s', 'updates/s', 0],
      ...costColumns('update'),
      ['insert_cpu_us', 'CPU µs/insert', 0],
      ['cpu_to_inserts', 'CPU ÷ insert', 2],
    ],
  },
}

interface Step {
  /** Null: the step is the same for every number of clients. */
  clients: number | null
  measure: () => Promise<Figures>
}

export async function run(
  kind: Phase['kind'],
  options: Options,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const print = options.json ? say : tell
  const { fdatasync_ms } = options
  const disk = fdatasync_ms === null ? {} : slowDisk(stack, fdatasync_ms)
  const stage = await setStage(stack, signal, options.profile, disk)
  const { database, target } = stage
  if (database && fdatasync_ms !== null) await proveSlow(database, fdatasync_ms)
  const leads = database ? options.leads : 0
  if (database) await fill(database, target, { leads, dnc: options.dnc, run: stage.run, actor: 'bench' })
  else if (kind === 'insert')
    say('The database of this server is not known (DATABASE_URL): nothing is filled, there is no ceiling.')
  else
    throw new Error(
      'update needs the database of the server (DATABASE_URL), to fill the leads that it updates',
    )
  const filled = database && (await lastNumber(database))

  const bench = new Bench(stage, stack)
  const { rate } = options
  const ceilings =
    database && rate === null
      ? new Ceilings({ database, target, run: stage.run, leads, by: options.ceiling_by, signal }, kind)
      : null
  // Connections, plans and compiled code are there before anything counts.
  const beside_inserts = kind === 'update' && rate === null
  const most = Math.max(...options.clients)
  for (const warmed of beside_inserts ? (['insert', 'update'] as const) : [kind])
    await bench.measure({ kind: warmed, clients: most, length: { seconds: WARM_UP_S }, rate: null, leads })

  const per_round = options.clients.length * (beside_inserts ? 2 : 1) + (ceilings?.parts ?? 0)
  const seconds = secondsEach(options, options.pairs * per_round + (rate === null ? 1 : 0))
  const steps: Step[] = ceilings ? [{ clients: null, measure: () => ceilings.measure(bench, seconds) }] : []
  const loads: Measured[] = []
  const measured = async (kind: Phase['kind'], clients: number, rate: number | null) => {
    loads.push(await bench.measure({ kind, clients, length: { seconds }, rate, leads }))
    return figuresOf(loads.at(-1)!)
  }
  for (const clients of options.clients) {
    if (beside_inserts)
      steps.push({ clients, measure: async () => besides(await measured('insert', clients, null)) })
    steps.push({ clients, measure: () => measured(kind, clients, rate) })
  }

  const table = new Table([CLIENTS, ...COLUMNS[kind][ceilings ? 'beside' : 'alone'], ...LOAD_COLUMNS])
  const costs = new Table([CLIENTS, ...COLUMNS[kind].cost])
  const sent =
    rate === null ? `${options.clients.join(', ')} clients` : `${thousands(rate)} requests a second`
  const batched = kind === 'insert' ? `; batched: ${BATCH} per commit, 2 and 8 clients` : ''
  const beside = ceilings
    ? ` each, ceiling (one lead per commit, 16 and 64 clients${batched}) by ${ceilings.single.by}`
    : ''
  print(
    `${kind}: ${sent}, ${thousands(leads)} leads present, ${options.pairs} rounds of ${seconds} s${beside}`,
  )
  print(table.head())
  const rounds: Figures[][] = []
  for (let round = 1; round <= options.pairs; round++) {
    // Each step leaves work to autovacuum and the checkpointer, which the next one meets: so the order alternates.
    const by_clients = await runSteps(round % 2 === 1 ? steps : steps.toReversed(), options.clients)
    rounds.push(by_clients.map((row) => withRatios(kind, row)))
    for (const row of rounds.at(-1)!) print(table.row(String(round), row))
  }
  const middles = options.clients.map((_, i) => medians(rounds.map((round) => round[i]!)))
  for (const row of middles) print(table.row('median', row))
  print(`\nWhat each accepted ${kind} costs until the search index has caught up`)
  print(costs.head())
  for (const [i, round] of rounds.entries()) for (const row of round) print(costs.row(String(i + 1), row))
  for (const row of middles) print(costs.row('median', row))

  let half: Figures | null = null
  const fastest = middles.toSorted((a, b) => b.leads_per_s! - a.leads_per_s!)[0]!
  if (rate === null) {
    const half_rate = Math.max(1, Math.round(fastest.leads_per_s! / 2))
    half = { rate: half_rate, ...(await measured(kind, fastest.clients!, half_rate)) }
    const { p50_ms, p99_ms, steal_pct } = half
    print(
      `\nat half of ${thousands(fastest.leads_per_s!)}, ${thousands(half_rate)} a second whatever the answers take: ` +
        `p50 ${p50_ms!.toFixed(1)} ms, p99 ${p99_ms!.toFixed(1)} ms, steal ${steal_pct?.toFixed(1) ?? '-'} %`,
    )
  }
  if (database && filled !== null) {
    await check(stage, bench.accepted, filled, ceilings?.single.transactions ?? 0)
    const { insert, update } = bench.accepted
    const answered = [
      insert > 0 ? [`${thousands(insert)} inserts`] : [],
      update > 0 ? [`${thousands(update)} updates`] : [],
    ]
    say(`Checked: ${answered.flat().join(' and ')} were answered OK, and exactly these are in the database.`)
  }
  warn(rounds.flat(), loads)

  handOver(
    kind,
    {
      scenario: kind,
      medians: middles,
      ceiling_by: ceilings?.single.by ?? null,
      fdatasync_ms,
      rss_mb: highest(rounds.flat().map(({ rss_mb }) => rss_mb)),
      rate,
      leads_present: leads,
      dnc_present: database ? options.dnc : 0,
      seconds,
      half_rate: half,
      rounds,
      ...running(database?.version ?? null),
    },
    options.json,
  )
}

/** The figures of each number of clients. */
async function runSteps(steps: readonly Step[], clients: readonly number[]): Promise<Figures[]> {
  const done: { clients: number | null; figures: Figures }[] = []
  for (const { clients, measure } of steps) done.push({ clients, figures: await measure() })
  return clients.map((number) => {
    const parts = done.filter(({ clients }) => clients === null || clients === number)
    return { clients: number, ...together(parts.map(({ figures }) => figures)) }
  })
}

/** How long each of the measurements to come takes, whole seconds (pgbench takes no others). */
function secondsEach(options: Options, measurements: number): number {
  if (options.seconds !== null) return options.seconds
  const { leads, pairs, seconds_max } = DEFAULTS
  if (options.leads > leads || options.pairs > pairs) return seconds_max
  const left = RUN_S_MAX - performance.now() / 1_000 - measurements * ASIDE_S
  return Math.max(2, Math.min(seconds_max, Math.floor(left / measurements)))
}

/** Of the inserts beside updates only this is kept. */
const besides = ({ per_s, cpu_us, refused, steal_pct, others_cpu_pct }: Figures): Figures => ({
  inserts_per_s: per_s,
  insert_cpu_us: cpu_us,
  refused,
  steal_pct,
  others_cpu_pct,
})

/** The figures of one round: of what others took the highest of its parts, of refusals all. */
function together(parts: readonly Figures[]): Figures {
  return {
    ...Object.assign({}, ...parts),
    steal_pct: highest(parts.map(({ steal_pct }) => steal_pct)),
    others_cpu_pct: highest(parts.map(({ others_cpu_pct }) => others_cpu_pct)),
    refused: parts.reduce((all, { refused }) => all + (refused ?? 0), 0),
  }
}

function withRatios(kind: Phase['kind'], { per_s, ...round }: Figures): Figures {
  const by = (part: number | null | undefined, whole: number | null | undefined) =>
    part !== null && part !== undefined && whole ? part / whole : null
  return {
    ...round,
    leads_per_s: per_s,
    ratio: by(per_s, round.ceiling_per_s),
    ...(kind === 'insert'
      ? { ratio_to_batched: by(per_s, round.batched_per_s) }
      : {
          updates_per_s: per_s,
          ratio_to_inserts: by(per_s, round.inserts_per_s),
          cpu_to_inserts: by(round.cpu_us, round.insert_cpu_us),
        }),
  }
}
