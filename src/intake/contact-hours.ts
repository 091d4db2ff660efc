// Contact hours that change: what was agreed stays, the instants that it means are worked out again.

import { callbackInstant } from '../core/callback.ts'
import {
  callbackTimes,
  lockContactHours,
  moveCallbacks,
  type NewContactHours,
  replaceContactHours,
} from '../db/contact-hours.ts'
import type { Db } from '../db/pool.ts'

/** Writes contact hours anew; undefined: there are none of this id. */
export async function changeContactHours(
  tx: Db,
  contact_hours_id: number,
  change: Partial<NewContactHours>,
  now: string,
) {
  const before = await lockContactHours(tx, contact_hours_id)
  if (!before) return undefined
  const after = await replaceContactHours(tx, contact_hours_id, { ...before, ...change })
  if (after && after.zone !== before.zone) await followZone(tx, contact_hours_id, after.zone, now)
  return after
}

/** The instants of all callbacks that are agreed in these contact hours, in the zone that counts now. */
export async function followZone(
  db: Db,
  contact_hours_id: number,
  zone: string,
  now: string,
): Promise<number> {
  const locals = await callbackTimes(db, contact_hours_id)
  const instants = locals.map((local) => callbackInstant(local, zone))
  return moveCallbacks(db, contact_hours_id, locals, instants, now)
}
