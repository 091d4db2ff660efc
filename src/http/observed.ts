// Metrics that are read when Prometheus asks, rather than counted as things happen.

import { Counter, Gauge, type Registry } from 'prom-client'
import type { Load } from '../db/pool.ts'
import type { Figures, Waiting } from '../intake/figures.ts'
import type { Gate } from '../intake/gate.ts'
import type { Pulse } from '../intake/pulse.ts'
import type { Watch } from '../intake/watch.ts'

export interface Sources {
  gate: Pick<Gate, 'busy' | 'waiting'>
  pools: readonly { name: string; load: Load }[]
  pulse: Pulse
  figures: Figures
  watch: Pick<Watch, 'followers'>
  /** The embedded PostgreSQL; undefined with DATABASE_URL. */
  embedded: { readonly restarts: number } | undefined
}

/** Null or undefined: the value is unknown, and the metric is left out. */
type Reading = number | null | undefined | { labels: Record<string, string>; value: number }[]

/** Longest wait for figures from the database. */
const PATIENCE_MS = 1_000

/** Registers the metrics. The answer refreshes the figures and never takes longer than PATIENCE_MS. */
export function observe(registry: Registry, sources: Sources): () => Promise<void> {
  const { gate, pools, pulse, figures, watch, embedded } = sources
  let answers = false
  const read = (
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    reading: () => Reading,
    labelNames: string[] = [],
  ) => {
    new Kind({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        const found = reading() ?? []
        // Without labels a reset leaves a 0, which would look like a value.
        if (labelNames.length === 0) this.remove()
        if (typeof found === 'number') this.inc(found)
        else for (const { labels, value } of found) this.inc(labels, value)
      },
    })
  }
  const gauge = (name: string, help: string, reading: () => Reading, labelNames?: string[]) =>
    read(Gauge, name, help, reading, labelNames)
  const total = (name: string, help: string, reading: () => Reading, labelNames?: string[]) =>
    read(Counter, name, help, reading, labelNames)
  const waiting = (name: string, help: string, of: (waiting: Waiting) => Reading, labelNames?: string[]) =>
    gauge(name, help, () => figures.latest && of(figures.latest), labelNames)
  const perPool = (of: (load: Load) => number) =>
    pools.map(({ name, load }) => ({ labels: { pool: name }, value: of(load) }))

  gauge('leadline_gate_busy', 'Inserts and updates at work.', () => gate.busy)
  gauge('leadline_gate_waiting', 'Inserts and updates that wait for a slot.', () => gate.waiting)
  gauge('leadline_streams_open', 'Open event streams.', () => watch.followers)

  gauge(
    'leadline_pool_connections',
    'Database connections of this process.',
    () =>
      pools.flatMap(({ name, load }) =>
        (['busy', 'idle'] as const).map((state) => ({ labels: { pool: name, state }, value: load[state] })),
      ),
    ['pool', 'state'],
  )
  gauge(
    'leadline_pool_waiting',
    'Callers that wait for a connection.',
    () => perPool(({ waiting }) => waiting),
    ['pool'],
  )
  total(
    'leadline_pool_wait_seconds_total',
    'Time that callers have waited for a connection.',
    () => perPool(({ waited_s }) => waited_s),
    ['pool'],
  )
  total('leadline_pool_connections_lost_total', 'Connections that died.', () => perPool(({ lost }) => lost), [
    'pool',
  ])

  gauge('leadline_database_up', '1 when the database answers within a second.', () => Number(answers))
  gauge(
    'leadline_database_write_seconds',
    'Duration of the last durable write of one row.',
    () => pulse.write_s,
  )
  gauge(
    'leadline_database_write_age_seconds',
    'Time since the last confirmed durable write; servers write every 3 s.',
    () => pulse.write_age_s,
  )
  gauge(
    'leadline_clock_ahead_seconds',
    "How far this server's clock is ahead of the database's; negative: behind.",
    () => pulse.clock_ahead_s,
  )
  if (embedded) {
    total(
      'leadline_database_restarts_total',
      'How often the embedded PostgreSQL was started again.',
      () => embedded.restarts,
    )
    gauge('leadline_disk_free_bytes', 'Room on the disk of the database.', () => pulse.disk?.free_bytes)
    gauge('leadline_disk_size_bytes', 'Size of the disk of the database.', () => pulse.disk?.size_bytes)
  }

  waiting(
    'leadline_queue_leads',
    'Leads in the queue; past 10,000 an estimate.',
    ({ queue }) => queue.map(({ state, leads }) => ({ labels: { state }, value: leads })),
    ['state'],
  )
  waiting(
    'leadline_queue_oldest_due_seconds',
    'Time since the oldest waiting callback fell due, where leads may be called now.',
    ({ oldest_due_s }) => oldest_due_s,
  )
  waiting('leadline_action_runs_queued', 'Action runs that wait; at most 10,000.', (of) => of.runs_queued)
  waiting(
    'leadline_action_runs_oldest_queued_seconds',
    'Age of the oldest action run that waits.',
    (of) => of.runs_oldest_s,
  )
  waiting('leadline_pulls_failing', 'Pulls whose last run failed.', (of) => of.pulls_failing)
  waiting(
    'leadline_held_updates_open',
    'Held updates that wait for a person; at most 10,000.',
    (of) => of.held_open,
  )
  waiting(
    'leadline_held_updates_oldest_seconds',
    'Age of the oldest held update that waits.',
    (of) => of.held_oldest_s,
  )
  waiting(
    'leadline_search_lag_events',
    'Changes that the search index does not have yet; at most 10,000.',
    (of) => of.search_events,
  )
  waiting('leadline_search_lag_seconds', 'Age of the oldest such change.', (of) => of.search_s)

  return async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const limit = setTimeout(resolve, PATIENCE_MS)
    const asked = pulse.answers().then((up) => {
      answers = up
    })
    await Promise.all([asked, Promise.race([figures.refresh(), late])])
    clearTimeout(limit)
  }
}
