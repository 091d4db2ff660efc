// Wall time for the model: which instant a wall time means, and whether contact hours are open at an instant.
//
// Slow and plain; it shares no code with the product.

import type { ContactHours, Span } from '../../../src/core/rules.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** A wall time that occurs twice means the first; one that is skipped moves to the first valid minute after it. */
export function instantOf(local: string, zone: string): number {
  const key = `${local} ${zone}`
  const instant = known.get(key) ?? workOut(local, zone)
  known.set(key, instant)
  return instant
}

const known = new Map<string, number>()

function workOut(local: string, zone: string): number {
  let wall = Temporal.PlainDateTime.from(local)
  const exists = () =>
    wall.toZonedDateTime(zone, { disambiguation: 'earlier' }).toPlainDateTime().equals(wall)
  if (!exists()) wall = wall.round({ smallestUnit: 'minute', roundingMode: 'floor' })
  while (!exists()) wall = wall.add({ minutes: 1 })
  return wall.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds
}

export const wallOf = (instant: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })

/** The first wall time whose instant is not before this one, in whole seconds. */
export function wallNotBefore(instant: number, zone: string): string {
  let second = Math.ceil(instant / 1_000) * 1_000
  // In an hour that occurs twice, its wall times mean the first time: the second time ends with the next hour.
  while (instantOf(wallOf(second, zone), zone) < second) second += 1_000
  return wallOf(second, zone)
}

/** Midnight at the end of the local day. */
export const nextMidnight = (instant: number, zone: string) =>
  `${Temporal.PlainDateTime.from(wallOf(instant, zone)).toPlainDate().add({ days: 1 })}T00:00:00`

function agreed(hours: Omit<ContactHours, 'zone_version'>, date: Temporal.PlainDate): Span[] {
  const day = date.toString()
  if (hours.valid_from !== null && day < hours.valid_from) return []
  if (hours.valid_to !== null && day > hours.valid_to) return []
  for (const exception of hours.exceptions) if (exception.date === day) return exception.windows
  if (hours.weekly === null) return [{ from: '00:00', to: '24:00' }]
  return hours.weekly.filter(({ days }) => days.includes(DAYS[date.dayOfWeek - 1]!))
}

/** Whether the contact hours are open at the instant, by the clock of a zone. */
export function isOpen(
  hours: Omit<ContactHours, 'zone_version'>,
  instant: number,
  zone = hours.zone,
): boolean {
  const date = Temporal.PlainDateTime.from(wallOf(instant, zone)).toPlainDate()
  const at = (time: string) =>
    time === '24:00' ? instantOf(`${date.add({ days: 1 })}T00:00`, zone) : instantOf(`${date}T${time}`, zone)
  return agreed(hours, date).some(({ from, to }) => at(from) <= instant && instant < at(to))
}
