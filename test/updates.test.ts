// Changes of leads that are there: changes that meet, held updates and how they are settled, numbers that come and
// go, outcomes, do-not-call rules, forgetting.

import { hash } from 'node:crypto'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import type { ClassicBody, LeadDocument, LeadlineClient, Target } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { ClassicConnection } from './support/connection.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Known {
  lead_id: string
  njExternalLeadId: string
  phone: string
  target: Target
}

let leads = 0

/** A lead that has been called once, so that its updates need no disposition; version 1. */
async function lead(more: LeadDocument = {}, into: Target = target): Promise<Known> {
  const [phone, njExternalLeadId] = [mobile(), `lead-${++leads}`]
  const document = { FirstPhone: phone, njExternalLeadId, njDisposition: 'Busy', ...more }
  const { code, lead_id } = await client.insertLead(into, document)
  expect(code).toBe(0)
  return { lead_id: lead_id!, njExternalLeadId, phone, target: into }
}

const ADDRESS = { StreetAddress: '1 Rose St', City: 'Abbotsford', State: 'Vic', PostCode: '3067' }
const ana = (more: LeadDocument = {}) => lead({ Name: 'Ana Silva', ...ADDRESS, ...more })

const update = (
  { njExternalLeadId, target }: Known,
  values: LeadDocument,
  query: { allowDuplicates?: boolean } = {},
  by: LeadlineClient = client,
) => by.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', ...values }, query)

interface Lead {
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  phones: { field: string; number?: string; state: string; blocked_by?: string }[]
  disposition: string | null
  callback: { local: string } | null
  priority: number
  contact_hours: string
  client_approved: boolean
  closed: boolean
  external_id: string | null
}

const view = async ({ lead_id }: Known) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body
const calls = async ({ lead_id }: Known) =>
  (await client.get<{ items: { disposition: string; way: string }[] }>(`/v1/leads/${lead_id}/calls`)).body
    .items
const history = async ({ lead_id }: Known) =>
  (
    await client.get<{
      items: { version: number; way: string; changes: Record<string, unknown[]> | null }[]
    }>(`/v1/leads/${lead_id}/history`, { limit: 500 })
  ).body.items

interface Conflict {
  conflict_id: number
  lead_id: string
  state: string
  groups: string[]
  base_version: number
  base: Record<string, unknown>
  mine: Record<string, unknown>
  theirs: Record<string, unknown> | null
  lead_version: number | null
  clashes: string[]
  resolution: object | null
  resolved_by: string | null
}

const conflict = async (id: number | undefined) => (await client.get<Conflict>(`/v1/conflicts/${id}`)).body
const conflictsOf = async ({ lead_id }: Known, state?: string) =>
  (await client.get<{ items: Conflict[] }>('/v1/conflicts', { lead_id, state, limit: 500 })).body.items
const settle = (id: number | undefined, resolution: object) =>
  client.put<ClassicBody & { version: number; name: string }>(`/v1/conflicts/${id}/resolution`, resolution)

const e164 = (phone: string) => `+61${phone.slice(1)}`
const codesOf = (answers: { code: number }[]) => answers.map(({ code }) => code).sort((a, b) => a - b)

