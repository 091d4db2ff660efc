// `--against REV`: another revision and this checkout under the same load generator and the same meter, in interleaved
// pairs, judged by the CPU time of the leads that they accept. Each is started by its path, so neither is imported.

import { Base } from './base.ts'
import { Bench, figuresOf } from './bench.ts'
import { lastNumber } from './ceiling.ts'
import { check } from './check.ts'
import { checkOut, here } from './checkout.ts'
import { comparison, WIDTH } from './comparison.ts'
import { compareFigure, isNotSlower, orderOf, type Pair } from './judge.ts'
import type { LoadResult } from './load.ts'
import { costColumns, Meter } from './meter.ts'
import { type Column, type Figures, handOver, means, running, say, Table, tell, thousands } from './report.ts'
import { newRun, type Stage } from './stage.ts'
import { take } from './takers.ts'
import { warn } from './warn.ts'

export const COMPARABLE = ['insert', 'update', 'leases'] as const

export interface AgainstOptions {
  of: (typeof COMPARABLE)[number]
  revision: string
  /** How many connections send; each number is measured by itself. */
  clients: number[]
  /** Leads, updates or hand-outs of each measurement. A number, not a time: both sides do the same work. */
  count: number
  /** Leads that are there before, and do-not-call entries. */
  leads: number
  dnc: number
  /** Requests per second; null: each client sends when it has its answer. */
  rate: number | null
  pairs: number
  /** The highest ratio of CPU per lead that is not slower. */
  must: number
  json: boolean
}

export const AGAINST_DEFAULTS = {
  clients: { insert: 64, update: 64, leases: 16 },
  count: 10_000,
  pairs: 5,
  must: 1.05,
}

/** Connections, plans and compiled code are there before anything counts. */
const WARM_UP = 20_000
const WARM_UP_CALLS = 5_000
/** Leads that one call of a taker asks for. */
const LEADS_A_CALL = [1, 50]

const UNITS = { insert: 'lead', update: 'update', leases: 'hand-out' } as const

/** One version on a copy of its database. */
interface Side {
  /** The measurements, the same on both sides. */
  parts: { name: string; measure: () => Promise<Figures> }[]
  /** Throws when the database differs from the answers. */
  check: () => Promise<void>
}

interface Measurement {
  name: string
  pairs: Pair[]
}

