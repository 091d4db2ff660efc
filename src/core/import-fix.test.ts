import { describe, expect, test } from 'vitest'
import { fixedCells } from './import-fix.ts'
import { LIMITS } from './limits.ts'

const whole = (find: string, replace: string) => ({ find, replace, whole_cell: true })
const part = (find: string, replace: string) => ({ find, replace, whole_cell: false })

describe('a fix of cells', () => {
  test('changes the cell that is the value, whatever blanks are around it, and no cell that only has it', () => {
    expect(fixedCells(['Ann', ' Melb '], 1, whole('Melb', 'Melbourne'))).toEqual(['Ann', 'Melbourne'])
    expect(fixedCells(['Ann', 'Melb North'], 1, whole('Melb', 'Melbourne'))).toBeUndefined()
    expect(fixedCells(['Melb', 'Perth'], 1, whole('Melb', 'Melbourne'))).toBeUndefined()
  })

  test('fills an empty cell, also where the row ends before it', () => {
    expect(fixedCells(['Ann', '', 'x'], 1, whole('', 'VIC'))).toEqual(['Ann', 'VIC', 'x'])
    expect(fixedCells(['Ann'], 2, whole('', 'VIC'))).toEqual(['Ann', '', 'VIC'])
  })

  test('replaces a piece of text wherever a cell has it, as it is written', () => {
    expect(fixedCells(['a.b.c'], 0, part('.', '-'))).toEqual(['a-b-c'])
    expect(fixedCells(['cost 5'], 0, part('5', '$&$1'))).toEqual(['cost $&$1'])
    expect(fixedCells(['Perth'], 0, part('perth', 'Albany'))).toBeUndefined()
  })

  test('leaves a row alone that would be blank or too long', () => {
    expect(fixedCells(['', 'N/A'], 1, whole('N/A', ''))).toBeUndefined()
    const long = 'x'.repeat(LIMITS.row_units_max)
    expect(fixedCells([long, 'a'], 1, part('a', 'ab'))).toBeUndefined()
  })
})
