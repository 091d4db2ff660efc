// The rows of imports, some hundreds in a chunk, packed; with what a dry run found and what came of them.

import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import type { RowOutcome, UndoFate } from '../core/import.ts'
import type { TableRow } from '../core/table.ts'
import { forgetFixesOf } from './import-fixes.ts'
import type { Holding } from './import-work.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

/** The results of a chunk in the order of its rows; null: not looked at yet. */
export type Outcomes = (RowOutcome | null)[]

export interface ImportChunk {
  /** How many rows of the import come before it. */
  place: number
  rows: TableRow[]
  checked: Outcomes | null
  done: Outcomes | null
  undone: (UndoFate | null)[] | null
  /** Which transaction wrote it last. */
  writer: string
}

const LEVEL = 3
// By threads of the process: packing takes a third of the time that a chunk costs, and others wait for the event loop.
const deflated = promisify(deflate)
const inflated = promisify(inflate)
const pack = (value: unknown) => deflated(JSON.stringify(value), { level: LEVEL })
const unpack = async <T>(bytes: Buffer): Promise<T> => JSON.parse((await inflated(bytes)).toString())

type PackedRow = [row: number, ...cells: string[]]
const packRows = (rows: readonly TableRow[]) => pack(rows.map(({ row, cells }): PackedRow => [row, ...cells]))
const unpackRows = async (bytes: Buffer): Promise<TableRow[]> =>
  (await unpack<PackedRow[]>(bytes)).map(([row, ...cells]) => ({ row, cells }))

const COLUMNS = [
  'fate',
  'code',
  'field',
  'detail',
  'number',
  'version',
  'other_row',
  'conflict_id',
  // Behind the others: rows that were packed before there was one have none.
  'other_lead',
] as const satisfies (keyof RowOutcome)[]
type PackedOutcome = (RowOutcome[(typeof COLUMNS)[number]] | null)[]

const packOutcomes = (outcomes: Outcomes) =>
  pack(outcomes.map((outcome) => outcome && COLUMNS.map((column) => outcome[column])))
const unpackOutcomes = async (bytes: Buffer): Promise<Outcomes> =>
  (await unpack<(PackedOutcome | null)[]>(bytes)).map(
    (packed) =>
      packed &&
      (Object.fromEntries(COLUMNS.map((column, i) => [column, packed[i]])) as unknown as RowOutcome),
  )

interface PackedChunk {
  place: number
  cells: Buffer
  checked: Buffer | null
  done: Buffer | null
  undone: Buffer | null
  writer: string
}

const PACKED = 'c.place, c.cells, c.checked, c.done, c.undone, c.xmin::text as writer'

const unpackChunk = async ({ place, cells, writer, ...packed }: PackedChunk): Promise<ImportChunk> => {
  const [rows, checked, done, undone] = await Promise.all([
    unpackRows(cells),
    packed.checked && unpackOutcomes(packed.checked),
    packed.done && unpackOutcomes(packed.done),
    packed.undone && unpack<ImportChunk['undone']>(packed.undone),
  ])
  return { place, rows, checked, done, undone, writer }
}

const RESTART = statement<Holding, { import_id: number }>(
  'importRows.restart',
  `with held as (
     update imports i set rows = 0
     where i.import_id = :import_id and i.state = :state and i.tries = :try returning i.import_id),
   gone as (delete from import_chunks c using held where c.import_id = held.import_id)
   select import_id from held`,
)

/** Removes what another process has read before. False: the import is somebody else's by now. */
export const restartRows = async (db: Db, { import_id, state, try: at }: Holding) =>
  (await db.query(RESTART, { import_id, state, try: at })).length > 0

type NewChunk = { place: number; first_row: number; last_row: number; rows: number; cells: Buffer }

const ADD = statement<Holding & NewChunk, { import_id: number }>(
  'importRows.add',
  `with held as (
     update imports i set rows = i.rows + :rows::smallint, updated_at = now()
     where i.import_id = :import_id and i.state = :state and i.tries = :try returning i.import_id)
   insert into import_chunks (import_id, place, first_row, last_row, rows, cells, marks)
   select import_id, :place, :first_row, :last_row, :rows::smallint, :cells, '{pending}' from held
   returning import_id`,
)

/** False: the import is somebody else's by now. */
export const addRows = async (
  db: Db,
  { import_id, state, try: at }: Holding,
  place: number,
  rows: readonly TableRow[],
): Promise<boolean> =>
  (
    await db.query(ADD, {
      import_id,
      state,
      try: at,
      place,
      first_row: rows[0]!.row,
      last_row: rows.at(-1)!.row,
      rows: rows.length,
      cells: await packRows(rows),
    })
  ).length > 0

