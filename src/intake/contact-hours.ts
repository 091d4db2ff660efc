// Contact hours that change: what was agreed stays, the instants that it means are worked out again.

import { callbackInstant } from '../core/callback.ts'
import {
  advanceMove,
  beginMove,
  finishMove,
  lockMove,
  moveCallbacks,
  nextCallbacks,
} from '../db/callback-moves.ts'
import { lockContactHours, lockZone, type NewContactHours, replaceContactHours } from '../db/contact-hours.ts'
import type { Db } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'

/**
 * Changes contact hours; undefined: the caller's teams have none of this id. `judge` throws to refuse the new ones. The
 * job queue moves callbacks after a change of the zone. Throws 55P03 while many callbacks are written: try again.
 */
export async function changeContactHours(
  tx: Db,
  sight: Sight,
  contact_hours_id: number,
  change: Partial<NewContactHours>,
  judge: (next: NewContactHours) => void,
) {
  if (change.zone !== undefined) await lockZone(tx, contact_hours_id)
  const before = await lockContactHours(tx, sight, contact_hours_id)
  if (!before) return undefined
  const next = { ...before, ...change }
  judge(next)
  const zone_changes = next.zone !== before.zone
  if (zone_changes) await beginMove(tx, contact_hours_id)
  return replaceContactHours(tx, sight, contact_hours_id, next)
}

/** How a chunk ended. waits: somebody else has the next lead. */
export type Chunk = 'done' | 'waits' | 'goes_on'

/**
 * Moves the callbacks among the next leads. One that somebody is writing holds the move up and nobody else: the chunk ends
 * before it, and the next one begins there.
 */
export async function moveChunk(tx: Db, contact_hours_id: number): Promise<Chunk> {
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
