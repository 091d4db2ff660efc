import { describe, expect, test } from 'vitest'
import { readLocal } from '../../../src/core/callback.ts'
import type { Field, FieldKind } from '../../../src/core/field.ts'
import { loginProblem, passwordProblem } from '../../../src/core/operator.ts'
import { readPhone } from '../../../src/core/phone.ts'
import { RESULTS } from '../../../src/core/result.ts'
import { readFieldValue } from '../../../src/core/value.ts'
import { problemForPeople, UNUSABLE } from './problems.ts'
import { forPeople } from './results.ts'

const names = Object.keys(RESULTS).filter((name) => name !== 'OK')

/** What only those who call the API understand. */
const API = /If-Match|nj[A-Z]|_|scope|\/v1|header|request|RFC|yyyy|template|Retry|allowDup|detail says/

describe.each(names)('%s', (name) => {
  const said = [
    { retryable: false },
    { retryable: false, written: 'unknown' as const },
    { retryable: true, written: 'no' as const, retry_after_s: 30 },
    { retryable: false, list: 'private', retry_after_s: 7_200 },
  ].map((more) => ({ ...more, text: forPeople({ name, ...more }) }))

  test('says what happened and what to do, in sentences without words of the API', () => {
    for (const { text } of said) {
      expect(text).toMatch(/^[A-Z].*\.$/)
      expect(text).not.toMatch(API)
      expect(text).not.toBe(forPeople({ name: 'NEWER_THAN_THE_APP', retryable: false }))
    }
  })

  test('asks to try again only where that can help', () => {
    for (const { text, retryable } of said) if (!retryable) expect(text).not.toMatch(/try again/i)
  })
})

/** What each judge of the core says about values that it refuses. */
const field = (kind: FieldKind): Field => ({
  name: 'Field',
  label: 'Field',
  kind,
  choices: kind === 'choice' ? ['Yes', 'No'] : null,
  aliases: [],
  merge_group: null,
})
const ofField = (kind: FieldKind, text: string) => {
  const read = readFieldValue(field(kind), text)
  return 'problem' in read ? read.problem : read.bad
}
const ofPhone = (text: string) => readPhone(text, 'AU').problem
const ofCallback = (text: string) => {
  const read = readLocal(text, 'Australia/Melbourne', '2026-11-27T00:00:00Z')
  return 'problem' in read ? read.problem : undefined
}

test.each<[string, string | undefined]>([
  ['an e-mail address', ofField('email', 'jane')],
  ['a number', ofField('number', 'many')],
  ['a date', ofField('date', 'soon')],
  ['a time in UTC', ofField('date', '2026-11-27T10:00Z')],
  ['a choice', ofField('choice', 'Maybe')],
  ['a check', ofField('check', 'maybe')],
  ['a long text', ofField('text', 'x'.repeat(20_001))],
  ['a control character', ofField('text', 'a\u0007b')],
  ...[
    '000',
    '1900 123 456',
    '+999 1',
    '0412 34',
    '0412 345 678 901 234',
    '+61 9999',
    '0999 999 999',
    '+61 999 999 999',
    '4.12E+08',
    '()',
    '0412345678 / 0383218199',
    '0412 +61',
    '-0412345678',
    '0383218199 x12',
    'jane@example.com',
    '1300 FLOWERS',
    '0383218199,,5#',
    '0412 345 678 ✆',
  ].map((text): [string, string | undefined] => [`the number ${text}`, ofPhone(text)]),
  ['a callback of another form', ofCallback('soon')],
  ['a day that is none', ofCallback('2026-02-31T10:00')],
  ['a callback long ago', ofCallback('2020-02-01T10:00')],
  ['a callback far ahead', ofCallback('2036-02-01T10:00')],
  ['a common password', passwordProblem('password1', 'ann')],
  ['a short password', passwordProblem('short', 'ann')],
  ['a long password', passwordProblem('ab'.repeat(500), 'ann')],
  ['the login as password', passwordProblem('annabelle', 'annabelle')],
  ['a login', loginProblem('a b')],
])('about %s the app has words of its own', (what, detail) => {
  expect(detail, what).toBeDefined()
  const name = what.startsWith('a callback') ? 'INVALID_CALLBACK_DATE' : 'INVALID_FIELD'
  const said = problemForPeople({ name, detail: detail! })
  expect(said).toMatch(/^[A-Z].*\.$/)
  expect(said).not.toBe(UNUSABLE)
})
