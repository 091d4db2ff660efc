// The drafts of leads, and the decisions of merges that are under way.

import { useMemo } from 'react'
import { useOperator } from '../api/session.ts'
import type { KeptMerge } from '../merge/state.ts'
import { type Store, useStore } from '../store.ts'
import type { Draft } from './draft.ts'
import { createKept, forgetOldKept } from './kept.ts'

forgetOldKept()

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isDraft = (value: unknown): value is Draft =>
  isObject(value) && isObject(value.base) && isObject(value.changes) && typeof value.base_version === 'number'
const isKeptMerge = (value: unknown): value is KeptMerge =>
  isObject(value) &&
  isObject(value.decisions) &&
  isObject(value.collision) &&
  Array.isArray(value.collision.groups)

const drafts = createKept('draft', isDraft)
const merges = createKept('merge', isKeptMerge)

/** What clashed, on its way to the merge screen. */
export const collisionKey = (lead_id: string) => ['lead', lead_id, 'collision'] as const

export function useDraft(lead_id: string): [Draft | null, Store<Draft | null>] {
  const { operator_id } = useOperator()
  const store = useMemo(() => drafts.of(operator_id, lead_id), [operator_id, lead_id])
  return [useStore(store), store]
}

/** `subject`: a lead id, or `conflict-7` for a held update. */
export function useKeptMerge(subject: string): Store<KeptMerge | null> {
  const { operator_id } = useOperator()
  return useMemo(() => merges.of(operator_id, subject), [operator_id, subject])
}
