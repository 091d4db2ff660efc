// Contact hours: created, changed and deleted. When their clock changes, what was agreed stays, and its instants are computed again.

import { callbackInstant } from '../core/callback.ts'
import { contactHoursProblems } from '../core/contact-hours.ts'
import { fold } from '../core/field.ts'
import { known, ok, type Result, refuseProblems } from '../core/result.ts'
import { callbackZone, zoneSetOf } from '../core/zone-set.ts'
import {
  advanceMove,
  beginMove,
  finishMove,
  lockMove,
  moveCallbacks,
  nextCallbacks,
} from '../db/callback-moves.ts'
import {
  type ContactHoursRow,
  type ContactHoursSetUp,
  contactHoursById,
  createContactHours,
  holdersOfContactHours,
  leadsOfContactHours,
  listContactHours,
  lockContactHours,
  lockZone,
  removeContactHours,
  replaceContactHours,
} from '../db/contact-hours.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  deleteSetUp,
  hasAlready,
  NAME_TAKEN,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'
import { owned, teamOf } from './teams.ts'

export async function addContactHours(
  asker: Asker,
  {
    team,
    ...asked
  }: Pick<ContactHoursSetUp, 'name' | 'zone'> & Partial<ContactHoursSetUp> & { team?: string },
): Promise<Result<ContactHoursRow>> {
  const team_id = await teamOf(asker, team)
  if (team_id.refusal) return team_id
  const name = await freeName(asker, asked.name)
  if (name.refusal) return name
  const hours = {
    local_to_lead: false,
    weekly: null,
    exceptions: [],
    valid_from: null,
    valid_to: null,
    ...asked,
    name: name.ok,
  }
  const wrong = refuseProblems(contactHoursProblems(hours))
  if (wrong) return wrong
  return changeSetUp(asker, {
    action: 'contact_hours.create',
    details: { name: hours.name, zone: hours.zone },
    work: async (tx) => ok(await createContactHours(tx, team_id.ok, hours)),
    subject: ({ contact_hours_id }) => `contact_hours:${contact_hours_id}`,
  })
}

/** The job queue moves the callbacks after a change of the zone. */
export async function changeContactHours(
  asker: Asker,
  id: number,
  given: Partial<ContactHoursSetUp>,
  asked: ChangeAsked,
) {
  const own = await ownHours(asker, id)
  if (own.refusal) return own
  const change = { ...given }
  if (given.name !== undefined) {
    const name = await freeName(asker, given.name, id)
    if (name.refusal) return name
    change.name = name.ok
  }
  const { dry_run } = asked
  return patchSetUp(asker, {
    noun: NOUN,
    id,
    asked,
    details: change,
    waits: true,
    lock: async (tx, sight) => {
      if (dry_run) return contactHoursById(tx, sight, id)
      if (change.zone !== undefined || change.local_to_lead !== undefined) await lockZone(tx, id)
      return lockContactHours(tx, sight, id)
    },
    done: (row) => hasAlready(row, change),
    write: async (tx, before) => {
      const next = { ...before, ...change }
      const wrong = refuseProblems(contactHoursProblems(next))
      if (wrong) return wrong
      // A move that is only rehearsed would end the job of one that is under way: the job passes over a locked move.
      const other_clock = next.zone !== before.zone || next.local_to_lead !== before.local_to_lead
      if (other_clock && !dry_run) await beginMove(tx, id)
      return known(await replaceContactHours(tx, asker.caller, id, next), `contact hours ${id}`)
    },
    reach: (tx) => leadsOfContactHours(tx, id),
  })
}

export async function deleteContactHours(asker: Asker, id: number, asked: ChangeAsked) {
  const own = await ownHours(asker, id)
  if (own.refusal) return own
  // Leads are counted before they would wait for it, too.
  const used = await refuseHeld(asker.services.pool, own.ok)
  if (used) return used
  return deleteSetUp(asker, {
    noun: NOUN,
    id,
    asked,
    waits: true,
    lock: async (tx, sight) => {
      // No lead is given them from here on.
      await lockZone(tx, id)
      return lockContactHours(tx, sight, id)
    },
    objection: refuseHeld,
    remove: removeContactHours,
  })
}

/** Refuses while something has them. */
async function refuseHeld(db: Db, hours: ContactHoursRow): Promise<Result<never> | undefined> {
  const { templates, held } = await holdersOfContactHours(db, hours)
  if (templates > 0)
    return refuseUsed(`templates with these contact hours: ${templates}. Give them others first`)
  const leads = await leadsOfContactHours(db, hours.contact_hours_id)
  if (leads > 0) return refuseUsed(`leads with these contact hours: ${leads}. Give them others first`)
  return held > 0
    ? refuseUsed(`held updates that give these contact hours: ${held}. Settle them first`)
    : undefined
}

const NOUN = 'contact_hours'

const ownHours = async (asker: Asker, id: number) =>
  owned(
    asker,
    known(await contactHoursById(asker.services.pool, asker.caller, id), `contact hours ${id}`),
    'these are contact hours',
  )

/** The name as it is kept. Leads name contact hours in any case, so two that fold to one would be one. */
async function freeName({ services }: Asker, text: string, id?: number): Promise<Result<string>> {
  const name = text.trim().normalize('NFC')
  const others = await listContactHours(services.pool, SEES_ALL)
  const taken = others.some((other) => other.contact_hours_id !== id && fold(other.name) === fold(name))
  return taken ? NAME_TAKEN : ok(name)
}

/** How a chunk of a move ended. waits: somebody else writes the next lead. */
type MoveStep = 'done' | 'waits' | 'goes_on'

/**
 * Moves the callbacks among the next leads. Where somebody is writing one of them the chunk ends, and the next chunk begins
 * there: only the move waits.
 */
export async function moveChunk(tx: Db, contact_hours_id: number): Promise<MoveStep> {
  const place = await lockMove(tx, contact_hours_id)
  if (!place) return 'done'
  const next = await nextCallbacks(tx, contact_hours_id, place)
  if (!next) {
    await finishMove(tx, contact_hours_id)
    return 'done'
  }
  const { zone_version } = next
  const astray = next.callbacks.flatMap(({ phones, text, ...callback }) => {
    const zone = next.local_to_lead ? callbackZone(next, zoneSetOf(phones, text)) : next.zone
    const callback_zone = zone === next.zone ? null : zone
    const at = callbackInstant(callback.local, zone)
    return at === callback.at && callback_zone === callback.callback_zone
      ? []
      : [{ ...callback, at, callback_zone, hours_id: contact_hours_id, zone_version }]
  })
  const moved = astray.length > 0 ? await moveCallbacks(tx, astray) : []
  const done = new Set(moved.map(({ campaign_id, lead_number }) => `${campaign_id}-${lead_number}`))
  const left = astray.find(({ campaign_id, lead_number }) => !done.has(`${campaign_id}-${lead_number}`))
  const end = left ? { campaign_id: left.campaign_id, lead_number: left.lead_number - 1 } : next
  await advanceMove(tx, contact_hours_id, end, moved.length)
  return left && moved.length === 0 ? 'waits' : 'goes_on'
}
