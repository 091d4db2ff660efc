import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { readNote } from './note.ts'

test('a note keeps its lines and loses the blanks at its ends', () => {
  expect(readNote('  Asks for Tuesday.\r\nHas a dog. \n\n')).toEqual({
    text: 'Asks for Tuesday.\nHas a dog.',
  })
  expect(readNote(' شكرا \u202eabc')).toEqual({ text: 'شكرا abc' })
})

test.each([
  ['', 'is empty'],
  [' \n\t', 'is empty'],
  [7, 'must be a text'],
  [null, 'must be a text'],
  ['a\0b', 'holds a control character (U+0000)'],
  ['x'.repeat(LIMITS.text_points_max + 1), `is longer than ${LIMITS.text_points_max} characters`],
])('%j is refused', (value, problem) => {
  expect(readNote(value)).toEqual({ problem })
})

test('a note of the greatest length is kept whole, also of letters that take two units', () => {
  const long = '🙂'.repeat(LIMITS.text_points_max)
  expect(readNote(long)).toEqual({ text: long })
})
