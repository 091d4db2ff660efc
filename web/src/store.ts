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

export const useStore = <T>(store: Pick<Store<T>, 'get' | 'watch'>): T =>
  useSyncExternalStore(store.watch, store.get)

/**
 * A store whose value stays on this machine, where other windows of the browser see it at once. Null keeps nothing.
 * A value that cannot be read counts as the initial one.
 */
export function createKeptStore<T>(
  key: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): Store<T> {
  const read = () => {
    const value = readKept(key)
    return isValid(value) ? value : initial
  }
  const store = createStore(read())
  window.addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) store.set(read())
  })
  return {
    ...store,
    set(value) {
      store.set(value)
      try {
        if (value === null) localStorage.removeItem(key)
        else localStorage.setItem(key, JSON.stringify(value))
      } catch {
        // The browser keeps nothing, or is full: the value holds until the page is left.
      }
    },
  }
}

/** Undefined for what is not there or cannot be read. */
export function readKept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '')
  } catch {
    return undefined
  }
}

export const createSwitch = (key: string, initial: boolean) =>
  createKeptStore(key, initial, (value) => typeof value === 'boolean')
