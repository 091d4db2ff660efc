// More than the server can take: it says so at once (109), nothing of what it refused is there, and it does not do
// less work for being asked for more.

import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { ClassicConnection, type ConnectionAnswer } from './support/connection.ts'
import { type Leadline, mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const WAIT_MS = 500
const leadline = await startLeadline({ gate: { slots: 2, queue_max: 10, wait_ms: WAIT_MS } })
const { connection } = leadline
/** Another server on the same database, that takes one at a time. */
const single = await startLeadline({ connection, gate: { slots: 1, queue_max: 40, wait_ms: 20_000 } })

/** Sessions that keep inserts from finishing. */
const blocking = new Set<pg.Client>()

afterEach(async () => {
  for (const session of blocking) await session.end()
  expect(await checkDatabase(connection)).toEqual([])
})

const connect = (to: Leadline = leadline) => new ClassicConnection(to.url, leadline.key, leadline.target)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let leads = 0
const document = () => ({ Name: 'Ana Silva', FirstPhone: mobile(), njExternalLeadId: `overload-${++leads}` })

async function gate(name: 'busy' | 'waiting', of: Leadline = leadline) {
  const { body } = await of.client.get<string>('/metrics')
  return Number(new RegExp(`^leadline_gate_${name} (\\d+)$`, 'm').exec(String(body))?.[1])
}

/** The external ids that are in the database, with the id of their lead. */
async function taken() {
  const { rows } = await admin(
    connection,
    `select external_id, campaign_id || '-' || number as lead_id from leads where external_id is not null`,
  )
  return new Map<string, string>(rows.map(({ external_id, lead_id }) => [external_id, lead_id]))
}

/** Keeps every insert at work from finishing until it is let go. */
async function block() {
  const session = new pg.Client(connection)
  await session.connect()
  blocking.add(session)
  await session.query('begin; lock table claims in access exclusive mode')
  return async () => {
    blocking.delete(session)
    await session.end()
  }
}

/** Requests that hold every slot, and what lets them go. */
async function fillSlots(slots = 2, to: Leadline = leadline) {
  const letGo = await block()
  const clients = Array.from({ length: slots }, () => connect(to))
  const answers = clients.map((client) => client.post('insertLeadFast', document()))
  await until('every slot is held', async () => (await gate('busy', to)) === slots)
  return { letGo, answers, clients }
}

interface Attempt {
  external_id: string
  answer: ConnectionAnswer
}

/** So many clients for so long, each inserting one lead after the other and sleeping for Retry-After when refused. */
async function load(clients: number, ms: number) {
  const attempts: Attempt[] = []
  const end = performance.now() + ms
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = connect()
      let lead = document()
      while (performance.now() < end) {
        const answer = await client.post('insertLeadFast', lead)
        attempts.push({ external_id: lead.njExternalLeadId, answer })
        // A refused lead is offered again: had anything of it been written, it would be a duplicate now.
        if (answer.code === 0) lead = document()
        else await sleep(Math.min((answer.retry_after_s ?? 0) * 1_000, Math.max(0, end - performance.now())))
      }
      client.close()
    }),
  )
  const inserted = attempts.filter(({ answer }) => answer.code === 0)
  return { attempts, inserted, per_s: (inserted.length / ms) * 1_000 }
}

