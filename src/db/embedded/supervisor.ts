// Starts the postmaster, waits until it answers, starts it again when it dies, ends it.

import { closeSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Binaries } from './binaries.ts'
import { NAME, spawnAs } from './cluster.ts'
import { type DiskSpace, diskSpace } from './disk.ts'
import { advised, EmbeddedError, errorCode } from './error.ts'
import type { Lock } from './lock.ts'
import { complaints, openLog } from './log.ts'
import { ownDirectory, type Place, replaceFile, runDirectory, socketDirectory } from './place.ts'
import {
  adopted,
  dropReusedPid,
  end,
  type Found,
  findPostmaster,
  killLeftovers,
  type Postmaster,
  spawned,
} from './postmaster.ts'
import { settings } from './settings.ts'

const PORT = 5432
const READY_POLL_MS = 20
const SILENCE_MAX_MS = 60_000
const NOTE_EVERY_MS = 10_000
// A postmaster that lives for less counts as dying right after its start.
const SHORT_LIFE_MS = 10_000
const BACKOFF_MIN_MS = 100
const BACKOFF_MAX_MS = 5_000
const LINGERING_MAX_MS = 20_000
// What a start meets while remains of the last postmaster are still ending.
const LINGERING = /pre-existing shared memory block|lock file "[^"]*" already exists/

export interface Connection {
  host: string
  port: number
  user: string
  database: string
}

export const connectionAt = (host: string, port: number): Connection => ({
  host,
  port,
  user: NAME,
  database: NAME,
})

