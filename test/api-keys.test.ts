// API keys that live: changed by those who may do at least as much, replaced with an overlap, and gone everywhere within
// a second.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ApiKeyChange, MadeApiKey, NewApiKey } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { path } from '../src/client/path.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const other = await startLeadline({ connection: leadline.connection })
const { client, clientWith, connection, pool, target } = leadline
const east_id = await ensureTeam(pool, 'East')
await ensureTeam(pool, 'West')

async function made(key: Partial<NewApiKey> = {}, as: LeadlineClient = client): Promise<MadeApiKey> {
  const answer = await as.createApiKey({ name: 'CRM', scopes: ['read'], ...key })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body as MadeApiKey
}

const holder = (key: string, of = leadline) => new LeadlineClient({ url: of.url, key })
const entriesOf = async (key_id: number) =>
  (
    await admin(
      connection,
      `select action, details from audit_log where subject = 'key:${key_id}' order by audit_id`,
    )
  ).rows as { action: string; details: object }[]

const SECOND_MS = 1_000
const IN_A_YEAR = '2027-11-27T00:00:00Z'

describe('a change', () => {
  test('sets what it names, and takes away what it says is null', async () => {
    const bounds = { allocation_ids: [target.allocation_id], expires_at: IN_A_YEAR }
    const { key_id, version } = await made({ scopes: ['insert'], fallback_charset: 'iso-8859-1', ...bounds })
    const renamed = await client.changeApiKey(
      key_id,
      { name: 'Form', scopes: ['dial', 'insert'] },
      {},
      version,
    )
    expect(renamed).toMatchObject({
      status: 200,
      body: { name: 'Form', scopes: ['dial', 'insert'], version: 2, ...bounds },
    })
    const free = { allocation_ids: null, expires_at: null, fallback_charset: null }
    expect(await client.changeApiKey(key_id, { ...free, scopes: ['read'], teams: ['East'] })).toMatchObject({
      body: { ...free, scopes: ['read'], teams: ['East'], version: 3 },
    })
    expect(await client.apiKey(key_id)).toMatchObject({ body: { teams: ['East'], version: 3 } })
    expect((await entriesOf(key_id)).map(({ action }) => action)).toEqual([
      'key.create',
      'key.change',
      'key.change',
    ])
  })

  test('from an older version is refused; of many from one version one is made', async () => {
    const { key_id } = await made()
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => client.changeApiKey(key_id, { name: `CRM ${i}` }, {}, 1)),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(412)])
    expect(answers.find(({ status }) => status === 412)).toMatchObject({ code: 110 })
    expect(await client.apiKey(key_id)).toMatchObject({ body: { version: 2 } })
  })

  test('that is there already raises no version and leaves no entry', async () => {
    const { key_id } = await made({ expires_at: IN_A_YEAR, scopes: ['read', 'dial'] })
    const again = { expires_at: '2027-11-27T01:00:00+01:00', scopes: ['dial', 'read'] } as const
    expect(await client.changeApiKey(key_id, { ...again, scopes: [...again.scopes] }, {}, 7)).toMatchObject({
      status: 200,
      body: { version: 1 },
    })
    expect(await entriesOf(key_id)).toHaveLength(1)
  })

  test('can be tried without being made', async () => {
    const { key_id } = await made()
    expect(await client.changeApiKey(key_id, { scopes: ['write'] }, { dry_run: true })).toMatchObject({
      status: 200,
      body: { scopes: ['write'], version: 1, touches: { leads: 0 } },
    })
    expect(await client.apiKey(key_id)).toMatchObject({ body: { scopes: ['read'], version: 1 } })
  })

  test.each([
    [{ scopes: [] }, '/scopes'],
    [{ scopes: ['root'] }, '/scopes/0'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    [{ expires_at: 'tomorrow' }, '/expires_at'],
    [{ allocation_ids: [target.allocation_id] }, '/allocation_ids'],
    [{ teams: ['Nowhere'] }, '/teams/0'],
    [{ name: ' ' }, '/name'],
    [{ key: 'mine' }, '/key'],
  ])('is refused where something is wrong with it: %j', async (change, field) => {
    const { key_id } = await made()
    expect(await client.changeApiKey(key_id, change as ApiKeyChange)).toMatchObject({
      status: 422,
      code: 1005,
      body: { field },
    })
    expect(await client.apiKey(key_id)).toMatchObject({ body: { version: 1 } })
  })

  test('names allocations that the teams of the key see', async () => {
    const { key_id } = await made({ scopes: ['insert'], teams: ['East'] })
    const bound = { allocation_ids: [target.allocation_id] }
    expect(await client.changeApiKey(key_id, bound)).toMatchObject({
      status: 404,
      code: 1004,
      body: { field: '/allocation_ids/0' },
    })
    expect(await client.changeApiKey(key_id, { ...bound, teams: [] })).toMatchObject({ status: 200 })
  })

  test('of a key that is revoked is refused; one that has expired can be taken up again', async () => {
    const [revoked, expired] = [await made(), await made()]
    await client.revokeApiKey(revoked.key_id)
    expect(await client.changeApiKey(revoked.key_id, { name: 'Again' })).toMatchObject({ code: 1005 })
    await admin(connection, `update api_keys set expires_at = now() where key_id = ${expired.key_id}`)
    expect(await client.changeApiKey(expired.key_id, { name: 'Old CRM' })).toMatchObject({ status: 200 })
    expect((await holder(expired.key).templates()).status).toBe(401)
    expect(await client.changeApiKey(expired.key_id, { expires_at: null })).toMatchObject({ status: 200 })
    await sleep(SECOND_MS)
    expect((await holder(expired.key).templates()).status).toBe(200)
  })
})