test('200 clients that honour Retry-After get as much done as 12, and no 109 left a trace', async () => {
  const [FEW, MANY, MS] = [12, 200, 3_000]
  await load(FEW, 500)
  const ratios: number[] = []
  const all: Attempt[] = []
  let refused = 0
  for (let pair = 0; pair < 3; pair++) {
    const few = await load(FEW, MS)
    const many = await load(MANY, MS)
    // Twelve fit, two at work and ten in the queue: only a disk that hangs may keep one waiting for too long.
    expect(few.attempts.map(({ answer }) => answer.body.detail)).not.toContainEqual(
      expect.stringMatching(/full/),
    )
    ratios.push(many.per_s / few.per_s)
    refused += many.attempts.length - many.inserted.length
    all.push(...few.attempts, ...many.attempts)
    console.log(
      `goodput: ${Math.round(many.per_s)}/s with ${MANY} clients, ${Math.round(few.per_s)}/s with ${FEW}: ${ratios.at(-1)!.toFixed(2)}`,
    )
  }
  const [, median] = ratios.sort((a, b) => a - b)
  console.log(`goodput, median of three pairs: ${median!.toFixed(2)}; ${refused} answers were 109`)

  expect(refused).toBeGreaterThan(MANY)
  for (const { answer } of all) {
    expect([0, 109]).toContain(answer.code)
    if (answer.code === 109) {
      expect(answer.status).toBe(400)
      expect(answer.retry_after_s).toBeGreaterThanOrEqual(1)
      expect(answer.retry_after_s).toBeLessThanOrEqual(5)
    }
  }
  const there = await taken()
  const inserted = new Map(
    all.flatMap(({ external_id, answer }) =>
      answer.code === 0 ? [[external_id, answer.lead_id] as const] : [],
    ),
  )
  for (const { external_id } of all)
    expect(there.get(external_id)).toBe(inserted.get(external_id) ?? undefined)
  // The machine is shared with other work: this is far below what is promised, and above what a collapse gives.
  expect(median).toBeGreaterThan(0.5)
}, 60_000)

