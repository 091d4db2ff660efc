// What the classic routes share: ids and switches in the query, the document in the body.

import type { JsonValue } from '../../core/document.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import type { Call } from '../context.ts'
import { classicDocument } from './document.ts'

export type Row = ReadonlyMap<string, JsonValue>

/** One value per parameter: the same one twice is fine, two that differ are refused. */
export function readQuery(call: Call): Result<ReadonlyMap<string, string>> {
  const mark = call.request.url.indexOf('?')
  const query = new Map<string, string>()
  if (mark < 0) return ok(query)
  for (const [name, value] of new URLSearchParams(call.request.url.slice(mark + 1))) {
    if ((query.get(name) ?? value) !== value)
      return refuse(
        'MALFORMED_REQUEST',
        `the parameter ${name.slice(0, 40)} is there twice with different values`,
      )
    query.set(name, value)
  }
  return ok(query)
}

const ID = /^[1-9]\d{0,15}$/
const INTEGER_MAX = 2_147_483_647

/** A plain positive decimal; refuses anything else with 1004, undefined when the parameter is absent or empty. */
export function readId(
  query: ReadonlyMap<string, string>,
  name: string,
  max = INTEGER_MAX,
): Result<number | undefined> {
  const text = query.get(name) ?? ''
  if (text === '') return ok(undefined)
  if (ID.test(text) && Number(text) <= max) return ok(Number(text))
  return refuse('UNKNOWN_TARGET', `${name} is no id`, { field: name })
}

/** As `readId`, and it must be there. */
export function requireId(query: ReadonlyMap<string, string>, name: string): Result<number> {
  const id = readId(query, name)
  if (id.refusal) return id
  return id.ok === undefined ? refuse('UNKNOWN_TARGET', `${name} is missing`, { field: name }) : ok(id.ok)
}

/** One parameter that has two names, under the first; two that differ are refused. */
export function readEither(
  query: ReadonlyMap<string, string>,
  name: string,
  other: string,
): Result<ReadonlyMap<string, string>> {
  const [text, too] = [query.get(name) ?? '', query.get(other) ?? '']
  if (text !== '' && too !== '' && text !== too)
    return refuse('MALFORMED_REQUEST', `${name} and ${other} are different`, { field: name })
  return ok(new Map([[name, text || too]]))
}

/** Ids with commas between them, each once; undefined when the parameter is absent or empty. */
export function readIds(query: ReadonlyMap<string, string>, name: string): Result<number[] | undefined> {
  const text = query.get(name) ?? ''
  if (text === '') return ok(undefined)
  const ids = new Set<number>()
  for (const part of text.split(',')) {
    const id = requireId(new Map([[name, part.trim()]]), name)
    if (id.refusal) return id
    ids.add(id.ok)
  }
  return ok([...ids])
}

export function readAllowDuplicates(query: ReadonlyMap<string, string>): Result<boolean> {
  const text = (query.get('allowDuplicates') ?? '').toLowerCase()
  if (text === '' || text === 'false') return ok(false)
  if (text === 'true') return ok(true)
  return refuse('MALFORMED_REQUEST', 'allowDuplicates must be true or false', { field: 'allowDuplicates' })
}

/** The one flat object of a body, or the form; an array of exactly one is taken too. */
export async function readRow(call: Call): Promise<Result<Row>> {
  const rows = await readRows(call, 1)
  if (rows.refusal) return rows
  return ok(rows.ok.rows[0]!)
}

/** The rows of a body: an object or a form is one row. `array`: whether the caller sent an array. */
export async function readRows(
  call: Call,
  rows_max: number,
): Promise<Result<{ rows: Row[]; array: boolean }>> {
  const document = await classicDocument(call)
  if (document.refusal) return document
  const value = document.ok
  if (value instanceof Map) return ok({ rows: [value], array: false })
  if (!Array.isArray(value)) return refuse('MALFORMED_REQUEST', 'the body must be one JSON object')
  if (value.length === 0) return refuse('MALFORMED_REQUEST', 'the array is empty: there is no lead in it')
  if (value.length > rows_max)
    return rows_max === 1
      ? refuse(
          'MALFORMED_REQUEST',
          'this call takes one lead; insertLead and updateLead take an array of them',
        )
      : refuse('TOO_LARGE', `an array may hold ${rows_max} leads`)
  const rows = value.filter((row): row is Map<string, JsonValue> => row instanceof Map)
  if (rows.length < value.length && rows_max === 1)
    return refuse('MALFORMED_REQUEST', 'the body must be one JSON object')
  return ok({ rows: value.map((row) => (row instanceof Map ? row : NO_OBJECT)), array: true })
}

/** Stands for an element of an array that is no object: refused as a row of its own. */
export const NO_OBJECT: Row = new Map()

/** The campaign with its rules that an insert names: all three ids are needed. */
export async function insertTarget(
  call: Call,
  query: ReadonlyMap<string, string>,
): Promise<Result<{ rules: Rules; allocation_id: number }>> {
  const template_id = requireId(query, 'fTemplateId')
  if (template_id.refusal) return template_id
  const campaign_id = requireId(query, 'fCampaignId')
  if (campaign_id.refusal) return campaign_id
  const allocation_id = requireId(query, 'fAllocationId')
  if (allocation_id.refusal) return allocation_id
  const target = { template_id: template_id.ok, campaign_id: campaign_id.ok, allocation_id: allocation_id.ok }
  const rules = await call.services.intake.targets.find(target, call.caller)
  return rules.refusal ? rules : ok({ rules: rules.ok, allocation_id: allocation_id.ok })
}
