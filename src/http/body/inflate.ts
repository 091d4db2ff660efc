// Compressed bodies: they are never unpacked beyond their limit.

import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'

export type Encoding = 'gzip' | 'deflate'

const METHODS = { gunzip: promisify(gunzip), inflate: promisify(inflate), inflateRaw: promisify(inflateRaw) }

/** `longer`: more than `bytes_max`, not read to the end. `broken`: of another encoding, or incomplete. */
export async function unpack(
  bytes: Uint8Array,
  encoding: Encoding,
  bytes_max: number,
): Promise<Buffer | 'longer' | 'broken'> {
  // The deflate of HTTP has a head of two bytes, which some senders leave out.
  const method = encoding === 'gzip' ? 'gunzip' : hasZlibHead(bytes) ? 'inflate' : 'inflateRaw'
  try {
    return await METHODS[method](bytes, { maxOutputLength: bytes_max })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'longer'
    if (code.startsWith('Z_')) return 'broken'
    throw error
  }
}

const hasZlibHead = ([first = 0, second = 0]: Uint8Array) =>
  (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
