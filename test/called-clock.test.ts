// The clock of the called person: whom a hand-out passes over because of the law where they are, what tells the zone of a
// lead, and what becomes of it when that changes.

import { afterEach, expect, inject, test } from 'vitest'
import type { CalledZones, ContactHours, Lead, LeadPatch, Template } from '../src/client/api.ts'
import { zoneSetOf } from '../src/core/zone-set.ts'
import { nextLeads, takeNext, whatIsThere } from '../src/db/queue.ts'
import { hasZoneIndex } from '../src/db/queue-index.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { type Leadline, startLeadline } from './support/leadline.ts'
import { numberOfLine } from './support/model/lead.ts'
import { countryOf, isLawful, placesOf, STATE_TEXTS } from './support/model/places.ts'
import { much } from './support/much.ts'
import { admin, type Connection, cloneDatabase, databaseAt } from './support/postgres.ts'
import { until } from './support/until.ts'

/** 9:31 on a Tuesday in Sydney, 6:31 in Perth. */
const MORNING = '2026-11-23T22:31:00Z'
/** Noon in Sydney, 9:00 in Perth. */
const NOON = '2026-11-24T01:00:00Z'
let now = NOON
const leadline = await startLeadline({ now: () => now })
const { client, connection } = leadline
const hours = await client.createContactHours({ name: 'Round the clock', zone: 'Australia/Sydney' })
expect(hours.status).toBe(201)

afterEach(async () => {
  now = NOON
  expect(await checkDatabase(connection)).toEqual([])
})

interface Place {
  template_id: number
  campaign_id: number
  allocation_id: number
}

let places = 0
async function newPlace(zone_field: string | null, at: Leadline = leadline): Promise<Place> {
  const name = `Called ${++places}`
  const template = await at.client.createTemplate({
    name,
    contact_hours: 'Round the clock',
    zone_field,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'State', kind: 'text' },
      { name: 'Phone', kind: 'phone' },
      { name: 'Other', kind: 'phone' },
    ],
  })
  const { template_id } = template.body as Template
  const campaign = await at.client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { campaign_id } = campaign.body
  const body = { campaign_id, name, started: true }
  const { allocation_id } = (await at.client.post<{ allocation_id: number }>('/v1/allocations', body)).body
  return { template_id, campaign_id, allocation_id }
}

const insert = async (place: Place, fields: Record<string, string>) => {
  const answer = await client.insertLeadFast(place, fields)
  expect(answer).toMatchObject({ code: 0 })
  return answer.lead_id!
}
const lease = async ({ allocation_id }: Place, body: object = {}) =>
  (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count: 500, lease_s: 1, ...body }))
    .body.items
const ids = async (place: Place) => (await lease(place)).map(({ lead }) => lead.id)

interface Standing {
  lead: {
    eligible: boolean
    next_at: string
    reasons: { why: string; detail: string }[]
    zones: CalledZones[]
  }
}
const standing = async ({ allocation_id }: Place, lead_id: string) =>
  (await client.get<Standing>(`/v1/allocations/${allocation_id}/queue`, { lead_id })).body.lead

const zoneSet = async (lead_id: string) => {
  const [campaign_id, number] = lead_id.split('-')
  const { rows } = await admin(
    connection,
    `select zone_set from queue where campaign_id = ${campaign_id} and lead_number = ${number}`,
  )
  return rows[0]?.zone_set as number | undefined
}
const PERTH = 61_894_210_001
const SYDNEY = 61_293_740_001
const MOBILE = 61_412_345_001
const zones = (phone: number, text: string | null = null) => zoneSetOf([phone], text)

test('somebody in Perth is not called at half past six, and hears why', async () => {
  const place = await newPlace(null)
  const [perth, sydney] = [
    await insert(place, { Phone: `+${PERTH}` }),
    await insert(place, { Phone: `+${SYDNEY}` }),
  ]
  now = MORNING
  expect(await ids(place)).toEqual([sydney])
  expect(await standing(place, perth)).toEqual({
    lead_id: perth,
    eligible: false,
    next_at: NOON,
    reasons: [
      {
        why: 'legal',
        detail:
          'it is 6:31 in Perth, by the number +61 8 9 …; calls are allowed from 9:00, by Australian law',
        until: NOON,
      },
    ],
    zones: [{ number: `+${PERTH}`, zones: ['Australia/Perth'], origin: 'number' }],
  })
  const { body } = await client.lead(perth)
  expect(body).toMatchObject({ zones: [{ zones: ['Australia/Perth'], origin: 'number' }] })
  now = NOON
  expect(await ids(place)).toEqual([sydney, perth])
})

