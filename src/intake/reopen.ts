// Takes a settlement back: what it wrote is undone, and the held update waits again.

import { leadId } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import { type HeldUpdate, reopenHeldUpdate } from '../db/held-updates.ts'
import { lockLead } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import { behindCommit } from '../db/pool.ts'
import { revertLead } from './merge.ts'
import type { Reader } from './sides.ts'
import { transact } from './transact.ts'
import { type UpdateRoads, type WriteRequest, withTurn } from './write.ts'

export interface ReopenRequest extends WriteRequest {
  held: HeldUpdate
  /** Whether a priority may rise although the customer has asked for the call. */
  may_put_off: boolean
  reader: Reader
}

interface Reopened {
  lead_id: string
  version: number
  /** superseded: the same sender has sent a newer update since. */
  state: HeldUpdate['state']
}

const NOT_SETTLED = refuse('UNKNOWN_TARGET', 'this conflict is not settled, or not any more')

/** Refuses when the lead was changed again in what the settlement changed. Asked again, it goes on where it stopped. */
export async function reopen(roads: UpdateRoads, request: ReopenRequest): Promise<Result<Reopened>> {
  const { held, by } = request
  if (held.state !== 'resolved' && held.state !== 'dismissed') return NOT_SETTLED
  if (held.resolution?.taken_back === true)
    return refuse('UNKNOWN_TARGET', 'its author has taken this change back')
  const lead = { campaign_id: held.campaign_id, number: held.lead_number }
  const [found] = await findLeads(roads.pool, [{ ...lead, external_id: null }])
  if (!found) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
  const lead_id = leadId(lead.campaign_id, lead.number)
  let version = found.version
  if (held.settled_version !== null) {
    const revert = { ...request, found, version: held.settled_version, lead_version: found.version }
    const reverted = await revertLead(roads, revert)
    if (reverted.refusal) return reverted
    version = reverted.ok.version
  }
  const reopened = () =>
    withTurn(roads.turns, request, () =>
      transact(
        roads.transactions,
        async (tx) => {
          await lockLead(tx, lead)
          const state = await reopenHeldUpdate(tx, held.held_update_id)
          if (!state) return NOT_SETTLED
          await audit(tx, { ...by, action: 'conflict.reopen', subject: `conflict:${held.held_update_id}` })
          return ok({ lead_id, version, state })
        },
        { retry: 'clash', deadline: request.deadline },
      ),
    )
  return held.settled_version === null ? reopened() : behindCommit(reopened)
}