/** An update of version 1 that clashes: the lead has `theirs` since version 2. */
async function clash(theirs: LeadDocument, mine: LeadDocument, of?: Known) {
  const known = of ?? (await ana())
  expect(await update(known, { ...theirs, njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
  const refused = await update(known, { ...mine, njVersion: 1 })
  expect(refused).toMatchObject({ status: 400, code: 110, lead_id: known.lead_id })
  return { known, refused, conflict_id: refused.body.conflict_id! }
}

describe('two updates from one base', () => {
  test('on the same group: one wins, the other is told 110 and held, and nothing is overwritten', async () => {
    const { known, refused, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    expect(refused.body).toMatchObject({
      code: 110,
      message: 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
      lead_version: 2,
      groups: ['fields.Name'],
    })
    expect(await view(known)).toMatchObject({ version: 2, fields: { Name: 'Ana Costa' } })
    expect(await conflict(conflict_id)).toMatchObject({
      lead_id: known.lead_id,
      state: 'open',
      groups: ['fields.Name'],
      clashes: ['fields.Name'],
      base_version: 1,
      base: { 'fields.Name': 'Ana Silva' },
      mine: { 'fields.Name': 'Ana Souza' },
      theirs: { 'fields.Name': 'Ana Costa' },
      lead_version: 2,
    })
    expect((await conflictsOf(known)).map((held) => held.conflict_id)).toEqual([conflict_id])
  })

  test('at the same moment: exactly one wins, each time', async () => {
    for (let round = 0; round < 30; round++) {
      const known = await ana()
      const names = ['Ana Costa', 'Ana Souza']
      const answers = await Promise.all(names.map((Name) => update(known, { Name, njVersion: 1 })))
      expect(codesOf(answers)).toEqual([0, 110])
      const won = answers.findIndex(({ code }) => code === 0)
      expect(await view(known)).toMatchObject({ version: 2, fields: { Name: names[won] } })
      const [held] = await conflictsOf(known)
      expect(held?.mine).toEqual({ 'fields.Name': names[1 - won] })
    }
  })

  test('on different groups: both are in the lead, also at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      const known = await ana()
      const answers = await Promise.all([
        update(known, { Name: 'Ana Costa', njVersion: 1 }),
        update(known, { Email: 'ana@example.com', njVersion: 1 }),
        update(known, { njPriority: 3, njVersion: 1 }),
        update(known, { SecondPhone: mobile(), njVersion: 1 }),
        update(known, { source_id: 'web-7', njVersion: 1 }),
        update(known, { PostCode: '3068', njVersion: 1 }),
      ])
      expect(codesOf(answers)).toEqual([0, 0, 0, 0, 0, 0])
      expect(answers.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6, 7])
      expect(await view(known)).toMatchObject({
        version: 7,
        fields: { Name: 'Ana Costa', Email: 'ana@example.com', PostCode: '3068', City: 'Abbotsford' },
        unmapped: { source_id: 'web-7' },
        priority: 3,
        phones: [{ field: 'FirstPhone' }, { field: 'SecondPhone' }],
      })
    }
  })

  test('that want the same: the second has nothing left to write', async () => {
    const known = await ana()
    expect(await update(known, { Name: 'Ana Costa', njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { Name: 'Ana Costa', njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
    expect(await view(known)).toMatchObject({ version: 2 })
    expect(await history(known)).toHaveLength(2)
    expect(await conflictsOf(known)).toEqual([])
  })

  test('a group is taken whole: different fields of one address clash', async () => {
    const { known, refused } = await clash(
      { City: 'Carlton', PostCode: '3053' },
      { StreetAddress: '2 Lily St' },
    )
    expect(refused.body.groups).toEqual(['address'])
    expect((await view(known)).fields).toMatchObject({ StreetAddress: '1 Rose St', City: 'Carlton' })
  })

  test('disposition, callback, priority and contact hours are one group', async () => {
    const { known, refused, conflict_id } = await clash(
      { njDisposition: 'No Answer' },
      { njPriority: 1, Name: 'Ana Costa' },
    )
    expect(refused.body.groups).toEqual(['outcome'])
    expect(await view(known)).toMatchObject({ priority: 12, fields: { Name: 'Ana Silva' } })
    expect((await conflict(conflict_id)).mine).toEqual({ priority: 1, 'fields.Name': 'Ana Costa' })
  })

  test('one that starts after the other was answered simply writes', async () => {
    const known = await ana()
    expect(await update(known, { Name: 'Ana Costa' })).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { Name: 'Ana Souza' })).toMatchObject({ code: 0, version: 3 })
    expect(await view(known)).toMatchObject({ fields: { Name: 'Ana Souza' } })
  })

  test('a phone field that both change clashes; another one does not', async () => {
    const { known, refused } = await clash({ FirstPhone: mobile() }, { FirstPhone: mobile() })
    expect(refused.body.groups).toEqual(['fields.FirstPhone'])
    expect(await update(known, { SecondPhone: mobile(), njVersion: 1 })).toMatchObject({
      code: 0,
      version: 3,
    })
  })
})

describe('the base that an update names', () => {
  test('is rebuilt from any older version', async () => {
    const known = await ana()
    const changes: LeadDocument[] = [
      { City: 'Carlton' },
      { Name: 'Ana Costa' },
      { Email: 'ana@example.com' },
      { Name: 'Ana Souza' },
    ]
    for (const values of changes) expect((await update(known, values)).code).toBe(0)
    // Version 5 now: City changed in 2, Name in 3 and 5, Email in 4.
    expect((await update(known, { City: 'Fitzroy', njVersion: 2 })).version).toBe(6)
    expect((await update(known, { Email: 'silva@example.com', njVersion: 4 })).version).toBe(7)
    const refused = await update(known, { Name: 'Ana Lima', Email: 'lima@example.com', njVersion: 3 })
    expect(refused.body).toMatchObject({
      code: 110,
      groups: ['fields.Email', 'fields.Name'],
      lead_version: 7,
    })
    expect(await conflict(refused.body.conflict_id)).toMatchObject({
      base_version: 3,
      base: { 'fields.Name': 'Ana Costa', 'fields.Email': null },
      theirs: { 'fields.Name': 'Ana Souza', 'fields.Email': 'silva@example.com' },
    })
  })

  test('what changed and changed back since then has not moved', async () => {
    const known = await ana()
    await update(known, { Name: 'Ana Costa' })
    await update(known, { Name: 'Ana Silva' })
    expect(await update(known, { Name: 'Ana Souza', njVersion: 1 })).toMatchObject({ code: 0, version: 4 })
  })

  test('has its numbers in whatever spelling: naming one again is no change', async () => {
    const known = await ana()
    const spelt = (phone: string) => `+61 ${phone.slice(1, 4)} ${phone.slice(4)}`
    const phone = mobile()
    expect(await update(known, { FirstPhone: phone })).toMatchObject({ version: 2 })
    // The caller has not heard of the new number, and changes the city alone.
    expect(
      await update(known, { FirstPhone: spelt(known.phone), City: 'Carlton', njVersion: 1 }),
    ).toMatchObject({ code: 0, version: 3 })
    expect((await view(known)).fields).toMatchObject({ FirstPhone: phone, City: 'Carlton' })
    // Two callers learn of one number.
    expect(await update(known, { FirstPhone: spelt(phone), njVersion: 1 })).toMatchObject({
      code: 0,
      version: 3,
    })
    expect(await update(known, { FirstPhone: spelt(mobile()), njVersion: 1 })).toMatchObject({ code: 110 })
  })

  test('must be a version that the lead had', async () => {
    const known = await ana()
    for (const njVersion of ['2', '0', '-1', 'one', '1.5'])
      expect(await update(known, { Name: 'Ana Costa', njVersion }), njVersion).toMatchObject({ code: 1003 })
    expect(await update(known, { Name: 'Ana Costa', njVersion: '"v1"' })).toMatchObject({
      code: 0,
      version: 2,
    })
  })
})

describe('a held update', () => {
  test.each([
    ['mine', { 'fields.Name': { take: 'mine' } }, 3, 'Ana Souza'],
    ['theirs', { 'fields.Name': { take: 'theirs' } }, 2, 'Ana Costa'],
    ['base', { 'fields.Name': { take: 'base', reason: 'she said so' } }, 3, 'Ana Silva'],
    ['value', { 'fields.Name': { take: 'value', value: { 'fields.Name': 'Ana Lima' } } }, 3, 'Ana Lima'],
    ['value, cleared', { 'fields.Name': { take: 'value', value: { 'fields.Name': null } } }, 3, undefined],
  ])('is settled by taking %s', async (_, decisions, version, name) => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const settled = await settle(conflict_id, { lead_version: 2, decisions })
    expect(settled).toMatchObject({ status: 200, body: { lead_id: known.lead_id, version } })
    expect(settled.headers.get('ETag')).toBe(`"v${version}"`)
    const now = await view(known)
    expect(now.version).toBe(version)
    expect(now.fields.Name).toBe(name)
    expect(await conflict(conflict_id)).toMatchObject({
      state: 'resolved',
      resolved_by: expect.stringMatching(/^key:/),
      resolution: { lead_version: 2, decisions },
      theirs: null,
      clashes: [],
    })
    expect(await conflictsOf(known)).toEqual([])
    const events = await history(known)
    expect(events).toHaveLength(version)
    if (version === 3) expect(events[2]).toMatchObject({ way: 'v1' })
  })

  test('mine is the whole group as its caller knew it, never half of each', async () => {
    const { known, conflict_id } = await clash(
      { City: 'Carlton', PostCode: '3053' },
      { StreetAddress: '2 Lily St' },
    )
    expect(
      await settle(conflict_id, { lead_version: 2, decisions: { address: { take: 'mine' } } }),
    ).toMatchObject({
      status: 200,
    })
    expect((await view(known)).fields).toMatchObject({ ...ADDRESS, StreetAddress: '2 Lily St' })
  })

  test('what does not clash is taken with it', async () => {
    const mine = {
      Name: 'Ana Souza',
      City: 'Carlton',
      Email: 'ana@example.com',
      njPriority: 4,
      source_id: 'web-7',
    }
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, mine)
    // Only the name needs a decision: nothing else of the lead has moved.
    expect((await conflict(conflict_id)).clashes).toEqual(['fields.Name'])
    const decisions = { 'fields.Name': { take: 'theirs' } }
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({
      version: 3,
      fields: { ...ADDRESS, Name: 'Ana Costa', City: 'Carlton', Email: 'ana@example.com' },
      unmapped: { source_id: 'web-7' },
      priority: 4,
      disposition: 'Busy',
    })
    const history = await client.get<{ items: object[] }>(`/v1/leads/${known.lead_id}/history`)
    expect(history.body.items[2]).toMatchObject({
      merge: {
        base_version: 1,
        lead_version: 2,
        classes: { 'fields.Name': 'conflict', address: 'only_mine' },
        decisions: { 'fields.Name': { take: 'theirs', reason: null } },
      },
    })
  })

  test('what clashes only since it is held needs a decision too', async () => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza', City: 'Carlton' })
    expect((await update(known, { PostCode: '3068' })).version).toBe(3)
    expect((await conflict(conflict_id)).clashes.sort()).toEqual(['address', 'fields.Name'])
    const decisions = { 'fields.Name': { take: 'mine' } }
    expect(await settle(conflict_id, { lead_version: 3, decisions })).toMatchObject({
      status: 422,
      code: 1005,
    })
    const both = { ...decisions, address: { take: 'base' } }
    expect(await settle(conflict_id, { lead_version: 3, decisions: both })).toMatchObject({ status: 200 })
    expect((await view(known)).fields).toMatchObject({ ...ADDRESS, Name: 'Ana Souza' })
  })

  test('the outcome that waits in it is written when it is taken: record, state and list', async () => {
    const { known, conflict_id } = await clash({ njPriority: 3 }, { njDisposition: 'Do Not Call' })
    expect(await calls(known)).toHaveLength(1)
    const decisions = { outcome: { take: 'mine' } }
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({ disposition: 'Do Not Call', closed: true, priority: 10 })
    expect((await calls(known)).map(({ disposition }) => disposition)).toEqual(['Busy', 'Do Not Call'])
    expect(
      await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: known.phone }),
    ).toMatchObject({
      code: 104,
    })
  })

  test('the outcome that waits in it counts from when it is taken: with the re-dials used up the lead closes', async () => {
    const { known, conflict_id } = await clash({ njDisposition: 'No Answer' }, { njDisposition: 'Busy' })
    // With the one that it came with these are five: the one that waits is the sixth, the last re-dial.
    for (let call = 0; call < 4; call++) expect((await update(known, { njDisposition: 'Busy' })).code).toBe(0)
    await update(known, { njDisposition: 'No Answer' })
    const { version, closed } = await view(known)
    expect(closed).toBe(false)
    const taken = { lead_version: version, decisions: { outcome: { take: 'mine' } } }
    expect(await settle(conflict_id, taken)).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({ disposition: 'Busy', closed: true, callback: null })
  })

  test('a disposition given again in it is an outcome all the same', async () => {
    const { known, conflict_id } = await clash(
      { Name: 'Ana Costa' },
      { Name: 'Ana Souza', njDisposition: 'Busy' },
    )
    expect(await calls(known)).toHaveLength(1)
    const decisions = { 'fields.Name': { take: 'theirs' } }
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({ status: 200 })
    expect((await view(known)).fields).toMatchObject({ Name: 'Ana Costa' })
    expect((await calls(known)).map(({ disposition }) => disposition)).toEqual(['Busy', 'Busy'])
  })

  test('an outcome that is decided against is none', async () => {
    const { known, conflict_id } = await clash({ njPriority: 3 }, { njDisposition: 'Sale' })
    const decided = (reason?: string) =>
      settle(conflict_id, { lead_version: 2, decisions: { outcome: { take: 'theirs', reason } } })
    // The other side closed the lead: to go on calling needs a reason.
    const refused = await decided()
    expect(refused).toMatchObject({ status: 422, code: 1005 })
    expect(refused.body.errors).toMatchObject([{ field: '/decisions/outcome/reason' }])
    expect(await decided('It was another Ana')).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({ version: 2, disposition: 'Busy', closed: false, priority: 3 })
    expect(await calls(known)).toHaveLength(1)
  })

  test('an outcome that is decided against, back to none: the calls made count all the same', async () => {
    const known = await lead({ njDisposition: '' })
    const busy = (more: LeadDocument) => update(known, { njDisposition: 'Busy', ...more })
    for (const njPriority of ['21', '22', '23', '24', '25']) await busy({ njPriority })
    expect(await busy({ njVersion: '1', njPriority: '7' })).toMatchObject({ code: 110 })
    const [open] = await conflictsOf(known)
    const { version } = await view(known)
    const decisions = { outcome: { take: 'base' } }
    expect(await settle(open!.conflict_id, { lead_version: version, decisions })).toMatchObject({
      status: 200,
    })
    expect(await view(known)).toMatchObject({ disposition: null, closed: false })
    await busy({})
    expect(await view(known)).toMatchObject({ disposition: 'Busy', closed: true })
  })

  test('numbers in it are checked and claimed when it is taken', async () => {
    const [mine, theirs] = [mobile(), mobile()]
    const { known, conflict_id } = await clash({ FirstPhone: theirs }, { FirstPhone: mine })
    const decisions = { 'fields.FirstPhone': { take: 'mine' } }
    const jane = await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: mine })
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({
      status: 409,
      code: 105,
      body: { lead_id: jane.lead_id },
    })
    expect((await conflict(conflict_id)).state).toBe('open')
    await client.delete(`/v1/leads/${jane.lead_id}`)
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({ status: 200 })
    expect((await view(known)).phones).toEqual([{ field: 'FirstPhone', number: e164(mine), state: 'ok' }])
    // The number that it lost is free again.
    expect((await client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: theirs })).code).toBe(0)
  })

  test('is dismissed with a reason, and the lead stays as it is', async () => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    expect(await settle(conflict_id, { dismiss: true })).toMatchObject({ status: 422, code: 1005 })
    expect(await settle(conflict_id, { dismiss: true, reason: 'a test' })).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({ version: 2, fields: { Name: 'Ana Costa' } })
    expect(await conflict(conflict_id)).toMatchObject({
      state: 'dismissed',
      resolution: { reason: 'a test' },
    })
  })

  test('is settled once', async () => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const resolution = { lead_version: 2, decisions: { 'fields.Name': { take: 'mine' } } }
    const answers = await Promise.all(Array.from({ length: 8 }, () => settle(conflict_id, resolution)))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(7)
    for (const { code } of refused) expect([110, 1004]).toContain(code)
    expect(await view(known)).toMatchObject({ version: 3, fields: { Name: 'Ana Souza' } })
    expect(await settle(conflict_id, resolution)).toMatchObject({ status: 404, code: 1004 })
    expect(await settle(conflict_id, { dismiss: true, reason: 'a test' })).toMatchObject({
      status: 404,
      code: 1004,
    })
  })

  test('is not settled against a lead that has moved on', async () => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    await update(known, { Email: 'ana@example.com' })
    const decisions = { 'fields.Name': { take: 'mine' } }
    expect(await settle(conflict_id, { lead_version: 2, decisions })).toMatchObject({
      status: 412,
      code: 110,
      body: { lead_version: 3, conflict_id },
    })
    expect(await view(known)).toMatchObject({ version: 3, fields: { Name: 'Ana Costa' } })
    expect(await settle(conflict_id, { lead_version: 3, decisions })).toMatchObject({ status: 200 })
    expect(await view(known)).toMatchObject({
      version: 4,
      fields: { Name: 'Ana Souza', Email: 'ana@example.com' },
    })
  })

  test.each([
    ['a clashing group without a decision', {}, '/decisions/fields.Name'],
    [
      'a decision on a group that does not exist',
      { 'fields.Name': { take: 'mine' }, nonsense: { take: 'mine' } },
      '/decisions/nonsense',
    ],
    [
      'a value for another group',
      { 'fields.Name': { take: 'value', value: { 'fields.City': 'Carlton' } } },
      '/decisions/fields.Name/value/fields.City',
    ],
    [
      'a value that its field refuses',
      { 'fields.Name': { take: 'value', value: { 'fields.Name': 'Ana '.repeat(6_000) } } },
      '/decisions/fields.Name/value/fields.Name',
    ],
  ])('is not settled with %s', async (_, decisions, field) => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const answer = await settle(conflict_id, { lead_version: 2, decisions })
    expect(answer).toMatchObject({ status: 422, code: 1005 })
    expect(answer.body.errors?.map((problem) => problem.field)).toContain(field)
    expect(await view(known)).toMatchObject({ version: 2, fields: { Name: 'Ana Costa' } })
    expect((await conflict(conflict_id)).state).toBe('open')
  })

  test('is replaced by a repeat of the same clash; another caller has its own', async () => {
    const known = await ana()
    const crm = await leadline.clientWith(['write'])
    await update(known, { Name: 'Ana Costa' })
    const refused = async (Name: string, by = client) =>
      (await update(known, { Name, njVersion: 1 }, {}, by)).body.conflict_id
    const first = await refused('Ana Souza')
    const repeated = await refused('Ana Lima')
    const other_group = (await update(known, { Name: 'Ana Lima', City: 'Carlton', njVersion: 1 })).body
    const other_caller = await refused('Ana Rocha', crm)
    expect(other_group.groups).toEqual(['fields.Name'])
    expect((await conflict(first)).state).toBe('superseded')
    expect((await conflict(repeated)).state).toBe('superseded')
    expect((await conflictsOf(known)).map((held) => held.conflict_id)).toEqual([
      other_group.conflict_id,
      other_caller,
    ])
    expect((await conflictsOf(known, 'superseded')).map((held) => held.conflict_id)).toEqual([
      first,
      repeated,
    ])
    expect(await settle(first, { dismiss: true, reason: 'a test' })).toMatchObject({ code: 1004 })
  })

  test('needs a key that may write, and that may see the lead', async () => {
    const { conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const resolution = { dismiss: true, reason: 'a test' }
    const path = `/v1/conflicts/${conflict_id}/resolution`
    const reader = await leadline.clientWith(['read'])
    expect(await reader.put(path, resolution)).toMatchObject({ status: 403, code: 1002 })
    await admin(connection, `insert into teams (name) values ('North') on conflict do nothing`)
    const { rows } = await admin(connection, `select team_id from teams where name = 'North'`)
    const stranger = await leadline.clientWith(['read', 'supervise'], [rows[0].team_id])
    expect(await stranger.put(path, resolution)).toMatchObject({ status: 404, code: 1004 })
    expect(await stranger.get(`/v1/conflicts/${conflict_id}`)).toMatchObject({ status: 404 })
    expect((await stranger.get<{ items: [] }>('/v1/conflicts')).body.items).toEqual([])
  })
})

