// Consents of a lead: what is taken as one, until when it counts, and where a law ends it.

import { LIMITS } from './limits.ts'
import type { Region } from './phone.ts'
import { ok, type Result, refuseField } from './result.ts'
import { readKept } from './text.ts'
import { readInstant } from './times.ts'

export const CONSENT_KINDS = ['express', 'inferred'] as const
export type ConsentKind = (typeof CONSENT_KINDS)[number]

/** The rule of a template. */
export type ConsentRule = 'none' | 'required'

/** A consent as a caller gives it. */
export interface GivenConsent {
  kind: ConsentKind
  /** RFC 3339; absent: now. */
  given_at?: string
  given_by?: string | null
  text: string
  source?: string | null
  /** RFC 3339; null: until it is withdrawn; absent: as the law of the region says. */
  expires_at?: string | null
}

export interface Consent {
  kind: ConsentKind
  given_at: string
  given_by: string | null
  text: string
  source: string | null
  /** Null: until it is withdrawn. */
  expires_at: string | null
}

/** Clocks differ a little. */
const AHEAD_MS_MAX = 60_000

/** `zone`: of the lead's contact hours, in which months are counted. */
export function readConsent(
  given: GivenConsent,
  { region, zone }: { region: Region; zone: string },
  now: string,
): Result<Consent> {
  const text = readKept(given.text, LIMITS.text_points_max, { lines: true, lenient: true, whole: true })
  if ('problem' in text) return refuseField('/text', text.problem)
  if (text.text === '') return refuseField('/text', 'is empty: write down what was agreed to')
  const given_by = readLine(given.given_by)
  if ('problem' in given_by) return refuseField('/given_by', given_by.problem)
  const source = readLine(given.source)
  if ('problem' in source) return refuseField('/source', source.problem)
  const given_at = readInstant(given.given_at ?? now)
  if ('problem' in given_at) return refuseField('/given_at', given_at.problem)
  if (Date.parse(given_at.at) > Date.parse(now) + AHEAD_MS_MAX)
    return refuseField('/given_at', 'lies in the future: a consent is recorded once it was given')
  const expiry = readExpiry(given, given_at.at, region, zone)
  if ('problem' in expiry) return refuseField('/expires_at', expiry.problem)
  return ok({
    kind: given.kind,
    given_at: given_at.at,
    given_by: given_by.text || null,
    text: text.text,
    source: source.text || null,
    expires_at: expiry.at,
  })
}

/** A name or a reason: a line that may be left out. */
export const readLine = (text: string | null | undefined) =>
  readKept(text ?? '', LIMITS.short_text_points_max, { lenient: true, whole: true })

function readExpiry(
  { kind, expires_at }: GivenConsent,
  given_at: string,
  region: Region,
  zone: string,
): { at: string | null } | { problem: string } {
  if (expires_at === undefined) return { at: lapsesAt(kind, given_at, region, zone) }
  if (expires_at === null) return { at: null }
  const read = readInstant(expires_at)
  if ('problem' in read) return read
  return Date.parse(read.at) > Date.parse(given_at)
    ? read
    : { problem: 'is not after the time at which the consent was given' }
}

/** Do Not Call Register Act 2006 (Australia), schedule 2, clause 3: express consent without a stated period. */
const LAPSE_MONTHS_AU = 3

/** When a consent lapses that states no period; null: it does not. */
function lapsesAt(kind: ConsentKind, given_at: string, region: Region, zone: string): string | null {
  if (region !== 'AU' || kind !== 'express') return null
  return Temporal.Instant.from(given_at)
    .toZonedDateTimeISO(zone)
    .add({ months: LAPSE_MONTHS_AU })
    .toInstant()
    .toString()
}
