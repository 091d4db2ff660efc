// Templates and their fields are changed while their campaigns live: what leads have stays, and what is refused is said.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { FieldChange, NewField, Template, TemplateChange } from '../src/client/api.ts'
import { callbackInstant } from '../src/core/callback.ts'
import { LOCKS } from '../src/db/locks.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { placeIn } from './support/regions.ts'
import { until } from './support/until.ts'

// A Tuesday, in the hours in which the law lets people in all of Australia be called.
const NOW = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => NOW })
const second = await startLeadline({ connection: leadline.connection, now: () => NOW })
const { client, connection } = leadline

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const place = () => placeIn(leadline, 'AU')
type Place = Awaited<ReturnType<typeof place>>

const templateOf = async ({ template_id }: Place) => (await client.template(template_id)).body as Template
const fieldOf = async (where: Place, name: string) =>
  (await templateOf(where)).fields.find((field) => field.name === name)

async function leadIn({ allocation_id }: Place, more: object = {}, fields: object = {}) {
  const made = await client.post<{ id: string }>('/v1/leads', {
    allocation_id,
    fields: { Name: 'Ana Silva', Phone: mobile(), ...fields },
    ...more,
  })
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 })
  return made.body.id
}
const view = async (id: string) => {
  const lead = await client.lead(id)
  if (!lead.ok) throw new Error(lead.body.detail)
  return lead.body
}
const take = async ({ allocation_id }: Place, count = 1, by = client) =>
  (await by.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count })).body.items

let names = 0
const fresh = (what: string) => `${what} ${++names}`
const hoursIn = async (zone: string, more: object = {}) => {
  const name = fresh('Hours')
  expect(await client.post('/v1/contact-hours', { name, zone, ...more })).toMatchObject({ status: 201 })
  return name
}
async function hoursOfEast() {
  await admin(connection, `insert into teams (name) values ('East')`)
  return { contact_hours: await hoursIn('UTC', { team: 'East' }) }
}
async function setOf(codes: Record<string, string>) {
  const made = await client.post<{ disposition_set_id: number }>('/v1/disposition-sets', {
    name: fresh('Set'),
  })
  const { disposition_set_id: id } = made.body
  for (const [code, kind] of Object.entries(codes))
    expect(
      await client.post(`/v1/disposition-sets/${id}/dispositions`, { code, kind, enabled: false }),
    ).toMatchObject({ status: 201 })
  return { id, name: ((await client.dispositionSet(id)).body as { name: string }).name }
}

