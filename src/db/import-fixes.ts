// Fixes of an import: what they replace, how far they have come, and the cells that they changed.

import { deflateSync, inflateSync } from 'node:zlib'
import type { CellFix } from '../core/import-fix.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface FixRow {
  fix_id: number
  fix: CellFix
  state: 'working' | 'done' | 'undoing'
  at_row: number
  /** How many rows it has changed. */
  rows: number
  actor: string
  actor_name: string | null
  created_at: string
}

const CREATE = statement<{ import_id: number; fix: string; actor: string }>(
  'importFixes.create',
  'insert into import_fixes (import_id, fix, actor) values (:import_id, :fix::jsonb, :actor)',
)

/** Its job takes it up with the import. */
export const createFix = (tx: Db, import_id: number, fix: CellFix, actor: string) =>
  tx.query(CREATE, { import_id, fix: JSON.stringify(fix), actor })

const LIST = statement<{ import_id: number }, FixRow>(
  'importFixes.list',
  `select f.fix_id, f.fix, f.state, f.at_row, f.rows, f.actor, ${actorName('f.actor')} as actor_name,
     f.created_at
   from import_fixes f where f.import_id = :import_id order by f.fix_id desc limit 100`,
)

/** The newest first. */
export const listFixes = (db: Db, import_id: number) => db.query(LIST, { import_id })

/** The one at work. */
export const fixAtWork = async (db: Db, import_id: number) =>
  (await listFixes(db, import_id)).find(({ state }) => state !== 'done')

const BEGIN_UNDO = statement<{ import_id: number; fix_id: number }, { fix_id: number }>(
  'importFixes.beginUndo',
  `update import_fixes set state = 'undoing', at_row = 0
   where import_id = :import_id and fix_id = :fix_id returning fix_id`,
)

/** False: there is no such fix. */
export const beginUndoOfFix = async (tx: Db, import_id: number, fix_id: number) =>
  (await tx.query(BEGIN_UNDO, { import_id, fix_id })).length > 0

const ADVANCE = statement<{ fix_id: number; from: number; to: number; rows: number }, { fix_id: number }>(
  'importFixes.advance',
  `update import_fixes set at_row = :to, rows = rows + :rows
   where fix_id = :fix_id and at_row = :from and state <> 'done' returning fix_id`,
)

/** `rows`: that it has changed, or given back. False: it is over, or elsewhere, by now. */
export const advanceFix = async (
  tx: Db,
  { fix_id, at_row }: Pick<FixRow, 'fix_id' | 'at_row'>,
  to: number,
  rows: number,
) => (await tx.query(ADVANCE, { fix_id, from: at_row, to, rows })).length > 0

const END = statement<{ import_id: number }>(
  'importFixes.end',
  `with empty as (
     delete from import_fixes f where f.import_id = :import_id and f.state <> 'done' and f.rows = 0)
   update import_fixes f set state = 'done'
   where f.import_id = :import_id and f.state <> 'done' and f.rows > 0`,
)

/** The one at work ends where it is. One that has changed nothing, or whose changes are all gone, goes. */
export const endFix = (tx: Db, import_id: number) => tx.query(END, { import_id })

/** A cell that a fix has changed: its row, by the index in the chunk. */
export type FixedCell = [i: number, before: string, after: string]

const KEEP = statement<{ fix_id: number; import_id: number; place: number; cells: Buffer }>(
  'importFixes.keepCells',
  `insert into import_fixed_cells (fix_id, import_id, place, cells)
   values (:fix_id, :import_id, :place, :cells)`,
)

export const keepFixedCells = (
  tx: Db,
  { fix_id, import_id, place }: { fix_id: number; import_id: number; place: number },
  cells: readonly FixedCell[],
) => tx.query(KEEP, { fix_id, import_id, place, cells: deflateSync(JSON.stringify(cells)) })

const NEXT = statement<{ fix_id: number }, { place: number; cells: Buffer }>(
  'importFixes.nextCells',
  `select c.place, c.cells from import_fixed_cells c where c.fix_id = :fix_id order by c.place limit 1`,
)

/** The first of its chunks whose cells are still changed. */
export async function nextFixedCells(
  db: Db,
  fix_id: number,
): Promise<{ place: number; cells: FixedCell[] } | undefined> {
  const [found] = await db.query(NEXT, { fix_id })
  return found && { place: found.place, cells: JSON.parse(inflateSync(found.cells).toString()) }
}

const DROP_CELLS = statement<{ fix_id: number; place: number }>(
  'importFixes.dropCells',
  'delete from import_fixed_cells where fix_id = :fix_id and place = :place',
)

export const dropFixedCells = (tx: Db, fix_id: number, place: number) =>
  tx.query(DROP_CELLS, { fix_id, place })

const FORGET = statement<{ import_id: number; place: number }>(
  'importFixes.forget',
  `delete from import_fixes f using import_fixed_cells c
   where c.import_id = :import_id and c.place = :place and f.fix_id = c.fix_id`,
)

/** A row of the chunk has lost its cells: what has changed them says nothing of it any more. */
export const forgetFixesOf = (tx: Db, import_id: number, place: number) =>
  tx.query(FORGET, { import_id, place })
