import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import { writeXlsx, type XlsxCell } from '../../test/support/xlsx-writer.ts'
import { writeZip, type ZipPart } from '../../test/support/zip-writer.ts'
import type { TableChoices } from '../core/table.ts'
import { readTableApart } from './read-apart.ts'
import { Remarks } from './remarks.ts'
import { type XlsWorkbook, xlsRows } from './xls.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const FILES = new URL('../../test/fixtures/files/', import.meta.url).pathname

async function workbook(rows: readonly XlsxCell[][], options: Parameters<typeof writeXlsx>[2] = {}) {
  const path = folder.place()
  await writeXlsx(path, [{ name: 'Leads', rows }], options)
  return path
}

async function zip(...parts: ZipPart[]) {
  const path = folder.place()
  await writeZip(path, parts)
  return path
}

const cellsOf = async (path: string, choices?: TableChoices) =>
  (await folder.read(path, choices)).rows.map(({ cells }) => cells)

const problemOf = (path: string, choices?: TableChoices) =>
  folder.read(path, choices).then(
    () => 'read',
    ({ problem }) => problem,
  )

const HEADING = ['Phone', 'Name', 'Born']

// They were written by another program than ours (SheetJS).
test.each(['leads.xlsx', 'leads.xls'])('%s shows what a spreadsheet shows', async (name) => {
  const { shape, rows, said } = await folder.read(`${FILES}${name}`)
  expect(shape).toMatchObject({ sheets: ['Leads', 'More'], sheet: 'Leads', heading_row: 1, guesses: [] })
  expect(shape.columns).toEqual([
    'Phone',
    'First name',
    'Née',
    'Born',
    'Called at',
    'Consent',
    'Score',
    'Post code',
    'Formula',
  ])
  expect(rows[0]!.cells).toEqual([
    '0412345678',
    'Ann',
    'Łukasz',
    '1986-03-07',
    '2025-12-01 14:30',
    'TRUE',
    '12.5',
    '0800',
    '2',
  ])
  expect(rows[1]!.cells).toEqual([
    '+61 491 570 006',
    'Bob',
    'Müller',
    '2000-01-01',
    '2025-12-01',
    'FALSE',
    '-3',
    '0872',
    'ab',
  ])
  expect(rows[2]!.cells.slice(0, 3)).toEqual(['', 'Zoë 😀', `${'x'.repeat(900)}é`])
  expect(said).toEqual(['error_value', 'other_sheets'])
  expect(await cellsOf(`${FILES}${name}`, { sheet: 'More' })).toEqual([['0491570110']])
  expect(await problemOf(`${FILES}${name}`, { sheet: 'Less' })).toBe('no_such_sheet')
})

test.each([false, true])('dates, digits and texts of .xlsx (texts in their cells: %s)', async (is_inline) => {
  const formats = [
    'dd/mm/yyyy',
    '0000000000',
    '"0"### ### ###',
    '[<=9999999]###\\-####;\\(000\\)\\ ###\\-####',
    '#,##0.00',
    'h:mm',
  ]
  const number = (number: number, format: number) => ({ number, format })
  const path = await workbook(
    [
      ['Phone', 'Name', 'Born', 'Other'],
      [number(412345678, 1), ' two\r\nlines ', number(36526, 0), number(0.5, 5)],
      [number(412345678, 2), 'a & b < c', number(1, 0), number(1234.5, 4)],
      [number(2025550123, 3), '_x0041_', number(45992.75, 0), number(5550123, 3)],
      [],
      [61491570006, null, null, 0.1 + 0.2],
      [
        1.2345678901234567e19,
        { xml: '<c t="str"><f>A1</f><v>x</v></c>' },
        { xml: '<c t="e"><v>#REF!</v></c>' },
      ],
      [
        { xml: '<c t="b"><v>1</v></c>' },
        { xml: '<c><f>A1</f></c>' },
        { xml: '<c t="d"><v>2026-03-04T00:00:00</v></c>' },
      ],
    ],
    { formats, is_inline },
  )
  const { rows, remarks } = await folder.read(path)
  expect(rows).toEqual([
    { row: 2, cells: ['0412345678', ' two\r\nlines ', '2000-01-01', '12:00'] },
    { row: 3, cells: ['0412 345 678', 'a & b < c', '1900-01-01', '1234.5'] },
    { row: 4, cells: ['(202) 555-0123', 'A', '2025-12-01 18:00', '555-0123'] },
    { row: 6, cells: ['61491570006', '', '', '0.3'] },
    { row: 7, cells: ['12345678901234600000', 'x', ''] },
    { row: 8, cells: ['TRUE', '', '2026-03-04'] },
  ])
  expect(remarks.map(({ code, rows }) => [code, ...rows]).sort()).toEqual([
    ['blank_rows', 5],
    ['digits_lost', 7],
    ['error_value', 7],
    ['no_value', 8],
  ])
})

