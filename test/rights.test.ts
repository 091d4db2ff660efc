// Rights in practice: keys for forms, bounds of do-not-call lists, keys of team admins, streams, the last admin, hosts.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { OperatorChange } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { path } from '../src/client/path.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { Conversation, head } from './support/raw.ts'

const leadline = await startLeadline({ now: () => '2026-11-26T03:00:00Z' })
const { client, clientWith, target, pool } = leadline
const east_id = await ensureTeam(pool, 'East')
const refused = { status: 403, code: 1002 }

test('a parameter that a list does not declare widens nothing', async () => {
  const east = await clientWith(['read', 'manage'], [east_id])
  const seen = async (asked: string) => {
    const lists = [
      'templates',
      'campaigns',
      'allocations',
      'contact-hours',
      'disposition-sets',
      'actions',
      'operators',
    ]
    return Promise.all(
      lists.map(async (list) => {
        const { status, body } = await east.get<{ items: unknown[] }>(`/v1/${list}${asked}`)
        return [list, status, body.items]
      }),
    )
  }
  const own = await seen('')
  for (const asked of ['?team_ids={1}', '?team_ids=', '?allocation_ids={1}', '?after=9'])
    expect(await seen(encodeURI(asked)), asked).toEqual(own)
})

describe('a key for a web form', async () => {
  const other = (
    await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id: target.campaign_id,
      name: 'Not for the form',
    })
  ).body
  const form = await clientWith(['insert'], null, [target.allocation_id])

  test('inserts, and is told id and version', async () => {
    expect(await form.insertLeadFast(target, { FirstPhone: mobile() })).toMatchObject({
      body: { code: 0, message: 'OK' },
      version: 1,
    })
    const body = { allocation_id: target.allocation_id, fields: { FirstPhone: mobile() } }
    const made = await form.post<{ id: string }>('/v1/leads', body)
    expect(made.status).toBe(201)
    expect(Object.keys(made.body).sort()).toEqual(['campaign_id', 'id', 'version'])
  })

  test('learns nothing of the leads and lists that are there', async () => {
    const [taken, blocked] = [mobile(), mobile()]
    const there = { FirstPhone: taken, njExternalLeadId: 'taken' }
    const { lead_id } = await client.insertLeadFast(target, there)
    await client.post('/v1/dnc', { list: 'private', phones: [blocked] })
    const tries = [
      [105, { FirstPhone: taken }],
      [104, { FirstPhone: blocked }],
      [112, { FirstPhone: mobile(), njExternalLeadId: 'taken' }],
    ] as const
    for (const [code, lead] of tries) {
      const allocation = { allocation_id: target.allocation_id }
      const { njExternalLeadId: external_id, ...fields } = lead as typeof there
      const answers = [
        await form.insertLeadFast(target, lead),
        await form.insertLead(target, lead),
        await form.post('/v1/leads', { ...allocation, fields, ...(external_id ? { external_id } : {}) }),
      ]
      for (const answer of answers) {
        expect(answer.code).toBe(code)
        expect(JSON.stringify(answer.body)).not.toMatch(/lead_id|private/)
        expect(JSON.stringify(answer)).not.toContain(`"${lead_id}"`)
      }
    }
    expect((await client.insertLeadFast(target, { FirstPhone: taken })).lead_id).toBe(lead_id)
  })

  test('inserts into its allocation and into no other', async () => {
    const lead = { FirstPhone: mobile() }
    const elsewhere = { ...target, allocation_id: other.allocation_id }
    expect(await form.insertLeadFast(elsewhere, lead)).toMatchObject({ code: 1004 })
    const v1 = { allocation_id: other.allocation_id, fields: lead }
    expect(await form.post('/v1/leads', v1)).toMatchObject({ status: 404, code: 1004 })
    expect(await client.insertLeadFast(elsewhere, lead)).toMatchObject({ code: 0 })
  })

  test('lists what leads to its allocation, and nothing else', async () => {
    const { template_id, campaign_id, allocation_id } = target
    const elsewhere = await client.post<{ campaign_id: number }>('/v1/campaigns', {
      template_id,
      name: 'Other',
    })
    const ids = async (call: string, query = {}) =>
      (await form.list(call, query)).body.entities?.map(({ id }) => id)
    expect(await ids('getCampaignTemplateList')).toEqual([template_id])
    expect(await ids('getCampaignList', { fTemplateId: template_id })).toEqual([campaign_id])
    expect(await ids('getAllocationList', { fCampaignId: campaign_id })).toEqual([allocation_id])
    const unseen = { fCampaignId: elsewhere.body.campaign_id }
    expect(await form.list('getAllocationList', unseen)).toMatchObject({ code: 1004 })
    const strange = await client.post<{ template_id: number }>('/v1/templates', {
      name: 'Other',
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Phone', kind: 'phone' }],
    })
    for (const call of ['getDispositionList', 'getFieldList', 'getFieldDefn']) {
      expect(await form.list(call, { fTemplateId: template_id }), call).toMatchObject({ status: 200 })
      const fTemplateId = strange.body.template_id
      expect(await form.list(call, { fTemplateId }), call).toMatchObject({ status: 400, code: 1004 })
    }
    expect(await form.list('getCallRecordList', { ...unseen, fTemplateId: template_id })).toMatchObject(
      refused,
    )
  })

  test('does nothing else', async () => {
    expect(
      await form.updateLeadFast(target, { njExternalLeadId: 'taken', FirstPhone: mobile() }),
    ).toMatchObject(refused)
    expect(await form.post(path`/v1/allocations/${target.allocation_id}/leases`, {})).toMatchObject(refused)
    expect(await form.delete(path`/v1/leads/${target.campaign_id}-1`)).toMatchObject(refused)
    expect(await form.post('/v1/dnc', { list: 'private', phones: [mobile()] })).toMatchObject(refused)
    expect(await form.get('/v1/leads')).toMatchObject(refused)
  })
})

