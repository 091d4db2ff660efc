// Lists in other orders than the newest first: callbacks, the earliest first, and changes, the latest first.

import { expect, test } from 'vitest'
import type { FoundLeads, LeadSort } from '../src/client/api.ts'
import type { Target } from '../src/client/client.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { client, clientWith } = leadline

const teams = new Map<string, number>()
for (const name of ['East', 'West', 'North', 'South']) teams.set(name, await ensureTeam(leadline.pool, name))
const keyOf = (team: string) => clientWith(['read', 'write'], [teams.get(team)!])

const FIELDS = [
  { name: 'Name', kind: 'text' },
  { name: 'Phone', kind: 'phone' },
]

let names = 0
async function campaignOf(team = 'Global') {
  const post = async <T>(path: string, body: object) => (await client.post<T>(path, body)).body
  const name = `Sorted ${++names}`
  const template = { name, team, contact_hours: 'UTC all week', fields: FIELDS }
  const { template_id } = await post<{ template_id: number }>('/v1/templates', template)
  const { campaign_id } = await post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { allocation_id } = await post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })
  return { template_id, campaign_id, allocation_id }
}
await client.post('/v1/contact-hours', { name: 'UTC all week', zone: 'UTC' })

async function insert(target: Target, lead: Record<string, string> = {}): Promise<string> {
  const answer = await client.insertLead(target, { Phone: mobile(), ...lead })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ code: 0 })
  return answer.lead_id!
}

type Asked = Parameters<typeof client.leads>[0]
async function ask(asked: Asked, as = client): Promise<FoundLeads> {
  const answer = await as.leads(asked)
  if (!answer.ok) throw new Error(JSON.stringify(answer.body))
  return answer.body
}

/** All pages, with a few leads on each. */
async function idsIn(sort: LeadSort, asked: Asked, as = client): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await ask({ ...asked, sort, cursor, limit: 2 }, as)
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

test('callbacks come the earliest first, over campaigns and pages, and leads without one are left out', async () => {
  const [one, other] = [await campaignOf(), await campaignOf()]
  const made = [
    await insert(one, { njCallBackDate: '2027/03/04 10:30' }),
    await insert(other, { njCallBackDate: '2027/03/02 09:00' }),
    await insert(one),
    await insert(one, { njCallBackDate: '2027/03/02 09:00' }),
    await insert(other, { njCallBackDate: '2027/03/01 09:00' }),
  ]
  const ordered = [made[4], made[1], made[3], made[0]]
  expect(await idsIn('callback', {})).toEqual(ordered)
  expect(await idsIn('callback', { campaign_id: one.campaign_id })).toEqual([made[3], made[0]])
  const until = '2027-03-02T10:00:00Z'
  expect(await idsIn('callback', { callback_to: until })).toEqual(ordered.slice(0, 3))
  expect(await idsIn('callback', { callback_from: '2027-03-02T00:00:00Z', closed: false })).toEqual(
    ordered.slice(1),
  )
  const first = await ask({ sort: 'callback', limit: 2 })
  expect(first.total).toEqual({ count: 4, exact: true })
  expect((await ask({ sort: 'callback', cursor: first.next_cursor!, limit: 2 })).total).toBeUndefined()
})

test('the latest change comes first, whatever came in when', async () => {
  const target = await campaignOf()
  const { campaign_id } = target
  const made = [await insert(target), await insert(target), await insert(target), await insert(target)]
  const change = async (i: number) => {
    const answer = await client.patchLead(made[i]!, 1, { fields: { Name: `Changed ${i}` } })
    expect(answer.ok).toBe(true)
  }
  await change(2)
  await change(0)
  expect(await idsIn('changed', { campaign_id })).toEqual([made[0], made[2], made[3], made[1]])
  expect(await idsIn('newest', { campaign_id })).toEqual([...made].reverse())
  expect((await ask({ campaign_id, sort: 'changed', limit: 1 })).total).toEqual({ count: 4, exact: true })
})

test('another team sees nothing of it', async () => {
  const target = await campaignOf('East')
  const id = await insert(target, { njCallBackDate: '2026/12/01 09:00' })
  const west = await campaignOf('West')
  const own = await insert(west, { njCallBackDate: '2026/12/02 09:00' })
  const as_west = await keyOf('West')
  for (const sort of ['callback', 'changed'] as const) {
    expect(await idsIn(sort, {}, as_west)).toEqual([own])
    expect(await idsIn(sort, { campaign_id: target.campaign_id })).toEqual([id])
  }
})

test('an order goes with no search text, and a cursor only with its own order', async () => {
  const target = await campaignOf()
  for (let i = 0; i < 2; i++) await insert(target, { njCallBackDate: '2027/05/01 09:00' })
  expect(await client.leads({ q: 'ana', sort: 'changed' })).toMatchObject({
    status: 422,
    body: { name: 'INVALID_FIELD', field: 'sort' },
  })
  expect((await client.leads({ q: ' ', sort: 'changed' })).ok).toBe(true)
  const { next_cursor } = await ask({ sort: 'callback', limit: 1 })
  const wrong = ['', 'x', btoa('callback 1 -1'), btoa('changed 0 7'), btoa('callback 1 99999999999999999')]
  for (const [sort, cursor] of [
    ['changed', next_cursor!],
    ['newest', next_cursor!],
    ...wrong.map((cursor) => ['callback', cursor] as const),
  ] as const)
    expect(await client.leads({ sort, cursor }), `${sort} ${cursor}`).toMatchObject({
      status: 400,
      body: { name: 'MALFORMED_REQUEST', field: 'cursor' },
    })
})

test('the actors that have changed leads are listed, each once, with their names', async () => {
  const actors = async (as = client) => {
    const answer = await as.actors()
    if (!answer.ok) throw new Error(JSON.stringify(answer.body))
    return answer.body.items
  }
  const target = await campaignOf('North')
  const agent = await leadline.asOperator('agent')
  const north = await keyOf('North')
  expect(await actors(north)).toEqual([])
  const id = await insert(target)
  for (const [by, name, version] of [
    [agent, 'One', 1],
    [north, 'Two', 2],
    [agent, 'Three', 3],
  ] as const)
    expect((await by.patchLead(id, version, { fields: { Name: name } })).ok).toBe(true)
  const found = await actors(north)
  expect(found).toHaveLength(2)
  expect(found[1]).toEqual({
    actor: `operator:${agent.operator.operator_id}`,
    actor_name: agent.operator.name,
  })
  expect(found[0]!.actor).toMatch(/^key:\d+$/)
  expect(await actors()).toEqual(expect.arrayContaining(found))
  expect(await actors(await keyOf('South'))).toEqual([])
})
