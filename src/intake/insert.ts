// The one door: every new lead, from whatever way, goes through `insert`, which takes a batch.

import { callbackInstant } from '../core/callback.ts'
import { leadId } from '../core/lead.ts'
import { placeOf } from '../core/queue.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { CHANGED_MEANWHILE, hoursOfId, isStill, type Rules } from '../core/rules.ts'
import type { Submission } from '../core/submission.ts'
import { boundedWarnings } from '../core/warnings.ts'
import { type InsertRow, type InsertVerdict, insertLeads } from '../db/lead-insert.ts'
import type { Db } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import type { RowResult } from './batcher.ts'

/** A submission with where it goes and who offers it. */
export interface Arrival {
  submission: Submission
  rules: Rules
  allocation_id: number
  allow_duplicates: boolean
  by: Actor
  import_id?: number
  /** Where the lead comes from, when the way knows better than the submission. */
  source?: string
  /** RFC 3339: what decides whether a callback is due. */
  now: string
}

export interface Inserted {
  campaign_id: number
  number: number
  lead_id: string
  version: 1
}

/** The row rests on rules that have just changed, and is not written: offer it once more, `renewed` by those of now. */
export type Stale = 'stale'

/**
 * Takes a batch of submissions in one durable commit; one result per row, in order. Rows of the batch that want the
 * same number or external id as an earlier one answer 'again' unless they are refused anyway: offer them once more.
 * Throws 23505 and 40P01 when a transaction that committed meanwhile stands in the way: offer the batch once more.
 */
export async function insert(
  db: Db,
  arrivals: readonly Arrival[],
): Promise<RowResult<Result<Inserted> | Stale>[]> {
  const wanted = new Set<string>()
  const rows = arrivals.map((arrival, i) => {
    const keys = keysOf(arrival)
    const probe = keys.some((key) => wanted.has(key))
    if (!probe) for (const key of keys) wanted.add(key)
    return rowOf(arrival, probe, i)
  })
  const verdicts = await insertLeads(db, rows)
  return verdicts.map((verdict, i) => resultOf(verdict, arrivals[i]!))
}

/** What only one row of a batch may be written with. */
const keysOf = ({ submission, rules }: Arrival) => [
  ...submission.numbers.map((number) => `${rules.campaign_id}:${number}`),
  ...(submission.external_id === null ? [] : [`${rules.campaign_id}#${submission.external_id}`]),
]

function rowOf(arrival: Arrival, probe: boolean, i: number): InsertRow {
  const { submission, rules, by } = arrival
  const { disposition, callback } = submission
  const place = placeOf(submission, callback?.at ?? null, arrival.now)
  const hours = submission.contact_hours ?? rules.contact_hours
  return {
    i,
    probe,
    campaign_id: rules.campaign_id,
    allocation_id: arrival.allocation_id,
    external_id: submission.external_id,
    fields: submission.fields,
    unmapped: submission.unmapped,
    phone_fields: submission.phones.map(({ field }) => field),
    phone_numbers: submission.phones.map(({ phone }) => phone),
    phone_states: submission.phones.map(({ state }) => state),
    numbers: submission.numbers,
    allow_duplicates: arrival.allow_duplicates,
    duplicate_rule: rules.duplicate_rule,
    dnc_rule: rules.dnc_rule,
    disposition: disposition?.code ?? null,
    disposition_kind: disposition?.kind ?? null,
    closed: submission.closed,
    dnc: disposition?.kind === 'dnc',
    called_at: disposition === null ? null : arrival.now,
    client_approved: submission.client_approved,
    callback_local: callback?.local ?? null,
    callback_at: callback?.at ?? null,
    callback_agent: submission.callback_agent,
    queue_state: place?.state ?? null,
    wake_at: place?.wake_at ?? null,
    priority: submission.priority,
    contact_hours_id: submission.contact_hours?.contact_hours_id ?? null,
    hours_id: hours.contact_hours_id,
    zone_version: hours.zone_version,
    way: by.way,
    actor: by.actor,
    import_id: arrival.import_id ?? null,
    source: arrival.source ?? submission.source,
    request_id: by.request_id,
    warnings: boundedWarnings(submission.warnings),
  }
}

function resultOf(verdict: InsertVerdict, { rules }: Arrival): RowResult<Result<Inserted> | Stale> {
  const { campaign_id } = rules
  if (verdict.number !== null)
    return {
      done: ok({
        campaign_id,
        number: verdict.number,
        lead_id: leadId(campaign_id, verdict.number),
        version: 1,
      }),
    }
  const lead_id = verdict.clash === null ? undefined : leadId(campaign_id, verdict.clash)
  switch (verdict.code) {
    case null:
      if (verdict.stale) return { done: 'stale' }
      return verdict.locked ? 'locked' : 'again'
    case 112:
      return {
        done: refuse('DUPLICATE_EXTERNAL_ID', 'a lead of the campaign has this external id', { lead_id }),
      }
    case 104:
      return {
        done: refuse('DNC', `the number is on the ${verdict.list} do-not-call list`, { list: verdict.list! }),
      }
    case 105:
      return { done: refuse('DUPLICATE', 'a lead of the campaign has this phone number', { lead_id }) }
    default:
      return verdict.code satisfies never
  }
}

/** The arrival by the rules of now: its callback means another instant when the zone of its contact hours has changed. */
export function renewed(arrival: Arrival, rules: Rules): Result<Arrival> {
  const { submission } = arrival
  const { disposition, callback } = submission
  if (disposition && !isStill(rules, disposition)) return CHANGED_MEANWHILE
  const own = submission.contact_hours
  const contact_hours = own && (hoursOfId(rules, own.contact_hours_id) ?? own)
  const { zone } = contact_hours ?? rules.contact_hours
  const at = callback && callbackInstant(callback.local, zone)
  const next = { ...submission, contact_hours, callback: callback && { ...callback, at: at! } }
  return ok({ ...arrival, rules, submission: next })
}
