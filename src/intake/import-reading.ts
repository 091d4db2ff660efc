// Rows of an import are read by its mapping: what each asks for, and which lead it means.

import { setImmediate as turn } from 'node:timers/promises'
import { ROW_KEYS } from '../core/classic.ts'
import { numbersIn, type RowWish, rowWish } from '../core/import-row.ts'
import type { LeadState } from '../core/lead.ts'
import { type MappedRow, RowMapper } from '../core/mapped-row.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { readNewLead, type Submission } from '../core/submission.ts'
import type { TableRow } from '../core/table.ts'
import { listAllocations } from '../db/allocations.ts'
import type { ImportAtWork } from '../db/import-work.ts'
import { judgeNumbers } from '../db/lead-claims.ts'
import { findLeads } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import type { Gate } from './gate.ts'
import type { Arrival } from './insert.ts'
import { allocationNamed, NO_SUCH_ALLOCATION } from './row-moves.ts'
import type { Targets } from './targets.ts'

/** What the rows of an import are judged and written with. */
export interface ImportDesk {
  work: Pick<
    ImportAtWork,
    | 'import_id'
    | 'campaign_id'
    | 'allocation_id'
    | 'mode'
    | 'duplicates'
    | 'dedupe'
    | 'seen_at'
    | 'check_id'
    | 'mapping'
    | 'shape'
  >
  targets: Targets
  /** Turns of the changes that rows make: those of an import come one after the other. */
  turns: Gate
  by: Actor
  now: () => string
}

/** The import cannot go on before somebody does something about it. */
export class ImportHalted extends Error {}

/** The rules of the campaign, and how rows are read by them. */
export interface RowReading {
  rules: Rules
  read: (row: TableRow) => MappedRow
}

/** Throws ImportHalted when the allocation of the import takes no leads any more. */
export async function rowReadingOf({ work, targets }: ImportDesk): Promise<RowReading> {
  const { allocation_id, campaign_id, mapping, shape } = work
  const found =
    allocation_id === null
      ? await targets.find({ campaign_id }, SEES_ALL)
      : await targets.openAllocation(allocation_id, SEES_ALL)
  if (found.refusal) throw new ImportHalted(found.refusal.detail)
  const rules = found.ok
  const leniency = { lenient: true, keeps_bad: rules.bad_values === 'keep' }
  const mapper = new RowMapper(mapping!, shape!.columns, rules, leniency)
  return { rules, read: ({ cells }) => mapper.read(cells) }
}

/** A row as its cells tell what it asks for. */
export interface ReadRow {
  row: TableRow
  wish: Result<RowWish>
  /** Of a change that names its lead by nothing else. */
  numbers: readonly number[]
  /** The name of the allocation that it asks for. */
  allocation: string | undefined
  /** The lead that it would be, whichever allocation it goes to; undefined: it is not to be a new one. */
  submission: Result<Submission> | undefined
  /** When it was read, RFC 3339. */
  at: string
}

/** Rows that are read in one turn of the event loop: a request takes several turns, and waits in each of them. */
const ROWS_PER_TURN = 10

/** What the rows ask for: all that can be told without the database. */
export async function readImportRows(
  { work, now }: Pick<ImportDesk, 'work' | 'now'>,
  reading: RowReading,
  rows: readonly TableRow[],
): Promise<ReadRow[]> {
  const all: ReadRow[] = []
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_PER_TURN === 0) await turn()
    all.push(readRow(work, reading, row, now()))
  }
  return all
}

function readRow(
  { mode, allocation_id }: Pick<ImportDesk['work'], 'mode' | 'allocation_id'>,
  { rules, read }: RowReading,
  row: TableRow,
  at: string,
): ReadRow {
  const { entries, ...asked } = read(row)
  const wish = rowWish({ entries, action: asked.action }, mode, rules)
  const { deed, number, external_id } = wish.ok ?? {}
  const by_number = deed === 'change' && number === null && external_id === null
  const numbers = by_number ? numbersIn(entries, rules) : []
  const may_be_new = deed === 'add' || (deed === 'either' && number === null)
  // It takes the entries apart: nothing reads them behind it.
  const submission = may_be_new
    ? readNewLead(entries, rules, allocation_id ?? NO_ALLOCATION, at, { disposition: true })
    : undefined
  return { row, wish, numbers, allocation: asked.allocation, submission, at }
}

/** Stands for the allocation of a row until the row has named one. */
const NO_ALLOCATION = 0

/** A row with the lead that it means, as it was found; undefined: there is none. */
export interface AskingRow extends ReadRow {
  lead: LeadState | undefined
}

