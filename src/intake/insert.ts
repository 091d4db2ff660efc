// The one door: every new lead, from whatever way, goes through `insert`, which takes a batch.

import { leadId } from '../core/lead.ts'
import { NO_HOURS_NAMED } from '../core/lead-values.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { hoursOfId, isStill, type Rules } from '../core/rules.ts'
import type { Submission } from '../core/submission.ts'
import { type Comparing, type InsertVerdict, insertLeads } from '../db/lead-insert.ts'
import type { Db } from '../db/pool.ts'
import type { RowResult } from './batcher.ts'
import { hashesOfLead } from './master-hash.ts'
import { CHANGED_MEANWHILE, rowOf, type Writing } from './write.ts'

/** A submission with the rules of its campaign, and who offers it. */
export interface Arrival extends Writing {
  submission: Submission
  allow_duplicates: boolean
  /** What an import compares it by, folded, where that is neither its numbers nor its external id. */
  same?: string
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
 * `only_judge`: none is written, and 'again' means that nothing is in the way of a row. `comparing`: how an import compares
 * them, in the place of the claims of their campaign.
 * Throws 23505 and 40P01 when a transaction that committed meanwhile is in the way: offer the batch once more.
 */
export async function insert(
  db: Db,
  arrivals: readonly Arrival[],
  { only_judge = false, comparing = null }: { only_judge?: boolean; comparing?: Comparing | null } = {},
): Promise<RowResult<Result<Inserted> | Stale>[]> {
  const wanted = new Set<string>()
  const rows = arrivals.map((arrival, i) => {
    const { rules, submission, same = null } = arrival
    const { lead, numbers, disposition, warnings } = submission
    const keys = numbers.map((number) => `${rules.campaign_id}:${number}`)
    if (lead.external_id !== null) keys.push(`${rules.campaign_id}#${lead.external_id}`)
    if (same !== null) keys.push(`=${same}`)
    const probe = only_judge || keys.some((key) => wanted.has(key))
    if (!probe) for (const key of keys) wanted.add(key)
    const { duplicate_rule, dnc_rule } = rules
    // Whoever asks for a duplicate knows that the lead is there already.
    const list = arrival.allow_duplicates ? null : rules.master_list
    const own = {
      i,
      probe,
      numbers,
      allow_duplicates: arrival.allow_duplicates || comparing !== null,
      duplicate_rule,
      dnc_rule,
      master_list_id: list?.list_id ?? null,
      hashes: list ? hashesOfLead(list, lead) : [],
      same,
    }
    return rowOf(lead, own, disposition, arrival, warnings)
  })
  const verdicts = await insertLeads(db, rows, comparing)
  return verdicts.map((verdict, i) => resultOf(verdict, arrivals[i]!))
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
  switch (verdict.code) {
    case null:
      if (verdict.stale) return { done: 'stale' }
      return verdict.locked ? 'locked' : 'again'
    case 112:
      return {
        done: refuse('DUPLICATE_EXTERNAL_ID', 'a lead of the campaign has this external id', {
          lead_id: leadId(campaign_id, verdict.clash!),
        }),
      }
    case 104:
      return {
        done: refuse('DNC', `the number is on the ${verdict.list} do-not-call list`, { list: verdict.list! }),
      }
    case 105:
      return { done: refuseDuplicate(verdict, campaign_id) }
    default:
      return verdict.code satisfies never
  }
}

function refuseDuplicate(
  { clash, met_campaign_id = null, met_number = null }: InsertVerdict,
  campaign_id: number,
): Result<never> {
  if (clash !== null)
    return refuse('DUPLICATE', 'a lead of the campaign has this phone number', {
      lead_id: leadId(campaign_id, clash),
    })
  if (met_campaign_id === null || met_number === null)
    return refuse('DUPLICATE', 'the master list of the template has this lead')
  const where = met_campaign_id === campaign_id ? 'of the campaign' : 'of another campaign'
  return refuse('DUPLICATE', `a lead ${where} is the same by what this import compares`, {
    lead_id: leadId(met_campaign_id, met_number),
  })
}

const NO_SUCH_HOURS = refuse('INVALID_TIMEZONE_SPECIFIED', NO_HOURS_NAMED)

/** The arrival by the rules of now: its callback means another instant when the zone of its contact hours has changed. */
export function renewed(arrival: Arrival, rules: Rules): Result<Arrival> {
  const { lead, disposition } = arrival.submission
  if (disposition && !isStill(rules, disposition)) return CHANGED_MEANWHILE
  const own_hours = lead.own_hours && hoursOfId(rules, lead.own_hours.contact_hours_id)
  if (own_hours === undefined) return NO_SUCH_HOURS
  // Their name may have changed as well.
  const contact_hours = own_hours?.name ?? null
  const submission = { ...arrival.submission, lead: { ...lead, contact_hours, own_hours } }
  return ok({ ...arrival, rules, submission })
}
