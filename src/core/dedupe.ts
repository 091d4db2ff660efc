// What a new lead of an import must not be the same as. Without a choice that is what every way in promises: no other lead of
// the campaign holds its number.

import type { FieldTable } from './field.ts'
import { ok, type Result, refuseField } from './result.ts'

/** Where leads are looked for: those of the campaign, of the row's allocation, of the template, of the installation. */
export const DEDUPE_SCOPES = ['campaign', 'allocation', 'template', 'everywhere'] as const
export type DedupeScope = (typeof DEDUPE_SCOPES)[number]

export const DEDUPE_KEYS = ['phone', 'external_id', 'fields'] as const
export type DedupeKey = (typeof DEDUPE_KEYS)[number]

export interface Dedupe {
  scope: DedupeScope
  /** Leads that came in before so many days are none of them; null: however long ago. */
  days: number | null
  by: DedupeKey
  /** The fields that must all be the same. */
  fields: string[]
}

export const USUAL_DEDUPE: Dedupe = { scope: 'campaign', days: null, by: 'phone', fields: [] }

/** What the claims of the campaign decide by themselves. */
export const isUsualDedupe = ({ scope, days, by }: Dedupe) =>
  scope === 'campaign' && days === null && by === 'phone'

/** A choice by the fields of the template; null: the usual one. */
export function judgeDedupe(
  { scope = 'campaign', days = null, by = 'phone', fields = [] }: Partial<Dedupe>,
  table: FieldTable,
): Result<Dedupe | null> {
  if (by !== 'fields' && fields.length > 0) return refuseField('/dedupe/fields', 'goes with "by": "fields"')
  if (by === 'fields' && fields.length === 0)
    return refuseField('/dedupe/fields', 'must name the fields by which leads are compared')
  const names = new Set<string>()
  for (const [i, name] of fields.entries()) {
    const field = table.find(name)
    if (!field) return refuseField(`/dedupe/fields/${i}`, 'is no field of the template')
    if (field.kind === 'phone')
      return refuseField(`/dedupe/fields/${i}`, 'is a phone field: numbers are compared with "by": "phone"')
    names.add(field.name)
  }
  const dedupe = { scope, days, by, fields: [...names] }
  return ok(isUsualDedupe(dedupe) ? null : dedupe)
}
