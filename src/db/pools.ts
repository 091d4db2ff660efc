// Bulkheads: each kind of work has connections of its own, so that none can take those of another, however slow it is.

import { Pool, type PoolOptions } from './pool.ts'

export const BULKHEADS = {
  /** The batches of intake, and the rows that wait aside. A lock is waited for hardly at all: it is one row's, not the batch's. */
  batches: { connections_max: 5, statement_ms_max: 10_000, lock_ms_max: 50 },
  /** Look-ups of keys, sessions and the set-up of intake: probes of an index, kept for half a second. */
  doors: { connections_max: 2, statement_ms_max: 5_000 },
  /** Changes of numbers, and clashes that are held: a transaction each. Like the batches, they wait hardly at all. */
  turns: { connections_max: 6, statement_ms_max: 10_000, lock_ms_max: 50 },
  /** Lists, counts, single leads. */
  reads: { connections_max: 6, statement_ms_max: 3_000 },
  searches: { connections_max: 4, statement_ms_max: 2_000 },
  /** Chunks of exports, which nobody waits for in front of a screen. */
  exports: { connections_max: 2, statement_ms_max: 10_000 },
  /** Every other deed. */
  deeds: { connections_max: 8, statement_ms_max: 15_000 },
  /** The pulse and the figures; a stalled write can hold one of them. */
  health: { connections_max: 2, statement_ms_max: 1_000 },
} as const satisfies Record<string, Partial<PoolOptions>>

export type Pools = Record<keyof typeof BULKHEADS, Pool>

export function openPools(options: Pick<PoolOptions, 'connection' | 'onError' | 'now' | 'onPool'>): Pools {
  const open = (name: keyof Pools) => new Pool({ ...options, ...BULKHEADS[name], name })
  return {
    batches: open('batches'),
    doors: open('doors'),
    turns: open('turns'),
    reads: open('reads'),
    searches: open('searches'),
    exports: open('exports'),
    deeds: open('deeds'),
    health: open('health'),
  }
}

export const closePools = (pools: Pools) => Promise.all(Object.values(pools).map((pool) => pool.close()))
