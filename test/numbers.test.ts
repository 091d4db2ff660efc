// Numbers end to end: one number in two hundred spellings, in its region, dialled, blocked, claimed and copied as itself.

import { afterAll, describe, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases, Reported } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { type Place, placeIn } from './support/regions.ts'
import { exampleNumber, spellingsOf, USUAL } from './support/spellings.ts'
import { until } from './support/until.ts'

/** A Wednesday: 9:30 in Perth, and 20:30 of the evening before in New York. In London it is night. */
const NOW = '2026-11-25T01:30:00.000Z'
let now = NOW
const leadline = await startLeadline({ now: () => now })
const { client, connection } = leadline
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

const listOf = ({ campaign_id }: Place) => ({ list: 'campaign', campaign_id })
const add = (place: Place, phones: string[]) =>
  client.post<{ items: { phone: string }[]; added: number; invalid: object[] }>('/v1/dnc', {
    ...listOf(place),
    phones,
  })
const remove = (place: Place, phones: string[]) =>
  client.post<{ removed: number; not_listed: number; invalid: object[] }>('/v1/dnc/removals', {
    ...listOf(place),
    phones,
    reason: 'an error',
  })
const check = async ({ campaign_id }: Place, phones: string[]) =>
  (
    await client.post<{ items: { phone: string | null; blocked: boolean }[] }>('/v1/dnc/check', {
      campaign_id,
      phones,
    })
  ).body.items
const why = (phone: string, query: { campaign_id?: number }) =>
  client.get<{ number: string; blocked: boolean }>(`/v1/dnc/numbers/${encodeURIComponent(phone)}`, query)
const insert = (place: Place, fields: Record<string, string>) => client.insertLeadFast(place, fields)
const view = async (lead_id: string) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body
const lease = async ({ allocation_id }: Place, count = 1) =>
  (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count })).body.items
const found = async (q: string, place: Partial<Place> = {}) => {
  const { campaign_id, allocation_id } = place
  const { body } = await client.get<{ items: Lead[] }>('/v1/leads', { q, campaign_id, allocation_id })
  return body.items.map(({ id }) => id)
}

describe.each(USUAL)('two hundred spellings of one number of %s', async (region) => {
  const place = await placeIn(leadline, region)
  const [listed, held] = [exampleNumber(region, 11), exampleNumber(region, 4_321)]
  const of = (number: number, seed: number) => spellingsOf(region, 200, seed, number).map(({ text }) => text)

  test('are one entry of a do-not-call list, one check, one removal', async () => {
    expect((await add(place, of(listed, 1))).body).toMatchObject({
      added: 1,
      items: [{ phone: `+${listed}` }],
      invalid: [],
    })
    const others = of(listed, 2)
    expect(new Set((await check(place, others)).map(({ phone, blocked }) => `${phone} ${blocked}`))).toEqual(
      new Set([`+${listed} true`]),
    )
    const refused = await client.insertLead(
      place,
      others.map((Phone) => ({ Phone })),
    )
    expect(refused).toMatchObject({ code: 104 })
    expect(refused.body.message.match(/104 DNC/g)).toHaveLength(200)
    expect((await remove(place, of(listed, 3))).body).toMatchObject({
      removed: 1,
      not_listed: 0,
      invalid: [],
    })
    expect((await check(place, [others[0]!]))[0]).toMatchObject({ blocked: false })
  })

  test('are one lead', async () => {
    const texts = of(held, 4)
    const answer = await client.insertLead(
      place,
      texts.map((Phone) => ({ Phone })),
    )
    expect(answer.body.message).toContain('Imported 1 Updated 0 Rejected 199 leads.')
    expect(answer.body.message.match(/105 DUPLICATE/g)).toHaveLength(199)
    if (region === 'GB') now = '2026-11-25T10:00:00.000Z'
    const [leased] = await lease(place)
    now = NOW
    expect(leased!.lead.phones).toMatchObject([{ field: 'Phone', state: 'ok' }])
    expect(await found(`+${held}`, place)).toEqual([leased!.lead.id])
  })

  test('find that lead, alone and beside a name', async () => {
    const [lead_id] = await found(`+${held}`, place)
    const texts = of(held, 5)
    await client.patchLead(lead_id!, 1, { fields: { Name: 'Renée O’Neill' } })
    for (let from = 0; from < texts.length; from += 8)
      await Promise.all(
        texts.slice(from, from + 8).map(async (text, i) => {
          const q = i % 4 === 0 ? `${text} o'neill` : i % 4 === 1 ? `renee\n${text}` : text
          expect(await found(q, place), JSON.stringify(q)).toEqual([lead_id])
        }),
      )
  }, 60_000)
})

