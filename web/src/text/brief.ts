// A long text cut down to its changes, with a few words around each.

import type { marked } from './diff.ts'

type Pieces = ReturnType<typeof marked>

/** Stretches up to this length stay whole, characters. */
const WHOLE_MAX = 160
const AROUND = 60

/** Cuts what is the same in long texts. Nothing that is marked as changed is left out. */
export const brief = (pieces: Pieces): Pieces =>
  pieces.map((piece, i) => {
    const { text, changed } = piece
    if (changed || text.length <= WHOLE_MAX) return piece
    const [is_first, is_last] = [i === 0, i === pieces.length - 1]
    const start = is_first && !is_last ? '' : text.slice(0, AROUND).replace(/\S*$/, '')
    const end = is_last ? '' : text.slice(-AROUND).replace(/^\S*/, '')
    return { text: `${start}…${end}`, changed }
  })
