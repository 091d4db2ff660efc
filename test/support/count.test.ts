import { expect, test } from 'vitest'
import type { TestModule } from 'vitest/node'
import { count, line } from './count.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'

const module = (states: State[], errors: object[] = []) =>
  ({
    errors: () => errors,
    children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
  }) as unknown as TestModule

test('the line of a run that passed', () => {
  expect(line(count([module(['passed', 'passed']), module(['passed'])], 0), 0)).toBe('3 passed, 0 failed')
})

test('what failed, what was skipped and what never ran is counted', () => {
  const counts = count([module(['passed', 'failed', 'skipped', 'pending'])], 0)
  expect(line(counts, 1)).toBe('1 passed, 2 failed, 1 skipped')
})

test('a file that does not load is a failure, and so is an error outside of every test', () => {
  expect(line(count([module([], [new Error('no such file')]), module(['passed'])], 1), 1)).toBe(
    '1 passed, 2 failed',
  )
})

test('a run that ends with an error never says that nothing failed', () => {
  expect(line(count([module(['passed'])], 0), 1)).toBe('1 passed, 1 failed')
})
