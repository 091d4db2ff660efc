// Bulk changes: one change of many leads. Which there are, and what becomes of a lead.

import type { DncList } from './result.ts'

export const BULK_KINDS = ['disposition', 'move', 'dnc', 'forget'] as const
export type BulkKind = (typeof BULK_KINDS)[number]

/** The one change that all the leads get. */
export type BulkChange =
  | {
      kind: 'disposition'
      disposition: string
      /** Local wall time as agreed; null: the rule of the disposition says when. */
      callback: string | null
      callback_agent: string | null
      /** It puts the numbers of the leads on the private list. */
      lists_numbers: boolean
    }
  | { kind: 'move'; to_allocation_id: number }
  | {
      kind: 'dnc'
      list: DncList
      reason: string | null
      /** Null: for good. */
      expires_at: string | null
      /** The teams that its author is bound to; null: none. */
      team_ids: number[] | null
    }
  | { kind: 'forget' }

/** stopped: it could not go on, and says why. undone: what nobody had touched since has been taken back. */
export const BULK_STATES = ['running', 'done', 'cancelled', 'stopped', 'undoing', 'undone'] as const
export type BulkState = (typeof BULK_STATES)[number]

/**
 * Why a lead is left as it is. leased: somebody has it in a call. there: it is in the allocation already. no_number: it has
 * no number to list. listed: all its numbers are on the list already, for as long. changed: it does not fit the search any
 * more. refused: its values do not go with the change.
 */
export const SKIP_REASONS = ['leased', 'there', 'no_number', 'listed', 'changed', 'refused'] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

/**
 * Why undoing leaves a lead. touched: it has changed since. leased: somebody has it in a call. gone: it is forgotten.
 * no_place: where it was takes no leads any more. refused: what it had does not go with the set-up of now.
 */
export const KEEP_REASONS = ['touched', 'leased', 'gone', 'no_place', 'refused'] as const
export type KeepReason = (typeof KEEP_REASONS)[number]

/** How many leads were left, by why. */
export type LeftTally<Reason extends string> = Partial<Record<Reason, number>>

export function tallyOf<Reason extends string>(
  before: LeftTally<Reason>,
  reasons: readonly Reason[],
): LeftTally<Reason> {
  const tally = { ...before }
  for (const reason of reasons) tally[reason] = (tally[reason] ?? 0) + 1
  return tally
}

export const leftInAll = (tally: Readonly<Record<string, number>>) =>
  Object.values(tally).reduce((sum, leads) => sum + leads, 0)

/** Numbers on a list stay there until somebody removes them, and what is forgotten is gone. */
export const isUndoable = (change: BulkChange) =>
  change.kind === 'move' || (change.kind === 'disposition' && !change.lists_numbers)
