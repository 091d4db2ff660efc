// Washes: an allocation is called once a register has answered, as the answer allows, and as long as it counts.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import type { DncFile, NewWash, NewWashAnswer, Wash } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { sendDncFile } from '../src/client/send-file.ts'
import { loopBackListed } from '../src/core/wash.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { parkUnwashed } from '../src/db/wash-work.ts'
import { endingWashes } from '../src/db/washes.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'leadline-washes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join('')

async function washOf(client: LeadlineClient, wash_id: number): Promise<Wash> {
  const answer = await client.wash(wash_id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

/** A new wash whose numbers are collected. */
async function asked(client: LeadlineClient, allocation_id: number, wanted: Partial<NewWash> = {}) {
  const made = await client.makeWash(allocation_id, { register: 'au', ...wanted })
  if (!made.ok) throw new Error(made.body.detail)
  const { wash_id } = made.body
  await until('its numbers are collected', async () => (await washOf(client, wash_id)).state !== 'collecting')
  return washOf(client, wash_id)
}

async function sent(
  client: LeadlineClient,
  { wash_id }: Pick<Wash, 'wash_id'>,
  text: string,
  wanted: Partial<NewWashAnswer> = {},
): Promise<DncFile> {
  const content = new Blob([text])
  const file = await client.answerWash(wash_id, { name: 'answer.csv', bytes: content.size, ...wanted })
  if (!file.ok) throw new Error(file.body.detail)
  const answer = await sendDncFile(client, file.body, content)
  expect(answer).toMatchObject({ status: 200 })
  return file.body
}

async function over(client: LeadlineClient, file_id: number): Promise<DncFile> {
  const look = async () => {
    const answer = await client.dncFile(file_id)
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body
  }
  await until('the answer is over', async () => (await look()).finished_at !== null)
  return look()
}

const answered = async (
  client: LeadlineClient,
  wash: Pick<Wash, 'wash_id'>,
  text: string,
  wanted?: Partial<NewWashAnswer>,
) => over(client, (await sent(client, wash, text, wanted)).file_id)

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  // A Tuesday, 14:00 in Melbourne. Weeks later it is the same hour, so that nobody is closed.
  const FIRST = '2026-11-24T03:00:00.000Z'
  let now = FIRST
  const later = (days: number) => {
    now = new Date(Date.parse(FIRST) + days * 86_400_000).toISOString()
  }
  const leadline = await startLeadline({ major, now: () => now, has_loop_back: true })
  const { client, target, connection, pool } = leadline
  const { template_id } = target

  afterEach(async () => {
    now = FIRST
    expect(await checkDatabase(connection)).toEqual([])
  })

  let names = 0
  interface At {
    campaign_id: number
    allocation_id: number
  }
  async function place(more: object = {}): Promise<At> {
    const name = `wash ${++names}`
    const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
    const made = await client.post<At>('/v1/allocations', {
      campaign_id: body.campaign_id,
      name: 'part',
      started: true,
      ...more,
    })
    expect(made).toMatchObject({ status: 201 })
    return { campaign_id: body.campaign_id, allocation_id: made.body.allocation_id }
  }
  const insert = async (at: At, fields: Record<string, string>) => {
    const made = await client.insertLead({ template_id, ...at }, fields)
    expect(made.code).toBe(0)
    return made.lead_id!
  }
  const lease = async ({ allocation_id }: Pick<At, 'allocation_id'>, count = 10) => {
    const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count })
    return body.items
  }
  /** The leads that a dialler gets; it gives them back. */
  const handedOut = async (at: At) => {
    const items = await lease(at)
    for (const { lease_id } of items) await client.delete(`/v1/leases/${lease_id}`)
    return items.map(({ lead }) => lead.id)
  }
  const whyNot = async ({ allocation_id }: At, lead_id: string) => {
    const answer = await client.queue(allocation_id, { lead_id })
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body.lead!.reasons.map(({ why, detail }) => `${why}: ${detail}`)
  }
  const swept = () =>
    until('nothing is left to do', async () => {
      const { rows } = await admin(
        connection,
        'select count(*)::int as left from dnc_files where not is_swept',
      )
      return rows[0].left === 0
    })
  const washedAs = async (at: At, text: string, wanted: Partial<NewWashAnswer> = {}) => {
    const wash = await asked(client, at.allocation_id)
    const file = await answered(client, wash, text, wanted)
    expect(file).toMatchObject({ state: 'done', problem: null })
    await swept()
    return washOf(client, wash.wash_id)
  }

  test('an allocation is hidden until it is washed, starts by itself, and is called as the register says', async () => {
    const at = await place({ started: false })
    const [listed, clear] = [mobile(), mobile()]
    const lead_of_listed = await insert(at, { FirstPhone: listed })
    const lead = await insert(at, { FirstPhone: clear })
    const abroad = await insert(at, { FirstPhone: '+64211234567' })
    const made = await client.makeWash(at.allocation_id, { register: 'au', start_when_washed: true })
    expect(made).toMatchObject({
      status: 201,
      body: {
        state: 'collecting',
        register: 'au',
        valid_days: 30,
        start_when_washed: true,
        holds: 'results',
      },
    })
    const { wash_id } = made.body as Wash
    await until('it is asked', async () => (await washOf(client, wash_id)).state === 'asked')
    expect(await washOf(client, wash_id)).toMatchObject({ asked: 2, outside: 1, file_id: null })
    const { body: numbers } = await client.washNumbers(wash_id)
    expect(numbers).toBe(lines(...[listed, clear].sort()))

    // Started by hand it is hidden all the same.
    await client.patch(`/v1/allocations/${at.allocation_id}`, { started: true })
    expect(await handedOut(at)).toEqual([])
    expect((await client.queue(at.allocation_id, {})).body).toMatchObject({ items: [] })
    expect(await whyNot(at, lead)).toEqual([
      'unwashed: the allocation is not washed yet: it is called once a register has answered',
    ])
    await client.patch(`/v1/allocations/${at.allocation_id}`, { started: false })

    const file = await answered(client, { wash_id }, lines(`${listed},Y`, `${clear},N`))
    expect(file).toMatchObject({
      list: 'wash',
      wash_id,
      holds: 'results',
      state: 'done',
      numbers: 2,
      added: 2,
    })
    await swept()
    const wash = await washOf(client, wash_id)
    expect(wash).toMatchObject({
      state: 'done',
      listed: 1,
      clear: 1,
      is_current: true,
      file_id: file.file_id,
    })
    expect(wash.valid_until).toBe('2026-12-24T03:00:00Z')
    expect((await client.allocation(at.allocation_id)).body).toMatchObject({
      started: true,
      needs_wash: true,
      wash_id,
      washed_until: '2026-12-24T03:00:00Z',
    })
    expect((await handedOut(at)).sort()).toEqual([lead, abroad].sort())
    expect(await whyNot(at, lead_of_listed)).toEqual([
      'blocked: every number is on a do-not-call list (register)',
    ])
    expect((await client.lead(lead_of_listed)).body).toMatchObject({ phones: [{ blocked_by: 'register' }] })
    expect((await client.dncFiles({ limit: 1 })).body).not.toMatchObject({ items: [{ wash_id }] })

    const { rows } = await admin(
      connection,
      `select action, details from audit_log where subject = 'allocation:${at.allocation_id}' order by audit_id`,
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'allocation.create',
      'allocation.wash',
      'allocation.wash_asked',
      'allocation.wash_numbers',
      'allocation.start',
      'allocation.stop',
      'allocation.wash_answer',
      'allocation.washed',
    ])
    expect(JSON.stringify(rows)).not.toContain(listed.slice(1))
    expect(rows.at(-1)).toMatchObject({
      details: { wash_id, asked: 2, listed: 1, clear: 1, has_started: true },
    })
  })

  test('of a lead with two numbers only the clear one is called', async () => {
    const at = await place()
    const [listed, clear] = [mobile(), mobile()]
    await insert(at, { FirstPhone: listed, SecondPhone: clear })
    await washedAs(at, lines(`${listed},Y`, `${clear},N`))
    const [item] = await lease(at)
    expect(item!.numbers).toEqual([{ field: 'SecondPhone', number: `+61${clear.slice(1)}` }])
    expect(item!.lead.phones).toMatchObject([{ blocked_by: 'register' }, { field: 'SecondPhone' }])
  })

  test('a wash ends, and nobody is called until the next one; who has asked for a call is called all the same', async () => {
    const at = await place()
    const [plain, wanted] = [mobile(), mobile()]
    const lead = await insert(at, { FirstPhone: plain })
    const approved = await insert(at, { FirstPhone: wanted })
    const wash = await washedAs(at, lines(`${plain},N`, `${wanted},N`))
    const asked_for = { disposition: 'Client Approved Callback', callback: { local: '2026-11-24T15:00:00' } }
    expect(await client.patchLead(approved, 1, asked_for)).toMatchObject({ status: 200 })
    expect(await handedOut(at)).toEqual([lead])
    later(29)
    expect(await handedOut(at)).toEqual([approved, lead])
    later(30)
    expect(await handedOut(at)).toEqual([approved])
    expect(await whyNot(at, lead)).toEqual([
      'unwashed: the wash of the allocation is over: it is called once a new one is answered',
    ])
    expect((await client.lead(lead)).body).toMatchObject({ phones: [{ blocked_by: 'unwashed' }] })
    expect((await client.lead(approved)).body).toMatchObject({ phones: [{}] })
    // The next one lists whom this one did not; the approved callback stands.
    const next = await washedAs(at, lines(`${plain},N`, `${wanted},Y`))
    expect(await washOf(client, wash.wash_id)).toMatchObject({ is_current: false })
    expect(next).toMatchObject({ listed: 1, clear: 1, valid_until: '2027-01-23T03:00:00Z' })
    expect(await handedOut(at)).toEqual([approved, lead])
  })

  test('the wash before goes on counting until the next one is answered', async () => {
    const at = await place()
    const [one, two] = [mobile(), mobile()]
    const [lead, other] = [await insert(at, { FirstPhone: one }), await insert(at, { FirstPhone: two })]
    await washedAs(at, lines(`${one},N`, `${two},Y`))
    later(20)
    const next = await asked(client, at.allocation_id)
    expect(await handedOut(at)).toEqual([lead])
    const cancelled = await client.cancelWash(next.wash_id)
    expect(cancelled).toMatchObject({ body: { state: 'cancelled' } })
    expect(await client.cancelWash(next.wash_id)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect(await handedOut(at)).toEqual([lead])
    await washedAs(at, lines(`${one},Y`, `${two},N`))
    expect(await handedOut(at)).toEqual([other])
  })

  test('a lead or number that comes after the wash waits for the next one', async () => {
    const at = await place()
    const [one, two, three] = [mobile(), mobile(), mobile()]
    const lead = await insert(at, { FirstPhone: one })
    await washedAs(at, lines(`${one},N`))
    const late = await insert(at, { FirstPhone: two })
    expect(await handedOut(at)).toEqual([lead])
    expect(await whyNot(at, late)).toEqual([
      'unwashed: its number came after the wash of the allocation, or the register said nothing of it: the next wash asks',
    ])
    expect(await client.patchLead(lead, 1, { fields: { FirstPhone: three } })).toMatchObject({ status: 200 })
    expect(await handedOut(at)).toEqual([])
    const wash = await washedAs(at, lines(`${two},N`, `${three},N`))
    expect(wash).toMatchObject({ asked: 2, clear: 2 })
    expect((await handedOut(at)).sort()).toEqual([lead, late].sort())
  })

  test('closed leads are not asked about', async () => {
    const at = await place()
    const [one, two] = [mobile(), mobile()]
    await insert(at, { FirstPhone: one })
    await insert(at, { FirstPhone: two, njDisposition: 'Sale' })
    const wash = await asked(client, at.allocation_id)
    expect((await client.washNumbers(wash.wash_id)).body).toBe(lines(one))
  })

  test('an answer can hold the listed numbers, or the clear ones', async () => {
    const at = await place()
    const [one, two, three] = [mobile(), mobile(), mobile()]
    const ids = [
      await insert(at, { FirstPhone: one }),
      await insert(at, { FirstPhone: two }),
      await insert(at, { FirstPhone: three }),
    ]
    expect(await washedAs(at, lines('Phone', one), { holds: 'listed' })).toMatchObject({
      listed: 1,
      clear: 2,
    })
    expect((await handedOut(at)).sort()).toEqual([ids[1], ids[2]].sort())
    expect(await washedAs(at, lines(one), { holds: 'clear' })).toMatchObject({ listed: 2, clear: 1 })
    expect(await handedOut(at)).toEqual([ids[0]])
    // Nobody is listed.
    expect(await washedAs(at, lines('Phone'), { holds: 'listed' })).toMatchObject({ listed: 0, clear: 3 })
    expect((await handedOut(at)).length).toBe(3)
    // Of two results for one number the stricter one counts.
    const twice = lines(`${one},Y`, `${one},N`, `${two},N`, `${two},N`)
    expect(await washedAs(at, twice)).toMatchObject({ listed: 1, clear: 1 })
    expect(await handedOut(at)).toEqual([ids[1]])
  })

  test('a result that cannot be understood comes back, and its number is not called', async () => {
    const at = await place()
    const [one, two] = [mobile(), mobile()]
    const lead = await insert(at, { FirstPhone: one })
    await insert(at, { FirstPhone: two })
    const wash = await asked(client, at.allocation_id)
    const text = lines('Number,Answer', `${one},Not registered`, `${two},Invalid`, '17,N')
    const file = await answered(client, wash, text, { phone_columns: ['Number'], result_column: 'Answer' })
    expect(file).toMatchObject({ state: 'done', rejected: 2 })
    const { body } = await client.dncFileRejects(file.file_id)
    expect(body).toContain(`3,1005,Result,does not say whether the number is on the register`)
    expect(await washOf(client, wash.wash_id)).toMatchObject({ listed: 0, clear: 1, asked: 2 })
    expect(await handedOut(at)).toEqual([lead])
  })

  test('a file that is no answer changes nothing, and the right one can follow', async () => {
    const at = await place()
    const [one, two] = [mobile(), mobile()]
    const lead = await insert(at, { FirstPhone: one })
    const wash = await asked(client, at.allocation_id)
    const problemOf = async (text: string, wanted?: Partial<NewWashAnswer>) => {
      const { state, problem } = await answered(client, wash, text, wanted)
      expect(await washOf(client, wash.wash_id)).toMatchObject({ state: 'asked' })
      return `${state}: ${problem}`
    }
    expect(await problemOf(lines(one))).toBe('failed: no_results')
    expect(await problemOf(lines(one), { result_column: 'Result' })).toBe('failed: no_results')
    expect(await problemOf(lines(one, two), { holds: 'listed' })).toBe('failed: not_asked')
    expect(await problemOf(lines('17'), { holds: 'clear' })).toBe('failed: none_taken')
    const upload = await client.answerWash(wash.wash_id, { name: 'a.csv', bytes: 5 })
    expect(upload).toMatchObject({ status: 201 })
    expect(await client.answerWash(wash.wash_id, { name: 'b.csv', bytes: 5 })).toMatchObject({
      status: 422,
      code: 1005,
      body: { detail: expect.stringContaining('another answer of this wash is at work') },
    })
    await client.cancelDncFile((upload.body as DncFile).file_id)
    later(30)
    expect(await problemOf(lines(`${one},N`))).toBe('failed: too_late')
    now = FIRST
    expect(await answered(client, wash, lines(`${one},N`))).toMatchObject({ state: 'done' })
    expect(await handedOut(at)).toEqual([lead])
    expect(await client.answerWash(wash.wash_id, { name: 'a.csv', bytes: 5 })).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('this wash is answered already') },
    })
  })

  test('a wash that is cancelled takes its answer with it', async () => {
    const at = await place()
    const one = mobile()
    await insert(at, { FirstPhone: one })
    const wash = await asked(client, at.allocation_id)
    const file = await client.answerWash(wash.wash_id, { name: 'a.csv', bytes: 5 })
    await client.cancelWash(wash.wash_id)
    expect((await client.dncFile((file.body as DncFile).file_id)).body).toMatchObject({ state: 'cancelled' })
    // The allocation still needs one, unless somebody says otherwise.
    expect(await handedOut(at)).toEqual([])
    expect(await client.changeAllocation(at.allocation_id, { needs_wash: false })).toMatchObject({
      body: { needs_wash: false },
    })
    expect((await handedOut(at)).length).toBe(1)
    expect(await client.changeAllocation(at.allocation_id, { needs_wash: true })).toMatchObject({
      status: 200,
    })
    expect(await handedOut(at)).toEqual([])
  })

  test('what cannot be washed is refused with a reason', async () => {
    const at = await place({ needs_wash: true })
    expect((await client.allocation(at.allocation_id)).body).toMatchObject({
      needs_wash: true,
      wash_id: null,
    })
    await insert(at, { FirstPhone: mobile() })
    await asked(client, at.allocation_id)
    expect(await client.makeWash(at.allocation_id, { register: 'au' })).toMatchObject({
      status: 422,
      code: 1005,
      body: { detail: expect.stringContaining('awaits its answer') },
    })
    const virtual = await client.createAllocation({
      campaign_id: at.campaign_id,
      name: 'virtual',
      draws: { by: 'penalty', members: [{ allocation_id: at.allocation_id, penalty: 0 }] },
    })
    const { allocation_id } = virtual.body as { allocation_id: number }
    expect(await client.makeWash(allocation_id, { register: 'au' })).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('a virtual allocation has no leads of its own') },
    })
    expect(await client.changeAllocation(allocation_id, { needs_wash: true })).toMatchObject({ code: 1005 })
    await client.changeAllocation(allocation_id, { started: true })
    expect(await lease({ allocation_id })).toEqual([])
    const archived = await place()
    await client.changeAllocation(archived.allocation_id, { archived: true })
    expect(await client.makeWash(archived.allocation_id, { register: 'au' })).toMatchObject({ code: 1004 })
    for (const wrong of [{ register: 'xx' as 'au' }, { register: 'au' as const, valid_days: 0 }])
      expect(await client.makeWash(at.allocation_id, wrong)).toMatchObject({ status: 422, code: 1005 })
    expect(await client.wash(999_999)).toMatchObject({ code: 1004 })
    expect(await client.washNumbers(999_999)).toMatchObject({ code: 1004 })
    const listed = await client.washes({ allocation_id: at.allocation_id })
    expect(listed.body).toMatchObject({ items: [{ state: 'asked' }], next_cursor: null })
  })

  test('a team sees its own washes; the numbers need the scope export', async () => {
    const at = await place()
    const wash = await asked(client, at.allocation_id)
    const east_id = await ensureTeam(pool, 'East')
    const east = await leadline.clientWith(['supervise', 'manage', 'export'], [east_id])
    expect(await east.wash(wash.wash_id)).toMatchObject({ code: 1004 })
    expect(await east.washNumbers(wash.wash_id)).toMatchObject({ code: 1004 })
    expect(await east.answerWash(wash.wash_id, { name: 'a.csv', bytes: 5 })).toMatchObject({ code: 1004 })
    expect(await east.cancelWash(wash.wash_id)).toMatchObject({ code: 1004 })
    expect((await east.washes({})).body).toEqual({ items: [], next_cursor: null })
    expect((await client.washes({ limit: 1 })).body).toMatchObject({ items: [{ wash_id: wash.wash_id }] })
    const lead = await leadline.clientWith(['supervise'])
    expect(await lead.wash(wash.wash_id)).toMatchObject({ status: 200 })
    expect(await lead.washNumbers(wash.wash_id)).toMatchObject({ status: 403, code: 1002 })
  })

  test('a client may be called although the register lists the number, not while a wash is missing', async () => {
    const at = await place()
    const phone = mobile()
    const lead = await insert(at, { FirstPhone: phone })
    await client.addToDnc({ list: 'client', phones: [phone] })
    await asked(client, at.allocation_id).then(async (wash) => {
      expect(await handedOut(at)).toEqual([])
      await answered(client, wash, lines(`${phone},Y`))
      await swept()
    })
    expect(await whyNot(at, lead)).toEqual([])
    await client.addToDnc({ list: 'private', phones: [phone] })
    expect(await whyNot(at, lead)).toEqual(['blocked: every number is on a do-not-call list (private)'])
  })

  test('a wash can be tried with the loop-back register', async () => {
    const at = await place()
    // Of ten numbers in a row that begin with a 0, five are listed.
    const phones = Array.from({ length: 40 }, (_, i) => String(419_990_000 + i).padStart(10, '0'))
    const ids = new Map<string, string>()
    for (const phone of phones) ids.set(await insert(at, { FirstPhone: phone }), phone)
    const { wash_id } = await asked(client, at.allocation_id, { register: 'loop_back' })
    await until('it has answered', async () => (await washOf(client, wash_id)).state === 'done')
    await swept()
    const clear = phones.filter((phone) => !loopBackListed(Number(`61${phone.slice(1)}`)))
    expect(await washOf(client, wash_id)).toMatchObject({
      asked: 40,
      clear: clear.length,
      listed: 40 - clear.length,
    })
    expect(clear.length).toBe(20)
    const called = await lease(at, 100)
    expect(called.map(({ lead }) => ids.get(lead.id)).sort()).toEqual(clear.sort())
  })

  test('leads of an allocation that waits for a wash are set aside at once, and return as they were', async () => {
    const [at, twin] = [await place(), await place()]
    const phones: string[] = []
    let seed = 7
    const chance = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % n
    }
    // Leads of all kinds, the same in two allocations, of which one is washed.
    for (let i = 0; i < 60; i++) {
      const kind = chance(5)
      const fields = {
        njPriority: String(chance(4) * 10),
        ...(kind === 1 && { njCallBackDate: '2026/11/24 13:00', njDisposition: 'Callback' }),
        ...(kind === 2 && { njCallBackDate: '2027/03/01 10:00', njDisposition: 'Callback' }),
        ...(kind === 3 && { njDisposition: 'Sale' }),
      }
      const FirstPhone = mobile()
      phones.push(FirstPhone)
      for (const one of [at, twin]) await insert(one, { FirstPhone, ...fields })
      if (kind === 4) await client.addToDnc({ list: 'private', phones: [FirstPhone] })
    }
    const states = async ({ campaign_id }: At) => {
      const { rows } = await admin(
        connection,
        `select p.phone, q.state, q.wake_at, q.due_at, q.priority, q.agent, l.version
         from leads l join lead_phones p on p.campaign_id = l.campaign_id and p.lead_number = l.number
           left join queue q on q.campaign_id = l.campaign_id and q.lead_number = l.number
         where l.campaign_id = ${campaign_id} order by p.phone`,
      )
      return rows
    }
    const order = async (one: At) => (await lease(one, 100)).map(({ numbers }) => numbers[0]!.number)
    const release = (one: At) =>
      admin(
        connection,
        `update queue set state = 'ready', lease_number = null, wake_at = null
         where campaign_id = ${one.campaign_id} and state = 'leased'`,
      )
    const before = await states(at)
    expect(await states(twin)).toEqual(before)
    const wash = await asked(client, at.allocation_id)
    await parkUnwashed(pool)
    const parked = (await states(at)).filter(({ state }) => state === 'ready' || state === 'bound')
    expect(parked).toEqual([])
    expect(await handedOut(at)).toEqual([])
    await answered(client, wash, lines(...phones.map((phone) => `${phone},N`)), { holds: 'results' })
    await swept()
    const by_dnc = (rows: typeof before) => rows.filter(({ state }) => state !== 'parked')
    expect(by_dnc(await states(at))).toEqual(by_dnc(before))
    expect(await order(at)).toEqual(await order(twin))
    for (const one of [at, twin]) await release(one)
    expect(await states(at)).toEqual(await states(twin))
  })

  test('no number that the register lists is handed out once its answer counts', async () => {
    const at = await place()
    const phones = Array.from({ length: 120 }, () => mobile())
    for (const FirstPhone of phones) await insert(at, { FirstPhone })
    await washedAs(at, lines(...phones.map((phone) => `${phone},N`)))
    for (let round = 0; round < 6; round++) {
      const wash = await asked(client, at.allocation_id)
      const listed = new Set(
        phones.filter((_, i) => (i + round) % 2 === 0).map((phone) => `+61${phone.slice(1)}`),
      )
      const file = await sent(
        client,
        wash,
        lines(...phones.map((phone) => `${phone},${listed.has(`+61${phone.slice(1)}`) ? 'Y' : 'N'}`)),
      )
      let counts = false
      let handed_after = 0
      const dialler = async () => {
        for (let turn = 0; turn < 400 && handed_after < 30; turn++) {
          const counted_before = counts
          const items = await lease(at, 3)
          if (counted_before) {
            for (const { numbers } of items) expect(listed.has(numbers[0]!.number)).toBe(false)
            handed_after += items.length
          }
          await Promise.all(items.map(({ lease_id }) => client.delete(`/v1/leases/${lease_id}`)))
        }
      }
      const watch = over(client, file.file_id).then((done) => {
        expect(done.state).toBe('done')
        counts = true
      })
      await Promise.all([watch, dialler(), dialler()])
      expect(handed_after).toBeGreaterThan(0)
      await swept()
    }
  })

  test('the doctor is told of washes that are over within days', async () => {
    const before = await endingWashes(pool)
    const at = await place()
    await admin(
      connection,
      `update allocations set needs_wash = true, wash_id = 1, washed_until = now() + interval '2 days'
       where allocation_id = ${at.allocation_id}`,
    )
    expect(await endingWashes(pool)).toMatchObject({ allocations: before.allocations + 1 })
    await admin(
      connection,
      `update allocations set washed_until = now() + interval '4 days' where allocation_id = ${at.allocation_id}`,
    )
    expect(await endingWashes(pool)).toMatchObject({ allocations: before.allocations })
  })
})

