// What is typed into a new lead: it becomes the lead, or an edit of another one that has the number already.

import type { Lead, NewLead, Template } from '../../../src/client/api.ts'
import type { Scalar, Values } from '../../../src/core/merge.ts'
import { liveFields } from '../api/set-up.ts'
import { type Draft, edited } from '../lead/draft.ts'
import type { NewLeadDraft } from '../lead/kept.ts'

export const isFilled = (value: Scalar | undefined) =>
  value !== undefined && value !== null && String(value).trim() !== ''

const typedIn = ({ values }: NewLeadDraft) => Object.entries(values).filter(([, value]) => isFilled(value))

export const isEmpty = (draft: NewLeadDraft) => typedIn(draft).length === 0

/** The body of the request. `template`: what belongs to no field of it stays behind. */
export function bodyOf(
  { values }: NewLeadDraft,
  allocation_id: number,
  template: Template,
  allow_duplicates: boolean,
): NewLead {
  const given = (path: string) => (isFilled(values[path]) ? values[path] : undefined)
  const fields = liveFields(template).flatMap(({ name }): [string, string][] => {
    const value = given(`fields.${name}`)
    return value === undefined ? [] : [[name, String(value)]]
  })
  const callback = given('callback')
  return {
    allocation_id,
    fields: Object.fromEntries(fields),
    external_id: given('external_id') as string | undefined,
    source: given('source') as string | undefined,
    priority: given('priority') as number | undefined,
    callback: callback === undefined ? undefined : { local: String(callback) },
    allow_duplicates: allow_duplicates || undefined,
  }
}

/** Values that a lead never gets after it was made. */
const FIXED = new Set(['external_id', 'source'])

/** Adds what was typed to the edit of a lead. A number that the lead has already is not written anew. */
export function addedTo(lead: Lead, draft: Draft | null, typed: NewLeadDraft, at: string): Draft | null {
  const numbers = lead.phones.flatMap(({ number }) => number ?? [])
  const phones = new Set(lead.phones.map(({ field }) => `fields.${field}`))
  const has = (path: string, value: Scalar) => {
    const digits = String(value).replace(/\D/g, '').replace(/^0+/, '')
    const may_be_phone = phones.has(path) || lead.fields[path.slice('fields.'.length)] === undefined
    return may_be_phone && digits.length >= 6 && numbers.some((number) => number.endsWith(digits))
  }
  return typedIn(typed)
    .filter(([path, value]) => !FIXED.has(path) && !has(path, value))
    .reduce((next, [path, value]) => edited(next, lead, path, value, at), draft)
}

/** Puts what was searched for and not found where it belongs: a number, an address or a name. */
export function begunWith(from: string | undefined, template: Template | undefined): Values {
  if (from === undefined || !template) return {}
  const fields = liveFields(template)
  const kind = from.includes('@') ? 'email' : /\d{3}/.test(from.replace(/[\s().-]/g, '')) ? 'phone' : 'text'
  const field = fields.find((one) => one.kind === kind) ?? fields.find((one) => one.kind === 'text')
  return field ? { [`fields.${field.name}`]: from.replace(/^tel:\s*/i, '') } : {}
}
