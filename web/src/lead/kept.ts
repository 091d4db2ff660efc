// The unsaved input of leads: edits, decisions of a merge, and leads that are not created yet.

import type { Values } from '../../../src/core/merge.ts'
import { useKept } from '../kept.ts'
import type { KeptMerge } from '../merge/state.ts'
import { type Store, useStore } from '../store.ts'
import type { Draft } from './draft.ts'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isDraft = (value: unknown): value is Draft =>
  isObject(value) && isObject(value.base) && isObject(value.changes) && typeof value.base_version === 'number'
const isKeptMerge = (value: unknown): value is KeptMerge =>
  isObject(value) &&
  isObject(value.decisions) &&
  isObject(value.collision) &&
  Array.isArray(value.collision.groups)

export function useDraft(lead_id: string): [Draft | null, Store<Draft | null>] {
  const store = useKept('draft', lead_id, isDraft)
  return [useStore(store), store]
}

/** `subject`: a lead id, or `conflict-7` for a held update. */
export const useKeptMerge = (subject: string): Store<KeptMerge | null> =>
  useKept('merge', subject, isKeptMerge)

/** A lead that has not been created yet, with its values by path. There is one for each operator. */
export interface NewLeadDraft {
  allocation_id: number | null
  values: Values
}

const isNewLeadDraft = (value: unknown): value is NewLeadDraft => isObject(value) && isObject(value.values)

export const useNewLeadDraft = (): Store<NewLeadDraft | null> => useKept('new-lead', 'new', isNewLeadDraft)

/** The key under which the cache of queries holds a collision for the merge screen. */
export const collisionKey = (lead_id: string) => ['lead', lead_id, 'collision'] as const
