// Outcomes in classic requests: disposition, callback, priority.

import { describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { classicOn, NOW } from '../support/classic.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { reference, shown, calls, events, inserted, called } = classicOn(leadline)

describe('a disposition', () => {
  test('is known in any case and stored as the set spells it; an unknown one is 106', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: '  no ANSWER ' })).toMatchObject({ version: 2 })
    expect(await shown(lead_id)).toMatchObject({ disposition: 'No Answer', closed: false })
    for (const njDisposition of ['Delighted', 'No  Answer', 7, true])
      expect(await change({ njDisposition })).toMatchObject({
        status: 400,
        code: 106,
        body: { message: 'INVALID_DISPOSTION' },
      })
    expect(await calls(lead_id)).toEqual(['Busy', 'No Answer'])
  })

  test('that is disabled is unknown', async () => {
    const { change } = await called()
    const disable = (enabled: boolean) =>
      admin(leadline.connection, `update dispositions set enabled = ${enabled} where code = 'Fax'`)
    await disable(false)
    // Set-up that another process changed is known within half a second.
    await expect.poll(async () => (await change({ njDisposition: 'Fax' })).code).toBe(106)
    await disable(true)
    await expect.poll(async () => (await change({ njDisposition: 'Fax' })).code).toBe(0)
  })

  test('given again is an outcome again, and a version', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: 'Busy' })).toMatchObject({ code: 0, version: 2 })
    expect(await calls(lead_id)).toEqual(['Busy', 'Busy'])
    expect(await events(lead_id)).toHaveLength(2)
  })

  test('closes a lead, also one that was never called, and another one reopens it', async () => {
    const njExternalLeadId = reference()
    const lead_id = await inserted({ njExternalLeadId })
    const update = (njDisposition: string) =>
      client.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', njDisposition })
    expect(await update('Sale')).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({ closed: true, disposition: 'Sale' })
    expect(await update('Busy')).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({ closed: false, disposition: 'Busy' })
  })

  test('of kind dnc puts the numbers of the lead on the private list', async () => {
    const SecondPhone = mobile()
    const { lead_id, FirstPhone, change } = await called({ SecondPhone })
    expect(await change({ njDisposition: 'Do Not Call' })).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({
      closed: true,
      phones: [{ blocked_by: 'private' }, { blocked_by: 'private' }],
    })
    for (const phone of [FirstPhone, SecondPhone])
      expect(await client.insertLeadFast(target, { FirstPhone: phone })).toMatchObject({
        code: 104,
        body: { message: 'DNC', list: 'private' },
      })
  })

  test('of kind client_callback marks the lead as approved', async () => {
    const { lead_id, change } = await called()
    const outcome = { njDisposition: 'Client Approved Callback', njCallBackDate: '2026/12/24 09:00' }
    expect(await change(outcome)).toMatchObject({ code: 0 })
    expect(await shown(lead_id)).toMatchObject({
      client_approved: true,
      callback: { local: '2026-12-24T09:00:00' },
    })
  })

  test('came with a new lead in the old insertLead', async () => {
    const { lead_id } = await called({ njDisposition: 'sale', njCallBackDate: '2026/12/24 09:00' })
    // A date beside a disposition that closes is ignored.
    expect(await shown(lead_id)).toMatchObject({ disposition: 'Sale', closed: true, callback: null })
    expect(await calls(lead_id)).toEqual(['Sale'])

    const approved = await called({ njDisposition: 'Client Approved Callback' })
    expect(await shown(approved.lead_id)).toMatchObject({ client_approved: true, closed: false })

    const unwanted = await called({ njDisposition: 'Do Not Call' })
    expect(await shown(unwanted.lead_id)).toMatchObject({
      closed: true,
      phones: [{ field: 'FirstPhone', blocked_by: 'private' }],
    })
    const again = { FirstPhone: unwanted.FirstPhone }
    expect(await client.insertLeadFast(target, again, { allowDuplicates: true })).toMatchObject({ code: 104 })

    expect(
      await client.insertLead(target, { FirstPhone: mobile(), njDisposition: 'Delighted' }),
    ).toMatchObject({
      status: 400,
      code: 106,
    })
    const fresh = await client.insertLead(target, { FirstPhone: mobile(), njDisposition: '' })
    expect(await shown(fresh.lead_id)).toMatchObject({ disposition: null })
  })
})

