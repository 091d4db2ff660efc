// Prints two sides that ran in pairs: a line for each figure.

import type { Compared } from './judge.ts'
import { type Column, Table } from './report.ts'

/** Of the names of rows. */
export const WIDTH = 22

/** Each line: both sides, the median of the pairs' ratios, how far they are apart, and each. */
export function comparison(
  columns: readonly Column[],
  figures: Readonly<Record<string, Compared>>,
  sides: readonly [old: string, new_: string] = ['old', 'new'],
): string {
  const pairs = figures.cpu_us!.ratios.map((_, i) => `pair ${i + 1}`)
  const table = (digits: number) =>
    new Table([
      ['old', sides[0], digits],
      ['new', sides[1], digits],
      ['ratio', `${sides[1]} ÷ ${sides[0]}`, 3],
      ['ratio_min', 'lowest', 3],
      ['ratio_max', 'highest', 3],
      ...pairs.map((pair): Column => [pair, pair, 3]),
    ])
  const lines = columns.map(([key, heading, digits]) => {
    const { ratios, ...figure } = figures[key]!
    // CPU that others took says nothing about a side.
    if (key.endsWith('_pct')) return table(digits).row(heading, { old: figure.old, new: figure.new }, WIDTH)
    const each = Object.fromEntries(ratios.map((ratio, i) => [pairs[i], ratio]))
    return table(digits).row(heading, { ...figure, ...each }, WIDTH)
  })
  return [table(0).head(WIDTH), ...lines].join('\n')
}
