// When a lead may be called next, and why not now.

import { firstOpen, isOpenAt, ownOpeningAt, type WhyClosed } from './contact-hours.ts'
import { isDialable, type PhoneState } from './lead.ts'
import { lastToOpen, whyForbidden } from './legal-opening.ts'
import type { ZoneSet } from './legal-zones.ts'
import type { ContactHours } from './rules.ts'
import type { CallBlock } from './wash.ts'
import { knownBy, type NumberZones, waysToCall } from './zone-set.ts'

/** All that decides; instants are RFC 3339. */
export interface LeadFacts {
  allocation_started: boolean
  closed: boolean
  leased_until: string | null
  callback_at: string | null
  callback_agent: string | null
  /** Until when the due callback is kept for its agent. */
  bound_until: string | null
  phones: {
    field: string
    number: string | null
    state: PhoneState
    blocked_by: CallBlock | null
    /** When the entry that blocks it expires; null: not by itself. */
    blocked_until: string | null
  }[]
  /** When the wash of its allocation is over, or was; null: none counts. Absent: it needs none. */
  washed_until?: string | null
  lacks_consent: boolean
  /** Sentences about limits that are reached; none: it may be called as far as they go. */
  called_enough: { sentences: string[]; until: string | null }
  hours: ContactHours
  /** Of each number that can be dialled. */
  zones: readonly (NumberZones & { number: string })[]
}

interface Reason {
  why:
    | 'allocation_stopped'
    | 'closed'
    | 'leased'
    | 'callback_later'
    | 'bound_to_agent'
    | 'no_number'
    | 'blocked'
    | 'unwashed'
    | 'no_consent'
    | 'attempts'
    | WhyClosed
  detail: string
  /** When this reason ends by itself; null: it does not. */
  until: string | null
}

interface Eligibility {
  eligible: boolean
  /** The first instant at which it may be called as far as can be told now; null: not without a change. */
  next_at: string | null
  reasons: Reason[]
}

/** Every reason why a lead may not be called now; none: it may. */
export function eligibility(facts: LeadFacts, now: string): Eligibility {
  const reasons = [...standingReasons(facts, now), ...passingReasons(facts, now)]
  reasons.push(...clockReasons(facts, now))
  return { eligible: reasons.length === 0, next_at: nextAt(facts, reasons, now), reasons }
}

/** Reasons that last until somebody changes something. */
function standingReasons(facts: LeadFacts, now: string): Reason[] {
  const { allocation_started, closed, phones, lacks_consent } = facts
  const reasons: Reason[] = []
  if (!allocation_started)
    reasons.push({ why: 'allocation_stopped', detail: 'the allocation is stopped', until: null })
  if (closed) reasons.push({ why: 'closed', detail: 'the lead is closed', until: null })
  const dialable = phones.filter(({ state }) => isDialable(state))
  if (dialable.length === 0)
    reasons.push({ why: 'no_number', detail: 'no number of the lead can be dialled', until: null })
  else if (dialable.every(({ blocked_by }) => blocked_by !== null)) {
    const lists = new Set(dialable.map(({ blocked_by }) => blocked_by))
    const ends = dialable.flatMap(({ blocked_until }) => blocked_until ?? []).sort(byTime)
    if (lists.delete('unwashed'))
      reasons.push({ why: 'unwashed', detail: whyUnwashed(facts, now), until: null })
    if (lists.size > 0)
      reasons.push({
        why: 'blocked',
        detail:
          reasons.at(-1)?.why === 'unwashed'
            ? `the other numbers are on a do-not-call list (${[...lists].join(' and ')})`
            : `every number is on a do-not-call list (${[...lists].join(' and ')})`,
        until: ends[0] ?? null,
      })
  }
  if (lacks_consent)
    reasons.push({
      why: 'no_consent',
      detail: 'the template asks for a consent, and the lead has none that counts now',
      until: null,
    })
  return reasons
}

function whyUnwashed({ washed_until }: LeadFacts, now: string): string {
  if (!washed_until) return 'the allocation is not washed yet: it is called once a register has answered'
  return Date.parse(washed_until) > Date.parse(now)
    ? 'its number came after the wash of the allocation, or the register said nothing of it: the next wash asks'
    : 'the wash of the allocation is over: it is called once a new one is answered'
}

