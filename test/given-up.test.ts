// A decision gives values up: they are kept with it, shown, given back on request, and forgotten with the lead.

import { afterEach, describe, expect, test } from 'vitest'
import type { DecidedMerge, Decisions, LeadPatch } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const NOW = '2026-07-01T00:00:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, connection } = leadline
const { ana, view, changed, historyOf } = leadsOf(leadline)
const robin = await leadline.asOperator('agent')
const boss = await leadline.asOperator('lead')

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

async function met(theirs: LeadPatch, mine: LeadPatch) {
  const { id } = await ana()
  await changed(id, 1, theirs)
  const merge = (decisions: Decisions, lead_version = 2, by = client) =>
    by.mergeLead(id, { base_version: 1, lead_version, mine, decisions })
  return { id, merge }
}

async function held(theirs: LeadPatch, mine: LeadPatch) {
  const { id } = await ana()
  await changed(id, 1, theirs)
  const answer = await client.patchLead(id, 1, mine, 'hold')
  if (!answer.ok || !('conflict_id' in answer.body)) throw new Error('it is not held')
  const { conflict_id } = answer.body
  const read = async () => {
    const found = await client.conflict(conflict_id)
    if (!found.ok) throw new Error(found.body.detail)
    return found.body
  }
  return { id, conflict_id, read }
}

const restore = (
  id: string,
  merge: DecidedMerge | null | undefined,
  lead_version: number,
  group = 'fields.Name',
  by = client,
) => by.restoreValues(id, { merge_id: merge!.merge_id!, group, side: 'mine', lead_version })

const COSTA: LeadPatch = { fields: { Name: 'Ana Costa' } }
const SOUZA: LeadPatch = { fields: { Name: 'Ana Souza' } }
const THEIRS: Decisions = { 'fields.Name': { take: 'theirs', reason: 'The CRM knows better' } }

describe('a merge', () => {
  test('keeps all values of each group with the version that it made', async () => {
    const { id, merge } = await met(
      { fields: { Name: 'Ana Souza', Email: 'ana@example.com' } },
      { fields: { Name: 'Ana Costa', City: 'Carlton' } },
    )
    expect(await merge(THEIRS, 2, robin)).toMatchObject({ status: 200, body: { version: 3 } })
    const made = (await historyOf(id))[2]!.merge!
    expect(made).toMatchObject({ conflict_id: null, base_version: 1, lead_version: 2 })
    expect(made.actor_name).toBe(robin.operator.name)
    expect(made).toMatchObject({ sender: made.actor, sender_name: made.actor_name })
    const groups = Object.fromEntries(made.groups!.map((group) => [group.group, group]))
    expect(groups['fields.Name']).toEqual({
      group: 'fields.Name',
      class: 'conflict',
      paths: ['fields.Name'],
      base: { 'fields.Name': 'Ana Silva' },
      mine: { 'fields.Name': 'Ana Costa' },
      theirs: { 'fields.Name': 'Ana Souza' },
      result: { 'fields.Name': 'Ana Souza' },
      taken: 'theirs',
      reason: 'The CRM knows better',
    })
    expect(groups['fields.Email']).toMatchObject({ class: 'only_theirs', taken: 'theirs' })
    expect(groups.address).toMatchObject({ class: 'only_mine', taken: 'mine' })
    expect(groups.address!.result).toMatchObject({ 'fields.City': 'Carlton' })
    expect(made.decisions).toEqual({ 'fields.Name': { take: 'theirs', reason: 'The CRM knows better' } })
  })

  test('that leaves the lead as it is keeps what it gave up too, and gives it back once', async () => {
    const { id, merge } = await met(SOUZA, COSTA)
    expect(await merge(THEIRS, 2, robin)).toMatchObject({ status: 200, body: { version: 2 } })
    const event = (await historyOf(id))[1]!
    expect(event.merge).toBeNull()
    expect(event.set_aside).toMatchObject([
      { groups: [{ mine: { 'fields.Name': 'Ana Costa' }, result: { 'fields.Name': 'Ana Souza' } }] },
    ])
    const [kept] = event.set_aside
    expect(await restore(id, kept, 2, 'fields.Name', robin)).toMatchObject({
      status: 200,
      body: { version: 3, fields: { Name: 'Ana Costa' } },
    })
    expect((await historyOf(id))[2]).toMatchObject({
      actor_name: robin.operator.name,
      changes: { 'fields.Name': ['Ana Souza', 'Ana Costa'] },
      merge: null,
      restores: { merge_id: kept!.merge_id, group: 'fields.Name', side: 'mine' },
    })
    expect(event.restores).toBeNull()
    expect(await restore(id, kept, 3)).toMatchObject({ status: 200, body: { version: 3 } })
  })

  test('gives values back against the version that is known, and only those that it has', async () => {
    const { id, merge } = await met(SOUZA, COSTA)
    await merge(THEIRS)
    const [kept] = (await historyOf(id))[1]!.set_aside
    await changed(id, 2, { fields: { Email: 'ana@example.com' } })
    expect(await restore(id, kept, 2)).toMatchObject({ status: 412, code: 110 })
    expect(await restore(id, kept, 3, 'fields.Email')).toMatchObject({ status: 422, code: 1005 })
    const other = await ana()
    expect(await restore(other.id, kept, 1)).toMatchObject({ status: 404, code: 1004 })
    expect(await view(id)).toMatchObject({ version: 3, fields: { Name: 'Ana Souza' } })
  })

  test('gives a number back through the checks of every number', async () => {
    const [mine, theirs] = [mobile(), mobile()]
    const { id, merge } = await met({ fields: { FirstPhone: theirs } }, { fields: { FirstPhone: mine } })
    await merge({ 'fields.FirstPhone': { take: 'theirs' } })
    const [kept] = (await historyOf(id))[1]!.set_aside
    const holder = await ana({ fields: { FirstPhone: mine } })
    expect(await restore(id, kept, 2, 'fields.FirstPhone')).toMatchObject({
      status: 409,
      code: 105,
      body: { lead_id: holder.id },
    })
  })

  test('gives a number back where the present one must not be called any more', async () => {
    const [mine, theirs] = [mobile(), mobile()]
    const { id, merge } = await met({ fields: { FirstPhone: theirs } }, { fields: { FirstPhone: mine } })
    await merge({ 'fields.FirstPhone': { take: 'theirs' } })
    const [kept] = (await historyOf(id))[1]!.set_aside
    await client.post('/v1/dnc', { list: 'private', phones: [theirs], reason: 'asked us not to call' })
    expect(await restore(id, kept, 2, 'fields.FirstPhone')).toMatchObject({
      status: 200,
      body: { fields: { FirstPhone: mine } },
    })
  })

  test('opens a lead against the outcome that closed it only for a team lead, as the decision did', async () => {
    const { id, merge } = await met({ disposition: 'Sale' }, { disposition: 'Busy' })
    await merge({ outcome: { take: 'theirs' } }, 2, robin)
    const [kept] = (await historyOf(id))[1]!.set_aside
    expect(await restore(id, kept, 2, 'outcome', robin)).toMatchObject({ status: 403, code: 1002 })
    expect(await view(id)).toMatchObject({ version: 2, closed: true })
    expect(await restore(id, kept, 2, 'outcome', boss)).toMatchObject({
      status: 200,
      body: { closed: false },
    })
  })

  test('does not give Do Not Call back: only a new outcome puts the numbers on the list', async () => {
    const { id, merge } = await met(
      { disposition: 'Callback', callback: { local: '2026-07-02T10:00' } },
      { disposition: 'Do Not Call' },
    )
    await merge({ outcome: { take: 'theirs', reason: 'Asked to be called tomorrow' } }, 2, boss)
    const [kept] = (await historyOf(id))[1]!.set_aside
    expect(await restore(id, kept, 2, 'outcome', boss)).toMatchObject({ status: 422, code: 1005 })
    expect(await view(id)).toMatchObject({ version: 2, closed: false })
  })
})

