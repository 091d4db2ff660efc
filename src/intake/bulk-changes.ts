// One change of many leads, those that a search finds or that were chosen one by one: counted first, begun, cancelled, undone.

import {
  type BulkChange,
  isUndoable,
  type LeftTally,
  leftInAll,
  type SkipReason,
} from '../core/bulk-change.ts'
import { judgeAddition, keepsAllLists } from '../core/dnc-rights.ts'
import { readLeadId } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import { dispositionNamed, type Rules } from '../core/rules.ts'
import type { Query } from '../core/search.ts'
import { keepAllocations } from '../db/allocations.ts'
import {
  type BulkChangeRow,
  beginBulkChange,
  beginUndo,
  bulkChangeById,
  endBulkChange,
} from '../db/bulk-changes.ts'
import { type BulkChoice, countStep, phonesOfLeads } from '../db/bulk-leads.ts'
import { countDncAddition } from '../db/dnc.ts'
import type { Db } from '../db/pool.ts'
import type { Filter } from '../db/search-parts.ts'
import { readOutcome } from './bulk-outcomes.ts'
import { type AskedFields, conditionsOn, countInTime, typedIn } from './choice.ts'
import { ENOUGH_TODAY } from './dnc.ts'
import type { Filler } from './fills.ts'
import { nobody } from './outcome.ts'
import { changeSetUp } from './set-up.ts'
import { refuseArchived } from './targets.ts'

/** Who asks for a bulk change. A call of the API is one. */
export interface BulkAsker extends Filler {
  services: Filler['services'] & { now: () => string }
  caller: Filler['caller'] & Parameters<typeof judgeAddition>[0]
}

export interface BulkAsked {
  /** One by one; absent: those that the search finds. */
  lead_ids?: readonly string[]
  filter: Filter
  /** Null: nothing was typed. */
  query: Query | null
  fields?: AskedFields
  /** Its `lists_numbers` and `team_ids` are worked out here. */
  change: BulkChange
  /** How many leads its author has seen counted; absent: they have seen no count. */
  leads_seen?: number
}

export interface BulkCount {
  /** How many leads are meant. */
  leads: number
  /** False: so many at least. */
  exact: boolean
  /** How many of them would be changed. */
  changes: number
  /** How many would be left, by why. */
  skipped: LeftTally<SkipReason>
}

interface BulkPlan {
  choice: BulkChoice
  change: BulkChange
}

/** The rules of the campaign that the leads are of. */
export async function rulesOfBulk(
  { services, caller }: Pick<BulkAsker, 'services' | 'caller'>,
  { lead_ids, campaign_id }: { lead_ids?: readonly string[]; campaign_id: number | null },
): Promise<Result<Rules>> {
  const keys = lead_ids?.map(readLeadId)
  const wrong = keys?.findIndex((key) => key === undefined || key.campaign_id !== keys[0]?.campaign_id) ?? -1
  if (wrong >= 0)
    return refuseField(
      `/lead_ids/${wrong}`,
      keys![wrong] ? 'is of another campaign: name leads of one campaign' : 'is no id of a lead',
    )
  const id = keys?.[0]?.campaign_id ?? campaign_id
  if (id === null || id === undefined)
    return refuseField('/search/campaign_id', 'say which campaign: a bulk change is for leads of one')
  return services.intake.targets.find({ campaign_id: id }, caller)
}

/** The leads that are meant and what becomes of them, once all that is named is known. */
async function planned(asker: BulkAsker, rules: Rules, asked: BulkAsked): Promise<Result<BulkPlan>> {
  const { services, by } = asker
  const { campaign_id } = rules
  const change = await judgedChange(asker, rules, asked)
  if (change.refusal) return change
  const { team_ids: _, campaign_id: __, ...filter } = asked.filter
  const fields = asked.fields && conditionsOn(asked.fields, rules)
  if (fields?.refusal) return fields
  const typed =
    asked.query && (await typedIn(services.search, by, { ...asked.filter, campaign_id }, asked.query))
  if (typed?.refusal) return typed
  const numbers = asked.lead_ids && [...new Set(asked.lead_ids.map((id) => readLeadId(id)!.number))]
  return ok({
    change: change.ok,
    choice: {
      campaign_id,
      filter,
      typed: typed?.ok(campaign_id) ?? null,
      fields: fields?.ok ?? null,
      from_ids: null,
      except_id: null,
      codes: null,
      numbers: numbers ?? null,
    },
  })
}

