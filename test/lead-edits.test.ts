// Leads over /v1: inserted, and changed against a version; what becomes of a change whose lead has moved on.

import { afterEach, describe, expect, test } from 'vitest'
import type { ChangedLead, Lead, LeadPatch } from '../src/client/api.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { addressIn, e164, groupOf, leadsOf, metBy } from './support/leads.ts'
import { until } from './support/until.ts'

const NOW = '2026-07-01T01:30:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, target, connection } = leadline
const { allocation_id } = target
const { ana, view, changed, callsOf, historyOf } = leadsOf(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

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

  test('is refused with everything that is wrong, each at its place', async () => {
    const wrong = await client.request('POST', '/v1/leads', {
      body: {
        allocation_id,
        fields: { Email: 'not an address', City: 7, Shoe: '42', FirstPhone: 'call me' },
        unmapped: { City: 'Fitzroy', njDisposition: 'Sale' },
        priority: 101,
        callback: { local: '2027-02-30T10:00', zone: 'UTC' },
        contact_hours: 'Mars',
        disposition: 'Sale',
        allow_duplicates: 'yes',
      },
    })
    expect(wrong).toMatchObject({ status: 422, code: 1005 })
    const { errors } = wrong.body as { errors: { code: number; field: string; detail: string }[] }
    expect(errors.map(({ code, field }) => `${code} ${field}`).toSorted()).toEqual([
      '1005 /allow_duplicates',
      '1005 /callback/zone',
      '1005 /disposition',
      '1005 /fields/City',
      '1005 /fields/Email',
      '1005 /fields/Shoe',
      '1005 /unmapped/City',
      '1005 /unmapped/njDisposition',
      '1006 /fields/FirstPhone',
      '1007 /callback/local',
      '1008 /priority',
      '111 /contact_hours',
    ])
    for (const { detail } of errors) expect(detail).toMatch(/\w/)
  })

  test.each([
    ['/', 'a text', 1003],
    ['/allocation_id', { fields: {} }, 1005],
    ['/allocation_id', { allocation_id: '1', fields: {} }, 1005],
    ['/fields', { allocation_id, fields: ['Ana'] }, 1005],
    ['/fields/FirstPhone', { allocation_id, fields: {} }, 102],
    ['/fields/FirstPhone', { allocation_id }, 102],
    ['/external_id', { allocation_id, fields: { FirstPhone: '0412345678' }, external_id: 7 }, 1005],
    ['/callback', { allocation_id, fields: { FirstPhone: '0412345678' }, callback: '2026-11-26' }, 1005],
    [
      '/unmapped/a~1b~0c',
      { allocation_id, fields: { FirstPhone: '0412345678' }, unmapped: { 'a/b~c': 7 } },
      1005,
    ],
  ])('points at %s', async (field, body, code) => {
    const answer = await client.post<{ field?: string }>('/v1/leads', body)
    expect(answer.code, JSON.stringify(answer.body)).toBe(code)
    if (code !== 1003) expect(answer.body.field).toBe(field)
  })

  test('has its callback in the zone of its contact hours, also where the clock is changed', async () => {
    const callback = async (local: string) => {
      const made = await client.createLead({
        allocation_id,
        fields: { FirstPhone: mobile() },
        callback: { local },
      })
      return made.ok ? made.body.callback : `${made.code} ${made.body.field}`
    }
    // Skipped: the first minute after the gap. Twice: the first.
    expect(await callback('2026-10-04T02:30')).toMatchObject({
      local: '2026-10-04T02:30:00',
      at: '2026-10-03T16:00:00Z',
    })
    expect(await callback('2027-04-04T02:30')).toMatchObject({ at: '2027-04-03T15:30:00Z' })
    expect(await callback('2026-11-26T10:00:30')).toMatchObject({ local: '2026-11-26T10:00:30' })
    expect(await callback('2025-07-02T00:00')).toMatchObject({ local: '2025-07-02T00:00:00' })
    expect(await callback('2025-06-30T23:59')).toBe('1007 /callback/local')
    expect(await callback('2031-07-01T00:00')).toMatchObject({ local: '2031-07-01T00:00:00' })
    expect(await callback('2031-07-02T12:00')).toBe('1007 /callback/local')
    expect(await callback('2026/11/26 10:00')).toBe('1007 /callback/local')
    expect(await callback(' ')).toBe('1007 /callback/local')
  })

  test('for somebody is kept for them once its callback is due', async () => {
    const due = { allocation_id, fields: { FirstPhone: mobile() }, callback: { local: '2026-07-01T11:29' } }
    const made = await client.createLead({ ...due, priority: 0, callback_agent: 'kim' })
    const { id } = made.body as Lead
    const lease = async (agent?: string) => {
      const taken = await client.post<{ items: { lease_id: string; lead: Lead }[] }>(
        `/v1/allocations/${allocation_id}/leases`,
        { agent },
      )
      const [item] = taken.body.items
      if (item) await client.delete(`/v1/leases/${item.lease_id}`)
      return item?.lead.id
    }
    expect(await lease('lee')).not.toBe(id)
    expect(await lease('kim')).toBe(id)
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

  test('is refused without the version that it was made from; a weak tag names one too', async () => {
    const { id } = await ana()
    const patch = (if_match?: string) =>
      client.request<{ version?: number }>('PATCH', `/v1/leads/${id}`, {
        body: { fields: { City: 'Fitzroy' } },
        headers: if_match === undefined ? {} : { 'If-Match': if_match },
      })
    for (const [tag, status, code] of [
      [undefined, 428, 1014],
      ['*', 428, 1014],
      ['"v1", "v2"', 400, 1003],
      ['v1', 400, 1003],
      ['"v0"', 400, 1003],
      ['"v2"', 400, 1003],
    ] as const)
      expect(await patch(tag), tag).toMatchObject({ status, code })
    expect(await patch('W/"v1"')).toMatchObject({ status: 200, body: { version: 2 } })
  })

  test('leaves alone what it does not name, clears with null, and never stores <NO CHANGE>', async () => {
    const { id, phone } = await ana({
      unmapped: { crm: 'A-17', form: 'spring' },
      priority: 3,
      callback: { local: '2026-11-26T10:00' },
      callback_agent: 'kim',
      contact_hours: 'Australia/Melbourne',
    })
    const keep = '<NO CHANGE>'
    const kept = await changed(id, 1, {
      fields: { Name: keep, FirstPhone: keep },
      unmapped: { crm: keep },
      callback: { local: keep },
      callback_agent: keep,
      contact_hours: keep,
      disposition: keep,
    })
    expect(kept).toMatchObject({
      version: 1,
      fields: { Name: 'Ana Silva', FirstPhone: phone },
      callback_agent: 'kim',
    })
    expect(await callsOf(id)).toEqual([])
    const cleared = await changed(id, 1, {
      fields: { Name: null, City: '' },
      unmapped: { crm: null },
      callback: null,
      callback_agent: null,
      priority: null,
      contact_hours: null,
    })
    expect(cleared).toMatchObject({
      version: 2,
      unmapped: { form: 'spring' },
      callback: null,
      callback_agent: null,
      priority: 10,
    })
    expect(Object.keys(cleared.fields)).not.toContain('Name')
    expect(await changed(id, 2, {})).toMatchObject({ version: 2 })
    expect(await changed(id, 2, { fields: { State: 'Vic' }, priority: 10 })).toMatchObject({ version: 2 })
  })

  test('need not name a phone field or a disposition, as a classic update must', async () => {
    const { id } = await ana()
    expect(await changed(id, 1, { fields: { City: 'Fitzroy' } })).toMatchObject({
      version: 2,
      disposition: null,
    })
  })

  test('is refused with everything that is wrong, each at its place', async () => {
    const { id } = await ana()
    const wrong = await client.request('PATCH', `/v1/leads/${id}`, {
      headers: { 'If-Match': '"v1"' },
      body: {
        fields: { Email: 'nobody', City: 7, Shoe: '42', FirstPhone: null },
        disposition: 'Delighted',
        priority: 'high',
        callback: { local: 'tomorrow' },
        callback_agent: 7,
        contact_hours: 'Mars',
        external_id: 'other',
        source: 'me',
      },
    })
    expect(wrong).toMatchObject({ status: 422, code: 106 })
    const { errors } = wrong.body as { errors: { code: number; field: string }[] }
    expect(errors.map(({ code, field }) => `${code} ${field}`).toSorted()).toEqual([
      '1005 /callback_agent',
      '1005 /external_id',
      '1005 /fields/City',
      '1005 /fields/Email',
      '1005 /fields/Shoe',
      '1005 /source',
      '1007 /callback/local',
      '1008 /priority',
      '102 /fields/FirstPhone',
      '106 /disposition',
      '111 /contact_hours',
    ])
  })

  test('with a disposition is an outcome, also with the one that the lead has', async () => {
    const { id } = await ana()
    expect(await changed(id, 1, { disposition: 'busy' })).toMatchObject({
      version: 2,
      disposition: 'Busy',
      callback: { local: '2026-07-01T11:45:00' },
    })
    expect(await changed(id, 2, { disposition: 'Busy' })).toMatchObject({ disposition: 'Busy' })
    expect(await callsOf(id)).toEqual(['Busy', 'Busy'])
    // Values beside the disposition win over its rule.
    const agreed = { disposition: 'Callback', callback: { local: '2026-11-26T10:00' }, priority: 1 }
    expect(await changed(id, (await view(id)).version, agreed)).toMatchObject({
      disposition: 'Callback',
      callback: { local: '2026-11-26T10:00:00' },
      priority: 1,
    })
    const closed = await changed(id, (await view(id)).version, {
      disposition: 'Do Not Call',
      callback: { local: '2026-11-26T10:00' },
    })
    expect(closed).toMatchObject({ closed: true, callback: null })
    expect(closed.phones).toMatchObject([{ blocked_by: 'private' }])
    const calls = await client.leadCalls(id)
    expect(calls.body).toMatchObject({
      items: [{}, {}, {}, { disposition: 'Do Not Call', way: 'v1', actor: 'key:1', actor_name: 'bootstrap' }],
    })
  })

  test('with a disposition that is sent again and again is one call, and starts its actions once', async () => {
    const made = await client.post<{ action_id: number }>('/v1/actions', {
      name: 'counted',
      kind: 'email',
      config: { to: '${Email}', subject: 's', text: 't' },
    })
    const path = '/v1/disposition-sets/1/dispositions/Pitch%20No%20Sale/actions'
    await client.put(path, { action_ids: [made.body.action_id] })
    const outcome = { disposition: 'Pitch No Sale' }
    for (const [on_conflict, again] of [
      ['fail', 412],
      ['merge', 200],
      ['hold', 200],
    ] as const) {
      const { id } = await ana()
      await changed(id, 1, { disposition: 'Sale' })
      const answers = []
      for (let sent = 0; sent < 4; sent++) answers.push(await client.patchLead(id, 2, outcome, on_conflict))
      expect(answers.map(({ status }) => status)).toEqual([200, again, again, again])
      if (again === 200) expect(answers[3]!.body).toMatchObject({ version: 3, merged: { base_version: 2 } })
      expect(await callsOf(id)).toEqual(['Sale', 'Pitch No Sale'])
      const runs = await client.get<{ items: object[] }>('/v1/action-runs', { lead_id: id })
      expect(runs.body.items).toHaveLength(1)
      expect(await view(id)).toMatchObject({ version: 3, open_conflicts: 0 })
    }
  })

  test('with a disposition that changes no value makes a version, so that its tag is used up', async () => {
    const { id } = await ana()
    await changed(id, 1, { disposition: 'Sale' })
    expect(await changed(id, 2, { disposition: 'Sale' })).toMatchObject({ version: 3 })
    expect((await historyOf(id)).at(-1)).toMatchObject({ version: 3, changes: {}, way: 'v1' })
    expect(await client.patchLead(id, 2, { disposition: 'Sale' })).toMatchObject({ status: 412 })
    expect(await callsOf(id)).toEqual(['Sale', 'Sale'])
  })

  test('with a disposition starts its actions', async () => {
    const made = await client.post<{ action_id: number }>('/v1/actions', {
      name: 'listed',
      kind: 'dnc',
      config: { list: 'private' },
    })
    const { action_id } = made.body
    await client.put('/v1/disposition-sets/1/dispositions/Fax/actions', { action_ids: [action_id] })
    const { id } = await ana()
    await changed(id, 1, { disposition: 'Fax' })
    const runs = async () =>
      (await client.get<{ items: { action_id: number }[] }>('/v1/action-runs', { lead_id: id })).body.items
    expect(await runs()).toMatchObject([{ action_id }])
    await until('the action has run', async () => (await view(id)).phones[0]?.blocked_by === 'private')
  })

  test('takes numbers that nobody holds and that may be called; others beside their holder when that is asked for', async () => {
    const [one, other] = [await ana(), await ana()]
    const blocked = mobile()
    await client.post('/v1/dnc', { list: 'private', phones: [blocked] })
    const add = (SecondPhone: string, more: LeadPatch = {}) =>
      client.patchLead(one.id, 1, { fields: { SecondPhone }, ...more })
    // The field is named, so that a screen can show where the number stands.
    const field = '/fields/SecondPhone'
    expect(await add(other.phone)).toMatchObject({
      status: 409,
      code: 105,
      body: { lead_id: other.id, field },
    })
    expect(await add(blocked, { allow_duplicates: true })).toMatchObject({
      status: 422,
      code: 104,
      body: { list: 'private', field },
    })
    expect(await add(e164(one.phone), { fields: { FirstPhone: e164(one.phone) } })).toMatchObject({
      body: { version: 1 },
    })
    expect(await add(other.phone, { allow_duplicates: true })).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
  })

  test('is made while a dialler has the lead, and one that closes it ends the lease', async () => {
    const { id, phone } = await ana({ priority: 0 })
    const path = `/v1/allocations/${allocation_id}/leases`
    const taken = await client.post<{ items: { lease_id: string; lead: Lead }[] }>(path, {})
    const [{ lease_id, lead }] = taken.body.items as [{ lease_id: string; lead: Lead }]
    expect(lead).toMatchObject({ id, version: 1 })
    await changed(id, 1, { fields: { City: 'Fitzroy' } })
    await changed(id, 2, { disposition: 'Sale' })
    const report = { disposition: 'No Answer', phone, fields: { Name: 'Ana Costa' } }
    const reported = await client.put<{ applied: boolean }>(`/v1/leases/${lease_id}/outcome`, report)
    expect(reported).toMatchObject({ status: 200, body: { applied: false } })
    expect(await view(id)).toMatchObject({
      disposition: 'Sale',
      closed: true,
      fields: { Name: 'Ana Costa', City: 'Fitzroy' },
    })
  })

  test('of a lead that the key may not see finds nothing', async () => {
    const north = await leadline.clientWith(['read', 'write'], [await ensureTeam(leadline.pool, 'North')])
    const { id } = await ana()
    const answers = [
      await north.patchLead(id, 1, { fields: { City: 'Fitzroy' } }),
      await north.previewMerge(id, { base_version: 1, mine: {} }),
      await north.mergeLead(id, { base_version: 1, lead_version: 1, mine: {}, decisions: {} }),
      await north.revertLead(id, { version: 1, lead_version: 1 }),
      await north.leadVersion(id, 1),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, code: 101 })
    expect(await north.createLead({ allocation_id, fields: { FirstPhone: mobile() } })).toMatchObject({
      status: 404,
      code: 1004,
    })
  })

  test('by a key that may not read answers what was written and nothing of the lead', async () => {
    const form = await leadline.clientWith(['write'])
    const { id } = await ana()
    const answer = await form.patchLead(id, 1, { fields: { City: 'Fitzroy' } })
    expect(answer).toMatchObject({ status: 200, body: { id, version: 2 } })
    expect(JSON.stringify(answer.body)).not.toMatch(/Ana|Rose|Fitzroy/)
    const late = await form.patchLead(id, 1, { fields: { City: 'Carlton' } }, 'merge')
    expect(late).toMatchObject({ status: 412, body: { lead_version: 2, groups: ['address'] } })
    expect(late.body).not.toHaveProperty('conflict')
  })
})

