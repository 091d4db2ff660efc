import { expect, test } from 'vitest'
import { IMPORT_STATES } from '../../../src/core/import.ts'
import { currentStep, openSteps } from './steps.ts'

const table = {} as NonNullable<Parameters<typeof openSteps>[0]['table']>
const mapping = { columns: [], constants: [] }
const checked = null

test('an import is always at a step that can be opened', () => {
  for (const state of IMPORT_STATES)
    for (const found of [
      { state, table: null, mapping: null, checked },
      { state, table, mapping: null, checked },
      { state, table, mapping, checked },
      { state, table, mapping, checked, asks: true },
    ])
      expect(openSteps(found), JSON.stringify(found)).toContain(currentStep(found))
})

test('the columns open with the table, the check with a mapping, and nothing but the run once that has begun', () => {
  expect(openSteps({ state: 'read', table, mapping: null, checked })).toEqual(['target', 'file', 'columns'])
  expect(openSteps({ state: 'read', table, mapping, checked })).toEqual([
    'target',
    'file',
    'columns',
    'check',
  ])
  expect(openSteps({ state: 'running', table, mapping, checked })).toEqual(['run'])
  expect(openSteps({ state: 'cancelled', table, mapping: null, checked })).toEqual(['report'])
})

test('the check waits for the answer how days are written, unless somebody has looked at the rows already', () => {
  const asked = { state: 'read', table, mapping, checked, asks: true } as const
  expect(openSteps(asked)).toEqual(['target', 'file', 'columns'])
  expect(currentStep(asked)).toBe('columns')
  expect(currentStep({ ...asked, state: 'checking' })).toBe('check')
  expect(currentStep({ ...asked, checked: {} as never })).toBe('check')
})
