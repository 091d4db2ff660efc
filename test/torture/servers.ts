// Two server processes on one embedded PostgreSQL, and their faults. The first server owns the PostgreSQL.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { findEmbedded } from '../../src/db/embedded.ts'
import { scratch } from '../support/scratch.ts'
import { addressOf, COMMAND } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import type { Fault } from './plan.ts'

const PLANT = fileURLToPath(new URL('./plant.ts', import.meta.url))
export const KEY = `test_${'t'.repeat(40)}`

export class Servers {
  readonly #children: ChildProcess[] = []
  /** Null: it does not run. */
  readonly #urls: (string | null)[] = [null, null]
  readonly #data_dir: string
  readonly #plant: string | undefined
  #said = ''

  /** `plant`: the name of a bug that the servers get. */
  constructor(plant?: string) {
    // Under root PostgreSQL runs as another user, who has to get in.
    const base = scratch('torture')
    chmodSync(base, 0o711)
    this.#data_dir = join(base, 'data')
    this.#plant = plant
  }

  async start(): Promise<void> {
    await this.#serve(0)
    await this.#serve(1)
  }

  /** The address of this server, else of the other one; null: neither runs. */
  url = (server: number) => this.#urls[server] ?? this.#urls[1 - server] ?? null

  connection = async () => (await findEmbedded(this.#data_dir))!

  async client<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(await this.connection())
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  query = (text: string) => this.client((client) => client.query(text))

  async inflict({ kind, server, lasts_ms }: Fault): Promise<void> {
    switch (kind) {
      case 'kill server':
        await this.#kill(server)
        await sleep(lasts_ms)
        return this.#serve(server)
      case 'kill postgres':
        return this.#killPostgres()
      case 'kill both':
        await Promise.all([this.#killPostgres(), this.#kill(0).then(() => this.#serve(0))])
        return
      case 'end backends':
        return this.#endBackends(performance.now() + lasts_ms)
      case 'stop server':
        this.#children[server]!.kill('SIGSTOP')
        await sleep(lasts_ms)
        this.#children[server]!.kill('SIGCONT')
        return
      default:
        kind satisfies never
    }
  }

  /** Waits until both servers are ready and no backend writes. */
  async quiet(): Promise<void> {
    const ready = (url: string | null) =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await until('both servers are ready', async () =>
      (await Promise.all(this.#urls.map(ready))).every(Boolean),
    )
    let looks = 0
    await until('nothing is written any more', async () => {
      const writing = `select from pg_stat_activity where application_name = 'leadline' and backend_xid is not null`
      looks = (await this.query(writing)).rowCount ? 0 : looks + 1
      return looks === 5
    })
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    // A server that failed to start again has left its PostgreSQL running.
    const left = this.#postmaster()
    if (!Number.isNaN(left)) process.kill(left, 'SIGQUIT')
    await until('PostgreSQL has ended', async () => Number.isNaN(this.#postmaster()))
    rmSync(join(this.#data_dir, '..'), { recursive: true, force: true, maxRetries: 5 })
  }

  async #serve(server: number): Promise<void> {
    const { DATABASE_URL: _, ...env } = process.env
    const owner = server === 0 ? null : await this.connection()
    const child = spawn(process.execPath, ['--import', PLANT, COMMAND, 'serve', '--no-build-web'], {
      env: {
        ...env,
        ...(owner && {
          DATABASE_URL: `postgres://${owner.user}@${encodeURIComponent(owner.host)}/${owner.database}`,
        }),
        LEADLINE_DATA_DIR: this.#data_dir,
        LEADLINE_PORT: '0',
        LEADLINE_BOOTSTRAP_API_KEY: KEY,
        LEADLINE_LOG_LEVEL: 'warn',
        // Small enough that clients are refused now and then.
        LEADLINE_GATE_SLOTS: '6',
        LEADLINE_GATE_QUEUE_MAX: '3',
        TORTURE_PLANT: this.#plant,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children[server] = child
    child.stderr!.on('data', (chunk) => (this.#said += chunk))
    this.#urls[server] = await addressOf(child, () => this.#said.slice(-2_000))
  }

  async #kill(server: number): Promise<void> {
    this.#urls[server] = null
    const gone = once(this.#children[server]!, 'exit')
    this.#children[server]!.kill('SIGKILL')
    await gone
  }

  /** Resolves when a new postmaster answers. */
  async #killPostgres(): Promise<void> {
    const killed = this.#postmaster()
    process.kill(killed, 'SIGKILL')
    await until('PostgreSQL is back', async () => {
      const back = ![killed, Number.NaN].includes(this.#postmaster())
      return back && (await this.query('select').then(Boolean, () => false))
    })
  }

  /** NaN while there is none. */
  #postmaster(): number {
    try {
      return Number(readFileSync(join(this.#data_dir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0])
    } catch {
      return Number.NaN
    }
  }

  /** Ends backends that write, some of them in the middle of a commit. */
  async #endBackends(until_ms: number): Promise<void> {
    while (performance.now() < until_ms)
      await this.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'leadline' and state <> 'idle' and backend_xid is not null limit 2`,
      )
  }
}
