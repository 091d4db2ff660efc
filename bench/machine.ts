// Reads from /proc what the machine did during a measurement: CPU that others took, CPU that we used, memory of the
// server. Without /proc the figures are null.

import { readdirSync, readFileSync } from 'node:fs'

/** /proc counts in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10

export interface MachineTicks {
  /** Given to others by the hypervisor. */
  steal: number
  /** Used by any process of this machine. */
  used: number
  total: number
}

interface ProcessTimes {
  parent: number
  /** CPU so far, of all threads, those that have ended included. */
  cpu_ms: number
  /** CPU of the children that have ended. */
  ended_children_ms: number
}

export interface Usage {
  /** Share of the CPU time that the hypervisor gave to others. */
  steal_pct: number | null
  /** In per cent of one CPU. */
  server_cpu_pct: number | null
  postgres_cpu_pct: number | null
  /** This process, which generates load, and children of it that have ended: pgbench. */
  load_cpu_pct: number
  /** All other processes of the machine. */
  others_cpu_pct: number | null
}

interface Moment extends MachineTicks {
  at: number
  /** CPU milliseconds so far. */
  server: number | null
  postgres: number | null
  bench: number
}

export class Watch {
  readonly #server: number | null
  readonly #postmaster: number | null

  constructor(server: number | null, postmaster: number | null) {
    this.#server = server
    this.#postmaster = postmaster
  }

  #now(): Moment {
    const { user, system } = process.cpuUsage()
    const bench = processTimes(process.pid)
    return {
      at: performance.now(),
      ...parseMachine(readOrEmpty('/proc/stat')),
      server: this.#server === null ? null : (processTimes(this.#server)?.cpu_ms ?? null),
      postgres: this.#postmaster === null ? null : familyCpuMs(this.#postmaster),
      bench: bench === null ? (user + system) / 1_000 : bench.cpu_ms + bench.ended_children_ms,
    }
  }

  /** Starts now; call the answer at the end of the measurement. */
  start(): () => Usage {
    const from = this.#now()
    return () => {
      const to = this.#now()
      const ms = to.at - from.at
      const share = (after: number | null, before: number | null) =>
        after === null || before === null ? null : ((after - before) / ms) * 100
      const server = share(to.server, from.server)
      const postgres = share(to.postgres, from.postgres)
      const load = ((to.bench - from.bench) / ms) * 100
      const used = ((to.used - from.used) * TICK_MS * 100) / ms
      return {
        steal_pct: stealPct(from, to),
        server_cpu_pct: server,
        postgres_cpu_pct: postgres,
        load_cpu_pct: load,
        others_cpu_pct:
          server === null || postgres === null ? null : Math.max(0, used - server - postgres - load),
      }
    }
  }
}

export function stealPct(from: MachineTicks, to: MachineTicks): number | null {
  const total = to.total - from.total
  return total > 0 ? ((to.steal - from.steal) / total) * 100 : null
}

export const machineTicks = (): MachineTicks => parseMachine(readOrEmpty('/proc/stat'))

/** The first line of /proc/stat: all CPUs together. */
export function parseMachine(stat: string): MachineTicks {
  const line = stat.split('\n')[0] ?? ''
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const ticks = line.split(/\s+/).slice(1, 9).map(Number)
  const total = ticks.reduce((sum, tick) => sum + tick, 0)
  const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
  return { steal, used: total - idle - waiting - steal, total }
}

/** Reads /proc/PID/stat; null when the process does not exist. A name may hold blanks and brackets: count fields from its end. */
export function parseProcess(stat: string): ProcessTimes | null {
  if (stat === '') return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, ended_user, ended_system] = fields.slice(11, 15).map(Number)
  return {
    parent: Number(fields[1]),
    cpu_ms: (user! + system!) * TICK_MS,
    ended_children_ms: (ended_user! + ended_system!) * TICK_MS,
  }
}

export const processTimes = (pid: number): ProcessTimes | null =>
  parseProcess(readOrEmpty(`/proc/${pid}/stat`))

/**
 * CPU milliseconds of a postmaster with all its processes. A process that ends leaves /proc with its times; the
 * postmaster waits for each, so the kernel adds them to the postmaster's times of ended children, and none is lost.
 */
export function familyCpuMs(postmaster: number): number | null {
  const parent = processTimes(postmaster)
  if (parent === null) return null
  let sum = parent.cpu_ms + parent.ended_children_ms
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const child = processTimes(Number(name))
    if (child?.parent === postmaster) sum += child.cpu_ms + child.ended_children_ms
  }
  return sum
}

/** Resident memory of a process, megabytes. */
export function residentMb(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024
}

const RSS_EVERY_MS = 100

export interface Resident {
  /** Resident memory of the server now, megabytes; null: not known. */
  residentMb: () => Promise<number | null>
}

/** Does the work, and answers the highest resident memory of the server meanwhile, megabytes. */
export async function sampled<Result>({ residentMb }: Resident, work: () => Promise<Result>) {
  let rss_mb: number | null = null
  const timer = setInterval(async () => {
    const now = await residentMb().catch(() => null)
    if (now !== null) rss_mb = Math.max(rss_mb ?? 0, now)
  }, RSS_EVERY_MS)
  const result = await work().finally(() => clearInterval(timer))
  return { result, rss_mb: rss_mb as number | null }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
