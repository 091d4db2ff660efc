import { expect, test } from 'vitest'
import { changeOf, type KeyDraft, valuesOf } from './draft.ts'

const FORM: KeyDraft = {
  name: 'Web form',
  scopes: ['insert'],
  teams: ['East'],
  allocation_ids: [3, 4],
  last_day: '2026-11-30',
}

test('only what was changed is sent, in whatever order it was chosen', () => {
  expect(changeOf(FORM, FORM)).toEqual({})
  expect(changeOf({ ...FORM, allocation_ids: [4, 3] }, FORM)).toEqual({})
  expect(changeOf({ ...FORM, name: ' Form ' }, FORM)).toEqual({ name: 'Form' })
  expect(changeOf({ ...FORM, last_day: null }, FORM)).toEqual({ expires_at: null })
  expect(changeOf({ ...FORM, allocation_ids: [] }, FORM)).toEqual({ allocation_ids: null })
})

test('a key that may do more than insert and dial has no bounds of allocations', () => {
  const wider: KeyDraft = { ...FORM, scopes: ['insert', 'read'] }
  expect(changeOf(wider, FORM)).toEqual({ scopes: ['insert', 'read'], allocation_ids: null })
  expect(valuesOf(wider).allocation_ids).toBe(null)
})

test('a key ends with its last day', () => {
  const { expires_at } = valuesOf(FORM)
  expect(new Date(expires_at!).getTime()).toBe(new Date(2026, 11, 1).getTime())
  expect(valuesOf({ ...FORM, last_day: 'soon' }).expires_at).toBe('soon')
})
