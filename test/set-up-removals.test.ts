// Set-up that nothing uses can be deleted; what is in use stays, and the refusal says what uses it.

import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { PASSWORD } from './support/operator.ts'

const leadline = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
const { client, connection } = leadline
const second = await startLeadline({ connection, now: () => '2026-11-24T03:00:00.000Z' })

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let made = 0
const fresh = (what: string) => `${what} ${++made}`
const field = { name: 'Phone', kind: 'phone' as const }

async function template(team?: string) {
  const { body } = await client.createTemplate({
    name: fresh('Template'),
    contact_hours: 'Australia/Melbourne',
    fields: [field],
    team,
  })
  return (body as { template_id: number }).template_id
}
async function campaign(template_id: number) {
  const { body } = await client.createCampaign({ template_id, name: fresh('Campaign') })
  return (body as { campaign_id: number }).campaign_id
}
async function allocation(campaign_id: number) {
  const { body } = await client.createAllocation({ campaign_id, name: fresh('Allocation'), started: true })
  return (body as { allocation_id: number }).allocation_id
}
async function place() {
  const template_id = await template()
  const campaign_id = await campaign(template_id)
  return { template_id, campaign_id, allocation_id: await allocation(campaign_id) }
}
const lead = () => ({ Phone: mobile() })
const used = (says: RegExp) => ({ status: 422, code: 1005, body: { detail: expect.stringMatching(says) } })
const DELETED = { status: 204 }
const UNKNOWN = { status: 404, code: 1004 }

test('what is empty is deleted, from the allocation up to its team', async () => {
  const team = await client.createTeam({ name: fresh('Team') })
  const { team_id, name } = team.body as { team_id: number; name: string }
  const template_id = await template(name)
  const campaign_id = await campaign(template_id)
  const allocation_id = await allocation(campaign_id)
  expect(await client.deleteTeam(team_id)).toMatchObject(used(new RegExp(`has template ${template_id}:`)))
  expect(await client.deleteTemplate(template_id)).toMatchObject(
    used(new RegExp(`has campaign ${campaign_id}:`)),
  )
  expect(await client.deleteCampaign(campaign_id)).toMatchObject(
    used(new RegExp(`has allocation ${allocation_id}:`)),
  )
  expect(await client.deleteAllocation(allocation_id, {}, 2)).toMatchObject({ status: 412, code: 110 })
  expect(await client.deleteAllocation(allocation_id, {}, 1)).toMatchObject(DELETED)
  expect(await client.deleteCampaign(campaign_id)).toMatchObject(DELETED)
  expect(await client.deleteTemplate(template_id)).toMatchObject(DELETED)
  expect(await client.deleteTeam(team_id)).toMatchObject(DELETED)
  expect(await client.deleteTeam(team_id)).toMatchObject(UNKNOWN)
  expect(await client.allocation(allocation_id)).toMatchObject(UNKNOWN)
  expect(await client.insertLeadFast({ template_id, campaign_id, allocation_id }, lead())).toMatchObject({
    code: 1004,
  })
})

describe('an allocation stays', () => {
  test('with a lead, also with one that is forgotten', async () => {
    const at = await place()
    const { lead_id } = await client.insertLeadFast(at, lead())
    expect(await client.deleteAllocation(at.allocation_id)).toMatchObject(used(/has or had leads/))
    await client.delete(`/v1/leads/${lead_id}`)
    expect(await client.deleteAllocation(at.allocation_id)).toMatchObject(used(/has or had leads/))
  })

  test('with leads that have left it, whether they were called or not', async () => {
    const at = await place()
    const to_allocation_id = await allocation(at.campaign_id)
    await client.insertLeadFast(at, lead())
    await client.moveLeads(at.allocation_id, { to_allocation_id, all: true })
    expect(await client.deleteAllocation(at.allocation_id)).toMatchObject(used(/has or had leads/))
    const called = await place()
    await client.insertLead(called, { ...lead(), njDisposition: 'Busy' })
    const leased = await place()
    await client.insertLeadFast(leased, lead())
    const { body } = await client.post<Leases>(`/v1/allocations/${leased.allocation_id}/leases`, {})
    expect(body.items).toHaveLength(1)
    for (const { campaign_id, allocation_id } of [called, leased]) {
      const to = await allocation(campaign_id)
      expect(await client.moveLeads(allocation_id, { to_allocation_id: to, all: true })).toMatchObject({
        body: { moved: 1 },
      })
      expect(await client.deleteAllocation(allocation_id)).toMatchObject(used(/has or had leads/))
    }
  })

  test('with a key that is bound to it, until the key is revoked', async () => {
    const { allocation_id } = await place()
    const key = await client.createApiKey({
      name: 'form',
      scopes: ['insert'],
      allocation_ids: [allocation_id],
    })
    const { key_id } = key.body as { key_id: number }
    expect(await client.deleteAllocation(allocation_id)).toMatchObject(used(new RegExp(`key ${key_id}\\b`)))
    await client.revokeApiKey(key_id)
    expect(await client.deleteAllocation(allocation_id)).toMatchObject(DELETED)
  })

  test('with an action that copies leads to it', async () => {
    const { allocation_id } = await place()
    const action = await client.createAction({ name: fresh('Copy'), kind: 'copy', config: { allocation_id } })
    const { action_id } = action.body as { action_id: number }
    expect(await client.deleteAllocation(allocation_id)).toMatchObject(
      used(new RegExp(`action ${action_id}\\b`)),
    )
    await client.deleteAction(action_id)
    expect(await client.deleteAllocation(allocation_id)).toMatchObject(DELETED)
  })
})

