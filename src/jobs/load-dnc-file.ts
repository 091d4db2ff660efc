// The job that brings the numbers of a file onto a do-not-call list.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  findNumberColumns,
  NUMBER_COLUMN_PROBLEMS,
  type NumberColumnProblem,
  type NumberColumns,
  readNumberRow,
} from '../core/dnc-file.ts'
import { LIMITS } from '../core/limits.ts'
import { RESULTS } from '../core/result.ts'
import type { TableRow } from '../core/table.ts'
import { findResultColumn, readWashResult } from '../core/wash-answer.ts'
import { sqlState } from '../db/again.ts'
import {
  compareDncFile,
  compareDncNumbers,
  type FileAtWork,
  keepNumberRows,
  serveDncFile,
  sweepDncFile,
  takeUpDncFile,
} from '../db/dnc-file-work.ts'
import { type DncReject, dncFileBytes, endDncFile, resumeDncFiles } from '../db/dnc-files.ts'
import type { Pool } from '../db/pool.ts'
import { countAnswer, judgeWashed, lockForAnswer, strangersInAnswer, sweepAnswer } from '../db/wash-work.ts'
import { readTableApart } from '../import/read-apart.ts'
import type { Table } from '../import/read-table.ts'
import { UnreadableFile } from '../import/unreadable.ts'
import { auditDncFile } from '../intake/dnc-files.ts'
import { inSlices } from '../intake/slices.ts'
import type { Jobs } from './work.ts'

type Tools = Pick<Jobs, 'pool' | 'onReady' | 'now'>

/** The rest between two chunks leaves most of the database to everybody else. */
const REST_MS = 5
const ELSEWHERE_MS = 100
/** Rows that one commit keeps. */
const ROWS_AT_ONCE = 5_000
/** Of a text that is no number. */
const SHOWN_UNITS_MAX = 100

/** Does all that is left to do for a file. What it has come to is kept with each chunk, so any process goes on. */
export async function loadDncFile(tools: Tools, file_id: number, signal: AbortSignal): Promise<void> {
  const { pool } = tools
  while (!signal.aborted) {
    const file = await takeUpDncFile(pool, file_id).catch(elsewhere)
    if (!file) return
    if (file.state === 'reading') await read(tools, file, signal)
    else if (file.state === 'comparing') await compare(tools, file)
    else if (await sweep(tools, file)) return void (await resumeDncFiles(pool))
    await sleep(REST_MS)
  }
  await resumeDncFiles(pool)
}

/** Another file of the list has just begun: when it is over, this one is queued again. */
function elsewhere(error: unknown): undefined {
  if (sqlState(error) !== '23505') throw error
}

async function compare(tools: Tools, file: FileAtWork): Promise<void> {
  const { pool } = tools
  if (file.wash_id !== null) return answerWash(tools, file, file.wash_id)
  if (file.is_listed && !file.replaces) return serve(pool, file)
  const is_more = await compareDncNumbers(pool, file)
  if (is_more === undefined) await sleep(ELSEWHERE_MS)
  else if (!is_more && file.is_listed) await serve(pool, file)
}

const serve = (pool: Pool, file: FileAtWork): Promise<void> =>
  pool.transaction(
    async (tx) => {
      const done = await serveDncFile(tx, file.file_id)
      if (done) await auditDncFile(tx, file, 'dnc.imported', file, { replaces: file.replaces, ...done })
    },
    { retry: 'lock' },
  )

/** Gives each number of a wash what the answer says of it, then makes the answer count. */
async function answerWash({ pool, onReady }: Tools, file: FileAtWork, wash_id: number): Promise<void> {
  const { file_id } = file
  if (!file.is_listed) {
    if ((await judgeWashed(pool, file)) === undefined) await sleep(ELSEWHERE_MS)
    return
  }
  // With the listed ones alone, a file of other numbers would free all of these.
  if (file.holds === 'listed' && (await strangersInAnswer(pool, file_id)) > 0)
    return failAs(pool, file, 'not_asked')
  const answered = await pool.transaction(
    async (tx) => {
      await lockForAnswer(tx, wash_id)
      const counted = await countAnswer(tx, { file_id, wash_id })
      if (!counted) return undefined
      const { allocation_id: _, ...details } = counted
      await auditDncFile(tx, file, 'allocation.washed', file, details)
      return counted
    },
    { retry: 'lock' },
  )
  if (!answered) return failAs(pool, file, 'too_late')
  onReady(answered.allocation_id)
}

