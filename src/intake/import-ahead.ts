// The next rows of an import are fetched and read while PostgreSQL writes those before them: each needs a processor of its
// own, and half of the time of a row is spent on either.

import type { ImportChunk } from '../db/import-rows.ts'
import type { ReadRow, RowReading } from './import-reading.ts'

/** The rows of a chunk as they were read, by which rules. */
export interface RowsRead {
  reading: RowReading
  rows: readonly ReadRow[]
  /** performance.now() when it was. */
  at: number
}

export interface ReadyChunk {
  chunk: ImportChunk
  /** Undefined: they could not be read all together, and whoever takes them finds out which one is at fault. */
  read: RowsRead | undefined
}

type Coming = Promise<ReadyChunk | undefined>

export class ReadAhead {
  readonly #fetch: (place: number) => Coming
  #next: { place: number; coming: Coming } | undefined

  /** `fetch`: the chunk that has the row behind so many others, and its rows. */
  constructor(fetch: (place: number) => Coming) {
    this.#fetch = fetch
  }

  begin(place: number): void {
    const coming = this.#fetch(place)
    // Whoever takes it fetches it once more, and hears of it then.
    coming.catch(() => undefined)
    this.#next = { place, coming }
  }

  take(place: number): Coming {
    const next = this.#next
    this.#next = undefined
    return next?.place === place ? next.coming.catch(() => this.#fetch(place)) : this.#fetch(place)
  }
}

/** Rules may have changed since, milliseconds: as long as those of a request are kept. */
const READ_MS_MAX = 500

/** The rows from one place of the chunk to another, unless they were read too long ago. */
export function partOf(read: RowsRead | undefined, from: number, to: number): RowsRead | undefined {
  if (!read || performance.now() - read.at > READ_MS_MAX) return undefined
  return { ...read, rows: read.rows.slice(from, to) }
}