test('every way in which a zone is known has its sentence', async () => {
  const place = await newPlace('State')
  now = MORNING
  const detail = async (fields: Record<string, string>) =>
    (await standing(place, await insert(place, fields))).reasons[0]?.detail
  expect(await detail({ Phone: `+${MOBILE + 1}` })).toContain('where somebody with a number +61 4 … may be;')
  expect(await detail({ Phone: `+${MOBILE + 2}`, State: 'WA' })).toContain(
    'in Perth, by its state or post code;',
  )
  expect(await detail({ Phone: `+${PERTH + 1}`, State: '6000' })).toContain(
    'by the number +61 8 9 … and its state or post code;',
  )
  expect(await detail({ Phone: `+${PERTH + 2}`, State: 'NSW' })).toContain(
    'are of two zones, and both count;',
  )
  expect(await detail({ Phone: `+${MOBILE + 3}`, State: 'NSW' })).toBeUndefined()
  expect(await detail({ Phone: '+64211234567' })).toBeUndefined()
  now = '2026-11-22T01:00:00Z'
  expect(await detail({ Phone: `+${SYDNEY + 3}` })).toContain(
    'no calls are allowed on Sundays, by Australian law',
  )
  now = '2026-12-25T01:00:00Z'
  expect(await detail({ Phone: `+${SYDNEY + 4}` })).toContain('no calls are allowed on Christmas Day')
  now = '2026-11-24T23:30:00Z'
  expect(await detail({ Phone: '+12122345678' })).toBeUndefined()
  expect(await detail({ Phone: '+14012345678' })).toBe(
    'it is 18:30 in Rhode Island, by the number +1 401 …; calls are allowed until 18:00, by the law of Rhode Island',
  )
})

test('no hand-out is outside of the window of any zone of a lead, over the changes of the clocks', async () => {
  const place = await newPlace('State')
  const people = Array.from({ length: much(120, 1_000) }, (_, i) => ({
    numbers: [numberOfLine(430_000_000 + i * 2), ...(i % 4 === 0 ? [numberOfLine(430_000_001 + i * 2)] : [])],
    state: STATE_TEXTS[i % STATE_TEXTS.length]!,
  }))
  const whose = new Map<string, (typeof people)[number]>()
  await Promise.all(
    people.map(async (person) => {
      const [Phone, Other] = person.numbers.map((number) => `+${number}`)
      const fields = { Phone: Phone!, State: person.state, ...(Other === undefined ? {} : { Other }) }
      whose.set(await insert(place, fields), person)
    }),
  )
  let handed = 0
  for (const day of ['2027-03-14', '2027-03-28', '2027-04-04', '2027-10-03', '2027-10-31', '2027-11-07'])
    for (let hour = -20; hour < 40; hour += much(5, 2.5)) {
      now = new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000 + 60_000).toISOString()
      const at = Date.parse(now)
      const allowed = [...whose].filter(([, { numbers, state }]) => {
        const may = numbers.map((number) => placesOf(number, state).every((place) => isLawful(place, at)))
        return new Set(numbers.map(countryOf)).size > 1 ? may.includes(true) : !may.includes(false)
      })
      const got = await ids(place)
      expect(got.toSorted(), now).toEqual(allowed.map(([id]) => id).toSorted())
      handed += got.length
    }
  expect(handed).toBeGreaterThan(1_000)
})

