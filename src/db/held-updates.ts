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
  /** The operator who takes care of it. */
  assigned_to: number | null
  assigned_to_name: string | null
  /** What its author asks of those who settle it. */
  note: string | null
  /** The version of the lead that settling it made; null: nothing of the lead was written. */
  settled_version: number | null
  bulk_id: number | null
  template_id: number
  /** The same for all of a template, sender and groups. */
  kind: string
  created_at: string
  expires_at: string
}

// Nothing stamps what expires: an open one past its time counts as expired.
const STATE = `case when u.state = 'open' and u.expires_at <= now() then 'expired' else u.state end`

export const HELD_TEMPLATE = '(select c.template_id from campaigns c where c.campaign_id = u.campaign_id)'

/** The same for all of one template, sender and groups. */
export const HELD_KIND = `hash_array_extended(
       array[${HELD_TEMPLATE}::text collate "C", u.caller] || u.groups, 0)::text`

export const ROW_OF_HELD = `u.held_update_id, u.campaign_id, u.lead_number, u.caller,
  ${actorName('u.caller')} as caller_name,
  u.groups, u.way, u.request_id, u.base_version, u.base, u.incoming, u.allow_duplicates, ${STATE} as state,
  u.resolution, u.resolved_by, ${actorName('u.resolved_by')} as resolved_by_name, u.resolved_at,
  u.assigned_to, (select o.name from operators o where o.operator_id = u.assigned_to) as assigned_to_name,
  u.note, u.settled_version, u.bulk_id, ${HELD_TEMPLATE} as template_id, ${HELD_KIND} as kind,
  u.created_at, u.expires_at`

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

/** Narrows a list; null: whatever it is. */
export interface ConflictFilter {
  caller: string | null
  /** One of the groups that clashed. */
  group: string | null
  campaign_id: number | null
  kind: string | null
  assigned_to: number | null
  /** Only those that nobody takes care of. */
  unassigned: boolean
}

export const UNFILTERED: ConflictFilter = {
  caller: null,
  group: null,
  campaign_id: null,
  kind: null,
  assigned_to: null,
  unassigned: false,
}

export const HELD_FITS = `(:caller::text is null or u.caller = :caller)
     and (:group::text is null or :group = any (u.groups))
     and (:campaign_id::integer is null or u.campaign_id = :campaign_id)
     and (:kind::text is null or :kind = ${HELD_KIND})
     and (:assigned_to::integer is null or u.assigned_to = :assigned_to)
     and (not :unassigned::boolean or u.assigned_to is null)`

// Several statements, because under a generic plan an optional condition uses no index. Open ones are few, so that
// looking through all of them for those that fit is quick.
type Asked = Pick<Sight, 'team_ids'> & { after: number; rows_max: number }
type Narrowed = Asked & ConflictFilter

/** Whether the held update in a row `u` may be seen. Its team is looked up only for callers who are bound to teams. */
export const VISIBLE_HELD = visibleTo(`(
       select t.team_id from campaigns c join templates t using (template_id)
       where c.campaign_id = u.campaign_id)`)

export const OPEN_HELD = `u.state = 'open' and u.resolved_at is null and u.expires_at > now()`

