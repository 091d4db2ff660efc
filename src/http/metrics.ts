// Counters and gauges for /metrics, in the Prometheus text format.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  registry: Registry
  answered: (route: string, status: number, code: number | undefined, seconds: number) => void
  batch: (kind: string, rows: number) => void
}

export function createMetrics(gate: () => { busy: number; waiting: number }): Metrics {
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
  const rows = new Histogram({
    name: 'leadline_batch_rows',
    help: 'Rows per database batch.',
    labelNames: ['kind'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  })
  new Gauge({
    name: 'leadline_gate_busy',
    help: 'Inserts and updates at work.',
    registers: [registry],
    collect() {
      this.set(gate().busy)
    },
  })
  new Gauge({
    name: 'leadline_gate_waiting',
    help: 'Inserts and updates that wait for a slot.',
    registers: [registry],
    collect() {
      this.set(gate().waiting)
    },
  })
  return {
    registry,
    answered: (route, status, code, took) => {
      requests.inc({ route, status, code: code === undefined ? '' : String(code) })
      seconds.observe({ route }, took)
    },
    batch: (kind, count) => rows.observe({ kind }, count),
  }
}
