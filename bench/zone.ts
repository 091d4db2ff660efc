// The scenario `zone`: contact hours with a million callbacks move to another zone while leads come in and change. How long
// requests take meanwhile, how long the callbacks take to follow, and whether every instant is right at the end.

import { setTimeout as sleep } from 'node:timers/promises'
import { callbackInstant } from '../src/core/callback.ts'
import { classicPath } from './crowds.ts'
import type { Database } from './database.ts'
import { checkpoint, fill } from './fill.ts'
import { Line } from './line.ts'
import { Watch } from './machine.ts'
import { externalId, FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Figures, handOver, running, say, spread, Table, tell, thousands } from './report.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'

/** Writers; before the change and after it; leads with a callback. */
export const ZONE = {
  clients: [64, 1, 1_000],
  seconds: [10, 1, 3_600],
  leads: [1_000_000, 1_000, FILLED_MAX],
} as const satisfies Numbers

const ZONES = { before: 'Australia/Melbourne', after: 'Australia/Perth' }
const LOOK_MS = 500

interface Hours {
  contact_hours_id: number
  name: string
  callback_move: { moved: number; finished_at: string | null } | null
}

export async function runZone(
  options: OptionsOf<typeof ZONE>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients: writers, seconds, leads } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'zone')
  const { client, database, target, run } = stage
  await fill(database, target, { leads, dnc: 0, run, actor: 'bench' })
  await giveCallbacks(database, target.campaign_id)
  const { body } = await client.get<{ items: Hours[] }>('/v1/contact-hours')
  const { contact_hours_id } = body.items.find(({ name }) => name === `bench ${run}`)!
  const path = `/v1/contact-hours/${contact_hours_id}`
  const watch = new Watch(stage.server_pid, database.postmaster)

  print(`zone: ${writers} writers, ${thousands(leads)} callbacks`)
  const table = new Table([
    ['per_s', 'req/s', 0],
    ['p50_ms', 'p50 ms', 1],
    ['p99_ms', 'p99 ms', 1],
    ['max_ms', 'max ms', 0],
    ['met', 'met', 0],
    ['steal_pct', 'steal %', 1],
    ['server_cpu_pct', 'CPU %: server', 0],
    ['postgres_cpu_pct', 'postgres', 0],
  ])
  print(table.head())
  const rows: Record<string, Figures> = {}
  const load = new Load(stage, leads)
  load.start(writers)
  const measure = async (name: string, work: () => Promise<void>) => {
    const usage = watch.start()
    load.begin()
    await work()
    rows[name] = { ...load.figures(), ...usage() }
    print(table.row(name, rows[name]))
  }
  await sleep(3_000)
  await measure('before', () => sleep(seconds * 1_000))
  let [change_ms, move_s] = [0, 0]
  let moved = 0
  await measure('moving', async () => {
    const began = performance.now()
    const answer = await client.patch<Hours>(path, { zone: ZONES.after })
    if (answer.status !== 200)
      throw new Error(`the change answered ${answer.status} ${JSON.stringify(answer.body)}`)
    change_ms = performance.now() - began
    for (let finished = false; !finished && !signal.aborted; ) {
      await sleep(LOOK_MS)
      const { callback_move } = (await client.get<Hours>(path)).body
      finished = callback_move!.finished_at !== null
      moved = callback_move!.moved
    }
    move_s = (performance.now() - began) / 1_000
  })
  await measure('after', () => sleep(seconds * 1_000))
  await load.stop()
  const { looked_at, wrong } = await judge(database, target.campaign_id)
  print(
    `the change was answered after ${change_ms.toFixed(0)} ms; ${thousands(moved)} callbacks had moved after ${move_s.toFixed(1)} s`,
  )
  const result = {
    scenario: 'zone',
    writers,
    callbacks: leads,
    rows,
    change_ms,
    moved,
    move_s,
    looked_at,
    wrong,
    ...running(database.version),
  }
  if (wrong > 0) throw new Error(`${wrong} of ${looked_at} callbacks have a wrong instant`)
  say(
    `Checked: ${thousands(looked_at)} callbacks, each with the instant that its wall time means in its zone.`,
  )
  handOver('zone', result, options.json)
}

const CHUNK = 50_000

