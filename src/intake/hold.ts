// An update that clashed is kept, whole, for a person to settle.

import type { ConflictGroup } from '../core/conflict.ts'
import { type LeadState, leadId } from '../core/lead.ts'
import { groupOf, type Values } from '../core/merge.ts'
import { type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { holdUpdate, type NewHeldUpdate } from '../db/held-updates.ts'
import { lockLead } from '../db/lead-update.ts'
import type { Actor } from './actor.ts'
import { type Turn, type UpdateRoads, withTurn } from './write.ts'

interface Held {
  rules: Rules
  by: Actor
  allow_duplicates: boolean
}

/** A group that clashes, for merge() or by the linked rules. */
export type Clashing = Pick<ConflictGroup, 'group' | 'paths'>

/** The row of a held update: the values that it wants beside those that it was made from. */
export function heldOf(
  { rules, by, allow_duplicates }: Held,
  incoming: Values,
  base_version: number,
  base: Values,
  lead: LeadState,
  clashes: readonly Clashing[],
): NewHeldUpdate {
  const paths = Object.keys(incoming)
  const groupOfPath = groupOf(rules.fields)
  const touched = new Set(paths.map(groupOfPath))
  const kept: Record<string, Values[string]> = {}
  // Groups are kept whole: whether one that does not clash yet has moved is judged by them when it is settled.
  for (const path of [...Object.keys(base), ...paths, ...clashes.flatMap((clash) => clash.paths)])
    if (touched.has(groupOfPath(path))) kept[path] = base[path] ?? null
  return {
    campaign_id: lead.campaign_id,
    lead_number: lead.number,
    caller: by.actor,
    groups: clashes.map(({ group }) => group).sort(),
    way: by.way,
    request_id: by.request_id,
    base_version,
    base: kept,
    incoming,
    allow_duplicates,
  }
}

/** Answers 110 with the id under which the update waits. Nothing of the lead is written. */
export async function hold(
  { transactions, turns }: Pick<UpdateRoads, 'transactions' | 'turns'>,
  held: NewHeldUpdate,
  lead_version: number,
  turn: Turn,
): Promise<Result<never>> {
  // The lock makes clashes of one lead come one after the other, each replacing the one before, and keeps a lead
  // that is being forgotten from getting values that nobody would remove. Updates that meet the lock come again without a
  // turn: many of them must not take every connection.
  const work = () =>
    transactions.transaction(
      async (tx) => {
        const lead = { campaign_id: held.campaign_id, number: held.lead_number }
        const there = (await lockLead(tx, lead)) !== undefined
        return there ? holdUpdate(tx, held) : undefined
      },
      { retry: 'clash', deadline: turn.deadline },
    )
  const conflict_id = await withTurn(turns, turn, work)
  if (conflict_id === undefined) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
  return refuse(
    'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
    `the lead has changed since version ${held.base_version} in what this update changes; nothing was written, the update waits as conflict ${conflict_id}`,
    {
      lead_id: leadId(held.campaign_id, held.lead_number),
      lead_version,
      conflict_id,
      groups: held.groups,
    },
  )
}
