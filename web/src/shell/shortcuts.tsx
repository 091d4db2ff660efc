// Keys: single ones and pairs ("g l"). They work while no field has the focus, and can be switched off (WCAG 2.1.4).

import { useEffect, useEffectEvent } from 'react'
import { createStore, createSwitch } from '../store.ts'

interface Shortcut {
  /** 'j', '?', 'Enter', 'g l', 'mod+s' (Ctrl or Cmd; works in fields too). */
  keys: string
  /** Its effect, for the sheet. */
  does: string
  run: (event: KeyboardEvent) => void
  /** In which part of the sheet; absent: of this screen. */
  group?: 'everywhere'
}

export const shortcutsOn = createSwitch('leadline.shortcuts', true)

/** The shortcuts that work now. */
export const activeShortcuts = createStore<readonly Shortcut[]>([])
export const sheetOpen = createStore(false)

/** Registers the shortcuts of a component while it is mounted. Later ones win. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((i: number, event: KeyboardEvent) => shortcuts[i]?.run(event))
  const shape = shortcuts.map(({ keys, does }) => `${keys}=${does}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: registers again when the list changes, not when a function does
  useEffect(() => {
    const mine = shortcuts.map((shortcut, i) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => run(i, event),
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
  const find = (wanted: string | undefined) =>
    activeShortcuts.get().findLast((shortcut) => shortcut.keys === wanted)
  const found = find(pair) ?? find(keys)
  if (!found) return
  // Enter on a link or button belongs to that link or button.
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

/** Moves the focus from row to row of a list: to the link or button in the row, so that the browser handles Enter. */
export function stepRows(rows: HTMLElement | null, by: 1 | -1): void {
  const links = [...(rows?.querySelectorAll<HTMLElement>('[data-opens]') ?? [])]
  const at = links.findIndex((link) => link.closest('tr, li')?.contains(document.activeElement))
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus()
}
