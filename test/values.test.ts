// Values that do not fit their template are kept by one rule, named, and never replace a good value.

import { describe, expect, test } from 'vitest'
import type { Lead, Warning } from '../src/client/api.ts'
import type { LeadDocument } from '../src/client/client.ts'
import { readWarnings } from '../src/client/warnings.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { placeIn } from './support/regions.ts'

const leadline = await startLeadline({ now: () => '2026-06-02T03:00:00Z' })
const { client } = leadline
const FIELDS = [
  { name: 'Phone', kind: 'phone' },
  { name: 'Mobile', kind: 'phone' },
  { name: 'Name', kind: 'text' },
  { name: 'Notes', kind: 'long_text' },
  { name: 'Email', kind: 'email' },
  { name: 'Born', kind: 'date' },
  { name: 'Score', kind: 'number' },
  { name: 'Plan', kind: 'choice', choices: ['Basic', 'Full'] },
  { name: 'Agreed', kind: 'check' },
]
const target = await placeIn(leadline, 'AU', { fields: FIELDS })
const API = '/servicemanager/rest/CampaignAPI'
const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`

const view = async (id: string | null) => (await client.get<Lead>(`/v1/leads/${id}`)).body
const eventsOf = async (id: string | null) => {
  const history = await client.leadHistory(id!)
  if (!history.ok) throw new Error(history.body.detail)
  return history.body.items
}

/** Inserts the members as they are spelt; what the header names, and the lead. */
async function taken(members: string) {
  const response = await fetch(`${leadline.url}${API}/insertLeadFast?${ids}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${leadline.key}` },
    body: `{"Phone":"${mobile()}",${members}}`,
  })
  expect(await response.json()).toEqual({ code: 0, message: 'OK' })
  const { headers } = response
  return {
    warnings: readWarnings(headers.get('X-Leadline-Warnings')),
    lead: await view(headers.get('X-Lead-Id')),
  }
}

/** A lead that can be updated, and an update of it by the classic API. */
async function called(lead: LeadDocument) {
  const njExternalLeadId = `ref-${mobile()}`
  const { lead_id } = await client.insertLead(target, {
    Phone: mobile(),
    njExternalLeadId,
    njDisposition: 'Busy',
    ...lead,
  })
  return {
    lead_id: lead_id!,
    change: (values: LeadDocument) =>
      client.updateLeadFast(target, { njExternalLeadId, Phone: '<NO CHANGE>', ...values }),
  }
}

const named = (text: string): Warning[] => readWarnings(text === '' ? null : text)
const page = `https://example.com/?q=${'x'.repeat(1_300)}`
const fifty = Array.from({ length: 50 }, (_, i) => `"key ${i}":"x"`).join(',')

