// Files of numbers for the do-not-call lists: their parts arrive, then a job works on them (dnc-file-work.ts).

import type { DncList } from '../core/result.ts'
import type { WashAnswer } from '../core/wash.ts'
import { addPart, bytesOfParts, emptiedParts, missingParts, type NewPart, partContent } from './file-parts.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of the work on a file in the job queue. */
export const DNC_FILE_TASK = 'load_dnc_file'

export const DNC_FILE_STATES = [
  'uploading',
  'waiting',
  'reading',
  'comparing',
  'done',
  'failed',
  'cancelled',
] as const
export type DncFileState = (typeof DNC_FILE_STATES)[number]

export interface NewDncFile {
  /** wash: it answers one. */
  list: DncList | 'wash'
  campaign_id: number | null
  /** It takes the place of what came to the list from files before. */
  replaces: boolean
  name: string
  bytes: number
  region: string
  /** Headings; null: they are found out. */
  phone_columns: readonly string[] | null
  expires_column: string | null
  reason: string | null
  source: string | null
  /** Of an answer to a wash; null: it is for a list. */
  wash_id: number | null
  holds: WashAnswer | null
  result_column: string | null
}

export interface DncFileRow extends Pick<NewDncFile, 'list' | 'wash_id' | 'holds'> {
  file_id: number
  /** Of the wash that it answers; null: it is for a list. */
  allocation_id: number | null
  campaign_id: number | null
  replaces: boolean
  name: string
  bytes: number
  region: string
  reason: string | null
  source: string | null
  state: DncFileState
  /** Why it failed. */
  problem: string | null
  detail: string | null
  /** While it is uploaded. */
  missing_parts: number[]
  rows_read: number
  rejected: number
  numbers: number
  added: number
  removed: number
  created_at: string
  created_by: string
  finished_at: string | null
}

const TABLES = { files: 'dnc_files', parts: 'dnc_file_parts', id: 'file_id' }
const MISSING = missingParts(TABLES)

/** SQL: of the wash that a file answers. */
export const ANSWERED_ALLOCATION = `(
       select w.allocation_id from washes w where w.wash_id = f.wash_id) as allocation_id`

const ROW = `f.file_id, f.list, f.wash_id, f.holds, ${ANSWERED_ALLOCATION}, f.campaign_id, f.replaces,
     f.name, f.bytes, f.region, f.reason, f.source, f.state, f.problem, f.detail,
     case f.state when 'uploading' then ${MISSING} else '{}' end as missing_parts,
     f.rows_read, f.rejected, f.numbers, f.added, f.removed, f.created_at, f.actor as created_by,
     f.finished_at`

const CREATE = statement<
  NewDncFile & { actor: string; request_id: string; team_ids: readonly number[] | null },
  DncFileRow
>(
  'dncFiles.create',
  `insert into dnc_files as f (list, campaign_id, replaces, name, bytes, region, phone_columns,
     expires_column, reason, source, wash_id, holds, result_column, actor, request_id, team_ids)
   values (:list, :campaign_id, :replaces, :name, :bytes, :region, :phone_columns::text[], :expires_column,
     :reason, :source, :wash_id::integer, :holds, :result_column, :actor, :request_id, :team_ids::integer[])
   returning ${ROW}`,
)

export const createDncFile = async (
  tx: Db,
  file: NewDncFile,
  by: { actor: string; request_id: string },
  { team_ids }: Pick<Sight, 'team_ids'>,
): Promise<DncFileRow> =>
  (await tx.query(CREATE, { ...file, actor: by.actor, request_id: by.request_id, team_ids }))[0]!

/** The private and client lists belong to the installation, and their files to those without a team. */
const SEEN = `case when f.campaign_id is null then :team_ids::integer[] is null
       else exists (
         select from campaigns c join templates t using (template_id)
         where c.campaign_id = f.campaign_id and ${visibleTo('t.team_id')}) end`

const LIST = statement<Sight & PageBounds & { file_id: number | null }, DncFileRow>(
  'dncFiles.list',
  `select ${ROW} from dnc_files f
   where ${SEEN} and case when :file_id::integer is null then f.wash_id is null
       else f.file_id = :file_id end
     and (:after::bigint = 0 or f.file_id < :after)
   order by f.file_id desc limit :rows_max`,
)

/** Those for lists, the newest first: `after` is the id before which the page begins. */
export const listDncFiles = (db: Db, sight: Sight, { after, rows_max }: PageBounds) =>
  db.query(LIST, { ...sight, after, rows_max, file_id: null })

