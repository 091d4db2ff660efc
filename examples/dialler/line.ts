// The line to the server: waits where that helps, and gives up where it does not.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, NoAnswer, type Problem } from '../../src/client/client.ts'

/** Waiting cannot help: a wrong key or allocation, or a disposition that the set does not have. */
export class Hopeless extends Error {}

const WAIT_S_MAX = 30

export interface Patience {
  /** The dialler stops, which ends the waiting. */
  stop: AbortSignal
  /** How many tries are left after the dialler stops. */
  tries_after_stop: number
  say: (line: string) => void
}

/**
 * Sends until there is a final answer. Waits as long as the server says (Retry-After), or longer each time if it says
 * nothing. A dialler may repeat all of its requests: a lease from a lost answer expires, and an outcome is written once.
 * Undefined if the dialler stopped before the request got through.
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
    // A stopping dialler still waits, but not for long.
    if (stop.aborted) await sleep(Math.min(wait_s, 2) * 1_000)
    else await sleep(wait_s * 1_000, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** The body of a successful answer; throws for any other. */
export function taken<Body>(answer: Answer<Body>): Body {
  if (answer.status < 300) return answer.body
  const { code, name, detail, fix } = answer.body as unknown as Problem
  throw new Hopeless(`${code} ${name}: ${detail}. ${fix}`)
}