describe('nobody gives more than they have', () => {
  const refused = { status: 403, code: 1002 }

  test('a key does not change itself', async () => {
    const { key_id, key } = await made({ scopes: ['admin'], expires_at: IN_A_YEAR })
    expect(await holder(key).changeApiKey(key_id, { expires_at: null })).toMatchObject(refused)
    expect(await holder(key).changeApiKey(key_id, { name: 'Mine' })).toMatchObject(refused)
    expect(await client.apiKey(key_id)).toMatchObject({ body: { version: 1 } })
  })

  test('an admin of a team changes keys of that team alone, and to nothing beyond it', async () => {
    const keys = {
      global: await made(),
      west: await made({ teams: ['West'] }),
      both: await made({ teams: ['East', 'West'] }),
    }
    const own = await made({ teams: ['East'] })
    for (const as of [await clientWith(['admin'], [east_id]), await leadline.asOperator('admin', ['East'])]) {
      for (const { key_id } of Object.values(keys)) {
        const unknown = { status: 404, code: 1004 }
        expect(await as.changeApiKey(key_id, { name: 'Mine', teams: ['East'] })).toMatchObject(unknown)
        expect(await as.rotateApiKey(key_id, {})).toMatchObject(unknown)
        expect(await as.apiKey(key_id)).toMatchObject(unknown)
        expect(await client.apiKey(key_id)).toMatchObject({ body: { version: 1, expires_at: null } })
      }
      expect(await as.changeApiKey(own.key_id, { teams: [] })).toMatchObject({ body: { field: '/teams' } })
      expect(await as.changeApiKey(own.key_id, { teams: ['East', 'West'] })).toMatchObject({
        body: { field: '/teams/1' },
      })
      const bound = { scopes: ['insert' as const], allocation_ids: [target.allocation_id] }
      expect(await as.changeApiKey(own.key_id, bound)).toMatchObject({ body: { field: '/allocation_ids/0' } })
      expect(await as.changeApiKey(own.key_id, { name: `By ${as.constructor.name}` })).toMatchObject({
        status: 200,
      })
      const { key_id } = await made({ teams: ['East'] }, as)
      expect(await as.rotateApiKey(key_id, {})).toMatchObject({ status: 201, body: { teams: ['East'] } })
    }
  })
})