/** Whether nothing is left. */
async function sweep({ pool, onReady }: Tools, file: FileAtWork): Promise<boolean> {
  const is_answer = file.wash_id !== null && file.state === 'done'
  const swept = await (is_answer ? sweepAnswer : sweepDncFile)(pool, file)
  if (!swept) await sleep(ELSEWHERE_MS)
  for (const { allocation_id } of swept?.unparked ?? []) onReady(allocation_id)
  return swept?.is_over ?? false
}

/** Reads the file from where it has come to. A file that cannot be read fails, and nothing of it comes to the list. */
async function read(tools: Tools, file: FileAtWork, signal: AbortSignal): Promise<void> {
  try {
    await readOn(tools, file, signal)
  } catch (error) {
    if (!(error instanceof UnreadableFile) || signal.aborted) throw error
    await fail(tools.pool, file, error.problem, error.message)
  }
}

const failedAction = ({ wash_id }: FileAtWork) =>
  wash_id === null ? 'dnc.import_failed' : 'allocation.wash_answer_failed'

const fail = (pool: Pool, file: FileAtWork, problem: string, detail: string): Promise<void> =>
  pool.transaction(
    async (tx) => {
      const failed = await endDncFile(tx, file.file_id, 'failed', { problem, detail })
      if (failed) await auditDncFile(tx, file, failedAction(file), file, { problem })
    },
    { retry: 'lock' },
  )

const failAs = (pool: Pool, file: FileAtWork, problem: NumberColumnProblem) =>
  fail(pool, file, problem, NUMBER_COLUMN_PROBLEMS[problem])

const SUMS = /\.(?:sha\d*|md5)$/i

async function readOn(tools: Tools, file: FileAtWork, signal: AbortSignal): Promise<void> {
  const { pool } = tools
  const bytes = () => dncFileBytes(pool, file.file_id)
  await using first = await readTableApart(bytes(), { keep_footer: true }, { signal })
  // A register may come as an archive with a file for each area code.
  const packed = first.shape.files.filter((name) => !SUMS.test(name))
  const names = packed.length > 0 ? packed : [null]
  const place = { at_file: file.at_file, at_row: file.at_row, rejected: file.rejected }
  for (const name of names.slice(place.at_file)) {
    const is_first = name === null || name === first.shape.file
    const is_read = is_first
      ? await readTable(tools, file, first, place, signal)
      : await readNext(tools, file, name, place, signal)
    if (!is_read) return
  }
  if (!(await compareDncFile(pool, file.file_id))) await failAs(pool, file, 'none_taken')
}

type ReadingPlace = Pick<FileAtWork, 'at_file' | 'at_row' | 'rejected'>

async function readNext(
  tools: Tools,
  file: FileAtWork,
  name: string,
  place: ReadingPlace,
  signal: AbortSignal,
): Promise<boolean> {
  const bytes = dncFileBytes(tools.pool, file.file_id)
  await using table = await readTableApart(bytes, { file: name, keep_footer: true }, { signal })
  return await readTable(tools, file, table, place, signal)
}

