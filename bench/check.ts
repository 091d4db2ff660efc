// An answer OK is a row in the database, no more and no less; otherwise the figures are worth nothing.

import { thousands } from './report.ts'
import type { Stage } from './stage.ts'

export function compare(what: string, expected: number, found: number): void {
  if (expected === found) return
  throw new Error(
    `by the answers there are ${thousands(expected)} ${what}, but the database has ${thousands(found)}`,
  )
}

/** How many requests of the load generator were answered OK. */
export interface Accepted {
  insert: number
  update: number
}

/** Everything that was answered OK is there, whole, and nothing else; throws otherwise. */
export async function check(
  { database, target }: Stage,
  accepted: Accepted,
  /** The last number of the leads that were filled. */
  filled: number,
  ceiling_transactions: number,
): Promise<void> {
  const { client } = database!
  const { campaign_id } = target
  const inserted = await client.query(
    `with n as materialized (
       select number, created_by from leads where campaign_id = $1 and number > $2)
     select (select count(*)::integer from n where created_by <> 'ceiling') as ours,
       (select count(*)::integer from n) as leads,
       (select count(*)::integer from n join lead_phones p on p.campaign_id = $1 and p.lead_number = number) as phones,
       (select count(*)::integer from n join claims c on c.campaign_id = $1 and c.lead_number = number) as claims,
       (select count(*)::integer from n join events e on e.campaign_id = $1 and e.lead_number = number
        where e.version = 1) as events`,
    [campaign_id, filled],
  )
  const { ours, leads, phones, claims, events } = inserted.rows[0]
  compare('leads', accepted.insert, ours)
  // Those of the ceiling too: a ceiling that writes less would be no ceiling.
  compare('numbers of new leads', leads * 2, phones)
  compare('claims of new leads', leads * 2, claims)
  compare('events of new leads', leads, events)
  if (accepted.update === 0) return
  const updated = await client.query(
    `select (select sum(version - 1)::integer from leads where campaign_id = $1) as versions,
       (select count(*)::integer from events where campaign_id = $1 and version > 1) as events,
       (select count(*)::integer from call_records where campaign_id = $1) as calls`,
    [campaign_id],
  )
  const updates = accepted.update + ceiling_transactions
  const { versions, events: changes, calls } = updated.rows[0]
  compare('updates', updates, versions)
  compare('events of updates', updates, changes)
  compare('call records', updates, calls)
}
