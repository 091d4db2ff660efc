// The gate in front of intake: so many requests at work, so many waiting, first come first served.
//
// A refusal (109) is decided only while a request still waits, so it certainly wrote nothing.

export interface GateOptions {
  slots: number
  queue_max: number
  /** Longest wait for a slot, milliseconds. */
  wait_ms: number
}

/** `left`: the client hung up while waiting. */
export type Admission = 'admitted' | 'timeout' | 'full' | 'left'

interface Waiter {
  settle: (admission: Admission) => void
  timer: NodeJS.Timeout
}

export class Gate {
  readonly #options: GateOptions
  /** Insertion order is arrival order. */
  readonly #waiting = new Set<Waiter>()
  #busy = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  get busy(): number {
    return this.#busy
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits for a slot. Every 'admitted' must be given back by one `leave()`. `wait_ms`: for one that may wait less. */
  enter(signal?: AbortSignal, wait_ms = this.#options.wait_ms): Promise<Admission> | Admission {
    if (signal?.aborted) return 'left'
    if (this.#busy < this.#options.slots) {
      this.#busy++
      return 'admitted'
    }
    if (this.#waiting.size >= this.#options.queue_max) return 'full'
    return new Promise((resolve) => {
      const settle = (admission: Admission) => {
        clearTimeout(waiter.timer)
        this.#waiting.delete(waiter)
        signal?.removeEventListener('abort', onAbort)
        resolve(admission)
      }
      const onAbort = () => settle('left')
      const waiter: Waiter = { settle, timer: setTimeout(() => settle('timeout'), wait_ms) }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
    })
  }

  /** Gives a slot back: it goes to the one who has waited longest. */
  leave(): void {
    const [next] = this.#waiting
    if (next) next.settle('admitted')
    else if (this.#busy > 0) this.#busy--
    else throw new Error('a slot was given back twice')
  }

  /** Seconds after which a retry makes sense: the time in which the queue of now could have drained, jittered. */
  retryAfterSeconds(random: number = Math.random()): number {
    const load = this.#waiting.size / Math.max(1, this.#options.queue_max)
    return 1 + Math.floor(random * (1 + 4 * load))
  }
}
