// A change of one lead on its way to the database: as a row of the coalesced batch, or in a transaction of its own.

import { attributesThat } from '../core/attributes.ts'
import { callbackInstant } from '../core/callback.ts'
import type { Change } from '../core/change.ts'
import {
  attemptsOf,
  changesBetween,
  contactHoursOf,
  fieldPath,
  type LeadState,
  type LeadValues,
  leadId,
} from '../core/lead.ts'
import { queuePlaceOf } from '../core/queue.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Disposition, Rules } from '../core/rules.ts'
import { boundedWarnings, type Warning } from '../core/warnings.ts'
import { callbackZoneOf, zoneSetOfLead } from '../core/zone-set.ts'
import { DeadlinePassed } from '../db/again.ts'
import { freeSharers } from '../db/attempts.ts'
import { judgeNumbers, lockClaims, releaseClaims, replacePhones, takeClaims } from '../db/lead-claims.ts'
import type { LeadRow } from '../db/lead-row.ts'
import { lockLead, type UpdateRow, updateLeads } from '../db/lead-update.ts'
import type { NamedLead } from '../db/leads.ts'
import { findLease } from '../db/leases.ts'
import type { Db, Transactions } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import type { Batcher } from './batcher.ts'
import type { Gate } from './gate.ts'
import { pastLocks } from './locks.ts'

/** The coalesced roads to the database that changes share. */
export interface UpdateRoads {
  pool: Db
  /** Where work in turn has its transaction: it hardly waits for locks. */
  transactions: Transactions
  find: Batcher<NamedLead, LeadState | undefined>
  write: Batcher<UpdateRow, boolean>
  /** The rules of a campaign as they are now. */
  rulesNow: (rules: Rules) => Promise<Rules>
  /** Turns of the changes that need a transaction of their own, so that they never take every connection. */
  turns: Gate
}

/** The author of a write, its rules, and its time (RFC 3339). */
export interface Writing {
  rules: Rules
  by: Actor
  now: string
}

export interface WriteRequest extends Writing {
  /** performance.now() after which nothing is started any more. */
  deadline: number
}

/** A disposition that a write rests on has another kind by now. */
export const CHANGED_MEANWHILE = refuse(
  'INVALID_DISPOSTION',
  'the disposition has just been changed or deleted; nothing was written',
)

/** The owner of a turn, and performance.now() after which the work is not begun any more. */
export interface Turn {
  by: Pick<Actor, 'actor'>
  deadline: number
}

/**
 * Does the work, a transaction, once it has its turn. Work that meets a lock gives its turn back and comes again after a
 * moment, so that a locked lead takes no turn from others.
 */
export function withTurn<T>(turns: Gate, { by, deadline }: Turn, work: () => Promise<T>): Promise<T> {
  const key = by.actor
  return pastLocks(async () => {
    const wait_ms = deadline - performance.now()
    if (wait_ms < 0 || (await turns.enter({ key, wait_ms })) !== 'admitted') throw new DeadlinePassed()
    try {
      return await work()
    } finally {
      turns.leave(key)
    }
  })
}

/** A lead as the statements that write leads take it. `own`: what only one of them takes. */
export function rowOf<Lead extends LeadValues, Own extends object>(
  lead: Lead,
  own: Own,
  outcome: Disposition | null,
  { by, rules, now }: Writing,
  warnings: readonly Warning[],
): Omit<Lead, 'own_hours'> & Own & LeadRow {
  const hours = contactHoursOf(rules, lead)
  const zone = lead.callback_local === null ? hours.zone : callbackZoneOf(rules, lead)
  const callback_at = lead.callback_local === null ? null : callbackInstant(lead.callback_local, zone)
  const place = queuePlaceOf(lead, callback_at, now)
  return {
    ...lead,
    ...own,
    // No column: what SQL needs of them follows.
    own_hours: undefined,
    campaign_id: rules.campaign_id,
    callback_zone: zone === hours.zone ? null : zone,
    callback_at,
    contact_hours_id: lead.contact_hours === null ? null : hours.contact_hours_id,
    hours_id: hours.contact_hours_id,
    zone_version: hours.zone_version,
    queue_state: place?.state ?? null,
    zone_set: place ? zoneSetOfLead(rules, lead) : 0,
    wake_at: place?.wake_at ?? null,
    outcome: outcome?.code ?? null,
    outcome_kind: outcome?.kind ?? null,
    called_at: outcome && now,
    actor: by.actor,
    way: by.way,
    request_id: by.request_id,
    warnings: boundedWarnings(warnings),
  }
}

const MOVING = attributesThat(({ moves }) => moves)

