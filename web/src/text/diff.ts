// Two texts side by side: what differs.

import { common, commonEnds, wordsOf } from '../../../src/core/text-merge.ts'

interface Piece {
  text: string
  changed: boolean
}

/** In shorter texts (numbers, names, codes) one stretch is marked. Longer texts are compared word by word. */
const SHORT_MAX = 40
/** Texts that share less than this are different things; what they have in common is chance. */
const ALIKE_MIN = 0.3

/** Splits `text` into pieces and marks those that `before` does not have. */
export function marked(before: string, text: string): Piece[] {
  if (text === '') return []
  const is_short = Math.max(before.length, text.length) <= SHORT_MAX
  const [old, now] = is_short ? [[...before], [...text]] : [wordsOf(before), wordsOf(text)]
  const kept = new Set((is_short ? commonEnds(old, now) : common(old, now)).map(([, index]) => index))
  if (kept.size < ALIKE_MIN * Math.max(old.length, now.length)) return [{ text, changed: true }]
  const pieces: Piece[] = []
  for (const [index, piece] of now.entries()) {
    const changed = !kept.has(index)
    const last = pieces.at(-1)
    if (last?.changed === changed) last.text += piece
    else pieces.push({ text: piece, changed })
  }
  return pieces
}
