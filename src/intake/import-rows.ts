// Rows of an import become leads, changes and moves, judged and written as if they had come over the API. Whoever calls this
// owns the transaction, and keeps what came of the rows or takes all of it back.

import type { Entries } from '../core/entries.ts'
import type { RowOutcome } from '../core/import.ts'
import { readLeadId } from '../core/lead.ts'
import { RESULTS, type Refusal, type Result } from '../core/result.ts'
import { readPatch } from '../core/update.ts'
import { seenVersions } from '../db/import-leads.ts'
import { findLeads } from '../db/leads.ts'
import { type Db, partsOf } from '../db/pool.ts'
import { lockLeads } from '../db/rearrange.ts'
import { withoutRuled } from './conflict-rules.ts'
import { compared, comparingOf, lockCompared } from './import-dedupe.ts'
import {
  type AskingRow,
  allocationForRow,
  arrivalOf,
  askingRows,
  type ImportDesk,
  isForNewLead,
  type NamedAllocations,
  NO_LEAD_NAMED,
  namedAllocations,
  type ReadRow,
  type RowReading,
} from './import-reading.ts'
import type { Arrival } from './insert.ts'
import { LOCKED_MS_MAX } from './locks.ts'
import { insertAll, roadsOn } from './pull-rows.ts'
import { auditMoves, moveLeadTo, type RowMove } from './row-moves.ts'
import { inSlices } from './slices.ts'
import { update } from './update.ts'

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
  rows: readonly ReadRow[],
): Promise<WrittenRows> {
  const asking = await askingRows(tx, reading.rules, rows)
  const named = await namedAllocations(tx, desk, reading.rules, asking)
  const outcomes = new Map<AskingRow, RowOutcome>()
  const ready = new Set<number>()
  const arriving: { row: AskingRow; arrival: Result<Arrival> }[] = []
  const made = new Made()
  const behind: AskingRow[] = []
  for (const row of asking) {
    if (made.means(row)) behind.push(row)
    else if (isForNewLead(row)) {
      const arrival = arrivalOf(desk, reading, row, named)
      arriving.push({ row, arrival })
      if (arrival.ok) made.add(arrival.ok)
    }
  }
  const { dedupe } = desk.work
  const arrivals = await compared(
    tx,
    dedupe,
    arriving.map(({ arrival }) => arrival),
  )
  await lockCompared(tx, dedupe, arrivals)
  const { campaign_id } = reading.rules
  const inserted = await insertAll(tx, arrivals, comparingOf(dedupe, campaign_id))
  for (const [i, { row, arrival }] of arriving.entries()) {
    const { ok: lead, refusal } = inserted[i]!
    if (lead) {
      ready.add(arrival.ok!.submission.lead.allocation_id)
      outcomes.set(row, { ...NOTHING, fate: 'created', number: lead.number, version: lead.version })
    } else outcomes.set(row, rejectedNew(refusal, campaign_id))
  }
  const others = asking.filter((row) => {
    const outcome = outcomes.get(row)
    return outcome ? meets(desk, row, outcome) : !behind.includes(row)
  })
  await new Changes(tx, desk, reading, named).take(others, outcomes, ready)
  if (behind.length > 0) {
    const later = await writeRows(tx, desk, reading, behind)
    for (const [i, row] of behind.entries()) outcomes.set(row, later.outcomes[i]!)
    for (const allocation_id of later.ready) ready.add(allocation_id)
  }
  return { outcomes: asking.map((row) => outcomes.get(row)!), ready }
}

/** The leads that rows of this piece make: a row behind them may mean one. */
class Made {
  readonly #ids = new Set<string>()
  readonly #numbers = new Set<number>()

  add({ submission: { lead, numbers } }: Arrival): void {
    if (lead.external_id !== null) this.#ids.add(lead.external_id)
    for (const number of numbers) this.#numbers.add(number)
  }

  means({ wish, lead, numbers }: AskingRow): boolean {
    if (lead || !wish.ok) return false
    const { external_id } = wish.ok
    return external_id === null
      ? numbers.some((number) => this.#numbers.has(number))
      : this.#ids.has(external_id)
  }
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

/** The same of a new lead, which may meet one of another campaign: that is named, and neither changed nor moved. */
export function rejectedNew(refusal: Refusal, campaign_id: number): RowOutcome {
  const met = refusal.lead_id === undefined ? null : readLeadId(refusal.lead_id)
  const outcome = rejected(refusal)
  return met === null || met === undefined || met.campaign_id === campaign_id
    ? outcome
    : { ...outcome, number: null, other_lead: refusal.lead_id! }
}

/** Whether a row that was refused for a lead that is there is to change or move that lead. */
export function meets({ work }: Pick<ImportDesk, 'work'>, { wish }: AskingRow, { code, number }: RowOutcome) {
  if (number === null) return false
  if (isDuplicate(work, code)) return work.duplicates !== 'reject'
  return code === RESULTS.DUPLICATE_EXTERNAL_ID.code && wish.ok?.deed === 'either'
}

/** Whether a code says that the lead is there, by what the import compares. */
const isDuplicate = ({ dedupe }: Pick<ImportDesk['work'], 'dedupe'>, code: number | undefined) =>
  code === RESULTS.DUPLICATE.code ||
  (code === RESULTS.DUPLICATE_EXTERNAL_ID.code && dedupe?.by === 'external_id')

/** Changes and moves of leads that are there, one after the other. */
class Changes {
  readonly #tx: Db
  readonly #desk: ImportDesk
  readonly #reading: RowReading
  readonly #named: NamedAllocations
  readonly #touched = new Set<number>()

  constructor(tx: Db, desk: ImportDesk, reading: RowReading, named: NamedAllocations) {
    this.#tx = tx
    this.#desk = desk
    this.#reading = reading
    this.#named = named
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
      const moving = row.wish.ok.deed === 'move' || (isDuplicate(work, code) && work.duplicates === 'move')
      const number = met(row)?.number ?? row.lead?.number
      if (number === undefined || number === null) outcomes.set(row, rejected(NO_LEAD_NAMED.refusal))
      else if (moving) outcomes.set(row, await this.#move(row, number, moves, ready))
      else outcomes.set(row, await this.#change(row, number, seen.get(number), ready))
    }
    await auditMoves(this.#tx, by, moves)
  }

  async #move(row: AskingRow, number: number, moves: RowMove[], ready: Set<number>): Promise<RowOutcome> {
    const { work, by } = this.#desk
    const asked = allocationForRow(work, row, this.#named)
    if (asked.refusal) return rejected(asked.refusal)
    const to = asked.ok
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
    if (!found) return rejected(NO_LEAD_NAMED.refusal)
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
export function changing(entries: Entries): Entries {
  for (const key of ['lead_id', 'version', 'external_id', 'source'] as const) entries.system.delete(key)
  return entries
}
