// Instants and days as callers write them. Years have four digits: that is what RFC 3339 knows, and what the database,
// calendars and people read alike.

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
