// The job that works out the zone sets of a template's leads again.

import { setTimeout as sleep } from 'node:timers/promises'
import { ZONE_TABLES_VERSION } from '../core/zone-set.ts'
import type { Pool } from '../db/pool.ts'
import { renewZones, resumeZones, zoneUpgrade } from '../db/zone-sets.ts'
import { rewriteZonesChunk } from '../intake/zone-sets.ts'
import type { Logger } from '../log.ts'

/** After this time a job queues its successor and ends: the queue considers a job dead that runs for minutes. */
const SLICE_MS = 10_000
/** The rest between two chunks leaves most of the database to intake; the wait is for somebody who writes the next lead. */
const REST_MS = 5
const WAIT_MS = 100

/** Queues what is left and what newer tables ask for; asked at every start, so that nothing hangs on one job. */
export async function rewriteOldZones(pool: Pool): Promise<void> {
  await renewZones(pool, ZONE_TABLES_VERSION)
  await resumeZones(pool)
}

export async function rewriteZones(
  { pool, log }: { pool: Pool; log: Logger },
  template_id: number,
  signal: AbortSignal,
): Promise<void> {
  const before = await zoneUpgrade(pool)
  const ends = performance.now() + SLICE_MS
  for (;;) {
    const step = await pool.transaction((tx) => rewriteZonesChunk(tx, template_id), { retry: 'lock' })
    if (step === 'done') break
    if (signal.aborted || performance.now() > ends) return void (await resumeZones(pool))
    await sleep(step === 'waits' ? WAIT_MS : REST_MS)
  }
  const { unfinished, leads, moved } = await zoneUpgrade(pool)
  // Once, by whoever finishes the last template.
  if (before.unfinished > 0 && unfinished === 0 && moved > 0) log.warn({ leads, moved }, ZONES_CAME)
}

const ZONES_CAME =
  'leads are called by the clock of the called person now; "moved" counts those that had that of their contact hours: see docs/contact-hours.md'
