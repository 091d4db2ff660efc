// Contact hours: when leads may be called, and whether they may be now.

import { Type } from 'typebox'
import { isZone } from '../../core/callback.ts'
import { openingAt, windowProblem } from '../../core/contact-hours.ts'
import { fold } from '../../core/field.ts'
import { isRegion } from '../../core/phone.ts'
import { type Problem, refuse, refuseFields } from '../../core/result.ts'
import { DAYS } from '../../core/rules.ts'
import { isDate, readInstant } from '../../core/times.ts'
import {
  type ContactHoursRow,
  contactHoursById,
  createContactHours,
  listContactHours,
  type NewContactHours,
} from '../../db/contact-hours.ts'
import { SEES_ALL } from '../../db/sight.ts'
import { changeContactHours } from '../../intake/contact-hours.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { get, patch, post, routes } from '../route.ts'
import { change, changeWithRetry } from './change.ts'
import {
  Closed,
  Id,
  IdParams,
  LOOKS,
  Name,
  NullableText,
  named,
  nullable,
  oneOf,
  pageOf,
  Time,
} from './shapes.ts'
import { refuseShared, teamOf } from './team.ts'

const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$', description: 'HH:MM' })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'yyyy-MM-dd, local' })
const Zone = Type.String({ maxLength: 100, description: 'IANA time zone' })

const Window = named(
  'OpenWindow',
  Type.Object(
    { days: Type.Array(oneOf(DAYS), { minItems: 1, maxItems: 7 }), from: Clock, to: Clock },
    Closed,
  ),
)
const Weekly = nullable(Type.Array(Window, { maxItems: 100, description: 'Null: round the clock' }))

const Span = Type.Object({ from: Clock, to: Clock }, Closed)
const DayOff = named(
  'DayException',
  Type.Object({ date: Day, name: Name, windows: Type.Array(Span, { maxItems: 20 }) }, Closed),
)
const Exceptions = Type.Array(DayOff, {
  maxItems: 1_000,
  description: 'Days that differ; without windows: closed',
})

const OPTIONAL = {
  weekly: Type.Optional(Weekly),
  exceptions: Type.Optional(Exceptions),
  valid_from: Type.Optional(nullable(Day)),
  valid_to: Type.Optional(nullable(Day)),
}
const NewHours = named(
  'NewContactHours',
  Type.Object({ name: Name, zone: Zone, team: Type.Optional(Name), ...OPTIONAL }, Closed),
)
const HoursChange = named(
  'ContactHoursChange',
  Type.Object({ name: Type.Optional(Name), zone: Type.Optional(Zone), ...OPTIONAL }, Closed),
)
const Hours = named(
  'ContactHours',
  Type.Object({
    contact_hours_id: Id,
    name: Type.String(),
    team: Type.String(),
    zone: Type.String(),
    weekly: Weekly,
    exceptions: Exceptions,
    valid_from: NullableText,
    valid_to: NullableText,
    callback_move: nullable(
      Type.Object({
        moved: Type.Integer({ description: 'Callbacks that have their new instant' }),
        begun_at: Time,
        finished_at: NullableText,
      }),
      'How far callbacks have followed the last change of the zone; null: it never changed',
    ),
  }),
)

