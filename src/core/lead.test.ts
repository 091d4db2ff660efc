import { expect, test } from 'vitest'
import { attemptsOf, type LeadState, withValues } from './lead.ts'

test('outcomes are counted by their code, also where it is a word that every object knows', () => {
  const lead = (attempts: LeadState['attempts']) => ({ attempts }) as LeadState
  expect(attemptsOf(lead({ Busy: 2 }), { code: 'Busy' })).toBe(2)
  for (const code of ['No Answer', 'constructor', 'toString'])
    for (const attempts of [null, { Busy: 2 }]) expect(attemptsOf(lead(attempts), { code }), code).toBe(0)
})

test('a field that is called like a method has no value until it gets one', () => {
  const lead = { fields: { Phone: '0383218199' }, unmapped: {} } as unknown as LeadState
  const next = withValues(lead, { 'fields.Name': 'Ana Silva', 'fields.valueOf': null })
  expect(next.fields.toString).toBeUndefined()
  expect(next.fields.valueOf).toBeUndefined()
  expect(Object.entries(next.fields)).toEqual([
    ['Phone', '0383218199'],
    ['Name', 'Ana Silva'],
  ])
})