/** The rows with the leads that they mean. */
export async function askingRows(
  db: Db,
  { campaign_id }: Pick<Rules, 'campaign_id'>,
  rows: readonly ReadRow[],
): Promise<AskingRow[]> {
  const asking = rows.map((row): AskingRow => ({ ...row, lead: undefined }))
  const named = asking.filter(({ wish }) => (wish.ok?.number ?? wish.ok?.external_id ?? null) !== null)
  const keys = named.map(({ wish }) => ({
    campaign_id,
    number: wish.ok!.number,
    external_id: wish.ok!.number === null ? wish.ok!.external_id : null,
  }))
  const found = keys.length > 0 ? await findLeads(db, keys) : []
  for (const [i, row] of named.entries()) row.lead = found[i]
  await findByNumbers(db, campaign_id, asking)
  return asking
}

/** The leads of rows that name them by nothing but their numbers. */
async function findByNumbers(db: Db, campaign_id: number, asking: readonly AskingRow[]): Promise<void> {
  const all = [...new Set(asking.flatMap(({ numbers }) => numbers))]
  if (all.length === 0) return
  const judged = await judgeNumbers(db, campaign_id, all)
  const holders = new Map(judged.map(({ phone, held_by }) => [phone, held_by]))
  const wanted: { row: AskingRow; number: number }[] = []
  for (const row of asking) {
    const held_by = new Set(row.numbers.flatMap((number) => holders.get(number) ?? []))
    if (held_by.size > 1) row.wish = SEVERAL_LEADS
    else for (const number of held_by) wanted.push({ row, number })
  }
  const keys = wanted.map(({ number }) => ({ campaign_id, number, external_id: null }))
  const leads = keys.length > 0 ? await findLeads(db, keys) : []
  for (const [i, { row }] of wanted.entries()) row.lead = leads[i]
}

const SEVERAL_LEADS = refuse(
  'INVALID_FIELD',
  'several leads have the numbers of this row: name one by its lead id or external id',
)
export const NO_LEAD_NAMED = refuse(
  'COULDNT_FIND_THE_LEAD',
  'the campaign has no lead of this lead id, external id or number',
)
const NO_ALLOCATION_NAMED = refuse('UNKNOWN_TARGET', 'neither the row nor the import names an allocation')

/** Whether a row is to be a new lead. */
export const isForNewLead = ({ wish, lead }: AskingRow) =>
  wish.ok?.deed === 'add' || (wish.ok?.deed === 'either' && wish.ok.number === null && lead === undefined)

/** A row for a new lead as the one door takes it. */
export function arrivalOf(
  { work, by }: Pick<ImportDesk, 'work' | 'by'>,
  { rules }: RowReading,
  row: ReadRow,
  named: NamedAllocations,
): Result<Arrival> {
  const to = allocationForRow(work, row, named)
  if (to.refusal) return to
  if (row.submission!.refusal) return row.submission!
  const { lead, ...rest } = row.submission!.ok
  const submission = { ...rest, lead: { ...lead, allocation_id: to.ok } }
  return ok({ submission, rules, allow_duplicates: false, by, now: row.at })
}

/** Where the names that rows have for allocations lead, each judged as the door judges it. */
export type NamedAllocations = ReadonlyMap<string, Result<number>>

export async function namedAllocations(
  db: Db,
  { targets }: Pick<ImportDesk, 'targets'>,
  { campaign_id }: Rules,
  rows: readonly AskingRow[],
): Promise<NamedAllocations> {
  const named = new Map<string, Result<number>>()
  const names = new Set(rows.flatMap(({ allocation }) => allocation ?? []))
  if (names.size === 0) return named
  const allocations = await listAllocations(db, SEES_ALL, { campaign_id, archived: true })
  for (const name of names) {
    const allocation_id = allocationNamed(allocations, name)?.allocation_id
    if (allocation_id === undefined) continue
    const { refusal } = await targets.openAllocation(allocation_id, SEES_ALL)
    named.set(name, refusal ? { refusal: { ...refusal, field: ROW_KEYS.allocation } } : ok(allocation_id))
  }
  return named
}

/** Where a row puts its lead: into the allocation that it names, or into that of the import. */
export function allocationForRow(
  { allocation_id }: Pick<ImportDesk['work'], 'allocation_id'>,
  { allocation }: Pick<AskingRow, 'allocation'>,
  named: NamedAllocations,
): Result<number> {
  if (allocation !== undefined) return named.get(allocation) ?? NO_SUCH_ALLOCATION
  return allocation_id === null ? NO_ALLOCATION_NAMED : ok(allocation_id)
}
