// Archives: what is in a .zip, and the bytes of .gz and .zip. What unpacks to far more than its size is refused.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { crc32, createGunzip } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { LIMITS } from '../core/limits.ts'
import { cleanName } from '../core/table-head.ts'
import type { Bytes } from './bytes.ts'
import { UnreadableFile } from './unreadable.ts'

/** A workbook has a dozen; a zip of do-not-call lists some hundreds. */
const ENTRIES_MAX = 10_000
/** Less than this harms nobody, however well it was packed. */
const HARMLESS_BYTES = 64 * 1024 * 1024

function refuseBomb(unpacked: number, packed: number): void {
  if (unpacked <= HARMLESS_BYTES) return
  if (unpacked > LIMITS.unpacked_bytes_max || unpacked > packed * LIMITS.unpacked_ratio_max)
    throw new UnreadableFile('bomb')
}

/** What a library says of bytes that are no archive, or no whole one. */
const damaged = (error: unknown) => (error instanceof UnreadableFile ? error : new UnreadableFile('damaged'))

export class ZippedFile implements AsyncDisposable {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  static async open(path: string): Promise<ZippedFile> {
    const entries = new Map<string, Entry>()
    let zip: ZipFile | undefined
    try {
      zip = await openPromise(path, { lazyEntries: true, autoClose: false })
      if (zip.entryCount > ENTRIES_MAX) throw new UnreadableFile('bomb')
      for await (const entry of zip.eachEntry())
        if (!entry.fileName.endsWith('/')) entries.set(cleanName(entry.fileName), entry)
    } catch (error) {
      zip?.close()
      throw damaged(error)
    }
    return new ZippedFile(zip, entries)
  }

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** Throws for a name that the archive does not have. */
  bytes(name: string): Bytes {
    const entry = this.#entries.get(name)
    if (!entry) throw new UnreadableFile('damaged', `It has no part ${name}.`)
    if (entry.isEncrypted()) throw new UnreadableFile('encrypted')
    refuseBomb(entry.uncompressedSize, entry.compressedSize)
    return { open: () => this.#read(entry) }
  }

  async *#read(entry: Entry): AsyncGenerator<Buffer> {
    let sum = 0
    try {
      // The library ends a stream that has more bytes than the entry says, but does not compare the sum.
      for await (const chunk of await this.#zip.openReadStreamPromise(entry)) {
        sum = crc32(chunk, sum)
        yield chunk
      }
      if (sum !== entry.crc32) throw new UnreadableFile('damaged')
    } catch (error) {
      throw damaged(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#zip.close()
  }
}

export function gunzipped(path: string): Bytes {
  return {
    async *open() {
      const { size } = await stat(path)
      let unpacked = 0
      try {
        for await (const chunk of createReadStream(path).pipe(createGunzip({ chunkSize: 256 * 1024 }))) {
          unpacked += chunk.length
          refuseBomb(unpacked, size)
          yield chunk
        }
      } catch (error) {
        throw damaged(error)
      }
    },
  }
}
