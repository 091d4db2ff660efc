// The job that moves callbacks after a change of the zone of their contact hours.

import { setTimeout as sleep } from 'node:timers/promises'
import { resumeMoves } from '../db/callback-moves.ts'
import type { Pool } from '../db/pool.ts'
import { moveChunk } from '../intake/contact-hours.ts'

/** After this time a job queues its successor and ends: the queue considers a job dead that runs for minutes. */
const SLICE_MS = 10_000
/** The rest between two chunks leaves most of the database to intake; the wait is for somebody who writes the next lead. */
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
