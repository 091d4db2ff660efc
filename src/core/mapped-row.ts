// A row of a table as the entries that every way in has: intake judges them by its own rules, with the heading of the
// column in the place of a key, so that what is wrong is found in the file.

import { readLocal } from './callback.ts'
import type { RowKey } from './classic.ts'
import { needsZero } from './column-content.ts'
import { type DayOrder, readDayIn } from './day-order.ts'
import { type Entries, type Leniency, noEntries } from './entries.ts'
import { type Field, fold } from './field.ts'
import { placeValue } from './lead-body.ts'
import type { ColumnMapping, ColumnTarget, Constant, Mapping } from './mapping.ts'
import type { Rules } from './rules.ts'
import { severalNumbers } from './several-numbers.ts'
import { isEmptyCell } from './table-head.ts'
import { isNoChange } from './text.ts'

export const ROW_ACTIONS = ['add', 'modify', 'reallocate'] as const
export type RowAction = (typeof ROW_ACTIONS)[number]

export interface MappedRow {
  /** For `readNewLead`, or for an update of the lead that they name. */
  entries: Entries
  /** What the row asks for by itself; 'unknown': something else. */
  action: RowAction | 'unknown' | undefined
  /** The name of the allocation that the row asks for. */
  allocation: string | undefined
}

/** How the cells of rows become entries; made once for a file. */
export class RowMapper {
  readonly #cells: readonly Cell[]
  readonly #constants: readonly Constant[]
  readonly #rules: Rules
  readonly #reading: Leniency
  readonly #headings: ReadonlyMap<string, string>

