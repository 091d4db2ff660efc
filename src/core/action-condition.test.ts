import { expect, test } from 'vitest'
import { type Condition, holds } from './action-condition.ts'

test.for<[string, Condition['op'], string | undefined, boolean]>([
  [' melbourne ', 'equals', 'Melbourne', true],
  ['Sydney', 'equals', 'Melbourne', false],
  ['', 'equals', '', true],
  ['Sydney', 'not_equals', 'Melbourne', true],
  ['', 'not_equals', 'Melbourne', true],
  ['42 Swan Street', 'contains', 'swan', true],
  ['', 'contains', 'swan', false],
  ['  ', 'empty', undefined, true],
  ['0', 'empty', undefined, false],
  ['0', 'not_empty', undefined, true],
  ['9', 'less', '10', true],
  ['10', 'greater', '9', true],
  ['9.5', 'greater', '9.5', false],
  ['1e3', 'greater', '999', true],
  ['2026-11-09', 'less', '2026-11-10', true],
  ['2026/11/24 09:00', 'greater', '2026/11/23 18:00', true],
  ['', 'less', '10', false],
  ['', 'greater', '', false],
])('%j %s %j: %s', ([actual, op, value, expected]) => {
  expect(holds({ field: 'X', op, ...(value === undefined ? {} : { value }) }, actual)).toBe(expected)
})