describe('a key that is rotated', () => {
  test('is followed by one with its rights, and ends after the overlap', async () => {
    const rights = {
      scopes: ['insert'],
      teams: [],
      allocation_ids: [target.allocation_id],
      fallback_charset: 'iso-8859-1',
    } as const
    const asked = {
      ...rights,
      scopes: ['insert' as const],
      teams: [],
      allocation_ids: [target.allocation_id],
    }
    const old = await made({ ...asked, expires_at: IN_A_YEAR })
    const before = Date.now()
    const rotated = await client.rotateApiKey(old.key_id, { overlap_s: 3_600 }, old.version)
    expect(rotated).toMatchObject({
      status: 201,
      body: { ...rights, name: 'CRM', follows: old.key_id, version: 1, expires_at: IN_A_YEAR },
    })
    const next = rotated.body as MadeApiKey
    const { body } = await client.apiKey(old.key_id)
    expect(body).toMatchObject({ version: 2, follows: null })
    const left_ms = Date.parse((body as MadeApiKey).expires_at!) - before
    expect(left_ms).toBeGreaterThan(3_590_000)
    expect(left_ms).toBeLessThan(3_620_000)
    for (const key of [old.key, next.key])
      expect(await holder(key).insertLeadFast(target, { FirstPhone: mobile() })).toMatchObject({ code: 0 })
    const entries = [...(await entriesOf(old.key_id)), ...(await entriesOf(next.key_id))]
    expect(entries.map(({ action }) => action)).toEqual(['key.create', 'key.rotate', 'key.create'])
    expect(entries[2]!.details).toMatchObject({ follows: old.key_id })
    for (const { key } of [old, next]) expect(JSON.stringify(entries)).not.toContain(key)
    expect(JSON.stringify((await client.apiKeys({ limit: 500 })).body)).not.toContain(next.key)
  })

  test('works for a day beside the new one unless somebody says otherwise, never longer than it was to', async () => {
    const [long, short] = [
      await made(),
      await made({ expires_at: new Date(Date.now() + 60_000).toISOString() }),
    ]
    for (const { key_id } of [long, short]) expect((await client.rotateApiKey(key_id, {})).status).toBe(201)
    const end = async (key_id: number) => (await client.apiKey(key_id)).body as MadeApiKey
    const day_ms = Date.parse((await end(long.key_id)).expires_at!) - Date.now()
    expect(Math.abs(day_ms - 86_400_000)).toBeLessThan(30_000)
    expect(Date.parse((await end(short.key_id)).expires_at!)).toBe(Date.parse(short.expires_at!))
    for (const overlap_s of [-1, 30 * 86_400 + 1, 0.5])
      expect(await client.rotateApiKey(long.key_id, { overlap_s })).toMatchObject({ status: 422, code: 1005 })
  })

  test('from two sides at once is followed by one key', async () => {
    for (let round = 0; round < 10; round++) {
      const { key_id } = await made()
      const sides = [client, other.client, client, other.client]
      const answers = await Promise.all(sides.map((side) => side.rotateApiKey(key_id, {})))
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422, 422])
      const { rows } = await admin(connection, `select key_id from api_keys where follows = ${key_id}`)
      expect(rows).toHaveLength(1)
    }
  })

  test('is not rotated again while the new one lives; a lost key is replaced by rotating it', async () => {
    const old = await made({ expires_at: IN_A_YEAR })
    const lost = (await client.rotateApiKey(old.key_id, {}, 1)).body as MadeApiKey
    // The same request again, as somebody sends it who got no answer.
    expect(await client.rotateApiKey(old.key_id, {}, 1)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining(`rotate key ${lost.key_id} with overlap_s 0`) },
    })
    const next = await client.rotateApiKey(lost.key_id, { overlap_s: 0 })
    expect(next).toMatchObject({ status: 201, body: { follows: lost.key_id, expires_at: IN_A_YEAR } })
    await sleep(SECOND_MS)
    expect((await holder(lost.key).templates()).status).toBe(401)
    for (const { key } of [old, next.body as MadeApiKey])
      expect((await holder(key).templates()).status).toBe(200)
  })

  test('can be rotated again when the new one is revoked, which does not end with the overlap', async () => {
    const old = await made()
    const unwanted = (await client.rotateApiKey(old.key_id, {})).body as MadeApiKey
    await client.revokeApiKey(unwanted.key_id)
    expect(await client.rotateApiKey(old.key_id, {})).toMatchObject({
      status: 201,
      body: { follows: old.key_id, expires_at: null },
    })
  })

  test('must be one that counts, as the caller saw it', async () => {
    const { key_id } = await made()
    await client.changeApiKey(key_id, { name: 'Old CRM' })
    expect(await client.rotateApiKey(key_id, {}, 1)).toMatchObject({ status: 412, code: 110 })
    await client.revokeApiKey(key_id)
    expect(await client.rotateApiKey(key_id, {})).toMatchObject({ status: 422, code: 1005 })
    expect(await client.rotateApiKey(999_999, {})).toMatchObject({ status: 404, code: 1004 })
  })
})

