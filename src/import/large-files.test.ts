// A long file takes no more memory than a short one: threads with a small heap read it.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, expect, test } from 'vitest'
import { LONG_HEADINGS, leadRows, leadText } from '../../test/support/long-files.ts'
import { Folder } from '../../test/support/read-files.ts'
import { writeXlsx } from '../../test/support/xlsx-writer.ts'
import { readTableApart } from './read-apart.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const ROWS = 200_000
/** All texts of the workbook alone take more. */
const HEAP_MB = 48
/** Ten seconds of work, on machines that are busy with others. */
const TIMEOUT_MS = 300_000

async function countRows(path: string): Promise<number> {
  await using table = await readTableApart(path, {}, { folder: folder.path, memory_mb: HEAP_MB })
  expect(table.shape.columns).toEqual(LONG_HEADINGS)
  let count = 0
  for await (const rows of table.batches) {
    for (const { row, cells } of rows) {
      count++
      if (row !== count + 1 || cells.length !== LONG_HEADINGS.length)
        throw new Error(`row ${row} is ${cells}`)
    }
  }
  expect(table.remarks()).toEqual([])
  return count
}

test(
  '200,000 rows of text, in a heap of 48 MB',
  async () => {
    const path = folder.place()
    await pipeline(Readable.from(leadText(ROWS)), createWriteStream(path))
    expect(await countRows(path)).toBe(ROWS)
  },
  TIMEOUT_MS,
)

test(
  '200,000 rows of a workbook with a million different texts, in a heap of 48 MB',
  async () => {
    const path = folder.place()
    await writeXlsx(path, [{ name: 'Leads', rows: leadRows(ROWS) }])
    expect(await countRows(path)).toBe(ROWS)
  },
  TIMEOUT_MS,
)
