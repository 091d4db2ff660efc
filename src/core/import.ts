// Imports: what can be asked of a file of leads, and what becomes of its rows.

import { isSystemName } from './classic.ts'
import { fold } from './field.ts'
import type { Mapping } from './mapping.ts'
import type { FieldProblem } from './result.ts'
import type { Rules } from './rules.ts'

/** insert: every row is a new lead. upsert: a row whose lead is there changes it. update: rows only change leads. */
export const IMPORT_MODES = ['insert', 'upsert', 'update'] as const
export type ImportMode = (typeof IMPORT_MODES)[number]

/** What becomes of a row for a new lead whose number another lead of the campaign holds. */
export const DUPLICATE_WAYS = ['reject', 'update', 'move'] as const
export type DuplicateWay = (typeof DUPLICATE_WAYS)[number]

export const IMPORT_STATES = [
  'uploading',
  'reading',
  'unreadable',
  'read',
  'checking',
  'fixing',
  'running',
  'paused',
  'done',
  'cancelled',
  'undoing',
  'undone',
] as const
export type ImportState = (typeof IMPORT_STATES)[number]

/** What becomes of a row. held: the lead has changed meanwhile, and a person decides. */
export const ROW_FATES = ['created', 'updated', 'unchanged', 'moved', 'held', 'rejected'] as const
export type RowFate = (typeof ROW_FATES)[number]

/** How many rows came to what. */
export interface RowTally extends Record<RowFate, number> {
  rows: number
  /** Result code to the number of rows that got it. */
  counts: Record<string, number>
}

export const NO_ROWS: RowTally = {
  rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  moved: 0,
  held: 0,
  rejected: 0,
  counts: {},
}

/** What undoing does to a row. kept: somebody has touched its lead since, or it was moved. */
export const UNDO_FATES = ['removed', 'restored', 'kept', 'nothing'] as const
export type UndoFate = (typeof UNDO_FATES)[number]

export interface UndoTally extends Record<UndoFate, number> {
  rows: number
}

export const NOTHING_UNDONE: UndoTally = { rows: 0, removed: 0, restored: 0, kept: 0, nothing: 0 }

/** What came of one row. */
export interface RowOutcome {
  fate: RowFate
  code: number
  /** The heading of the column that is wrong. */
  field: string | null
  detail: string | null
  /** The lead that the row made, changed or met. */
  number: number | null
  /** Of that lead, after the row. */
  version: number | null
  /** The lead of another campaign that the row repeats. */
  other_lead?: string | null
  /** The row of the file that has the same number or external id. */
  other_row: number | null
  conflict_id: number | null
}

/** `by`: 1 counts the outcomes in, -1 takes them out. */
export function tallied(tally: RowTally, outcomes: readonly RowOutcome[], by: 1 | -1 = 1): RowTally {
  const sum = { ...tally, counts: { ...tally.counts } }
  sum.rows += by * outcomes.length
  for (const { fate, code } of outcomes) {
    sum[fate] += by
    const count = (sum.counts[code] ?? 0) + by
    if (count === 0) delete sum.counts[code]
    else sum.counts[code] = count
  }
  return sum
}

/** Before so many rows are done, nobody knows which share of them is bad. */
const SHARE_ROWS_MIN = 1_000

/** Whether more rows were refused than a limit allows, by now. */
export const isTooBad = ({ rows, rejected }: RowTally, bad_percent_max: number | null, rows_all: number) =>
  bad_percent_max !== null &&
  rows >= Math.min(SHARE_ROWS_MIN, rows_all) &&
  rejected * 100 > bad_percent_max * rows

/** What a file of refused rows has behind the columns of the file that they come from. */
export const REFUSAL_COLUMNS = ['_row', '_code', '_field', '_message'] as const
/** The same of a file with all rows. */
export const RESULT_COLUMNS = ['_row', '_fate', '_code', '_field', '_message', '_lead_id'] as const
export const isRefusalColumn = (column: string) =>
  [...REFUSAL_COLUMNS, ...RESULT_COLUMNS].some((name) => name === fold(column))

/** The mapping leaves the columns aside that a file of refused rows has besides. */
export const withoutRefusalColumns = <Column extends Mapping['columns'][number]>(
  columns: readonly Column[],
): Column[] =>
  columns.map((column) =>
    isRefusalColumn(column.column) ? { ...column, target: { to: 'ignored' as const } } : column,
  )

/** Everything that is wrong with a mapping by itself. `columns`: of the file. */
export function mappingProblems({ columns, constants }: Mapping, names: readonly string[], rules: Rules) {
  const known = new Set(names.map(fold))
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  const filled = new Set<string>()
  for (const [i, { column, target }] of columns.entries()) {
    const at = `/columns/${i}`
    if (!known.has(fold(column))) problems.push(wrong(`${at}/column`, 'is no column of the file'))
    else if (seen.has(fold(column))) problems.push(wrong(`${at}/column`, 'is named twice'))
    seen.add(fold(column))
    const detail = targetProblem(target, known, rules)
    if (detail !== undefined) problems.push(wrong(`${at}/target`, detail))
    else if (target.to !== 'ignored' && target.to !== 'code') {
      const place = placeOf(target, rules)
      if (filled.has(place)) problems.push(wrong(`${at}/target`, 'another column goes there'))
      filled.add(place)
    }
  }
  for (const [i, { target }] of constants.entries()) {
    const detail = targetProblem(target, known, rules)
    if (detail !== undefined) problems.push(wrong(`/constants/${i}/target`, detail))
  }
  return problems
}

const wrong = (field: string, detail: string): FieldProblem => ({ name: 'INVALID_FIELD', field, detail })

type Target = Mapping['columns'][number]['target']

function targetProblem(target: Target, known: ReadonlySet<string>, { fields }: Rules): string | undefined {
  switch (target.to) {
    case 'field':
      return fields.find(target.field) ? undefined : 'is no field of the template'
    case 'new_field':
      return fields.find(target.name) ? undefined : 'the template has no such field yet: make it first'
    case 'code':
      return known.has(fold(target.of)) ? undefined : 'belongs to no column of the file'
    case 'unmapped':
      return isSystemName(target.key)
        ? 'a key that begins with nj is no key that can be kept'
        : fields.find(target.key)
          ? 'is a field of the template: map the column to it'
          : undefined
    default:
      return undefined
  }
}

function placeOf(target: Target, { fields }: Rules): string {
  if (target.to === 'field') return `field ${fields.find(target.field)?.name}`
  if (target.to === 'new_field') return `field ${fields.find(target.name)?.name}`
  return JSON.stringify(target)
}
