// The keyboard of the merge screen, as data for the screen and for the sheet of shortcuts.

import type { MergeEvent, MergeState } from './state.ts'

export interface Press {
  key: string
  /** The place on the keyboard: it identifies digits, whatever the layout prints with Shift. */
  code: string
  shift: boolean
  /** Ctrl, or Cmd. */
  ctrl: boolean
  alt: boolean
}

export type Deed =
  | 'next'
  | 'previous'
  | 'take_mine'
  | 'take_theirs'
  | 'take_base'
  | 'take_both'
  | 'edit'
  | 'all_mine'
  | 'all_theirs'
  | 'undo'
  | 'redo'
  | 'toggle_automatic'
  | 'preview'
  | 'save'
  | 'cancel'
  | 'help'

interface Shortcut {
  deed: Deed
  /** As the sheet shows them. */
  keys: string[]
  /** Works while something is typed, and when single keys are turned off. */
  everywhere?: true
  /** The event for the focused group, or for all; absent: the screen acts itself. */
  event?: (focus: string | null) => MergeEvent | undefined
}

const take = (take: 'mine' | 'theirs' | 'base') => (group: string | null) =>
  group === null ? undefined : ({ type: 'decide', group, take } as const)

export const SHORTCUTS: readonly Shortcut[] = [
  { deed: 'next', keys: ['n', '↓'], event: () => ({ type: 'next' }) },
  { deed: 'previous', keys: ['p', '↑'], event: () => ({ type: 'previous' }) },
  { deed: 'take_mine', keys: ['1', '←'], event: take('mine') },
  { deed: 'take_theirs', keys: ['2', '→'], event: take('theirs') },
  { deed: 'take_base', keys: ['0'], event: take('base') },
  {
    deed: 'edit',
    keys: ['e'],
    event: (group) => (group === null ? undefined : { type: 'edit', group }),
  },
  { deed: 'take_both', keys: ['b'] },
  { deed: 'all_mine', keys: ['Shift+1'], event: () => ({ type: 'decide_all', take: 'mine' }) },
  { deed: 'all_theirs', keys: ['Shift+2'], event: () => ({ type: 'decide_all', take: 'theirs' }) },
  { deed: 'undo', keys: ['u'], event: () => ({ type: 'undo' }) },
  { deed: 'redo', keys: ['Shift+u'], event: () => ({ type: 'redo' }) },
  { deed: 'toggle_automatic', keys: ['a'] },
  { deed: 'preview', keys: ['v'] },
  { deed: 'save', keys: ['Ctrl+Enter', 'Ctrl+s'], everywhere: true, event: () => ({ type: 'save' }) },
  { deed: 'cancel', keys: ['Esc'], everywhere: true, event: () => ({ type: 'cancel' }) },
  { deed: 'help', keys: ['?'] },
]

const NAMES: Readonly<Record<string, string>> = {
  '↓': 'ArrowDown',
  '↑': 'ArrowUp',
  '←': 'ArrowLeft',
  '→': 'ArrowRight',
  Esc: 'Escape',
}

function fits({ key, code, shift, ctrl, alt }: Press, keys: string): boolean {
  const [wanted = '', ...modifiers] = keys.split('+').reverse()
  if (alt || ctrl !== modifiers.includes('Ctrl')) return false
  // On some layouts it needs Shift.
  if (wanted === '?') return key === '?'
  if (shift !== modifiers.includes('Shift')) return false
  if (/\d/.test(wanted)) return code === `Digit${wanted}` || code === `Numpad${wanted}`
  return key.toLowerCase() === (NAMES[wanted] ?? wanted).toLowerCase()
}

/** The deed of a key. `typing`: the focus is in an input. `letters`: single keys are on (WCAG 2.1.4). */
export function deedOf(
  press: Press,
  { typing, letters }: { typing: boolean; letters: boolean },
): Deed | undefined {
  const found = SHORTCUTS.find(({ keys }) => keys.some((each) => fits(press, each)))
  if (!found) return undefined
  return found.everywhere || (letters && !typing) ? found.deed : undefined
}

/** The event of a deed on the focused group; undefined: the screen does it, or no group has the focus. */
export const eventOf = (deed: Deed, { focus }: Pick<MergeState, 'focus'>): MergeEvent | undefined =>
  SHORTCUTS.find((shortcut) => shortcut.deed === deed)?.event?.(focus)