test('opening hours are asked for a number and an address', async () => {
  const opening = (query: Record<string, string>) =>
    client.get<Record<string, unknown>>(`/v1/contact-hours/${hours.body.contact_hours_id}/opening`, query)
  expect((await opening({ at: MORNING, phone: `+${PERTH}` })).body).toMatchObject({
    open: false,
    why: 'legal',
    zones: ['Australia/Perth'],
    origin: 'number',
    detail: 'it is 6:31 in Perth, by the number +61 8 9 …; calls are allowed from 9:00, by Australian law',
    opens_at: NOON,
  })
  expect((await opening({ at: MORNING, phone: '0412 345 678', address: 'Tas' })).body).toMatchObject({
    open: true,
    zones: ['Australia/Sydney'],
    origin: 'field',
    until: '2026-11-24T09:00:00Z',
  })
  expect((await opening({ at: MORNING, address: '2000' })).body).toMatchObject({
    open: true,
    origin: 'field',
  })
  expect((await opening({ at: MORNING })).body).toMatchObject({
    open: false,
    origin: 'country',
    detail: expect.stringContaining('where somebody with a number of AU … may be'),
  })
  expect((await opening({ at: MORNING, region: 'NZ', phone: '021 1234567' })).body).toMatchObject({
    open: true,
    zones: [],
    origin: 'no_rules',
  })
  expect(await opening({ phone: '12' })).toMatchObject({ status: 422, code: 1006 })
})

test('a change of the state, of a number, or of what a call told about a number moves the lead at once', async () => {
  const place = await newPlace('State')
  const lead_id = await insert(place, { Phone: `+${MOBILE + 4}`, Other: `+${PERTH + 4}`, State: 'NSW' })
  expect(await zoneSet(lead_id)).toBe(zones(MOBILE, 'NSW') | zones(PERTH, 'NSW'))
  const change = async (body: object) => {
    const { version } = (await client.lead(lead_id)).body as Lead
    expect(await client.patchLead(lead_id, version, body as LeadPatch)).toMatchObject({ status: 200 })
    return zoneSet(lead_id)
  }
  expect(await change({ fields: { State: 'WA' } })).toBe(zones(PERTH))
  expect(await change({ fields: { State: 'Tas' } })).toBe(zones(MOBILE, 'Tas') | zones(PERTH, 'Tas'))
  expect(await change({ fields: { Other: null } })).toBe(zones(MOBILE, 'Tas'))
  expect(await change({ fields: { Other: `+${PERTH + 5}`, State: null } })).toBe(zones(MOBILE))
  const { lease_id } = (await lease(place, { lease_s: 60 }))[0]!
  const phone = `+${MOBILE + 4}`
  const outcome = { disposition: 'No Answer', phone, phone_state: 'wrong' }
  expect(await client.put(`/v1/leases/${lease_id}/outcome`, outcome)).toMatchObject({ status: 200 })
  expect((await client.lead(lead_id)).body).toMatchObject({ zones: [{ number: `+${PERTH + 5}` }] })
  expect(await zoneSet(lead_id)).toBe(zones(PERTH))
})

test('a template that gets a zone field, loses it, or retires it, has the zones of its leads worked out again', async () => {
  const place = await newPlace(null)
  const lead_id = await insert(place, { Phone: `+${MOBILE + 6}`, Other: `+${SYDNEY + 6}`, State: 'QLD' })
  const all = zones(MOBILE) | zones(SYDNEY)
  const [before, after] = [all, zones(MOBILE, 'QLD') | zones(SYDNEY, 'QLD')]
  expect(await zoneSet(lead_id)).toBe(before)
  const becomes = (set: number) => until(`the set is ${set}`, async () => (await zoneSet(lead_id)) === set)
  const path = `/v1/templates/${place.template_id}`
  expect(await client.patch(path, { zone_field: 'Suburb' })).toMatchObject({
    code: 1005,
    body: { field: '/zone_field', detail: 'is no field of the template' },
  })
  expect(await client.patch(path, { zone_field: 'phone' })).toMatchObject({ code: 1005 })
  expect(await client.patch(path, { zone_field: 'STATE' })).toMatchObject({ body: { zone_field: 'State' } })
  await becomes(after)
  expect(await client.patch(`${path}/fields/State`, { retired: true })).toMatchObject({ status: 200 })
  await becomes(before)
  expect(await client.patch(`${path}/fields/State`, { retired: false })).toMatchObject({ status: 200 })
  await becomes(after)
  // A number in a retired field is not dialled, so it does not count.
  expect(await client.patch(`${path}/fields/Other`, { retired: true })).toMatchObject({ status: 200 })
  await becomes(zones(MOBILE, 'QLD'))
  expect(await client.patch(path, { zone_field: null })).toMatchObject({ body: { zone_field: null } })
  await becomes(zones(MOBILE))
})

