// A change beside the lead as it was when the change was made, and as it is now.

import { leadAt, spelledAsStored, valuesBefore } from '../core/change.ts'
import {
  type ConflictDocument,
  type ConflictGroup,
  conflictDocument,
  conflictGroups,
  factsOf,
} from '../core/conflict.ts'
import { fieldPath, type LeadState, leadId, valuesOf } from '../core/lead.ts'
import { groupOf, type Values } from '../core/merge.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Incoming } from '../core/update.ts'
import { blockedSince } from '../db/dnc.ts'
import { changesSince, eventsOf } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'

/** What somebody wants of a lead that they knew as `base`. */
export interface Wish {
  rules: Rules
  base: LeadState
  incoming: Incoming
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
  const [changes = []] = await changesSince(db, [{ ...lead, version }])
  // The lead may have moved on again since it was read.
  const known = changes.filter((change) => change.version <= lead.version)
  const values = valuesBefore(
    lead,
    known.map((change) => change.changes),
  )
  return ok(leadAt(lead, version, values, rules))
}

/** What is wanted, by path. What a disposition brings is worked out from the lead that its giver knew. */
export function wantedOf({ rules, base, incoming }: Wish, lead: LeadState): Values {
  const { attempts, calls } = lead
  const wanted = { ...incoming.values, ...incoming.ruled({ ...base, attempts, calls }) }
  return spelledAsStored(wanted, [valuesOf(lead), valuesOf(base)], rules)
}

export const touchesPhones = (values: Values, rules: Rules) =>
  rules.fields.phones.some(({ name }) => fieldPath(name) in values)

/** Every group of the lead, with the linked rules. */
export async function groupsOf(
  db: Db,
  { rules, base, incoming }: Wish,
  lead: LeadState,
  wanted: Values,
): Promise<ConflictGroup[]> {
  const [blocked = []] = touchesPhones(wanted, rules)
    ? await blockedSince(db, [{ ...lead, version: base.version }])
    : []
  const facts = factsOf(rules, blocked.map(fieldPath), incoming.asserted)
  return conflictGroups(valuesOf(base), valuesOf(lead), wanted, groupOf(rules.fields), facts)
}

export async function readConflict(
  db: Db,
  base: LeadState,
  lead: LeadState,
  wanted: Values,
  groups: readonly ConflictGroup[],
): Promise<ConflictDocument> {
  const [newest] = await eventsOf(db, lead.campaign_id, lead.number, lead.version - 1, 1)
  if (!newest) throw new Error(`lead ${leadId(lead.campaign_id, lead.number)} has a version without an event`)
  return conflictDocument(base, lead, wanted, groups, newest)
}
