// A person settles a held update: group by group, against the lead as it is now.

import { changeOf, spelledAsStored } from '../core/change.ts'
import type { ConflictGroup, Decisions } from '../core/conflict.ts'
import type { Sender } from '../core/conflict-document.ts'
import { type Decided, decide, decidedGroups } from '../core/decide.ts'
import { dispositionGiven } from '../core/disposition.ts'
import { type LeadState, leadId, valuesOf, withValues } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Disposition, Rules } from '../core/rules.ts'
import { wantedByNow } from '../core/update.ts'
import { audit } from '../db/audit.ts'
import { type HeldUpdate, settleHeldUpdate } from '../db/held-updates.ts'
import { findLeads } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { keepDecided, mergeEntry } from './merge.ts'
import { allSides, basesOf, type Reader, refuseMoved, type Sides } from './sides.ts'
import { type Updated, updatedBy } from './update.ts'
import { changeRow, type UpdateRoads, type WriteRequest, write } from './write.ts'

export type Settlement = { lead_version: number; decisions: Decisions } | { dismiss: true; reason: string }

/** A held update beside its lead as it is now. */
export interface HeldSides extends Sides {
  /** The disposition that it gives. */
  given: Disposition | null
}

/** The sender of a held update. */
export const senderOf = ({ caller, caller_name, created_at, way, request_id }: HeldUpdate): Sender => ({
  actor: caller,
  actor_name: caller_name,
  at: created_at,
  way,
  request_id,
})

/** Held updates, each with its lead as it is now and the rules of its campaign; read together, in order. */
export async function heldSides(
  db: Db,
  helds: readonly { held: HeldUpdate; lead: LeadState; rules: Rules }[],
  now: string,
): Promise<HeldSides[]> {
  if (helds.length === 0) return []
  const bases = await basesOf(
    db,
    helds.map(({ held, ...rest }) => ({ ...rest, version: held.base_version })),
  )
  const changes = helds.map(({ held, lead, rules }, i) => {
    const base = withValues(bases[i]!, held.base)
    const { wanted, given } = wantedByNow(held.incoming, base, lead, rules, now)
    return {
      rules,
      base,
      lead,
      given,
      wanted: spelledAsStored(wanted, [valuesOf(lead), valuesOf(base)], rules),
      // A disposition that is given again is an outcome.
      asserted: new Set('disposition' in wanted ? ['disposition'] : []),
    }
  })
  return allSides(db, changes)
}

export interface SettleRequest extends WriteRequest {
  held: HeldUpdate
  resolution: Settlement
  reader: Reader
  /** Whether a priority may rise although the customer has asked for the call. */
  may_put_off: boolean
  /** The decision for many that it belongs to. */
  bulk_id?: number
}

/** Applies a resolution in one transaction with the held update's end; refuses when the lead has moved on. */
export async function settle(roads: UpdateRoads, request: SettleRequest): Promise<Result<Updated>> {
  const { held, rules, resolution, reader, by, now, may_put_off } = request
  const { held_update_id, base_version, allow_duplicates } = held
  const { pool } = roads
  const gone = refuse('UNKNOWN_TARGET', 'this conflict is not open any more')
  if (held.state !== 'open') return gone
  const key = { campaign_id: held.campaign_id, number: held.lead_number, external_id: null }
  const [lead] = await findLeads(pool, [key])
  if (!lead) return gone
  const answer = { lead_id: leadId(lead.campaign_id, lead.number), version: lead.version }
  const [sides] = await heldSides(pool, [{ held, lead, rules }], now)
  const { given, groups } = sides!
  if (!('dismiss' in resolution) && resolution.lead_version !== lead.version)
    return refuseMoved(
      pool,
      sides!,
      senderOf(held),
      reader,
      `the lead has version ${lead.version} by now: look at it and decide again`,
      { conflict_id: held_update_id },
    )

  const decided =
    'dismiss' in resolution
      ? ok(dismissed(groups, resolution.reason))
      : decide({ lead, groups, given }, resolution.decisions, { rules, now, may_put_off, reader })
  if (decided.refusal) return decided
  const { patch, groups: given_up } = decided.ok
  if (typeof patch.disposition === 'string' && !dispositionGiven(rules, patch))
    return refuse('INVALID_DISPOSTION', 'its disposition has been deleted: decide otherwise, or dismiss it')
  const change = changeOf(lead, patch, rules)
  if (change.refusal) return change
  const row = changeRow(lead, change.ok, decided.ok.outcome, request, decided.ok.warnings)
  const also = async (tx: Db) => {
    const state = 'dismiss' in resolution ? 'dismissed' : 'resolved'
    const made = { version: row.writes ? lead.version + 1 : null, bulk_id: request.bulk_id ?? null }
    if (!(await settleHeldUpdate(tx, held_update_id, state, resolution, by.actor, made)))
      throw new SettledMeanwhile()
    await keepDecided(tx, lead, given_up, row.writes, { base_version, held_update_id, by })
    if (!row.writes || 'dismiss' in resolution) return
    const { lead_version, decisions } = resolution
    const entry = mergeEntry(base_version, lead_version, lead.version + 1, groups, decisions)
    await audit(tx, { ...by, ...entry, subject: `lead:${answer.lead_id}` })
  }
  const written = await write(
    roads,
    { row, change: change.ok, also },
    { ...request, allow_duplicates },
  ).catch((error) => {
    if (error instanceof SettledMeanwhile) return gone
    throw error
  })
  if (written.refusal) return written
  return written.ok ? ok(updatedBy(row)) : settle(roads, { ...request, rules: await roads.rulesNow(rules) })
}

/** Nothing of the update is taken: the lead keeps what it has. */
function dismissed(groups: readonly ConflictGroup[], reason: string): Decided {
  const wanted = groups.filter(({ class: found }) => found !== 'unchanged' && found !== 'only_theirs')
  const decisions = Object.fromEntries(
    wanted.map(({ group }) => [group, { take: 'theirs' as const, reason }]),
  )
  return { groups: decidedGroups(groups, decisions, {}), patch: {}, outcome: null, warnings: [] }
}

class SettledMeanwhile extends Error {}
