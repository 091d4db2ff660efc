// The scenario `overload`: leads that get in alone, and beside crowds that make trouble, in pairs that follow each other.

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Crowd,
  counts,
  guessers,
  listReads,
  lockedLeads,
  signIn,
  silentReaders,
  slowSenders,
  wrongNumbers,
} from './crowds.ts'
import { checkpoint, fill } from './fill.ts'
import { Load, type LoadResult, type Phase } from './load.ts'
import { sampled, Watch } from './machine.ts'
import { externalId, FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { handOver, medianOf, running, say, tell, thousands } from './report.ts'
import { createTarget } from './set-up.ts'
import { needDatabase, newKey, type Stage, setStage } from './stage.ts'

export const OVERLOAD = {
  clients: [64, 1, 1_000],
  seconds: [8, 1, 600],
  leads: [100_000, 10_000, FILLED_MAX],
  dnc: [10_000_000, 0, 100_000_000],
  pairs: [3, 1, 1_000],
} as const satisfies Numbers

export interface OverloadOptions extends OptionsOf<typeof OVERLOAD> {
  /** One part alone; null: all. */
  only: string | null
}

/** Leads that another transaction holds, behind those that are updated. */
const LOCKED = 20
const WARM_UP_S = 4
/** Leads that a quiet key sends a second. */
const QUIET_RATE = 100
const FLOOD = 2_600
/** Until so many clients have all come. */
const SETTLE_MS = 5_000

interface Measured extends LoadResult {
  rss_mb: number
  others_cpu_pct: number | null
}

/** A figure beside its bound. */
interface Figure {
  what: string
  value: number
  unit: string
  at_least?: number
  at_most?: number
}

/** Answers whether every bound is kept. */
export async function runOverload(
  options: OverloadOptions,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<boolean> {
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile, {
    LEADLINE_TRUSTED_PROXIES: '127.0.0.1',
    LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: 'six tall poplars',
  })
  needDatabase(stage, 'overload')
  const bench = new Trial(stage, stack, options)
  const { leads, dnc } = options
  await fill(stage.database, stage.target, { leads: leads + LOCKED, dnc: 0, run: stage.run, actor: 'bench' })
  const parts = partsOf(bench)
  const names = Object.keys(parts).filter((name) => (options.only ?? name) === name)
  if (names.length === 0) throw new Error(`--only takes one of ${Object.keys(parts).join(', ')}`)
  if (names.includes('reads')) await fillRegister(stage, dnc)
  await bench.load.run({ ...bench.inserts(), length: { seconds: WARM_UP_S } })

  const rows: Record<string, Figure[]> = {}
  for (const name of names) {
    print(`\n${name}`)
    rows[name] = await parts[name]!()
    for (const figure of rows[name]) print(`  ${lineOf(figure)}`)
  }
  const failed = Object.values(rows).flat().filter(isMissed)
  say(failed.length === 0 ? '\nEvery bound is kept.' : `\n${failed.length} bounds are missed.`)
  const result = { scenario: 'overload', ...options, rows, ...running(stage.database.version) }
  handOver('overload', result, options.json)
  return failed.length === 0
}

const isMissed = ({ value, at_least = -Infinity, at_most = Infinity }: Figure) =>
  !(value >= at_least && value <= at_most)

function lineOf(figure: Figure): string {
  const { what, value, unit, at_least, at_most } = figure
  const bound =
    at_least === undefined ? (at_most === undefined ? '' : `at most ${at_most}`) : `at least ${at_least}`
  const said = `${value.toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`
  return `${what.padEnd(58)} ${said.padStart(14)}   ${bound}${isMissed(figure) ? '   MISSED' : ''}`
}

/** One server and one load generator, by which everything is measured. */
class Trial {
  readonly stage: Stage
  readonly load: Load
  readonly options: OverloadOptions
  readonly #watch: Watch
  readonly #stack: AsyncDisposableStack

  constructor(stage: Stage, stack: AsyncDisposableStack, options: OverloadOptions) {
    this.stage = stage
    this.options = options
    this.#stack = stack
    this.#watch = new Watch(stage.server_pid, stage.database?.postmaster ?? null)
    this.load = this.newLoad(stage.key, stage.target)
  }

  newLoad(key: string, target: Stage['target']): Load {
    const { host, port, run } = this.stage
    return this.#stack.adopt(new Load({ host, port, key, target, run }), (load) => load.stop())
  }

  inserts = (rate: number | null = null): Phase => ({
    kind: 'insert',
    clients: this.options.clients,
    length: { seconds: this.options.seconds },
    rate,
    leads: 0,
  })

  async #measure(phase: Phase): Promise<Measured> {
    const usage = this.#watch.start()
    const { result, rss_mb } = await sampled(this.stage, () => this.load.run(phase))
    return { ...result, rss_mb: rss_mb ?? 0, others_cpu_pct: usage().others_cpu_pct }
  }

  /** The same alone and beside a crowd, in turns; the medians of `figure` over all pairs. */
  async pairs(phase: Phase, crowd: Crowd) {
    const rows: { alone: Measured; beside: Measured }[] = []
    for (let pair = 0; pair < this.options.pairs; pair++) {
      const alone = await this.#measure(phase)
      const end = await crowd()
      const beside = await this.#measure(phase).finally(end)
      rows.push({ alone, beside })
      say(
        `  ${thousands(alone.per_s)}/s alone, ${thousands(beside.per_s)}/s beside; p99 ${alone.p99_ms.toFixed(1)} and ${beside.p99_ms.toFixed(1)} ms; ` +
          `RSS ${alone.rss_mb.toFixed(0)} and ${beside.rss_mb.toFixed(0)} MB; refused ${JSON.stringify(beside.refused)}; others' CPU ${beside.others_cpu_pct?.toFixed(0)} %`,
      )
    }
    const figure = (
      what: string,
      unit: string,
      of: (alone: Measured, beside: Measured) => number,
      bound: Pick<Figure, 'at_least' | 'at_most'> = {},
    ): Figure => ({ what, unit, value: medianOf(rows.map((row) => of(row.alone, row.beside)))!, ...bound })
    return {
      goodput: (at_least: number, what = 'leads a second, beside ÷ alone') =>
        figure(what, '', (alone, beside) => beside.per_s / alone.per_s, { at_least }),
      growth: (at_most: number): Figure => {
        const by = (alone: Measured, beside: Measured) => beside.rss_mb - alone.rss_mb
        const grown = figure("growth of the server's memory", 'MiB', by, { at_most })
        return { ...grown, value: Math.max(0, grown.value) }
      },
      p99: (at_most?: number) =>
        figure('p99 of an insert beside it', 'ms', (_, beside) => beside.p99_ms, { at_most }),
      p99Ratio: (at_most: number) =>
        figure('p99 of an insert, beside ÷ alone', '', (alone, beside) => beside.p99_ms / alone.p99_ms, {
          at_most,
        }),
      refused: {
        what: 'refused beside it',
        unit: '',
        value: sum(rows.flatMap(({ beside }) => Object.values(beside.refused))),
        at_most: 0,
      } as Figure,
    }
  }
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

type Part = () => Promise<Figure[]>

function partsOf(trial: Trial): Record<string, Part> {
  const { stage, options } = trial
  const database = stage.database!
  return {
    locks: async () => {
      const answers: number[] = []
      const ids = Array.from({ length: LOCKED }, (_, i) => externalId(stage.run, options.leads + 1 + i))
      const updates: Phase = { ...trial.inserts(), kind: 'update', leads: options.leads }
      const { goodput, refused } = await trial.pairs(updates, lockedLeads(stage, database, ids, answers))
      const written = answers.filter((code) => code === 0).length
      const told = answers.filter((code) => code === 109 || code === 1013).length
      return [
        goodput(0.9, `updates a second beside ${LOCKED} locked leads ÷ alone`),
        refused,
        { what: 'updates of the locked leads: written when the lock ended', value: written, unit: '' },
        { what: 'told that nothing was written', value: told, unit: '' },
        { what: 'neither', value: answers.length - written - told, unit: '', at_most: 0 },
      ]
    },
    reads: async () => {
      const { p99Ratio, p99, refused } = await trial.pairs(trial.inserts(500), listReads(stage))
      return [p99Ratio(1.5), p99(), refused]
    },
    counts: async () => {
      const { p99, refused } = await trial.pairs(trial.inserts(500), counts(stage))
      return [p99(100), refused]
    },
    slow: async () => {
      const { goodput, growth, refused } = await trial.pairs(trial.inserts(), slowSenders(stage))
      return [goodput(0.9), growth(64), refused]
    },
    readers: async () => {
      const { goodput, growth, refused } = await trial.pairs(trial.inserts(), silentReaders(stage))
      return [goodput(0.9), growth(64), refused]
    },
    wrong: async () => {
      const { growth, p99, refused } = await trial.pairs(trial.inserts(100), wrongNumbers(stage))
      return [p99(100), growth(128), refused]
    },
    heads: async () => {
      const path = `http://${stage.host}:${stage.port}/v1/events?topics=conflicts`
      const headers = { Authorization: `Bearer ${stage.key}` }
      for (let i = 0; i < 2_000; i += 50)
        await Promise.all(Array.from({ length: 50 }, () => fetch(path, { method: 'HEAD', headers })))
      const stream = await fetch(path, { headers })
      await stream.body?.cancel()
      return [{ what: 'status of a stream after 2,000 HEADs', value: stream.status, unit: '', at_most: 200 }]
    },
    fair: async () => {
      const flood = trial.newLoad(await addKey(stage), await createTarget(stage.client, `flood ${stage.run}`))
      const seconds = options.seconds + SETTLE_MS / 1_000
      const crowd: Crowd = async () => {
        const flooding = flood.run({ ...trial.inserts(), clients: FLOOD, length: { seconds } })
        await sleep(SETTLE_MS)
        return async () => void (await flooding)
      }
      const { goodput, p99, refused } = await trial.pairs(trial.inserts(QUIET_RATE), crowd)
      return [
        goodput(0.9, `of ${QUIET_RATE} leads a second beside ${FLOOD} clients of another key`),
        p99(),
        refused,
      ]
    },
    'sign-in': async () => {
      const sign = async () => {
        const begun = performance.now()
        const status = await signIn(stage, '198.51.100.9', 'admin', 'six tall poplars')
        if (status !== 201) throw new Error(`a sign-in from elsewhere was answered ${status}`)
        return performance.now() - begun
      }
      const alone = await Promise.all([sign()])
      const end = await guessers(stage)()
      await sleep(2_000)
      const beside: number[] = []
      for (let i = 0; i < 5; i++) beside.push(await sign())
      await end()
      return [
        { what: 'sign-in alone', value: alone[0]!, unit: 'ms' },
        {
          what: 'beside 300 clients with invented logins',
          value: medianOf(beside)!,
          unit: 'ms',
          at_most: 2_000,
        },
      ]
    },
  }
}

/** Another key, which only this run knows. */
async function addKey({ database }: Stage): Promise<string> {
  const key = newKey()
  await database!.client.query(
    `insert into api_keys (name, hash, scopes, created_by) values ('bench flood', $1, '{write}', 'system')`,
    [createHash('sha256').update(key).digest()],
  )
  return key
}

/** A register as a country has one, in which the clients are a handful. */
async function fillRegister({ database }: Stage, entries: number): Promise<void> {
  const { client } = database!
  const begun = performance.now()
  await client.query('set synchronous_commit = off')
  for (let from = 0; from < entries; from += 500_000)
    await client.query(
      `insert into dnc_entries (list, phone, source, added_by)
       select 'private', 61500000000 + i, 'register', 'system' from generate_series($1::integer, $2::integer) i`,
      [from, Math.min(entries, from + 500_000) - 1],
    )
  await client.query(
    `insert into dnc_entries (list, phone, added_by) select 'client', 61500000000 + i, 'system' from generate_series(1, 5) i`,
  )
  await client.query('reset synchronous_commit')
  await client.query('vacuum (analyze) dnc_entries')
  await checkpoint(client)
  say(`A register of ${thousands(entries)} entries in ${((performance.now() - begun) / 1_000).toFixed(0)} s.`)
}
