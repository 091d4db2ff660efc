// The classic lists.

import { describe, expect, test } from 'vitest'
import type { ClassicBody, LeadlineClient } from '../../src/client/client.ts'
import { ensureTeam } from '../../src/db/teams.ts'
import { API, classicOn, NOW, type Query } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target, connection } = leadline
const { ids, reference, inserted, setUp, allocationOf } = classicOn(leadline)

describe('the lists', async () => {
  const own = await setUp({})
  const second = await allocationOf(own.campaign_id)
  const phone = mobile()
  const lead = { Phone: phone, njExternalLeadId: 'listed', njDisposition: 'Busy' }
  const { lead_id } = await client.insertLead(own, lead)
  await client.updateLeadFast(own, {
    njExternalLeadId: 'listed',
    Phone: '<NO CHANGE>',
    njDisposition: 'Sale',
  })
  await client.insertLead({ ...own, ...second }, { Phone: mobile(), njDisposition: 'Fax' })

  const list = async (call: string, query: Query = {}, as: LeadlineClient = client) => {
    const [got, posted] = [
      await as.list(call, query),
      await as.request<ClassicBody>('POST', `${API}/${call}`, { query }),
    ]
    expect({ ...posted.body, request_id: '' }).toEqual({ ...got.body, request_id: '' })
    expect(posted.status).toBe(got.status)
    return got
  }
  const ids_of = async (...args: Parameters<typeof list>) =>
    (await list(...args)).body.entities?.map(({ id }) => id)
  const query = {
    fTemplateId: String(own.template_id),
    fCampaignId: String(own.campaign_id),
    campaignId: String(own.campaign_id),
    allocationId: String(own.allocation_id),
  }

  test('are what GET and POST answer, in the published shape', async () => {
    const response = await fetch(`${leadline.url}${API}/getCampaignTemplateList?apiKey=${leadline.key}`)
    expect(await response.text()).toMatch(
      /^\{"code":0,"message":"OK","entities":\[\{"id":1,"name":"Sample"\},/,
    )
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('X-Request-Id')).toMatch(/\w/)
  })

  test('have what is in the template and the campaign', async () => {
    expect(await ids_of('getCampaignTemplateList')).toEqual(
      expect.arrayContaining([target.template_id, own.template_id]),
    )
    expect(await ids_of('getCampaignList', query)).toEqual([own.campaign_id])
    expect(await ids_of('getAllocationList', query)).toEqual([own.allocation_id, second.allocation_id])
    const { body } = await list('getCampaignList', { fTemplateId: ids.fTemplateId })
    expect(body.entities).toContainEqual({ id: target.campaign_id, name: 'Sample campaign' })
  })

  test('have the calls of an allocation, newest first', async () => {
    const { body } = await list('getCallRecordList', query)
    expect(body.entities).toMatchObject([
      { id: expect.any(Number), name: 'Sale', lead_id },
      { id: expect.any(Number), name: 'Busy', lead_id },
    ])
    const other = await list('getCallRecordList', { ...query, allocationId: String(second.allocation_id) })
    expect(other.body.entities).toMatchObject([{ name: 'Fax' }])
  })

  test('have the calls of a campaign, or of some dispositions, whichever name the ids come by', async () => {
    const dispositions = (await list('getDispositionList', query)).body.entities!
    const idOf = (wanted: string) => dispositions.find(({ name }) => name === wanted)!.id
    const { fTemplateId, campaignId, allocationId } = query
    const named = async (more: Query) =>
      (await list('getCallRecordList', { fTemplateId, ...more })).body.entities?.map(({ name }) => name)
    expect(await named({ campaignId })).toEqual(['Fax', 'Sale', 'Busy'])
    expect(await named({ fCampaignId: campaignId, fAllocationId: allocationId })).toEqual(['Sale', 'Busy'])
    const fDispositions = `${idOf('Busy')}, ${idOf('Fax')},${idOf('Busy')}`
    expect(await named({ campaignId, fDispositions })).toEqual(['Fax', 'Busy'])
    expect(await named({ campaignId, allocationId, fDispositions })).toEqual(['Busy'])
    expect(await named({ campaignId, fCampaignId: campaignId, fDispositions: '' })).toHaveLength(3)
    for (const more of [
      { campaignId, fCampaignId: '999999' },
      { campaignId, allocationId, fAllocationId: '999999' },
    ])
      expect(await list('getCallRecordList', { fTemplateId, ...more })).toMatchObject({
        status: 400,
        code: 1003,
      })
  })

  test('need their ids: 1004', async () => {
    for (const [call, names] of [
      ['getCampaignList', ['fTemplateId']],
      ['getAllocationList', ['fCampaignId']],
      ['getDispositionList', ['fTemplateId']],
      ['getFieldList', ['fTemplateId']],
      ['getFieldDefn', ['fTemplateId']],
      ['getCallRecordList', ['fTemplateId', 'campaignId']],
    ] as const)
      for (const name of names)
        for (const value of [undefined, '0', 'one', '999999'])
          expect(
            await list(call, {
              ...query,
              fCampaignId: name === 'fCampaignId' ? value : undefined,
              [name]: value,
            }),
            `${call} ${name} ${value}`,
          ).toMatchObject({ status: 400, code: 1004 })
    for (const value of ['0', 'one', '999999'])
      for (const name of ['allocationId', 'fAllocationId', 'before', 'fDispositions'])
        if (name !== 'before' || value !== '999999')
          expect(
            await list('getCallRecordList', { ...query, allocationId: undefined, [name]: value }),
            `${name} ${value}`,
          ).toMatchObject({ status: 400, code: 1004 })
    expect(await list('getCallRecordList', { ...query, fTemplateId: ids.fTemplateId })).toMatchObject({
      code: 1004,
    })
  })

  describe("with a team's key", async () => {
    const [north_id, south_id] = [
      await ensureTeam(leadline.pool, 'North'),
      await ensureTeam(leadline.pool, 'South'),
    ]
    const north = await leadline.clientWith(['read', 'write', 'admin'], [north_id])
    const south = await leadline.clientWith(['read', 'write', 'admin'], [south_id])
    const northern = await setUp({ team: 'North' }, north)
    const northern_query = {
      fTemplateId: String(northern.template_id),
      fCampaignId: String(northern.campaign_id),
      campaignId: String(northern.campaign_id),
      allocationId: String(northern.allocation_id),
    }

    test("have only what is the team's", async () => {
      expect(await ids_of('getCampaignTemplateList', {}, north)).toEqual([northern.template_id])
      expect(await ids_of('getCampaignTemplateList', {}, south)).toEqual([])
      expect(await ids_of('getCampaignTemplateList')).toContain(northern.template_id)
      for (const call of ['getCampaignList', 'getAllocationList', 'getCallRecordList']) {
        expect(await list(call, northern_query, north), call).toMatchObject({ code: 0 })
        expect(await list(call, northern_query, south), call).toMatchObject({ status: 400, code: 1004 })
        expect(await list(call, query, north), call).toMatchObject({ status: 400, code: 1004 })
      }
    })

    test('leads go in and change with it and with no other', async () => {
      const document = { Phone: mobile(), njExternalLeadId: 'northern' }
      expect(await south.insertLeadFast(northern, document)).toMatchObject({ status: 400, code: 1004 })
      expect(await north.insertLeadFast(northern, document)).toMatchObject({ code: 0 })
      expect(await north.insertLeadFast(target, { FirstPhone: mobile() })).toMatchObject({ code: 1004 })
      const change = { njExternalLeadId: 'northern', Phone: '<NO CHANGE>', njDisposition: 'Busy' }
      expect(await south.updateLeadFast(northern, change)).toMatchObject({ status: 400, code: 1004 })
      // Without a campaign, what a key may not see is not there.
      expect(await south.updateLeadFast({}, change)).toMatchObject({ status: 400, code: 101 })
      expect(await north.updateLeadFast({}, change)).toMatchObject({ code: 0 })
    })

    test('an external id that others have too is unique among what the key may see', async () => {
      const njExternalLeadId = reference()
      await inserted({ njExternalLeadId })
      await north.insertLeadFast(northern, { Phone: mobile(), njExternalLeadId })
      const change = { njExternalLeadId, Phone: '<NO CHANGE>', njDisposition: 'Busy' }
      expect(await client.updateLeadFast({}, change)).toMatchObject({ code: 1004 })
      expect(await north.updateLeadFast({}, change)).toMatchObject({ code: 0 })
    })

    test('the answers to what is not there and to what is not theirs are the same', async () => {
      const lead = { Phone: mobile() }
      const told = async (campaign_id: number) => {
        const { body } = await south.insertLeadFast({ ...northern, campaign_id }, lead)
        return body.detail!.replace(/\d+/g, 'n')
      }
      expect(await told(northern.campaign_id)).toBe(await told(999_999))
    })
  })
})

describe('the classic lists', () => {
  test('have every row, however many there are', async () => {
    await admin(
      connection,
      `insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
         select 'Template ' || n, team_id, region, contact_hours_id, disposition_set_id
         from templates, generate_series(1, 1001) n where template_id = ${target.template_id};
       insert into campaigns (template_id, name)
         select ${target.template_id}, 'Campaign ' || n from generate_series(1, 1001) n;
       insert into allocations (campaign_id, name)
         select ${target.campaign_id}, 'Allocation ' || n from generate_series(1, 1001) n`,
    )
    const { rows } = await admin(connection, 'select max(template_id) as last from templates')
    const last = String((rows[0] as { last: number }).last)
    for (const [call, query] of [
      ['getCampaignTemplateList', {}],
      ['getCampaignList', { fTemplateId: String(target.template_id) }],
      ['getAllocationList', { fCampaignId: String(target.campaign_id) }],
    ] as const)
      expect((await client.list(call, query)).body.entities?.length, call).toBeGreaterThan(1_001)
    // The thousandth template and those after it are known.
    expect(await client.list('getCampaignList', { fTemplateId: last })).toMatchObject({ code: 0 })
  })
})
