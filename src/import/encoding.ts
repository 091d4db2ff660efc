// Which encoding the bytes of a text have. The whole file is looked at: its beginning is often plain ASCII, and a name in
// row 900,000 decides.

import { isUtf8 } from 'node:buffer'
import type { TextEncoding } from '../core/table.ts'
import type { Bytes } from './bytes.ts'

interface FoundEncoding {
  encoding: TextEncoding
  is_sure: boolean
}

export async function findEncoding(bytes: Bytes, head: Buffer): Promise<FoundEncoding> {
  const sure = (encoding: TextEncoding) => ({ encoding, is_sure: true })
  if (head[0] === 0xff && head[1] === 0xfe) return sure('utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return sure('utf-16be')
  const wide = wideOrder(head)
  if (wide) return sure(wide)
  return (await isAllUtf8(bytes)) ? sure('utf-8') : { encoding: 'windows-1252', is_sure: false }
}

/**
 * Without a byte order mark. Only UTF-16 has zeros in a text: one in each character of ASCII, such as its line ends, and
 * so at odd or at even places. Read in the wrong order they are no text.
 */
function wideOrder(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const zeros: [even: number, odd: number] = [0, 0]
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2]!++
  const [even, odd] = zeros
  if (even + odd === 0) return undefined
  const orders = ['utf-16le', 'utf-16be'] as const
  return (odd >= even ? orders : orders.toReversed()).find((order) => isTextIn(order, head))
}

const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x7f\ufffe\uffff]/

function isTextIn(order: 'utf-16le' | 'utf-16be', head: Buffer): boolean {
  try {
    return !CONTROL.test(new TextDecoder(order, { fatal: true }).decode(head, { stream: true }))
  } catch {
    return false
  }
}

/** A character of UTF-8 has at most so many bytes behind its first. */
const TAIL_MAX = 3

async function isAllUtf8(bytes: Bytes): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes.open()) {
    const part = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const whole = wholeLength(part)
    if (!isUtf8(part.subarray(0, whole))) return false
    rest = part.subarray(whole)
  }
  return rest.length === 0
}

/** The length without a character that has begun and not ended. */
function wholeLength(part: Buffer): number {
  for (let back = 1; back <= Math.min(TAIL_MAX, part.length); back++) {
    const byte = part[part.length - back]!
    if (byte < 0x80) return part.length
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? part.length - back : part.length
    }
  }
  return part.length
}

/** The text of bytes, a piece at a time. A byte order mark is left out; what does not belong becomes U+FFFD. */
export async function* textOf(bytes: Bytes, encoding: TextEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes.open()) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
