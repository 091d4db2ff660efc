// Notes about a lead: a log that only grows, with author and time, forgotten with the lead.

import { afterEach, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const NOW = '2026-07-01T01:30:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, connection } = leadline
const { ana, view, callsOf } = leadsOf(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

async function notesOf(id: string): Promise<string[]> {
  const answer = await client.leadNotes(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items.map(({ text }) => text)
}

test('a note has its author, its time and its lines, and makes no version', async () => {
  const { id } = await ana()
  const agent = await leadline.asOperator('agent')
  const made = await agent.addNote(id, { text: ' Asks for Tuesday.\r\nHas a dog.  ' })
  expect(made).toMatchObject({ status: 201 })
  expect(made.body).toMatchObject({
    lead_id: id,
    text: 'Asks for Tuesday.\nHas a dog.',
    at: NOW,
    actor: `operator:${agent.operator.operator_id}`,
    actor_name: agent.operator.name,
    way: 'screen',
  })
  expect((await view(id)).version).toBe(1)
})

test('notes are read newest first, page by page, and a note that is sent again is one', async () => {
  const { id } = await ana()
  for (const text of ['one', 'two', 'three', 'three']) await client.addNote(id, { text })
  expect(await notesOf(id)).toEqual(['three', 'two', 'one'])
  const first = await client.leadNotes(id, { limit: 2 })
  if (!first.ok) throw new Error(first.body.detail)
  const second = await client.leadNotes(id, { limit: 2, cursor: first.body.next_cursor! })
  expect(second.body).toMatchObject({ items: [{ text: 'one' }], next_cursor: null })
  // The same words about a lead that has moved on are another note.
  await client.patchLead(id, 1, { disposition: 'No Answer' })
  await client.addNote(id, { text: 'three' })
  expect(await notesOf(id)).toEqual(['three', 'three', 'two', 'one'])
})

test('a change, its outcome and its note are one save, also when it is sent twice', async () => {
  const { id } = await ana()
  const patch = { disposition: 'Busy', fields: { City: 'Geelong' }, note: 'Line was busy twice' }
  for (let i = 0; i < 2; i++)
    expect(await client.patchLead(id, 1, patch, 'merge')).toMatchObject({ status: 200 })
  expect(await view(id)).toMatchObject({ version: 2, disposition: 'Busy', fields: { City: 'Geelong' } })
  expect(await notesOf(id)).toEqual(['Line was busy twice'])
  expect(await callsOf(id)).toHaveLength(1)
  // The note alone, and once more because its answer was lost.
  for (let i = 0; i < 2; i++) await client.patchLead(id, 2, { note: 'Call the office' }, 'merge')
  expect(await notesOf(id)).toEqual(['Call the office', 'Line was busy twice'])
  expect((await view(id)).version).toBe(2)
})

test('a refused change leaves no note; one that waits for a person does, and so does a merge', async () => {
  const { id } = await ana()
  await client.patchLead(id, 1, { fields: { City: 'Ballarat' } })
  const mine = { fields: { City: 'Geelong' }, note: 'Has moved' }
  expect(await client.patchLead(id, 1, mine, 'merge')).toMatchObject({ status: 412 })
  expect(await notesOf(id)).toEqual([])
  expect(await client.patchLead(id, 1, mine, 'hold')).toMatchObject({ status: 202 })
  expect(await notesOf(id)).toEqual(['Has moved'])

  const merge = { base_version: 1, lead_version: 2, decisions: { address: { take: 'theirs' as const } } }
  const noted = { ...merge, mine: { ...mine, note: 'Says Ballarat is right' } }
  expect(await client.mergeLead(id, noted)).toMatchObject({ status: 200 })
  expect(await notesOf(id)).toEqual(['Says Ballarat is right', 'Has moved'])
  expect((await view(id)).version).toBe(2)
})

test('the outcome of a lease takes a note along, once', async () => {
  const { id, phone } = await ana()
  const { allocation_id } = leadline.target
  await client.patch(`/v1/allocations/${allocation_id}`, { started: true })
  const leases = await client.post<{ items: { lease_id: string; lead: { id: string } }[] }>(
    `/v1/allocations/${allocation_id}/leases`,
    { count: 100 },
  )
  const { lease_id } = leases.body.items.find(({ lead }) => lead.id === id)!
  const outcome = { disposition: 'Busy', phone, note: 'Line was busy' }
  for (let i = 0; i < 2; i++)
    expect(await client.put(`/v1/leases/${lease_id}/outcome`, outcome)).toMatchObject({ status: 200 })
  expect(await notesOf(id)).toEqual(['Line was busy'])
  const bad = await client.put(`/v1/leases/${lease_id}/outcome`, { ...outcome, note: ' ' })
  expect(bad.status).not.toBe(200)
})

test('an empty note, one with a control character and one that is too long are refused with the rest', async () => {
  const { id } = await ana()
  for (const text of ['', ' \n ', 'a\0b', 'x'.repeat(20_001)]) {
    const refused = await client.addNote(id, { text })
    expect(refused.body).toMatchObject({ code: 1005, errors: [{ field: '/text' }] })
    const patched = await client.patchLead(id, 1, { note: text, priority: 200 })
    const fields = patched.ok ? [] : patched.body.errors!.map(({ field }) => field)
    // A NUL is refused before the rest is read.
    expect(fields.sort()).toEqual(text.includes('\0') ? ['/note'] : ['/note', '/priority'])
  }
  expect(await client.addNote(id, { text: '🙂'.repeat(20_000) })).toMatchObject({ status: 201 })
  expect(await client.addNote('1-999999', { text: 'Nobody' })).toMatchObject({ status: 404 })
  expect(await client.patchLead(id, 1, { note: 7 } as never)).toMatchObject({ status: 422 })
})

test('forgetting a lead deletes its notes', async () => {
  const { id } = await ana()
  await client.addNote(id, { text: 'Asks for Tuesday' })
  await client.forgetLead(id)
  expect(await client.leadNotes(id)).toMatchObject({ status: 404 })
  expect(await client.addNote(id, { text: 'Too late' })).toMatchObject({ status: 404 })
  const { rows } = await admin(connection, `select from lead_notes where lead_number = ${id.split('-')[1]}`)
  expect(rows).toHaveLength(0)
})
