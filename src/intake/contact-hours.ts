// Contact hours: created and changed. When their zone changes, what was agreed stays, and its instants are computed again.

import { callbackInstant } from '../core/callback.ts'
import { contactHoursProblems } from '../core/contact-hours.ts'
import { fold } from '../core/field.ts'
import { known, ok, type Result, refuseProblems } from '../core/result.ts'
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
  listContactHours,
  lockContactHours,
  lockZone,
  replaceContactHours,
} from '../db/contact-hours.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { type Asker, changeSetUp, NAME_TAKEN } from './set-up.ts'
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
  const hours = { weekly: null, exceptions: [], valid_from: null, valid_to: null, ...asked, name: name.ok }
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
  asked: Partial<ContactHoursSetUp>,
): Promise<Result<ContactHoursRow>> {
  const { services, caller } = asker
  const unknown = `contact hours ${id}`
  const seen = known(await contactHoursById(services.pool, caller, id), unknown)
  const own = owned(asker, seen, 'these are contact hours')
  if (own.refusal) return own
  const change = { ...asked }
  if (asked.name !== undefined) {
    const name = await freeName(asker, asked.name, id)
    if (name.refusal) return name
    change.name = name.ok
  }
  return changeSetUp(asker, {
    action: 'contact_hours.change',
    details: change,
    waits: true,
    work: async (tx) => {
      if (change.zone !== undefined) await lockZone(tx, id)
      const before = known(await lockContactHours(tx, caller, id), unknown)
      if (before.refusal) return before
      const next = { ...before.ok, ...change }
      const wrong = refuseProblems(contactHoursProblems(next))
      if (wrong) return wrong
      if (next.zone !== before.ok.zone) await beginMove(tx, id)
      return known(await replaceContactHours(tx, caller, id, next), unknown)
    },
    subject: () => `contact_hours:${id}`,
  })
}

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
  const instants = new Map<string, string>()
  const instantOf = (local: string) => {
    const at = instants.get(local) ?? callbackInstant(local, next.zone)
    instants.set(local, at)
    return at
  }
  const astray = next.callbacks.flatMap((callback) => {
    const at = instantOf(callback.local)
    const { zone_version } = next
    return at === callback.at ? [] : [{ ...callback, at, hours_id: contact_hours_id, zone_version }]
  })
  const moved = astray.length > 0 ? await moveCallbacks(tx, astray) : []
  const done = new Set(moved.map(({ campaign_id, lead_number }) => `${campaign_id}-${lead_number}`))
  const left = astray.find(({ campaign_id, lead_number }) => !done.has(`${campaign_id}-${lead_number}`))
  const end = left ? { campaign_id: left.campaign_id, lead_number: left.lead_number - 1 } : next
  await advanceMove(tx, contact_hours_id, end, moved.length)
  return left && moved.length === 0 ? 'waits' : 'goes_on'
}
