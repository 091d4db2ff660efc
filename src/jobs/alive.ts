// A process that takes jobs proves that it is alive. When it no longer can, other processes take its jobs over within
// seconds, but never while it is still at work: a process that loses its proof ends its tries before that.

import { setTimeout as sleep } from 'node:timers/promises'
import { goneWorkers, type Proof, proveAlive, releaseWorkers } from '../db/job-workers.ts'
import type { Db, Pool } from '../db/pool.ts'

/** How often the session of the proof is asked: a break in the network is found by this side first. */
const CHECK_MS = 1_000
const RETRY_MS = 250
/** So long after its last sign of life a process ends the tries at work, milliseconds. */
const GIVE_UP_MS = 4_000
/** So long a worker must be without a proof before its jobs are taken over, milliseconds: longer than it goes on. */
const GRACE_MS = 7_000

export class Alive {
  readonly #pool: Pool
  /** The worker whose proof is kept up. */
  #worker_id: string | undefined
  #proof: Promise<Proof> | undefined
  #last_sign = 0
  #stopped = false
  #lost = new AbortController()
  #give_up: NodeJS.Timeout | undefined
  readonly #check: NodeJS.Timeout

  constructor(pool: Pool) {
    this.#pool = pool
    this.#check = setInterval(() => void this.#ask(), CHECK_MS)
  }

  /** Aborted when nobody can tell any more that this process is alive: what is at work ends. */
  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** Resolves once it is proven that this worker is alive, or when the process stops. One worker at a time. */
  async prove(worker_id: string): Promise<void> {
    if (this.#worker_id !== worker_id) {
      await this.#end()
      this.#worker_id = worker_id
    }
    this.#proof ??= this.#give(worker_id)
    await this.#proof.catch(() => undefined)
  }

  /** Nothing is proven anew; what is at work may finish. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#check)
  }

  async end(): Promise<void> {
    this.stop()
    await this.#end()
  }

  async #end(): Promise<void> {
    const proof = this.#proof
    this.#proof = undefined
    this.#worker_id = undefined
    clearTimeout(this.#give_up)
    await proof?.then(({ end }) => end()).catch(() => undefined)
  }

  async #give(worker_id: string): Promise<Proof> {
    while (!this.#stopped && this.#worker_id === worker_id) {
      const began = performance.now()
      try {
        const proof = await proveAlive(this.#pool, worker_id, () => this.#onLost(worker_id))
        this.#sign(began)
        return proof
      } catch {
        await sleep(RETRY_MS)
      }
    }
    throw new Error('the worker stops')
  }

  async #ask(): Promise<void> {
    const began = performance.now()
    const proof = await this.#proof?.catch(() => undefined)
    if (!proof) return
    try {
      await proof.check()
      this.#sign(began)
    } catch {
      // A session that does not answer is ended, which is told to #onLost.
      await proof.end().catch(() => undefined)
    }
  }

  /** The session was there when this was asked. */
  #sign(at: number): void {
    this.#last_sign = at
    clearTimeout(this.#give_up)
    if (this.#lost.signal.aborted) this.#lost = new AbortController()
  }

  #onLost(worker_id: string): void {
    if (this.#worker_id !== worker_id) return
    const left_ms = this.#last_sign + GIVE_UP_MS - performance.now()
    clearTimeout(this.#give_up)
    this.#give_up = setTimeout(() => this.#lost.abort(), Math.max(0, left_ms))
    this.#proof = this.#give(worker_id)
    this.#proof.catch(() => undefined)
  }
}

/** Takes the jobs of workers over that are gone. */
export class Takeover {
  readonly #db: Db
  /** Since when a worker was found without a proof at every look, by performance.now(). */
  #missing = new Map<string, number>()

  constructor(db: Db) {
    this.#db = db
  }

  /** Frees the jobs of the workers that have been gone for long enough; whether there were any. */
  async look(): Promise<boolean> {
    const now = performance.now()
    const gone = await goneWorkers(this.#db)
    this.#missing = new Map(gone.map((id) => [id, this.#missing.get(id) ?? now]))
    const dead = gone.filter((id) => now - this.#missing.get(id)! >= GRACE_MS)
    if (dead.length > 0) await releaseWorkers(this.#db, dead)
    return dead.length > 0
  }
}
