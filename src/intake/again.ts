// Doing a transaction once more that PostgreSQL took back because of another one.

import { sqlState } from '../db/pool.ts'
import { DeadlinePassed } from './batcher.ts'

/** Two transactions waited for each other in a ring, and this one was chosen to end. */
export const RING = ['40P01']
/** The other one inserted the same key first: the next try sees it. */
export const TAKEN = ['23505']
/** A lock was waited for too long. Each try may take as long again. */
export const LOCKED = ['55P03']

const TRIES = 20

/** `deadline`: performance.now() after which there is no other try. Nothing of a try that ends so is written. */
export async function again<T>(
  states: readonly string[],
  work: () => Promise<T>,
  deadline = Number.POSITIVE_INFINITY,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!states.includes(sqlState(error) ?? '') || tries >= TRIES) throw error
      if (performance.now() > deadline) throw new DeadlinePassed()
    }
  }
}
