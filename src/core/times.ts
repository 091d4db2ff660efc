// Instants, days and wall times as callers write them. Years have four digits: that is what RFC 3339 knows, and what the
// database, calendars and people read alike.

const FIRST_MS = Date.parse('0001-01-01T00:00:00Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

/** An RFC 3339 time, in UTC. The problem is the rest of a sentence about the value. */
export function readInstant(text: string): { at: string } | { problem: string } {
  try {
    const instant = Temporal.Instant.from(text)
    const { epochMilliseconds } = instant
    return FIRST_MS <= epochMilliseconds && epochMilliseconds <= LAST_MS
      ? { at: instant.toString() }
      : { problem: 'lies outside of the years 1 to 9999' }
  } catch {
    return { problem: 'is no RFC 3339 time, such as 2026-10-04T14:30:00Z' }
  }
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** Whether a text is a day of the calendar, '2026-12-25'. Without Temporal: the browser asks it, too. */
export function isDate(text: string): boolean {
  const [year, month, day] = DAY.exec(text)?.slice(1).map(Number) ?? []
  if (!year) return false
  // Date.UTC would take the years 0 to 99 for those of the twentieth century.
  const date = new Date(0)
  date.setUTCFullYear(year, month! - 1, day)
  return date.toISOString().slice(0, 10) === text
}

/** How many answers are remembered. */
const REMEMBERED_MAX = 1_000

/** Works a text out once for the same question: many leads of one moment are called back at the same time. */
export function remembering<Question extends (string | number)[]>(work: (...question: Question) => string) {
  const answers = new Map<string, string>()
  return (...question: Question): string => {
    const key = question.join()
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = work(...question)
    if (answers.size >= REMEMBERED_MAX) answers.clear()
    answers.set(key, answer)
    return answer
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How many milliseconds a zone is ahead of UTC at an instant. */
function offsetAt(instant_ms: number, zone: string): number {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      timeZoneName: 'longOffset',
    })
    formats.set(zone, format)
  }
  // '2026 GMT+11:00'; local mean times of the past have seconds.
  const [, sign, hours, minutes, seconds = 0] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(instant_ms)) ?? []
  if (sign === undefined) return 0
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -ms : ms
}

const DAY_MS = 86_400_000

/**
 * The instant, in milliseconds, that a wall time ('2026-10-04T10:00', seconds optional) means in a zone. A time that the
 * zone has twice means the first; a time that it skips means the first instant after the gap. Without Temporal: the
 * browser asks it, too.
 */
export function instantOf(local: string, zone: string): number {
  const wall = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`)
  const [before, after] = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)]
  // No zone changes twice within two days.
  if (before === after) return wall - before
  const fitting = [wall - before, wall - after].filter((at) => at + offsetAt(at, zone) === wall)
  if (fitting.length > 0) return Math.min(...fitting)
  return endOfGap(wall - after, wall - before, zone)
}

/** The instant between the two at which the offset changes. */
function endOfGap(before: number, after: number, zone: string): number {
  const old = offsetAt(before, zone)
  let [low, high] = [before, after]
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000
    if (offsetAt(middle, zone) === old) low = middle
    else high = middle
  }
  return high
}

/** The wall time of a zone at an instant: '2026-11-26T10:00'. */
export const localIn = (instant_ms: number, zone: string) =>
  new Date(instant_ms + offsetAt(instant_ms, zone)).toISOString().slice(0, 16)
