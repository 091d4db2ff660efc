// The file system inside of an .xls (and of a workbook with a password): named streams in chained sectors.

import { UnreadableFile } from './unreadable.ts'

const HEADER_BYTES = 512
const ENTRY_BYTES = 128
const MINI_BYTES = 64
/** Chains end with one of the special numbers from here on. */
const SPECIAL = 0xfffffffa
const DIFAT_IN_HEADER = 109
/** Smaller streams are in the sectors of the mini stream. */
const MINI_STREAM_MAX = 4_096

interface Entry {
  name: string
  is_stream: boolean
  start: number
  size: number
}

export class CompoundFile {
  readonly #bytes: Buffer
  readonly #sector_bytes: number
  readonly #next: number[]
  readonly #next_mini: number[]
  readonly #mini: Buffer
  readonly #entries: readonly Entry[]

  /** Throws UnreadableFile for bytes that do not hold together. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes
    const shift = bytes.length >= HEADER_BYTES ? bytes.readUInt16LE(30) : 0
    if (shift !== 9 && shift !== 12) throw new UnreadableFile('damaged')
    this.#sector_bytes = 2 ** shift
    this.#next = this.#readTable()
    this.#entries = this.#readEntries(this.#chain(bytes.readUInt32LE(48)))
    this.#next_mini = numbersOf(this.#chain(bytes.readUInt32LE(60)))
    const root = this.#entries[0]
    this.#mini = root ? this.#chain(root.start) : Buffer.alloc(0)
  }

  get names(): string[] {
    return this.#entries.map(({ name }) => name)
  }

  /** Undefined: there is none of this name. */
  stream(name: string): Buffer | undefined {
    const entry = this.#entries.find((entry) => entry.is_stream && entry.name === name)
    if (!entry) return undefined
    const chained = entry.size < MINI_STREAM_MAX ? this.#miniChain(entry.start) : this.#chain(entry.start)
    if (chained.length < entry.size) throw new UnreadableFile('damaged')
    return chained.subarray(0, entry.size)
  }

  #sector(number: number): Buffer {
    const start = (number + 1) * this.#sector_bytes
    if (start >= this.#bytes.length) throw new UnreadableFile('damaged')
    // The last sector of a file may be shorter.
    return this.#bytes.subarray(start, start + this.#sector_bytes)
  }

  /** The table of sectors, which is itself in sectors: the header names the first of them, chained sectors the rest. */
  #readTable(): number[] {
    const bytes = this.#bytes
    const sectors = numbersOf(bytes.subarray(76, 76 + 4 * DIFAT_IN_HEADER))
    let next = bytes.readUInt32LE(68)
    const sectors_max = bytes.length / this.#sector_bytes
    while (next < SPECIAL && sectors.length <= sectors_max + DIFAT_IN_HEADER) {
      const numbers = numbersOf(this.#sector(next))
      next = numbers.pop() ?? SPECIAL
      sectors.push(...numbers)
    }
    return sectors.filter((number) => number < SPECIAL).flatMap((number) => numbersOf(this.#sector(number)))
  }

  #chain(start: number): Buffer {
    return Buffer.concat([...followed(start, this.#next)].map((number) => this.#sector(number)))
  }

  #miniChain(start: number): Buffer {
    return Buffer.concat(
      [...followed(start, this.#next_mini)].map((number) =>
        this.#mini.subarray(number * MINI_BYTES, (number + 1) * MINI_BYTES),
      ),
    )
  }

  #readEntries(directory: Buffer): Entry[] {
    const entries: Entry[] = []
    for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
      const name_bytes = Math.min(directory.readUInt16LE(at + 64), 64)
      entries.push({
        name: directory.toString('utf16le', at, at + Math.max(name_bytes - 2, 0)),
        is_stream: directory[at + 66] === 2,
        start: directory.readUInt32LE(at + 116),
        size: directory.readUInt32LE(at + 120),
      })
    }
    return entries
  }
}

/** A chain that comes back to itself would never end. */
function* followed(start: number, next: readonly number[]): Generator<number> {
  let number = start
  for (let steps = 0; number < SPECIAL; steps++) {
    const after = next[number]
    if (after === undefined || steps > next.length) throw new UnreadableFile('damaged')
    yield number
    number = after
  }
}

const numbersOf = (bytes: Buffer): number[] =>
  Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(4 * i))
