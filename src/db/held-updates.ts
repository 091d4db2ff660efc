// Updates that clashed and wait for a person.

import type { LeadKey } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { Values } from '../core/merge.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
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
  ${actorName('u.caller')} as caller_name,
  u.groups, u.way, u.request_id, u.base_version, u.base, u.incoming, u.allow_duplicates, ${STATE} as state,
  u.resolution, u.resolved_by, ${actorName('u.resolved_by')} as resolved_by_name, u.resolved_at, u.created_at,
  u.expires_at`

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

// The groups are compared as the unique index compares them, so that the row about to be written fits.
const SUPERSEDE = statement<Pick<NewHeldUpdate, 'campaign_id' | 'lead_number' | 'caller' | 'groups'>>(
  'heldUpdates.supersede',
  `update held_updates set state = case when expires_at <= now() then 'expired' else 'superseded' end
   where campaign_id = :campaign_id and lead_number = :lead_number and caller = :caller and state = 'open'
     and hash_array_extended(groups, 0) = hash_array_extended(:groups::text[], 0)`,
)

type AsJson = Omit<NewHeldUpdate, 'base' | 'incoming'> & { base: string; incoming: string }

const HOLD = statement<AsJson, { held_update_id: number }>(
  'heldUpdates.hold',
  `insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version,
     base, incoming, allow_duplicates, expires_at)
   select :campaign_id, :lead_number, :caller, :groups::text[], :way, :request_id, :base_version,
     :base::jsonb, :incoming::jsonb, :allow_duplicates, now() + interval '30 days'
   from leads where campaign_id = :campaign_id and number = :lead_number and forgotten_at is null
   returning held_update_id`,
)

/** Holds an update; one that waits already for the same lead, caller and groups is superseded. Undefined: the lead is forgotten. */
export async function holdUpdate(tx: Db, held: NewHeldUpdate): Promise<number | undefined> {
  await tx.query(SUPERSEDE, held)
  const [base, incoming] = [JSON.stringify(held.base), JSON.stringify(held.incoming)]
  return (await tx.query(HOLD, { ...held, base, incoming }))[0]?.held_update_id
}

// Several statements, because under a generic plan an optional condition uses no index.
type Asked = Pick<Sight, 'team_ids'> & { after: number; rows_max: number }

/** Whether the held update in a row `u` may be seen. Its team is looked up only for callers who are bound to teams. */
export const VISIBLE_HELD = visibleTo(`(
       select t.team_id from campaigns c join templates t using (template_id)
       where c.campaign_id = u.campaign_id)`)

const LIST_OPEN = statement<Asked, HeldUpdate>(
  'heldUpdates.listOpen',
  `select ${ROW} from held_updates u
   where u.state = 'open' and u.resolved_at is null and u.expires_at > now() and u.held_update_id > :after
     and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

const LIST_OF_LEAD = statement<Asked & LeadKey & { state: HeldUpdate['state'] }, HeldUpdate>(
  'heldUpdates.listOfLead',
  `select ${ROW} from held_updates u
   where u.campaign_id = :campaign_id and u.lead_number = :number and u.held_update_id > :after
     and ${VISIBLE_HELD} and ${STATE} = :state
   order by u.held_update_id limit :rows_max`,
)

// Settled by a person, superseded or forgotten: the row itself tells the state.
const LIST_IN_STATE = statement<Asked & { state: HeldUpdate['state'] }, HeldUpdate>(
  'heldUpdates.listInState',
  `select ${ROW} from held_updates u
   where u.state = :state and u.held_update_id > :after and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

const expired = (condition: string) => `select u.* from held_updates u
     where ${condition} and u.held_update_id > :after and ${VISIBLE_HELD}
     order by u.held_update_id limit ${LIMITS.page_rows_max + 1}`

// Rows that are marked as expired, and open rows past their time.
const LIST_EXPIRED = statement<Asked, HeldUpdate>(
  'heldUpdates.listExpired',
  `select ${ROW} from (
     (${expired(`u.state = 'expired'`)})
     union all (${expired(`u.state = 'open' and u.resolved_at is null and u.expires_at <= now()`)})) u
   order by u.held_update_id limit :rows_max`,
)

/** Held updates in a state, of one lead or of all that may be seen, in the order in which they were made. */
export function listHeldUpdates(
  db: Db,
  { team_ids }: Pick<Sight, 'team_ids'>,
  { state, lead }: { state: HeldUpdate['state']; lead: LeadKey | undefined },
  page: { after: number; rows_max: number },
): Promise<HeldUpdate[]> {
  const asked = { team_ids, ...page }
  if (lead) return db.query(LIST_OF_LEAD, { ...asked, ...lead, state })
  if (state === 'open') return db.query(LIST_OPEN, asked)
  return state === 'expired' ? db.query(LIST_EXPIRED, asked) : db.query(LIST_IN_STATE, { ...asked, state })
}

const BY_ID = statement<Pick<Sight, 'team_ids'> & { held_update_id: number }, HeldUpdate>(
  'heldUpdates.byId',
  `select ${ROW} from held_updates u join campaigns c using (campaign_id) join templates t using (template_id)
   where u.held_update_id = :held_update_id and ${visibleTo('t.team_id')}`,
)

/** Undefined: no such held update that may be seen. */
export const heldUpdateById = async (
  db: Db,
  held_update_id: number,
  { team_ids }: Pick<Sight, 'team_ids'>,
): Promise<HeldUpdate | undefined> => (await db.query(BY_ID, { held_update_id, team_ids }))[0]

interface Settled {
  held_update_id: number
  state: 'resolved' | 'dismissed'
  resolution: string
  actor: string
}

const SETTLE = statement<Settled>(
  'heldUpdates.settle',
  `update held_updates u
   set state = :state, resolution = :resolution::jsonb, resolved_by = :actor, resolved_at = now()
   where u.held_update_id = :held_update_id and ${STATE} = 'open' returning u.held_update_id`,
)

/** False: somebody settled it meanwhile. */
export const settleHeldUpdate = async (
  tx: Db,
  held_update_id: number,
  state: Settled['state'],
  resolution: object,
  actor: string,
) =>
  (await tx.query(SETTLE, { held_update_id, state, resolution: JSON.stringify(resolution), actor })).length >
  0
