// Contact hours, disposition sets with their dispositions, actions: changed from a known version, tried first, taken back,
// deleted when nothing uses them.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type {
  Action,
  ContactHours,
  DispositionChange,
  DispositionSet,
  Lead,
  OpenWindow,
  Template,
} from '../src/client/api.ts'
import type { Answer } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { contractOn } from './support/contract.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { ask } = contractOn(leadline)
const second = await startLeadline({ connection })

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
const fresh = (what: string) => `${what} ${++names}`
const bodyOf = <Body extends object>({ status, body }: Answer<Body>, wanted = 201) => {
  expect(status, JSON.stringify(body)).toBe(wanted)
  return body
}

const hours = async (more: object = {}) =>
  bodyOf(await client.post<ContactHours>('/v1/contact-hours', { name: fresh('Hours'), zone: 'UTC', ...more }))
const dispositionSet = async (copy_of?: number) =>
  bodyOf(await client.post<DispositionSet>('/v1/disposition-sets', { name: fresh('Set'), copy_of }))
const urlAction = (name: string, secret = 'first') => ({
  name,
  kind: 'url' as const,
  config: { method: 'POST' as const, url: 'https://crm.example/', headers: { 'X-Api-Key': secret } },
})
const action = async () => bodyOf(await client.post<Action>('/v1/actions', urlAction(fresh('Action'))))
const NEW = { kind: 'retry', priority: 10, delay_s: 60 } as const

/** A template with a campaign, and a started allocation in it. */
async function template(more: object) {
  const made = await client.post<Template>('/v1/templates', {
    name: fresh('Template'),
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
    ...more,
  })
  const { template_id } = bodyOf(made)
  const campaign = await client.createCampaign({ template_id, name: 'one' })
  const { campaign_id } = campaign.body as { campaign_id: number }
  const allocation = await client.createAllocation({ campaign_id, name: 'one', started: true })
  const { allocation_id } = allocation.body as { allocation_id: number }
  return { template_id, campaign_id, allocation_id }
}

const entriesOf = async (subject: string) => {
  const { rows } = await admin(
    connection,
    `select action from audit_log where subject = '${subject}' order by audit_id`,
  )
  return rows.map(({ action }) => action)
}

test('every answer has the version in ETag, except whether contact hours are open, which changes by itself', async () => {
  const name = fresh('Hours')
  const made = await ask<ContactHours>('POST', '/v1/contact-hours', { body: { name, zone: 'UTC' } })
  const at = `/v1/contact-hours/${made.body.contact_hours_id}`
  const { disposition_set_id } = await dispositionSet()
  const set = `/v1/disposition-sets/${disposition_set_id}`
  const one = `${set}/dispositions/Sale`
  const { action_id, name: action_name } = await action()
  const off = { ...urlAction(action_name), enabled: false }
  const tags = [
    made,
    await ask('PATCH', at, { body: { weekly: [] } }),
    await ask('GET', at),
    await ask('GET', `${at}/opening`),
    await ask('PATCH', set, { body: { name: fresh('Set') } }),
    await ask('POST', `${set}/dispositions`, { body: { code: 'Sale', kind: 'final' } }),
    await ask('PATCH', one, { body: { priority: 3 } }),
    await ask('PUT', `${one}/actions`, { body: { action_ids: [action_id] } }),
    await ask('GET', `${one}/actions`),
    await client.request('DELETE', one),
    await ask('GET', set),
    await ask('PUT', `/v1/actions/${action_id}`, { body: off }),
    await ask('GET', `/v1/actions/${action_id}`),
  ].map(({ headers }) => headers.get('ETag'))
  const [hours_tags, set_tags, action_tags] = [tags.slice(0, 4), tags.slice(4, 11), tags.slice(11)]
  expect(hours_tags).toEqual(['"v1"', '"v2"', '"v2"', null])
  expect(set_tags).toEqual(['"v2"', '"v3"', '"v4"', '"v5"', '"v5"', '"v6"', '"v6"'])
  expect(action_tags).toEqual(['"v2"', '"v2"'])
})

