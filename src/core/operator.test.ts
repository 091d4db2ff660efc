import { describe, expect, test } from 'vitest'
import { foldLogin, foldPassword, hasRole, loginProblem, passwordProblem, ROLES } from './operator.ts'

test('a role is at least itself and those before it', () => {
  for (const [i, role] of ROLES.entries())
    for (const [k, least] of ROLES.entries()) expect(hasRole(role, least)).toBe(i >= k)
})

describe('logins', () => {
  test.for(['j', 'jane', 'jane.smith', 'jane+east@example.com', '007', 'a'.repeat(100)])(
    '%s is one',
    (login) => {
      expect(loginProblem(login)).toBeUndefined()
    },
  )

  test.for([
    '',
    ' ',
    'jane smith',
    '.jane',
    'jane.',
    'Jane',
    'jané',
    'jane\n',
    'jane\0',
    'a'.repeat(101),
    '<b>',
  ])('%j is none', (login) => {
    expect(loginProblem(login)).toMatch(/^takes 1 to 100/)
  })

  test('upper and lower case, and blanks around it, are the same login', () => {
    expect(foldLogin(' Jane@Example.COM ')).toBe('jane@example.com')
  })
})

describe('passwords', () => {
  test.for([
    ['seven77', 'needs at least 8'],
    ['😀'.repeat(7), 'needs at least 8'],
    ['', 'needs at least 8'],
    ['x y'.repeat(67), 'more than 200'],
    ['x'.repeat(5_000), 'more than 200'],
    ['password', 'most common'],
    ['PassWord1', 'most common'],
    ['１２３４５６７８', 'most common'],
    [' leadline ', 'most common'],
    ['zzzzzzzzzz', 'most common'],
    ['ana.silva', 'the login'],
    ['ANA.Silva ', 'the login'],
  ] as const)('%j is refused: %s', ([password, says]) => {
    expect(passwordProblem(password, 'ana.silva')).toContain(says)
  })

  test.for([
    'six tall',
    'aaaaaaab',
    'correct horse battery staple',
    'žluťoučký',
    'пароль на день',
    `${'😀'.repeat(7)}x`,
  ])('%j is taken: there are no rules of composition', (password) => {
    expect(passwordProblem(password, 'ana.silva')).toBeUndefined()
  })

  test('one password typed on two keyboards is one', () => {
    expect(foldPassword('cafe\u0301 №1')).toBe(foldPassword('caf\u00e9 No1'))
  })
})
