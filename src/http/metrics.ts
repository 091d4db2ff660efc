// Counters and gauges for /metrics, in the Prometheus text format. docs/operations.md says what to do about each.
// Labels have few values: never a key, a lead or a campaign.

import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { RESULTS } from '../core/result.ts'
import { observe, type Sources } from './observed.ts'

export interface Metrics {
  registry: Registry
  /** The text for Prometheus. It takes about a second at most, whatever the database does. */
  text: () => Promise<string>
  answered: (route: string, status: number, code: number | undefined, seconds: number) => void
  batch: (kind: string, rows: number) => void
  runTried: (result: (typeof RESULTS_OF_RUNS)[number]) => void
  pullRunEnded: (result: (typeof ENDS_OF_PULLS)[number]) => void
  signInFailed: (why: (typeof FAILURES)[number]) => void
}

/** `again`: the try failed, and the queue tries the run again. */
const RESULTS_OF_RUNS = ['done', 'failed', 'skipped', 'again'] as const
const ENDS_OF_PULLS = ['done', 'failed'] as const
const FAILURES = ['wrong', 'delayed'] as const

export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'leadline_requests_total',
    help: 'Requests answered, by route, HTTP status and result code.',
    labelNames: ['route', 'status', 'code'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'leadline_request_seconds',
    help: 'Time from arrival to answer.',
    labelNames: ['route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60],
    registers: [registry],
  })
  const refused = new Counter({
    name: 'leadline_gate_refused_total',
    help: 'Requests refused with 109: no slot came free in time, or the queue was full.',
    registers: [registry],
  })
  const rows = new Histogram({
    name: 'leadline_batch_rows',
    help: 'Rows per database batch.',
    labelNames: ['kind'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  })
  const count = <Value extends string>(
    name: string,
    help: string,
    label: string,
    values: readonly Value[],
  ) => {
    const counter = new Counter({ name, help, labelNames: [label], registers: [registry] })
    // A counter that starts at 0 shows its first rise; an absent one does not.
    for (const value of values) counter.inc({ [label]: value }, 0)
    return (value: Value) => counter.inc({ [label]: value })
  }
  const refresh = observe(registry, sources)
  return {
    registry,
    text: async () => {
      await refresh()
      return registry.metrics()
    },
    answered: (route, status, code, took) => {
      requests.inc({ route, status, code: code === undefined ? '' : String(code) })
      seconds.observe({ route }, took)
      if (code === RESULTS.TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS.code) refused.inc()
    },
    batch: (kind, length) => rows.observe({ kind }, length),
    runTried: count(
      'leadline_action_tries_total',
      'Tries of action runs by this process.',
      'result',
      RESULTS_OF_RUNS,
    ),
    pullRunEnded: count(
      'leadline_pull_runs_total',
      'Runs of pulls that ended in this process.',
      'result',
      ENDS_OF_PULLS,
    ),
    signInFailed: count(
      'leadline_sign_in_failures_total',
      'Wrong passwords, and attempts within the delay after them.',
      'why',
      FAILURES,
    ),
  }
}
