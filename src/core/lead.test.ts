import { expect, test } from 'vitest'
import { attemptsOf, type LeadState } from './lead.ts'

test('outcomes are counted by their code, also where it is a word that every object knows', () => {
  const lead = (attempts: LeadState['attempts']) => ({ attempts }) as LeadState
  expect(attemptsOf(lead({ Busy: 2 }), { code: 'Busy' })).toBe(2)
  for (const code of ['No Answer', 'constructor', 'toString'])
    for (const attempts of [null, { Busy: 2 }]) expect(attemptsOf(lead(attempts), { code }), code).toBe(0)
})
