// Keeps the texts of search up with the leads, and makes the indexes that this version has and an older one had not. Every
// process has one; one at a time is at work.

import { setTimeout as sleep } from 'node:timers/promises'
import { makeCallIndex } from '../db/call-index.ts'
import { indexNext, refoldNext, rewind } from '../db/lead-texts.ts'
import type { Pool } from '../db/pool.ts'
import { makeZoneIndex } from '../db/queue-index.ts'
import { changeIndex } from '../db/search-index.ts'

/** It looks by itself, for what other processes took in. */
const LOOK_MS = 1_000
/** Leads that come in within such a time are indexed together. */
const GATHER_MS = 200
/** How long to leave to another process that holds the turn. */
const OTHERS_MS = 50
/** For this many rounds in a row it rests as long as it works; an index that is further behind catches up instead. */
const PATIENT_ROUNDS = 5
/** When to look again whether the index is as it should be: another process is at it, or it failed. */
const INDEX_MS = 5_000

export class Indexer {
  readonly #pool: Pool
  readonly #end = new AbortController()
  #running: Promise<unknown> | undefined
  #asked = false
  /** Whether all texts are folded as it is done now. */
  #is_refolded = false
  #wake: () => void = () => {}

  constructor(pool: Pool) {
    this.#pool = pool
  }

  start(): void {
    const making = [changeIndex, makeZoneIndex, makeCallIndex].map((index) => this.#make(index))
    this.#running = Promise.all([this.#run(), ...making])
  }

  /** Leads have come in or changed. */
  wake(): void {
    this.#asked = true
    this.#wake()
  }

  /** Resolves when the round at work is over; the next start, or a search, finds the rest. */
  async stop(): Promise<void> {
    this.#end.abort()
    this.#wake()
    await this.#running
  }

  /** Indexes without a pause until little is left, or until the time (performance.now()) is over. */
  async catchUp(until: number): Promise<void> {
    while (performance.now() < until && (await indexNext(this.#pool)));
    // Another process may be at it.
    await this.#pause(OTHERS_MS)
  }

  async #run(): Promise<void> {
    // The database may be away: the next look does what this one could not.
    await rewind(this.#pool).catch(() => undefined)
    while (!this.#end.signal.aborted) {
      this.#asked = false
      await this.#rounds().catch(() => undefined)
      await this.#pause(GATHER_MS)
      await this.#nextLook()
    }
  }

  /** Brings an index to where it should be, whichever process does it. */
  async #make(index: (pool: Pool, signal: AbortSignal) => Promise<boolean>): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted && !(await index(this.#pool, signal).catch(() => false)))
      await this.#pause(INDEX_MS)
  }

  async #rounds(): Promise<void> {
    for (let rounds = 1; !this.#end.signal.aborted; rounds++) {
      const began = performance.now()
      const is_behind = await indexNext(this.#pool)
      if (!is_behind && !(await this.#refold())) return
      if (!is_behind || rounds <= PATIENT_ROUNDS) await this.#pause(performance.now() - began)
    }
  }

  /** Whether there is more to be folded anew, by this process. */
  async #refold(): Promise<boolean> {
    if (this.#is_refolded) return false
    const more = await refoldNext(this.#pool)
    this.#is_refolded = more === false
    return more === true
  }

  async #nextLook(): Promise<void> {
    if (this.#asked) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    await Promise.race([promise, this.#pause(LOOK_MS)])
  }

  /** Cut short by the stop. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#end.signal }).catch(() => undefined)
  }
}