const MOVED = { status: 412, code: 110 }
const WEEKLY: OpenWindow[] = [{ days: ['mon', 'tue'], from: '09:00', to: '17:00' }]

describe('contact hours', () => {
  test('are changed from the version that their author saw, or not at all', async () => {
    const { contact_hours_id: id, version } = await hours()
    const first = await client.changeContactHours(id, { weekly: WEEKLY }, {}, version)
    expect(first).toMatchObject({ status: 200, body: { version: 2, weekly: WEEKLY } })
    expect(await client.changeContactHours(id, { weekly: null }, {}, version)).toMatchObject(MOVED)
    expect(await client.changeContactHours(id, { weekly: WEEKLY }, {}, version)).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
    expect(await entriesOf(`contact_hours:${id}`)).toEqual(['contact_hours.create', 'contact_hours.change'])
  })

  test('are as before when every change is taken back', async () => {
    const before = await hours()
    const { contact_hours_id: id } = before
    const { name, zone, weekly, exceptions, valid_from, valid_to } = before
    await client.changeContactHours(id, {
      name: fresh('Renamed'),
      zone: 'Australia/Perth',
      weekly: [{ days: ['mon'], from: '09:00', to: '12:00' }],
      exceptions: [{ date: '2027-01-01', name: 'New Year', windows: [] }],
      valid_from: '2026-01-01',
      valid_to: '2027-12-31',
    })
    const undo = { name, zone, weekly, exceptions, valid_from, valid_to }
    expect(await client.changeContactHours(id, undo, {}, 2)).toMatchObject({
      status: 200,
      body: { ...undo, version: 3 },
    })
    const other_case = { name: name.toUpperCase() }
    expect(await client.changeContactHours(id, other_case)).toMatchObject({ body: other_case })
  })

  test('a dry run counts the leads that have them, of their own or by their template, and begins no move', async () => {
    const { contact_hours_id: id, name } = await hours()
    const own = { FirstPhone: mobile(), njContactHours: name }
    expect(await client.insertLead(target, own)).toMatchObject({ code: 0 })
    expect(await client.insertLead(target, { FirstPhone: mobile() })).toMatchObject({ code: 0 })
    const of_template = await template({ contact_hours: name })
    for (const njContactHours of ['', '', 'Australia/Melbourne'])
      expect(await client.insertLead(of_template, { Phone: mobile(), njContactHours })).toMatchObject({
        code: 0,
      })
    const rehearsed = await client.changeContactHours(id, { zone: 'Australia/Perth' }, { dry_run: true })
    expect(rehearsed).toMatchObject({
      status: 200,
      body: { zone: 'Australia/Perth', version: 1, touches: { leads: 3 }, callback_move: null },
    })
    expect(await client.contactHours(id)).toMatchObject({ body: { zone: 'UTC', version: 1 } })
    expect(await entriesOf(`contact_hours:${id}`)).toEqual(['contact_hours.create'])
    const wrong = await client.changeContactHours(id, { valid_from: '2026-02-30' }, { dry_run: true })
    expect(wrong).toMatchObject({ status: 422 })
  })

  test('are deleted when nothing has them, and what has them is named', async () => {
    const { contact_hours_id: id, name } = await hours()
    const of_template = await template({ contact_hours: name })
    const refused = async (why: string) => {
      for (const query of [{}, { dry_run: true }])
        expect(await client.deleteContactHours(id, query)).toMatchObject({
          status: 422,
          code: 1005,
          body: { detail: expect.stringContaining(why) },
        })
    }
    await refused('templates with these contact hours: 1.')
    await admin(
      connection,
      `update templates set contact_hours_id = 1 where template_id = ${of_template.template_id}`,
    )
    const own = { njExternalLeadId: name, FirstPhone: '<NO CHANGE>' }
    const lead = { njExternalLeadId: name, FirstPhone: mobile(), njDisposition: 'Busy' }
    const { lead_id } = await client.insertLead(target, lead)
    expect(await client.updateLeadFast(target, { ...own, njContactHours: name })).toMatchObject({ code: 0 })
    await refused('leads with these contact hours: 1.')
    expect(
      await client.updateLeadFast(target, { ...own, njContactHours: 'Australia/Melbourne' }),
    ).toMatchObject({ code: 0 })
    const held = await client.updateLeadFast(target, { ...own, njContactHours: name, njVersion: 1 })
    expect(held).toMatchObject({ code: 110 })
    await refused('held updates that give these contact hours: 1.')
    await client.put(`/v1/conflicts/${held.body.conflict_id}/resolution`, { dismiss: true, reason: 'no' })
    expect(await client.deleteContactHours(id, {}, 2)).toMatchObject(MOVED)
    expect(await client.deleteContactHours(id, { dry_run: true }, 1)).toMatchObject({ status: 204 })
    expect(await client.deleteContactHours(id, {}, 1)).toMatchObject({ status: 204 })
    expect(await client.deleteContactHours(id, {}, 1)).toMatchObject({ status: 404, code: 1004 })
    expect((await entriesOf(`contact_hours:${id}`)).at(-1)).toBe('contact_hours.delete')

    const view = (await client.lead(lead_id!)).body as Lead
    const back = { version: 3, lead_version: view.version }
    expect(await client.post(`/v1/leads/${lead_id}/revert`, back)).toMatchObject({ status: 422, code: 111 })
    expect((await client.lead(lead_id!)).body).toEqual(view)
  })

  test('that moved callbacks once are deleted all the same', async () => {
    const { contact_hours_id: id } = await hours()
    await client.changeContactHours(id, { zone: 'Australia/Perth' })
    expect(await client.deleteContactHours(id)).toMatchObject({ status: 204 })
  })

  test('of everybody are deleted by nobody who is bound to a team', async () => {
    const { contact_hours_id: id } = await hours()
    await admin(connection, "insert into teams (name) values ('North') on conflict do nothing")
    const { rows } = await admin(connection, "select team_id from teams where name = 'North'")
    const bound = await leadline.clientWith(['manage'], [rows[0].team_id])
    expect(await bound.deleteContactHours(id)).toMatchObject({ status: 403, code: 1002 })
    expect(await bound.deleteDispositionSet(1)).toMatchObject({ status: 403, code: 1002 })
    expect(await bound.changeDispositionSet(1, { name: 'Mine' })).toMatchObject({ status: 403, code: 1002 })
  })

  test('that are deleted while leads are given them: either a lead has them and they stay, or they are gone', async () => {
    const ends = { kept: 0, gone: 0 }
    for (let round = 0; round < 12; round++) {
      const { contact_hours_id: id, name } = await hours()
      // Both servers have read the rules with them.
      await sleep(510)
      for (const by of [client, second.client]) {
        const njExternalLeadId = `${name} ${by === client}`
        const lead = { FirstPhone: mobile(), njExternalLeadId, njDisposition: 'Busy' }
        expect(await by.insertLead(target, lead)).toMatchObject({ code: 0 })
      }
      const give = (by: typeof client, i: number) =>
        i % 2 === 0
          ? by.insertLead(target, { FirstPhone: mobile(), njContactHours: name })
          : by.updateLeadFast(target, {
              njExternalLeadId: `${name} ${by === client}`,
              FirstPhone: '<NO CHANGE>',
              njContactHours: name,
            })
      const [deleted, ...given] = await Promise.all([
        client.deleteContactHours(id),
        ...[client, second.client].flatMap((by) =>
          [0, 1].map((i) => sleep(round * 2 + i).then(() => give(by, i))),
        ),
      ])
      for (const { code } of given) expect([0, 111]).toContain(code)
      const gone = deleted.status === 204
      if (!gone) expect(deleted).toMatchObject({ status: 422, code: 1005 })
      ends[gone ? 'gone' : 'kept']++
      const { rows } = await admin(
        connection,
        `select count(*)::integer as leads from leads where contact_hours_id = ${id}`,
      )
      expect(rows[0].leads).toBe(gone ? 0 : given.filter(({ code }) => code === 0).length)
    }
    expect(ends.kept + ends.gone).toBe(12)
  })

  test('that are deleted while a template is made with them: one of the two is refused', async () => {
    for (let round = 0; round < 8; round++) {
      const { contact_hours_id: id, name } = await hours()
      const [deleted, made] = await Promise.all([
        client.deleteContactHours(id),
        second.client.post('/v1/templates', {
          name: fresh('Template'),
          contact_hours: name,
          fields: [{ name: 'Phone', kind: 'phone' }],
        }),
      ])
      expect([`204 404`, `422 201`]).toContain(`${deleted.status} ${made.status}`)
    }
  })

  test('that are gone refuse a lead of a server that has not heard of it yet', async () => {
    const { contact_hours_id: id, name } = await hours()
    await sleep(510)
    await second.client.insertLeadFast(target, { FirstPhone: mobile() })
    expect(await client.deleteContactHours(id)).toMatchObject({ status: 204 })
    const lead = { FirstPhone: mobile(), njContactHours: name }
    expect(await second.client.insertLead(target, lead)).toMatchObject({ code: 111 })
  })
})