describe('64 updates of one lead at once', () => {
  const CLIENTS = 64
  const connect = () =>
    Array.from({ length: CLIENTS }, () => new ClassicConnection(leadline.url, leadline.key, target))

  /** What each version wrote to each field, from the history. */
  const written = async (known: Known) =>
    new Map<string, number>(
      (await history(known)).flatMap(({ version, changes }) =>
        Object.entries(changes ?? {}).map(([path, [, value]]) => [`${path}=${value}`, version] as const),
      ),
    )

  test('each is taken or held, versions have no gap, and no value that was taken is lost unseen', async () => {
    const known = await ana()
    const { njExternalLeadId } = known
    const clients = connect()
    const fields = ['Name', 'Email', 'City', 'PostCode', 'source_id']
    const path = (field: string) => (field === 'source_id' ? 'unmapped.source_id' : `fields.${field}`)
    const done: { code: number; token: string; version: number | null; begun: number; ended: number }[] = []
    await Promise.all(
      clients.map(async (connection, i) => {
        for (let round = 0; round < 4; round++) {
          const field = fields[(i + round) % fields.length]!
          const value = `w${i}-${round}@example.com`
          const begun = performance.now()
          const { code, version } = await connection.post('updateLeadFast', {
            njExternalLeadId,
            FirstPhone: '<NO CHANGE>',
            [field]: value,
          })
          done.push({ code, version, token: `${path(field)}=${value}`, begun, ended: performance.now() })
        }
      }),
    )
    for (const connection of clients) connection.close()

    expect([...new Set(done.map(({ code }) => code))].sort()).toEqual([0, 110])
    const taken = done.filter(({ code }) => code === 0)
    const versions = taken.map(({ version }) => version!).sort((a, b) => a - b)
    expect(versions).toEqual(Array.from({ length: taken.length }, (_, i) => i + 2))
    const versionOf = await written(known)
    // What was taken stands in the history at the version that was answered; what was held stands nowhere.
    for (const { code, token, version } of done)
      expect(versionOf.get(token), token).toBe(code === 0 ? version : undefined)
    // Whoever began after another was answered comes after it.
    for (const earlier of taken)
      for (const later of taken)
        if (earlier.ended < later.begun) expect(earlier.version!).toBeLessThan(later.version!)
    const held = done.filter(({ code }) => code === 110)
    const kept = [...(await conflictsOf(known)), ...(await conflictsOf(known, 'superseded'))]
    expect(kept).toHaveLength(held.length)
  })

  test('of different groups: all are taken', async () => {
    const { body: template } = await client.post<{ template_id: number }>('/v1/templates', {
      name: 'Wide',
      contact_hours: 'Australia/Melbourne',
      fields: [
        { name: 'Phone', kind: 'phone' },
        ...Array.from({ length: CLIENTS }, (_, i) => ({ name: `Field${i}`, kind: 'text' })),
      ],
    })
    const into = await campaignOf(template.template_id, 'Wide')
    const phone = mobile()
    const known = { ...(await lead({ Phone: phone, FirstPhone: '' }, into)), phone }
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) =>
        client.updateLeadFast(into, {
          njExternalLeadId: known.njExternalLeadId,
          Phone: '<NO CHANGE>',
          [`Field${i}`]: `value ${i}`,
          njVersion: 1,
        }),
      ),
    )
    expect(codesOf(answers)).toEqual(Array(CLIENTS).fill(0))
    const now = await view(known)
    expect(now.version).toBe(CLIENTS + 1)
    for (let i = 0; i < CLIENTS; i++) expect(now.fields[`Field${i}`]).toBe(`value ${i}`)
  })

  test('of keys that are no field: the lead gets no more than fifty of them', async () => {
    const known = await ana()
    const connections = connect()
    const answers = await Promise.all(
      connections.map((connection, i) => {
        const { njExternalLeadId } = known
        return connection.post('updateLeadFast', {
          njExternalLeadId,
          FirstPhone: '<NO CHANGE>',
          [`key ${i}`]: 'x',
        })
      }),
    )
    for (const connection of connections) connection.close()
    expect(codesOf(answers)).toEqual(Array(CLIENTS).fill(0))
    expect(Object.keys((await view(known)).unmapped)).toHaveLength(50)
  })

  test('of one field from one base: one is taken, 63 are held one after the other', async () => {
    const known = await ana()
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) => update(known, { Name: `Ana ${i}`, njVersion: 1 })),
    )
    expect(codesOf(answers)).toEqual([0, ...Array(CLIENTS - 1).fill(110)])
    expect(await conflictsOf(known)).toHaveLength(1)
    expect(await conflictsOf(known, 'superseded')).toHaveLength(CLIENTS - 2)
  })

  test('of its numbers: none is claimed twice or forgotten', async () => {
    const known = await ana()
    const numbers = Array.from({ length: CLIENTS }, mobile)
    const answers = await Promise.all(
      numbers.map((number, i) => update(known, { [i % 2 ? 'FirstPhone' : 'SecondPhone']: number })),
    )
    for (const { code } of answers) expect([0, 110]).toContain(code)
    const held = new Set((await view(known)).phones.map(({ number }) => number))
    // Those that the lead has no more are free, the two that it has are not.
    const inserts = await Promise.all(
      numbers.map((FirstPhone) => client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone })),
    )
    for (const [i, { code }] of inserts.entries()) expect(code).toBe(held.has(e164(numbers[i]!)) ? 105 : 0)
  })
})

