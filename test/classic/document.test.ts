// The document of a classic request: its JSON, and every key of a lead.

import { describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { classicOn, idsOf, NOW } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { e164 } from '../support/leads.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, shown, called, setUp } = classicOn(leadline)

describe('the document', () => {
  const lead = () => `{"FirstPhone":"${mobile()}"}`

  test.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/xml; charset="UTF-8"',
  ])('is JSON, though it is called %s', async (type) => {
    expect(await post('insertLeadFast', ids, lead(), { type })).toMatchObject({ status: 200 })
  })

  test.each(['application/json; charset=iso-8859-15', 'text/plain;charset=utf-16'])(
    'is refused when it is called %s',
    async (type) => {
      expect(await post('insertLeadFast', ids, lead(), { type })).toMatchObject({
        status: 400,
        body: { code: 1003 },
      })
    },
  )

  const deep = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  const malformed: [title: string, body: string | Uint8Array<ArrayBuffer>][] = [
    ['nothing', ''],
    ['half an object', '{"FirstPhone":"0412'],
    ['a form', 'FirstPhone=0412345678'],
    ['XML', '<lead/>'],
    ['a text', '"0412345678"'],
    ['a number', '412345678'],
    ['null', 'null'],
    ['two documents', '{}{}'],
    ['a comma too many', '{"FirstPhone":"0412345678",}'],
    ['a key twice', '{"FirstPhone":"0412345678","FirstPhone":"0412345679"}'],
    ['a key twice, once escaped', '{"City":"A","C\\u0069ty":"B"}'],
    ['33 levels', deep(LIMITS.json_depth_max + 1)],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', new Uint8Array(Buffer.from('{"FirstPhone":"0412345678"}', 'utf16le'))],
  ]
  test.each(malformed)('%s is malformed', async (_title, body) => {
    for (const call of ['insertLeadFast', 'updateLeadFast', 'insertLead', 'updateLead'])
      expect(await post(call, ids, body), call).toMatchObject({
        status: 400,
        body: { code: 1003, message: 'MALFORMED_REQUEST' },
      })
  })

  test('what is deep, but not too deep, is judged as a value', async () => {
    expect(await post('insertLeadFast', ids, deep(LIMITS.json_depth_max))).toMatchObject({
      body: { code: 102 },
    })
  })

  test.each(['insertLeadFast', 'updateLeadFast'])('%s takes an array of exactly one', async (call) => {
    const { njExternalLeadId } = await called()
    const one = { FirstPhone: mobile(), njDisposition: 'Busy', njExternalLeadId }
    const { njDisposition: _, njExternalLeadId: __, ...fresh } = one
    const row = call === 'insertLeadFast' ? fresh : one
    expect(await post(call, ids, JSON.stringify([row]))).toMatchObject({
      status: 200,
      text: '{"code":0,"message":"OK"}',
    })
    for (const body of [[], [row, row], [[row]], ['a']])
      expect(await post(call, ids, JSON.stringify(body)), JSON.stringify(body)).toMatchObject({
        status: 400,
        body: { code: 1003 },
      })
  })

  test('a byte order mark and blanks around are fine', async () => {
    expect(await post('insertLeadFast', ids, `\ufeff \n${lead()}\r\n`)).toMatchObject({ status: 200 })
  })
})

