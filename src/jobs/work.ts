// The tools that every kind of action works with, and the ways in which a try can end.

import type { Lookup } from '../core/action-template.ts'
import type { LeadState } from '../core/lead.ts'
import type { Rules } from '../core/rules.ts'
import {
  beginRuns,
  type RunAtWork,
  type RunEnd,
  type RunNote,
  type RunWrite,
  writeRuns,
} from '../db/action-runs.ts'
import { type Names, namesOf } from '../db/allocations.ts'
import { findLeads, type NamedLead } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import type { AnswerTally } from '../intake/answer-tally.ts'
import { Batcher } from '../intake/batcher.ts'
import type { Targets } from '../intake/targets.ts'
import type { Logger } from '../log.ts'

export interface ActionOptions {
  /** How many runs are at work at once. */
  concurrency: number
  /** `host` (on the port of the scheme) or `host:port` that URL actions may call although it is private. */
  private_hosts: readonly string[]
  smtp_url: string | null
  mail_from: string | null
}

/**
 * Many runs that begin or end in one moment (a target that is dead lets all of them time out together) are one statement:
 * they must not take the processor from intake either.
 */
interface RunRoads {
  begin: Batcher<number, RunAtWork | undefined>
  find: Batcher<NamedLead, LeadState | undefined>
  write: Batcher<RunWrite, undefined>
  names: Batcher<number, Names>
}

export const runRoads = (pool: Pool): RunRoads => ({
  begin: new Batcher({
    run: async (run_ids) => (await beginRuns(pool, run_ids)).map((run) => ({ done: run })),
  }),
  find: new Batcher({ run: async (keys) => (await findLeads(pool, keys)).map((lead) => ({ done: lead })) }),
  write: new Batcher({
    run: async (runs) => {
      await writeRuns(pool, runs)
      return runs.map(() => ({ done: undefined }))
    },
  }),
  names: new Batcher({
    run: async (allocation_ids) => (await namesOf(pool, allocation_ids)).map((names) => ({ done: names })),
  }),
})

/** A run has no deadline of its own here: the queue's lock on its job is its time. */
export const IN_TIME = Number.POSITIVE_INFINITY

/** Shared by all jobs. The pool belongs to them alone, so a run never holds a connection of intake. */
export interface Jobs {
  pool: Pool
  roads: RunRoads
  targets: Targets
  options: ActionOptions
  log: Logger
  now: () => string
  /** A lead of this allocation may have become ready to be called. */
  onReady: (allocation_id: number) => void
  /** How many requests intake has let in so far, in this process. */
  requests: () => number
  /** Told the result of each try; 'again': the queue tries the run again. */
  onTried: (result: RunEnd['state'] | 'again') => void
  /** Told what became of rows of a pull. */
  onRows: AnswerTally['count']
  /** Told how each run of a pull ended. */
  onPulled: (result: 'done' | 'failed') => void
}

/** One try of a run. */
export interface Work<Run = RunAtWork> {
  jobs: Jobs
  run: Run
  lead: LeadState
  rules: Rules
  values: Lookup
  /** Aborted when the server stops. */
  signal: AbortSignal
}

export type RunOf<Kind extends RunAtWork['kind']> = Extract<RunAtWork, { kind: Kind }>

/** How a try ended; 'written': the run is ended already, in the transaction of its work. */
export type Ended = RunEnd | 'written'

export const done = (status: number | null, detail: string | null = null): RunEnd => ({
  state: 'done',
  status,
  detail,
})
/** No repeat can help. */
export const failed = (detail: string, status: number | null = null): RunEnd => ({
  state: 'failed',
  status,
  detail,
})
export const skipped = (detail: string): RunEnd => ({ state: 'skipped', status: null, detail })

/** This try failed; a later one may succeed. */
export class TryAgain extends Error {
  readonly note: RunNote
  /** Seconds that the target asks for before the next try. */
  readonly wait_s: number | null
  constructor(detail: string, status: number | null = null, wait_s: number | null = null) {
    super(detail)
    this.note = { status, detail }
    this.wait_s = wait_s
  }
}

/** The code of a system or TLS error (ECONNREFUSED), the only part of it that holds no value. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'unknown'
}
