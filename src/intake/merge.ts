// A person merges a change with what others did meanwhile, or undoes a change: against the version that was decided on.

import { putsOff } from '../core/approved.ts'
import { changeOf } from '../core/change.ts'
import { type ConflictGroup, type Decisions, openGroups, opensAgainst } from '../core/conflict.ts'
import type { ConflictDocument } from '../core/conflict-document.ts'
import { type Decided, type DecidedGroup, decide } from '../core/decide.ts'
import { fold } from '../core/field.ts'
import type { LeadState } from '../core/lead.ts'
import type { Values } from '../core/merge.ts'
import { ok, type Result, refuse, refuseFields } from '../core/result.ts'
import { isOwnSlip } from '../core/take-back.ts'
import type { Incoming } from '../core/update.ts'
import { DeadlinePassed } from '../db/again.ts'
import { type AuditEntry, audit } from '../db/audit.ts'
import { eventOf } from '../db/leads.ts'
import { type KeptDecision, keepMerge, type NewMerge } from '../db/merges.ts'
import type { Db } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { type Noting, writeNote } from './notes.ts'
import { baseOf, type Reader, readConflict, refuseMoved, sidesOf, type Wish } from './sides.ts'
import { findAgain, type Updated, updatedBy } from './update.ts'
import { changeRow, type UpdateRoads, type WriteRequest, write } from './write.ts'

interface Deed extends WriteRequest {
  /** The lead as the request found it. */
  found: LeadState
  /** The version that was decided on. */
  lead_version: number
  reader: Reader
  /** Whether a priority may rise although the customer has asked for the call. */
  may_put_off: boolean
}

export interface MergeDeed extends Deed, Wish {
  decisions: Decisions
  allow_duplicates: boolean
  /** Comes with the change, in one transaction. */
  note?: Noting | undefined
}

/** The conflict that a merge would settle, group by group; writes nothing. */
export async function preview(
  db: Db,
  wish: Wish,
  lead: LeadState,
  by: Actor,
  reader: Reader,
): Promise<ConflictDocument> {
  return readConflict(db, await sidesOf(db, wish, lead), by, reader)
}

/** One new version with what was decided; refuses (110) when the lead has another version than was decided on. */
export function mergeLead(roads: UpdateRoads, request: MergeDeed): Promise<Result<Updated>> {
  const { base, incoming, decisions } = request
  return writeDecided(roads, request, request, {
    decide: (lead, groups) => decide({ lead, groups, given: incoming.outcome }, decisions, request),
    entry: (version, groups) => mergeEntry(base.version, request.lead_version, version, groups, decisions),
    keeps: { base_version: base.version, held_update_id: null },
  })
}

/** Records how two versions became one. The decisions are removed when the lead is forgotten. */
export const mergeEntry = (
  base_version: number,
  lead_version: number,
  version: number,
  groups: readonly ConflictGroup[],
  decisions: Decisions,
): Pick<AuditEntry, 'action' | 'details'> => ({
  action: 'lead.merge',
  details: {
    base_version,
    lead_version,
    version,
    classes: Object.fromEntries(
      groups.flatMap(({ group, class: found }) => (found === 'unchanged' ? [] : [[group, found]])),
    ),
    // A typed value is in the lead's history, which can be forgotten.
    decisions: Object.fromEntries(
      Object.entries(decisions).map(([group, { take, reason = null }]) => [group, { take, reason }]),
    ),
  },
})

export interface RevertDeed extends Deed {
  /** The version whose change is undone. */
  version: number
}

/** Undoes the change that made a version, if nothing of it was changed again since. */
export async function revertLead(roads: UpdateRoads, request: RevertDeed): Promise<Result<Updated>> {
  const { found, version, rules, by, now } = request
  const wrong = (detail: string) => refuseFields([{ name: 'INVALID_FIELD', field: '/version', detail }])
  if (version > found.version) return wrong('the lead never had this version')
  if (version === 1) return wrong('the insert cannot be undone: forget the lead instead')
  const base = await baseOf(roads.pool, found, version, rules)
  if (base.refusal) return base
  const event = await eventOf(roads.pool, found, version)
  const changes = Object.entries(event?.changes ?? {})
  const is_slip = event !== undefined && isOwnSlip(event, found.version, by.actor, now)
  const may_put_off = request.may_put_off || is_slip
  if (changes.some(([path]) => path === 'allocation_id'))
    return wrong('this change moved the lead to another allocation: move it back instead')
  const before = Object.fromEntries(changes.map(([path, [old]]) => [path, old as Values[string]]))
  const incoming: Incoming = { ...NOTHING_GIVEN, values: before }
  const wish: Wish = { rules, base: base.ok, incoming }
  return writeDecided(roads, { ...request, allow_duplicates: false }, wish, {
    decide: (lead, groups) => {
      if (openGroups(groups).length > 0) return ok(undefined)
      const decided = decide({ lead, groups, given: null }, {}, { ...request, may_put_off })
      if (decided.refusal || may_put_off) return decided
      return putsOff(lead, before)
        ? refuse('FORBIDDEN', 'the customer has asked for this call: undoing that needs the role lead')
        : decided
    },
    entry: (made) => ({ action: 'lead.revert', details: { reverted: version, version: made } }),
  })
}

export interface RestoreDeed extends Deed {
  /** The decision that gave the values up. */
  decision: KeptDecision
  group: string
  side: 'base' | 'mine' | 'theirs'
}