test('a key that is revoked twice is revoked once', async () => {
  const { key_id } = await made()
  for (let i = 0; i < 2; i++) expect((await client.revokeApiKey(key_id)).status).toBe(204)
  expect((await entriesOf(key_id)).map(({ action }) => action)).toEqual(['key.create', 'key.revoke'])
  expect(await client.apiKey(key_id)).toMatchObject({ body: { version: 2 } })
})

describe('within a second, on a server that knew the key,', () => {
  /** What the holder of a key has under way on the other server. */
  async function underWay(key: string, allocation_id: number) {
    const end = new AbortController()
    onTestFinished(() => end.abort())
    const begun = Promise.withResolvers<void>()
    let streams = true
    const stream = fetch(`${other.url}/v1/events?topics=leads`, {
      headers: { Authorization: `Bearer ${key}` },
      signal: end.signal,
    }).then(async (response) => {
      expect(response.status).toBe(200)
      for await (const _chunk of response.body!) begun.resolve()
      streams = false
    })
    stream.catch(() => undefined)
    await begun.promise
    const poll = holder(key, other).post<{ items: unknown[] }>(
      path`/v1/allocations/${allocation_id}/leases`,
      {
        wait_s: 5,
      },
    )
    return { streams: () => streams, poll }
  }

  async function allocation(name: string) {
    const asked = { campaign_id: target.campaign_id, name, started: true }
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', asked)
    return body.allocation_id
  }

  test.each([
    ['revoked', 401, (key_id: number) => client.revokeApiKey(key_id)],
    ['narrowed', 403, (key_id: number) => client.changeApiKey(key_id, { scopes: ['insert'] })],
    ['bound to a team', 401, (key_id: number) => client.changeApiKey(key_id, { teams: ['West'] })],
    ['rotated without an overlap', 401, (key_id: number) => client.rotateApiKey(key_id, { overlap_s: 0 })],
  ] as const)(
    'a key that is %s works nowhere: requests, streams, takers that wait',
    async (what, status, end) => {
      const allocation_id = await allocation(what)
      const { key_id, key } = await made({ scopes: ['read', 'dial'] })
      const { streams, poll } = await underWay(key, allocation_id)
      expect((await end(key_id)).ok).toBe(true)
      await sleep(SECOND_MS)
      await client.insertLeadFast({ ...target, allocation_id }, { FirstPhone: mobile() })
      expect(streams()).toBe(false)
      expect((await poll).status).toBe(status)
      for (const of of [leadline, other]) {
        const list = await holder(key, of).apiKeys()
        expect(list.ok).toBe(false)
        const now = await holder(key, of).get(path`/v1/allocations/${allocation_id}/counts`)
        expect(now.ok, what).toBe(false)
      }
      expect((await client.get(path`/v1/allocations/${allocation_id}/counts`)).body).toMatchObject({
        leased: 0,
      })
    },
  )

  test('a taker whose key is bound to other allocations gets no lead', async () => {
    const [lost, kept] = [await allocation('Lost'), await allocation('Kept')]
    const { key_id, key } = await made({ scopes: ['dial'], allocation_ids: [lost, kept] })
    const poll = holder(key, other).post(path`/v1/allocations/${lost}/leases`, { wait_s: 5 })
    await expect
      .poll(async () => (await client.apiKey(key_id)).body)
      .toMatchObject({
        last_used_at: expect.any(String),
      })
    expect((await client.changeApiKey(key_id, { allocation_ids: [kept] })).status).toBe(200)
    await sleep(SECOND_MS)
    await client.insertLeadFast({ ...target, allocation_id: lost }, { FirstPhone: mobile() })
    expect((await poll).ok).toBe(false)
    expect((await client.get(path`/v1/allocations/${lost}/counts`)).body).toMatchObject({ leased: 0 })
  })
})
