// New leads of an import that are compared beyond their campaign: by what each is compared, and which other import waits.

import { type Dedupe, isUsualDedupe } from '../core/dedupe.ts'
import { hash64 } from '../core/mapping.ts'
import { ok, type Result } from '../core/result.ts'
import { foldTexts, lockSame, SAME_PARTS } from '../db/import-dedupe.ts'
import type { Comparing } from '../db/lead-insert.ts'
import type { Db } from '../db/pool.ts'
import type { Arrival } from './insert.ts'

/** How the statement of the one door compares the rows of an import; null: by the claims alone. */
export const comparingOf = (dedupe: Dedupe | null, campaign_id: number): Comparing | null =>
  dedupe === null || isUsualDedupe(dedupe)
    ? null
    : {
        by: dedupe.by,
        dedupe_campaign_id: campaign_id,
        dedupe_scope: dedupe.scope,
        dedupe_days: dedupe.days,
        dedupe_fields: dedupe.fields,
      }

/** The arrivals with what they are compared by; one that lacks a value of it is compared with nothing. */
export async function compared(
  db: Db,
  dedupe: Dedupe | null,
  arrivals: readonly Result<Arrival>[],
): Promise<Result<Arrival>[]> {
  if (dedupe?.by !== 'fields') return [...arrivals]
  const values = arrivals.map(({ ok: arrival }) => {
    const own = dedupe.fields.map((name) => arrival?.submission.lead.fields[name])
    // A line is a value.
    return own.every((value) => value !== undefined)
      ? own.map((value) => value.replaceAll('\n', ' ')).join('\n')
      : null
  })
  const given = values.filter((value) => value !== null)
  const folded = given.length > 0 ? await foldTexts(db, given) : []
  let at = 0
  return arrivals.map((arrival, i) =>
    arrival.refusal || values[i] === null ? arrival : ok({ ...arrival.ok, same: folded[at++]! }),
  )
}

/** What other rows, and other imports, must not take at the same time. */
function keysOf({ by }: Dedupe, { submission: { lead, numbers }, same }: Arrival): string[] {
  if (by === 'phone') return numbers.map((number) => `phone ${number}`)
  if (by === 'external_id') return lead.external_id === null ? [] : [`id ${lead.external_id}`]
  return same === undefined ? [] : [`fields ${same}`]
}

/** Waits for other imports that want the same leads, until the end of the transaction. */
export async function lockCompared(
  tx: Db,
  dedupe: Dedupe | null,
  arrivals: readonly Result<Arrival>[],
): Promise<void> {
  if (dedupe === null || isUsualDedupe(dedupe)) return
  const parts = new Set<number>()
  for (const { ok: arrival } of arrivals)
    if (arrival)
      for (const key of keysOf(dedupe, arrival)) parts.add(Number(hash64(key) % BigInt(SAME_PARTS)))
  if (parts.size > 0) await lockSame(tx, [...parts])
}
