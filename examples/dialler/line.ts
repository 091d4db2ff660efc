// The line to the server: patient where waiting helps, at an end where it does not.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, NoAnswer, type Problem } from '../../src/client/client.ts'

/** What no waiting mends: the key, the allocation, a disposition that the set does not have. */
export class Hopeless extends Error {}

const WAIT_S_MAX = 30

export interface Patience {
  /** Ends the waiting: the dialler stops. */
  stop: AbortSignal
  /** How often it is tried once the dialler stops. */
  tries_after_stop: number
  say: (line: string) => void
}

/**
 * Sends until there is an answer that counts. Waits as long as the server says (Retry-After), longer and longer where
 * it says nothing. Sending again is safe for everything that a dialler does: a lease that nobody got expires, and an
 * outcome is written once. Undefined: the dialler stops, and this has not got through.
 */
export async function send<Body>(
  request: () => Promise<Answer<Body>>,
  { stop, tries_after_stop, say }: Patience,
): Promise<Answer<Body> | undefined> {
  let after_stop = 0
  for (let tries = 0; ; tries++) {
    if (stop.aborted && after_stop++ >= tries_after_stop) return undefined
    const answer = await request().catch((error) => {
      if (error instanceof NoAnswer) return undefined
      throw error
    })
    if (answer && answer.status < 300) return answer
    const { retryable, written } = (answer?.body ?? {}) as Partial<Problem>
    if (answer && !retryable && written !== 'unknown') return answer
    const wait_s = answer?.retry_after_s ?? Math.min(2 ** tries, WAIT_S_MAX)
    say(`${answer ? `answered ${answer.code}` : 'no answer'}, again in ${wait_s} s`)
    // While it stops it does not wait for long, but it does wait.
    if (stop.aborted) await sleep(Math.min(wait_s, 2) * 1_000)
    else await sleep(wait_s * 1_000, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** The body of an answer that must be one. */
export function taken<Body>(answer: Answer<Body>): Body {
  if (answer.status < 300) return answer.body
  const { code, name, detail, fix } = answer.body as unknown as Problem
  throw new Hopeless(`${code} ${name}: ${detail}. ${fix}`)
}