describe('a callback', async () => {
  for (const [name, zone] of [
    ['Perth', 'Australia/Perth'],
    ['Berlin', 'Europe/Berlin'],
  ])
    await client.post('/v1/contact-hours', { name, zone })

  const agreed = async (lead: LeadDocument) => (await shown(await inserted(lead))).callback

  test.each([
    ['2026/12/24 09:00', '2026-12-23T22:00:00Z'],
    [' 2026/07/01 10:00 ', '2026-07-01T00:00:00Z'],
    // Clocks go forward: 02:30 is not there, 03:00 is the first minute after it.
    ['2026/10/04 02:30', '2026-10-03T16:00:00Z'],
    // Clocks go back: 02:30 is there twice, the first counts.
    ['2027/04/04 02:30', '2027-04-03T15:30:00Z'],
    // In the past: due at once.
    ['2025/07/02 10:00', '2025-07-02T00:00:00Z'],
    ['2031/06/30 10:00', '2031-06-30T00:00:00Z'],
  ])('at %s in Melbourne is %s', async (local, at) => {
    const text = local.trim()
    expect(await agreed({ njCallBackDate: local })).toEqual({
      local: `${text.slice(0, 10).replaceAll('/', '-')}T${text.slice(11)}:00`,
      zone: 'Australia/Melbourne',
      at,
    })
  })

  test.each([
    '2026-12-24 09:00',
    '24/12/2026 09:00',
    '2026/12/24',
    '2026/12/24 9:00',
    '2026/12/24 09:00:00',
    '2026/12/24T09:00',
    '2026/12/24  09:00',
    '2026/13/01 09:00',
    '2027/02/29 09:00',
    '2026/12/24 24:00',
    '2026/12/24 09:60',
    '2025/06/30 09:00',
    '2031/07/02 10:00',
    'tomorrow',
    '1798102800',
  ])('at %j is refused: 1007', async (njCallBackDate) => {
    const { lead_id, change } = await called()
    expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njCallBackDate })).toMatchObject({
      status: 400,
      code: 1007,
      body: { field: 'njCallBackDate' },
    })
    expect(await change({ njCallBackDate })).toMatchObject({ status: 400, code: 1007 })
    expect(await shown(lead_id)).toMatchObject({ version: 1 })
  })

  test("is read in the lead's own contact hours, by their name in any case", async () => {
    const lead = { njCallBackDate: '2026/12/24 09:00', njContactHours: ' pERTH ' }
    expect(await agreed(lead)).toMatchObject({ zone: 'Australia/Perth', at: '2026-12-24T01:00:00Z' })
    for (const njContactHours of ['', ' ', null])
      expect(await agreed({ ...lead, njContactHours })).toMatchObject({ zone: 'Australia/Melbourne' })
    for (const njContactHours of ['Mars', 'Europe/Perth', 'Perth.'])
      expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njContactHours })).toMatchObject({
        status: 400,
        code: 111,
        body: { message: 'INVALID_TIMEZONE_SPECIFIED', field: 'njContactHours' },
      })
  })

  test('keeps its local time when the contact hours change, and its instant follows', async () => {
    const { lead_id, change } = await called({ njCallBackDate: '2026/12/24 09:00' })
    const look = async () => (await shown(lead_id)).callback
    await change({ njContactHours: 'Berlin' })
    expect(await look()).toEqual({
      local: '2026-12-24T09:00:00',
      zone: 'Europe/Berlin',
      at: '2026-12-24T08:00:00Z',
    })
    await change({ njContactHours: 'Perth', njCallBackDate: '2026/12/24 10:00' })
    expect(await look()).toMatchObject({ zone: 'Australia/Perth', at: '2026-12-24T02:00:00Z' })
    await change({ njContactHours: '' })
    expect(await look()).toMatchObject({ zone: 'Australia/Melbourne', at: '2026-12-23T23:00:00Z' })
    expect(await change({ njContactHours: 'Mars' })).toMatchObject({ code: 111 })
  })

  test('stays when it is left out, and goes when it is empty', async () => {
    const { lead_id, change } = await called({ njCallBackDate: '2026/12/24 09:00' })
    await change({ City: 'Fitzroy' })
    expect(await shown(lead_id)).toMatchObject({ callback: { local: '2026-12-24T09:00:00' } })
    await change({ njCallBackDate: '' })
    expect(await shown(lead_id)).toMatchObject({ callback: null })
  })

  test('beside a disposition that closes is ignored', async () => {
    const { lead_id, change } = await called()
    expect(await change({ njDisposition: 'Sale', njCallBackDate: '2026/12/24 09:00' })).toMatchObject({
      code: 0,
    })
    expect(await shown(lead_id)).toMatchObject({ closed: true, callback: null })
  })
})

describe('a priority', () => {
  test.each([
    ['0', 0],
    [0, 0],
    ['7', 7],
    [100, 100],
    [' 5 ', 5],
    ['', 10],
    [' ', 10],
    [null, 10],
  ])('%j is %i', async (njPriority, priority) => {
    expect(await shown(await inserted({ njPriority }))).toMatchObject({ priority })
    if (njPriority === null) return
    const { lead_id, change } = await called({ njPriority: '50' })
    await change({ njPriority })
    expect(await shown(lead_id)).toMatchObject({ priority })
  })

  test.each(['101', -1, '-1', '1.5', 1.5, '007', '1e1', 'high', '+5', '٥'])(
    '%j is refused: 1008',
    async (njPriority) => {
      const { lead_id, change } = await called()
      const refused = { status: 400, code: 1008, body: { field: 'njPriority' } }
      expect(await client.insertLeadFast(target, { FirstPhone: mobile(), njPriority })).toMatchObject(refused)
      expect(await change({ njPriority })).toMatchObject(refused)
      expect(await shown(lead_id)).toMatchObject({ version: 1, priority: 10 })
    },
  )

  test('stays when it is left out', async () => {
    const { lead_id, change } = await called({ njPriority: '3' })
    await change({ City: 'Fitzroy' })
    expect(await shown(lead_id)).toMatchObject({ version: 2, priority: 3 })
  })
})
