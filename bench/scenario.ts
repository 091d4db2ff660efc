// The scenarios `insert` and `update`: single leads over HTTP, each answered once it is durable, beside the ceiling
// of the same database (one lead per commit), in pairs that follow each other, so that both meet the same machine.

import { Bench, compare, type Measured } from './bench.ts'
import { Ceiling, lastNumber } from './ceiling.ts'
import { fill } from './fill.ts'
import type { LoadResult, Phase } from './load.ts'
import {
  type Column,
  type Figures,
  medianOf,
  medians,
  running,
  say,
  Table,
  tell,
  thousands,
  writeResult,
} from './report.ts'
import { setStage } from './stage.ts'

export interface Options {
  clients: number
  /** Of each measurement; null: as many as fit. */
  seconds: number | null
  /** Leads that are there before. */
  leads: number
  /** Do-not-call entries that are there before. */
  dnc: number
  /** Requests per second; null: each client sends when it has its answer. */
  rate: number | null
  pairs: number
  /** What drives the ceiling; null: pgbench where there is one, else Node. */
  ceiling_by: 'pgbench' | 'node' | null
  json: boolean
  /** Where the server writes a CPU profile. */
  profile: string | null
}

export const DEFAULTS = { clients: 64, seconds_max: 5, leads: 100_000, dnc: 100_000, pairs: 3 }

/** A run with the default options is over by then, if filling leaves it the time. */
const RUN_S_MAX = 74
/** What each measurement costs besides: connections, draining, counting. */
const ASIDE_S = 0.4
/** Compiled code is only fast once it has seen some ten thousand requests. */
const WARM_UP_S = 4
/** What others may take of this machine's CPUs before figures are doubtful: the hypervisor, other processes here. */
const STEAL_PCT_MAX = 5
const OTHERS_PCT_MAX = 10

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
const CEILING_COLUMNS: readonly Column[] = [
  ['ceiling_16_per_s', 'ceiling 16', 0],
  ['ceiling_64_per_s', 'ceiling 64', 0],
]
/** Beside nothing there is nothing to divide by. */
const COLUMNS: Record<Phase['kind'], { beside: readonly Column[]; alone: readonly Column[] }> = {
  insert: {
    beside: [...CEILING_COLUMNS, ['leads_per_s', 'inserts/s', 0], ['ratio', 'ratio', 2]],
    alone: [['leads_per_s', 'inserts/s', 0]],
  },
  update: {
    beside: [
      ...CEILING_COLUMNS,
      ['inserts_per_s', 'inserts/s', 0],
      ['updates_per_s', 'updates/s', 0],
      ['ratio_to_inserts', '÷ inserts', 2],
      ['ratio', '÷ ceiling', 2],
    ],
    alone: [['updates_per_s', 'updates/s', 0]],
  },
}

