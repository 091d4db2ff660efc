// Keys and sessions that were looked up a moment ago.

/** How long a value may serve, milliseconds. A revoked key works in no process for longer. */
const FRESH_MS = 500
const KNOWN_MAX = 10_000

/** Looks values up by a secret, and keeps each for half a second. */
export class Fresh<Value> {
  readonly #look: (secret: string) => Promise<Value>
  readonly #known = new Map<string, { until: number; value: Promise<Value> }>()

  constructor(look: (secret: string) => Promise<Value>) {
    this.#look = look
  }

  find(secret: string): Promise<Value> {
    const known = this.#known.get(secret)
    if (known && known.until > performance.now()) return known.value
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    const value = this.#look(secret)
    this.#known.set(secret, { until: performance.now() + FRESH_MS, value })
    value.catch(() => this.#known.delete(secret))
    return value
  }

  forget(secret: string): void {
    this.#known.delete(secret)
  }

  clear(): void {
    this.#known.clear()
  }
}
