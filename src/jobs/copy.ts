// Copies a lead to another allocation: a fresh lead there, with no tie to this one.

import type { CopyConfig } from '../core/action.ts'
import { readInsert } from '../core/classic.ts'
import type { JsonValue } from '../core/document.ts'
import type { Field } from '../core/field.ts'
import { type LeadState, leadId } from '../core/lead.ts'
import { carriedPhone } from '../core/phone.ts'
import { ok, RESULTS, type Refusal, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { lockRun, writeRuns } from '../db/action-runs.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from '../intake/actor.ts'
import { type Arrival, type Inserted, insert, renewed } from '../intake/insert.ts'
import { Locked } from '../intake/locks.ts'
import { done, type Ended, failed, type RunOf, type Work } from './work.ts'

/**
 * The values of a lead that another template has fields for, found by their name. A number stays the number that it is
 * in the lead's own region.
 */
export function copiedFields(lead: LeadState, from: Rules, to: Rules): Map<string, JsonValue> {
  const document = new Map<string, JsonValue>()
  const taken = new Set<Field>()
  for (const [name, value] of Object.entries(lead.fields)) {
    const field = to.fields.find(name)
    if (!field || taken.has(field)) continue
    taken.add(field)
    const copied = field.kind === 'phone' ? carriedPhone(value, from.region, to.region) : value
    if (copied !== undefined) document.set(field.name, copied)
  }
  return document
}

export const refusedAs = ({ name }: Refusal) => `refused: ${RESULTS[name].code} ${name}`

/** The copy as something to insert; a refusal that no insert is needed for comes at once. `rules`: the lead's own. */
export async function copyOf(
  { targets, now }: Pick<Work['jobs'], 'targets' | 'now'>,
  config: CopyConfig,
  lead: LeadState,
  rules: Rules,
  by: Actor,
): Promise<Result<Arrival>> {
  const { allocation_id, allow_duplicates = false } = config
  const target = await targets.openAllocation(allocation_id, SEES_ALL)
  if (target.refusal) return target
  const at = now()
  const submission = readInsert(copiedFields(lead, rules, target.ok), target.ok, allocation_id, at)
  if (submission.refusal) return submission
  const source = `copy of ${leadId(lead.campaign_id, lead.number)}`
  return ok({
    submission: { ...submission.ok, lead: { ...submission.ok.lead, source } },
    rules: target.ok,
    allow_duplicates,
    by,
    now: at,
  })
}

/** Through the one door. What its allocation rests on may have changed: then it is offered once more. */
export async function insertCopy(
  tx: Db,
  { targets }: Pick<Work['jobs'], 'targets'>,
  arrival: Arrival,
): Promise<Result<Inserted>> {
  for (let offered = arrival; ; ) {
    const [row] = await insert(tx, [offered])
    if (row === 'locked') throw new Locked()
    if (row === undefined || row === 'again') return refuse('EXCEPTION', 'no verdict')
    if (row.done !== 'stale') return row.done
    const now = await targets.openNow(offered.rules, offered.submission.lead.allocation_id)
    if (now.refusal) return now
    const again = renewed(offered, now.ok)
    if (again.refusal) return again
    offered = again.ok
  }
}

/** The new lead and the end of the run are one commit, so that no repeat makes another. */
export async function runCopy({ jobs, run, lead, rules }: Work<RunOf<'copy'>>): Promise<Ended> {
  const by: Actor = { actor: `action:${run.action_id}`, way: 'action', request_id: run.delivery_id }
  const arrival = await copyOf(jobs, run.config, lead, rules, by)
  if (arrival.refusal) return failed(refusedAs(arrival.refusal), RESULTS[arrival.refusal.name].code)
  const made = await jobs.pool.transaction(
    async (tx) => {
      if (!(await lockRun(tx, run.run_id))) return undefined
      const result = await insertCopy(tx, jobs, arrival.ok)
      if (!result.refusal)
        await writeRuns(tx, [{ run_id: run.run_id, ...done(0, `made lead ${result.ok.lead_id}`) }])
      return result
    },
    { retry: 'clash' },
  )
  if (made?.refusal) return failed(refusedAs(made.refusal), RESULTS[made.refusal.name].code)
  if (made) jobs.onReady(run.config.allocation_id)
  return 'written'
}
