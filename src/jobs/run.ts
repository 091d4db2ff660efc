// One try of a run, from its id to what is kept of it.

import { valuesOfLead } from '../core/action-values.ts'
import { postponeRun, type RunAtWork } from '../db/action-runs.ts'
import { sqlState } from '../db/again.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { runConditional, runNthAttempt } from './chain.ts'
import { runCopy } from './copy.ts'
import { runDnc } from './dnc.ts'
import { runEmail } from './email.ts'
import { runUrl } from './url.ts'
import { type Ended, IN_TIME, type Jobs, skipped, TryAgain } from './work.ts'

/** How often the queue has taken a job up, this time included, and how often it will at most. */
interface Tries {
  attempts: number
  max_attempts: number
}

/** After how many seconds the queue tries a job again by itself. */
const pauseAfter = ({ attempts }: Tries) => Math.exp(Math.min(attempts, 10))

/**
 * Tries a run. Throws when it has to be tried again, which the queue does after a growing delay; on the last try the
 * run fails instead. A target that asks for a longer pause gets it. What is thrown holds no value of a lead: the queue
 * keeps its text.
 */
export async function tryRun(jobs: Jobs, run_id: number, tries: Tries, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Error('the worker was cut off')
  const run = await jobs.roads.begin.submit(run_id, IN_TIME)
  if (!run) return
  const { action_id, kind } = run
  try {
    const ended = await work(jobs, run, signal)
    if (ended !== 'written') await jobs.roads.write.submit({ run_id, ...ended }, IN_TIME)
    if (ended !== 'written' && ended.state === 'failed')
      jobs.log.warn({ run_id, action_id, kind, status: ended.status }, 'an action failed')
    jobs.onTried(ended === 'written' ? 'done' : ended.state)
  } catch (error) {
    // The run is unchanged; the queue repeats it when the database is back.
    if (error instanceof DatabaseUnavailable) throw new Error('the database went away')
    const last = tries.attempts >= tries.max_attempts
    const note =
      error instanceof TryAgain
        ? error.note
        : { status: null, detail: `an error of ours (${sqlState(error) ?? nameOf(error)})` }
    if (!(error instanceof TryAgain))
      jobs.log.error({ run_id, action_id, kind, error: nameOf(error), code: sqlState(error) }, 'exception')
    jobs.log.warn({ run_id, action_id, kind, status: note.status, last }, 'an action came to nothing')
    const wait_s = error instanceof TryAgain ? error.wait_s : null
    if (!last && wait_s !== null && wait_s > pauseAfter(tries)) {
      await postponeRun(jobs.pool, { run_id, ...note }, wait_s, tries.max_attempts - tries.attempts)
      return
    }
    await jobs.roads.write.submit({ run_id, state: last ? 'failed' : 'queued', ...note }, IN_TIME)
    jobs.onTried(last ? 'failed' : 'again')
    if (!last) throw new Error(note.detail ?? 'again')
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

async function work(jobs: Jobs, run: RunAtWork, signal: AbortSignal): Promise<Ended> {
  if (!run.enabled) return skipped('the action is disabled')
  const { campaign_id, lead_number } = run
  const key = { campaign_id, number: lead_number, external_id: null }
  const lead = await jobs.roads.find.submit(key, IN_TIME)
  if (!lead) return skipped('the lead is forgotten')
  const target = await jobs.targets.find({ campaign_id }, SEES_ALL)
  if (target.refusal) throw new Error('a lead without a campaign')
  const rules = target.ok
  const names = await jobs.roads.names.submit(lead.allocation_id, IN_TIME)
  const { disposition, call } = run
  const values = valuesOfLead(lead, rules, { ...names, disposition, call })
  const common = { jobs, lead, rules, values, signal }
  switch (run.kind) {
    case 'url':
      return runUrl({ ...common, run })
    case 'email':
      return runEmail({ ...common, run })
    case 'copy':
      return runCopy({ ...common, run })
    case 'dnc':
      return runDnc({ ...common, run })
    case 'conditional':
      return runConditional({ ...common, run })
    case 'nth_attempt':
      return runNthAttempt({ ...common, run })
    default:
      return run satisfies never
  }
}
