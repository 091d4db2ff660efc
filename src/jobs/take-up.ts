// What processes that have died leave behind is taken up again, whoever looks first.

import { failExhausted, unlockJobs } from '../db/action-runs.ts'
import { resumeBulkChanges } from '../db/bulk-changes.ts'
import { resumeMoves } from '../db/callback-moves.ts'
import { endAbandonedDncFiles, resumeDncFiles } from '../db/dnc-files.ts'
import { resumeFills } from '../db/fills.ts'
import { resumeImports } from '../db/import-work.ts'
import { dropOldParts } from '../db/imports.ts'
import { endAbandonedMasterLists, resumeMasterLists } from '../db/master-lists.ts'
import type { Pool } from '../db/pool.ts'
import { failLostPullRuns } from '../db/pull-runs.ts'
import { resumeWashes } from '../db/washes.ts'
import { resumeZones } from '../db/zone-sets.ts'
import { sweepKeys } from './import.ts'
import type { Jobs } from './work.ts'

/** Each in its turn. The database may be away: the next look does what this one could not. */
export async function takeUpWhatIsLeft(pool: Pool, onTried: Jobs['onTried']): Promise<void> {
  try {
    await unlockJobs(pool)
    for (const _ of await failExhausted(pool)) onTried('failed')
    await resumeMoves(pool)
    await resumeZones(pool)
    await resumeFills(pool)
    await resumeBulkChanges(pool)
    await endAbandonedDncFiles(pool)
    await resumeDncFiles(pool)
    await endAbandonedMasterLists(pool)
    await resumeMasterLists(pool)
    await resumeWashes(pool)
    await failLostPullRuns(pool)
    await resumeImports(pool)
    await dropOldParts(pool)
    await sweepKeys(pool)
  } catch {}
}
