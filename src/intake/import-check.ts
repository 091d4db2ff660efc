// The dry run of an import. A row that meets no other row of the file is judged by the one door, which writes nothing; the
// others are written together with the rows that they meet, as the run will write them, and all of it is taken back.

import type { RowOutcome } from '../core/import.ts'
import { keyOfExternalId, keyOfLead } from '../core/import-row.ts'
import { ok, RESULTS, type Result } from '../core/result.ts'
import { rowsOfKeys } from '../db/import-leads.ts'
import { rowsNumbered } from '../db/import-rows.ts'
import type { Comparing } from '../db/lead-insert.ts'
import type { Pool } from '../db/pool.ts'
import { compared, comparingOf } from './import-dedupe.ts'
import {
  type AskingRow,
  arrivalOf,
  askingRows,
  type ImportDesk,
  isForNewLead,
  namedAllocations,
  type ReadRow,
  type RowReading,
  readImportRows,
} from './import-reading.ts'
import { meets, rejected, rejectedNew, writeRows } from './import-rows.ts'
import { type Arrival, type Inserted, insert } from './insert.ts'
import { RowLocked } from './locks.ts'
import { RulesStale } from './pull-rows.ts'
import { transact } from './transact.ts'

/** What rows would come to, and what those that would be taken would have. */
export interface Checked {
  outcomes: RowOutcome[]
  keys: { key: number; row: number }[]
}

/** Rows of one chunk, in order. Writes nothing that stays. */
export async function checkRows(
  pool: Pool,
  desk: ImportDesk,
  reading: RowReading,
  rows: readonly ReadRow[],
): Promise<Checked> {
  const asking = await askingRows(pool, reading.rules, rows)
  const named = await namedAllocations(pool, desk, reading.rules, asking)
  const judging: { asked: AskingRow; arrival: Result<Arrival> | undefined; keys: number[] }[] = []
  const { dedupe } = desk.work
  const arriving = asking.filter(isForNewLead).map((asked) => arrivalOf(desk, reading, asked, named))
  const arrivals = (await compared(pool, dedupe, arriving)).values()
  for (const asked of asking) {
    const arrival = isForNewLead(asked) ? arrivals.next().value! : undefined
    judging.push({ asked, arrival, keys: keysOf(asked, arrival) })
  }
  const meeting = await rowsMet(pool, desk, judging)
  const outcomes = new Map<AskingRow, RowOutcome>()
  const alone = judging.flatMap(({ asked, arrival }) =>
    arrival?.ok && !meeting.has(asked) ? [{ asked, arrival: arrival.ok }] : [],
  )
  const verdicts = await judgeAlone(
    pool,
    alone.map(({ arrival }) => arrival),
    comparingOf(dedupe, reading.rules.campaign_id),
  )
  for (const [i, { asked }] of alone.entries()) outcomes.set(asked, verdicts[i]!)
  // What meets another row of the file may mean the lead that one makes.
  for (const { asked, arrival } of judging)
    if (meeting.has(asked) && asked.wish.ok) continue
    else if (arrival?.refusal) outcomes.set(asked, rejected(arrival.refusal))
    else if (asked.wish.refusal) outcomes.set(asked, rejected(asked.wish.refusal))
  const together = asking.filter((asked) => {
    const outcome = outcomes.get(asked)
    return outcome === undefined || meets(desk, asked, outcome)
  })
  const written = await writtenTogether(pool, desk, reading, together, meeting, rows)
  for (const [asked, outcome] of written) outcomes.set(asked, outcome)
  const keys = judging.flatMap(({ asked, keys }) => {
    const { fate, number } = outcomes.get(asked)!
    if (fate === 'rejected' || fate === 'held') return []
    const own = fate === 'created' || number === null ? keys : [keyOfLead(number)]
    return own.map((key) => ({ key, row: asked.row.row }))
  })
  return { outcomes: asking.map((asked) => outcomes.get(asked)!), keys }
}

/** What a row wants for itself: numbers, an external id, the lead that it changes. */
function keysOf({ lead, wish, numbers }: AskingRow, arrival: Result<Arrival> | undefined): number[] {
  if (lead) return [keyOfLead(lead.number)]
  const { submission } = arrival?.ok ?? {}
  const external_id = submission?.lead.external_id ?? wish.ok?.external_id ?? null
  const all = submission?.numbers ?? numbers
  const { same } = arrival?.ok ?? {}
  return [...all, ...[external_id, same].filter(isText).map(keyOfExternalId)]
}

const isText = (text: string | null | undefined) => text !== null && text !== undefined

