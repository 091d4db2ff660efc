import { expect, test } from 'vitest'
import { IMPORT_STATES } from '../../../src/core/import.ts'
import { currentStep, openSteps } from './steps.ts'

const table = {} as NonNullable<Parameters<typeof openSteps>[0]['table']>
const mapping = { columns: [], constants: [] }

test('an import is always at a step that can be opened', () => {
  for (const state of IMPORT_STATES)
    for (const found of [
      { state, table: null, mapping: null },
      { state, table, mapping: null },
      { state, table, mapping },
    ])
      expect(openSteps(found), JSON.stringify(found)).toContain(currentStep(found))
})

test('the columns open with the table, the check with a mapping, and nothing but the run once that has begun', () => {
  expect(openSteps({ state: 'read', table, mapping: null })).toEqual(['target', 'file', 'columns'])
  expect(openSteps({ state: 'read', table, mapping })).toEqual(['target', 'file', 'columns', 'check'])
  expect(openSteps({ state: 'running', table, mapping })).toEqual(['run'])
  expect(openSteps({ state: 'cancelled', table, mapping: null })).toEqual(['report'])
})
