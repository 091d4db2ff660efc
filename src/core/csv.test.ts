import { expect, test } from 'vitest'
import { damageIn } from './cell-damage.ts'
import { csvTexts } from './csv.ts'

test('cells are quoted where they must be, and none is a formula', () => {
  expect(csvTexts(['Ann "Annie" Lee', 'a,b', 'two\nlines', ''])).toBe(
    '"Ann ""Annie"" Lee","a,b","two\nlines",\r\n',
  )
  expect(csvTexts(['=1+1', '+61491570006', '-5', '@SUM(A1)', '\tx'])).toBe(
    "'=1+1,'+61491570006,'-5,'@SUM(A1),'\tx\r\n",
  )
})

test.each(['=1+1', '+61491570006', '-5', '@SUM(A1)', '\tx'])('%j is read back as it was', (text) => {
  const [, cell] = /^(.*)\r\n$/s.exec(csvTexts([text]))!
  expect(damageIn(cell!)).toEqual({ code: 'apostrophe', text })
})
