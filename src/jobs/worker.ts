// The worker of this process: takes jobs from the queue, which any number of processes share.

import { parseCronItems, Logger as QueueLogger, type Runner, run } from 'graphile-worker'
import { failExhausted, TASK } from '../db/action-runs.ts'
import { sqlState } from '../db/again.ts'
import { BULK_TASK, type BulkTask } from '../db/bulk-changes.ts'
import { MOVE_TASK } from '../db/callback-moves.ts'
import { rewindDnc } from '../db/dnc.ts'
import { DNC_FILE_TASK } from '../db/dnc-files.ts'
import { FILL_TASK } from '../db/fills.ts'
import { IMPORT_QUEUE, IMPORT_TASK, importJobKey, READ_FILE_TASK } from '../db/import-work.ts'
import { MASTER_LIST_TASK } from '../db/master-lists.ts'
import { REWRITE_TASK, type RewriteStep } from '../db/number-forms.ts'
import { Pool, type PoolOptions } from '../db/pool.ts'
import { jobKeyOf, laneOf, PULL_TASK, startDuePulls } from '../db/pull-runs.ts'
import { WASH_TASK } from '../db/washes.ts'
import { ZONES_TASK } from '../db/zone-sets.ts'
import { dropOldFolders } from '../import/read-apart.ts'
import { Targets } from '../intake/targets.ts'
import type { Logger } from '../log.ts'
import { Alive, Takeover } from './alive.ts'
import { changeLeads } from './change-leads.ts'
import { collectWash } from './collect-wash.ts'
import { fillAllocation } from './fill-allocation.ts'
import { runImport } from './import.ts'
import { loadDncFile } from './load-dnc-file.ts'
import { loadMasterList } from './load-master-list.ts'
import { moveCallbacksFor } from './move-callbacks.ts'
import { runPull } from './pull.ts'
import { readImport } from './read-import.ts'
import {
  applyRetention,
  type KeptDays,
  RETENTION_TASK,
  RETENTION_TIME,
  type RetentionStep,
} from './retention.ts'
import { rewriteNumbers, rewriteWhatIsLeft } from './rewrite-numbers.ts'
import { rewriteOldZones, rewriteZones } from './rewrite-zones.ts'
import { tryRun } from './run.ts'
import { takeUpWhatIsLeft } from './take-up.ts'
import { type ActionOptions, errorCode, type Jobs, runRoads } from './work.ts'

interface WorkerOptions {
  connection: PoolOptions['connection']
  actions: ActionOptions
  keep: KeptDays
  log: Logger
  now: () => string
  /** A clock instead of the database's, where one is given. */
  clock?: () => string
  onReady: (allocation_id: number) => void
  requests: Jobs['requests']
  onTried: Jobs['onTried']
  onRows: Jobs['onRows']
  onPulled: Jobs['onPulled']
  onPool?: PoolOptions['onPool']
}

export interface Worker {
  /** Lets the runs at work finish, for a few seconds; what is left stays queued. */
  stop: () => Promise<void>
}