test('a dialler that is bound to an allocation takes leads of it alone, and only their leases', async () => {
  const [own, other] = await Promise.all(
    ['Own', 'Other'].map(async (name) => {
      const { campaign_id } = target
      const made = await client.post<{ allocation_id: number }>('/v1/allocations', {
        campaign_id,
        name,
        started: true,
      })
      const { allocation_id } = made.body
      await client.insertLeadFast({ ...target, allocation_id }, { FirstPhone: mobile() })
      return allocation_id
    }),
  )
  const dialler = await clientWith(['dial'], null, [own!])
  const take = (as: LeadlineClient, id: number) =>
    as.post<{ items: { lease_id: string }[] }>(path`/v1/allocations/${id}/leases`, {})
  const [mine, theirs] = [await take(dialler, own!), await take(client, other!)]
  expect(mine.body.items).toHaveLength(1)
  expect(await take(dialler, other!)).toMatchObject({ status: 404, code: 1004 })
  expect(await dialler.get(path`/v1/allocations/${other!}/queue`)).toMatchObject({ status: 404, code: 1004 })
  const extend = (lease_id: string) => dialler.patch(path`/v1/leases/${lease_id}`, { lease_s: 60 })
  expect((await extend(mine.body.items[0]!.lease_id)).status).toBe(200)
  expect(await extend(theirs.body.items[0]!.lease_id)).toMatchObject({ status: 404, code: 1004 })
})

test('a key that only writes sees no value, not even in what it would set off', async () => {
  const manager = await clientWith(['manage'])
  const action = { name: 'Shows', kind: 'dnc', config: { list: 'private' } }
  const { action_id } = (await manager.post<{ action_id: number }>('/v1/actions', action)).body
  const { lead_id } = await client.insertLeadFast(target, { FirstPhone: mobile() })
  const run = (as: LeadlineClient) => as.post(path`/v1/actions/${action_id}/dry-run`, { lead_id })
  expect(await run(manager)).toMatchObject(refused)
  expect((await run(await clientWith(['manage', 'read']))).status).toBe(200)
})