  /** `columns`: of the table, in its order. A column that the mapping does not name is ignored. */
  constructor(mapping: Mapping, columns: readonly string[], rules: Rules, reading: Leniency) {
    const indexes = new Map(columns.map((column, i) => [fold(column), i]))
    const indexOf = (column: string) => indexes.get(fold(column)) ?? NOWHERE
    const codes = new Map<number, Code>()
    for (const { column, target } of mapping.columns)
      if (target.to === 'code') codes.set(indexOf(target.of), { at: indexOf(column), plus: target.plus })
    this.#cells = mapping.columns.flatMap((column): Cell[] => {
      const at = indexOf(column.column)
      const path = pathOf(column.target)
      const is_filling = path !== undefined || column.target.to === 'row' || column.target.to === 'numbers'
      if (at === NOWHERE || !is_filling) return []
      const field = column.target.to === 'field' ? rules.fields.named(column.target.field) : undefined
      return [{ ...column, at, path, field, code: codes.get(at) }]
    })
    this.#constants = mapping.constants
    this.#rules = rules
    this.#reading = reading
    this.#headings = new Map(
      this.#cells.flatMap(({ field, column }) => (field ? [[field.name, column]] : [])),
    )
  }

  /** An empty cell says nothing: in an update it changes nothing. */
  read(cells: readonly string[]): MappedRow {
    const headings = this.#headings
    const keyOf = ({ name }: Field) => headings.get(name) ?? name
    const entries = noEntries({ keyOf, readCallback: readLocal }, this.#reading)
    const row: Record<RowKey, string | undefined> = { action: undefined, allocation: undefined }
    for (const cell of this.#cells) {
      const raw = cells[cell.at]
      if (isEmptyCell(raw)) continue
      // They fill what the other columns leave free.
      if (cell.target.to === 'numbers') continue
      const text = this.#textOf(cell, raw!, cells)
      if (cell.target.to === 'row') row[cell.target.key] = text.trim()
      else this.#place(entries, cell.path!, text, cell.column)
    }
    for (const { at, target, column } of this.#cells)
      if (target.to === 'numbers' && !isEmptyCell(cells[at])) this.#placeNumbers(entries, cells, at, column)
    for (const { target, text } of this.#constants) {
      const path = pathOf(target)
      if (target.to === 'row') row[target.key] ??= text
      else if (path !== undefined && !this.#isFilled(entries, target)) this.#place(entries, path, text, path)
    }
    return { entries, action: actionNamed(row.action), allocation: row.allocation }
  }

  #isFilled({ fields, system }: Entries, target: ColumnTarget): boolean {
    if (target.to === 'system') return system.has(target.key)
    const field = target.to === 'field' ? this.#rules.fields.named(target.field) : undefined
    return field !== undefined && fields.has(field)
  }

  #place(entries: Entries, path: string, text: string, key: string): void {
    if (path === 'lead_id' || path === 'version') entries.system.set(path, { key, text, is_null: false })
    else placeValue(entries, path, path === 'priority' ? priorityOf(text) : text, key, this.#rules)
  }

  /** The cell is kept as it is, besides, where it says more than the numbers that have a field. */
  #placeNumbers(entries: Entries, cells: readonly string[], at: number, column: string): void {
    const { fields } = this.#rules
    const text = cells[at]!
    const numbers = severalNumbers(text) ?? [{ number: text.trim(), code: '', note: '' }]
    const free = fields.phones.filter((field) => !entries.fields.has(field))
    for (const [i, { number, code }] of numbers.slice(0, free.length).entries()) {
      const spelt = withCode(number, code === '' ? this.#country(cells) : code, true)
      this.#place(entries, `fields.${free[i]!.name}`, spelt, column)
    }
    const is_all = numbers.length <= free.length && numbers.every(({ note }) => note === '')
    if (!is_all)
      this.#place(entries, `unmapped.${fields.find(column) ? `${column} (2)` : column}`, text, column)
  }

  /** The country code of the row. */
  #country(cells: readonly string[]): string | undefined {
    const code = this.#cells.find((cell) => cell.code?.plus)?.code
    return code && cells[code.at]
  }

  #textOf(cell: Cell, raw: string, cells: readonly string[]): string {
    const { path, field, days, values, digits, lost_zero, code } = cell
    if (isNoChange(raw)) return raw
    const known = fold(raw)
    if (values && Object.hasOwn(values, known)) return values[known]!
    if (path === 'callback') return callbackText(raw, days)
    if (field?.kind === 'date' && days) return dayText(raw, days)
    const text = code ? withCode(raw, cells[code.at], code.plus) : raw
    if (lost_zero && needsZero(text, this.#rules.region)) return `0${text.trim()}`
    return digits !== undefined && /^\d+$/.test(text.trim()) ? text.trim().padStart(digits, '0') : text
  }
}

const NOWHERE = -1

interface Code {
  at: number
  plus: boolean
}

interface Cell extends ColumnMapping {
  at: number
  /** Undefined: it says something of the row. */
  path: string | undefined
  field: Field | undefined
  code: Code | undefined
}

function pathOf(target: ColumnTarget): string | undefined {
  switch (target.to) {
    case 'field':
      return `fields.${target.field}`
    case 'system':
      return target.key
    case 'unmapped':
      return `unmapped.${target.key}`
    // The template has the field when the file is read.
    case 'new_field':
      return `fields.${target.name}`
    default:
      return undefined
  }
}

const actionNamed = (text: string | undefined): MappedRow['action'] =>
  text === undefined || text === ''
    ? undefined
    : (ROW_ACTIONS.find((action) => action === text.toLowerCase()) ?? 'unknown')

/** What is no number is refused as a wrong priority. */
const priorityOf = (text: string) => (/^\s*\d{1,3}(?:\.0+)?\s*$/.test(text) ? Number(text) : text)

/** A day without a time means its beginning: the call is made when the contact hours open. */
function callbackText(raw: string, days: DayOrder = 'ymd'): string {
  const read = readDayIn(raw, days)
  // The hour is that of another clock.
  if (!read || read.offset !== undefined) return raw
  return `${read.day}T${read.time ?? '00:00'}`
}

function dayText(raw: string, days: DayOrder): string {
  const read = readDayIn(raw, days)
  return read ? `${read.day}${read.time ? ` ${read.time}${read.offset ?? ''}` : ''}` : raw
}

function withCode(raw: string, code: string | undefined, plus: boolean): string {
  const number = raw.trim()
  const digits = code?.replace(/\D+/g, '') ?? ''
  if (digits === '' || number.startsWith('+')) return raw
  return plus ? `+${digits}${number.replace(/^0/, '')}` : `${digits}${number}`
}
