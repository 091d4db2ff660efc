// A text with what is found in it marked.

import { type Piece, piecesOf } from './found.ts'

export const Marked = ({ text, sought }: { text: string; sought: readonly string[] }) =>
  sought.length === 0 ? text : <Pieces of={piecesOf(text, sought)} />

export const Pieces = ({ of }: { of: readonly Piece[] }) =>
  of.map(({ text, found }, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
    found ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
  )
