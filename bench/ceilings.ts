// The ceilings of a scenario, which each round measures together: one lead per commit, and for inserts 64 per commit too.

import type { Bench } from './bench.ts'
import { Ceiling, type CeilingOptions } from './ceiling.ts'
import type { Phase } from './load.ts'
import type { Column, Figures } from './report.ts'

/** Connections that commit single leads, and those that commit batches; the higher rate counts. */
const SINGLE = [16, 64] as const
const BATCHED = [2, 8] as const

/** Leads per commit of ceiling-batch.sql. */
export const BATCH = 64

const SINGLE_COLUMNS: readonly Column[] = [
  ['ceiling_16_per_s', 'ceiling 16/s', 0],
  ['ceiling_64_per_s', 'ceiling 64/s', 0],
]
export const CEILING_COLUMNS: Record<Phase['kind'], readonly Column[]> = {
  insert: [...SINGLE_COLUMNS, ['batched_per_s', 'batched/s', 0]],
  update: SINGLE_COLUMNS,
}

export class Ceilings {
  readonly single: Ceiling
  readonly #batched: Ceiling | null

  constructor(options: Omit<CeilingOptions, 'kind'>, kind: Phase['kind']) {
    this.single = new Ceiling({ ...options, kind })
    this.#batched = kind === 'insert' ? new Ceiling({ ...options, kind: 'batch' }) : null
  }

  /** How many measurements a round has. */
  get parts(): number {
    return SINGLE.length + (this.#batched === null ? 0 : BATCHED.length)
  }

  async measure(bench: Bench, seconds: number): Promise<Figures> {
    const usage = bench.meter.watch()
    const singles = await ratesOf(this.single, SINGLE, seconds)
    const batched = this.#batched && (await ratesOf(this.#batched, BATCHED, seconds))
    const { steal_pct, others_cpu_pct } = usage()
    return {
      ceiling_16_per_s: singles[0],
      ceiling_64_per_s: singles[1],
      ceiling_per_s: Math.max(...singles),
      ...(batched === null ? {} : { batched_per_s: Math.max(...batched) }),
      steal_pct,
      others_cpu_pct,
    }
  }
}

async function ratesOf(ceiling: Ceiling, clients: readonly number[], seconds: number): Promise<number[]> {
  const rates: number[] = []
  for (const number of clients) rates.push(await ceiling.measure(number, seconds))
  return rates
}
