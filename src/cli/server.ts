// A running Leadline: database, schema, intake, HTTP. The composition root; tests and the bench start it too.

import type { Config } from '../config.ts'
import { explainChanged } from '../core/checks.ts'
import { isRegion } from '../core/phone.ts'
import type { Embedded } from '../db/embedded.ts'
import { type KeyRow, listKeys } from '../db/keys.ts'
import { migrate } from '../db/migrate.ts'
import { operatorsExist } from '../db/operators.ts'
import type { Pool } from '../db/pool.ts'
import { closePools, openPools, type Pools } from '../db/pools.ts'
import { SEES_ALL } from '../db/sight.ts'
import { zoneUpgrade } from '../db/zone-sets.ts'
import { buildApp } from '../http/app.ts'
import type { Services } from '../http/context.ts'
import { Addresses } from '../http/door/address.ts'
import { Hosts } from '../http/door/hosts.ts'
import { Sessions } from '../http/door/sessions.ts'
import { createMetrics, type Metrics } from '../http/metrics.ts'
import { Web } from '../http/web.ts'
import { AnswerTally } from '../intake/answer-tally.ts'
import { bootstrap, bootstrapAdmin, type FirstStart } from '../intake/bootstrap.ts'
import { readsOf } from '../intake/bulkhead.ts'
import { newCounts } from '../intake/counts.ts'
import { Exports } from '../intake/exports.ts'
import { Feed } from '../intake/feed.ts'
import { Figures } from '../intake/figures.ts'
import { Indexer } from '../intake/indexer.ts'
import { Intake } from '../intake/intake.ts'
import { makeSetupCode } from '../intake/operators.ts'
import { Pulse } from '../intake/pulse.ts'
import { Search } from '../intake/search.ts'
import { Stats } from '../intake/stats.ts'
import { Watch } from '../intake/watch.ts'
import { startWorker, type Worker } from '../jobs/worker.ts'
import type { Logger } from '../log.ts'
import { installationChecks } from './checks.ts'

export interface ServerOptions
  extends Pick<
    Config,
    'host' | 'port' | 'region' | 'bootstrap_api_key' | 'gate' | 'connections_max' | 'actions' | 'keep'
  > {
  classic: Services['classic']
  connection: ConstructorParameters<typeof Pool>[0]['connection']
  /** The embedded PostgreSQL behind the connection, if it is one. */
  embedded?: Pick<Embedded, 'restarts' | 'disk'>
  log: Logger
  bootstrap_admin_password?: string | null
  public_hosts?: readonly string[]
  now?: () => string
  /** Longest time for a request to arrive, milliseconds. */
  request_ms_max?: number
  /** There is a register for tries. */
  has_loop_back?: boolean
  /** The folder of the operators' app, if it is not the usual one. */
  web_folder?: string
  trusted_proxies?: readonly string[]
}

export interface Server {
  /** http://127.0.0.1:8080 */
  url: string
  pools: Pools
  /** The one for ordinary work. */
  pool: Pool
  app: Awaited<ReturnType<typeof buildApp>>
  web: Web
  /** The sample and the key that the first start makes; null later. */
  first_start: FirstStart | null
  /** The code that makes the first admin; null: there is an operator. */
  setup_code: string | null
  /** Keys that may no longer do what they used to do. */
  narrowed_keys: KeyRow[]
  /** Whether an upgrade to zone sets has leads to look at. */
  zones_come: boolean
  migrations_applied: string[]
  /** Stops taking requests, lets the running ones finish, closes the pool. */
  stop: () => Promise<void>
}

/** How long running requests get to finish, milliseconds. */
const DRAIN_MS_MAX = 30_000
const SWEEP_MS = 100

