// The keyboard of the merge screen, as data: the screen acts on it, the sheet of shortcuts lists it.

import type { MergeEvent, MergeState } from './state.ts'

export interface Press {
  key: string
  /** The place on the keyboard: digits are found by it, whatever the layout prints with Shift. */
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
  matches: (press: Press) => boolean
  /** Works while something is typed, and when single keys are turned off. */
  everywhere?: true
}

const plain = (press: Press) => !press.ctrl && !press.alt
const letter = (wanted: string) => (press: Press) =>
  plain(press) && !press.shift && press.key.toLowerCase() === wanted
const digit = (wanted: number, shift: boolean) => (press: Press) =>
  plain(press) &&
  press.shift === shift &&
  (press.code === `Digit${wanted}` || press.code === `Numpad${wanted}`)
const named = (wanted: string) => (press: Press) => plain(press) && !press.shift && press.key === wanted
const either =
  (...matches: ((press: Press) => boolean)[]) =>
  (press: Press) =>
    matches.some((match) => match(press))

export const SHORTCUTS: readonly Shortcut[] = [
  { deed: 'next', keys: ['n', '↓'], matches: either(letter('n'), named('ArrowDown')) },
  { deed: 'previous', keys: ['p', '↑'], matches: either(letter('p'), named('ArrowUp')) },
  { deed: 'take_mine', keys: ['1', '←'], matches: either(digit(1, false), named('ArrowLeft')) },
  { deed: 'take_theirs', keys: ['2', '→'], matches: either(digit(2, false), named('ArrowRight')) },
  { deed: 'take_base', keys: ['0'], matches: digit(0, false) },
  { deed: 'edit', keys: ['e'], matches: letter('e') },
  { deed: 'take_both', keys: ['b'], matches: letter('b') },
  { deed: 'all_mine', keys: ['Shift+1'], matches: digit(1, true) },
  { deed: 'all_theirs', keys: ['Shift+2'], matches: digit(2, true) },
  { deed: 'undo', keys: ['u'], matches: letter('u') },
  {
    deed: 'redo',
    keys: ['Shift+u'],
    matches: (press) => plain(press) && press.shift && press.key.toLowerCase() === 'u',
  },
  { deed: 'toggle_automatic', keys: ['a'], matches: letter('a') },
  { deed: 'preview', keys: ['v'], matches: letter('v') },
  {
    deed: 'save',
    keys: ['Ctrl+Enter'],
    matches: (press) => press.ctrl && !press.alt && !press.shift && press.key === 'Enter',
    everywhere: true,
  },
  { deed: 'cancel', keys: ['Esc'], matches: named('Escape'), everywhere: true },
  { deed: 'help', keys: ['?'], matches: (press) => plain(press) && press.key === '?' },
]

/** What a key does. `typing`: the focus is in an input. `letters`: single keys are not turned off (WCAG 2.1.4). */
export function deedOf(
  press: Press,
  { typing, letters }: { typing: boolean; letters: boolean },
): Deed | undefined {
  const found = SHORTCUTS.find(({ matches }) => matches(press))
  if (!found) return undefined
  return found.everywhere || (letters && !typing) ? found.deed : undefined
}

/** The event of a deed on the focused group; undefined: the screen does it, or there is nothing to do it to. */
export function eventOf(deed: Deed, { focus }: Pick<MergeState, 'focus'>): MergeEvent | undefined {
  switch (deed) {
    case 'take_mine':
      return focus === null ? undefined : { type: 'decide', group: focus, take: 'mine' }
    case 'take_theirs':
      return focus === null ? undefined : { type: 'decide', group: focus, take: 'theirs' }
    case 'take_base':
      return focus === null ? undefined : { type: 'decide', group: focus, take: 'base' }
    case 'edit':
      return focus === null ? undefined : { type: 'edit', group: focus }
    case 'all_mine':
      return { type: 'decide_all', take: 'mine' }
    case 'all_theirs':
      return { type: 'decide_all', take: 'theirs' }
    case 'next':
    case 'previous':
    case 'undo':
    case 'redo':
    case 'save':
    case 'cancel':
      return { type: deed }
    case 'take_both':
    case 'toggle_automatic':
    case 'preview':
    case 'help':
      return undefined
    default:
      return deed satisfies never
  }
}
