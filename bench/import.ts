// The scenario `import`: a file of leads is read, tried out and taken, each by itself, and the same rows are copied into
// tables like those; then single inserts alone and beside another file that is taken.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../src/client/client.ts'
import { lastNumber, writtenSince } from './ceiling.ts'
import { compare } from './check.ts'
import { copyIn } from './copy-in.ts'
import type { Database } from './database.ts'
import { checkpoint } from './fill.ts'
import { BESIDE_COLUMNS, STEP_COLUMNS } from './import-columns.ts'
import { FileOfLeads, writeLeads } from './import-file.ts'
import { Load, type LoadResult } from './load.ts'
import { indexed, Meter } from './meter.ts'
import type { Numbers, OptionsOf } from './options.ts'
import {
  type Figures,
  handOver,
  highest,
  medianOf,
  medians,
  running,
  say,
  Table,
  tell,
  thousands,
} from './report.ts'
import { create, nameOf } from './set-up.ts'
import { needDatabase, type Stage, setStage } from './stage.ts'
import { warn } from './warn.ts'

export const IMPORT = {
  /** Rows of each file. */
  leads: [100_000, 1_000, 1_048_575],
  clients: [16, 1, 1_000],
  /** Inserts per second. */
  rate: [100, 1, 100_000],
  seconds: [6, 1, 3_600],
  pairs: [3, 1, 1_000],
} as const satisfies Numbers

const WARM_UP_ROWS = 5_000
const WARM_UP_S = 4
const RSS_EVERY_MS = 100

type ImportStage = Stage & { database: Database }

export async function runImport(
  options: OptionsOf<typeof IMPORT>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { leads, pairs, rate, seconds, clients } = options
  const print = options.json ? say : tell
  if (process.env.LEADLINE_URL) throw new Error('import starts a server of its own: unset LEADLINE_URL')
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'import')
  const { client, database, run, host, port, key, target } = stage
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-import-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'leads.csv')
  let numbered = 0
  /** A new file on its way into a campaign of its own, which shares the template. */
  const upload = async (rows: number) => {
    await writeLeads(path, run, numbered, numbered + rows)
    numbered += rows
    const own = await campaignOf(stage, `${nameOf(run)} file ${numbered}`)
    return { ...(await FileOfLeads.begin(client, own, path, signal)), own }
  }

  // Connections, plans and compiled code are there before anything counts.
  const load = stack.adopt(new Load({ host, port, key, target, run }), (load) => load.stop())
  const inserts = (for_s: number) => measuredInserts(stage, load, { clients, rate, seconds: for_s })
  const warmed = await upload(WARM_UP_ROWS)
  await taken(warmed)
  await inserts(WARM_UP_S)

  print(`import: files of ${thousands(leads)} rows with nine columns, two numbers and an external id each`)
  const table = new Table(STEP_COLUMNS)
  print(table.head())
  const steps: Record<string, Figures> = {}
  const measure = async (name: string, work: () => Promise<unknown>) => {
    await indexed(database)
    await checkpoint(database.client)
    steps[name] = await measuredStep(stage, leads, work)
    print(table.row(name, steps[name]))
  }
  const { file, read, own } = await upload(leads)
  await measure('read', read)
  await file.map()
  await measure('dry run', () => file.check())
  await measure('run', async () => {
    await file.start()
    return file.until('done', 'paused')
  })
  const { done, checked } = await file.now()
  compare('rows that the dry run would take', leads, checked?.created ?? 0)
  compare('leads of the file', leads, done?.created ?? 0)
  const { by_leadline } = await writtenSince(database, own.campaign_id, 0)
  compare('leads of the file', leads, by_leadline)

  const copies = await copyIn(database, own.campaign_id, leads, pairs, folder)
  const copy_s = medianOf(copies.map(({ seconds }) => seconds))!
  const copy_with_texts_s = medianOf(copies.map(({ with_texts_s }) => with_texts_s))!
  const { seconds: run_s, index_lag_s } = steps.run!
  const ceiling: Figures = {
    copy_us: medianOf(copies.map(({ us }) => us)),
    copy_rows_per_s: leads / copy_s,
    ratio: copy_s / run_s!,
    copy_with_texts_rows_per_s: leads / copy_with_texts_s,
    ratio_with_texts: copy_with_texts_s / (run_s! + index_lag_s!),
  }
  print(
    `COPY of the same rows: ${thousands(ceiling.copy_rows_per_s!)} rows/s at ${ceiling.copy_us?.toFixed(0) ?? '-'} µs of CPU each, so the run is ${ceiling.ratio!.toFixed(2)} of it; ` +
      `until search has them: ${thousands(ceiling.copy_with_texts_rows_per_s!)} rows/s, ${ceiling.ratio_with_texts!.toFixed(2)}`,
  )

  const second = await upload(leads)
  await second.read()
  await second.file.map()
  await second.file.start()
  await second.file.pause()
  print(
    `\nsingle inserts, ${thousands(rate)} a second for ${seconds} s, alone and beside a file that is taken`,
  )
  const pairs_table = new Table(BESIDE_COLUMNS)
  print(pairs_table.head())
  const rounds: Figures[] = []
  const loads: LoadResult[] = []
  for (let pair = 1; pair <= pairs; pair++) {
    await indexed(database)
    const alone = await inserts(seconds)
    await second.file.resume()
    const before = (await second.file.now()).done!.rows
    const beside = await inserts(seconds)
    const now = await second.file.now()
    if (now.state === 'done') {
      say(`The file ended within pair ${pair}, which does not count: fewer --seconds, or more --leads.`)
      break
    }
    await second.file.pause()
    loads.push(alone, beside)
    rounds.push({
      alone_p50_ms: alone.p50_ms,
      alone_p99_ms: alone.p99_ms,
      beside_p50_ms: beside.p50_ms,
      beside_p99_ms: beside.p99_ms,
      p99_ratio: beside.p99_ms / alone.p99_ms,
      beside_rows_per_s: (now.done!.rows - before) / seconds,
    })
    print(pairs_table.row(String(pair), rounds.at(-1)!))
  }
  const beside = medians(rounds)
  if (rounds.length > 1) print(pairs_table.row('median', beside))
  warn(Object.values(steps), loads)

  const rss_before_mb = steps.run!.rss_before_mb ?? null
  const rss_most_mb = highest([steps.run!.rss_first_mb, steps.run!.rss_last_mb])
  handOver(
    'import',
    {
      scenario: 'import',
      leads,
      rate,
      clients,
      seconds,
      steps,
      ...ceiling,
      rss_growth_mb: rss_before_mb === null || rss_most_mb === null ? null : rss_most_mb - rss_before_mb,
      beside,
      rounds,
      ...running(database.version),
    },
    options.json,
  )
}

