import { expect, test } from 'vitest'
import { findNumberColumns, type NumberColumns, readNumberRow } from './dnc-file.ts'

const ANY = { phone_columns: null, expires_column: null }
const table = (lines: string[], has_heading: boolean) => {
  const rows = lines.map((line, i) => ({ row: i + 1, cells: line.split(',') }))
  const [heading] = rows
  return {
    columns: has_heading ? heading!.cells : heading!.cells.map((_, i) => `Column ${i}`),
    heading_row: has_heading ? 1 : null,
    sample: has_heading ? rows.slice(1) : rows,
  }
}
const columns = (phones: number[], expires: number | null = null, is_split = false): NumberColumns => ({
  phones,
  expires,
  is_split,
})

test.each<[what: string, lines: string[], has_heading: boolean, found: ReturnType<typeof findNumberColumns>]>(
  [
    ['the lists of the source system', ['Phone,Expires', '0491570006,2027-06-30'], true, columns([0], 1)],
    ['the same in another order', ['Expires,Phone', '2027-06-30,0491570006'], true, columns([1], 0)],
    ['the same without headings', ['0491570006,2027-06-30', '0491570156,'], false, columns([0], 1)],
    ['a number in each line', ['0491570006', '0491570156'], false, columns([0])],
    ['the day of an entry is not its end', ['21234567,20260115', '21234568,20260116'], false, columns([0])],
    ['an area code and the rest', ['212,5550123', '416,5550199'], false, columns([], null, true)],
    [
      'changes of such a list',
      ['212,5550123,2026-01-15,A', '416,5550199,2026-01-15,D'],
      false,
      'change_list',
    ],
    [
      'several numbers in a row, and an end',
      ['Home Phone,Mobile,Name,Expiration', '0391112222,0491570006,Ana,2027-01-01T00:00Z'],
      true,
      columns([0, 1], 3),
    ],
    [
      'numbers under a heading that says nothing',
      ['Ref,Kontakt', '7,0491570006', '8,0491570156'],
      true,
      columns([1]),
    ],
    [
      'two columns of numbers under such headings',
      ['A,B', '0491570006,0491570156', '0491570157,0491570158'],
      true,
      'no_numbers',
    ],
    ['no numbers at all', ['Name,City', 'Ana,Perth'], true, 'no_numbers'],
  ],
)('%s', (_, lines, has_heading, found) => {
  expect(findNumberColumns(table(lines, has_heading), ANY, 'AU')).toEqual(found)
})

test('what somebody has chosen counts, and must be there', () => {
  const asked = table(['Kontakt,Bis,Phone', '0491570006,2027-06-30,x'], true)
  const choose = (phone: string, expires_column: string | null = null) =>
    findNumberColumns(asked, { phone_columns: [phone], expires_column }, 'AU')
  expect(choose('kontakt ', 'Bis')).toEqual(columns([0], 1))
  expect(choose('Mobile')).toBe('no_such_column')
  expect(choose('Kontakt', 'Ends')).toBe('no_such_column')
})

const NOW = '2026-11-01T00:00:00Z'
const read = (cells: string[], where: NumberColumns, region = 'AU') => {
  const { numbers, problems } = readNumberRow({ row: 7, cells }, where, region, NOW)
  return [
    ...numbers.map(({ phone, expires_at }) => `${phone} ${expires_at ?? 'for good'}`),
    ...problems.map(({ problem, phone }) => `${phone}: ${problem.field} ${problem.detail}`),
  ]
}

test('a row says its numbers and when they end', () => {
  expect(read(['0491 570 006'], columns([0]))).toEqual(['61491570006 for good'])
  expect(read(['0491570006', '2027-06-30'], columns([0], 1))).toEqual(['61491570006 2027-07-01T00:00:00Z'])
  expect(read(['', '0491570006', '0391112222'], columns([0, 1, 2]))).toEqual([
    '61491570006 for good',
    '61391112222 for good',
  ])
  expect(read(['212', '5550123'], columns([], null, true))).toEqual(['12125550123 for good'])
  // An area code that is not known yet is one all the same.
  expect(read(['287', '5550123'], columns([], null, true))).toEqual(['12875550123 for good'])
  expect(read(['21234567'], columns([0]), 'HK')).toEqual(['85221234567 for good'])
})

test('a row without a number that can be listed says why; its other numbers count', () => {
  expect(read(['12', '0491570006'], columns([0, 1]))).toEqual([
    '61491570006 for good',
    expect.stringMatching(/^12: Phone /),
  ])
  expect(read(['', '2027-06-30'], columns([0], 1))).toEqual([': Phone is empty'])
  expect(read(['0491570006', 'soon'], columns([0], 1))).toEqual([
    '0491570006: Expires is neither a date (2027-06-30) nor an RFC 3339 time',
  ])
  expect(read(['0491570006', '2026-10-31'], columns([0], 1))).toEqual(['0491570006: Expires is in the past'])
})
