// Wall times and zones, for showing. The server decides what a callback means; the browser says the same
// (browsers without Temporal are still in use).

const formats = new Map<string, Intl.DateTimeFormat>()

/** How many milliseconds a zone is ahead of UTC at an instant. */
function offsetAt(instant_ms: number, zone: string): number {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of format.formatToParts(instant_ms)) part[type] = Number(value)
  const wall = new Date(0)
  // Date.UTC would take the years 0 to 99 for those of the twentieth century.
  wall.setUTCFullYear(part.year!, part.month! - 1, part.day!)
  wall.setUTCHours(part.hour!, part.minute!, part.second!)
  return wall.getTime() - Math.floor(instant_ms / 1000) * 1000
}

const DAY_MS = 86_400_000

/** '2026-10-04T10:00' or with seconds, as if it were UTC. */
const asUtc = (local: string) => Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`)

/**
 * The instant that a wall time means in a zone: of two the first; of one that the zone skips, the first instant after
 * the gap.
 */
export function instantOf(local: string, zone: string): number {
  const wall = asUtc(local)
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((around) => offsetAt(around, zone))
  const fitting = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(at, zone) === wall)
  if (fitting.length > 0) return Math.min(...fitting)
  return endOfGap(wall - Math.max(...offsets), wall - Math.min(...offsets), zone)
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

/** The zone of whoever sits here. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
