// Moving many leads between allocations, and taking closed ones up again.

import { type AuditEntry, audit } from '../db/audit.ts'
import type { Db, Pool } from '../db/pool.ts'
import { closedLeads, leadsAfter, moveLeads, recycleLeads } from '../db/rearrange.ts'
import type { Actor } from './actor.ts'

export interface Moving {
  campaign_id: number
  from: number
  to: number
  open_only: boolean
  /** These leads; otherwise all with one of the dispositions ('': none yet; null: any). */
  numbers?: number[]
  dispositions?: string[] | null
}

/** Long work stopped at one of its chunks. What the chunks before it did is done; the same again goes on from there. */
export class Interrupted extends Error {
  readonly what: 'moved' | 'recycled'
  /** How many leads are certainly done. */
  readonly done: number
  constructor(what: Interrupted['what'], done: number, cause: unknown) {
    super(`stopped after ${done} leads`, { cause })
    this.what = what
    this.done = done
  }
}

/** Answers how many leads were moved. Throws Interrupted. */
export function moveAll(pool: Pool, moving: Moving, by: Actor): Promise<number> {
  const { campaign_id, from, to } = moving
  return inChunks(pool, leadsToMove(pool, moving), {
    what: 'moved',
    write: (tx, numbers) => moveLeads(tx, campaign_id, numbers, from, to, by),
    entry: (moved) => ({
      ...by,
      action: 'allocation.move',
      subject: `allocation:${from}`,
      details: { to, moved },
    }),
  })
}

async function* leadsToMove(pool: Pool, moving: Moving): AsyncGenerator<number[]> {
  const { campaign_id, from, numbers, dispositions = null, open_only } = moving
  if (numbers) {
    yield numbers
    return
  }
  let after = 0
  for (;;) {
    const chunk = await leadsAfter(pool, campaign_id, after, from, dispositions, open_only)
    if (!chunk) return
    if (chunk.numbers.length > 0) yield chunk.numbers
    after = chunk.next
  }
}

/** Answers how many leads were opened again. Throws Interrupted. */
export function recycleAll(
  pool: Pool,
  { campaign_id, allocation_id }: { campaign_id: number; allocation_id: number },
  dispositions: string[],
  by: Actor,
): Promise<number> {
  const closed = async function* () {
    for (;;) {
      const numbers = await closedLeads(pool, campaign_id, allocation_id, dispositions)
      if (numbers.length === 0) return
      yield numbers
    }
  }
  return inChunks(pool, closed(), {
    what: 'recycled',
    write: (tx, numbers) => recycleLeads(tx, campaign_id, numbers, allocation_id, by),
    entry: (recycled) => ({
      ...by,
      action: 'allocation.recycle',
      subject: `allocation:${allocation_id}`,
      details: { dispositions, recycled },
    }),
  })
}

interface Work {
  what: Interrupted['what']
  /** Answers how many leads it has changed. */
  write: (tx: Db, numbers: number[]) => Promise<number>
  entry: (leads: number) => AuditEntry
}

/** Each chunk is a transaction with its audit entry: whatever becomes of the next one, what was done is on record. */
async function inChunks(
  pool: Pool,
  chunks: AsyncIterable<number[]>,
  { what, write, entry }: Work,
): Promise<number> {
  let done = 0
  try {
    for await (const numbers of chunks)
      done += await pool.transaction(
        async (tx) => {
          const leads = await write(tx, numbers)
          if (leads > 0) await audit(tx, entry(leads))
          return leads
        },
        { retry: 'lock' },
      )
    return done
  } catch (error) {
    throw new Interrupted(what, done, error)
  }
}
