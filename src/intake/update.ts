// An update meets the lead: merged with what changed since its base, written against the version, or held.

import { contactHoursOf, type LeadState, leadId, valuesOf } from '../core/lead.ts'
import { type Clash, groupOf, merge, type Values } from '../core/merge.ts'
import { placeOf } from '../core/queue.ts'
import { type Outcome, ok, type Refusal, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { type Change, changeOf, type Incoming } from '../core/update.ts'
import { holdUpdate, type NewHeldUpdate } from '../db/held-updates.ts'
import {
  judgeNumbers,
  lockClaims,
  lockLead,
  releaseClaims,
  replacePhones,
  takeClaims,
  type UpdateRow,
  updateLeads,
} from '../db/lead-update.ts'
import { eventsOf, type LeadKey } from '../db/leads.ts'
import { findLease } from '../db/leases.ts'
import { type Db, type Pool, sqlState } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { type Batcher, DeadlinePassed } from './batcher.ts'
import type { Gate } from './gate.ts'

export interface Updated {
  lead_id: string
  version: number
}

/** The coalesced roads to the database that updates share. */
export interface UpdateRoads {
  pool: Pool
  find: Batcher<LeadKey, LeadState | undefined>
  write: Batcher<UpdateRow, boolean>
  /** Turns of the changes that need a transaction of their own, so that they never take every connection. */
  turns: Gate
}

export interface UpdateRequest {
  rules: Rules
  /** The lead as the request found it, before it waited for anything. */
  found: LeadState
  /** The version that the caller last saw; null: the one found. */
  base_version: number | null
  incoming: Incoming
  allow_duplicates: boolean
  by: Actor
  /** RFC 3339. */
  now: string
  /** performance.now() after which nothing is started any more. */
  deadline: number
}

/** Merges, writes, answers the new version; a true clash writes nothing, is held, and answers 110. */
export async function update(roads: UpdateRoads, request: UpdateRequest): Promise<Outcome<Updated>> {
  const { rules, found, incoming, deadline } = request
  const base_version = request.base_version ?? found.version
  const base = await baseValues(roads.pool, found, base_version)
  if (base.refusal) return base
  let current = found
  // A round that is lost to another writer is one that this writer has won, so there is an end to them.
  while (performance.now() <= deadline) {
    const values = { ...incoming.values, ...incoming.ruled(current) }
    const merged = merge(base.ok, valuesOf(current), values, groupOf(rules.fields), incoming.asserted)
    if (merged.clashes.length > 0)
      return hold(roads.pool, request, values, base_version, base.ok, current, merged.clashes)
    const change = changeOf(current, merged.patch, rules)
    if (change.refusal) return change
    const row = rowOf(current, change.ok, incoming.outcome, request)
    const written =
      change.ok.phones_changed && row.writes
        ? await inTurn(roads.turns, () =>
            writeNumbers(roads.pool, row, change.ok, rules, request.allow_duplicates),
          )
        : ok(!row.writes && row.outcome === null ? true : await roads.write.submit(row, deadline))
    if (written.refusal) return written
    if (written.ok)
      return ok({
        lead_id: leadId(current.campaign_id, current.number),
        version: current.version + (row.writes ? 1 : 0),
      })
    const key = { campaign_id: found.campaign_id, number: found.number, external_id: null }
    const again = await roads.find.submit(key, deadline)
    if (!again) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
    current = again
  }
  throw new DeadlinePassed()
}

export async function inTurn<T>(turns: Gate, work: () => Promise<T>): Promise<T> {
  if ((await turns.enter()) !== 'admitted') throw new DeadlinePassed()
  try {
    return await work()
  } finally {
    turns.leave()
  }
}

/** The lead's values at a version, rebuilt from its events; 1003 for a version that it never had. */
export async function baseValues(db: Db, lead: LeadState, version: number): Promise<Outcome<Values>> {
  if (version === lead.version) return ok(valuesOf(lead))
  if (version > lead.version || version < 1)
    return refuse('MALFORMED_REQUEST', `the lead never had version ${version}`, {
      lead_version: lead.version,
    })
  const values: Record<string, Values[string]> = Object.assign(Object.create(null), valuesOf(lead))
  const events = await eventsOf(db, lead.campaign_id, lead.number, version, lead.version - version)
  for (const event of events.filter((event) => event.version <= lead.version).reverse())
    for (const [path, [old]] of Object.entries(event.changes ?? {})) values[path] = old as Values[string]
  return ok(values)
}

/** What moves a lead in the queue. */
const PLACED_BY = ['closed', 'priority', 'callback', 'callback_agent', 'contact_hours']

export function rowOf(
  lead: LeadState,
  change: Change,
  outcome: Incoming['outcome'],
  { by, rules, now }: Pick<UpdateRequest, 'by' | 'rules' | 'now'>,
): UpdateRow {
  const next = change.lead
  const changes = changesOf(valuesOf(lead), valuesOf(next))
  const place = placeOf(next, change.callback_at, now)
  return {
    campaign_id: lead.campaign_id,
    number: lead.number,
    base_version: lead.version,
    calls: lead.calls,
    writes: Object.keys(changes).length > 0,
    fields: next.fields,
    unmapped: next.unmapped,
    disposition: next.disposition,
    closed: next.closed,
    client_approved: next.client_approved,
    callback_local: next.callback_local,
    callback_at: change.callback_at,
    callback_agent: next.callback_agent,
    priority: next.priority,
    contact_hours_id: next.contact_hours === null ? null : contactHoursOf(rules, next).contact_hours_id,
    changes,
    outcome: outcome?.code ?? null,
    dnc: outcome?.kind === 'dnc',
    called_at: outcome && now,
    phone: null,
    phone_state: null,
    lease_number: null,
    lease_outcome: null,
    requeue: change.phones_changed || PLACED_BY.some((path) => path in changes),
    queue_state: place?.state ?? null,
    wake_at: place?.wake_at ?? null,
    actor: by.actor,
    way: by.way,
    request_id: by.request_id,
  }
}

function changesOf(before: Values, after: Values): UpdateRow['changes'] {
  const changes: UpdateRow['changes'] = {}
  for (const path of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[path] ?? null, after[path] ?? null]
    if (old !== now) changes[path] = [old, now]
  }
  return changes
}

