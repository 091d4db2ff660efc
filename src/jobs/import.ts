// The job of an import that takes its rows, corrects them, or looks what would become of them.

import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '../db/again.ts'
import { dropOldKeys } from '../db/import-leads.ts'
import { beginImportWork } from '../db/import-work.ts'
import { DatabaseUnavailable, type Db } from '../db/pool.ts'
import { walkFix } from '../intake/import-fixes.ts'
import { type Walking, walkBack, walkImport } from '../intake/import-walk.ts'
import type { Jobs } from './work.ts'

/** After this time an import goes on in another job, so that imports take turns. */
const SLICE_MS = 5_000

/** Does a part of the work. Whether it goes on in another job. */
export async function runImport(jobs: Jobs, import_id: number, signal: AbortSignal): Promise<boolean> {
  const work = await beginImportWork(jobs.pool, import_id)
  if (!work || work.state === 'reading') return false
  const { pool, targets, now, onReady, requests, log } = jobs
  // An allocation that was just taken up must not halt it.
  targets.clear()
  try {
    const walking: Walking = {
      pool,
      targets,
      now,
      signal,
      ends: performance.now() + SLICE_MS,
      requests,
      onReady,
      onFault: (error) => log.error({ import_id, error: nameOf(error), code: sqlState(error) }, 'exception'),
    }
    const walk = work.state === 'undoing' ? walkBack : work.state === 'fixing' ? walkFix : walkImport
    const how = await walk(walking, work)
    if (how === 'over') await sweepKeys(pool)
    return how === 'goes on'
  } catch (error) {
    if (signal.aborted || error instanceof DatabaseUnavailable)
      throw new Error('the server stopped, or the database went away')
    log.warn(
      { import_id, error: nameOf(error), code: sqlState(error) },
      'an import was cut off; it is taken up again',
    )
    throw new Error('taken up again')
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

/** Keys that are removed in one statement, and how long a sweep takes at most; the next one goes on. */
const KEYS_MAX = 10_000
const SWEEP_MS_MAX = 5_000
const PAUSE_MS = 20

/** Removes the keys of dry runs that nobody needs any more: there are three for a row of a file. */
export async function sweepKeys(db: Db): Promise<void> {
  const ends = performance.now() + SWEEP_MS_MAX
  while ((await dropOldKeys(db, KEYS_MAX)) === KEYS_MAX && performance.now() < ends) await sleep(PAUSE_MS)
}