test('the days of an old Macintosh begin in 1904, and hidden sheets are not offered', async () => {
  const path = folder.place()
  const rows = [HEADING, ['0491570006', 'Ann', { number: 0, format: 0 }]]
  await writeXlsx(
    path,
    [
      { name: 'Lists', rows: [['x']], is_hidden: true },
      { name: 'Leads', rows, merged: ['A1:B1'] },
    ],
    { formats: ['yyyy-mm-dd'], is_1904: true },
  )
  const { shape, rows: read, remarks } = await folder.read(path)
  expect(shape.sheets).toEqual(['Leads'])
  expect(read[0]!.cells[2]).toBe('1904-01-01')
  expect(remarks).toEqual([{ code: 'merged', column: null, count: 1, rows: [1] }])
})

test('archives give their file, and workbooks inside of them are read as well', async () => {
  const csv = 'Phone,Name,Born\n0491570006,Zoë,\n'
  const leads = [['0491570006', 'Zoë', '']]
  expect(await cellsOf(folder.put(gzipSync(csv)))).toEqual(leads)
  const two = await zip(
    { name: '__MACOSX/._a.csv', content: 'x' },
    { name: 'lists/a.csv', content: csv },
    { name: 'b.txt', content: '0491570110\n' },
    { name: 'readme.pdf', content: '%PDF' },
  )
  const { shape, said } = await folder.read(two)
  expect(shape).toMatchObject({ packed: 'zip', files: ['lists/a.csv', 'b.txt'], file: 'lists/a.csv' })
  expect(said).toContain('other_files')
  expect(await cellsOf(two, { file: 'b.txt' })).toEqual([['0491570110']])
  expect(await problemOf(two, { file: 'readme.pdf' })).toBe('no_such_file')
  const xlsx = readFileSync(`${FILES}leads.xlsx`)
  const packed = await zip({ name: 'leads.xlsx', content: xlsx })
  expect((await folder.read(packed)).shape).toMatchObject({
    format: 'xlsx',
    packed: 'zip',
    file: 'leads.xlsx',
  })
  expect((await folder.read(folder.put(gzipSync(readFileSync(`${FILES}leads.xls`))))).shape).toMatchObject({
    format: 'xls',
    packed: 'gz',
  })
  expect(await problemOf(folder.put(gzipSync(gzipSync(csv))))).toBe('unknown_format')
})

test('bombs are refused before they are unpacked, or while they are', async () => {
  const zeros = function* () {
    for (let i = 0; i < 70; i++) yield '0'.repeat(1024 * 1024)
  }
  expect(await problemOf(await zip({ name: 'a.csv', content: zeros(), level: 9 }))).toBe('bomb')
  // An archive that lies about its size is caught when more comes than it says.
  expect(
    await problemOf(await zip({ name: 'a.csv', content: 'Phone\n'.repeat(50_000), claimed_bytes: 10 })),
  ).toBe('damaged')
  expect(await problemOf(folder.put(gzipSync(Buffer.alloc(70 * 1024 * 1024, 'Phone\n'))))).toBe('bomb')
  const far = await zip(...partsWith('<row r="1"><c r="XFD1"><v>1</v></c></row>'))
  expect(await problemOf(far)).toBe('too_wide')
})

const partsWith = (rows: string, before = ''): ZipPart[] => [
  { name: '[Content_Types].xml', content: '<Types/>' },
  {
    name: 'xl/workbook.xml',
    content:
      '<x:workbook xmlns:x="x" xmlns:r="r"><x:sheets><x:sheet name="A" r:id="r1"/></x:sheets></x:workbook>',
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    content:
      '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/a.xml"/></Relationships>',
  },
  {
    name: 'xl/worksheets/a.xml',
    content: `<?xml version="1.0"?>${before}<x:worksheet xmlns:x="x"><x:sheetData>${rows.replace(/<(\/?)(?=row|c\b|v>)/g, '<$1x:')}</x:sheetData></x:worksheet>`,
  },
]

test('sheets with prefixes and without places are read', async () => {
  const row = (...cells: string[]) =>
    `<row>${cells.map((cell) => `<c t="str"><v>${cell}</v></c>`).join('')}</row>`
  const path = await zip(...partsWith(row('Phone', 'Name') + row('0491570006', 'Ann')))
  expect((await folder.read(path)).rows).toEqual([{ row: 2, cells: ['0491570006', 'Ann'] }])
})

