// The feed: who comes next, who has a lead, and what an outcome does to it.

import { afterEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases, OutcomeReport, Reported } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { queriesOf, spyOnQueries } from './support/queries.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const { client, target, connection } = leadline
const later = (seconds: number) => (now = new Date(Date.parse(now) + seconds * 1_000).toISOString())

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
/** A started allocation of its own. */
async function allocation(started = true) {
  const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: target.campaign_id,
    name: `feed ${++names}`,
  })
  const { allocation_id } = body
  if (started) await client.patch(`/v1/allocations/${allocation_id}`, { started: true })
  return allocation_id
}

async function insert(allocation_id: number, more: Record<string, string> = {}) {
  const FirstPhone = mobile()
  const { code, lead_id } = await client.insertLead(
    { ...target, allocation_id },
    { FirstPhone, Name: 'Ana Silva', njExternalLeadId: `feed-${FirstPhone}`, ...more },
  )
  expect(code).toBe(0)
  return { lead_id: lead_id!, FirstPhone, external_id: `feed-${FirstPhone}` }
}

const lease = async (allocation_id: number, body: object = {}) =>
  (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, body)).body.items
const ids = async (allocation_id: number, body: object = {}) =>
  (await lease(allocation_id, body)).map(({ lead }) => lead.id)
const report = (lease_id: string, body: OutcomeReport) =>
  client.put<Reported>(`/v1/leases/${lease_id}/outcome`, body)
const view = async (lead_id: string) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body

describe('who comes next', () => {
  test('priority, then due callbacks, latest due first, then new leads, latest first', async () => {
    const at = await allocation()
    const [first, second] = [await insert(at), await insert(at)]
    const urgent = await insert(at, { njPriority: '1' })
    const early = await insert(at, { njCallBackDate: '2026/11/24 13:00' })
    const late = await insert(at, { njCallBackDate: '2026/11/24 13:30' })
    await insert(at, { njCallBackDate: '2026/11/24 15:00' })
    const { body } = await client.get<{ items: { lead_id: string }[] }>(`/v1/allocations/${at}/queue`)
    const order = [urgent, late, early, second, first].map(({ lead_id }) => lead_id)
    expect(body.items.map(({ lead_id }) => lead_id)).toEqual(order)
    expect(await ids(at, { count: 3 })).toEqual(order.slice(0, 3))
    expect(await ids(at, { count: 10 })).toEqual(order.slice(3))
    expect(await ids(at)).toEqual([])
  })

  test('a callback comes when it is due, whoever asks', async () => {
    const at = await allocation()
    const { lead_id } = await insert(at, { njCallBackDate: '2026/11/24 14:10' })
    expect(await ids(at)).toEqual([])
    later(599)
    expect(await ids(at)).toEqual([])
    later(1)
    expect(await ids(at)).toEqual([lead_id])
  })

  test('nobody from a stopped allocation', async () => {
    const at = await allocation(false)
    const { lead_id } = await insert(at)
    expect(await ids(at)).toEqual([])
    await client.patch(`/v1/allocations/${at}`, { started: true })
    expect(await ids(at)).toEqual([lead_id])
  })

  test('a lead whose numbers are all blocked is passed over, one with another number is not', async () => {
    const at = await allocation()
    const SecondPhone = mobile()
    const half = await insert(at, { SecondPhone })
    const whole = await insert(at)
    await client.post('/v1/dnc', { list: 'private', phones: [half.FirstPhone, whole.FirstPhone] })
    const items = await lease(at, { count: 10 })
    expect(items.map(({ lead }) => lead.id)).toEqual([half.lead_id])
    expect(items[0]!.numbers).toEqual([{ field: 'SecondPhone', number: `+61${SecondPhone.slice(1)}` }])
  })

  test('a lead whose numbers are all blocked is not next, also before its turn has come; it is told until when', async () => {
    const at = await allocation()
    const SecondPhone = mobile()
    const [blocked, free] = [await insert(at, { SecondPhone }), await insert(at)]
    const [first, second] = ['2099-01-01T00:00:00Z', '2099-02-01T00:00:00Z']
    const entries = [
      { phone: blocked.FirstPhone, expires_at: second },
      { phone: SecondPhone, expires_at: first },
    ]
    await client.post('/v1/dnc', { list: 'private', entries })
    const { body } = await client.get<{ items: { lead_id: string }[]; lead: object }>(
      `/v1/allocations/${at}/queue`,
      { lead_id: blocked.lead_id },
    )
    expect(body.items.map(({ lead_id }) => lead_id)).toEqual([free.lead_id])
    expect(body.lead).toMatchObject({ eligible: false, reasons: [{ why: 'blocked', until: first }] })
  })
})

