// Bulk changes: begun, at work, ended, undone. What a chunk did and how far the change has come are one commit.

import type {
  BulkChange,
  BulkKind,
  BulkState,
  KeepReason,
  LeftTally,
  SkipReason,
} from '../core/bulk-change.ts'
import { actorName } from './actors.ts'
import type { BulkChoice } from './bulk-leads.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of a bulk change in the job queue. */
export const BULK_TASK = 'bulk_change'
export interface BulkTask {
  bulk_change_id: number
}
export const bulkJobKey = (bulk_change_id: number) => `${BULK_TASK}:${bulk_change_id}`

export interface BulkChangeRow {
  bulk_change_id: number
  campaign_id: number
  kind: BulkKind
  change: BulkChange
  state: BulkState
  detail: string | null
  /** How many leads were counted when it began. */
  leads: number
  exact: boolean
  done: number
  skipped: LeftTally<SkipReason>
  undone: number
  kept: LeftTally<KeepReason>
  created_at: string
  created_by: string
  created_by_name: string | null
  finished_at: string | null
}

const ROW = `b.bulk_change_id, b.campaign_id, b.kind, b.change, b.state, b.detail, b.leads, b.exact, b.done,
     b.skipped, b.undone, b.kept, b.created_at, b.actor as created_by,
     ${actorName('b.actor')} as created_by_name, b.finished_at`

/** A job for each that is at work; one that waits already is taken up at once. */
const queued = (changes: string) => `
   select graphile_worker.add_job('${BULK_TASK}', json_build_object('bulk_change_id', b.bulk_change_id),
     job_key := '${BULK_TASK}:' || b.bulk_change_id)
   from ${changes} b where b.state in ('running', 'undoing')`

interface Author {
  actor: string
  way: string
  request_id: string
}

interface Begun {
  campaign_id: number
  kind: BulkKind
  leads: number
  exact: boolean
}

const BEGIN = statement<Author & Begun & { change: string; choice: string }, BulkChangeRow>(
  'bulkChanges.begin',
  `with begun as (
     insert into bulk_changes as b (campaign_id, kind, change, choice, place, leads, exact, actor, way,
       request_id)
     values (:campaign_id, :kind, :change::jsonb, :choice::jsonb, 1 + coalesce((
       select max(l.number) from leads l where l.campaign_id = :campaign_id), 0), :leads, :exact, :actor,
       :way, :request_id)
     returning ${ROW}),
   job as (${queued('begun')})
   select begun.* from begun, job`,
)

/** With its job. Leads that come in from now on are not among those that it changes. */
export const beginBulkChange = async (
  tx: Db,
  by: Author,
  choice: BulkChoice,
  change: BulkChange,
  counted: Pick<Begun, 'leads' | 'exact'>,
): Promise<BulkChangeRow> =>
  (
    await tx.query(BEGIN, {
      ...by,
      ...counted,
      campaign_id: choice.campaign_id,
      kind: change.kind,
      change: JSON.stringify(change),
      choice: JSON.stringify(choice),
    })
  )[0]!

const RESUME = statement<None>(
  'bulkChanges.resume',
  `${queued('bulk_changes')} and not exists (
     select from graphile_worker.jobs j
     where j.key = '${BULK_TASK}:' || b.bulk_change_id
       and (j.attempts < j.max_attempts or j.locked_at is not null))`,
)

/** Queues those that an ended process has left. */
export const resumeBulkChanges = (db: Db) => db.query(RESUME)

export interface BulkAtWork
  extends Author,
    Omit<
      BulkChangeRow,
      'kind' | 'state' | 'detail' | 'created_at' | 'created_by' | 'created_by_name' | 'finished_at'
    > {
  state: 'running' | 'undoing'
  /** Null: it is undone. */
  choice: BulkChoice | null
  place: number
}

const LOCK = statement<{ bulk_change_id: number }, BulkAtWork>(
  'bulkChanges.lock',
  `select bulk_change_id, campaign_id, change, state, choice, place, leads, exact, done, skipped, undone,
     kept,
     case state when 'running' then actor else undo_actor end as actor,
     case state when 'running' then way else undo_way end as way,
     case state when 'running' then request_id else undo_request_id end as request_id
   from bulk_changes
   where bulk_change_id = :bulk_change_id and state in ('running', 'undoing') for update skip locked`,
)

/** Undefined: it has ended, or another process is at it. By whom its leads are changed: by its author, or who undoes it. */
export const lockBulkChange = async (tx: Db, bulk_change_id: number) =>
  (await tx.query(LOCK, { bulk_change_id }))[0]

const IS_AT_WORK = statement<{ bulk_change_id: number }>(
  'bulkChanges.isAtWork',
  `select from bulk_changes
   where bulk_change_id = :bulk_change_id and state in ('running', 'undoing')`,
)

export const isBulkChangeAtWork = async (db: Db, bulk_change_id: number) =>
  (await db.query(IS_AT_WORK, { bulk_change_id })).length > 0

/** A lead that a chunk has changed. */
export interface ChangedLead {
  number: number
  version: number
  /** The allocation in which it was. */
  from_id: number
}

interface Columns {
  numbers: number[]
  versions: number[]
  from_ids: number[]
}

const columnsOf = (leads: readonly ChangedLead[]): Columns => ({
  numbers: leads.map(({ number }) => number),
  versions: leads.map(({ version }) => version),
  from_ids: leads.map(({ from_id }) => from_id),
})

const ADVANCE = statement<
  Columns & {
    bulk_change_id: number
    place: number
    done: number
    skipped: string
    allocation_ids: number[]
    keeps: boolean
  }
