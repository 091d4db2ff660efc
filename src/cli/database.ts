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
  { migrated = true, statement_ms_max }: { migrated?: boolean; statement_ms_max?: number } = {},
): Promise<T> {
  const running = config.database_url ?? (await findEmbedded(config.data_dir))
  const embedded = running === null ? await startEmbedded({ data_dir: config.data_dir, say }) : null
  const connection = running ?? embedded!.connection
  const pool = new Pool({ connection, connections_max: 2, statement_ms_max })
  try {
    if (migrated) await migrate(pool)
    return await work(pool)
  } finally {
    await pool.close()
    await embedded?.stop()
  }
}
