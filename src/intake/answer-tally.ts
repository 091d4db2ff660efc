// Counts what became of the leads and changes that senders offer. Each would be one more write, so they are written together
// every two seconds.

import {
  addIntakeAnswers,
  type IntakeAnswers,
  type IntakeDeed,
  sweepIntakeAnswers,
} from '../db/intake-answers.ts'
import type { Db } from '../db/pool.ts'

const WRITE_MS = 2_000
const SWEEP_MS = 60_000
/** A sender that makes up campaigns does not grow it: they count as none. This many keys and codes are beyond any place. */
const KINDS_MAX = 10_000

export class AnswerTally {
  readonly #db: Db
  #counted = new Map<string, IntakeAnswers>()
  #timer: NodeJS.Timeout | undefined
  #swept_at = 0

  constructor(db: Db) {
    this.#db = db
  }

  /** `campaign_id`: 0 for none. */
  count(deed: IntakeDeed, code: number, campaign_id: number, actor: string, answers = 1): void {
    const kind = `${deed} ${code} ${campaign_id} ${actor}`
    const known = this.#counted.get(kind)
    if (known) known.answers += answers
    else if (this.#counted.size < KINDS_MAX)
      this.#counted.set(kind, { deed, code, campaign_id, actor, answers })
    this.#timer ??= setTimeout(() => void this.write(), WRITE_MS).unref()
  }

  /** Writes what was counted. What cannot be written is not counted: it is a measure, no record. */
  async write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const counted = [...this.#counted.values()]
    this.#counted = new Map()
    if (counted.length === 0) return
    try {
      await addIntakeAnswers(this.#db, counted)
      if (performance.now() - this.#swept_at < SWEEP_MS) return
      this.#swept_at = performance.now()
      await sweepIntakeAnswers(this.#db)
    } catch {
      // The next ones are written when the database is back.
    }
  }
}