>(
  'bulkChanges.advance',
  `with chunk as (
     insert into bulk_change_chunks (bulk_change_id, chunk, numbers, versions, from_ids)
     select :bulk_change_id::integer, coalesce((
       select max(c.chunk) from bulk_change_chunks c where c.bulk_change_id = :bulk_change_id), 0) + 1,
       :numbers::bigint[], :versions::integer[], :from_ids::integer[]
     where :keeps::boolean)
   update bulk_changes b set place = :place, done = :done, skipped = :skipped::jsonb,
     allocation_ids = array(
       select id from unnest(b.allocation_ids) as u (id)
       union select id from unnest(:allocation_ids::integer[]) as u (id))
   where b.bulk_change_id = :bulk_change_id`,
)

/** How far it has come by a chunk. `undoable`: what undoing would need to know of it. */
export const advanceBulkChange = (
  tx: Db,
  { bulk_change_id, place, done, skipped }: Pick<BulkAtWork, 'bulk_change_id' | 'place' | 'done' | 'skipped'>,
  undoable: readonly ChangedLead[],
  allocation_ids: number[],
) =>
  tx.query(ADVANCE, {
    bulk_change_id,
    place,
    done,
    skipped: JSON.stringify(skipped),
    allocation_ids,
    keeps: undoable.length > 0,
    ...columnsOf(undoable),
  })

const LAST_CHUNK = statement<{ bulk_change_id: number }, Columns & { chunk: number }>(
  'bulkChanges.lastChunk',
  `select chunk, numbers, versions, from_ids from bulk_change_chunks
   where bulk_change_id = :bulk_change_id order by chunk desc limit 1`,
)

/** The chunk to be undone next; undefined: there is none left. */
export async function lastChunkOf(
  tx: Db,
  bulk_change_id: number,
): Promise<{ chunk: number; leads: ChangedLead[] } | undefined> {
  const [found] = await tx.query(LAST_CHUNK, { bulk_change_id })
  if (!found) return undefined
  const { chunk, numbers, versions, from_ids } = found
  return {
    chunk,
    leads: numbers.map((number, i) => ({ number, version: versions[i]!, from_id: from_ids[i]! })),
  }
}

const UNDO_CHUNK = statement<{ bulk_change_id: number; chunk: number; undone: number; kept: string }>(
  'bulkChanges.undoChunk',
  `with gone as (
     delete from bulk_change_chunks c where c.bulk_change_id = :bulk_change_id and c.chunk = :chunk)
   update bulk_changes b set undone = :undone, kept = :kept::jsonb where b.bulk_change_id = :bulk_change_id`,
)

export const undoneChunk = (
  tx: Db,
  { bulk_change_id, undone, kept }: Pick<BulkAtWork, 'bulk_change_id' | 'undone' | 'kept'>,
  chunk: number,
) => tx.query(UNDO_CHUNK, { bulk_change_id, chunk, undone, kept: JSON.stringify(kept) })

const END = statement<{ bulk_change_id: number; state: BulkState; detail: string | null }, BulkChangeRow>(
  'bulkChanges.end',
  `update bulk_changes b set state = :state, detail = coalesce(:detail, b.detail), choice = null,
     finished_at = now()
   where b.bulk_change_id = :bulk_change_id and b.state in ('running', 'undoing')
   returning ${ROW}`,
)

/** Undefined: it had ended already. What was typed goes. */
export const endBulkChange = async (
  tx: Db,
  bulk_change_id: number,
  state: Exclude<BulkState, 'running' | 'undoing'>,
  detail: string | null = null,
) => (await tx.query(END, { bulk_change_id, state, detail }))[0]

const UNDO = statement<Author & { bulk_change_id: number }, BulkChangeRow>(
  'bulkChanges.undo',
  `with begun as (
     update bulk_changes b set state = 'undoing', finished_at = null, undo_actor = :actor, undo_way = :way,
       undo_request_id = :request_id
     where b.bulk_change_id = :bulk_change_id and b.state in ('done', 'cancelled', 'stopped')
     returning ${ROW}),
   job as (${queued('begun')})
   select begun.* from begun, job`,
)

/** With its job. Undefined: it is at work, or undone already. */
export const beginUndo = async (tx: Db, by: Author, bulk_change_id: number) =>
  (await tx.query(UNDO, { ...by, bulk_change_id }))[0]

const ALLOCATIONS = 'select a.allocation_id from allocations a where a.campaign_id = c.campaign_id'

const LISTED = `select ${ROW}
   from bulk_changes b join campaigns c using (campaign_id) join templates t using (template_id)
   where ${visibleTo('t.team_id', ALLOCATIONS)}`

// The newest first: who comes back looks for what they have just begun.
const LIST = statement<
  Sight & { campaign_id: number | null; before: number | null; rows_max: number },
  BulkChangeRow
>(
  'bulkChanges.list',
  `${LISTED}
     and (:campaign_id::integer is null or b.campaign_id = :campaign_id)
     and (:before::bigint is null or b.bulk_change_id < :before)
   order by b.bulk_change_id desc limit :rows_max`,
)

export const listBulkChanges = (
  db: Db,
  { team_ids, allocation_ids }: Sight,
  { campaign_id, after, rows_max }: { campaign_id: number | null; after: number; rows_max: number },
) =>
  db.query(LIST, {
    team_ids,
    allocation_ids,
    campaign_id,
    before: after === 0 ? null : after,
    rows_max,
  })

const ONE = statement<Sight & { bulk_change_id: number }, BulkChangeRow>(
  'bulkChanges.one',
  `${LISTED}
     and b.bulk_change_id = :bulk_change_id`,
)

export const bulkChangeById = async (db: Db, sight: Sight, bulk_change_id: number) =>
  (await db.query(ONE, { ...sight, bulk_change_id }))[0]