/** The rows of the file that a row meets: earlier ones that would be taken and want the same. */
async function rowsMet(
  pool: Pool,
  { work: { check_id } }: ImportDesk,
  judging: readonly { asked: AskingRow; keys: number[] }[],
): Promise<Map<AskingRow, Set<number>>> {
  const first = judging[0]?.asked.row.row ?? 0
  const all = judging.flatMap(({ keys }) => keys)
  const earlier = all.length > 0 && check_id !== null ? await rowsOfKeys(pool, check_id, all, first) : []
  const holders = new Map<number, Set<number>>()
  const hold = (key: number, row: number) => holders.set(key, (holders.get(key) ?? new Set()).add(row))
  for (const { key, row } of earlier) hold(key, row)
  const meeting = new Map<AskingRow, Set<number>>()
  for (const { asked, keys } of judging) {
    const met = new Set(keys.flatMap((key) => [...(holders.get(key) ?? [])]))
    if (met.size > 0) meeting.set(asked, met)
    for (const key of keys) hold(key, asked.row.row)
  }
  return meeting
}

const JUDGED_MAX = 250

/** What the one door says of rows that meet no other one of the file. */
async function judgeAlone(
  pool: Pool,
  arrivals: readonly Arrival[],
  comparing: Comparing | null,
): Promise<RowOutcome[]> {
  const outcomes: RowOutcome[] = []
  const campaign_id = arrivals[0]?.rules.campaign_id ?? 0
  for (let at = 0; at < arrivals.length; at += JUDGED_MAX)
    for (const verdict of await insert(pool, arrivals.slice(at, at + JUDGED_MAX), {
      only_judge: true,
      comparing,
    })) {
      if (verdict === 'locked') throw new RowLocked()
      if (verdict !== 'again' && verdict.done === 'stale') throw new RulesStale()
      outcomes.push(verdict === 'again' ? CREATED : outcomeOf(verdict.done as Result<Inserted>, campaign_id))
    }
  return outcomes
}

const CREATED: RowOutcome = {
  fate: 'created',
  code: RESULTS.OK.code,
  field: null,
  detail: null,
  number: null,
  version: null,
  other_row: null,
  conflict_id: null,
}

const outcomeOf = ({ refusal }: Result<Inserted>, campaign_id: number): RowOutcome =>
  refusal ? rejectedNew(refusal, campaign_id) : CREATED

/** Writes rows together with those that they meet, as the run would, and takes all of it back. */
async function writtenTogether(
  pool: Pool,
  desk: ImportDesk,
  reading: RowReading,
  rows: readonly AskingRow[],
  meeting: ReadonlyMap<AskingRow, ReadonlySet<number>>,
  piece: readonly ReadRow[],
): Promise<Map<AskingRow, RowOutcome>> {
  if (rows.length === 0) return new Map()
  const own = new Map(rows.map((asked) => [asked.row.row, asked]))
  const met = new Set(rows.flatMap((asked) => [...(meeting.get(asked) ?? [])]))
  const others = [...met].filter((row) => !own.has(row))
  // Rows of the piece may have other cells than the file: they are being corrected.
  const here = piece.filter(({ row }) => met.has(row.row) && !own.has(row.row))
  const known = new Set(here.map(({ row }) => row.row))
  const elsewhere = await rowsNumbered(
    pool,
    desk.work.import_id,
    others.filter((row) => !known.has(row)),
  )
  const beside = [...here, ...(await readImportRows(desk, reading, elsewhere))]
  const all = [...beside, ...rows].sort((a, b) => a.row.row - b.row.row)
  const written = await transact(
    pool,
    async (tx) => ok(await writeRows(tx, desk, reading, all)),
    { retry: 'clash' },
    { rehearse: true },
  )
  const { outcomes } = written.ok!
  const made_by = new Map(
    outcomes.flatMap(({ fate, number }, i): [number, number][] =>
      fate === 'created' && number !== null ? [[number, all[i]!.row.row]] : [],
    ),
  )
  return new Map(
    all.flatMap(({ row: { row } }, i): [AskingRow, RowOutcome][] => {
      const asked = own.get(row)
      return asked ? [[asked, takenBack(outcomes[i]!, row, made_by)]] : []
    }),
  )
}

/** Without what is not there any more: the numbers of new leads, versions, conflicts. */
function takenBack(outcome: RowOutcome, row: number, made_by: ReadonlyMap<number, number>): RowOutcome {
  const other = outcome.number === null ? undefined : made_by.get(outcome.number)
  return {
    ...outcome,
    number: other === undefined ? outcome.number : null,
    version: null,
    conflict_id: null,
    other_row: other === undefined || other === row ? null : other,
  }
}
