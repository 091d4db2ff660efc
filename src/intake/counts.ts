// How many leads of an allocation are new, wait, are leased or closed. Counting walks through its queue, so those who ask
// at once share it.

import type { Pool } from '../db/pool.ts'
import { type Counts, countLeads } from '../db/rearrange.ts'
import { Batcher } from './batcher.ts'

export interface Counted {
  campaign_id: number
  allocation_id: number
}

/** A caller that asks while leads are counted shares the next count, which begins after it asked. */
export const newCounts = (pool: Pool, now: () => string) =>
  new Batcher<Counted, Counts>({
    run: (asked) => {
      const counts = new Map<number, Promise<Counts>>()
      return Promise.all(
        asked.map(async (allocation) => {
          const { allocation_id } = allocation
          const counting = counts.get(allocation_id) ?? countLeads(pool, allocation, now())
          counts.set(allocation_id, counting)
          return { done: await counting }
        }),
      )
    },
  })

export function sumOfCounts(all: readonly Counts[]): Counts {
  const sum: Counts = { new: 0, callback: 0, waiting: 0, leased: 0, parked: 0, closed: {} }
  const closed = new Map<string, number>()
  for (const counts of all) {
    for (const state of ['new', 'callback', 'waiting', 'leased', 'parked'] as const)
      sum[state] += counts[state]
    for (const [code, leads] of Object.entries(counts.closed))
      closed.set(code, (closed.get(code) ?? 0) + leads)
  }
  return { ...sum, closed: Object.fromEntries(closed) }
}
