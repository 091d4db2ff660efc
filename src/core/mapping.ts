// What becomes of the columns of a file: which field each one fills, and how its cells are read. A mapping is data: people
// change it, and it is kept for the next file with the same headings.

import type { RowKey } from './classic.ts'
import type { DayOrder } from './day-order.ts'
import type { SystemKey } from './entries.ts'
import { type FieldKind, fold } from './field.ts'

/** The values of a lead, beside its fields, that a column can give; the first two name the lead and version to change. */
export const COLUMN_KEYS = [
  'lead_id',
  'version',
  'external_id',
  'source',
  'disposition',
  'priority',
  'callback',
  'callback_agent',
  'contact_hours',
] as const satisfies SystemKey[]
type ColumnKey = (typeof COLUMN_KEYS)[number]

export const isColumnKey = (key: SystemKey | undefined): key is ColumnKey =>
  (COLUMN_KEYS as readonly (SystemKey | undefined)[]).includes(key)

/** Where the cells of a column go. */
export type ColumnTarget =
  | { to: 'field'; field: string }
  /** An attribute of the lead, or the lead and version that a row changes. */
  | { to: 'system'; key: ColumnKey }
  /** What the row says of itself. */
  | { to: 'row'; key: RowKey }
  /** In front of the numbers of another column: its country code (`plus`), or its area code. */
  | { to: 'code'; of: string; plus: boolean }
  /** Several numbers in a cell, as VICIdial writes them: each fills a phone field for which the row has none. */
  | { to: 'numbers' }
  /** Kept with the lead under a name that is none of a field. */
  | { to: 'unmapped'; key: string }
  /** A field that the template is to get. */
  | { to: 'new_field'; name: string; kind: FieldKind }
  | { to: 'ignored' }

export interface ColumnMapping {
  /** The distinct name of the column in its table. */
  column: string
  target: ColumnTarget
  /** How days are written. */
  days?: DayOrder
  /** Other texts for values, by the folded value: { verkauft: 'Sale' }. */
  values?: Record<string, string>
  /** Digits get zeros in front until they are so many: a post code that a spreadsheet took for a number. */
  digits?: number
  /** Phone numbers get back the zero that a spreadsheet has dropped, where they are none without it. */
  lost_zero?: boolean
}

/** The same value for all rows. */
export interface Constant {
  target: Extract<ColumnTarget, { to: 'field' | 'system' | 'row' }>
  text: string
}

export interface Mapping {
  columns: ColumnMapping[]
  constants: Constant[]
}

const FNV_START = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** FNV-1a: fast, and good enough where a collision does no harm. */
export function hash64(text: string): bigint {
  let hash = FNV_START
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME)
  return hash
}

/** The same for tables with the same columns, in whatever order and case; 16 hexadecimal digits. */
export const headingFingerprint = (columns: readonly string[]): string =>
  hash64(columns.map(fold).toSorted().join('\n')).toString(16).padStart(16, '0')

/** Whether a mapping says of each of these columns, and of no other, what becomes of it. */
export const fitsColumns = ({ columns }: Mapping, names: readonly string[]): boolean => {
  const known = new Set(columns.map(({ column }) => fold(column)))
  return known.size === names.length && names.every((name) => known.has(fold(name)))
}
