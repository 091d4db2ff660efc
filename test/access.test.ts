// The rights of callers: every route × every scope × every role × the ids of another team.

import { describe, expect, test } from 'vitest'
import type { LeadlineClient } from '../src/client/client.ts'
import { path } from '../src/client/path.ts'
import { effectiveScopes, SCOPES, SCOPES_OF, type Scope } from '../src/core/access.ts'
import { ROLES } from '../src/core/operator.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { CONTRACT } from '../src/http/contract.ts'
import { type Ids, NOBODYS, ROWS } from './support/access-rows.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'

// Contact hours are open.
const leadline = await startLeadline({ now: () => '2026-11-26T03:00:00Z' })
const { client, clientWith, pool } = leadline
const [east_id, west_id] = [await ensureTeam(pool, 'East'), await ensureTeam(pool, 'West')]

const rows = ROWS.map((row) => [row.what ? `${row.route} (${row.what})` : row.route, row.route, row] as const)

const ask = (as: LeadlineClient, route: string, request: { path: string; body?: unknown }) =>
  as.request(route.split(' ')[0]!, request.path, {
    body: request.body,
    headers: { 'If-Match': '"v1"' },
  })

/** Everything of a team, each piece with its name in it. */
async function setUpTeam(team: string): Promise<Ids> {
  const make = async <Body>(address: string, body: object): Promise<Body> => {
    const answer = await client.post<Body>(address, body)
    if (!answer.ok) throw new Error(`${address}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const { contact_hours_id } = await make<{ contact_hours_id: number }>('/v1/contact-hours', {
    name: `${team} hours`,
    zone: 'Australia/Perth',
    team,
  })
  const set = { name: `${team} set`, team, copy_of: 1 }
  const { disposition_set_id } = await make<{ disposition_set_id: number }>('/v1/disposition-sets', set)
  const { template_id } = await make<{ template_id: number }>('/v1/templates', {
    name: `${team} template`,
    team,
    contact_hours: `${team} hours`,
    disposition_set: set.name,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'Phone', kind: 'phone' },
    ],
  })
  const { campaign_id } = await make<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: `${team} campaign`,
  })
  const allocation = { campaign_id, name: `${team} allocation`, started: true }
  const { allocation_id } = await make<{ allocation_id: number }>('/v1/allocations', allocation)
  const { action_id } = await make<{ action_id: number }>('/v1/actions', {
    name: `${team} action`,
    team,
    kind: 'dnc',
    config: { list: 'campaign' },
  })
  await client.put(path`/v1/disposition-sets/${disposition_set_id}/dispositions/Busy/actions`, {
    action_ids: [action_id],
  })
  const { pull_id } = await make<{ pull_id: number }>('/v1/pulls', {
    allocation_id,
    name: `${team} pull`,
    // Nothing is called there.
    request: { method: 'GET', url: 'http://127.0.0.1/' },
    format: 'json',
    id_key: 'id',
    enabled: false,
  })
  const { uploaded } = importsOf({ client, target: { template_id, campaign_id, allocation_id } })
  const { import_id } = await uploaded(`Name,Phone\n${team} row,${mobile()}\n`)
  const fields = { Name: `${team} lead`, Phone: mobile() }
  const lead = await make<{ id: string }>('/v1/leads', { allocation_id, fields, external_id: 'id-1' })
  await client.patchLead(lead.id, 1, { disposition: 'Busy' })
  await client.patchLead(lead.id, 2, { fields: { Name: `${team} lead, renamed` } })
  const held = await client.patchLead(lead.id, 1, { fields: { Name: `${team} held` } }, 'hold')
  const { conflict_id } = held.body as { conflict_id: number }
  const bulk = { caller: null, groups: null, decisions: { 'fields.Name': 'mine' } }
  const { bulk_id } = await make<{ bulk_id: number }>('/v1/bulk-decisions', bulk)
  const { caller } = (await client.get<{ caller: string }>(path`/v1/conflicts/${conflict_id}`)).body
  const { rule_id } = await make<{ rule_id: number }>('/v1/conflict-rules', {
    template_id,
    caller,
    groups: ['fields.Other'],
    side: 'mine',
    reason: `${team} reason`,
  })
  await make('/v1/leads', { allocation_id, fields: { Name: `${team} lead to call`, Phone: mobile() } })
  const { items } = await make<{ items: { lease_id: string }[] }>(
    path`/v1/allocations/${allocation_id}/leases`,
    {},
  )
  const runs = await client.get<{ items: { run_id: number }[] }>('/v1/action-runs', { lead_id: lead.id })
  const { fill_id } = await make<{ fill_id: number }>(path`/v1/allocations/${allocation_id}/fills`, {})
  const { bulk_change_id } = await make<{ bulk_change_id: number }>('/v1/bulk-changes', {
    search: { campaign_id, q: 'nobody' },
    disposition: 'Busy',
  })
  const { file_id: dnc_file_id } = await make<{ file_id: number }>('/v1/dnc/files', {
    list: 'campaign',
    campaign_id,
    mode: 'add',
    name: `${team} file`,
    bytes: 10,
  })
  const { list_id } = await make<{ list_id: number }>('/v1/master-lists', {
    template_id,
    name: `${team} list`,
    bytes: 10,
  })
  const to_wash = await make<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'to wash' })
  const { wash_id } = await make<{ wash_id: number }>(path`/v1/allocations/${to_wash.allocation_id}/washes`, {
    register: 'au',
  })
  const operator = await leadline.asOperator('agent', [team])
  const key = await make<{ key_id: number }>('/v1/api-keys', {
    name: `${team} key`,
    scopes: ['read'],
    teams: [team],
  })
  const own = await clientWith(['write'], [team === 'East' ? east_id : west_id])
  await own.post('/v1/dnc', { list: 'private', phones: [mobile()], reason: `${team} reason` })
  return {
    team_id: team === 'East' ? east_id : west_id,
    template_id,
    campaign_id,
    allocation_id,
    contact_hours_id,
    disposition_set_id,
    action_id,
    pull_id,
    import_id,
    lead_id: lead.id,
    lease_id: items[0]!.lease_id,
    conflict_id,
    bulk_id,
    rule_id,
    run_id: runs.body.items[0]!.run_id,
    fill_id,
    bulk_change_id,
    dnc_file_id,
    list_id,
    wash_id,
    operator_id: operator.operator.operator_id,
    key_id: key.key_id,
  }
}

test('every route is asked', () => {
  const routes = CONTRACT.map(({ method, url }) => `${method} ${url}`)
  expect([...new Set(ROWS.map(({ route }) => route))].sort()).toEqual(routes.sort())
})

test('the requests of a route can be made with its scopes, and each scope is good for one', () => {
  for (const { method, url, scope } of CONTRACT) {
    if (scope === null || scope === 'session') continue
    const of_rows = new Set(
      ROWS.filter(({ route }) => route === `${method} ${url}`).flatMap(({ scopes }) => scopes),
    )
    expect(of_rows, `${method} ${url}`).toEqual(new Set(scope))
  }
})

const refused = { status: 403, code: 1002 }

describe('keys', async () => {
  const keys = new Map<Scope, LeadlineClient>()
  for (const scope of SCOPES) keys.set(scope, await clientWith([scope]))
  const closed = rows.filter(([, , { scopes }]) => !scopes.includes('open'))

  test.each(closed)('%s', async (_name, route, row) => {
    for (const [scope, key] of keys) {
      const answer = await ask(key, route, row.request(NOBODYS))
      const may = row.scopes.some((needed) => effectiveScopes([scope]).has(needed as Scope))
      if (may) {
        expect([401, 403], scope).not.toContain(answer.status)
        expect(answer.status, scope).toBeLessThan(500)
      } else expect(answer, scope).toMatchObject(refused)
    }
  })
})

describe('operators', () => {
  const on_screens = rows.filter(([, route]) => !route.includes('/servicemanager/'))
  test.each(on_screens)('%s', async (_name, route, row) => {
    for (const role of ROLES) {
      const operator = await leadline.asOperator(role)
      const answer = await ask(operator, route, row.request(NOBODYS))
      const effective = effectiveScopes(SCOPES_OF[role])
      const may = row.scopes.some((needed) =>
        needed === 'open' || needed === 'session' ? true : effective.has(needed),
      )
      if (may) {
        expect(answer.code, role).not.toBe(1002)
        expect(answer.status, role).toBeLessThan(500)
      } else expect(answer, role).toMatchObject(refused)
    }
  })
})

describe('what is of another team', async () => {
  const east = await setUpTeam('East')
  const key = await clientWith(['admin'], [west_id])
  const admin = await leadline.asOperator('admin', ['West'])
  const unchanged = async () =>
    (await client.get(path`/v1/leads/${east.lead_id}/history`)).body as { items: unknown[] }
  const before = await unchanged()

  const foreign = rows.filter(([, , { foreign }]) => foreign !== 'no ids')
  test.each(foreign)('%s', async (_name, route, row) => {
    const classic = route.includes('/servicemanager/')
    const session = row.scopes.includes('session')
    for (const as of classic ? [key] : session ? [admin] : [key, admin]) {
      const answer = await ask(as, route, row.request(east))
      if (row.foreign === 'hidden') {
        expect(answer.ok).toBe(true)
        expect(JSON.stringify(answer.body)).not.toContain('East')
      } else {
        expect([101, 1004, 1005]).toContain(answer.code)
        expect(JSON.stringify(answer.body)).not.toContain('East')
      }
    }
  })

  test('is as it was', async () => {
    expect(await unchanged()).toEqual(before)
    for (const [address, name] of [
      [path`/v1/contact-hours/${east.contact_hours_id}`, 'East hours'],
      [path`/v1/disposition-sets/${east.disposition_set_id}`, 'East set'],
      [path`/v1/actions/${east.action_id}`, 'East action'],
      [path`/v1/allocations/${east.allocation_id}`, 'East allocation'],
    ] as const)
      expect((await client.get(address)).body).toMatchObject({ name })
    expect((await client.get(path`/v1/conflicts/${east.conflict_id}`)).body).toMatchObject({ state: 'open' })
  })

  test('is there for those who are bound to that team', async () => {
    const own = await clientWith(['admin'], [east_id])
    for (const [name, route, row] of foreign) {
      // A stream has no end.
      if (!route.startsWith('GET') || route === 'GET /v1/events') continue
      const answer = await ask(own, route, row.request(east))
      expect(answer.ok, name).toBe(true)
    }
  })
})

describe('what is Global', () => {
  const shared = [
    ['contact hours', 'PATCH', '/v1/contact-hours/1', { zone: 'Pacific/Auckland' }],
    ['a disposition', 'PATCH', '/v1/disposition-sets/1/dispositions/Do%20Not%20Call', { enabled: false }],
    ['a disposition, deleted', 'DELETE', '/v1/disposition-sets/1/dispositions/Busy', undefined],
    ['a disposition, added', 'POST', '/v1/disposition-sets/1/dispositions', { code: 'X', kind: 'final' }],
  ] as const

  test.each(shared)(
    '%s is used by all and changed only by a caller without a team',
    async (_, method, address, body) => {
      for (const as of [
        await clientWith(['admin'], [west_id]),
        await leadline.asOperator('manager', ['West']),
      ]) {
        expect((await as.get(address.replace(/\/dispositions.*/, ''))).status).toBe(200)
        expect(await as.request(method, address, { body })).toMatchObject(refused)
      }
    },
  )

  test('an action of Global can be linked to a set of a team, and not be changed', async () => {
    const global = { name: 'Everybody', kind: 'dnc', config: { list: 'private' } }
    const { action_id } = (await client.post<{ action_id: number }>('/v1/actions', global)).body
    const west = await clientWith(['manage'], [west_id])
    expect(await west.put(path`/v1/actions/${action_id}`, global)).toMatchObject(refused)
    expect(await west.delete(path`/v1/actions/${action_id}`)).toMatchObject(refused)
    const set = await west.post<{ disposition_set_id: number }>('/v1/disposition-sets', {
      name: 'West set of its own',
      copy_of: 1,
    })
    const link = (id: number) =>
      west.put(path`/v1/disposition-sets/${id}/dispositions/Sale/actions`, { action_ids: [action_id] })
    expect(await link(set.body.disposition_set_id)).toMatchObject({
      status: 200,
      body: { items: [{ action_id }] },
    })
    expect(await link(1)).toMatchObject({ status: 404, code: 1004 })
  })

  test('a link to a Global action stays when a team chooses its own for the set that all share', async () => {
    const make = async (as: LeadlineClient, name: string) =>
      (
        await as.post<{ action_id: number }>('/v1/actions', {
          name,
          kind: 'dnc',
          config: { list: 'private' },
        })
      ).body.action_id
    const west = await clientWith(['manage'], [west_id])
    const [global, own] = [await make(client, 'Global link'), await make(west, 'West link')]
    const address = '/v1/disposition-sets/1/dispositions/Fax/actions'
    await client.put(address, { action_ids: [global] })
    const ids = async (as: LeadlineClient) =>
      (await as.get<{ items: { action_id: number }[] }>(address)).body.items
        .map(({ action_id }) => action_id)
        .sort()
    expect((await west.put(address, { action_ids: [own] })).status).toBe(200)
    expect(await ids(west)).toEqual([global, own].sort())
    expect((await west.put(address, { action_ids: [global] })).status).toBe(200)
    expect(await ids(client)).toEqual([global])
  })

  test('what a team makes without naming a team is its own', async () => {
    const west = await clientWith(['manage'], [west_id])
    expect((await west.post('/v1/contact-hours', { name: 'West evening', zone: 'UTC' })).body).toMatchObject({
      team: 'West',
    })
    const both = await clientWith(['manage'], [west_id, east_id])
    expect(await both.post('/v1/contact-hours', { name: 'Whose?', zone: 'UTC' })).toMatchObject({
      status: 422,
      code: 1005,
      body: { field: '/team' },
    })
  })

  test('a template uses contact hours and sets of Global or of its own team', async () => {
    const template = (more: object) =>
      client.post('/v1/templates', {
        name: `Borrowed ${Math.random()}`,
        team: 'West',
        contact_hours: 'Australia/Melbourne',
        fields: [{ name: 'Phone', kind: 'phone' }],
        ...more,
      })
    expect((await template({})).status).toBe(201)
    expect(await template({ contact_hours: 'East hours' })).toMatchObject({ status: 404, code: 1004 })
    expect(await template({ disposition_set: 'East set' })).toMatchObject({ status: 404, code: 1004 })
  })

  test('a lead names contact hours of Global or of its own team', async () => {
    const lead = { FirstPhone: mobile(), njContactHours: 'East hours' }
    expect(await client.insertLeadFast(leadline.target, lead)).toMatchObject({ code: 111 })
  })
})
