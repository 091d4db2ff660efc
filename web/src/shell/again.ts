// A button that does the opposite next: a double click, or a key that is held, must not take back what it did.

import { useRef } from 'react'

export const AGAIN_MS = 750

/** Whether this press is meant: it does not follow another one at once. */
export function useMeant(): () => boolean {
  const pressed = useRef(Number.NEGATIVE_INFINITY)
  return () => {
    const now = performance.now()
    const is_meant = now - pressed.current >= AGAIN_MS
    pressed.current = now
    return is_meant
  }
}
