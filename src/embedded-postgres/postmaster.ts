// The running PostgreSQL of a cluster: recognising it, living through its end, ending it.
//
// A pid alone proves nothing: after a crash the one in postmaster.pid may belong to anybody. A process is taken
// for the postmaster of a cluster only when its owner, its program and its working directory say so, and from
// then on it is told from a later bearer of the same pid by its start time.

import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failureCode } from './error.ts'
import { readOrNull } from './files.ts'
import { environment } from './user.ts'

const LIVENESS_MS = 250
const ENDING_POLL_MS = 20
const FAST_SHUTDOWN_MS = 20_000

/** A process that has been recognised as the postmaster of a cluster. */
export interface RunningPostmaster {
  pid: number
  /** The start time, in the operating system's own words: with the pid it names the process for good. */
  started: string
  /** The command line, words separated by blanks. */
  command: string
  /** False when its program has been replaced on the disk since it was started. */
  current: boolean
  socket: string | null
  port: number | null
}

/** The postmaster that runs on this cluster (real path), whoever started it; null when none does. */
export function findPostmaster(cluster: string): RunningPostmaster | null {
  const lines = (readOrNull(join(cluster, 'postmaster.pid')) ?? '').split('\n')
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid < 2) return null
  const postmaster = seen(pid, cluster)
  // The later lines are missing for a moment during a start.
  return postmaster && { pid, ...postmaster, port: Number(lines[3]) || null, socket: lines[4] || null }
}

/** The process as the operating system describes it; null unless it is the postmaster of this cluster. */
function seen(pid: number, cluster: string) {
  return process.platform === 'linux' ? seenInProc(pid, cluster) : seenByPs(pid, cluster)
}

function seenInProc(pid: number, cluster: string) {
  try {
    const started = startTime(pid)
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    // Its children show a title ("postgres: checkpointer") instead of a command line.
    if (started === null || basename(words[0] ?? '') !== 'postgres') return null
    if (statSync(`/proc/${pid}`).uid !== statSync(cluster).uid) return null
    // The directory it works in is the better witness: it stays right when a parent was renamed.
    const directory = linkOf(pid, 'cwd') === null ? words[words.indexOf('-D') + 1] : `/proc/${pid}/cwd`
    if (directory === undefined || !sameDirectory(directory, cluster)) return null
    return { started, command: words.join(' ').trim(), current: !linkOf(pid, 'exe')?.endsWith(DELETED) }
  } catch {
    return null
  }
}

const DELETED = ' (deleted)'

/**
 * A link of /proc/<pid>; null when we may not read it, as root in a container (no CAP_SYS_PTRACE) may not.
 */
function linkOf(pid: number, name: 'cwd' | 'exe') {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch (error) {
    if (failureCode(error) === 'EACCES' || failureCode(error) === 'EPERM') return null
    throw error
  }
}

function sameDirectory(one: string, other: string) {
  const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })]
  return a.dev === b.dev && a.ino === b.ino
}

/**
 * Field 22 of /proc/<pid>/stat, in ticks since boot; null when the process is gone or only a zombie is
 * left.
 */
function startTime(pid: number): string | null {
  const text = readOrNull(`/proc/${pid}/stat`)
  if (text === null) return null
  // The second field is the program's name in parentheses, and may itself contain blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  return fields[19] ?? null
}

function seenByPs(pid: number, cluster: string) {
  const line = psLine(pid)
  if (line === null || line.uid !== statSync(cluster).uid) return null
  const program = line.command.split(' -D ')[0] ?? ''
  if (basename(program) !== 'postgres' || !line.command.includes(` -D ${cluster} `)) return null
  return { started: line.started, command: line.command, current: true }
}

