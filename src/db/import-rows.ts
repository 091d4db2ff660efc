// The rows of imports, some hundreds in a chunk, packed; with what a dry run found and what came of them.

import { deflateSync, inflateSync } from 'node:zlib'
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
}

const LEVEL = 3
const pack = (value: unknown): Buffer => deflateSync(JSON.stringify(value), { level: LEVEL })
const unpack = <T>(bytes: Buffer): T => JSON.parse(inflateSync(bytes).toString())

type PackedRow = [row: number, ...cells: string[]]
const packRows = (rows: readonly TableRow[]) => pack(rows.map(({ row, cells }): PackedRow => [row, ...cells]))
const unpackRows = (bytes: Buffer): TableRow[] =>
  unpack<PackedRow[]>(bytes).map(([row, ...cells]) => ({ row, cells }))

const COLUMNS = [
  'fate',
  'code',
  'field',
  'detail',
  'number',
  'version',
  'other_row',
  'conflict_id',
] as const satisfies (keyof RowOutcome)[]
type PackedOutcome = RowOutcome[(typeof COLUMNS)[number]][]

const packOutcomes = (outcomes: Outcomes) =>
  pack(outcomes.map((outcome) => outcome && COLUMNS.map((column) => outcome[column])))
const unpackOutcomes = (bytes: Buffer): Outcomes =>
  unpack<(PackedOutcome | null)[]>(bytes).map(
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
}

const unpackChunk = ({ place, cells, checked, done, undone }: PackedChunk): ImportChunk => ({
  place,
  rows: unpackRows(cells),
  checked: checked && unpackOutcomes(checked),
  done: done && unpackOutcomes(done),
  undone: undone && unpack(undone),
})

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
      cells: packRows(rows),
    })
  ).length > 0

const AT = statement<{ import_id: number; place: number }, PackedChunk>(
  'importRows.chunkAt',
  `select c.place, c.cells, c.checked, c.done, c.undone from import_chunks c
   where c.import_id = :import_id and c.place <= :place order by c.place desc limit 1`,
)

/** The chunk that has the row behind so many others. */
export async function chunkAt(db: Db, import_id: number, place: number): Promise<ImportChunk | undefined> {
  const [found] = await db.query(AT, { import_id, place })
  return found && unpackChunk(found)
}

const OF_ROW = statement<{ import_id: number; row: number }, PackedChunk>(
  'importRows.chunkOfRow',
  `select c.place, c.cells, c.checked, c.done, c.undone from import_chunks c
   where c.import_id = :import_id and c.first_row <= :row and c.last_row >= :row for no key update`,
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
  `select c.place, c.cells, c.checked, c.done, c.undone from import_chunks c
   where c.import_id = :import_id and c.last_row >= :from_row
     and (:marks::text[] is null or c.marks @> :marks)
   order by c.place limit :chunks_max`,
)

/** The next chunks that have rows with all of these marks somewhere among them. */
export const chunksFrom = async (
  db: Db,
  asked: { import_id: number; from_row: number; marks: string[] | null; chunks_max: number },
) => (await db.query(NEXT, asked)).map(unpackChunk)

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
  cells: Buffer | null
  checked: Buffer | null
  done: Buffer | null
  marks: string[]
  lead_numbers: number[]
}

const WRITE = statement<Packed>(
  'importRows.write',
  `update import_chunks set cells = coalesce(:cells::bytea, cells), checked = :checked, done = :done,
     marks = :marks::text[], lead_numbers = :lead_numbers::bigint[]
   where import_id = :import_id and place = :place`,
)

/** Writes a chunk as it is now. `edited`: some of its cells are other ones. */
export function writeChunk(
  tx: Db,
  import_id: number,
  { place, rows, checked, done }: ImportChunk,
  { edited = false } = {},
) {
  const marks = new Set<string>()
  const numbers = new Set<number>()
  for (let i = 0; i < rows.length; i++) {
    const shown = shownOutcome({ checked, done }, i, done !== null)
    marks.add(shown?.fate ?? 'pending')
    if (shown) marks.add(markOfCode(shown.code))
    for (const outcome of [checked?.[i], done?.[i]]) if (outcome?.number != null) numbers.add(outcome.number)
  }
  return tx.query(WRITE, {
    import_id,
    place,
    cells: edited ? packRows(rows) : null,
    checked: checked && packOutcomes(checked),
    done: done && packOutcomes(done),
    marks: [...marks],
    lead_numbers: [...numbers],
  })
}

const OF_LEADS = statement<{ numbers: readonly number[] }, PackedChunk & { import_id: number }>(
  'importRows.ofLeads',
  `select c.import_id, c.place, c.cells, c.checked, c.done, c.undone from import_chunks c
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
    const chunk = unpackChunk(packed)
    const rows = chunk.rows.map((row, i) => (isOf(chunk, i, gone) ? { ...row, cells: [] } : row))
    const { import_id, place } = packed
    await tx.query(SET_CELLS, { import_id, place, cells: packRows(rows) })
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
  `select c.import_id, i.file_name, i.created_at, i.shape -> 'columns' as columns, c.place, c.cells,
     c.checked, c.done, c.undone
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
  return found.flatMap(({ import_id, file_name, created_at, columns, ...packed }) => {
    const chunk = unpackChunk(packed)
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
}

/** The cells of a row under the names of their columns. */
export const cellsByColumn = (columns: readonly string[], cells: readonly string[]): Record<string, string> =>
  Object.fromEntries(columns.flatMap((column, i) => (cells[i] ? [[column, cells[i]]] : [])))

const ROWS = statement<{ import_id: number; rows: number[] }, PackedChunk>(
  'importRows.chunksOfRows',
  `select distinct on (c.place) c.place, c.cells, null::bytea as checked, null::bytea as done,
     null::bytea as undone
   from unnest(:rows::integer[]) as u (row) cross join lateral (
     select c.place, c.cells from import_chunks c
     where c.import_id = :import_id and c.first_row <= u.row and c.last_row >= u.row) c
   order by c.place`,
)

/** These rows, in order. */
export async function rowsNumbered(
  db: Db,
  import_id: number,
  numbers: readonly number[],
): Promise<TableRow[]> {
  if (numbers.length === 0) return []
  const wanted = new Set(numbers)
  const found = await db.query(ROWS, { import_id, rows: [...wanted] })
  return found.flatMap(({ cells }) => unpackRows(cells).filter(({ row }) => wanted.has(row)))
}

const UNDONE = statement<{ import_id: number; place: number; undone: Buffer }>(
  'importRows.undone',
  'update import_chunks set undone = :undone where import_id = :import_id and place = :place',
)

/** What undoing did to the rows of a chunk. */
export const writeUndone = (
  tx: Db,
  import_id: number,
  { place }: ImportChunk,
  undone: readonly (UndoFate | null)[],
) => tx.query(UNDONE, { import_id, place, undone: pack(undone) })
