// Work that has connections to itself: callers take turns at them, and none ever has all.

import { ok, type Result, refuse } from '../core/result.ts'
import { sqlState } from '../db/again.ts'
import type { Pool } from '../db/pool.ts'
import { BULKHEADS } from '../db/pools.ts'
import { Gate } from './gate.ts'

export interface BulkheadOptions {
  /** At work at once. */
  slots: number
  queue_max: number
  /** Longest wait for a turn, milliseconds. */
  wait_ms: number
  /** The answers to a caller that finds no turn, and to one whose statement ran into its limit of time. */
  crowded: string
  too_slow: string
  /** While it is true, a turn rests for twice the time of its work, so that two thirds of the time are left to others. */
  rests?: () => boolean
}

/** Longest rest of a turn, milliseconds. */
const REST_MS_MAX = 250

/** SQLSTATE of a statement that ran into its limit of time. */
const CANCELLED = '57014'

export class Bulkhead {
  readonly pool: Pool
  readonly #turns: Gate
  readonly #options: BulkheadOptions

  constructor(pool: Pool, options: BulkheadOptions) {
    this.pool = pool
    this.#options = options
    this.#turns = new Gate({ ...options, share: 1 })
  }

  /** `key`: whose turn it takes. */
  async run<T>(key: string, work: () => Promise<T>): Promise<Result<T>> {
    const { crowded, too_slow } = this.#options
    if ((await this.#turns.enter({ key })) !== 'admitted')
      return refuse('UNAVAILABLE', crowded, { retry_after_s: 1 })
    const begun = performance.now()
    try {
      return ok(await work())
    } catch (error) {
      if (sqlState(error) !== CANCELLED) throw error
      return refuse('UNAVAILABLE', too_slow, { retry_after_s: 2 })
    } finally {
      const rest_ms = this.#options.rests?.() ? Math.min(REST_MS_MAX, 2 * (performance.now() - begun)) : 0
      if (rest_ms < 1) this.#turns.leave(key)
      else setTimeout(() => this.#turns.leave(key), rest_ms)
    }
  }
}

/** How many reads wait for a turn, and for how long. */
const READS_WAITING_MAX = 512
const READ_WAIT_MS_MAX = 5_000

/** `is_busy`: leads come in, and are to be taken in first. */
export const readsOf = (pool: Pool, is_busy: () => boolean) =>
  new Bulkhead(pool, {
    slots: BULKHEADS.reads.connections_max,
    queue_max: READS_WAITING_MAX,
    wait_ms: READ_WAIT_MS_MAX,
    crowded: 'too many reads are at work',
    too_slow: 'reading this took too long: ask for less of it',
    rests: is_busy,
  })