test('entities, macros, passwords and other kinds of spreadsheets are refused with what to do', async () => {
  const doctype = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
  expect(await problemOf(await zip(...partsWith('<row><c t="str"><v>&a;</v></c></row>', doctype)))).toBe(
    'entities',
  )
  expect(
    await problemOf(await workbook([HEADING], { more: [{ name: 'xl/vbaProject.bin', content: 'x' }] })),
  ).toBe('macros')
  expect(await problemOf(await zip({ name: 'a.csv', content: 'Phone\n1', is_encrypted: true }))).toBe(
    'encrypted',
  )
  expect(await problemOf(await zip({ name: 'mimetype', content: 'application/vnd.oasis' }))).toBe(
    'other_spreadsheet',
  )
  expect(await problemOf(await zip({ name: 'xl/workbook.bin', content: 'x' }))).toBe('other_spreadsheet')
  expect(
    await problemOf(
      await zip({ name: '[Content_Types].xml', content: '' }, { name: 'word/document.xml', content: '' }),
    ),
  ).toBe('unknown_format')
  expect(await problemOf(await zip({ name: 'a.png', content: 'x' }))).toBe('unknown_format')
})

test('whatever is broken in a workbook is said, and nothing else happens', async () => {
  for (const name of ['leads.xlsx', 'leads.xls']) {
    const whole = readFileSync(`${FILES}${name}`)
    for (let cut = 0; cut < 40; cut++) {
      const path = folder.put(whole)
      truncateSync(path, Math.floor((whole.length * cut) / 40))
      expect(['damaged', 'empty', 'unknown_format', 'read'], `${name} ${cut}`).toContain(
        await problemOf(path),
      )
    }
    // Always the same bytes, so that a failure comes again.
    let random = 1
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(whole)
      for (let i = 0; i < 3; i++) {
        random = (random * 48_271) % 2_147_483_647
        bytes[random % bytes.length] = random % 251
      }
      const path = folder.place()
      writeFileSync(path, bytes)
      await folder
        .read(path)
        .catch((error) => expect(error.name, `${name} ${round}: ${error.stack}`).toBe('UnreadableFile'))
    }
  }
})

test('a row that shows more than it holds is refused, and batches are short of that', async () => {
  const text = 'x'.repeat(32_000)
  const row = (cells: number) => Array<string>(cells).fill(text)
  expect(await problemOf(await workbook([HEADING, row(66)]))).toBe('row_too_long')
  const format = `${'"'}${'y'.repeat(240)}${'"'}0`
  const shown = Array.from({ length: 990 }, () => ({ number: 1, format: 0 }))
  const { rows } = await folder.read(await workbook([HEADING, shown], { formats: [format] }), {
    heading_row: 1,
  })
  expect(rows[0]!.cells[989]).toBe(`${'y'.repeat(240)}1`)

  const path = await workbook([HEADING, ...Array.from({ length: 40 }, () => row(60))])
  await using table = await readTableApart(path, { heading_row: 1 }, { folder: folder.path, memory_mb: 48 })
  let count = 0
  for await (const batch of table.batches) {
    count += batch.length
    const units = batch.flatMap(({ cells }) => cells.map(({ length }) => length))
    expect(units.reduce((a, b) => a + b)).toBeLessThan(6_500_000)
  }
  expect(count).toBe(40)
})

test('an .xls row that shows more than it holds is refused', async () => {
  const record = (type: number, body: number[] | Buffer) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(type, 0)
    head.writeUInt16LE(body.length, 2)
    return Buffer.concat([head, Buffer.from(body)])
  }
  /** Number 0 of the texts. */
  const cell = (row: number, column: number) => {
    const body = Buffer.alloc(10)
    body.writeUInt16LE(row, 0)
    body.writeUInt16LE(column, 2)
    return record(0xfd, body)
  }
  const rowsOf = async (cells: readonly Buffer[]) => {
    const workbook: XlsWorkbook = {
      bytes: Buffer.concat([record(0x809, [0, 6, 16, 0]), ...cells, record(0x0a, [])]),
      sheets: new Map(),
      is_1904: false,
      formats: [],
      texts: ['x'.repeat(32_000)],
    }
    const sizes: number[] = []
    for await (const batch of xlsRows(workbook, 0, new Remarks())) sizes.push(batch.length)
    return sizes
  }
  const row = (number: number, cells: number) => Array.from({ length: cells }, (_, i) => cell(number, i))
  expect(await rowsOf([...row(0, 60), ...row(1, 60), ...row(2, 60), ...row(3, 60)])).toEqual([3, 1])
  await expect(rowsOf(row(0, 66))).rejects.toMatchObject({ problem: 'row_too_long' })
  await expect(rowsOf([cell(0, 60_000)])).rejects.toMatchObject({ problem: 'too_wide' })
})

test('what would take the square of its length is refused or cut, in a moment', async () => {
  const began = performance.now()
  const deep = '<g>'.repeat(400_000)
  expect(await problemOf(await zip(...partsWith(deep)))).toBe('damaged')
  expect(await problemOf(folder.put(`<html><body><table><tr><td>${'<b>'.repeat(400_000)}`))).toBe('damaged')
  const formats = ['['.repeat(100_000)]
  const path = await workbook([HEADING, [{ number: 5, format: 0 }]], { formats })
  expect(await cellsOf(path)).toEqual([['5']])
  expect(performance.now() - began).toBeLessThan(20_000)
})