describe('numbers', () => {
  const free = async (number: string) =>
    (await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: number })).code

  test('one that is added is claimed; one that is cleared is free again', async () => {
    const known = await ana()
    const added = mobile()
    expect(await update(known, { SecondPhone: added })).toMatchObject({ code: 0, version: 2 })
    expect(await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: added })).toMatchObject({
      code: 105,
      lead_id: known.lead_id,
    })
    expect(await update(known, { SecondPhone: '' })).toMatchObject({ code: 0, version: 3 })
    expect((await view(known)).phones).toEqual([
      { field: 'FirstPhone', number: e164(known.phone), state: 'ok' },
    ])
    expect(await free(added)).toBe(0)
  })

  test('one that is replaced passes to the oldest lead beside it', async () => {
    const known = await ana()
    const beside = () =>
      client.insertLeadFast(
        target,
        { Name: 'Jane Smith', FirstPhone: known.phone },
        { allowDuplicates: true },
      )
    const [jane] = [await beside(), await beside()]
    expect(await update(known, { FirstPhone: mobile() })).toMatchObject({ code: 0 })
    const again = await client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: known.phone })
    expect(again).toMatchObject({ code: 105, lead_id: jane.lead_id })
  })

  test('swapped fields and other spellings are no new numbers', async () => {
    const second = mobile()
    const known = await ana({ SecondPhone: second })
    // Not even the private list stands in the way of numbers that the lead has.
    await client.post('/v1/dnc', { list: 'private', phones: [known.phone, second], reason: 'asked us' })
    const spelt = `+61 ${known.phone.slice(1, 4)} ${known.phone.slice(4, 7)} ${known.phone.slice(7)}`
    expect(await update(known, { FirstPhone: spelt })).toMatchObject({ code: 0, version: 1 })
    expect((await view(known)).fields.FirstPhone).toBe(known.phone)
    expect(await update(known, { FirstPhone: second, SecondPhone: known.phone })).toMatchObject({
      code: 0,
      version: 2,
    })
    expect((await view(known)).phones.map(({ number }) => number)).toEqual([e164(second), e164(known.phone)])
    expect(await update(known, { Name: 'Ana Costa', njDisposition: 'No Answer' })).toMatchObject({ code: 0 })
  })

  test('a new one that must not be called is refused, whatever else the update wants', async () => {
    const known = await ana()
    const listed = mobile()
    await client.post('/v1/dnc', { list: 'private', phones: [listed], reason: 'asked us' })
    expect(await update(known, { SecondPhone: listed, Name: 'Ana Costa' })).toMatchObject({
      code: 104,
      body: { list: 'private' },
    })
    expect(await update(known, { SecondPhone: listed }, { allowDuplicates: true })).toMatchObject({
      code: 104,
    })
    expect(await view(known)).toMatchObject({ version: 1, fields: { Name: 'Ana Silva' } })
  })

  test('a new one that another lead has is refused, or taken beside it', async () => {
    const [known, other] = [await ana(), await ana()]
    expect(await update(known, { SecondPhone: other.phone, Name: 'Ana Costa' })).toMatchObject({
      code: 105,
      lead_id: other.lead_id,
    })
    expect(await view(known)).toMatchObject({ version: 1, fields: { Name: 'Ana Silva' } })
    expect(await update(known, { SecondPhone: other.phone }, { allowDuplicates: true })).toMatchObject({
      code: 0,
    })
    expect(await client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: other.phone })).toMatchObject(
      {
        code: 105,
        lead_id: other.lead_id,
      },
    )
    await client.delete(`/v1/leads/${other.lead_id}`)
    expect(await client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: other.phone })).toMatchObject(
      {
        code: 105,
        lead_id: known.lead_id,
      },
    )
  })

  test('a lead keeps a number that can be dialled', async () => {
    const known = await ana()
    expect(await update(known, { FirstPhone: '' })).toMatchObject({ code: 102 })
    expect(await update(known, { FirstPhone: 'call me' })).toMatchObject({ code: 1006 })
    expect(await view(known)).toMatchObject({ version: 1, fields: { FirstPhone: known.phone } })
    // Beside one that can be dialled, another may be nonsense.
    expect(await update(known, { SecondPhone: 'call me' })).toMatchObject({ code: 0 })
    expect((await view(known)).phones).toEqual([
      { field: 'FirstPhone', number: e164(known.phone), state: 'ok' },
      { field: 'SecondPhone', state: 'invalid' },
    ])
    expect(await update(known, { FirstPhone: '' })).toMatchObject({ code: 1006 })
  })

  test('an update names a phone field', async () => {
    const { njExternalLeadId } = await ana()
    expect(await client.updateLeadFast(target, { njExternalLeadId, Name: 'Ana Costa' })).toMatchObject({
      code: 102,
    })
  })
})