const CLASHES_MAX = 20

/**
 * Writes a change that touches phone fields, in a transaction of its own: numbers that the lead gets are checked
 * (104, 105) and claimed, those that it loses pass on. False: the lead has moved on. `also` runs in the same transaction.
 */
export async function writeNumbers(
  pool: Pool,
  row: UpdateRow,
  change: Change,
  rules: Rules,
  allow_duplicates: boolean,
  also?: (tx: Db) => Promise<boolean>,
): Promise<Outcome<boolean>> {
  const { campaign_id, number } = row
  const { numbers_added, numbers_lost } = change
  const work = async (tx: Db): Promise<Outcome<boolean>> => {
    const locked = await lockLead(tx, campaign_id, number)
    if (locked?.version !== row.base_version || (row.outcome !== null && locked.calls !== row.calls))
      return ok(false)
    // Whoever reports an outcome of a lease locks its lead first: from here on there is no other.
    const { lease_number } = row
    if (lease_number !== null && (await findLease(tx, { campaign_id, lease_number }))?.outcome)
      return ok(false)
    const numbers = [...numbers_added, ...numbers_lost]
    const claimed = numbers.length > 0 ? await lockClaims(tx, campaign_id, numbers) : new Set<number>()
    if (numbers_added.length > 0) {
      const refused = await refuseNumbers(tx, rules, numbers_added, allow_duplicates)
      if (refused) return { refusal: refused }
    }
    if (change.phones_changed) await replacePhones(tx, campaign_id, number, change.lead.phones)
    const [written] = await updateLeads(tx, [row])
    if (!written) throw new Error('a locked lead moved on')
    if (numbers_lost.length > 0) await releaseClaims(tx, campaign_id, number, numbers_lost)
    // What was free may have been claimed since, and that claim may be gone again unseen: only taking it tells.
    const free = numbers_added.filter((added) => !claimed.has(added))
    if (free.length > 0) await takeClaims(tx, campaign_id, number, free)
    return ok(also ? await also(tx) : true)
  }
  for (let clashes = 0; ; clashes++) {
    try {
      return await pool.transaction(work)
    } catch (error) {
      if (!['23505', '40P01'].includes(sqlState(error) ?? '') || clashes >= CLASHES_MAX) throw error
    }
  }
}