/** A change of a lead as a row. */
export function changeRow(
  lead: LeadState,
  change: Change,
  outcome: Disposition | null,
  writing: Writing,
  warnings: readonly Warning[],
): UpdateRow {
  const changes = changesBetween(lead, change.lead)
  const own = {
    // No column of leads.
    phones: undefined,
    attempts: outcome && { ...lead.attempts, [outcome.code]: attemptsOf(lead, outcome) + 1 },
    // An outcome makes a version also when it changes no value, so that the same request sent again is seen.
    writes: outcome !== null || Object.keys(changes).length > 0,
    changes,
    requeue:
      change.phones_changed ||
      MOVING.some((path) => path in changes) ||
      (writing.rules.zone_field !== null && fieldPath(writing.rules.zone_field) in changes),
  }
  return rowOf(change.lead, own, outcome, writing, warnings)
}

/** A write that goes to the database; what decides how is whether it touches phone fields or other rows. */
interface Write {
  row: UpdateRow
  change: Change
  /** Runs in the same transaction. */
  also?: (tx: Db) => Promise<unknown>
}

/** Writes a change of a lead. False: the lead or the rules have moved on, and nothing is written. */
export async function write(
  roads: UpdateRoads,
  { row, change, also }: Write,
  request: Turn & { rules: Rules; allow_duplicates: boolean },
): Promise<Result<boolean>> {
  if (also || (change.phones_changed && row.writes))
    return withTurn(roads.turns, request, () =>
      writeAlone(roads.transactions, { row, change, also }, request),
    )
  return ok(row.writes ? await roads.write.submit(row, request.deadline, row.actor) : true)
}

/**
 * Writes in a transaction of its own: numbers that the lead gets are checked (104, 105) and claimed, those that it loses
 * pass on.
 */
async function writeAlone(
  pool: Transactions,
  { row, change, also }: Write,
  { rules, allow_duplicates, deadline }: Turn & { rules: Rules; allow_duplicates: boolean },
): Promise<Result<boolean>> {
  const { campaign_id, number, lease_number } = row
  const { numbers_added, numbers_lost } = change
  const work = async (tx: Db): Promise<Result<boolean>> => {
    const locked = await lockLead(tx, row)
    const needs_calls = row.outcome !== null || row.requeue || change.phones_changed
    if (locked?.version !== row.version || (needs_calls && locked.calls !== row.calls)) return ok(false)
    // Every outcome of a lease locks its lead first, so no other can be written from here on.
    if (lease_number !== undefined && (await findLease(tx, { campaign_id, lease_number }))?.outcome)
      return ok(false)
    const numbers = [...numbers_added, ...numbers_lost]
    const claimed = numbers.length > 0 ? await lockClaims(tx, campaign_id, numbers) : new Set<number>()
    if (numbers_added.length > 0) {
      const refused = await refuseNumbers(tx, rules, change, allow_duplicates)
      if (refused) return refused
    }
    if (change.phones_changed) await replacePhones(tx, { campaign_id, number }, change.lead.phones)
    const [written] = await updateLeads(tx, [row])
    // The lead is locked: what has changed are the rules.
    if (written !== 'written') throw new RulesMoved()
    if (numbers_lost.length > 0) await releaseClaims(tx, row, numbers_lost)
    // A free number may have been claimed since, and that claim may be gone again unseen: only taking it tells.
    const free = numbers_added.filter((added) => !claimed.has(added))
    if (free.length > 0) await takeClaims(tx, row, free)
    await also?.(tx)
    if (numbers_lost.length > 0 && rules.counts_attempts) await freeSharers(tx, numbers_lost)
    return ok(true)
  }
  return pool.transaction(work, { retry: 'clash', deadline }).catch((error) => {
    if (error instanceof RulesMoved) return ok(false)
    throw error
  })
}

/** Rolls back a transaction whose last statement rests on rules that have changed. */
class RulesMoved extends Error {}

/** Refuses numbers that the lead gets, and names the field of the first one. */
async function refuseNumbers(
  tx: Db,
  rules: Rules,
  { numbers_added: numbers, lead }: Change,
  allow_duplicates: boolean,
): Promise<Result<never> | undefined> {
  const fieldOf = (wanted: number) => {
    const field = lead.phones.find(({ phone }) => phone === wanted)?.field
    return field === undefined ? {} : { field }
  }
  const judged = await judgeNumbers(tx, rules.campaign_id, numbers)
  const blocked = judged.filter(({ list }) => list !== null)
  if (blocked.length > 0 && (rules.dnc_rule === 'any' || blocked.length === numbers.length)) {
    const first = blocked.find((number) => number.list === 'private') ?? blocked[0]!
    const list = first.list!
    const named = fieldOf(first.phone)
    return refuse('DNC', `the new number is on the ${list} do-not-call list`, { list, ...named })
  }
  const held = judged.filter(({ held_by }) => held_by !== null)
  if (
    !allow_duplicates &&
    held.length > 0 &&
    (rules.duplicate_rule === 'any' || held.length === numbers.length)
  )
    return refuse('DUPLICATE', 'another lead of the campaign has the new number', {
      lead_id: leadId(rules.campaign_id, held[0]!.held_by!),
      ...fieldOf(held[0]!.phone),
    })
  return undefined
}
