// The scenario `search`: what operators type and filter by, over HTTP, among a million leads; the data of a lead's page;
// and the same searches while leads come in.

import type { Target } from '../src/client/client.ts'
import type { Database } from './database.ts'
import { Line } from './line.ts'
import { Load } from './load.ts'
import { Meter } from './meter.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { fillPeople } from './people.ts'
import { type Figures, handOver, running, say, spread, Table, tell, thousands } from './report.ts'
import { create } from './set-up.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'

/** Operators who search at once; of the part with arrivals; leads that are there. */
export const SEARCH = {
  clients: [4, 1, 64],
  seconds: [10, 1, 3_600],
  leads: [1_000_000, 1_000, FILLED_MAX],
} as const satisfies Numbers

/** Campaigns, each with so many allocations. */
const CAMPAIGNS = 8
const ALLOCATIONS = 4
/** Searches of each kind. */
const SEARCHES = 60
const PAGES = 300
/** Leads per second that come in during the last part. */
const ARRIVALS_PER_S = 300

/** A lead that is there, for questions that have an answer. */
interface Sample {
  id: string
  name: string
  town: string
  street: string
  email: string
  external_id: string
  phone: string
  campaign_id: number
  allocation_id: number
  disposition: string | null
}

type Asked = Record<string, string | number | boolean>

export async function runSearch(
  options: OptionsOf<typeof SEARCH>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients, leads, seconds } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'search')
  const { database } = stage
  const { targets, allocations } = await setUp(stage)
  await fillPeople(database, targets, allocations, leads, stage.run)
  const samples = await sample(database, targets)
  const browser = new Browser(stage, Number.POSITIVE_INFINITY)
  stack.defer(() => browser.close())
  const meter = new Meter(stage)

  print(`search: ${clients} operators, ${thousands(leads)} leads`)
  const table = new Table([
    ['p50_ms', 'p50 ms', 1],
    ['p95_ms', 'p95 ms', 1],
    ['max_ms', 'max ms', 1],
    ['found', 'found', 1],
    ['short', 'short', 0],
  ])
  print(table.head(18))
  const rows: Record<string, Figures> = {}
  const all: number[] = []
  const usage = meter.watch()
  // Connections and plans are there before anything counts.
  for (const question of Object.values(QUESTIONS)) await browser.search(question(samples[0]!, 0))
  const cost = await meter.measure(async () => {
    for (const [kind, question] of Object.entries(QUESTIONS)) {
      const { times, figures } = await ask(browser, clients, SEARCHES, (i) => question(at(samples, i), i))
      all.push(...times)
      rows[kind] = figures
      print(table.row(kind, figures, 18))
    }
    return { taken: all.length }
  })
  const together = spread(all)
  print(table.row('all', { ...together, found: null, short: null }, 18))
  const us = (value: number | null) => (value === null ? '-' : thousands(value))
  print(
    `\na search costs ${us(cost.cpu_us)} µs of CPU: server ${us(cost.server_us)}, PostgreSQL ${us(cost.postgres_us)}; ` +
      `steal ${cost.steal_pct?.toFixed(1) ?? '-'} %`,
  )

  const pages = spread(await lead(browser, samples))
  print(
    `lead page (lead, history, calls): ${pages.p50_ms.toFixed(1)} ms median, ${pages.p95_ms.toFixed(1)} ms p95`,
  )
  const busy = await whileLeadsComeIn(stage, browser, samples, clients, seconds)
  print(
    `while ${thousands(busy.leads_per_s)} leads/s come in: search ${busy.p50_ms.toFixed(1)} ms median, ` +
      `${busy.p95_ms.toFixed(1)} ms p95; insert ${busy.insert_p50_ms.toFixed(1)} ms median, ${busy.insert_p99_ms.toFixed(1)} ms p99`,
  )
  const sizes = await sizesOf(database)
  print(`texts ${sizes.texts_mb} MB, their terms ${sizes.terms_mb} MB, leads ${sizes.leads_mb} MB`)
  handOver(
    'search',
    {
      scenario: 'search',
      clients,
      leads_present: leads,
      searches_of_each: SEARCHES,
      rows,
      all: together,
      cost,
      lead_page: pages,
      while_leads_come_in: busy,
      sizes,
      machine: usage(),
      ...running(database.version),
    },
    options.json,
  )
}