test('a version that named contact hours by another name is not restored with those of the template', async () => {
  const { contact_hours_id: id, name } = await hours()
  const lead = { FirstPhone: mobile(), njContactHours: name, njExternalLeadId: name, njDisposition: 'Busy' }
  const { lead_id } = await client.insertLead(target, lead)
  await client.updateLeadFast(target, {
    njExternalLeadId: name,
    FirstPhone: '<NO CHANGE>',
    njContactHours: 'Australia/Melbourne',
  })
  await client.changeContactHours(id, { name: `${name} x` })
  await sleep(510)
  const back = { version: 2, lead_version: 2 }
  expect(await client.post(`/v1/leads/${lead_id}/revert`, back)).toMatchObject({ status: 422, code: 111 })
})

describe('a disposition set', () => {
  test('is renamed from the version that its author saw, and back again', async () => {
    const { disposition_set_id: id, name, version } = await dispositionSet(1)
    const renamed = { name: fresh('Renamed') }
    expect(await client.changeDispositionSet(id, renamed, { dry_run: true }, version)).toMatchObject({
      status: 200,
      body: { ...renamed, version: 1, touches: { leads: 0 } },
    })
    expect(await client.changeDispositionSet(id, renamed, {}, version)).toMatchObject({
      status: 200,
      body: { ...renamed, version: 2, dispositions: { length: 10 } },
    })
    expect(await client.changeDispositionSet(id, { name: 'Other' }, {}, version)).toMatchObject(MOVED)
    expect(await client.changeDispositionSet(id, { name: 'Standard' })).toMatchObject({ code: 1005 })
    expect(await client.changeDispositionSet(id, { name }, {}, 2)).toMatchObject({
      body: { name, version: 3 },
    })
    const CHANGE = 'disposition_set.change'
    expect(await entriesOf(`disposition_set:${id}`)).toEqual(['disposition_set.create', CHANGE, CHANGE])
  })

  test('goes with its dispositions when no template has it', async () => {
    const { disposition_set_id: id, name } = await dispositionSet(1)
    await client.changeDispositionActions(id, 'Sale', { action_ids: [(await action()).action_id] })
    expect(await client.deleteDispositionSet(id, {}, 1)).toMatchObject(MOVED)
    expect(await client.deleteDispositionSet(id, {}, 2)).toMatchObject({ status: 204 })
    expect(await client.deleteDispositionSet(id, {}, 2)).toMatchObject({ status: 404, code: 1004 })
    expect(await client.post('/v1/disposition-sets', { name })).toMatchObject({ status: 201 })

    const of_template = await dispositionSet(1)
    await template({ disposition_set: of_template.name })
    expect(await client.deleteDispositionSet(of_template.disposition_set_id)).toMatchObject({
      status: 422,
      code: 1005,
      body: { detail: expect.stringContaining('templates with this set: 1.') },
    })
  })

  test('that is deleted while a template is made with it: one of the two is refused', async () => {
    for (let round = 0; round < 8; round++) {
      const { disposition_set_id: id, name } = await dispositionSet(1)
      const [deleted, made] = await Promise.all([
        client.deleteDispositionSet(id),
        second.client.post('/v1/templates', {
          name: fresh('Template'),
          contact_hours: 'Australia/Melbourne',
          disposition_set: name,
          fields: [{ name: 'Phone', kind: 'phone' }],
        }),
      ])
      expect([`204 404`, `422 201`]).toContain(`${deleted.status} ${made.status}`)
    }
  })
})

