// The job of an import that takes its rows, corrects them, or looks what would become of them.

import { sqlState } from '../db/again.ts'
import { beginImportWork } from '../db/import-work.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { walkFix } from '../intake/import-fixes.ts'
import { type Walking, walkBack, walkImport } from '../intake/import-walk.ts'
import type { Jobs } from './work.ts'

/** After this time an import goes on in another job, so that imports take turns. */
const SLICE_MS = 5_000

/** Does a part of the work. Whether it goes on in another job. */
export async function runImport(jobs: Jobs, import_id: number, signal: AbortSignal): Promise<boolean> {
  const work = await beginImportWork(jobs.pool, import_id)
  if (!work || work.state === 'reading') return false
  const { pool, targets, now, onReady, isBusy, log } = jobs
  // An allocation that was just taken up must not halt it.
  targets.clear()
  try {
    const walking: Walking = {
      pool,
      targets,
      now,
      signal,
      ends: performance.now() + SLICE_MS,
      isBusy,
      onReady,
      onFault: (error) => log.error({ import_id, error: nameOf(error), code: sqlState(error) }, 'exception'),
    }
    const walk = work.state === 'undoing' ? walkBack : work.state === 'fixing' ? walkFix : walkImport
    const how = await walk(walking, work)
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
