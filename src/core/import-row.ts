// What a row of an import asks for: a new lead, a change of one that is there, a move; and which lead it means.

import { ROW_KEYS } from './classic.ts'
import type { Entries } from './entries.ts'
import type { ImportMode } from './import.ts'
import { readLeadName } from './lead.ts'
import { readBaseVersion, readExternalId } from './lead-values.ts'
import type { MappedRow, RowAction } from './mapped-row.ts'
import { hash64 } from './mapping.ts'
import { readPhone } from './phone.ts'
import { type FieldProblem, ok, type Result, refuse, refuseProblems } from './result.ts'
import type { Rules } from './rules.ts'

export interface RowWish {
  /** either: a change where its lead is there, else a new lead. */
  deed: 'add' | 'change' | 'either' | 'move'
  /** The lead that it names, by its number or by its external id. */
  number: number | null
  external_id: string | null
  /** The version that the row was made from, where it says so. */
  base_version: number | null
}

const DEED_OF: Record<RowAction, RowWish['deed']> = { add: 'add', modify: 'change', reallocate: 'move' }
const DEED_IN: Record<ImportMode, RowWish['deed']> = { insert: 'add', upsert: 'either', update: 'change' }

export function rowWish(
  { entries, action }: Pick<MappedRow, 'entries' | 'action'>,
  mode: ImportMode,
  { campaign_id }: Pick<Rules, 'campaign_id'>,
): Result<RowWish> {
  if (action === 'unknown')
    return refuse('INVALID_FIELD', 'is ADD, MODIFY or REALLOCATE', { field: ROW_KEYS.action })
  const deed = action ? DEED_OF[action] : DEED_IN[mode]
  const wish: RowWish = { deed, number: null, external_id: null, base_version: null }
  // The reading of a new lead says what is wrong with its ids.
  if (deed === 'add') return ok(wish)
  const { system } = entries
  const named = system.get('lead_id')
  const lead = named && readLeadName(named.text!.trim())
  if (named && (!lead || (lead.campaign_id ?? campaign_id) !== campaign_id))
    return refuse('COULDNT_FIND_THE_LEAD', 'the campaign has no lead of this id', { field: named.key })
  const version = system.get('version')
  const base_version = version ? readBaseVersion(version) : ok(null)
  if (base_version.refusal) return base_version
  const problems: FieldProblem[] = []
  const id = system.get('external_id')
  const external_id = id ? readExternalId(id, problems) : null
  const wrong = refuseProblems(problems)
  return (
    wrong ??
    ok({
      deed,
      number: lead?.number ?? null,
      external_id: lead ? null : external_id,
      base_version: base_version.ok,
    })
  )
}

/** The numbers of a row, each once: they tell which lead it means when nothing else does. */
export function numbersIn({ fields }: Pick<Entries, 'fields'>, { region }: Pick<Rules, 'region'>): number[] {
  const numbers = new Set<number>()
  for (const [{ kind }, { text }] of fields) {
    const read = kind === 'phone' && text !== undefined ? readPhone(text, region) : undefined
    if (read && read.number !== null) numbers.add(read.number)
  }
  return [...numbers]
}

/** Below all numbers of leads, so that no two kinds of keys meet. */
const IDS_FROM = 2 ** 52

/** An external id as a number below zero. Two may share one: whoever finds it looks at the row. */
export function keyOfExternalId(external_id: string): number {
  const hash = hash64(external_id)
  return -(IDS_FROM + Number(BigInt.asUintN(52, hash ^ (hash >> 52n))))
}

/** A lead that is there as a number below zero. */
export const keyOfLead = (number: number) => -number
