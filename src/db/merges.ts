// What people decided where changes of a lead had met, with the values that were given up.

import type { DecidedGroup } from '../core/decide.ts'
import type { LeadKey } from '../core/lead.ts'
import { actorName } from './actors.ts'
import type { HeldUpdate } from './held-updates.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface NewMerge extends LeadKey {
  /** The version that it made; where it wrote nothing, the one that it was decided on. */
  version: number
  wrote: boolean
  base_version: number
  lead_version: number
  /** The held update that was settled. */
  held_update_id: number | null
  actor: string
  way: string
  request_id: string
  groups: readonly DecidedGroup[]
}

export interface KeptDecision extends Omit<NewMerge, keyof LeadKey | 'groups'> {
  merge_id: number
  /** Who wanted mine: the one who decided, or the sender of the held update. */
  sender: string
  sender_name: string | null
  actor_name: string | null
  /** RFC 3339 */
  at: string
  groups: DecidedGroup[]
}

const KEEP = statement<Omit<NewMerge, 'groups'> & { groups: string }>(
  'merges.keep',
  `insert into merges (campaign_id, lead_number, version, wrote, base_version, lead_version, held_update_id,
     actor, way, request_id, groups)
   values (:campaign_id, :number, :version, :wrote, :base_version, :lead_version, :held_update_id,
     :actor, :way, :request_id, :groups::jsonb)`,
)

/** The lead must be locked: else it may be forgotten meanwhile, and its values would stay. */
export const keepMerge = (tx: Db, { groups, ...merge }: NewMerge) =>
  tx.query(KEEP, { ...merge, groups: JSON.stringify(groups) })

const SELECT = `select m.merge_id, m.version, m.wrote, m.base_version, m.lead_version, m.held_update_id,
     m.actor, ${actorName('m.actor')} as actor_name, m.way, m.request_id, m.at, m.groups,
     wanted.sender, ${actorName('wanted.sender')} as sender_name
   from merges m
     left join held_updates u on u.held_update_id = m.held_update_id
     cross join lateral (select coalesce(u.caller, m.actor) as sender) wanted
   where m.campaign_id = :campaign_id and m.lead_number = :number`

const OF_LEAD = statement<LeadKey & { from: number; to: number }, KeptDecision>(
  'merges.ofLead',
  `${SELECT}
     and m.version between :from::integer and :to::integer
   order by m.merge_id`,
)

const BY_ID = statement<LeadKey & { merge_id: number }, KeptDecision>(
  'merges.byId',
  `${SELECT} and m.merge_id = :merge_id`,
)

/** Undefined: the lead has no such decision. */
export const mergeById = async (db: Db, { campaign_id, number }: LeadKey, merge_id: number) =>
  (await db.query(BY_ID, { campaign_id, number, merge_id }))[0]

const ON_HELD = statement<LeadKey & { held_update_id: number }, KeptDecision>(
  'merges.onHeldUpdate',
  `${SELECT} and m.held_update_id = :held_update_id
   order by m.merge_id desc limit 1`,
)

/** The decision that settled a held update; undefined: nobody has, it was opened again, or an older release settled it. */
export async function decisionOn(db: Db, held: HeldUpdate): Promise<KeptDecision | undefined> {
  const { held_update_id, campaign_id, lead_number: number, state, resolution } = held
  const is_decided = state === 'resolved' || (state === 'dismissed' && resolution?.taken_back !== true)
  if (!is_decided) return undefined
  return (await db.query(ON_HELD, { campaign_id, number, held_update_id }))[0]
}

/** The decisions about versions of a lead, the oldest first. */
export const mergesOf = (db: Db, { campaign_id, number }: LeadKey, from: number, to: number) =>
  db.query(OF_LEAD, { campaign_id, number, from, to })
