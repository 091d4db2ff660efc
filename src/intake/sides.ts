// A change beside the lead as it was when the change was made, and as it is now.

import { leadAt, spelledAsStored, valuesBefore } from '../core/change.ts'
import {
  type ConflictDocument,
  type ConflictGroup,
  conflictDocument,
  conflictGroups,
  factsOf,
  openGroups,
} from '../core/conflict.ts'
import { fieldPath, type LeadState, leadId, valuesOf } from '../core/lead.ts'
import { groupOf, type Values } from '../core/merge.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Incoming } from '../core/update.ts'
import { blockedSince } from '../db/dnc.ts'
import { changesSince, eventOf } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'

/** An update of a lead that its giver knew as `base`. */
export interface Wish {
  rules: Rules
  base: LeadState
  incoming: Incoming
}

/** A change beside the lead as its giver knew it and the lead as it is now, group by group, with the linked rules. */
export interface Sides {
  base: LeadState
  lead: LeadState
  /** By path. */
  wanted: Values
  groups: ConflictGroup[]
}

/** The lead as it was at a version; 1003 for a version that it never had. */
export async function baseOf(
  db: Db,
  lead: LeadState,
  version: number,
  rules: Rules,
): Promise<Result<LeadState>> {
  if (version === lead.version) return ok(lead)
  if (version > lead.version || version < 1)
    return refuse('MALFORMED_REQUEST', `the lead never had version ${version}`, {
      lead_version: lead.version,
    })
  return ok((await basesOf(db, [{ lead, version, rules }]))[0]!)
}

/** Leads as they were at a version, read together, in order. */
export async function basesOf(
  db: Db,
  known: readonly { lead: LeadState; version: number; rules: Rules }[],
): Promise<LeadState[]> {
  const changes = await changesSince(
    db,
    known.map(({ lead, version }) => ({ ...lead, version })),
  )
  return known.map(({ lead, version, rules }, i) => {
    // The lead may have moved on again since it was read.
    const since = changes[i]!.filter((change) => change.version <= lead.version)
    return leadAt(lead, version, valuesBefore(lead, since), rules)
  })
}

/** The wanted values, by path. The rule of a disposition is worked out from the lead that its giver knew. */
export function wantedOf({ rules, base, incoming }: Wish, lead: LeadState): Values {
  const { attempts, calls } = lead
  const wanted = { ...incoming.values, ...incoming.ruled({ ...base, attempts, calls }) }
  return spelledAsStored(wanted, [valuesOf(lead), valuesOf(base)], rules)
}

export const touchesPhones = (values: Values, rules: Rules) =>
  rules.fields.phones.some(({ name }) => fieldPath(name) in values)

export async function sidesOf(db: Db, wish: Wish, lead: LeadState): Promise<Sides> {
  const change = { ...wish, lead, wanted: wantedOf(wish, lead), asserted: wish.incoming.asserted }
  return (await allSides(db, [change]))[0]!
}

/** The sides of several changes, read together, in order. */
export async function allSides<Change extends Omit<Sides, 'groups'>>(
  db: Db,
  changes: readonly (Change & { rules: Rules; asserted: ReadonlySet<string> })[],
): Promise<(Change & Sides)[]> {
  const phones = changes.filter(({ wanted, rules }) => touchesPhones(wanted, rules))
  const blocked =
    phones.length > 0
      ? await blockedSince(
          db,
          phones.map(({ lead, base }) => ({ ...lead, version: base.version })),
        )
      : []
  return changes.map((change) => {
    const { base, lead, wanted, rules, asserted } = change
    const fields = blocked[phones.indexOf(change)] ?? []
    const facts = factsOf(rules, fields.map(fieldPath), asserted)
    const group_of = groupOf(rules.fields)
    return { ...change, groups: conflictGroups(valuesOf(base), valuesOf(lead), wanted, group_of, facts) }
  })
}

/** The sides as they are shown, with the newest change of the lead. */
export async function readConflict(db: Db, { base, lead, wanted, groups }: Sides): Promise<ConflictDocument> {
  const newest = await eventOf(db, lead, lead.version)
  if (!newest) throw new Error(`lead ${leadId(lead.campaign_id, lead.number)} has a version without an event`)
  return conflictDocument(base, lead, wanted, groups, newest)
}

/** 110 with everything that a person needs to decide. `detail`: what the caller is told. */
export async function refuseMoved(
  db: Db,
  sides: Sides,
  detail = `the lead has version ${sides.lead.version} by now, this change was made from version ${sides.base.version}; nothing was written`,
  more: { conflict_id?: number } = {},
): Promise<Result<never>> {
  const { lead, groups } = sides
  return refuse('LEAD_NOT_UPDATED_DUE_TO_CONFLICT', detail, {
    lead_id: leadId(lead.campaign_id, lead.number),
    lead_version: lead.version,
    ...more,
    groups: openGroups(groups).map(({ group }) => group),
    conflict: await readConflict(db, sides),
  })
}
