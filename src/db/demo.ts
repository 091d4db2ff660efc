// The past of the demo: what has just been written gets times of the last days.

import type { Pool } from './pool.ts'
import { statement } from './statement.ts'

const LEADS = statement<{ campaign_id: number; days: number }>(
  'demo.spreadLeads',
  `update leads set created_at = now() - random() * make_interval(days => :days::integer)
   where campaign_id = :campaign_id`,
)
const EVENTS = statement<{ campaign_id: number }>(
  'demo.spreadEvents',
  `update events e set at = case when e.version = 1 then l.created_at
       else l.created_at + (now() - l.created_at) * least(0.95, 0.3 * (e.version - 1)) end
   from leads l
   where e.campaign_id = :campaign_id and l.campaign_id = :campaign_id and l.number = e.lead_number`,
)
const UPDATED = statement<{ campaign_id: number }>(
  'demo.spreadUpdated',
  `update leads l set updated_at = e.at from events e
   where l.campaign_id = :campaign_id and e.campaign_id = :campaign_id and e.lead_number = l.number
     and e.version = l.version`,
)
const CALLS = statement<{ campaign_id: number }>(
  'demo.spreadCalls',
  `update call_records r set at = l.updated_at from leads l
   where r.campaign_id = :campaign_id and l.campaign_id = :campaign_id and l.number = r.lead_number`,
)

/** Moves what a campaign's leads have been through into the last days, in its order. Only for the demo's own database. */
export async function spreadIntoPast(pool: Pool, campaign_id: number, days: number): Promise<void> {
  await pool.transaction(async (tx) => {
    await tx.query(LEADS, { campaign_id, days })
    for (const spread of [EVENTS, UPDATED, CALLS]) await tx.query(spread, { campaign_id })
  })
}
