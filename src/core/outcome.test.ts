import { expect, test } from 'vitest'
import { BASE, rules } from '../../test/support/base-lead.ts'
import { KEEPING } from './entries.ts'
import { readReport } from './outcome.ts'

test('a report has no use for <NO CHANGE>, whichever value it is given for', () => {
  const report = {
    disposition: 'Busy',
    phone: '0412345678',
    fields: { Name: '<no change>' },
    unmapped: { note: '<NO CHANGE>' },
    callback_agent: ' <NO CHANGE> ',
  }
  const { refusal } = readReport(report, rules, BASE, '2026-07-01T00:00:00Z', KEEPING)
  expect(refusal).toMatchObject({ name: 'INVALID_FIELD' })
  expect(refusal!.errors!.map(({ field }) => field)).toEqual([
    '/fields/Name',
    '/unmapped/note',
    '/callback_agent',
  ])
})
