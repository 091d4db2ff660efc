// Checks an installation: for the log of a start, and for `leadline doctor`.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Check,
  CLOCKS_S_MAX,
  checkBackup,
  checkClocks,
  checkDisk,
  checkLaw,
  checkMigrations,
  checkNumbers,
  checkOneWrite,
  checkSettings,
  checkUpkeep,
  checkWashes,
  checkZones,
} from '../core/checks.ts'
import { lastBackup } from '../db/backups.ts'
import type { DiskSpace } from '../db/embedded.ts'
import { readSettings, readUpkeep } from '../db/health.ts'
import { beat, clockAhead, endBeats, livingProcesses } from '../db/heartbeats.ts'
import { SERVER_VERSIONS, schemaState } from '../db/migrate.ts'
import { leadsThatShare, oldFormsLeft } from '../db/number-forms.ts'
import type { Pool } from '../db/pool.ts'
import { endingWashes } from '../db/washes.ts'
import { zoneUpgrade } from '../db/zone-sets.ts'

/** So many pairs of leads that share a number are named at once. */
const SHARED_MAX = 20
/** A write that takes longer has stalled. */
const WRITE_MS_MAX = 5_000

/** `disk`: of the embedded PostgreSQL. */
export async function installationChecks(pool: Pool, disk: DiskSpace | undefined): Promise<Check[]> {
  const settings = await readSettings(pool)
  const schema = await schemaState(pool)
  const ahead_s = await clockAhead(pool)
  const checks = [
    ...checkSettings(settings, SERVER_VERSIONS),
    checkMigrations(schema),
    checkClocks(ahead_s, 'this machine'),
    ...checkUpkeep(await readUpkeep(pool)),
    ...(disk ? [checkDisk(disk)] : []),
    ...checkLaw(new Date().toISOString().slice(0, 10)),
  ]
  // The table of heartbeats comes with the schema.
  if (schema.missing.length > 0 || settings.read_only) return checks
  const others = await livingProcesses(pool)
  return [
    ...checks,
    ...others
      .filter(({ clock_ahead_s }) => Math.abs(clock_ahead_s) >= CLOCKS_S_MAX)
      .map(({ host, pid, clock_ahead_s }) =>
        checkClocks(clock_ahead_s, `the server on ${host} (pid ${pid})`),
      ),
    checkBackup(await lastBackup(pool)),
    checkOneWrite(await timeOneWrite(pool, ahead_s)),
    checkNumbers(await oldFormsLeft(pool), await leadsThatShare(pool, SHARED_MAX)),
    ...checkZones(await zoneUpgrade(pool)),
    ...checkWashes(await endingWashes(pool)),
  ]
}

/** Seconds until a row is on disk; null: it takes too long. */
async function timeOneWrite(pool: Pool, clock_ahead_s: number): Promise<number | null> {
  const process_id = randomUUID()
  const began = performance.now()
  const late = new AbortController()
  const written = beat(pool, { process_id, host: hostname(), pid: process.pid }, clock_ahead_s).then(
    () => performance.now() - began,
    () => null,
  )
  const took_ms = await Promise.race([
    written,
    sleep(WRITE_MS_MAX, null, { signal: late.signal }).catch(() => null),
  ])
  late.abort()
  if (took_ms === null) return null
  await endBeats(pool, process_id)
  return took_ms / 1_000
}
