import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { surplusKeys } from './unmapped.ts'

const many = (count: number, text = 'x') =>
  Array.from({ length: count }, (_, i): [string, string] => [`key${i}`, text])
const KEYS = LIMITS.unmapped_keys_max
const BYTES = LIMITS.unmapped_bytes_max

test('so many keys are kept, in the order given', () => {
  expect(surplusKeys({}, many(KEYS))).toEqual([])
  expect(surplusKeys({}, many(KEYS + 2))).toEqual([`key${KEYS}`, `key${KEYS + 1}`])
  expect(surplusKeys({ other: 'x' }, many(KEYS))).toEqual([`key${KEYS - 1}`])
})

test('so many bytes are kept: a key that does not fit is left out whole, and later ones may fit', () => {
  const half = 'é'.repeat(BYTES / 4)
  expect(
    surplusKeys({}, [
      ['a', half],
      ['b', half],
      ['c', 'x'],
    ]),
  ).toEqual(['b'])
  expect(surplusKeys({ a: half }, [['b', half]])).toEqual(['b'])
  expect(surplusKeys({}, [['a', 'x'.repeat(BYTES - 1)]])).toEqual([])
  expect(surplusKeys({}, [['a', 'x'.repeat(BYTES)]])).toEqual(['a'])
})

test('what is removed makes room, whatever its place', () => {
  const there = Object.fromEntries(many(KEYS))
  expect(
    surplusKeys(there, [
      ['new', 'x'],
      ['key0', null],
    ]),
  ).toEqual([])
  expect(
    surplusKeys(there, [
      ['key0', 'y'],
      ['new', 'x'],
    ]),
  ).toEqual(['new'])
})

test('a lead that has too much already may get smaller, and no larger', () => {
  const there = { a: 'x'.repeat(BYTES), b: 'x' }
  expect(surplusKeys(there, [['a', 'x'.repeat(BYTES - 1)]])).toEqual([])
  expect(surplusKeys(there, [['b', 'xx']])).toEqual(['b'])
  expect(surplusKeys(there, [['b', '']])).toEqual([])
})