describe('outcomes', () => {
  test('a disposition given again is a call record and a version, also when it changes no value', async () => {
    const known = await ana({ njDisposition: 'Sale' })
    expect(await update(known, { njDisposition: 'Sale' })).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { njDisposition: ' sale ' })).toMatchObject({ code: 0, version: 3 })
    expect((await calls(known)).map(({ disposition }) => disposition)).toEqual(['Sale', 'Sale', 'Sale'])
    expect((await history(known)).map(({ changes }) => changes)).toEqual([null, {}, {}])
    expect(await update(known, { Name: 'Ana Costa', njDisposition: '' })).toMatchObject({
      code: 0,
      version: 4,
    })
    expect(await update(known, { Name: 'Ana Costa' })).toMatchObject({ code: 0, version: 4 })
    expect(await calls(known)).toHaveLength(3)
    // Eight of them at once are eight outcomes.
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => update(known, { njDisposition: 'Sale' })),
    )
    expect(codesOf(answers)).toEqual(Array(8).fill(0))
    expect(await calls(known)).toHaveLength(11)
  })

  describe.each([
    ['a retry', { njDisposition: 'Busy' }],
    ['a final one', { njDisposition: 'Sale' }],
    ['one with a date', { njDisposition: 'Callback', njCallBackDate: '2027/03/01 10:00', njPriority: 3 }],
    ['one with other values', { njDisposition: 'No Answer', Name: 'Ana Costa', SecondPhone: '0491570156' }],
  ])('%s that is sent again with its njVersion', (_, outcome) => {
    const anew = () => ({ ...outcome, ...('SecondPhone' in outcome ? { SecondPhone: mobile() } : {}) })

    test('is one call: done once, held never, answered with the version of the lead', async () => {
      const known = await ana({ njDisposition: 'Client Approved Callback', njPriority: 2 })
      const [sent, later] = [{ ...anew(), njVersion: 1 }, { City: 'Carlton' }]
      expect(await update(known, sent)).toMatchObject({ code: 0, version: 2 })
      // Its rule goes by the clock: a second later it brings another date.
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      expect(await update(known, sent)).toMatchObject({ code: 0, version: 2 })
      expect(await update(known, later)).toMatchObject({ code: 0, version: 3 })
      expect(await update(known, sent)).toMatchObject({ code: 0, version: 3 })
      expect(await calls(known)).toHaveLength(2)
      expect(await conflictsOf(known)).toEqual([])
      expect(await view(known)).toMatchObject({
        fields: { City: 'Carlton' },
        disposition: sent.njDisposition,
      })
    })

    test('many times in one moment is one call', async () => {
      const known = await ana()
      const sent = { ...anew(), njVersion: 1 }
      const answers = await Promise.all(Array.from({ length: 8 }, () => update(known, sent)))
      expect(codesOf(answers)).toEqual(Array(8).fill(0))
      expect(await calls(known)).toHaveLength(2)
      expect(await view(known)).toMatchObject({ version: 2 })
    })
  })

  test('what is not the same request is another outcome: other values, another sender, no version', async () => {
    const known = await ana({ njDisposition: 'Sale' })
    const sale = { njDisposition: 'Sale', njVersion: 1 }
    const other = await leadline.clientWith(['read', 'write'])
    expect(await update(known, sale)).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { ...sale, Name: 'Ana Costa' })).toMatchObject({ code: 0, version: 3 })
    expect(await update(known, sale, {}, other)).toMatchObject({ code: 0, version: 4 })
    expect(await update(known, { njDisposition: 'Sale' })).toMatchObject({ code: 0, version: 5 })
    expect(await update(known, { ...sale, njVersion: 5 })).toMatchObject({ code: 0, version: 6 })
    expect(await calls(known)).toHaveLength(6)
    // And each of them, sent again, is known.
    for (const answer of [
      await update(known, sale),
      await update(known, { ...sale, Name: 'Ana Costa' }),
      await update(known, sale, {}, other),
      await update(known, { ...sale, njVersion: 5 }),
    ])
      expect(answer).toMatchObject({ code: 0, version: 6 })
    expect(await calls(known)).toHaveLength(6)
  })

  test('forgetting the lead takes along what its requests are known by', async () => {
    const known = await ana()
    await update(known, { njDisposition: 'Sale', njVersion: 1 })
    expect(await client.delete(`/v1/leads/${known.lead_id}`)).toMatchObject({ status: 204 })
    expect(await checkDatabase(leadline.connection)).toEqual([])
  })

  test('one that meets another outcome of the same base is held, as ever', async () => {
    const known = await ana()
    await update(known, { njDisposition: 'Sale', njVersion: 1 })
    const met = await update(known, { njDisposition: 'Busy', njVersion: 1 })
    expect(met).toMatchObject({ code: 110, body: { groups: ['outcome'] } })
    expect(await calls(known)).toHaveLength(2)
  })

  test('a final one closes the lead, another one opens it again', async () => {
    const known = await ana()
    expect(await update(known, { njDisposition: 'Sale' })).toMatchObject({ code: 0, version: 2 })
    expect(await view(known)).toMatchObject({ disposition: 'Sale', closed: true })
    expect(await update(known, { njDisposition: 'No Answer' })).toMatchObject({ code: 0, version: 3 })
    expect(await view(known)).toMatchObject({ disposition: 'No Answer', closed: false })
    expect((await history(known)).map(({ changes }) => changes?.closed)).toEqual([
      undefined,
      [false, true],
      [true, false],
    ])
  })

  test('a date beside a final one is ignored, beside another one it counts', async () => {
    const known = await ana()
    const year = new Date().getUTCFullYear() + 1
    const njCallBackDate = `${year}/03/01 10:00`
    await update(known, { njDisposition: 'Sale', njCallBackDate })
    expect(await view(known)).toMatchObject({ closed: true, callback: null })
    await update(known, { njDisposition: 'Client Approved Callback', njCallBackDate, njPriority: 1 })
    expect(await view(known)).toMatchObject({
      closed: false,
      client_approved: true,
      priority: 1,
      callback: { local: `${year}-03-01T10:00:00` },
    })
    // The customer has asked for it: it never becomes less urgent.
    await update(known, { njCallBackDate: '', njPriority: '' })
    expect(await view(known)).toMatchObject({ callback: null, priority: 1 })
  })

  test('unknown ones are refused; a lead that has none needs one', async () => {
    const known = await ana({ njDisposition: '' })
    expect(await update(known, { Name: 'Ana Costa' })).toMatchObject({ code: 107 })
    expect(await update(known, { njDisposition: 'Nonsense' })).toMatchObject({ code: 106 })
    expect(await update(known, { njDisposition: 'Busy' })).toMatchObject({ code: 0 })
    expect(await update(known, { Name: 'Ana Costa' })).toMatchObject({ code: 0 })
  })

  test('do not call closes the lead and lists its numbers in the same transaction', async () => {
    const [second, added, lost] = [mobile(), mobile(), mobile()]
    const known = await ana({ SecondPhone: second })
    await update(known, { njDisposition: 'Do Not Call' })
    expect(await view(known)).toMatchObject({
      closed: true,
      phones: [{ blocked_by: 'private' }, { blocked_by: 'private' }],
    })
    const changing = await ana({ SecondPhone: lost })
    await update(changing, { SecondPhone: added, njDisposition: 'Do Not Call' })
    const inserted = await ana({ njDisposition: 'Do Not Call' })
    const listed = [known.phone, second, changing.phone, added, inserted.phone]
    for (const phone of listed)
      expect(await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: phone })).toMatchObject({
        code: 104,
        body: { list: 'private' },
      })
    expect((await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: lost })).code).toBe(0)
    // now() is the time of the transaction: the entry and the lead have the same one.
    for (const { lead_id } of [known, changing, inserted]) {
      const { rows } = await admin(
        connection,
        `select count(*)::integer as entries, bool_and(e.added_at = l.updated_at) as together
         from leads l join dnc_entries e on e.source = l.campaign_id || '-' || l.number
         where l.campaign_id || '-' || l.number = '${lead_id}'`,
      )
      expect(rows).toEqual([{ entries: lead_id === inserted.lead_id ? 1 : 2, together: true }])
    }
    // Given again it lists nothing twice.
    await update(known, { njDisposition: 'Do Not Call' })
    const { body } = await client.get<{ items: [] }>('/v1/dnc', { phone: known.phone })
    expect(body.items).toHaveLength(1)
  })
})

