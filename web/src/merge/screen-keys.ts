// The keyboard of the merge screen, and where its focus is.

import { type KeyboardEvent, useEffect, useRef } from 'react'
import { inputId } from '../lead/show.tsx'
import { shortcutsOn, useShortcuts } from '../shell/shortcuts.tsx'
import { useStore } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import { type Deed, deedOf, SHORTCUTS } from './keys.ts'

export const rowId = (group: string) => `row-${inputId(group)}`
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
  // Elsewhere it would save the page as a file.
  useShortcuts([{ keys: 'mod+s', does: words.keys.save, run: () => run('save') }])
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return
    const target = event.target as HTMLElement
    // An open dialog or list has keys of its own.
    if (target.closest('[role="dialog"], [role="listbox"]') || target.ariaExpanded === 'true') return
    const typing = target.isContentEditable || target.closest('textarea, select, input') !== null
    const { key, code, shiftKey: shift, altKey: alt } = event
    const deed = deedOf({ key, code, shift, alt, ctrl: event.ctrlKey || event.metaKey }, { typing, letters })
    if (!deed) return
    event.preventDefault()
    run(deed)
  }
}

/** From here down rows are cards, and one card after the other comes to the top. */
const CARDS = '(max-width: 900px)'

/** Moves the focus when the state moves it: to the row of a group, or to the save button. */
export function useFocus(focus: string | null, is_busy: boolean): void {
  const before = useRef<{ focus?: string | null; is_busy: boolean }>({ is_busy: false })
  useEffect(() => {
    const last = before.current
    before.current = { focus, is_busy }
    // An edit and the form for a reason take the focus themselves, and give it back.
    if (is_busy || (last.focus === focus && !last.is_busy)) return
    const target = document.getElementById(focus === null ? SAVE_ID : rowId(focus))
    if (!target || target.contains(document.activeElement)) return
    // The first row is in view already.
    const slides = focus !== null && last.focus !== undefined && window.matchMedia(CARDS).matches
    target.focus({ preventScroll: slides })
    const is_calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    if (slides) target.scrollIntoView({ block: 'start', behavior: is_calm ? 'auto' : 'smooth' })
  }, [focus, is_busy])
}
