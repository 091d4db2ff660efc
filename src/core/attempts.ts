// How often a number and a lead may be called. An attempt is an outcome, or a lease that runs: a dialler may be dialling.
//
// A day is the last 24 hours: it needs no zone, and nobody is called three times before midnight and three times after it.

/** What a rule allows of one number or one lead; null: as much as you like. */
export interface AttemptLimits {
  /** Attempts in 24 hours. */
  day_max: number | null
  total_max: number | null
  /** The least time between two attempts. */
  gap_s: number | null
}

export interface NumberLimits extends AttemptLimits {
  /** Whether attempts of every campaign count, or those of its own. */
  across_campaigns: boolean
}

export interface AttemptRules {
  number: NumberLimits | null
  lead: AttemptLimits | null
}

/** Instants are milliseconds. */
export interface CallAttempt {
  at: number
  /** When the lease ends that counts as an attempt; null: an outcome. */
  held_until: number | null
  /** In another campaign. */
  elsewhere: boolean
}

/** A limit that is reached. */
export interface Reached {
  limit: 'day' | 'total' | 'gap'
  attempts: number
  /** The newest attempt that counts. */
  last_at: number
  /** When another attempt is allowed, if the running ones become calls; null: never by itself. */
  again_at: number | null
  /** Not before this instant can it be allowed: a lease may end without a call. Null: never by itself. */
  look_at: number | null
}

const DAY_MS = 86_400_000

/** The limits that another attempt would break. `attempts`: the newest ones, at least as many as the limits count. */
export function limitsReached(
  limits: AttemptLimits,
  attempts: readonly CallAttempt[],
  now: number,
): Reached[] {
  const { day_max, total_max, gap_s } = limits
  const newest = attempts.toSorted((a, b) => b.at - a.at)
  const reached: Reached[] = []
  const add = (limit: Reached['limit'], counted: readonly CallAttempt[], again_at: number | null) =>
    reached.push({
      limit,
      attempts: counted.length,
      last_at: counted[0]!.at,
      again_at,
      look_at: earliest([again_at, ...counted.map(({ held_until }) => held_until)]),
    })
  const today = newest.filter(({ at }) => at > now - DAY_MS)
  if (day_max !== null && today.length >= day_max) add('day', today, today[day_max - 1]!.at + DAY_MS)
  if (total_max !== null && newest.length >= total_max) add('total', newest, null)
  const gap_ms = (gap_s ?? 0) * 1_000
  const close = newest.filter(({ at }) => at > now - gap_ms)
  if (close.length > 0) add('gap', close, close[0]!.at + gap_ms)
  return reached
}

/** The limits of a number that another attempt in a campaign would break. */
export const numberLimitsReached = (limits: NumberLimits, attempts: readonly CallAttempt[], now: number) =>
  limitsReached(
    limits,
    limits.across_campaigns ? attempts : attempts.filter(({ elsewhere }) => !elsewhere),
    now,
  )

/** The first of several instants; null: none of them comes. */
export const earliest = (instants: readonly (number | null)[]) =>
  instants.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null)

/** When all have come; null: one of them never does. */
export const latest = (instants: readonly (number | null)[]) =>
  instants.reduce<number | null>(
    (last, at) => (last === null || at === null ? null : Math.max(last, at)),
    Number.NEGATIVE_INFINITY,
  )

/** Rules as a caller gives them: what is left out is no limit. */
export interface GivenAttemptRules {
  number?: (Partial<AttemptLimits> & { across_campaigns?: boolean }) | null
  lead?: Partial<AttemptLimits> | null
}

/** The same with every property; null: nothing is limited. */
export function attemptRulesOf(given: GivenAttemptRules | null): AttemptRules | null {
  const limits = (some: Partial<AttemptLimits> | null | undefined): AttemptLimits | null => {
    const { day_max = null, total_max = null, gap_s = null } = some ?? {}
    return [day_max, total_max, gap_s].every((limit) => limit === null) ? null : { day_max, total_max, gap_s }
  }
  const [number, lead] = [limits(given?.number), limits(given?.lead)]
  if (!number && !lead) return null
  return {
    number: number && { ...number, across_campaigns: given?.number?.across_campaigns ?? false },
    lead,
  }
}

/** A sentence about a limit that is reached. `who`: 'the lead', '+61491570006'. `zone`: in which times are told. */
export function attemptSentence(
  who: string,
  { limit, attempts, last_at, again_at }: Reached,
  zone: string,
  now: number,
): string {
  const told = (at: number) => timeIn(zone, at, now)
  const again = again_at === null ? '' : `; again from ${told(again_at)}`
  if (limit === 'gap') return `${who} was called at ${told(last_at)}${again}`
  const times = attempts === 1 ? 'once' : `${attempts} times`
  return limit === 'day'
    ? `${who} was called ${times} in the last 24 hours${again}`
    : `${who} was called ${times}, as often as the rules allow`
}

/** '14:05' of today, '2026-11-28 14:05' of another day; a minute that has begun counts as the next one. */
function timeIn(zone: string, at: number, now: number): string {
  const local = (instant: number) =>
    Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  const wall = local(at).round({ smallestUnit: 'minute', roundingMode: 'ceil' })
  const time = wall.toPlainTime().toString({ smallestUnit: 'minute' })
  return wall.toPlainDate().equals(local(now).toPlainDate()) ? time : `${wall.toPlainDate()} ${time}`
}
