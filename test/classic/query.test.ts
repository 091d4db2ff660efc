// The query of a classic request: ids, switches, keys.

import { describe, expect, test } from 'vitest'
import { classicOn, NOW } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, shown, inserted, called, setUp, campaignOf, allocationOf } = classicOn(leadline)

describe('the query', () => {
  const calls_of = ['insertLeadFast', 'updateLeadFast', 'insertLead', 'updateLead']
  const bad = ['0', '-1', '+1', '01', '1.0', '1e0', '0x1', 'one', '99999999999', '2147483648', '999999']

  test.each(calls_of.flatMap((call) => Object.keys(ids).map((name) => [call, name] as const)))(
    '%s: %s is a plain positive decimal that is there',
    async (call, name) => {
      const { njExternalLeadId } = await called()
      const lead = JSON.stringify({ FirstPhone: mobile(), njExternalLeadId, njDisposition: 'Busy' })
      for (const value of bad)
        expect(await post(call, { ...ids, [name]: value }, lead), value).toMatchObject({
          status: 400,
          body: { code: 1004 },
        })
      expect(await post(call, { ...ids, [name]: ` ${target.template_id}` }, lead)).toMatchObject({
        body: { code: 1004 },
      })
    },
  )

  test.each(Object.keys(ids))('an insert needs %s', async (name) => {
    const lead = JSON.stringify({ FirstPhone: mobile() })
    expect(await post('insertLeadFast', { ...ids, [name]: undefined }, lead)).toMatchObject({
      body: { code: 1004, field: name },
    })
    const empty = new URLSearchParams({ ...ids, [name]: '' })
    expect(await post('insertLeadFast', empty, lead)).toMatchObject({ body: { code: 1004, field: name } })
  })

  test('template, campaign and allocation belong together', async () => {
    const other = await campaignOf(target.template_id)
    const foreign = await setUp({})
    const { njExternalLeadId } = await called()
    const lead = { FirstPhone: mobile(), njExternalLeadId, njDisposition: 'Busy' }
    for (const where of [
      { ...target, template_id: foreign.template_id },
      { ...target, campaign_id: foreign.campaign_id },
      { ...target, allocation_id: other.allocation_id },
    ]) {
      expect(await client.insertLeadFast(where, lead)).toMatchObject({ status: 400, code: 1004 })
      expect(await client.updateLeadFast(where, lead)).toMatchObject({ status: 400, code: 1004 })
    }
  })

  test('an allocation that was made a moment ago counts', async () => {
    await inserted()
    const where = { ...target, ...(await allocationOf(target.campaign_id)) }
    expect(await shown(await inserted({}, where))).toMatchObject({ allocation_id: where.allocation_id })
  })

  test('an update names an allocation of the campaign and moves the lead to none', async () => {
    const { lead_id, njExternalLeadId } = await called()
    const where = { ...target, ...(await allocationOf(target.campaign_id)) }
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' }
    expect(await client.updateLeadFast(where, change)).toMatchObject({ code: 0, version: 2 })
    expect(await shown(lead_id)).toMatchObject({ allocation_id: target.allocation_id })
  })

  test('a parameter may be there twice, with one value', async () => {
    const twice = (value: string) => {
      const query = new URLSearchParams(ids)
      query.append('fCampaignId', value)
      return post('insertLeadFast', query, JSON.stringify({ FirstPhone: mobile() }))
    }
    expect(await twice(ids.fCampaignId)).toMatchObject({ status: 200 })
    expect(await twice('2')).toMatchObject({ status: 400, body: { code: 1003 } })
    expect(await twice(`0${ids.fCampaignId}`)).toMatchObject({ status: 400, body: { code: 1003 } })
  })

  test('allowDuplicates is true, false or empty', async () => {
    const lead = JSON.stringify({ FirstPhone: mobile() })
    expect(await post('insertLeadFast', ids, lead)).toMatchObject({ status: 200 })
    const codes: [value: string, code: number][] = [
      ['true', 0],
      ['TRUE', 0],
      ['false', 105],
      ['', 105],
      ['yes', 1003],
      ['1', 1003],
      ['truee', 1003],
    ]
    for (const [value, code] of codes) {
      const query = new URLSearchParams({ ...ids, allowDuplicates: value })
      expect(await post('insertLeadFast', query, lead), value).toMatchObject({ body: { code } })
    }
  })

  test('what nobody knows in the query does no harm', async () => {
    const query = { ...ids, hash: 'f00', timeStamp: '1' }
    expect(await post('insertLeadFast', query, JSON.stringify({ FirstPhone: mobile() }))).toMatchObject({
      status: 200,
    })
  })
})
