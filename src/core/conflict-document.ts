// A change that met others, whole: what it was made from, what it wants, what the lead has by now, group by group.

import type { ConflictGroup } from './conflict.ts'
import { type LeadState, leadId, valuesOf } from './lead.ts'
import { type Values, valueAt } from './merge.ts'

/** One change of a lead: who made it, when and which way. */
export interface Change {
  version: number
  actor: string
  actor_name: string | null
  at: string
  way: string
  request_id: string
}

export interface ConflictDocument {
  lead_id: string
  base_version: number
  lead_version: number
  /** The newest change of the lead, and how many there were since the base. */
  theirs: Change & { versions_between: number }
  /** Each side has every path that any of them has. */
  base: Values
  mine: Values
  current: Values
  groups: readonly ConflictGroup[]
}

export function conflictDocument(
  base: LeadState,
  lead: LeadState,
  wanted: Values,
  groups: readonly ConflictGroup[],
  { version, actor, actor_name, at, way, request_id }: Change,
): ConflictDocument {
  const before = valuesOf(base)
  const mine: Values = Object.assign(Object.create(null), before, wanted)
  const current = valuesOf(lead)
  const paths = [...new Set([...Object.keys(mine), ...Object.keys(current)])].sort()
  const whole = (side: Values) => Object.fromEntries(paths.map((path) => [path, valueAt(side, path)]))
  return {
    lead_id: leadId(lead.campaign_id, lead.number),
    base_version: base.version,
    lead_version: lead.version,
    theirs: {
      version,
      actor,
      actor_name,
      at,
      way,
      request_id,
      versions_between: lead.version - base.version,
    },
    base: whole(before),
    mine: whole(mine),
    current: whole(current),
    groups,
  }
}
