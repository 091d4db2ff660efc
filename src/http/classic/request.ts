// Requests of the classic routes: ids and switches in the address, rows in the body.

import type { JsonValue } from '../../core/document.ts'
import { refuse } from '../../core/result.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { classicDocument } from './document.ts'

export type Row = ReadonlyMap<string, JsonValue>
export type ClassicQuery = ReadonlyMap<string, string>

/** One value per parameter: the same one twice is fine, two that differ are refused. */
export function classicQuery({ request: { url } }: Call): ClassicQuery {
  const query = new Map<string, string>()
  const mark = url.indexOf('?')
  if (mark < 0) return query
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if ((query.get(name) ?? value) !== value)
      malformed(`the parameter ${name.slice(0, 40)} is there twice with different values`)
    query.set(name, value)
  }
  return query
}

export function malformed(detail: string, field?: string): never {
  return orRefuse(refuse('MALFORMED_REQUEST', detail, field === undefined ? {} : { field }))
}

const unknown = (detail: string, field: string): never =>
  orRefuse(refuse('UNKNOWN_TARGET', detail, { field }))

const ID = /^[1-9]\d{0,15}$/
const INTEGER_MAX = 2_147_483_647

/** A plain positive decimal; anything else is refused with 1004. Undefined: the parameter is absent or empty. */
export function idIn(query: ClassicQuery, name: string, max = INTEGER_MAX): number | undefined {
  const text = query.get(name) ?? ''
  if (text === '') return undefined
  if (ID.test(text) && Number(text) <= max) return Number(text)
  return unknown(`${name} is no id`, name)
}

export const requiredId = (query: ClassicQuery, name: string): number =>
  idIn(query, name) ?? unknown(`${name} is missing`, name)

/** A parameter that has two names, under the first; two that differ are refused. */
export function eitherOf(query: ClassicQuery, name: string, other: string): ClassicQuery {
  const [text, too] = [query.get(name) ?? '', query.get(other) ?? '']
  if (text !== '' && too !== '' && text !== too) malformed(`${name} and ${other} are different`, name)
  return new Map([[name, text || too]])
}

/** Ids with commas between them, each once; undefined: the parameter is absent or empty. */
export function idsIn(query: ClassicQuery, name: string): number[] | undefined {
  const text = query.get(name) ?? ''
  if (text === '') return undefined
  return [...new Set(text.split(',').map((part) => requiredId(new Map([[name, part.trim()]]), name)))]
}

export function allowsDuplicates(query: ClassicQuery): boolean {
  const text = (query.get('allowDuplicates') ?? '').toLowerCase()
  if (text !== '' && text !== 'true' && text !== 'false')
    malformed('allowDuplicates must be true or false', 'allowDuplicates')
  return text === 'true'
}

/** The one flat object of a body, or the form; an array of exactly one is taken too. */
export const readRow = async (call: Call): Promise<Row> => (await readRows(call, 1)).rows[0]!

/** The rows of a body: an object or a form is one row. `array`: whether the caller sent an array. */
export async function readRows(call: Call, rows_max: number): Promise<{ rows: Row[]; array: boolean }> {
  const value = orRefuse(await classicDocument(call))
  if (value instanceof Map) return { rows: [value], array: false }
  if (!Array.isArray(value)) return malformed('the body must be one JSON object')
  if (value.length === 0) malformed('the array is empty: there is no lead in it')
  if (value.length > rows_max)
    return rows_max === 1
      ? malformed('this call takes one lead; insertLead and updateLead take an array of them')
      : orRefuse(refuse('TOO_LARGE', `an array may hold ${rows_max} leads`))
  const rows = value.map((row) => (row instanceof Map ? row : NO_OBJECT))
  if (rows_max === 1 && rows[0] === NO_OBJECT) malformed('the body must be one JSON object')
  return { rows, array: true }
}

/** An element of an array that is not an object: refused as a row of its own. */
export const NO_OBJECT: Row = new Map()
