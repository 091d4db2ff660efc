// The key of a team sees and changes only what belongs to it.

import { describe, expect, test } from 'vitest'
import type { LeadlineClient } from '../../src/client/client.ts'
import { ensureTeam } from '../../src/db/teams.ts'
import { contractOn, fresh, type Page, PHONE_FIELD } from '../support/contract.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { client, clientWith } = leadline
const { ask, setUp } = contractOn(leadline)

describe("a team's key", async () => {
  const [north_id, south_id] = [
    await ensureTeam(leadline.pool, 'North'),
    await ensureTeam(leadline.pool, 'South'),
  ]
  const [north, south] = [await clientWith(['admin'], [north_id]), await clientWith(['admin'], [south_id])]
  const both = await clientWith(['admin'], [north_id, south_id])
  const own = await setUp('North')

  const lead = { Phone: mobile(), njExternalLeadId: 'N1', njDisposition: 'Busy' }
  const lead_id = (await north.insertLead(own, lead)).lead_id!
  const change = { njExternalLeadId: 'N1', Phone: '<NO CHANGE>' }
  await north.updateLeadFast(own, { ...change, note: 'one' })
  const held = await north.updateLeadFast(own, { ...change, note: 'two', njVersion: 1 })
  const conflict_id = held.body.conflict_id!

  const addresses: [path: string, code: number][] = [
    [`/v1/templates/${own.template_id}`, 1004],
    [`/v1/campaigns/${own.campaign_id}`, 1004],
    [`/v1/allocations/${own.allocation_id}`, 1004],
    [`/v1/conflicts/${conflict_id}`, 1004],
    [`/v1/leads/${lead_id}`, 101],
    [`/v1/leads/${lead_id}/history`, 101],
    [`/v1/leads/${lead_id}/calls`, 101],
  ]

  test.each(addresses)('GET %s is there for the team and not for another', async (path, code) => {
    for (const able of [north, both, client]) await ask('GET', path, { as: able })
    expect(await south.get(path)).toMatchObject({ status: 404, code })
  })

  test.each([
    ['templates', 'template_id', own.template_id],
    ['campaigns', 'campaign_id', own.campaign_id],
    ['allocations', 'allocation_id', own.allocation_id],
    ['conflicts', 'conflict_id', conflict_id],
  ])('GET /v1/%s lists what the team has, and nothing else', async (list, id, value) => {
    const listed = async (as: LeadlineClient) =>
      (await ask<Page>('GET', `/v1/${list}`, { as, query: { limit: 500 } })).body.items.map(
        (item) => item[id],
      )
    expect(await listed(north)).toEqual([value])
    expect(await listed(south)).toEqual([])
    expect(await listed(client)).toContain(value)
  })

  test('colleagues are the enabled operators who see leads of the same teams', async () => {
    const [ann, ben] = await Promise.all([
      leadline.asOperator('agent', ['North']),
      leadline.asOperator('agent', ['South']),
    ])
    const [dev, gone] = await Promise.all([
      leadline.asOperator('manager'),
      leadline.asOperator('agent', ['North']),
    ])
    await ask('PATCH', `/v1/operators/${gone.operator.operator_id}`, { body: { disabled: true } })
    const logins = async (as: LeadlineClient) =>
      (await ask<Page>('GET', '/v1/colleagues', { as })).body.items.map(({ login }) => login)
    expect(await logins(ann)).toEqual(expect.arrayContaining([ann.operator.login, dev.operator.login]))
    expect(await logins(ann)).not.toContain(ben.operator.login)
    expect(await logins(client)).toEqual(expect.arrayContaining([ann.operator.login, ben.operator.login]))
    expect(await logins(client)).not.toContain(gone.operator.login)
  })

  test("another team's key changes nothing of it", async () => {
    const wants: [method: string, path: string, body: unknown, code: number][] = [
      ['POST', '/v1/campaigns', { template_id: own.template_id, name: 'Mine' }, 1004],
      ['POST', '/v1/allocations', { campaign_id: own.campaign_id, name: 'Mine' }, 1004],
      ['PATCH', `/v1/allocations/${own.allocation_id}`, { started: true }, 1004],
      ['PUT', `/v1/conflicts/${conflict_id}/resolution`, { dismiss: true, reason: 'not mine' }, 1004],
      ['DELETE', `/v1/leads/${lead_id}`, undefined, 101],
      ['POST', '/v1/dnc', { list: 'campaign', campaign_id: own.campaign_id, phones: ['0412345678'] }, 1004],
      [
        'POST',
        '/v1/dnc/removals',
        { list: 'campaign', campaign_id: own.campaign_id, phones: ['0412345678'], reason: 'none' },
        1004,
      ],
      ['POST', '/v1/dnc/check', { campaign_id: own.campaign_id, phones: ['0412345678'] }, 1004],
      [
        'POST',
        '/v1/templates',
        { name: 'Mine', team: 'North', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] },
        1004,
      ],
    ]
    for (const [method, path, body, code] of wants)
      expect(await south.request(method, path, { body }), `${method} ${path}`).toMatchObject({
        status: 404,
        code,
      })
    expect((await north.get(`/v1/leads/${lead_id}`)).body).toMatchObject({ version: 2 })
    expect((await north.get(`/v1/allocations/${own.allocation_id}`)).body).toMatchObject({ started: false })
    expect((await north.get(`/v1/conflicts/${conflict_id}`)).body).toMatchObject({ state: 'open' })
  })

  test("the campaign lists of another team's campaigns are not shown", async () => {
    const phone = mobile()
    const entry = { list: 'campaign', campaign_id: own.campaign_id, phones: [phone] }
    expect(await north.post('/v1/dnc', entry)).toMatchObject({ status: 201 })
    expect(await client.post('/v1/dnc', { list: 'private', phones: [phone] })).toMatchObject({ status: 201 })
    const lists = async (as: LeadlineClient) =>
      (await ask<Page>('GET', '/v1/dnc', { as, query: { phone } })).body.items.map(({ list }) => list)
    expect(await lists(north)).toEqual(['campaign', 'private'])
    expect(await lists(client)).toEqual(['campaign', 'private'])
    // The private list blocks everywhere, so everybody sees it.
    expect(await lists(south)).toEqual(['private'])
  })

  test('a template of its own team is made by the key of the team', async () => {
    const body = {
      name: fresh('Template'),
      team: 'South',
      contact_hours: 'Australia/Melbourne',
      fields: [PHONE_FIELD],
    }
    const made = await ask<{ template_id: number }>('POST', '/v1/templates', { as: south, body })
    expect(made.body).toMatchObject({ team: 'South' })
    const path = `/v1/templates/${made.body.template_id}`
    expect(await south.get(path)).toMatchObject({ status: 200 })
    expect(await north.get(path)).toMatchObject({ status: 404, code: 1004 })
  })
})