describe('rules', () => {
  test('are changed together, and asked again they are no change', async () => {
    const where = await place()
    const change: TemplateChange = {
      name: fresh('Renamed'),
      duplicate_rule: 'all',
      dnc_rule: 'any',
      bad_values: 'refuse',
      field_order: ['Second', 'Phone', 'Name'],
    }
    const changed = await client.changeTemplate(where.template_id, change, {}, 1)
    const { field_order, ...rules } = change
    expect(changed).toMatchObject({ status: 200, body: { ...rules, version: 2 } })
    expect((await templateOf(where)).fields.map(({ name }) => name)).toEqual(field_order)
    const again = await client.changeTemplate(where.template_id, change, {}, 1)
    expect(again).toMatchObject({ status: 200, body: { version: 2 } })
    const moved = await client.changeTemplate(where.template_id, { bad_values: 'keep' }, {}, 1)
    expect(moved).toMatchObject({ status: 412, code: 110 })
    const { rows } = await admin(
      connection,
      `select action, details from audit_log where subject = 'template:${where.template_id}' order by audit_id`,
    )
    expect(rows.map(({ action }) => action)).toEqual(['template.create', 'template.change'])
    const { was, ...details } = rows[1].details
    expect(details).toEqual(change)
    expect(was).toMatchObject({ bad_values: expect.any(String) })
    expect(Object.keys(rules)).toEqual(expect.arrayContaining(Object.keys(was)))
  })

  test.each([
    [
      'a name that is taken',
      async (other: Place) => ({ name: (await templateOf(other)).name }),
      1005,
      '/name',
    ],
    ['unknown contact hours', async () => ({ contact_hours: 'Nowhere' }), 1004, '/contact_hours'],
    ['contact hours of another team', hoursOfEast, 1004, '/contact_hours'],
    ['an unknown set', async () => ({ disposition_set: 'Nothing' }), 1004, '/disposition_set'],
    ['a field too few', async () => ({ field_order: ['Name', 'Phone'] }), 1005, '/field_order'],
    ['a field twice', async () => ({ field_order: ['Name', 'Phone', 'Phone'] }), 1005, '/field_order'],
    ['a region with campaigns', async () => ({ region: 'NZ' }), 1005, '/region'],
  ])('%s: refused, and nothing is written', async (_title, change, code, field) => {
    const [where, other] = [await place(), await place()]
    const before = await templateOf(where)
    const answer = await client.changeTemplate(where.template_id, await change(other))
    expect(answer).toMatchObject({ ok: false, code, body: { field } })
    expect(await templateOf(where)).toEqual(before)
  })

  test('the region can change while there is no campaign, to one that is there', async () => {
    const made = await client.createTemplate({
      name: fresh('Empty'),
      contact_hours: await hoursIn('UTC'),
      fields: [{ name: 'Phone', kind: 'phone' }],
    })
    const { template_id } = made.body as Template
    expect(await client.changeTemplate(template_id, { region: 'nz' })).toMatchObject({
      body: { region: 'NZ', version: 2 },
    })
    expect(await client.changeTemplate(template_id, { region: 'ZZ' })).toMatchObject({ code: 1005 })
  })

  test('an archived template gets no new campaigns; those that it has go on', async () => {
    const where = await place()
    const { template_id } = where
    const archived = await client.changeTemplate(template_id, { archived: true })
    expect(archived).toMatchObject({ body: { archived_at: expect.any(String), version: 2 } })
    const name = fresh('Campaign')
    expect(await client.createCampaign({ template_id, name })).toMatchObject({
      status: 422,
      code: 1005,
      body: { field: '/template_id' },
    })
    await leadIn(where)
    expect(await take(where)).toHaveLength(1)
    await client.changeTemplate(template_id, { archived: false })
    expect(await client.createCampaign({ template_id, name })).toMatchObject({ status: 201 })
  })

  test('a dry run says how many leads they reach, and does nothing', async () => {
    const where = await place()
    await leadIn(where)
    await leadIn(where, {}, { Second: mobile() })
    const dry = { dry_run: true }
    const rules = await client.changeTemplate(where.template_id, { dnc_rule: 'any' }, dry)
    expect(rules).toMatchObject({ body: { dnc_rule: 'any', version: 1, touches: { leads: 2 } } })
    const field = await client.changeField(where.template_id, 'Second', { retired: true }, dry)
    expect(field).toMatchObject({ body: { version: 1, touches: { leads: 1 } } })
    const added = await client.addField(where.template_id, { name: 'City', kind: 'text' }, dry)
    expect(added).toMatchObject({ body: { version: 1, touches: { leads: 0 } } })
    expect(await templateOf(where)).toMatchObject({
      dnc_rule: 'all',
      version: 1,
      fields: [{}, {}, { name: 'Second', retired: false }],
    })
  })
})

