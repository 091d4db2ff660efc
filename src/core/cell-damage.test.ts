import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asCsvCell, asTextCell, damageIn } from './cell-damage.ts'

const readBack = (cell: string) => damageIn(cell)?.text ?? cell

test.each([
  ['+61412345678', "'+61412345678"],
  ['-5', "'-5"],
  ['=1+1', "'=1+1"],
  ['@home', "'@home"],
  ['\tindented', "'\tindented"],
  ["'+61", "''+61"],
  ['="0412"', `'="0412"`],
  ['#N/A', "'#N/A"],
  ['0412 345 678', '0412 345 678'],
  ["O'Hara", "O'Hara"],
  ["'t Hooft", "'t Hooft"],
  ['#1', '#1'],
])('%j is the cell %j of a CSV file', (text, cell) => {
  expect(asCsvCell(text)).toBe(cell)
  expect(readBack(cell)).toBe(text)
})

const odd = fc
  .array(
    fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '#', '"', '(', '0', '4', 'N/A', 'E+05', '!', 'x'),
  )
  .map((parts) => parts.join(''))

test('every text comes back from a cell, and no cell of a CSV file is a formula', () => {
  fc.assert(
    fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), (text) => {
      expect(readBack(asCsvCell(text))).toBe(text)
      expect(readBack(asTextCell(text))).toBe(text)
      expect(asCsvCell(text)).not.toMatch(/^[=+\-@\t\r]/)
    }),
    { numRuns: 1_000 },
  )
})