test('a campaign stays when its do-not-call list ever had a number', async () => {
  const at = await place()
  const entry = { list: 'campaign' as const, campaign_id: at.campaign_id, phones: [mobile()] }
  expect(await client.post('/v1/dnc', entry)).toMatchObject({ status: 201 })
  await client.deleteAllocation(at.allocation_id)
  expect(await client.deleteCampaign(at.campaign_id)).toMatchObject(used(/do-not-call list/))
})

describe('deleted beside somebody who begins to use it', () => {
  const ROUNDS = 25

  /** Either it is used and stays, or it is gone and its user is told so. */
  async function race<Made extends { status: number }>(
    remove: () => Promise<{ status: number }>,
    uses: (() => Promise<Made>)[],
    taken: number,
    refused: number[],
  ) {
    const [removed, ...answers] = await Promise.all([remove(), ...uses.map((use) => use())])
    expect([204, 422]).toContain(removed!.status)
    for (const { status } of answers) expect([taken, ...refused]).toContain(status)
    const users = answers.filter(({ status }) => status === taken).length
    expect(users > 0).toBe(removed!.status === 422)
    return removed!.status
  }

  test('an allocation and its first leads', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const at = await place()
      const insert = (by: typeof client) => () => by.insertLeadFast(at, lead())
      // Both servers have read the rules with it.
      for (const by of [client, second.client]) await by.get(`/v1/allocations/${at.allocation_id}/queue`)
      const remove = async () => {
        await new Promise((done) => setTimeout(done, round % 5))
        return client.deleteAllocation(at.allocation_id)
      }
      await race(remove, [insert(client), insert(second.client), insert(second.client)], 200, [400])
    }
  })

  test('an allocation, and a key or an action for it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = [await place(), await place()]
      const scopes: 'insert'[] = ['insert']
      const key = () =>
        second.client.createApiKey({ name: 'form', scopes, allocation_ids: [one.allocation_id] })
      await race(() => client.deleteAllocation(one.allocation_id), [key], 201, [404, 422])
      const config = { allocation_id: other.allocation_id }
      const action = () => second.client.createAction({ name: fresh('Copy'), kind: 'copy', config })
      await race(() => client.deleteAllocation(other.allocation_id), [action], 201, [404])
    }
  })

  test('an allocation, and leads that are moved to it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const at = await place()
      await client.insertLeadFast(at, lead())
      const to_allocation_id = await allocation(at.campaign_id)
      const move = () => second.client.moveLeads(at.allocation_id, { to_allocation_id, all: true })
      await race(() => client.deleteAllocation(to_allocation_id), [move], 200, [404])
    }
  })

  test('a campaign and its first allocation; a template and its first campaign', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const template_id = await template()
      const campaign_id = await campaign(template_id)
      const grow = () => second.client.createAllocation({ campaign_id, name: 'First' })
      await race(() => client.deleteCampaign(campaign_id), [grow], 201, [404])
      const empty = await template()
      const begin = () => second.client.createCampaign({ template_id: empty, name: 'First' })
      await race(() => client.deleteTemplate(empty), [begin], 201, [404])
    }
  })

  test('a team, and what is made for it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const team = async () => {
        const { body } = await client.createTeam({ name: fresh('Team') })
        return body as { team_id: number; name: string }
      }
      const by = second.client
      const scopes: 'read'[] = ['read']
      const users = [
        (name: string) => by.createContactHours({ name: fresh('Hours'), zone: 'UTC', team: name }),
        (name: string) => by.createApiKey({ name: 'reader', scopes, teams: [name] }),
        (name: string) =>
          by.createOperator({
            login: fresh('kim-').replace(' ', ''),
            name: 'Kim',
            role: 'agent',
            password: PASSWORD,
            teams: [name],
          }),
      ]
      const { team_id, name } = await team()
      const use = users[round % users.length]!
      await race<{ status: number }>(() => client.deleteTeam(team_id), [() => use(name)], 201, [404, 422])
    }
  })
})