const words = (text: string) => text.split(' ')
const at = <T>(values: readonly T[], i: number): T => values[i % values.length]!
const digits = ({ phone }: Sample, from: number, length: number) => phone.slice(from, from + length)
const spelt = ({ phone }: Sample) => `0${phone.slice(3, 6)} ${phone.slice(6, 9)} ${phone.slice(9)}`

/** Searches for a lead that is there. */
const QUESTIONS: Record<string, (lead: Sample, i: number) => Asked> = {
  'phone, whole': (lead) => ({ q: spelt(lead) }),
  'phone, +61': (lead) => ({ q: lead.phone }),
  'phone, 6 digits': (lead, i) => ({ q: digits(lead, 3 + (i % 3), 6) }),
  'phone, 4 digits': (lead, i) => ({ q: digits(lead, 3 + (i % 5), 4) }),
  'phone, 3 digits': (lead, i) => ({ q: digits(lead, 3 + (i % 6), 3) }),
  'name, whole': (lead) => ({ q: lead.name }),
  surname: (lead) => ({ q: words(lead.name).at(-1)! }),
  'first name': (lead) => ({ q: words(lead.name)[0]! }),
  'part of a name': (lead) => ({ q: lead.name.slice(-4) }),
  'two letters': (lead) => ({ q: lead.name.slice(0, 2) }),
  'e-mail': (lead) => ({ q: lead.email }),
  'external id': (lead) => ({ q: lead.external_id }),
  'lead id': (lead) => ({ q: lead.id }),
  town: (lead) => ({ q: lead.town }),
  'street, town': (lead) => ({ q: `${words(lead.street)[1]} ${lead.town}` }),
  'name, number': (lead) => ({ q: `${words(lead.name)[0]} ${digits(lead, 3, 4)}` }),
  nobody: (_, i) => ({ q: `zqxj${i}` }),
  'name in campaign': (lead) => ({ q: words(lead.name).at(-1)!, campaign_id: lead.campaign_id }),
  'name in allocation': (lead) => ({ q: lead.name, allocation_id: lead.allocation_id }),
  'name, outcome': (lead) => ({ q: words(lead.name).at(-1)!, disposition: lead.disposition ?? 'Busy' }),
  'name, callbacks': (lead) => ({ q: words(lead.name)[0]!, ...day(lead.id.length) }),
  'name by operator': (lead, i) => ({ q: words(lead.name)[0]!, changed_by: `operator:${1 + (i % 40)}` }),
  all: () => ({}),
  campaign: (lead) => ({ campaign_id: lead.campaign_id }),
  allocation: (lead) => ({ allocation_id: lead.allocation_id }),
  outcome: (_, i) => ({ disposition: at(['Busy', 'No Answer', 'Sale', 'Wrong Number'], i) }),
  'outcome, open': (lead) => ({ disposition: 'Callback', closed: false, campaign_id: lead.campaign_id }),
  'callbacks of a day': (_, i) => day(i % 30),
  conflicts: () => ({ has_conflict: true }),
  'by operator': (_, i) => ({ changed_by: `operator:${1 + (i % 40)}` }),
  closed: (lead) => ({ closed: true, campaign_id: lead.campaign_id }),
}

const day = (days: number) => {
  const from = Date.now() + days * 86_400_000
  return {
    callback_from: new Date(from).toISOString(),
    callback_to: new Date(from + 86_400_000).toISOString(),
  }
}

async function setUp({ client, target }: Stage) {
  const targets: Target[] = []
  const allocations = new Map<number, number[]>()
  const { template_id } = target
  for (let i = 0; i < CAMPAIGNS; i++) {
    const { campaign_id } = await create<Target>(client, '/v1/campaigns', {
      template_id,
      name: `campaign ${i}`,
    })
    const ids: number[] = []
    for (let k = 0; k < ALLOCATIONS; k++) {
      const body = { campaign_id, name: `allocation ${k}` }
      ids.push((await create<Target>(client, '/v1/allocations', body)).allocation_id)
    }
    allocations.set(campaign_id, ids)
    targets.push({ template_id, campaign_id, allocation_id: ids[0]! })
  }
  return { targets, allocations }
}

