// Tools that need the database: beside a running server they use its PostgreSQL, else they start it for a moment.

import type { Config } from '../config.ts'
import { findEmbedded, startEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { Pool } from '../db/pool.ts'
import { say } from './terminal.ts'

/** Runs `work` on the installation's database, migrated unless `migrated` is false. */
export async function withDatabase<T>(
  config: Config,
  work: (pool: Pool) => Promise<T>,
  migrated = true,
): Promise<T> {
  const running = config.database_url ?? (await findEmbedded(config.data_dir))
  const embedded = running === null ? await startEmbedded({ data_dir: config.data_dir, say }) : null
  const pool = new Pool({ connection: running ?? embedded!.connection, connections_max: 2 })
  try {
    if (migrated) await migrate(pool)
    return await work(pool)
  } finally {
    await pool.close()
    await embedded?.stop()
  }
}
