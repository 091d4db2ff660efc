// The clocks that rules go by: each is a time zone with the rules that count in it. A set of them is one integer, a bit for
// each, so that the queue keeps it in a column and asks of it with `&`.

import type { Jurisdiction } from './legal-hours.ts'

interface LegalZone {
  /** IANA time zone. */
  zone: string
  /** As people say it: in Perth. */
  place: string
  jurisdiction: Jurisdiction
}

const inPlace = (jurisdiction: Jurisdiction, zone: string, place: string): LegalZone => ({
  zone,
  place,
  jurisdiction,
})

/** By bit. Rows of the queue have them stored: the order never changes, and new ones come last. At most 30. */
export const LEGAL_ZONES = [
  // Melbourne, Hobart and Canberra have the clock of Sydney.
  inPlace('AU', 'Australia/Sydney', 'Sydney'),
  inPlace('AU', 'Australia/Brisbane', 'Brisbane'),
  inPlace('AU', 'Australia/Adelaide', 'Adelaide'),
  inPlace('AU', 'Australia/Darwin', 'Darwin'),
  inPlace('AU', 'Australia/Perth', 'Perth'),
  inPlace('AU', 'Australia/Eucla', 'Eucla'),
  inPlace('AU', 'Australia/Lord_Howe', 'Lord Howe Island'),
  inPlace('GB', 'Europe/London', 'London'),
  inPlace('US', 'America/New_York', 'New York'),
  inPlace('US', 'America/Chicago', 'Chicago'),
  inPlace('US', 'America/Denver', 'Denver'),
  inPlace('US', 'America/Phoenix', 'Phoenix'),
  inPlace('US', 'America/Los_Angeles', 'Los Angeles'),
  inPlace('US', 'America/Anchorage', 'Anchorage'),
  inPlace('US', 'America/Adak', 'Adak'),
  inPlace('US', 'Pacific/Honolulu', 'Honolulu'),
  inPlace('US', 'America/Puerto_Rico', 'San Juan'),
  inPlace('US', 'Pacific/Guam', 'Guam'),
  inPlace('US', 'Pacific/Pago_Pago', 'Pago Pago'),
  inPlace('US-CT', 'America/New_York', 'Connecticut'),
  inPlace('US-FL', 'America/New_York', 'Miami'),
  inPlace('US-FL', 'America/Chicago', 'Pensacola'),
  inPlace('US-MD', 'America/New_York', 'Maryland'),
  inPlace('US-OK', 'America/Chicago', 'Oklahoma'),
  inPlace('US-RI', 'America/New_York', 'Rhode Island'),
  inPlace('US-TX', 'America/Chicago', 'Houston'),
  inPlace('US-TX', 'America/Denver', 'El Paso'),
] as const

/** A set of them as bits. 0: nothing but contact hours counts. */
export type ZoneSet = number

/** The set of a lead whose numbers are each dialled by a clock of their own: no zone closes it. */
export const SEVERAL: ZoneSet = 1 << 30

/** The set of those with these names, each as `place` has it. */
export function zonesNamed(...places: string[]): ZoneSet {
  return places.reduce((set, place) => {
    const bit = LEGAL_ZONES.findIndex((one) => one.place === place)
    if (bit < 0) throw new Error(`no legal zone is called ${place}`)
    return set | (1 << bit)
  }, 0)
}

/** The bits of a set, the first one first. */
export const bitsOf = (set: ZoneSet): number[] =>
  LEGAL_ZONES.flatMap((_, bit) => (set & (1 << bit) ? [bit] : []))

/** The time zones of a set, each once. */
export const zonesIn = (set: ZoneSet): string[] => [
  ...new Set(bitsOf(set).map((bit) => LEGAL_ZONES[bit]!.zone)),
]

const AT = {
  eastern: zonesNamed('New York'),
  central: zonesNamed('Chicago'),
  mountain: zonesNamed('Denver'),
  pacific: zonesNamed('Los Angeles'),
}

/** The zones of the states and territories of the USA. A state that has two has both: a number or a post code rarely tells. */
export const US_STATES: Record<string, ZoneSet> = {
  AL: AT.central,
  AK: zonesNamed('Anchorage', 'Adak'),
  // The Navajo Nation sets its clocks forward.
  AZ: zonesNamed('Phoenix', 'Denver'),
  AR: AT.central,
  CA: AT.pacific,
  CO: AT.mountain,
  CT: zonesNamed('Connecticut'),
  DC: AT.eastern,
  DE: AT.eastern,
  FL: zonesNamed('Miami', 'Pensacola'),
  GA: AT.eastern,
  HI: zonesNamed('Honolulu'),
  ID: AT.mountain | AT.pacific,
  IL: AT.central,
  IN: AT.eastern | AT.central,
  IA: AT.central,
  KS: AT.central | AT.mountain,
  KY: AT.eastern | AT.central,
  LA: AT.central,
  ME: AT.eastern,
  MD: zonesNamed('Maryland'),
  MA: AT.eastern,
  MI: AT.eastern | AT.central,
  MN: AT.central,
  MS: AT.central,
  MO: AT.central,
  MT: AT.mountain,
  NE: AT.central | AT.mountain,
  NV: AT.pacific | AT.mountain,
  NH: AT.eastern,
  NJ: AT.eastern,
  NM: AT.mountain,
  NY: AT.eastern,
  NC: AT.eastern,
  ND: AT.central | AT.mountain,
  OH: AT.eastern,
  OK: zonesNamed('Oklahoma'),
  OR: AT.pacific | AT.mountain,
  PA: AT.eastern,
  RI: zonesNamed('Rhode Island'),
  SC: AT.eastern,
  SD: AT.central | AT.mountain,
  TN: AT.eastern | AT.central,
  TX: zonesNamed('Houston', 'El Paso'),
  UT: AT.mountain,
  VT: AT.eastern,
  VA: AT.eastern,
  WA: AT.pacific,
  WV: AT.eastern,
  WI: AT.central,
  WY: AT.mountain,
  PR: zonesNamed('San Juan'),
  VI: zonesNamed('San Juan'),
  GU: zonesNamed('Guam'),
  MP: zonesNamed('Guam'),
  AS: zonesNamed('Pago Pago'),
}

export type Country = 'AU' | 'GB' | 'US'

/**
 * Where somebody may be of whom only the country is known. Not among them: Eucla, with its fifty people, Lord Howe Island, and
 * the territories of the USA, whose numbers have area codes of their own.
 */
export const EVERYWHERE: Record<Country, ZoneSet> = {
  AU: zonesNamed('Sydney', 'Brisbane', 'Adelaide', 'Darwin', 'Perth'),
  GB: zonesNamed('London'),
  US: Object.entries(US_STATES).reduce(
    (set, [state, zones]) => (['PR', 'VI', 'GU', 'MP', 'AS'].includes(state) ? set : set | zones),
    0,
  ),
}