/** Connections of the runs and of the queue. Intake gives up none of its own for them. */
const CONNECTIONS = { runs: 4, queue: 2 }
/** How often a worker looks for work by itself: for tries whose delay is over. New runs wake it. */
const LOOK_MS = 5_000
/** Runs at work when the server stops get so long; then they are cut short, and come again. */
const GRACE_MS = 3_000
const STOP_MS_MAX = 10_000
/** How often workers are looked for that are gone, and what older ones left behind. */
const TAKEOVER_MS = 2_000
const SWEEP_MS = 60_000
/** How often pulls are looked for that are due. */
const DUE_MS = 5_000
const RESTART_MS = 5_000
/** So often each of the jobs at a time may look for work in vain, one after the other. */
const MISSED_MAX = 2
/** So long a worker may take to give up, with its jobs cut short. */
const GIVE_UP_MS = GRACE_MS + 2_000

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log, actions } = options
  const lost = () => log.warn('an idle database connection of the jobs was lost')
  const pool = new Pool({
    connection: options.connection,
    name: 'jobs',
    connections_max: CONNECTIONS.runs,
    onPool: options.onPool,
    now: options.clock,
    onError: lost,
  })
  const pgPool = pool.driver(CONNECTIONS.queue, lost)
  const jobs: Jobs = {
    pool,
    roads: runRoads(pool),
    targets: new Targets(pool),
    options: actions,
    log,
    now: options.now,
    onReady: options.onReady,
    requests: options.requests,
    onTried: options.onTried,
    onRows: options.onRows,
    onPulled: options.onPulled,
  }
  const alive = new Alive(pool)
  /** Errors of the database can hold values: the log gets the code. Work that was cut short has not failed. */
  const triedAgain = (about: object, what: string, signal?: AbortSignal) => (error: unknown) => {
    if (signal?.aborted) return
    log.warn({ ...about, code: sqlState(error) }, `${what}; it is tried again`)
    throw new Error('tried again')
  }
  const plugin: GraphileConfig.Plugin = {
    name: 'alive',
    version: '1',
    worker: {
      hooks: {
        startWorker: (_, { worker: { workerPool } }) => alive.prove(workerPool.id),
      },
    },
  }
  const start = () =>
    run(
      {
        pgPool,
        schema: 'graphile_worker',
        concurrency: actions.concurrency,
        pollInterval: LOOK_MS,
        gracefulShutdownAbortTimeout: GRACE_MS,
        noHandleSignals: true,
        logger: new QueueLogger(logOf(log)),
        // A night that no process was there for is made up for within a day.
        parsedCronItems: parseCronItems([
          { task: RETENTION_TASK, match: RETENTION_TIME, options: { backfillPeriod: 86_400_000 } },
        ]),
        // Only ends that are batched, after no time at all, are waited for at a stop. Where one cannot be written, the queue
        // gives up, and is started again below.
        preset: { plugins: [plugin], worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      },
      {
        [TASK]: async (payload, { job, abortSignal }) => {
          const { run_id } = payload as { run_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          await tryRun(jobs, run_id, job, signal)
        },
        [PULL_TASK]: async (payload, { abortSignal, addJob }) => {
          const { run_id } = payload as { run_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          const next = await runPull(jobs, run_id, signal)
          const place = next && { queueName: laneOf(next.pull_id), jobKey: jobKeyOf(run_id) }
          if (place) await addJob(PULL_TASK, { run_id }, place)
        },
        [READ_FILE_TASK]: async (payload, { job, abortSignal }) => {
          const { import_id } = payload as { import_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          await readImport(jobs, import_id, job.attempts, signal).catch(
            triedAgain({ import_id }, 'a file could not be read'),
          )
        },
        [IMPORT_TASK]: async (payload, { abortSignal, addJob }) => {
          const { import_id } = payload as { import_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          if (await runImport(jobs, import_id, signal))
            await addJob(
              IMPORT_TASK,
              { import_id },
              { queueName: IMPORT_QUEUE, jobKey: importJobKey(import_id) },
            )
        },
        [REWRITE_TASK]: (payload, { abortSignal }) =>
          rewriteNumbers(jobs, payload as RewriteStep, abortSignal ?? new AbortController().signal),
        [ZONES_TASK]: (payload, { abortSignal }) => {
          const { template_id } = payload as { template_id: number }
          return rewriteZones(jobs, template_id, abortSignal ?? new AbortController().signal)
        },
        [RETENTION_TASK]: async (payload, { abortSignal, addJob }) => {
          const { from = null } = payload as { from?: RetentionStep }
          const signal = abortSignal ?? new AbortController().signal
          const next = await applyRetention(jobs, options.keep, from, signal)
          if (next) await addJob(RETENTION_TASK, { from: next }, {})
        },
        [MOVE_TASK]: async (payload, { abortSignal }) => {
          const { contact_hours_id } = payload as { contact_hours_id: number }
          const signal = abortSignal ?? new AbortController().signal
          await moveCallbacksFor(pool, contact_hours_id, signal).catch(
            triedAgain({ contact_hours_id }, 'callbacks could not be moved'),
          )
        },
        [DNC_FILE_TASK]: async (payload, { abortSignal }) => {
          const { file_id } = payload as { file_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          await loadDncFile(jobs, file_id, signal).catch(
            triedAgain({ file_id }, 'a file of numbers could not be read', signal),
          )
        },
        [MASTER_LIST_TASK]: async (payload, { abortSignal }) => {
          const { list_id } = payload as { list_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          await loadMasterList(jobs, list_id, signal).catch(
            triedAgain({ list_id }, 'a master list could not be read', signal),
          )
        },
        [BULK_TASK]: (payload, { abortSignal, addJob }) => {
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          return changeLeads(jobs, payload as BulkTask, signal, addJob)
        },
        [WASH_TASK]: async (payload, { abortSignal }) => {
          const { wash_id } = payload as { wash_id: number }
          const signal = AbortSignal.any([alive.signal, ...(abortSignal ? [abortSignal] : [])])
          await collectWash(jobs, wash_id, signal).catch(
            triedAgain({ wash_id }, 'the numbers of a wash could not be collected'),
          )
        },
        [FILL_TASK]: async (payload, { abortSignal }) => {
          const { fill_id } = payload as { fill_id: number }
          const signal = abortSignal ?? new AbortController().signal
          await fillAllocation(jobs, fill_id, signal).catch(
            triedAgain({ fill_id }, 'an allocation could not be filled'),
          )
        },
      },
    )
  let stopping = false
  let runner: Runner | undefined
  let restart: NodeJS.Timeout | undefined
  let starting: Promise<void> | undefined
  /** As often as it takes: the database may be away for longer than one start. */
  const again = () => {
    if (stopping) return
    restart = setTimeout(() => {
      starting = start().then(keep, again)
    }, RESTART_MS)
  }
  /** A worker that gives up (the queue's own errors) is started again: runs must not wait for the next start. */
  const keep = (started: Runner) => {
    runner = started
    let is_over = false
    const ended = () => {
      if (stopping || is_over) return
      is_over = true
      runner = undefined
      log.error('the worker of the job queue ended and is started again')
      again()
    }
    started.promise.then(ended, ended)
    const giveUp = () =>
      void started
        .stop()
        .catch(() => undefined)
        .then(ended)
    // A queue that could not write the ends of several jobs miscounts them, and waits for them for ever.
    started.events.once('pool:gracefulShutdown', () => setTimeout(giveUp, GIVE_UP_MS).unref())
    // What it could not read of its tasks when it began it never reads again, and finds no job.
    let missed = 0
    started.events.on('worker:getJob:error', () => {
      missed++
      if (missed === MISSED_MAX * actions.concurrency) giveUp()
    })
    for (const found of ['worker:getJob:empty', 'job:start'] as const)
      started.events.on(found, () => {
        missed = 0
      })
  }
  const sweep = () => takeUpWhatIsLeft(pool, options.onTried)
  const takeover = new Takeover(pool)
  const look = async () => {
    if (await takeover.look().catch(() => false)) await failExhausted(pool).catch(() => undefined)
  }
  // Nothing depends on this process: whichever looks first starts them.
  const startDue = () => startDuePulls(pool).catch(() => undefined)
  const end = async () => {
    await alive.end()
    await pgPool.end()
    await pool.close()
  }
  try {
    await sweep()
    await look()
    await rewriteWhatIsLeft(pool)
    await rewriteOldZones(pool)
    keep(await start())
    // Only in a database that was moved is there anything to do, and nobody waits for it.
    const settle = async () => {
      while (!stopping && (await rewindDnc(pool)));
    }
    void settle().catch(() => undefined)
    void dropOldFolders().catch(() => undefined)
  } catch (error) {
    await end()
    throw error
  }
  const timers = [setInterval(sweep, SWEEP_MS), setInterval(look, TAKEOVER_MS), setInterval(startDue, DUE_MS)]
  const stop = async () => {
    stopping = true
    alive.stop()
    for (const timer of timers) clearInterval(timer)
    clearTimeout(restart)
    const drained = Promise.resolve(starting)
      .then(() => runner?.stop())
      .catch(() => undefined)
      .then(end)
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const limit = setTimeout(resolve, STOP_MS_MAX)
    await Promise.race([drained, late])
    clearTimeout(limit)
  }
  return { stop }
}

/** Messages of the queue can hold texts of the driver, so the log gets only the event and its code. */
const logOf =
  (log: Logger) =>
  ({ label }: { label?: string }) =>
  (level: string, _message: string, meta?: Record<string, unknown>) => {
    // A try that failed is logged by itself.
    if ((level !== 'error' && level !== 'warning') || meta?.failure === true) return
    if (meta?.max !== undefined && meta.concurrency !== undefined) return
    log.warn({ part: label, code: errorCode(meta?.error) }, 'the job queue had trouble')
  }
