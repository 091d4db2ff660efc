// What is typed and not saved stays on this machine: through a reload, a crash, an ended session. One entry for each
// operator and lead; other windows of the same browser see it at once.

import { createStore, type Store } from '../store.ts'

/** Older entries are nobody's any more; they hold values of leads, so they go. */
const KEPT_MS = 14 * 86_400_000

interface Entry<T> {
  at: string
  value: T
}

export interface Kept<T> {
  of: (operator_id: number, lead_id: string) => Store<T | null>
}

const PREFIX = 'leadline.kept.'

export function createKept<T>(name: string, isValid: (value: unknown) => value is T): Kept<T> {
  const stores = new Map<string, Store<T | null>>()
  return {
    of(operator_id, lead_id) {
      const key = `${PREFIX}${name}.${operator_id}.${lead_id}`
      let store = stores.get(key)
      if (!store) {
        store = keptStore(key, isValid)
        stores.set(key, store)
      }
      return store
    },
  }
}

function keptStore<T>(key: string, isValid: (value: unknown) => value is T): Store<T | null> {
  const store = createStore<T | null>(read(key, isValid))
  window.addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) store.set(read(key, isValid))
  })
  return {
    ...store,
    set(value) {
      store.set(value)
      try {
        if (value === null) localStorage.removeItem(key)
        else
          localStorage.setItem(
            key,
            JSON.stringify({ at: new Date().toISOString(), value } satisfies Entry<T>),
          )
      } catch {
        // A browser that keeps nothing, or is full: it holds until the page is left.
      }
    },
  }
}

function read<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  const entry = parsed(key)
  return entry && isValid(entry.value) ? entry.value : null
}

function parsed(key: string): Entry<unknown> | null {
  try {
    const entry: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return typeof entry === 'object' && entry !== null && 'at' in entry && 'value' in entry
      ? (entry as Entry<unknown>)
      : null
  } catch {
    return null
  }
}

/** Takes away what has been kept for long, of everybody. Signing out takes nothing: what is typed waits for who typed it. */
export function forgetOldKept(): void {
  const oldest_ms = Date.now() - KEPT_MS
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX)))
      if (!(Date.parse(parsed(key)?.at ?? '') > oldest_ms)) localStorage.removeItem(key)
  } catch {
    // Nothing can be kept here, so nothing is.
  }
}
