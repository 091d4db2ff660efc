// The gate in front of intake: so many requests at work, so many waiting. Keys take turns; within a key the first comes
// first.
//
// A refusal (109) is decided only while a request still waits, so it certainly wrote nothing.

import { FairQueue } from './fair-queue.ts'

export interface GateOptions {
  slots: number
  queue_max: number
  /** Longest wait for a slot, milliseconds. */
  wait_ms: number
  /**
   * A key gets a slot while it holds fewer than this times the free ones. So a key that holds slots for long leaves some to
   * the others: with 1 a key alone has half of the slots, with 7 seven eighths. Without it a key may hold all.
   */
  share?: number
}

/** `left`: the client hung up while waiting. */
export type Admission = 'admitted' | 'timeout' | 'full' | 'left'

interface Asking {
  /** The caller in whose turn it waits. */
  key?: string
  signal?: AbortSignal
  /** For a request that may wait less than others. */
  wait_ms?: number
}

interface Waiter {
  key: string
  settle: (admission: Admission) => void
  timer: NodeJS.Timeout
}

export class Gate {
  readonly #options: Required<GateOptions>
  readonly #waiting = new FairQueue<Waiter>()
  readonly #held = new Map<string, number>()
  #busy = 0
  #admitted = 0

  constructor(options: GateOptions) {
    this.#options = { share: Number.POSITIVE_INFINITY, ...options }
  }

  get busy(): number {
    return this.#busy
  }

  /** How many it has let in so far. */
  get admitted(): number {
    return this.#admitted
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits for a slot. Every 'admitted' must be given back by one `leave()` of the same key. */
  enter({ key = '', signal, wait_ms = this.#options.wait_ms }: Asking = {}): Promise<Admission> | Admission {
    if (signal?.aborted) return 'left'
    if (this.#mayHold(key)) {
      this.#hold(key)
      return 'admitted'
    }
    if (this.#waiting.size >= this.#options.queue_max) {
      // Only the key that fills the queue is turned away.
      const youngest = this.#waiting.lastOfLongest(key)
      if (!youngest) return 'full'
      youngest.settle('full')
    }
    return new Promise((resolve) => {
      const settle = (admission: Admission) => {
        clearTimeout(waiter.timer)
        this.#waiting.delete(key, waiter)
        signal?.removeEventListener('abort', onAbort)
        resolve(admission)
      }
      const onAbort = () => settle('left')
      const waiter: Waiter = { key, settle, timer: setTimeout(() => settle('timeout'), wait_ms) }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(key, waiter)
    })
  }

  /** Gives a slot back: it goes to the next key in turn. */
  leave(key = ''): void {
    const held = this.#held.get(key) ?? 0
    if (held === 0) throw new Error('a slot was given back twice')
    if (held === 1) this.#held.delete(key)
    else this.#held.set(key, held - 1)
    this.#busy--
    const may = (one: string) => this.#mayHold(one)
    for (let next = this.#waiting.take(may); next; next = this.#waiting.take(may)) {
      this.#hold(next.key)
      next.settle('admitted')
    }
  }

  #mayHold(key: string): boolean {
    const free = this.#options.slots - this.#busy
    return free > 0 && (this.#held.get(key) ?? 0) < this.#options.share * free
  }

  #hold(key: string): void {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1)
    this.#busy++
    this.#admitted++
  }

  /** Seconds after which a retry makes sense: the time in which the queue of now could have drained, jittered. */
  retryAfterSeconds(random: number = Math.random()): number {
    const load = this.#waiting.size / Math.max(1, this.#options.queue_max)
    return 1 + Math.floor(random * (1 + 4 * load))
  }
}
