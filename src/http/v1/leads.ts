// One lead: as it is, how it came to be, who was called, and forgetting it.

import { readLeadId } from '../../core/lead.ts'
import { refuse } from '../../core/result.ts'
import { callsOf } from '../../db/calls.ts'
import { eventsOf, shownOf, type Viewed, viewLead } from '../../db/leads.ts'
import { forget } from '../../intake/forget.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { type PageAsked, page } from './page.ts'

/** The lead that the address names, if the caller may see it. */
async function leadOf(call: Call): Promise<Viewed> {
  const key = readLeadId((call.request.params as { id: string }).id)
  const lead = key && (await viewLead(call.services.pool, key, call.caller))
  if (!key || !lead) return orRefuse(refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead'))
  return lead
}

export async function getLead(call: Call) {
  const lead = await call.services.intake.targets.marked(shownOf(await leadOf(call)))
  call.reply.header('ETag', `"v${lead.version}"`)
  return lead
}

export async function getLeadHistory(call: Call) {
  const lead = await leadOf(call)
  return page(
    call.request.query as PageAsked,
    (asked) => eventsOf(call.services.pool, lead, asked),
    (row) => row.version,
  )
}

export async function getLeadCalls(call: Call) {
  const lead = await leadOf(call)
  return page(
    call.request.query as PageAsked,
    (asked) => callsOf(call.services.pool, lead, asked),
    (row) => row.call_id,
  )
}

export async function deleteLead(call: Call) {
  const { campaign_id, number } = await leadOf(call)
  if (!(await forget(call.services.pool, campaign_id, number, call.by)))
    orRefuse(refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead'))
  call.reply.code(204)
}