describe('a campaign brings its region along', async () => {
  const place = await placeIn(leadline, 'NZ')

  test('on its do-not-call list: added, looked up, checked, removed', async () => {
    const phone = '021 123 4567'
    expect((await add(place, [phone])).body.items).toMatchObject([{ phone: '+64211234567' }])
    expect(await insert(place, { Phone: phone })).toMatchObject({ code: 104 })
    expect(await check(place, [phone])).toMatchObject([{ phone: '+64211234567', blocked: true }])
    expect((await why(phone, { campaign_id: place.campaign_id })).body).toMatchObject({
      number: '+64211234567',
      blocked: true,
    })
    // Without a campaign it is a number of the installation's region.
    expect((await why(phone, {})).body).toMatchObject({ number: '+61211234567', blocked: false })
    expect((await remove(place, [phone])).body).toMatchObject({ removed: 1 })
    expect(await insert(place, { Phone: phone })).toMatchObject({ code: 0 })
  })

  test.each([
    ['IE', '087 123 4567', 353871234567],
    ['US', '(212) 555-1234', 12125551234],
    ['GB', '07911 123456', 447911123456],
  ])('in %s as well: %s', async (region, phone, number) => {
    const place = await placeIn(leadline, region)
    expect((await add(place, [phone])).body.items).toMatchObject([{ phone: `+${number}` }])
    expect(await insert(place, { Phone: phone })).toMatchObject({ code: 104 })
    expect((await remove(place, [phone])).body).toMatchObject({ removed: 1, not_listed: 0 })
  })

  test('in a search that names the campaign or the allocation', async () => {
    const moscow = await placeIn(leadline, 'RU')
    const { lead_id } = await insert(moscow, { Phone: '8 912 345-67-89' })
    const written = '8 (912) 345-67-89'
    const { campaign_id, allocation_id } = moscow
    expect(await found(written, { campaign_id })).toEqual([lead_id])
    expect(await found(written, { allocation_id })).toEqual([lead_id])
    // The digits as they stand are in no number, and in Australia they are none.
    expect(await found(written)).toEqual([])
  })

  test('in what a dialler reports', async () => {
    const { lead_id } = await insert(place, { Phone: '027 555 0199' })
    const items = await lease(place, 50)
    const leased = items.find(({ lead }) => lead.id === lead_id)!
    expect(leased.numbers).toEqual([{ field: 'Phone', number: '+64275550199' }])
    await client.put(`/v1/leases/${leased.lease_id}/outcome`, {
      disposition: 'Busy',
      phone: '027 555 0199',
      phone_state: 'wrong',
    })
    expect((await view(lead_id!)).phones).toMatchObject([{ state: 'wrong' }])
  })
})

