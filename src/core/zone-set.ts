// The clocks that the people behind the numbers of a lead can have: where each number is from, met with the address of the
// lead. All of them must be open.

import { addressZones } from './address-zones.ts'
import { firstOpen, hoursNow } from './contact-hours.ts'
import { contactHoursOf, isDialable, type LeadPhone, type LeadValues, type PhoneState } from './lead.ts'
import { bitsOf, EVERYWHERE, LEGAL_ZONES, SEVERAL, type ZoneSet, zonesIn } from './legal-zones.ts'
import { type NumberOrigin, numberOrigin } from './number-zones.ts'
import type { Region } from './phone.ts'
import { canonicalNumber } from './phone-forms.ts'
import { type ContactHours, contactHoursNamed, type Rules } from './rules.ts'

/**
 * How the zones of a number are known. both: the number and the field agree on them; apart: the two have none in common, so
 * those of both count; country: neither says more than the country; no_rules: its country has no rules here.
 */
export const ZONE_ORIGINS = ['number', 'field', 'both', 'apart', 'country', 'no_rules'] as const
export type ZoneOrigin = (typeof ZONE_ORIGINS)[number]

export interface NumberZones {
  zones: ZoneSet
  origin: ZoneOrigin
  /** The digits that tell where the number is from: '+61 8'. '' without rules. */
  prefix: string
}

const NO_RULES: NumberZones = { zones: 0, origin: 'no_rules', prefix: '' }

/** `text`: of the zone field; null: the template has none, or the lead no text in it. */
export function zonesOfNumber(phone: number, text: string | null): NumberZones {
  const from = numberOrigin(phone)
  return from ? met(from, text) : NO_RULES
}

/** Of somebody of whose number nothing is known but the region. */
export const zonesOfRegion = (region: Region, text: string | null): NumberZones =>
  region === 'AU' || region === 'GB' || region === 'US'
    ? met({ country: region, zones: 0, prefix: `of ${region}` }, text)
    : NO_RULES

function met(from: NumberOrigin, text: string | null): NumberZones {
  const { country, prefix } = from
  const there = text === null ? 0 : addressZones(text, country)
  if (from.zones === 0 && there === 0) return { zones: EVERYWHERE[country], origin: 'country', prefix }
  if (there === 0) return { zones: from.zones, origin: 'number', prefix }
  if (from.zones === 0) return { zones: there, origin: 'field', prefix }
  const common = from.zones & there
  if (common === 0) return { zones: from.zones | there, origin: 'apart', prefix }
  return { zones: common, origin: 'both', prefix }
}

/** The country whose clocks these are; undefined: they have no rules. */
const countryOf = ({ zones }: NumberZones) => LEGAL_ZONES[bitsOf(zones)[0]!]?.jurisdiction.slice(0, 2)

/**
 * The sets of which one must be open. Numbers of one country wait for each other: whichever of them is dialled, its owner may be
 * called. Those of several countries may have no hour in common, so each is dialled by its own clock.
 */
export const waysToCall = (numbers: readonly NumberZones[]): ZoneSet[] =>
  new Set(numbers.map(countryOf)).size > 1
    ? numbers.map(({ zones }) => zones)
    : [numbers.reduce((set, { zones }) => set | zones, 0)]

/** By what a lead has its place in the queue. With numbers of several countries it is always looked at. */
function placeSet(numbers: readonly NumberZones[]): ZoneSet {
  const ways = waysToCall(numbers)
  return ways.length === 1 ? ways[0]! : SEVERAL
}

/** The zone in which callbacks are read: by contact hours that are local to the lead it is the lead's, if that is one. */
export function callbackZone(
  { local_to_lead, zone }: Pick<ContactHours, 'local_to_lead' | 'zone'>,
  zones: ZoneSet,
): string {
  const [theirs, ...others] = local_to_lead ? zonesIn(zones) : []
  return theirs === undefined || others.length > 0 ? zone : theirs
}

export function callbackZoneOf(rules: Rules, lead: LeadValues): string {
  const hours = contactHoursOf(rules, lead)
  return callbackZone(hours, hours.local_to_lead ? zoneSetOfLead(rules, lead) : 0)
}

export const zoneSetOf = (phones: readonly number[], text: string | null): ZoneSet =>
  placeSet(phones.map((phone) => zonesOfNumber(phone, text)))

interface WithFields {
  fields: Record<string, string>
}

/** The text of the zone field, if the template has one that is not retired. */
function zoneTextOf({ zone_field, fields }: Rules, lead: WithFields): string | null {
  if (zone_field === null || !fields.named(zone_field)) return null
  return Object.hasOwn(lead.fields, zone_field) ? lead.fields[zone_field]! : null
}

