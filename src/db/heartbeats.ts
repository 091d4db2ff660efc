// Heartbeats: they show whether the database answers and writes, and how far its clock is from ours.

import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

const PING = statement<None, { at: string }>('heartbeats.ping', 'select clock_timestamp() as at')

/**
 * Seconds by which our clock is ahead of the database's; negative: behind. The round trip makes the figure uncertain, so this
 * is the smallest difference that is certain.
 */
export async function clockAhead(db: Db): Promise<number> {
  const [sent, began] = [Date.now(), performance.now()]
  const [row] = await db.query(PING)
  const way_ms = (performance.now() - began) / 2
  const ahead_ms = sent + way_ms - Date.parse(row!.at)
  return (Math.sign(ahead_ms) * Math.max(0, Math.abs(ahead_ms) - way_ms)) / 1_000
}

export interface Process {
  process_id: string
  host: string
  pid: number
}

const BEAT = statement<Process & { clock_ahead_s: number }>(
  'heartbeats.beat',
  `insert into heartbeats (process_id, host, pid, clock_ahead_s)
   values (:process_id, :host, :pid, :clock_ahead_s)
   on conflict (process_id) do update set at = now(), clock_ahead_s = excluded.clock_ahead_s`,
)

/** Writes the row of a process and resolves when the commit is durable. */
export const beat = (db: Db, process: Process, clock_ahead_s: number) =>
  db.query(BEAT, { ...process, clock_ahead_s })

const END = statement<{ process_id: string }>(
  'heartbeats.end',
  'delete from heartbeats where process_id = :process_id',
)

export const endBeats = (db: Db, process_id: string) => db.query(END, { process_id })

const SWEEP = statement<None>(
  'heartbeats.sweep',
  "delete from heartbeats where at < now() - interval '1 hour'",
)

/** Deletes the rows of processes that crashed. */
export const sweepBeats = (db: Db) => db.query(SWEEP)

const LIVING = statement<None, Omit<Process, 'process_id'> & { clock_ahead_s: number }>(
  'heartbeats.living',
  `select host, pid, clock_ahead_s from heartbeats where at > now() - interval '1 minute' order by host, pid`,
)

/** The running servers, with the difference of clocks that each has measured. */
export const livingProcesses = (db: Db) => db.query(LIVING)
