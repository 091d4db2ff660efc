// An update meets the lead: merged with what changed since its base, written against the version, or held.

import { changeOf, matchingOf, unmovedPatch } from '../core/change.ts'
import { openGroups, resultOf } from '../core/conflict.ts'
import { type LeadState, leadId, valuesOf } from '../core/lead.ts'
import { merge, type Values } from '../core/merge.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { type Disposition, isStill, type Rules } from '../core/rules.ts'
import type { Incoming } from '../core/update.ts'
import type { Warning } from '../core/warnings.ts'
import { DeadlinePassed } from '../db/again.ts'
import type { UpdateRow } from '../db/lead-update.ts'
import { hasCallOfRequest } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { digestOf } from './digest.ts'
import { type Clashing, heldOf, hold } from './hold.ts'
import { type Noting, writeNote } from './notes.ts'
import { baseOf, type Reader, refuseMoved, sidesOf, touchesPhones, type Wish, wantedOf } from './sides.ts'
import { CHANGED_MEANWHILE, changeRow, type UpdateRoads, type WriteRequest, write } from './write.ts'

export interface Updated {
  lead_id: string
  version: number
  /** The lead had moved on since the base: groups that others changed and that stay. */
  merged?: { kept: string[]; base_version: number }
  /** Values that were not kept exactly as sent. */
  warnings?: readonly Warning[]
}

/**
 * How to treat an update whose lead has moved on since its base.
 * fail: refused, whatever moved. merge: refused when a person must decide. hold: then kept for a person.
 * classic: as hold, but only what clashes by its values counts, not the linked rules.
 */
export type OnConflict = 'classic' | 'fail' | 'merge' | 'hold'

export interface UpdateRequest extends WriteRequest {
  /** The lead as the request found it, before it waited for anything. */
  found: LeadState
  /** The version that the caller last saw; null: the one found. */
  base_version: number | null
  incoming: Incoming
  on_conflict: OnConflict
  /** The reader of the conflict; the classic API shows none. */
  reader: Reader
  allow_duplicates: boolean
  /** Comes with the change, in one transaction. */
  note?: Noting | undefined
  /** Runs in the transaction of the change, also where the lead stays as it is. */
  also?: (tx: Db) => Promise<unknown>
}

/** Merges, writes, answers the new version; an update that a person must decide writes nothing and answers 110. */
export async function update(roads: UpdateRoads, asked: UpdateRequest): Promise<Result<Updated>> {
  const { found, incoming, deadline } = asked
  const base_version = asked.base_version ?? found.version
  const base = await baseOf(roads.pool, found, base_version, asked.rules)
  if (base.refusal) return base
  const request_digest = digestOfRequest(asked)
  let request = asked
  let current = found
  // Each lost round means that another writer made progress, so this terminates.
  while (performance.now() <= deadline) {
    const { rules } = request
    const wish: Wish = { rules, base: base.ok, incoming }
    const done = await doneBefore(roads.pool, request, wish, current, request_digest)
    if (done) return ok(done)
    const met = await meet(roads, request, wish, current)
    if (met.refusal) return met
    const change = changeOf(current, met.ok.patch, rules, incoming.lenient)
    if (change.refusal) return change
    const said = [...incoming.warnings, ...change.ok.warnings]
    const row = { ...changeRow(current, change.ok, incoming.outcome, request, said), request_digest }
    const { note } = request
    const also = note ? (tx: Db) => writeNote(tx, current, row.version, note) : request.also
    const written = await write(roads, { row, change: change.ok, also }, request)
    if (written.refusal) return written
    if (written.ok)
      return ok({
        ...updatedBy(row),
        ...(current.version === base_version ? {} : { merged: { kept: met.ok.kept, base_version } }),
      })
    const again = await findAgain(roads, request, incoming.outcome)
    if (again.refusal) return again
    current = again.ok.lead
    request = { ...request, rules: again.ok.rules }
  }
  throw new DeadlinePassed()
}

