// The inbox of held updates: how many there are of each kind, the neighbours of one, and whose task it is.

import type { Role } from '../core/operator.ts'
import { actorName } from './actors.ts'
import {
  type ConflictFilter,
  HELD_FITS,
  HELD_KIND,
  HELD_TEMPLATE,
  type HeldUpdate,
  OPEN_HELD,
  VISIBLE_HELD,
} from './held-updates.ts'
import type { Db } from './pool.ts'
import type { Sight } from './sight.ts'
import { statement } from './statement.ts'

type Teams = Pick<Sight, 'team_ids'>

export interface ConflictKind
  extends Pick<HeldUpdate, 'kind' | 'template_id' | 'caller' | 'caller_name' | 'groups'> {
  open: number
  oldest_at: string
}

/** A person needs no more at once: the biggest come first. */
const KINDS_MAX = 200

const KINDS = statement<Teams & ConflictFilter, ConflictKind>(
  'heldUpdates.countKinds',
  `select found.kind, found.template_id, found.caller, ${actorName('found.caller')} as caller_name,
     found.groups, count(*)::integer as open, min(found.created_at) as oldest_at
   from (
     select ${HELD_KIND} as kind,
       ${HELD_TEMPLATE} as template_id, u.caller, u.groups, u.created_at
     from held_updates u
     where u.held_update_id > 0 and ${OPEN_HELD}
       and ${HELD_FITS} and ${VISIBLE_HELD}) found
   group by found.kind, found.template_id, found.caller, found.groups
   order by count(*) desc, min(found.created_at), found.kind limit ${KINDS_MAX}`,
)

/** Open held updates, counted by template, sender and groups; the biggest kinds first. */
export const countKinds = (db: Db, { team_ids }: Teams, filter: ConflictFilter) =>
  db.query(KINDS, { team_ids, ...filter })

export interface Neighbours {
  previous: number | null
  next: number | null
  /** How many come before it, and how many there are in all. */
  before: number
  open: number
}

const NEIGHBOURS = statement<Teams & ConflictFilter & { held_update_id: number }, Neighbours>(
  'heldUpdates.neighbours',
  `select max(u.held_update_id) filter (where u.held_update_id < :held_update_id) as previous,
     min(u.held_update_id) filter (where u.held_update_id > :held_update_id) as next,
     (count(*) filter (where u.held_update_id < :held_update_id))::integer as before,
     count(*)::integer as open
   from held_updates u
   where u.held_update_id > 0 and ${OPEN_HELD} and ${HELD_FITS} and ${VISIBLE_HELD}`,
)

/** The open held updates before and after one, in the order of the list. */
export const neighboursOf = async (
  db: Db,
  { team_ids }: Teams,
  held_update_id: number,
  filter: ConflictFilter,
) => (await db.query(NEIGHBOURS, { team_ids, held_update_id, ...filter }))[0]!

interface Assignment {
  held_update_id: number
  operator_id: number | null
  /** The operator who has had it until now. */
  was: number | null
  /** Added to the note that is there; null: nothing. */
  note: string | null
}

/** Characters of a note that are kept, the newest: it goes from hand to hand. */
const NOTE_POINTS_MAX = 10_000

const ASSIGN = statement<Assignment>(
  'heldUpdates.assign',
  `update held_updates u set assigned_to = :operator_id,
     note = right(nullif(concat_ws(e'\\n\\n', u.note, :note::text), ''), ${NOTE_POINTS_MAX})
   where u.held_update_id = :held_update_id and ${OPEN_HELD}
     and u.assigned_to is not distinct from :was::integer
   returning u.held_update_id`,
)

/** False: it is settled, or somebody else has it by now. */
export const assignHeldUpdate = async (db: Db, assignment: Assignment) =>
  (await db.query(ASSIGN, assignment)).length > 0

const NOTE = statement<{ held_update_id: number; note: string | null }>(
  'heldUpdates.note',
  `update held_updates u set note = :note where u.held_update_id = :held_update_id and ${OPEN_HELD}
   returning u.held_update_id`,
)

/** False: it is not open any more. */
export const noteHeldUpdate = async (db: Db, held_update_id: number, note: string | null) =>
  (await db.query(NOTE, { held_update_id, note })).length > 0

export interface Assignee {
  operator_id: number
  name: string
}

const ASSIGNEES = statement<Teams & { roles: readonly Role[] }, Assignee & { team_ids: number[] | null }>(
  'operators.assignees',
  `select o.operator_id, o.name, own.team_ids
   from operators o left join lateral (
     select array_agg(t.team_id) as team_ids from operator_teams t where t.operator_id = o.operator_id
   ) own on true
   where o.disabled_at is null and o.role = any (:roles)
     and (:team_ids::integer[] is null or own.team_ids is null or own.team_ids && :team_ids)
   order by o.name, o.operator_id`,
)

/** The operators with one of these roles who see leads of the same teams as the caller. */
export const assignees = (db: Db, { team_ids }: Teams, roles: readonly Role[]) =>
  db.query(ASSIGNEES, { team_ids, roles: [...roles] })
