// Decisions that were made once for many held updates.

import { actorName } from './actors.ts'
import { type HeldUpdate, ROW_OF_HELD, VISIBLE_HELD } from './held-updates.ts'
import type { Db } from './pool.ts'
import type { Sight } from './sight.ts'
import { statement } from './statement.ts'

type Teams = Pick<Sight, 'team_ids'>

export interface BulkDecision {
  bulk_id: number
  /** The sender of all; null: they have several. */
  caller: string | null
  caller_name: string | null
  groups: string[] | null
  /** The side that was taken, by group. */
  decisions: Record<string, 'mine' | 'theirs' | 'base'>
  /** How many are settled by it now. */
  settled: number
  made_by: string
  made_by_name: string | null
  made_at: string
  undone_by: string | null
  undone_by_name: string | null
  undone_at: string | null
}

const ROW = `b.bulk_id, b.caller, ${actorName('b.caller')} as caller_name, b.groups, b.decisions,
  (select count(*)::integer from held_updates u where u.bulk_id = b.bulk_id) as settled,
  b.made_by, ${actorName('b.made_by')} as made_by_name, b.made_at,
  b.undone_by, ${actorName('b.undone_by')} as undone_by_name, b.undone_at`

type NewBulkDecision = Pick<BulkDecision, 'caller' | 'groups' | 'made_by'> & { decisions: string }

const MAKE = statement<NewBulkDecision, BulkDecision>(
  'bulkDecisions.make',
  `with b as (
     insert into bulk_decisions (caller, groups, decisions, made_by)
     values (:caller, :groups::text[], :decisions::jsonb, :made_by) returning *)
   select ${ROW} from b`,
)

export const makeBulkDecision = async (
  db: Db,
  { decisions, ...made }: Pick<BulkDecision, 'caller' | 'groups' | 'made_by' | 'decisions'>,
) => (await db.query(MAKE, { ...made, decisions: JSON.stringify(decisions) }))[0]!

/** Seen by its maker, and by callers who see all teams. */
const VISIBLE = `(:team_ids::integer[] is null or b.made_by = :actor)`

const BY_ID = statement<Teams & { actor: string; bulk_id: number }, BulkDecision>(
  'bulkDecisions.byId',
  `select ${ROW} from bulk_decisions b where b.bulk_id = :bulk_id and ${VISIBLE}`,
)

export const bulkDecisionById = async (db: Db, { team_ids }: Teams, actor: string, bulk_id: number) =>
  (await db.query(BY_ID, { team_ids, actor, bulk_id }))[0]

/** The last ones are what somebody may want to undo. */
const LISTED_MAX = 20

const LIST = statement<{ actor: string }, BulkDecision>(
  'bulkDecisions.list',
  `select ${ROW} from bulk_decisions b where b.made_by = :actor order by b.bulk_id desc limit ${LISTED_MAX}`,
)

/** The newest ones of an actor. */
export const bulkDecisionsOf = (db: Db, actor: string) => db.query(LIST, { actor })

const SETTLED_BY = statement<Teams & { bulk_id: number; after: number; rows_max: number }, HeldUpdate>(
  'heldUpdates.settledByBulk',
  `select ${ROW_OF_HELD} from held_updates u
   where u.bulk_id = :bulk_id and u.held_update_id > :after and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

/** What it has settled and still counts, in the order of the list. */
export const settledByBulk = (
  db: Db,
  { team_ids }: Teams,
  asked: { bulk_id: number; after: number; rows_max: number },
) => db.query(SETTLED_BY, { team_ids, ...asked })

const UNDO = statement<{ bulk_id: number; actor: string }>(
  'bulkDecisions.undo',
  `update bulk_decisions set undone_by = :actor, undone_at = now()
   where bulk_id = :bulk_id and undone_at is null`,
)

/** Notes who takes it back. */
export const markUndone = (db: Db, bulk_id: number, actor: string) => db.query(UNDO, { bulk_id, actor })
