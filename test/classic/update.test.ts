// A classic update: what it changes, and what <NO CHANGE> leaves alone.

import { describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { classicOn, NOW } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { e164 } from '../support/leads.ts'
import { admin } from '../support/postgres.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, reference, shown, calls, events, inserted, called, blocked } = classicOn(leadline)

const NO_CHANGE = [
  '<NO CHANGE>',
  '<No Change>',
  '<no change>',
  '  <nO cHaNgE>\t',
  // Exports of fixed width pad with blanks.
  '<NO CHANGE>'.padStart(70).padEnd(100),
]

const NOT_NO_CHANGE = [
  'NO CHANGE',
  '<NOCHANGE>',
  '< NO CHANGE >',
  '<NO  CHANGE>',
  '<NO CHANGE>.',
  '<NO CHANGE',
]

describe('<NO CHANGE>', () => {
  test.each(NO_CHANGE)('%j has no meaning in a new lead: 108', async (value) => {
    const keys = [
      'Name',
      'Email',
      'FirstPhone',
      'SecondPhone',
      'njExternalLeadId',
      'njCallBackDate',
      'njPriority',
      'njContactHours',
      'njDisposition',
      'no field',
    ]
    for (const key of keys)
      for (const insert of [client.insertLeadFast, client.insertLead])
        expect(await insert.call(client, target, { FirstPhone: mobile(), [key]: value }), key).toMatchObject({
          status: 400,
          code: 108,
          body: { field: key },
        })
  })

  test.each(NO_CHANGE)('%j keeps what is stored', async (value) => {
    const { lead_id, FirstPhone, change } = await called({
      Name: 'Ana Silva',
      Email: 'ana@example.com',
      SecondPhone: mobile(),
      njPriority: '3',
      njCallBackDate: '2026/12/24 09:00',
      njContactHours: 'Australia/Melbourne',
      note: 'kept',
    })
    const before = await shown(lead_id)
    const kept = [
      'Name',
      'Email',
      'City',
      'SecondPhone',
      'njPriority',
      'njCallBackDate',
      'njContactHours',
      'note',
    ]
    const everything = Object.fromEntries([...kept, 'FirstPhone', 'njDisposition'].map((key) => [key, value]))
    expect(await change(everything)).toMatchObject({ code: 0, version: 1 })
    expect(await shown(lead_id)).toEqual(before)
    expect(before.phones[0]).toMatchObject({ number: e164(FirstPhone) })
    expect(await calls(lead_id)).toEqual(['Busy'])
  })

  test.each(NOT_NO_CHANGE)('%j is a text like any other', async (value) => {
    const { lead_id, change } = await called({ Name: value, note: value })
    expect(await shown(lead_id)).toMatchObject({ fields: { Name: value }, unmapped: { note: value } })
    expect(await change({ City: value })).toMatchObject({ version: 2 })
    expect((await shown(lead_id)).fields.City).toBe(value)
    expect(await change({ njDisposition: value })).toMatchObject({ code: 106 })
  })

  test.each([undefined, '', ' ', null, ...NO_CHANGE])(
    'a disposition %j keeps the one that the lead has, and fails where there is none: 107',
    async (value) => {
      const njDisposition: LeadDocument = value === undefined ? {} : { njDisposition: value }
      const { lead_id, change } = await called()
      expect(await change({ ...njDisposition, City: 'Fitzroy' })).toMatchObject({ code: 0 })
      expect(await shown(lead_id)).toMatchObject({ disposition: 'Busy' })
      expect(await calls(lead_id)).toEqual(['Busy'])

      const njExternalLeadId = reference()
      const never = await inserted({ njExternalLeadId })
      const update = { njExternalLeadId, FirstPhone: mobile(), ...njDisposition }
      expect(await client.updateLeadFast(target, update)).toMatchObject({
        status: 400,
        code: 107,
        body: { message: 'DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED' },
      })
      expect(await shown(never)).toMatchObject({ version: 1 })
    },
  )

  test('is stored by no way', async () => {
    const { rows } = await admin(
      leadline.connection,
      `select value from leads cross join lateral (
         select value from jsonb_each_text(fields || unmapped) union all select external_id) v
       where value ~* '^\\s*<no change>\\s*$'`,
    )
    expect(rows).toEqual([])
  })
})

describe('an update', () => {
  test('keeps what is left out and clears what is empty', async () => {
    const { lead_id, FirstPhone, change } = await called({ Name: 'Ana Silva', City: 'Fitzroy', State: 'Vic' })
    expect(await change({ City: '', Name: ' ' })).toMatchObject({ code: 0, version: 2 })
    expect((await shown(lead_id)).fields).toEqual({ FirstPhone, State: 'Vic' })
    expect((await events(lead_id))[1]).toMatchObject({
      version: 2,
      changes: { 'fields.City': ['Fitzroy', null], 'fields.Name': ['Ana Silva', null] },
    })
  })

  test('that changes nothing answers OK with the same version, and leaves no event', async () => {
    const { lead_id, FirstPhone, change } = await called({ Name: 'Ana Silva', njPriority: '3' })
    const before = await shown(lead_id)
    for (const same of [
      {},
      { Name: 'Ana Silva' },
      { njPriority: 3 },
      { FirstPhone },
      { FirstPhone: `${FirstPhone.slice(0, 4)} ${FirstPhone.slice(4)}` },
      { FirstPhone: e164(FirstPhone) },
      { City: '' },
    ]) {
      const { njExternalLeadId } = { njExternalLeadId: before.external_id! }
      const lead = JSON.stringify({ FirstPhone: '<NO CHANGE>', ...same, njExternalLeadId })
      const reply = await post('updateLeadFast', ids, lead)
      expect(reply.text, lead).toBe('{"code":0,"message":"OK"}')
      expect(reply.headers.get('ETag'), lead).toBe('"v1"')
      expect(reply.headers.get('X-Lead-Id')).toBe(lead_id)
    }
    expect(await shown(lead_id)).toEqual(before)
    expect(await events(lead_id)).toHaveLength(1)
    expect(await change({ Name: 'Jane Smith' })).toMatchObject({ version: 2 })
  })

  test('names a phone field, by its name in any case; else 102', async () => {
    const { njExternalLeadId } = await called()
    const update = (fields: LeadDocument) => client.updateLeadFast(target, { njExternalLeadId, ...fields })
    const without: LeadDocument[] = [{}, { City: 'Fitzroy' }, { Phone: mobile() }, { njDisposition: 'Sale' }]
    for (const fields of without) expect(await update(fields)).toMatchObject({ status: 400, code: 102 })
    expect(await update({ SECONDphone: '<NO CHANGE>', City: 'Fitzroy' })).toMatchObject({ code: 0 })
    expect(await update({ SecondPhone: '', City: 'Carlton' })).toMatchObject({ code: 0 })
  })

  test('leaves a number that can be dialled: 102, 1006', async () => {
    const { lead_id, change } = await called({ SecondPhone: mobile() })
    expect(await change({ FirstPhone: '', SecondPhone: ' ' })).toMatchObject({ status: 400, code: 102 })
    expect(await change({ FirstPhone: 'call me', SecondPhone: '' })).toMatchObject({
      status: 400,
      code: 1006,
    })
    expect(await change({ FirstPhone: 'call me', SecondPhone: '123' })).toMatchObject({ code: 1006 })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
    expect(await change({ FirstPhone: 'call me' })).toMatchObject({ code: 0, version: 2 })
    expect((await shown(lead_id)).phones).toMatchObject([{ state: 'invalid' }, { state: 'ok' }])
    expect(await change({ FirstPhone: '', SecondPhone: '' })).toMatchObject({ code: 102 })
  })

  test('has only its new numbers checked for duplicates', async () => {
    const first = await called({ SecondPhone: mobile() })
    const taken = (await shown(first.lead_id)).phones.map(({ number }) => number!)
    const { lead_id, change } = await called()
    for (const phone of taken) {
      expect(await change({ SecondPhone: phone })).toMatchObject({
        status: 400,
        code: 105,
        lead_id: first.lead_id,
      })
      expect(await change({ SecondPhone: phone, City: 'Fitzroy' })).toMatchObject({ code: 105 })
    }
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
    expect(await change({ SecondPhone: taken[0]! }, { allowDuplicates: true })).toMatchObject({ version: 2 })
    // Now the lead has it: the same again, spelt otherwise or in the other field, is nothing new.
    const own = (await shown(lead_id)).phones[0]!.number!
    expect(await change({ SecondPhone: `0${taken[0]!.slice(3)}` })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: taken[0]!, SecondPhone: own })).toMatchObject({ code: 0 })
    expect((await shown(lead_id)).phones.map(({ number }) => number)).toEqual([taken[0], own])
  })

  test('has only its new numbers checked for DNC: outcomes get in', async () => {
    const SecondPhone = mobile()
    const { lead_id, FirstPhone, change } = await called({ SecondPhone })
    await blocked(FirstPhone)
    await blocked(SecondPhone)
    expect(await change({ njDisposition: 'Sale' })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: SecondPhone, SecondPhone: FirstPhone })).toMatchObject({ code: 0 })
    expect(await change({ FirstPhone: e164(SecondPhone) })).toMatchObject({ code: 0 })
    const version = (await shown(lead_id)).version
    expect(await change({ FirstPhone: await blocked(mobile()) })).toMatchObject({
      status: 400,
      code: 104,
      body: { list: 'private' },
    })
    // Duplicates may be allowed, DNC may not.
    expect(await change({ FirstPhone: await blocked(mobile()) }, { allowDuplicates: true })).toMatchObject({
      code: 104,
    })
    expect((await shown(lead_id)).version).toBe(version)
    expect(await change({ FirstPhone: mobile() })).toMatchObject({ code: 0 })
  })

  test('frees the numbers that it takes away', async () => {
    const { FirstPhone, change } = await called()
    expect(await client.insertLeadFast(target, { FirstPhone })).toMatchObject({ code: 105 })
    await change({ FirstPhone: mobile() })
    expect(await client.insertLeadFast(target, { FirstPhone })).toMatchObject({ code: 0 })
  })
})
