// The vendor's command line client, byte by byte: each of its commands gets the right answer, or one on which it behaves. It
// reads `code` as an integer whatever the status is, then `message` as a text or `entities` as a list of ids and names.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lead, Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { Conversation, type RawAnswer } from './support/raw.ts'

const leadline = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
const { client, url, key } = leadline
const API = '/servicemanager/rest/CampaignAPI'
const DART = ['user-agent: Dart/2.17 (dart:io)', 'accept-encoding: gzip']

const template_id = (
  await client.post<{ template_id: number }>('/v1/templates', {
    name: 'Windows',
    contact_hours: 'Australia/Melbourne',
    fields: [
      { name: 'Mobile', kind: 'phone' },
      ...['Name', 'StreetAddress', 'Suburb', 'State', 'PostCode'].map((name) => ({ name, kind: 'text' })),
      { name: 'WindowType', kind: 'choice', choices: ['Sliding', 'Awning'], label: 'Window' },
      { name: 'message', kind: 'long_text' },
      { name: 'Panes', kind: 'number' },
      { name: 'Moving', kind: 'date' },
      { name: 'Owner', kind: 'check' },
    ],
  })
).body.template_id
const campaign_id = (
  await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'Spring' })
).body.campaign_id
const allocation_id = (
  await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name: 'First calls',
    started: true,
  })
).body.allocation_id

let conversation: Conversation
beforeAll(async () => {
  conversation = await Conversation.open(url)
})
afterAll(() => conversation.hangUp())

async function answered(...bytes: string[]): Promise<RawAnswer> {
  for (const part of bytes) await conversation.send(part)
  const answer = await conversation.answer()
  if (!answer) throw new Error('no answer')
  return answer
}

const read = ({ body }: RawAnswer) => JSON.parse(body)

/** As its fetch sends it. */
const get = (path: string) =>
  answered([`GET ${path} HTTP/1.1`, ...DART, 'content-length: 0', 'host: leads.example', '', ''].join('\r\n'))

const entitiesOf = async (call: string, query = ''): Promise<{ id: number; name: string }[]> => {
  const answer = await get(`${API}/${call}?apiKey=${key}${query}`)
  expect(answer.status).toBe(200)
  expect(read(answer)).toMatchObject({ code: 0, message: 'OK' })
  return read(answer).entities
}

const ids = { lead: '', number: '', fax: 0, busy: 0 }
const phone = mobile()

test('template_list, campaign_list, allocation_list: ids and names', async () => {
  expect(await entitiesOf('getCampaignTemplateList')).toContainEqual({ id: template_id, name: 'Windows' })
  const [campaigns, allocations] = [
    await entitiesOf('getCampaignList', `&fTemplateId=${template_id}`),
    await entitiesOf('getAllocationList', `&fCampaignId=${campaign_id}`),
  ]
  expect(campaigns).toEqual([{ id: campaign_id, name: 'Spring' }])
  expect(allocations).toEqual([{ id: allocation_id, name: 'First calls' }])
})

test('disposition_list and field_list: ids and names, the same every time', async () => {
  const dispositions = await entitiesOf('getDispositionList', `&fTemplateId=${template_id}`)
  const idOf = (wanted: string) => dispositions.find(({ name }) => name === wanted)!.id
  Object.assign(ids, { fax: idOf('Fax'), busy: idOf('Busy') })
  expect(dispositions).toHaveLength(10)
  expect(new Set(dispositions.map(({ id }) => id)).size).toBe(10)
  expect(await entitiesOf('getDispositionList', `&fTemplateId=${template_id}`)).toEqual(dispositions)
  const fields = await entitiesOf('getFieldList', `&fTemplateId=${template_id}`)
  expect(fields.map(({ name }) => name).slice(0, 3)).toEqual(['Mobile', 'Name', 'StreetAddress'])
  expect(fields.every(({ id }) => Number.isInteger(id))).toBe(true)
})

test('field_definitions: a bare array; the A that it writes before its key makes it another key', async () => {
  const path = `${API}/getFieldDefn?apiKey=${key}&fTemplateId=${template_id}`
  const { body, headers } = await get(path)
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  expect(body.slice(0, 90)).toBe(
    '[{"type":"unicode","key":"Mobile","required":false,"label":"Mobile","help_text":"Mobile"},',
  )
  const fields: { key: string; type: string; label: string }[] = JSON.parse(body)
  expect(Object.fromEntries(fields.map((field) => [field.key, field.type]))).toMatchObject({
    Name: 'unicode',
    message: 'text',
    Panes: 'decimal',
    Moving: 'unicode',
    Owner: 'bool',
  })
  expect(fields.find((field) => field.key === 'WindowType')).toMatchObject({
    type: 'unicode',
    label: 'Window',
    help_text: 'Window',
    choices: ['Sliding', 'Awning'],
  })
  const wrong = await get(path.replace('apiKey=', 'apiKey=A'))
  expect(wrong.status).toBe(401)
  expect(read(wrong)).toMatchObject({ code: 1001, message: 'UNAUTHORIZED' })
})

