// A change beside the lead as it was when the change was made, and as it is now.

import { leadAt, matchingOf, spelledAsStored, valuesBefore } from '../core/change.ts'
import { type ConflictGroup, openGroups } from '../core/conflict.ts'
import { type ConflictDocument, conflictDocument, type Sender } from '../core/conflict-document.ts'
import { conflictGroups, factsOf } from '../core/conflict-groups.ts'
import { fieldPath, type LeadState, leadId, valuesOf } from '../core/lead.ts'
import type { Values } from '../core/merge.ts'
import { readPhone } from '../core/phone.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Incoming } from '../core/update.ts'
import { nameOfActor } from '../db/actors.ts'
import { blockedSince, blocksOf } from '../db/dnc.ts'
import { changesSince, pathsOfEvents } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import type { Actor } from './actor.ts'

/** An update of a lead that its giver knew as `base`. */
export interface Wish {
  rules: Rules
  base: LeadState
  incoming: Incoming
}

/** A change beside the lead as its giver knew it and the lead as it is now, group by group, with the linked rules. */
export interface Sides {
  rules: Rules
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
  rules.fields.phone_names.some((name) => fieldPath(name) in values)

export async function sidesOf(db: Db, wish: Wish, lead: LeadState): Promise<Sides> {
  const change = { ...wish, lead, wanted: wantedOf(wish, lead), asserted: wish.incoming.asserted }
  return (await allSides(db, [change]))[0]!
}

/** The sides of several changes, read together, in order. */
export async function allSides<Change extends Omit<Sides, 'groups'>>(
  db: Db,
  changes: readonly (Change & { asserted: ReadonlySet<string> })[],
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
    return {
      ...change,
      groups: conflictGroups(valuesOf(base), valuesOf(lead), wanted, matchingOf(rules), facts),
    }
  })
}

/** A reader of conflicts, and what they may see and do. */
export interface Reader {
  /** The teams that bound them: of other teams' do-not-call entries they see no reason. Null: none. */
  team_ids: number[] | null
  /** Whether they may take sides that need the role lead. */
  may_overrule: boolean
}

/** The sides as they are shown. `sender`: who wants the change; somebody who is saving it now is named by the actor alone. */
export async function readConflict(
  db: Db,
  { base, lead, wanted, groups, rules }: Sides,
  sender: Sender | Actor,
  { team_ids, may_overrule }: Reader,
): Promise<ConflictDocument> {
  const texts = rules.fields.phones.flatMap(({ name }) => {
    const path = fieldPath(name)
    return [base.fields[name], lead.fields[name], wanted[path]].filter((text) => typeof text === 'string')
  })
  const numbers = texts.flatMap((text) => readPhone(text, rules.region).number ?? [])
  const [events, blocks, named] = await Promise.all([
    pathsOfEvents(db, lead),
    blocksOf(db, { ...lead, version: base.version }, [...new Set(numbers)], { team_ids }),
    'actor_name' in sender
      ? sender
      : nameOfActor(db, sender.actor).then((actor_name) => ({
          ...sender,
          actor_name,
          at: null,
          request_id: null,
        })),
  ])
  return conflictDocument(base, lead, wanted, groups, { rules, events, sender: named, blocks, may_overrule })
}

/** 110 with everything that a person needs to decide. `detail`: what the caller is told. */
export async function refuseMoved(
  db: Db,
  sides: Sides,
  sender: Sender | Actor,
  reader: Reader,
  detail = `the lead has version ${sides.lead.version} by now, this change was made from version ${sides.base.version}; nothing was written`,
  more: { conflict_id?: number } = {},
): Promise<Result<never>> {
  const { lead, groups } = sides
  return refuse('LEAD_NOT_UPDATED_DUE_TO_CONFLICT', detail, {
    lead_id: leadId(lead.campaign_id, lead.number),
    lead_version: lead.version,
    ...more,
    groups: openGroups(groups).map(({ group }) => group),
    conflict: await readConflict(db, sides, sender, reader),
  })
}
