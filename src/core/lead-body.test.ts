import { expect, test } from 'vitest'
import { rules } from '../../test/support/base-lead.ts'
import { readLeadBody } from './lead-body.ts'

const read = (callback: unknown) => readLeadBody({ callback }, rules, 'patch').entries

test.for<unknown>([{}, { local: 5 }, { at: '2026-10-04T03:30:00Z' }, '2026-10-04T14:30', 7, []])(
  'a callback of %j is refused',
  (callback) => {
    const { problems, system } = read(callback)
    expect(problems).toMatchObject([{ name: 'INVALID_FIELD', field: '/callback' }])
    expect(system.has('callback')).toBe(false)
  },
)

test('a callback is a local time, and null clears it', () => {
  expect(read({ local: '2026-10-04T14:30' })).toMatchObject({ problems: [] })
  expect(read({ local: '2026-10-04T14:30' }).system.get('callback')?.text).toBe('2026-10-04T14:30')
  expect(read(null).system.get('callback')?.text).toBe('')
})
