// Registers of numbers that are offered as XML are read as the same register in text is.

import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import { writeZip } from '../../test/support/zip-writer.ts'
import { findNumberColumns } from '../core/dnc-file.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const ANY = { phone_columns: null, expires_column: null }
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
const area = (code: string, ...rest: string[]) =>
  `<ac val='${code}'>${rest.map((one) => `<ph val='${one}' />`).join('\n')}</ac>`

const read = async (content: string | Buffer) => {
  const { shape, rows } = await folder.read(folder.put(content))
  return { shape, cells: rows.map(({ cells }) => cells), found: findNumberColumns(shape, ANY, 'CA') }
}

test('a register of several area codes, as its guide shows it: the list is closed twice', async () => {
  const { shape, cells, found } = await read(
    `${XML}<!-- made 2026-11-01 --><list type='full' level='ac' val='416' />${area('416', '5550123', '5550124')}\n${area('604', '5550199')}</list>`,
  )
  expect(shape).toMatchObject({ format: 'xml', encoding: 'utf-8', heading_row: null, packed: null })
  expect(cells).toEqual([
    ['416', '5550123'],
    ['416', '5550124'],
    ['604', '5550199'],
  ])
  expect(found).toEqual({ phones: [], expires: null, is_split: true })
})

test('a register without a declaration, in one line', async () => {
  const { cells } = await read(`<list type="full" val="212">${area('212', '5550123')}</list>`)
  expect(cells).toEqual([['212', '5550123']])
})

test('a list of changes is told from a full one', async () => {
  const { found } = await read(
    `${XML}<list type='change' val='416'><ac val='416'><ph val='5550123' act='A'/><ph val='5550124' act='D'/></ac></list>`,
  )
  expect(found).toBe('change_list')
})

test('an archive with a file for each area code; beside tables, XML says something about them', async () => {
  const zip = async (...files: [name: string, content: string][]) => {
    const path = folder.place()
    await writeZip(
      path,
      files.map(([name, content]) => ({ name, content })),
    )
    return (await folder.read(path)).shape
  }
  const list = (code: string) => `${XML}<list type='full' val='${code}'>${area(code, '5550123')}</list>`
  expect((await zip(['416.xml', list('416')], ['604.xml', list('604')])).files).toEqual([
    '416.xml',
    '604.xml',
  ])
  expect((await zip(['about.xml', '<about/>'], ['416.csv', '416,5550123\n'])).files).toEqual(['416.csv'])
})
