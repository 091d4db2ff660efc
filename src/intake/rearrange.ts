// Moving many leads between allocations, and taking closed ones up again.

import type { Pool } from '../db/pool.ts'
import { closedLeads, leadsAfter, moveLeads, recycleLeads } from '../db/rearrange.ts'
import type { Actor } from './actor.ts'
import { again, LOCKED, RING } from './again.ts'

export interface Moving {
  campaign_id: number
  from: number
  to: number
  open_only: boolean
  /** These leads; otherwise all with one of the dispositions ('': none yet; null: any). */
  numbers?: number[]
  dispositions?: string[] | null
}

/** Answers how many leads were moved. What is interrupted can be repeated: moved leads are not there any more. */
export async function moveAll(pool: Pool, moving: Moving, by: Actor): Promise<number> {
  const { campaign_id, from, to, open_only, numbers, dispositions = null } = moving
  const move = (chunk: number[]) =>
    again([...RING, ...LOCKED], () =>
      pool.transaction((tx) => moveLeads(tx, campaign_id, chunk, from, to, by)),
    )
  if (numbers) return move(numbers)
  let moved = 0
  let after = 0
  for (;;) {
    const chunk = await leadsAfter(pool, campaign_id, after, from, dispositions, open_only)
    if (!chunk) return moved
    if (chunk.numbers.length > 0) moved += await move(chunk.numbers)
    after = chunk.next
  }
}

/** Answers how many leads were opened again. */
export async function recycleAll(
  pool: Pool,
  { campaign_id, allocation_id }: { campaign_id: number; allocation_id: number },
  dispositions: string[],
  by: Actor,
): Promise<number> {
  let recycled = 0
  for (;;) {
    const numbers = await closedLeads(pool, campaign_id, allocation_id, dispositions)
    if (numbers.length === 0) return recycled
    recycled += await again([...RING, ...LOCKED], () =>
      pool.transaction((tx) => recycleLeads(tx, campaign_id, numbers, allocation_id, by)),
    )
  }
}
