// Master lists: leads that a template does not take once more. Their files arrive in parts, then a job reads them
// (master-list-work.ts). An insert looks into the one that serves (master-list-check.ts).

import type { MasterListState, PointedField } from '../core/master-list.ts'
import { addPart, bytesOfParts, emptiedParts, missingParts, type NewPart, partContent } from './file-parts.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of the work on a list in the job queue. */
export const MASTER_LIST_TASK = 'load_master_list'

type ListParam = { list_id: number }

export interface NewMasterList {
  template_id: number
  name: string
  bytes: number
  points: readonly PointedField[]
  threshold: number
}

export interface MasterListRow extends NewMasterList {
  list_id: number
  state: MasterListState
  /** Why it failed. */
  problem: string | null
  detail: string | null
  /** While it is uploaded. */
  missing_parts: number[]
  rows_read: number
  skipped: number
  entries: number
  created_at: string
  created_by: string
  serves_at: string | null
  finished_at: string | null
}

const TABLES = { files: 'master_lists', parts: 'master_list_parts', id: 'list_id' }
const MISSING = missingParts(TABLES)

const ROW = `f.list_id, f.template_id, f.name, f.bytes, f.points, f.threshold, f.state, f.problem, f.detail,
     case f.state when 'uploading' then ${MISSING} else '{}' end as missing_parts,
     f.rows_read, f.skipped, f.entries, f.created_at, f.actor as created_by, f.serves_at, f.finished_at`

const CREATE = statement<
  Omit<NewMasterList, 'points'> & { points: string; hash_key: Buffer; actor: string; request_id: string },
  MasterListRow
>(
  'masterLists.create',
  `insert into master_lists as f (template_id, name, bytes, points, threshold, hash_key, actor, request_id)
   values (:template_id, :name, :bytes, :points::jsonb, :threshold, :hash_key, :actor, :request_id)
   returning ${ROW}`,
)

export const createMasterList = async (
  tx: Db,
  { points, ...list }: NewMasterList,
  hash_key: Buffer,
  { actor, request_id }: { actor: string; request_id: string },
): Promise<MasterListRow> =>
  (await tx.query(CREATE, { ...list, points: JSON.stringify(points), hash_key, actor, request_id }))[0]!

const LIST = statement<
  Sight & PageBounds & { list_id: number | null; template_id: number | null; serving: boolean },
  MasterListRow
>(
  'masterLists.list',
  `select ${ROW} from master_lists f join templates t using (template_id)
   where ${visibleTo('t.team_id')} and (:list_id::integer is null or f.list_id = :list_id)
     and (:template_id::integer is null or f.template_id = :template_id)
     and (not :serving::boolean or f.state = 'serving')
     and (:after::bigint = 0 or f.list_id < :after)
   order by f.list_id desc limit :rows_max`,
)

/** The newest first: `after` is the id before which the page begins. */
export const listMasterLists = (
  db: Db,
  sight: Sight,
  { after, rows_max, template_id = null }: PageBounds & { template_id?: number | null },
) => db.query(LIST, { ...sight, after, rows_max, template_id, list_id: null, serving: false })

const ONE = { after: 0, rows_max: 1, list_id: null, template_id: null, serving: false }

export const masterListById = async (db: Db, sight: Sight, list_id: number) =>
  (await db.query(LIST, { ...sight, ...ONE, list_id }))[0]

/** The list of a template that serves. */
export const servingMasterList = async (db: Db, sight: Sight, template_id: number) =>
  (await db.query(LIST, { ...sight, ...ONE, template_id, serving: true }))[0]

const LOCK = statement<ListParam>(
  'masterLists.lock',
  'select from master_lists where list_id = :list_id for update',
)

/** For whoever adds a part, or ends the list. */
export const lockMasterList = (tx: Db, list_id: number) => tx.query(LOCK, { list_id })

const ADD_PART = statement<NewPart & ListParam, { is_same: boolean }>('masterLists.addPart', addPart(TABLES))

/** The same content again is the same part; undefined: no parts are awaited any more, and this one never came. */
export const addMasterListPart = async (tx: Db, part: NewPart & ListParam): Promise<boolean | undefined> =>
  (await tx.query(ADD_PART, part))[0]?.is_same

/** A job for each of the lists `lists`. The jobs of one list run one after the other. */
const queued = (lists: string) => `
   select graphile_worker.add_job('${MASTER_LIST_TASK}', json_build_object('list_id', f.list_id),
     queue_name := 'master-list-' || f.list_id, job_key := '${MASTER_LIST_TASK}:' || f.list_id)
   from ${lists} f`

const BEGIN = statement<ListParam>(
  'masterLists.begin',
  `with complete as (
     update master_lists f set state = 'waiting'
     where f.list_id = :list_id and f.state = 'uploading' and cardinality(${MISSING}) = 0
     returning f.list_id)
   ${queued('complete')}`,
)

/** Once all parts are there, the job of the list begins. */
export const beginMasterList = (tx: Db, list_id: number) => tx.query(BEGIN, { list_id })

const RESUME = statement<None>(
  'masterLists.resume',
  queued("(select list_id from master_lists where not is_swept and state not in ('uploading', 'serving'))"),
)

/** Queues the lists that an ended process has left. */
export const resumeMasterLists = (db: Db) => db.query(RESUME)

interface Ending {
  problem: string | null
  detail: string | null
}

const END = statement<ListParam & Ending & { state: MasterListState }, MasterListRow>(
  'masterLists.end',
  `with over as (
     update master_lists f set problem = :problem, detail = :detail, finished_at = now(),
       state = case f.state when 'serving' then 'removed' else :state end,
       is_swept = f.state in ('uploading', 'waiting')
     where f.list_id = :list_id and f.finished_at is null
     returning f.*),
   emptied as (${emptiedParts(TABLES, 'over')}),
   job as (${queued('(select list_id from over where not is_swept)')})
   select ${ROW} from over f where (select count(*) from job) >= 0`,
)

/** Ends a list: one that serves is removed, another one never serves. Undefined: it is over already. */
export const endMasterList = async (
  tx: Db,
  list_id: number,
  state: 'failed' | 'cancelled',
  { problem, detail }: Ending = { problem: null, detail: null },
) => (await tx.query(END, { list_id, state, problem, detail }))[0]

const END_ABANDONED = statement<None>(
  'masterLists.endAbandoned',
  `with over as (
     update master_lists f set state = 'cancelled', finished_at = now(), is_swept = true
     where f.state = 'uploading' and f.created_at < now() - interval '1 day'
     returning f.list_id)
   ${emptiedParts(TABLES, 'over')}`,
)

/** Lists whose upload nobody has finished for a day are cancelled, and their bytes go. */
export const endAbandonedMasterLists = (db: Db) => db.query(END_ABANDONED)

const CONTENT = statement<ListParam & { part: number }, { content: Buffer | null }>(
  'masterLists.content',
  partContent(TABLES),
)

export const masterListBytes = (db: Db, list_id: number) =>
  bytesOfParts((part) => db.query(CONTENT, { list_id, part }))

const OF_TEMPLATE = statement<{ template_id: number }, ListParam>(
  'masterLists.ofTemplate',
  `select m.list_id from master_lists m
   where m.template_id = :template_id and not m.is_swept order by m.list_id limit 1`,
)

/** A list of the template that serves, is on its way, or has entries that still go. */
export const masterListOfTemplate = async (tx: Db, template_id: number) =>
  (await tx.query(OF_TEMPLATE, { template_id }))[0]?.list_id