const AT = statement<{ import_id: number; place: number }, PackedChunk>(
  'importRows.chunkAt',
  `select ${PACKED} from import_chunks c
   where c.import_id = :import_id and c.place <= :place order by c.place desc limit 1`,
)

/** The chunk that has the row behind so many others. */
export async function chunkAt(db: Db, import_id: number, place: number): Promise<ImportChunk | undefined> {
  const [found] = await db.query(AT, { import_id, place })
  return found && unpackChunk(found)
}

const OF_ROW = statement<{ import_id: number; row: number }, PackedChunk>(
  'importRows.chunkOfRow',
  `select ${PACKED} from import_chunks c
   where c.import_id = :import_id and c.first_row <= :row order by c.first_row desc limit 1
   for no key update`,
)

/** The chunk that has a row, locked. */
export async function lockChunkOfRow(
  tx: Db,
  import_id: number,
  row: number,
): Promise<ImportChunk | undefined> {
  const [found] = await tx.query(OF_ROW, { import_id, row })
  return found && unpackChunk(found)
}

const NEXT = statement<
  { import_id: number; from_row: number; marks: string[] | null; chunks_max: number },
  PackedChunk
>(
  'importRows.next',
  `select ${PACKED} from import_chunks c
   where c.import_id = :import_id and c.last_row >= :from_row
     and (:marks::text[] is null or c.marks @> :marks)
   order by c.place limit :chunks_max`,
)

/** The next chunks that have rows with all of these marks somewhere among them. */
export const chunksFrom = async (
  db: Db,
  asked: { import_id: number; from_row: number; marks: string[] | null; chunks_max: number },
) => Promise.all((await db.query(NEXT, asked)).map(unpackChunk))

/** What shows of a row: what the dry run found, and once the run has begun, only what came of it. */
export const shownOutcome = (
  { checked, done }: Pick<ImportChunk, 'checked' | 'done'>,
  i: number,
  has_begun: boolean,
) => (has_begun ? done : checked)?.[i] ?? null

/** `pending`: nothing is known of a row. */
export const markOfCode = (code: number) => `code ${code}`

type Packed = {
  import_id: number
  place: number
  writer: string
  cells: Buffer | null
  checked: Buffer | null
  done: Buffer | null
  marks: string[]
  lead_numbers: number[]
}

const WRITE = statement<Packed, { writer: string }>(
  'importRows.write',
  `update import_chunks c set cells = coalesce(:cells::bytea, c.cells),
     checked = coalesce(:checked::bytea, c.checked), done = coalesce(:done::bytea, c.done),
     marks = :marks::text[], lead_numbers = :lead_numbers::bigint[]
   where c.import_id = :import_id and c.place = :place and c.xmin = :writer::xid
   returning c.xmin::text as writer`,
)

/**
 * Writes these parts of a chunk, as they are now; answers who wrote it last. Undefined: somebody has written it since it was
 * read, as forgetting a lead does, and nothing is written.
 */
export async function writeChunk(
  tx: Db,
  import_id: number,
  { place, rows, checked, done, writer }: ImportChunk,
  parts: readonly ('rows' | 'checked' | 'done')[],
): Promise<string | undefined> {
  const marks = new Set<string>()
  const numbers = new Set<number>()
  for (let i = 0; i < rows.length; i++) {
    const shown = shownOutcome({ checked, done }, i, done !== null)
    marks.add(shown?.fate ?? 'pending')
    if (shown) marks.add(markOfCode(shown.code))
    for (const outcome of [checked?.[i], done?.[i]]) if (outcome?.number != null) numbers.add(outcome.number)
  }
  const written = await tx.query(WRITE, {
    import_id,
    place,
    writer,
    cells: parts.includes('rows') ? await packRows(rows) : null,
    checked: parts.includes('checked') && checked ? await packOutcomes(checked) : null,
    done: parts.includes('done') && done ? await packOutcomes(done) : null,
    marks: [...marks],
    lead_numbers: [...numbers],
  })
  return written[0]?.writer
}

const OF_LEADS = statement<{ numbers: readonly number[] }, PackedChunk & { import_id: number }>(
  'importRows.ofLeads',
  `select c.import_id, ${PACKED} from import_chunks c
   where c.lead_numbers && :numbers::bigint[] order by c.import_id, c.place for no key update`,
)

const SET_CELLS = statement<{ import_id: number; place: number; cells: Buffer }>(
  'importRows.setCells',
  'update import_chunks set cells = :cells where import_id = :import_id and place = :place',
)