export async function run(
  kind: Phase['kind'],
  options: Options,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  const { database, target } = stage
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
  const { rate, clients } = options
  const ceiling =
    database && rate === null
      ? new Ceiling({ database, target, run: stage.run, kind, leads, by: options.ceiling_by, signal })
      : null
  const phase = (kind: Phase['kind'], seconds: number, rate: number | null): Phase => ({
    kind,
    clients,
    seconds,
    rate,
    leads,
  })
  // Connections, plans and compiled code are there before anything counts.
  const beside_inserts = kind === 'update' && rate === null
  if (kind === 'insert' || beside_inserts) await bench.measure(phase('insert', WARM_UP_S, null))
  if (kind === 'update') await bench.measure(phase('update', WARM_UP_S, null))

  const per_pair = (ceiling ? 2 : 0) + (beside_inserts ? 1 : 0) + 1
  const seconds = secondsEach(options, options.pairs * per_pair + (rate === null ? 1 : 0))
  const table = new Table([...COLUMNS[kind][ceiling ? 'beside' : 'alone'], ...LOAD_COLUMNS])
  const sent = rate === null ? `${clients} clients` : `${thousands(rate)} requests a second`
  const beside = ceiling ? ` each, ceiling (one lead per commit, 16 and 64 clients) by ${ceiling.by}` : ''
  print(
    `${kind}: ${sent}, ${thousands(leads)} leads present, ${options.pairs} rounds of ${seconds} s${beside}`,
  )
  print(table.head())

  const pairs: Figures[] = []
  const loads: Measured[] = []
  for (let pair = 1; pair <= options.pairs; pair++) {
    const steps = [
      ...(ceiling ? [() => measureCeiling(bench, ceiling, seconds)] : []),
      ...(beside_inserts
        ? [
            async () => {
              const { per_s, refused, ...usage } = await bench.measure(phase('insert', seconds, null))
              const { steal_pct, others_cpu_pct } = usage
              return { inserts_per_s: per_s, refused: sum(refused), steal_pct, others_cpu_pct }
            },
          ]
        : []),
      async () => {
        const measured = await bench.measure(phase(kind, seconds, rate))
        loads.push(measured)
        return figuresOf(kind, measured)
      },
    ]
    // Whoever comes second meets what the first left to autovacuum and the checkpointer: they take turns.
    const figures: Figures[] = []
    for (const step of pair % 2 === 1 ? steps : steps.toReversed()) figures.push(await step())
    pairs.push(withRatios(together(figures)))
    print(table.row(String(pair), pairs.at(-1)!))
  }

  const middle = medians(pairs)
  print(table.row('median', middle))
  let half: { rate: number; p50_ms: number; p99_ms: number; steal_pct: number | null } | null = null
  if (rate === null) {
    const half_rate = Math.max(1, Math.round(middle.leads_per_s! / 2))
    const measured = await bench.measure(phase(kind, seconds, half_rate))
    loads.push(measured)
    const { p50_ms, p99_ms, steal_pct } = measured
    half = { rate: half_rate, p50_ms, p99_ms, steal_pct }
    print(
      `at half of that, ${thousands(half_rate)} a second whatever the answers take: ` +
        `p50 ${p50_ms.toFixed(1)} ms, p99 ${p99_ms.toFixed(1)} ms, steal ${steal_pct?.toFixed(1) ?? '-'} %`,
    )
  }
  if (database && filled !== null) await check(bench, filled, ceiling?.transactions ?? 0)
  warn(pairs, loads)

  const result = {
    scenario: kind,
    leads_per_s: middle.leads_per_s,
    ...(kind === 'insert'
      ? {}
      : {
          updates_per_s: middle.updates_per_s,
          inserts_per_s: middle.inserts_per_s ?? null,
          ratio_to_inserts: middle.ratio_to_inserts ?? null,
        }),
    ceiling_per_s: middle.ceiling_per_s ?? null,
    ceiling_by: ceiling?.by ?? null,
    ratio: middle.ratio ?? null,
    p50_ms: middle.p50_ms,
    p99_ms: middle.p99_ms,
    rss_mb: highest(loads.map(({ rss_mb }) => rss_mb)),
    clients,
    rate,
    leads_present: leads,
    dnc_present: database ? options.dnc : 0,
    seconds,
    steal_pct: middle.steal_pct,
    half_rate: half,
    pairs,
    ...running(database?.version ?? null),
  }
  const { path, json } = writeResult(kind, result)
  if (options.json) tell(json)
  say(`Written to ${path}`)
}

/** How long each of the measurements to come takes, whole seconds (pgbench takes no others). */
function secondsEach(options: Options, measurements: number): number {
  if (options.seconds !== null) return options.seconds
  const { leads, pairs, seconds_max } = DEFAULTS
  if (options.leads > leads || options.pairs > pairs) return seconds_max
  const left = RUN_S_MAX - performance.now() / 1_000 - measurements * ASIDE_S
  return Math.max(2, Math.min(seconds_max, Math.floor(left / measurements)))
}

async function measureCeiling(bench: Bench, ceiling: Ceiling, seconds: number): Promise<Figures> {
  const usage = bench.watch.start()
  const ceiling_16_per_s = await ceiling.measure(16, seconds)
  const ceiling_64_per_s = await ceiling.measure(64, seconds)
  const { steal_pct, others_cpu_pct } = usage()
  const ceiling_per_s = Math.max(ceiling_16_per_s, ceiling_64_per_s)
  return { ceiling_16_per_s, ceiling_64_per_s, ceiling_per_s, steal_pct, others_cpu_pct }
}

const figuresOf = (kind: Phase['kind'], measured: Measured): Figures => ({
  leads_per_s: measured.per_s,
  ...(kind === 'update' ? { updates_per_s: measured.per_s } : {}),
  p50_ms: measured.p50_ms,
  p99_ms: measured.p99_ms,
  max_ms: measured.max_ms,
  refused: sum(measured.refused),
  backlog: measured.backlog,
  rss_mb: measured.rss_mb,
  steal_pct: measured.steal_pct,
  server_cpu_pct: measured.server_cpu_pct,
  postgres_cpu_pct: measured.postgres_cpu_pct,
  load_cpu_pct: measured.load_cpu_pct,
  others_cpu_pct: measured.others_cpu_pct,
})