describe('the keys of a lead', async () => {
  const fields = [
    { name: 'Phone', label: 'Home phone', aliases: ['Tel', 'Telephone'], kind: 'phone' },
    { name: 'Mobile', kind: 'phone' },
    { name: 'Name', aliases: ['Full name'], kind: 'text' },
    { name: 'Notes', kind: 'long_text' },
    { name: 'Email', kind: 'email' },
    { name: 'Born', kind: 'date' },
    { name: 'Rooms', kind: 'number' },
    { name: 'Plan', kind: 'choice', choices: ['Small', 'Large'] },
    { name: 'Consent', kind: 'check' },
    { name: 'Österreich', kind: 'text' },
  ]
  const rich = await setUp({ fields })
  const insert = (lead: LeadDocument) => client.insertLeadFast(rich, { Phone: mobile(), ...lead })
  const raw = (lead: string) =>
    post('insertLeadFast', idsOf(rich), lead.replace('{', `{"Phone":"${mobile()}",`))
  const stored = async (lead: LeadDocument) => {
    const { lead_id, body } = await insert(lead)
    expect(body).toEqual({ code: 0, message: 'OK' })
    return shown(lead_id)
  }

  test('name fields exactly, in any case, and by their aliases in any case', async () => {
    const lead = { nAMe: 'Ana Silva', MOBILE: '0398765432', 'full NAME ': 'x', öSTERREICH: 'Wien' }
    const { 'full NAME ': _, ...once } = lead
    const found = await stored(once)
    expect(found.fields).toMatchObject({ Name: 'Ana Silva', Mobile: '0398765432', Österreich: 'Wien' })
    expect((await stored({ 'full NAME ': 'Jane Smith' })).fields).toMatchObject({ Name: 'Jane Smith' })
    const phone = mobile()
    const { lead_id } = await client.insertLeadFast(rich, { TELEPHONE: phone })
    expect((await shown(lead_id)).phones).toEqual([{ field: 'Phone', number: e164(phone), state: 'ok' }])
    expect((await stored({ 'Home phone': 'a label is no key' })).unmapped).toEqual({
      'Home phone': 'a label is no key',
    })
  })

  test('name a field in either spelling of Unicode', async () => {
    const decomposed = 'Österreich'.normalize('NFD')
    expect(decomposed).not.toBe('Österreich')
    expect((await stored({ [decomposed]: 'Wien' })).fields).toMatchObject({ Österreich: 'Wien' })
  })

  test.each([
    ['City and city of one field', { Name: 'Ana Silva', name: 'Ana Silva' }, 'name'],
    ['a name and its alias', { Tel: '0398765432' }, 'Tel'],
    ['two spellings of a system field', { njPriority: '1', NJPRIORITY: '1' }, 'NJPRIORITY'],
  ])('%s are two keys for one field: 1005', async (_title, lead, field) => {
    expect(await insert(lead)).toMatchObject({ status: 400, code: 1005, body: { field } })
  })

  test.each(['__proto__', 'constructor', 'prototype'])('%s is no key: 1005', async (key) => {
    expect(await raw(`{"${key}":"x"}`)).toMatchObject({ status: 400, body: { code: 1005, field: key } })
    expect(await raw(`{"${key}":{"a":1}}`)).toMatchObject({ status: 400, body: { code: 1005 } })
  })

  test.each(['njFoo', 'NJfoo', 'njLeads', 'nj'])('%s is no system field: 1005', async (key) => {
    expect(await insert({ [key]: 'x' })).toMatchObject({ code: 1005, body: { field: key } })
    const { njExternalLeadId } = await called()
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>', [key]: 'x' }
    expect(await client.updateLeadFast(target, change)).toMatchObject({ code: 1005, body: { field: key } })
  })

  test.each(['njDisposition', 'NJDISPOSITION', 'njVersion'])('%s is for updates: 1005', async (key) => {
    expect(await insert({ [key]: key === 'njVersion' ? '1' : 'Busy' })).toMatchObject({
      code: 1005,
      body: { field: key },
    })
  })

  test('that are no field are kept with the lead, key by key, and not dialled', async () => {
    const { lead_id, njExternalLeadId } = await called({ crm_id: 'A-17', 'Best time ': 'noon', empty: '' })
    expect(await shown(lead_id)).toMatchObject({ unmapped: { crm_id: 'A-17', 'Best time': 'noon' } })
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, 'Best time ': '', crm_id: '<NO CHANGE>', third: 'yes' })
    const after = await shown(lead_id)
    expect(after.unmapped).toEqual({ crm_id: 'A-17', third: 'yes' })
    expect(after.phones).toHaveLength(1)
  })

  test('that are no field are fifty at most, of 32 kB in all; the others are left out and named', async () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, 'x']))
    const { unmapped } = await stored(keys(50))
    expect(Object.keys(unmapped)).toHaveLength(50)
    expect(await insert(keys(51))).toMatchObject({
      code: 0,
      warnings: [{ code: 'left_out', field: 'key 50' }],
    })
    const half = 'é'.repeat(LIMITS.unmapped_bytes_max / 4)
    const answer = await insert({ one: half, two: half, three: 'x' })
    expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'left_out', field: 'two' }] })
    expect((await shown(answer.lead_id)).unmapped).toEqual({ one: half, three: 'x' })
  })

  test('that are no field stay fifty at most, however many updates bring them', async () => {
    const keys = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key ${i}`, 'x']))
    const { lead_id, change } = await called(keys)
    expect(await change({ one_more: 'x' })).toMatchObject({
      code: 0,
      warnings: [{ code: 'left_out', field: 'one_more' }],
    })
    expect((await shown(lead_id)).unmapped).toEqual(keys)
    expect(await change({ 'key 0': '', one_more: 'x' })).toMatchObject({ code: 0 })
    expect(Object.keys((await shown(lead_id)).unmapped)).toHaveLength(50)
  })

  test('all problems are listed together, the first of the published order in front', async () => {
    const answer = await insert({
      njPriority: 'high',
      njCallBackDate: 'tomorrow',
      Name: {},
      njFoo: 'x',
      njContactHours: 'Mars',
      Mobile: 'call me',
    })
    expect(answer).toMatchObject({ status: 400, code: 1005 })
    expect(answer.body.errors?.map(({ code, name, field }) => [code, name, field])).toEqual([
      [1005, 'INVALID_FIELD', 'njFoo'],
      [1005, 'INVALID_FIELD', 'Name'],
      [1007, 'INVALID_CALLBACK_DATE', 'njCallBackDate'],
      [1008, 'INVALID_PRIORITY', 'njPriority'],
      [111, 'INVALID_TIMEZONE_SPECIFIED', 'njContactHours'],
    ])
    for (const { detail } of answer.body.errors!) expect(detail).toMatch(/\w/)
  })

  describe('and their values', () => {
    test.each([
      ['3064', '3064'],
      ['-17.25', '-17.25'],
      ['true', 'true'],
      ['false', 'false'],
      ['0', '0'],
      ['9007199254740993', '9007199254740993'],
      ['12345678901234567890', '12345678901234567890'],
      ['3.0', '3.0'],
      ['100.00', '100.00'],
      ['1e3', '1e3'],
      ['-0', '-0'],
      ['1e400', '1e400'],
      ['["Ana", 3.0]', 'Ana, 3.0'],
      ['"Jane Smith\\r"', 'Jane Smith'],
      ['"a\\tb\\nc"', 'a b c'],
      ['"\\ud800"', '\ufffd'],
      ['"a\\u202eb"', 'ab'],
      ['" two  words "', 'two  words'],
      ['"e\\u0301"', 'é'],
      ['"\\ud83d\\ude00"', '😀'],
    ])('%s is the text %s', async (value, text) => {
      const { headers, status } = await raw(`{"Name":${value}}`)
      expect(status).toBe(200)
      expect((await shown(headers.get('X-Lead-Id'))).fields.Name).toBe(text)
    })

    test.each(['{}', '{"a":1}', '[["Ana"]]', '[{}]', '"a\\u0000b"', '"a\\u0007b"'])(
      '%s is no text that could be kept in a field: 1005',
      async (value) => {
        expect(await raw(`{"Name":${value}}`)).toMatchObject({
          status: 400,
          body: { code: 1005, field: 'Name' },
        })
      },
    )

    test('a text has 20,000 characters at most, and is cut and named beyond', async () => {
      for (const [field, char] of [
        ['Name', '😀'],
        ['Notes', 'x'],
      ] as const) {
        const full = char.repeat(20_000)
        const answer = await insert({ [field]: `${full}y` })
        expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'cut', field }] })
        expect((await shown(answer.lead_id)).fields[field]).toBe(full)
      }
    })

    test.each([
      ['Email', 'ana@example.com', 'ana@example.com'],
      ['Email', ' ana@example.com ', 'ana@example.com'],
      ['Born', '1980-02-29', '1980-02-29'],
      ['Born', '1980/02/29', '1980-02-29'],
      ['Rooms', '-3.50', '-3.50'],
      ['Plan', 'LARGE', 'Large'],
      ['Consent', 'Yes', 'true'],
      ['Consent', '0', 'false'],
    ])('%s takes %s', async (field, value, text) => {
      expect((await stored({ [field]: value })).fields[field]).toBe(text)
    })

    test.each([
      ['Email', 'ana@'],
      ['Born', '1981-02-29'],
      ['Born', 'yesterday'],
      ['Rooms', 'three'],
      ['Plan', 'Medium'],
      ['Consent', 'perhaps'],
    ])('%s keeps %s as text with a mark', async (field, value) => {
      const answer = await insert({ [field]: value })
      expect(answer).toMatchObject({ code: 0, warnings: [{ code: 'bad_value', field }] })
      expect(await shown(answer.lead_id)).toMatchObject({ fields: { [field]: value }, bad_values: [field] })
    })

    test('null is nothing in a new lead, no change of a field, and ambiguous in a system field', async () => {
      const lead = await stored({
        Name: null,
        Mobile: null,
        njPriority: null,
        njCallBackDate: null,
        other: null,
      })
      expect(lead).toMatchObject({ fields: { Phone: expect.any(String) }, priority: 10, callback: null })
      expect(Object.keys(lead.fields)).toEqual(['Phone'])
      expect(await client.insertLeadFast(rich, { Phone: null })).toMatchObject({ code: 102 })

      const { lead_id, change } = await called({ City: 'Fitzroy' })
      for (const key of ['City', 'FirstPhone', 'SecondPhone', 'new'])
        expect(await change({ [key]: null }), key).toMatchObject({
          code: 0,
          warnings: [{ code: 'null_value', field: key }],
        })
      for (const key of ['njPriority', 'njCallBackDate', 'njContactHours'])
        expect(await change({ [key]: null }), key).toMatchObject({ code: 1005, body: { field: key } })
      expect(await shown(lead_id)).toMatchObject({ version: 1, fields: { City: 'Fitzroy' } })
    })

    test('an invalid number does not kill a lead that has a valid one, and is never dialled', async () => {
      const found = await stored({ Mobile: 'ask at reception' })
      expect(found.fields.Mobile).toBe('ask at reception')
      expect(found.phones).toContainEqual({ field: 'Mobile', state: 'invalid' })
    })

    test('blanks are no number', async () => {
      expect(await client.insertLeadFast(rich, { Phone: ' \u00a0 ' })).toMatchObject({ code: 102 })
      expect(await client.insertLeadFast(rich, { Name: 'Ana Silva' })).toMatchObject({ code: 102 })
      expect(await client.insertLeadFast(rich, { Phone: 'x', Mobile: '123' })).toMatchObject({
        code: 1006,
        body: { errors: [{ field: 'Phone' }, { field: 'Mobile' }] },
      })
    })
  })
})
