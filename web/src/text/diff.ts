// Two texts side by side: what differs.

import { common } from '../../../src/core/text-merge.ts'

interface Piece {
  text: string
  changed: boolean
}

/** Texts that share less than this are different things; what they have in common is chance. */
const ALIKE_MIN = 0.3

/** Splits `text` into pieces and marks those that `before` does not have: whole words and whole numbers. */
export function marked(before: string, text: string): Piece[] {
  if (text === '') return []
  const [old, now] = [wordsOf(before), wordsOf(text)]
  const kept = new Set(common(old, now).map(([, index]) => index))
  const alike = now.filter((piece, index) => kept.has(index) && isWord(piece)).length
  if (alike < ALIKE_MIN * Math.max(old.filter(isWord).length, now.filter(isWord).length))
    return [{ text, changed: true }]
  const pieces: Piece[] = []
  for (const [index, piece] of now.entries()) {
    // Blanks are changed with the words on both sides of them, and never alone.
    const between = index > 0 && index + 1 < now.length && !kept.has(index - 1) && !kept.has(index + 1)
    const changed = isBlank(piece) ? between : !kept.has(index)
    const last = pieces.at(-1)
    if (last?.changed === changed) last.text += piece
    else pieces.push({ text: piece, changed })
  }
  return pieces
}

/** A number is one piece with all its groups: "0412 345 678", "12.50", "2026-11-30". */
const WORDS =
  /\s+|[+(]?\d(?:[\d ().,:/-]{0,30}\d)?(?![\p{L}\p{M}_])|[\p{L}\p{N}\p{M}_]+(?:['’-][\p{L}\p{N}\p{M}_]+)*|[^\s\p{L}\p{N}\p{M}_]/gu

const wordsOf = (text: string): string[] => text.match(WORDS) ?? []
const isBlank = (piece: string) => piece.trim() === ''
const isWord = (piece: string) => /[\p{L}\p{N}]/u.test(piece)