test('a set that is not right yet hands nobody out too early, and is put right on the way', async () => {
  const place = await newPlace(null)
  const perth = await insert(place, { Phone: `+${PERTH + 7}` })
  const sydney = await insert(place, { Phone: `+${SYDNEY + 7}` })
  await admin(connection, `update queue set zone_set = 0 where allocation_id = ${place.allocation_id}`)
  now = MORNING
  expect(await ids(place)).toEqual([sydney])
  expect(await zoneSet(perth)).toBe(zones(PERTH))
  expect(await standing(place, perth)).toMatchObject({ eligible: false })
  now = NOON
  expect((await ids(place)).toSorted()).toEqual([perth, sydney].toSorted())
})

test('leads that are taken up again have the zones of now', async () => {
  const place = await newPlace('State')
  const lead_id = await insert(place, { Phone: `+${MOBILE + 8}`, State: 'WA' })
  const { lease_id } = (await lease(place, { lease_s: 60 }))[0]!
  const outcome = { disposition: 'Fax', phone: `+${MOBILE + 8}` }
  expect(await client.put(`/v1/leases/${lease_id}/outcome`, outcome)).toMatchObject({
    body: { closed: true },
  })
  const path = `/v1/allocations/${place.allocation_id}/recycle`
  expect(await client.post(path, { dispositions: ['Fax'] })).toMatchObject({ status: 200 })
  expect(await zoneSet(lead_id)).toBe(zones(MOBILE, 'WA'))
})

const OLD_INDEX = `drop index queue_ready_by_zone; create index queue_ready on queue (
  allocation_id, contact_hours_id, priority, due_at desc nulls last, lead_number desc) where state = 'ready'`

test('while a large queue has no index by zone set yet, the closed zones are passed over all the same', async () => {
  const place = await newPlace(null)
  const perth = await insert(place, { Phone: `+${PERTH + 9}` })
  const sydney = await insert(place, { Phone: `+${SYDNEY + 9}` })
  const { pool } = leadline
  const part = {
    allocation_id: place.allocation_id,
    at: NOON,
    open: [0],
    closed: [zones(PERTH)],
    own_open: [true],
  }
  const idsOf = (rows: { lead_id: string }[]) => rows.map(({ lead_id }) => lead_id)
  for (const is_by_zone of [true, false]) {
    expect(idsOf(await nextLeads(pool, part, ['Phone'], 10, is_by_zone))).toEqual([sydney])
    expect(idsOf(await nextLeads(pool, { ...part, closed: [0] }, ['Phone'], 10, is_by_zone))).toEqual([
      sydney,
      perth,
    ])
    expect(await whatIsThere(pool, part, [], is_by_zone)).toMatchObject({ ready: true })
    const both = { ...part, closed: [zones(PERTH) | zones(SYDNEY)] }
    expect(await whatIsThere(pool, both, [], is_by_zone)).toMatchObject({ ready: false })
  }
  const taking = { ...part, count: 10, agent: null, lease_s: 60, taker: 'key:1' }
  expect((await takeNext(pool, taking, false)).map(({ lead }) => lead.id)).toEqual([sydney])
})

test('the index by zone set is made beside the old one, while leads are handed out', async () => {
  const cloned: Connection = await cloneDatabase(inject('servers')[0]!.connection)
  await admin(cloned, OLD_INDEX)
  const other = await startLeadline({ connection: cloned })
  await until('the new index is there', () => hasZoneIndex(other.pool))
  const { rows } = await admin(cloned, `select to_regclass('queue_ready') is null as gone`)
  await until('the old one is gone', async () => rows[0].gone)
})

