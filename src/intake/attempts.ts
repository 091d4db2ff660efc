// Judges whether leads may be called now: how often they and their numbers were called, and their consent.

import {
  type AttemptRules,
  attemptSentence,
  type CallAttempt,
  earliest,
  latest,
  limitsReached,
  numberLimitsReached,
  type Reached,
} from '../core/attempts.ts'
import type { LeadFacts } from '../core/eligibility.ts'
import { isDialable, type LeadKey, type PhoneState, readLeadId } from '../core/lead.ts'
import { formatPhone } from '../core/phone.ts'
import { canonicalNumber } from '../core/phone-forms.ts'
import type { Rules } from '../core/rules.ts'
import type { CallBlock } from '../core/wash.ts'
import { clocksOf } from '../core/zone-set.ts'
import {
  attemptsOfLeads,
  attemptsOfNumbers,
  callRulesOf,
  consentingLeads,
  countedNumbers,
  freeSharers,
} from '../db/attempts.ts'
import { viewLeads } from '../db/leads.ts'
import type { Unparked } from '../db/parking.ts'
import type { Db } from '../db/pool.ts'
import type { Queued } from '../db/queue.ts'
import { SEES_ALL } from '../db/sight.ts'

/** A lead and its numbers that may be dialled for all that the lists say, E.164 digits. */
export interface Callable {
  lead_number: number
  numbers: readonly number[]
  /** The end of the lease that it was given, RFC 3339; null: it was given none. */
  held_until: string | null
}

/** Why a lead may not be called; null: it may. */
interface Obstacle {
  lacks_consent: boolean
  /** Sentences about the limits that are reached. */
  over: (zone: string) => string[]
  /** When the limits allow a call again; null: never by themselves. Without a limit: now. */
  again_at: string | null
  /** When it is worth another look; null: when somebody changes something. */
  look_at: string | null
}

export interface CallVerdict {
  /** The numbers that may be dialled now; none: there is an obstacle. */
  numbers: readonly number[]
  obstacle: Obstacle | null
}

/**
 * Judges leads in their order, as if each that may be called were handed out before the next one is judged: its numbers are
 * being dialled then. The leases of these leads do not count. Once `wanted` of them may be called, the others are not judged.
 */
export async function judgeCalls(
  db: Db,
  campaign_id: number,
  leads: readonly Callable[],
  wanted = leads.length,
): Promise<Map<number, CallVerdict>> {
  const { template_rules, installation_rules, consent, now } = await callRulesOf(db, campaign_id)
  const rules = [template_rules, installation_rules && acrossCampaigns(installation_rules)]
  const number_limits = rules.flatMap((some) => some?.number ?? [])
  const lead_limits = rules.flatMap((some) => some?.lead ?? [])
  const lead_numbers = leads.map(({ lead_number }) => lead_number)
  const of_leads = { campaign_id, lead_numbers }
  const consenting = consent === 'required' ? await consentingLeads(db, of_leads) : undefined
  const lead_attempts =
    lead_limits.length > 0 ? await attemptsOfLeads(db, of_leads) : new Map<number, CallAttempt[]>()
  const number_attempts =
    number_limits.length > 0
      ? await attemptsOfNumbers(
          db,
          { ...of_leads, phones: leads.flatMap(({ numbers }) => numbers) },
          number_limits.some(({ across_campaigns }) => across_campaigns),
        )
      : new Map<number, CallAttempt[]>()
  const instant = Date.parse(now)
  const verdicts = new Map<number, CallVerdict>()
  let may_be_called = 0
  for (const { lead_number, numbers, held_until } of leads) {
    if (may_be_called >= wanted) break
    const attempts = lead_attempts.get(lead_number) ?? []
    const of_lead = lead_limits.flatMap((limits) => limitsReached(limits, attempts, instant))
    const of_numbers = numbers.map((number) => {
      const made = number_attempts.get(number) ?? []
      return {
        number,
        reached: number_limits.flatMap((limits) => numberLimitsReached(limits, made, instant)),
      }
    })
    const free = of_numbers.flatMap(({ number, reached }) => (reached.length === 0 ? [number] : []))
    const lacks_consent = consenting !== undefined && !consenting.has(lead_number)
    const is_over = of_lead.length > 0 || (numbers.length > 0 && free.length === 0)
    if (!is_over && !lacks_consent) {
      may_be_called++
      verdicts.set(lead_number, { numbers: free, obstacle: null })
      for (const number of free) {
        const being_dialled = { at: instant, held_until: ms(held_until), elsewhere: false }
        number_attempts.set(number, [...(number_attempts.get(number) ?? []), being_dialled])
      }
    } else {
      const numbers_over = free.length === 0 ? of_numbers : []
      const obstacle = obstacleOf(lacks_consent, of_lead, numbers_over, instant)
      verdicts.set(lead_number, { numbers: [], obstacle })
    }
  }
  return verdicts
}

