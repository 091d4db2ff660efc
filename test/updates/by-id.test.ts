// An update that names its lead by its id.

import { afterEach, describe, expect, test } from 'vitest'
import type { Lead } from '../../src/client/api.ts'
import type { ClassicBody, LeadlineClient, Target } from '../../src/client/client.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { lead } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

describe('a lead that is named by its id', () => {
  const API = '/servicemanager/rest/CampaignAPI'
  const NO_CHANGE = { FirstPhone: '<NO CHANGE>' }
  const send = (
    query: Record<string, string>,
    body: object,
    call = 'updateLeadFast',
    by: LeadlineClient = client,
  ) => by.request<ClassicBody>('POST', `${API}/${call}`, { query, body })
  const where = ({ template_id, campaign_id, allocation_id }: Target) => ({
    fTemplateId: String(template_id),
    fCampaignId: String(campaign_id),
    fAllocationId: String(allocation_id),
  })
  const numberOf = (lead_id: string) => lead_id.split('-')[1]!

  test('in the query or in the body, as it is or by its number, is updated', async () => {
    const { lead_id } = await lead()
    const number = numberOf(lead_id)
    const ways: [Record<string, string>, object][] = [
      [{ njLeadId: lead_id }, {}],
      [{ njLeadId: number }, {}],
      [{}, { njLeadId: lead_id }],
      [{}, { njLeadId: number }],
      [{}, { NJLEADID: Number(number) }],
      [{ njLeadId: lead_id }, { njLeadId: ` ${number} ` }],
      [{ njLeadId: number }, { njLeadId: '<NO CHANGE>' }],
    ]
    for (const [i, [query, body]] of ways.entries()) {
      const asked = JSON.stringify([query, body])
      const answer = await send({ ...where(target), ...query }, { ...body, ...NO_CHANGE, Name: `Ana ${i}` })
      expect(answer, asked).toMatchObject({ status: 200, body: { code: 0, message: 'OK' } })
      expect(answer.headers.get('X-Lead-Id')).toBe(lead_id)
      expect((await client.get<Lead>(`/v1/leads/${lead_id}`)).body.fields.Name, asked).toBe(`Ana ${i}`)
    }
  })

  test('needs no campaign when its id has one; its number alone does', async () => {
    const { lead_id } = await lead()
    expect(await send({}, { njLeadId: lead_id, ...NO_CHANGE })).toMatchObject({ status: 200 })
    expect(await send({}, { njLeadId: numberOf(lead_id), ...NO_CHANGE })).toMatchObject({
      status: 400,
      code: 1004,
      body: { field: 'fCampaignId' },
    })
  })

  test('and by the external id of another lead, or of none: 1003, nothing is written', async () => {
    const [ben, eva] = [await lead(), await lead()]
    const nameless = await client.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Busy' })
    const change = { ...NO_CHANGE, Name: 'Somebody' }
    for (const [njLeadId, njExternalLeadId] of [
      [ben.lead_id, eva.njExternalLeadId],
      [ben.lead_id, 'nobody'],
      [nameless.lead_id!, 'nobody'],
    ] as const) {
      const answer = await send(where(target), { njLeadId, njExternalLeadId, ...change })
      expect(answer).toMatchObject({ status: 400, code: 1003, body: { field: 'njLeadId' } })
      expect((await client.get<Lead>(`/v1/leads/${njLeadId}`)).body.version).toBe(1)
    }
    const { lead_id, njExternalLeadId } = ben
    expect(await send(where(target), { njLeadId: lead_id, njExternalLeadId, ...change })).toMatchObject({
      status: 200,
    })
    const differs = await send({ ...where(target), njLeadId: lead_id }, { njLeadId: eva.lead_id, ...change })
    expect(differs).toMatchObject({ status: 400, code: 1003, body: { field: 'njLeadId' } })
  })

  test('that is not there, or not to be seen: 101; without any name the answer tells both', async () => {
    const { lead_id } = await lead()
    const missing = { status: 400, code: 101, body: { message: 'COULDNT_FIND_THE_LEAD' } }
    for (const njLeadId of ['999999', '1-999999', '999999-1', 'Ana', '-1', '1-', '0', '1.5', '9'.repeat(30)])
      expect(await send(where(target), { njLeadId, ...NO_CHANGE }), njLeadId).toMatchObject({
        ...missing,
        body: { ...missing.body, field: 'njLeadId' },
      })
    for (const body of [{}, { njLeadId: '' }, { njExternalLeadId: '<NO CHANGE>' }])
      expect(await send(where(target), { ...body, ...NO_CHANGE })).toMatchObject({
        ...missing,
        body: { detail: 'njExternalLeadId or njLeadId must name the lead' },
      })
    const stranger = await leadline.clientWith(['write'], [999])
    expect(await send({}, { njLeadId: lead_id, ...NO_CHANGE }, 'updateLeadFast', stranger)).toMatchObject(
      missing,
    )
    await client.delete(`/v1/leads/${lead_id}`)
    expect(await send(where(target), { njLeadId: lead_id, ...NO_CHANGE })).toMatchObject(missing)
  })

  test('a value that is no text, and njLeadId in a new lead: 1005', async () => {
    expect(await send(where(target), { njLeadId: { id: 1 }, ...NO_CHANGE })).toMatchObject({
      status: 400,
      code: 1005,
      body: { field: 'njLeadId' },
    })
    expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njLeadId: '1' })).toMatchObject({
      status: 400,
      code: 1005,
      body: { field: 'njLeadId' },
    })
  })

  test('in an array: rows of one lead are applied in their order, whatever names it', async () => {
    const { lead_id, njExternalLeadId } = await lead()
    const rows = Array.from({ length: 12 }, (_, i) => ({
      ...[{ njLeadId: lead_id }, { njLeadId: numberOf(lead_id) }, { njExternalLeadId }][i % 3],
      ...NO_CHANGE,
      Name: `Ana ${i}`,
    }))
    const { body } = await send(where(target), rows, 'updateLead')
    expect(body.message).toMatch(/^Imported 0 Updated 12 Rejected 0 leads/)
    expect((await client.get<Lead>(`/v1/leads/${lead_id}`)).body.fields.Name).toBe('Ana 11')
    expect(await send({ ...where(target), njLeadId: lead_id }, rows, 'updateLead')).toMatchObject({
      status: 400,
      code: 1003,
    })
  })
})