test('an upgrade works out the zones of the leads that are there, and says how many have another clock', async () => {
  const old = await databaseAt(27, inject('servers')[0]!.connection)
  const phones = [PERTH, SYDNEY, MOBILE, 64_211_234_567]
  await admin(
    old,
    `insert into contact_hours (name, zone, team_id) values ('Old', 'Australia/Melbourne', 1);
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
       select 'Old', 1, 'AU', (select contact_hours_id from contact_hours where name = 'Old'),
         (select disposition_set_id from disposition_sets limit 1);
     insert into fields (template_id, name, position, label, kind)
       select template_id, 'Phone', 0, 'Phone', 'phone' from templates where name = 'Old';
     insert into campaigns (template_id, name) select template_id, 'Old' from templates where name = 'Old';
     insert into allocations (campaign_id, name) select campaign_id, 'Old' from campaigns where name = 'Old';
     ${phones
       .map(
         (phone, i) => `
     insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select campaign_id, ${i + 1}, allocation_id, '{}', 'v1', 'key:1' from allocations;
     insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select campaign_id, ${i + 1}, 'Phone', ${phone}, 'ok' from allocations;
     insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
       select campaign_id, ${i + 1}, allocation_id, 0, 10, 'ready' from allocations`,
       )
       .join(';')}`,
  )
  const upgraded = await startLeadline({ connection: old })
  expect(upgraded.zones_come).toBe(true)
  const sets = async () =>
    (await admin(old, 'select zone_set from queue order by lead_number')).rows.map(({ zone_set }) => zone_set)
  await until('all sets are worked out', async () => {
    const { rows } = await admin(old, 'select bool_and(finished_at is not null) as done from zone_rewrites')
    return rows[0].done
  })
  expect(await sets()).toEqual(phones.map((phone) => zones(phone)))
  const { rows } = await admin(old, 'select leads::int, moved::int from zone_rewrites where is_upgrade')
  // Perth, and the mobile that may be anywhere.
  expect(rows).toEqual([{ leads: 4, moved: 2 }])

  // Newer tables: numbers of several countries had the set of those without rules. That is no news for people.
  await admin(
    old,
    `insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select campaign_id, 4, 'Other', ${PERTH}, 'ok' from allocations;
     insert into fields (template_id, name, position, label, kind)
       select template_id, 'Other', 1, 'Other', 'phone' from templates where name = 'Old';
     update zone_rewrites set tables_version = 1`,
  )
  await startLeadline({ connection: old })
  await until('the sets are worked out again', async () => {
    const again = await admin(old, 'select finished_at, is_upgrade, tables_version from zone_rewrites')
    const [one] = again.rows
    return one.finished_at !== null && !one.is_upgrade && one.tables_version > 1
  })
  expect((await sets()).at(-1)).toBe(zoneSetOf([phones.at(-1)!, PERTH], null))
})

// Contact hours that go by the clock of the called person.

let local_names = 0
/** Half past nine to five, wherever the called person is. */
async function localHours() {
  const { body } = await client.createContactHours({
    name: `Local ${++local_names}`,
    zone: 'Australia/Sydney',
    local_to_lead: true,
    weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:30', to: '17:00' }],
  })
  return body as ContactHours
}

async function localPlace(zone_field: string | null = null) {
  const place = await newPlace(zone_field)
  const hours = await localHours()
  const answer = await client.patch(`/v1/templates/${place.template_id}`, { contact_hours: hours.name })
  expect(answer).toMatchObject({ status: 200 })
  return { place, hours }
}

/** 17:30 in Sydney, 14:30 in Perth, 19:30 in Auckland. */
const EVENING = '2026-11-24T06:30:00Z'