async function campaignOf(template_id: number, name: string): Promise<Target> {
  const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { campaign_id } = body
  const { body: allocation } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name,
    started: true,
  })
  return { template_id, campaign_id, allocation_id: allocation.allocation_id }
}

/** A campaign of a template like the sample, with other rules. */
async function campaign(
  name: string,
  rules: { dnc_rule?: 'all' | 'any'; duplicate_rule?: 'any' | 'all' } = {},
) {
  const { body } = await client.post<{ template_id: number }>('/v1/templates', {
    name,
    contact_hours: 'Australia/Melbourne',
    ...rules,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'FirstPhone', kind: 'phone' },
      { name: 'SecondPhone', kind: 'phone' },
    ],
  })
  return campaignOf(body.template_id, name)
}

describe('do-not-call rules', () => {
  const list = (phones: string[], more: object = {}) =>
    client.post('/v1/dnc', { list: 'private', phones, reason: 'asked us', ...more })
  const offer = (into: Target, ...phones: string[]) =>
    client.insertLeadFast(into, {
      Name: 'Jane Smith',
      FirstPhone: phones[0] ?? '',
      SecondPhone: phones[1] ?? '',
    })

  test('all: refused when every valid number is blocked; otherwise taken, and the blocked one is shown', async () => {
    const into = await campaign('Rule all', { dnc_rule: 'all' })
    const [blocked, also, open] = [mobile(), mobile(), mobile()]
    await list([blocked, also])
    expect(await offer(into, blocked)).toMatchObject({ code: 104, body: { list: 'private' } })
    expect(await offer(into, blocked, also)).toMatchObject({ code: 104 })
    expect(await offer(into, blocked, 'call me')).toMatchObject({ code: 104 })
    const taken = await offer(into, blocked, open)
    expect(taken.code).toBe(0)
    const { body } = await client.get<Lead>(`/v1/leads/${taken.lead_id}`)
    expect(body.phones.map(({ blocked_by }) => blocked_by)).toEqual(['private', undefined])
  })

  test('any: one blocked number refuses, in inserts and in updates', async () => {
    const into = await campaign('Rule any', { dnc_rule: 'any' })
    const [blocked, open] = [mobile(), mobile()]
    await list([blocked])
    expect(await offer(into, blocked, open)).toMatchObject({ code: 104 })
    expect(await offer(into, open)).toMatchObject({ code: 0 })
    const known = await lead({ Name: 'Ana Silva' }, into)
    expect(await update(known, { FirstPhone: mobile(), SecondPhone: blocked })).toMatchObject({ code: 104 })
    expect(await update(known, { SecondPhone: mobile() })).toMatchObject({ code: 0 })
  })

  test('the campaign list blocks its campaign, and a client in no campaign', async () => {
    const [here, there] = [await campaign('Here'), await campaign('There')]
    const [listed, customer] = [mobile(), mobile()]
    await list([listed, customer], { list: 'campaign', campaign_id: here.campaign_id })
    await list([customer], { list: 'client' })
    expect(await offer(here, listed)).toMatchObject({ code: 104, body: { list: 'campaign' } })
    expect(await offer(there, listed)).toMatchObject({ code: 0 })
    expect(await offer(here, customer)).toMatchObject({ code: 0 })
    // A client who asked not to be called is not called.
    await list([customer])
    expect(await offer(there, customer)).toMatchObject({ code: 104, body: { list: 'private' } })
  })

  test('a number that is listed while its lead waits for a batch is refused: the lists count as they are when it is written', async () => {
    const [first, second] = [mobile(), mobile()]
    const blocker = new pg.Client(connection)
    await blocker.connect()
    await blocker.query('begin; lock table claims in access exclusive mode')
    const at_work = client.insertLeadFast(target, { FirstPhone: first })
    await until('the batch before it is at work', async () => {
      const { rows } = await blocker.query('select from pg_locks where not granted')
      return rows.length > 0
    })
    const waiting = client.insertLeadFast(target, { FirstPhone: second })
    await until('it has been judged', async () => {
      const { body } = await client.get<string>('/metrics')
      return /^leadline_gate_busy 2$/m.test(body)
    })
    expect(await client.post('/v1/dnc', { list: 'private', phones: [second] })).toMatchObject({ status: 201 })
    await blocker.end()
    expect(await at_work).toMatchObject({ code: 0 })
    expect(await waiting).toMatchObject({ code: 104 })
  })

  test('an entry ends when it expires, and when it is removed', async () => {
    const into = await campaign('Entries end')
    const [short, long, removed] = [mobile(), mobile(), mobile()]
    const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
    const expires_at = inSeconds(2)
    await list([short], { expires_at })
    await list([long], { expires_at: inSeconds(3_600) })
    await list([removed])
    expect(await offer(into, removed)).toMatchObject({ code: 104 })
    await client.post('/v1/dnc/removals', { list: 'private', phones: [removed], reason: 'asked us back' })
    expect(await offer(into, removed)).toMatchObject({ code: 0 })
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expires_at) - Date.now() + 50))
    expect(await offer(into, short)).toMatchObject({ code: 0 })
    expect(await offer(into, long)).toMatchObject({ code: 104 })
  })

  test('a client entry that ended protects no more', async () => {
    const into = await campaign('Clients end')
    const customer = mobile()
    await list([customer], { list: 'campaign', campaign_id: into.campaign_id })
    await list([customer], { list: 'client' })
    await client.post('/v1/dnc/removals', { list: 'client', phones: [customer], reason: 'left' })
    expect(await offer(into, customer)).toMatchObject({ code: 104, body: { list: 'campaign' } })
  })
})