/** Keeps one postmaster running on a cluster, whose locks it owns and releases when it is stopped. */
export class Supervisor {
  readonly connection: Connection
  readonly #place: Place
  readonly #binaries: Binaries
  readonly #locks: Lock[]
  readonly #say: (message: string) => void
  readonly #onExit: (detail: string) => void
  readonly #stop = new AbortController()
  #postmaster: Postmaster | null = null
  #logStart = 0
  #restarts = 0
  #watching: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(
    place: Place,
    binaries: Binaries,
    locks: Lock[],
    say: (message: string) => void,
    onExit: (detail: string) => void,
  ) {
    this.#place = place
    this.#binaries = binaries
    this.#locks = locks
    this.#say = say
    this.#onExit = onExit
    const socket = socketDirectory(place, findPostmaster(place.cluster)?.socket ?? null)
    this.connection = connectionAt(socket, PORT)
  }

  get pid() {
    return this.#postmaster?.pid ?? 0
  }

  get restarts() {
    return this.#restarts
  }

  disk(): Promise<DiskSpace> {
    return diskSpace(this.#place.data)
  }

  async start() {
    try {
      await this.#bringUp()
    } catch (error) {
      this.#dropSocketDirectory()
      throw error
    }
    this.#watching = this.#watch()
  }

  stop() {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end() {
    this.#stop.abort()
    if (this.#postmaster !== null) await end(this.#postmaster)
    await this.#watching
    // One that was being started at that moment.
    if (this.#postmaster?.alive()) await end(this.#postmaster)
    this.#dropSocketDirectory()
    for (const lock of this.#locks) lock.release()
  }

  /** A temporary one would stay for ever. */
  #dropSocketDirectory() {
    const { host } = this.connection
    if (host !== runDirectory(this.#place)) rmSync(host, { recursive: true, force: true })
  }

  /**
   * Waits for each end of the postmaster and starts it again: at once, then after 100 ms to 5 s if it keeps
   * dying.
   */
  async #watch() {
    let delay = 0
    for (;;) {
      const since = performance.now()
      const detail = await this.#postmaster!.gone
      if (this.#stop.signal.aborted) return
      this.#say(`${detail}: starting it again`)
      this.#restarts++
      this.#onExit(detail)
      if (performance.now() - since > SHORT_LIFE_MS) delay = 0
      for (;;) {
        try {
          if (delay > 0) await sleep(delay, undefined, { signal: this.#stop.signal, ref: false })
          delay = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_MIN_MS, delay * 2))
          await this.#bringUp()
          break
        } catch (error) {
          if (this.#stop.signal.aborted) return
          this.#say(
            `PostgreSQL does not start, trying again: ${error instanceof Error ? error.message : error}`,
          )
        }
      }
      this.#say(`PostgreSQL is back (pid ${this.pid})`)
    }
  }

  /** Takes over the running postmaster or starts one, and waits until it answers queries. */
  async #bringUp() {
    const patience = performance.now() + LINGERING_MAX_MS
    for (;;) {
      for (const lock of this.#locks) lock.check()
      const found = findPostmaster(this.#place.cluster)
      this.#stop.signal.throwIfAborted()
      if (found === null) this.#postmaster = await this.#spawn()
      else if (this.#fits(found)) {
        this.#say(`took over PostgreSQL (pid ${found.pid}), which was still running`)
        this.#postmaster = adopted(found)
      } else {
        this.#say(
          `ending PostgreSQL (pid ${found.pid}), which was started by other programs or with other settings`,
        )
        await end(adopted(found))
        continue
      }
      const trouble = await this.#readyOrEnd(this.#postmaster)
      if (trouble === null) return
      this.#stop.signal.throwIfAborted()
      // A found one may have been on its way out.
      if (this.#postmaster.adopted) continue
      if (!LINGERING.test(trouble) || performance.now() > patience) {
        throw new EmbeddedError(`PostgreSQL did not start: ${advised(trouble)}`)
      }
      killLeftovers(this.#place.cluster)
      await sleep(BACKOFF_MIN_MS)
    }
  }

  /** Whether a found postmaster is what we would start now: same programs, same settings, same socket. */
  #fits(found: Found) {
    const command = [this.#program(), ...this.#arguments()].join(' ')
    return (
      found.current && found.command === command && readOrEmpty(this.#settingsPath()) === this.#settings()
    )
  }

  #program = () => join(this.#binaries.directory, 'bin', 'postgres')

  #arguments = () => [
    ...['-D', this.#place.cluster],
    ...['-c', `config_file=${this.#settingsPath()}`],
    ...['-k', this.connection.host],
  ]

  #settingsPath = () => join(this.#place.home, 'pg.conf')

  #settings = () => settings(this.#place.cluster)

  #logPath = () => join(this.#place.data, 'pg.log')

  async #spawn() {
    const { cluster, user } = this.#place
    const socket = this.connection.host
    // It may have been cleaned away, or its mode changed, since the last start.
    ownDirectory(socket, 0o700, user)
    dropReusedPid(join(cluster, 'postmaster.pid'), cluster)
    dropReusedPid(join(socket, `.s.PGSQL.${PORT}.lock`), cluster)
    replaceFile(this.#settingsPath(), this.#settings(), 0o644)
    const log = openLog(this.#logPath())
    this.#logStart = log.bytes
    try {
      const { child, pid } = await spawnAs(user, this.#program(), this.#arguments(), {
        detached: true,
        stdio: ['ignore', log.descriptor, log.descriptor],
      })
      return spawned(child, pid)
    } finally {
      closeSync(log.descriptor)
    }
  }

  /** Leaves no postmaster behind that nobody would watch. */
  async #readyOrEnd(postmaster: Postmaster) {
    try {
      return await this.#untilReady(postmaster)
    } catch (error) {
      if (!this.#stop.signal.aborted) await end(postmaster)
      throw error
    }
  }

  /**
   * Null once Leadline's database answers, else why the postmaster is gone. Recovery after a crash may take
   * its time.
   */
  async #untilReady(postmaster: Postmaster): Promise<string | null> {
    const since = performance.now()
    let note = since + NOTE_EVERY_MS
    for (;;) {
      if (!postmaster.alive()) {
        const words = postmaster.adopted ? '' : complaints(this.#logPath(), this.#logStart)
        return [await postmaster.gone, words].filter(Boolean).join(': ')
      }
      const error = await query(this.connection, 'select 1')
      if (error === null) return null
      const code = errorCode(error)
      if (code === '3D000') {
        const failure = await query({ ...this.connection, database: 'postgres' }, `create database ${NAME}`)
        if (failure !== null && errorCode(failure) !== '42P04') {
          throw new EmbeddedError(`the database could not be created: ${failure.message}`, { cause: failure })
        }
        continue
      }
      // 57P03: it is starting up or shutting down, and says so; 53300: all connections are taken.
      if (code !== '57P03' && code !== '53300' && performance.now() - since > SILENCE_MAX_MS) {
        throw new EmbeddedError(
          `PostgreSQL (pid ${postmaster.pid}) runs but cannot be reached through ${this.connection.host}: ` +
            `${error.message}. See ${this.#logPath()}.`,
          { cause: error },
        )
      }
      if (performance.now() > note) {
        note += NOTE_EVERY_MS
        this.#say(`still waiting for PostgreSQL: ${error.message}`)
      }
      await sleep(READY_POLL_MS, undefined, { signal: this.#stop.signal })
    }
  }
}

/** Runs one statement on a connection of its own; the error, or null. */
async function query(connection: Connection, sql: string): Promise<Error | null> {
  const client = new pg.Client({
    ...connection,
    ssl: false,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
  })
  // A connection that breaks while idle would otherwise end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.end().catch(() => {})
  }
}

function readOrEmpty(path: string) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
