// Says on a terminal how far a backup, restore or export is.

const SHOWN_EVERY_MS = 250
const MEGABYTE = 1_000_000

export const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`

class Progress {
  readonly #is_shown = process.stderr.isTTY
  readonly #began = performance.now()
  #shown_at = 0
  #bytes = 0

  /** So many more bytes of a part are done. */
  readonly add = (part: string, bytes: number): void => {
    this.#bytes += bytes
    const now = performance.now()
    if (!this.#is_shown || now - this.#shown_at < SHOWN_EVERY_MS) return
    this.#shown_at = now
    const seconds = (now - this.#began) / 1_000
    this.#line(`${part}: ${megabytes(this.#bytes)} in ${seconds.toFixed(0)} s`)
  }

  /** Clears the line. */
  end(): void {
    if (this.#is_shown) this.#line('')
  }

  #line(text: string): void {
    process.stderr.write(`\r\u001b[K${text}`)
  }
}

/** What runs says how far it is; the line is gone when it ends. */
export async function showing<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = new Progress()
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}
