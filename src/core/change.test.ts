import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BASE, rules } from '../../test/support/base-lead.ts'
import { changeOf, matchingOf, unmovedPatch } from './change.ts'
import { changesBetween, valuesOf, withValues } from './lead.ts'
import { LIMITS } from './limits.ts'
import { merge, type Values, valueAt } from './merge.ts'

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

const text = fc.constantFrom(null, '', 'Ana', 'Ana ', 'ANA', '0383218199', '03 8321 8199')
const values = fc.record<Values>(
  {
    'fields.Name': text,
    'fields.Phone': text,
    'fields.constructor': text,
    'unmapped.source': text,
    disposition: fc.constantFrom(null, 'Busy', 'busy'),
    callback: fc.constantFrom(null, '2026-12-01T10:00:00'),
    priority: fc.integer({ min: 9, max: 11 }),
    closed: fc.boolean(),
  },
  { requiredKeys: [] },
)

test('where nobody else has changed the lead, the patch is that of a merge', () => {
  fc.assert(
    fc.property(values, values, (had, wanted) => {
      const lead = withValues(BASE, had)
      const known = valuesOf(lead)
      expect(unmovedPatch(lead, wanted)).toEqual(merge(known, known, wanted, matchingOf(rules)).patch)
    }),
  )
})

test('changes are the paths whose values differ, with both of them', () => {
  fc.assert(
    fc.property(values, values, (had, patch) => {
      const [before, after] = [withValues(BASE, had), withValues(withValues(BASE, had), patch)]
      const [old, now] = [valuesOf(before), valuesOf(after)]
      const differing = Object.keys({ ...old, ...now }).flatMap((path) => {
        const pair = [valueAt(old, path), valueAt(now, path)]
        return pair[0] === pair[1] ? [] : [[path, pair]]
      })
      expect(changesBetween(before, after)).toEqual(Object.fromEntries(differing))
    }),
  )
})
