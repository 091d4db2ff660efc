// The audit log as it is read: whose entries an admin sees, what the filters find, and that pages skip and repeat nothing
// while entries are written.

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { AuditEntry, MadeApiKey } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { path } from '../src/client/path.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, clientWith, connection, pool, target } = leadline
const east_id = await ensureTeam(pool, 'East')
const west_id = await ensureTeam(pool, 'West')
const east = await clientWith(['admin'], [east_id])

type Query = NonNullable<Parameters<LeadlineClient['auditLog']>[0]>

async function pageOf(as: LeadlineClient, query: Query) {
  const answer = await as.auditLog(query)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as { items: AuditEntry[]; next_cursor: number | null }
}

/** Every page, newest entry first. */
async function all(as: LeadlineClient, query: Query = {}): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  let cursor: number | null = 0
  while (cursor !== null) {
    const page = await pageOf(as, { ...query, cursor })
    found.push(...page.items)
    cursor = page.next_cursor
  }
  return found
}

const actions = (entries: AuditEntry[]) => entries.map(({ action, subject }) => `${action} ${subject}`)

async function made<Body>(as: LeadlineClient, address: string, body: object): Promise<Body> {
  const answer = await as.post<Body>(address, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const key = (as: LeadlineClient, team: string) =>
  made<MadeApiKey>(as, '/v1/api-keys', { name: `${team} key`, scopes: ['read'], teams: [team] })

/** A template of the team with a campaign. */
async function setUp(as: LeadlineClient, team: string) {
  const name = `${team} ${randomUUID()}`
  const { template_id } = await made<{ template_id: number }>(as, '/v1/templates', {
    name,
    team,
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { campaign_id } = await made<{ campaign_id: number }>(as, '/v1/campaigns', { template_id, name })
  const { allocation_id } = await made<{ allocation_id: number }>(as, '/v1/allocations', {
    campaign_id,
    name,
  })
  return { template_id, campaign_id, allocation_id }
}

test('an entry says who did what to what, when and with which request; the newest comes first', async () => {
  const operator = await leadline.asOperator('admin')
  const { key_id } = await key(operator, 'East')
  const changed = await operator.changeApiKey(key_id, { scopes: ['write'] })
  const { operator_id, name } = operator.operator
  const [newest, first] = await all(client, { subject: `key:${key_id}` })
  expect(newest).toMatchObject({
    actor: `operator:${operator_id}`,
    actor_name: name,
    action: 'key.change',
    details: { scopes: ['write'] },
    request_id: expect.any(String),
  })
  expect(changed.ok).toBe(true)
  expect(first).toMatchObject({ action: 'key.create', details: { team_ids: [east_id] } })
  expect(newest!.audit_id).toBeGreaterThan(first!.audit_id)
})

describe('filters', () => {
  test('find what they name, together too', async () => {
    const { key_id } = await key(client, 'East')
    const { items } = await pageOf(client, { limit: 1 })
    await client.changeApiKey(key_id, { name: 'East again' })
    await client.revokeApiKey(key_id)
    const subject = `key:${key_id}`
    const { actor, request_id, at } = items[0]!
    const found = async (query: Query) => actions(await all(client, query))
    expect(await found({ subject })).toEqual(
      ['key.revoke', 'key.change', 'key.create'].map((a) => `${a} ${subject}`),
    )
    expect(await found({ subject, action: 'key.change' })).toEqual([`key.change ${subject}`])
    expect(await found({ request_id: request_id! })).toEqual([`key.create ${subject}`])
    expect(await found({ request_id: request_id!, actor: 'key:999' })).toEqual([])
    for (const entry of await found({ action: 'key' })) expect(entry).toMatch(/^key\./)
    for (const entry of await found({ action: 'key.revoke' })) expect(entry).toMatch(/^key\.revoke /)
    expect(await found({ action: 'key', subject })).toHaveLength(3)
    expect(await found({ action: 'ke' })).toEqual([])
    expect((await all(client, { actor })).every((entry) => entry.actor === actor)).toBe(true)
    expect(await found({ subject, from: at })).toHaveLength(3)
    expect(await found({ subject, to: at })).toHaveLength(0)
    expect(await found({ actor, action: 'key', from: at, to: '9999-01-01T00:00:00Z' })).toHaveLength(3)
  })

  test.each(['from', 'to'])('%s takes an RFC 3339 time', async (field) => {
    expect(await client.auditLog({ [field]: 'yesterday' })).toMatchObject({
      status: 422,
      code: 1005,
      body: { field },
    })
  })

  test('a cursor that no page gave finds nothing', async () => {
    expect(await pageOf(client, { cursor: 999_999_999 })).toEqual({ items: [], next_cursor: null })
  })
})

describe('an admin of a team sees', () => {
  test('what is about things of the team, whoever did it, and what is about others not', async () => {
    const [own, theirs] = [await setUp(client, 'East'), await setUp(client, 'West')]
    const [own_key, their_key] = [await key(client, 'East'), await key(client, 'West')]
    const both = await client.createApiKey({ name: 'Both', scopes: ['read'], teams: ['East', 'West'] })
    const everywhere = await client.createApiKey({ name: 'Everywhere', scopes: ['read'] })
    const agent = { login: 'ana', name: 'Ana', role: 'agent', password: 'six tall poplars', teams: ['East'] }
    const { operator_id } = await made<{ operator_id: number }>(client, '/v1/operators', agent)
    const lead = await made<{ id: string }>(client, '/v1/leads', {
      allocation_id: own.allocation_id,
      fields: { Phone: mobile() },
    })
    await client.delete(path`/v1/leads/${lead.id}`)
    const phones = [mobile()]
    await client.post('/v1/dnc', { list: 'campaign', campaign_id: own.campaign_id, phones })
    await client.post('/v1/dnc', { list: 'campaign', campaign_id: theirs.campaign_id, phones })
    await client.post('/v1/dnc', { list: 'private', phones })

    const seen = actions(await all(east))
    expect(seen).toEqual(
      expect.arrayContaining([
        `template.create template:${own.template_id}`,
        `campaign.create campaign:${own.campaign_id}`,
        `allocation.create allocation:${own.allocation_id}`,
        `key.create key:${own_key.key_id}`,
        `operator.create operator:${operator_id}`,
        `lead.forget lead:${lead.id}`,
        'dnc.add dnc:campaign',
      ]),
    )
    const text = JSON.stringify(await all(east))
    for (const word of ['West', `template:${theirs.template_id}"`, `key:${their_key.key_id}"`, 'dnc:private'])
      expect(text).not.toContain(word)
    for (const made of [both, everywhere])
      expect(text).not.toContain(`key:${(made.body as MadeApiKey).key_id}"`)
    expect(seen.filter((entry) => entry === 'dnc.add dnc:campaign')).toHaveLength(1)
    expect(JSON.stringify(await all(client))).toContain('West')
    const both_teams = await clientWith(['admin'], [east_id, west_id])
    expect(actions(await all(both_teams))).toContain(`key.create key:${(both.body as MadeApiKey).key_id}`)
  })

  test('what the keys and operators of the team did to what belongs to nobody', async () => {
    const writer = await clientWith(['write'], [east_id])
    const phones = [mobile()]
    expect((await writer.post('/v1/dnc', { list: 'private', phones })).status).toBe(201)
    const stranger = await clientWith(['write'], [west_id])
    expect((await client.post('/v1/dnc', { list: 'private', phones: [mobile()] })).status).toBe(201)
    expect((await stranger.post('/v1/dnc', { list: 'private', phones: [mobile()] })).status).toBe(201)
    expect(actions(await all(east)).filter((entry) => entry === 'dnc.add dnc:private')).toHaveLength(1)
  })

  test('what became of a thing that is gone, and what was while it was of the team', async () => {
    const action = { name: 'Lists', kind: 'dnc', config: { list: 'campaign' }, team: 'East' }
    const { action_id } = await made<{ action_id: number }>(client, '/v1/actions', action)
    expect((await client.delete(path`/v1/actions/${action_id}`)).status).toBe(204)
    const subject = `action:${action_id}`
    expect(await all(east, { subject })).toHaveLength(2)

    const moved = await key(client, 'East')
    await client.changeApiKey(moved.key_id, { teams: ['West'], name: 'Of the other team' })
    await client.changeApiKey(moved.key_id, { teams: [], name: 'Of no team' })
    expect(actions(await all(east, { subject: `key:${moved.key_id}` }))).toEqual([
      `key.create key:${moved.key_id}`,
    ])
    await client.changeApiKey(moved.key_id, { teams: ['East'] })
    expect(await all(east, { subject: `key:${moved.key_id}` })).toHaveLength(2)
  })

  test('nothing that was done before an operator came to the team', async () => {
    const operator = await leadline.asOperator('manager')
    await made(operator, '/v1/campaigns', { template_id: target.template_id, name: 'Of Global' })
    await client.changeOperator(operator.operator.operator_id, { teams: ['East'] })
    const text = JSON.stringify(await all(east))
    expect(text).not.toContain('Of Global')
    expect(text).toContain(`operator:${operator.operator.operator_id}`)
  })
})

test('pages skip and repeat nothing while 16 writers write', async () => {
  const before = await all(client, { limit: 500 })
  let writing = true
  let failed = 0
  const writers = Array.from({ length: 16 }, async () => {
    const { key_id } = await key(client, 'East')
    for (let i = 0; writing; i++)
      if ((await client.changeApiKey(key_id, { name: `East ${i}` })).status !== 200) failed++
  })
  const walks: { known: AuditEntry[]; walked: AuditEntry[] }[] = []
  for (let round = 0; round < 5; round++) {
    // What is committed before the first page is asked for is known to come.
    const { rows } = await admin(connection, 'select audit_id from audit_log')
    walks.push({ known: rows, walked: await all(client, { limit: 7 + round }) })
  }
  writing = false
  await Promise.all(writers)
  expect(failed).toBe(0)
  for (const { known, walked } of walks) {
    const ids = walked.map(({ audit_id }) => audit_id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(known.map(({ audit_id }) => Number(audit_id))).difference(new Set(ids)).size).toBe(0)
    const times = walked.map(({ at }) => at)
    expect(times).toEqual(times.toSorted(Temporal.Instant.compare).toReversed())
  }
  const after = await all(client, { limit: 500 })
  expect(after.length).toBeGreaterThan(before.length + 32)
  expect(after.slice(-before.length)).toEqual(before)
}, 60_000)