test('inject: a chunked body, and the key twice', async () => {
  const fields = `{"Mobile":"${phone}", "Name":"Jane","StreetAddress":"1 Rose St", "Suburb": "Abbotsford", "State":"Vic", "PostCode":"3067", "WindowType":"Sliding", "message":"A test message"}`
  const query = `apiKey=${key}&fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}&apiKey=${key}&allowDuplicates=true`
  const answer = await answered(
    [
      `POST ${API}/insertLeadFast?${query} HTTP/1.1`,
      ...DART,
      'accept: application/json',
      'content-type: application/json',
      'transfer-encoding: chunked',
      'host: leads.example',
      '',
      '',
    ].join('\r\n'),
    `${fields.length.toString(16)}\r\n${fields}\r\n`,
    '0\r\n\r\n',
  )
  expect([answer.status, answer.body]).toEqual([200, '{"code":0,"message":"OK"}'])
  ids.lead = answer.headers['x-lead-id']!
  ids.number = ids.lead.split('-')[1]!
})

test('update_lead_fast: curl, the key twice, the lead by its number', async () => {
  const update = (lead: string) => {
    const body = `{"njLeadId":"${lead}", "njDisposition":"Fax", "Mobile":"${phone}", "Name":"Jane","StreetAddress":"1 Rose St", "Suburb": "Abbotsford", "State":"Vic", "PostCode":"3067", "WindowType":"Awning", "message":"A test message"}`
    const query = `apiKey=${key}&fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}&apiKey=${key}`
    return answered(
      [
        `POST ${API}/updateLeadFast?${query} HTTP/1.1`,
        'Host: leads.example',
        'User-Agent: curl/7.81.0',
        'Accept: application/json',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    )
  }
  const answer = await update(ids.number)
  expect([answer.status, answer.body]).toEqual([200, '{"code":0,"message":"OK"}'])
  expect(answer.headers['x-lead-id']).toBe(ids.lead)
  expect((await client.get<Lead>(`/v1/leads/${ids.lead}`)).body).toMatchObject({
    disposition: 'Fax',
    fields: { WindowType: 'Awning' },
  })
  expect(read(await update('99999999'))).toMatchObject({ code: 101, message: 'COULDNT_FIND_THE_LEAD' })
})

test('completed_calls_list: the calls of some dispositions, with their leads', async () => {
  const other = await client.insertLeadFast(
    { template_id, campaign_id, allocation_id },
    { Mobile: mobile(), Name: 'Ben', njExternalLeadId: 'ben-1', njPriority: 1 },
  )
  const { items } = (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})).body
  const [{ lease_id, numbers }] = items as [Leases['items'][0]]
  const reported = await client.put(`/v1/leases/${lease_id}/outcome`, {
    disposition: 'Busy',
    phone: numbers[0]!.number,
    at: '2026-11-24T02:59:59.5Z',
    duration_s: 61,
    unique_call_id: '1513228517.34030',
  })
  expect(reported.status).toBe(200)
  const calls = (dispositions: string) =>
    entitiesOf(
      'getCallRecordList',
      `&fTemplateId=${template_id}&fCampaignId=${campaign_id}&fDispositions=${dispositions}`,
    )
  const [busy, fax, ...rest] = await calls(`${ids.fax},${ids.busy}`)
  expect(rest).toEqual([])
  expect(busy).toEqual({
    id: expect.any(Number),
    name: 'Busy',
    lead_id: other.lead_id,
    at: expect.any(String),
    njCallRecordId: expect.any(Number),
    njLead: other.lead_id,
    njLeadId: other.lead_id!.split('-')[1],
    njCampaignName: 'Spring',
    njAllocationName: 'First calls',
    njDisposition: 'Busy',
    njCallBackDate: '2026/11/24 14:15',
    njExternalLeadId: 'ben-1',
    njPriority: '10',
    njContactHours: 'Australia/Melbourne',
    njCallDate: '2026/11/24 13:59:59',
    njDialedNumber: expect.stringMatching(/^04\d{8}$/),
    njDialAttempts: '1',
    njCallDuration: '61',
    njUniqueCallId: '1513228517.34030',
    njAction: '',
    Mobile: expect.stringMatching(/^04\d{8}$/),
    Name: 'Ben',
    ...Object.fromEntries(
      [
        ...['StreetAddress', 'Suburb', 'State', 'PostCode', 'WindowType'],
        ...['message', 'Panes', 'Moving', 'Owner'],
      ].map((name) => [name, '']),
    ),
  })
  // Nobody said which number was dialled, nor for how long.
  expect(fax).toMatchObject({
    njLeadId: ids.number,
    njDisposition: 'Fax',
    njDialedNumber: '',
    njCallDuration: '',
    njUniqueCallId: '',
    Name: 'Jane',
  })
  expect((await calls(String(ids.fax))).map(({ name }) => name)).toEqual(['Fax'])
  const refused = read(
    await get(
      `${API}/getCallRecordList?apiKey=${key}&fTemplateId=${template_id}&fCampaignId=${campaign_id}&fDispositions=999999`,
    ),
  )
  expect(refused).toMatchObject({ code: 1004, message: 'UNKNOWN_TARGET', field: 'fDispositions' })
})

test('recording_list asks another server of the vendor: there is no such address here', async () => {
  const path = `/njadmin/rest/RecordingAPI/retrieveMetaDataByHour?apiKey=${key}&date=2026/11/24&hour=13`
  const answer = await answered(
    [`POST ${path} HTTP/1.1`, ...DART, 'content-length: 0', 'host: leads.example', '', ''].join('\r\n'),
  )
  expect(answer.status).toBe(404)
  expect(read(answer)).toMatchObject({ code: 1004 })
})
