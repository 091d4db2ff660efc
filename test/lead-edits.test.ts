// Leads over /v1: inserted, changed against a version, merged with what others did, undone.

import { afterEach, describe, expect, test } from 'vitest'
import type { LeadlineClient } from '../src/client/client.ts'
import type { ConflictDocument, LeadPatch, NewLead } from '../src/client/model.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const NOW = '2026-07-01T00:00:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, target, connection } = leadline
const { allocation_id } = target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const e164 = (phone: string) => `+61${phone.slice(1)}`
const pointers = (answer: { body: { errors?: { field: string }[] } | object }) =>
  ((answer.body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field).toSorted()

const ADDRESS = { StreetAddress: '1 Rose St', City: 'Abbotsford', State: 'Vic', PostCode: '3067' }

/** A new lead called Ana; its id and number. */
async function ana(more: Partial<NewLead> = {}) {
  const phone = mobile()
  const made = await client.createLead({
    allocation_id,
    ...more,
    fields: { Name: 'Ana Silva', ...ADDRESS, FirstPhone: phone, ...more.fields },
  })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return { id: made.body.id, phone }
}

const view = async (id: string) => {
  const lead = await client.lead(id)
  if (!lead.ok) throw new Error(lead.body.detail)
  return lead.body
}
const callsOf = async (id: string) => {
  const calls = await client.leadCalls(id)
  return calls.ok ? calls.body.items.map(({ disposition }) => disposition) : []
}
const historyOf = async (id: string) => {
  const history = await client.leadHistory(id, { limit: 500 })
  return history.ok ? history.body.items : []
}
async function changed(id: string, version: number, patch: LeadPatch, by: LeadlineClient = client) {
  const answer = await by.patchLead(id, version, patch)
  if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
  return answer.body
}

/** The conflict document of a refused change. */
function metBy(answer: { ok: boolean; body: unknown }): ConflictDocument {
  expect(answer).toMatchObject({ ok: false, status: 412, code: 110 })
  return (answer.body as { conflict: ConflictDocument }).conflict
}
const groupOf = (document: ConflictDocument, group: string) =>
  document.groups.find((found) => found.group === group)

describe('a new lead', () => {
  test('is what was sent, through the one door', async () => {
    const phone = mobile()
    const made = await client.createLead({
      allocation_id,
      external_id: ' crm-1 ',
      fields: { name: 'Ana Silva', FirstPhone: phone, City: '' },
      unmapped: { source_id: 'A-17', empty: null },
      priority: 3,
      callback: { local: '2026-11-26T10:00' },
      callback_agent: 'kim',
      contact_hours: 'australia/melbourne',
      source: 'web form',
    })
    expect(made).toMatchObject({ ok: true, status: 201, code: 0 })
    expect(made.body).toMatchObject({
      version: 1,
      allocation_id,
      external_id: 'crm-1',
      fields: { Name: 'Ana Silva', FirstPhone: phone },
      unmapped: { source_id: 'A-17' },
      phones: [{ field: 'FirstPhone', number: e164(phone), state: 'ok' }],
      priority: 3,
      callback: { local: '2026-11-26T10:00:00', zone: 'Australia/Melbourne', at: '2026-11-25T23:00:00Z' },
      callback_agent: 'kim',
      source: 'web form',
      created_way: 'v1',
    })
    expect(await client.createLead({ allocation_id, fields: { FirstPhone: phone } })).toMatchObject({
      status: 409,
      code: 105,
    })
    const beside = await client.createLead({
      allocation_id,
      fields: { FirstPhone: phone },
      allow_duplicates: true,
    })
    expect(beside).toMatchObject({ status: 201 })
  })

  test('answers where it is and in which version', async () => {
    const { headers, body } = await client.request<{ id: string }>('POST', '/v1/leads', {
      body: { allocation_id, fields: { FirstPhone: mobile() } },
    })
    expect(headers.get('Location')).toBe(`/v1/leads/${body.id}`)
    expect(headers.get('ETag')).toBe('"v1"')
  })
})

describe('a change', () => {
  test('is written against the version that it names', async () => {
    const { id } = await ana()
    expect(await client.patchLead(id, 1, { fields: { City: 'Fitzroy', State: null } })).toMatchObject({
      status: 200,
      body: { version: 2, fields: { City: 'Fitzroy' } },
    })
    expect((await view(id)).fields).not.toHaveProperty('State')
    const late = await client.patchLead(id, 1, { fields: { Name: 'Ana Costa' } })
    const document = metBy(late)
    expect(document).toMatchObject({
      lead_id: id,
      base_version: 1,
      lead_version: 2,
      theirs: { version: 2, actor: 'key:1', actor_name: 'bootstrap', way: 'v1', versions_between: 1 },
      base: { 'fields.City': 'Abbotsford', 'fields.Name': 'Ana Silva' },
      mine: { 'fields.City': 'Abbotsford', 'fields.Name': 'Ana Costa' },
      current: { 'fields.City': 'Fitzroy', 'fields.Name': 'Ana Silva', 'fields.State': null },
    })
    expect(groupOf(document, 'fields.Name')?.class).toBe('only_mine')
    expect(groupOf(document, 'address')?.class).toBe('only_theirs')
    expect(await view(id)).toMatchObject({ version: 2, fields: { Name: 'Ana Silva' } })
  })
})