describe('duplicate_rule all', () => {
  test('refuses only when not one number could be claimed', async () => {
    const into = await campaign('Duplicates all', { duplicate_rule: 'all' })
    const [one, two, three] = [mobile(), mobile(), mobile()]
    const offer = (FirstPhone: string, SecondPhone = '') =>
      client.insertLeadFast(into, { Name: 'Ana Silva', FirstPhone, SecondPhone })
    const first = await offer(one)
    const second = await offer(one, two)
    expect([first.code, second.code]).toEqual([0, 0])
    expect(await offer(one)).toMatchObject({ code: 105, lead_id: first.lead_id })
    expect(await offer(two)).toMatchObject({ code: 105, lead_id: second.lead_id })
    expect(await offer(one, two)).toMatchObject({ code: 105 })
    const known = await lead({ Name: 'Ana Silva' }, into)
    expect(await update(known, { FirstPhone: one })).toMatchObject({ code: 105 })
    expect(await update(known, { FirstPhone: one, SecondPhone: three })).toMatchObject({ code: 0 })
    // The first number was never its own: it stays with the first lead, then passes on.
    await client.delete(`/v1/leads/${first.lead_id}`)
    expect(await offer(one)).toMatchObject({ code: 105, lead_id: second.lead_id })
    await client.delete(`/v1/leads/${second.lead_id}`)
    expect(await offer(one)).toMatchObject({ code: 105, lead_id: known.lead_id })
    expect(await offer(two)).toMatchObject({ code: 0 })
  })
})

