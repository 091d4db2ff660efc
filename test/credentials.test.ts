// How a key comes in, and how a refusal names the credential that was found. Headers are written by hand: they are tested.

import { describe, expect, test } from 'vitest'
import { keyByHash, revokeKey } from '../src/db/keys.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { hashKey, newKey } from '../src/intake/keys.ts'
import { keyOf } from './bad-input/world.ts'
import { startLeadline } from './support/leadline.ts'
import { Conversation, head } from './support/raw.ts'

const leadline = await startLeadline()
const { key, url } = leadline
const CLASSIC = '/servicemanager/rest/CampaignAPI/getCampaignTemplateList'
const V1 = '/v1/templates'

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url + path, { method, headers })
  const text = await response.text()
  const { code, detail, ...body } = JSON.parse(text) as { code: number; detail: string }
  return { status: response.status, headers: response.headers, text, code, detail, body }
}

const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

describe('the header X-API-Key', () => {
  test.each([CLASSIC, V1])('lets in on %s', async (path) => {
    expect((await ask(path, { 'X-API-Key': key })).status).toBe(200)
    expect((await ask(path, { 'x-api-key': ` ${key} ` })).status).toBe(200)
  })

  test('beside the same key elsewhere is one key, beside another one none', async () => {
    const same = { 'X-API-Key': key, Authorization: `Bearer ${key}` }
    expect((await ask(V1, same)).status).toBe(200)
    const other = await ask(V1, { ...same, 'X-API-Key': newKey() })
    expect(other).toMatchObject({ status: 400, code: 1003 })
    expect(other.detail).toMatch(/Authorization and X-API-Key/)
    expect(await ask(`${CLASSIC}?apiKey=${newKey()}`, { 'X-API-Key': key })).toMatchObject({ code: 1003 })
  })

  test('wins over the cookie of a session, also when it is wrong', async () => {
    const operator = await leadline.asOperator('admin')
    const answer = await operator.request('GET', V1, { headers: { 'X-API-Key': newKey() } })
    expect(answer.status).toBe(401)
  })
})

test('two Authorization headers that differ are refused, whichever of them has the key', async () => {
  const two = [`Authorization: Bearer ${key}`, 'Authorization: Basic YW5hOnNlY3JldA==']
  for (const lines of [two, two.toReversed()])
    for (const path of [CLASSIC, V1]) {
      const conversation = await Conversation.open(url)
      await conversation.send(head('GET', path, lines))
      const answer = await conversation.answer()
      conversation.hangUp()
      expect(answer?.status).toBe(400)
      expect(JSON.parse(answer!.body)).toMatchObject({
        code: 1003,
        detail: 'the request has two Authorization headers',
      })
    }
})

describe('Basic with the key as user', () => {
  test('lets in on the classic API', async () => {
    expect((await ask(CLASSIC, basic(`${key}:`))).status).toBe(200)
    expect((await ask(CLASSIC, basic(key))).status).toBe(200)
  })

  test('is not looked at where another key is presented: a proxy has its own sign-in', async () => {
    expect((await ask(`${CLASSIC}?apiKey=${key}`, basic('ana:secret'))).status).toBe(200)
    expect((await ask(CLASSIC, { ...basic(`${newKey()}:`), 'X-API-Key': key })).status).toBe(200)
  })

  test.each([
    ['Origin', 'https://shop.example'],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
  ])('does not count for a page of another site: %s %s', async (name, value) => {
    const answer = await ask(CLASSIC, { ...basic(`${key}:`), [name]: value }, 'POST')
    expect(answer).toMatchObject({ status: 401, code: 1001 })
    expect(answer.detail).toMatch(/page of another site/)
  })

  test('counts for a page of this server', async () => {
    const here = { Origin: url, 'Sec-Fetch-Site': 'same-origin' }
    expect((await ask(CLASSIC, { ...basic(`${key}:`), ...here }, 'POST')).status).toBe(200)
  })
})

const refused: [what: string, path: string, headers: Record<string, string>, says: RegExp][] = [
  ['nothing', CLASSIC, {}, /Authorization: Bearer KEY or as X-API-Key: KEY.*body/],
  ['the bare key', CLASSIC, { Authorization: key }, /Authorization has no scheme: write Bearer/],
  ['the bare key, on /v1', V1, { Authorization: key }, /Authorization has no scheme: write Bearer/],
  ['another scheme', CLASSIC, { Authorization: `Token ${key}` }, /Authorization has a scheme that is not/],
  ['Bearer alone', CLASSIC, { Authorization: 'Bearer' }, /one word behind Bearer/],
  ['two words', CLASSIC, { Authorization: `Bearer ${key} x` }, /one word behind Bearer/],
  ['a blank behind it', `${CLASSIC}?apiKey=${key}%20`, {}, /apiKey in the address has a blank/],
  ['a plus before it', `${CLASSIC}?apiKey=+${key}`, {}, /apiKey in the address has a blank/],
  ['an address of /v1', `${V1}?apiKey=${key}`, {}, /apiKey in the address counts on the classic API alone/],
  ['Basic on /v1', V1, basic(`${key}:`), /Basic counts on the classic API alone/],
  ['Basic with a password', CLASSIC, basic(`ana:${key}`), /the key as user, without a password/],
  ['Basic with two', CLASSIC, basic(`${key}:${key}`), /the key as user, without a password/],
  ['a scheme in X-API-Key', CLASSIC, { 'X-API-Key': `Bearer ${key}` }, /X-API-Key takes the key alone/],
]
test.each(refused)(
  '%s is refused with what was found, and never with the key',
  async (_w, path, headers, says) => {
    const answer = await ask(path, headers)
    expect(answer).toMatchObject({ status: 401, code: 1001 })
    expect(answer.detail).toMatch(says)
    expect(answer.text).not.toContain(key)
    // Basic is never asked for: a browser would keep it, and send it for any page.
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
  },
)

test('a wrong, a revoked and an expired key get one answer, wherever they come', async () => {
  const revoked = await leadline.keyWith(['read'])
  const { key_id } = (await keyByHash(leadline.pool, hashKey(revoked)))!
  await revokeKey(leadline.pool, SEES_ALL, key_id)
  const expired = await keyOf(leadline, { scopes: ['read'], expires_at: '2020-01-01T00:00:00Z' })
  const places: ((one: string) => [string, Record<string, string>])[] = [
    (one) => [CLASSIC, { Authorization: `Bearer ${one}` }],
    (one) => [V1, { Authorization: `Bearer ${one}` }],
    (one) => [V1, { 'X-API-Key': one }],
    (one) => [CLASSIC, basic(`${one}:`)],
    (one) => [`${CLASSIC}?apiKey=${one}`, {}],
  ]
  for (const place of places) {
    const answers = new Set<string>()
    for (const one of [newKey(), revoked, expired]) {
      const { status, code, detail } = await ask(...place(one))
      answers.add(JSON.stringify({ status, code, detail }))
    }
    expect(answers.size).toBe(1)
    expect([...answers][0]).toMatch(/wrong, revoked or expired/)
  }
})
