// The texts of a workbook, which its cells name by number. A million rows have millions of them, so they are written to a
// file beside it, and read back in blocks: cells name them nearly in order.

import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/** After a workbook was sorted its cells name them in any order: a small block is read quickly. */
const BLOCK_TEXTS = 64
const BLOCKS_KEPT = 2_048
const PENDING_BYTES = 256 * 1024

export class SharedStrings implements Disposable {
  readonly #file: number
  /** The places of the blocks in the file, and of its end. */
  readonly #starts: number[] = [0]
  readonly #kept = new Map<number, string[]>()
  #block: string[] = []
  #pending: Buffer[] = []
  #pending_bytes = 0
  #count = 0

  constructor(path: string) {
    this.#file = openSync(path, 'wx+', 0o600)
  }

  get count(): number {
    return this.#count
  }

  add(text: string): void {
    this.#count++
    if (this.#block.push(text) === BLOCK_TEXTS) this.#endBlock()
  }

  /** Call it after the last text, before the first is asked for. */
  end(): void {
    if (this.#block.length > 0) this.#endBlock()
    this.#flush()
  }

  at(index: number): string | undefined {
    const number = Math.floor(index / BLOCK_TEXTS)
    let block = this.#kept.get(number)
    if (!block) {
      const [start, end] = [this.#starts[number], this.#starts[number + 1]]
      if (start === undefined || end === undefined) return undefined
      const bytes = Buffer.allocUnsafe(end - start)
      readSync(this.#file, bytes, 0, bytes.length, start)
      block = JSON.parse(bytes.toString()) as string[]
      if (this.#kept.size >= BLOCKS_KEPT) this.#kept.delete(this.#kept.keys().next().value!)
      this.#kept.set(number, block)
    }
    return block[index % BLOCK_TEXTS]
  }

  #endBlock(): void {
    const bytes = Buffer.from(JSON.stringify(this.#block))
    this.#block = []
    this.#starts.push(this.#starts.at(-1)! + bytes.length)
    this.#pending.push(bytes)
    this.#pending_bytes += bytes.length
    if (this.#pending_bytes >= PENDING_BYTES) this.#flush()
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    this.#pending = []
    this.#pending_bytes = 0
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
