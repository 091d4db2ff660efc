// A password that a program makes up: nobody knows it, and nobody mistakes its letters.

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 16

/** Four groups of four, such as k7m2-xq4p-…: 79 random bits. */
export function madeUpPassword(): string {
  const letters: string[] = []
  // Bytes beyond the last whole multiple would make the first letters likelier.
  const fair = 256 - (256 % LETTERS.length)
  while (letters.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < fair && letters.length < LENGTH) letters.push(LETTERS[byte % LETTERS.length]!)
  return letters.join('').replace(/.{4}(?=.)/g, '$&-')
}