describe('a lead is not lost for', () => {
  test.each<
    [
      title: string,
      members: string,
      stored: Partial<Pick<Lead, 'fields' | 'unmapped' | 'bad_values'>>,
      warnings: string,
    ]
  >([
    [
      'a number with a point',
      '"score":3.0,"points":3.0',
      { fields: { Score: '3.0' }, unmapped: { points: '3.0' } },
      '',
    ],
    ['an amount', '"amount":100.00', { unmapped: { amount: '100.00' } }, ''],
    ['a long id', '"id":12345678901234567890', { unmapped: { id: '12345678901234567890' } }, ''],
    [
      'a list of tags',
      '"Name":["a"],"tags":["a",1.50,true]',
      { fields: { Name: 'a' }, unmapped: { tags: 'a, 1.50, true' } },
      'joined=Name, joined=tags',
    ],
    [
      'an object',
      '"address":{"city":"x", "n":1.0}',
      { unmapped: { address: '{"city":"x","n":1.0}' } },
      'json=address',
    ],
    [
      'a landing page',
      `"Name":"${page}","landing_page":"${page}"`,
      { fields: { Name: page }, unmapped: { landing_page: page } },
      '',
    ],
    ['a 51st key', `${fifty},"one more":"x"`, {}, 'left_out=one%20more'],
    ['an e-mail that is none', '"Email":"N/A"', {}, 'no_value=Email'],
    ['a dash', '"Email":"-"', {}, 'no_value=Email'],
    ['a date of zeros', '"Born":"0000-00-00"', {}, 'no_value=Born'],
    ['a tab', '"Name":"a\\tb"', { fields: { Name: 'a b' } }, 'one_line=Name'],
    ['a line end', '"Name":"Jane Smith\\r"', { fields: { Name: 'Jane Smith' } }, 'trimmed=Name'],
    [
      'a zero-width space',
      '"Email":"jane\\u200b@example.com\\u200b"',
      { fields: { Email: 'jane@example.com' } },
      'trimmed=Email, invisible=Email',
    ],
    [
      'a date with a time',
      '"Born":"1985-07-04T00:00:00.000Z"',
      { fields: { Born: '1985-07-04' } },
      'day_only=Born',
    ],
    [
      'a system field that is handed out',
      '"njCampaignName":"x","NJACTION":"y"',
      {},
      'left_aside=njCampaignName, left_aside=NJACTION',
    ],
    [
      'an e-mail that cannot be one',
      '"Email":"ask Jane"',
      { fields: { Email: 'ask Jane' }, bad_values: ['Email'] },
      'bad_value=Email',
    ],
    [
      'a time that is another day elsewhere',
      '"Born":"1985-07-03T14:00:00.000Z"',
      { fields: { Born: '1985-07-03T14:00:00.000Z' }, bad_values: ['Born'] },
      'bad_value=Born',
    ],
    [
      'a choice of another form',
      '"Plan":"Gold"',
      { fields: { Plan: 'Gold' }, bad_values: ['Plan'] },
      'bad_value=Plan',
    ],
    ['half a character', '"Name":"a\\ud800"', { fields: { Name: 'a\ufffd' } }, 'replaced=Name'],
    [
      'a text that is far too long',
      `"Notes":"${'x'.repeat(20_001)}"`,
      { fields: { Notes: 'x'.repeat(20_000) } },
      'cut=Notes',
    ],
    ['an empty list', '"Name":[],"tags":[]', {}, ''],
  ])('%s', async (_title, members, { fields = {}, unmapped, bad_values = [] }, warnings) => {
    const { lead, warnings: found } = await taken(members)
    expect(found).toEqual(named(warnings))
    const { Phone: _, ...others } = lead.fields
    expect(others).toEqual(fields)
    if (members.startsWith(fifty)) expect(Object.keys(lead.unmapped)).toHaveLength(50)
    else expect(lead.unmapped).toEqual(unmapped ?? {})
    expect(lead.bad_values).toEqual(bad_values)
    const [event] = await eventsOf(lead.id)
    expect(event!.warnings).toEqual(found)
  })

  test.each([
    ['an object where a text stands', '"Name":{"a":1}', 'Name'],
    ['NUL', '"Name":"a\\u0000b"', 'Name'],
    ['a key that every object has', '"__proto__":"x"', '__proto__'],
    ['a system field that nobody knows', '"njNothing":"x"', 'njNothing'],
    ['an outcome in a new lead', '"njDisposition":"Busy"', 'njDisposition'],
    ['a number of 20,001 digits', `"Mobile":"${'1'.repeat(20_001)}"`, 'Mobile'],
  ])('but it is refused for %s', async (_title, members, field) => {
    const response = await fetch(`${leadline.url}${API}/insertLeadFast?${ids}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${leadline.key}` },
      body: `{"Phone":"${mobile()}",${members}}`,
    })
    expect(response.headers.get('X-Leadline-Warnings')).toBeNull()
    expect(await response.json()).toMatchObject({ code: 1005, field })
  })
})

