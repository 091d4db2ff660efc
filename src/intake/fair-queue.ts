// A queue in which keys take turns; within a key the first comes first.

export class FairQueue<Item> {
  /** The key whose turn is next comes first; each has at least one item. */
  readonly #of = new Map<string, Set<Item>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(key: string, item: Item): void {
    const items = this.#of.get(key)
    if (items) items.add(item)
    else this.#of.set(key, new Set([item]))
    this.#size++
  }

  /** The next item whose key may have its turn now; that key goes behind the others. */
  take(may: (key: string) => boolean = () => true): Item | undefined {
    for (const [key, items] of this.#of) {
      if (!may(key)) continue
      const [item] = items as Set<Item> & Iterable<Item>
      this.#of.delete(key)
      items.delete(item!)
      if (items.size > 0) this.#of.set(key, items)
      this.#size--
      return item
    }
    return undefined
  }

  delete(key: string, item: Item): void {
    const items = this.#of.get(key)
    if (!items?.delete(item)) return
    if (items.size === 0) this.#of.delete(key)
    this.#size--
  }

  /** The item that came last of the key that has the most waiting; `than`: only if it has more than this key. */
  lastOfLongest(than: string): Item | undefined {
    let longest = this.#of.get(than)
    const own = longest?.size ?? 0
    for (const items of this.#of.values()) if (items.size > (longest?.size ?? 0)) longest = items
    // One place is given up only for a key that has fewer even with it.
    return longest && longest.size > own + 1 ? [...longest].at(-1) : undefined
  }
}
