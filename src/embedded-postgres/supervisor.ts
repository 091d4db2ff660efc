// Starts the postmaster, waits until it answers, starts it again when it dies, ends it.

import type { StdioOptions } from 'node:child_process'
import { closeSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { type DiskSpace, diskSpace } from './disk.ts'
import { advised, EmbeddedError } from './error.ts'
import { ownDirectory, readOrNull, replaceFile } from './files.ts'
import { type Layout, PORT, runDirectory, socketDirectory } from './layout.ts'
import type { Lock } from './lock.ts'
import { complaints, openLog } from './log.ts'
import {
  adopted,
  dropReusedPid,
  end,
  findPostmaster,
  killLeftovers,
  type Postmaster,
  type RunningPostmaster,
  spawned,
} from './postmaster.ts'
import { answers, type Connection } from './ready.ts'
import { configuration } from './settings.ts'
import { spawnAs } from './user.ts'

// A postmaster that lives for less counts as dying right after its start.
const SHORT_LIFE_MS = 10_000
const BACKOFF_MIN_MS = 100
const BACKOFF_MAX_MS = 5_000
const LINGERING_MAX_MS = 20_000
// PostgreSQL complains like this while processes of the last postmaster are still ending.
const LINGERING = /pre-existing shared memory block|lock file "[^"]*" already exists/

interface Setup {
  layout: Layout
  binaries: Binaries
  /** Lines of postgresql.conf from the embedding program. */
  settings: string
  /** Of the directories; the supervisor owns them and releases them when it is stopped. */
  locks: Lock[]
  say: (message: string) => void
  onExit: (detail: string) => void
}

/** Keeps one postmaster running on a cluster. */
export class Supervisor {
  readonly connection: Connection
  readonly #setup: Setup
  readonly #program: string
  readonly #arguments: string[]
  readonly #config: { path: string; text: string }
  readonly #logPath: string
  readonly #stop = new AbortController()
  #postmaster: Postmaster | null = null
  #logStart = 0
  #restarts = 0
  #watching: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(setup: Setup) {
    this.#setup = setup
    const { layout, binaries, settings } = setup
    const { name } = layout.product
    const host = socketDirectory(layout, findPostmaster(layout.cluster)?.socket ?? null)
    this.connection = { host, port: PORT, user: name, database: name }
    this.#program = join(binaries.directory, 'bin', 'postgres')
    this.#config = { path: join(layout.home, 'pg.conf'), text: configuration(layout, settings) }
    this.#arguments = ['-D', layout.cluster, '-c', `config_file=${this.#config.path}`, '-k', host]
    this.#logPath = join(layout.data, 'pg.log')
  }

  get pid() {
    return this.#postmaster?.pid ?? 0
  }

  get restarts() {
    return this.#restarts
  }

  disk(): Promise<DiskSpace> {
    return diskSpace(this.#setup.layout.data)
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
    // A postmaster may have been starting at that moment.
    if (this.#postmaster?.alive()) await end(this.#postmaster)
    this.#dropSocketDirectory()
    for (const lock of this.#setup.locks) lock.release()
  }

  /** A temporary one would otherwise stay for ever. */
  #dropSocketDirectory() {
    const { host } = this.connection
    if (host !== runDirectory(this.#setup.layout)) rmSync(host, { recursive: true, force: true })
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
      this.#setup.say(`${detail}: starting it again`)
      this.#restarts++
      this.#setup.onExit(detail)
      if (performance.now() - since > SHORT_LIFE_MS) delay = 0
      for (;;) {
        try {
          if (delay > 0) await sleep(delay, undefined, { signal: this.#stop.signal, ref: false })
          delay = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_MIN_MS, delay * 2))
          await this.#bringUp()
          break
        } catch (error) {
          if (this.#stop.signal.aborted) return
          this.#setup.say(
            `PostgreSQL does not start, trying again: ${error instanceof Error ? error.message : error}`,
          )
        }
      }
      this.#setup.say(`PostgreSQL is back (pid ${this.pid})`)
    }
  }

  /** Takes over the running postmaster or starts one, and waits until it answers queries. */
  async #bringUp() {
    const patience = performance.now() + LINGERING_MAX_MS
    for (;;) {
      for (const lock of this.#setup.locks) lock.check()
      const found = findPostmaster(this.#setup.layout.cluster)
      this.#stop.signal.throwIfAborted()
      if (found === null) this.#postmaster = await this.#spawn()
      else if (this.#fits(found)) {
        this.#setup.say(`took over PostgreSQL (pid ${found.pid}), which was still running`)
        this.#postmaster = adopted(found)
      } else {
        this.#setup.say(
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
      killLeftovers(this.#setup.layout.cluster)
      await sleep(BACKOFF_MIN_MS)
    }
  }

  /** Whether a found postmaster is what we would start now: same programs, same settings, same socket. */
  #fits(found: RunningPostmaster) {
    const command = [this.#program, ...this.#arguments].join(' ')
    const { path, text } = this.#config
    return found.current && found.command === command && readOrNull(path) === text
  }

  async #spawn() {
    const { cluster, user, product } = this.#setup.layout
    const socket = this.connection.host
    // It may have been cleaned away, or its mode changed, since the last start.
    ownDirectory(socket, 0o700, user)
    dropReusedPid(join(cluster, 'postmaster.pid'), cluster)
    dropReusedPid(join(socket, `.s.PGSQL.${PORT}.lock`), cluster)
    replaceFile(this.#config.path, this.#config.text, 0o644)
    const log = openLog(this.#logPath)
    this.#logStart = log.bytes
    try {
      const stdio: StdioOptions = ['ignore', log.descriptor, log.descriptor]
      const options = { detached: true, stdio }
      const { child, pid } = await spawnAs(user, this.#program, this.#arguments, options, product)
      return spawned(child, pid)
    } finally {
      closeSync(log.descriptor)
    }
  }

  /** Null once the database answers, else why the postmaster is gone. Leaves none behind that nobody would watch. */
  async #readyOrEnd(postmaster: Postmaster): Promise<string | null> {
    try {
      if (await answers(postmaster, this.connection, this.#stop.signal, this.#setup.say)) return null
    } catch (error) {
      if (this.#stop.signal.aborted) throw error
      await end(postmaster)
      if (!(error instanceof EmbeddedError)) throw error
      throw new EmbeddedError(`${error.message} See ${this.#logPath}.`, { cause: error })
    }
    const words = postmaster.adopted ? '' : complaints(this.#logPath, this.#logStart)
    return [await postmaster.gone, words].filter(Boolean).join(': ')
  }
}
