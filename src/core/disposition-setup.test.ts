import { expect, test } from 'vitest'
import { dispositionProblem } from './disposition-setup.ts'
import { DISPOSITION_KINDS } from './rules.ts'

const plain = { delay_s: null, next_day: false, redials_max: null }

test('what goes together', () => {
  for (const kind of DISPOSITION_KINDS) expect(dispositionProblem({ kind, ...plain })).toBeUndefined()
  expect(dispositionProblem({ ...plain, kind: 'retry', delay_s: 900, redials_max: 0 })).toBeUndefined()
  expect(dispositionProblem({ ...plain, kind: 'callback', next_day: true })).toBeUndefined()
})

test('what does not', () => {
  for (const kind of ['final', 'dnc'] as const) {
    expect(dispositionProblem({ ...plain, kind, delay_s: 0 })?.field).toBe('/delay_s')
    expect(dispositionProblem({ ...plain, kind, next_day: true })?.field).toBe('/next_day')
  }
  expect(dispositionProblem({ ...plain, kind: 'retry', delay_s: 1, next_day: true })?.field).toBe('/next_day')
  for (const kind of DISPOSITION_KINDS.filter((one) => one !== 'retry'))
    expect(dispositionProblem({ ...plain, kind, redials_max: 1 })?.field).toBe('/redials_max')
})
