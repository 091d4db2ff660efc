// The scenario `master-list`: inserts of a template with a master list of ten million entries, beside the same inserts
// without. Both are measured in pairs on one server, so that both meet the same machine.

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { waysOf } from '../src/core/master-list.ts'
import { hashesOf } from '../src/intake/master-hash.ts'
import { Bench, figuresOf } from './bench.ts'
import { lastNumber } from './ceiling.ts'
import { check } from './check.ts'
import { comparison, WIDTH } from './comparison.ts'
import type { Database } from './database.ts'
import { checkpoint, fill } from './fill.ts'
import { compareFigure, orderOf, type Pair } from './judge.ts'
import type { LoadResult } from './load.ts'
import { costColumns } from './meter.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Column, type Figures, handOver, means, running, say, Table, tell, thousands } from './report.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'
import { warn } from './warn.ts'

export const MASTER_LIST = {
  clients: [64, 1, 1_000],
  /** Of each measurement. */
  seconds: [6, 1, 3_600],
  /** Requests a second on both sides: where each client waits for its answer, how long one takes says how many are answered. */
  rate: [1_000, 1, 1_000_000],
  entries: [10_000_000, 1_000, 100_000_000],
  leads: [100_000, 0, FILLED_MAX],
  dnc: [100_000, 0, 100_000_000],
  pairs: [5, 1, 1_000],
} as const satisfies Numbers

/** How much longer one insert in a hundred may take with the list. */
export const P99_RATIO_MAX = 1.3

const WARM_UP_S = 4
/** After that the server knows which list serves. */
const KNOWN_MS = 1_000

const POINTS = [
  { field: 'FirstPhone', kind: 'phone', points: 100 },
  { field: 'SecondPhone', kind: 'phone', points: 100 },
  { field: 'Email', kind: 'email', points: 100 },
] as const
const THRESHOLD = 100
/** On the list, and of no lead that is sent. */
const LISTED = { phone: 61_491_570_006, text: '0491570006' }

/** False: the bound is missed. */
export async function runMasterList(
  options: OptionsOf<typeof MASTER_LIST>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<boolean> {
  const { clients, seconds, rate, entries, leads, dnc, pairs } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'master-list')
  const { database, target, run } = stage
  await fill(database, target, { leads, dnc, run, actor: 'bench' })
  const list = await fillList(database, target.template_id, entries)
  if (process.env.LEADLINE_URL) stack.defer(async () => void (await removeList(database, list.list_id)))
  const filled = await lastNumber(database)

  const bench = new Bench(stage, stack)
  const measure = async (side: keyof Pair, seconds: number, rate: number | null) => {
    await serve(database, list.list_id, side === 'new')
    await sleep(KNOWN_MS)
    if (side === 'new') await proveListed(stage)
    return bench.measure({ kind: 'insert', clients, length: { seconds }, rate, leads })
  }
  for (const side of ['old', 'new'] as const) await measure(side, Math.min(WARM_UP_S, seconds), null)

  const names = { old: 'without', new: 'with list' }
  print(
    `master-list: ${pairs} pairs, in each twice ${seconds} s of ${thousands(rate)} inserts a second with and without a list of ${thousands(entries)} entries (filled in ${list.filled_s.toFixed(0)} s), ${clients} clients`,
  )
  const columns: readonly Column[] = [
    ['per_s', 'inserts/s', 0],
    ['p50_ms', 'p50 ms', 2],
    ['p99_ms', 'p99 ms', 2],
    ...costColumns('lead'),
    ['others_cpu_pct', 'others CPU %', 0],
  ]
  const table = new Table(columns)
  print(table.head(WIDTH))
  const loads: LoadResult[] = []
  const found: Pair[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    const figures: Record<keyof Pair, Figures[]> = { old: [], new: [] }
    for (const side of orderOf(pair)) {
      const measured = await measure(side, seconds, rate)
      loads.push(measured)
      figures[side].push(figuresOf(measured))
      print(table.row(`${pair} ${names[side]}`, figures[side].at(-1)!, WIDTH))
    }
    found.push({ old: means(figures.old), new: means(figures.new) })
  }
  await check(stage, bench.accepted, filled, 0)

  const figures = Object.fromEntries(columns.map(([key]) => [key, compareFigure(found, key)]))
  print(`\nper insert\n${comparison(columns, figures, [names.old, names.new])}`)
  const ratio = figures.p99_ms!.ratio
  const is_kept = ratio !== null && ratio <= P99_RATIO_MAX
  print(
    `\np99 with the list ÷ without: ${ratio?.toFixed(3) ?? '-'}, ${is_kept ? 'within' : 'beyond'} ${P99_RATIO_MAX}`,
  )
  warn(
    found.flatMap((pair) => [pair.old, pair.new]),
    loads,
  )
  const { filled_s } = list
  handOver(
    'master-list',
    {
      scenario: 'master-list',
      clients,
      seconds,
      rate,
      entries,
      leads,
      filled_s,
      must: P99_RATIO_MAX,
      figures,
      ...running(database.version),
    },
    options.json,
  )
  return is_kept
}

/** A list as it is read: its entries are hashes, of which one is that of a number that we know. */
async function fillList({ client }: Database, template_id: number, entries: number) {
  const began = performance.now()
  const key = randomBytes(32).toString('hex')
  const ways = waysOf(POINTS, THRESHOLD).ok!
  const [known] = hashesOf(key, ways, ({ field }) => (field === 'FirstPhone' ? String(LISTED.phone) : null))
  const { rows } = await client.query<{ list_id: number }>(
    `insert into master_lists (template_id, name, bytes, points, threshold, hash_key, state, is_swept, entries, actor,
       request_id, serves_at, finished_at)
     values ($1, 'bench', 1, $2, $3, decode($4, 'hex'), 'replaced', true, $5, 'bench', 'bench', now(), now())
     returning list_id`,
    [template_id, JSON.stringify(POINTS), THRESHOLD, key, entries],
  )
  const { list_id } = rows[0]!
  await client.query(`set work_mem = '256MB'`)
  await client.query(
    `insert into master_list_entries (list_id, hash)
     select $1, hash from (
       select hashint8extended(i, 0) as hash from generate_series(1, $2::bigint) i
       union all select $3::bigint) s
     order by hash on conflict do nothing`,
    [list_id, entries - 1, known],
  )
  await client.query('vacuum analyze master_list_entries')
  await checkpoint(client)
  return { list_id, filled_s: (performance.now() - began) / 1_000 }
}

const serve = ({ client }: Database, list_id: number, serves: boolean) =>
  client.query(
    serves
      ? `update master_lists set state = 'serving', finished_at = null where list_id = $1`
      : `update master_lists set state = 'replaced', finished_at = now() where list_id = $1`,
    [list_id],
  )

const removeList = ({ client }: Database, list_id: number) =>
  client.query(
    `with entries as (delete from master_list_entries where list_id = $1)
     delete from master_lists where list_id = $1`,
    [list_id],
  )

/** Throws unless a lead of the list is refused: else the list would cost nothing. */
async function proveListed({ client, target: { allocation_id } }: Stage): Promise<void> {
  const answer = await client.post<{ code?: number }>('/v1/leads', {
    allocation_id,
    fields: { FirstPhone: LISTED.text },
  })
  if (answer.body.code !== 105)
    throw new Error(`a lead of the list was answered ${answer.status} ${answer.body.code ?? ''}, not 105`)
}
