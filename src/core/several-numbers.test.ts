import { expect, test } from 'vitest'
import { severalNumbers } from './several-numbers.ts'

test('several numbers of a cell are read, each with its code and note', () => {
  expect(severalNumbers('7275550112_1_work!7275550113_1_!491570006_61_after six')).toEqual([
    { number: '7275550112', code: '1', note: 'work' },
    { number: '7275550113', code: '1', note: '' },
    { number: '491570006', code: '61', note: 'after six' },
  ])
  expect(severalNumbers(' 7275550112__ ')).toEqual([{ number: '7275550112', code: '', note: '' }])
  expect(severalNumbers('7275550112__!')).toHaveLength(1)
})

test('other texts are left alone: plain numbers, names, ids', () => {
  for (const text of [
    '',
    '7275550112',
    'hello!',
    'A_B',
    '12_1_',
    '0412 345 678',
    '2026_01_02',
    'x!7275550112',
  ])
    expect(severalNumbers(text), text).toBeUndefined()
})
