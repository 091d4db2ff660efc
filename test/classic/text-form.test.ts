// The text form of insertLead and updateLead: many rows, a table for an answer.

import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { classicOn, NOW } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, shown, calls, inserted, called } = classicOn(leadline)

describe('the text form', () => {
  const lines = (message: string) => message.split('\n')

  test('one lead that is refused answers as insertLeadFast would, and says why in the CSV', async () => {
    const FirstPhone = mobile()
    const lead_id = await inserted({ FirstPhone })
    const reply = await post('insertLead', ids, JSON.stringify({ Name: 'Silva, "Ana"', FirstPhone }))
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(/^\{"code":105,"message":"Imported 0 Updated 0 Rejected 1 leads\.\\n/)
    expect(reply.body.lead_id).toBe(lead_id)
    expect(lines(reply.body.message)).toEqual([
      'Imported 0 Updated 0 Rejected 1 leads.',
      '',
      'Errors (If any):',
      ' Name,FirstPhone,Error Reason,',
      expect.stringMatching(
        new RegExp(`^ "Silva, ""Ana""",x{7}${FirstPhone.slice(-3)},105 DUPLICATE: [^,]+,$`),
      ),
      '',
    ])
  })

  test('one lead that is taken has its headers', async () => {
    const reply = await post('insertLead', ids, JSON.stringify({ FirstPhone: mobile() }))
    expect(reply.headers.get('X-Lead-Id')).toMatch(/^\d+-\d+$/)
    expect(reply.headers.get('ETag')).toBe('"v1"')
  })

  test('an array answers 200 when one lead was taken, else 400 and the code of the first', async () => {
    const taken = await post(
      'insertLead',
      ids,
      JSON.stringify([{ FirstPhone: 'x' }, { FirstPhone: mobile() }]),
    )
    expect([taken.status, taken.body.code]).toEqual([200, 0])
    expect(lines(taken.body.message)[0]).toBe('Imported 1 Updated 0 Rejected 1 leads.')

    const none = await post('insertLead', ids, JSON.stringify([{ City: 'Perth' }, { FirstPhone: 'x' }]))
    expect([none.status, none.body.code]).toEqual([400, 102])
    expect(lines(none.body.message)[0]).toBe('Imported 0 Updated 0 Rejected 2 leads.')

    const one = await post('insertLead', ids, JSON.stringify([{ FirstPhone: mobile() }]))
    expect([one.status, lines(one.body.message)[0]]).toEqual([200, 'Imported 1 Updated 0 Rejected 0 leads.'])
  })

  test('an element that is no object is refused for itself', async () => {
    const reply = await post('insertLead', ids, JSON.stringify(['a', { FirstPhone: mobile() }, null, [{}]]))
    expect(reply.status).toBe(200)
    expect(lines(reply.body.message)[0]).toBe('Imported 1 Updated 0 Rejected 3 leads.')
    expect(reply.body.message.match(/1005 INVALID_FIELD/g)).toHaveLength(3)
  })

  test('an array has a thousand leads at most, and one at least', async () => {
    for (const call of ['insertLead', 'updateLead']) {
      const many = new Array(LIMITS.batch_rows_max + 1).fill({})
      expect(await post(call, ids, JSON.stringify(many))).toMatchObject({ status: 413, body: { code: 1009 } })
      expect(await post(call, ids, '[]')).toMatchObject({ status: 400, body: { code: 1003 } })
    }
    const rows = Array.from({ length: LIMITS.batch_rows_max }, () => ({
      FirstPhone: mobile(),
      City: 'Perth',
    }))
    const reply = await post('insertLead', ids, JSON.stringify(rows))
    expect([reply.status, lines(reply.body.message)[0]]).toEqual([
      200,
      'Imported 1000 Updated 0 Rejected 0 leads.',
    ])
  })

  test('of equal leads in one array the first is taken', async () => {
    const FirstPhone = mobile()
    const rows = ['One', 'Two', 'Three'].map((Name) => ({ Name, FirstPhone }))
    const { body } = await client.insertLead(target, rows)
    expect(lines(body.message)[0]).toBe('Imported 1 Updated 0 Rejected 2 leads.')
    const { lead_id } = await client.insertLeadFast(target, { FirstPhone })
    expect((await shown(lead_id)).fields.Name).toBe('One')
  })

  test('what a spreadsheet would run is disarmed', async () => {
    const { body } = await client.insertLead(target, { Name: '=cmd|1', City: '@x', FirstPhone: 'call me' })
    expect(lines(body.message)[4]).toMatch(/^ '=cmd\|1,'@x,call me,1006 /)
  })

  test('updateLead counts what was updated', async () => {
    const [one, two] = [await called(), await called()]
    const row = (njExternalLeadId: string, City: string) => ({
      njExternalLeadId,
      City,
      FirstPhone: '<NO CHANGE>',
    })
    const { status, code, body } = await client.updateLead(target, [
      row(one.njExternalLeadId, 'Fitzroy'),
      row('nobody', 'Fitzroy'),
      row(two.njExternalLeadId, 'Carlton'),
    ])
    expect([status, code]).toEqual([200, 0])
    expect(lines(body.message)[0]).toBe('Imported 0 Updated 2 Rejected 1 leads.')
    expect(lines(body.message)[4]).toMatch(/^ nobody,Fitzroy,<NO CHANGE>,101 COULDNT_FIND_THE_LEAD: /)
    expect((await shown(two.lead_id)).fields.City).toBe('Carlton')

    const single = await post(
      'updateLead',
      { ...ids, njExternalLeadId: one.njExternalLeadId },
      '{"FirstPhone":"x"}',
    )
    expect([single.status, single.body.code]).toEqual([400, 1006])
    const done = await post(
      'updateLead',
      { ...ids, njExternalLeadId: one.njExternalLeadId },
      '{"FirstPhone":"<NO CHANGE>","City":"Perth"}',
    )
    expect([done.status, done.headers.get('ETag')]).toEqual([200, '"v3"'])
    expect(done.text).toBe(
      JSON.stringify({
        code: 0,
        message:
          'Imported 0 Updated 1 Rejected 0 leads.\n\nErrors (If any):\n FirstPhone,City,Error Reason,\n',
      }),
    )
  })

  test('updateLead: one external id in the query does not name several leads', async () => {
    const { njExternalLeadId } = await called()
    const row = { FirstPhone: '<NO CHANGE>', City: 'Perth' }
    const query = { ...ids, njExternalLeadId }
    expect(await post('updateLead', query, JSON.stringify([row, row]))).toMatchObject({
      body: { code: 1003 },
    })
    expect(await post('updateLead', query, JSON.stringify([row]))).toMatchObject({ status: 200 })
  })

  test('updateLead: updates of one lead are done in their order, however its id is written', async () => {
    const { lead_id, njExternalLeadId: id } = await called()
    const spelt = [id, ` ${id}`, `${id} `, id]
    const rows = spelt.map((njExternalLeadId, i) => ({
      [i % 2 ? 'njExternalLeadId' : 'NJEXTERNALLEADID']: njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      City: `City ${i}`,
      njDisposition: ['No Answer', 'Busy', 'Sale', 'Callback'][i]!,
    }))
    const { body } = await client.updateLead(target, rows)
    expect(lines(body.message)[0]).toBe('Imported 0 Updated 4 Rejected 0 leads.')
    expect(await shown(lead_id)).toMatchObject({
      version: 5,
      fields: { City: 'City 3' },
      disposition: 'Callback',
    })
    expect(await calls(lead_id)).toEqual(['Busy', 'No Answer', 'Busy', 'Sale', 'Callback'])
  })
})
