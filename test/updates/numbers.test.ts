// Numbers that updates bring and take away: duplicates, and do-not-call rules.

import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import type { Lead } from '../../src/client/api.ts'
import type { Target } from '../../src/client/client.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { e164 } from '../support/leads.ts'
import { until } from '../support/until.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { lead, ana, update, view, campaign } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

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

  test('one that is replaced or cleared stays claimed in other campaigns', async () => {
    const [known, second, elsewhere] = [await ana(), mobile(), await campaign('elsewhere')]
    await update(known, { SecondPhone: second })
    const theirs = await lead({ SecondPhone: second, FirstPhone: known.phone }, elsewhere)
    expect(await update(known, { FirstPhone: mobile(), SecondPhone: '' })).toMatchObject({ code: 0 })
    for (const FirstPhone of [known.phone, second])
      expect(await client.insertLeadFast(elsewhere, { Name: 'Rui Costa', FirstPhone })).toMatchObject({
        code: 105,
        lead_id: theirs.lead_id,
      })
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
    // Not even the private list blocks numbers that the lead has already.
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
