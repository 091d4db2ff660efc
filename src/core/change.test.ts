import { expect, test } from 'vitest'
import { BASE, rules } from '../../test/support/base-lead.ts'
import { changeOf } from './change.ts'
import { LIMITS } from './limits.ts'

test('a key for which a full lead has no room is refused, or left out and named', () => {
  const unmapped = Object.fromEntries(
    Array.from({ length: LIMITS.unmapped_keys_max }, (_, i) => [`k${i}`, 'x']),
  )
  const full = { ...BASE, unmapped }
  const patch = { 'unmapped.one more': 'x', 'fields.Name': 'Ana Costa' }
  expect(changeOf(full, patch, rules).refusal).toMatchObject({ name: 'INVALID_FIELD', field: 'one more' })
  expect(changeOf(full, patch, rules, true).ok).toMatchObject({
    lead: { unmapped, fields: { Name: 'Ana Costa' } },
    warnings: [{ code: 'left_out', field: 'one more' }],
  })
})
