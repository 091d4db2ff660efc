// What the machine did meanwhile, read from /proc: CPU that others took, CPU that we used, memory of the server.
// Where there is no /proc, nothing is known, and null says so.

import { readdirSync, readFileSync } from 'node:fs'

/** /proc counts in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10

interface Moment {
  at: number
  /** Ticks of all CPUs: given to others by the hypervisor, used by anybody here, and all together. */
  steal: number
  used: number
  total: number
  /** CPU milliseconds so far. */
  server: number | null
  postgres: number | null
  bench: number
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

export class Watch {
  readonly #server: number | null
  readonly #postmaster: number | null

  constructor(server: number | null, postmaster: number | null) {
    this.#server = server
    this.#postmaster = postmaster
  }

  #now(): Moment {
    const { user, system } = process.cpuUsage()
    const bench = cpuOf(process.pid, true) ?? (user + system) / 1_000
    return {
      at: performance.now(),
      ...machineTicks(),
      server: this.#server === null ? null : cpuOf(this.#server, false),
      postgres: this.#postmaster === null ? null : cpuOfFamily(this.#postmaster),
      bench,
    }
  }

  /** Starts now; call the answer at the end of what is measured. */
  start(): () => Usage {
    const from = this.#now()
    return () => {
      const to = this.#now()
      const ms = to.at - from.at
      const share = (after: number | null, before: number | null) =>
        after === null || before === null ? null : ((after - before) / ms) * 100
      const total = to.total - from.total
      const server = share(to.server, from.server)
      const postgres = share(to.postgres, from.postgres)
      const load = ((to.bench - from.bench) / ms) * 100
      const used = ((to.used - from.used) * TICK_MS * 100) / ms
      return {
        steal_pct: total > 0 ? ((to.steal - from.steal) / total) * 100 : null,
        server_cpu_pct: server,
        postgres_cpu_pct: postgres,
        load_cpu_pct: load,
        others_cpu_pct:
          server === null || postgres === null ? null : Math.max(0, used - server - postgres - load),
      }
    }
  }
}

function machineTicks(): { steal: number; used: number; total: number } {
  const line = readOrEmpty('/proc/stat').split('\n')[0] ?? ''
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const ticks = line.split(/\s+/).slice(1, 9).map(Number)
  const total = ticks.reduce((sum, tick) => sum + tick, 0)
  const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
  return { steal, used: total - idle - waiting - steal, total }
}

/** CPU milliseconds of a process; `children`: with those of its children that have ended. */
function cpuOf(pid: number, children: boolean): number | null {
  const fields = statOf(pid)
  if (fields === null) return null
  const [user, system, ended_user, ended_system] = fields.slice(11, 15).map(Number)
  return (user! + system! + (children ? ended_user! + ended_system! : 0)) * TICK_MS
}

/** A postmaster with all its backends, those that have ended included. */
function cpuOfFamily(postmaster: number): number | null {
  let sum = cpuOf(postmaster, true)
  if (sum === null) return null
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(statOf(Number(name))?.[1]) !== postmaster) continue
    sum += cpuOf(Number(name), true) ?? 0
  }
  return sum
}

/** The fields of /proc/PID/stat after the name: state, parent, … */
function statOf(pid: number): string[] | null {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat === '' ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Resident memory of a process, megabytes. */
export function residentMb(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
