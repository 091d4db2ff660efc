// Disposition sets over /v1: what may be changed of what is there, and what a change touches.

import { expect, test } from 'vitest'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline

interface Set {
  disposition_set_id: number
  name: string
  dispositions: { code: string; kind: string; built_in: boolean; enabled: boolean; [more: string]: unknown }[]
  used_by: { template_id: number; name: string }[]
  warnings?: string[]
}

let names = 0
const path = (set: Set, code?: string) =>
  `/v1/disposition-sets/${set.disposition_set_id}${code === undefined ? '' : `/dispositions/${encodeURIComponent(code)}`}`
async function create(more: object = {}) {
  const made = await client.post<Set>('/v1/disposition-sets', { name: `Set ${++names}`, ...more })
  expect(made.status).toBe(201)
  return made.body
}
const add = (set: Set, body: object) => client.post<Set>(`${path(set)}/dispositions`, body)
const named = (set: Set, code: string) => set.dispositions.find((one) => one.code === code)

/** A template of its own that uses the set, with a campaign and an allocation. */
async function templateOf(set: Set) {
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    name: `Template ${++names}`,
    contact_hours: 'Australia/Melbourne',
    disposition_set: set.name,
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { template_id } = template.body
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'one' })
  const { campaign_id } = campaign.body
  const made = await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'one' })
  return { template_id, campaign_id, allocation_id: made.body.allocation_id }
}

test('the standard set is there, with the templates that use it', async () => {
  const { body } = await client.get<{ items: Set[] }>('/v1/disposition-sets')
  const [standard] = body.items
  expect(standard).toMatchObject({ name: 'Standard', used_by: [{ template_id: target.template_id }] })
  expect(standard!.dispositions).toHaveLength(10)
  expect((await client.get<Set>(path(standard!))).body).toEqual(standard)
  expect(await client.get('/v1/disposition-sets/99999')).toMatchObject({ status: 404, code: 1004 })
})

test('a set begins empty or as a copy, and its name is its own', async () => {
  expect((await create()).dispositions).toEqual([])
  const copy = await create({ copy_of: 1 })
  expect(copy.dispositions).toHaveLength(10)
  expect(await client.post('/v1/disposition-sets', { name: copy.name })).toMatchObject({
    status: 422,
    code: 1005,
  })
  expect(await client.post('/v1/disposition-sets', { name: 'x', copy_of: 99999 })).toMatchObject({
    code: 1004,
  })
})

test('a disposition of its own does what it says, also when it is changed', async () => {
  const set = await create()
  const added = await add(set, {
    code: 'Info Pack',
    kind: 'retry',
    priority: 20,
    delay_s: 60,
    redials_max: 1,
  })
  expect(added).toMatchObject({ status: 201 })
  expect(named(added.body, 'Info Pack')).toEqual({
    disposition_id: expect.any(Number),
    code: 'Info Pack',
    kind: 'retry',
    priority: 20,
    delay_s: 60,
    next_day: false,
    redials_max: 1,
    built_in: false,
    enabled: true,
  })
  const into = await templateOf(set)
  const Phone = mobile()
  const give = () =>
    client.updateLeadFast(into, { njExternalLeadId: Phone, Phone: '<NO CHANGE>', njDisposition: 'info pack' })
  const lead = await client.insertLeadFast(into, { Phone, njExternalLeadId: Phone })
  expect(await give()).toMatchObject({ code: 0 })
  const view = async () =>
    (await client.get<{ priority: number; closed: boolean }>(`/v1/leads/${lead.lead_id}`)).body
  expect(await view()).toMatchObject({ priority: 20, closed: false })
  const changed = await client.patch<Set>(path(set, 'info pack'), { priority: 30, redials_max: 0 })
  expect(named(changed.body, 'Info Pack')).toMatchObject({ priority: 30, redials_max: 0 })
  expect(await give()).toMatchObject({ code: 0 })
  expect(await view()).toMatchObject({ priority: 30, closed: true })
})

test.each([
  [{ kind: 'final', delay_s: 60 }, '/delay_s'],
  [{ kind: 'dnc', next_day: true }, '/next_day'],
  [{ kind: 'retry', delay_s: 60, next_day: true }, '/next_day'],
  [{ kind: 'callback', redials_max: 3 }, '/redials_max'],
  [{ kind: 'retry', priority: 101 }, '/priority'],
  [{ kind: 'retry', delay_s: -1 }, '/delay_s'],
  [{ kind: 'sometimes' }, '/kind'],
  [{ kind: 'final', code: ' ' }, '/code'],
  [{ kind: 'final', code: 'SALE' }, '/code'],
  [{ kind: 'final', colour: 'red' }, ''],
])('%j is refused', async (wrong, field) => {
  const set = await create({ copy_of: 1 })
  const answer = await add(set, { code: 'New', ...wrong })
  expect(answer).toMatchObject({ status: 422, code: 1005 })
  expect(JSON.stringify(answer.body)).toContain(field)
})

test('what is built in or used is disabled, not deleted, and keeps its kind', async () => {
  const set = await create({ copy_of: 1 })
  await add(set, { code: 'Voucher', kind: 'final' })
  const into = await templateOf(set)
  const Phone = mobile()
  await client.insertLead(into, { Phone, njDisposition: 'Voucher', njExternalLeadId: Phone })
  for (const code of ['Busy', 'Voucher']) {
    expect(await client.delete(path(set, code)), code).toMatchObject({ status: 422, code: 1005 })
    expect(await client.patch(path(set, code), { kind: 'callback' }), code).toMatchObject({
      status: 422,
      code: 1005,
    })
    const disabled = await client.patch<Set>(path(set, code), { enabled: false })
    expect(named(disabled.body, code)).toMatchObject({ enabled: false })
  }
  const give = await client.updateLeadFast(into, {
    njExternalLeadId: Phone,
    Phone: '<NO CHANGE>',
    njDisposition: 'Voucher',
  })
  expect(give).toMatchObject({ code: 106 })
})

test('one that nobody has used goes, and its code can come back', async () => {
  const set = await create()
  await add(set, { code: 'Voucher', kind: 'final' })
  expect(await client.delete(path(set, 'VOUCHER'))).toMatchObject({ status: 204 })
  expect(await client.delete(path(set, 'Voucher'))).toMatchObject({ status: 404, code: 1004 })
  expect((await add(set, { code: 'voucher', kind: 'retry' })).status).toBe(201)
})

test('a change of a set that several templates share says so, and is on record', async () => {
  const set = await create({ copy_of: 1 })
  await templateOf(set)
  const alone = await client.patch<Set>(path(set, 'Busy'), { delay_s: 300 })
  expect(alone.body.warnings).toEqual([])
  await templateOf(set)
  const shared = await client.patch<Set>(path(set, 'Busy'), { delay_s: 600 })
  expect(shared.body.warnings).toEqual([expect.stringContaining('2 templates')])
  expect(shared.body.used_by).toHaveLength(2)
  const { rows } = await admin(
    connection,
    `select details from audit_log where action = 'disposition.change' and subject = 'disposition:${set.disposition_set_id}/Busy' order by audit_id`,
  )
  expect(rows.map(({ details }) => details)).toEqual([
    { delay_s: 300, was: { delay_s: expect.any(Number) } },
    { delay_s: 600, was: { delay_s: 300 } },
  ])
  const reader = await leadline.clientWith(['read', 'write'])
  expect(await reader.patch(path(set, 'Busy'), { delay_s: 1 })).toMatchObject({ status: 403, code: 1002 })
})
