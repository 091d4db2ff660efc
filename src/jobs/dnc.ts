// Puts the numbers of a lead on a do-not-call list.

import { type LeadState, leadId } from '../core/lead.ts'
import { lockRun, writeRuns } from '../db/action-runs.ts'
import { audit } from '../db/audit.ts'
import { addDncEntries } from '../db/dnc.ts'
import { done, type Ended, failed, type RunOf, type Work } from './work.ts'

/** The distinct numbers of a lead, ascending: locks are taken in one order everywhere. */
export const numbersOf = ({ phones }: LeadState): number[] =>
  [...new Set(phones.flatMap(({ phone }) => phone ?? []))].sort((a, b) => a - b)

/** The entries, their audit and the end of the run are one commit. A number that is on the list already makes no entry. */
export async function runDnc({ jobs, run, lead, rules }: Work<RunOf<'dnc'>>): Promise<Ended> {
  const { list } = run.config
  const numbers = numbersOf(lead)
  if (numbers.length === 0) return failed('the lead has no valid number')
  const actor = `action:${run.action_id}`
  const addition = {
    list,
    campaign_id: list === 'campaign' ? lead.campaign_id : null,
    numbers: numbers.map((phone) => ({ phone, expires_at: null })),
    reason: run.disposition,
    source: leadId(lead.campaign_id, lead.number),
    actor,
    team_ids: [rules.team_id],
  }
  await jobs.pool.transaction(
    async (tx) => {
      if (!(await lockRun(tx, run.run_id))) return
      const { length } = await addDncEntries(tx, addition)
      const note = { actor, action: 'dnc.add', subject: `dnc:${list}`, request_id: run.delivery_id }
      await audit(tx, { ...note, details: { entries: length } })
      const ended = done(null, `${length} of ${numbers.length} numbers added`)
      await writeRuns(tx, [{ run_id: run.run_id, ...ended }])
    },
    { retry: 'clash' },
  )
  return 'written'
}
