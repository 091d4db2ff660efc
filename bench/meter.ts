// Measures what each accepted row costs: CPU by process, WAL, and fsyncs of WAL. A slow disk lowers rates, not costs, so
// costs compare across machines. They count until the search index has caught up: work that is put off is not saved.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LeadlineClient, Target } from '../src/client/client.ts'
import { type Backend, CpuShares, KINDS, type Kind, kindOf } from './cpu-shares.ts'
import type { Database } from './database.ts'
import {
  familyCpuMs,
  type MachineTicks,
  machineTicks,
  processTimes,
  type Resident,
  sampled,
  stealPct,
  type Usage,
  Watch,
} from './machine.ts'
import type { Column } from './report.ts'

type PerKind = { [kind in Kind as `${kind}_us`]: number | null }

/** Per accepted row; null: not known. */
export interface Cost extends PerKind {
  /**
   * CPU of the server and of PostgreSQL without autovacuum, microseconds. Autovacuum looks every 20 s: a measurement of
   * a few seconds meets it by chance, so it counts apart.
   */
  cpu_us: number | null
  server_us: number | null
  postgres_us: number | null
  wal_bytes: number | null
  wal_fsyncs: number | null
  /** Seconds from the end of the load until the search index had every lead; null without an index. */
  index_lag_s: number | null
  /** Of the whole time until then. */
  steal_pct: number | null
}

/** `unit`: the name of a row. */
export const costColumns = (unit: string): readonly Column[] => [
  ['cpu_us', `CPU µs/${unit}`, 0],
  ['server_us', 'server µs', 0],
  ['postgres_us', 'PostgreSQL µs', 0],
  ['backends_us', 'backends µs', 0],
  ['indexer_us', 'indexer µs', 0],
  ['wal_writer_us', 'WAL writer µs', 1],
  ['checkpointer_us', 'checkpointer µs', 1],
  ['postgres_other_us', 'other µs', 1],
  ['autovacuum_us', '+ autovacuum µs', 0],
  ['wal_bytes', `WAL bytes/${unit}`, 0],
  ['wal_fsyncs', `fsyncs/${unit}`, 3],
  ['index_lag_s', 'index lag s', 1],
  ['steal_pct', 'steal %', 1],
]

const SAMPLE_EVERY_MS = 100
const CATCH_UP_POLL_MS = 20
const CATCH_UP_MS_MAX = 300_000
/** PostgreSQL: a process reports its counters when a command ends, at most once in this time. */
const REPORT_EVERY_MS = 1_000
/** PostgreSQL: an idle process reports by itself after this time. */
const REPORT_IDLE_MS = 10_000
const NUDGES = 24

interface Counters {
  wal_lsn: string
  clock: string
  server_cpu_ms: number | null
  postgres_cpu_ms: number | null
}

interface Start extends Counters {
  wal_fsyncs: number | null
  machine: MachineTicks
}

interface Metered extends Resident {
  server_pid: number | null
  client: LeadlineClient
  target: Target
  database: Database | null
}

export class Meter {
  readonly #metered: Metered
  readonly #watch: Watch

  constructor(metered: Metered) {
    this.#metered = metered
    this.#watch = new Watch(metered.server_pid, metered.database?.postmaster ?? null)
  }

  /** Use of the CPUs alone. */
  watch(): () => Usage {
    return this.#watch.start()
  }

