// Leads that are filled past the server have their texts and terms at once, as the migration would have made them:
// the indexer would be at them for minutes, beside whatever is measured.

import { TEXT } from '../src/db/lead-texts.ts'
import { LOCKS } from '../src/db/locks.ts'
import type { Database } from './database.ts'

/** Runs a fill while the indexer waits, then makes the texts of these campaigns' leads, and the index of all. */
export async function withTexts(
  { client }: Pick<Database, 'client'>,
  campaign_ids: readonly number[],
  fill: () => Promise<void>,
): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [LOCKS.indexer])
  try {
    await client.query('drop index lead_texts_by_term')
    await fill()
    await client.query(
      `insert into lead_texts (campaign_id, lead_number, version, text)
       select l.campaign_id, l.number, l.version, x.text from leads l cross join lateral (${TEXT}) x
       where l.campaign_id = any ($1) on conflict do nothing`,
      [campaign_ids],
    )
    await client.query(`set maintenance_work_mem = '512MB'`)
    await client.query(
      'create index lead_texts_by_term on lead_texts using gin (search_terms(text)) with (gin_pending_list_limit = 8192)',
    )
    await client.query('reset maintenance_work_mem')
    await client.query('update lead_texts_cursor set tx = pg_snapshot_xmin(pg_current_snapshot())')
    await client.query('vacuum (analyze) lead_texts')
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCKS.indexer])
  }
}
