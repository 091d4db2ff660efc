// Bytes that requests hold in memory, shared between keys: a key may hold as much as it leaves free, so that there is
// always room for another one. A key that wants more loses the oldest of its own bytes that can be cut.

interface Owner {
  bytes: number
  /** Those that can be cut, the oldest first. */
  cuts: Set<Held>
}

/** Bytes that are held, until they are released. */
export class Held {
  readonly #budget: Budget
  readonly #key: string
  readonly #owner: Owner
  readonly #onCut: (() => void) | undefined
  #bytes = 0
  #released = false

  constructor(budget: Budget, key: string, owner: Owner, onCut?: () => void) {
    this.#budget = budget
    this.#key = key
    this.#owner = owner
    this.#onCut = onCut
    if (onCut) owner.cuts.add(this)
  }

  /** It holds so many bytes now, whether they fit or not. */
  resize(bytes: number): void {
    if (this.#released) return
    const more = bytes - this.#bytes
    this.#bytes = bytes
    this.#owner.bytes += more
    this.#budget.bytes += more
  }

  /** It cannot be cut any more. */
  keep(): void {
    this.#owner.cuts.delete(this)
  }

  cut(): void {
    this.release()
    this.#onCut?.()
  }

  release(): void {
    if (this.#released) return
    this.resize(0)
    this.#released = true
    this.keep()
    if (this.#owner.bytes === 0 && this.#owner.cuts.size === 0) this.#budget.forget(this.#key, this.#owner)
  }
}

export class Budget {
  readonly #bytes_max: number
  readonly #owners = new Map<string, Owner>()
  /** All that is held. */
  bytes = 0

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max
  }

  /**
   * `onCut`: ends the holder; the bytes are released by then. Without it they cannot be cut. Undefined: there is no
   * room, and nothing of the key's to cut.
   */
  hold(key: string, bytes: number, onCut?: () => void): Held | undefined {
    const owner = this.#owners.get(key) ?? { bytes: 0, cuts: new Set() }
    while (owner.bytes + bytes > this.#bytes_max - this.bytes) {
      const [oldest] = owner.cuts
      if (!oldest) return undefined
      oldest.cut()
    }
    // An owner whose last bytes were cut is forgotten; these are of the same again.
    this.#owners.set(key, owner)
    const held = new Held(this, key, owner, onCut)
    held.resize(bytes)
    return held
  }

  forget(key: string, owner: Owner): void {
    if (this.#owners.get(key) === owner) this.#owners.delete(key)
  }
}
