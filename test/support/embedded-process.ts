// The real command with its own PostgreSQL: each can be killed, and both come back.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findEmbedded } from '../../src/db/embedded.ts'
import { scratch } from './scratch.ts'
import { addressOf, COMMAND } from './server-process.ts'

const READY_MS_MAX = 60_000
const LOOK_MS = 20

export type Killed = 'server' | 'postgres' | 'both'

export class EmbeddedProcess {
  child!: ChildProcess
  url = ''
  readonly #base: string
  readonly #options: Record<string, string>
  #said = ''

  /** `options`: more variables of its environment. */
  constructor(name: string, options: Record<string, string>) {
    this.#options = options
    this.#base = scratch(name)
    // Under root PostgreSQL runs as another user, who has to get in.
    chmodSync(this.#base, 0o711)
  }

  get #data_dir(): string {
    return join(this.#base, 'data')
  }

  get #pid_file(): string {
    return join(this.#data_dir, 'pg', 'postmaster.pid')
  }

  /** The last that the server has said. */
  get said(): string {
    return this.#said.slice(-2_000)
  }

  async serve(): Promise<void> {
    const { DATABASE_URL: _, ...env } = process.env
    this.child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
      env: {
        ...env,
        LEADLINE_PORT: '0',
        LEADLINE_DATA_DIR: this.#data_dir,
        LEADLINE_LOG_LEVEL: 'warn',
        ...this.#options,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stderr!.on('data', (chunk) => (this.#said += chunk))
    this.url = await addressOf(this.child, () => this.said)
  }

  async connection() {
    return (await findEmbedded(this.#data_dir))!
  }

  /** NaN while there is none. */
  get postmaster(): number {
    try {
      return Number(readFileSync(this.#pid_file, 'utf8').split('\n')[0])
    } catch {
      return Number.NaN
    }
  }

  hasPostmaster(): boolean {
    return existsSync(this.#pid_file)
  }

  /** Kills without a warning, and waits until the server is ready again. */
  async kill(what: Killed): Promise<void> {
    const { postmaster, child } = this
    if (what !== 'server') process.kill(postmaster, 'SIGKILL')
    if (what !== 'postgres') {
      child.kill('SIGKILL')
      await once(child, 'exit')
      await this.serve()
    }
    // Its sessions outlive a killed postmaster for a moment and answer: only the next one is it being back.
    await this.untilReady(() => what === 'server' || this.postmaster !== postmaster)
  }

  async untilReady(and: () => boolean = () => true): Promise<void> {
    const gives_up = performance.now() + READY_MS_MAX
    const isReady = () =>
      fetch(`${this.url}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      )
    while (!(and() && (await isReady()))) {
      if (performance.now() > gives_up) throw new Error(`the server is not back: ${this.said}`)
      await sleep(LOOK_MS)
    }
  }

  async remove(): Promise<void> {
    const { child } = this
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    // A failed test may have left it running.
    if (this.hasPostmaster()) {
      try {
        process.kill(this.postmaster, 'SIGQUIT')
        await sleep(500)
      } catch {
        // It is gone.
      }
    }
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 5 })
  }
}
