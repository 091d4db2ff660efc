// The bench, for seconds: that it runs and counts, not what it measures.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Base } from '../bench/base.ts'
import { Bench } from '../bench/bench.ts'
import { costColumns } from '../bench/meter.ts'
import type { Raced } from '../bench/peers/races.ts'
import type { Figures } from '../bench/report.ts'
import { proveSlow, slowDisk, slowingTool } from '../bench/slow-disk.ts'
import { setStage } from '../bench/stage.ts'
import { ROOT } from './support/statements.ts'

/** Only Linux has /proc. */
const CPU_KNOWN = existsSync('/proc/stat')
/** These tests start servers with a database of their own, some of them several in a row. */
const SERVERS_MS_MAX = 120_000

function expectFinite(figures: Figures, names: readonly string[]) {
  for (const name of names) {
    const known = CPU_KNOWN || !(name.endsWith('_us') || name.endsWith('_pct'))
    if (known) expect(figures[name], name).toSatisfy(Number.isFinite)
    else expect(figures[name], name).toBeNull()
  }
}

const COSTS = costColumns('lead').map(([key]) => key)

/** Runs the bench; answers its result, and what it prints beside. `ends`: the exit codes with which it may end. */
async function bench<Result>(line: string, ends = [0]): Promise<{ result: Result; err: string }> {
  const child = spawn(process.execPath, ['bench/run.ts', ...line.split(' '), '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill())
  const status = new Promise((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(ends, err).toContain(await status)
  return { result: JSON.parse(out), err }
}

test('the scenario insert ends with finite figures, and a table whose headings have units', {
  timeout: SERVERS_MS_MAX,
}, async () => {
  const { result, err } = await bench<{ medians: Figures[]; rounds: Figures[][]; half_rate: Figures }>(
    'insert --clients 4 --seconds 1 --pairs 1 --leads 300 --dnc 20 --ceiling node',
  )
  expect(result.medians.map(({ clients }) => clients)).toEqual([4])
  for (const row of [...result.medians, ...result.rounds.flat()]) {
    expectFinite(row, [
      'leads_per_s',
      'ceiling_per_s',
      'batched_per_s',
      'ratio',
      'ratio_to_batched',
      'p50_ms',
      'p99_ms',
      'rss_mb',
      ...COSTS,
    ])
    expect(row.leads_per_s).toBeGreaterThan(0)
    expect(row.wal_bytes).toBeGreaterThan(100)
    expect(row.wal_fsyncs).toBeGreaterThan(0)
    expect(row.wal_fsyncs).toBeLessThan(2)
  }
  expectFinite(result.half_rate, ['rate', 'p50_ms', 'p99_ms'])
  for (const heading of [
    'inserts/s',
    'p99 ms',
    'CPU µs/lead',
    'WAL bytes/lead',
    'fsyncs/lead',
    'index lag s',
  ])
    expect(err).toContain(heading)
})

test('Leadline is driven beside other systems, one lead per request and many, and lets one racer in', {
  timeout: SERVERS_MS_MAX,
}, async () => {
  interface Row {
    peer: string
    insert: Figures
    update: Figures
    race: Raced
  }
  const { result } = await bench<{ rows: Row[] }>(
    'peers --only leadline --clients 3 --seconds 1 --pairs 1 --leads 200 --dnc 20',
  )
  expect(result.rows.map(({ peer }) => peer)).toEqual(['leadline', 'leadline by 100'])
  for (const { insert, update, race } of result.rows) {
    for (const driven of [insert, update]) {
      expectFinite(driven, ['per_s', 'p50_ms', 'p99_ms'])
      expect(driven.per_s).toBeGreaterThan(0)
      expect(driven).toMatchObject({ refused: 0, errors: 0 })
    }
    expect(race.got_in).toBe(race.races)
    expect(race).toMatchObject({ several: 0, none: 0 })
  }
})

test('a file of leads is imported beside COPY of its rows, and single inserts beside a file', {
  timeout: SERVERS_MS_MAX,
}, async () => {
  interface Imported {
    steps: Record<string, Figures>
    beside: Figures
    copy_rows_per_s: number
    ratio: number
    copy_with_texts_rows_per_s: number
    ratio_with_texts: number
  }
  const { result } = await bench<Imported>('import --leads 12000 --rate 50 --clients 4 --seconds 1 --pairs 1')
  const { steps, beside, ratio, ratio_with_texts, copy_rows_per_s, copy_with_texts_rows_per_s } = result
  expect(Object.keys(steps)).toEqual(['read', 'dry run', 'run'])
  for (const step of Object.values(steps)) {
    expectFinite(step, ['seconds', 'rows_per_s', 'server_us', 'postgres_us', 'index_lag_s'])
    expect(step.rows_per_s).toBeGreaterThan(0)
  }
  const ceiling = { copy_rows_per_s, copy_with_texts_rows_per_s, ratio, ratio_with_texts }
  expectFinite(ceiling, Object.keys(ceiling))
  expect(ratio).toBeLessThan(1)
  expectFinite(beside, ['alone_p99_ms', 'beside_p99_ms', 'p99_ratio', 'beside_rows_per_s'])
})

test('a slow disk makes each commit wait, where there is what makes it', {
  timeout: SERVERS_MS_MAX,
}, async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  await using stack = new AsyncDisposableStack()
  if (process.platform !== 'linux' || slowingTool() === null) {
    expect(() => slowDisk(stack, 10)).toThrow('--fdatasync-ms needs')
    return
  }
  const stage = await setStage(stack, new AbortController().signal, null, slowDisk(stack, 10))
  await proveSlow(stage.database!, 10)
  await expect(proveSlow(stage.database!, 4_000)).rejects.toThrow('the disk is not slow')
  vi.stubEnv('DATABASE_URL', 'postgres://elsewhere')
  expect(() => slowDisk(stack, 10)).toThrow('unset DATABASE_URL')
})

test('each run begins with the same leads, and writes into a copy of its own', {
  timeout: SERVERS_MS_MAX,
}, async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  await using stack = new AsyncDisposableStack()
  const base = new Base(ROOT, 'run', new AbortController().signal)
  await base.fill(stack, { kind: 'leads', leads: 1_200, dnc: 30 })
  for (const kind of ['insert', 'update'] as const) {
    await using run = new AsyncDisposableStack()
    const stage = await base.stage(run)
    const { rows } = await stage.database!.client.query('select count(*)::integer as leads from leads')
    expect(rows[0].leads).toBe(1_200)
    const bench = new Bench(stage, run)
    const { refused, ...figures } = await bench.measure({
      kind,
      clients: 4,
      length: { requests: 250 },
      rate: null,
      leads: 1_200,
    })
    expect(refused).toEqual({})
    expect(figures.taken).toBe(250)
    expectFinite(figures, ['per_s', 'p50_ms', ...COSTS])
  }
})

test('the load generator and the meter import nothing of a server: it is started by its path', () => {
  const seen = new Set<string>()
  const follow = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const code = stripTypeScriptTypes(readFileSync(join(ROOT, path), 'utf8'))
    for (const [, name] of code.matchAll(/\bfrom '(\.[^']+)'|\bimport '(\.[^']+)'/g))
      follow(relative(ROOT, join(ROOT, dirname(path), name!)))
  }
  for (const name of ['load.ts', 'load-worker.ts', 'takers.ts', 'meter.ts', 'judge.ts'])
    follow(`bench/${name}`)
  expect([...seen].sort()).toContain('bench/machine.ts')
  expect([...seen].filter((path) => path.startsWith('src/'))).toEqual([])
})

test('the scenario master-list measures inserts with a list and without, and proves that the list is looked into', {
  timeout: 2 * SERVERS_MS_MAX,
}, async () => {
  const { result, err } = await bench<{
    entries: number
    figures: Record<string, { old: number; new: number }>
  }>(
    'master-list --clients 4 --seconds 1 --rate 50 --pairs 1 --leads 300 --dnc 20 --entries 1000',
    // So short a run may miss the bound.
    [0, 1],
  )
  expect(result.entries).toBe(1_000)
  expect(result.figures.per_s!.old).toBeGreaterThan(0)
  expect(result.figures.per_s!.new).toBeGreaterThan(0)
  expect(err).toContain('p99 with the list ÷ without')
})
