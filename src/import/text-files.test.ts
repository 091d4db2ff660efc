import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import type { TextEncoding } from '../core/table.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

interface Written {
  delimiter: string
  quote: string
  line_end: string
}

const cellText = (cell: string, { delimiter, quote, line_end }: Written, always: boolean) =>
  always ||
  cell === '' ||
  [delimiter, quote, '\n', '\r', line_end].some((sign) => cell.includes(sign)) ||
  cell !== cell.trim()
    ? `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`
    : cell

const BYTES: Record<string, (text: string) => Buffer> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16le with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
}

// A line end in the last cell of a file of CR LF cannot be told from that of its row, and the signs of spreadsheets are
// taken off on purpose.
const cell = fc
  .string({ unit: fc.constantFrom(...'abcXYZ012 ,;|\t"\'\néüßŁ漢😀.@-'), maxLength: 12 })
  .filter((text) => !/^(?:[='#]|sep)|^\d[.,]?\d*e/i.test(text))
const table = fc
  .integer({ min: 2, max: 6 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
  )

test('any table that is written as text, in any dialect and encoding, is read as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('"', "'"),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom(...Object.keys(BYTES)),
      fc.boolean(),
      fc.boolean(),
      async (drawn, delimiter, quote, line_end, encoding, always, ends) => {
        const dialect = { delimiter, quote, line_end }
        // With CR between rows, an LF is a letter of its cell.
        const rows =
          line_end === '\r' ? drawn.map((row) => row.map((text) => text.replaceAll('\n', ' '))) : drawn
        const text = rows
          .map((row) => row.map((text) => cellText(text, dialect, always)).join(delimiter))
          .join(line_end)
        const path = folder.put(BYTES[encoding]!(ends ? text + line_end : text), 'table')
        const choices = { delimiter, quote, heading_row: null, keep_footer: true }
        const filled = rows.filter((row) => row.some((text) => text.trim() !== ''))
        if (filled.length === 0) {
          await expect(folder.read(path, choices)).rejects.toMatchObject({ problem: 'empty' })
          return
        }
        const read = await folder.read(path, choices)
        expect(read.rows.map(({ cells }) => cells)).toEqual(filled)
        expect(read.rows.map(({ row }) => row)).toEqual(
          rows.flatMap((row, i) => (row.some((text) => text.trim() !== '') ? [i + 1] : [])),
        )
      },
    ),
    { numRuns: 300 },
  )
})

const NAMES = ['Ann Lee', 'Zoë Müller', 'Łukasz "Luk" Nowak', "Mary O'Brien", 'Bob, the builder; still']

test('delimiter, quote, line end and encoding of ordinary files are found out', async () => {
  for (const delimiter of [',', ';', '\t', '|'])
    for (const line_end of ['\n', '\r\n', '\r'])
      for (const [encoding, fileBytes] of Object.entries(BYTES)) {
        const dialect = { delimiter, quote: '"', line_end }
        const rows = [
          ['Phone', 'Name', 'Notes'],
          ...NAMES.map((name, i) => [`0491 570 00${i}`, name, i === 2 ? 'two\nlines' : '']),
        ]
        const text = rows
          .map((row) => row.map((cell) => cellText(cell, dialect, false)).join(delimiter))
          .join(line_end)
        const { shape, rows: read } = await folder.read(folder.put(fileBytes(text), 'table'))
        expect(shape, encoding).toMatchObject({ delimiter, heading_row: 1, columns: rows[0], guesses: [] })
        expect(shape.encoding).toBe(encoding.split(' ')[0])
        expect(read.map(({ cells }) => cells)).toEqual(rows.slice(1))
      }
})

test('bytes that are no UTF-8 are Windows-1252, wherever the first of them is, until somebody says otherwise', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => `049157${String(i).padStart(4, '0')};Ann`)
  const text = `Phone;Name\n${rows.join('\n')}\n0491570006;`
  const path = folder.put(Buffer.concat([Buffer.from(text), Buffer.from([0x4d, 0xfc, 0x6c, 0x96, 0xe8])]))
  const guessed = await folder.read(path)
  expect(guessed.shape).toMatchObject({ encoding: 'windows-1252', guesses: ['encoding'] })
  expect(guessed.rows.at(-1)!.cells[1]).toBe('Mül–è')
  const chosen = await folder.read(path, { encoding: 'windows-1250' })
  expect(chosen.shape).toMatchObject({ encoding: 'windows-1250', guesses: [] })
  expect(chosen.rows.at(-1)!.cells[1]).toBe('Mül–č')
  expect((await folder.read(path, { encoding: 'utf-8' })).said).toContain('bad_bytes')
})

test('every encoding that can be chosen is known to the runtime', async () => {
  const { TEXT_ENCODINGS } = await import('../core/table.ts')
  for (const encoding of TEXT_ENCODINGS satisfies readonly TextEncoding[])
    expect(new TextDecoder(encoding).encoding, encoding).toBe(encoding)
})

test('rows have the numbers that a spreadsheet shows', async () => {
  const { rows, remarks } = await folder.read(
    folder.put('Phone,Notes\n\n0491570006,"two\nlines"\n\n\n0491570110,x\n'),
  )
  expect(rows.map(({ row }) => row)).toEqual([3, 6])
  expect(remarks).toEqual([{ code: 'blank_rows', column: null, count: 3, rows: [2, 4] }])
})

test('headings below titles are found, and chosen ones are taken', async () => {
  const titled = 'Leads of June,,\nmade by Ann,,\n\nPhone,Name,City\n0491570006,Bob,Perth\n'
  expect((await folder.read(folder.put(titled))).shape).toMatchObject({
    heading_row: 4,
    columns: ['Phone', 'Name', 'City'],
  })
  const none = await folder.read(folder.put(titled), { heading_row: null })
  expect(none.shape.columns).toEqual(['Column A', 'Column B', 'Column C'])
  expect(none.rows.length).toBe(4)
  await expect(folder.read(folder.put(titled), { heading_row: 3 })).rejects.toMatchObject({
    problem: 'no_such_row',
  })
})

