// Imports: files of leads, from their first part to what came of their rows.

import type { Dedupe } from '../core/dedupe.ts'
import type { DuplicateWay, ImportMode, ImportState, RowTally, UndoTally } from '../core/import.ts'
import type { Mapping } from '../core/mapping.ts'
import type { TableChoices, TableRemark, TableShape } from '../core/table.ts'
import { actorName } from './actors.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** What was found out about a file; its first rows are among the others. */
export type KeptShape = Omit<TableShape, 'sample'>

export interface ImportRow {
  import_id: number
  campaign_id: number
  allocation_id: number | null
  mode: ImportMode
  duplicates: DuplicateWay
  /** Null: by number, in the campaign. */
  dedupe: Dedupe | null
  bad_percent_max: number | null
  file_name: string
  file_bytes: number
  file_hash: string | null
  choices: TableChoices
  shape: KeptShape | null
  remarks: TableRemark[]
  mapping: Mapping | null
  state: ImportState
  detail: string | null
  rows: number
  checked: RowTally | null
  done: RowTally | null
  undone: UndoTally | null
  /** Updates are made from the leads as they were then. */
  seen_at: string
  /** The latest dry run, to which keys of rows belong; null: there was none. */
  check_id: number | null
  created_by: string
  created_by_name: string | null
  created_at: string
  updated_at: string
  started_at: string | null
  finished_at: string | null
  emptied_at: string | null
  /** The parts that are there. */
  parts: number[]
}

/** SQL: the states in which a job is at work. */
export const AT_WORK = "('reading', 'checking', 'fixing', 'running', 'undoing')"

const ROW = `i.import_id, i.campaign_id, i.allocation_id, i.mode, i.duplicates, i.dedupe, i.bad_percent_max,
     i.file_name, i.file_bytes, i.file_hash, i.choices, i.shape, i.remarks, i.mapping, i.state, i.detail,
     i.rows, i.checked, i.done, i.undone, i.seen_at, i.check_id, i.actor as created_by,
     ${actorName('i.actor')} as created_by_name,
     i.created_at, i.updated_at, i.started_at, i.finished_at, i.emptied_at,
     array(select p.part from import_parts p where p.import_id = i.import_id order by p.part) as parts`

const SEEN = visibleTo(
  't.team_id',
  'select a.allocation_id from allocations a where a.campaign_id = i.campaign_id',
)

const LIST = statement<
  Sight & PageBounds & { campaign_id: number | null; import_id: number | null; before: number },
  ImportRow
>(
  'imports.list',
  `select ${ROW}
   from imports i join campaigns c using (campaign_id) join templates t using (template_id)
   where ${SEEN}
     and (:campaign_id::integer is null or i.campaign_id = :campaign_id)
     and (:import_id::integer is null or i.import_id = :import_id)
     and i.import_id > :after::bigint and i.import_id < :before::bigint
   order by i.import_id desc limit :rows_max`,
)

const NO_BOUNDS = { after: 0, before: Number.MAX_SAFE_INTEGER, campaign_id: null, import_id: null }

/** Newest first; `after`: 0 for the newest. */
export const listImports = (
  db: Db,
  sight: Sight,
  { after, rows_max, campaign_id = null }: PageBounds & { campaign_id?: number | null },
) =>
  db.query(LIST, {
    ...sight,
    ...NO_BOUNDS,
    rows_max,
    campaign_id,
    before: after === 0 ? NO_BOUNDS.before : after,
  })

export const importById = async (db: Db, sight: Sight, import_id: number) =>
  (await db.query(LIST, { ...sight, ...NO_BOUNDS, rows_max: 1, import_id }))[0]

const LOCK = statement<{ import_id: number }>(
  'imports.lock',
  'select from imports i where i.import_id = :import_id for no key update',
)

