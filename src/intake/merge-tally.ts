// Counts the updates that were merged without a person, by sender. Each would be one more write, so they are written
// together every few seconds.

import { countMerges } from '../db/conflict-figures.ts'
import type { Db } from '../db/pool.ts'

const WRITE_MS = 2_000

export class MergeTally {
  readonly #db: Db
  #merged = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(db: Db) {
    this.#db = db
  }

  count(actor: string): void {
    this.#merged.set(actor, (this.#merged.get(actor) ?? 0) + 1)
    this.#timer ??= setTimeout(() => void this.write(), WRITE_MS).unref()
  }

  /** Writes what was counted. What cannot be written is not counted: it is a measure, no record. */
  async write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const merged = this.#merged
    this.#merged = new Map()
    if (merged.size > 0) await countMerges(this.#db, merged).catch(() => undefined)
  }
}