export const dncFileById = async (db: Db, sight: Sight, file_id: number) =>
  (await db.query(LIST, { ...sight, file_id, after: 0, rows_max: 1 }))[0]

const LOCK = statement<{ file_id: number }>(
  'dncFiles.lock',
  'select from dnc_files where file_id = :file_id for update',
)

/** For whoever adds a part or cancels. */
export const lockDncFile = (tx: Db, file_id: number) => tx.query(LOCK, { file_id })

type PartParams = NewPart & { file_id: number }

const ADD_PART = statement<PartParams, { is_same: boolean }>('dncFiles.addPart', addPart(TABLES))

/** The same content again is the same part; undefined: no parts are awaited any more, and this one never came. */
export const addDncFilePart = async (tx: Db, part: PartParams): Promise<boolean | undefined> =>
  (await tx.query(ADD_PART, part))[0]?.is_same

/** A job for each of the files `files`. The jobs of one file run one after the other. */
const queued = (files: string) => `
   select graphile_worker.add_job('${DNC_FILE_TASK}', json_build_object('file_id', f.file_id),
     queue_name := 'dnc-file-' || f.file_id, job_key := '${DNC_FILE_TASK}:' || f.file_id)
   from ${files} f`

const BEGIN = statement<{ file_id: number }>(
  'dncFiles.begin',
  `with complete as (
     update dnc_files f set state = 'waiting'
     where f.file_id = :file_id and f.state = 'uploading' and cardinality(${MISSING}) = 0
     returning f.file_id)
   ${queued('complete')}`,
)

/** Once all parts are there, the job of the file begins. */
export const beginDncFile = (tx: Db, file_id: number) => tx.query(BEGIN, { file_id })

const RESUME = statement<None>(
  'dncFiles.resume',
  queued("(select file_id from dnc_files where not is_swept and state <> 'uploading')"),
)

/** Queues the files that wait, or that an ended process has left. */
export const resumeDncFiles = (db: Db) => db.query(RESUME)

const END = statement<
  { file_id: number; state: 'failed' | 'cancelled'; problem: string | null; detail: string | null },
  DncFileRow
>(
  'dncFiles.end',
  `with over as (
     update dnc_files f set state = :state, problem = :problem, detail = :detail, finished_at = now(),
       is_swept = f.state in ('uploading', 'waiting')
     where f.file_id = :file_id and f.finished_at is null
     returning f.*),
   emptied as (${emptiedParts(TABLES, 'over')}),
   job as (${queued(`(
     select file_id from over where not is_swept
     union all
     select o.file_id from over join dnc_files o on o.list = over.list
       and o.campaign_id is not distinct from over.campaign_id and o.file_id <> over.file_id
     where o.state = 'waiting')`)})
   select ${ROW} from over f where (select count(*) from job) >= 0`,
)

/** Nothing of it comes to the list, and the files that waited for it get their turn. Undefined: it is over already. */
export const endDncFile = async (
  tx: Db,
  file_id: number,
  state: 'failed' | 'cancelled',
  { problem, detail }: { problem: string | null; detail: string | null } = { problem: null, detail: null },
) => (await tx.query(END, { file_id, state, problem, detail }))[0]

const END_ABANDONED = statement<None>(
  'dncFiles.endAbandoned',
  `with over as (
     update dnc_files f set state = 'cancelled', finished_at = now(), is_swept = true
     where f.state = 'uploading' and f.created_at < now() - interval '1 day'
     returning f.file_id)
   ${emptiedParts(TABLES, 'over')}`,
)

/** Files whose upload nobody has finished for a day are cancelled, and their bytes go. */
export const endAbandonedDncFiles = (db: Db) => db.query(END_ABANDONED)

const CONTENT = statement<{ file_id: number; part: number }, { content: Buffer | null }>(
  'dncFiles.content',
  partContent(TABLES),
)

export const dncFileBytes = (db: Db, file_id: number) =>
  bytesOfParts((part) => db.query(CONTENT, { file_id, part }))

export interface DncReject {
  row: number
  code: string
  field: string
  message: string
  /** As the file has them. */
  phone: string
  expires: string
}

const REJECTS = statement<{ file_id: number }, DncReject>(
  'dncFiles.rejects',
  `select r.row, r.code, r.field, r.message, r.phone, r.expires from dnc_file_rejects r
   where r.file_id = :file_id order by r.reject_id`,
)

/** The rows that were not taken, as far as they are kept. */
export const dncFileRejects = (db: Db, file_id: number) => db.query(REJECTS, { file_id })
