// What somebody is told who gives a callback: whose it is, and when its contact hours are closed.

import { afterEach, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'

const NOW = '2026-07-01T01:30:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, connection } = leadline
const { allocation_id } = leadline.target
const { ana } = leadsOf(leadline)
const robin = await leadline.asOperator('agent')

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const callback = { local: '2026-07-01T12:00' }

test('an operator binds a callback to somebody who is there', async () => {
  const { id } = await ana()
  const give = (callback_agent: string, version: number, by = robin) =>
    by.patchLead(id, version, { disposition: 'Callback', callback, callback_agent })
  expect(await give('nobody-like-this', 1)).toMatchObject({
    status: 422,
    code: 1005,
    body: { errors: [{ field: '/callback_agent' }] },
  })
  expect(await give(robin.operator.login, 1)).toMatchObject({ ok: true, body: { version: 2 } })
  // A dialler has agents of its own.
  expect(await give('kim', 2, client as typeof robin)).toMatchObject({
    ok: true,
    body: { callback_agent: 'kim' },
  })
  // What the lead has already is no new name.
  expect(await give('kim', 3)).toMatchObject({ ok: true })
  expect(await give('lee', 4)).toMatchObject({ status: 422 })
  await ana()
  const taken = await client.takeLeases(allocation_id, { agent: 'lee' })
  expect(taken.ok && taken.body.items.length).toBe(1)
  expect(await give('lee', 4)).toMatchObject({ ok: true })
})

test('a decision names somebody who is there, too', async () => {
  const { id } = await ana()
  await client.patchLead(id, 1, { priority: 5 })
  const merge = (callback_agent: string) =>
    robin.mergeLead(id, {
      base_version: 1,
      lead_version: 2,
      mine: { priority: 7 },
      decisions: { outcome: { take: 'value', value: { callback_agent, priority: '7' } } },
    })
  const refused = await merge('nobody-like-this')
  expect(refused).toMatchObject({
    status: 422,
    body: { errors: [{ field: '/decisions/outcome/value/callback_agent' }] },
  })
  expect(await merge(robin.operator.login)).toMatchObject({ ok: true })
})

test('a callback when the contact hours are closed is taken, and said', async () => {
  const { id } = await ana()
  const at = async (local: string, version: number) => {
    const answer = await client.patchLead(id, version, { callback: { local } })
    expect(answer).toMatchObject({ ok: true })
    return answer.warnings
  }
  expect(await at('2026-07-05T03:00', 1)).toEqual([{ code: 'outside_hours', field: 'callback' }])
  expect(await at('2026-07-06T11:00', 2)).toEqual([])
})