const LIST_OPEN = statement<Narrowed, HeldUpdate>(
  'heldUpdates.listOpen',
  `select ${ROW_OF_HELD} from held_updates u
   where ${OPEN_HELD} and u.held_update_id > :after and ${HELD_FITS} and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

const LIST_OF_LEAD = statement<Narrowed & LeadKey & { state: HeldUpdate['state'] }, HeldUpdate>(
  'heldUpdates.listOfLead',
  `select ${ROW_OF_HELD} from held_updates u
   where u.campaign_id = :campaign_id and u.lead_number = :number and u.held_update_id > :after
     and ${HELD_FITS} and ${VISIBLE_HELD} and ${STATE} = :state
   order by u.held_update_id limit :rows_max`,
)

// Settled by a person, superseded or forgotten: the row itself tells the state.
const LIST_IN_STATE = statement<Narrowed & { state: HeldUpdate['state'] }, HeldUpdate>(
  'heldUpdates.listInState',
  `select ${ROW_OF_HELD} from held_updates u
   where u.state = :state and u.held_update_id > :after and ${HELD_FITS} and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

const expired = (condition: string) => `select u.* from held_updates u
     where ${condition} and u.held_update_id > :after and ${HELD_FITS} and ${VISIBLE_HELD}
     order by u.held_update_id limit ${LIMITS.page_rows_max + 1}`

// Rows that are marked as expired, and open rows past their time.
const LIST_EXPIRED = statement<Narrowed, HeldUpdate>(
  'heldUpdates.listExpired',
  `select ${ROW_OF_HELD} from (
     (${expired(`u.state = 'expired'`)})
     union all (${expired(`u.state = 'open' and u.resolved_at is null and u.expires_at <= now()`)})) u
   order by u.held_update_id limit :rows_max`,
)

interface ListAsked {
  state: HeldUpdate['state']
  lead: LeadKey | undefined
  filter: ConflictFilter
}

/** Held updates in a state, of one lead or of all that may be seen, in the order in which they were made. */
export function listHeldUpdates(
  db: Db,
  { team_ids }: Pick<Sight, 'team_ids'>,
  { state, lead, filter }: ListAsked,
  page: { after: number; rows_max: number },
): Promise<HeldUpdate[]> {
  const narrowed = { team_ids, ...page, ...filter }
  if (lead) return db.query(LIST_OF_LEAD, { ...narrowed, ...lead, state })
  if (state === 'open') return db.query(LIST_OPEN, narrowed)
  return state === 'expired'
    ? db.query(LIST_EXPIRED, narrowed)
    : db.query(LIST_IN_STATE, { ...narrowed, state })
}

const BY_ID = statement<Pick<Sight, 'team_ids'> & { held_update_id: number }, HeldUpdate>(
  'heldUpdates.byId',
  `select ${ROW_OF_HELD}
   from held_updates u join campaigns c using (campaign_id) join templates t using (template_id)
   where u.held_update_id = :held_update_id and ${visibleTo('t.team_id')}`,
)

/** Undefined: no such held update that may be seen. */
export const heldUpdateById = async (
  db: Db,
  held_update_id: number,
  { team_ids }: Pick<Sight, 'team_ids'>,
): Promise<HeldUpdate | undefined> => (await db.query(BY_ID, { held_update_id, team_ids }))[0]

const BY_IDS = statement<Pick<Sight, 'team_ids'> & { held_update_ids: number[] }, HeldUpdate>(
  'heldUpdates.byIds',
  `select ${ROW_OF_HELD} from held_updates u
   where u.held_update_id = any (:held_update_ids::bigint[]) and ${VISIBLE_HELD}
   order by u.held_update_id`,
)

/** Those of these held updates that may be seen, in the order in which they were made. */
export const heldUpdatesById = (
  db: Db,
  { team_ids }: Pick<Sight, 'team_ids'>,
  held_update_ids: readonly number[],
) => db.query(BY_IDS, { team_ids, held_update_ids: [...held_update_ids] })

/** How many of the changes that somebody handed over are shown: the newest. */
const OWN_SHOWN_MAX = 100

const OF_CALLER = statement<Pick<Sight, 'team_ids'> & { caller: string }, HeldUpdate>(
  'heldUpdates.ofCaller',
  `select ${ROW_OF_HELD} from held_updates u
   where u.caller = :caller and ${VISIBLE_HELD}
   order by u.held_update_id desc limit ${OWN_SHOWN_MAX}`,
)

/** The newest held updates of a caller, whatever has become of them. */
export const heldUpdatesOf = (db: Db, { team_ids }: Pick<Sight, 'team_ids'>, caller: string) =>
  db.query(OF_CALLER, { team_ids, caller })

interface Settled {
  held_update_id: number
  state: 'resolved' | 'dismissed'
  resolution: string
  actor: string
  version: number | null
  bulk_id: number | null
}

const SETTLE = statement<Settled>(
  'heldUpdates.settle',
  `update held_updates u
   set state = :state, resolution = :resolution::jsonb, resolved_by = :actor, resolved_at = now(),
     settled_version = :version, bulk_id = :bulk_id
   where u.held_update_id = :held_update_id and ${STATE} = 'open' returning u.held_update_id`,
)

/** `version`: that of the lead that settling it makes, if it makes one. False: somebody settled it meanwhile. */
export const settleHeldUpdate = async (
  tx: Db,
  held_update_id: number,
  state: Settled['state'],
  resolution: object,
  actor: string,
  { version = null, bulk_id = null }: Partial<Pick<Settled, 'version' | 'bulk_id'>> = {},
) =>
  (
    await tx.query(SETTLE, {
      held_update_id,
      state,
      resolution: JSON.stringify(resolution),
      actor,
      version,
      bulk_id,
    })
  ).length > 0

// One that waits already for the same lead, caller and groups is newer, and has superseded it.
const REOPEN = statement<{ held_update_id: number }, { state: HeldUpdate['state'] }>(
  'heldUpdates.reopen',
  `update held_updates u
   set state = case when exists (
         select from held_updates newer
         where newer.campaign_id = u.campaign_id and newer.lead_number = u.lead_number
           and newer.caller = u.caller and newer.state = 'open'
           and hash_array_extended(newer.groups, 0) = hash_array_extended(u.groups, 0))
       then 'superseded' else 'open' end,
     resolution = null, resolved_by = null, resolved_at = null, settled_version = null, bulk_id = null,
     expires_at = greatest(u.expires_at, now() + interval '1 day')
   where u.held_update_id = :held_update_id and u.state in ('resolved', 'dismissed')
   returning u.state`,
)

/** Lets a settled one wait again; its lead is locked. Undefined: it is not settled any more. */
export const reopenHeldUpdate = async (tx: Db, held_update_id: number) =>
  (await tx.query(REOPEN, { held_update_id }))[0]?.state
