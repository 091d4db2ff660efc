// Slots, turns and bytes that a request holds while it is at work. All of them go back when its answer is made. A client that
// hangs up gives nothing back before the work ends, or it could put any amount of work behind the gate.

interface Holding {
  release: () => void
}

export class Holdings {
  readonly #held: Holding[] = []
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  /** A holding that comes when all is over goes back at once. */
  add(holding: Holding): void {
    if (this.#ended) holding.release()
    else this.#held.push(holding)
  }

  end(): void {
    this.#ended = true
    for (const holding of this.#held.splice(0)) holding.release()
  }
}
