// Forgets a lead: removes its values and those of its history, passes its numbers on, leaves a tombstone.

import { distinctNumbers, type LeadKey, leadId } from '../core/lead.ts'
import { freeSharers } from '../db/attempts.ts'
import { audit } from '../db/audit.ts'
import { forgetRowsOf } from '../db/import-rows.ts'
import { lockClaims, releaseClaims } from '../db/lead-claims.ts'
import { forgetLead } from '../db/lead-forget.ts'
import { lockLead } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import type { Db, Pool } from '../db/pool.ts'
import { isOldLead } from '../db/retention.ts'
import type { Actor } from './actor.ts'
import { pastLocks } from './locks.ts'

/** False: the lead does not exist or was forgotten before. */
export const forget = (pool: Pool, campaign_id: number, number: number, by: Actor) =>
  forgetIf(pool, { campaign_id, number }, by, async () => true)

/** Forgets a lead that nobody has changed for so many days. False: somebody has by now, or it is gone. */
export const forgetOld = (pool: Pool, lead: LeadKey, days: number) =>
  forgetIf(pool, lead, RETENTION, (tx) => isOldLead(tx, lead, days))

const RETENTION: Actor = { actor: 'system', way: 'action', request_id: 'retention' }

function forgetIf(
  pool: Pool,
  { campaign_id, number }: LeadKey,
  by: Actor,
  may: (tx: Db) => Promise<boolean>,
): Promise<boolean> {
  const work = () =>
    pool.transaction(
      async (tx) => {
        if ((await lockLead(tx, { campaign_id, number })) === undefined || !(await may(tx))) return false
        return (await forgetAll(tx, campaign_id, [number], by)).length > 0
      },
      { retry: 'clash' },
    )
  return pastLocks(work)
}

/** Forgets leads that the transaction has locked, each with its audit entry; answers which it has forgotten. */
export async function forgetAll(
  tx: Db,
  campaign_id: number,
  numbers: number[],
  by: Actor,
): Promise<number[]> {
  const forgotten: number[] = []
  for (const number of numbers) {
    if (!(await forgetLocked(tx, { campaign_id, number }, by))) continue
    await audit(tx, { ...by, action: 'lead.forget', subject: `lead:${leadId(campaign_id, number)}` })
    forgotten.push(number)
  }
  if (forgotten.length > 0) await forgetRowsOf(tx, forgotten)
  return forgotten
}

/** Forgets a lead that the transaction has locked, but for the rows of files. */
export async function forgetLocked(tx: Db, { campaign_id, number }: LeadKey, by: Actor): Promise<boolean> {
  const [lead] = await findLeads(tx, [{ campaign_id, number, external_id: null }])
  if (!lead) return false
  const numbers = distinctNumbers(lead.phones)
  await lockClaims(tx, campaign_id, numbers)
  await releaseClaims(tx, { campaign_id, number }, numbers)
  await forgetLead(tx, { campaign_id, number }, by)
  // Its calls name no number any more, and its lease holds none.
  await freeSharers(tx, numbers)
  return true
}