/** Reasons that pass with time. */
function passingReasons(
  { leased_until, callback_at, callback_agent, bound_until, called_enough }: LeadFacts,
  now: string,
): Reason[] {
  const later = (at: string | null): at is string => at !== null && Date.parse(at) > Date.parse(now)
  const reasons: Reason[] = []
  if (later(leased_until))
    reasons.push({ why: 'leased', detail: 'a dialler has the lead', until: leased_until })
  if (later(callback_at))
    reasons.push({ why: 'callback_later', detail: 'its callback is not due', until: callback_at })
  if (later(bound_until))
    reasons.push({
      why: 'bound_to_agent',
      detail: `its callback is kept for ${callback_agent}`,
      until: bound_until,
    })
  const { sentences, until } = called_enough
  if (sentences.length > 0) reasons.push({ why: 'attempts', detail: sentences.join('. '), until })
  return reasons
}

/** The sets of which one must be open. A number on a do-not-call list is no way to call the lead, unless all of them are. */
function waysOf({ zones, phones }: LeadFacts): ZoneSet[] {
  const ways = waysToCall(zones)
  if (ways.length === 1) return ways
  const listed = new Set(phones.flatMap(({ number, blocked_by }) => (blocked_by ? [number] : [])))
  const free = zones.filter(({ number }) => !listed.has(number)).map((one) => one.zones)
  return free.length > 0 ? free : ways
}

/** What contact hours and the law say against the way to call the lead that opens first; none: one of them is open. */
function clockReasons(facts: LeadFacts, now: string): Reason[] {
  const ways = waysOf(facts).map((set) => ({ set, ...reasonsOfWay(facts, set, now) }))
  if (ways.some(({ by_hours, by_law }) => !by_hours && !by_law)) return []
  const ends = (reason: Reason | undefined) => timeOf(reason?.until ?? null)
  // One kind of reason for all ways is the one that ends first.
  const shared = (['by_hours', 'by_law'] as const).flatMap((kind) => {
    const reasons = ways.flatMap((way) => way[kind] ?? [])
    return reasons.length === ways.length ? reasons.sort((a, b) => ends(a) - ends(b))[0]! : []
  })
  if (shared.length > 0) return shared
  const opens = ({ set }: { set: ZoneSet }) => timeOf(firstOpen(facts.hours, set, now))
  const { by_hours, by_law } = ways.sort((a, b) => opens(a) - opens(b))[0]!
  return [by_hours, by_law].flatMap((reason) => reason ?? [])
}

/** Milliseconds; null: never. */
const timeOf = (at: string | null) => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at))

/** Of the zones that are closed, the one that opens last, and how it is known that somebody may be in it. */
function reasonsOfWay(
  { hours, zones }: LeadFacts,
  set: ZoneSet,
  now: string,
): { by_hours?: Reason; by_law?: Reason } {
  const at = Date.parse(now)
  const opening = ownOpeningAt(hours, set, now, (bit) => knownBy(zones, bit))
  const by_hours = !opening.open && {
    by_hours: { why: opening.why, detail: opening.detail, until: opening.opens_at },
  }
  const forbidden = lastToOpen(set, at)
  if (!forbidden) return { ...by_hours }
  const { bit, opens_at } = forbidden
  const until = opens_at === null ? null : new Date(opens_at).toISOString().replace('.000Z', 'Z')
  return { ...by_hours, by_law: { why: 'legal', detail: whyForbidden(bit, at, knownBy(zones, bit)), until } }
}

function nextAt(facts: LeadFacts, reasons: Reason[], now: string): string | null {
  if (reasons.length === 0) return now
  const ends = reasons.map(({ until }) => until)
  if (ends.some((until) => until === null)) return null
  const free = (ends as string[]).sort(byTime).at(-1)!
  const opens = waysOf(facts).flatMap((set) => firstOpen(facts.hours, set, free) ?? [])
  return opens.sort(byTime)[0] ?? null
}

/** What tells whether a lead that waits for its callback is called at all. */
interface Waiting {
  closed: boolean
  callback: { at: string } | null
  phones: readonly { number?: string; state: PhoneState; blocked_by?: CallBlock }[]
}

/**
 * `ways`: the zone sets of which one must be open. When a lead with a callback can be called again: at that time, or when its contact hours open after it; a time that has
 * passed means that it can be called now. Null: it has no callback, is closed, or has no number that may be dialled.
 */
export function nextAttemptAt(
  { closed, callback, phones }: Waiting,
  hours: ContactHours,
  ways: readonly ZoneSet[],
  now: string,
): string | null {
  const may_be_dialled = phones.some(
    ({ number, state, blocked_by }) => number !== undefined && isDialable(state) && !blocked_by,
  )
  if (closed || !callback || !may_be_dialled) return null
  const from = byTime(callback.at, now) > 0 ? callback.at : now
  if (from === now && ways.some((set) => isOpenAt(hours, set, now))) return callback.at
  return ways.flatMap((set) => firstOpen(hours, set, from) ?? []).sort(byTime)[0] ?? null
}

const byTime = (a: string, b: string) => Date.parse(a) - Date.parse(b)
