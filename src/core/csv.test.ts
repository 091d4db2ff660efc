import { expect, test } from 'vitest'
import { damageIn } from './cell-damage.ts'
import { csvLine } from './csv.ts'

test('cells are quoted, and none is a formula', () => {
  expect(csvLine(['Ann "Annie" Lee', 'a,b', 'two\nlines', ''])).toBe(
    '"Ann ""Annie"" Lee","a,b","two\nlines",""\r\n',
  )
  expect(csvLine(['=1+1', '+61491570006', '-5', '@SUM(A1)', '\tx'])).toBe(
    '"\'=1+1","\'+61491570006","\'-5","\'@SUM(A1)","\'\tx"\r\n',
  )
})

test.each(['=1+1', '+61491570006', '-5', '@SUM(A1)', '\tx'])('%j is read back as it was', (cell) => {
  const [, written] = /^"(.*)"\r\n$/s.exec(csvLine([cell]))!
  expect(damageIn(written!)).toEqual({ code: 'apostrophe', text: cell })
})
