// Numbers that are stored in a form that does not count any more are rewritten, beside everything else.

import { setTimeout as sleep } from 'node:timers/promises'
import { audit } from '../db/audit.ts'
import {
  campaignAfter,
  listNumbers,
  oldFormsLeft,
  queueRewriting,
  type RewriteStep,
  rewriteLeads,
  unlistOldForms,
} from '../db/number-forms.ts'
import type { Pool } from '../db/pool.ts'
import type { Logger } from '../log.ts'

/** A job is at work for so long and queues the next one: the queue takes one that runs for minutes for lost. */
const SLICE_MS = 30_000
/** Between two chunks, so that intake does not feel it. */
const PAUSE_MS = 5

const FIRST: RewriteStep = { step: 'list', after: 0 }

/** Queues the rewriting where there is something to rewrite; asked at every start, so that nothing hangs on one job. */
export async function rewriteWhatIsLeft(pool: Pool): Promise<void> {
  if (await oldFormsLeft(pool)) await queueRewriting(pool, FIRST)
}

type Work = { pool: Pool; log: Logger }

/** One job. When it is over or `signal` says so, the next one goes on where it stopped. */
export async function rewriteNumbers(
  { pool, log }: Work,
  from: RewriteStep,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + SLICE_MS
  const done = { listed: 0, phones: 0, met: 0, unlisted: 0 }
  let at: RewriteStep | null = from
  while (at && performance.now() < until && !signal.aborted) {
    at = await oneChunk(pool, at, done)
    await sleep(PAUSE_MS)
  }
  if (Object.values(done).some((count) => count > 0)) {
    await audit(pool, { actor: 'system', action: 'numbers.rewrite', subject: 'numbers', details: done })
    log.info(done, 'numbers were rewritten in the form that counts')
  }
  if (done.met > 0)
    log.warn(
      { leads: done.met },
      'leads share a number that they had in two forms; leadline doctor lists them',
    )
  if (at) await queueRewriting(pool, at)
}

/** Where to go on; null: everything is done. */
async function oneChunk(
  pool: Pool,
  { step, after }: RewriteStep,
  done: { listed: number; phones: number; met: number; unlisted: number },
): Promise<RewriteStep | null> {
  switch (step) {
    case 'list': {
      const chunk = await listNumbers(pool, after)
      done.listed += chunk.rows
      return chunk.after === null ? { step: 'leads', after: 0 } : { step, after: chunk.after }
    }
    case 'leads': {
      const campaign_id = await campaignAfter(pool, after)
      if (campaign_id === null) return { step: 'unlist', after: 0 }
      const rewritten = await rewriteLeads(pool, campaign_id)
      if (!rewritten) return { step, after: campaign_id }
      done.phones += rewritten.phones
      done.met += rewritten.met
      return { step, after }
    }
    case 'unlist': {
      const chunk = await unlistOldForms(pool, after)
      done.unlisted += chunk.rows
      return chunk.after === null ? null : { step, after: chunk.after }
    }
    default:
      return step satisfies never
  }
}