/** Gives a group the values back that a decision gave up, as an edit of the lead as it is now. */
export async function restoreValues(roads: UpdateRoads, request: RestoreDeed): Promise<Result<Updated>> {
  const { decision, group, side, found, rules, may_put_off } = request
  const wrong = (field: string, detail: string) => refuseFields([{ name: 'INVALID_FIELD', field, detail }])
  const decided = decision.groups.find((each) => each.group === group)
  if (!decided) return wrong('/group', 'the decision was not about such a group')
  const values = decided[side]
  if ('allocation_id' in values)
    return wrong('/group', 'this value is moved, not restored: move the lead instead')
  const given = typeof values.disposition === 'string' && rules.dispositions.get(fold(values.disposition))
  if (given && given.kind === 'dnc')
    return wrong('/group', 'give this outcome anew, so that the numbers come onto the do-not-call list')
  const gone = decided.paths.some((path) => path.startsWith('fields.') && !rules.fields.named(path.slice(7)))
  if (gone) return wrong('/group', 'the template has a field of this group no more')
  const incoming: Incoming = { ...NOTHING_GIVEN, values }
  const wish: Wish = { rules, base: found, incoming }
  return writeDecided(roads, { ...request, allow_duplicates: false }, wish, {
    decide: (lead, groups) => {
      if (opensAgainst(decided, values, lead) && !request.reader.may_overrule)
        return refuse('FORBIDDEN', 'this outcome opens the lead again: only a team lead may restore it')
      // That a present number is blocked by now asks nothing of who gives another one back.
      const linked = openGroups(groups).map((one) => [
        one.group,
        { take: 'mine' as const, reason: 'restored' },
      ])
      const done = decide({ lead, groups, given: null }, Object.fromEntries(linked), request)
      if (done.refusal || may_put_off) return done
      return putsOff(lead, values)
        ? refuse('FORBIDDEN', 'the customer has asked for this call: restoring that needs the role lead')
        : done
    },
    entry: (made) => ({
      action: 'lead.restore',
      details: { merge_id: decision.merge_id, group, side, version: made },
    }),
  })
}

/** Values as they were, without an outcome. */
const NOTHING_GIVEN = {
  asserted: new Set<string>(),
  outcome: null,
  ruled: () => ({}),
  warnings: [],
  lenient: false,
} satisfies Partial<Incoming>

interface Deciding {
  /** Undefined: somebody must decide. */
  decide: (lead: LeadState, groups: readonly ConflictGroup[]) => Result<Decided | undefined>
  entry: (version: number, groups: readonly ConflictGroup[]) => Pick<AuditEntry, 'action' | 'details'>
  /** Absent: it gives up no values. */
  keeps?: Pick<NewMerge, 'base_version' | 'held_update_id'>
}

/** Keeps what was decided with the values that were given up, also where the lead stays as it is. */
export const keepDecided = (
  tx: Db,
  lead: LeadState,
  groups: readonly DecidedGroup[],
  wrote: boolean,
  { by, ...about }: Pick<NewMerge, 'base_version' | 'held_update_id'> & { by: Actor },
) =>
  keepMerge(tx, {
    ...about,
    ...by,
    campaign_id: lead.campaign_id,
    number: lead.number,
    version: lead.version + (wrote ? 1 : 0),
    wrote,
    lead_version: lead.version,
    groups,
  })

/** Writes the result beside its audit entry, in one transaction. */
async function writeDecided(
  roads: UpdateRoads,
  request: Deed & Pick<MergeDeed, 'allow_duplicates' | 'note'>,
  wish: Wish,
  deciding: Deciding,
): Promise<Result<Updated>> {
  const { found, lead_version, deadline, note } = request
  let { rules } = request
  let lead = found
  while (performance.now() <= deadline) {
    const sides = await sidesOf(roads.pool, wish, lead)
    if (lead.version !== lead_version) return refuseMoved(roads.pool, sides, request.by, request.reader)
    const { groups } = sides
    const decided = deciding.decide(lead, groups)
    if (decided.refusal) return decided
    if (!decided.ok) return refuseMoved(roads.pool, sides, request.by, request.reader)
    const { patch, outcome } = decided.ok
    const change = changeOf(lead, patch, rules)
    if (change.refusal) return change
    const said = [...wish.incoming.warnings, ...decided.ok.warnings]
    const row = changeRow(lead, change.ok, outcome, { ...request, rules }, said)
    const updated = updatedBy(row)
    if (!row.writes && !deciding.keeps && !note) return ok(updated)
    const entry = deciding.entry(updated.version, groups)
    const [met, given_up] = [lead, decided.ok.groups]
    const also = async (tx: Db) => {
      if (deciding.keeps)
        await keepDecided(tx, met, given_up, row.writes, { ...deciding.keeps, by: request.by })
      if (row.writes) await audit(tx, { ...request.by, ...entry, subject: `lead:${updated.lead_id}` })
      if (note) await writeNote(tx, row, row.version, note)
    }
    const written = await write(roads, { row, change: change.ok, also }, { ...request, rules })
    if (written.refusal) return written
    if (written.ok) return ok(updated)
    const again = await findAgain(roads, { ...request, rules }, outcome)
    if (again.refusal) return again
    lead = again.ok.lead
    rules = again.ok.rules
  }
  throw new DeadlinePassed()
}
