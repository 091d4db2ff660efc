// Unsaved input stays on this machine: it survives a reload, a crash and the end of the session. There is one entry for
// each operator and lead.

import { useMemo } from 'react'
import { useOperator } from '../api/session.ts'
import type { KeptMerge } from '../merge/state.ts'
import { createKeptStore, readKept, type Store, useStore } from '../store.ts'
import type { Draft } from './draft.ts'

/** Older entries are removed, because they hold values of leads. */
const KEPT_MS = 14 * 86_400_000
const PREFIX = 'leadline.kept.'

interface Entry<T> {
  at: string
  value: T
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isDraft = (value: unknown): value is Draft =>
  isObject(value) && isObject(value.base) && isObject(value.changes) && typeof value.base_version === 'number'
const isKeptMerge = (value: unknown): value is KeptMerge =>
  isObject(value) &&
  isObject(value.decisions) &&
  isObject(value.collision) &&
  Array.isArray(value.collision.groups)

const stores = new Map<string, unknown>()

/** `subject`: a lead id, or `conflict-7` for a held update. */
function useKept<T>(kind: string, subject: string, isValid: (value: unknown) => value is T): Store<T | null> {
  const { operator_id } = useOperator()
  return useMemo(() => {
    const key = `${PREFIX}${kind}.${operator_id}.${subject}`
    if (!stores.has(key)) stores.set(key, keptStore(key, isValid))
    return stores.get(key) as Store<T | null>
  }, [kind, operator_id, subject, isValid])
}

function keptStore<T>(key: string, isValid: (value: unknown) => value is T): Store<T | null> {
  const isEntry = (entry: unknown): entry is Entry<T> | null => isObject(entry) && isValid(entry.value)
  const { get, set, watch } = createKeptStore<Entry<T> | null>(key, null, isEntry)
  return {
    get: () => get()?.value ?? null,
    set: (value) => set(value && { at: new Date().toISOString(), value }),
    watch,
  }
}

export function useDraft(lead_id: string): [Draft | null, Store<Draft | null>] {
  const store = useKept('draft', lead_id, isDraft)
  return [useStore(store), store]
}

export const useKeptMerge = (subject: string): Store<KeptMerge | null> =>
  useKept('merge', subject, isKeptMerge)

/** The key under which the cache of queries holds a collision for the merge screen. */
export const collisionKey = (lead_id: string) => ['lead', lead_id, 'collision'] as const

// Signing out removes nothing: unsaved input waits for the person who typed it.
try {
  const oldest_ms = Date.now() - KEPT_MS
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    const entry = readKept(key)
    const at = isObject(entry) ? Date.parse(String(entry.at)) : Number.NaN
    if (!(at > oldest_ms)) localStorage.removeItem(key)
  }
} catch {
  // This browser keeps nothing.
}
