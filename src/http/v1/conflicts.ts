// Held updates: what clashed, and a person's decision.

import type { Static } from 'typebox'
import { type LeadState, leadId, readLeadId, valuesOf } from '../../core/lead.ts'
import type { Values } from '../../core/merge.ts'
import { refuse } from '../../core/result.ts'
import { type HeldUpdate, heldUpdateById, listHeldUpdates } from '../../db/held-updates.ts'
import { findLeads } from '../../db/leads.ts'
import { mergeHeld, type Resolution, settle } from '../../intake/settle.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './lead-schemas.ts'
import { type PageAsked, page } from './page.ts'

/** Held updates as the API shows them; the leads of all the open ones are read at once. */
async function shown(call: Call, rows: readonly HeldUpdate[]) {
  const open = rows.filter(({ state }) => state === 'open')
  const keys = open.map(({ campaign_id, lead_number }) => ({
    campaign_id,
    number: lead_number,
    external_id: null,
  }))
  const leads = keys.length > 0 ? await findLeads(call.services.pool, keys) : []
  const lead_of = new Map(open.map((held, i) => [held, leads[i]]))
  return Promise.all(rows.map((held) => shownBeside(call, held, lead_of.get(held))))
}

/** A held update beside its lead as it is now; without a lead: it is settled, or the lead is forgotten. */
async function shownBeside(call: Call, held: HeldUpdate, lead: LeadState | undefined) {
  const { held_update_id, campaign_id, lead_number, incoming, groups: _, ...rest } = held
  const rules = orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller.team_ids))
  const now = lead && valuesOf(lead)
  const clashes = lead ? mergeHeld(held, lead, rules).clashes : []
  const theirs: Record<string, Values[string]> = {}
  for (const path of Object.keys(held.base)) theirs[path] = now?.[path] ?? null
  return {
    conflict_id: held_update_id,
    lead_id: leadId(campaign_id, lead_number),
    groups: held.groups,
    ...rest,
    mine: incoming,
    theirs: now ? theirs : null,
    lead_version: lead?.version ?? null,
    clashes: clashes.map(({ group }) => group),
  }
}

export async function getConflicts(call: Call) {
  const query = call.request.query as PageAsked & Static<typeof schemas.ConflictQuery>
  const lead = query.lead_id === undefined ? undefined : readLeadId(query.lead_id)
  if (query.lead_id !== undefined && !lead) return { items: [], next_cursor: null }
  const filter = { state: query.state ?? 'open', lead }
  const found = await page(
    query,
    (after, rows_max) =>
      listHeldUpdates(call.services.pool, call.caller.team_ids, { after, ...filter }, rows_max),
    (row) => row.held_update_id,
  )
  return { ...found, items: await shown(call, found.items) }
}

async function heldOf(call: Call): Promise<HeldUpdate> {
  const { id } = call.request.params as { id: number }
  return (
    (await heldUpdateById(call.services.pool, id, call.caller.team_ids)) ??
    orRefuse(refuse('UNKNOWN_TARGET', `conflict ${id}: not known`))
  )
}

export const getConflict = async (call: Call) => (await shown(call, [await heldOf(call)]))[0]

export async function putResolution(call: Call) {
  const body = call.request.body as Static<typeof schemas.Resolution>
  const held = await heldOf(call)
  const rules = orRefuse(
    await call.services.intake.targets.find({ campaign_id: held.campaign_id }, call.caller.team_ids),
  )
  const settled = orRefuse(
    await settle(call.services.pool, held, rules, readResolution(body), call.by, call.services.now()),
  )
  call.reply.header('ETag', `"v${settled.version}"`)
  return settled
}

function readResolution({
  dismiss,
  reason,
  lead_version,
  decisions,
}: Static<typeof schemas.Resolution>): Resolution {
  if (dismiss && decisions)
    return orRefuse(refuse('INVALID_FIELD', 'dismiss it or decide it, not both', { field: '/dismiss' }))
  if (dismiss)
    return { dismiss, reason: reason ?? orRefuse(refuse('INVALID_FIELD', 'say why', { field: '/reason' })) }
  if (lead_version === undefined || !decisions)
    return orRefuse(
      refuse('INVALID_FIELD', 'needs lead_version and decisions, or dismiss and reason', {
        field: '/decisions',
      }),
    )
  return { lead_version, decisions }
}
