import { expect, test } from 'vitest'
import { BASE, rules } from '../../test/support/base-lead.ts'
import { KEEPING, STRICT } from './entries.ts'
import { readLeadBody } from './lead-body.ts'
import { readPatch } from './update.ts'

interface Circumstances {
  lead?: typeof BASE
  may_put_off?: boolean
  reading?: typeof STRICT
}

function read(body: object, { lead = BASE, may_put_off = false, reading = STRICT }: Circumstances = {}) {
  const { entries } = readLeadBody(body, rules, 'patch', { reading })
  return readPatch(entries, rules, lead, { now: '2026-07-01T00:00:00Z', may_put_off })
}

test('that it would leave no number is answered together with all else that is wrong', () => {
  const { refusal } = read({ fields: { Mobile: null }, priority: 101 })
  expect(refusal).toMatchObject({
    name: 'NO_PHONE_FIELDS',
    errors: [
      { name: 'NO_PHONE_FIELDS', field: '/fields/Mobile' },
      { name: 'INVALID_PRIORITY', field: '/priority' },
    ],
  })
})

test('a call that the customer asked for becomes more urgent, and less urgent only by those who may put it off', () => {
  const approved = { ...BASE, client_approved: true, priority: 20 }
  const priorityAfter = (priority: number, more: Circumstances = {}) =>
    read({ priority }, { lead: approved, ...more }).ok?.values.priority
  expect(priorityAfter(10)).toBe(10)
  expect(priorityAfter(50)).toBe(20)
  expect(priorityAfter(50, { may_put_off: true })).toBe(50)
  expect(priorityAfter(50, { lead: { ...approved, client_approved: false } })).toBe(50)
  expect(read({ fields: { Name: 'Ana Costa' } }, { lead: approved }).ok?.values).toEqual({
    'fields.Name': 'Ana Costa',
  })
})

test('a value that would have to be cut is left out and named where values are kept, or else refused', () => {
  const Email = `a${'\u0301'.repeat(65)}@example.com`
  const fields = { Name: 'Ana Costa', Email }
  expect(read({ fields }, { reading: KEEPING }).ok).toMatchObject({
    values: { 'fields.Name': 'Ana Costa' },
    warnings: [{ code: 'left_out', field: 'Email' }],
  })
  expect(read({ fields }).refusal).toMatchObject({ name: 'INVALID_FIELD', field: '/fields/Email' })
})
