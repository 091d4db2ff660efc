// One stage under one load generator: sends load, watches the machine, and compares the answers with the rows
// in the database.

import { lastNumber, writtenSince } from './ceiling.ts'
import { type Accepted, compare } from './check.ts'
import { Load, type LoadResult, type Phase } from './load.ts'
import type { Usage } from './machine.ts'
import { type Cost, Meter } from './meter.ts'
import type { Figures } from './report.ts'
import type { Stage } from './stage.ts'

export interface Measured extends LoadResult, Usage, Cost {
  rss_mb: number | null
}

export class Bench {
  readonly stage: Stage
  readonly meter: Meter
  /** All that was accepted so far, warm-up included. */
  readonly accepted: Accepted = { insert: 0, update: 0 }
  readonly #load: Load

  constructor(stage: Stage, stack: AsyncDisposableStack) {
    this.stage = stage
    this.meter = new Meter(stage)
    const { host, port, key, target, run } = stage
    this.#load = stack.adopt(new Load({ host, port, key, target, run }), (load) => load.stop())
  }

  async measure(phase: Phase): Promise<Measured> {
    const { database, target } = this.stage
    const mark = database && (await lastNumber(database))
    const measured = await this.meter.measure(() => this.#load.run(phase))
    this.accepted[phase.kind] += measured.taken
    if (database && mark !== null && phase.kind === 'insert') {
      const { by_leadline } = await writtenSince(database, target.campaign_id, mark)
      compare('leads', measured.taken, by_leadline)
    }
    return measured
  }
}

/** The figures of a measurement; of refusals how many there were. */
export const figuresOf = ({ refused, ...figures }: Measured): Figures => ({
  ...figures,
  refused: Object.values(refused).reduce((all, count) => all + count, 0),
})
