// Rows of an import become leads, changes and moves: read by its mapping, judged and written as if they had come over the
// API. Whoever calls this owns the transaction, and keeps what came of the rows or takes all of it back.

import type { Entries } from '../core/entries.ts'
import type { RowOutcome } from '../core/import.ts'
import { numbersIn, type RowWish, rowWish } from '../core/import-row.ts'
import { type LeadState, readLeadId } from '../core/lead.ts'
import { type MappedRow, RowMapper } from '../core/mapped-row.ts'
import { RESULTS, type Refusal, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { readNewLead } from '../core/submission.ts'
import type { TableRow } from '../core/table.ts'
import { readPatch } from '../core/update.ts'
import { type AllocationRow, listAllocations } from '../db/allocations.ts'
import { seenVersions } from '../db/import-leads.ts'
import type { ImportAtWork } from '../db/import-work.ts'
import { judgeNumbers } from '../db/lead-claims.ts'
import { findLeads } from '../db/leads.ts'
import { type Db, partsOf } from '../db/pool.ts'
import { lockLeads } from '../db/rearrange.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import { withoutRuled } from './conflict-rules.ts'
import type { Gate } from './gate.ts'
import type { Arrival } from './insert.ts'
import { LOCKED_MS_MAX } from './locks.ts'
import { insertAll, roadsOn } from './pull-rows.ts'
import { allocationNamed, auditMoves, moveLeadTo, NO_SUCH_ALLOCATION, type RowMove } from './row-moves.ts'
import { inSlices } from './slices.ts'
import type { Targets } from './targets.ts'
import { update } from './update.ts'

/** What the rows of an import are judged and written with. */
export interface ImportDesk {
  work: Pick<
    ImportAtWork,
    'import_id' | 'campaign_id' | 'allocation_id' | 'mode' | 'duplicates' | 'seen_at' | 'mapping' | 'shape'
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

/** A row as far as it can be told what it asks for. */
export interface AskingRow {
  row: TableRow
  wish: Result<RowWish>
  /** The lead that it means, as it was found; undefined: there is none. */
  lead: LeadState | undefined
  /** The name of the allocation that it asks for. */
  allocation: string | undefined
}

/** Rows that are read in one piece of work. */
const ROWS_PER_PIECE = 20

/** What the rows ask for, with the leads that they mean. */
export async function askingRows(
  db: Db,
  { work }: ImportDesk,
  { rules, read }: RowReading,
  rows: readonly TableRow[],
): Promise<AskingRow[]> {
  const asking: AskingRow[] = []
  const numbers_of = new Map<AskingRow, number[]>()
  for (let at = 0; at < rows.length; at += ROWS_PER_PIECE)
    await inSlices(() => {
      for (const row of rows.slice(at, at + ROWS_PER_PIECE)) {
        const mapped = read(row)
        const wish = rowWish(mapped, work.mode, rules)
        const asked = { row, wish, lead: undefined, allocation: mapped.allocation }
        asking.push(asked)
        const { deed, number, external_id } = wish.ok ?? {}
        if (deed === 'change' && number === null && external_id === null)
          numbers_of.set(asked, numbersIn(mapped.entries, rules))
      }
    })
  const { campaign_id } = rules
  const named = asking.filter(({ wish }) => (wish.ok?.number ?? wish.ok?.external_id ?? null) !== null)
  const keys = named.map(({ wish }) => ({
    campaign_id,
    number: wish.ok!.number,
    external_id: wish.ok!.number === null ? wish.ok!.external_id : null,
  }))
  const found = keys.length > 0 ? await findLeads(db, keys) : []
  for (const [i, row] of named.entries()) row.lead = found[i]
  if (numbers_of.size > 0) await findByNumbers(db, campaign_id, numbers_of)
  return asking
}

/** The leads of rows that name them by nothing but their numbers. */
async function findByNumbers(db: Db, campaign_id: number, numbers_of: ReadonlyMap<AskingRow, number[]>) {
  const numbers = [...new Set([...numbers_of.values()].flat())]
  const judged = numbers.length > 0 ? await judgeNumbers(db, campaign_id, numbers) : []
  const holders = new Map(judged.map(({ phone, held_by }) => [phone, held_by]))
  const wanted: { row: AskingRow; number: number }[] = []
  for (const [row, numbers] of numbers_of) {
    const held_by = new Set(numbers.flatMap((number) => holders.get(number) ?? []))
    if (held_by.size > 1) row.wish = SEVERAL_LEADS
    for (const number of held_by.size === 1 ? held_by : []) wanted.push({ row, number })
  }
  const leads = await findLeads(
    db,
    wanted.map(({ number }) => ({ campaign_id, number, external_id: null })),
  )
  for (const [i, { row }] of wanted.entries()) row.lead = leads[i]
}

const SEVERAL_LEADS = refuse(
  'INVALID_FIELD',
  'several leads have the numbers of this row: name one by its lead id or external id',
)
const NO_LEAD = refuse(
  'COULDNT_FIND_THE_LEAD',
  'the campaign has no lead of this lead id, external id or number',
)
const NO_ALLOCATION = refuse('UNKNOWN_TARGET', 'neither the row nor the import names an allocation')

/** Whether a row is to be a new lead. */
export const isForNewLead = ({ wish, lead }: AskingRow) =>
  wish.ok?.deed === 'add' || (wish.ok?.deed === 'either' && wish.ok.number === null && lead === undefined)

/** A row for a new lead as the one door takes it. */
export function arrivalOf(
  { work, by, now }: ImportDesk,
  { rules, read }: RowReading,
  { row, allocation }: AskingRow,
  allocations: readonly AllocationRow[],
): Result<Arrival> {
  const named = allocation === undefined ? undefined : allocationNamed(allocations, allocation)
  if (allocation !== undefined && !named) return NO_SUCH_ALLOCATION
  const allocation_id = named?.allocation_id ?? work.allocation_id
  if (allocation_id === null) return NO_ALLOCATION
  const instant = now()
  const submission = readNewLead(read(row).entries, rules, allocation_id, instant, { disposition: true })
  return submission.refusal
    ? submission
    : { ok: { submission: submission.ok, rules, allow_duplicates: false, by, now: instant } }
}

/** The allocations of the campaign, where rows name some. */
export const allocationsFor = (db: Db, { campaign_id }: Rules, rows: readonly AskingRow[]) =>
  rows.some(({ allocation }) => allocation !== undefined)
    ? listAllocations(db, SEES_ALL, { campaign_id, archived: true })
    : []

/** What became of rows, and where leads may have become ready to be called. */
export interface WrittenRows {
  outcomes: RowOutcome[]
  ready: ReadonlySet<number>
}

/** Writes the rows, in the transaction; answers what came of each. New leads come first, then changes and moves. */
export async function writeRows(
  tx: Db,
  desk: ImportDesk,
  reading: RowReading,
  rows: readonly TableRow[],
): Promise<WrittenRows> {
  const asking = await askingRows(tx, desk, reading, rows)
  const allocations = await allocationsFor(tx, reading.rules, asking)
  const outcomes = new Map<AskingRow, RowOutcome>()
  const ready = new Set<number>()
  const adding = asking.filter(isForNewLead)
  const arrivals: Result<Arrival>[] = []
  for (const row of adding) arrivals.push(await inSlices(() => arrivalOf(desk, reading, row, allocations)))
  const inserted = await insertAll(tx, arrivals)
  for (const [i, row] of adding.entries()) {
    const { ok: lead, refusal } = inserted[i]!
    if (lead) {
      ready.add(arrivals[i]!.ok!.submission.lead.allocation_id)
      outcomes.set(row, { ...NOTHING, fate: 'created', number: lead.number, version: lead.version })
    } else outcomes.set(row, rejected(refusal))
  }
  const others = asking.filter((row) => !outcomes.has(row) || meets(desk, row, outcomes.get(row)!))
  await new Changes(tx, desk, reading, allocations).take(others, outcomes, ready)
  return { outcomes: asking.map((row) => outcomes.get(row)!), ready }
}

const NOTHING: RowOutcome = {
  fate: 'unchanged',
  code: RESULTS.OK.code,
  field: null,
  detail: null,
  number: null,
  version: null,
  other_row: null,
  conflict_id: null,
}

export function rejected({ name, field, detail, lead_id, conflict_id }: Refusal): RowOutcome {
  return {
    ...NOTHING,
    fate: conflict_id === undefined ? 'rejected' : 'held',
    code: RESULTS[name].code,
    field: field ?? null,
    detail,
    number: lead_id === undefined ? null : (readLeadId(lead_id)?.number ?? null),
    conflict_id: conflict_id ?? null,
  }
}

/** Whether a row that was refused for a lead that is there is to change or move that lead. */
export function meets({ work }: Pick<ImportDesk, 'work'>, { wish }: AskingRow, { code, number }: RowOutcome) {
  if (number === null) return false
  if (code === RESULTS.DUPLICATE.code) return work.duplicates !== 'reject'
  return code === RESULTS.DUPLICATE_EXTERNAL_ID.code && wish.ok?.deed === 'either'
}

/** Changes and moves of leads that are there, one after the other. */
class Changes {
  readonly #tx: Db
  readonly #desk: ImportDesk
  readonly #reading: RowReading
  readonly #allocations: readonly AllocationRow[]
  readonly #touched = new Set<number>()

  constructor(tx: Db, desk: ImportDesk, reading: RowReading, allocations: readonly AllocationRow[]) {
    this.#tx = tx
    this.#desk = desk
    this.#reading = reading
    this.#allocations = allocations
  }

  async take(
    rows: readonly AskingRow[],
    outcomes: Map<AskingRow, RowOutcome>,
    ready: Set<number>,
  ): Promise<void> {
    const { campaign_id } = this.#reading.rules
    const { by, work } = this.#desk
    const met = (row: AskingRow) => outcomes.get(row)
    const numbers = rows.flatMap((row) => met(row)?.number ?? row.lead?.number ?? [])
    if (numbers.length > 0) await lockLeads(this.#tx, campaign_id, numbers)
    const { seen_at } = work
    const seen = await seenVersions(this.#tx, { campaign_id, numbers, seen_at, actor: by.actor })
    const moves: RowMove[] = []
    for (const row of rows) {
      if (row.wish.refusal) {
        outcomes.set(row, rejected(row.wish.refusal))
        continue
      }
      const code = met(row)?.code
      const moving =
        row.wish.ok.deed === 'move' || (code === RESULTS.DUPLICATE.code && work.duplicates === 'move')
      const number = met(row)?.number ?? row.lead?.number
      if (number === undefined || number === null) outcomes.set(row, rejected(NO_LEAD.refusal))
      else if (moving) outcomes.set(row, await this.#move(row, number, moves, ready))
      else outcomes.set(row, await this.#change(row, number, seen.get(number), ready))
    }
    await auditMoves(this.#tx, by, moves)
  }

  async #move(row: AskingRow, number: number, moves: RowMove[], ready: Set<number>): Promise<RowOutcome> {
    const { work, by } = this.#desk
    const named =
      row.allocation === undefined ? undefined : allocationNamed(this.#allocations, row.allocation)
    if (row.allocation !== undefined && !named) return rejected(NO_SUCH_ALLOCATION.refusal)
    const to = named?.allocation_id ?? work.allocation_id
    if (to === null) return rejected(NO_ALLOCATION.refusal)
    const { campaign_id } = this.#reading.rules
    const moved = await moveLeadTo(this.#tx, by, { campaign_id, number }, to)
    if (moved.refusal) return rejected(moved.refusal)
    moves.push(moved.ok)
    ready.add(to)
    const { from, version } = moved.ok
    this.#touched.add(number)
    return { ...NOTHING, fate: from === to ? 'unchanged' : 'moved', number, version }
  }

  async #change(
    { row, wish, lead }: AskingRow,
    number: number,
    seen: number | undefined,
    ready: Set<number>,
  ): Promise<RowOutcome> {
    const { targets, turns, by, now } = this.#desk
    const { rules, read } = this.#reading
    const is_fresh = lead?.number === number && !this.#touched.has(number)
    const key = { campaign_id: rules.campaign_id, number, external_id: null }
    const found = is_fresh ? lead : (await findLeads(this.#tx, [key]))[0]
    if (!found) return rejected(NO_LEAD.refusal)
    const instant = now()
    const incoming = await inSlices(() =>
      readPatch(changing(read(row).entries), rules, found, { now: instant, may_put_off: false }),
    )
    if (incoming.refusal) return { ...rejected(incoming.refusal), number }
    const roads = roadsOn(partsOf(this.#tx), targets, turns)
    const request = {
      rules,
      found,
      base_version: wish.ok?.base_version ?? seen ?? null,
      incoming: incoming.ok,
      on_conflict: 'classic' as const,
      // Nobody is shown the conflict.
      reader: { team_ids: [], may_overrule: false },
      allow_duplicates: false,
      by,
      now: instant,
      deadline: performance.now() + LOCKED_MS_MAX,
    }
    const updated = await withoutRuled(roads, request, await update(roads, request))
    if (updated.refusal) return { ...rejected(updated.refusal), number }
    this.#touched.add(number)
    ready.add(found.allocation_id)
    const { version } = updated.ok
    return { ...NOTHING, fate: version === found.version ? 'unchanged' : 'updated', number, version }
  }
}

/** What names the lead changes nothing of it. */
function changing(entries: Entries): Entries {
  for (const key of ['lead_id', 'version', 'external_id', 'source'] as const) entries.system.delete(key)
  return entries
}
