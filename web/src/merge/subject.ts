// What is merged: an operator's own edit, or a held update. The screen is the same; who says what differs.

import type { ConflictDocument, Decisions } from '../../../src/client/model.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import type { Store } from '../store.ts'
import { merge as merge_words } from '../text/merge.ts'
import type { Collision, KeptMerge } from './state.ts'

export interface MergeSubject {
  kind: 'mine' | 'held'
  lead_id: string
  document: ConflictDocument
  set_up: LeadSetUp
  /** The zone of the lead's contact hours. */
  zone: string
  /** Decisions that outlive a reload. */
  kept: Store<KeptMerge | null>
  /** Who sent the held update. */
  sender: string
  read_only: boolean
  /** @throws Refused, NoAnswer */
  save: (collision: Collision, decisions: Decisions) => Promise<void>
  /** The sides as they are now; null: there is nothing to decide any more. @throws Refused, NoAnswer */
  refresh: () => Promise<ConflictDocument | null>
}

export const sidesOf = ({ kind }: Pick<MergeSubject, 'kind'>) => merge_words.sides[kind]
