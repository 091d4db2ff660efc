// Verifies a backup: restores it beside everything else, and compares what is there then with what the file says.

import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Embedded, removeAbandonedEmbedded, removeEmbedded, startEmbedded } from '../../db/embedded.ts'
import { load } from '../../db/load.ts'
import { migrate } from '../../db/migrate.ts'
import { Pool } from '../../db/pool.ts'
import { whileUnfinished } from '../../db/unfinished-restore.ts'
import { type Archive, BackupError, Measure } from './archive.ts'
import { explaining, versionsOf } from './restore.ts'
import type { OnBytes } from './take.ts'

const FOLDER = 'leadline-verify-'

/** @throws BackupError when a table is not what it was. `folder`: where there is room for a database. */
export async function verifyBackup(
  archive: Archive,
  onBytes: OnBytes,
  signal: AbortSignal,
  folder = tmpdir(),
): Promise<void> {
  await removeLeftovers(folder)
  const data_dir = mkdtempSync(join(folder, FOLDER))
  try {
    const embedded = await startEmbedded({ data_dir })
    // Without its PostgreSQL, the work fails at once.
    const stop = () => void embedded.stop()
    signal.addEventListener('abort', stop)
    try {
      signal.throwIfAborted()
      await compare(embedded, archive, onBytes)
    } finally {
      signal.removeEventListener('abort', stop)
      await embedded.stop()
    }
  } catch (error) {
    throw signal.aborted ? new BackupError('The verification was stopped; nothing is left of it.') : error
  } finally {
    removeEmbedded(data_dir)
  }
}

/** A process that was killed leaves its database, and the PostgreSQL of it. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.startsWith(FOLDER))
      await removeAbandonedEmbedded(join(folder, entry.name))
}

async function compare(
  { connection }: Embedded,
  { manifest, rows }: Archive,
  onBytes: OnBytes,
): Promise<void> {
  const pool = new Pool({ connection, connections_max: 2 })
  try {
    await explaining(() =>
      whileUnfinished(pool, async () => {
        await migrate(pool, { versions: versionsOf(manifest), restoring: true })
        await load(pool, {
          // Nobody will read from here, so the numbers of transactions stay as they are.
          manifest: { ...manifest, next_xid: '0' },
          leave_gap: false,
          rows,
          onBytes,
          onLoaded: async ({ table, bytes, sha256 }, now) => {
            const measure = new Measure()
            for await (const _ of measure.pass(now()));
            const found = measure.found()
            if (found.bytes !== bytes || found.sha256 !== sha256)
              throw new BackupError(`The table ${table} is not what it was: use another backup.`)
          },
        })
        await migrate(pool, { restoring: true })
      }),
    )
  } finally {
    await pool.close()
  }
}