/** The figures of one pair: of what others took the highest of its parts, of refusals all. */
function together(parts: readonly Figures[]): Figures {
  return {
    ...Object.assign({}, ...parts),
    steal_pct: highest(parts.map(({ steal_pct }) => steal_pct)),
    others_cpu_pct: highest(parts.map(({ others_cpu_pct }) => others_cpu_pct)),
    refused: parts.reduce((all, { refused }) => all + (refused ?? 0), 0),
  }
}

function withRatios(pair: Figures): Figures {
  const by = (other: number | null | undefined) => (other ? pair.leads_per_s! / other : null)
  return {
    ...pair,
    ratio: by(pair.ceiling_per_s),
    ...('updates_per_s' in pair ? { ratio_to_inserts: by(pair.inserts_per_s) } : {}),
  }
}

/** Everything that was answered OK is there, whole, and nothing else; throws otherwise. */
async function check({ stage, taken }: Bench, filled: number, ceiling_transactions: number): Promise<void> {
  const { client } = stage.database!
  const { campaign_id } = stage.target
  const inserted = await client.query(
    `with n as materialized (
       select number, created_by from leads where campaign_id = $1 and number > $2)
     select (select count(*)::integer from n where created_by <> 'ceiling') as ours,
       (select count(*)::integer from n) as leads,
       (select count(*)::integer from n join lead_phones p on p.campaign_id = $1 and p.lead_number = number) as phones,
       (select count(*)::integer from n join claims c on c.campaign_id = $1 and c.lead_number = number) as claims,
       (select count(*)::integer from n join events e on e.campaign_id = $1 and e.lead_number = number
        where e.version = 1) as events`,
    [campaign_id, filled],
  )
  const { ours, leads, phones, claims, events } = inserted.rows[0]
  compare('leads', taken.insert, ours)
  // Those of the ceiling too: a ceiling that writes less would be no ceiling.
  compare('numbers of new leads', leads * 2, phones)
  compare('claims of new leads', leads * 2, claims)
  compare('events of new leads', leads, events)
  if (taken.update > 0) {
    const updated = await client.query(
      `select (select sum(version - 1)::integer from leads where campaign_id = $1) as versions,
         (select count(*)::integer from events where campaign_id = $1 and version > 1) as events,
         (select count(*)::integer from call_records where campaign_id = $1) as calls`,
      [campaign_id],
    )
    const updates = taken.update + ceiling_transactions
    const { versions, events, calls } = updated.rows[0]
    compare('updates', updates, versions)
    compare('events of updates', updates, events)
    compare('call records', updates, calls)
  }
  const answered = Object.entries(taken).flatMap(([kind, n]) => (n > 0 ? [`${thousands(n)} ${kind}s`] : []))
  say(`Checked: ${answered.join(' and ')} were answered OK, and exactly these are in the database.`)
}

/** Tells what a reader of the figures must know. */
function warn(pairs: readonly Figures[], loads: readonly LoadResult[]): void {
  const over = (name: string, max: number) => pairs.filter((pair) => (pair[name] ?? 0) > max).length
  const stolen = over('steal_pct', STEAL_PCT_MAX)
  if (stolen > 0)
    say(
      `Doubtful: in ${stolen} of ${pairs.length} rounds the hypervisor gave over ${STEAL_PCT_MAX} % to others.`,
    )
  const shared = over('others_cpu_pct', OTHERS_PCT_MAX)
  if (shared > 0)
    say(
      `Doubtful: in ${shared} of ${pairs.length} rounds other processes used over ${OTHERS_PCT_MAX} % of a CPU.`,
    )
  const backlog = loads.reduce((all, load) => all + load.backlog, 0)
  const taken = loads.reduce((all, load) => all + load.taken, 0)
  // A pause in the last moments leaves a few.
  if (backlog > taken / 100)
    say(`The rate was not sustained: ${thousands(backlog)} requests were due and could not be sent.`)
  const refused = new Map<string, number>()
  for (const load of loads)
    for (const [code, n] of Object.entries(load.refused)) refused.set(code, (refused.get(code) ?? 0) + n)
  const codes = [...refused].map(([code, n]) => `${thousands(n)} with ${code}`)
  if (codes.length > 0) say(`Refused, and not counted: ${codes.join(', ')}.`)
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((all, count) => all + count, 0)

const highest = (values: readonly (number | null | undefined)[]) =>
  medianOf(values) === null ? null : Math.max(...values.map((value) => value ?? 0))