describe('a disposition', () => {
  const code = 'Info Pack'

  test('that is added, changed, given actions or deleted raises the version of its set', async () => {
    const { disposition_set_id: id } = await dispositionSet()
    const add = { code, ...NEW }
    const added = await client.createDisposition(id, add, 1)
    expect(added).toMatchObject({ status: 201, body: { version: 2 } })
    expect(await client.createDisposition(id, { code: 'Other', kind: 'final' }, 1)).toMatchObject(MOVED)
    expect(await client.changeDisposition(id, code, { priority: 3 }, {}, 1)).toMatchObject(MOVED)
    expect(await client.changeDisposition(id, code, { priority: 3 }, {}, 2)).toMatchObject({
      body: { version: 3, dispositions: [{ code, priority: 3 }] },
    })
    expect(await client.changeDisposition(id, code, { priority: 3 }, {}, 2)).toMatchObject({
      status: 200,
      body: { version: 3 },
    })
    const action_ids = [(await action()).action_id]
    expect(await client.changeDispositionActions(id, code, { action_ids }, {}, 2)).toMatchObject(MOVED)
    const chosen = await client.changeDispositionActions(id, code, { action_ids }, {}, 3)
    expect(chosen).toMatchObject({ status: 200, body: { version: 4 } })
    expect(await client.changeDispositionActions(id, code, { action_ids }, {}, 3)).toMatchObject({
      status: 200,
      body: { version: 4 },
    })
    expect(await client.changeDispositionActions(id, code, { action_ids: [] }, {}, 4)).toMatchObject({
      body: { version: 5, items: [] },
    })
    expect(await client.dispositionActions(id, code)).toMatchObject({ body: { version: 5, items: [] } })
    expect(await client.deleteDisposition(id, code, {}, 4)).toMatchObject(MOVED)
    expect(await client.deleteDisposition(id, code, { dry_run: true }, 5)).toMatchObject({ status: 204 })
    expect(await client.deleteDisposition(id, 'info pack', {}, 5)).toMatchObject({ status: 204 })
    // Sent again it is not there: that is no clash.
    expect(await client.deleteDisposition(id, code, {}, 5)).toMatchObject({ status: 404, code: 1004 })
    expect(await entriesOf(`disposition:${id}/${code}`)).toEqual(
      ['create', 'change', 'actions', 'actions', 'delete'].map((what) => `disposition.${what}`),
    )
  })

  test('is as before when every change of it is taken back', async () => {
    const { disposition_set_id: id } = await dispositionSet()
    await client.createDisposition(id, { code, ...NEW })
    const [before] = ((await client.dispositionSet(id)).body as DispositionSet).dispositions
    const changes: DispositionChange[] = [
      { kind: 'final', delay_s: null },
      { priority: 1 },
      { delay_s: null, next_day: true },
      { redials_max: 3 },
      { enabled: false },
    ]
    for (const change of changes) {
      const keys = Object.keys(change) as (keyof DispositionChange)[]
      const changed = await client.changeDisposition(id, code, change)
      expect(changed).toMatchObject({ status: 200, body: { dispositions: [change] } })
      const { version } = changed.body as DispositionSet
      const undo = Object.fromEntries(keys.map((key) => [key, before![key]]))
      const undone = await client.changeDisposition(id, code, undo, {}, version)
      expect(undone).toMatchObject({ status: 200, body: { dispositions: [before] } })
    }
  })

  test('a dry run counts the leads that have it now', async () => {
    const { disposition_set_id: id, name } = await dispositionSet(1)
    const where = await template({ disposition_set: name })
    for (const njDisposition of ['Busy', 'busy', 'Sale', ''])
      expect(await client.insertLead(where, { Phone: mobile(), njDisposition })).toMatchObject({ code: 0 })
    await client.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Busy' })
    const dry = { dry_run: true }
    expect(await client.changeDisposition(id, 'BUSY', { enabled: false }, dry)).toMatchObject({
      status: 200,
      body: { version: 1, touches: { leads: 2 } },
    })
    const action_ids = [(await action()).action_id]
    expect(await client.changeDispositionActions(id, 'Sale', { action_ids }, dry)).toMatchObject({
      status: 200,
      body: { version: 1, touches: { leads: 1 }, items: [{ action_id: action_ids[0] }] },
    })
    expect(await client.dispositionActions(id, 'Sale')).toMatchObject({ body: { items: [] } })
    expect(await client.insertLead(where, { Phone: mobile(), njDisposition: 'Busy' })).toMatchObject({
      code: 0,
    })
    expect(await client.changeDisposition(id, 'Busy', { kind: 'final' }, dry)).toMatchObject({ code: 1005 })
  })
})

