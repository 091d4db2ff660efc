// The rules of outcomes: when a lead comes back, how urgent it is, and whether it is called again at all.

import { callbackInstant } from './callback.ts'
import { fold } from './field.ts'
import type { LeadState } from './lead.ts'
import type { Values } from './merge.ts'
import { closes, type Disposition, type DispositionKind, type Rules } from './rules.ts'
import { instantOf, remembering } from './times.ts'

/** Values given beside the disposition; they win over its rule. */
export interface Given {
  priority?: number
  /** Local wall time as agreed; null: no callback. */
  callback?: string | null
}

/** The values beside the disposition, among values by path. */
export const givenIn = ({ priority, callback }: Values): Given => ({
  ...(typeof priority === 'number' ? { priority } : {}),
  ...(callback === undefined ? {} : { callback: callback as string | null }),
})

/** The disposition among values by path, be it enabled or not; null: there is none, or it is gone. */
export const dispositionGiven = ({ dispositions }: Rules, { disposition }: Values): Disposition | null =>
  (typeof disposition === 'string' && dispositions.get(fold(disposition))) || null

/**
 * The values by path that a disposition brings. `attempts`: how often the lead has got it, this time included.
 * `zone`: of the contact hours that count for the lead from now on. `now`: RFC 3339.
 */
export function outcomeValues(
  disposition: Disposition,
  lead: Pick<LeadState, 'callback_local' | 'priority' | 'client_approved'>,
  given: Given,
  attempts: number,
  zone: string,
  now: string,
): Values {
  const closed = closes(disposition) || isExhausted(disposition, attempts)
  const priority = given.priority ?? disposition.priority
  return {
    disposition: disposition.code,
    closed,
    ...(disposition.kind === 'client_callback' ? { client_approved: true } : {}),
    // A call that the customer asked for never becomes less urgent.
    priority: lead.client_approved ? Math.min(lead.priority, priority) : priority,
    ...(closed ? { callback: null, callback_agent: null } : nextCall(disposition, lead, given, zone, now)),
  }
}

/** Redials are counted after the first call: with a limit of 5, the sixth is the last. */
export const isExhausted = ({ kind, redials_max }: Disposition, attempts: number) =>
  kind === 'retry' && redials_max !== null && attempts > redials_max

function nextCall(
  { kind, delay_s, next_day }: Disposition,
  lead: Pick<LeadState, 'callback_local'>,
  given: Given,
  zone: string,
  now: string,
): Values {
  if (given.callback !== undefined) return { callback: given.callback }
  const agreed = lead.callback_local
  const keeps =
    kind !== 'retry' &&
    agreed !== null &&
    Temporal.Instant.compare(callbackInstant(agreed, zone), Temporal.Instant.from(now)) > 0
  if (keeps) return {}
  return {
    callback: next_day ? nextDay(zone, minuteOf(now)) : localAfter(delay_s ?? 0, zone, secondFrom(now)),
  }
}

/**
 * Whether a callback must be given a time, because without one it would be due at once. `agreed`: the local time that the
 * lead has. Without Temporal: the browser asks it.
 */
export const needsTime = (
  { kind, delay_s, next_day }: Pick<Disposition, 'kind' | 'delay_s' | 'next_day'>,
  agreed: string | null,
  zone: string,
  now_ms: number,
): boolean =>
  (kind === 'callback' || kind === 'client_callback') &&
  !delay_s &&
  !next_day &&
  (agreed === null || instantOf(agreed, zone) <= now_ms)

const minuteOf = (now: string) => Math.floor(Date.parse(now) / 60_000)

const secondFrom = (now: string) =>
  Temporal.Instant.from(now).round({ smallestUnit: 'second', roundingMode: 'ceil' }).epochMilliseconds / 1_000

/** Midnight at the end of the local day: from then on the contact hours decide. No day begins within a minute. */
const nextDay = remembering((zone: string, minute: number): string => {
  const now = Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  return `${today.add({ days: 1 })}T00:00:00`
})

/**
 * The wall time after a delay, in whole seconds. Of a wall time that the zone has twice the first is meant: where that
 * would be too early, the end of the repeated hour is taken.
 */
const localAfter = remembering((delay_s: number, zone: string, second: number): string => {
  const wanted = Temporal.Instant.fromEpochMilliseconds((second + delay_s) * 1_000)
  const zoned = wanted.toZonedDateTimeISO(zone)
  const local = secondsOf(zoned.toPlainDateTime())
  if (Temporal.Instant.compare(callbackInstant(local, zone), wanted) >= 0) return local
  const change = zoned.getTimeZoneTransition('previous')!.toInstant()
  const last = change.subtract({ seconds: 1 }).toZonedDateTimeISO(zone).toPlainDateTime()
  return secondsOf(last.add({ seconds: 1 }))
})

const secondsOf = (local: Temporal.PlainDateTime) => local.toString({ smallestUnit: 'second' })

/** Of outcomes that meet, the stricter one prevails. */
export const STRICTNESS: Record<DispositionKind, number> = {
  retry: 0,
  callback: 1,
  client_callback: 2,
  final: 3,
  dnc: 4,
}

/** An outcome that was reported for a lead, with the time of the call. */
export interface ReportedCall {
  kind: DispositionKind
  /** RFC 3339. */
  at: string
}

/** Whether a lead follows this outcome rather than others of the same time: the stricter one, else the later call. */
export const prevails = (mine: ReportedCall, others: readonly ReportedCall[]) =>
  others.every(({ kind, at }) => {
    const stricter = STRICTNESS[mine.kind] - STRICTNESS[kind]
    return (
      stricter > 0 ||
      (stricter === 0 &&
        Temporal.Instant.compare(Temporal.Instant.from(mine.at), Temporal.Instant.from(at)) >= 0)
    )
  })

/** A contradiction in the set-up of a disposition, with the property at fault; undefined: none. */
export function dispositionProblem({
  kind,
  delay_s,
  next_day,
  redials_max,
}: Pick<Disposition, 'kind' | 'delay_s' | 'next_day' | 'redials_max'>):
  | { field: string; detail: string }
  | undefined {
  if (closes({ kind }) && (delay_s !== null || next_day))
    return {
      field: delay_s !== null ? '/delay_s' : '/next_day',
      detail: `a lead does not come back after ${kind}`,
    }
  if (delay_s !== null && next_day)
    return { field: '/next_day', detail: 'it comes back after a delay or on the next day, not both' }
  if (redials_max !== null && kind !== 'retry')
    return { field: '/redials_max', detail: 'only a retry has a limit of re-dials' }
  return undefined
}
