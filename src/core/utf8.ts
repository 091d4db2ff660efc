// Where in the bytes of a text something is.

import type { Charset } from './charset.ts'

/** Where in the body the character at an index of its text begins. */
export function byteOffset(
  bytes: Uint8Array,
  text: string,
  index: number,
  charset: Charset = 'utf-8',
): number {
  if (charset === 'windows-1252') return index
  // The text lacks the byte order mark.
  if (charset !== 'utf-8') return 2 * index + (bytes.length - 2 * text.length)
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return mark + utf8Length(text.slice(0, index))
}

export const utf8Length = (text: string) => new TextEncoder().encode(text).length

/** Bytes that are looked at one by one to find a bad one. */
const WINDOW = 4_096

/** Where the first sequence begins that is not UTF-8. */
export function firstBadByte(bytes: Uint8Array): number {
  // Whole windows are passed over while they are good; a character may reach into the next one.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let from = 0
  try {
    for (; from < bytes.length; from += WINDOW)
      decoder.decode(bytes.subarray(from, from + WINDOW), { stream: true })
  } catch {
    // The bad sequence is in this window, or reaches into it.
  }
  let byte = Math.max(0, Math.min(from, bytes.length) - 4)
  while (byte > 0 && isContinuation(bytes[byte]!)) byte--
  const window = bytes.subarray(byte, from + WINDOW + 4)
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(window)
  // A lenient decoder puts U+FFFD where bytes are bad; a U+FFFD that was sent is three good bytes.
  let at = 0
  for (let i = lenient.indexOf('\ufffd'); i >= 0; i = lenient.indexOf('\ufffd', i + 1)) {
    byte += utf8Length(lenient.slice(at, i))
    if (bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd) return byte
    at = i
  }
  return bytes.length
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80
