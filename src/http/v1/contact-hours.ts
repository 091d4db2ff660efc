// Contact hours: when leads may be called, and whether they may be now.

import type { Static } from 'typebox'
import { isZone } from '../../core/callback.ts'
import { openingAt, windowProblem } from '../../core/contact-hours.ts'
import { fold } from '../../core/field.ts'
import { isRegion } from '../../core/phone.ts'
import { type Problem, refuse, refuseFields } from '../../core/result.ts'
import { isDate, readInstant } from '../../core/times.ts'
import {
  type ContactHoursRow,
  contactHoursById,
  createContactHours,
  listContactHours,
  type NewContactHours,
} from '../../db/contact-hours.ts'
import { changeContactHours } from '../../intake/contact-hours.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { change, changeWithRetry } from './change.ts'
import type * as schemas from './contact-hours-schemas.ts'
import { refuseShared, teamOf } from './team.ts'

export const getContactHoursList = async (call: Call) => ({
  items: (await listContactHours(call.services.pool, call.caller.team_ids)).map(shown),
  next_cursor: null,
})

const shown = ({ team_id: _, zone_version: __, ...hours }: ContactHoursRow) => hours

const unknown = (id: number) => refuse('UNKNOWN_TARGET', `contact hours ${id}: not known`)

async function hoursOf(call: Call): Promise<ContactHoursRow> {
  const { id } = call.request.params as { id: number }
  const found = await contactHoursById(call.services.pool, call.caller.team_ids, id)
  return found ?? orRefuse<ContactHoursRow>(unknown(id))
}

export const getContactHours = async (call: Call) => shown(await hoursOf(call))

export async function postContactHours(call: Call) {
  const { team, ...body } = call.request.body as Static<typeof schemas.NewContactHours>
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
  call.reply.code(201).header('Location', `/v1/contact-hours/${made!.contact_hours_id}`)
  return shown(made!)
}

export async function patchContactHours(call: Call) {
  const { id } = call.request.params as { id: number }
  const body = call.request.body as Static<typeof schemas.ContactHoursPatch>
  refuseShared(call, (await hoursOf(call)).team_id, 'these are contact hours')
  if (body.name !== undefined) body.name = await freeName(call, body.name, id)
  const after = await changeWithRetry(
    call,
    'contact_hours.change',
    (tx) => changeContactHours(tx, id, body, judge),
    () => `contact_hours:${id}`,
    body,
  )
  return after ? shown(after) : orRefuse(unknown(id))
}

/** The name as it is kept. Leads name contact hours in any case, so two that fold to one would be one. */
async function freeName(call: Call, text: string, id?: number): Promise<string> {
  const name = text.trim().normalize('NFC')
  for (const other of await listContactHours(call.services.pool, null))
    if (other.contact_hours_id !== id && fold(other.name) === fold(name))
      orRefuse(refuse('INVALID_FIELD', 'this name is taken', { field: '/name' }))
  return name
}

export async function getOpening(call: Call) {
  const hours = await hoursOf(call)
  const query = call.request.query as Static<typeof schemas.OpeningQuery>
  const region = (query.region ?? call.services.region).toUpperCase()
  if (!isRegion(region)) return orRefuse(refuse('INVALID_FIELD', 'is no region', { field: 'region' }))
  const read = readInstant(query.at ?? call.services.now())
  if ('problem' in read) return orRefuse(refuse('INVALID_FIELD', `at ${read.problem}`, { field: 'at' }))
  return { at: read.at, region, ...openingAt(hours, region, read.at) }
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
