// When a lead wants to be called: a wall time that was agreed, and the instant that it means in a time zone.

import { instantOf, remembering } from './times.ts'

/** `local` is what was agreed and stays; `at` follows from it and from the contact hours that count at the time. */
interface Callback {
  /** Wall time in the zone of the contact hours: '2026-10-04T02:30:00'. It may be one that the zone skips. */
  local: string
  /** The instant, RFC 3339 in UTC: '2026-10-03T16:00:00Z'. */
  at: string
}

type Read = { callback: Callback } | { problem: string }

/** Reads a callback date as one of the APIs spells it. */
export type CallbackReader = (text: string, zone: string, now: string | Temporal.Instant) => Read

const CLASSIC = /^(\d{4})\/(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):([0-5]\d)$/
const LOCAL = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/

/**
 * Reads a callback date of the classic API: exactly yyyy/MM/dd HH:mm, surrounding blanks ignored.
 * `zone`: IANA name of the contact hours' zone. `now`: RFC 3339. Times past are fine (due at once), but not before
 * a year ago nor after five years from now. The problem is the rest of a sentence about the value.
 */
export const readCallback: CallbackReader = (text, zone, now) => {
  const match = CLASSIC.exec(text.trim())
  return match ? judged(match, zone, now) : { problem: 'must be yyyy/MM/dd HH:mm, as in 2026/10/04 14:30' }
}

/** The same of /v1: yyyy-MM-ddTHH:mm; seconds are taken, because a lead that is read shows them. */
export const readLocal: CallbackReader = (text, zone, now) => {
  const match = LOCAL.exec(text.trim())
  return match ? judged(match, zone, now) : { problem: 'must be yyyy-MM-ddTHH:mm, as in 2026-10-04T14:30' }
}

function judged(match: RegExpExecArray, zone: string, now: string | Temporal.Instant): Read {
  const [, year, month, day, hour, minute, second = '00'] = match
  if (Number(day) > Temporal.PlainYearMonth.from(`${year}-${month}`).daysInMonth)
    return { problem: 'is no day of the calendar' }
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const at_ms = instantOf(local, zone)
  const today = Temporal.Instant.from(now).toZonedDateTimeISO('UTC')
  if (at_ms < today.subtract({ years: 1 }).epochMilliseconds) return { problem: 'is more than a year ago' }
  if (at_ms > today.add({ years: 5 }).epochMilliseconds) return { problem: 'is more than five years ahead' }
  return { callback: { local, at: written(at_ms) } }
}

/** The instant (RFC 3339 in UTC) of an agreed wall time in a zone; worked out again when the contact hours change. */
export const callbackInstant = remembering((local: string, zone: string) => written(instantOf(local, zone)))

const written = (at_ms: number) => Temporal.Instant.fromEpochMilliseconds(at_ms).toString()

/**
 * Whether a text is the name of an IANA time zone, spelt as the database spells it ('Australia/Sydney', 'UTC').
 * Offsets ('+10:00') and the names without a place ('EST5EDT', 'GMT') are refused: most know no summer time.
 */
export function isZone(text: string): boolean {
  if (text !== 'UTC' && !text.includes('/')) return false
  try {
    return new Temporal.ZonedDateTime(0n, text).timeZoneId === text
  } catch {
    return false
  }
}
