// What changes without a move of the focus is said to screen readers: one voice, the latest message wins.

import { createStore, useStore } from '../store.ts'

const message = createStore('')
let timer: ReturnType<typeof setTimeout> | undefined

/** Politely: saved, 12 results, 3 new. Loss and refusals have alerts of their own where they happen. */
export function announce(said: string): void {
  clearTimeout(timer)
  // Cleared first, so that the same words are said again.
  message.set('')
  timer = setTimeout(() => message.set(said), 150)
}

export function Announcer() {
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      {useStore(message)}
    </div>
  )
}
