// Texts of an .xls: one or two bytes for a character, and long lists of them cut into records.

/** Bytes of a record and of those that continue it. A text that goes on in the next record says its width there again. */
export class Continued {
  readonly #parts: readonly Buffer[]
  #part = 0
  #at = 0

  constructor(parts: readonly Buffer[]) {
    this.#parts = parts
  }

  get is_done(): boolean {
    return this.#left === 0 && this.#part >= this.#parts.length - 1
  }

  get #left(): number {
    return (this.#parts[this.#part]?.length ?? 0) - this.#at
  }

  #nextPart(): void {
    this.#part++
    this.#at = 0
    if (this.#part >= this.#parts.length) throw new RangeError('a text goes on after the last record')
  }

  /** A number never goes over the end of a record. */
  number(bytes: 1 | 2 | 4): number {
    if (this.#left === 0) this.#nextPart()
    const value = this.#parts[this.#part]!.readUIntLE(this.#at, bytes)
    this.#at += bytes
    return value
  }

  skip(bytes: number): void {
    let rest = bytes
    while (rest > this.#left) {
      rest -= this.#left
      this.#nextPart()
    }
    this.#at += rest
  }

  characters(count: number, first_flags: number): string {
    let text = ''
    let is_wide = (first_flags & 1) === 1
    for (let rest = count; rest > 0; ) {
      if (this.#left === 0) {
        this.#nextPart()
        is_wide = (this.number(1) & 1) === 1
      }
      const width = is_wide ? 2 : 1
      const taken = Math.min(rest, Math.floor(this.#left / width))
      if (taken === 0) throw new RangeError('half a character at the end of a record')
      const end = this.#at + taken * width
      text += this.#parts[this.#part]!.toString(is_wide ? 'utf16le' : 'latin1', this.#at, end)
      this.#at = end
      rest -= taken
    }
    return text
  }

  /** A text with its length in front. */
  text(length_bytes: 1 | 2 = 2): string {
    const count = this.number(length_bytes)
    const flags = this.number(1)
    const runs = flags & 8 ? this.number(2) : 0
    const extra = flags & 4 ? this.number(4) : 0
    const text = this.characters(count, flags)
    this.skip(4 * runs + extra)
    return text
  }
}
