// The job that moves callbacks after a change of the zone of their contact hours.

import { setTimeout as sleep } from 'node:timers/promises'
import { resumeMoves } from '../db/callback-moves.ts'
import type { Pool } from '../db/pool.ts'
import { moveChunk } from '../intake/contact-hours.ts'

/** After so long a job queues the next one instead: the queue takes a job that runs for minutes for a dead one. */
const SLICE_MS = 10_000
/** Rest between two chunks, so that intake keeps most of the database, and while somebody else writes the next lead. */
const REST_MS = 5
const WAIT_MS = 100

export async function moveCallbacksFor(
  pool: Pool,
  contact_hours_id: number,
  signal: AbortSignal,
): Promise<void> {
  const ends = performance.now() + SLICE_MS
  for (;;) {
    const chunk = await pool.transaction((tx) => moveChunk(tx, contact_hours_id), { retry: 'lock' })
    if (chunk === 'done') return
    if (signal.aborted || performance.now() > ends) break
    await sleep(chunk === 'waits' ? WAIT_MS : REST_MS)
  }
  await resumeMoves(pool)
}
