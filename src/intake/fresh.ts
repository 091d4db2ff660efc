// Keeps what was just looked up, so that a stream of requests does not ask the database each time.

/** How long a value may serve, milliseconds. A revoked key works in no process for longer. */
const FRESH_MS = 500
const KNOWN_MAX = 10_000

/** Looks values up by a key, and keeps each for half a second. */
export class Fresh<Key, Value> {
  readonly #look: (key: Key) => Promise<Value>
  readonly #known = new Map<Key, { at: number; value: Promise<Value> }>()

  constructor(look: (key: Key) => Promise<Value>) {
    this.#look = look
  }

  /** `ms_max`: the greatest age that will do. */
  find(key: Key, ms_max = FRESH_MS): Promise<Value> {
    const known = this.#known.get(key)
    if (known && performance.now() - known.at < ms_max) return known.value
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    const value = this.#look(key)
    this.#known.set(key, { at: performance.now(), value })
    value.catch(() => this.#known.delete(key))
    return value
  }

  forget(key: Key): void {
    this.#known.delete(key)
  }

  clear(): void {
    this.#known.clear()
  }
}
