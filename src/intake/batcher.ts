// Coalesces concurrent rows: while one batch commits, the next one fills. No timer: an idle batcher runs a row at once.
// Keys take turns in it, so that nobody waits behind all the rows of another.
//
// One batch in flight, at most 256 rows (measured: more in flight means smaller batches that clash with each other).

import { DeadlinePassed, isClash, isLocked, sqlState } from '../db/again.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { FairQueue } from './fair-queue.ts'
import { LOCKED_MS_MAX, Locked, retryAfterMs } from './locks.ts'

export const BATCH_ROWS_MAX = 256

/**
 * The fate of a row: its result; `again`: it goes to the front of the queue and into the next batch; `locked`: another
 * transaction has locked its lead or claim, so that it waits aside.
 */
export type RowResult<Done> = { done: Done } | 'again' | 'locked'

interface BatcherOptions<Row, Done> {
  /** One commit. Same length and order as the rows. */
  run: (rows: readonly Row[]) => Promise<RowResult<Done>[]>
  rows_max?: number
  /** The road of the rows that met a lock, so that the others go on without them. Without it they try again here. */
  aside?: Batcher<Row, Done>
  onBatch?: (rows: number) => void
}

interface Waiting<Row, Done> {
  row: Row
  key: string
  /** performance.now() after which the row is not started any more. */
  deadline: number
  resolve: (result: Done) => void
  reject: (error: unknown) => void
  /** Since when it meets a lock, and how often it has. */
  locked?: { since: number; tries: number }
}

/** The end of a batch: the rows that come again, in their order, and the answers that are still to be given. */
interface Ended<Row, Done> {
  again: Waiting<Row, Done>[]
  answer: () => void
}

const NOTHING = { again: [], answer: () => {} }

/** How often the same rows come again after a clash, before halves of them look for the row at fault. */
const CLASHES_MAX = 20
/** The whole statement ran out of time: halves of it would, too. */
const TOO_SLOW = '57014'
export class Batcher<Row, Done> {
  readonly #options: BatcherOptions<Row, Done>
  readonly #queue = new FairQueue<Waiting<Row, Done>>()
  /** Rows that come again: in front of all others. */
  #again: Waiting<Row, Done>[] = []
  #running = false

  constructor(options: BatcherOptions<Row, Done>) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.size + this.#again.length
  }

  /** `key`: whose turn the row takes. */
  submit(row: Row, deadline: number, key = ''): Promise<Done> {
    return new Promise((resolve, reject) => this.#enlist({ row, key, deadline, resolve, reject }))
  }

  #enlist(waiting: Waiting<Row, Done>): void {
    this.#queue.add(waiting.key, waiting)
    if (!this.#running) void this.#drain()
  }

  /** A row that met a lock comes again after a moment, until it has waited for too long. */
  #setAside(waiting: Waiting<Row, Done>): void {
    const now = performance.now()
    waiting.locked ??= { since: now, tries: 0 }
    const road = this.#options.aside ?? this
    if (now - waiting.locked.since > LOCKED_MS_MAX) waiting.reject(new Locked())
    else setTimeout(() => road.#enlist(waiting), retryAfterMs(waiting.locked.tries++))
  }

  async #drain(): Promise<void> {
    this.#running = true
    // One turn of the event loop lets the requests that are already here share the first batch.
    await new Promise((resolve) => setImmediate(resolve))
    let answer = () => {}
    while (this.waiting > 0) {
      const at_work = this.#runBatch(this.#take(), 0)
      // PostgreSQL need not wait while answers are written: the next batch goes on its way first.
      setImmediate(answer)
      const ended = await at_work
      this.#again.unshift(...ended.again)
      answer = ended.answer
      if (this.waiting > 0) continue
      answer()
      answer = () => {}
    }
    this.#running = false
  }

  #take(): Waiting<Row, Done>[] {
    const { rows_max = BATCH_ROWS_MAX } = this.#options
    const batch = this.#again.splice(0, rows_max)
    while (batch.length < rows_max) {
      const next = this.#queue.take()
      if (!next) break
      batch.push(next)
    }
    return batch
  }

  /** The rows that may still start; the others are told that they may not. */
  #inTime(waiting: Waiting<Row, Done>[]): Waiting<Row, Done>[] {
    const now = performance.now()
    return waiting.filter((row) => {
      if (row.deadline >= now) return true
      row.reject(new DeadlinePassed())
      return false
    })
  }

  async #runBatch(waiting: Waiting<Row, Done>[], clashes: number): Promise<Ended<Row, Done>> {
    const batch = this.#inTime(waiting)
    if (batch.length === 0) return NOTHING
    this.#options.onBatch?.(batch.length)
    let results: RowResult<Done>[]
    try {
      results = await this.#options.run(batch.map(({ row }) => row))
    } catch (error) {
      return this.#recover(batch, clashes, error)
    }
    return this.#ended(batch, results)
  }

  #ended(batch: Waiting<Row, Done>[], results: RowResult<Done>[]): Ended<Row, Done> {
    batch.forEach((waiting, i) => {
      if (results[i] === 'locked') this.#setAside(waiting)
    })
    return {
      again: batch.filter((_, i) => results[i] === 'again'),
      answer: () =>
        results.forEach((result, i) => {
          if (typeof result === 'object') batch[i]!.resolve(result.done)
        }),
    }
  }

  async #recover(batch: Waiting<Row, Done>[], clashes: number, error: unknown): Promise<Ended<Row, Done>> {
    const fail = (failed: Waiting<Row, Done>[]) => {
      for (const { reject } of failed) reject(error)
      return NOTHING
    }
    const state = sqlState(error) ?? ''
    if (error instanceof DatabaseUnavailable || state === TOO_SLOW) return fail(batch)
    // To look for the row at fault on this road would keep everybody waiting for its lock again and again.
    if (isLocked(error) && (this.#options.aside || batch.length === 1)) {
      for (const waiting of batch) this.#setAside(waiting)
      return NOTHING
    }
    const clash = isClash(error)
    if (clash && clashes < CLASHES_MAX && (batch.length === 1 || clashes < 3))
      return this.#runBatch(batch, clashes + 1)
    // One poisoned row never fails its neighbours: the batch is halved until it is alone.
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