const SIDES = ['old', 'new'] as const
/** Answers whether this checkout is not slower. */
export async function runAgainst(
  options: AgainstOptions,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<boolean> {
  const { of, leads, dnc, pairs, count, must } = options
  const unit = UNITS[of]
  const print = options.json ? say : tell
  if (process.env.LEADLINE_URL)
    throw new Error('--against starts both versions by itself: unset LEADLINE_URL')
  const checkouts = { old: checkOut(stack, options.revision), new: here() }
  print(
    `${of}: ${pairs} pairs, in each twice ${thousands(count)} ${unit}s on each side, ${thousands(leads)} leads present`,
  )
  for (const side of SIDES) print(`${side}  ${checkouts[side].name}`)
  const run_id = newRun()
  const baseOf = (side: keyof Pair) => new Base(checkouts[side].root, run_id, signal)
  const bases = { old: baseOf('old'), new: baseOf('new') }
  for (const side of SIDES) {
    const started = performance.now()
    await bases[side].fill(stack, { kind: of === 'leases' ? 'to hand out' : 'leads', leads, dnc })
    say(`Filled the ${side} one in ${((performance.now() - started) / 1_000).toFixed(1)} s.`)
  }

  const columns: readonly Column[] = [
    ['per_s', `${unit}s/s`, 0],
    ['p50_ms', 'p50 ms', 1],
    ['p99_ms', 'p99 ms', 1],
    ...costColumns(unit),
    ['others_cpu_pct', 'others CPU %', 0],
  ]
  const table = new Table(columns)
  print(table.head(WIDTH))
  const loads: LoadResult[] = []
  let postgres: string | null = null
  const measurements: Measurement[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    await using run = new AsyncDisposableStack()
    stack.use(run)
    // Both are there at once, so that their measurements follow each other within seconds.
    const sideOf = async (side: keyof Pair): Promise<Side> => {
      const stage = await bases[side].stage(run)
      postgres = stage.database?.version ?? null
      return of === 'leases' ? takersOf(stage, options) : loadOf(stage, run, options, loads)
    }
    const sides = {} as Record<keyof Pair, Side>
    for (const side of new Set(orderOf(pair))) sides[side] = await sideOf(side)
    for (const [i, { name }] of sides.old.parts.entries()) {
      const figures: Record<keyof Pair, Figures[]> = { old: [], new: [] }
      for (const side of orderOf(pair)) {
        figures[side].push(await sides[side].parts[i]!.measure())
        print(table.row(`${pair} ${side} ${name}`, figures[side].at(-1)!, WIDTH))
      }
      measurements[i] ??= { name, pairs: [] }
      measurements[i].pairs.push({ old: means(figures.old), new: means(figures.new) })
    }
    for (const side of SIDES) await sides[side].check()
  }

  const judged = measurements.map(({ name, pairs }) => {
    const figures = Object.fromEntries(columns.map(([key]) => [key, compareFigure(pairs, key)]))
    print(`\n${name}\n${comparison(columns, figures)}`)
    return { name, not_slower: isNotSlower(figures.cpu_us!, must), figures, pairs }
  })
  warn(
    measurements.flatMap(({ pairs }) => pairs.flatMap((pair) => SIDES.map((side) => pair[side]))),
    loads,
  )
  print('')
  for (const { name, not_slower, figures } of judged) {
    const { ratio, ratio_min, ratio_max } = figures.cpu_us!
    print(
      `${not_slower ? 'not slower' : 'SLOWER'}: ${name}: CPU per ${unit}, new ÷ old, is ${ratio!.toFixed(3)} ` +
        `(${ratio_min!.toFixed(3)} to ${ratio_max!.toFixed(3)}); it must be ${must} at most`,
    )
  }
  handOver(
    `${of}-against`,
    {
      scenario: of,
      old: checkouts.old.name,
      new: checkouts.new.name,
      ...options,
      measurements: judged,
      ...running(postgres),
    },
    options.json,
  )
  return judged.every(({ not_slower }) => not_slower)
}

/** Single inserts or updates. */
async function loadOf(
  stage: Stage,
  stack: AsyncDisposableStack,
  { of, clients, count, rate, leads }: AgainstOptions,
  loads: LoadResult[],
): Promise<Side> {
  const kind = of as 'insert' | 'update'
  const filled = await lastNumber(stage.database!)
  const bench = new Bench(stage, stack)
  await bench.measure({
    kind,
    clients: Math.max(...clients),
    length: { requests: WARM_UP },
    rate: null,
    leads,
  })
  return {
    parts: clients.map((number) => ({
      name: `${number} clients`,
      measure: async () => {
        const measured = await bench.measure({
          kind,
          clients: number,
          length: { requests: count },
          rate,
          leads,
        })
        loads.push(measured)
        return figuresOf(measured)
      },
    })),
    check: () => check(stage, bench.accepted, filled, 0),
  }
}

async function takersOf(stage: Stage, { clients, count }: AgainstOptions): Promise<Side> {
  const meter = new Meter(stage)
  const { allocation_id } = stage.target
  const seen = new Set<string>()
  await take(stage, allocation_id, Math.max(...clients), 1, { leads: WARM_UP_CALLS }, seen)
  const parts = clients.flatMap((takers) =>
    LEADS_A_CALL.map((a_call) => ({
      name: `${takers} takers of ${a_call}`,
      measure: async () => {
        const measured = await meter.measure(() =>
          take(stage, allocation_id, takers, a_call, { leads: count }, seen),
        )
        if (measured.empty > 0)
          throw new Error('all leads were handed out before the end: more --leads, or less --count')
        return { ...measured, per_s: measured.leads_per_s }
      },
    })),
  )
  return { parts, check: async () => undefined }
}