describe('an update', () => {
  const GOOD = { Email: 'jane@example.com', Born: '1985-07-04', Score: '3.0', Plan: 'Full', Agreed: 'true' }
  const BAD = { Email: 'ask Jane', Born: 'last year', Score: 'many', Plan: 'Gold', Agreed: 'perhaps' }

  test('never replaces a good value by a bad one', async () => {
    const { lead_id, change } = await called(GOOD)
    const answer = await change({ ...BAD, Name: 'Jane Smith\n' })
    expect(answer).toMatchObject({ code: 0, version: 2 })
    expect(answer.warnings.toSorted((a, b) => (a.field < b.field ? -1 : 1))).toEqual([
      ...['Agreed', 'Born', 'Email'].map((field) => ({ code: 'not_taken', field })),
      { code: 'trimmed', field: 'Name' },
      ...['Plan', 'Score'].map((field) => ({ code: 'not_taken', field })),
    ])
    expect(await view(lead_id)).toMatchObject({ fields: { ...GOOD, Name: 'Jane Smith' }, bad_values: [] })
    expect((await eventsOf(lead_id)).at(-1)!.warnings).toEqual(answer.warnings)
  })

  test('keeps a bad value where there is no good one, and takes a good one over it', async () => {
    const { lead_id, change } = await called(BAD)
    expect((await view(lead_id)).bad_values.toSorted()).toEqual(Object.keys(BAD).toSorted())
    expect(await change({ Email: 'ask John' })).toMatchObject({ code: 0, warnings: [{ code: 'bad_value' }] })
    expect((await view(lead_id)).fields.Email).toBe('ask John')
    expect(await change(GOOD)).toMatchObject({ code: 0, warnings: [] })
    expect(await view(lead_id)).toMatchObject({ fields: GOOD, bad_values: [] })
  })

  test.each([
    ['what says that there is no value', { Email: 'N/A', Born: '0000-00-00', Score: '-' }, 'no_value'],
    ['null', { Email: null, Born: null, Score: null }, 'null_value'],
    ['an empty list', { Email: [], Born: [], Score: [] }, 'null_value'],
  ])('with %s changes nothing', async (_title, values, code) => {
    const { lead_id, change } = await called(GOOD)
    const answer = await change(values)
    expect(answer).toMatchObject({ code: 0, version: 1 })
    expect(answer.warnings).toEqual(['Email', 'Born', 'Score'].map((field) => ({ code, field })))
    expect(await view(lead_id)).toMatchObject({ version: 1, fields: GOOD })
  })

  test('with an empty text clears, good or bad', async () => {
    const { lead_id, change } = await called({ ...GOOD, Email: 'ask Jane' })
    expect(await change({ Email: '', Born: ' ' })).toMatchObject({ code: 0, warnings: [] })
    expect((await view(lead_id)).fields).not.toHaveProperty('Email')
    expect((await view(lead_id)).fields).not.toHaveProperty('Born')
  })

  test('of many at once: a good value is there in the end, or waits for a person', async () => {
    for (let round = 0; round < 10; round++) {
      const { lead_id, change } = await called({})
      const [good] = await Promise.all([
        change({ Email: 'jane@example.com' }),
        ...Array.from({ length: 8 }, (_, i) => change({ Email: `ask Jane ${i}` })),
      ])
      const { fields } = await view(lead_id)
      if (good.code === 0) expect(fields.Email).toBe('jane@example.com')
      else expect(good).toMatchObject({ code: 110, body: { conflict_id: expect.any(Number) } })
    }
  })
})