test('a full queue refuses at once, a wait ends at its time; neither left a trace', async () => {
  const { letGo, answers, clients } = await fillSlots()
  const queued = Array.from({ length: 10 }, () => {
    const [client, lead, begun] = [connect(), document(), performance.now()]
    const answer = client.post('insertLeadFast', lead)
    const since = () => performance.now() - begun
    // A timer of the same length, for comparison: a busy machine delays both.
    const timer = sleep(WAIT_MS).then(since)
    return { client, lead, timer, answer: answer.then((got) => ({ ...got, ms: since() })) }
  })
  await until('the queue is full', async () => (await gate('waiting')) === 10)
  const one_too_many = connect()
  let timed_out_before = false
  Promise.race(queued.map(({ answer }) => answer)).then(() => {
    timed_out_before = true
  })
  const full = await one_too_many.post('insertLeadFast', document())
  expect(full).toMatchObject({
    status: 400,
    code: 109,
    body: { message: 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS' },
  })
  expect(timed_out_before, 'it was refused at once, not when the first wait was over').toBe(false)

  for (const { answer, timer } of queued) {
    const { code, ms, retry_after_s } = await answer
    expect(code).toBe(109)
    expect(ms).toBeGreaterThanOrEqual(WAIT_MS - 5)
    expect(ms).toBeLessThan((await timer) + 250)
    expect(retry_after_s).toBeGreaterThanOrEqual(1)
  }
  expect(await gate('waiting')).toBe(0)
  await letGo()
  expect((await Promise.all(answers)).map(({ code }) => code)).toEqual([0, 0])
  const there = await taken()
  for (const { lead } of queued) expect(there.has(lead.njExternalLeadId)).toBe(false)
  // The connections are as good as new.
  const again = await Promise.all(queued.map(({ client, lead }) => client.post('insertLeadFast', lead)))
  expect(again.map(({ code }) => code)).toEqual(Array(10).fill(0))
  for (const client of [...clients, ...queued.map((one) => one.client), one_too_many]) client.close()
  await until('the slots are free', async () => (await gate('busy')) === 0)
})

test('a client that hangs up while it waits leaves the queue, and its lead is never written', async () => {
  // Here a wait may take 20 s: who is gone before has not timed out.
  const { letGo, answers, clients } = await fillSlots(1, single)
  const queued = Array.from({ length: 10 }, () => {
    const [client, lead] = [connect(single), document()]
    return { client, lead, answer: client.post('insertLeadFast', lead).catch((error: Error) => error) }
  })
  await until('all of them wait', async () => (await gate('waiting', single)) === 10)
  for (const { client } of queued.slice(0, 9)) client.close()
  const begun = performance.now()
  await until('those that hung up are gone', async () => (await gate('waiting', single)) === 1)
  expect(performance.now() - begun).toBeLessThan(10_000)
  await letGo()
  const last = queued[9]!
  expect(await last.answer).toMatchObject({ code: 0 })
  expect((await Promise.all(answers)).map(({ code }) => code)).toEqual([0])
  for (const { answer } of queued.slice(0, 9)) expect(await answer).toBeInstanceOf(Error)
  await until('the slot is free', async () => (await gate('busy', single)) === 0)
  const there = await taken()
  expect(queued.map(({ lead }) => there.has(lead.njExternalLeadId))).toEqual([...Array(9).fill(false), true])
  for (const client of [...clients, last.client]) client.close()
})

test('a client that hangs up at work keeps its slot until its lead is through, whole', async () => {
  const letGo = await block()
  const leads = [document(), document()]
  const clients = leads.map(() => connect())
  const answers = clients.map((client, i) =>
    client.post('insertLeadFast', leads[i]!).catch((error: Error) => error),
  )
  await until('both wait inside of the database', async () => {
    const { rows } = await admin(
      { ...connection, database: 'postgres' },
      `select count(*)::integer as waiting from pg_stat_activity
       where datname = '${connection.database}' and wait_event_type = 'Lock'`,
    )
    return rows[0].waiting > 0 && (await gate('busy')) === 2
  })
  for (const client of clients) client.close()
  for (const answer of answers) expect(await answer).toBeInstanceOf(Error)
  // Were the slots free, a client that comes and hangs up could put any amount of work behind the gate.
  const patient = connect()
  expect(await patient.post('insertLeadFast', document())).toMatchObject({ code: 109 })
  expect(await gate('busy')).toBe(2)
  await letGo()
  await until('the slots are free', async () => (await gate('busy')) === 0)
  expect((await patient.post('insertLeadFast', document())).code).toBe(0)
  patient.close()
  const there = await taken()
  for (const { njExternalLeadId } of leads) expect(there.has(njExternalLeadId)).toBe(true)
})

test('beside a key that floods, nothing of a quiet one is refused, and it waits for a few batches at most', async () => {
  const fair = await startLeadline({ connection, gate: { slots: 16, queue_max: 64, wait_ms: 20_000 } })
  const loud_key = await fair.keyWith(['write'])
  let over = false
  const flood = Array.from({ length: 200 }, async () => {
    const client = new ClassicConnection(fair.url, loud_key, fair.target)
    const codes: number[] = []
    while (!over) codes.push((await client.post('insertLeadFast', document())).code)
    client.close()
    return codes
  })
  const quiet: { code: number; ms: number }[] = []
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new ClassicConnection(fair.url, fair.key, fair.target)
      for (let i = 0; i < 40; i++) {
        const begun = performance.now()
        const { code } = await client.post('insertLeadFast', document())
        quiet.push({ code, ms: performance.now() - begun })
        await sleep(20)
      }
      client.close()
    }),
  )
  over = true
  const loud = (await Promise.all(flood)).flat()
  expect(quiet.map(({ code }) => code)).toEqual(Array(160).fill(0))
  expect(loud.filter((code) => code === 109).length).toBeGreaterThan(200)
  expect(loud.filter((code) => code === 0).length).toBeGreaterThan(100)
  const waits = quiet.map(({ ms }) => ms).sort((a, b) => a - b)
  console.log(`beside a flood: p50 ${waits[80]!.toFixed(0)} ms, p99 ${waits[158]!.toFixed(0)} ms`)
  // First come, first served they would wait behind eighty others.
  expect(waits[80]).toBeLessThan(1_000)
}, 60_000)

test('first come, first served', async () => {
  const letGo = await block()
  const clients = Array.from({ length: 41 }, () => connect(single))
  const answers: Promise<ConnectionAnswer>[] = []
  for (const [i, client] of clients.entries()) {
    answers.push(client.post('insertLeadFast', document()))
    const arrived = async () => (await gate('busy', single)) + (await gate('waiting', single))
    await until(`${i + 1} have come`, async () => (await arrived()) === i + 1)
  }
  await letGo()
  const numbers = (await Promise.all(answers)).map(({ lead_id }) => Number(lead_id!.split('-')[1]))
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  for (const client of clients) client.close()
}, 60_000)