/** The import, which nobody changes until the end of the transaction. Undefined: the caller sees none of this id. */
export async function lockImport(tx: Db, sight: Sight, import_id: number): Promise<ImportRow | undefined> {
  await tx.query(LOCK, { import_id })
  return importById(tx, sight, import_id)
}

export type ImportWishes = Pick<
  ImportRow,
  | 'campaign_id'
  | 'allocation_id'
  | 'mode'
  | 'duplicates'
  | 'dedupe'
  | 'bad_percent_max'
  | 'file_name'
  | 'file_bytes'
>

const CREATE = statement<
  Omit<ImportWishes, 'dedupe'> & { dedupe: string | null; actor: string; request_id: string },
  { import_id: number }
>(
  'imports.create',
  `insert into imports (campaign_id, allocation_id, mode, duplicates, dedupe, bad_percent_max, file_name,
     file_bytes, actor, request_id)
   values (:campaign_id, :allocation_id, :mode, :duplicates, :dedupe::jsonb, :bad_percent_max, :file_name,
     :file_bytes, :actor, :request_id)
   returning import_id`,
)

const text = (dedupe: Dedupe | null) => dedupe && JSON.stringify(dedupe)

export const createImport = async (
  tx: Db,
  asked: ImportWishes,
  { actor, request_id }: { actor: string; request_id: string },
) => (await tx.query(CREATE, { ...asked, dedupe: text(asked.dedupe), actor, request_id }))[0]!.import_id

type Changed = Pick<ImportRow, 'allocation_id' | 'mode' | 'duplicates' | 'dedupe' | 'bad_percent_max'>

const CHANGE = statement<
  Omit<Changed, 'dedupe'> & {
    import_id: number
    dedupe: string | null
    mapping: string | null
    fingerprint: string | null
  }
>(
  'imports.change',
  `with looked_at as (
     update import_chunks c set checked = null, marks = '{pending}'
     where c.import_id = :import_id and c.checked is not null)
   update imports set allocation_id = :allocation_id, mode = :mode, duplicates = :duplicates,
     dedupe = :dedupe::jsonb, bad_percent_max = :bad_percent_max, mapping = :mapping::jsonb,
     fingerprint = coalesce(:fingerprint::text, fingerprint),
     checked = null, seen_at = created_at, updated_at = now()
   where import_id = :import_id`,
)

/** Of a locked import. What a dry run found counts no more. */
export const changeImport = (
  tx: Db,
  { import_id, allocation_id, mode, duplicates, dedupe, bad_percent_max }: Changed & { import_id: number },
  mapping: Mapping | null,
  fingerprint: string | null = null,
) =>
  tx.query(CHANGE, {
    import_id,
    allocation_id,
    mode,
    duplicates,
    dedupe: text(dedupe),
    bad_percent_max,
    mapping: mapping && JSON.stringify(mapping),
    fingerprint,
  })

const SET_LIMIT = statement<{ import_id: number; bad_percent_max: number | null }>(
  'imports.setLimit',
  'update imports set bad_percent_max = :bad_percent_max, updated_at = now() where import_id = :import_id',
)

/** Of a locked import. What a dry run found is the same under any limit. */
export const setImportLimit = (
  tx: Db,
  { import_id, bad_percent_max }: Pick<ImportRow, 'import_id' | 'bad_percent_max'>,
) => tx.query(SET_LIMIT, { import_id, bad_percent_max })

const KEEP_PART = statement<{ import_id: number; part: number; bytes: Buffer }>(
  'imports.keepPart',
  `insert into import_parts (import_id, part, bytes) values (:import_id, :part, :bytes)
   on conflict (import_id, part) do update set bytes = excluded.bytes`,
)

export const keepPart = (tx: Db, import_id: number, part: number, bytes: Buffer) =>
  tx.query(KEEP_PART, { import_id, part, bytes })

const PART_BYTES = statement<{ import_id: number; part: number }, { bytes: Buffer }>(
  'imports.part',
  'select p.bytes from import_parts p where p.import_id = :import_id and p.part = :part',
)

