// How a classic request names a lead and its version: njExternalLeadId, njVersion.

import { describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { classicOn, NOW, type Query } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, reference, shown, inserted, called, setUp, campaignOf } = classicOn(leadline)

describe('njExternalLeadId', () => {
  const update = (query: Query, lead: LeadDocument, where: Query = ids) =>
    post(
      'updateLeadFast',
      { ...where, ...query },
      JSON.stringify({ FirstPhone: '<NO CHANGE>', City: reference(), ...lead }),
    )

  test('stands in the query, in the body, or in both and is the same', async () => {
    const { njExternalLeadId: id } = await called()
    for (const [query, lead] of [
      [{ njExternalLeadId: id }, {}],
      [{}, { njExternalLeadId: id }],
      [{}, { NJexternalLEADid: id }],
      [{ njExternalLeadId: id }, { njExternalLeadId: id }],
      [{ njExternalLeadId: ` ${id}` }, { njExternalLeadId: `${id} ` }],
      [{ njExternalLeadId: id }, { njExternalLeadId: '' }],
      [{ njExternalLeadId: id }, { njExternalLeadId: '<No Change>' }],
    ] as const)
      expect(await update(query, lead)).toMatchObject({ status: 200 })
  })

  test('differs between the query and the body: 1003', async () => {
    const { njExternalLeadId } = await called()
    expect(await update({ njExternalLeadId }, { njExternalLeadId: 'other' })).toMatchObject({
      status: 400,
      body: { code: 1003 },
    })
  })

  test('is nowhere, or of nobody: 101', async () => {
    expect(await update({}, {})).toMatchObject({ status: 400, body: { code: 101 } })
    expect(await update({}, { njExternalLeadId: ' ' })).toMatchObject({ body: { code: 101 } })
    expect(await update({ njExternalLeadId: 'nobody' }, {})).toMatchObject({ body: { code: 101 } })
    expect(await update({ njExternalLeadId: '<NO CHANGE>' }, {})).toMatchObject({ body: { code: 101 } })
    expect(await update({}, { njExternalLeadId: '<no change>' })).toMatchObject({ body: { code: 101 } })
  })

  test('that is no text is refused, also in the body of a lead that the query names: 1005', async () => {
    const { njExternalLeadId, lead_id } = await called()
    for (const value of [{ a: 1 }, ['x'], 'x'.repeat(201), 'a\u0000b'])
      for (const query of [{ njExternalLeadId }, {}]) {
        const body = JSON.stringify({ njExternalLeadId: value, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' })
        const asked = await post('updateLeadFast', { ...ids, ...query }, body)
        expect(asked, JSON.stringify([query, value])).toMatchObject({ status: 400, body: { code: 1005 } })
        const elsewhere = await post('updateLeadFast', { ...ids, ...query, fAllocationId: '999999' }, body)
        expect(elsewhere).toMatchObject({ body: { code: 1004 } })
      }
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test('that no lead can have is refused without harm', async () => {
    for (const id of ['a\u0000b', 'x'.repeat(201), 'a\u0007'])
      for (const [query, lead] of [
        [{ njExternalLeadId: id }, {}],
        [{}, { njExternalLeadId: id }],
      ] as const) {
        const { status, body } = await update(query, lead)
        expect([status, [101, 1005].includes(body.code)], JSON.stringify([id, query])).toEqual([400, true])
      }
  })

  test('is exact: trimmed and normalised, but neither folded nor shortened', async () => {
    const insert = (njExternalLeadId: string | number) =>
      client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId })
    const { lead_id } = await insert('Café-A')
    expect((await shown(lead_id)).external_id).toBe('Café-A')
    for (const same of ['Café-A', ' Café-A ', 'Café-A'.normalize('NFD')])
      expect(await insert(same)).toMatchObject({ status: 400, code: 112, lead_id })
    for (const other of ['café-A', 'Cafe-A', 'Café-A.', 'Café-  A'])
      expect(await insert(other)).toMatchObject({ code: 0 })
    expect(await insert('😀'.repeat(200))).toMatchObject({ code: 0 })
    expect(await insert('x'.repeat(201))).toMatchObject({ code: 1005, body: { field: 'njExternalLeadId' } })
    expect(await insert('a\u0000b')).toMatchObject({ code: 1005 })
    const number = await insert(98_560)
    expect((await shown(number.lead_id)).external_id).toBe('98560')
    expect(await insert('98560')).toMatchObject({ code: 112 })
  })

  test('is unique in its campaign, not beyond it', async () => {
    const { njExternalLeadId } = await called()
    const other = await campaignOf(target.template_id)
    expect(await client.insertLeadFast(other, { FirstPhone: mobile(), njExternalLeadId })).toMatchObject({
      code: 0,
    })
  })

  test('is free again when its lead is forgotten', async () => {
    const { lead_id, njExternalLeadId } = await called()
    await client.delete(`/v1/leads/${lead_id}`)
    expect(await update({ njExternalLeadId }, {})).toMatchObject({ body: { code: 101 } })
    expect(await shown(await inserted({ njExternalLeadId }))).toMatchObject({ external_id: njExternalLeadId })
  })

  test('is enough without a campaign when one lead has it among those that the key may see', async () => {
    const { lead_id, njExternalLeadId } = await called()
    const without = { ...ids, fCampaignId: undefined }
    const reply = await update({ njExternalLeadId }, {}, without)
    expect(reply).toMatchObject({ status: 200 })
    expect(reply.headers.get('X-Lead-Id')).toBe(lead_id)
    expect(await update({ njExternalLeadId }, {}, {})).toMatchObject({ status: 200 })
    expect(await update({ njExternalLeadId: 'nobody' }, {}, without)).toMatchObject({ body: { code: 101 } })
    expect(await update({}, {}, without)).toMatchObject({ body: { code: 1004 } })
    // Ids that are there must still belong to the lead's campaign.
    const foreign = await setUp({})
    expect(
      await update({ njExternalLeadId }, {}, { ...without, fTemplateId: String(foreign.template_id) }),
    ).toMatchObject({ body: { code: 1004 } })

    const other = await campaignOf(target.template_id)
    await client.insertLeadFast(other, { FirstPhone: mobile(), njExternalLeadId })
    expect(await update({ njExternalLeadId }, {}, without)).toMatchObject({
      status: 400,
      body: { code: 1004 },
    })
    expect(await update({ njExternalLeadId }, {})).toMatchObject({ status: 200 })
  })
})

describe('njVersion', () => {
  test('is the version that the caller last saw, however it is written', async () => {
    for (const njVersion of ['2', 2, 'v2', '"v2"', ' 2 ']) {
      const { change } = await called()
      await change({ City: 'Fitzroy' })
      await change({ Name: 'Ana Silva' })
      expect(await change({ City: 'Carlton', njVersion }), String(njVersion)).toMatchObject({
        code: 0,
        version: 4,
      })
    }
  })

  test('that the lead never had is malformed', async () => {
    const { lead_id, change } = await called()
    for (const njVersion of ['2', 0, '0', -1, '1.0', 'one', '*', true])
      expect(await change({ City: 'Fitzroy', njVersion }), String(njVersion)).toMatchObject({
        status: 400,
        code: 1003,
      })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test('that is empty or <NO CHANGE> is none', async () => {
    for (const njVersion of ['', '<NO CHANGE>']) {
      const { change } = await called()
      await change({ City: 'Fitzroy' })
      expect(await change({ City: 'Carlton', njVersion })).toMatchObject({ code: 0, version: 3 })
    }
  })

  test('that is old: other groups are merged, the same group clashes and is held', async () => {
    const { lead_id, change } = await called({ City: 'Fitzroy', State: 'Vic' })
    await change({ City: 'Perth', State: 'WA' })
    expect(await change({ Name: 'Ana Silva', njVersion: 1 })).toMatchObject({ code: 0, version: 3 })
    expect(await change({ City: 'Perth', State: 'WA', njVersion: 1 })).toMatchObject({ code: 0, version: 3 })
    const clash = await change({ PostCode: '3065', njVersion: 1 })
    expect(clash).toMatchObject({
      status: 400,
      code: 110,
      body: {
        message: 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
        lead_id,
        lead_version: 3,
        groups: ['address'],
        conflict_id: expect.any(Number),
      },
    })
    expect(await shown(lead_id)).toMatchObject({
      version: 3,
      fields: { Name: 'Ana Silva', City: 'Perth', State: 'WA' },
    })
    const { body } = await client.get(`/v1/conflicts/${clash.body.conflict_id}`)
    expect(body).toMatchObject({ state: 'open', mine: { 'fields.PostCode': '3065' }, base_version: 1 })
    // The same clash again replaces the one that waits.
    const again = await change({ PostCode: '3066', njVersion: 1 })
    expect(again.body.conflict_id).not.toBe(clash.body.conflict_id)
    expect((await client.get(`/v1/conflicts/${clash.body.conflict_id}`)).body).toMatchObject({
      state: 'superseded',
    })
  })
})
