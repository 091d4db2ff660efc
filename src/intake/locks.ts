// Work that meets a lock waits by itself: never in a batch, and never in a turn that others wait for.

import { isLocked } from '../db/again.ts'

/** How long a change waits for a lock in all. No statement of ours holds one for longer. */
export const LOCKED_MS_MAX = 20_000
const RETRY_MS = 10
const RETRY_MS_MAX = 250

/** Another transaction held a lock for too long: certainly nothing was written. */
export class Locked extends Error {}

/** The time until the next try, with some chance in it, so that tries do not march in step. */
export const retryAfterMs = (tries: number) =>
  Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** tries) * (0.5 + Math.random() / 2)

/** Rolls a transaction back one of whose rows is locked. */
export class RowLocked extends Error {}

/** Does the work, whole or not at all, once it meets no lock any more. */
export async function pastLocks<T>(work: () => Promise<T>, wait_ms = LOCKED_MS_MAX): Promise<T> {
  const gives_up = performance.now() + wait_ms
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isLocked(error) && !(error instanceof RowLocked)) throw error
      if (performance.now() > gives_up) throw new Locked()
    }
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs(tries)))
  }
}