async function refuseNumbers(
  tx: Db,
  rules: Rules,
  numbers: number[],
  allow_duplicates: boolean,
): Promise<Refusal | undefined> {
  const judged = await judgeNumbers(tx, rules.campaign_id, numbers)
  const blocked = judged.filter(({ list }) => list !== null)
  if (blocked.length > 0 && (rules.dnc_rule === 'any' || blocked.length === numbers.length)) {
    const list = (blocked.find((number) => number.list === 'private') ?? blocked[0]!).list!
    return refuse('DNC', `the new number is on the ${list} do-not-call list`, { list }).refusal
  }
  const held = judged.filter(({ held_by }) => held_by !== null)
  if (
    !allow_duplicates &&
    held.length > 0 &&
    (rules.duplicate_rule === 'any' || held.length === numbers.length)
  )
    return refuse('DUPLICATE', 'another lead of the campaign has the new number', {
      lead_id: leadId(rules.campaign_id, held[0]!.held_by!),
    }).refusal
  return undefined
}

/** The row of a held update: what it wants, beside what it started from. */
export function heldOf(
  { rules, by, allow_duplicates }: Pick<UpdateRequest, 'rules' | 'by' | 'allow_duplicates'>,
  incoming: Values,
  base_version: number,
  base: Values,
  lead: LeadState,
  clashes: Clash[],
): NewHeldUpdate {
  const paths = Object.keys(incoming)
  const groupOfPath = groupOf(rules.fields)
  const touched = new Set(paths.map(groupOfPath))
  const kept: Record<string, Values[string]> = {}
  // Groups are kept whole: whether one that does not clash yet has moved is judged by them when it is settled.
  for (const path of [...Object.keys(base), ...paths, ...clashes.flatMap((clash) => clash.paths)])
    if (touched.has(groupOfPath(path))) kept[path] = base[path] ?? null
  return {
    campaign_id: lead.campaign_id,
    lead_number: lead.number,
    caller: by.actor,
    groups: clashes.map(({ group }) => group).sort(),
    way: by.way,
    request_id: by.request_id,
    base_version,
    base: kept,
    incoming,
    allow_duplicates,
  }
}

/** Keeps the update, whole, for a person to settle. Nothing of the lead is written. */
async function hold(
  pool: Pool,
  request: UpdateRequest,
  values: Values,
  base_version: number,
  base: Values,
  current: LeadState,
  clashes: Clash[],
): Promise<Outcome<never>> {
  const held = heldOf(request, values, base_version, base, current, clashes)
  // The lock makes clashes of one lead come one after the other, each replacing the one before, and keeps a lead
  // that is being forgotten from getting values that nobody would remove.
  const conflict_id = await pool.transaction(async (tx) => {
    const there = (await lockLead(tx, held.campaign_id, held.lead_number)) !== undefined
    return there ? holdUpdate(tx, held) : undefined
  })
  if (conflict_id === undefined) return refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
  return refuse(
    'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
    `the lead has changed since version ${base_version} in what this update changes; nothing was written, the update waits as conflict ${conflict_id}`,
    {
      lead_id: leadId(current.campaign_id, current.number),
      lead_version: current.version,
      conflict_id,
      groups: held.groups,
    },
  )
}
