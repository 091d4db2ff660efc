// Contact hours in words, for what becomes different.

import type { ContactHours } from '../../../src/client/api.ts'
import { DAYS, type Day, type Exception, type Window } from '../../../src/core/rules.ts'
import { isDate } from '../../../src/core/times.ts'
import { type Difference, differences, isSame, type Shown } from '../set-up/differences.ts'
import { contact_hours } from '../text/contact-hours.ts'
import { dayWithYear } from '../text/times.ts'
import { writeSpans } from './week.ts'
import { zoneLabel } from './zones.ts'

const { shown: words, short, exceptions: days } = contact_hours

/** What is typed may be no day; the server says so. */
const bound = (date: string | null) =>
  date === null ? words.no_bound : isDate(date) ? dayWithYear(date) : date

const SHOWN: Shown<ContactHours> = {
  name: [words.name, (name) => name],
  zone: [words.zone, zoneLabel],
  local_to_lead: [words.clock, (theirs) => (theirs ? words.clock_theirs : words.clock_own)],
  weekly: [words.weekly, weekInWords],
  valid_from: [words.first, bound],
  valid_to: [words.last, bound],
}

function weekInWords(weekly: readonly Window[] | null): string {
  if (weekly === null) return words.round
  if (weekly.length === 0) return words.never
  return weekly.map(({ days, ...span }) => words.window(daysInWords(days), writeSpans([span]))).join('; ')
}

/** "Mon–Fri", "Mon, Wed" */
function daysInWords(days: readonly Day[]): string {
  const [first = 0, ...rest] = days.map((day) => DAYS.indexOf(day)).sort((one, other) => one - other)
  const last = rest.at(-1) ?? first
  const in_a_row = rest.length > 1 && last - first === rest.length
  return in_a_row
    ? `${short[DAYS[first]!]}–${short[DAYS[last]!]}`
    : [first, ...rest].map((day) => short[DAYS[day]!]).join(', ')
}

const exceptionInWords = (one: Exception | undefined) =>
  one ? `${one.name}: ${writeSpans(one.windows) || days.closed}` : words.not_there

export function hoursBetween(before: ContactHours, after: ContactHours): Difference[] {
  const of = ({ exceptions }: ContactHours) => new Map(exceptions.map((one) => [one.date, one]))
  const [old, next] = [of(before), of(after)]
  const dates = [...new Set([...old.keys(), ...next.keys()])].sort()
  return [
    ...differences(before, after, SHOWN),
    ...dates
      .filter((date) => !isSame(old.get(date), next.get(date)))
      .map((date) => ({
        label: words.exception(dayWithYear(date)),
        before: exceptionInWords(old.get(date)),
        after: exceptionInWords(next.get(date)),
      })),
  ]
}