  /**
   * Does the work, which answers how many rows were accepted, and adds its cost. Begins once the search index has caught
   * up.
   */
  async measure<Result extends { taken: number }>(work: () => Promise<Result>) {
    const { database } = this.#metered
    if (database) await indexed(database)
    const wal_fsyncs = database && (await walFsyncs(database))
    const machine = machineTicks()
    const from = { ...(await countersOf(this.#metered)), wal_fsyncs, machine }
    const metering = new Metering(this.#metered, from)
    const usage = this.watch()
    const { result, rss_mb } = await sampled(this.#metered, work)
    const used = usage()
    const cost = await metering.end(result.taken)
    return { ...result, ...used, ...cost, rss_mb }
  }
}

class Metering {
  readonly #metered: Metered
  readonly #from: Start
  readonly #shares = new CpuShares()
  readonly #sampler: NodeJS.Timeout | undefined
  #sampling = Promise.resolve()

  constructor(metered: Metered, from: Start) {
    this.#metered = metered
    this.#from = from
    if (!metered.database?.postmaster) return
    this.#sample()
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_EVERY_MS)
  }

  /** Call it when the load is over, with the rows that were accepted. */
  async end(rows: number): Promise<Cost> {
    const { database } = this.#metered
    const over = performance.now()
    const has_index = database ? await indexed(database) : false
    const index_lag_s = has_index ? (performance.now() - over) / 1_000 : null
    const from = this.#from
    const steal_pct = stealPct(from.machine, machineTicks())
    clearInterval(this.#sampler)
    this.#sample()
    await this.#sampling
    const to = await countersOf(this.#metered)
    const server_ms = difference(to.server_cpu_ms, from.server_cpu_ms)
    const total_ms = difference(to.postgres_cpu_ms, from.postgres_cpu_ms)
    const kinds_ms = total_ms === null ? null : this.#shares.outOf(total_ms)
    const postgres_ms = difference(total_ms, kinds_ms?.autovacuum ?? null)
    const each = (total: number | null) => (total === null || rows === 0 ? null : total / rows)
    const us = (ms: number | null) => each(ms === null ? null : ms * 1_000)
    return {
      cpu_us: us(server_ms === null || postgres_ms === null ? null : server_ms + postgres_ms),
      server_us: us(server_ms),
      postgres_us: us(postgres_ms),
      ...(Object.fromEntries(KINDS.map((kind) => [`${kind}_us`, us(kinds_ms?.[kind] ?? null)])) as PerKind),
      wal_bytes: each(database && (await walBytes(database, from.wal_lsn, to.wal_lsn))),
      wal_fsyncs: each(database && (await this.#fsyncsUntil(database, from.clock, to.clock))),
      index_lag_s,
      steal_pct,
    }
  }

  #sample(): void {
    const { database } = this.#metered
    if (!database?.postmaster) return
    this.#sampling = this.#sampling.then(async () => this.#shares.add(await processesOf(database)))
    // end() throws it.
    this.#sampling.catch(() => undefined)
  }

  /**
   * fsyncs of WAL since the start. A backend reports its counters with the first command that ends a second after its last
   * report: each one that was at work gets such a command, so that the count is complete.
   */
  async #fsyncsUntil(database: Database, from: string, to: string): Promise<number> {
    const began = performance.now()
    await sleep(REPORT_EVERY_MS)
    const { client, target } = this.#metered
    while (performance.now() - began < REPORT_IDLE_MS + REPORT_EVERY_MS) {
      const { rows } = await database.client.query<{ silent: number }>(
        `select count(*)::integer as silent from pg_stat_activity
         where datname = current_database() and pid <> $1 and state = 'idle'
           and state_change > $2::timestamptz and state_change < $3::timestamptz + $4 * interval '1 millisecond'`,
        [database.backend, from, to, REPORT_EVERY_MS],
      )
      if (rows[0]!.silent === 0) break
      // Requests that meet take a connection each.
      const asked = Array.from({ length: NUDGES }, () =>
        client.get(`/v1/leads/${target.campaign_id}-999999999`),
      )
      await Promise.all(asked)
    }
    return (await walFsyncs(database)) - this.#from.wal_fsyncs!
  }
}

async function countersOf({ database, server_pid }: Metered): Promise<Counters> {
  const counters = { wal_lsn: '0/0', clock: '' }
  if (database) {
    const text = 'select pg_current_wal_insert_lsn() as wal_lsn, clock_timestamp()::text as clock'
    Object.assign(counters, (await database.client.query(text)).rows[0])
  }
  const family = database?.postmaster ? familyCpuMs(database.postmaster) : null
  // The bench's own backend does not count as a cost of the server.
  const own = family === null ? 0 : (processTimes(database!.backend)?.cpu_ms ?? 0)
  return {
    ...counters,
    server_cpu_ms: server_pid === null ? null : (processTimes(server_pid)?.cpu_ms ?? null),
    postgres_cpu_ms: family === null ? null : family - own,
  }
}

/** The processes of PostgreSQL, without the bench's own backend. */
async function processesOf({ client, backend, postmaster }: Database) {
  const { rows } = await client.query<Backend>(
    `select pid, backend_type, coalesce(state = 'active' and query like '/* leadTexts.index %', false) as indexing
     from pg_stat_activity where pid <> $1`,
    [backend],
  )
  return [{ pid: postmaster!, backend_type: 'postmaster', indexing: false }, ...rows].flatMap((process) => {
    const times = processTimes(process.pid)
    return times === null ? [] : [{ pid: process.pid, kind: kindOf(process), cpu_ms: times.cpu_ms }]
  })
}

const difference = (after: number | null, before: number | null) =>
  after === null || before === null ? null : after - before

/** Resolves with true once the search index has every event, with false if there is no index. */
export async function indexed({ client }: Database): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('lead_texts_cursor') is not null as exists`)
  if (!rows[0].exists) return false
  const gives_up = performance.now() + CATCH_UP_MS_MAX
  for (;;) {
    const { rows } = await client.query(
      `select coalesce((select e.tx from events e order by e.tx desc limit 1) < c.tx, true) as done
       from lead_texts_cursor c`,
    )
    if (rows[0].done) return true
    if (performance.now() > gives_up)
      throw new Error(`the search index has not caught up within ${CATCH_UP_MS_MAX / 1_000} s`)
    await sleep(CATCH_UP_POLL_MS)
  }
}

async function walBytes({ client }: Database, from: string, to: string): Promise<number> {
  const { rows } = await client.query('select pg_wal_lsn_diff($1, $2)::float8 as bytes', [to, from])
  return rows[0].bytes
}

/** How often WAL was synced to the disk. PostgreSQL 18 moved the counter. */
async function walFsyncs({ client, version }: Database): Promise<number> {
  const text =
    Number.parseInt(version, 10) >= 18
      ? `select sum(fsyncs)::float8 as n from pg_stat_io where object = 'wal' and context = 'normal'`
      : 'select wal_sync::float8 as n from pg_stat_wal'
  return (await client.query(text)).rows[0].n
}