describe('an action', () => {
  test('is changed from the version that its author saw; a mask keeps the secret, and changes nothing', async () => {
    const { action_id: id, name } = await action()
    const masked = urlAction(name, '***')
    const same = await client.changeAction(id, masked, {}, 7)
    expect(same).toMatchObject({ status: 200, body: { version: 1, enabled: true } })
    const off = { ...masked, enabled: false }
    expect(await client.changeAction(id, off, {}, 1)).toMatchObject({ body: { version: 2, enabled: false } })
    expect(await client.changeAction(id, masked, {}, 1)).toMatchObject(MOVED)
    const undone = await client.changeAction(id, masked, {}, 2)
    expect(undone).toMatchObject({ body: { version: 3, enabled: true, config: masked.config } })
    const { rows } = await admin(connection, `select config from actions where action_id = ${id}`)
    expect(rows[0].config.headers).toEqual({ 'X-Api-Key': 'first' })
    expect(await client.deleteAction(id, {}, 2)).toMatchObject(MOVED)
    expect(await client.deleteAction(id, { dry_run: true }, 3)).toMatchObject({ status: 204 })
    expect(await client.deleteAction(id, {}, 3)).toMatchObject({ status: 204 })
    expect(await entriesOf(`action:${id}`)).toEqual(
      ['create', 'change', 'change', 'delete'].map((what) => `action.${what}`),
    )
  })

  test('a dry run says how many dispositions start it', async () => {
    const { action_id: id, name } = await action()
    const { disposition_set_id } = await dispositionSet(1)
    for (const code of ['Sale', 'Busy'])
      await client.changeDispositionActions(disposition_set_id, code, { action_ids: [id] })
    const renamed = urlAction(`${name} x`, 'second')
    expect(await client.changeAction(id, renamed, { dry_run: true })).toMatchObject({
      status: 200,
      body: { name: `${name} x`, version: 1, touches: { dispositions: 2 } },
    })
    expect(await client.action(id)).toMatchObject({ body: { name, version: 1 } })
    expect(await client.deleteAction(id)).toMatchObject({ status: 422, code: 1005 })
  })
})
