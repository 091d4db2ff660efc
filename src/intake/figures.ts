// Backlogs, for the metrics: read at most every ten seconds.

import { hoursNow } from '../core/contact-hours.ts'
import { closedZones } from '../core/legal-opening.ts'
import { listContactHours } from '../db/contact-hours.ts'
import {
  type Backlog,
  countQueue,
  oldestDue,
  type QueueState,
  readBacklog,
  startedAllocations,
} from '../db/figures.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'

export interface Waiting extends Backlog {
  queue: { state: QueueState; leads: number }[]
  oldest_due_s: number
}

const FRESH_MS = 10_000
/** Older figures are not shown. */
const STALE_MS = 30_000
/** At most this many pairs of an allocation and contact hours are read. */
const PLACES_MAX = 10_000

export class Figures {
  readonly #db: Db
  #read_at = Number.NEGATIVE_INFINITY
  #waiting: Waiting | undefined
  #reading: Promise<void> | undefined

  constructor(db: Db) {
    this.#db = db
  }

  /** The newest figures; undefined: there are none, or they are stale. */
  get latest(): Waiting | undefined {
    return performance.now() - this.#read_at < STALE_MS ? this.#waiting : undefined
  }

  /** Reads the figures again unless they are fresh. Resolves after success and failure alike, possibly late. */
  refresh(): Promise<void> {
    if (performance.now() - this.#read_at < FRESH_MS) return Promise.resolve()
    // The database may be away: the next refresh reads what this one could not.
    this.#reading ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }

  async #read(): Promise<void> {
    const backlog = await readBacklog(this.#db)
    const queue = await countQueue(this.#db)
    const now = this.#db.now ?? new Date().toISOString()
    const open = await openPlaces(this.#db, now)
    const oldest_due_s = await oldestDue(this.#db, open, closedZones(now))
    this.#waiting = { ...backlog, queue, oldest_due_s }
    this.#read_at = performance.now()
  }
}

/** Pairs in which leads may be called now. A callback elsewhere waits for its hours to open, not for a dialler. */
async function openPlaces(db: Db, now: string) {
  const hours = await listContactHours(db, SEES_ALL)
  const open = hours.flatMap((one) => {
    const { is_open, closed } = hoursNow(one, now)
    return is_open || one.local_to_lead ? [{ ...one, closed, own_open: is_open }] : []
  })
  const places = (await startedAllocations(db)).flatMap(({ allocation_id, contact_hours_id }) =>
    open.flatMap((one) => [
      { allocation_id, contact_hours_id: one.contact_hours_id, closed: one.closed, own_open: one.own_open },
      // 0: those of the template.
      ...(one.contact_hours_id === contact_hours_id
        ? [{ allocation_id, contact_hours_id: 0, closed: one.closed, own_open: one.own_open }]
        : []),
    ]),
  )
  return places.slice(0, PLACES_MAX)
}
