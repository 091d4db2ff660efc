// Contact hours: when leads may be called, and whether they may be now.

import { type Static, Type } from 'typebox'
import { openingAt } from '../../core/contact-hours.ts'
import { zonesIn } from '../../core/legal-zones.ts'
import { isRegion, readPhone } from '../../core/phone.ts'
import { known, ok, type Result, refuse } from '../../core/result.ts'
import { DAYS } from '../../core/rules.ts'
import { readInstant } from '../../core/times.ts'
import { knownBy, type NumberZones, zonesOfNumber, zonesOfRegion } from '../../core/zone-set.ts'
import { type ContactHoursRow, contactHoursById, listContactHours } from '../../db/contact-hours.ts'
import { addContactHours, changeContactHours, deleteContactHours } from '../../intake/contact-hours.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, one, TOUCHES } from './set-up.ts'
import {
  Closed,
  closed,
  Id,
  IdParams,
  LOOKS,
  Name,
  NullableText,
  nullable,
  oneOf,
  pageOf,
  shape,
  Time,
  Version,
  ZoneOriginShape,
} from './shapes.ts'

const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$', description: 'HH:MM' })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'yyyy-MM-dd, local' })
const Zone = Type.String({ maxLength: 100, description: 'IANA time zone' })
const LocalToLead = Type.Boolean({
  description:
    'The hours are those of the zones that the called person may be in; where none is known, of the zone here',
})

const Window = closed('OpenWindow', {
  days: Type.Array(oneOf(DAYS), { minItems: 1, maxItems: 7 }),
  from: Clock,
  to: Clock,
})
const Weekly = nullable(Type.Array(Window, { maxItems: 100, description: 'Null: round the clock' }))

const Span = Type.Object({ from: Clock, to: Clock }, Closed)
const DayOff = closed('DayException', { date: Day, name: Name, windows: Type.Array(Span, { maxItems: 20 }) })
const Exceptions = Type.Array(DayOff, {
  maxItems: 1_000,
  description: 'Days that differ; without windows: closed',
})

const OPTIONAL = {
  local_to_lead: Type.Optional(LocalToLead),
  weekly: Type.Optional(Weekly),
  exceptions: Type.Optional(Exceptions),
  valid_from: Type.Optional(nullable(Day)),
  valid_to: Type.Optional(nullable(Day)),
}
const NewHours = closed('NewContactHours', { name: Name, zone: Zone, team: Type.Optional(Name), ...OPTIONAL })
const HoursChange = closed('ContactHoursChange', {
  name: Type.Optional(Name),
  zone: Type.Optional(Zone),
  ...OPTIONAL,
})
/** When contact hours are open, as they are shown. */
export const HOURS_RULES = {
  zone: Type.String(),
  local_to_lead: LocalToLead,
  weekly: Weekly,
  exceptions: Exceptions,
  valid_from: NullableText,
  valid_to: NullableText,
}
const Hours = shape('ContactHours', {
  contact_hours_id: Id,
  name: Type.String(),
  team: Type.String(),
  ...HOURS_RULES,
  callback_move: nullable(
    Type.Object({
      moved: Type.Integer({ description: 'Callbacks that have their new instant' }),
      begun_at: Time,
      finished_at: NullableText,
    }),
    'How far callbacks have followed the last change of their clock; null: it never changed',
  ),
  version: Version,
})

const OpeningQuery = Type.Object({
  at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339; absent: now' })),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z]{2}$',
      description: 'The region in which the number is read; absent: that of the installation',
    }),
  ),
  phone: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'The number that would be called; absent: one of the region of which nothing more is known',
    }),
  ),
  address: Type.Optional(
    Type.String({ maxLength: 100, description: 'State or post code, as the zone field of a lead has it' }),
  ),
})
const Opening = shape('Opening', {
  at: Time,
  region: Type.String(),
  zones: Type.Array(Type.String(), { description: 'Where the owner of the number may be' }),
  origin: ZoneOriginShape,
  open: Type.Boolean(),
  until: Type.Optional(NullableText),
  why: Type.Optional(oneOf(['outside_hours', 'exception', 'not_valid', 'legal'])),
  detail: Type.Optional(Type.String()),
  opens_at: Type.Optional(NullableText),
})

export const contactHours = routes('set-up', {
  contactHoursList: get('/v1/contact-hours', {
    scope: LOOKS,
    summary: 'Contact hours',
    answer: pageOf(Hours),
    handle: async ({ services, caller }) => ({
      items: (await listContactHours(services.pool, caller)).map(shown),
      next_cursor: null,
    }),
  }),

  createContactHours: post('/v1/contact-hours', {
    scope: 'manage',
    summary: 'Create contact hours',
    body: NewHours,
    created: Hours,
    handle: async (call) => shown(created(call, await addContactHours(call, call.body), 'contact_hours_id')),
  }),

  contactHours: get('/v1/contact-hours/:id', {
    scope: LOOKS,
    summary: 'Contact hours by id',
    params: IdParams,
    answer: Hours,
    handle: async (call) => shown(await one(call, contactHoursById, 'contact hours')),
  }),

  changeContactHours: patch('/v1/contact-hours/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Change contact hours',
    body: HoursChange,
    answer: shape('ChangedContactHours', { ...Hours.properties, touches: TOUCHES }),
    handle: async (call) =>
      shown(changed(call, await changeContactHours(call, call.params.id, call.body, changeAsked(call)))),
  }),

  deleteContactHours: del('/v1/contact-hours/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete contact hours that nothing uses',
    handle: async (call) => {
      orRefuse(await deleteContactHours(call, call.params.id, changeAsked(call)))
    },
  }),

  opening: get('/v1/contact-hours/:id/opening', {
    scope: LOOKS,
    summary: 'Open now or not, and why',
    params: IdParams,
    query: OpeningQuery,
    answer: Opening,
    handle: async (call) => {
      const { params, query, caller, services } = call
      // Without the tag of the contact hours: whether they are open changes by itself.
      const found = await contactHoursById(services.pool, caller, params.id)
      const hours = orRefuse(known(found, `contact hours ${params.id}`))
      const region = (query.region ?? services.region).toUpperCase()
      if (!isRegion(region)) return orRefuse(refuse('INVALID_FIELD', 'is no region', { field: 'region' }))
      const read = readInstant(query.at ?? services.now())
      if ('problem' in read) return orRefuse(refuse('INVALID_FIELD', `at ${read.problem}`, { field: 'at' }))
      const found_zones = orRefuse(zonesAsked(query, region))
      const { zones, origin } = found_zones
      const opening = openingAt(hours, zones, read.at, (bit) => knownBy([found_zones], bit))
      return { at: read.at, region, zones: zonesIn(zones), origin, ...opening }
    },
  }),
})

/** The zones of the number that is asked about, or of one of the region. */
function zonesAsked({ phone, address }: Static<typeof OpeningQuery>, region: string): Result<NumberZones> {
  if (phone === undefined) return ok(zonesOfRegion(region, address ?? null))
  const read = readPhone(phone, region)
  return read.number === null
    ? refuse('INVALID_PHONE_NUMBER', read.problem, { field: 'phone' })
    : ok(zonesOfNumber(read.number, address ?? null))
}

const shown = <Row extends ContactHoursRow>({ team_id: _, zone_version: __, ...hours }: Row) => hours