/** Leads of every age. */
async function sample({ client }: Database, targets: readonly Target[]): Promise<Sample[]> {
  const { rows } = await client.query(
    `select l.campaign_id || '-' || l.number as id, l.fields ->> 'Name' as name, l.fields ->> 'City' as town,
       l.fields ->> 'StreetAddress' as street, l.fields ->> 'Email' as email, l.external_id, l.campaign_id,
       l.allocation_id, l.disposition, (
         select '+' || p.phone from lead_phones p
         where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.field = 'FirstPhone') as phone
     from leads l tablesample system (0.5) repeatable (7) where l.campaign_id = any ($1) order by random() limit 1000`,
    [targets.map(({ campaign_id }) => campaign_id)],
  )
  return rows as Sample[]
}

interface Page {
  items: { id: string }[]
  next_cursor: string | null
}

class Browser extends Line {
  search(asked: Asked): Promise<Page> {
    const pairs = Object.entries(asked).map(([name, value]) => [name, String(value)])
    return this.get(`/v1/leads?${new URLSearchParams(pairs)}`)
  }

  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.ask<Body>('GET', path)
    if (status !== 200) throw new Error(`a search answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
}

/** The first page of every question, and the second one of each fifth. */
async function ask(browser: Browser, clients: number, searches: number, question: (i: number) => Asked) {
  const times: number[] = []
  let [next, found, short] = [0, 0, 0]
  const page = async (asked: Asked) => {
    const began = performance.now()
    const { items, next_cursor } = await browser.search(asked)
    times.push(performance.now() - began)
    found += items.length
    if (items.length < 50 && next_cursor !== null) short++
    return next_cursor
  }
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < searches) {
        const i = next++
        const asked = question(i)
        const cursor = await page(asked)
        if (cursor !== null && i % 5 === 0) await page({ ...asked, cursor })
      }
    }),
  )
  return { times, figures: { ...spread(times), found: found / times.length, short } }
}

/** Makes the requests of a lead's page, all at once. */
async function lead(browser: Browser, samples: readonly Sample[]): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < PAGES; i++) {
    const { id } = at(samples, i)
    const parts = ['', '/history', '/calls'].map((part) => `/v1/leads/${id}${part}`)
    times.push(await timed(() => Promise.all(parts.map((path) => browser.get(path)))))
  }
  return times
}

async function whileLeadsComeIn(
  { host, port, key, target, run }: Stage,
  browser: Browser,
  samples: readonly Sample[],
  clients: number,
  seconds: number,
) {
  await using stack = new AsyncDisposableStack()
  const load = stack.adopt(new Load({ host, port, key, target, run }), (load) => load.stop())
  const questions = Object.values(QUESTIONS)
  const coming = load.run({
    kind: 'insert',
    clients: 64,
    length: { seconds },
    rate: ARRIVALS_PER_S,
    leads: 0,
  })
  const times: number[] = []
  const ends = performance.now() + seconds * 1_000
  let i = 0
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < ends) {
        const asked = at(questions, i)(at(samples, i * 7), i++)
        times.push(await timed(() => browser.search(asked)))
      }
    }),
  )
  const { per_s, p50_ms, p99_ms } = await coming
  return { ...spread(times), leads_per_s: per_s, insert_p50_ms: p50_ms, insert_p99_ms: p99_ms }
}

/** Milliseconds that it takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function sizesOf({ client }: Database) {
  const { rows } = await client.query(
    `select pg_table_size('lead_texts') >> 20 as texts_mb, pg_relation_size('lead_texts_by_term') >> 20 as terms_mb,
       pg_table_size('leads') >> 20 as leads_mb`,
  )
  return Object.fromEntries(Object.entries(rows[0]).map(([name, value]) => [name, Number(value)]))
}
