// What is older than its term goes, every night: leads are forgotten, the rest is deleted.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LeadKey } from '../core/lead.ts'
import { audit } from '../db/audit.ts'
import type { Pool } from '../db/pool.ts'
import { oldLeads, type SweptKind, sweepOld } from '../db/retention.ts'
import { forgetOld } from '../intake/forget.ts'
import type { Logger } from '../log.ts'

export const RETENTION_TASK = 'retention'
/** A few minutes after two at night in UTC. */
export const RETENTION_TIME = '17 2 * * *'

type Kind = SweptKind | 'leads'
/** Days after which a kind of data goes; null: never. */
export type KeptDays = Record<Kind, number | null>

/** Where a job goes on: behind this row, or this lead. */
export type RetentionStep = { kind: SweptKind; after: number } | { kind: 'leads'; after: LeadKey }

const FIRST: Record<Kind, RetentionStep> = {
  conflicts: { kind: 'conflicts', after: 0 },
  action_runs: { kind: 'action_runs', after: 0 },
  pull_runs: { kind: 'pull_runs', after: 0 },
  import_rows: { kind: 'import_rows', after: 0 },
  audit: { kind: 'audit', after: 0 },
  leads: { kind: 'leads', after: { campaign_id: 0, number: 0 } },
}
const NEXT: Record<Kind, Kind | null> = {
  conflicts: 'action_runs',
  action_runs: 'pull_runs',
  pull_runs: 'import_rows',
  import_rows: 'audit',
  audit: 'leads',
  leads: null,
}

/** Between two chunks, so that intake does not feel it. */
const PAUSE_MS = 20
/** The queue takes a job that runs for minutes for lost: the next one goes on. */
const SLICE_MS = 30_000

/** Does a part of the night's work. The answer is where the next job goes on; null: everything is done. */
export async function applyRetention(
  { pool, log }: { pool: Pool; log: Logger },
  terms: KeptDays,
  from: RetentionStep | null,
  signal: AbortSignal,
): Promise<RetentionStep | null> {
  const ends = performance.now() + SLICE_MS
  const done: Record<Kind, number> = {
    conflicts: 0,
    action_runs: 0,
    pull_runs: 0,
    import_rows: 0,
    audit: 0,
    leads: 0,
  }
  let at: RetentionStep | null = from ?? FIRST.conflicts
  try {
    while (at && !signal.aborted && performance.now() < ends) {
      at = await oneChunk(pool, terms, at, done)
      await sleep(PAUSE_MS)
    }
  } finally {
    if (Object.values(done).some((count) => count > 0)) {
      await audit(pool, { actor: 'system', action: 'retention.apply', subject: 'retention', details: done })
      log.info(done, 'data that was older than its term is gone')
    }
  }
  return at
}

/** Where to go on; null: everything is done. */
async function oneChunk(
  pool: Pool,
  terms: KeptDays,
  step: RetentionStep,
  done: Record<Kind, number>,
): Promise<RetentionStep | null> {
  const next = NEXT[step.kind]
  const then = next && FIRST[next]
  const days = terms[step.kind]
  if (days === null) return then
  if (step.kind !== 'leads') {
    const { kind, after } = step
    const { deleted, last } = await sweepOld(pool, kind, { after, days })
    done[kind] += deleted
    return last === null ? then : { kind, after: last }
  }
  const { old, last } = await oldLeads(pool, step.after, days)
  for (const lead of old) if (await forgetOld(pool, lead, days)) done.leads++
  return last && { kind: 'leads', after: last }
}
