// What rows of an import change of their leads, from old to new: as they would by a dry run, or as they did.

import { unmovedPatch } from '../core/change.ts'
import { valueIn } from '../core/lead.ts'
import type { Scalar } from '../core/merge.ts'
import { readPatch } from '../core/update.ts'
import { changesOfVersions } from '../db/import-leads.ts'
import type { ImportRow } from '../db/imports.ts'
import { findLeads } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import { ImportHalted, rowReadingOf } from './import-reading.ts'
import type { ReportedRow } from './import-report.ts'
import { changing } from './import-rows.ts'
import { deskFor } from './import-walk.ts'
import { wantedOf } from './sides.ts'
import { inSlices } from './slices.ts'
import type { Targets } from './targets.ts'

/** By path: what it was, and what it is or would be. */
export type RowChanges = Readonly<Record<string, readonly [Scalar, Scalar]>>

interface Services {
  pool: Pool
  intake: { targets: Targets }
  now: () => string
}

/** Of those of the rows that change a lead, by their number in the file. */
export function changesOfRows(
  services: Services,
  found: ImportRow,
  rows: readonly ReportedRow[],
): Promise<ReadonlyMap<number, RowChanges>> {
  return found.done ? changesDone(services, found, rows) : changesWanted(services, found, rows)
}

async function changesDone(
  { pool }: Services,
  { campaign_id }: ImportRow,
  rows: readonly ReportedRow[],
): Promise<ReadonlyMap<number, RowChanges>> {
  const written = rows.flatMap(({ row, outcome }) =>
    outcome?.fate === 'updated' && outcome.number !== null && outcome.version !== null
      ? [{ row, number: outcome.number, version: outcome.version }]
      : [],
  )
  const changes = await changesOfVersions(pool, campaign_id, written)
  return new Map(written.flatMap(({ row }, i) => (changes[i] ? [[row, changes[i]] as const] : [])))
}

async function changesWanted(
  { pool, intake, now }: Services,
  { mapping, shape, ...found }: ImportRow,
  rows: readonly ReportedRow[],
): Promise<ReadonlyMap<number, RowChanges>> {
  const meeting = rows.flatMap(({ row, cells, outcome }) => {
    const { fate, number = null } = outcome ?? {}
    return (fate === 'updated' || fate === 'held') && number !== null ? [{ row, cells, number }] : []
  })
  if (!mapping || !shape || meeting.length === 0) return new Map()
  const { campaign_id } = found
  const desk = deskFor({ ...found, mapping, shape }, { targets: intake.targets, now })
  // An allocation that takes no leads any more says so where the rows are checked.
  const reading = await rowReadingOf(desk).catch((error) => {
    if (error instanceof ImportHalted) return undefined
    throw error
  })
  if (!reading) return new Map()
  const { rules, read } = reading
  const keys = meeting.map(({ number }) => ({ campaign_id, number, external_id: null }))
  const leads = await findLeads(pool, keys)
  return inSlices(
    () =>
      new Map(
        meeting.flatMap((one, i): [number, RowChanges][] => {
          const lead = leads[i]
          const incoming =
            lead && readPatch(changing(read(one).entries), rules, lead, { now: now(), may_put_off: false }).ok
          if (!incoming) return []
          const patch = unmovedPatch(lead, wantedOf({ rules, base: lead, incoming }, lead))
          const changes = Object.entries(patch).map(
            ([path, value]) => [path, [valueIn(lead, path), value]] as const,
          )
          return changes.length > 0 ? [[one.row, Object.fromEntries(changes)]] : []
        }),
      ),
  )
}