describe('contact hours', () => {
  const moved = (name: string) =>
    until('the callbacks have followed', async () => {
      const { rows } = await admin(
        connection,
        `select m.finished_at from callback_moves m join contact_hours using (contact_hours_id) where name = '${name}'`,
      )
      return rows[0]?.finished_at != null
    })

  test('of a template give its callbacks new instants, except those of leads with hours of their own', async () => {
    const where = await place()
    const [next, own] = [await hoursIn('Australia/Perth'), await hoursIn('Europe/London')]
    const callback = { local: '2026-12-01T10:00' }
    const plain = await leadIn(where, { callback })
    const bound = await leadIn(where, { callback, contact_hours: own })
    const bare = await leadIn(where)
    expect(await client.changeTemplate(where.template_id, { contact_hours: next })).toMatchObject({
      body: { contact_hours: next },
    })
    await moved(next)
    const at = async (id: string) => (await view(id)).callback?.at
    expect(await at(plain)).toBe('2026-12-01T02:00:00Z')
    expect(await at(bound)).toBe('2026-12-01T10:00:00Z')
    expect(await view(bare)).toMatchObject({ contact_hours: next, version: 1 })
  })

  test('that are closed hand out nothing within a second, on either server', async () => {
    const where = await place()
    await leadIn(where)
    await leadIn(where)
    const [first] = await take(where, 1, second.client)
    expect(first).toBeDefined()
    const closed = await hoursIn('UTC', { weekly: [{ days: ['sun'], from: '03:00', to: '04:00' }] })
    await client.changeTemplate(where.template_id, { contact_hours: closed })
    await sleep(1_000)
    for (const by of [client, second.client]) expect(await take(where, 1, by)).toEqual([])
  })

  test('change to and fro on two servers beside inserts and edits: every instant is right', async () => {
    const where = await place()
    const zones = ['Australia/Melbourne', 'Australia/Perth', 'Europe/London']
    const hours = await Promise.all(zones.map((zone) => hoursIn(zone)))
    const clients = [client, second.client]
    const ids: string[] = [await leadIn(where, { callback: { local: '2026-12-01T10:00' } })]
    let changes = 0
    let goes_on = true
    const local = () => `2026-12-0${1 + Math.floor(Math.random() * 9)}T1${Math.floor(Math.random() * 10)}:30`
    const inserter = async () => {
      while (goes_on) ids.push(await leadIn(where, { callback: { local: local() } }))
    }
    const editor = async (by: typeof client) => {
      for (let i = 0; goes_on; i++) {
        const id = ids[Math.floor(Math.random() * ids.length)]!
        const { version } = await view(id)
        const patches = [
          { callback: { local: local() } },
          { contact_hours: i % 4 < 2 ? hours[0]! : null, callback: { local: local() } },
          { disposition: 'Busy' },
        ]
        const answer = await by.patchLead(id, version, patches[i % 3]!)
        if (!answer.ok) expect(answer, JSON.stringify(answer.body)).toMatchObject({ code: 110 })
      }
    }
    const changer = async () => {
      for (; changes < 40; changes++) {
        const answer = await clients[changes % 2]!.changeTemplate(where.template_id, {
          contact_hours: hours[changes % 3]!,
        })
        expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
        await sleep(50)
      }
      // The others go on for a moment: what they still know is old by then.
      await sleep(700)
      goes_on = false
    }
    await Promise.all([
      inserter(),
      inserter(),
      ...clients.flatMap((by) => [editor(by), editor(by)]),
      changer(),
    ])
    for (const name of hours) await moved(name)
    const { rows } = await admin(
      connection,
      `select l.number, h.zone, to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as local,
         to_char(l.callback_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
       from leads l join campaigns c using (campaign_id) join templates t using (template_id)
         join contact_hours h on h.contact_hours_id = coalesce(l.contact_hours_id, t.contact_hours_id)
       where l.campaign_id = ${where.campaign_id} and l.callback_local is not null`,
    )
    expect(rows.length).toBeGreaterThan(50)
    expect(rows.filter(({ local: agreed, zone, at }) => callbackInstant(agreed, zone) !== at)).toEqual([])
  })
})

