// Writes .zip files, also such as no program would write.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

export interface ZipPart {
  name: string
  content: Iterable<string> | string | Buffer
  /** Marks the part as protected by a password, which it is not. */
  is_encrypted?: boolean
  /** Instead of the true size. */
  claimed_bytes?: number
  /** How hard it is packed; 1: quickly. */
  level?: number
}

export const writeZip = (path: string, parts: Iterable<ZipPart>): Promise<void> =>
  pipeline(Readable.from(zipped(parts)), createWriteStream(path))

const DEFLATED = 8
const SIZES_FOLLOW = 8
const VERSION = 45

async function* zipped(parts: Iterable<ZipPart>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content, is_encrypted = false, claimed_bytes, level = 1 } of parts) {
    const start = at
    const name_bytes = Buffer.from(name)
    const flags = SIZES_FOLLOW | (is_encrypted ? 1 : 0)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(VERSION, 4)
    local.writeUInt16LE(flags, 6)
    local.writeUInt16LE(DEFLATED, 8)
    local.writeUInt16LE(name_bytes.length, 26)
    yield local
    yield name_bytes
    at += local.length + name_bytes.length

    let [crc, bytes, packed] = [0, 0, 0]
    const deflate = createDeflateRaw({ level })
    const counted = function* () {
      for (const piece of typeof content === 'string' || Buffer.isBuffer(content) ? [content] : content) {
        const buffer = Buffer.from(piece)
        crc = crc32(buffer, crc)
        bytes += buffer.length
        yield buffer
      }
    }
    for await (const chunk of Readable.from(counted()).pipe(deflate)) {
      packed += chunk.length
      yield chunk
    }
    const sizes = Buffer.alloc(12)
    sizes.writeUInt32LE(crc, 0)
    sizes.writeUInt32LE(packed, 4)
    sizes.writeUInt32LE(claimed_bytes ?? bytes, 8)
    yield Buffer.concat([Buffer.from([0x50, 0x4b, 0x07, 0x08]), sizes])
    at += packed + 16

    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(VERSION, 4)
    entry.writeUInt16LE(VERSION, 6)
    entry.writeUInt16LE(flags, 8)
    entry.writeUInt16LE(DEFLATED, 10)
    sizes.copy(entry, 16)
    entry.writeUInt16LE(name_bytes.length, 28)
    entry.writeUInt32LE(start, 42)
    directory.push(entry, name_bytes)
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  yield Buffer.concat([central, end])
}
