// The list of the workers that take jobs, and a proof that each is alive: a lock of its own session. The server frees it
// in the moment in which the session ends, whatever became of the process.

import { LOCKS } from './locks.ts'
import type { Db, Pool } from './pool.ts'
import { type None, statement } from './statement.ts'

const LOCK = statement<{ worker_id: string }>(
  'jobWorkers.lock',
  `select pg_advisory_lock_shared(${LOCKS.job_workers}, hashtext(:worker_id)),
     set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
     set_config('tcp_keepalives_count', '3', false)`,
)

const ENLIST = statement<{ worker_id: string }>(
  'jobWorkers.enlist',
  'insert into job_workers (worker_id) values (:worker_id) on conflict (worker_id) do nothing',
)

const ALIVE = statement<None>('jobWorkers.alive', 'select 1')

/** A worker's proof, as long as its session lasts. */
export interface Proof {
  /** Throws when the session has ended. */
  check: () => Promise<void>
  end: () => Promise<void>
}

/** Proves that a worker is alive, before it takes its first job. `onLost`: its session has ended. */
export async function proveAlive(pool: Pool, worker_id: string, onLost: () => void): Promise<Proof> {
  let is_proven = false
  const session = await pool.lasting(() => {
    if (is_proven) onLost()
  })
  try {
    // Locked before it is on the list: whoever is on the list without a lock is gone.
    await session.query(LOCK, { worker_id })
    await session.query(ENLIST, { worker_id })
    is_proven = true
  } catch (error) {
    await session.end()
    throw error
  }
  return { check: async () => void (await session.query(ALIVE)), end: session.end }
}

const UNPROVEN = `not exists (
     select from pg_locks l
     where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
       and l.database = (select d.oid from pg_database d where d.datname = current_database())
       and l.classid::bigint = ${LOCKS.job_workers}
       and l.objid::bigint = hashtext(w.worker_id)::bigint & 4294967295)`

const GONE = statement<None, { worker_id: string }>(
  'jobWorkers.gone',
  `select w.worker_id from job_workers w where ${UNPROVEN}`,
)

/** The workers on the list without a proof at this moment. */
export const goneWorkers = async (db: Db) => (await db.query(GONE)).map(({ worker_id }) => worker_id)

const RELEASE = statement<{ worker_ids: readonly string[] }>(
  'jobWorkers.release',
  `with gone as (
     delete from job_workers w
     where w.worker_id = any (:worker_ids::text[]) and ${UNPROVEN}
     returning w.worker_id)
   select graphile_worker.force_unlock_workers(array_agg(worker_id)) from gone having count(*) > 0`,
)

/** Takes workers off the list that are gone still; their jobs are free again. */
export const releaseWorkers = (db: Db, worker_ids: readonly string[]) => db.query(RELEASE, { worker_ids })
