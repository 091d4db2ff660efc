// The do-not-call lists of the model: entries that are added, removed and lapse.

export type DncList = 'private' | 'client' | 'campaign'

interface Entry {
  list: DncList
  expires: number | null
  removed: boolean
}

export class DncLists {
  readonly #now: () => number
  readonly #entries = new Map<number, Entry[]>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** The entries of a number on a list that are not removed. */
  #listed(list: DncList, number: number): Entry[] {
    return (this.#entries.get(number) ?? []).filter((entry) => entry.list === list && !entry.removed)
  }

  #stands(list: DncList, number: number): boolean {
    return this.#listed(list, number).some(({ expires }) => expires === null || expires > this.#now())
  }

  /** The private list blocks everywhere, the campaign's its campaign; a client may be called despite the latter. */
  isBlocked(number: number): boolean {
    if (this.#stands('private', number)) return true
    return this.#stands('campaign', number) && !this.#stands('client', number)
  }

  /** Answers how many entries were made: none for a number that is on the list for as long already. */
  block(list: DncList, numbers: number[], expires: number | null): number {
    let made = 0
    for (const number of new Set(numbers)) {
      const as_long = (entry: Entry) =>
        entry.expires === null ||
        (entry.expires > this.#now() && expires !== null && entry.expires >= expires)
      if (this.#listed(list, number).some(as_long)) continue
      const entries = this.#entries.get(number) ?? []
      entries.push({ list, expires, removed: false })
      this.#entries.set(number, entries)
      made++
    }
    return made
  }

  /** Answers how many of the numbers had no entry on the list. */
  unblock(list: DncList, numbers: number[]): number {
    let not_listed = 0
    for (const number of new Set(numbers)) {
      const found = this.#listed(list, number)
      for (const entry of found) entry.removed = true
      if (found.length === 0) not_listed++
    }
    return not_listed
  }
}
