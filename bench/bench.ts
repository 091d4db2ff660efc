// One stage under one load generator: sends load, watches the machine, and compares what was answered with what
// the database holds.

import { lastNumber, writtenSince } from './ceiling.ts'
import { Load, type LoadResult, type Phase } from './load.ts'
import { type Usage, Watch } from './machine.ts'
import { thousands } from './report.ts'
import type { Stage } from './stage.ts'

export interface Measured extends LoadResult, Usage {
  rss_mb: number | null
}

const RSS_EVERY_MS = 100

export class Bench {
  readonly stage: Stage
  readonly watch: Watch
  /** All that was taken so far, warm-up included. */
  readonly taken = { insert: 0, update: 0 }
  readonly #load: Load

  constructor(stage: Stage, stack: AsyncDisposableStack) {
    this.stage = stage
    this.watch = new Watch(stage.server_pid, stage.database?.postmaster ?? null)
    const { host, port, key, target, run } = stage
    this.#load = new Load({ host, port, key, target, run })
    stack.defer(() => this.#load.stop())
  }

  async measure(phase: Phase): Promise<Measured> {
    const { database, target } = this.stage
    const mark = database && (await lastNumber(database))
    let rss_mb: number | null = null
    const sample = async () => {
      const now = await this.stage.residentMb().catch(() => null)
      if (now !== null) rss_mb = Math.max(rss_mb ?? 0, now)
    }
    const timer = setInterval(sample, RSS_EVERY_MS)
    const usage = this.watch.start()
    const result = await this.#load.run(phase).finally(() => clearInterval(timer))
    const measured = { ...result, ...usage(), rss_mb }
    this.taken[phase.kind] += result.taken
    if (database && mark !== null && phase.kind === 'insert') {
      const { by_leadline } = await writtenSince(database, target.campaign_id, mark)
      compare('leads', result.taken, by_leadline)
    }
    return measured
  }
}

/** An answer OK is a row in the database, no more and no less; otherwise the figures are worth nothing. */
export function compare(what: string, expected: number, found: number): void {
  if (expected === found) return
  throw new Error(
    `by the answers there are ${thousands(expected)} ${what}, but the database has ${thousands(found)}`,
  )
}
