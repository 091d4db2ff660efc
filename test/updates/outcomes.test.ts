// Outcomes of calls that come with updates.

import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'
import { codesOf, updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { ana, update, view, calls, history, conflictsOf } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

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
      // Its rule depends on the time: a second later it gives another date.
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
