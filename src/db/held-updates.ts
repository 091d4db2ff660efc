// Updates that clashed and wait for a person.

import { LIMITS } from '../core/limits.ts'
import type { Values } from '../core/merge.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface HeldUpdate {
  held_update_id: number
  campaign_id: number
  lead_number: number
  caller: string
  caller_name: string | null
  groups: string[]
  way: string
  request_id: string
  base_version: number
  /** The values that the update was made from, by path. */
  base: Values
  /** The wanted values, by path. */
  incoming: Values
  /** It may take numbers that another lead of the campaign holds. */
  allow_duplicates: boolean
  state: 'open' | 'resolved' | 'dismissed' | 'superseded' | 'expired' | 'forgotten'
  resolution: Record<string, unknown> | null
  resolved_by: string | null
  resolved_by_name: string | null
  resolved_at: string | null
  created_at: string
  expires_at: string
}

// Nothing stamps what expires: an open one past its time counts as expired.
const STATE = `case when u.state = 'open' and u.expires_at <= now() then 'expired' else u.state end`

const ROW = `u.held_update_id, u.campaign_id, u.lead_number, u.caller,
  ${actorName('u.caller')} as caller_name, u.groups, u.way, u.request_id, u.base_version,
  u.base, u.incoming, u.allow_duplicates, ${STATE} as state,
  u.resolution, u.resolved_by, ${actorName('u.resolved_by')} as resolved_by_name, u.resolved_at, u.created_at, u.expires_at`

// Which groups they are is compared as the unique index compares it, so that the row about to be written fits.
const SUPERSEDE = statement(
  'heldUpdates.supersede',
  `update held_updates set state = case when expires_at <= now() then 'expired' else 'superseded' end
   where campaign_id = $1 and lead_number = $2 and caller = $3 and state = 'open'
     and hash_array_extended(groups, 0) = hash_array_extended($4::text[], 0)`,
)

const HOLD = statement(
  'heldUpdates.hold',
  `insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming,
     allow_duplicates, expires_at)
   select $1, $2, $3, $4::text[], $5, $6, $7, $8::jsonb, $9::jsonb, $10, now() + interval '30 days'
   from leads where campaign_id = $1 and number = $2 and forgotten_at is null
   returning held_update_id`,
)

export type NewHeldUpdate = Pick<
  HeldUpdate,
  | 'campaign_id'
  | 'lead_number'
  | 'caller'
  | 'groups'
  | 'way'
  | 'request_id'
  | 'base_version'
  | 'base'
  | 'incoming'
  | 'allow_duplicates'
>

/** Holds an update; one that waits already for the same lead, caller and groups is superseded. Undefined: the lead is forgotten. */
export async function holdUpdate(tx: Db, held: NewHeldUpdate): Promise<number | undefined> {
  const { campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming } = held
  const { allow_duplicates } = held
  await tx.query(SUPERSEDE, [campaign_id, lead_number, caller, groups])
  const [row] = await tx.query<{ held_update_id: number }>(HOLD, [
    campaign_id,
    lead_number,
    caller,
    groups,
    way,
    request_id,
    base_version,
    JSON.stringify(base),
    JSON.stringify(incoming),
    allow_duplicates,
  ])
  return row?.held_update_id
}

// Four statements, because under a generic plan an optional condition uses no index.
const visible = (team_ids: string) => `(${team_ids}::integer[] is null or exists (
       select from campaigns c join templates t using (template_id)
       where c.campaign_id = u.campaign_id and t.team_id = any (${team_ids})))`

const LIST_OPEN = statement(
  'heldUpdates.listOpen',
  `select ${ROW} from held_updates u
   where u.state = 'open' and u.resolved_at is null and u.expires_at > now() and u.held_update_id > $1
     and ${visible('$2')}
   order by u.held_update_id limit $3`,
)

const LIST_OF_LEAD = statement(
  'heldUpdates.listOfLead',
  `select ${ROW} from held_updates u
   where u.campaign_id = $4 and u.lead_number = $5 and u.held_update_id > $1 and ${visible('$2')} and ${STATE} = $6
   order by u.held_update_id limit $3`,
)

// Settled by a person, superseded or forgotten: the row itself tells the state.
const LIST_IN_STATE = statement(
  'heldUpdates.listInState',
  `select ${ROW} from held_updates u
   where u.state = $4 and u.held_update_id > $1 and ${visible('$2')}
   order by u.held_update_id limit $3`,
)

const expired = (condition: string) => `select u.* from held_updates u
     where ${condition} and u.held_update_id > $1 and ${visible('$2')} order by u.held_update_id limit ${LIMITS.page_rows_max + 1}`

// Rows that are marked as expired, and open rows past their time.
const LIST_EXPIRED = statement(
  'heldUpdates.listExpired',
  `select ${ROW} from (
     (${expired(`u.state = 'expired'`)})
     union all (${expired(`u.state = 'open' and u.resolved_at is null and u.expires_at <= now()`)})) u
   order by u.held_update_id limit $3`,
)

/** Held updates in a state, of one lead or of all that may be seen, in the order in which they were made, after an id. */
export function listHeldUpdates(
  db: Db,
  team_ids: number[] | null,
  filter: {
    after: number
    state: HeldUpdate['state']
    lead: { campaign_id: number; number: number } | undefined
  },
  rows_max: number,
): Promise<HeldUpdate[]> {
  const { after, state, lead } = filter
  const common = [after, team_ids, rows_max]
  if (lead) return db.query(LIST_OF_LEAD, [...common, lead.campaign_id, lead.number, state])
  if (state === 'open') return db.query(LIST_OPEN, common)
  return state === 'expired' ? db.query(LIST_EXPIRED, common) : db.query(LIST_IN_STATE, [...common, state])
}

const BY_ID = statement(
  'heldUpdates.byId',
  `select ${ROW} from held_updates u join campaigns c using (campaign_id) join templates t using (template_id)
   where u.held_update_id = $1 and ($2::integer[] is null or t.team_id = any ($2))`,
)

/** Undefined: no such held update that may be seen. */
export const heldUpdateById = async (db: Db, held_update_id: number, team_ids: number[] | null) =>
  (await db.query<HeldUpdate>(BY_ID, [held_update_id, team_ids]))[0]

const SETTLE = statement(
  'heldUpdates.settle',
  `update held_updates u set state = $2, resolution = $3::jsonb, resolved_by = $4, resolved_at = now()
   where u.held_update_id = $1 and ${STATE} = 'open' returning u.held_update_id`,
)

/** False: somebody settled it meanwhile. */
export const settleHeldUpdate = async (
  tx: Db,
  held_update_id: number,
  state: 'resolved' | 'dismissed',
  resolution: object,
  actor: string,
) => (await tx.query(SETTLE, [held_update_id, state, JSON.stringify(resolution), actor])).length > 0
