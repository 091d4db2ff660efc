// Calls of a made-up lead, one after the other: what outcomes do to it, and when it is called again. It asks the rules that
// decide about real leads.

import { callbackInstant } from './callback.ts'
import { firstOpen } from './contact-hours.ts'
import { isExhausted, needsTime, outcomeValues } from './disposition.ts'
import { fold } from './field.ts'
import type { ZoneSet } from './legal-zones.ts'
import { type ContactHours, closes, type Disposition } from './rules.ts'
import { callbackZone } from './zone-set.ts'

/** An outcome that somebody would give. */
export interface MadeUpOutcome {
  code: string
  /** The wall time that is agreed, '2026-11-30T10:00:00'; absent: none. */
  callback?: string
}

export interface SimulatedCall {
  code: string
  /** When the call is made, RFC 3339. */
  at: string
  /** How often the lead has got this outcome, this time included. */
  attempts: number
  priority: number
  /** Null: the lead stays open. */
  closed_by: 'outcome' | 'limit' | null
  /** Nothing was agreed, so the lead is due at once. */
  needs_time: boolean
  /** When the lead may be called next, RFC 3339; null: it is closed, or its contact hours never open. */
  next_at: string | null
}

interface Circumstances {
  dispositions: readonly Disposition[]
  hours: ContactHours
  /** Where the lead may be. */
  zones: ZoneSet
  /** When the lead comes in, RFC 3339. */
  now: string
  /** Of the new lead. */
  priority: number
}

/** The calls up to the one that closes the lead, or after which nobody may call it any more. */
export function simulate(
  outcomes: readonly MadeUpOutcome[],
  { dispositions, hours, zones, now, priority }: Circumstances,
): SimulatedCall[] {
  const zone = callbackZone(hours, zones)
  const calls: SimulatedCall[] = []
  const attempts = new Map<string, number>()
  let lead = { callback_local: null as string | null, priority, client_approved: false }
  let at = firstOpen(hours, zones, now)
  for (const { code, callback } of outcomes) {
    const outcome = dispositions.find((one) => fold(one.code) === fold(code))
    if (at === null || !outcome) break
    const n = (attempts.get(outcome.code) ?? 0) + 1
    attempts.set(outcome.code, n)
    const given = callback === undefined ? {} : { callback }
    const values = outcomeValues(outcome, lead, given, n, zone, at)
    const needs_time = callback === undefined && needsTime(outcome, lead.callback_local, zone, Date.parse(at))
    lead = {
      callback_local: 'callback' in values ? (values.callback as string | null) : lead.callback_local,
      priority: values.priority as number,
      client_approved: lead.client_approved || values.client_approved === true,
    }
    const closed_by = closes(outcome) ? 'outcome' : isExhausted(outcome, n) ? 'limit' : null
    const next_at = closed_by ? null : firstOpen(hours, zones, dueAt(lead.callback_local, zone, at))
    calls.push({
      code: outcome.code,
      at,
      attempts: n,
      priority: lead.priority,
      closed_by,
      needs_time,
      next_at,
    })
    at = next_at
  }
  return calls
}

/** Not before the call itself. */
function dueAt(callback_local: string | null, zone: string, at: string): string {
  if (callback_local === null) return at
  const due = callbackInstant(callback_local, zone)
  return Date.parse(due) > Date.parse(at) ? due : at
}
