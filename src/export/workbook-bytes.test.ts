// Workbooks as they are written, read by what reads the files of others.

import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import type { Cell } from '../core/export-columns.ts'
import { workbookBytes } from './workbook-bytes.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const at = new Date('2026-11-24T03:00:00Z')
async function* inBatches(rows: readonly (readonly Cell[])[], size: number) {
  for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size)
}
const file = async (rows: readonly (readonly Cell[])[], ...limits: Parameters<typeof workbookBytes>[2][]) => {
  const table = { name: 'Leads', headings: ['lead_id', 'Text'], rows: inBatches(rows, 7) }
  return folder.put(Buffer.concat(await Array.fromAsync(workbookBytes(table, at, ...limits))))
}

test('texts come back as they are, whatever they look like', async () => {
  const odd = [
    '0412345678',
    '+61412345678',
    '=1+1',
    "'=1+1",
    '="0412"',
    '#N/A',
    'a\tb\r\nc\n\nd',
    '_x000D_ and _x0041_',
    '<b>&amp;"</b>',
    'bell \u0007 end',
    '\ufffe',
    'Zoë 👩‍👩‍👧 أحمد',
    '1e5',
    '41-12',
  ]
  const { rows, shape, said } = await folder.read(await file(odd.map((text, i) => [`1-${i + 1}`, text])))
  expect(shape).toMatchObject({ columns: ['lead_id', 'Text'], sheets: ['Leads'] })
  expect(rows.map(({ cells }) => cells[1])).toEqual(odd)
  expect(said.filter((code) => !['apostrophe', 'exponent'].includes(code))).toEqual([])
})

test('numbers and truths are cells of their own, and nothing is an empty cell', async () => {
  const { rows } = await folder.read(
    await file([
      ['1-1', 12],
      ['1-2', true],
      ['1-3', null],
      ['1-4', ''],
      ['1-5', undefined],
      ['1-6', 0],
    ]),
  )
  expect(rows.map(({ cells }) => cells[1] ?? '')).toEqual(['12', 'TRUE', '', '', '', '0'])
})

test('a text that is too long for a cell ends with a whole character', async () => {
  const { rows } = await folder.read(await file([['1-1', `x${'👍'.repeat(20_000)}`]]))
  expect(rows[0]!.cells[1]).toBe(`x${'👍'.repeat(16_383)}`)
})

test.each([
  [1, 4, 1],
  [9, 4, 3],
  [10, 4, 4],
  [30, 11, 3],
])(
  '%i rows in sheets of %i, headings included, are %i sheets with every row once',
  async (count, rows_max, sheets) => {
    const path = await file(
      Array.from({ length: count }, (_, i) => [`1-${i + 1}`, i + 1]),
      { rows_max, bytes_max: 1_000_000 },
    )
    const { shape } = await folder.read(path)
    expect(shape.sheets).toHaveLength(sheets)
    const found: (string | undefined)[] = []
    for (const sheet of shape.sheets) {
      const { rows } = await folder.read(path, { sheet })
      expect(rows.length).toBeLessThan(rows_max)
      found.push(...rows.map(({ cells }) => cells[1]))
    }
    expect(found).toEqual(Array.from({ length: count }, (_, i) => String(i + 1)))
  },
)

test('a sheet ends before it is too long for a zip file', async () => {
  const rows = Array.from({ length: 40 }, (_, i): Cell[] => [`1-${i + 1}`, 'x'.repeat(200)])
  const { shape } = await folder.read(await file(rows, { rows_max: 1_000, bytes_max: 8_000 }))
  expect(shape.sheets.length).toBeGreaterThan(1)
})

test('whoever stops reading ends the rows; rows that fail end the file', async () => {
  let ended = false
  const rows = (async function* (): AsyncGenerator<Cell[][]> {
    try {
      for (;;) yield Array.from({ length: 500 }, (_, i) => [`1-${i}`, String(Math.sin(i))])
    } finally {
      ended = true
    }
  })()
  for await (const part of workbookBytes({ name: 'Leads', headings: ['a', 'b'], rows }, at))
    if (part.length > 10_000) break
  expect(ended).toBe(true)
  const failing = (async function* (): AsyncGenerator<Cell[][]> {
    yield [['1-1', 'x']]
    throw new Error('planted')
  })()
  const bytes = workbookBytes({ name: 'Leads', headings: ['a', 'b'], rows: failing }, at)
  await expect(Array.fromAsync(bytes)).rejects.toThrow('planted')
})
