// How the answer of a register is read. Apart from the registers, because it needs all that reads numbers.

import { placeOfColumn } from './dnc-file.ts'
import type { TableRow, TableShape } from './table.ts'

const LISTED =
  /^(?:y|yes|1|true|listed|registered|on register|on the register|found|match|matched|blocked|dnc)$/i
const CLEAR =
  /^(?:n|no|0|false|clear|clean|ok|free|not listed|not registered|unregistered|not on register|not on the register|not found|no match|callable)$/i

/** What a register says of a number; undefined: nothing that can be understood. */
export function readWashResult(text: string): 'listed' | 'clear' | undefined {
  const said = text.trim().replace(/[\s_-]+/g, ' ')
  return LISTED.test(said) ? 'listed' : CLEAR.test(said) ? 'clear' : undefined
}

/** The column of an answer with a result for each number; undefined: there is none. `phones`: columns of numbers. */
export function findResultColumn(
  { columns, sample }: Pick<TableShape, 'columns' | 'sample'>,
  heading: string | null,
  phones: readonly number[],
): number | undefined {
  if (heading !== null) {
    const place = placeOfColumn(columns, heading)
    return place < 0 ? undefined : place
  }
  const isOne = (column: number) => {
    const said = sample.flatMap(({ cells }: Pick<TableRow, 'cells'>) => cells[column]?.trim() || [])
    return said.length > 0 && said.every((cell) => readWashResult(cell) !== undefined)
  }
  return columns.map((_, column) => column).find((column) => !phones.includes(column) && isOne(column))
}