/** The rules of the installation count every call. */
const acrossCampaigns = ({ number, lead }: AttemptRules): AttemptRules => ({
  number: number && { ...number, across_campaigns: true },
  lead,
})

function obstacleOf(
  lacks_consent: boolean,
  of_lead: readonly Reached[],
  of_numbers: readonly { number: number; reached: readonly Reached[] }[],
  now: number,
): Obstacle {
  const when = (instant: 'again_at' | 'look_at') => {
    const ends = (reached: readonly Reached[]) => latest([now, ...reached.map((one) => one[instant])])
    const numbers = of_numbers.length > 0 ? earliest(of_numbers.map(({ reached }) => ends(reached))) : now
    return latest([ends(of_lead), numbers])
  }
  const look_at = lacks_consent ? null : when('look_at')
  const says = (zone: string) => [
    ...of_lead.map((reached) => attemptSentence('the lead', reached, zone, now)),
    ...of_numbers.flatMap(({ number, reached }) =>
      reached.map((one) => attemptSentence(formatPhone(number), one, zone, now)),
    ),
  ]
  return { lacks_consent, over: says, again_at: told(when('again_at')), look_at: told(look_at) }
}

const ms = (text: string | null) => (text === null ? null : Date.parse(text))
const told = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())

interface PhoneShown {
  field: string
  number?: string
  state: PhoneState
  blocked_by?: CallBlock
}

/** The numbers of a lead that its dialler would get, each once, in the order of the fields. */
export function callableNumbers(phones: readonly PhoneShown[], rules: Rules): number[] {
  const rows = new Map(phones.map((phone) => [phone.field, phone]))
  const numbers = rules.fields.phones.flatMap(({ name }) => {
    const phone = rows.get(name)
    if (!phone?.number || !isDialable(phone.state) || phone.blocked_by) return []
    return canonicalNumber(Number(phone.number.slice(1)))
  })
  return [...new Set(numbers)]
}

/** Those of the next leads that would be handed out, one after the other. `now`: RFC 3339. */
export async function callableOf<Row extends Queued>(
  db: Db,
  rules: Rules,
  next: readonly Row[],
  now: string,
): Promise<Row[]> {
  const keys = next.map(({ lead_id }) => readLeadId(lead_id)!)
  const views = new Map((await viewLeads(db, keys, SEES_ALL)).map((lead) => [lead.id, lead]))
  const callable = next.flatMap((row) => {
    const lead = views.get(row.lead_id)
    if (!lead) return []
    const { is_asleep, shut } = clocksOf(rules, lead, now)
    const numbers = callableNumbers(lead.phones, rules).filter((number) => !shut.has(number))
    return is_asleep || numbers.length === 0
      ? []
      : [{ row, lead_number: lead.number, numbers, held_until: null }]
  })
  if (!rules.judges_calls) return callable.map(({ row }) => row)
  const verdicts = await judgeCalls(db, rules.campaign_id, callable)
  return callable.flatMap(({ row, lead_number }) => {
    const verdict = verdicts.get(lead_number)
    return verdict && !verdict.obstacle ? [row] : []
  })
}

/** What the rules of calls say about one lead. */
export async function standingOf(
  db: Db,
  rules: Rules,
  { number: lead_number, phones }: { number: number; phones: readonly PhoneShown[] },
  zone: string,
): Promise<Pick<LeadFacts, 'lacks_consent' | 'called_enough'>> {
  const lead = { lead_number, numbers: callableNumbers(phones, rules), held_until: null }
  const obstacle = rules.judges_calls
    ? (await judgeCalls(db, rules.campaign_id, [lead])).get(lead_number)?.obstacle
    : undefined
  return {
    lacks_consent: obstacle?.lacks_consent ?? false,
    called_enough: { sentences: obstacle?.over(zone) ?? [], until: obstacle?.again_at ?? null },
  }
}

/** Frees the leads that waited because a lead with a number of theirs was in somebody's hands, or was called. */
export const freeSharersOf = async (tx: Db, lead: LeadKey): Promise<Unparked[]> =>
  freeSharers(tx, await countedNumbers(tx, lead))
