// Forgets a lead: removes its values and those of its history, passes its numbers on, leaves a tombstone.

import { distinctNumbers, leadId } from '../core/lead.ts'
import { audit } from '../db/audit.ts'
import { lockClaims, releaseClaims } from '../db/lead-claims.ts'
import { forgetLead } from '../db/lead-forget.ts'
import { lockLead } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { pastLocks } from './locks.ts'

/** False: the lead does not exist or was forgotten before. */
export function forget(pool: Pool, campaign_id: number, number: number, by: Actor): Promise<boolean> {
  const work = () =>
    pool.transaction(
      async (tx) => {
        if ((await lockLead(tx, { campaign_id, number })) === undefined) return false
        const [lead] = await findLeads(tx, [{ campaign_id, number, external_id: null }])
        if (!lead) return false
        const numbers = distinctNumbers(lead.phones)
        await lockClaims(tx, campaign_id, numbers)
        await releaseClaims(tx, { campaign_id, number }, numbers)
        await forgetLead(tx, { campaign_id, number }, by)
        await audit(tx, { ...by, action: 'lead.forget', subject: `lead:${leadId(campaign_id, number)}` })
        return true
      },
      { retry: 'clash' },
    )
  return pastLocks(work)
}
