// Another transaction holds a lead, a number or an external id: the rows that need it wait alone.

import pg from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { LOCKED_MS_MAX } from '../src/intake/locks.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { updatesOn } from './support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const updates = updatesOn(leadline)
const { campaign_id } = target
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

let references = 0

/** A lead with an external id, and ways to change it. */
async function lead(FirstPhone = mobile()) {
  const njExternalLeadId = `lock-${++references}`
  const made = await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone, njExternalLeadId })
  expect(made.code).toBe(0)
  const number = Number(made.lead_id!.split('-')[1])
  const change = (values: Record<string, string> = {}) =>
    client.updateLeadFast(target, {
      njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Busy',
      ...values,
    })
  return { lead_id: made.lead_id!, number, FirstPhone, njExternalLeadId, change }
}

const insert = (values: Record<string, string> = {}, query = {}) =>
  client.insertLeadFast(target, { FirstPhone: mobile(), ...values }, query)

const e164 = (phone: string) => Number(`61${phone.slice(1)}`)

/** A transaction that goes on until the test ends it. */
async function transaction() {
  const session = new pg.Client(connection)
  await session.connect()
  await session.query('begin')
  let ended: Promise<unknown> | undefined
  const end = (how: 'commit' | 'rollback') => (ended ??= session.query(how))
  onTestFinished(async () => {
    await end('rollback')
    await session.end()
  })
  return { query: (text: string, params: unknown[] = []) => session.query(text, params), end }
}

async function lockLeads(numbers: number[]) {
  const other = await transaction()
  await other.query(
    'select from leads where campaign_id = $1 and number = any ($2) order by number for update',
    [campaign_id, numbers],
  )
  return other
}

/** How long the work takes, milliseconds. */
async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const begun = performance.now()
  return { answer: await work, ms: performance.now() - begun }
}

/** Whether it has come to an end by now. */
function watch<T>(work: Promise<T>) {
  const seen = { ended: false, work }
  work.then(() => (seen.ended = true))
  return seen
}

/** Far above the time of a batch, far below the time that a lock is waited for. */
const SOON_MS = 1_500

async function expectSoon(...work: Promise<{ code: number }>[]) {
  for (const { answer, ms } of await Promise.all(work.map(timed))) {
    expect(answer.code).toBe(0)
    expect(ms).toBeLessThan(SOON_MS)
  }
}

