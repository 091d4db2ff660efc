// The real command with its own PostgreSQL, killed under load: what was acknowledged is there, what was refused is
// not, and a signal that asks it to stop lets everything at work finish.

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { ClassicConnection, type ConnectionAnswer, ConnectionLost } from './support/connection.ts'
import { EmbeddedProcess } from './support/embedded-process.ts'
import { mobile } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'

const KEY = `test_${'f'.repeat(40)}`
const TARGET = { template_id: 1, campaign_id: 1, allocation_id: 1 }
const CLIENTS = 32
const KILLS = { server: much(9, 20), postgres: much(9, 20), both: much(2, 8) }

const own = new EmbeddedProcess('faults', {
  LEADLINE_BOOTSTRAP_API_KEY: KEY,
  // Small enough that the clients are refused now and then.
  LEADLINE_GATE_SLOTS: '24',
  LEADLINE_GATE_QUEUE_MAX: '6',
  LEADLINE_GATE_WAIT_MS: '2000',
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

beforeAll(() => own.serve())
afterAll(() => own.remove())

/** The knowledge of a client: it happened, it certainly did not, or nobody told. */
type Outcome = 'done' | 'not done' | 'unknown'

interface Change {
  token: string
  outcome: Outcome
  version: number | null
}

interface Lead {
  external_id: string
  numbers: string[]
  /** Unknown only while the client still asks. */
  outcome: Outcome
  lead_id: string | null
  changes: Change[]
}

const UNAVAILABLE = 1013

/** The clients of a load, what each of them knows, and answers that must not be. */
class Load {
  readonly leads: Lead[] = []
  readonly unexpected: string[] = []
  readonly counts = { done: 0, 'not done': 0, unknown: 0 }
  #stopping = false
  readonly #workers: Promise<void>[]

  constructor(name: string, clients: number) {
    this.#workers = Array.from({ length: clients }, (_, i) => this.#work(`${name}-${i}`))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#workers)
  }

  async #work(worker: string): Promise<void> {
    const client = new Client()
    for (let n = 0; !this.#stopping; n++) {
      const numbers = n % 3 === 0 ? [mobile(), mobile()] : [mobile()]
      const lead: Lead = {
        external_id: `${worker}-${n}`,
        numbers,
        outcome: 'unknown',
        lead_id: null,
        changes: [],
      }
      this.leads.push(lead)
      await this.#insert(client, lead)
      for (let change = 0; change < 2 && lead.outcome === 'done' && !this.#stopping; change++)
        await this.#update(client, lead, `${lead.external_id}/${change}`, n % 2 === 0 && change === 0)
    }
    client.close()
  }

  /** Asks until it knows; after a definite no it may let the lead go. */
  async #insert(client: Client, lead: Lead): Promise<void> {
    const [FirstPhone, SecondPhone = ''] = lead.numbers
    const document = {
      Name: 'Ana Silva',
      FirstPhone: FirstPhone!,
      SecondPhone,
      njExternalLeadId: lead.external_id,
    }
    let unknown_before = false
    for (;;) {
      const answer = await client.send('insertLeadFast', document)
      const outcome = this.#outcome('insert', answer, unknown_before ? [112] : [])
      if (outcome === 'done') {
        lead.outcome = 'done'
        lead.lead_id = answer!.lead_id
        return
      }
      if (outcome === 'unknown') unknown_before = true
      else if (!unknown_before && Math.random() < 0.3) {
        lead.outcome = 'not done'
        return
      }
    }
  }

  async #update(client: Client, lead: Lead, token: string, adds_number: boolean): Promise<void> {
    const number = adds_number ? mobile() : null
    const answer = await client.send('updateLeadFast', {
      njExternalLeadId: lead.external_id,
      FirstPhone: '<NO CHANGE>',
      Name: token,
      njDisposition: 'Busy',
      ...(number === null ? {} : { SecondPhone: number }),
    })
    const outcome = this.#outcome('update', answer, [])
    lead.changes.push({ token, outcome, version: answer?.version ?? null })
  }

  /** `there`: codes that say that an earlier attempt, of which nobody told, was done. */
  #outcome(deed: 'insert' | 'update', answer: ConnectionAnswer | undefined, there: number[]): Outcome {
    const outcome = outcomeOf(answer, there)
    if (outcome === undefined) this.unexpected.push(`${deed}: ${answer!.code} ${answer!.body.detail}`)
    this.counts[outcome ?? 'not done']++
    return outcome ?? 'not done'
  }
}

