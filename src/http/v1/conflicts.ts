// Held updates: what clashed, and a person's decision.

import type { Static } from 'typebox'
import { openGroups } from '../../core/conflict.ts'
import { leadId, readLeadId, valuesOf } from '../../core/lead.ts'
import type { Values } from '../../core/merge.ts'
import { refuse } from '../../core/result.ts'
import { type HeldUpdate, heldUpdateById, listHeldUpdates } from '../../db/held-updates.ts'
import { findLeads } from '../../db/leads.ts'
import { type HeldSides, heldSides, type Settlement } from '../../intake/settle.ts'
import { readConflict } from '../../intake/sides.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './conflict-schemas.ts'
import { mayPutOff, withoutValues } from './lead-edits.ts'
import { type PageAsked, page } from './page.ts'

interface Shown extends HeldUpdate {
  /** Undefined: it is settled, or the lead is forgotten. */
  sides: HeldSides | undefined
}

/** Held updates, the open ones beside their leads as they are now: those are read at once. */
async function beside(call: Call, rows: readonly HeldUpdate[]): Promise<Shown[]> {
  const { pool, intake, now } = call.services
  const open = rows.filter(({ state }) => state === 'open')
  const keys = open.map(({ campaign_id, lead_number }) => ({
    campaign_id,
    number: lead_number,
    external_id: null,
  }))
  const leads = keys.length > 0 ? await findLeads(pool, keys) : []
  const there = []
  for (const [i, held] of open.entries()) {
    const { campaign_id } = held
    const rules = orRefuse(await intake.targets.find({ campaign_id }, call.caller))
    const lead = leads[i]
    if (lead) there.push({ held, lead, rules })
  }
  const sides = await heldSides(pool, there, now())
  const sides_of = new Map(there.map(({ held }, i) => [held, sides[i]]))
  return rows.map((held) => ({ ...held, sides: sides_of.get(held) }))
}

function shown({ held_update_id, campaign_id, lead_number, incoming, sides, ...rest }: Shown) {
  const now = sides && valuesOf(sides.lead)
  const theirs: Record<string, Values[string]> = {}
  for (const path of Object.keys(rest.base)) theirs[path] = now?.[path] ?? null
  return {
    conflict_id: held_update_id,
    lead_id: leadId(campaign_id, lead_number),
    ...rest,
    mine: incoming,
    theirs: now ? theirs : null,
    lead_version: sides?.lead.version ?? null,
    clashes: openGroups(sides?.groups ?? []).map(({ group }) => group),
  }
}

export async function getConflicts(call: Call) {
  const query = call.request.query as PageAsked & Static<typeof schemas.ConflictQuery>
  const lead = query.lead_id === undefined ? undefined : readLeadId(query.lead_id)
  if (query.lead_id !== undefined && !lead) return { items: [], next_cursor: null }
  const filter = { state: query.state ?? 'open', lead }
  const found = await page(
    query,
    (asked) => listHeldUpdates(call.services.pool, call.caller, filter, asked),
    (row) => row.held_update_id,
  )
  return { ...found, items: (await beside(call, found.items)).map(shown) }
}

async function heldOf(call: Call): Promise<HeldUpdate> {
  const { id } = call.request.params as { id: number }
  return (
    (await heldUpdateById(call.services.pool, id, call.caller)) ??
    orRefuse(refuse('UNKNOWN_TARGET', `conflict ${id}: not known`))
  )
}

export async function getConflict(call: Call) {
  const [found] = await beside(call, [await heldOf(call)])
  const { sides } = found!
  const conflict = sides && (await readConflict(call.services.pool, sides))
  return { ...shown(found!), conflict: conflict ?? null }
}

export async function putResolution(call: Call) {
  const body = call.request.body as Static<typeof schemas.Resolution>
  const held = await heldOf(call)
  const { intake, now } = call.services
  const rules = orRefuse(await intake.targets.find({ campaign_id: held.campaign_id }, call.caller))
  const outcome = await intake.settle({
    held,
    rules,
    resolution: readResolution(body),
    may_put_off: mayPutOff(call.caller),
    by: call.by,
    now: now(),
    deadline: call.deadline,
  })
  const { warnings, ...settled } = orRefuse(withoutValues(call, outcome))
  nameWarnings(call, warnings)
  call.reply.header('ETag', `"v${settled.version}"`)
  return settled
}

function readResolution({
  dismiss,
  reason,
  lead_version,
  decisions,
}: Static<typeof schemas.Resolution>): Settlement {
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