const OpeningQuery = Type.Object({
  at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339; absent: now' })),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z]{2}$',
      description: 'Whose law counts; absent: that of the installation',
    }),
  ),
})
const Opening = named(
  'Opening',
  Type.Object({
    at: Time,
    region: Type.String(),
    open: Type.Boolean(),
    until: Type.Optional(NullableText),
    why: Type.Optional(oneOf(['outside_hours', 'exception', 'not_valid', 'legal'])),
    detail: Type.Optional(Type.String()),
    opens_at: Type.Optional(NullableText),
  }),
)

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
    handle: async (call) => {
      const { team, ...body } = call.body
      const team_id = await teamOf(call, team)
      const hours = { weekly: null, exceptions: [], valid_from: null, valid_to: null, ...body }
      hours.name = await freeName(call, body.name)
      judge(hours)
      const made = await change(
        call,
        'contact_hours.create',
        (tx) => createContactHours(tx, team_id, hours),
        (row) => `contact_hours:${row.contact_hours_id}`,
        { name: hours.name, zone: hours.zone },
      )
      call.reply.header('Location', `/v1/contact-hours/${made!.contact_hours_id}`)
      return shown(made!)
    },
  }),

  contactHours: get('/v1/contact-hours/:id', {
    scope: LOOKS,
    summary: 'Contact hours by id',
    params: IdParams,
    answer: Hours,
    handle: async (call) => shown(await hoursOf(call, call.params.id)),
  }),

  changeContactHours: patch('/v1/contact-hours/:id', {
    scope: 'manage',
    summary: 'Change contact hours',
    params: IdParams,
    body: HoursChange,
    answer: Hours,
    handle: async (call) => {
      const { body } = call
      const { id } = call.params
      refuseShared(call, (await hoursOf(call, id)).team_id, 'these are contact hours')
      if (body.name !== undefined) body.name = await freeName(call, body.name, id)
      const after = await changeWithRetry(
        call,
        'contact_hours.change',
        (tx) => changeContactHours(tx, call.caller, id, body, judge),
        () => `contact_hours:${id}`,
        body,
      )
      return after ? shown(after) : orRefuse(unknown(id))
    },
  }),

  opening: get('/v1/contact-hours/:id/opening', {
    scope: LOOKS,
    summary: 'Open now or not, and why',
    params: IdParams,
    query: OpeningQuery,
    answer: Opening,
    handle: async (call) => {
      const { query, services } = call
      const hours = await hoursOf(call, call.params.id)
      const region = (query.region ?? services.region).toUpperCase()
      if (!isRegion(region)) return orRefuse(refuse('INVALID_FIELD', 'is no region', { field: 'region' }))
      const read = readInstant(query.at ?? services.now())
      if ('problem' in read) return orRefuse(refuse('INVALID_FIELD', `at ${read.problem}`, { field: 'at' }))
      return { at: read.at, region, ...openingAt(hours, region, read.at) }
    },
  }),
})

const shown = ({ team_id: _, zone_version: __, ...hours }: ContactHoursRow) => hours

const unknown = (id: number) => refuse('UNKNOWN_TARGET', `contact hours ${id}: not known`)

async function hoursOf({ services, caller }: Call, id: number): Promise<ContactHoursRow> {
  const found = await contactHoursById(services.pool, caller, id)
  return found ?? orRefuse(unknown(id))
}

/** The name as it is kept. Leads name contact hours in any case, so two that fold to one would be one. */
async function freeName(call: Call, text: string, id?: number): Promise<string> {
  const name = text.trim().normalize('NFC')
  for (const other of await listContactHours(call.services.pool, SEES_ALL))
    if (other.contact_hours_id !== id && fold(other.name) === fold(name))
      orRefuse(refuse('INVALID_FIELD', 'this name is taken', { field: '/name' }))
  return name
}

/** Refuses, all at once, what the shape alone cannot tell. */
function judge({ zone, weekly, exceptions, valid_from, valid_to }: NewContactHours): void {
  const problems: Problem[] = []
  const invalid = (field: string, detail: string) => problems.push({ name: 'INVALID_FIELD', field, detail })
  if (!isZone(zone)) invalid('/zone', 'is no IANA time zone')
  const windows = windowProblem(weekly ?? [])
  if (windows) invalid('/weekly', windows)
  const dates = new Set<string>()
  for (const [i, exception] of exceptions.entries()) {
    const at = `/exceptions/${i}`
    const problem = windowProblem(exception.windows)
    if (problem) invalid(`${at}/windows`, problem)
    if (!isDate(exception.date)) invalid(`${at}/date`, 'is no day of the calendar')
    if (dates.has(exception.date)) invalid(`${at}/date`, 'another exception is of this day')
    dates.add(exception.date)
  }
  if (valid_from !== null && !isDate(valid_from)) invalid('/valid_from', 'is no day of the calendar')
  if (valid_to !== null && !isDate(valid_to)) invalid('/valid_to', 'is no day of the calendar')
  if (valid_from !== null && valid_to !== null && valid_to < valid_from)
    invalid('/valid_to', 'lies before valid_from')
  const [first, ...others] = problems
  if (first) orRefuse(refuseFields([first, ...others]))
}
