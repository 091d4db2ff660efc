import { expect, test } from 'vitest'
import { Continued } from './xls-strings.ts'

test('a text goes on in the next record, which says anew how wide its characters are', () => {
  const first = Buffer.from([5, 0, 0, ...Buffer.from('Zo')])
  const second = Buffer.from([1, ...Buffer.from('ëŁ😀'.slice(0, 3), 'utf16le')])
  const reader = new Continued([first, second])
  expect(reader.text()).toBe('ZoëŁ\ud83d')
  expect(reader.is_done).toBe(true)
  expect(() => reader.text()).toThrow(RangeError)
})

test('what is around the characters of a text is skipped, also over the end of a record', () => {
  const runs_and_extra = Buffer.from([2, 0, 8 | 4, 1, 0, 3, 0, 0, 0, ...Buffer.from('ab'), 9, 9])
  const rest = Buffer.from([9, 9, 9, 9, 9, 1, 0, 0, ...Buffer.from('c')])
  const reader = new Continued([runs_and_extra, rest])
  expect([reader.text(), reader.text()]).toEqual(['ab', 'c'])
  expect(reader.is_done).toBe(true)
})
