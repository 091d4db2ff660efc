// The scenario `growth`: what an insert and an update cost among many leads, beside what they cost among few. Each size
// has a server and a database of its own; both are measured in pairs that follow each other within seconds.

import { Bench, figuresOf } from './bench.ts'
import { lastNumber } from './ceiling.ts'
import { check } from './check.ts'
import { comparison, WIDTH } from './comparison.ts'
import { fill } from './fill.ts'
import { type Compared, compareFigure, orderOf, type Pair } from './judge.ts'
import type { LoadResult } from './load.ts'
import { costColumns } from './meter.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Column, type Figures, handOver, means, running, say, Table, tell, thousands } from './report.ts'
import { needDatabase, setStage } from './stage.ts'
import { warn } from './warn.ts'

/** The few leads. */
const FEW = 100_000

export const GROWTH = {
  clients: [64, 1, 1_000],
  /** Inserts, and updates, of each measurement: both sizes do the same work. */
  count: [10_000, 100, 5_000_000],
  leads: [3_000_000, FEW, FILLED_MAX],
  dnc: [100_000, 0, 100_000_000],
  pairs: [5, 1, 1_000],
} as const satisfies Numbers

const KINDS = ['insert', 'update'] as const
/** Connections, plans and compiled code are there before anything counts. */
const WARM_UP = 20_000

export async function runGrowth(
  options: OptionsOf<typeof GROWTH>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients, count, leads, dnc, pairs } = options
  const print = options.json ? say : tell
  if (process.env.LEADLINE_URL) throw new Error('growth starts both servers by itself: unset LEADLINE_URL')
  const sideOf = async (leads: number) => {
    const stage = await setStage(stack, signal, options.profile)
    needDatabase(stage, 'growth')
    const { database, target, run } = stage
    await fill(database, target, { leads, dnc, run, actor: 'bench' })
    const filled = await lastNumber(database)
    const bench = new Bench(stage, stack)
    const measure = (kind: (typeof KINDS)[number], requests: number) =>
      bench.measure({ kind, clients, length: { requests }, rate: null, leads })
    for (const kind of KINDS) await measure(kind, WARM_UP)
    return { measure, database, check: () => check(stage, bench.accepted, filled, 0) }
  }
  const sides = { old: await sideOf(FEW), new: await sideOf(leads) }
  const names = { old: thousands(FEW), new: thousands(leads) }

  print(
    `growth: ${pairs} pairs, in each twice ${thousands(count)} inserts and updates at each size, ${clients} clients`,
  )
  const columnsOf = (kind: string): readonly Column[] => [
    ['per_s', `${kind}s/s`, 0],
    ['p50_ms', 'p50 ms', 1],
    ['p99_ms', 'p99 ms', 1],
    ...costColumns(kind),
    ['others_cpu_pct', 'others CPU %', 0],
  ]
  const loads: LoadResult[] = []
  const found: Record<(typeof KINDS)[number], Pair[]> = { insert: [], update: [] }
  for (const kind of KINDS) print(new Table(columnsOf(kind)).head(WIDTH))
  for (let pair = 1; pair <= pairs; pair++)
    for (const kind of KINDS) {
      const figures: Record<keyof Pair, Figures[]> = { old: [], new: [] }
      for (const side of orderOf(pair)) {
        const measured = await sides[side].measure(kind, count)
        loads.push(measured)
        figures[side].push(figuresOf(measured))
        const row = new Table(columnsOf(kind)).row(`${pair} ${names[side]}`, figures[side].at(-1)!, WIDTH)
        print(row)
      }
      found[kind].push({ old: means(figures.old), new: means(figures.new) })
    }
  for (const side of Object.values(sides)) await side.check()

  const kinds = KINDS.map((kind) => {
    const columns = columnsOf(kind)
    const figures: Record<string, Compared> = Object.fromEntries(
      columns.map(([key]) => [key, compareFigure(found[kind], key)]),
    )
    print(`\nper ${kind}\n${comparison(columns, figures, [names.old, names.new])}`)
    return { kind, figures }
  })
  warn(
    Object.values(found).flatMap((pairs) => pairs.flatMap((pair) => [pair.old, pair.new])),
    loads,
  )
  handOver(
    'growth',
    { scenario: 'growth', few: FEW, leads, clients, count, kinds, ...running(sides.new.database.version) },
    options.json,
  )
}
