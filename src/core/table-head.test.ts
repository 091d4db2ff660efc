import { expect, test } from 'vitest'
import { damageIn } from './cell-damage.ts'
import { canBeFooter, columnLetters, findHeading, isValue, nameColumns } from './table-head.ts'

const rows = (...lines: string[]) => lines.map((line, i) => ({ row: i + 1, cells: line.split(',') }))

test('the headings are the first full row without values', () => {
  const rowOf = (...lines: string[]) => findHeading(rows(...lines)).heading?.row ?? null
  expect(rowOf('Phone,Name', '0491570006,Ann')).toBe(1)
  expect(rowOf('Our leads,', 'Phone,Name', '0491570006,Ann')).toBe(2)
  expect(rowOf('0491570006,Ann', '0491570110,Bob')).toBe(null)
  expect(rowOf('Phone', '0491570006')).toBe(1)
  expect(rowOf('0491570006')).toBe(null)
  expect(rowOf('212,5550123', '212,5550124')).toBe(null)
  expect(rowOf('Phone 1,Address 2,Q1 2026 revenue', '0491570006,x,y')).toBe(1)
  expect(rowOf('ann@example.com,Ann', 'bob@example.com,Bob')).toBe(null)
})

test('where all cells are words the first row is taken for headings, and asked about', () => {
  expect(findHeading(rows('Ann,Perth', 'Bob,Sydney'))).toMatchObject({ heading: { row: 1 }, is_sure: false })
  expect(findHeading(rows('Name,Phone', 'Bob,0491570006'))).toMatchObject({ is_sure: true })
  expect(findHeading([])).toEqual({ heading: null, is_sure: false })
})

test('values are told from headings', () => {
  for (const value of [
    '0491570006',
    '(02) 9999 1234',
    '12.5',
    '2026-01-02',
    '1/2/26',
    'a@b.co',
    'TRUE',
    'p:+61491570006',
  ])
    expect(isValue(value), value).toBe(true)
  for (const heading of ['Phone', 'Phone 2', 'What is your budget for 2026?', 'A/B', ' ', 'E-mail'])
    expect(isValue(heading), heading).toBe(false)
})

test('columns have letters as in spreadsheets, and distinct names', () => {
  expect([0, 25, 26, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA'])
  expect(nameColumns(['Phone', ' phone', '', 'Two\nlines'], 5)).toEqual({
    names: ['Phone', 'phone (2)', 'Column C', 'Two lines', 'Column E'],
    doubled: [1],
    unnamed: [2, 4],
  })
  expect(nameColumns(['Pho\0ne', '\0', 'A\ud800'], 3).names).toEqual(['Phone', 'Column B', 'A\ufffd'])
  expect(nameColumns(null, 2)).toEqual({ names: ['Column A', 'Column B'], doubled: [], unnamed: [] })
})

test('sums and the lines of a report can be a footer; a lead is none', () => {
  expect(canBeFooter(['Total', '', '12'], 3, false)).toBe(true)
  expect(canBeFooter(['', 'Grand Total', '12'], 3, false)).toBe(true)
  expect(canBeFooter(['Copyright (c) 2000-2026 Example, Inc.', '', ''], 3, false)).toBe(true)
  expect(canBeFooter(['Made by Ann', ''], 2, false)).toBe(false)
  expect(canBeFooter(['Made by Ann', ''], 2, true)).toBe(true)
  expect(canBeFooter(['0491570006', '', ''], 3, true)).toBe(false)
  expect(canBeFooter(['', 'Ann', ''], 3, true)).toBe(false)
  expect(canBeFooter(['Totally Lee', '0491570006', ''], 3, false)).toBe(false)
})

test('what a spreadsheet did to a cell is seen, and ordinary texts are left alone', () => {
  expect(damageIn('="04 ""12"""')).toEqual({ code: 'formula_text', text: '04 "12"' })
  expect(damageIn("'+61491570006")).toEqual({ code: 'apostrophe', text: '+61491570006' })
  expect(damageIn('4,12E+08')?.code).toBe('exponent')
  expect(damageIn('4915701234560000')?.code).toBe('digits_lost')
  expect(damageIn('#n/a')).toEqual({ code: 'error_value', text: '' })
  expect(damageIn('####')).toEqual({ code: 'too_narrow', text: '' })
  for (const text of ['', '=1+1', "'t Hooft", '#1 client', '12E', '4915701234567891', '0491570006', '1E 2'])
    expect(damageIn(text), text).toBeUndefined()
})