/** The file, a part at a time. */
export async function* partsOfFile(
  db: Db,
  { import_id, parts }: Pick<ImportRow, 'import_id' | 'parts'>,
): AsyncGenerator<Buffer> {
  for (const part of parts) {
    const [found] = await db.query(PART_BYTES, { import_id, part })
    // It was read anew, or given up, meanwhile.
    if (!found) return
    yield found.bytes
  }
}

const DROP_PARTS = statement<{ import_id: number }>(
  'imports.dropParts',
  `with fixes as (delete from import_fixes f where f.import_id = :import_id)
   delete from import_parts where import_id = :import_id`,
)

/** The file itself goes, and what its corrections have kept. */
export const dropParts = (tx: Db, import_id: number) => tx.query(DROP_PARTS, { import_id })

/** How long a file is kept that nobody goes on with. */
const PART_HOURS_MAX = 24

const DROP_OLD_PARTS = statement<None>(
  'imports.dropOldParts',
  `with old as materialized (
     select i.import_id from imports i
     where i.updated_at < now() - interval '${PART_HOURS_MAX} hours'
       and i.state not in ${AT_WORK}
       and exists (select from import_parts p where p.import_id = i.import_id)
     order by i.import_id limit 10 for no key update skip locked),
   parts as (delete from import_parts p using old where p.import_id = old.import_id)
   update imports i set state = 'cancelled', finished_at = now(),
     detail = 'its file did not come to its end within a day'
   from old where i.import_id = old.import_id and i.state = 'uploading'`,
)

/** Files that were not read to their end are given up after a day, and none is kept for longer. */
export const dropOldParts = (db: Db) => db.query(DROP_OLD_PARTS)

const SAME_FILE = statement<
  Sight & { import_id: number },
  Pick<ImportRow, 'import_id' | 'file_name' | 'created_at' | 'created_by_name' | 'state' | 'rows'>
>(
  'imports.sameFile',
  `select i.import_id, i.file_name, i.created_at, ${actorName('i.actor')} as created_by_name, i.state, i.rows
   from imports own join imports i on i.file_hash = own.file_hash and i.import_id <> own.import_id
     join campaigns c on c.campaign_id = i.campaign_id join templates t using (template_id)
   where own.import_id = :import_id and i.started_at is not null and ${SEEN}
   order by i.import_id desc limit 5`,
)

/** Imports whose rows were taken from the same file. */
export const importsOfSameFile = (db: Db, sight: Sight, import_id: number) =>
  db.query(SAME_FILE, { ...sight, import_id })

const SAME_HEADINGS = statement<
  { import_id: number; campaign_id: number; fingerprint: string },
  { import_id: number; mapping: Mapping }
>(
  'imports.sameHeadings',
  `select i.import_id, i.mapping from imports i
   where i.campaign_id = :campaign_id and i.fingerprint = :fingerprint and i.mapping is not null
     and i.import_id <> :import_id
   order by i.import_id desc limit 1`,
)

/** The newest mapping of the campaign for a file with the same headings. */
export const mappingOfHeadings = async (
  db: Db,
  { import_id, campaign_id }: Pick<ImportRow, 'import_id' | 'campaign_id'>,
  fingerprint: string,
) => (await db.query(SAME_HEADINGS, { import_id, campaign_id, fingerprint }))[0]

const SET_CHOICES = statement<{ import_id: number; choices: string }>(
  'imports.setChoices',
  `with fixes as (delete from import_fixes f where f.import_id = :import_id)
   update imports set choices = :choices::jsonb, rows = 0, shape = null, remarks = '[]', mapping = null,
     file_hash = null, checked = null
   where import_id = :import_id`,
)

/** How the file is to be read from now on. What was read so far counts no more. */
export const setChoices = (tx: Db, import_id: number, choices: TableChoices) =>
  tx.query(SET_CHOICES, { import_id, choices: JSON.stringify(choices) })