describe('a disposition set', () => {
  test('must have what calls rest on, of the same kind; leads keep their disposition', async () => {
    const where = await place()
    const id = await leadIn(where)
    await client.patchLead(id, 1, { disposition: 'Busy' })
    const other = await setOf({ Busy: 'final', Sold: 'final' })
    const dry = { dry_run: true }
    for (const query of [dry, {}])
      expect(
        await client.changeTemplate(where.template_id, { disposition_set: other.name }, query),
      ).toMatchObject({
        status: 422,
        code: 1005,
        body: { detail: expect.stringContaining('Busy'), field: '/disposition_set' },
      })
    const fitting = await setOf({ Busy: 'retry', Sold: 'final' })
    expect(
      await client.changeTemplate(where.template_id, { disposition_set: fitting.name }, dry),
    ).toMatchObject({ body: { touches: { leads: 1 } } })
    const changed = await client.changeTemplate(where.template_id, { disposition_set: fitting.name })
    expect(changed).toMatchObject({ status: 200, body: { disposition_set: fitting.name } })
    expect(await view(id)).toMatchObject({ disposition: 'Busy', version: 2 })
    await client.patch(`/v1/disposition-sets/${fitting.id}/dispositions/Sold`, { enabled: true })
    expect(await client.patchLead(id, 2, { disposition: 'No Answer' })).toMatchObject({ code: 106 })
    expect(await client.patchLead(id, 2, { disposition: 'sold' })).toMatchObject({
      body: { disposition: 'Sold', closed: true },
    })
  })

  test('changes behind the outcomes that are being written', async () => {
    const where = await place()
    const other = await setOf({ Sold: 'final' })
    const writer = await connected()
    await writer.query('begin')
    const judged = await writer.query(
      `select disposition_is(${where.campaign_id}, 'Busy', 'retry') as is_there`,
    )
    expect(judged.rows).toEqual([{ is_there: true }])
    let answered = false
    const changing = client
      .changeTemplate(where.template_id, { disposition_set: other.name })
      .finally(() => (answered = true))
    await sleep(800)
    expect(answered).toBe(false)
    await writer.query('commit')
    expect(await changing).toMatchObject({ status: 200 })
  })

  test('that has changed while an outcome waited is the one that the outcome is judged by', async () => {
    const where = await place()
    const id = await leadIn(where)
    const other = await setOf({ Sold: 'final' })
    const changer = await connected()
    await changer.query('begin')
    await changer.query(`select pg_advisory_xact_lock(${LOCKS.dispositions}, 1)`)
    await changer.query(
      `update templates set disposition_set_id = ${other.id} where template_id = ${where.template_id}`,
    )
    const giving = second.client.patchLead(id, 1, { disposition: 'Busy' })
    await sleep(300)
    await changer.query('commit')
    expect(await giving).toMatchObject({ code: 106 })
    expect(await view(id)).toMatchObject({ disposition: null, version: 1 })
  })
})

async function connected() {
  const other = new pg.Client(connection)
  await other.connect()
  onTestFinished(() => other.end())
  return other
}

