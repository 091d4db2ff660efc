import { expect, test } from 'vitest'
import { passwordProblem } from '../../../src/core/operator.ts'
import { madeUpPassword } from './password.ts'

test('a made-up password is one that the server takes, and another one each time', () => {
  const made = Array.from({ length: 500 }, madeUpPassword)
  for (const password of made) {
    expect(password).toMatch(/^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$/)
    expect(passwordProblem(password, 'ann')).toBe(undefined)
  }
  expect(new Set(made).size).toBe(made.length)
})
