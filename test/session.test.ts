// Sessions of operators over HTTP: signing in and out, the cookie, other sites, expiry, delays after wrong passwords.

import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Operator, SignedIn } from '../src/client/api.ts'
import { LeadlineClient, type Problem } from '../src/client/client.ts'
import { LIMITS } from '../src/core/limits.ts'
import { credentialsOf } from '../src/db/operators.ts'
import { sessionByHash, sweepSessions } from '../src/db/sessions.ts'
import { attemptSignIn, clearSignIn, keepDevice, sweepSignIns } from '../src/db/sign-ins.ts'
import { hashToken, loginKey, openSession } from '../src/intake/sign-in.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { Browser, OperatorClient, PASSWORD } from './support/operator.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const other = await startLeadline({ connection: leadline.connection })
const { client, connection, target } = leadline

/** An operator who is signed in nowhere yet, with a browser on this server or the other. */
const away = ({ operator }: OperatorClient, url = leadline.url) => new OperatorClient(url, operator)
const tokenOf = ({ browser }: OperatorClient) => browser.cookies.get('leadline_session')!
const sessionOf = async (one: OperatorClient) => (await one.session()).body
const isIn = async (one: OperatorClient) => (await one.get('/v1/templates')).status === 200

/** Attempts with a login from one place. */
const guess = (login: string, from = 'network 192.0.2.1') => ({
  login_hash: loginKey(login),
  from_hash: hashToken(from),
})

/** The rows of a session move into the past. */
const age = (one: OperatorClient, column: 'created_at' | 'last_seen_at', by: string) =>
  admin(
    connection,
    `update sessions set ${column} = ${column} - interval '${by}' where token_hash = '\\x${hashToken(tokenOf(one)).toString('hex')}'`,
  )