describe('forgetting', () => {
  test('leaves a tombstone: values, history, claims and external id are gone', async () => {
    const known = await ana({ SecondPhone: mobile(), source_id: 'web-7' })
    await update(known, { Name: 'Ana Costa', njDisposition: 'Do Not Call' })
    const held = await update(known, { Name: 'Ana Souza', njVersion: 1 })
    expect(held.code).toBe(110)
    expect(await client.delete(`/v1/leads/${known.lead_id}`)).toMatchObject({ status: 204, body: '' })

    for (const path of ['', '/history', '/calls'])
      expect(await client.get(`/v1/leads/${known.lead_id}${path}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.delete(`/v1/leads/${known.lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await update(known, { Name: 'Ana Lima' })).toMatchObject({ code: 101 })
    expect(await conflict(held.body.conflict_id)).toMatchObject({ state: 'forgotten', base: {}, mine: {} })
    expect(await settle(held.body.conflict_id, { dismiss: true, reason: 'a test' })).toMatchObject({
      code: 1004,
    })

    const { rows } = await admin(
      connection,
      `select to_jsonb(l) || jsonb_build_object('events', (select jsonb_agg(e) from events e
         where e.campaign_id = l.campaign_id and e.lead_number = l.number)) as row
       from leads l where l.campaign_id || '-' || l.number = '${known.lead_id}'`,
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(
      new RegExp(`Ana|Rose|web-7|${known.njExternalLeadId}"|${known.phone.slice(1)}`),
    )
    // The audit log says so, in the same transaction: now() is its time.
    const { rows: noted } = await admin(
      connection,
      `select a.at = l.forgotten_at as together from audit_log a join leads l
         on a.subject = 'lead:' || l.campaign_id || '-' || l.number
       where a.action = 'lead.forget' and a.subject = 'lead:${known.lead_id}'`,
    )
    expect(noted).toEqual([{ together: true }])
    // The entries of the do-not-call list stay: the next import must not bring the person back.
    expect(await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone: known.phone })).toMatchObject(
      {
        code: 104,
      },
    )
  })

  test('frees the numbers and the external id', async () => {
    const known = await ana()
    await client.delete(`/v1/leads/${known.lead_id}`)
    const { njExternalLeadId, phone } = known
    const again = await client.insertLeadFast(target, {
      Name: 'Ana Silva',
      FirstPhone: phone,
      njExternalLeadId,
    })
    expect(again.code).toBe(0)
    expect(again.lead_id).not.toBe(known.lead_id)
  })

  test('meets updates and clashes of the same moment: they are in time, or find nothing', async () => {
    for (let round = 0; round < 40; round++) {
      const known = await ana()
      await update(known, { Name: 'Ana Costa' })
      const [forgotten, ...answers] = await Promise.all([
        client.delete(`/v1/leads/${known.lead_id}`),
        update(known, { Name: 'Ana Souza', njVersion: 1 }),
        update(known, { City: 'Carlton' }),
        update(known, { SecondPhone: mobile() }),
        update(known, { njDisposition: 'Busy' }),
      ])
      expect(forgotten.status).toBe(204)
      for (const { code } of answers) expect([0, 101, 110]).toContain(code)
    }
  })
})

describe('held updates of many groups', () => {
  // An index row holds 2,704 bytes at most, and every unmapped key is a group of its own. Hashes cannot be compressed.
  const keys = Array.from({ length: 30 }, (_, i) => hash('sha512', `${i}`).repeat(2).slice(0, 150))
  const all = (value: string) => Object.fromEntries(keys.map((key) => [key, value]))

  test('are held like any other, and replaced by a repeat of the same clash', async () => {
    const { known, refused, conflict_id } = await clash(all('Monday'), all('Tuesday'))
    expect(refused.body.groups).toHaveLength(30)
    expect(await conflict(conflict_id)).toMatchObject({ state: 'open', mine: expect.any(Object) })
    const repeated = await update(known, { ...all('Friday'), njVersion: 1 })
    expect(repeated).toMatchObject({ status: 400, code: 110 })
    expect(await conflict(conflict_id)).toMatchObject({ state: 'superseded' })
    expect((await conflictsOf(known)).map((held) => held.conflict_id)).toEqual([repeated.body.conflict_id])
  })
})

describe('the list of held updates', () => {
  const listed = async (query: Record<string, string | number>) =>
    (await client.get<{ items: Conflict[] }>('/v1/conflicts', { limit: 500, ...query })).body.items

  test('has each beside its own lead, and one that is settled only when it is asked for', async () => {
    const first = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const second = await clash({ Name: 'Jane Smith' }, { Name: 'Ana Lima' })
    const both = { cursor: first.conflict_id - 1 }
    expect(await listed(both)).toMatchObject([
      {
        conflict_id: first.conflict_id,
        lead_id: first.known.lead_id,
        theirs: { 'fields.Name': 'Ana Costa' },
      },
      {
        conflict_id: second.conflict_id,
        lead_id: second.known.lead_id,
        theirs: { 'fields.Name': 'Jane Smith' },
      },
    ])
    expect(await settle(first.conflict_id, { dismiss: true, reason: 'a test' })).toMatchObject({
      status: 200,
    })
    expect(await listed(both)).toMatchObject([{ conflict_id: second.conflict_id, state: 'open' }])
    expect(await listed({ ...both, state: 'dismissed' })).toMatchObject([
      { conflict_id: first.conflict_id, state: 'dismissed', theirs: null },
    ])
    // Nothing stamps what expires.
    await admin(
      connection,
      `update held_updates set expires_at = now() - interval '1 second' where held_update_id = ${second.conflict_id}`,
    )
    expect(await listed(both)).toEqual([])
    expect(await listed({ ...both, state: 'expired' })).toMatchObject([{ conflict_id: second.conflict_id }])
    expect(await conflictsOf(second.known, 'expired')).toHaveLength(1)
    expect(await settle(second.conflict_id, { dismiss: true, reason: 'late' })).toMatchObject({ code: 1004 })
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
