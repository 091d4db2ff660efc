// Where people are, for the model: the clocks that the owner of a number may have, and the rules that count there.
//
// Slow and plain; it shares no code with the product. It knows only the numbers and states of the simulated days.

import { instantOf, wallOf } from './calendar.ts'

type Law = 'Australia' | 'Britain' | 'America' | 'Florida'
type Place = `${Law} ${string}`

const EAST: Place[] = ['Australia Australia/Melbourne']
const BRISBANE: Place[] = ['Australia Australia/Brisbane']
const ADELAIDE: Place[] = ['Australia Australia/Adelaide']
const DARWIN: Place[] = ['Australia Australia/Darwin']
const PERTH: Place[] = ['Australia Australia/Perth']
const FLORIDA: Place[] = ['Florida America/New_York', 'Florida America/Chicago']
const MAINLAND = [...EAST, ...BRISBANE, ...ADELAIDE, ...DARWIN, ...PERTH]

/** What the beginning of a number says. Null: nothing but the country. */
const NUMBERS: [prefix: string, country: 'AU' | 'GB' | 'US' | 'NZ', places: Place[] | null][] = [
  ['614', 'AU', null],
  ['6189', 'AU', PERTH],
  ['6188', 'AU', ADELAIDE],
  ['617', 'AU', BRISBANE],
  ['612', 'AU', EAST],
  ['44', 'GB', ['Britain Europe/London']],
  ['1305', 'US', ['Florida America/New_York']],
  ['64', 'NZ', []],
]

/** What a state or post code says. */
const STATES: Record<string, Record<string, Place[]>> = {
  AU: {
    WA: PERTH,
    qld: BRISBANE,
    Victoria: EAST,
    '2880': [...ADELAIDE, ...EAST],
    '0872': [...DARWIN, ...ADELAIDE, ...PERTH],
  },
  US: { FL: FLORIDA, WA: ['America America/Los_Angeles'] },
  GB: {},
  NZ: {},
}

export const STATE_TEXTS = ['', 'WA', 'qld', 'Victoria', '2880', '0872', 'FL', 'Ana']

/** The country of a number. */
export const countryOf = (number: number) => NUMBERS.find(([prefix]) => String(number).startsWith(prefix))![1]

export function placesOf(number: number, state: string): Place[] {
  const [, country, here] = NUMBERS.find(([prefix]) => String(number).startsWith(prefix))!
  const there = STATES[country]![state]
  if (!there || here?.length === 0) return here ?? MAINLAND
  if (!here) return there
  const common = here.filter((place) => there.includes(place))
  return common.length > 0 ? common : [...here, ...there]
}

/** The zone of a place. */
export const zoneOfPlace = (place: Place) => place.split(' ')[1]!

const HOLIDAYS = new Set([
  '2026-12-25',
  '2026-12-26',
  '2026-12-28',
  '2027-01-01',
  '2027-01-26',
  '2027-03-26',
  '2027-03-29',
  '2027-04-25',
])

/** The hours in which calls are allowed on a day; null: none. */
function hours(law: Law, date: Temporal.PlainDate): [from: string, to: string] | null {
  const { dayOfWeek } = date
  switch (law) {
    case 'Australia':
      if (dayOfWeek === 7 || HOLIDAYS.has(date.toString())) return null
      return ['09:00', dayOfWeek === 6 ? '17:00' : '20:00']
    case 'Britain':
      return [dayOfWeek > 5 ? '09:00' : '08:00', '21:00']
    case 'America':
      return ['08:00', '21:00']
    case 'Florida':
      return ['08:00', '20:00']
    default:
      return law satisfies never
  }
}

let known = { instant: Number.NaN, places: new Map<Place, boolean>() }

/** Whether calls are allowed in a place at an instant. */
export function isLawful(place: Place, instant: number): boolean {
  if (known.instant !== instant) known = { instant, places: new Map() }
  const told = known.places.get(place) ?? judge(place, instant)
  known.places.set(place, told)
  return told
}

function judge(place: Place, instant: number): boolean {
  const [law, zone] = place.split(' ') as [Law, string]
  const date = Temporal.PlainDateTime.from(wallOf(instant, zone)).toPlainDate()
  const allowed = hours(law, date)
  if (!allowed) return false
  const [from, to] = allowed.map((time) => instantOf(`${date}T${time}`, zone)) as [number, number]
  return from <= instant && instant < to
}
