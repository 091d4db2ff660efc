// Restores a backup into an empty database.

import type { BackupManifest } from '../../core/backup-manifest.ts'
import type { LeadKey } from '../../core/lead.ts'
import { sqlState } from '../../db/again.ts'
import { unforgotten } from '../../db/backups.ts'
import { type Loaded, load, UnfitBackup } from '../../db/load.ts'
import { migrate, migrations } from '../../db/migrate.ts'
import type { Pool } from '../../db/pool.ts'
import { NotEmpty, whileUnfinished } from '../../db/unfinished-restore.ts'
import type { Actor } from '../../intake/actor.ts'
import { forget } from '../../intake/forget.ts'
import { type Archive, BackupError } from './archive.ts'
import type { OnBytes } from './take.ts'

export interface RestoreOptions {
  /** Leads that were forgotten after the backup. */
  forgotten: readonly LeadKey[]
  leave_gap: boolean
  onBytes: OnBytes
  say: (message: string) => void
}

interface Restored extends Loaded {
  seconds: number
  /** Leads that the backup still had. */
  forgotten: number
  migrations_applied: string[]
}

export async function restoreBackup(
  pool: Pool,
  { manifest, rows }: Archive,
  { forgotten, leave_gap, onBytes, say }: RestoreOptions,
): Promise<Restored> {
  const began = performance.now()
  const work = () =>
    whileUnfinished(pool, async ({ was_cut_off, finish }) => {
      if (was_cut_off) say('An earlier restore was cut off: what it left was removed.')
      await migrate(pool, { versions: versionsOf(manifest), restoring: true })
      const { left_out } = await load(pool, {
        manifest,
        leave_gap,
        rows,
        onBytes,
      })
      const { applied } = await migrate(pool, { restoring: true })
      const again = await forgetAgain(pool, forgotten)
      await finish({ snapshot_at: manifest.snapshot_at, forgotten: again })
      const seconds = (performance.now() - began) / 1_000
      return { seconds, forgotten: again, migrations_applied: applied, left_out }
    })
  return explaining(work)
}

export const versionsOf = ({ migrations }: BackupManifest) =>
  new Set(migrations.map(({ version }) => version))

/** @throws BackupError when the backup is of a newer Leadline */
export async function checkLevel({ leadline, migrations: applied }: BackupManifest): Promise<void> {
  const known = new Set((await migrations()).map(({ name }) => name))
  const unknown = applied.find(({ name }) => !known.has(name))
  if (unknown)
    throw new BackupError(
      `The backup is of a newer Leadline (${leadline}; its schema has ${unknown.name}): restore it with that version, or a newer one.`,
    )
}

const BY_RESTORE: Actor = { actor: 'system', way: 'action', request_id: 'restore' }
const CHUNK = 1_000

async function forgetAgain(pool: Pool, forgotten: readonly LeadKey[]): Promise<number> {
  let again = 0
  for (let at = 0; at < forgotten.length; at += CHUNK)
    for (const { campaign_id, number } of await unforgotten(pool, forgotten.slice(at, at + CHUNK)))
      if (await forget(pool, campaign_id, number, BY_RESTORE)) again++
  return again
}

const REMEDIES: Record<string, string> = {
  '53100': 'the disk of the database is full',
  '42501': 'the user of DATABASE_URL may not do this: it must own the database',
}

/** Texts of the driver can hold values of leads, so only the codes of PostgreSQL are told. */
export async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NotEmpty) throw new BackupError(error.message)
    const state = sqlState(error)
    const is_known = error instanceof UnfitBackup || state !== undefined
    if (!is_known) throw error
    const why =
      state === undefined
        ? (error as Error).message
        : `${REMEDIES[state] ?? 'PostgreSQL refused it'} (${state})`
    throw new BackupError(
      `The restore was cut off: ${why}. No server starts on what it left; the next restore removes that and begins anew.`,
    )
  }
}