test('doubled and missing headings get names of their own, and are said', async () => {
  const { shape, said } = await folder.read(folder.put('Phone,phone,,Phone (2)\n0491570006,,x,y\n'))
  expect(shape.columns).toEqual(['Phone', 'phone (2)', 'Column C', 'Phone (2) (2)'])
  expect(said).toEqual(['doubled_heading', 'doubled_heading', 'no_heading'])
})

test('what spreadsheets did to cells is undone where nothing is lost, and said', async () => {
  const { rows, remarks } = await folder.read(
    folder.put(
      'Phone,Post code,Name\n="0491570006",="0800","\'+61491570110"\n4.12E+08,#####,#NAME?\n4915701234560000,\'t Hooft,Ann\n',
    ),
  )
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['0491570006', '0800', '+61491570110'],
    ['4.12E+08', '', ''],
    ['4915701234560000', "'t Hooft", 'Ann'],
  ])
  expect(remarks.map(({ code, column, rows }) => [code, column, rows])).toEqual([
    ['formula_text', 0, [2]],
    ['formula_text', 1, [2]],
    ['apostrophe', 2, [2]],
    ['exponent', 0, [3]],
    ['too_narrow', 1, [3]],
    ['error_value', 2, [3]],
    ['digits_lost', 0, [4]],
  ])
})

test('totals and the lines of a report are left out at the end, and nowhere else', async () => {
  const text = 'Name,Phone,Amount\nTotal Fitness,0491570006,1\nAnn,0491570110,2\nTotal,,3\n\nMade by Ann,,\n'
  const { rows, remarks } = await folder.read(folder.put(text))
  expect(rows.map(({ cells }) => cells[0])).toEqual(['Total Fitness', 'Ann'])
  expect(remarks).toContainEqual({ code: 'footer', column: null, count: 2, rows: [4, 6] })
  expect((await folder.read(folder.put(text), { keep_footer: true })).rows.length).toBe(4)
  // A number alone is a lead.
  expect(await folder.cells('Phone,Name,City\n0491570006,Ann,Perth\n0491570110,,\n')).toHaveLength(2)
})

test('quotes that are not closed are said; a row without an end is refused before memory is full', async () => {
  const broken = await folder.read(folder.put('Phone,Name\n0491570006,"Ann" Lee\n0491570110,Bob\n'), {
    quote: '"',
  })
  expect(broken.said).toContain('bad_quotes')
  const endless = `Phone,Name\n0491570006,"${'x,\n'.repeat(1_500_000)}`
  await expect(folder.read(folder.put(endless), { quote: '"' })).rejects.toMatchObject({
    problem: 'row_too_long',
    detail: 'It begins in row 2.',
  })
  const wide = `Phone,Name\n${',x'.repeat(5_000)}\n`
  await expect(folder.read(folder.put(wide))).rejects.toMatchObject({ problem: 'too_wide' })
})

test('quotes that belong to the values stay in files that know none', async () => {
  const text = '1|"Bob" Lee|5" pipe\n2|Ann|\n3|"x|y\n'
  expect(await folder.cells(text, { heading_row: null })).toEqual([
    ['1', '"Bob" Lee', '5" pipe'],
    ['2', 'Ann', ''],
    ['3', '"x', 'y'],
  ])
})

test("Excel's line for the delimiter is followed, and is no row", async () => {
  const { shape, rows } = await folder.read(folder.put('sep=;\r\nPhone;Name\r\n0491570006;Lee, Ann\r\n'))
  expect(shape).toMatchObject({ delimiter: ';', heading_row: 2, columns: ['Phone', 'Name'] })
  expect(rows).toEqual([{ row: 3, cells: ['0491570006', 'Lee, Ann'] }])
})

test('what is no table is refused with what to do', async () => {
  const problemOf = (content: string | Buffer) =>
    folder.read(folder.put(content)).then(
      () => 'read',
      ({ problem }) => problem,
    )
  expect(await problemOf('')).toBe('empty')
  expect(await problemOf('\n\n  \n')).toBe('empty')
  expect(await problemOf('%PDF-1.7 ...')).toBe('unknown_format')
  expect(await problemOf('{"leads": [{"Phone": "0491570006"}]}')).toBe('unknown_format')
  expect(await problemOf(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]))).toBe('unknown_format')
  expect(await problemOf(Buffer.from([1, 0, 0, 0, 7, 0, 0, 9, 250]))).toBe('unknown_format')
  expect(await problemOf('<?xml version="1.0"?><Workbook/>')).toBe('other_spreadsheet')
  expect(await problemOf('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')).toBe('entities')
})

test('the table of a web page is read, whatever its name is', async () => {
  const page = `<html><head><meta charset="utf-8"><style>td { color: red }</style></head><body>
    <table border=1><thead><tr><th>Phone<th>Name<th>City</thead>
    <tr><td>0491 570 006<td>Zo&euml; &amp; Bob<td rowspan=2>Perth
    <tr><td>0491 570 110</td><td>two<br>lines</td></tr></table><table><tr><td>other</table></body></html>`
  const { shape, rows, said } = await folder.read(folder.put(page, 'table.xls'))
  expect(shape).toMatchObject({ format: 'html', columns: ['Phone', 'Name', 'City'] })
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['0491 570 006', 'Zoë & Bob', 'Perth'],
    ['0491 570 110', 'two\nlines'],
  ])
  expect(said).toEqual(['merged'])
})
