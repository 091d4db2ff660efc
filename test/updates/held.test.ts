// Held updates: how they are shown, settled, replaced and listed.

import { hash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { Page } from '../../src/client/answer.ts'
import type { Conflict } from '../../src/client/api.ts'
import type { LeadDocument } from '../../src/client/client.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { ADDRESS, e164 } from '../support/leads.ts'
import { admin } from '../support/postgres.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { lead, ana, update, view, calls, history, conflict, conflictsOf, settle, clash } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

describe('a held update', () => {
  test('is counted by its lead alone', async () => {
    const { known } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    const other = await ana()
    expect([(await view(known)).open_conflicts, (await view(other)).open_conflicts]).toEqual([1, 0])
  })

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
    (await client.get<Page<Conflict>>('/v1/conflicts', { limit: 500, ...query })).body.items

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