describe('the private list', async () => {
  const phones = (count: number) => Array.from({ length: count }, mobile)
  const add = (as: LeadlineClient, count: number) =>
    as.post<{ added: number }>('/v1/dnc', { list: 'private', phones: phones(count), reason: 'East asked' })

  test('takes 100 numbers a call and 1,000 a day from a key that writes, and all from one that manages', async () => {
    const writer = await clientWith(['write'])
    expect(await add(writer, 101)).toMatchObject(refused)
    for (let i = 0; i < 9; i++) expect((await add(writer, 100)).status).toBe(201)
    expect((await add(writer, 99)).status).toBe(201)
    const before = Date.now()
    const last = await add(writer, 2)
    expect(last).toMatchObject({ status: 429, code: 1012 })
    // It may try again when the next day begins in UTC.
    const again_at = (at: number) => Math.floor(at / 1_000) + last.retry_after_s!
    const day_at = new Date(before).setUTCHours(24, 0, 0, 0) / 1_000
    expect(again_at(before)).toBeLessThanOrEqual(day_at)
    expect(again_at(Date.now())).toBeGreaterThanOrEqual(day_at)
    expect((await add(writer, 1)).status).toBe(201)
    const entries = await admin(
      leadline.connection,
      "select count(*)::int from dnc_entries where reason = 'East asked'",
    )
    expect(entries.rows).toEqual([{ count: 1_000 }])
    expect((await add(await clientWith(['manage']), 101)).status).toBe(201)
  })

  test('takes no more than 1,000 a day when many calls come at once', async () => {
    const writer = await clientWith(['write'])
    const answers = await Promise.all(Array.from({ length: 12 }, () => add(writer, 100)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
  })

  test('numbers that are listed already count for nothing', async () => {
    const writer = await clientWith(['write'])
    const listed = { list: 'private', phones: phones(100) }
    for (let i = 0; i < 12; i++) expect((await writer.post('/v1/dnc', listed)).status).toBe(201)
  })

  test('is bounded for the manager of a team as well, who removes nothing from it', async () => {
    for (const as of [
      await clientWith(['manage', 'write'], [east_id]),
      await leadline.asOperator('manager', ['East']),
    ]) {
      expect(await add(as, 101)).toMatchObject(refused)
      expect((await add(as, 1)).status).toBe(201)
      const removal = { list: 'private', phones: phones(1), reason: 'wrong' }
      expect(await as.post('/v1/dnc/removals', removal)).toMatchObject(refused)
      expect(await as.post('/v1/dnc', { list: 'client', phones: phones(1) })).toMatchObject(refused)
    }
  })

  test('tells a team that a number is blocked, and reason and source of its own entries only', async () => {
    const [theirs, ours, called] = phones(3) as [string, string, string]
    const east = await clientWith(['write', 'read'], [east_id])
    const west = await clientWith(['read'], [await ensureTeam(pool, 'West')])
    const entry = { list: 'private', reason: 'a quarrel', source: 'letter 7' }
    await client.post('/v1/dnc', { ...entry, phones: [theirs] })
    await east.post('/v1/dnc', { ...entry, phones: [ours] })
    await client.insertLead(target, { FirstPhone: called, njDisposition: 'Do Not Call' })
    const seen = async (as: LeadlineClient, phone: string) => {
      const number = await as.get<{ blocked: boolean; entries: object[]; explanation: string }>(
        path`/v1/dnc/numbers/${phone}`,
      )
      const list = await as.get<{ items: object[] }>('/v1/dnc', { phone })
      expect(number.body.blocked).toBe(true)
      expect(number.body.entries[0]).toMatchObject(list.body.items[0]!)
      return list.body.items[0]
    }
    const told = { reason: 'a quarrel', source: 'letter 7' }
    const silent = { reason: null, source: null }
    expect(await seen(client, theirs)).toMatchObject(told)
    expect(await seen(east, ours)).toMatchObject(told)
    expect(await seen(east, theirs)).toMatchObject(silent)
    expect(await seen(west, ours)).toMatchObject(silent)
    expect(await seen(east, called)).toMatchObject(silent)
    expect(await seen(client, called)).toMatchObject({ reason: 'Do Not Call' })
  })
})

describe('keys that an admin of a team makes', async () => {
  const admins = [await clientWith(['admin'], [east_id]), await leadline.asOperator('admin', ['East'])]
  const make = (as: LeadlineClient, body: object) =>
    as.post<{ key_id: number; key: string; field?: string }>('/v1/api-keys', {
      name: 'made',
      scopes: ['read'],
      teams: ['East'],
      ...body,
    })

  test('are of that team, shown once, and work until they are revoked', async () => {
    for (const as of admins) {
      const made = await make(as, {})
      expect(made).toMatchObject({
        status: 201,
        body: { teams: ['East'], scopes: ['read'], former_scopes: [] },
      })
      const { key, key_id } = made.body
      const list = await as.get<{ items: { key_id: number; teams: string[] }[] }>('/v1/api-keys')
      expect(list.body.items.map((one) => one.key_id)).toContain(key_id)
      for (const { teams } of list.body.items) expect(teams).toEqual(['East'])
      expect(JSON.stringify(list.body)).not.toContain(key)
      const holder = new LeadlineClient({ url: leadline.url, key })
      expect((await holder.get('/v1/templates')).status).toBe(200)
      expect((await as.delete(path`/v1/api-keys/${key_id}`)).status).toBe(204)
      await sleep(1_000)
      expect((await holder.get('/v1/templates')).status).toBe(401)
    }
  })

  test('give nothing that the admin does not have', async () => {
    for (const as of admins) {
      expect(await make(as, { teams: [] })).toMatchObject({ status: 422, body: { field: '/teams' } })
      expect(await make(as, { teams: ['Global'] })).toMatchObject({
        status: 422,
        body: { field: '/teams/0' },
      })
      const bound = { scopes: ['insert'], allocation_ids: [target.allocation_id] }
      expect(await make(as, bound)).toMatchObject({ status: 404, body: { field: '/allocation_ids/0' } })
    }
  })

  test('are refused where something is wrong with them', async () => {
    const wrong: [body: object, field: string][] = [
      [{ scopes: [] }, '/scopes'],
      [{ scopes: ['root'] }, '/scopes/0'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
      [{ expires_at: 'tomorrow' }, '/expires_at'],
      [{ scopes: ['read'], allocation_ids: [target.allocation_id], teams: [] }, '/allocation_ids'],
      [{ name: ' ' }, '/name'],
    ]
    for (const [body, field] of wrong)
      expect(await make(client, body), JSON.stringify(body)).toMatchObject({
        status: 422,
        code: 1005,
        body: { field },
      })
  })
})

describe('an operator whose rights change', () => {
  test.each([
    ['team', { teams: ['East'] }],
    ['role', { role: 'lead' }],
    ['state', { disabled: true }],
  ] as [string, OperatorChange][])('loses the stream within a second: %s', async (_what, change) => {
    const operator = await leadline.asOperator('agent')
    const begun = Promise.withResolvers<void>()
    const end = new AbortController()
    onTestFinished(() => end.abort())
    let ended = false
    const { operator_id } = operator.operator
    const stream = fetch(`${leadline.url}/v1/events?topics=conflicts`, {
      headers: { Cookie: [...operator.browser.cookies].map((pair) => pair.join('=')).join('; ') },
      signal: end.signal,
    }).then(async (response) => {
      for await (const _chunk of response.body!) begun.resolve()
      ended = true
    })
    await begun.promise
    expect((await client.changeOperator(operator_id, change)).status).toBe(200)
    await Promise.race([stream, sleep(1_200)])
    expect(ended).toBe(true)
  })

  test('keeps the stream when a name changes', async () => {
    const operator = await leadline.asOperator('agent')
    const end = new AbortController()
    let ended = false
    const stream = fetch(`${leadline.url}/v1/events?topics=conflicts`, {
      headers: { Cookie: [...operator.browser.cookies].map((pair) => pair.join('=')).join('; ') },
      signal: end.signal,
    })
      .then(async (response) => {
        for await (const _chunk of response.body!);
        ended = true
      })
      .catch(() => undefined)
    await client.changeOperator(operator.operator.operator_id, { name: 'Robin again' })
    await sleep(1_500)
    expect(ended).toBe(false)
    end.abort()
    await stream
  })
})

describe('the last admin who sees every team', async () => {
  const alone = await startLeadline()
  const [one, two] = [await alone.asOperator('admin'), await alone.asOperator('admin')]
  await alone.asOperator('admin', ['East'])
  const ids = [one.operator.operator_id, two.operator.operator_id]
  const restore = () => alone.client.changeOperator(ids[0]!, { disabled: false, role: 'admin', teams: [] })

  test.each([
    ['disabled', { disabled: true }],
    ['a manager', { role: 'manager' }],
    ['bound to a team', { teams: ['East'] }],
  ] as [string, OperatorChange][])('cannot be %s', async (_what, change) => {
    expect((await alone.client.changeOperator(ids[0]!, change)).status).toBe(200)
    const [field] = Object.keys(change)
    expect(await alone.client.changeOperator(ids[1]!, change)).toMatchObject({
      status: 422,
      code: 1005,
      body: { field: `/${field}` },
    })
    expect((await alone.client.changeOperator(ids[1]!, { name: 'Still here' })).status).toBe(200)
    await restore()
  })

  test('is left also when two admins disable each other in one moment', async () => {
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all([
        one.changeOperator(ids[1]!, { disabled: true }),
        two.changeOperator(ids[0]!, { disabled: true }),
      ])
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const id of ids) await alone.client.changeOperator(id, { disabled: false })
      for (const operator of [one, two]) await operator.signIn(operator.operator.login, operator.password)
    }
  })
})

describe('host names', async () => {
  const named = await startLeadline({ public_hosts: ['leads.example.com'] })
  const operator = await named.asOperator('admin')
  const cookie = [...operator.browser.cookies].map((pair) => pair.join('=')).join('; ')
  const ask = async (host: string, method: string, address: string, headers: string[] = [], body = '') => {
    const conversation = await Conversation.open(named.url)
    onTestFinished(() => conversation.hangUp())
    const lines = [...headers, ...(body ? [`Content-Length: ${body.length}`] : [])]
    await conversation.send(head(method, address, lines, host) + body)
    const { status, body: text } = (await conversation.answer())!
    return [status, JSON.parse(text).code ?? 0]
  }
  const good = [
    'localhost:8080',
    '127.0.0.1',
    '[::1]:80',
    'leads.example.com',
    'LEADS.example.com:443',
    'a.localhost',
  ]
  const evil = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.0.2.7',
    'evil.example:8080',
    '',
  ]

  test.each(good)('%s is one of ours', async (host) => {
    expect(await ask(host, 'GET', '/v1/templates', [`Cookie: ${cookie}`])).toEqual([200, 0])
  })

  test.each(evil)('"%s" is refused to browsers: session, signing in, first operator', async (host) => {
    const origin = `Origin: http://${host}`
    const sign_in = JSON.stringify({ login: operator.operator.login, password: operator.password })
    expect(await ask(host, 'GET', '/v1/templates', [`Cookie: ${cookie}`])).toEqual([403, 1002])
    expect(await ask(host, 'GET', '/v1/session')).toEqual([403, 1002])
    expect(await ask(host, 'POST', '/v1/session', [origin], sign_in)).toEqual([403, 1002])
    expect(await ask(host, 'POST', '/v1/operators', [origin], '{}')).toEqual([403, 1002])
  })

  test('a request with a key is not asked for its host, nor is what is open', async () => {
    const bearer = [`Authorization: Bearer ${named.key}`]
    expect(await ask('evil.example', 'GET', '/v1/templates', bearer)).toEqual([200, 0])
    expect(await ask('evil.example', 'GET', '/healthz')).toEqual([200, 0])
  })
})
