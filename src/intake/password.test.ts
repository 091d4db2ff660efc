import { expect, test } from 'vitest'
import { ok, type Result } from '../core/result.ts'
import { hashPassword, inPasswordTurn, passwordFits } from './password.ts'

const SOMEBODY = { is_known: false, key: 'somebody' }

test('a password fits its own hash and no other', async () => {
  const hash = await hashPassword('six tall poplars')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await passwordFits('six tall poplars', hash)).toBe(true)
  expect(await passwordFits('Six tall poplars', hash)).toBe(false)
  expect(await hashPassword('six tall poplars')).not.toBe(hash)
})

test('a hash of the reference implementation is read, whatever its cost', async () => {
  // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await passwordFits('password', hash)).toBe(true)
  expect(await passwordFits('passwords', hash)).toBe(false)
})

test('where nobody has the login no password fits, after the same work', async () => {
  const hash = await hashPassword('six tall poplars')
  const time = async (of: string | undefined) => {
    const times: number[] = []
    for (let i = 0; i < 4; i++) {
      const start = performance.now()
      expect(await passwordFits('a wrong one', of)).toBe(false)
      times.push(performance.now() - start)
    }
    return Math.min(...times)
  }
  // Without the work it would be a thousandth.
  expect(await time(undefined)).toBeGreaterThan((await time(hash)) / 5)
})

test('what is stored and is no hash is a fault, not a wrong password', async () => {
  await expect(passwordFits('password', 'password')).rejects.toThrow('no PHC string')
})

test('few passwords are worked on at once, many wait, and those beyond are refused at once', async () => {
  let at_work = 0
  let most = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const work = async (): Promise<Result<string>> => {
    most = Math.max(most, ++at_work)
    await held
    at_work--
    return ok('done')
  }
  const all = Array.from({ length: 300 }, () => inPasswordTurn(SOMEBODY, work))
  const refused = await Promise.race(all)
  expect(refused.refusal).toMatchObject({ name: 'RATE_LIMITED', retry_after_s: expect.any(Number) })
  release()
  const answers = await Promise.all(all)
  expect(answers.filter(({ ok }) => ok === 'done').length).toBeGreaterThan(250)
  expect(most).toBeLessThanOrEqual(2)
})

test('work that fails gives its turn back', async () => {
  for (let i = 0; i < 5; i++)
    await expect(
      inPasswordTurn(SOMEBODY, () => Promise.reject(new Error('the database is away'))),
    ).rejects.toThrow('away')
  expect(await inPasswordTurn(SOMEBODY, async () => ok(1))).toEqual({ ok: 1 })
})