test('a lead is next however many are before it whose numbers are all blocked', async () => {
  const at = await allocation()
  const free = await insert(at)
  const before = await Promise.all(Array.from({ length: LIMITS.leases_max + 1 }, () => insert(at)))
  await client.post('/v1/dnc', { list: 'private', phones: before.map(({ FirstPhone }) => FirstPhone) })
  const { body } = await client.get<{ items: { lead_id: string }[] }>(`/v1/allocations/${at}/queue`, {
    limit: LIMITS.leases_max,
  })
  expect(body.items.map(({ lead_id }) => lead_id)).toEqual([free.lead_id])
})

describe('a lease', () => {
  test('comes back after its end and no sooner', async () => {
    const at = await allocation()
    const { lead_id } = await insert(at)
    expect(await ids(at, { lease_s: 60 })).toEqual([lead_id])
    later(59)
    expect(await ids(at)).toEqual([])
    later(1)
    expect(await ids(at)).toEqual([lead_id])
  })

  test('is neither a change nor a lock: the version stays, an update goes through', async () => {
    const at = await allocation()
    const { lead_id, external_id } = await insert(at)
    await ids(at)
    const updated = await client.updateLeadFast(target, {
      njExternalLeadId: external_id,
      FirstPhone: '<NO CHANGE>',
      Name: 'Ana Costa',
      njDisposition: 'Callback',
    })
    expect(updated).toMatchObject({ code: 0, version: 2 })
    expect(await ids(at)).toEqual([])
    later(180)
    expect(await ids(at)).toEqual([])
    later(3_600)
    expect(await ids(at)).toEqual([lead_id])
  })

  test('can be kept for longer, but not once it has ended', async () => {
    const at = await allocation()
    await insert(at)
    const [taken] = await lease(at, { lease_s: 60 })
    later(50)
    const extended = await client.patch<{ expires_at: string }>(`/v1/leases/${taken!.lease_id}`, {
      lease_s: 120,
    })
    expect(Date.parse(extended.body.expires_at) - Date.parse(now)).toBe(120_000)
    later(119)
    expect(await ids(at)).toEqual([])
    later(1)
    expect(await client.patch(`/v1/leases/${taken!.lease_id}`, { lease_s: 60 })).toMatchObject({
      status: 404,
      code: 1004,
    })
    expect(await ids(at)).toHaveLength(1)
  })

  test('is handed back: the lead is next again, once', async () => {
    const at = await allocation()
    const { lead_id } = await insert(at)
    const [first] = await lease(at)
    expect(await client.delete(`/v1/leases/${first!.lease_id}`)).toMatchObject({ status: 204 })
    const [second] = await lease(at)
    expect(second!.lead.id).toBe(lead_id)
    // Handed back again, it does not end the lease of the one who has the lead now.
    expect(await client.delete(`/v1/leases/${first!.lease_id}`)).toMatchObject({ status: 204 })
    expect(await ids(at)).toEqual([])
  })

  test('ends with an edit that closes the lead, or with forgetting it', async () => {
    const at = await allocation()
    const [closed, forgotten] = [await insert(at), await insert(at)]
    expect(await lease(at, { count: 2 })).toHaveLength(2)
    await client.updateLeadFast(target, {
      njExternalLeadId: closed.external_id,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Sale',
    })
    await client.delete(`/v1/leads/${forgotten.lead_id}`)
    later(180)
    expect(await ids(at)).toEqual([])
  })

  test('waits for a lead that comes', async () => {
    const at = await allocation()
    const waiting = lease(at, { wait_s: 30 })
    await expect.poll(async () => (await lease(at)).length).toBe(0)
    const { lead_id } = await insert(at)
    expect((await waiting).map(({ lead }) => lead.id)).toEqual([lead_id])
  })

  test('waits no longer than it was told to', async () => {
    expect(await ids(await allocation(), { wait_s: 1 })).toEqual([])
  })

  test.each([
    ['/v1/allocations/999999/leases', {}, 404, 1004],
    ['/v1/allocations/1/leases', { count: 0 }, 422, 1005],
    ['/v1/allocations/1/leases', { count: 501 }, 422, 1005],
    ['/v1/allocations/1/leases', { lease_s: 0 }, 422, 1005],
    ['/v1/allocations/1/leases', { wait_s: 31 }, 422, 1005],
    ['/v1/allocations/1/leases', { agents: 'ana' }, 422, 1005],
  ])('POST %s %j is refused', async (path, body, status, code) => {
    expect(await client.post(path, body)).toMatchObject({ status, code })
  })

  test('is seen by those who may see its campaign', async () => {
    const at = await allocation()
    await insert(at)
    const [taken] = await lease(at)
    const stranger = await leadline.clientWith(['dial'], [999])
    const reader = await leadline.clientWith(['read'])
    const path = `/v1/leases/${taken!.lease_id}`
    expect(await stranger.post(`/v1/allocations/${at}/leases`, {})).toMatchObject({ code: 1004 })
    expect(await stranger.delete(path)).toMatchObject({ code: 1004 })
    expect(await reader.delete(path)).toMatchObject({ code: 1002 })
    for (const id of ['nonsense', '1-1', '1-1-99999999', '99-1-1'])
      expect(await client.delete(`/v1/leases/${id}`)).toMatchObject({ status: 404, code: 1004 })
  })
})

