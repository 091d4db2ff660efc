// Writes a zip file as it goes: nothing of it is known before, and nothing is kept but the directory at its end. Without
// that a program says that the file is damaged, so a file that was cut off never looks whole.

import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

export interface ZipEntry {
  name: string
  content: Iterable<string> | AsyncIterable<string>
}

/** Without the 64-bit fields of zip, which Excel does not take from everybody, no part and no file is longer. */
export const ZIP_BYTES_MAX = 0xffff_ffff

/** The file would be longer than a zip file can be. */
export class ZipFull extends Error {}

const LOCAL = 0x04034b50
const SIZES = 0x08074b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const VERSION = 20
/** The sizes follow the content, and names are UTF-8. */
const FLAGS = 0x0808
const DEFLATED = 8
/** Tables are packed to a tenth, quickly. */
const LEVEL = 3

interface Written {
  name: Buffer
  at: number
  crc: number
  packed: number
  bytes: number
}

/** `at`: of files, which have all the same: that of the export. */
export async function* zipBytes(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
  at: Date,
): AsyncGenerator<Buffer> {
  const stamp = stampOf(at)
  const directory: Written[] = []
  let length = 0
  const counted = (bytes: Buffer) => {
    length += bytes.length
    if (length > ZIP_BYTES_MAX) throw new ZipFull('the file is longer than a workbook can be')
    return bytes
  }
  for await (const { name: text, content } of entries) {
    const entry: Written = { name: Buffer.from(text), at: length, crc: 0, packed: 0, bytes: 0 }
    yield counted(Buffer.concat([head(LOCAL, entry, stamp, 30), entry.name]))
    for await (const packed of deflated(content, entry)) {
      entry.packed += packed.length
      yield counted(packed)
    }
    const sizes = Buffer.alloc(16)
    sizes.writeUInt32LE(SIZES, 0)
    writeSizes(sizes, 4, entry)
    yield counted(sizes)
    directory.push(entry)
  }
  yield counted(ending(directory, stamp, length))
}

async function* deflated(content: ZipEntry['content'], entry: Written): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: LEVEL })
  const fed = pipeline(async function* () {
    for await (const text of content) {
      const bytes = Buffer.from(text)
      entry.crc = crc32(bytes, entry.crc)
      entry.bytes += bytes.length
      if (entry.bytes > ZIP_BYTES_MAX) throw new ZipFull('a sheet is longer than a workbook can have')
      yield bytes
    }
  }, deflate)
  // It is waited for below; what fails before ends the reading of what was packed.
  fed.catch(() => undefined)
  try {
    for await (const packed of deflate) yield packed as Buffer
    await fed
  } finally {
    // Whoever stops reading waits until the content has ended, too.
    if (!deflate.closed) {
      deflate.destroy()
      await once(deflate, 'close').catch(() => undefined)
    }
    await fed.catch(() => undefined)
  }
}

function head(signature: number, { name }: Written, stamp: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const at = signature === CENTRAL ? 6 : 4
  bytes.writeUInt32LE(signature, 0)
  bytes.writeUInt16LE(VERSION, 4)
  bytes.writeUInt16LE(VERSION, at)
  bytes.writeUInt16LE(FLAGS, at + 2)
  bytes.writeUInt16LE(DEFLATED, at + 4)
  bytes.writeUInt32LE(stamp, at + 6)
  bytes.writeUInt16LE(name.length, at + 22)
  return bytes
}

function writeSizes(bytes: Buffer, at: number, { crc, packed, bytes: unpacked }: Written): void {
  bytes.writeUInt32LE(crc, at)
  bytes.writeUInt32LE(packed, at + 4)
  bytes.writeUInt32LE(unpacked, at + 8)
}

function ending(directory: readonly Written[], stamp: number, start: number): Buffer {
  const central = directory.map((entry) => {
    const bytes = head(CENTRAL, entry, stamp, 46)
    writeSizes(bytes, 16, entry)
    bytes.writeUInt32LE(entry.at, 42)
    return Buffer.concat([bytes, entry.name])
  })
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(
    central.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  end.writeUInt32LE(start, 16)
  return Buffer.concat([...central, end])
}

/** Date and time as DOS wrote them, in UTC. */
function stampOf(at: Date): number {
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  return ((day << 16) | time) >>> 0
}
