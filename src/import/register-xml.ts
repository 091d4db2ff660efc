// Registers of numbers as XML: <ac val="416"><ph val="5550123"/>…</ac>, as the ones of Canada and the United States are
// offered. A number is a row of two cells, its area code and the rest of it, as in the same register as text.

import { Parser } from 'htmlparser2'
import type { TableRow } from '../core/table.ts'
import { Batches } from './batches.ts'
import { Depth } from './depth.ts'

/** A row for each number, in batches. A list that is not a full one marks its rows as changes. */
export async function* registerRows(pieces: AsyncIterable<string>): AsyncGenerator<TableRow[]> {
  const batches = new Batches()
  const depth = new Depth()
  let area = ''
  let is_full = true
  let row = 0
  const parser = new Parser(
    {
      onopentag: (name, { val = '', type = 'full', act = 'A' }) => {
        depth.open()
        if (name === 'list') is_full = type.toLowerCase() === 'full'
        else if (name === 'ac') area = val.trim()
        else if (name === 'ph')
          batches.add({ row: ++row, cells: [area, val.trim(), ...(is_full ? [] : [act.trim().slice(0, 1)])] })
      },
      onclosetag: () => depth.close(),
    },
    { xmlMode: true },
  )
  for await (const piece of pieces) {
    parser.write(piece)
    yield* batches.taken()
  }
  parser.end()
  yield* batches.taken()
}
