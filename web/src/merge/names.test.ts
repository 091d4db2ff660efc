import { expect, test } from 'vitest'
import { shortName } from './names.ts'

test.each([
  ['key:1', 'CRM nightly sync', 'CRM'],
  ['key:2', 'Back office', 'Back office'],
  ['key:3', 'Marketing automation', 'Marketing'],
  ['operator:4', 'Ben Ng', 'Ben'],
  ['key:5', null, 'an API key'],
  ['system', null, 'Leadline'],
])('%s named %s is %s on a button', (actor, actor_name, short) => {
  expect(shortName({ actor, actor_name })).toBe(short)
})
