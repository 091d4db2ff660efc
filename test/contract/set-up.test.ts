// Set-up over /v1: templates, campaigns, allocations, keys; answers are what their schemas say.

import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/client/client.ts'
import { contractOn, type Page, PHONE_FIELD } from '../support/contract.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { ask, setUp } = contractOn(leadline)

describe('set-up', () => {
  test('a template is what was asked for, with defaults for what was not', async () => {
    const asked = {
      name: 'Energy',
      region: 'nz',
      contact_hours: 'Australia/Melbourne',
      duplicate_rule: 'all',
      dnc_rule: 'any',
      fields: [
        { name: 'Phone', label: 'Home phone', aliases: ['Tel', 'Telephone'], kind: 'phone' },
        { name: 'Plan', kind: 'choice', choices: ['Small', 'Large'], merge_group: 'offer' },
        { name: 'Notes', kind: 'long_text' },
      ],
    }
    const { body, headers } = await ask<{ template_id: number }>('POST', '/v1/templates', { body: asked })
    const plain = { aliases: [], choices: null, merge_group: null, retired: false }
    expect(body).toMatchObject({
      ...asked,
      region: 'NZ',
      team: 'Global',
      disposition_set: 'Standard',
      fields: [
        { ...plain, ...asked.fields[0] },
        { ...plain, ...asked.fields[1], label: 'Plan' },
        { ...plain, ...asked.fields[2], label: 'Notes' },
      ],
    })
    expect(headers.get('Location')).toBe(`/v1/templates/${body.template_id}`)
    expect((await ask('GET', `/v1/templates/${body.template_id}`)).body).toEqual(body)
    expect((await ask<Page>('GET', '/v1/templates')).body.items).toContainEqual(body)

    const bare = { name: 'Bare', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] }
    expect((await ask('POST', '/v1/templates', { body: bare })).body).toMatchObject({
      region: 'AU',
      duplicate_rule: 'any',
      dnc_rule: 'all',
    })
  })

  test('a campaign and an allocation are what was asked for, and take leads at once', async () => {
    const { template_id } = await setUp()
    const campaign = await ask<{ campaign_id: number }>('POST', '/v1/campaigns', {
      body: { template_id, name: 'Winter' },
    })
    const { campaign_id } = campaign.body
    expect(campaign.body).toMatchObject({ template_id, name: 'Winter' })
    expect(campaign.headers.get('Location')).toBe(`/v1/campaigns/${campaign_id}`)
    expect((await ask('GET', `/v1/campaigns/${campaign_id}`)).body).toEqual(campaign.body)
    expect((await ask<Page>('GET', '/v1/campaigns', { query: { template_id } })).body.items).toContainEqual(
      campaign.body,
    )

    const allocation = await ask<{ allocation_id: number }>('POST', '/v1/allocations', {
      body: { campaign_id, name: 'July', started: true },
    })
    const { allocation_id } = allocation.body
    expect(allocation.body).toMatchObject({ campaign_id, name: 'July', started: true })
    expect(allocation.headers.get('Location')).toBe(`/v1/allocations/${allocation_id}`)
    expect((await ask('GET', `/v1/allocations/${allocation_id}`)).body).toEqual(allocation.body)
    expect((await ask<Page>('GET', '/v1/allocations', { query: { campaign_id } })).body.items).toEqual([
      allocation.body,
    ])

    const where = { template_id, campaign_id, allocation_id }
    expect(await client.insertLeadFast(where, { Phone: mobile() })).toMatchObject({ code: 0 })
  })

  test('a list of one template or campaign has nothing of another', async () => {
    const [one, other] = [await setUp(), await setUp()]
    const campaigns = await ask<Page>('GET', '/v1/campaigns', { query: { template_id: one.template_id } })
    expect(campaigns.body.items.map(({ campaign_id }) => campaign_id)).toEqual([one.campaign_id])
    const allocations = await ask<Page>('GET', '/v1/allocations', {
      query: { campaign_id: other.campaign_id },
    })
    expect(allocations.body.items.map(({ allocation_id }) => allocation_id)).toEqual([other.allocation_id])
  })

  test('an allocation is stopped at first, and started and stopped as often as somebody likes', async () => {
    const path = `/v1/allocations/${(await setUp()).allocation_id}`
    expect((await ask('GET', path)).body).toMatchObject({ started: false })
    for (const started of [true, true, false, true]) {
      expect((await ask('PATCH', path, { body: { started } })).body).toMatchObject({ started })
      expect((await ask('GET', path)).body).toMatchObject({ started })
    }
  })

  test('contact hours are what was asked for, and are there for leads', async () => {
    const body = { name: 'Perth office', zone: 'Australia/Perth' }
    const made = await ask('POST', '/v1/contact-hours', { body })
    expect(made.body).toMatchObject(body)
    expect((await ask<Page>('GET', '/v1/contact-hours')).body.items).toContainEqual(made.body)
    const lead = { FirstPhone: mobile(), njContactHours: 'Perth office' }
    expect(await client.insertLeadFast(target, lead)).toMatchObject({ code: 0 })
  })

  test('the standard disposition set is there', async () => {
    const { items } = (
      await ask<Page<{ name: string; dispositions: object[] }>>('GET', '/v1/disposition-sets')
    ).body
    const standard = items.find(({ name }) => name === 'Standard')!
    const plain = {
      disposition_id: expect.any(Number),
      delay_s: null,
      next_day: false,
      redials_max: null,
      built_in: true,
      enabled: true,
    }
    const final = ['Fax', 'Pitch No Sale', 'Sale', 'Wrong Number'].map((code) => ({
      ...plain,
      code,
      kind: 'final',
      priority: 10,
    }))
    const next_day = { ...plain, kind: 'retry', priority: 12, next_day: true, redials_max: 4 }
    expect(standard.dispositions).toHaveLength(10)
    expect(standard.dispositions).toEqual(
      expect.arrayContaining([
        { ...plain, code: 'Client Approved Callback', kind: 'client_callback', priority: 2 },
        { ...plain, code: 'Callback', kind: 'callback', priority: 6, delay_s: 3_600 },
        { ...plain, code: 'Busy', kind: 'retry', priority: 10, delay_s: 900, redials_max: 5 },
        { ...next_day, code: 'No Answer' },
        { ...next_day, code: 'Answering Machine' },
        ...final,
        { ...plain, code: 'Do Not Call', kind: 'dnc', priority: 10 },
      ]),
    )
  })

  test('numbers are listed, checked and taken off a list', async () => {
    const [listed, free] = [mobile(), mobile()]
    const e164 = `+61${listed.slice(1)}`
    const added = await client.post<{ items: { entry_id: number }[] }>('/v1/dnc', {
      list: 'private',
      phones: [listed, e164],
      reason: 'asked us',
      source: 'phone call',
    })
    expect(added).toMatchObject({
      status: 201,
      body: {
        added: 1,
        already_listed: 0,
        items: [{ list: 'private', phone: e164, reason: 'asked us', source: 'phone call', removed_at: null }],
      },
    })
    const { entry_id } = added.body.items[0]!
    expect((await client.post('/v1/dnc', { list: 'private', phones: [listed] })).body).toMatchObject({
      added: 0,
      already_listed: 1,
    })
    const check = (phones: string[]) =>
      ask<{ items: object[] }>('POST', '/v1/dnc/check', { body: { phones } })
    expect((await check([listed, free, 'call me'])).body.items).toEqual([
      { sent: listed, phone: e164, blocked: true, list: 'private', entry_id },
      { sent: free, phone: `+61${free.slice(1)}`, blocked: false },
      { sent: 'call me', phone: null, blocked: false, problem: expect.stringMatching(/\w/) },
    ])
    for (const phone of [listed, free]) await ask('GET', `/v1/dnc/numbers/${phone}`)
    await ask('POST', '/v1/dnc', {
      body: { list: 'private', phones: [listed, 'call me'], skip_invalid: true },
    })
    const removed = await client.post('/v1/dnc/removals', {
      list: 'private',
      phones: [listed, free],
      reason: 'changed his mind',
    })
    expect(removed).toMatchObject({ status: 200, body: { removed: 1, not_listed: 1 } })
    expect((await check([listed])).body.items).toEqual([{ sent: listed, phone: e164, blocked: false }])
    const history = await ask<Page>('GET', '/v1/dnc', { query: { phone: listed } })
    expect(history.body.items).toMatchObject([
      { entry_id, phone: e164, removed_by: expect.any(String), removed_reason: 'changed his mind' },
    ])
  })

  test('a lead, its history, its calls and its held updates look as documented', async () => {
    const lead = {
      Name: 'Ana Silva',
      FirstPhone: mobile(),
      SecondPhone: 'ask at reception',
      crm: 'A-17',
      njExternalLeadId: 'documented',
      njDisposition: 'Busy',
    }
    const { lead_id } = await client.insertLead(target, lead)
    const change = { njExternalLeadId: 'documented', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, {
      ...change,
      City: 'Fitzroy',
      njCallBackDate: '2026/12/24 09:00',
      njDisposition: 'Callback',
    })
    const held = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    expect(held.code).toBe(110)

    const { body, headers } = await ask('GET', `/v1/leads/${lead_id}`)
    expect(headers.get('ETag')).toBe('"v2"')
    expect(body).toMatchObject({
      id: lead_id,
      campaign_id: target.campaign_id,
      allocation_id: target.allocation_id,
      external_id: 'documented',
      version: 2,
      fields: { Name: 'Ana Silva', City: 'Fitzroy', SecondPhone: 'ask at reception' },
      unmapped: { crm: 'A-17' },
      phones: [
        { field: 'FirstPhone', number: `+61${lead.FirstPhone.slice(1)}`, state: 'ok' },
        { field: 'SecondPhone', state: 'invalid' },
      ],
      disposition: 'Callback',
      callback: {
        local: '2026-12-24T09:00:00',
        zone: 'Australia/Melbourne',
        at: '2026-12-23T22:00:00Z',
      },
      contact_hours: 'Australia/Melbourne',
      created_way: 'classic',
      closed: false,
    })
    const history = await ask<Page>('GET', `/v1/leads/${lead_id}/history`)
    expect(history.body.items).toMatchObject([
      { version: 1, way: 'classic', changes: null },
      {
        version: 2,
        way: 'classic',
        changes: {
          'fields.City': [null, 'Fitzroy'],
          disposition: ['Busy', 'Callback'],
          callback: [expect.stringMatching(/^\d{4}-/), '2026-12-24T09:00:00'],
        },
      },
    ])
    const calls = await ask<Page>('GET', `/v1/leads/${lead_id}/calls`)
    expect(calls.body.items).toMatchObject([{ disposition: 'Busy' }, { disposition: 'Callback' }])

    const conflicts = await ask<Page<{ conflict_id: number }>>('GET', '/v1/conflicts', {
      query: { lead_id: lead_id! },
    })
    expect(conflicts.body.items).toMatchObject([
      {
        conflict_id: held.body.conflict_id,
        lead_id,
        state: 'open',
        groups: ['address'],
        clashes: ['address'],
        base_version: 1,
        lead_version: 2,
        base: { 'fields.City': null },
        mine: { 'fields.City': 'Carlton' },
        theirs: { 'fields.City': 'Fitzroy' },
      },
    ])
    const path = `/v1/conflicts/${held.body.conflict_id}`
    const { conflict, settled: _, decided: __, ...same } = (await ask('GET', path)).body
    expect(same).toEqual(conflicts.body.items[0])
    expect(conflict).toMatchObject({
      lead_id,
      base_version: 1,
      lead_version: 2,
      theirs: { version: 2, actor_name: 'bootstrap', way: 'classic', versions_between: 1 },
      mine: { 'fields.City': 'Carlton' },
      current: { 'fields.City': 'Fitzroy' },
    })
    const settled = await ask('PUT', `${path}/resolution`, {
      body: { lead_version: 2, decisions: { address: { take: 'mine' } } },
    })
    expect(settled.body).toEqual({ lead_id, version: 3 })
    expect(settled.headers.get('ETag')).toBe('"v3"')
    expect((await ask('GET', path)).body).toMatchObject({
      state: 'resolved',
      theirs: null,
      clashes: [],
      conflict: null,
      resolved_by_name: 'bootstrap',
    })
    expect((await ask('GET', `/v1/leads/${lead_id}`)).body).toMatchObject({
      version: 3,
      fields: { City: 'Carlton' },
    })
  })

  test('a lead of /v1, its changes, what they met and what it was look as documented', async () => {
    const { allocation_id } = target
    const made = await ask<{ id: string }>('POST', '/v1/leads', {
      body: { allocation_id, fields: { Name: 'Ana Silva', FirstPhone: mobile() }, unmapped: { crm: 'A-17' } },
    })
    const path = `/v1/leads/${made.body.id}`
    const patch = (version: number, body: object, on_conflict = 'fail') =>
      ask('PATCH', path, { body, query: { on_conflict }, headers: { 'If-Match': `"v${version}"` } })
    const second = await patch(1, { fields: { City: 'Fitzroy' }, callback: { local: '2026-12-24T09:00' } })
    expect(second.headers.get('ETag')).toBe('"v2"')
    expect((await patch(1, { fields: { Name: 'Ana Costa' } }, 'merge')).body).toMatchObject({
      version: 3,
      merged: { kept: expect.arrayContaining(['address', 'outcome']), base_version: 1 },
    })
    expect((await patch(1, { fields: { City: 'Carlton' } }, 'hold')).status).toBe(202)
    const mine = { fields: { City: 'Carlton' } }
    const met = await ask('POST', `${path}/merge/preview`, { body: { base_version: 1, mine } })
    expect(met.body).toMatchObject({ lead_version: 3, theirs: { versions_between: 2 } })
    const refused = await client.patchLead(made.body.id, 1, mine)
    const { conflict } = refused.body as { conflict?: unknown }
    expect(conflict).toEqual(met.body)
    const decisions = { address: { take: 'mine' } }
    await ask('POST', `${path}/merge`, { body: { base_version: 1, lead_version: 3, mine, decisions } })
    await ask('POST', `${path}/revert`, { body: { version: 4, lead_version: 4 } })
    expect((await ask('GET', `${path}/versions/2`)).body).toMatchObject({
      fields: { Name: 'Ana Silva', City: 'Fitzroy' },
      values: { 'fields.City': 'Fitzroy', callback: '2026-12-24T09:00:00', 'unmapped.crm': 'A-17' },
    })
    expect((await ask('GET', `${path}/versions/4`)).body).toMatchObject({ fields: { City: 'Carlton' } })
    expect((await ask('GET', path)).body).toMatchObject({ version: 5, fields: { City: 'Fitzroy' } })
    await ask('GET', `${path}/history`)
  })

  test('a person may write what they like into a held update, but not <NO CHANGE>', async () => {
    const { lead_id } = await client.insertLead(target, {
      FirstPhone: mobile(),
      njExternalLeadId: 'unsaid',
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId: 'unsaid', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, City: 'Fitzroy' })
    const { body } = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    const settle = (City: string) =>
      client.put<Problem>(`/v1/conflicts/${body.conflict_id}/resolution`, {
        lead_version: 2,
        decisions: { address: { take: 'value', value: { 'fields.City': City } } },
      })
    expect(await settle(' <no Change> ')).toMatchObject({ status: 422 })
    expect(await settle('Brunswick')).toMatchObject({ status: 200 })
    expect((await client.get(`/v1/leads/${lead_id}`)).body).toMatchObject({ fields: { City: 'Brunswick' } })
  })

  test('a forgotten lead is gone', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'forgotten' }
    const { lead_id } = await client.insertLeadFast(target, lead)
    expect(await client.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 204, body: '' })
    expect(await client.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.get(`/v1/leads/${lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.insertLeadFast(target, lead)).toMatchObject({ code: 0 })
  })
})