/** The change as it is kept, if its author may make it and the campaign knows what it names. */
async function judgedChange(
  { services, caller }: BulkAsker,
  rules: Rules,
  { change, lead_ids }: BulkAsked,
): Promise<Result<BulkChange>> {
  switch (change.kind) {
    case 'disposition': {
      const lead = nobody({ ...rules, lead_number: 1, allocation_id: 1, lead_version: 1 })
      const read = readOutcome(change, rules, lead, services.now())
      if (read.refusal) return read
      const { code, kind } = dispositionNamed(rules, change.disposition)!
      return ok({ ...change, disposition: code, lists_numbers: kind === 'dnc' })
    }
    case 'move': {
      const found = await services.intake.targets.openAllocation(change.to_allocation_id, caller)
      if (found.refusal) return { refusal: { ...found.refusal, field: '/to_allocation_id' } }
      return found.ok.campaign_id === rules.campaign_id
        ? ok(change)
        : refuse('UNKNOWN_TARGET', 'leads move to another allocation of the same campaign', {
            field: '/to_allocation_id',
          })
    }
    case 'dnc': {
      // Those of a bounded caller are counted before; so many leads may have many numbers.
      const few = lead_ids !== undefined && lead_ids.length <= LIMITS.dnc_numbers_bounded_max
      const may = judgeAddition(caller, change.list, few ? lead_ids.length : Number.POSITIVE_INFINITY)
      return may.refusal ? may : ok({ ...change, team_ids: caller.team_ids })
    }
    case 'forget':
      return ok(change)
  }
}

/** Counts what a bulk change would do. */
export async function countBulkChange(
  asker: BulkAsker,
  rules: Rules,
  asked: BulkAsked,
): Promise<Result<BulkCount>> {
  const plan = await planned(asker, rules, asked)
  return plan.refusal ? plan : countOf(asker, plan.ok)
}

/** How long leads are counted, milliseconds: people wait for it, and forgetting needs the whole number. */
const COUNT_MS_MAX = 2_500

const countOf = ({ services, by }: BulkAsker, { choice, change }: BulkPlan): Promise<Result<BulkCount>> =>
  services.search.inTurn(by.actor, async (pool) => {
    const { counts, exact } = await countInTime(
      (place) => countStep(pool, choice, change, place),
      COUNT_MS_MAX,
    )
    const { '': changes = 0, ...skipped } = counts
    return { leads: changes + leftInAll(skipped), exact, changes, skipped }
  })

/** From here on it is done by the job that it has, if nothing else does it before. */
export async function startBulkChange(
  asker: BulkAsker,
  rules: Rules,
  asked: BulkAsked,
): Promise<Result<BulkChangeRow>> {
  const plan = await planned(asker, rules, asked)
  if (plan.refusal) return plan
  const { choice, change } = plan.ok
  const counted = await countOf(asker, plan.ok)
  if (counted.refusal) return counted
  const unseen = change.kind === 'forget' ? refuseUnseen(counted.ok, asked.leads_seen) : undefined
  if (unseen) return unseen
  return changeSetUp(asker, {
    action: 'bulk_change.begin',
    // What somebody typed may be a name or a number.
    details: { ...detailsOf(change), leads: counted.ok.leads, chosen: choice.numbers !== null },
    work: async (tx) => {
      const wrong = await refuseInside(tx, asker, plan.ok)
      return wrong ?? ok(await beginBulkChange(tx, asker.by, choice, change, counted.ok))
    },
    subject: ({ bulk_change_id }) => `bulk_change:${bulk_change_id}`,
  })
}

