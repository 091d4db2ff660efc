// Keys: single ones and pairs ("g l"), only while no field has the focus, and they can be switched off (WCAG 2.1.4).

import { useEffect, useRef } from 'react'
import { createKeptStore, createStore, isBoolean } from '../store.ts'

export interface Shortcut {
  /** 'j', '?', 'Enter', 'g l', 'mod+s' (Ctrl or Cmd; works in fields too). */
  keys: string
  /** What it does, for the sheet. */
  does: string
  run: (event: KeyboardEvent) => void
  /** In which part of the sheet. */
  group?: 'everywhere' | 'screen'
}

export const shortcutsOn = createKeptStore('leadline.shortcuts', true, isBoolean)

/** What works now, for the sheet. */
export const activeShortcuts = createStore<readonly Shortcut[]>([])
export const sheetOpen = createStore(false)

/** The shortcuts of a component, as long as it is there. Later ones win. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const shape = shortcuts.map(({ keys, does }) => `${keys}=${does}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew when what is listed changes, not when a function does
  useEffect(() => {
    const mine = latest.current.map((shortcut, i) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => latest.current[i]?.run(event),
    }))
    activeShortcuts.set([...activeShortcuts.get(), ...mine])
    return () => activeShortcuts.set(activeShortcuts.get().filter((shortcut) => !mine.includes(shortcut)))
  }, [shape])
}

/** How long the first key of a pair waits for the second, milliseconds. */
const PAIR_MS = 1_200

let first: { key: string; at: number } | undefined

export function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const modified = event.ctrlKey || event.metaKey
  if (!modified && (!shortcutsOn.get() || takesKeys(event.target))) return
  // A dialog has keys of its own.
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return
  const pair = first && performance.now() - first.at < PAIR_MS ? `${first.key} ${event.key}` : undefined
  const keys = modified ? `mod+${event.key.toLowerCase()}` : event.key
  first = modified ? undefined : { key: event.key, at: performance.now() }
  const found =
    (pair && activeShortcuts.get().findLast((shortcut) => shortcut.keys === pair)) ||
    activeShortcuts.get().findLast((shortcut) => shortcut.keys === keys)
  if (!found) return
  // Enter on a link or button is that link's or button's.
  if (keys === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary'))
    return
  event.preventDefault()
  first = undefined
  found.run(event)
}

const takesKeys = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest(
      'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [role="listbox"], [role="menu"]',
    ) !== null)
