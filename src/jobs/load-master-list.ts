// The job that reads a master list: hashes are all that is kept of it.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  columnsOfFields,
  MASTER_LIST_PROBLEMS,
  type MasterListProblem,
  plainCell,
  type Way,
  waysOf,
} from '../core/master-list.ts'
import type { TableRow } from '../core/table.ts'
import {
  keepMasterListRows,
  type MasterListAtWork,
  serveMasterList,
  sweepMasterList,
  takeUpMasterList,
} from '../db/master-list-work.ts'
import { endMasterList, masterListBytes, resumeMasterLists } from '../db/master-lists.ts'
import type { Pool } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { fieldsOfTemplate } from '../db/templates.ts'
import { readTableApart } from '../import/read-apart.ts'
import type { Table } from '../import/read-table.ts'
import { UnreadableFile } from '../import/unreadable.ts'
import { hashesOf } from '../intake/master-hash.ts'
import { auditMasterList } from '../intake/master-lists.ts'
import { inSlices } from '../intake/slices.ts'
import type { Jobs } from './work.ts'

/** The rest between two chunks leaves most of the database to everybody else. */
const REST_MS = 5
/** Rows that one commit keeps, and that are hashed in one piece of work. */
const ROWS_AT_ONCE = 5_000
const PIECE_ROWS = 50

type Tools = Pick<Jobs, 'pool'>

/** Does all that is left to do for a list. How far it has come is kept with each chunk, so any process goes on. */
export async function loadMasterList(tools: Tools, list_id: number, signal: AbortSignal): Promise<void> {
  const { pool } = tools
  while (!signal.aborted) {
    const list = await takeUpMasterList(pool, list_id)
    if (!list) return
    if (list.state === 'reading') await read(tools, list, signal)
    else if (await sweepMasterList(pool, list_id)) return
    await sleep(REST_MS)
  }
}

/** Reads the file from where it has come to. A file that cannot be read fails, and the list before goes on to serve. */
async function read(tools: Tools, list: MasterListAtWork, signal: AbortSignal): Promise<void> {
  try {
    await using table = await readTableApart(masterListBytes(tools.pool, list.list_id), {}, { signal })
    await readTable(tools, list, table, signal)
  } catch (error) {
    if (!(error instanceof UnreadableFile) || signal.aborted) throw error
    await fail(tools.pool, list, error.problem, error.message)
  }
}

const fail = (pool: Pool, list: MasterListAtWork, problem: string, detail: string): Promise<void> =>
  pool.transaction(
    async (tx) => {
      const failed = await endMasterList(tx, list.list_id, 'failed', { problem, detail })
      if (failed) await auditMasterList(tx, list, 'template.fail_master_list', list, { problem })
    },
    { retry: 'lock' },
  )

const failAs = (pool: Pool, list: MasterListAtWork, problem: MasterListProblem) =>
  fail(pool, list, problem, MASTER_LIST_PROBLEMS[problem])

/** What is known of the columns: how the hashes of a row are made. */
type Hashing = (row: TableRow) => string[]

async function hashingOf(
  pool: Pool,
  { template_id, points, threshold, key, region }: MasterListAtWork,
  columns: readonly string[],
): Promise<Hashing | MasterListProblem> {
  const fields = await fieldsOfTemplate(pool, SEES_ALL, template_id)
  const places = columnsOfFields(columns, points, fields)
  if (places.size === 0) return 'no_columns'
  const all = waysOf(points, threshold).ok ?? []
  const ways: Way[] = all.filter((way) => way.every(({ field }) => places.has(field)))
  if (ways.length === 0) return 'too_few_columns'
  return ({ cells }) =>
    hashesOf(key, ways, ({ field }) => {
      const known = fields.named(field)
      const cell = cells[places.get(field)!]?.trim() ?? ''
      return known === undefined || cell === '' ? null : plainCell(known, cell, region)
    })
}

async function readTable(
  tools: Tools,
  list: MasterListAtWork,
  table: Table,
  signal: AbortSignal,
): Promise<void> {
  const { pool } = tools
  const hashing = await hashingOf(pool, list, table.shape.columns)
  if (typeof hashing === 'string') return failAs(pool, list, hashing)
  let at = list.at_row
  const keep = async (rows: readonly TableRow[]): Promise<boolean> => {
    if (rows.length === 0) return true
    const to = rows.at(-1)!.row
    const kept = await hashed(rows, hashing)
    if (!(await keepMasterListRows(pool, list.list_id, at, to, { rows: rows.length, ...kept }))) return false
    at = to
    await sleep(REST_MS)
    return !signal.aborted
  }
  let rows: TableRow[] = []
  for await (const batch of table.batches) {
    for (const row of batch) if (row.row > at) rows.push(row)
    if (rows.length < ROWS_AT_ONCE) continue
    // The list is over, or another process has read on.
    if (!(await keep(rows))) return
    rows = []
  }
  if (await keep(rows)) await serve(tools, list)
}

async function serve({ pool }: Tools, list: MasterListAtWork): Promise<void> {
  const served = await pool.transaction(
    async (tx) => {
      const now = await serveMasterList(tx, list)
      if (now) await auditMasterList(tx, list, 'template.serve_master_list', list, { state: now.state })
      return now
    },
    { retry: 'lock' },
  )
  // The entries of the list before it go.
  if (served) await resumeMasterLists(pool)
  else await failAs(pool, list, 'none_taken')
}

async function hashed(rows: readonly TableRow[], hashing: Hashing) {
  const hashes = new Set<string>()
  let skipped = 0
  const readPiece = (from: number) => {
    for (const row of rows.slice(from, from + PIECE_ROWS)) {
      const found = hashing(row)
      if (found.length === 0) skipped++
      for (const hash of found) hashes.add(hash)
    }
  }
  for (let from = 0; from < rows.length; from += PIECE_ROWS) await inSlices(() => readPiece(from))
  return { hashes: [...hashes], skipped }
}
