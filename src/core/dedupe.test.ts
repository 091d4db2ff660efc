import { expect, test } from 'vitest'
import { judgeDedupe } from './dedupe.ts'
import { type Field, FieldTable } from './field.ts'

const field = (name: string, kind: Field['kind']): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group: null,
})
const FIELDS = new FieldTable([field('Phone', 'phone'), field('Email', 'email'), field('Name', 'text')])

test('what the campaign decides anyway is no choice', () => {
  expect(judgeDedupe({}, FIELDS).ok).toBe(null)
  expect(judgeDedupe({ scope: 'campaign', days: null, by: 'phone', fields: [] }, FIELDS).ok).toBe(null)
  expect(judgeDedupe({ days: 90 }, FIELDS).ok).toEqual({
    scope: 'campaign',
    days: 90,
    by: 'phone',
    fields: [],
  })
})

test('fields are named as the template has them, each once', () => {
  const judged = judgeDedupe({ by: 'fields', fields: ['email', 'Email', 'NAME'] }, FIELDS)
  expect(judged.ok?.fields).toEqual(['Email', 'Name'])
})

test.each([
  [{ by: 'fields' as const }, '/dedupe/fields', 'must name the fields by which leads are compared'],
  [{ fields: ['Email'] }, '/dedupe/fields', 'goes with "by": "fields"'],
  [{ by: 'fields' as const, fields: ['Email', 'Shoe'] }, '/dedupe/fields/1', 'is no field of the template'],
  [
    { by: 'fields' as const, fields: ['Phone'] },
    '/dedupe/fields/0',
    'is a phone field: numbers are compared with "by": "phone"',
  ],
])('%j is refused', (asked, at, detail) => {
  expect(judgeDedupe(asked, FIELDS).refusal).toMatchObject({ name: 'INVALID_FIELD', field: at, detail })
})