test('hours that are local to the lead open by the clock of the called person, by their own where none is known', async () => {
  const { place, hours } = await localPlace()
  const perth = await insert(place, { Phone: `+${PERTH + 20}` })
  const sydney = await insert(place, { Phone: `+${SYDNEY + 20}` })
  const mobile = await insert(place, { Phone: `+${MOBILE + 20}` })
  const auckland = await insert(place, { Phone: '+64211234520' })
  const both = await insert(place, { Phone: '+64211234521', Other: `+${PERTH + 21}` })

  now = MORNING
  expect(await ids(place)).toEqual([both, auckland, sydney])
  expect(await standing(place, perth)).toMatchObject({
    eligible: false,
    next_at: '2026-11-24T01:30:00Z',
    reasons: [
      {
        why: 'outside_hours',
        detail: `it is 6:31 in Perth, by the number +61 8 9 …; ${hours.name} is closed at this time`,
        until: '2026-11-24T01:30:00Z',
      },
      { why: 'legal', until: NOON },
    ],
  })
  expect(await standing(place, mobile)).toMatchObject({ next_at: '2026-11-24T01:30:00Z' })
  const opening = (query: Record<string, string>) =>
    client.get<Record<string, unknown>>(`/v1/contact-hours/${hours.contact_hours_id}/opening`, query)
  expect((await opening({ phone: `+${PERTH}` })).body).toMatchObject({
    open: false,
    why: 'outside_hours',
    zones: ['Australia/Perth'],
    opens_at: '2026-11-24T01:30:00Z',
  })
  expect((await opening({ phone: `+${SYDNEY}` })).body).toMatchObject({
    open: true,
    until: '2026-11-24T06:00:00Z',
  })
  expect((await opening({ region: 'NZ' })).body).toMatchObject({ open: true, origin: 'no_rules' })

  now = EVENING
  const handed = await lease(place)
  expect(handed.map(({ lead }) => lead.id)).toEqual([both, perth])
  expect(handed[0]!.numbers.map(({ number }) => number)).toEqual([`+${PERTH + 21}`])
  expect(await standing(place, auckland)).toMatchObject({
    next_at: '2026-11-24T22:30:00Z',
    reasons: [{ why: 'outside_hours', detail: `${hours.name} is closed at this time` }],
  })
  expect(await standing(place, sydney)).toMatchObject({ eligible: false, next_at: '2026-11-24T22:30:00Z' })

  // 14:00 in Sydney, 11:00 in Perth: everybody.
  now = '2026-11-25T03:00:00Z'
  expect((await ids(place)).toSorted()).toEqual([perth, sydney, mobile, auckland, both].toSorted())
})

test('a number in a country without rules and one of another are called while the hours of either are open', async () => {
  const { place } = await localPlace()
  const both = await insert(place, { Phone: '+64211234530', Other: '+442072000030' })
  // 20:30 in Sydney, 9:30 in London.
  now = '2026-11-24T09:30:00Z'
  expect((await lease(place))[0]!.numbers.map(({ number }) => number)).toEqual(['+442072000030'])
  // 5:00 in Sydney, 18:00 in London.
  now = '2026-11-24T18:00:00Z'
  expect(await ids(place)).toEqual([])
  expect(await standing(place, both)).toMatchObject({ eligible: false, next_at: '2026-11-24T22:30:00Z' })
  // 9:31 in Sydney, 22:31 in London.
  now = '2026-11-24T22:31:00Z'
  expect((await lease(place))[0]!.numbers.map(({ number }) => number)).toEqual(['+64211234530'])
})

test('without the index by zone set, places are looked at by the same rule', async () => {
  const { place, hours } = await localPlace()
  const auckland = await insert(place, { Phone: '+64211234540' })
  const perth = await insert(place, { Phone: `+${PERTH + 40}` })
  const { contact_hours_id } = hours
  const idsOf = (rows: { lead_id: string }[]) => rows.map(({ lead_id }) => lead_id)
  for (const is_by_zone of [true, false])
    for (const [own_open, closed, expected] of [
      [true, zones(PERTH), [auckland]],
      [false, 0, [perth]],
      [false, zones(PERTH), []],
    ] as const) {
      const part = {
        allocation_id: place.allocation_id,
        at: NOON,
        open: [0, contact_hours_id],
        closed: [closed, closed],
        own_open: [own_open, own_open],
      }
      expect(idsOf(await nextLeads(leadline.pool, part, ['Phone'], 10, is_by_zone))).toEqual(expected)
    }
})

