// Verifies a backup: restores it beside everything else, and compares what is there then with what the file says.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEmbedded, startEmbedded } from '../../db/embedded.ts'
import { load } from '../../db/load.ts'
import { migrate } from '../../db/migrate.ts'
import { Pool } from '../../db/pool.ts'
import { whileUnfinished } from '../../db/unfinished-restore.ts'
import { type Archive, BackupError, Measure } from './archive.ts'
import { explaining, versionsOf } from './restore.ts'
import type { OnBytes } from './take.ts'

/** @throws BackupError when a table is not what it was. `folder`: where there is room for a database. */
export async function verifyBackup(
  { manifest, rows }: Archive,
  onBytes: OnBytes,
  folder = tmpdir(),
): Promise<void> {
  const data_dir = mkdtempSync(join(folder, 'leadline-verify-'))
  try {
    const embedded = await startEmbedded({ data_dir })
    const pool = new Pool({ connection: embedded.connection, connections_max: 2 })
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
      await embedded.stop()
    }
  } finally {
    removeEmbedded(data_dir)
  }
}
