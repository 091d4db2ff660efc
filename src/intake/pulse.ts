// The pulse of a server: every few seconds it writes a row, durably, and compares clocks. From this readyz knows whether
// leads can be taken, without writing itself and whatever the database does.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Check, checkAnswer, checkClocks, checkDisk, checkWrites } from '../core/checks.ts'
import type { DiskSpace } from '../db/embedded.ts'
import { beat, clockAhead, endBeats, sweepBeats } from '../db/heartbeats.ts'
import type { Db } from '../db/pool.ts'

const BEAT_MS = 3_000
/** How long anybody waits for the database here, milliseconds. */
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
  /** How long the last write took, seconds. */
  write_s: number | undefined
  /** How far our clock is ahead of the database's, when it last answered, seconds. */
  clock_ahead_s = 0
  disk: DiskSpace | undefined

  /** `db`: connections that nobody else waits for. `readDisk`: where the disk of the database is ours to look at. */
  constructor(db: Db, readDisk?: () => Promise<DiskSpace>) {
    this.#db = db
    this.#readDisk = readDisk
  }

  /** Begins to beat. Resolves after the first beat, or when it takes too long. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS)
    const swept = sweepBeats(this.#db).catch(() => undefined)
    await inTime(swept.then(() => this.#beat()))
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await inTime(endBeats(this.#db, this.#process.process_id))
  }

  /** Since the last write that was confirmed, seconds; null: there has been none. */
  get write_age_s(): number | null {
    return this.#written_at === undefined ? null : (performance.now() - this.#written_at) / 1_000
  }

  /** Whether the database answers now; it has a second for it. Many who ask at once ask once. */
  async answers(): Promise<boolean> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return (await inTime(this.#asking)) ?? false
  }

  /** Whether leads can be taken, and what is to be done. Answers within a second. */
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

  /** A disk that hangs keeps this waiting, and nothing else. */
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
      // It shows by the age of the last one.
    } finally {
      this.#beating = false
    }
  }
}

/** What comes in time; undefined: it fails, or takes longer. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController()
  const limit = sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined)
  try {
    return await Promise.race([work.catch(() => undefined), limit])
  } finally {
    late.abort()
  }
}
