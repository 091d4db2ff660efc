// Runs of actions: what was done because of which outcome, and doing it once more.

import type { Static } from 'typebox'
import { readLeadId } from '../../core/lead.ts'
import { refuse } from '../../core/result.ts'
import { type ActionRun, listRuns, repeatRun, runById } from '../../db/action-runs.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './action-schemas.ts'
import { type PageAsked, page } from './page.ts'

export async function getActionRuns(call: Call) {
  const query = call.request.query as PageAsked & Static<typeof schemas.RunQuery>
  const lead = query.lead_id === undefined ? null : readLeadId(query.lead_id)
  if (lead === undefined) return { items: [], next_cursor: null }
  const filter = { lead, action_id: query.action_id ?? null, state: query.state ?? null }
  const { pool } = call.services
  return page(
    query,
    ({ after: before, rows_max }) => listRuns(pool, call.caller.team_ids, filter, before, rows_max),
    (row) => row.run_id,
  )
}

async function runOf(call: Call): Promise<ActionRun> {
  const { id } = call.request.params as { id: number }
  const found = await runById(call.services.pool, call.caller.team_ids, id)
  return found ?? orRefuse<ActionRun>(refuse('UNKNOWN_TARGET', `run ${id}: not known`))
}

export const getActionRun = (call: Call) => runOf(call)

/** Another run for the same lead and outcome, with the action as it is now and a delivery id of its own. */
export async function postRerun(call: Call) {
  const { run_id } = await runOf(call)
  const { pool } = call.services
  const made = await pool.transaction(async (tx) => {
    const again = await repeatRun(tx, run_id)
    return again === undefined ? undefined : runById(tx, call.caller.team_ids, again)
  })
  if (!made)
    return orRefuse(
      refuse('INVALID_FIELD', 'this run has not ended yet: it is tried by itself', { field: 'id' }),
    )
  call.reply.code(201).header('Location', `/v1/action-runs/${made.run_id}`)
  return made
}