function psLine(pid: number) {
  try {
    const format = ['-ww', '-o', 'uid=,lstart=,command=', '-p', String(pid)]
    const text = execFileSync('ps', format, { encoding: 'utf8', env: environment() })
    // lstart is five words: "Mon Nov 23 20:42:00 2026".
    const match = /^\s*(-?\d+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/m.exec(text)
    return match === null ? null : { uid: Number(match[1]), started: match[2]!, command: match[3]! }
  } catch {
    return null
  }
}

/** A postmaster that we watch, ours or adopted. */
export interface Postmaster {
  readonly pid: number
  readonly adopted: boolean
  alive(): boolean
  /** Sends a signal to this very process, or to nobody. */
  signal(name: NodeJS.Signals): void
  /** Resolves with how it ended, in words for people. Does not keep the event loop alive. */
  readonly gone: Promise<string>
}

/** Watches a process that we have started. */
export function spawned(child: ChildProcess, pid: number): Postmaster {
  const { promise: gone, resolve } = Promise.withResolvers<string>()
  child.on('exit', (code, signal) => {
    resolve(
      signal === null
        ? `PostgreSQL (pid ${pid}) exited with ${code}`
        : `PostgreSQL (pid ${pid}) got ${signal}`,
    )
  })
  child.unref()
  return {
    pid,
    adopted: false,
    gone,
    alive: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
  }
}

/** Watches a postmaster that another process left behind: not our child, so its end is seen by asking. */
export function adopted({ pid, started }: RunningPostmaster): Postmaster {
  const { promise: gone, resolve } = Promise.withResolvers<string>()
  const alive = () => {
    if (process.platform === 'linux' ? startTime(pid) === started : exists(pid)) return true
    clearInterval(timer)
    resolve(`PostgreSQL (pid ${pid}) is gone`)
    return false
  }
  const timer = setInterval(alive, LIVENESS_MS).unref()
  return {
    pid,
    adopted: true,
    gone,
    alive,
    signal(name) {
      if (!alive() || (process.platform !== 'linux' && psLine(pid)?.started !== started)) return
      try {
        process.kill(pid, name)
      } catch (error) {
        if (failureCode(error) !== 'ESRCH') throw error
      }
    },
  }
}

/**
 * Fast shutdown (open transactions are rolled back); after 20 s an immediate one, from which PostgreSQL
 * recovers.
 */
export async function end(postmaster: Postmaster) {
  postmaster.signal('SIGINT')
  const deadline = Date.now() + FAST_SHUTDOWN_MS
  let patient = true
  while (postmaster.alive()) {
    if (patient && Date.now() > deadline) {
      patient = false
      postmaster.signal('SIGQUIT')
    }
    await sleep(ENDING_POLL_MS)
  }
}

/**
 * Removes a lock file of PostgreSQL (postmaster.pid, or the one beside its socket) that names a process which is
 * alive, but not the postmaster: PostgreSQL would take it for one and refuse to start. A file that names a dead
 * process stays, because PostgreSQL knows better what to do with it.
 */
export function dropReusedPid(lockFile: string, cluster: string) {
  const pid = Number((readOrNull(lockFile) ?? '').split('\n')[0])
  if (!Number.isSafeInteger(pid) || pid < 1 || !exists(pid)) return
  if (seen(pid, cluster) === null) rmSync(lockFile, { force: true })
}

/**
 * Kills the children of a dead postmaster: they end by themselves when they notice, but one that is deep in a
 * long query notices late, and until then no new postmaster can start. Safe for the data as any crash is: it
 * was killed with its postmaster, only later. Where we cannot see whose they are, they are waited for.
 */
export function killLeftovers(cluster: string) {
  if (process.platform !== 'linux' || findPostmaster(cluster) !== null) return
  const owner = statSync(cluster).uid
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isSafeInteger(pid)) continue
    try {
      const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(DELETED, ''))
      if (program !== 'postgres' || statSync(`/proc/${pid}`).uid !== owner) continue
      if (sameDirectory(`/proc/${pid}/cwd`, cluster)) process.kill(pid, 'SIGKILL')
    } catch {
      // Gone meanwhile, or not ours to look at.
    }
  }
}

function exists(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return failureCode(error) === 'EPERM'
  }
}