test('only an installation for tries has the loop-back register', async () => {
  const { client, target } = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
  expect(await client.makeWash(target.allocation_id, { register: 'loop_back' })).toMatchObject({
    status: 422,
    code: 1005,
    body: { detail: expect.stringContaining('LEADLINE_LOOP_BACK_REGISTER=yes') },
  })
})

/** What a killed process had in hand is taken over after seconds. */
const atLast = (what: string, holds: () => Promise<boolean>) =>
  expect.poll(holds, { message: what, timeout: 90_000, interval: 20 }).toBe(true)

test('a process that is killed while it washes loses nothing and does nothing twice', async ({
  onTestFinished,
}) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  const KEY = `test_${'w'.repeat(40)}`
  const start = async () => {
    const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl(connection),
        LEADLINE_PORT: '0',
        LEADLINE_DATA_DIR: folder,
        LEADLINE_BOOTSTRAP_API_KEY: KEY,
        LEADLINE_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const kill = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    return { kill, client: new LeadlineClient({ url: await addressOf(child), key: KEY }) }
  }
  let server = await start()
  onTestFinished(async () => {
    await server.kill()
    await dropDatabase(connection)
  })
  const AMOUNT = 30_000
  const [{ allocation_id, campaign_id }] = (
    await admin(connection, 'select allocation_id, campaign_id from allocations limit 1')
  ).rows as [{ allocation_id: number; campaign_id: number }]
  // The leads themselves are not looked at here: rows of the tables that a wash reads are enough.
  await admin(
    connection,
    `with made as (
       insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select ${campaign_id}, 1000000 + n, ${allocation_id}, '{}', 'v1', 'key:1' from generate_series(1, ${AMOUNT}) n
       returning number)
     insert into lead_phones (campaign_id, lead_number, field, phone, state)
     select ${campaign_id}, number, 'FirstPhone', 61430000000 + number - 1000000, 'ok' from made`,
  )
  const { body } = await server.client.makeWash(allocation_id, { register: 'au' })
  const { wash_id } = body as Wash
  const again = async () => {
    await server.kill()
    server = await start()
  }
  await atLast('some numbers are collected', async () => {
    const { rows } = await admin(connection, 'select asked, state from washes')
    return rows[0].asked > 0
  })
  await again()
  await atLast('all are collected', async () => (await washOf(server.client, wash_id)).state === 'asked')
  expect(await washOf(server.client, wash_id)).toMatchObject({ asked: AMOUNT, outside: 0 })
  const rows = Array.from(
    { length: AMOUNT },
    (_, i) => `0430${String(i + 1).padStart(6, '0')},${i % 3 ? 'N' : 'Y'}`,
  )
  const { file_id } = await sent(server.client, { wash_id }, lines(...rows))
  for (const reached of ['reading', 'comparing']) {
    await atLast(`it is ${reached} and has come on`, async () => {
      const { rows } = await admin(
        connection,
        'select state, rows_read, at_phone, finished_at from dnc_files',
      )
      const [now] = rows
      if (now.finished_at !== null) return true
      return now.state === reached && (reached === 'reading' ? now.rows_read > 0 : now.at_phone > 0)
    })
    await again()
  }
  await atLast('the answer counts', async () => (await washOf(server.client, wash_id)).state === 'done')
  expect(await washOf(server.client, wash_id)).toMatchObject({
    listed: AMOUNT / 3,
    clear: (AMOUNT / 3) * 2,
    file_id,
    is_current: true,
  })
  await atLast('nothing is left', async () => {
    const { rows } = await admin(connection, 'select count(*)::int as left from dnc_file_numbers')
    return rows[0].left === 0
  })
})