describe('a settled conflict', () => {
  test('says what was decided and the result', async () => {
    const { id, conflict_id, read } = await held(SOUZA, COSTA)
    expect((await read()).decided).toBeNull()
    const decisions: Decisions = {
      'fields.Name': { take: 'value', value: { 'fields.Name': 'Ana Souza Costa' }, reason: 'Both' },
    }
    expect(await boss.settleConflict(conflict_id, { lead_version: 2, decisions })).toMatchObject({ ok: true })
    const { decided, state } = await read()
    expect(state).toBe('resolved')
    const { caller, caller_name } = await read()
    expect(decided).toMatchObject({
      conflict_id,
      actor_name: boss.operator.name,
      sender: caller,
      sender_name: caller_name,
      groups: [
        {
          group: 'fields.Name',
          mine: { 'fields.Name': 'Ana Costa' },
          theirs: { 'fields.Name': 'Ana Souza' },
          result: { 'fields.Name': 'Ana Souza Costa' },
          taken: 'value',
          reason: 'Both',
        },
      ],
    })
    expect((await historyOf(id))[2]!.merge).toEqual(decided)
  })

  test('that was opened again has the decision that counts: none while it is open, then the last', async () => {
    const { conflict_id, read } = await held(SOUZA, COSTA)
    const settle = async (lead_version: number, take: 'mine' | 'theirs') =>
      expect(
        await boss.settleConflict(conflict_id, { lead_version, decisions: { 'fields.Name': { take } } }),
      ).toMatchObject({ ok: true })
    await settle(2, 'mine')
    expect(await boss.reopenConflict(conflict_id)).toMatchObject({ ok: true })
    expect((await read()).decided).toBeNull()
    await settle(4, 'theirs')
    expect((await read()).decided).toMatchObject({ lead_version: 4, groups: [{ taken: 'theirs' }] })
  })

  test('that was dismissed, or kept the lead, can be restored', async () => {
    for (const settle of [
      { dismiss: true as const, reason: 'Old data' },
      { lead_version: 2, decisions: { 'fields.Name': { take: 'theirs' as const, reason: 'Old data' } } },
    ]) {
      const { id, conflict_id, read } = await held(SOUZA, COSTA)
      expect(await boss.settleConflict(conflict_id, settle)).toMatchObject({ ok: true, body: { version: 2 } })
      const { decided } = await read()
      expect(decided).toMatchObject({
        groups: [{ group: 'fields.Name', taken: 'theirs', reason: 'Old data' }],
      })
      expect((await historyOf(id))[1]!.set_aside).toEqual([decided])
      expect(await restore(id, decided, 2)).toMatchObject({ body: { fields: { Name: 'Ana Costa' } } })
    }
  })
})

test('the values are forgotten with the lead', async () => {
  const { id, merge } = await met({ fields: { Name: 'Kept Kanarie' } }, { fields: { Name: 'Given Kanarie' } })
  await merge(THEIRS)
  const of_lead = `select count(*)::integer as rows from merges where groups::text like '%Kanarie%'`
  expect((await admin(connection, of_lead)).rows).toEqual([{ rows: 1 }])
  await client.delete(`/v1/leads/${id}`)
  expect((await admin(connection, of_lead)).rows).toEqual([{ rows: 0 }])
})
