// Held updates as the API shows them: beside their leads, narrowed, and with who has them open.

import { type Static, Type } from 'typebox'
import { mayDo } from '../../core/access.ts'
import { type Decisions, openGroups } from '../../core/conflict.ts'
import { leadId, valuesOf } from '../../core/lead.ts'
import { leadName } from '../../core/lead-name.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuse, refuseField } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { type ConflictFilter, type HeldUpdate, heldUpdateById } from '../../db/held-updates.ts'
import { type PresentRow, presenceOf } from '../../db/presence.ts'
import { type Beside, besideLeads } from '../../intake/settle-many.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { Id, oneOf, PAGE, type ValuesShape } from './shapes.ts'

export const ConflictState = oneOf(['open', 'resolved', 'dismissed', 'superseded', 'expired', 'forgotten'])

/** What narrows a list of conflicts. */
export const CONFLICT_FILTER = {
  caller: Type.Optional(Type.String({ maxLength: 50, description: 'The sender: key:7, operator:3' })),
  group: Type.Optional(Type.String({ maxLength: 1_000, description: 'One of the groups that clashed' })),
  campaign_id: Type.Optional(Id),
  kind: Type.Optional(Type.String({ maxLength: 50, description: 'As conflicts and conflict kinds name it' })),
  assigned: Type.Optional(
    Type.String({
      pattern: '^(me|nobody|[1-9][0-9]{0,8})$',
      description: 'Who takes care of it: me, nobody, or the id of an operator',
    }),
  ),
}
export const ConflictFilterShape = Type.Object(CONFLICT_FILTER)
export const ConflictQuery = Type.Object({
  ...PAGE,
  state: Type.Optional(ConflictState),
  lead_id: Type.Optional(Type.String()),
  ...CONFLICT_FILTER,
  clashing: Type.Optional(
    Type.Boolean({ description: 'Whether something must be decided by now; pages may have fewer rows' }),
  ),
})

export async function seenHeld({ services, caller }: Call, id: number): Promise<HeldUpdate> {
  const held = await heldUpdateById(services.pool, id, caller)
  return held ?? orRefuse(refuse('UNKNOWN_TARGET', `conflict ${id}: not known`))
}

/** Team leads settle any; an operator with less settles what they were given. */
export const maySettle = ({ caller }: Pick<Call, 'caller'>, { assigned_to }: HeldUpdate) =>
  mayDo(caller.scopes, ['supervise']) ||
  (assigned_to !== null && assigned_to === caller.operator?.operator_id)

/** Refuses what comes after somebody else has settled it, with who and how. */
export async function notOpen(call: Call & { params: { id: number } }): Promise<never> {
  const { resolved_by, resolved_by_name, resolution, state } = await seenHeld(call, call.params.id)
  const decisions = Object.entries((resolution?.decisions ?? {}) as Decisions)
  const how = decisions.map(([group, { take }]) => `${group}: ${take}`).join(', ')
  const who = resolved_by && `${resolved_by_name ?? resolved_by} has settled it${how && ` (${how})`}`
  return orRefuse(refuse('UNKNOWN_TARGET', `this conflict is not open any more: ${who ?? `it is ${state}`}`))
}

interface Shown extends Beside {
  present: PresentRow[]
}

/** Held updates beside their leads as they are now, with the operators who have those open; all read at once. */
export async function beside(call: Call, rows: readonly HeldUpdate[]): Promise<Shown[]> {
  const { pool, now } = call.services
  const found = await besideLeads(pool, await withRules(call, rows), now())
  const open = found.flatMap(({ lead, sides }) => (lead && sides ? [lead] : []))
  const present = open.length > 0 ? await presenceOf(pool, open) : []
  const present_on = new Map(present.map((on) => [leadId(on.campaign_id, on.number), on.operators]))
  return found.map((one) => ({
    ...one,
    present: present_on.get(leadId(one.held.campaign_id, one.held.lead_number)) ?? [],
  }))
}

/** The rules of its campaign. */
export const rulesOfHeld = async ({ services, caller }: Call, { campaign_id }: HeldUpdate): Promise<Rules> =>
  orRefuse(await services.intake.targets.find({ campaign_id }, caller))

/** Each with the rules of its campaign, which are looked up once. */
export async function withRules(call: Call, rows: readonly HeldUpdate[]) {
  const found = []
  for (const held of rows) found.push({ held, rules: await rulesOfHeld(call, held) })
  return found
}

/** Rows that are read for one page of those that clash, or clash no more: only the merge tells which. */
const MERGED_MAX = 2 * LIMITS.page_rows_max

export async function clashing(
  call: Call,
  { limit = LIMITS.page_rows_default, cursor = 0, clashing }: Static<typeof ConflictQuery>,
  read: (bounds: { after: number; rows_max: number }) => Promise<HeldUpdate[]>,
) {
  const items: ReturnType<typeof shown>[] = []
  let after = cursor
  for (let rows = 0; rows < MERGED_MAX; rows += limit) {
    const found = await read({ after, rows_max: limit })
    for (const one of await beside(call, found)) {
      if (items.length === limit) return { items, next_cursor: after }
      after = one.held.held_update_id
      const item = shown(one)
      if (item.clashes.length > 0 === clashing) items.push(item)
    }
    if (found.length < limit) return { items, next_cursor: null }
  }
  return { items, next_cursor: after }
}

/** The filter that a query asks for. */
export function filterOf(
  { caller }: Pick<Call, 'caller'>,
  asked: Static<typeof ConflictFilterShape>,
): ConflictFilter {
  const { assigned } = asked
  if (assigned === 'me' && !caller.operator)
    return orRefuse(refuseField('assigned', 'only an operator has conflicts to take care of'))
  const named = assigned === undefined || assigned === 'nobody' ? null : Number(assigned)
  return {
    caller: asked.caller ?? null,
    group: asked.group ?? null,
    campaign_id: asked.campaign_id ?? null,
    kind: asked.kind ?? null,
    assigned_to: assigned === 'me' ? caller.operator!.operator_id : named,
    unassigned: assigned === 'nobody',
  }
}

export function shown({ held, lead, rules, sides, present }: Shown) {
  const { held_update_id, campaign_id, lead_number, incoming, ...rest } = held
  const now = sides && valuesOf(sides.lead)
  const theirs: Static<typeof ValuesShape> = {}
  for (const path of Object.keys(rest.base)) theirs[path] = now?.[path] ?? null
  return {
    conflict_id: held_update_id,
    lead_id: leadId(campaign_id, lead_number),
    lead_name: (lead && leadName(lead.fields, rules.fields.all)) ?? null,
    ...rest,
    mine: incoming,
    theirs: now ? theirs : null,
    lead_version: sides?.lead.version ?? null,
    clashes: openGroups(sides?.groups ?? []).map(({ group }) => group),
    present,
  }
}
