// Coalesces concurrent rows: while one batch commits, the next one fills. No timer: an idle batcher runs a row at once.
//
// One batch in flight, at most 256 rows (measured: more in flight means smaller batches that clash with each other).

import { DatabaseUnavailable, sqlState } from '../db/pool.ts'

export const BATCH_ROWS_MAX = 256

/** What a row becomes: its result, or `again`: it goes to the front of the queue and into the next batch. */
export type RowResult<Result> = { done: Result } | 'again'

export interface BatcherOptions<Row, Result> {
  /** One commit. Same length and order as the rows. */
  run: (rows: readonly Row[]) => Promise<RowResult<Result>[]>
  onBatch?: (rows: number) => void
}

interface Waiting<Row, Result> {
  row: Row
  /** performance.now() after which the row is not started any more. */
  deadline: number
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/** What became of a batch: the rows that come again, in their order, and the answers that are still to be given. */
interface Ended<Row, Result> {
  again: Waiting<Row, Result>[]
  answer: () => void
}

const NOTHING = { again: [], answer: () => {} }

/** The deadline passed while the row still waited: certainly nothing was written. */
export class DeadlinePassed extends Error {}

/** A clash with a transaction that committed meanwhile, or a deadlock: the same rows again see the winner. */
const CLASH = new Set(['23505', '40P01', '40001'])
const CLASHES_MAX = 20
/** The whole statement ran out of time: halves of it would, too. */
const TOO_SLOW = '57014'

export class Batcher<Row, Result> {
  readonly #options: BatcherOptions<Row, Result>
  #queue: Waiting<Row, Result>[] = []
  #running = false

  constructor(options: BatcherOptions<Row, Result>) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.length
  }

  submit(row: Row, deadline: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ row, deadline, resolve, reject })
      if (!this.#running) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#running = true
    // One turn of the event loop lets the requests that are already here share the first batch.
    await new Promise((resolve) => setImmediate(resolve))
    let answer = () => {}
    while (this.#queue.length > 0) {
      const at_work = this.#runBatch(this.#take(), 0)
      // PostgreSQL need not wait while answers are written: the next batch goes on its way first.
      setImmediate(answer)
      const ended = await at_work
      this.#queue = [...ended.again, ...this.#queue]
      answer = ended.answer
      if (this.#queue.length > 0) continue
      answer()
      answer = () => {}
    }
    this.#running = false
  }

  #take(): Waiting<Row, Result>[] {
    const batch = this.#queue.slice(0, BATCH_ROWS_MAX)
    this.#queue = this.#queue.slice(BATCH_ROWS_MAX)
    return batch
  }

  /** The rows that may still start; the others are told that they may not. */
  #inTime(waiting: Waiting<Row, Result>[]): Waiting<Row, Result>[] {
    const now = performance.now()
    return waiting.filter((row) => {
      if (row.deadline >= now) return true
      row.reject(new DeadlinePassed())
      return false
    })
  }

  async #runBatch(waiting: Waiting<Row, Result>[], clashes: number): Promise<Ended<Row, Result>> {
    const batch = this.#inTime(waiting)
    if (batch.length === 0) return NOTHING
    this.#options.onBatch?.(batch.length)
    let results: RowResult<Result>[]
    try {
      results = await this.#options.run(batch.map(({ row }) => row))
    } catch (error) {
      return this.#recover(batch, clashes, error)
    }
    return {
      again: batch.filter((_, i) => results[i] === 'again'),
      answer: () =>
        results.forEach((result, i) => {
          if (result !== 'again') batch[i]!.resolve(result.done)
        }),
    }
  }

  async #recover(
    batch: Waiting<Row, Result>[],
    clashes: number,
    error: unknown,
  ): Promise<Ended<Row, Result>> {
    const fail = (failed: Waiting<Row, Result>[]) => {
      for (const { reject } of failed) reject(error)
      return NOTHING
    }
    if (error instanceof DatabaseUnavailable || sqlState(error) === TOO_SLOW) return fail(batch)
    const clash = CLASH.has(sqlState(error) ?? '')
    if (clash && clashes < CLASHES_MAX && (batch.length === 1 || clashes < 3))
      return this.#runBatch(batch, clashes + 1)
    // One poisoned row never fails its neighbours: halves until it stands alone.
    if (batch.length === 1) return fail(batch)
    const middle = batch.length >> 1
    const first = await this.#runBatch(batch.slice(0, middle), clash ? 0 : clashes)
    const second = await this.#runBatch(batch.slice(middle), clash ? 0 : clashes)
    return {
      again: [...first.again, ...second.again],
      answer: () => {
        first.answer()
        second.answer()
      },
    }
  }
}