describe('fields', () => {
  test('a new one is taken by another server within a second; the same again is no clash', async () => {
    const where = await place()
    const { allocation_id, template_id } = where
    const new_lead = () => ({ allocation_id, fields: { Phone: mobile(), Colour: 'red' } })
    expect(await second.client.createLead(new_lead())).toMatchObject({ code: 1005 })
    const field: NewField = {
      name: 'Colour',
      kind: 'choice',
      choices: ['Red', 'Blue'],
      aliases: ['Color'],
    }
    const added = await client.addField(template_id, field, {}, 1)
    expect(added).toMatchObject({ status: 200, body: { version: 2, fields: [{}, {}, {}, field] } })
    expect(await client.addField(template_id, field, {}, 1)).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
    await sleep(1_000)
    const taken = await second.client.createLead(new_lead())
    expect(taken).toMatchObject({ status: 201, body: { fields: { Colour: 'Red' } } })
  })

  test.each([
    ['a name that is there', { name: 'phone', kind: 'text' }, '/name'],
    ['an alias that is a name', { name: 'City', kind: 'text', aliases: ['Name'] }, '/name'],
    ['a choice without choices', { name: 'City', kind: 'choice' }, '/choices'],
    ['a name of the system', { name: 'njCity', kind: 'text' }, '/name'],
  ] as [string, NewField, string][])('%s is not added', async (_title, field, pointer) => {
    const where = await place()
    const answer = await client.addField(where.template_id, field)
    expect(answer).toMatchObject({ code: 1005, body: { field: pointer } })
    expect(await templateOf(where)).toMatchObject({ version: 1 })
  })

  test('label, aliases, choices and merge group change; the name does not', async () => {
    const where = await place()
    const { template_id } = where
    const change = { label: 'Full name', aliases: ['full_name'], merge_group: 'person' }
    expect(await client.changeField(template_id, 'Name', change, {}, 1)).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
    expect(await fieldOf(where, 'Name')).toMatchObject({ name: 'Name', ...change })
    expect(await client.changeField(template_id, 'Name', change, {}, 1)).toMatchObject({
      body: { version: 2 },
    })
    expect(await client.changeField(template_id, 'Name', { label: 'x' }, {}, 1)).toMatchObject({ code: 110 })
    expect(await client.changeField(template_id, 'Name', { merge_group: null })).toMatchObject({
      body: { version: 3 },
    })
    expect(await client.changeField(template_id, 'Nobody', { label: 'x' })).toMatchObject({
      status: 404,
      code: 1004,
    })
    expect(await client.changeField(template_id, 'Name', { name: 'Other' } as never)).toMatchObject({
      code: 1005,
    })
  })

  test('a kind changes between texts, and what leads have stays as text, marked where it does not fit', async () => {
    const where = await place()
    const { template_id } = where
    const id = await leadIn(where)
    const choices = ['Ana', 'Bea']
    const kinds: FieldChange[] = [{ kind: 'number' }, { kind: 'choice', choices }, { kind: 'long_text' }]
    for (const [i, change] of kinds.entries()) {
      expect(await client.changeField(template_id, 'Name', change)).toMatchObject({ status: 200 })
      const bad_values = i === 2 ? [] : ['Name']
      expect(await view(id)).toMatchObject({ fields: { Name: 'Ana Silva' }, bad_values, version: 1 })
    }
    expect(await fieldOf(where, 'Name')).toMatchObject({ kind: 'long_text', choices: null })
    for (const [name, kind] of [
      ['Name', 'phone'],
      ['Phone', 'text'],
    ] as const)
      expect(await client.changeField(template_id, name, { kind })).toMatchObject({
        code: 1005,
        body: { field: '/kind' },
      })
  })

  test('a retired one keeps its values, and its key is no field of a submission until it is taken up again', async () => {
    const where = await place()
    const { template_id, campaign_id, allocation_id } = where
    const id = await leadIn(where)
    await client.patchLead(id, 1, { fields: { Name: 'Ana Sousa' } })
    expect(await client.changeField(template_id, 'Name', { retired: true })).toMatchObject({ status: 200 })
    expect(await view(id)).toMatchObject({ fields: { Name: 'Ana Sousa' }, version: 2 })
    expect(await client.patchLead(id, 2, { fields: { Name: 'Ana' } })).toMatchObject({ code: 1005 })
    const target = { template_id, campaign_id, allocation_id }
    const sent = await client.insertLeadFast(target, { Name: 'Bea', Phone: mobile() })
    expect(await view(sent.lead_id!)).toMatchObject({ unmapped: { Name: 'Bea' } })
    const history = await client.leadHistory(id)
    expect(history).toMatchObject({
      body: { items: [{ version: 1 }, { changes: { 'fields.Name': ['Ana Silva', 'Ana Sousa'] } }] },
    })
    expect(await client.leadVersion(id, 1)).toMatchObject({ body: { fields: { Name: 'Ana Silva' } } })
    expect(await client.addField(template_id, { name: 'name', kind: 'text' })).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('take it up again') },
    })
    await client.changeField(template_id, 'Name', { retired: false })
    expect(await client.patchLead(id, 2, { fields: { Name: 'Ana' } })).toMatchObject({ status: 200 })
  })

  test('one that was retired is not taken up beside another that has its name as an alias', async () => {
    const where = await place()
    const { template_id } = where
    await client.changeField(template_id, 'Name', { retired: true })
    await client.addField(template_id, { name: 'FullName', kind: 'text', aliases: ['name'] })
    expect(await client.changeField(template_id, 'Name', { retired: false })).toMatchObject({ code: 1005 })
    const field_order = ['FullName', 'Second', 'Phone']
    expect(await client.changeTemplate(template_id, { field_order })).toMatchObject({ status: 200 })
  })

  test('the last phone field is not retired', async () => {
    const where = await place()
    expect(await client.changeField(where.template_id, 'Second', { retired: true })).toMatchObject({
      ok: true,
    })
    expect(await client.changeField(where.template_id, 'Phone', { retired: true })).toMatchObject({
      code: 1005,
      body: { field: '/retired' },
    })
  })

  test('numbers in a retired field are not dialled: a lead without another one waits until it is taken up again', async () => {
    const where = await place()
    const { template_id, allocation_id } = where
    const both = await leadIn(where, { priority: 5 }, { Second: mobile() })
    // More than one look at the queue takes.
    const without = await Promise.all(
      Array.from({ length: 60 }, () => leadIn(where, { priority: 1 }, { Phone: null, Second: mobile() })),
    )
    const [only] = without as [string]
    await client.changeField(template_id, 'Second', { retired: true })
    await sleep(600)
    const queue = await client.get<{ items: { lead_id: string }[]; lead: { eligible: boolean } }>(
      `/v1/allocations/${allocation_id}/queue?lead_id=${only}`,
    )
    expect(queue.body).toMatchObject({
      items: [{ lead_id: both }],
      lead: { eligible: false, reasons: [{ why: 'no_number' }] },
    })
    const leased = await take(where, 5)
    expect(leased.map(({ lead }) => lead.id)).toEqual([both])
    expect(leased[0]!.numbers.map(({ field }) => field)).toEqual(['Phone'])
    const parked = () =>
      admin(
        connection,
        `select from queue where campaign_id = ${where.campaign_id} and state = 'parked'`,
      ).then(({ rows }) => rows.length)
    await until('they are parked', async () => (await parked()) === without.length)
    // It is stored and claimed still.
    const { phones } = await view(only)
    const number = phones[0]!.number!
    expect(
      await client.createLead({ allocation_id, fields: { Phone: `0${number.slice(3)}` } }),
    ).toMatchObject({ code: 105 })
    // The other server knows the field as retired for a moment, and must not look at the same leads for seconds.
    expect(await take(where, 1, second.client)).toEqual([])
    await client.changeField(template_id, 'Second', { retired: false })
    expect(await parked()).toBe(0)
    const began = performance.now()
    const handed = (await take(where, 1, second.client)).map(({ lead }) => lead.id)
    expect(performance.now() - began).toBeLessThan(4_500)
    await until('they are handed out', async () => {
      handed.push(...(await take(where, 100, second.client)).map(({ lead }) => lead.id))
      return handed.length >= without.length
    })
    expect(handed.toSorted()).toEqual(without.toSorted())
  })

  test('undoing a change of a number in a retired field brings the number back as well', async () => {
    const where = await place()
    const [first, next] = [mobile(), mobile()]
    const id = await leadIn(where, {}, { Second: first })
    await client.patchLead(id, 1, { fields: { Second: next } })
    await client.changeField(where.template_id, 'Second', { retired: true })
    const undone = await client.post(`/v1/leads/${id}/revert`, { version: 2, lead_version: 2 })
    expect(undone, JSON.stringify(undone.body)).toMatchObject({ status: 200 })
    expect((await view(id)).phones).toContainEqual({
      field: 'Second',
      number: `+61${first.slice(1)}`,
      state: 'ok',
    })
  })
})
