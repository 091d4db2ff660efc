// The job of a bulk change, and of undoing one.

import type { JobHelpers } from 'graphile-worker'
import { sqlState } from '../db/again.ts'
import { BULK_TASK, type BulkTask, bulkJobKey } from '../db/bulk-changes.ts'
import { continueBulkChange } from '../intake/bulk-walk.ts'
import type { Jobs } from './work.ts'

/** After this time it goes on in another job: the queue considers a job dead that runs for minutes. */
const SLICE_MS = 5_000

export async function changeLeads(
  jobs: Jobs,
  { bulk_change_id }: BulkTask,
  signal: AbortSignal,
  addJob: JobHelpers['addJob'],
): Promise<void> {
  const { targets, requests, onReady, log } = jobs
  // A disposition that was just disabled must not be given by what this process knew.
  targets.clear()
  const going = { ms_max: SLICE_MS, signal, requests, onReady }
  const how = await continueBulkChange(jobs, bulk_change_id, going).catch((error) => {
    log.warn({ bulk_change_id, code: sqlState(error) }, 'leads could not be changed; they are tried again')
    throw new Error('tried again')
  })
  if (how !== 'over') await addJob(BULK_TASK, { bulk_change_id }, { jobKey: bulkJobKey(bulk_change_id) })
}