describe('a copy keeps the number', async () => {
  const here = await placeIn(leadline, 'NZ')
  const there = await placeIn(leadline, 'AU')
  const made = await client.post<{ action_id: number }>('/v1/actions', {
    name: 'Copy to Australia',
    kind: 'copy',
    config: { allocation_id: there.allocation_id },
  })
  const { action_id } = made.body
  await client.post('/v1/disposition-sets/1/dispositions', { code: 'Over there', kind: 'final' })
  await client.put('/v1/disposition-sets/1/dispositions/Over%20there/actions', { action_ids: [action_id] })

  const rehearsed = async (lead_id: string) =>
    (
      await client.post<{ problem: string | null; copy?: { fields: Record<string, string> } }>(
        `/v1/actions/${action_id}/dry-run`,
        { lead_id },
      )
    ).body

  test('and not its spelling: +6427… stays one of New Zealand', async () => {
    const { lead_id } = await insert(here, { Phone: '027 555 0124', Second: '+64 9 555 0125', Name: 'Mere' })
    const fields = { Phone: '+64275550124', Second: '+64 9 555 0125', Name: 'Mere' }
    expect(await rehearsed(lead_id!)).toMatchObject({ problem: null, copy: { fields } })
    await client.patchLead(lead_id!, 1, { disposition: 'Over there' })
    await until('the copy is there', async () => (await found('+64275550124', there)).length > 0)
    const [copy] = await found('+64275550124', there)
    expect((await view(copy!)).fields).toEqual(fields)
    expect(await insert(there, { Phone: '+64 27 555 0124' })).toMatchObject({ code: 105, lead_id: copy })
    expect(await insert(there, { Phone: '027 555 0124' })).toMatchObject({ code: 0 })
  })

  test('a text that is no number here becomes nobody else there', async () => {
    const { lead_id } = await insert(here, { Phone: '027 555 0126', Second: '0491 570 006' })
    expect((await view(lead_id!)).phones).toMatchObject([
      { state: 'ok' },
      { field: 'Second', state: 'invalid' },
    ])
    const { copy } = await rehearsed(lead_id!)
    expect(copy!.fields).toEqual({ Phone: '+64275550126' })
  })
})

describe('a number of a new area code', async () => {
  const place = await placeIn(leadline, 'US')

  test('is taken, held, blocked, and dialled like one that is known', async () => {
    const { lead_id } = await insert(place, { Phone: '(621) 555-0123', Second: 'call me' })
    expect((await view(lead_id!)).phones).toEqual([
      { field: 'Phone', number: '+16215550123', state: 'unlisted' },
      { field: 'Second', state: 'invalid' },
    ])
    expect(await insert(place, { Phone: '+1 621 555 0123' })).toMatchObject({ code: 105, lead_id })

    const { allocation_id } = place
    const queue = await client.get<{ items: { lead_id: string }[]; lead: { eligible: boolean } }>(
      `/v1/allocations/${allocation_id}/queue`,
      { lead_id: lead_id! },
    )
    expect(queue.body).toMatchObject({ items: [{ lead_id }], lead: { eligible: true } })
    const [leased] = await lease(place)
    expect(leased!.numbers).toEqual([{ field: 'Phone', number: '+16215550123' }])
    const reported = await client.put<Reported>(`/v1/leases/${leased!.lease_id}/outcome`, {
      disposition: 'Busy',
      phone: '621 555 0123',
    })
    expect(reported.body).toMatchObject({ applied: true, closed: false })
    expect(await found('621-555-0123', place)).toEqual([lead_id])
  })

  test('is parked when it is blocked, and comes back when it is not', async () => {
    const { lead_id } = await insert(place, { Phone: '679-555-0123' })
    expect((await add(place, ['6795550123'])).body).toMatchObject({ added: 1 })
    expect((await view(lead_id!)).phones).toMatchObject([{ state: 'unlisted', blocked_by: 'campaign' }])
    expect(await lease(place)).toEqual([])
    await remove(place, ['679 555 0123'])
    expect(await lease(place)).toMatchObject([{ lead: { id: lead_id } }])
  })

  test('stands in the queue again when its lead is taken up again', async () => {
    const { lead_id } = await insert(place, { Phone: '621 555 0177' })
    await client.patchLead(lead_id!, 1, { disposition: 'Fax' })
    const { allocation_id } = place
    await client.post(`/v1/allocations/${allocation_id}/recycle`, { dispositions: ['Fax'] })
    expect((await lease(place)).map(({ lead }) => lead.id)).toEqual([lead_id])
  })

  test('is as it was when the library comes to know it', async () => {
    // As in a database after an update of the library: known now, stored before.
    const { lead_id } = await insert(place, { Phone: '(212) 555-1299' })
    const number = lead_id!.split('-')[1]
    await admin(connection, `update lead_phones set state = 'unlisted' where lead_number = ${number}`)
    const lead = await view(lead_id!)
    expect(lead.phones).toMatchObject([{ number: '+12125551299', state: 'unlisted' }])
    const again = await client.patchLead(lead_id!, 1, { fields: { Phone: '+1 212 555 1299' } })
    expect(again).toMatchObject({ status: 200, body: { version: 1, phones: lead.phones } })
    const second = await client.patchLead(lead_id!, 1, { fields: { Second: '212 555 1298' } })
    expect(second.body).toMatchObject({
      version: 2,
      phones: [{ state: 'unlisted' }, { field: 'Second', state: 'ok' }],
    })
    expect(await insert(place, { Phone: '212 555 1299' })).toMatchObject({ code: 105, lead_id })
    expect((await lease(place)).map(({ numbers }) => numbers.length)).toEqual([2])
  })
})

