import { expect, test } from 'vitest'
import { isFoundIn, numberPieces, piecesOf, snippetOf, soughtIn } from './found.ts'

const marked = (text: string, q: string) =>
  piecesOf(text, soughtIn(q))
    .map(({ text, found }) => (found ? `[${text}]` : text))
    .join('')

test('what is found is marked in the letters of the lead, whatever the case and accents of the search', () => {
  expect(marked('Hannah Müller', 'muller')).toBe('Hannah [Müller]')
  expect(marked('Geelong', 'GEEL')).toBe('[Geel]ong')
  expect(marked('Straße 1', 'strasse')).toBe('Straße 1')
  expect(marked('ﬁne', 'fin')).toBe('[ﬁn]e')
  expect(marked('Ana Ana', 'ana')).toBe('[Ana] [Ana]')
  expect(marked('nothing', 'else')).toBe('nothing')
})

test('a number is marked in any of its spellings', () => {
  expect(marked('+61499111222', 'Tel: 0499 111 222')).toBe('+61[499111222]')
  expect(marked('+61499111222', '(04) 99-111')).toBe('+61[499111]222')
  expect(marked('CRM-1044', 'crm-1044')).toBe('[CRM-1044]')
})

test('a number is marked as the region writes it', () => {
  const pieces = (q: string) =>
    numberPieces('0499 111 222', '+61499111222', soughtIn(q))
      .map(({ text, found }) => (found ? `[${text}]` : text))
      .join('')
  expect(pieces('Tel: 0499 111 222')).toBe('0[499 111 222]')
  expect(pieces('+61 499 111 222')).toBe('[0499 111 222]')
  expect(pieces('9911')).toBe('04[99 11]1 222')
  expect(pieces('222')).toBe('0499 111 [222]')
  expect(pieces('smith')).toBe('0499 111 222')
})

test('a long text is cut around what is found', () => {
  const text = `${'before '.repeat(20)}needle${' after'.repeat(20)}`
  expect(snippetOf(text, ['needle'])).toMatch(/^….{20,24}needle.{20,50}…$/)
  expect(isFoundIn(text, ['needle'])).toBe(true)
  expect(snippetOf('short', ['ho'])).toBe('short')
})