test('a callback is read in the zone of the lead, and follows it', async () => {
  const { place, hours } = await localPlace('State')
  const callbackOf = async (lead_id: string) => ((await client.lead(lead_id)).body as Lead).callback
  const asked = { njCallBackDate: '2026/11/26 10:00' }
  const [SYDNEYS, PERTHS] = ['2026-11-25T23:00:00Z', '2026-11-26T02:00:00Z']
  const perth = await insert(place, { Phone: `+${PERTH + 50}`, ...asked })
  expect(await callbackOf(perth)).toEqual({
    local: '2026-11-26T10:00:00',
    zone: 'Australia/Perth',
    at: PERTHS,
  })
  // One who may be in several zones, and one of whom none is known: the zone of the contact hours.
  for (const Phone of [`+${MOBILE + 50}`, '+64211234550'])
    expect(await callbackOf(await insert(place, { Phone, ...asked }))).toMatchObject({
      zone: 'Australia/Sydney',
      at: SYDNEYS,
    })

  const lead_id = await insert(place, { Phone: `+${MOBILE + 51}`, State: 'NSW', ...asked })
  expect(await callbackOf(lead_id)).toMatchObject({ zone: 'Australia/Sydney', at: SYDNEYS })
  expect(await client.patchLead(lead_id, 1, { fields: { State: 'WA' } })).toMatchObject({ status: 200 })
  expect(await callbackOf(lead_id)).toMatchObject({ zone: 'Australia/Perth', at: PERTHS })

  const { contact_hours_id } = hours
  const followed = (what: string, zone: string) =>
    until(what, async () => (await callbackOf(lead_id))?.zone === zone)
  // The template forgets where people are, and learns it again.
  const path = `/v1/templates/${place.template_id}`
  expect(await client.patch(path, { zone_field: null })).toMatchObject({ status: 200 })
  await followed('the callback is read in the zone of the contact hours', 'Australia/Sydney')
  expect(await callbackOf(lead_id)).toMatchObject({ at: SYDNEYS })
  expect(await callbackOf(perth)).toMatchObject({ at: PERTHS })
  expect(await client.patch(path, { zone_field: 'State' })).toMatchObject({ status: 200 })
  await followed('the callback is read in the zone of the lead', 'Australia/Perth')

  // The contact hours go by their own clock, and by that of the lead again.
  const rehearsed = await client.changeContactHours(
    contact_hours_id,
    { local_to_lead: false },
    { dry_run: true },
  )
  expect(rehearsed).toMatchObject({ status: 200, body: { local_to_lead: false, touches: { leads: 4 } } })
  expect(await callbackOf(lead_id)).toMatchObject({ at: PERTHS })
  const own = await client.changeContactHours(contact_hours_id, { local_to_lead: false }, {}, 1)
  expect(own).toMatchObject({ status: 200, body: { version: 2, local_to_lead: false } })
  const clash = await client.changeContactHours(contact_hours_id, { local_to_lead: true }, {}, 1)
  expect(clash).toMatchObject({ status: 412 })
  await followed('the callback is read in the zone of the contact hours', 'Australia/Sydney')
  expect(await callbackOf(perth)).toMatchObject({ zone: 'Australia/Sydney', at: SYDNEYS })
  expect(await client.changeContactHours(contact_hours_id, { local_to_lead: true })).toMatchObject({
    status: 200,
  })
  await followed('the callback is read in the zone of the lead', 'Australia/Perth')
  expect(await callbackOf(perth)).toMatchObject({ zone: 'Australia/Perth', at: PERTHS })
})

test('a delay after a call is as long in the zone of the lead, also when the call tells that zone', async () => {
  const { place } = await localPlace()
  const lead_id = await insert(place, { Phone: `+${SYDNEY + 60}`, Other: `+${PERTH + 60}` })
  // 14:00 in Sydney, 11:00 in Perth.
  now = '2026-11-24T03:00:00Z'
  const { lease_id } = (await lease(place, { lease_s: 60 }))[0]!
  const outcome = { disposition: 'Busy', phone: `+${SYDNEY + 60}`, phone_state: 'wrong' }
  expect(await client.put(`/v1/leases/${lease_id}/outcome`, outcome)).toMatchObject({ status: 200 })
  expect((await client.lead(lead_id)).body).toMatchObject({
    callback: { local: '2026-11-24T11:15:00', zone: 'Australia/Perth', at: '2026-11-24T03:15:00Z' },
    next_attempt_at: '2026-11-24T03:15:00Z',
  })
})

test('a callback whose zone is not worked out again yet is not called early', async () => {
  const { place } = await localPlace('State')
  const lead_id = await insert(place, {
    Phone: `+${MOBILE + 70}`,
    State: 'NSW',
    njCallBackDate: '2026/11/24 13:00',
  })
  // Somebody writes the lead while the job comes by: it is in Perth by now, where it is called three hours later.
  const [campaign_id, number] = lead_id.split('-')
  await admin(
    connection,
    `update leads set fields = fields || '{"State": "WA"}'
     where campaign_id = ${campaign_id} and number = ${number}`,
  )
  now = '2026-11-24T02:00:30Z'
  expect(await ids(place)).toEqual([])
  now = '2026-11-24T05:00:30Z'
  expect(await ids(place)).toEqual([lead_id])
})
