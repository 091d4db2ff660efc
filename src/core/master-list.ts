// A master list says which leads a template does not take once more. It keeps hashes, of which nothing can be summed up: so
// the fields that reach the threshold together are worked out beforehand, and one hash stands for all of them.

import type { Field, FieldKind, FieldTable } from './field.ts'
import { LIMITS } from './limits.ts'
import { plainNumber } from './matching.ts'
import { type Region, readPhone } from './phone.ts'
import { ok, type Result, refuseField } from './result.ts'
import { readFieldValue } from './value.ts'

export interface PointedField {
  field: string
  kind: FieldKind
  /** What it counts for that this field of two leads is the same. */
  points: number
}

/** Fields that reach the threshold together, and would not without any one of them. */
export type Way = readonly PointedField[]

/** The list of a template that serves. */
export interface MasterList {
  list_id: number
  /** Of its hashes, hexadecimal. */
  key: string
  ways: readonly Way[]
}

export const MASTER_LIST_STATES = [
  'uploading',
  'waiting',
  'reading',
  'serving',
  'replaced',
  'removed',
  'failed',
  'cancelled',
] as const
export type MasterListState = (typeof MASTER_LIST_STATES)[number]

/** One number or mail address is enough to know somebody by. */
export const THRESHOLD_DEFAULT = 100
const POINTED_KINDS: readonly FieldKind[] = ['phone', 'email']

/** The points that callers give, by the template. Without any: what phones and mail addresses are usually worth. */
export function pointedFields(
  fields: FieldTable,
  points: Readonly<Record<string, number>> | undefined,
): Result<PointedField[]> {
  if (points === undefined)
    return ok(
      fields.all
        .filter(({ kind }) => POINTED_KINDS.includes(kind))
        .map(({ name, kind }) => ({ field: name, kind, points: THRESHOLD_DEFAULT })),
    )
  const pointed = new Map<string, PointedField>()
  for (const [key, given] of Object.entries(points)) {
    const field = fields.find(key)
    if (!field) return refuseField(`/points/${key}`, 'is no field of the template')
    if (pointed.has(field.name)) return refuseField(`/points/${key}`, 'names a field that is named before')
    if (given > 0) pointed.set(field.name, { field: field.name, kind: field.kind, points: given })
  }
  return ok([...pointed.values()])
}

/** All ways to reach the threshold. */
export function waysOf(fields: readonly PointedField[], threshold: number): Result<Way[]> {
  const sorted = fields.toSorted((a, b) => b.points - a.points || (a.field < b.field ? -1 : 1))
  const ways: Way[] = []
  // From the most points down: the last field that is added is the least of a way, so nothing of it can be left out.
  const extend = (way: Way, sum: number, from: number): void => {
    for (let at = from; at < sorted.length && ways.length <= LIMITS.master_list_ways_max; at++) {
      const next = [...way, sorted[at]!]
      const reached = sum + sorted[at]!.points
      if (reached >= threshold) ways.push(next)
      else extend(next, reached, at + 1)
    }
  }
  if (sorted.length > LIMITS.master_list_fields_max)
    return refuseField('/points', `name at most ${LIMITS.master_list_fields_max} fields`)
  extend([], 0, 0)
  if (ways.length === 0)
    return refuseField('/points', `all points together stay below the threshold, ${threshold}`)
  if (ways.length > LIMITS.master_list_ways_max)
    return refuseField(
      '/points',
      `these points reach ${threshold} in more than ${LIMITS.master_list_ways_max} ways: name fewer fields, or give them more points`,
    )
  return ok(ways)
}

/** The value of a field as it is compared; null: there is none. */
export type PlainValue = (field: PointedField) => string | null

/**
 * One text for each way in which the values reach the threshold: two leads are the same if they share one. A number, and a
 * mail address, that is enough by itself is the same in whichever field of its kind it is.
 */
export function identitiesOf(ways: readonly Way[], valueIn: PlainValue): string[] {
  const found = new Set<string>()
  for (const way of ways) {
    const values = way.map(valueIn)
    if (values.includes(null)) continue
    const [only, ...others] = way
    const alone = others.length === 0 && POINTED_KINDS.includes(only!.kind)
    const names = alone ? [`${only!.kind}:`] : way.map(({ field }) => field)
    const pairs = names.map((name, i) => [name, values[i]!] as const)
    // By name: which of two fields has more points makes no other lead.
    found.add(JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))))
  }
  return [...found]
}

/** A text that is stored in a field, as it is compared: nobody is another person for a blank, a capital or an accent. */
export function plainText(kind: FieldKind, text: string): string | null {
  if (kind === 'number') return plainNumber(text.trim())
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const bare = kind === 'email' ? plain.replace(/\s/g, '') : plain.replace(/[^\p{L}\p{N}]/gu, '')
  return bare === '' ? null : bare
}

/** A cell of a file for a field, read as a lead's value would be. */
export function plainCell(field: Field, cell: string, region: Region): string | null {
  const read = readFieldValue(field, cell, { lenient: true })
  if ('problem' in read || read.text === '') return null
  if (field.kind !== 'phone') return plainText(field.kind, read.text)
  const { number } = readPhone(read.text, region)
  return number === null ? null : String(number)
}

/** Closed list. Why nothing can be compared by a file. */
export const MASTER_LIST_PROBLEMS = {
  no_columns:
    'No column of the file is a field that has points. Name its columns like the fields, or give points to others.',
  too_few_columns:
    'The columns of the file cannot reach the threshold together. Add columns, or give their fields more points.',
  none_taken: 'No row has values that reach the threshold, so the list before stays. Look at the columns.',
} as const
export type MasterListProblem = keyof typeof MASTER_LIST_PROBLEMS

/** Where the fields of a list are in a file: the columns by the names, labels and other names of the fields. */
export function columnsOfFields(
  columns: readonly string[],
  pointed: readonly PointedField[],
  fields: FieldTable,
): Map<string, number> {
  const wanted = new Set(pointed.map(({ field }) => field))
  const places = new Map<string, number>()
  for (const [column, heading] of columns.entries()) {
    const field = fields.find(heading) ?? fields.all.find(({ label }) => label === heading.trim())
    if (field && wanted.has(field.name) && !places.has(field.name)) places.set(field.name, column)
  }
  return places
}
