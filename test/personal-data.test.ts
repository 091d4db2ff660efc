// A person who asks gets everything that is held about them, and nothing of anybody else.

import { expect, test } from 'vitest'
import { STATEMENTS } from '../src/db/statement.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { e164, leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
const { ana } = leadsOf(leadline)

async function heldAbout(asked: { phone?: string; email?: string }, by = client) {
  const answer = await by.personalData(asked)
  if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
  return answer.body
}

/** A lead with a canary in every place that can hold one. */
async function everywhere() {
  const { id, phone } = await ana({
    fields: { Email: 'Ana@Example.com', City: 'canary-insert' },
    unmapped: { from: 'canary-unmapped' },
  })
  await client.patchLead(id, 1, {
    disposition: 'Busy',
    fields: { City: 'canary-update' },
    note: 'canary-note',
  })
  const consent = { kind: 'express', text: 'canary-consent', source: 'canary-source' } as const
  expect(await client.addConsent(id, consent)).toMatchObject({ status: 201 })
  await client.patchLead(id, 1, { fields: { City: 'canary-held' } }, 'hold')
  const mine = { fields: { City: 'canary-given-up' } }
  const decisions = { address: { take: 'theirs' as const } }
  expect(await client.mergeLead(id, { base_version: 1, lead_version: 2, mine, decisions })).toMatchObject({
    ok: true,
  })
  await client.addToDnc({ list: 'private', phones: [phone], reason: 'canary-dnc' })
  return { id, phone }
}

test('all that is held is in the answer: values, history, calls, notes, conflicts, decisions, do-not-call', async () => {
  const { id, phone } = await everywhere()
  await ana({ fields: { Email: 'somebody@else.example' } })
  const by_phone = await heldAbout({ phone })
  expect(by_phone.leads.map(({ lead }) => lead.id)).toEqual([id])
  const text = JSON.stringify(by_phone)
  for (const place of [
    'insert',
    'unmapped',
    'update',
    'note',
    'consent',
    'source',
    'held',
    'given-up',
    'dnc',
  ])
    expect(text).toContain(`canary-${place}`)
  expect(by_phone.leads[0]).toMatchObject({
    calls: [{ disposition: 'Busy' }],
    created: { way: 'v1', actor: 'key:1' },
    lead: { phones: [{ number: e164(phone) }] },
  })
  const { leads } = await heldAbout({ email: 'ana@example.COM' })
  expect(leads).toEqual(by_phone.leads)
  const { rows } = await admin(
    connection,
    "select actor, details from audit_log where action = 'person.export' order by audit_id",
  )
  expect(rows).toEqual(Array(2).fill({ actor: 'key:1', details: { leads: [id] } }))
})

test('a lead that is forgotten holds nothing any more; its do-not-call entry stays', async () => {
  const { id, phone } = await everywhere()
  await client.forgetLead(id)
  expect(await heldAbout({ phone })).toMatchObject({ leads: [], do_not_call: [{ reason: 'canary-dnc' }] })
})

test('the caller sees what its teams hold, needs the scope, and names a person', async () => {
  const { phone } = await ana()
  const east = await leadline.clientWith(['export'], [await ensureTeam(leadline.pool, 'East')])
  expect((await heldAbout({ phone }, east)).leads).toEqual([])
  const reader = await leadline.clientWith(['read', 'write', 'manage'])
  expect(await reader.personalData({ phone })).toMatchObject({ status: 403, code: 1002 })
  expect(await client.personalData({})).toMatchObject({ status: 422, code: 1005 })
  expect(await client.personalData({ phone: '12' })).toMatchObject({ status: 422, code: 1006 })
  expect(await client.personalData({ email: 'nobody' })).toMatchObject({ status: 422, code: 1005 })
  expect(await heldAbout({ phone: mobile() })).toMatchObject({ leads: [], do_not_call: [] })
})

/** Tables of leads that say nothing of a person which the answer does not say. */
const NOT_SAID = {
  attempts: 'counts of the calls',
  callback_moves: 'how far a job has come',
  claims: 'the numbers of the lead',
  lead_phones: 'the numbers of the lead, in the lead itself',
  lead_texts: 'the texts of the lead, folded for search',
  leases: 'that a dialler had the lead before a call, with numbers of the lead',
  presence: 'that a colleague looks at the lead now',
  queue: 'where the lead waits for its call',
  zone_rewrites: 'how far a job has come',
}

test('every table that has to do with a lead is in the answer, or says nothing more', async () => {
  const { rows } = await admin(
    connection,
    `select table_name::text as name from information_schema.columns
     where table_schema = 'public' and column_name = 'lead_number' order by 1`,
  )
  const { sql } = STATEMENTS.get('personalData.ofLeads')!
  const missing = rows.filter(({ name }) => !sql.includes(`from ${name} r`)).map(({ name }) => name)
  expect(missing).toEqual(Object.keys(NOT_SAID))
})