describe('a locked lead', () => {
  test('holds up its own update only, which is written when the lock ends', async () => {
    const [locked, ...others] = await Promise.all(Array.from({ length: 20 }, () => lead()))
    const other = await lockLeads([locked!.number])
    const waiting = watch(locked!.change())
    for (let round = 0; round < 3; round++)
      await expectSoon(...others.map((one) => one.change({ City: `Round ${round}` })), insert())
    expect(waiting.ended).toBe(false)
    await other.end('rollback')
    const { answer, ms } = await timed(waiting.work)
    expect(answer).toMatchObject({ code: 0, version: 2 })
    expect(ms).toBeLessThan(SOON_MS)
  })

  test('holds up no change of the numbers of others, however many of its own wait', async () => {
    const locked = await Promise.all(Array.from({ length: 20 }, () => lead()))
    const others = await Promise.all(Array.from({ length: 5 }, () => lead()))
    const other = await lockLeads(locked.map(({ number }) => number))
    const waiting = locked.map((one) => watch(one.change({ SecondPhone: mobile() })))
    for (const one of others) await expectSoon(one.change({ SecondPhone: mobile() }))
    expect(waiting.filter(({ ended }) => ended)).toEqual([])
    await other.end('rollback')
    for (const { work } of waiting) expect(await work).toMatchObject({ code: 0, version: 2 })
  })

  test('that changes under its lock is merged with, and several updates of it all count', async () => {
    const one = await lead()
    const other = await lockLeads([one.number])
    const waiting = ['Busy', 'No Answer', 'Answering Machine'].map((njDisposition) =>
      one.change({ njDisposition, City: 'Carlton' }),
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    await other.end('rollback')
    const answers = await Promise.all(waiting)
    expect(answers.map(({ code }) => code).filter((code) => code !== 0 && code !== 110)).toEqual([])
    const calls = await client.leadCalls(one.lead_id, { limit: 10 })
    expect(calls.ok && calls.body.items.length).toBe(answers.filter(({ code }) => code === 0).length)
  })

  test('of which an update clashes is held for a person once the lock ends, and no other clash waits for it', async () => {
    const [locked, free] = [await lead(), await lead()]
    for (const one of [locked, free]) await one.change({ City: 'Perth' })
    const other = await lockLeads([locked.number])
    const clash = { City: 'Hobart', njVersion: '1' }
    const waiting = Array.from({ length: 10 }, () => watch(locked.change(clash)))
    const { answer, ms } = await timed(free.change(clash))
    expect(answer.code).toBe(110)
    expect(ms).toBeLessThan(SOON_MS)
    expect(waiting.filter(({ ended }) => ended)).toEqual([])
    await other.end('rollback')
    for (const { work } of waiting) expect(await work).toMatchObject({ code: 110 })
  })
})

describe('a number that another transaction is claiming', () => {
  async function claiming() {
    const FirstPhone = mobile()
    const owner = await lead()
    const other = await transaction()
    await other.query('insert into claims values ($1, $2, $3)', [campaign_id, e164(FirstPhone), owner.number])
    await other.query(`insert into lead_phones values ($1, $2, 'SecondPhone', $3, 'ok')`, [
      campaign_id,
      owner.number,
      e164(FirstPhone),
    ])
    await other.query(
      `update leads set fields = fields || jsonb_build_object('SecondPhone', $3::text) where campaign_id = $1 and number = $2`,
      [campaign_id, owner.number, FirstPhone],
    )
    return { FirstPhone, other }
  }

  test.for([
    ['commit', 105],
    ['rollback', 0],
  ] as const)('holds up its own lead only; after the %s it answers %i', async ([how, code]) => {
    const { FirstPhone, other } = await claiming()
    const waiting = watch(insert({ FirstPhone }))
    for (let round = 0; round < 3; round++) await expectSoon(...Array.from({ length: 30 }, () => insert()))
    expect(waiting.ended).toBe(false)
    await other.end(how)
    expect(await waiting.work).toMatchObject({ code })
  })

  test('holds up no change of the numbers of others', async () => {
    const { FirstPhone, other } = await claiming()
    const leads = await Promise.all(Array.from({ length: 12 }, () => lead()))
    const waiting = leads.slice(0, 10).map((one) => watch(one.change({ SecondPhone: FirstPhone })))
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (const one of leads.slice(10)) await expectSoon(one.change({ SecondPhone: mobile() }))
    expect(waiting.filter(({ ended }) => ended)).toEqual([])
    await other.end('rollback')
    const codes = (await Promise.all(waiting.map(({ work }) => work))).map(({ code }) => code)
    expect(codes.toSorted((a, b) => a - b)).toEqual([0, ...Array(9).fill(105)])
  })
})

test('an external id that another transaction is writing holds up its own lead only', async () => {
  const other = await transaction()
  const njExternalLeadId = `lock-${++references}`
  await other.query(
    `insert into leads (campaign_id, number, allocation_id, external_id, fields, created_way, created_by, forgotten_at)
     values ($1, nextval('lead_numbers'), $2, $3, '{}', 'v1', 'system', now())`,
    [campaign_id, target.allocation_id, njExternalLeadId],
  )
  const waiting = watch(insert({ njExternalLeadId }))
  await expectSoon(...Array.from({ length: 30 }, () => insert()))
  expect(waiting.ended).toBe(false)
  await other.end('rollback')
  expect(await waiting.work).toMatchObject({ code: 0 })
})

test('a claim that another transaction has locked holds up only those who may share its number', async () => {
  const { FirstPhone } = await lead()
  const other = await transaction()
  await other.query('select from claims where campaign_id = $1 and phone = $2 for update', [
    campaign_id,
    e164(FirstPhone),
  ])
  const waiting = watch(insert({ FirstPhone }, { allowDuplicates: true }))
  // A row that may not share it needs no lock: it sees the claim.
  expect(await insert({ FirstPhone })).toMatchObject({ code: 105 })
  const free = await lead()
  await expectSoon(
    ...Array.from({ length: 30 }, () => insert()),
    insert({ FirstPhone: free.FirstPhone }, { allowDuplicates: true }),
  )
  expect(waiting.ended).toBe(false)
  await other.end('rollback')
  expect(await waiting.work).toMatchObject({ code: 0 })
})

test.for([
  ['any', { allowDuplicates: true }],
  ['all', {}],
] as const)(
  'a claim that goes away while it is locked is free for whoever waits to share its number (duplicate_rule %s)',
  async ([duplicate_rule, query]) => {
    const into = await updates.campaign(`Shared by ${duplicate_rule}`, { duplicate_rule })
    const [FirstPhone, SecondPhone] = [mobile(), mobile()]
    const owner = await updates.lead({ FirstPhone, SecondPhone: mobile() }, into)
    const other = await transaction()
    const claim = 'claims where campaign_id = $1 and phone = $2'
    const claimed = [into.campaign_id, e164(FirstPhone)]
    await other.query(`select from ${claim} for update`, claimed)
    const waiting = watch(client.insertLeadFast(into, { FirstPhone, SecondPhone }, query))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await other.query(`delete from ${claim}`, claimed)
    const named = [into.campaign_id, Number(owner.lead_id.split('-')[1])]
    await other.query(
      `delete from lead_phones where campaign_id = $1 and lead_number = $2 and field = 'FirstPhone'`,
      named,
    )
    await other.query(
      `update leads set fields = fields - 'FirstPhone' where campaign_id = $1 and number = $2`,
      named,
    )
    expect(waiting.ended).toBe(false)
    await other.end('commit')
    const { lead_id, code } = await waiting.work
    expect(code).toBe(0)
    expect(await client.insertLeadFast(into, { FirstPhone })).toMatchObject({ code: 105, lead_id })
  },
)

test('a lock that does not end is waited for so long; then nothing was written, and the answer says so', async () => {
  const [plain, phones, forgotten] = [await lead(), await lead(), await lead()]
  const other = await lockLeads([plain.number, phones.number, forgotten.number])
  const claimed = mobile()
  await other.query('insert into claims values ($1, $2, 0)', [campaign_id, e164(claimed)])
  const waits = await Promise.all([
    timed(plain.change()),
    timed(phones.change({ SecondPhone: mobile() })),
    timed(insert({ FirstPhone: claimed })),
    timed(client.delete(`/v1/leads/${forgotten.lead_id}`)),
  ])
  for (const { answer, ms } of waits) {
    expect(answer).toMatchObject({ status: 503, body: { code: 1013 } })
    expect(JSON.stringify(answer.body)).toContain('nothing was written')
    expect(ms).toBeGreaterThan(LOCKED_MS_MAX)
    expect(ms).toBeLessThan(LOCKED_MS_MAX + 5_000)
  }
  await other.end('rollback')
  for (const one of [plain, phones, forgotten])
    expect(await client.lead(one.lead_id)).toMatchObject({ ok: true, body: { version: 1 } })
  expect(await insert({ FirstPhone: claimed })).toMatchObject({ code: 0 })
}, 60_000)
