import { expect, test } from 'vitest'
import { damageIn } from './cell-damage.ts'
import { csvCell, csvLine } from './csv.ts'

test('cells are quoted where they must be, and none is a formula', () => {
  expect(csvLine(['Ann "Annie" Lee', 'a,b', 'two\nlines', ''])).toBe(
    '"Ann ""Annie"" Lee","a,b","two\nlines",\r\n',
  )
  expect(csvLine(['=1+1', '+61491570006', '-5', '@SUM(A1)', '\tx', '+1+1'])).toBe(
    "'=1+1,+61491570006,'-5,'@SUM(A1),'\tx,'+1+1\r\n",
  )
})

test.each(['=1+1', '-5', '@SUM(A1)', '\tx', '+1+1'])('%j is read back as it was', (cell) => {
  expect(damageIn(csvCell(cell))).toEqual({ code: 'apostrophe', text: cell })
})
