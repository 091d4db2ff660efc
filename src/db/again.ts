// Doing a transaction once more that PostgreSQL took back because of another one.

import pg from 'pg'

/** The deadline passed while the work still waited: certainly nothing was written. */
export class DeadlinePassed extends Error {}

/**
 * A clash with a transaction that committed meanwhile (a key that it inserted first, a conflict of snapshots), or a ring
 * of locks: the same again sees the winner.
 */
const CLASH = ['23505', '40P01', '40001']
/** A lock was waited for too long. */
const LOCKED = '55P03'

const TRIES_MAX = 20

export interface Retry {
  /** clash: nothing else. lock: also a wait for a lock that took too long; each try may take as long again. */
  retry: 'clash' | 'lock'
  /** performance.now() after which there is no other try. */
  deadline?: number
}

export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

export const isClash = (error: unknown) => CLASH.includes(sqlState(error) ?? '')
export const isLocked = (error: unknown) => sqlState(error) === LOCKED

/** Nothing of a try that fails is written. Throws DeadlinePassed. */
export async function again<T>(
  work: () => Promise<T>,
  { retry, deadline = Number.POSITIVE_INFINITY }: Retry,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const may_retry = isClash(error) || (retry === 'lock' && isLocked(error))
      if (!may_retry || tries >= TRIES_MAX) throw error
      if (performance.now() > deadline) throw new DeadlinePassed()
    }
  }
}
