// The bytes of a file, or of a file in an archive: they can be read from the beginning more than once.

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'

export interface Bytes {
  open(): AsyncIterable<Buffer>
}

const CHUNK_BYTES = 256 * 1024

export const fileBytes = (path: string): Bytes => ({
  open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
})

/** The first bytes, fewer when there are no more. */
export async function headOf(bytes: Bytes, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bytes.open()) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= length) break
  }
  return Buffer.concat(chunks).subarray(0, length)
}

/** The first bytes of a file on disk, without the cost of a stream. */
export async function startOf(path: string, length: number): Promise<Buffer> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
  return buffer.subarray(0, bytesRead)
}
