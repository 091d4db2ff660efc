// The keyboard of the merge screen, and where its focus is.

import { type KeyboardEvent, useEffect, useRef } from 'react'
import { inputId } from '../lead/show.tsx'
import { shortcutsOn, useShortcuts } from '../shell/shortcuts.tsx'
import { useStore } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import { type Deed, deedOf, SHORTCUTS } from './keys.ts'

export const takeId = (group: string, take: string) => `take-${take}-${inputId(group)}`
export const SAVE_ID = 'save-merge'

const LISTED: Partial<Record<Deed, string>> = { save: 'mod+enter', redo: 'U' }

/** Keys work while the focus is inside the screen; single keys do not work while something is typed. */
export function useDeedKeys(run: (deed: Deed) => void) {
  const letters = useStore(shortcutsOn)
  // This fills the sheet of shortcuts, and lets keys work after a click beside the table.
  useShortcuts(
    SHORTCUTS.filter(({ deed }) => deed !== 'help' && deed !== 'cancel').map(({ deed, keys }) => ({
      keys: LISTED[deed] ?? keys[0]!,
      does: words.keys[deed],
      run: () => run(deed),
    })),
  )
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return
    const target = event.target as HTMLElement
    // An open dialog or list has keys of its own.
    if (target.closest('[role="dialog"], [role="listbox"]') || target.ariaExpanded === 'true') return
    const typing =
      target.isContentEditable || target.closest('textarea, select, input:not([type="radio"])') !== null
    const { key, code, shiftKey: shift, altKey: alt } = event
    const deed = deedOf({ key, code, shift, alt, ctrl: event.ctrlKey || event.metaKey }, { typing, letters })
    if (!deed) return
    event.preventDefault()
    run(deed)
  }
}

/** Moves the focus when the state moves it: to the choices of a group, or to the save button. */
export function useFocus(focus: string | null, is_busy: boolean): void {
  const before = useRef<{ focus?: string | null; is_busy: boolean }>({ is_busy: false })
  useEffect(() => {
    const last = before.current
    before.current = { focus, is_busy }
    // An edit and the form for a reason take the focus themselves, and give it back.
    if (is_busy || (last.focus === focus && !last.is_busy)) return
    const choices =
      focus === null
        ? []
        : ['mine', 'theirs', 'base']
            .map((take) => document.getElementById(takeId(focus, take)))
            .filter((element) => element instanceof HTMLInputElement)
    const target =
      focus === null
        ? document.getElementById(SAVE_ID)
        : (choices.find((input) => input.checked) ?? choices[0])
    if (target && !target.closest('tr')?.contains(document.activeElement)) target.focus()
  }, [focus, is_busy])
}