function outcomeOf(answer: ConnectionAnswer | undefined, there: number[]): Outcome | undefined {
  if (answer === undefined) return 'unknown'
  const { code, body } = answer
  if (code === 0 || there.includes(code)) return 'done'
  // 110: what was sent before the server was killed may have come through only now.
  if (code === 109 || code === 110) return 'not done'
  if (code !== UNAVAILABLE) return undefined
  return body.written === 'unknown' ? 'unknown' : body.written === 'no' ? 'not done' : undefined
}

/** A client that connects again whenever its connection is lost. */
class Client {
  #connection: ClassicConnection | undefined

  /** Undefined: the connection was lost before the answer. Waits while there is no server. */
  async send(call: 'insertLeadFast' | 'updateLeadFast', lead: Record<string, string>) {
    for (;;) {
      this.#connection ??= new ClassicConnection(own.url, KEY, TARGET)
      try {
        const answer = await this.#connection.post(call, lead)
        if (answer.code === 109 || answer.code === UNAVAILABLE) await sleep(20 + Math.random() * 60)
        return answer
      } catch (error) {
        this.#connection = undefined
        await sleep(20 + Math.random() * 60)
        if (!(error instanceof ConnectionLost) || error.connected) return undefined
      }
    }
  }

  close() {
    this.#connection?.close()
  }
}

/** The tables against what the clients know. */
async function expectKept({ leads, unexpected }: Load) {
  expect(unexpected).toEqual([])
  const connection = await own.connection()
  expect(await checkDatabase(connection)).toEqual([])

  const there = await admin(
    connection,
    `select l.external_id, l.campaign_id || '-' || l.number as lead_id, l.version,
       (select array_agg('0' || right(c.phone::text, 9)) from claims c
        where c.campaign_id = l.campaign_id and c.lead_number = l.number) as claimed,
       (select json_object_agg(e.changes -> 'fields.Name' ->> 1, e.version) from events e
        where e.campaign_id = l.campaign_id and e.lead_number = l.number and e.changes ? 'fields.Name') as names
     from leads l`,
  )
  const rows = new Map<string, (typeof there.rows)[number][]>()
  for (const row of there.rows) rows.set(row.external_id, [...(rows.get(row.external_id) ?? []), row])
  for (const lead of leads) {
    const found = rows.get(lead.external_id) ?? []
    expect(lead.outcome, lead.external_id).not.toBe('unknown')
    expect(found.length, `${lead.external_id} ${lead.outcome}`).toBe(lead.outcome === 'done' ? 1 : 0)
    if (lead.outcome !== 'done') continue
    const [row] = found
    expect(row.lead_id).toBe(lead.lead_id)
    // The second number may have been replaced by an update; the first never was.
    expect(row.claimed).toContain(lead.numbers[0])
    for (const { token, outcome, version } of lead.changes) {
      if (outcome === 'done') expect(row.names?.[token], token).toBe(version)
      if (outcome === 'not done') expect(row.names?.[token], token).toBeUndefined()
    }
  }
}

