// The keyboard of the merge screen, and where its focus is.

import { type KeyboardEvent, useEffect, useRef } from 'react'
import { shortcutsOn, useShortcuts } from '../shell/shortcuts.ts'
import { useStore } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import { SAVE_ID, takeId } from './ids.ts'
import { type Deed, deedOf, SHORTCUTS } from './keys.ts'

/** Keys work while the focus is anywhere on the screen's own part, single ones not while something is typed. */
export function useDeedKeys(run: (deed: Deed) => void) {
  const letters = useStore(shortcutsOn)
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return
    const target = event.target as HTMLElement
    // What is open over the screen has keys of its own.
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

/** For the sheet of shortcuts; and so that keys work after a click beside the table. */
export function useListed(run: (deed: Deed) => void): void {
  useShortcuts(
    SHORTCUTS.filter(({ deed }) => deed !== 'help' && deed !== 'cancel').map(({ deed, keys }) => ({
      keys: LISTED[deed] ?? keys[0]!,
      does: words.keys[deed],
      run: () => run(deed),
    })),
  )
}

const LISTED: Partial<Record<Deed, string>> = { save: 'mod+enter', redo: 'U' }

/** The focus goes where the state says, when that changes: to the choices of a group, or to the save button. */
export function useFocus(focus: string | null, editing: string | null, explaining: boolean): void {
  const before = useRef<{ focus: string | null | undefined; editing: string | null; explaining: boolean }>({
    focus: undefined,
    editing: null,
    explaining: false,
  })
  useEffect(() => {
    const last = before.current
    before.current = { focus, editing, explaining }
    // An edit and a question for the reason take the focus themselves, and give it back.
    if (editing !== null || explaining) return
    const returned = last.editing !== null || last.explaining
    if (last.focus === focus && !returned) return
    const row = focus === null ? undefined : ['mine', 'theirs', 'base'].map((take) => takeId(focus, take))
    const found = row
      ?.map((id) => document.getElementById(id))
      .filter((element): element is HTMLInputElement => element instanceof HTMLInputElement)
    const target = found
      ? (found.find((input) => input.checked) ?? found[0])
      : document.getElementById(SAVE_ID)
    if (target && !target.closest('tr')?.contains(document.activeElement)) target.focus()
  }, [focus, editing, explaining])
}
