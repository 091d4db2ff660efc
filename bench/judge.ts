// Compares two versions that ran in pairs. Each ratio is of runs that followed each other, so that both met the same
// machine; the median over the pairs leaves out what disturbed one of them.

import { type Figures, medianOf } from './report.ts'

/** One pair: the figures of the earlier revision and of this checkout. */
export interface Pair {
  old: Figures
  new: Figures
}

export interface Compared {
  old: number | null
  new: number | null
  /** New by old, of each pair; null: one side is not known, or the old one is 0. */
  ratios: (number | null)[]
  ratio: number | null
  ratio_min: number | null
  ratio_max: number | null
}

export function compareFigure(pairs: readonly Pair[], name: string): Compared {
  const ratios = pairs.map((pair) => {
    const [before, after] = [pair.old[name] ?? null, pair.new[name] ?? null]
    return before === null || after === null || before === 0 ? null : after / before
  })
  const known = ratios.filter((ratio) => ratio !== null)
  return {
    old: medianOf(pairs.map((pair) => pair.old[name])),
    new: medianOf(pairs.map((pair) => pair.new[name])),
    ratios,
    ratio: medianOf(known),
    ratio_min: known.length > 0 ? Math.min(...known) : null,
    ratio_max: known.length > 0 ? Math.max(...known) : null,
  }
}

/** How a pair goes: what changes steadily on the machine costs both sides alike, and each goes first in turn. */
export const orderOf = (pair: number): readonly (keyof Pair)[] =>
  pair % 2 === 1 ? ['old', 'new', 'new', 'old'] : ['new', 'old', 'old', 'new']

/** @throws Error when the ratio is not known */
export function isNotSlower({ ratio }: Compared, must: number): boolean {
  if (ratio === null)
    throw new Error('there is no CPU time to judge by: the bench reads it from /proc, on Linux')
  return ratio <= must
}
