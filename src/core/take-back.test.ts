import { expect, test } from 'vitest'
import { isOwnSlip } from './take-back.ts'

const made = { version: 4, actor: 'operator:3', at: '2026-11-26T10:00:00Z' }

test('the author takes back the newest change, within ten minutes', () => {
  expect(isOwnSlip(made, 4, 'operator:3', '2026-11-26T10:10:00Z')).toBe(true)
})

test.each([
  ['somebody else', 4, 'operator:4', '2026-11-26T10:01:00Z'],
  ['a program', 4, 'key:3', '2026-11-26T10:01:00Z'],
  ['a lead that was changed since', 5, 'operator:3', '2026-11-26T10:01:00Z'],
  ['a change of more than ten minutes ago', 4, 'operator:3', '2026-11-26T10:10:01Z'],
])('not %s', (_, lead_version, actor, now) => {
  const by = actor.startsWith('key:') ? { ...made, actor } : made
  expect(isOwnSlip(by, lead_version, actor, now)).toBe(false)
})