describe('a number that has two forms', async () => {
  const place = await placeIn(leadline, 'AR')

  test('is held and blocked in both, and dialled as its lead has it', async () => {
    const { lead_id } = await insert(place, { Phone: '011 15 2345 6789', Second: '+54 11 2345 6789' })
    expect((await view(lead_id!)).phones).toMatchObject([
      { field: 'Phone', number: '+5491123456789' },
      { field: 'Second', number: '+541123456789' },
    ])
    for (const Phone of ['+54 9 11 2345 6789', '+54 11 2345 6789', '11 2345 6789'])
      expect(await insert(place, { Phone })).toMatchObject({ code: 105, lead_id })
    const [leased] = await lease(place)
    expect(leased!.numbers).toEqual([{ field: 'Phone', number: '+5491123456789' }])
    const report = { disposition: 'Busy', phone: '011 2345 6789', phone_state: 'disconnected' }
    await client.put(`/v1/leases/${leased!.lease_id}/outcome`, report)
    expect((await view(lead_id!)).phones.map(({ state }) => state)).toEqual(['disconnected', 'disconnected'])
    expect((await add(place, ['+54 9 11 2345 6789', '011 2345 6789'])).body).toMatchObject({
      added: 1,
      items: [{ phone: '+541123456789' }],
    })
    expect((await view(lead_id!)).phones.map(({ blocked_by }) => blocked_by)).toEqual([
      'campaign',
      'campaign',
    ])
  })

  test('is no change of a lead when the other form is sent', async () => {
    const { lead_id } = await insert(place, { Phone: '+54 9 11 2345 6700' })
    const same = await client.patchLead(lead_id!, 1, { fields: { Phone: '+54 11 2345 6700' } })
    expect(same).toMatchObject({ status: 200, body: { version: 1, fields: { Phone: '+54 9 11 2345 6700' } } })
  })
})

describe('what says that there is no number', async () => {
  const place = await placeIn(leadline, 'AU')

  test('keeps what a lead has', async () => {
    const phone = mobile()
    const { lead_id } = await insert(place, { Phone: phone, Second: 'N/A' })
    expect((await view(lead_id!)).fields).toEqual({ Phone: phone })
    const patched = await client.patchLead(lead_id!, 1, { fields: { Phone: '-', Name: 'Ana' } })
    expect(patched.body).toMatchObject({ version: 2, fields: { Phone: phone, Name: 'Ana' } })
    const [leased] = await lease(place)
    const reported = await client.put<Reported>(`/v1/leases/${leased!.lease_id}/outcome`, {
      disposition: 'Busy',
      phone,
      fields: { Phone: 'n/a', Second: '0' },
    })
    expect(reported).toMatchObject({ status: 200, body: { not_taken: [] } })
    expect((await view(lead_id!)).fields).toEqual({ Phone: phone, Name: 'Ana' })
  })

  test('is no decision about a number', async () => {
    const phone = mobile()
    const { lead_id } = await insert(place, { Phone: phone })
    await client.patchLead(lead_id!, 1, { fields: { Phone: mobile() } })
    const merged = await client.post(`/v1/leads/${lead_id}/merge`, {
      base_version: 1,
      lead_version: 2,
      mine: { fields: { Phone: mobile() } },
      decisions: { 'fields.Phone': { take: 'value', value: { 'fields.Phone': '-' } } },
    })
    expect(merged).toMatchObject({ status: 422, code: 1005 })
  })
})
