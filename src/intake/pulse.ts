// The pulse of a server: every three seconds it writes a row with a durable commit and compares clocks. Readyz judges by the
// age of the last write, so it writes nothing itself and never waits for a stalled commit.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Check, checkAnswer, checkClocks, checkDisk, checkWrites } from '../core/checks.ts'
import type { DiskSpace } from '../db/embedded.ts'
import { beat, clockAhead, endBeats, sweepBeats } from '../db/heartbeats.ts'
import type { Db } from '../db/pool.ts'

const BEAT_MS = 3_000
/** Longest wait for the database, milliseconds. */
const PATIENCE_MS = 1_000

export class Pulse {
  readonly #db: Db
  readonly #readDisk: (() => Promise<DiskSpace>) | undefined
  readonly #process = { process_id: randomUUID(), host: hostname(), pid: process.pid }
  #timer: NodeJS.Timeout | undefined
  #beating = false
  #looking = false
  #asking: Promise<boolean> | undefined
  #written_at: number | undefined
  /** Duration of the last write, seconds. */
  write_s: number | undefined
  /** Seconds by which our clock is ahead of the database's, as of its last answer. */
  clock_ahead_s = 0
  disk: DiskSpace | undefined

  /** `db`: a pool that requests do not use. `readDisk`: for the embedded PostgreSQL. */
  constructor(db: Db, readDisk?: () => Promise<DiskSpace>) {
    this.#db = db
    this.#readDisk = readDisk
  }

  /** Starts the pulse. Resolves after the first beat, or after a second. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS)
    const swept = sweepBeats(this.#db).catch(() => undefined)
    await inTime(swept.then(() => this.#beat()))
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await inTime(endBeats(this.#db, this.#process.process_id))
  }

  /** Seconds since the last confirmed write; null: no write was confirmed yet. */
  get write_age_s(): number | null {
    return this.#written_at === undefined ? null : (performance.now() - this.#written_at) / 1_000
  }

  /** Whether the database answers within a second. Callers at the same moment share one question. */
  async answers(): Promise<boolean> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return (await inTime(this.#asking)) ?? false
  }

  /** The checks of readyz. Resolves within a second. */
  async checks(): Promise<Check[]> {
    const answers = await this.answers()
    return [
      checkAnswer(answers),
      checkWrites(this.write_age_s),
      ...(this.disk ? [checkDisk(this.disk)] : []),
      checkClocks(this.clock_ahead_s),
    ]
  }

  async #ask(): Promise<boolean> {
    try {
      this.clock_ahead_s = await clockAhead(this.#db)
      return true
    } catch {
      return false
    }
  }

  /** A hanging disk delays only this method. */
  async #lookAtDisk(): Promise<void> {
    if (this.#looking || !this.#readDisk) return
    this.#looking = true
    this.disk = await this.#readDisk().catch(() => undefined)
    this.#looking = false
  }

  async #beat(): Promise<void> {
    if (this.#beating) return
    this.#beating = true
    try {
      void this.#lookAtDisk()
      await this.#ask()
      const began = performance.now()
      await beat(this.#db, this.#process, this.clock_ahead_s)
      this.#written_at = performance.now()
      this.write_s = (this.#written_at - began) / 1_000
    } catch {
      // The age of the last write shows it.
    } finally {
      this.#beating = false
    }
  }
}

/** The result of the work; undefined: it failed, or took longer than a second. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController()
  const limit = sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined)
  try {
    return await Promise.race([work.catch(() => undefined), limit])
  } finally {
    late.abort()
  }
}
