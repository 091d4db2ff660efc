// Imports at work: which job does it, how far it has come, how it ends. Only the process that took an import up last writes
// for it; a person who pauses or cancels one ends its turn.

import type { ImportState, RowTally, UndoTally } from '../core/import.ts'
import type { Mapping } from '../core/mapping.ts'
import type { TableRemark } from '../core/table.ts'
import { AT_WORK, type ImportRow, type KeptShape } from './imports.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

/** The names of the jobs. Files are read beside the rows of other imports, which take turns. */
export const READ_FILE_TASK = 'read_import'
export const IMPORT_TASK = 'import'
export const IMPORT_QUEUE = 'imports'
const READING_QUEUE = 'import_files'
export const importJobKey = (import_id: number) => `import:${import_id}`

/** States in which a job is at work. */
export type WorkState = Extract<ImportState, 'reading' | 'checking' | 'fixing' | 'running' | 'undoing'>

const job = (row: string) => `graphile_worker.add_job(
       case ${row}.state when 'reading' then '${READ_FILE_TASK}' else '${IMPORT_TASK}' end,
       json_build_object('import_id', ${row}.import_id),
       queue_name := case ${row}.state when 'reading' then '${READING_QUEUE}' else '${IMPORT_QUEUE}' end,
       job_key := 'import:' || ${row}.import_id)`

const TO_STATE = statement<
  { import_id: number; state: ImportState; detail: string | null },
  { import_id: number }
>(
  'imports.toState',
  `with moved as (
     update imports i set state = :state, detail = :detail, tries = i.tries + 1, updated_at = now(),
       started_at = case when :state = 'running' then coalesce(i.started_at, now()) else i.started_at end,
       finished_at = case when :state in ('done', 'cancelled', 'undone') then now() end
     where i.import_id = :import_id
     returning i.import_id, i.state),
   job as materialized (
     select ${job('m')} from moved m where m.state in ${AT_WORK})
   select import_id from moved where (select count(*) >= 0 from job)`,
)

/** Ends the turn of whoever is at work, and queues the job of the state. Of a locked import. */
export const toImportState = (tx: Db, import_id: number, state: ImportState, detail: string | null = null) =>
  tx.query(TO_STATE, { import_id, state, detail })

const RESUME = statement<None>(
  'imports.resume',
  `select ${job('i')} from imports i
   where i.state in ${AT_WORK} and not exists (
     select from graphile_worker.jobs j
     where j.key = 'import:' || i.import_id
       and (j.locked_at is not null
         or j.attempts < j.max_attempts
           and (i.state = 'reading' or j.run_at < now() + interval '10 seconds')))`,
)

/**
 * Queues what an ended process has left. Each process that dies counts as a try of the job, and the queue waits for hours
 * after some; but rows that were taken are taken, so nothing speaks against going on.
 */
export const resumeImports = (db: Db) => db.query(RESUME)

/** An import at work. `try`: which process writes for it. */
export interface ImportAtWork
  extends Pick<
    ImportRow,
    | 'import_id'
    | 'campaign_id'
    | 'allocation_id'
    | 'mode'
    | 'duplicates'
    | 'dedupe'
    | 'bad_percent_max'
    | 'choices'
    | 'shape'
    | 'rows'
    | 'checked'
    | 'done'
    | 'undone'
    | 'parts'
    | 'check_id'
  > {
  state: WorkState
  mapping: Mapping | null
  seen_at: string
  try: number
}

const BEGIN = statement<{ import_id: number }, ImportAtWork>(
  'imports.begin',
  `update imports i set tries = i.tries + 1
   where i.import_id = :import_id and i.state in ${AT_WORK}
   returning i.import_id, i.campaign_id, i.allocation_id, i.mode, i.duplicates, i.dedupe, i.bad_percent_max,
     i.choices, i.shape, i.rows, i.checked, i.done, i.undone, i.state, i.mapping, i.seen_at, i.check_id,
     i.tries as try,
     array(select p.part from import_parts p where p.import_id = i.import_id order by p.part) as parts`,
)

/** Takes an import up; undefined: there is nothing to do. */
export const beginImportWork = async (db: Db, import_id: number) => (await db.query(BEGIN, { import_id }))[0]