describe('a change of a lead that has moved on', () => {
  test('is merged with what others did, when it may be', async () => {
    const { id } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' }, priority: 5 })
    const merged = await client.patchLead(id, 1, { fields: { Name: 'Ana Costa' } }, 'merge')
    expect(merged).toMatchObject({
      status: 200,
      body: { version: 3, fields: { City: 'Fitzroy', Name: 'Ana Costa' }, merged: { base_version: 1 } },
    })
    const { kept } = (merged.body as ChangedLead).merged!
    expect(kept.toSorted()).toEqual(['address', 'outcome'])
    // Equal values do not clash, and nothing is written twice.
    const same = await client.patchLead(id, 1, { fields: { City: 'Fitzroy', Name: 'Ana Costa' } }, 'merge')
    expect(same).toMatchObject({ status: 200, body: { version: 3 } })
    const clash = await client.patchLead(
      id,
      1,
      { fields: { City: 'Carlton', Email: 'ana@example.com' } },
      'merge',
    )
    expect(metBy(clash).groups.filter(({ class: found }) => found === 'conflict')).toMatchObject([
      {
        group: 'address',
        base: addressIn('Abbotsford'),
        mine: addressIn('Carlton'),
        theirs: addressIn('Fitzroy'),
      },
    ])
    expect(await view(id)).toMatchObject({ version: 3, fields: { City: 'Fitzroy' } })
    expect((await view(id)).fields).not.toHaveProperty('Email')
    const open = await client.conflicts({ lead_id: id })
    expect(open.body).toMatchObject({ items: [] })
  })

  test('brings no more than fifty keys that are no field, with those that others brought', async () => {
    const unmapped = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`key ${i}`, 'x']))
    const { id } = await ana({ unmapped })
    await changed(id, 1, { fields: { City: 'Fitzroy' }, unmapped: { theirs: 'x' } })
    const mine = { fields: { City: 'Carlton' }, unmapped: { mine: 'x' } }
    const one_more = (at: string) => ({ status: 422, code: 1005, body: { field: `${at}mine` } })
    for (const way of ['merge', 'hold'] as const)
      expect(await client.patchLead(id, 1, { unmapped: mine.unmapped }, way)).toMatchObject(
        one_more('/unmapped/'),
      )
    const held = await client.patchLead(id, 1, mine, 'hold')
    const { conflict_id } = held.body as { conflict_id: number }
    const decided = { lead_version: 2, decisions: { address: { take: 'mine' as const } } }
    expect(await client.settleConflict(conflict_id, decided)).toMatchObject(one_more(''))
    expect(await client.mergeLead(id, { base_version: 1, mine, ...decided })).toMatchObject(
      one_more('/mine/unmapped/'),
    )
    // One that goes makes room for one, and is not brought back as the fifty-first.
    await changed(id, 2, { unmapped: { theirs: null, mine: 'x' } })
    await changed(id, 3, { unmapped: { mine: null } })
    await changed(id, 4, { unmapped: { theirs: 'x' } })
    expect(await client.revertLead(id, { version: 4, lead_version: 5 })).toMatchObject(one_more(''))
    expect(Object.keys((await view(id)).unmapped)).toHaveLength(50)
    const refused = await client.createLead({
      allocation_id,
      fields: { FirstPhone: mobile() },
      unmapped: { ...unmapped, theirs: 'x', mine: 'x' },
    })
    expect(refused).toMatchObject({ status: 422, code: 1005 })
  })

  test('waits for a person, when that is asked for', async () => {
    const { id } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' } })
    const held = await client.patchLead(id, 1, { fields: { City: 'Carlton', Name: 'Ana Costa' } }, 'hold')
    expect(held).toMatchObject({
      ok: true,
      status: 202,
      body: { lead_id: id, lead_version: 2, groups: ['address'] },
    })
    const { conflict_id } = held.body as { conflict_id: number }
    expect(await view(id)).toMatchObject({ version: 2, fields: { Name: 'Ana Silva' } })
    const found = await client.conflict(conflict_id)
    expect(found.body).toMatchObject({
      way: 'v1',
      caller: 'key:1',
      caller_name: 'bootstrap',
      clashes: ['address'],
      conflict: { base_version: 1, lead_version: 2, mine: { 'fields.Name': 'Ana Costa' } },
    })
    const decisions = { address: { take: 'mine' as const } }
    expect(await client.settleConflict(conflict_id, { lead_version: 2, decisions })).toMatchObject({
      status: 200,
      body: { version: 3 },
    })
    expect(await view(id)).toMatchObject({ fields: { City: 'Carlton', Name: 'Ana Costa', PostCode: '3067' } })
    expect(await client.settleConflict(conflict_id, { lead_version: 3, decisions })).toMatchObject({
      status: 404,
    })
    // A change that can be merged waits for nobody.
    expect(await client.patchLead(id, 1, { fields: { Email: 'ana@example.com' } }, 'hold')).toMatchObject({
      status: 200,
      body: { version: 4 },
    })
  })

  test('spells a number as the lead has it by now: the same number is no clash', async () => {
    const { id } = await ana()
    const number = mobile()
    await changed(id, 1, { fields: { FirstPhone: number } })
    expect(await client.patchLead(id, 1, { fields: { FirstPhone: e164(number) } }, 'merge')).toMatchObject({
      status: 200,
      body: { version: 2, fields: { FirstPhone: number } },
    })
  })

  test('by an operator is made at the screen, under their name', async () => {
    const [robin, kim] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const { id } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' } }, robin)
    const { theirs } = metBy(await kim.patchLead(id, 1, { fields: { City: 'Carlton' } }, 'merge'))
    const { operator_id, name } = robin.operator
    expect(theirs).toMatchObject({ actor: `operator:${operator_id}`, actor_name: name, way: 'screen' })
    expect((await historyOf(id))[1]).toMatchObject({ actor_name: name, way: 'screen' })
    const held = await kim.patchLead(id, 1, { fields: { City: 'Carlton' } }, 'hold')
    const { conflict_id } = held.body as { conflict_id: number }
    expect((await client.conflict(conflict_id)).body).toMatchObject({
      caller_name: kim.operator.name,
      way: 'screen',
    })
  })
})