test('killed at random moments: every acknowledged lead is there once, every refused one is not', async () => {
  const kills = Object.entries(KILLS)
    .flatMap(([what, times]) => Array(times).fill(what) as (keyof typeof KILLS)[])
    .sort(() => Math.random() - 0.5)
  const load = new Load('kills', CLIENTS)
  const back: Record<keyof typeof KILLS, number[]> = { server: [], postgres: [], both: [] }
  onTestFinished(() => load.stop())
  for (const what of kills) {
    const { done } = load.counts
    await sleep(200 + Math.random() * 900)
    // A kill that met nobody would prove nothing.
    await expect.poll(() => load.counts.done - done, { timeout: 60_000 }).toBeGreaterThan(25)
    const since = performance.now()
    await own.kill(what)
    back[what].push(performance.now() - since)
  }
  await sleep(500)
  await load.stop()

  const { counts } = load
  const changes = load.leads.flatMap((lead) => lead.changes)
  console.log(
    `${kills.length} kills; ${load.leads.length} leads, ${changes.length} updates; answers: ${counts.done} done, ` +
      `${counts['not done']} not done, ${counts.unknown} unknown; back after ` +
      Object.entries(back)
        .map(([what, times]) => `${what} ${Math.round(Math.max(...times))} ms at most`)
        .join(', '),
  )
  await expectKept(load)
  expect(counts.done).toBeGreaterThan(25 * kills.length)
  expect(counts.unknown).toBeGreaterThan(kills.length)
  expect(counts['not done']).toBeGreaterThan(kills.length)
}, 300_000)

test.each([
  ['SIGTERM', ['SIGTERM']],
  ['SIGINT twice, as npm passes on a Ctrl-C', ['SIGINT', 'SIGINT']],
] as [string, NodeJS.Signals[]][])(
  '%s: what is at work is finished and answered, then nothing is left',
  async (_, signals) => {
    const { postmaster: postgres, child } = own
    const load = new Load(`signal-${signals.length}`, 8)
    onTestFinished(() => load.stop())
    await sleep(300)
    // These are certainly at work when the signal comes: they wait inside the database.
    const session = new pg.Client(await own.connection())
    await session.connect()
    await session.query('begin; lock table claims in access exclusive mode')
    const at_work = Array.from({ length: 8 }, (_, i) => ({
      client: new ClassicConnection(own.url, KEY, TARGET),
      lead: { Name: 'Jane Smith', FirstPhone: mobile(), njExternalLeadId: `at-work-${signals.length}-${i}` },
    }))
    const answers = at_work.map(({ client, lead }) => client.post('insertLeadFast', lead))
    await sleep(300)

    const ended = once(child, 'exit')
    for (const signal of signals) {
      child.kill(signal)
      await sleep(100)
    }
    // Nobody is let in any more.
    await expect(fetch(`${own.url}/healthz`)).rejects.toThrow()
    expect(child.exitCode).toBeNull()
    const let_go = performance.now()
    await session.query('rollback')
    await session.end()
    const answered = await Promise.all(answers)
    for (const { code } of answered) expect([0, 109]).toContain(code)
    expect(answered.filter(({ code }) => code === 0).length).toBeGreaterThan(0)
    const [code] = await ended
    expect(code).toBe(0)
    // Connections that clients keep open do not keep the server.
    expect(performance.now() - let_go).toBeLessThan(10_000)
    // One that was taken over after a kill has init for a parent, who may take a moment to bury it.
    await expect.poll(() => isAlive(postgres), { timeout: 5_000 }).toBe(false)
    expect(own.hasPostmaster()).toBe(false)

    // The clients go on with the next server, as if nothing had been.
    await own.serve()
    await own.untilReady()
    await sleep(300)
    await load.stop()
    await expectKept(load)
    const { rows } = await admin(
      await own.connection(),
      `select external_id from leads where external_id like 'at-work-${signals.length}-%' order by external_id`,
    )
    expect(rows.map(({ external_id }) => external_id)).toEqual(
      at_work.filter((_, i) => answered[i]!.code === 0).map(({ lead }) => lead.njExternalLeadId),
    )
  },
  60_000,
)
