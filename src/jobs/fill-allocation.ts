// The job that fills an allocation.

import { resumeFills } from '../db/fills.ts'
import { continueFill } from '../intake/fills.ts'
import type { Jobs } from './work.ts'

/** After this time a job queues its successor and ends: the queue considers a job dead that runs for minutes. */
const SLICE_MS = 10_000

export async function fillAllocation(
  { pool, onReady }: Pick<Jobs, 'pool' | 'onReady'>,
  fill_id: number,
  signal: AbortSignal,
): Promise<void> {
  const how = await continueFill(pool, fill_id, {
    ms_max: SLICE_MS,
    signal,
    onMoved: (to_id) => onReady(to_id),
  })
  if (how !== 'over') await resumeFills(pool)
}