/** Callbacks over half a year, half of them at midnight of their day, as "next day" makes them. */
async function giveCallbacks({ client }: Database, campaign_id: number): Promise<void> {
  const { rows } = await client.query(
    'select min(number)::int as first, max(number)::int as last from leads where campaign_id = $1',
    [campaign_id],
  )
  for (let from = rows[0].first; from <= rows[0].last; from += CHUNK)
    await client.query(
      `with l as (
         update leads l set callback_local = c.local, callback_at = c.local at time zone '${ZONES.before}'
         from (
           select number, date_trunc('day', now() at time zone 'UTC') + interval '2 days' + number % 180 * interval '1 day'
             + case when number % 2 = 0 then number % 1000 else 0 end * interval '1 minute' as local
           from leads where campaign_id = $1 and number between $2 and $3) c
         where l.campaign_id = $1 and l.number = c.number returning l.number, l.callback_at)
       update queue q set due_at = l.callback_at, state = 'waiting', wake_at = l.callback_at
       from l where q.campaign_id = $1 and q.lead_number = l.number`,
      [campaign_id, from, from + CHUNK - 1],
    )
  await client.query('vacuum (analyze) leads, queue')
  await checkpoint(client)
}

/** Every callback against its wall time and zone, worked out one by one. */
async function judge({ client }: Database, campaign_id: number) {
  let [looked_at, wrong] = [0, 0]
  for (let after = 0; ; ) {
    const { rows } = await client.query(
      `select number::int, to_char(callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as local,
         to_char(callback_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
         callback_at is not distinct from q.due_at as is_placed
       from leads l left join queue q on q.campaign_id = l.campaign_id and q.lead_number = l.number
       where l.campaign_id = $1 and number > $2 and callback_local is not null order by number limit ${CHUNK}`,
      [campaign_id, after],
    )
    if (rows.length === 0) return { looked_at, wrong }
    for (const { local, at, is_placed } of rows)
      if (callbackInstant(local, ZONES.after) !== at || !is_placed) wrong++
    looked_at += rows.length
    after = rows.at(-1).number
  }
}

/** Two writers have met on one lead: the later one waits for a person. */
const MET = 110

/** Writers that insert leads with and without callbacks, edit leads that have one, and agree on others. */
class Load {
  readonly #stage: Stage
  readonly #leads: number
  readonly #running: Promise<void>[] = []
  #stopping = false
  #times: number[] = []
  #met = 0
  #began = 0
  #sent = 0

  constructor(stage: Stage, leads: number) {
    this.#stage = stage
    this.#leads = leads
  }

  start(writers: number): void {
    for (let i = 0; i < writers; i++) this.#running.push(this.#write(new Line(this.#stage)))
  }

  begin(): void {
    this.#times = []
    this.#met = 0
    this.#began = performance.now()
  }

  figures() {
    const per_s = this.#times.length / ((performance.now() - this.#began) / 1_000)
    return { per_s, ...spread(this.#times), met: this.#met }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#running)
  }

  async #write(line: Line): Promise<void> {
    while (!this.#stopping) {
      const [call, lead] = this.#next(this.#sent++)
      const began = performance.now()
      const { code } = (await line.ask<{ code: number }>('POST', classicPath(this.#stage, call), lead)).body
      if (code === MET) this.#met++
      else if (code !== 0) throw new Error(`${call} answered ${code}`)
      this.#times.push(performance.now() - began)
    }
    line.close()
  }

  #next(i: number): [call: string, lead: object] {
    const day = new Date(Date.now() + (3 + (i % 90)) * 86_400_000)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '/')
    const njCallBackDate = `${day} ${String(10 + (i % 8))}:15`
    if (i % 4 === 0)
      return ['insertLeadFast', { FirstPhone: `+6149${String(1_000_000 + i).slice(-7)}`, njCallBackDate }]
    const nth = 1 + Math.floor(Math.random() * this.#leads)
    const njExternalLeadId = externalId(this.#stage.run, nth)
    const named = {
      njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      njDisposition: i % 4 === 1 ? 'Callback' : 'Busy',
    }
    if (i % 4 === 1) return ['updateLeadFast', { ...named, njCallBackDate }]
    return ['updateLeadFast', { ...named, City: `City ${i}`, njCallBackDate: '<NO CHANGE>' }]
  }
}