/** Removes the cells of the rows that made, changed or met these leads. What came of them stays. */
export async function forgetRowsOf(tx: Db, numbers: readonly number[]): Promise<void> {
  const gone = new Set(numbers)
  for (const packed of await tx.query(OF_LEADS, { numbers })) {
    const chunk = await unpackChunk(packed)
    const rows = chunk.rows.map((row, i) => (isOf(chunk, i, gone) ? { ...row, cells: [] } : row))
    const { import_id, place } = packed
    await tx.query(SET_CELLS, { import_id, place, cells: await packRows(rows) })
    await forgetFixesOf(tx, import_id, place)
  }
}

const isOf = ({ checked, done }: ImportChunk, i: number, numbers: ReadonlySet<number>) =>
  [checked, done].some((outcomes) => numbers.has(outcomes?.[i]?.number ?? 0))

/** A row of a file that is about a lead. */
export interface RowOfLead {
  import_id: number
  file_name: string
  created_at: string
  row: number
  cells: Record<string, string>
}

const HELD_OF_LEAD = statement<
  Pick<Sight, 'team_ids'> & { number: number },
  PackedChunk & Pick<RowOfLead, 'import_id' | 'file_name' | 'created_at'> & { columns: string[] }
>(
  'importRows.heldOfLead',
  `select c.import_id, i.file_name, i.created_at, i.shape -> 'columns' as columns, ${PACKED}
   from import_chunks c join imports i using (import_id) join campaigns using (campaign_id)
     join templates t using (template_id)
   where c.lead_numbers @> array[:number::bigint] and ${visibleTo('t.team_id')}
   order by c.import_id, c.place`,
)

/** The rows of files that are about a lead, as they are kept still. */
export async function rowsOfLead(
  db: Db,
  { team_ids }: Pick<Sight, 'team_ids'>,
  number: number,
): Promise<RowOfLead[]> {
  const found = await db.query(HELD_OF_LEAD, { team_ids, number })
  const rows = found.map(async ({ import_id, file_name, created_at, columns, ...packed }) => {
    const chunk = await unpackChunk(packed)
    return chunk.rows
      .filter((_, i) => isOf(chunk, i, new Set([number])))
      .map(({ row, cells }) => ({
        import_id,
        file_name,
        created_at,
        row,
        cells: cellsByColumn(columns, cells),
      }))
  })
  return (await Promise.all(rows)).flat()
}

/** The cells of a row under the names of their columns. */
export const cellsByColumn = (columns: readonly string[], cells: readonly string[]): Record<string, string> =>
  Object.fromEntries(columns.flatMap((column, i) => (cells[i] ? [[column, cells[i]]] : [])))

const ROWS = statement<
  { import_id: number; rows: number[]; chunks_max: number },
  { last_row: number; cells: Buffer }
>(
  'importRows.chunksOfRows',
  `select distinct on (c.place) c.last_row, c.cells
   from unnest(:rows::integer[]) as u (row) cross join lateral (
     select c.place, c.last_row, c.cells from import_chunks c
     where c.import_id = :import_id and c.first_row <= u.row
     order by c.first_row desc limit 1) c
   order by c.place limit :chunks_max`,
)

const CHUNKS_AT_ONCE = 8

/** These rows, in order. A few chunks at a time: the rows may be far apart, and each in another chunk. */
export async function rowsNumbered(
  db: Db,
  import_id: number,
  numbers: readonly number[],
): Promise<TableRow[]> {
  const wanted = new Set(numbers)
  const found: TableRow[] = []
  let left = [...wanted]
  while (left.length > 0) {
    const chunks = await db.query(ROWS, { import_id, rows: left, chunks_max: CHUNKS_AT_ONCE })
    for (const { cells } of chunks)
      for (const row of await unpackRows(cells)) if (wanted.has(row.row)) found.push(row)
    const behind = chunks.at(-1)?.last_row ?? Number.POSITIVE_INFINITY
    left = left.filter((row) => row > behind)
  }
  return found
}

const UNDONE = statement<{ import_id: number; place: number; undone: Buffer }>(
  'importRows.undone',
  'update import_chunks set undone = :undone where import_id = :import_id and place = :place',
)

/** What undoing did to the rows of a chunk. */
export const writeUndone = async (
  tx: Db,
  import_id: number,
  { place }: ImportChunk,
  undone: readonly (UndoFate | null)[],
) => tx.query(UNDONE, { import_id, place, undone: await pack(undone) })
