// Zone sets in the queue, worked out again from what is true now.

import { callbackInstant } from '../core/callback.ts'
import type { ZoneSet } from '../core/legal-zones.ts'
import { callbackZone, hasClockOf, zoneSetOf } from '../core/zone-set.ts'
import { type MovedCallback, moveCallbacks } from '../db/callback-moves.ts'
import type { Db } from '../db/pool.ts'
import {
  advanceZones,
  finishZones,
  lockNextPlaces,
  lockPlaces,
  lockZones,
  nextCampaign,
  writeZoneSets,
  type ZoneFacts,
  zoneFacts,
} from '../db/zone-sets.ts'

/** Of these places; the lead of each may be changed meanwhile, then its writer waits and has the last word. */
export async function renewZoneSets(tx: Db, campaign_id: number, lead_numbers: number[]): Promise<void> {
  await lockPlaces(tx, campaign_id, lead_numbers)
  await rewrite(tx, campaign_id, lead_numbers)
}

/** Answers how many of them have another clock than that of their contact hours. */
async function rewrite(tx: Db, campaign_id: number, lead_numbers: number[]): Promise<number> {
  const year = new Date(tx.now ?? Date.now()).getUTCFullYear()
  const known = new Map<string, boolean>()
  const isMoved = (zone_set: ZoneSet, zone: string) => {
    const key = `${zone_set} ${zone}`
    const told = known.get(key) ?? !hasClockOf(zone_set, zone, year)
    known.set(key, told)
    return told
  }
  const facts = await zoneFacts(tx, campaign_id, lead_numbers)
  const rows = facts.map(({ lead_number, text, phones, hours_zone, zone_set: before }) => {
    const zone_set = zoneSetOf(phones, text)
    return { lead_number, before, zone_set, is_moved: isMoved(zone_set, hours_zone) }
  })
  const callbacks = callbacksAstray(campaign_id, facts)
  if (callbacks.length > 0) await moveCallbacks(tx, callbacks)
  const astray = rows.filter(({ before, zone_set }) => before !== zone_set)
  if (astray.length > 0) await writeZoneSets(tx, campaign_id, astray)
  return rows.filter(({ is_moved }) => is_moved).length
}

/** The callbacks that are read in another zone now, because their contact hours are local to the lead. */
const callbacksAstray = (campaign_id: number, facts: readonly ZoneFacts[]): MovedCallback[] =>
  facts.flatMap(({ lead_number, text, phones, hours_zone, callback }) => {
    if (callback === null) return []
    const zone = callbackZone({ local_to_lead: true, zone: hours_zone }, zoneSetOf(phones, text))
    const callback_zone = zone === hours_zone ? null : zone
    if (callback_zone === callback.callback_zone) return []
    const at = callbackInstant(callback.local, zone)
    return [{ ...callback, campaign_id, lead_number, callback_zone, at }]
  })

/** How a chunk ended. waits: somebody else writes the next place. */
export type ZonesStep = 'done' | 'waits' | 'goes_on'

/** Rewrites the next places of a template, up to the first one that somebody is writing. */
export async function rewriteZonesChunk(tx: Db, template_id: number): Promise<ZonesStep> {
  const place = await lockZones(tx, template_id)
  if (!place) return 'done'
  const { campaign_id } = place
  const coming = await lockNextPlaces(tx, place)
  if (coming.length === 0) {
    const next = await nextCampaign(tx, template_id, campaign_id)
    if (next === undefined) {
      await finishZones(tx, template_id)
      return 'done'
    }
    await advanceZones(tx, template_id, { campaign_id: next, lead_number: 0 }, { leads: 0, moved: 0 })
    return 'goes_on'
  }
  const held = coming.findIndex(({ is_locked }) => !is_locked)
  const lead_numbers = coming.slice(0, held < 0 ? undefined : held).map(({ lead_number }) => lead_number)
  const last = lead_numbers.at(-1)
  if (last === undefined) return 'waits'
  const moved = await rewrite(tx, campaign_id, lead_numbers)
  const done = { leads: lead_numbers.length, moved }
  await advanceZones(tx, template_id, { campaign_id, lead_number: last }, done)
  return 'goes_on'
}