/** The answer to a row that is written. */
export const updatedBy = ({ campaign_id, number, version, writes, warnings }: UpdateRow): Updated => ({
  lead_id: leadId(campaign_id, number),
  version: version + (writes ? 1 : 0),
  ...(warnings ? { warnings } : {}),
})

/** The digest of an outcome's base and of all that it asks for; null when it names no base, or gives no outcome. */
const digestOfRequest = ({ base_version, incoming, allow_duplicates, note }: UpdateRequest) =>
  base_version === null || incoming.outcome === null
    ? null
    : digestOf({
        base_version,
        values: incoming.values,
        allow_duplicates,
        ...(note && { note: note.text }),
      })

/**
 * Answers a request that is sent again although it was done: nothing is written, and the changes of others stay.
 * Without this it would be one more call, or clash with itself, because the rule of its disposition depends on the time.
 */
async function doneBefore(
  pool: UpdateRoads['pool'],
  { by, on_conflict }: UpdateRequest,
  { rules, base, incoming }: Wish,
  current: LeadState,
  request_digest: string | null,
): Promise<Updated | undefined> {
  if (request_digest === null || on_conflict === 'fail' || current.version === base.version) return undefined
  if (!(await hasCallOfRequest(pool, current, by.actor, request_digest))) return undefined
  const { groups_kept } = merge(valuesOf(base), valuesOf(current), incoming.values, matchingOf(rules))
  return {
    lead_id: leadId(current.campaign_id, current.number),
    version: current.version,
    merged: { kept: groups_kept, base_version: base.version },
  }
}

/** The lead and the rules as they are now, for another round. */
export async function findAgain(
  { find, rulesNow }: UpdateRoads,
  { found, rules, by, deadline }: Pick<UpdateRequest, 'found' | 'rules' | 'by' | 'deadline'>,
  given: Disposition | null,
): Promise<Result<{ lead: LeadState; rules: Rules }>> {
  const { campaign_id, number } = found
  const lead = await find.submit({ campaign_id, number, external_id: null }, deadline, by.actor)
  if (!lead) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
  const now = await rulesNow(rules)
  return given && !isStill(now, given) ? CHANGED_MEANWHILE : ok({ lead, rules: now })
}

/** The patch that can be saved without a person, and the groups that others changed; else refuses (110). */
async function meet(
  roads: UpdateRoads,
  request: UpdateRequest,
  wish: Wish,
  current: LeadState,
): Promise<Result<{ patch: Values; kept: string[] }>> {
  const { on_conflict } = request
  const { rules, base, incoming } = wish
  const wanted = wantedOf(wish, current)
  const holdClashes = (clashes: readonly Clashing[]) => {
    const held = heldOf(request, wanted, base.version, valuesOf(base), current, clashes)
    return hold(roads, held, current.version, request)
  }
  const moved = current.version !== base.version
  // The linked rules look at numbers that came onto a list since the base, also where the lead has not moved.
  const is_linked = moved || (on_conflict !== 'fail' && touchesPhones(wanted, rules))
  if (on_conflict !== 'classic' && is_linked) {
    const sides = await sidesOf(roads.pool, wish, current)
    const open = openGroups(sides.groups)
    if (on_conflict === 'fail' || (on_conflict === 'merge' && open.length > 0))
      return refuseMoved(roads.pool, sides, request.by, request.reader)
    if (open.length > 0) return holdClashes(open)
    const kept = sides.groups.filter((group) => group.class === 'only_theirs')
    return ok({ patch: resultOf(sides.groups, {}), kept: kept.map(({ group }) => group) })
  }
  // Nobody else has changed anything.
  if (!moved) return ok({ patch: unmovedPatch(current, wanted), kept: [] })
  const { patch, clashes, groups_kept } = merge(
    valuesOf(base),
    valuesOf(current),
    wanted,
    matchingOf(rules),
    incoming.asserted,
  )
  return clashes.length > 0 ? holdClashes(clashes) : ok({ patch, kept: groups_kept })
}