/** Who writes for an import, and in which state. */
export type Holding = Pick<ImportAtWork, 'import_id' | 'state' | 'try'>

const HELD = 'i.import_id = :import_id and i.state = :state and i.tries = :try'

const ADVANCE = statement<
  Holding & { checked: string | null; done: string | null; undone: string | null; rows: number },
  { import_id: number }
>(
  'imports.advance',
  `update imports i set checked = :checked::jsonb, done = :done::jsonb, undone = :undone::jsonb, rows = :rows,
     updated_at = now()
   where ${HELD} returning i.import_id`,
)

const text = (tally: RowTally | UndoTally | null) => tally && JSON.stringify(tally)

/** Writes how far it has come. False: somebody else has it by now, and nothing of this transaction may stay. */
export const advanceImport = async (
  tx: Db,
  { import_id, state, try: at, checked, done, undone, rows }: ImportAtWork,
): Promise<boolean> =>
  (
    await tx.query(ADVANCE, {
      import_id,
      state,
      try: at,
      checked: text(checked),
      done: text(done),
      undone: text(undone),
      rows,
    })
  ).length > 0

const END = statement<Holding & { to: ImportState; detail: string | null }, { import_id: number }>(
  'imports.end',
  `update imports i set state = :to, detail = :detail, updated_at = now(),
     finished_at = case when :to in ('done', 'undone') then now() end
   where ${HELD} returning i.import_id`,
)

/** False: somebody else has it by now. */
export const endImportWork = async (
  tx: Db,
  { import_id, state, try: at }: Holding,
  to: ImportState,
  detail: string | null = null,
): Promise<boolean> => (await tx.query(END, { import_id, state, try: at, to, detail })).length > 0

type Found = { shape: string; remarks: string; file_hash: string; fingerprint: string }

const READ = statement<Holding & Found, { import_id: number }>(
  'imports.read',
  `update imports i set state = 'read', shape = :shape::jsonb, remarks = :remarks::jsonb, mapping = null,
     fingerprint = :fingerprint, file_hash = :file_hash, checked = null, updated_at = now()
   where ${HELD} returning i.import_id`,
)

/** The file is read to its end. False: somebody else has it by now. */
export const endReading = async (
  tx: Db,
  { import_id, state, try: at }: Holding,
  found: { shape: KeptShape; remarks: TableRemark[]; file_hash: string; fingerprint: string },
): Promise<boolean> => {
  const { shape, remarks, ...rest } = found
  const params = { ...rest, shape: JSON.stringify(shape), remarks: JSON.stringify(remarks) }
  return (await tx.query(READ, { import_id, state, try: at, ...params })).length > 0
}

const BEGIN_CHECK = statement<{ import_id: number; checked: string | null; done: string | null }>(
  'imports.beginWalk',
  `with looked_at as (
     update import_chunks c set marks = '{pending}',
       checked = case when :checked::jsonb is null then c.checked end
     where c.import_id = :import_id and c.checked is not null)
   update imports i set checked = coalesce(:checked::jsonb, i.checked), done = coalesce(:done::jsonb, i.done),
     seen_at = case when :checked::jsonb is null then i.seen_at else now() end,
     check_id = case when :checked::jsonb is null then i.check_id else nextval('import_checks') end
   where i.import_id = :import_id`,
)

/** From the first row on. A dry run sees the leads as they are now, and what people change after that is theirs. */
export const beginWalk = (
  tx: Db,
  import_id: number,
  { checked, done }: Partial<Record<'checked' | 'done', RowTally>>,
) => tx.query(BEGIN_CHECK, { import_id, checked: text(checked ?? null), done: text(done ?? null) })

const SET_CHECKED = statement<{ import_id: number; checked: string }>(
  'imports.setChecked',
  'update imports set checked = :checked::jsonb, updated_at = now() where import_id = :import_id',
)

/** What the dry run found, once a row has changed. Of a locked import. */
export const setChecked = (tx: Db, import_id: number, checked: RowTally) =>
  tx.query(SET_CHECKED, { import_id, checked: JSON.stringify(checked) })