/** False: the file is over, or another process has read on. */
async function readTable(
  { pool, now }: Tools,
  file: FileAtWork,
  table: Table,
  place: ReadingPlace,
  signal: AbortSignal,
): Promise<boolean> {
  const columns = findNumberColumns(table.shape, file, file.region)
  if (typeof columns === 'string') {
    await failAs(pool, file, columns)
    return false
  }
  // An answer says nothing of how long a number is listed.
  if (file.wash_id !== null) columns.expires = null
  const results =
    file.holds === 'results'
      ? findResultColumn(table.shape, file.result_column, columns.is_split ? [0, 1] : columns.phones)
      : undefined
  if (file.holds === 'results' && results === undefined) {
    await failAs(pool, file, 'no_results')
    return false
  }
  const termsOf = termsIn(file, results)
  const keep = async (rows: readonly TableRow[], is_end: boolean): Promise<boolean> => {
    const { at_file, at_row } = place
    const to = is_end ? { at_file: at_file + 1, at_row: 0 } : { at_file, at_row: rows.at(-1)!.row }
    const read = await numbersOf(rows, columns, file.region, now(), termsOf)
    // A row may have several: the statement keeps the bound.
    const room = Math.max(0, LIMITS.dnc_rejects_max - place.rejected)
    const chunk = { ...read, rows: rows.length, rejects: read.rejects.slice(0, room) }
    if (!(await keepNumberRows(pool, file.file_id, { at_file, at_row }, to, chunk))) return false
    Object.assign(place, to, { rejected: place.rejected + chunk.rejected })
    await sleep(REST_MS)
    return !signal.aborted
  }
  let rows: TableRow[] = []
  for await (const batch of table.batches) {
    for (const row of batch) if (row.row > place.at_row) rows.push(row)
    if (rows.length < ROWS_AT_ONCE) continue
    if (!(await keep(rows, false))) return false
    rows = []
  }
  return keep(rows, true)
}

/** Rows are read in pieces of so many: a number that only the library can judge takes some 30 µs. */
const PIECE_ROWS = 50

/** Until when a number is kept; undefined: its row says nothing that can be understood. */
type TermsOf = (row: TableRow, expires_at: string | null) => string | undefined

const FOREVER = 'infinity'
const NEVER = '-infinity'

/** On a list until its end, if it has one. Of an answer: for good if it is listed, never if it is clear (wash-work.ts). */
function termsIn({ holds }: FileAtWork, results: number | undefined): TermsOf {
  if (holds === 'listed') return () => FOREVER
  if (holds === 'clear') return () => NEVER
  if (results === undefined) return (_, expires_at) => expires_at ?? FOREVER
  return ({ cells }) => {
    const said = readWashResult(cells[results] ?? '')
    return said && (said === 'listed' ? FOREVER : NEVER)
  }
}

const NO_RESULT = {
  name: 'INVALID_FIELD' as const,
  field: 'Result',
  detail: 'does not say whether the number is on the register: Y or N does',
}

async function numbersOf(
  rows: readonly TableRow[],
  columns: NumberColumns,
  region: string,
  now: string,
  termsOf: TermsOf,
) {
  const phones: number[] = []
  const expiries: string[] = []
  const rejects: DncReject[] = []
  let rejected = 0
  const readPiece = (from: number) => {
    for (const row of rows.slice(from, from + PIECE_ROWS)) {
      const { numbers, problems, expires } = readNumberRow(row, columns, region, now)
      for (const { phone, expires_at } of numbers) {
        const until = termsOf(row, expires_at)
        if (until === undefined) problems.push({ problem: NO_RESULT, phone: `+${phone}` })
        else {
          phones.push(phone)
          expiries.push(until)
        }
      }
      if (problems.length > 0) rejected++
      for (const { problem, phone } of problems) {
        const { name, field = '', detail } = problem
        rejects.push({
          row: row.row,
          code: String(RESULTS[name].code),
          field,
          message: detail,
          phone: kept(phone),
          expires: kept(expires),
        })
      }
    }
  }
  for (let from = 0; from < rows.length; from += PIECE_ROWS) await inSlices(() => readPiece(from))
  return { phones, expiries, rejects, rejected }
}

/** A text as the database holds it. */
const kept = (text: string) => text.slice(0, SHOWN_UNITS_MAX).toWellFormed().replaceAll('\0', '')
