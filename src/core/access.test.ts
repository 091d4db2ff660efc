import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectiveScopes, isWithin, mayDo, SCOPE_TEXTS, SCOPES, SCOPES_OF } from './access.ts'
import { ROLES } from './operator.ts'

const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES))
const ids = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }))
const grant = fc.record({ scopes, team_ids: ids, allocation_ids: ids })
const EVERYWHERE = { team_ids: null, allocation_ids: null }

test('admin may do everything, and only who writes or more inserts', () => {
  for (const scope of SCOPES) expect(mayDo(['admin'], [scope])).toBe(true)
  expect(SCOPES.filter((scope) => mayDo([scope], ['insert']))).toEqual(['insert', 'write', 'admin'])
  expect(SCOPES.filter((scope) => mayDo([scope], ['supervise']))).toEqual(['supervise', 'admin'])
})

test('each role may do what the one below it may, and more', () => {
  const sizes = ROLES.map((role) => effectiveScopes(SCOPES_OF[role]).size)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  for (const [i, role] of ROLES.entries())
    for (const below of ROLES.slice(0, i)) {
      const own = { scopes: SCOPES_OF[role], ...EVERYWHERE }
      const less = { scopes: SCOPES_OF[below], ...EVERYWHERE }
      expect(isWithin(less, own), `${below} in ${role}`).toBe(true)
      expect(isWithin(own, less)).toBe(false)
    }
})

test('a grant within another one lets nobody do or see more', () => {
  fc.assert(
    fc.property(
      grant,
      grant,
      fc.constantFrom(...SCOPES),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (part, own, scope, team, allocation) => {
        const may = ({ scopes: given, team_ids, allocation_ids }: typeof part) =>
          mayDo(given, [scope]) &&
          (team_ids === null || team_ids.includes(team)) &&
          (allocation_ids === null || allocation_ids.includes(allocation))
        if (isWithin(part, own) && may(part)) expect(may(own)).toBe(true)
      },
    ),
  )
})

test('a grant is within itself, and within one for every team and allocation', () => {
  fc.assert(
    fc.property(grant, (own) => {
      expect(isWithin(own, own)).toBe(true)
      for (const bound of ['team_ids', 'allocation_ids'] as const) {
        expect(isWithin(own, { ...own, [bound]: null })).toBe(true)
        if (own[bound] !== null) expect(isWithin({ ...own, [bound]: null }, own)).toBe(false)
      }
    }),
  )
})

test('every scope is explained', () => {
  for (const scope of SCOPES) expect(SCOPE_TEXTS[scope]).toMatch(/^[a-z].*[a-z)]$/)
})