describe('/v1', () => {
  const wrong = { Email: 'ask Jane', Name: 'x'.repeat(20_001) }
  const create = (fields: Record<string, string>, query = '') =>
    client.post<Lead & { errors?: { field: string }[] }>(`/v1/leads${query}`, {
      allocation_id: target.allocation_id,
      fields: { Phone: mobile(), ...fields },
    })

  test('is strict', async () => {
    const answer = await create(wrong)
    expect(answer).toMatchObject({ status: 422, code: 1005, warnings: [] })
    expect(answer.body.errors?.map(({ field }) => field).sort()).toEqual(['/fields/Email', '/fields/Name'])
    expect(await create({ Email: 'N/A' })).toMatchObject({ status: 422, code: 1005 })
  })

  test('but ends of values are trimmed, and line ends are blanks', async () => {
    const answer = await create({ Name: 'Jane\nSmith\r' })
    expect(answer).toMatchObject({ status: 201, body: { fields: { Name: 'Jane Smith' } } })
    expect(answer.warnings).toEqual(named('trimmed=Name, one_line=Name'))
  })

  test('keeps what cannot be kept as it is when asked to', async () => {
    const answer = await create(wrong, '?on_bad_value=keep')
    expect(answer).toMatchObject({ status: 201, body: { bad_values: ['Email'] } })
    expect(answer.warnings).toEqual(named('bad_value=Email, cut=Name'))
  })

  test('takes a lead with an unchanged bad value from an operator, and no other bad value', async () => {
    const { body } = await create({ Email: 'ask Jane' }, '?on_bad_value=keep')
    const agent = await leadline.asOperator('agent')
    const save = (version: number, fields: Record<string, string>) =>
      agent.request('PATCH', `/v1/leads/${body.id}`, {
        headers: { 'If-Match': `"v${version}"` },
        body: { fields },
      })
    expect(await save(1, { Email: 'ask Jane', Name: 'Jane' })).toMatchObject({
      status: 200,
      body: { version: 2, fields: { Email: 'ask Jane', Name: 'Jane' }, bad_values: ['Email'] },
    })
    expect(await save(2, { Email: 'ask John' })).toMatchObject({ status: 422, body: { code: 1005 } })
  })

  test('a template says what becomes of bad values; new ones keep them', async () => {
    const { template_id } = target
    expect((await client.get(`/v1/templates/${template_id}`)).body).toMatchObject({ bad_values: 'keep' })
    const strict = await placeIn(leadline, 'AU', { fields: FIELDS, bad_values: 'refuse' })
    const refused = await client.insertLeadFast(strict, { Phone: mobile(), Email: 'ask Jane' })
    expect(refused).toMatchObject({ status: 400, code: 1005, body: { field: 'Email' } })
    const cut = await client.insertLeadFast(strict, { Phone: mobile(), Name: 'x'.repeat(20_001) })
    expect(cut).toMatchObject({ code: 0, warnings: [{ code: 'cut', field: 'Name' }] })
  })
})

test('an array names its rows', async () => {
  const rows: LeadDocument[] = [{ Name: 'Jane\n' }, { Name: 'Ana' }, { Email: 'ask Ana' }]
  for (const row of rows) row.Phone = mobile()
  const answer = await client.insertLead(target, rows)
  expect(answer.code).toBe(0)
  expect(answer.warnings).toEqual([
    { code: 'trimmed', field: 'Name', row: 1 },
    { code: 'bad_value', field: 'Email', row: 3 },
  ])
})

test('an outcome of a dialler that asks for it is kept whatever it brings', async () => {
  const phone = mobile()
  const started = await placeIn(leadline, 'AU', { fields: FIELDS })
  await client.insertLeadFast(started, { Phone: phone, Email: 'jane@example.com' })
  const leases = await client.post<{ items: { lease_id: string }[] }>(
    `/v1/allocations/${started.allocation_id}/leases`,
    {},
  )
  const [{ lease_id }] = leases.body.items as [{ lease_id: string }]
  const report = { disposition: 'Busy', phone, fields: { Email: 'ask Jane', Score: 'many' } }
  expect(await client.put(`/v1/leases/${lease_id}/outcome`, report)).toMatchObject({
    status: 422,
    code: 1005,
  })
  const answer = await client.put<{ lead_id: string }>(
    `/v1/leases/${lease_id}/outcome?on_bad_value=keep`,
    report,
  )
  expect(answer).toMatchObject({ status: 200, warnings: named('not_taken=Email, bad_value=Score') })
  expect(await view(answer.body.lead_id)).toMatchObject({
    fields: { Email: 'jane@example.com', Score: 'many' },
    bad_values: ['Score'],
  })
})

test('a forgotten lead leaves no key of its own in its history', async () => {
  const { lead } = await taken('"key of Jane Smith":{"a":1}')
  expect((await eventsOf(lead.id))[0]!.warnings).toHaveLength(1)
  await client.delete(`/v1/leads/${lead.id}`)
  const { rows } = await admin(
    leadline.connection,
    `select e::text as text from events e where lead_number = ${lead.id.split('-')[1]}`,
  )
  expect(rows).toHaveLength(2)
  expect(JSON.stringify(rows)).not.toContain('Jane')
})
