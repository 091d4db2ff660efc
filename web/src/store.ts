// A value that components can watch and anything can set.

import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get: () => T
  set: (value: T) => void
  watch: (listener: () => void) => () => void
}

export function createStore<T>(initial: T): Store<T> {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      for (const listener of listeners) listener()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A store whose value stays on this machine; what cannot be read or written there is as if it were new. */
export function createKeptStore<T>(
  key: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): Store<T> {
  const store = createStore(read(key, initial, isValid))
  return {
    ...store,
    set(value) {
      store.set(value)
      try {
        localStorage.setItem(key, JSON.stringify(value))
      } catch {
        // A browser that keeps nothing: it holds until the page is left.
      }
    },
  }
}

function read<T>(key: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return isValid(value) ? value : initial
  } catch {
    return initial
  }
}

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.watch, store.get)

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
