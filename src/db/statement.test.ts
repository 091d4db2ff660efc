import { expect, test } from 'vitest'
import { type None, numbered, numberedValues, statement } from './statement.ts'

test('parameters are numbered in the order in which they first appear', () => {
  expect(numbered('select :b, :a where x = :b and y = any (:c_ids)')).toEqual({
    text: 'select $1, $2 where x = $1 and y = any ($3)',
    parameters: ['b', 'a', 'c_ids'],
  })
})

test.each([
  ['a cast', 'select x::text, y :: integer[]'],
  ['a string', "select to_char(at, 'HH24:mi:ss'), 'it''s :b'"],
  ['a quoted name', 'select 1 as ":b"'],
  ['a comment', 'select 1 -- not :b\n/* nor :c\n or :d */'],
  ['a dollar-quoted string', 'do $$ begin perform :b; end $$'],
  ['a slice', 'select x[1:2]'],
])('%s names no parameter', (_, sql) => {
  expect(numbered(sql)).toEqual({ text: sql, parameters: [] })
})

test('a parameter with a cast is one', () => {
  expect(numbered('select :at::timestamptz').text).toBe('select $1::timestamptz')
})

const EXAMPLE = statement<{ a: number; b: string | null }, { c: number }>(
  'example.named',
  'select :b, :now, :a',
)

test('values are ordered by name, and the clock is given by itself', () => {
  expect(numberedValues(EXAMPLE, { a: 1, b: null }, '2026-01-01T00:00:00Z')).toEqual([
    null,
    '2026-01-01T00:00:00Z',
    1,
  ])
  expect(numberedValues(EXAMPLE, { b: 'x', a: 1 }, null)).toEqual(['x', null, 1])
})

test('a statement that takes nothing else gets the clock', () => {
  const clock_only = statement<None>('example.clock', 'select :now')
  expect(numberedValues(clock_only, [], '2026-01-01T00:00:00Z')).toEqual(['2026-01-01T00:00:00Z'])
})

test('a value that is missing is a mistake, never null', () => {
  expect(() => numberedValues(EXAMPLE, { a: 1 }, null)).toThrow('example.named: no value for :b')
})

test('parameters are not numbered by hand', () => {
  expect(() => statement('example.numbered', 'select $1')).toThrow('numbers a parameter')
})
