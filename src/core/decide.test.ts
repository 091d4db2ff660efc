import { expect, test } from 'vitest'
import { BASE, BUSY, rules } from '../../test/support/base-lead.ts'
import { valuesOfLead } from './action-values.ts'
import { keepApproved } from './approved.ts'
import { matchingOf } from './change.ts'
import { conflictGroups, factsOf } from './conflict-groups.ts'
import { decide } from './decide.ts'
import { valuesOf, withValues } from './lead.ts'
import type { Values } from './merge.ts'
import type { Disposition } from './rules.ts'

const options = { rules, now: '2026-07-01T00:00:00Z', may_put_off: false, reader: { may_overrule: true } }

/** A change of BASE that meets a lead which has changed to `theirs`. */
function sides(theirs: Values, mine: Values, given: Disposition | null = null) {
  const lead = { ...withValues(BASE, theirs), version: 2 }
  const asserted = new Set(given ? ['disposition'] : [])
  const facts = factsOf(rules, [], asserted)
  const groups = conflictGroups(valuesOf(BASE), valuesOf(lead), mine, matchingOf(rules), facts)
  return { lead, groups, given }
}

test('a value may be given for a path that no side has', () => {
  const met = sides({ 'fields.City': 'Fitzroy' }, { 'fields.City': 'Carlton' })
  const value = { 'fields.City': 'Kew', 'fields.State': 'Vic' }
  expect(decide(met, { address: { take: 'value', value } }, options).ok).toEqual({
    groups: [
      {
        group: 'address',
        class: 'conflict',
        paths: ['fields.City', 'fields.State'],
        base: { 'fields.City': 'Abbotsford', 'fields.State': null },
        mine: { 'fields.City': 'Carlton', 'fields.State': null },
        theirs: { 'fields.City': 'Fitzroy', 'fields.State': null },
        result: { 'fields.City': 'Kew', 'fields.State': 'Vic' },
        taken: 'value',
        reason: null,
      },
    ],
    patch: { 'fields.City': 'Kew', 'fields.State': 'Vic' },
    outcome: null,
    warnings: [],
  })
})

test('a value that is the number of the lead, spelt otherwise, changes nothing', () => {
  const met = sides({ 'fields.Name': 'Ana Costa' }, {})
  const value = { 'fields.Mobile': '+61 412 345 678' }
  expect(decide(met, { 'fields.Mobile': { take: 'value', value } }, options).ok?.patch).toEqual({})
})

test('an outcome that both gave is given twice, unless somebody decides that it was not', () => {
  const busy = { disposition: 'Busy', callback: '2026-07-01T10:15:00' }
  const met = sides(busy, busy, BUSY)
  expect(met.groups.find(({ group }) => group === 'outcome')?.class).toBe('agreed')
  expect(decide(met, {}, options).ok).toMatchObject({ patch: {}, outcome: BUSY })
  expect(decide(met, { outcome: { take: 'theirs' } }, options).ok).toMatchObject({ patch: {}, outcome: null })
})

test('all that is wrong with decisions is said together', () => {
  const met = sides(
    { 'fields.City': 'Fitzroy', disposition: 'Sale', closed: true },
    {
      'fields.City': 'Carlton',
      priority: 3,
    },
  )
  const refused = decide(
    met,
    {
      outcome: { take: 'mine' },
      'fields.Name': { take: 'value', value: { 'fields.Name': '\u0000', priority: '1' } },
      'fields.Shoe': { take: 'base' },
    },
    options,
  )
  expect(refused.refusal?.errors?.map(({ field }) => field).toSorted()).toEqual([
    '/decisions/address',
    '/decisions/fields.Name/value/fields.Name',
    '/decisions/fields.Name/value/priority',
    '/decisions/fields.Shoe',
    '/decisions/outcome/reason',
  ])
})

test('a reason alone does not overrule an outcome that closed the lead: that needs the role lead', () => {
  const met = sides({ disposition: 'Sale', closed: true }, { priority: 3 })
  const agent = { ...options, reader: { may_overrule: false } }
  const reason = 'She rang back'
  for (const take of ['mine', 'base'] as const) {
    expect(decide(met, { outcome: { take, reason } }, agent).refusal).toMatchObject({
      name: 'FORBIDDEN',
      errors: [{ name: 'FORBIDDEN', field: '/decisions/outcome' }],
    })
    expect(decide(met, { outcome: { take, reason } }, options).ok).toBeDefined()
  }
  expect(decide(met, { outcome: { take: 'theirs' } }, agent).ok?.patch).toEqual({})
})

test('a text of both can be taken only where there is one', () => {
  const met = sides({ 'fields.City': 'Fitzroy' }, { 'fields.City': 'Carlton' })
  expect(decide(met, { address: { take: 'merged' } }, options).refusal?.field).toBe('/decisions/address')
})

test('what a customer asked for is neither put off nor forgotten', () => {
  const approved = { ...BASE, client_approved: true, priority: 2 }
  const patch = { priority: 50, client_approved: false, 'fields.Name': 'Ana Costa' }
  expect(keepApproved(approved, patch)).toEqual({ 'fields.Name': 'Ana Costa' })
  expect(keepApproved(approved, { priority: 1 })).toEqual({ priority: 1 })
  expect(keepApproved(BASE, patch)).toEqual(patch)
})

test('a bad value stays where it is, and no other one is given', () => {
  const met = sides({ 'fields.Email': 'ask Ana' }, {})
  const decided = (Email: string) =>
    decide(met, { 'fields.Email': { take: 'value', value: { 'fields.Email': Email } } }, options)
  expect(decided('ask Ana').ok?.patch).toEqual({})
  expect(decided('ask Bob').refusal?.errors).toMatchObject([{ name: 'INVALID_FIELD' }])
  expect(decided('ana@example.com').ok?.patch).toEqual({ 'fields.Email': 'ana@example.com' })
})

test('actions see a bad value as empty', () => {
  const around = { campaign_name: '', allocation_name: '', disposition: null, call: null }
  const seen = (Email: string) =>
    valuesOfLead(withValues(BASE, { 'fields.Email': Email }), rules, around)('email')
  expect(seen('ask Ana')).toBe('')
  expect(seen('ana@example.com')).toBe('ana@example.com')
})