async function taken({ file, read }: { file: FileOfLeads; read: () => Promise<unknown> }): Promise<void> {
  await read()
  await file.map()
  await file.check()
  await file.start()
  await file.until('done')
}

/** Inserts go into another campaign, so that those of a file are not counted with them. */
async function campaignOf({ client, target }: Stage, name: string): Promise<Target> {
  const { template_id } = target
  const { campaign_id } = await create<Target>(client, '/v1/campaigns', { template_id, name })
  const allocation = { campaign_id, name, started: true }
  const { allocation_id } = await create<Target>(client, '/v1/allocations', allocation)
  return { template_id, campaign_id, allocation_id }
}

/** CPU counts until the search index has caught up: work that is put off is not saved. */
async function measuredStep(
  stage: ImportStage,
  rows: number,
  work: () => Promise<unknown>,
): Promise<Figures> {
  const began = performance.now()
  const since = () => (performance.now() - began) / 1_000
  const resident: { at_s: number; mb: number }[] = []
  const look = async () => {
    const mb = await stage.residentMb().catch(() => null)
    if (mb !== null) resident.push({ at_s: since(), mb })
  }
  await look()
  const usage = new Meter(stage).watch()
  const timer = setInterval(() => void look(), RSS_EVERY_MS)
  await work().finally(() => clearInterval(timer))
  const seconds = since()
  await look()
  await indexed(stage.database)
  const all_s = since()
  const { server_cpu_pct, postgres_cpu_pct, steal_pct, others_cpu_pct } = usage()
  const us = (pct: number | null) => (pct === null ? null : (pct / 100) * all_s * (1_000_000 / rows))
  const most = (of: (at_s: number) => boolean) =>
    highest(resident.filter(({ at_s }) => of(at_s)).map(({ mb }) => mb))
  return {
    seconds,
    rows_per_s: rows / seconds,
    server_us: us(server_cpu_pct),
    postgres_us: us(postgres_cpu_pct),
    rss_before_mb: resident[0]?.mb ?? null,
    rss_first_mb: most((at_s) => at_s < seconds / 2),
    rss_last_mb: most((at_s) => at_s >= seconds / 2),
    index_lag_s: all_s - seconds,
    steal_pct,
    others_cpu_pct,
  }
}

/** Single inserts at a rate. None of them may be refused or lost. */
async function measuredInserts(
  { database, target }: ImportStage,
  load: Load,
  { clients, rate, seconds }: { clients: number; rate: number; seconds: number },
): Promise<LoadResult> {
  const mark = await lastNumber(database)
  const result = await load.run({ kind: 'insert', clients, length: { seconds }, rate, leads: 0 })
  const { by_leadline } = await writtenSince(database, target.campaign_id, mark)
  compare('inserts that were taken', result.taken, by_leadline)
  const refused = Object.entries(result.refused).map(([code, count]) => `${count} with ${code}`)
  if (refused.length > 0) throw new Error(`inserts were refused: ${refused.join(', ')}`)
  return result
}