describe('a callback of an agent', () => {
  test('goes to that agent until the grace time is over, then to anybody', async () => {
    const at = await allocation()
    const { lead_id, FirstPhone } = await insert(at)
    const [taken] = await lease(at)
    await report(taken!.lease_id, {
      disposition: 'Callback',
      phone: FirstPhone,
      callback: wall(600),
      callback_agent: 'ana',
    })
    expect(await view(lead_id)).toMatchObject({ callback_agent: 'ana' })
    later(660)
    expect(await ids(at)).toEqual([])
    expect(await ids(at, { agent: 'rui' })).toEqual([])
    const [hers] = await lease(at, { agent: 'ana' })
    expect(hers!.lead.id).toBe(lead_id)
    await client.delete(`/v1/leases/${hers!.lease_id}`)
    expect(await ids(at)).toEqual([])
    later(900)
    expect(await ids(at, { agent: 'rui' })).toEqual([lead_id])
  })
})

/** Wall time in Melbourne so many seconds from now, whole minutes. */
const wall = (seconds: number) =>
  Temporal.Instant.from(now)
    .add({ seconds })
    .toZonedDateTimeISO('Australia/Melbourne')
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })

describe('an outcome', () => {
  /** A lead in the hands of a dialler. */
  async function held(more: Record<string, string> = {}) {
    const at = await allocation()
    const lead = await insert(at, more)
    const [taken] = await lease(at)
    expect(taken!.lead.id).toBe(lead.lead_id)
    const outcome = (disposition: string, rest: object = {}) =>
      report(taken!.lease_id, { disposition, phone: lead.FirstPhone, ...rest })
    const update = (values: Record<string, string>) =>
      client.updateLeadFast(target, {
        njExternalLeadId: lead.external_id,
        FirstPhone: '<NO CHANGE>',
        ...values,
      })
    const calls = async () =>
      (
        await client.get<{ items: { disposition: string; phone: string | null; way: string }[] }>(
          `/v1/leads/${lead.lead_id}/calls`,
        )
      ).body.items.map(({ disposition, phone, way }) => [disposition, phone, way])
    return { at, ...lead, lease_id: taken!.lease_id, outcome, update, calls }
  }
  const e164 = (phone: string) => `+61${phone.slice(1)}`

  test('is a call record with the number dialled, and the lead follows its rule', async () => {
    const { at, lead_id, FirstPhone, outcome, calls } = await held()
    const answer = await outcome('busy')
    expect(answer).toMatchObject({
      status: 200,
      body: { lead_id, version: 2, applied: true, disposition: 'Busy', closed: false, priority: 10 },
    })
    expect(Date.parse(answer.body.callback_at!) - Date.parse(now)).toBe(900_000)
    expect(await calls()).toEqual([['Busy', e164(FirstPhone), 'dialler']])
    later(899)
    expect(await ids(at)).toEqual([])
    later(1)
    expect(await ids(at)).toEqual([lead_id])
  })

  test('is answered the same when it is repeated, and refused when it is another one', async () => {
    const { lead_id, outcome, calls } = await held()
    const first = await outcome('Sale', { fields: { City: 'Carlton' } })
    later(5)
    expect((await outcome('Sale', { fields: { City: 'Carlton' } })).body).toEqual(first.body)
    expect(await outcome('Busy')).toMatchObject({ status: 422, code: 1010 })
    expect(await calls()).toHaveLength(1)
    expect(await view(lead_id)).toMatchObject({ version: 2, closed: true, fields: { City: 'Carlton' } })
  })

  test('of eight at once one is written', async () => {
    const { outcome, calls } = await held()
    const answers = await Promise.all(Array.from({ length: 8 }, () => outcome('No Answer')))
    for (const { body } of answers) expect(body).toEqual(answers[0]!.body)
    expect(await calls()).toHaveLength(1)
  })

  test('closes the lead when the re-dials are used up', async () => {
    const { at, outcome, FirstPhone, lead_id } = await held()
    await outcome('Busy')
    for (let redial = 1; redial <= 5; redial++) {
      later(900)
      const [taken] = await lease(at)
      expect(taken!.lead).toMatchObject({ id: lead_id, closed: false })
      await report(taken!.lease_id, { disposition: 'Busy', phone: FirstPhone })
    }
    expect(await view(lead_id)).toMatchObject({ disposition: 'Busy', closed: true, callback: null })
    later(86_400)
    expect(await ids(at)).toEqual([])
  })

  test('after the lease has ended is written all the same, and whoever has the lead keeps it', async () => {
    const { at, lead_id, outcome, calls } = await held()
    later(200)
    const [next] = await lease(at)
    expect(next!.lead.id).toBe(lead_id)
    expect(await outcome('No Answer')).toMatchObject({ status: 200, body: { applied: true } })
    expect(await calls()).toHaveLength(1)
    expect(await ids(at)).toEqual([])
    expect(await client.patch(`/v1/leases/${next!.lease_id}`, { lease_s: 60 })).toMatchObject({ status: 200 })
  })

  test('that comes late uses up re-dials like any other', async () => {
    const { at, lead_id, FirstPhone, outcome } = await held()
    later(200)
    for (let call = 1; call <= 5; call++) {
      const [taken] = await lease(at)
      await report(taken!.lease_id, { disposition: 'Busy', phone: FirstPhone })
      later(900)
    }
    expect(await view(lead_id)).toMatchObject({ closed: false })
    // The sixth that is known of, although it was the first: the lead follows later ones, and none may come.
    const early = new Date(Date.parse(now) - 5_000_000).toISOString()
    expect(await outcome('Busy', { at: early })).toMatchObject({ body: { applied: false, closed: true } })
    expect(await view(lead_id)).toMatchObject({ disposition: 'Busy', closed: true, callback: null })
    expect(await ids(at)).toEqual([])
  })

  test('after it was handed back is written too', async () => {
    const { lease_id, outcome, calls } = await held()
    await client.delete(`/v1/leases/${lease_id}`)
    expect(await outcome('Sale')).toMatchObject({ status: 200, body: { closed: true } })
    expect(await calls()).toHaveLength(1)
  })

  test('meets an update that gave another one: the lead follows the stricter, both are on record', async () => {
    const stricter = await held()
    await stricter.update({ njDisposition: 'Sale' })
    later(1)
    expect(await stricter.outcome('Busy')).toMatchObject({
      status: 200,
      body: { applied: false, disposition: 'Sale', closed: true },
    })
    expect(await stricter.calls()).toHaveLength(2)

    const milder = await held()
    await milder.update({ njDisposition: 'Busy' })
    expect(await milder.outcome('Sale')).toMatchObject({
      body: { applied: true, disposition: 'Sale', closed: true },
    })
    expect(await milder.calls()).toHaveLength(2)

    const equal = await held()
    await equal.update({ njDisposition: 'Busy' })
    later(1)
    expect(await equal.outcome('No Answer')).toMatchObject({
      body: { applied: true, disposition: 'No Answer' },
    })
    const earlier = await held()
    later(60)
    await earlier.update({ njDisposition: 'Busy' })
    const at = new Date(Date.parse(now) - 30_000).toISOString()
    expect(await earlier.outcome('No Answer', { at })).toMatchObject({
      body: { applied: false, disposition: 'Busy' },
    })
  })

  test('meets an edit: other fields are merged, the same field waits for a person, the call counts', async () => {
    const { lead_id, outcome, update, calls } = await held()
    await client.updateLeadFast(target, { njExternalLeadId: 'nobody' })
    await update({ Name: 'Ana Costa', njDisposition: 'Busy' })
    const answer = await outcome('Sale', { fields: { Name: 'Ana Souza', City: 'Carlton' } })
    expect(answer).toMatchObject({ status: 200, body: { applied: true, held: ['fields.Name'] } })
    expect(await view(lead_id)).toMatchObject({
      closed: true,
      fields: { Name: 'Ana Costa', City: 'Carlton' },
    })
    expect(await calls()).toHaveLength(2)
    const { body } = await client.get<{ items: { mine: object; groups: string[] }[] }>('/v1/conflicts', {
      lead_id,
    })
    expect(body.items).toMatchObject([{ mine: { 'fields.Name': 'Ana Souza' }, groups: ['fields.Name'] }])
  })

  test('that names the number which the lead has, spelt otherwise, changes nothing of it', async () => {
    const { lead_id, outcome, update } = await held()
    const { fields } = await view(lead_id)
    const spelt = (phone: string) => `+61 ${phone.slice(1)}`
    await update({ SecondPhone: mobile(), njDisposition: 'Busy' })
    const answer = await outcome('No Answer', { fields: { FirstPhone: spelt(fields.FirstPhone!) } })
    expect(answer).toMatchObject({ status: 200, body: { held: [], not_taken: [] } })
    expect((await view(lead_id)).fields.FirstPhone).toBe(fields.FirstPhone)
  })

  test('meets a callback that somebody set meanwhile: the rule does not overwrite it', async () => {
    const { lead_id, outcome, update } = await held({ njDisposition: 'Client Approved Callback' })
    await update({ njCallBackDate: '2026/12/01 10:00' })
    await outcome('No Answer')
    expect(await view(lead_id)).toMatchObject({
      disposition: 'No Answer',
      callback: { local: '2026-12-01T10:00:00' },
    })
  })

  test('is judged by the lead as it was shown, also when that was changed on its way to the dialler', async () => {
    const at = await allocation()
    const { lead_id, FirstPhone, external_id } = await insert(at, { City: 'Perth' })
    const query = queriesOf(leadline.pool)
    const behind = spyOnQueries(leadline.pool).mockImplementation(async (statement, params) => {
      const rows = await query(statement, params)
      if (statement.name === 'queue.take') {
        behind.mockRestore()
        await client.updateLeadFast(target, {
          njExternalLeadId: external_id,
          FirstPhone: '<NO CHANGE>',
          City: 'Sydney',
          njDisposition: 'Client Approved Callback',
        })
      }
      return rows
    })
    const [taken] = await lease(at)
    expect(taken!.lead).toMatchObject({ version: 1, disposition: null, fields: { City: 'Perth' } })
    const answer = await report(taken!.lease_id, {
      disposition: 'No Answer',
      phone: FirstPhone,
      fields: { City: 'Hobart' },
    })
    expect(answer.body).toMatchObject({
      applied: false,
      disposition: 'Client Approved Callback',
      held: ['address'],
    })
    expect(await view(lead_id)).toMatchObject({ fields: { City: 'Sydney' } })
  })

  test('meets what somebody set meanwhile, and says what was there before: that is no change', async () => {
    const { lead_id, outcome, update } = await held({
      njDisposition: 'Busy',
      njCallBackDate: '2026/11/24 13:00',
    })
    await update({ njPriority: '1', njCallBackDate: '2026/12/01 10:00' })
    // A dialler that sends back all that it was shown.
    await outcome('Busy', { priority: 10, callback: '2026-11-24T13:00', callback_agent: null })
    expect(await view(lead_id)).toMatchObject({ priority: 1, callback: { local: '2026-12-01T10:00:00' } })
  })

  test('of a forgotten lead is a call record without the number; do not call is heeded', async () => {
    const { lead_id, FirstPhone, outcome } = await held()
    await client.delete(`/v1/leads/${lead_id}`)
    expect(await outcome('Do Not Call')).toMatchObject({ status: 200, body: { version: null } })
    expect(await outcome('Do Not Call')).toMatchObject({ status: 200, body: { version: null } })
    const { body } = await client.get<{ items: { phone: string }[] }>('/v1/dnc', { phone: FirstPhone })
    expect(body.items).toHaveLength(1)
  })

  test('do not call closes the lead and lists all its numbers', async () => {
    const SecondPhone = mobile()
    const { FirstPhone, outcome } = await held({ SecondPhone })
    await outcome('Do Not Call')
    const { body } = await client.post<{ items: { blocked: boolean }[] }>('/v1/dnc/check', {
      phones: [FirstPhone, SecondPhone],
    })
    expect(body.items.map(({ blocked }) => blocked)).toEqual([true, true])
  })

  test('says what the call told about the number: it is not dialled again', async () => {
    const SecondPhone = mobile()
    const { at, FirstPhone, outcome } = await held({ SecondPhone })
    await outcome('Busy', { phone_state: 'disconnected' })
    later(900)
    const [next] = await lease(at)
    expect(next!.numbers).toEqual([{ field: 'SecondPhone', number: e164(SecondPhone) }])
    await report(next!.lease_id, { disposition: 'Busy', phone: SecondPhone, phone_state: 'wrong' })
    later(900)
    expect(await ids(at)).toEqual([])
    expect(FirstPhone).not.toBe(SecondPhone)
  })

  test('gives the lead another number, unless another lead has it: then the outcome still counts', async () => {
    const other = await insert(await allocation())
    const { lead_id, outcome } = await held()
    const answer = await outcome('Sale', { fields: { SecondPhone: other.FirstPhone, City: 'Carlton' } })
    expect(answer).toMatchObject({ status: 200, body: { applied: true, not_taken: [{ code: 105 }] } })
    expect(await view(lead_id)).toMatchObject({ closed: true, fields: { City: 'Carlton' } })
    const second = await held()
    const SecondPhone = mobile()
    expect((await second.outcome('Sale', { fields: { SecondPhone } })).body.not_taken).toEqual([])
    expect(await view(second.lead_id)).toMatchObject({ fields: { SecondPhone } })
  })

  test('names every number that the lead cannot get, and holds what clashes beside it', async () => {
    const other = await insert(await allocation())
    const { lead_id, outcome, update } = await held({
      njDisposition: 'Busy',
      njCallBackDate: '2026/11/24 13:00',
    })
    const numbers = { FirstPhone: mobile(), SecondPhone: other.FirstPhone }
    await update({ FirstPhone: mobile() })
    expect((await outcome('Sale', { fields: numbers })).body).toMatchObject({
      held: ['fields.FirstPhone'],
      not_taken: [{ code: 105, field: 'SecondPhone' }],
    })
    const { body } = await client.get<{ items: { mine: object }[] }>('/v1/conflicts', { lead_id })
    expect(body.items).toMatchObject([{ mine: { 'fields.FirstPhone': numbers.FirstPhone } }])
    const second = await held()
    const both = await second.outcome('Sale', { fields: { ...numbers, City: 'Carlton' } })
    expect(both.body).toMatchObject({
      applied: true,
      not_taken: [
        { code: 105, field: 'FirstPhone' },
        { code: 105, field: 'SecondPhone' },
      ],
    })
  })

  test('brings keys that are no field as far as a lead has room for them: fifty, of 32 kB in all', async () => {
    const { lead_id, outcome, at } = await held({ note: 'from the form' })
    const keys = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key ${i}`, 'x']))
    for (const unmapped of [keys, { note: 'é'.repeat(16_385) }])
      expect(await outcome('Busy', { unmapped })).toMatchObject({ status: 422, code: 1005 })
    const { 'key 0': _, ...fitting } = keys
    const unmapped = { ...fitting, note: 'é'.repeat(500) }
    expect(await outcome('Busy', { unmapped })).toMatchObject({ status: 200 })
    expect((await client.get<{ unmapped: object }>(`/v1/leads/${lead_id}`)).body.unmapped).toEqual(unmapped)
    later(16 * 60)
    const [again] = await lease(at)
    const one_more = { disposition: 'Busy', phone: again!.numbers[0]!.number, unmapped: { one_more: 'x' } }
    expect(await report(again!.lease_id, one_more)).toMatchObject({ status: 422, code: 1005 })
  })

  test.each([
    [{ disposition: 'Nonsense' }, 106, '/disposition'],
    [{ phone: 'call me' }, 1006, '/phone'],
    [{ at: 'yesterday' }, 1005, '/at'],
    [{ at: '2099-01-01T00:00:00Z' }, 1005, '/at'],
    [{ callback: 'tomorrow' }, 1007, '/callback'],
    [{ callback: '2020-01-01T10:00' }, 1007, '/callback'],
    [{ priority: 101 }, 1005, '/priority'],
    [{ fields: { Nonsense: 'x' } }, 1005, '/fields/Nonsense'],
    [{ fields: { Email: 'no address' } }, 1005, '/fields/Email'],
    [{ fields: { Name: '<NO CHANGE>' } }, 1005, '/fields/Name'],
    [{ fields: { Name: 'Ana', name: 'Ana' } }, 1005, '/fields/name'],
    [{ unmapped: { njPriority: '1' } }, 1005, '/unmapped/njPriority'],
    [{ unmapped: { ' njPriority': '1' } }, 1005, '/unmapped/ njPriority'],
    [{ unmapped: { constructor: 'x' } }, 1005, '/unmapped/constructor'],
    [{ unmapped: { note: '<No Change>' } }, 1005, '/unmapped/note'],
    [{ callback_agent: '<NO CHANGE>' }, 1005, '/callback_agent'],
    [{ phone_state: 'ok' }, 1005, '/phone_state'],
    [{ nonsense: 1 }, 1005, ''],
  ])('%j is refused, and can be reported again', async (wrong, code, field) => {
    const { lease_id, FirstPhone, outcome } = await held()
    const refused = await report(lease_id, { disposition: 'Busy', phone: FirstPhone, ...wrong })
    expect(refused).toMatchObject({ status: 422, code })
    expect(JSON.stringify(refused.body)).toContain(field)
    expect(await outcome('Busy')).toMatchObject({ status: 200 })
  })
})

describe('what a disposition given by an update does', () => {
  const given = async (njDisposition: string, more: Record<string, string> = {}) => {
    const at = await allocation()
    const lead = await insert(at)
    const { code } = await client.updateLeadFast(target, {
      njExternalLeadId: lead.external_id,
      FirstPhone: '<NO CHANGE>',
      njDisposition,
      ...more,
    })
    expect(code).toBe(0)
    return { at, lead_id: lead.lead_id, lead: await view(lead.lead_id) }
  }

  test('priority and callback by rule; what stands beside it wins', async () => {
    expect((await given('Busy')).lead).toMatchObject({ priority: 10, callback: { local: wallSeconds(900) } })
    expect((await given('Callback')).lead).toMatchObject({
      priority: 6,
      callback: { local: wallSeconds(3_600) },
    })
    expect((await given('No Answer')).lead).toMatchObject({ priority: 12 })
    const both = await given('Busy', { njPriority: '3', njCallBackDate: '2026/12/01 10:00' })
    expect(both.lead).toMatchObject({ priority: 3, callback: { local: '2026-12-01T10:00:00' } })
  })

  test('what closes takes the lead out of the queue, what does not puts it back', async () => {
    const { at, lead_id } = await given('Sale')
    expect(await ids(at)).toEqual([])
    const { body } = await client.get<Lead & { external_id: string }>(`/v1/leads/${lead_id}`)
    await client.updateLeadFast(target, {
      njExternalLeadId: body.external_id,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Client Approved Callback',
    })
    expect(await ids(at)).toEqual([lead_id])
  })
})

const wallSeconds = (seconds: number) =>
  Temporal.Instant.from(now)
    .add({ seconds })
    .toZonedDateTimeISO('Australia/Melbourne')
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })

describe('the leads that a taker has', () => {
  const heldBy = async (at: number, taker = client) => {
    const answer = await taker.heldLeases(at)
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body.items
  }

  test('are listed until they are reported, handed back or run out, for the taker alone', async () => {
    const at = await allocation()
    const made = [await insert(at), await insert(at), await insert(at)]
    const [third, second, first] = await lease(at, { count: 3, agent: 'Ann' })
    expect(await heldBy(at)).toEqual(
      [third!, second!, first!].map(({ lease_id, lead, expires_at }) => ({
        lease_id,
        lead_id: lead.id,
        agent: 'Ann',
        leased_at: now.replace('.000', ''),
        expires_at,
        numbers: null,
      })),
    )
    expect(await heldBy(at, await leadline.clientWith(['dial']))).toEqual([])
    await report(third!.lease_id, { disposition: 'Sale', phone: made[2]!.FirstPhone })
    await client.delete(`/v1/leases/${second!.lease_id}`)
    expect((await heldBy(at)).map(({ lease_id }) => lease_id)).toEqual([first!.lease_id])
    later(LIMITS.lease_s_default + 1)
    expect(await heldBy(at)).toEqual([])
  })

  test('name the numbers that may be dialled where calls are counted', async () => {
    const ruled = (attempt_rules: { lead: { total_max: number } } | null) =>
      client.changeTemplate(target.template_id, { attempt_rules })
    expect(await ruled({ lead: { total_max: 9 } })).toMatchObject({ ok: true })
    const at = await allocation()
    const { FirstPhone } = await insert(at, { SecondPhone: mobile() })
    const [taken] = await lease(at)
    const [held] = await heldBy(at)
    expect(held!.numbers).toEqual(taken!.numbers.map(({ number }) => number))
    expect(held!.numbers![0]).toBe(`+61${FirstPhone.slice(1)}`)
    await client.delete(`/v1/leases/${taken!.lease_id}`)
    expect(await ruled(null)).toMatchObject({ ok: true })
  })

  test('of a virtual allocation are those of its members', async () => {
    const [one, other] = [await allocation(), await allocation()]
    await insert(one)
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id: target.campaign_id,
      name: `feed ${++names}`,
      started: true,
      draws: { by: 'penalty', members: [one, other].map((allocation_id) => ({ allocation_id, penalty: 0 })) },
    })
    const [taken] = await lease(body.allocation_id)
    for (const at of [body.allocation_id, one])
      expect((await heldBy(at)).map(({ lease_id }) => lease_id)).toEqual([taken!.lease_id])
    expect(await heldBy(other)).toEqual([])
  })
})
