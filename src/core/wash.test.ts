import { expect, test } from 'vitest'
import { loopBackListed, numberForRegister } from './wash.ts'
import { findResultColumn, readWashResult } from './wash-answer.ts'

test('each register takes numbers in its own way', () => {
  expect(numberForRegister('au', 61412345678)).toBe('0412345678')
  expect(numberForRegister('gb', 442079460000)).toBe('02079460000')
  expect(numberForRegister('us', 12125550123)).toBe('2125550123')
  expect(numberForRegister('international', 61412345678)).toBe('+61412345678')
})

test('a result is understood in the words that registers use, and in no others', () => {
  for (const said of ['Y', ' yes ', 'Registered', 'ON_REGISTER', 'on the register', 'Match', '1'])
    expect([said, readWashResult(said)]).toEqual([said, 'listed'])
  for (const said of ['N', 'no', 'Not Registered', 'NOT-FOUND', 'clean', '0', 'Unregistered'])
    expect([said, readWashResult(said)]).toEqual([said, 'clear'])
  for (const said of ['', '?', 'I', 'invalid', 'maybe', 'yes no', '0412345678', 'not'])
    expect([said, readWashResult(said)]).toEqual([said, undefined])
})

const shape = (columns: string[], ...rows: string[][]) => ({
  columns,
  sample: rows.map((cells, i) => ({ row: i + 1, cells })),
})

test('the column of results is the first one that says nothing else', () => {
  const file = shape(['A', 'B', 'C'], ['0412345678', 'Ana', 'Y'], ['0412345679', 'Bob', ''])
  expect(findResultColumn(file, null, [0])).toBe(2)
  expect(findResultColumn(file, 'b', [0])).toBe(1)
  expect(findResultColumn(file, 'Result', [0])).toBeUndefined()
  expect(findResultColumn(shape(['A'], ['0412345678']), null, [0])).toBeUndefined()
  expect(findResultColumn(shape(['A', 'B'], ['0412345678', '']), null, [0])).toBeUndefined()
})

test('the register for tries lists half of all numbers, the same ones every time', () => {
  const numbers = Array.from({ length: 1_000 }, (_, i) => 61_491_570_000 + i)
  expect(numbers.filter(loopBackListed)).toHaveLength(500)
  expect(numbers.filter(loopBackListed)).toEqual(numbers.filter(loopBackListed))
})
