// Rows of files and pulls that move a lead to an allocation of its campaign.

import { ROW_KEYS } from '../core/classic.ts'
import { fold } from '../core/field.ts'
import type { LeadKey } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { type AllocationRow, keepAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import { findLeads } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { lockLeads, writeMove } from '../db/rearrange.ts'
import type { Actor } from './actor.ts'
import { refuseArchived, refuseVirtual } from './targets.ts'

export interface RowMove {
  from: number
  to: number
  /** Of the lead, behind the move. */
  version: number
}

export const NO_SUCH_ALLOCATION = refuse('UNKNOWN_TARGET', 'the campaign has no allocation of this name', {
  field: ROW_KEYS.allocation,
})

export const allocationNamed = (allocations: readonly AllocationRow[], name: string) =>
  allocations.find((allocation) => allocation.name === name) ??
  allocations.find((allocation) => fold(allocation.name) === fold(name))

/** A lead that is there already stays. */
export async function moveLeadTo(
  tx: Db,
  by: Actor,
  { campaign_id, number }: LeadKey,
  to: number,
): Promise<Result<RowMove>> {
  const [kept] = await keepAllocations(tx, [to])
  if (kept?.is_virtual) return refuseVirtual(to)
  if (!kept?.takes_leads) return refuseArchived(to)
  await lockLeads(tx, campaign_id, [number])
  // Locked by now: it stays where it is.
  const [lead] = await findLeads(tx, [{ campaign_id, number, external_id: null }])
  if (!lead) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
  const from = lead.allocation_id
  const chunk = { campaign_id, allocation_id: from, numbers: [number], ...by }
  const moved = from === to ? 0 : await writeMove(tx, { ...chunk, to_id: to })
  return ok({ from, to, version: lead.version + moved })
}

/** One entry for all that went from one allocation to another, as when a person moves them. */
export async function auditMoves(tx: Db, by: Actor, moves: readonly RowMove[]): Promise<void> {
  const moved = new Map<string, Pick<RowMove, 'from' | 'to'> & { moved: number }>()
  for (const { from, to } of moves) {
    if (from === to) continue
    const key = `${from} ${to}`
    moved.set(key, { from, to, moved: (moved.get(key)?.moved ?? 0) + 1 })
  }
  for (const { from, ...details } of moved.values())
    await audit(tx, { ...by, action: 'allocation.move', subject: `allocation:${from}`, details })
}