export async function startServer(options: ServerOptions): Promise<Server> {
  const { log, embedded } = options
  const all_pools: Pool[] = []
  const database = {
    onPool: (pool: Pool) => all_pools.push(pool),
    connection: options.connection,
    now: options.now,
    // Only that a connection died: driver texts can name hosts and users.
    onError: () => log.warn('an idle database connection was lost'),
  }
  const pools = openPools(database)
  const pool = pools.deeds
  const indexer = new Indexer(pool)
  const search = new Search(pools.searches, indexer)
  const pulse = new Pulse(pools.health, embedded && (() => embedded.disk()))
  const web = new Web(options.web_folder)
  const now = options.now ?? (() => new Date().toISOString())
  let app: Awaited<ReturnType<typeof buildApp>> | undefined
  let worker: Worker | undefined
  try {
    const { applied: migrations_applied, changed } = await migrate(pool)
    for (const name of changed) log.warn(explainChanged(name))
    let phase: ReturnType<Services['phase']> = 'starting'
    let metrics: Metrics | undefined
    const intake = new Intake(pools, options.gate, (kind, rows) => metrics?.batch(kind, rows))
    const feed = new Feed(pool)
    const tally = new AnswerTally(pool)
    const counts = newCounts(pools.reads, now)
    const stats = new Stats(pools.reads, counts, intake.gate)
    const watch = new Watch(pool, stats)
    const measured = createMetrics({
      gate: intake.gate,
      pools: all_pools,
      pulse,
      figures: new Figures(pools.health),
      watch,
      embedded,
    })
    metrics = measured
    intake.onReady = (allocation_id) => {
      feed.wake(allocation_id)
      indexer.wake()
    }
    const built = await buildApp({
      pool,
      doors: pools.doors,
      reads: readsOf(pools.reads, () => intake.gate.busy > 0),
      counts,
      sessions: new Sessions(pools.doors),
      addresses: new Addresses(options.trusted_proxies ?? []),
      intake,
      feed,
      search,
      exports: new Exports(pools, () => intake.gate.busy > 0),
      watch,
      pulse,
      metrics: measured,
      tally,
      stats,
      web,
      hosts: new Hosts(options.public_hosts ?? []),
      log,
      region: isRegion(options.region) ? options.region : 'AU',
      has_loop_back: options.has_loop_back ?? false,
      classic: options.classic,
      gate_wait_ms: options.gate.wait_ms,
      actions: options.actions,
      now,
      request_ms_max: options.request_ms_max ?? 30_000,
      connections_max: options.connections_max,
      phase: () => phase,
    })
    app = built
    await app.listen({ host: options.host, port: options.port })
    // Only now, with the address taken, is the first key made: one that is made must be shown.
    const first_start = await bootstrap(pool, options)
    if (options.bootstrap_admin_password) await bootstrapAdmin(pool, options.bootstrap_admin_password)
    const setup_code = (await operatorsExist(pool)) ? null : await makeSetupCode(pool)
    const narrowed_keys = (await listKeys(pool, SEES_ALL)).filter(
      ({ former_scopes, revoked_at }) => former_scopes.length > 0 && revoked_at === null,
    )
    const zones_come = (await zoneUpgrade(pool)).unfinished > 0
    worker = await startWorker({
      ...options,
      now,
      clock: options.now,
      onReady: intake.onReady,
      requests: () => intake.gate.admitted,
      onTried: measured.runTried,
      onRows: (...rows) => tally.count(...rows),
      onPulled: measured.pullRunEnded,
      onPool: database.onPool,
    })
    await pulse.start()
    phase = 'ready'
    // The start does not wait for these checks, and does not fail when one of them does.
    void logFindings(pool, embedded, log).catch(() => undefined)
    // A clock that somebody else moves does not pass by seconds; what falls due on it is found by the lease call.
    if (!options.now) feed.start()
    indexer.start()
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : options.port
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    const stop = async () => {
      phase = 'stopping'
      feed.stop()
      watch.stop()
      stats.stop()
      const worked = worker?.stop()
      const drained = built.close()
      // Connections that were answering when the shutdown began become idle later: close those too.
      const sweep = setInterval(() => built.server.closeIdleConnections(), SWEEP_MS)
      const timer = setTimeout(() => built.server.closeAllConnections(), DRAIN_MS_MAX)
      await drained
      clearInterval(sweep)
      clearTimeout(timer)
      await worked
      await tally.write()
      await intake.stop()
      await indexer.stop()
      await pulse.stop()
      await closePools(pools)
    }
    const url = `http://${host}:${port}`
    return {
      url,
      pools,
      pool,
      app: built,
      web,
      first_start,
      setup_code,
      narrowed_keys,
      zones_come,
      migrations_applied,
      stop,
    }
  } catch (error) {
    await worker?.stop().catch(() => undefined)
    await app?.close().catch(() => undefined)
    await pulse.stop()
    await closePools(pools).catch(() => undefined)
    throw error
  }
}

/** Logs the findings of `leadline doctor`, so that an administrator sees them without asking. */
async function logFindings(pool: Pool, embedded: ServerOptions['embedded'], log: Logger): Promise<void> {
  const disk = await embedded?.disk().catch(() => undefined)
  for (const { check, ok, warning, detail } of await installationChecks(pool, disk))
    if (!ok) log[warning ? 'warn' : 'error']({ check, detail }, 'this installation needs attention')
}