describe('signing in', () => {
  test('answers who it is and sets a cookie that no script and no other site can use', async () => {
    const ana = await leadline.asOperator('agent', ['East'])
    const desk = away(ana)
    const answer = await desk.signIn(ana.operator.login.toUpperCase(), PASSWORD)
    expect(answer.status).toBe(201)
    const { operator, expires_at } = answer.body as SignedIn
    expect(operator).toEqual({
      ...ana.operator,
      teams: ['East'],
      disabled: false,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      last_seen_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const ends_in = Date.parse(expires_at) - Date.now()
    expect(ends_in / 60_000).toBeGreaterThan(55)
    expect(ends_in / 60_000).toBeLessThan(61)
    expect(desk.browser.set_cookies).toEqual([
      expect.stringMatching(/^leadline_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
      expect.stringMatching(
        /^leadline_device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=7776000$/,
      ),
    ])
    expect(tokenOf(desk)).not.toBe(tokenOf(ana))
    expect(await sessionOf(desk)).toEqual({
      operator: expect.objectContaining(ana.operator),
      setup: false,
      expires_at: expect.any(String),
      drafts_key: expect.any(String),
    })
  })

  test('behind HTTPS the cookie is Secure', async () => {
    const ana = await leadline.asOperator('agent')
    const { browser } = away(ana)
    const behind = { 'X-Forwarded-Proto': 'https', 'Content-Type': 'application/json' }
    const body = JSON.stringify({ login: ana.operator.login, password: PASSWORD })
    await browser.fetch(`${leadline.url}/v1/session`, { method: 'POST', headers: behind, body })
    for (const line of browser.set_cookies) expect(line).toMatch(/; HttpOnly; SameSite=Strict; Secure\b/)
  })

  test('a wrong password, an unknown login and a disabled operator are told the same, after the same work', async () => {
    const [ana, gone] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    await client.changeOperator(gone.operator.operator_id, { disabled: true })
    const attempts = [
      [ana.operator.login, 'a wrong one'],
      ['nobody', 'a wrong one'],
      ['nobody', PASSWORD],
      [gone.operator.login, 'a wrong one'],
      [gone.operator.login, PASSWORD],
      ["' or 1=1 --", PASSWORD],
    ] as const
    const told: object[] = []
    for (const [login, password] of attempts) {
      const { browser } = away(ana)
      const answer = await new LeadlineClient({ url: leadline.url, key: null, fetch: browser.fetch }).signIn(
        login,
        password,
      )
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
      expect(browser.set_cookies).toEqual([])
      told.push({ ...answer.body, request_id: '' })
    }
    expect(told[0]).toMatchObject({ status: 401, code: 1001, detail: 'the login or the password is wrong' })
    for (const one of told) expect(one).toEqual(told[0])
  })

  test('a browser that signs in again has a new session, and its old one is over', async () => {
    const ana = await leadline.asOperator('agent')
    const old = away(ana)
    old.browser.cookies.set('leadline_session', tokenOf(ana))
    await ana.signIn(ana.operator.login, PASSWORD)
    expect(tokenOf(ana)).not.toBe(tokenOf(old))
    expect(await isIn(ana)).toBe(true)
    expect(await isIn(old)).toBe(false)
  })

  test('gives a key for unsaved input: the same in all sessions, until the password changes', async () => {
    const [ana, kim] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const keyOf = async (one: OperatorClient) => (await sessionOf(one)).drafts_key
    const key = await keyOf(ana)
    expect(Buffer.from(key!, 'base64')).toHaveLength(32)
    const desk = away(ana)
    await desk.signIn(ana.operator.login, PASSWORD)
    expect(await keyOf(desk)).toBe(key)
    expect(await keyOf(kim)).not.toBe(key)
    await ana.changePassword(PASSWORD, 'nine brown foxes')
    expect(await keyOf(ana)).not.toBe(key)
  })

  test.for([
    ['nothing', undefined],
    ['a list', []],
    ['no password', { login: 'ana' }],
    ['a number', { login: 'ana', password: 12345678 }],
    ['an empty password', { login: 'ana', password: '' }],
    ['a password longer than any', { login: 'ana', password: 'x'.repeat(1_001) }],
    ['a login longer than any', { login: 'x'.repeat(201), password: 'x' }],
    ['NUL', { login: 'ana\0', password: 'six tall poplars' }],
    ['half a character', { login: 'ana', password: 'six tall \ud800' }],
    ['more than that', { login: 'ana', password: 'six tall poplars', role: 'admin' }],
  ] as const)('with %s is refused as what it is', async ([, body]) => {
    const answer = await new LeadlineClient({ url: leadline.url, key: null }).post<Problem>(
      '/v1/session',
      body,
    )
    expect([1003, 1005]).toContain(answer.code)
    expect([400, 422]).toContain(answer.status)
    expect(JSON.stringify(answer.body)).not.toContain('poplars')
  })

  test('of who is disabled, or gets another password, while it is looked at makes no session', async () => {
    const { operator } = await leadline.asOperator('agent')
    const open = (hash: string) =>
      leadline.pool.transaction((tx) => openSession(tx, operator.operator_id, hash, { request_id: 'late' }))
    const { password_hash } = (await credentialsOf(leadline.pool, operator.login))!
    expect(await open(password_hash)).toMatchObject({ operator: { operator_id: operator.operator_id } })
    expect(await open(password_hash.replace(/.$/, '_'))).toBeUndefined()
    await client.changeOperator(operator.operator_id, { disabled: true })
    expect(await open(password_hash)).toBeUndefined()
    const rest = `select from sessions where operator_id = ${operator.operator_id}`
    expect((await admin(connection, rest)).rowCount).toBe(0)
  })

  test('whose operator is disabled while the password is looked at is told that it is wrong', async () => {
    const ana = await leadline.asOperator('agent')
    const [desk, { operator_id }] = [away(ana), ana.operator]
    const session = new pg.Client(connection)
    await session.connect()
    onTestFinished(() => session.end())
    await session.query(`begin; update operators set disabled_at = now() where operator_id = ${operator_id}`)
    const waiting = desk.signIn(ana.operator.login, PASSWORD)
    await until('the sign-in waits for the operator', async () => {
      const { rows } = await admin(
        connection,
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    await session.query('commit')
    expect(await waiting).toMatchObject({ status: 401, code: 1001 })
    expect(desk.browser.set_cookies).toEqual([])
  })

  test('what is stored opens no door: neither a password nor a token', async () => {
    const ana = await leadline.asOperator('agent')
    const { rows } = await admin(
      connection,
      'select o::text as stored from operators o union all select s::text from sessions s',
    )
    const stored = JSON.stringify(rows)
    expect(stored).toContain(hashToken(tokenOf(ana)).toString('hex'))
    expect(stored).toContain('$argon2id$v=19$')
    expect(stored).not.toContain(tokenOf(ana))
    expect(stored).not.toContain(PASSWORD)
  })
})

describe('the cookie', () => {
  const ask = (headers: Record<string, string>, method = 'GET', path = '/v1/templates') =>
    fetch(leadline.url + path, { method, headers })

  test('is only looked at when no key is presented', async () => {
    const ana = await leadline.asOperator('admin')
    const Cookie = `leadline_session=${tokenOf(ana)}`
    const none = await leadline.clientWith(['insert'])
    expect((await ask({ Cookie })).status).toBe(200)
    expect((await ask({ Cookie, Authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await ask({ Cookie, Authorization: `Bearer ${leadline.key}` })).status).toBe(200)
    // A proxy's own sign-in is not one of our keys.
    expect((await ask({ Cookie, Authorization: 'Basic YTpi' })).status).toBe(200)
    const keyed = await none.request('GET', '/v1/templates', { headers: { Cookie } })
    expect(keyed.status).toBe(403)
  })

  test('among others it is found, twice the same is one, and two that differ are none', async () => {
    const [ana, kim] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const one = `leadline_session=${tokenOf(ana)}`
    expect((await ask({ Cookie: `theme=dark; ${one}; ${one};x` })).status).toBe(200)
    const two = await ask({ Cookie: `${one}; leadline_session=${tokenOf(kim)}` })
    expect([two.status, ((await two.json()) as Problem).code]).toEqual([400, 1003])
  })

  test.for(['', 'x', '"', '%00', 'a'.repeat(43), 'a'.repeat(4_000), "'; drop table sessions; --"])(
    'that says %j is no session',
    async (value) => {
      expect((await ask({ Cookie: `leadline_session=${value}` })).status).toBe(401)
    },
  )

  const host = new URL(leadline.url).host
  test.for([
    [{ 'Sec-Fetch-Site': 'same-origin' }, 204],
    [{ Origin: leadline.url }, 204],
    [{ Origin: `http://${host.toUpperCase()}` }, 204],
    [{ 'Sec-Fetch-Site': 'same-origin', Origin: 'https://proxy.example' }, 204],
    [{}, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ 'Sec-Fetch-Site': 'none' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site', Origin: leadline.url }, 403],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://127.0.0.1:1' }, 403],
    [{ Origin: `http://${host}.evil.example` }, 403],
    [{ Referer: `${leadline.url}/leads` }, 403],
  ] as const)(
    'changes something only for a page of the same origin: %j answers %i',
    async ([headers, status]) => {
      const ana = await leadline.asOperator('agent')
      const Cookie = `leadline_session=${tokenOf(ana)}`
      const answer = await ask({ ...headers, Cookie }, 'DELETE', '/v1/session')
      expect(answer.status).toBe(status)
      if (status === 403) expect(((await answer.json()) as Problem).code).toBe(1002)
      expect(await isIn(ana)).toBe(status === 403)
      // Reading changes nothing, and no other site can read the answer.
      expect((await ask({ ...headers, Cookie })).status).toBe(status === 403 ? 200 : 401)
    },
  )

  test('another site cannot sign people in either, and a key needs no origin', async () => {
    const body = JSON.stringify({ login: 'ana', password: PASSWORD })
    const post = (headers: Record<string, string>) =>
      fetch(`${leadline.url}/v1/session`, { method: 'POST', headers, body })
    expect((await post({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await post({ Origin: 'https://evil.example' })).status).toBe(403)
    const Authorization = `Bearer ${leadline.key}`
    const keyed = await ask({ Authorization, Origin: 'https://crm.example' }, 'DELETE', '/v1/leads/1-999999')
    expect(keyed.status).toBe(404)
  })
})

describe('a session ends', () => {
  test('when nobody has used it for an hour', async () => {
    const ana = await leadline.asOperator('agent')
    await age(ana, 'last_seen_at', '59 minutes')
    expect(await sessionByHash(leadline.pool, hashToken(tokenOf(ana)))).toMatchObject({ stale_use: true })
    expect(await isIn(ana)).toBe(true)
    // That was a use.
    await age(ana, 'last_seen_at', '59 minutes')
    expect(await isIn(ana)).toBe(true)
    await age(ana, 'last_seen_at', '61 minutes')
    await until('the session is over', async () => !(await isIn(ana)))
    expect(await sessionOf(ana)).toEqual({
      operator: null,
      setup: false,
      expires_at: null,
      drafts_key: null,
    })
    expect((await ana.get<Problem>('/v1/templates')).body).toMatchObject({ status: 401, code: 1001 })
  })

  test('after twelve hours, however much it is used', async () => {
    const ana = await leadline.asOperator('agent')
    await age(ana, 'created_at', '11 hours 50 minutes')
    await until(
      'the end is near',
      async () => Date.parse((await sessionOf(ana)).expires_at!) < Date.now() + 600_000,
    )
    expect(await isIn(ana)).toBe(true)
    await age(ana, 'created_at', '10 minutes')
    await until('the session is over', async () => !(await isIn(ana)))
  })

  test('not later because a screen asks for it: only `extend` counts as use', async () => {
    const ana = await leadline.asOperator('agent')
    await age(ana, 'last_seen_at', '50 minutes')
    const left = async (extend?: boolean) =>
      Date.parse((await ana.session({ extend })).body.expires_at!) - Date.now()
    expect(await left()).toBeLessThan(11 * 60_000)
    expect(await left(false)).toBeLessThan(11 * 60_000)
    expect(await left(true)).toBeGreaterThan(55 * 60_000)
  })

  test('its use is written at most once a minute', async () => {
    const ana = await leadline.asOperator('agent')
    const seen = async () =>
      (
        await admin(
          connection,
          `select s.last_seen_at, o.last_seen_at as seen from sessions s join operators o using (operator_id) where operator_id = ${ana.operator.operator_id}`,
        )
      ).rows[0]
    const first = await seen()
    expect(await isIn(ana)).toBe(true)
    expect(await seen()).toEqual(first)
    await admin(
      connection,
      `update operators set last_seen_at = null where operator_id = ${ana.operator.operator_id}`,
    )
    await age(ana, 'last_seen_at', '2 minutes')
    await until(
      'the use is noted',
      async () => (await isIn(ana)) && (await seen()).last_seen_at > first.last_seen_at,
    )
    expect((await seen()).seen).not.toBeNull()
  })

  test('when the operator signs out, and the cookie goes with it', async () => {
    const ana = await leadline.asOperator('agent')
    const copy = away(ana)
    copy.browser.cookies.set('leadline_session', tokenOf(ana))
    expect(await isIn(copy)).toBe(true)
    expect(await ana.signOut()).toMatchObject({ status: 204, body: '' })
    expect(ana.browser.set_cookies.at(-1)).toBe(
      'leadline_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    )
    expect(await isIn(copy)).toBe(false)
    expect(await copy.signOut()).toMatchObject({ status: 401, code: 1001 })
  })

  test('everywhere, when the operator says so, and nobody else is touched', async () => {
    const [ana, kim] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const [desk, home] = [away(ana), away(ana, other.url)]
    await desk.signIn(ana.operator.login, PASSWORD)
    home.browser.cookies.set('leadline_session', tokenOf(ana))
    expect([await isIn(desk), await isIn(home)]).toEqual([true, true])
    expect((await ana.signOut()).status).toBe(204)
    expect(await isIn(desk)).toBe(true)
    expect((await desk.signOut({ everywhere: true })).status).toBe(204)
    expect(await isIn(desk)).toBe(false)
    await until('it is over on the other server too', async () => !(await isIn(home)))
    expect(await isIn(kim)).toBe(true)
  })

  test('in every process within a second when the operator is disabled, and does not come back', async () => {
    const ana = await leadline.asOperator('agent')
    const there = away(ana, other.url)
    there.browser.cookies.set('leadline_session', tokenOf(ana))
    expect([await isIn(ana), await isIn(there)]).toEqual([true, true])
    await client.changeOperator(ana.operator.operator_id, { disabled: true })
    const since = performance.now()
    expect(await isIn(ana)).toBe(false)
    for (;;) {
      const asked = performance.now()
      if (!(await isIn(there))) break
      expect(asked - since, 'let in though it ended a second ago').toBeLessThan(1_000)
    }
    await client.changeOperator(ana.operator.operator_id, { disabled: false })
    expect([await isIn(ana), await isIn(there)]).toEqual([false, false])
    expect((await ana.signIn(ana.operator.login, PASSWORD)).status).toBe(201)
  })

  test('a role that changes counts at once, without a new sign-in', async () => {
    const ana = await leadline.asOperator('agent')
    const forget = async () => (await ana.delete(`/v1/leads/${target.campaign_id}-999999`)).status
    expect(await forget()).toBe(403)
    await client.changeOperator(ana.operator.operator_id, { role: 'lead' })
    expect(await forget()).toBe(404)
    await client.changeOperator(ana.operator.operator_id, { role: 'agent' })
    expect(await forget()).toBe(403)
  })

  test('sessions that are over, and failures that are forgotten, are swept away', async () => {
    const [old, ana] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    await age(old, 'created_at', '13 hours')
    await attemptSignIn(leadline.pool, guess('swept'))
    await admin(connection, `update sign_in_failures set last_at = now() - interval '25 hours'`)
    await sweepSessions(leadline.pool)
    await sweepSignIns(leadline.pool)
    const { rows } = await admin(connection, 'select operator_id from sessions')
    const left = rows.map(({ operator_id }) => operator_id)
    expect(left).not.toContain(old.operator.operator_id)
    expect(left).toContain(ana.operator.operator_id)
    expect((await admin(connection, 'select from sign_in_failures')).rowCount).toBe(0)
  })
})

describe('the own password', () => {
  test('is changed by who knows it; the sessions elsewhere end, this one goes on', async () => {
    const ana = await leadline.asOperator('agent')
    const desk = away(ana)
    await desk.signIn(ana.operator.login, PASSWORD)
    expect(await ana.changePassword('a wrong one', 'nine brown foxes')).toMatchObject({
      status: 422,
      code: 1005,
      body: { errors: [{ field: '/current', detail: 'is not your password' }] },
    })
    expect(await isIn(desk)).toBe(true)
    expect(await ana.changePassword(PASSWORD, 'nine brown foxes')).toMatchObject({ status: 204, body: '' })
    expect([await isIn(ana), await isIn(desk)]).toEqual([true, false])
    expect((await desk.signIn(ana.operator.login, PASSWORD)).status).toBe(401)
    expect((await desk.signIn(ana.operator.login, 'nine brown foxes')).status).toBe(201)
  })

  test.for([
    ['short', 'at least 8'],
    ['password1', 'most common'],
    ['x'.repeat(201), 'more than 200'],
  ] as const)('is not changed to %j', async ([wanted, says]) => {
    const ana = await leadline.asOperator('agent')
    const answer = await ana.changePassword(PASSWORD, wanted)
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ field: '/new', detail: expect.stringContaining(says) }] },
    })
  })

  test('is guarded by delays like signing in: a stolen session does not learn it, and delays nobody else', async () => {
    const ana = await leadline.asOperator('agent')
    const desk = away(ana)
    await desk.signIn(ana.operator.login, PASSWORD)
    for (let i = 0; i < 5; i++)
      expect((await desk.changePassword('a wrong one', 'nine brown foxes')).code).toBe(1005)
    expect(await desk.changePassword(PASSWORD, 'nine brown foxes')).toMatchObject({ status: 429, code: 1012 })
    expect(await ana.changePassword(PASSWORD, 'nine brown foxes')).toMatchObject({ status: 204 })
  })
})

describe('after wrong passwords', () => {
  const key = guess('guessed')
  const failures = async () =>
    (
      await admin(
        connection,
        `select failures, extract(epoch from blocked_until - last_at)::integer as wait_s from sign_in_failures where login_hash = '\\x${key.login_hash.toString('hex')}'`,
      )
    ).rows[0]
  const waited = () =>
    admin(connection, `update sign_in_failures set blocked_until = now() - interval '1 second'`)

  test('the fifth makes the next one wait for a second, then two, and so on up to a quarter of an hour', async () => {
    const waits: (number | null)[] = []
    for (let i = 0; i < 18; i++) {
      expect(await attemptSignIn(leadline.pool, key)).toBeUndefined()
      waits.push((await failures()).wait_s)
      await admin(
        connection,
        'update sign_in_failures set blocked_until = null where blocked_until is not null',
      )
    }
    expect(waits).toEqual([null, null, null, null, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
  })

  test('what comes before the time is neither tried nor counted, whoever knows the password', async () => {
    const ana = await leadline.asOperator('agent')
    const hex = loginKey(ana.operator.login).toString('hex')
    await admin(
      connection,
      `insert into sign_in_failures (login_hash, from_hash, failures, blocked_until)
       values ('\\x${hex}', '\\x${hashToken('network 127.0.0.1').toString('hex')}', 9, now() + interval '100 seconds')`,
    )
    const desk = away(ana, other.url)
    for (const password of ['a wrong one', PASSWORD]) {
      const answer = await desk.signIn(ana.operator.login, password)
      expect(answer).toMatchObject({
        status: 429,
        code: 1012,
        body: { name: 'RATE_LIMITED', retryable: true },
      })
      expect(answer.retry_after_s).toBeGreaterThan(60)
      expect(answer.retry_after_s).toBeLessThanOrEqual(100)
      expect((answer.body as Problem).retry_after_s).toBe(answer.retry_after_s)
    }
    // Operators who are signed in go on working.
    expect(await isIn(ana)).toBe(true)
    await waited()
    expect((await desk.signIn(ana.operator.login, PASSWORD)).status).toBe(201)
    expect(
      (await admin(connection, `select from sign_in_failures where login_hash = '\\x${hex}'`)).rowCount,
    ).toBe(0)
  })

  test('many guesses at once gain nothing: each is counted before it is looked at', async () => {
    await clearSignIn(leadline.pool, key)
    const tried = await Promise.all(
      Array.from({ length: 60 }, (_, i) => attemptSignIn((i % 2 ? leadline : other).pool, key)),
    )
    // Five, and one more for every second that the machine sleeps in between.
    expect(tried.filter((wait_s) => wait_s === undefined).length).toBeGreaterThanOrEqual(5)
    expect(tried.filter((wait_s) => wait_s === undefined).length).toBeLessThan(10)
  })

  test('a day later they are forgotten', async () => {
    await admin(
      connection,
      `update sign_in_failures set last_at = now() - interval '25 hours', blocked_until = now()`,
    )
    expect(await attemptSignIn(leadline.pool, key)).toBeUndefined()
    expect(await failures()).toEqual({ failures: 1, wait_s: null })
  })
})

describe('the delays that others cause', async () => {
  const behind = await startLeadline({ connection, trusted_proxies: ['127.0.0.1'] })

  /** A browser of this operator whose requests come from an address. */
  function at(address: string, { operator }: OperatorClient, browser = new Browser()) {
    const fetch: typeof globalThis.fetch = (input, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('X-Forwarded-For', address)
      return browser.fetch(input, { ...init, headers })
    }
    const client = new LeadlineClient({ url: behind.url, key: null, fetch })
    return { browser, signIn: (password = PASSWORD) => client.signIn(operator.login, password) }
  }
  const guessUntilDelayed = async (browser: { signIn: (password: string) => Promise<{ code: number }> }) => {
    let guesses = 0
    while ((await browser.signIn('a wrong one')).code !== 1012) guesses++
    return guesses
  }

  test('do not meet somebody elsewhere', async () => {
    const ana = await leadline.asOperator('agent')
    expect(await guessUntilDelayed(at('198.51.100.9', ana))).toBe(5)
    expect((await at('198.51.100.9', ana).signIn()).status).toBe(429)
    expect((await at('198.51.100.10', ana).signIn()).status).toBe(201)
  })

  test('of IPv6 meet the whole network of a client, and no other', async () => {
    const ana = await leadline.asOperator('agent')
    let host = 0
    const anywhere = { signIn: (password: string) => at(`2001:db8:1:2::${++host}`, ana).signIn(password) }
    expect(await guessUntilDelayed(anywhere)).toBe(5)
    expect((await at('2001:db8:1:3::1', ana).signIn()).status).toBe(201)
  })

  test('do not meet a browser in which the operator signed in before, at the same address neither', async () => {
    const ana = await leadline.asOperator('agent')
    const known = at('198.51.100.9', ana)
    expect((await known.signIn()).status).toBe(201)
    const device = known.browser.cookies.get('leadline_device')
    await guessUntilDelayed(at('198.51.100.9', ana))
    expect((await at('198.51.100.9', ana).signIn()).status).toBe(429)
    expect((await known.signIn()).status).toBe(201)
    // It stays the same browser; and it has delays of its own.
    expect(known.browser.cookies.get('leadline_device')).toBe(device)
    expect(await guessUntilDelayed(known)).toBe(5)
    expect((await known.signIn()).status).toBe(429)
    expect((await at('198.51.100.77', ana).signIn()).status).toBe(201)
  })

  test('meet a browser that is known for another operator, and one with a token that is none of ours', async () => {
    const [ana, ben] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const of_ben = at('198.51.100.9', ben)
    await of_ben.signIn()
    await guessUntilDelayed(at('198.51.100.9', ana))
    expect((await at('198.51.100.9', ana, of_ben.browser).signIn()).status).toBe(429)
    const made_up = new Browser()
    made_up.cookies.set('leadline_device', 'x'.repeat(43))
    expect((await at('198.51.100.9', ana, made_up).signIn()).status).toBe(429)
    expect((await at('198.51.100.8', ana, made_up).signIn()).status).toBe(201)
    expect(made_up.cookies.get('leadline_device')).not.toBe('x'.repeat(43))
  })

  test('do not meet either of two who share a desk', async () => {
    const [ana, ben] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const desk = new Browser()
    for (const one of [ana, ben]) expect((await at('198.51.100.9', one, desk).signIn()).status).toBe(201)
    for (const one of [ana, ben]) await guessUntilDelayed(at('198.51.100.9', one))
    for (const one of [ana, ben]) expect((await at('198.51.100.9', one, desk).signIn()).status).toBe(201)
  })

  test('meet everybody again once an admin has set another password: the old browsers are strangers', async () => {
    const ana = await leadline.asOperator('agent')
    const known = at('198.51.100.9', ana)
    await known.signIn()
    await client.changeOperator(ana.operator.operator_id, { password: 'nine brown foxes' })
    await guessUntilDelayed(at('198.51.100.9', ana))
    expect((await known.signIn('nine brown foxes')).status).toBe(429)
  })

  test('are not made up: without a trusted proxy nobody chooses his address', async () => {
    const ana = await leadline.asOperator('agent')
    const browser = new Browser()
    const from = (address: string) =>
      new LeadlineClient({
        url: leadline.url,
        key: null,
        fetch: (input, init = {}) =>
          browser.fetch(input, {
            ...init,
            headers: { ...Object.fromEntries(new Headers(init.headers)), 'X-Forwarded-For': address },
          }),
      })
    let guesses = 0
    while ((await from(`198.51.100.${guesses}`).signIn(ana.operator.login, 'a wrong one')).code !== 1012)
      guesses++
    expect(guesses).toBe(5)
  })

  test('three hundred clients with invented logins keep nobody waiting who comes from elsewhere, or is known', async () => {
    const [ana, ben] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const known = at('203.0.113.5', ben)
    await known.signIn()
    let stop = false
    const crowd = Array.from({ length: 300 }, async (_, i) => {
      const nobody = { operator: { ...ana.operator, login: `nobody-${i}` } } as OperatorClient
      while (!stop) await at('203.0.113.5', nobody).signIn('a wrong one')
    })
    try {
      await until('they wait in a row', async () => {
        const { rows } = await admin(connection, 'select count(*)::integer as n from sign_in_failures')
        return rows[0].n > 20
      })
      for (let i = 0; i < 3; i++) {
        expect((await at('198.51.100.9', ana).signIn()).status).toBe(201)
        expect((await known.signIn()).status).toBe(201)
      }
    } finally {
      stop = true
      await Promise.all(crowd)
    }
  }, 120_000)

  test('take no more room than there is: the oldest attempts are forgotten, and the oldest browsers', async () => {
    const max = LIMITS.sign_in_failures_max
    await admin(
      connection,
      `insert into sign_in_failures (login_hash, from_hash, last_at)
       select sha256(i::text::bytea), '\\x00', now() - i * interval '100 milliseconds' from generate_series(1, ${max + 500}) i`,
    )
    await sweepSignIns(leadline.pool)
    const count = async (from: string) => (await admin(connection, `select from ${from}`)).rowCount
    expect(await count('sign_in_failures')).toBeLessThanOrEqual(max + 1)
    expect(await count('sign_in_failures')).toBeGreaterThan(max - 1_000)
    await admin(connection, 'delete from sign_in_failures')

    const ana = await leadline.asOperator('agent')
    const { operator_id } = ana.operator
    for (let i = 0; i < LIMITS.devices_max + 5; i++)
      await keepDevice(leadline.pool, hashToken(`browser ${i}`), operator_id)
    expect(await count(`sign_in_devices where operator_id = ${operator_id}`)).toBe(LIMITS.devices_max)
    await admin(
      connection,
      `update sign_in_devices set seen_at = now() - interval '91 days' where operator_id = ${operator_id}`,
    )
    await sweepSignIns(leadline.pool)
    expect(await count(`sign_in_devices where operator_id = ${operator_id}`)).toBe(0)
  })
})

test('what an operator does is said to be done by the operator, on a screen', async () => {
  const lead = await leadline.asOperator('lead')
  const sent = { njExternalLeadId: 'by-an-operator', FirstPhone: mobile(), njDisposition: 'Busy' }
  const { lead_id } = await client.insertLead(target, sent)
  await client.updateLeadFast(target, { ...sent, FirstPhone: mobile(), njDisposition: 'Busy' })
  const late = await client.updateLeadFast(target, { ...sent, FirstPhone: mobile(), njVersion: 1 })
  const path = `/v1/conflicts/${late.body.conflict_id}`
  const decisions = { 'fields.FirstPhone': { take: 'mine' } }
  expect((await lead.put(`${path}/resolution`, { lead_version: 2, decisions })).status).toBe(200)
  const actor = `operator:${lead.operator.operator_id}`
  expect((await lead.get(path)).body).toMatchObject({ state: 'resolved', resolved_by: actor })
  const { items } = (await lead.get<{ items: object[] }>(`/v1/leads/${lead_id}/history`)).body
  expect(items.at(-1)).toMatchObject({ version: 3, actor, way: 'screen' })
})

test('the audit log has who signed in, who did not, who signed out, and never what was typed', async () => {
  const ana = await leadline.asOperator('agent')
  const desk = away(ana)
  const { login, operator_id } = ana.operator
  const mistyped = 'my secret password in the wrong box'
  await desk.signIn(login, 'a wrong one')
  await desk.signIn(mistyped, 'a wrong one')
  await desk.signIn(login, PASSWORD)
  await desk.changePassword('a wrong one', 'nine brown foxes')
  await desk.changePassword(PASSWORD, 'nine brown foxes')
  await desk.signOut({ everywhere: true })
  const { rows } = await admin(
    connection,
    `select actor, action, subject, details, request_id from audit_log where audit_id > (
       select max(audit_id) from audit_log where request_id = 'test') order by audit_id`,
  )
  const me = `operator:${operator_id}`
  expect(rows.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
    ['anonymous', 'session.refuse', me],
    ['anonymous', 'session.refuse', 'operator:unknown'],
    [me, 'session.create', me],
    [me, 'password.refuse', me],
    [me, 'operator.password', me],
    [me, 'session.end', me],
  ])
  for (const { request_id } of rows) expect(request_id).toMatch(/^[\w-]{36}$/)
  const everything = await admin(connection, 'select a::text as text from audit_log a')
  expect(JSON.stringify(everything.rows)).not.toMatch(/secret|poplars|foxes|a wrong one|argon2/)
})

test('a session that nobody knows is nobody, and an operator of the answer is not told more', async () => {
  const nobody = new LeadlineClient({ url: leadline.url, key: null, fetch: new Browser().fetch })
  expect((await nobody.session()).body).toEqual({
    operator: null,
    setup: false,
    expires_at: null,
    drafts_key: null,
  })
  expect((await client.session()).body).toEqual({
    operator: null,
    setup: false,
    expires_at: null,
    drafts_key: null,
  })
  const ana = await leadline.asOperator('agent')
  expect(Object.keys((await sessionOf(ana)).operator as Operator).sort()).toEqual(
    ['operator_id', 'login', 'name', 'role', 'teams', 'disabled', 'created_at', 'last_seen_at'].sort(),
  )
})