/** The zone set of a lead. Numbers in retired fields are not dialled, so they do not count. */
export function zoneSetOfLead(rules: Rules, lead: WithFields & { phones: readonly LeadPhone[] }): ZoneSet {
  const phones = rules.fields
    .rowsIn(lead.phones)
    .flatMap(({ phone, state }) => (phone !== null && isDialable(state) ? [phone] : []))
  return zoneSetOf(phones, zoneTextOf(rules, lead))
}

/** A lead as it is shown. */
interface Viewed extends WithFields {
  contact_hours: string
  phones: readonly { field: string; number?: string; state: PhoneState }[]
}

/** The zones of each number of a lead that is dialled, each number once. */
export function zonesOfView(rules: Rules, lead: Viewed): (NumberZones & { number: string })[] {
  const text = zoneTextOf(rules, lead)
  const numbers = new Set(
    rules.fields
      .rowsIn(lead.phones)
      .flatMap(({ number, state }) => (number !== undefined && isDialable(state) ? [number] : [])),
  )
  return [...numbers].map((number) => ({ number, ...zonesOfNumber(Number(number.slice(1)), text) }))
}

/** As the API shows them. */
export interface ShownZones {
  number: string
  /** IANA time zones. */
  zones: string[]
  origin: ZoneOrigin
}

export const shownZones = ({ number, zones, origin }: NumberZones & { number: string }): ShownZones => ({
  number,
  zones: zonesIn(zones),
  origin,
})

/** The contact hours of a lead as it is shown. */
export const hoursOfView = (rules: Rules, { contact_hours }: Pick<Viewed, 'contact_hours'>): ContactHours =>
  contactHoursNamed(rules, contact_hours) ?? rules.contact_hours

export const callbackZoneOfView = (rules: Rules, lead: Viewed): string =>
  callbackZone(hoursOfView(rules, lead), placeSet(zonesOfView(rules, lead)))

/** What the clocks of a lead say at a moment. */
export interface Clocks {
  /** None of its numbers may be dialled. */
  is_asleep: boolean
  /** Those that may not be dialled, beside others of other countries. */
  shut: ReadonlySet<number>
}

/** `now`: RFC 3339. */
export function clocksOf(rules: Rules, lead: Viewed, now: string): Clocks {
  const numbers = zonesOfView(rules, lead)
  const ways = waysToCall(numbers)
  const hours = hoursOfView(rules, lead)
  const { is_open, closed } = hoursNow(hours, now)
  const isShut = (zones: ZoneSet) => (zones === 0 ? hours.local_to_lead && !is_open : (zones & closed) !== 0)
  if (ways.length === 1) return { is_asleep: isShut(ways[0]!), shut: new Set() }
  const shut = numbers.filter(({ zones }) => isShut(zones))
  return {
    is_asleep: false,
    shut: new Set(shut.map(({ number }) => canonicalNumber(Number(number.slice(1))))),
  }
}

/** When the first of its numbers may be dialled, within its contact hours; null: never. RFC 3339. */
export function firstToOpen(rules: Rules, lead: Viewed, now: string): string | null {
  const hours = hoursOfView(rules, lead)
  const opens = zonesOfView(rules, lead).flatMap(({ zones }) => firstOpen(hours, zones, now) ?? [])
  return opens.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null
}

/** How it is known that somebody may be in a zone, as a part of a sentence: ', by the number +61 8 …'. */
export function knownBy(all: readonly NumberZones[], bit: number): string {
  const { origin, prefix } = all.find(({ zones }) => zones & (1 << bit)) ?? NO_RULES
  switch (origin) {
    case 'number':
      return `, by the number ${prefix} …`
    case 'field':
      return ', by its state or post code'
    case 'both':
      return `, by the number ${prefix} … and its state or post code`
    case 'apart':
      return `; the number ${prefix} … and its state or post code are of two zones, and both count`
    case 'country':
      return `, where somebody with a number ${prefix} … may be`
    case 'no_rules':
      return ''
    default:
      return origin satisfies never
  }
}

/** Rises when the tables of prefixes or post codes, or what a set means, change: the sets in the queue are worked out again then. */
export const ZONE_TABLES_VERSION = 2

const MIDDAY = 'T12:00:00Z'

/** Whether all zones of a set have the clock of a zone, in winter and in summer of a year. */
export function hasClockOf(set: ZoneSet, zone: string, year: number): boolean {
  const offsets = (name: string) =>
    [`${year}-01-01${MIDDAY}`, `${year}-07-01${MIDDAY}`].map(
      (at) => Temporal.Instant.from(at).toZonedDateTimeISO(name).offset,
    )
  const own = offsets(zone).join()
  return zonesIn(set).every((name) => offsets(name).join() === own)
}

/** Where in a region somebody has the clock of a zone; elsewhere in it, when nobody has. */
export function zonesWithClock(region: Region, zone: string, year: number): ZoneSet {
  const { zones } = zonesOfRegion(region, null)
  const here = bitsOf(zones).map((bit) => 1 << bit)
  return here.filter((one) => hasClockOf(one, zone, year)).reduce((set, one) => set | one, 0) || zones
}
