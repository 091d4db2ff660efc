// The index of the hand-out by zone set (migration 0028), which a database with a large queue gets while it is at work: until
// then hand-outs read the old one, and look at the places in closed zones instead of passing over them.

import { type IndexChange, isIndexMade, replaceIndex } from './index-change.ts'
import type { Db, Pool } from './pool.ts'

const CHANGE: IndexChange = {
  name: 'queueIndex',
  old: 'queue_ready',
  made: 'queue_ready_by_zone',
  on: `queue (allocation_id, contact_hours_id, zone_set, priority, due_at desc nulls last, lead_number desc)
    where state = 'ready'`,
}

/** Whether hand-outs can pass over closed zones. */
export const hasZoneIndex = (db: Db): Promise<boolean> => isIndexMade(db, CHANGE)

/** Makes it where it is missing, half a minute with ten million places. False: another process is at it. */
export const makeZoneIndex = (pool: Pool, signal: AbortSignal): Promise<boolean> =>
  replaceIndex(pool, CHANGE, signal)