/** What is forgotten is gone: whoever asks for it has seen how many leads that are. */
function refuseUnseen({ leads, exact }: BulkCount, seen: number | undefined) {
  if (!exact)
    return refuseField(
      '/forget/leads',
      `these are more than ${leads} leads, too many to count: narrow the search`,
    )
  if (seen === leads) return undefined
  return refuse(
    'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
    `these are ${leads} leads by now, not ${seen}: look at them and confirm that number; nothing was forgotten`,
    { field: '/forget/leads' },
  )
}

const detailsOf = (change: BulkChange): Record<string, string | number | null> => {
  const { kind } = change
  if (kind === 'disposition') return { kind, disposition: change.disposition }
  if (kind === 'move') return { kind, to: change.to_allocation_id }
  return kind === 'dnc' ? { kind, list: change.list, expires_at: change.expires_at } : { kind }
}

/** What only the transaction that begins it can tell. */
async function refuseInside(
  tx: Db,
  { caller, by }: BulkAsker,
  { choice, change }: BulkPlan,
): Promise<Result<never> | undefined> {
  if (change.kind === 'move') {
    const [kept] = await keepAllocations(tx, [change.to_allocation_id])
    return kept?.takes_leads ? undefined : refuseArchived(change.to_allocation_id)
  }
  if (change.kind !== 'dnc' || change.list !== 'private' || keepsAllLists(caller)) return undefined
  const { length } = await phonesOfLeads(tx, choice.campaign_id, choice.numbers ?? [])
  const may = judgeAddition(caller, change.list, length)
  if (may.refusal) return may
  return length === 0 || (await countDncAddition(tx, by.actor, length, LIMITS.dnc_numbers_day_max))
    ? undefined
    : refuse('RATE_LIMITED', ENOUGH_TODAY)
}

/** The bulk change as it is after that: one that had ended already stays as it was. */
export function cancelBulkChange(asker: BulkAsker, bulk_change_id: number): Promise<Result<BulkChangeRow>> {
  let is_change = true
  return changeSetUp(asker, {
    action: 'bulk_change.cancel',
    work: async (tx) => {
      const seen = known(await bulkChangeById(tx, asker.caller, bulk_change_id), nameOf(bulk_change_id))
      if (seen.refusal) return seen
      const ended = await endBulkChange(tx, bulk_change_id, 'cancelled')
      is_change = ended !== undefined
      return known(ended ?? (await bulkChangeById(tx, asker.caller, bulk_change_id)), nameOf(bulk_change_id))
    },
    subject: () => `bulk_change:${bulk_change_id}`,
    is_change: () => is_change,
  })
}

const nameOf = (bulk_change_id: number) => `bulk change ${bulk_change_id}`

/** Takes back what nobody has touched since. One that is undone, or at it, stays as it is. */
export function undoBulkChange(asker: BulkAsker, bulk_change_id: number): Promise<Result<BulkChangeRow>> {
  let is_change = true
  return changeSetUp(asker, {
    action: 'bulk_change.undo',
    work: async (tx) => {
      const seen = known(await bulkChangeById(tx, asker.caller, bulk_change_id), nameOf(bulk_change_id))
      if (seen.refusal) return seen
      const { state, change } = seen.ok
      if (!isUndoable(change)) return refuseField('/state', whyFinal(change))
      if (state === 'running') return refuseField('/state', 'it is at work still: cancel it first')
      const begun = await beginUndo(tx, asker.by, bulk_change_id)
      is_change = begun !== undefined
      return known(begun ?? (await bulkChangeById(tx, asker.caller, bulk_change_id)), nameOf(bulk_change_id))
    },
    subject: () => `bulk_change:${bulk_change_id}`,
    is_change: () => is_change,
  })
}

const whyFinal = ({ kind }: BulkChange) =>
  kind === 'forget'
    ? 'what is forgotten is gone: it cannot be undone'
    : 'numbers stay on a do-not-call list until somebody removes them: remove them from the list'
