// Actions that choose another one: on a condition, and on the nth attempt.

import type { ConditionalConfig, NthAttemptConfig } from '../core/action.ts'
import { holds } from '../core/action-condition.ts'
import type { Lookup } from '../core/action-template.ts'
import { followRun } from '../db/action-runs.ts'
import { type Ended, type RunOf, skipped, type Work } from './work.ts'

export interface Choice {
  /** The finding. */
  detail: string
  /** The action to start; null: none. */
  next_action_id: number | null
}

export function chooseByCondition(config: ConditionalConfig, values: Lookup): Choice {
  const { condition, then_action_id, else_action_id = null } = config
  return holds(condition, values(condition.field))
    ? { detail: 'the condition holds', next_action_id: then_action_id }
    : { detail: 'the condition does not hold', next_action_id: else_action_id }
}

export const chooseByAttempt = (config: NthAttemptConfig, attempt: number): Choice => ({
  detail: `attempt ${attempt}, waits for attempt ${config.attempt}`,
  next_action_id: attempt === config.attempt ? config.then_action_id : null,
})

export const runConditional = ({ jobs, run, values }: Work<RunOf<'conditional'>>) =>
  follow(jobs.pool, run.run_id, chooseByCondition(run.config, values))

export const runNthAttempt = ({ jobs, run }: Work<RunOf<'nth_attempt'>>) =>
  follow(jobs.pool, run.run_id, chooseByAttempt(run.config, run.attempt))

async function follow(
  pool: Work['jobs']['pool'],
  run_id: number,
  { detail, next_action_id }: Choice,
): Promise<Ended> {
  if (next_action_id === null) return skipped(detail)
  await followRun(pool, run_id, next_action_id, detail)
  return 'written'
}
