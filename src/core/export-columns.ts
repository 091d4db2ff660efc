// The columns of an exported table: the fields of templates, and what Leadline says of a lead. Reading such a file finds
// out from the same list where its columns go.

import { type Field, fold } from './field.ts'
import { readLeadId } from './lead.ts'
import type { ColumnTarget } from './mapping.ts'
import { ok, type Result, refuse } from './result.ts'

/** A lead as it is exported. */
export interface ExportedLead {
  id: string
  campaign_id: number
  campaign: string
  allocation_id: number
  allocation: string
  external_id: string | null
  version: number
  fields: Readonly<Record<string, string>>
  unmapped: Readonly<Record<string, string>>
  phones: readonly { field: string; number?: string }[]
  disposition: string | null
  calls: number
  callback: { local: string; zone: string; at: string } | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  client_approved: boolean
  closed: boolean
  open_conflicts: number
  source: string | null
  created_way: string
  created_by: string
  created_at: string
  updated_at: string
}

export type Cell = string | number | boolean | null | undefined

interface SystemColumn {
  of: (lead: ExportedLead) => Cell
  /** Where the column goes when the file is read; absent: what Leadline says of a lead is not read. */
  target?: ColumnTarget
}

const system = (key: Extract<ColumnTarget, { to: 'system' }>['key']): ColumnTarget => ({ to: 'system', key })

// A disposition that is read is an outcome, so that a file which comes back would make a call of each lead.
const SYSTEM_COLUMNS = {
  lead_id: { of: ({ id }) => id, target: system('lead_id') },
  version: { of: ({ version }) => version, target: system('version') },
  external_id: { of: ({ external_id }) => external_id, target: system('external_id') },
  campaign_id: { of: ({ campaign_id }) => campaign_id },
  campaign: { of: ({ campaign }) => campaign },
  allocation_id: { of: ({ allocation_id }) => allocation_id },
  allocation: { of: ({ allocation }) => allocation, target: { to: 'row', key: 'allocation' } },
  disposition: { of: ({ disposition }) => disposition },
  calls: { of: ({ calls }) => calls },
  closed: { of: ({ closed }) => closed },
  client_approved: { of: ({ client_approved }) => client_approved },
  // Without the T a spreadsheet makes it a date of its own.
  callback: { of: ({ callback }) => callback?.local.slice(0, 16), target: system('callback') },
  callback_zone: { of: ({ callback }) => callback?.zone },
  callback_at: { of: ({ callback }) => callback?.at },
  callback_agent: { of: ({ callback_agent }) => callback_agent, target: system('callback_agent') },
  priority: { of: ({ priority }) => priority, target: system('priority') },
  contact_hours: { of: ({ contact_hours }) => contact_hours },
  open_conflicts: { of: ({ open_conflicts }) => open_conflicts },
  source: { of: ({ source }) => source, target: system('source') },
  created_way: { of: ({ created_way }) => created_way },
  created_by: { of: ({ created_by }) => created_by },
  created_at: { of: ({ created_at }) => created_at },
  updated_at: { of: ({ updated_at }) => updated_at },
} as const satisfies Record<string, SystemColumn>

type SystemName = keyof typeof SYSTEM_COLUMNS
export const SYSTEM_COLUMN_NAMES = Object.keys(SYSTEM_COLUMNS) as SystemName[]
const isSystemColumn = (name: string): name is SystemName => Object.hasOwn(SYSTEM_COLUMNS, name)

/** Those of a table for which no columns are chosen, in front of the fields and behind them. */
const IN_FRONT: readonly SystemName[] = ['lead_id', 'version', 'external_id']
const BEHIND: readonly SystemName[] = [
  'disposition',
  'calls',
  'closed',
  'callback',
  'priority',
  'allocation',
  'source',
  'created_at',
  'updated_at',
]

/** What becomes of the fields of a template in a table. */
export interface TableOptions {
  /** What stands above the columns of fields. */
  headings: 'names' | 'labels'
  /** Numbers as they were sent, or as E.164 where they are numbers. */
  numbers: 'as_sent' | 'e164'
}

export interface ExportColumn {
  /** As `columns` takes it. */
  name: string
  heading: string
  of: (lead: ExportedLead) => Cell
}

/** A field's name, where it is none of a system column. */
const nameOfField = (name: string) => (isSystemColumn(fold(name)) ? `fields.${name}` : name)

function columnOfField({ name, label, kind }: Field, { headings, numbers }: TableOptions): ExportColumn {
  const text = ({ fields }: ExportedLead) => (Object.hasOwn(fields, name) ? fields[name] : undefined)
  const number = (lead: ExportedLead) => lead.phones.find(({ field }) => field === name)?.number ?? text(lead)
  return {
    name: nameOfField(name),
    heading: headings === 'labels' ? label : nameOfField(name),
    of: kind === 'phone' && numbers === 'e164' ? number : text,
  }
}

const systemColumn = (name: SystemName): ExportColumn => ({
  name,
  heading: name,
  of: SYSTEM_COLUMNS[name].of,
})

const columnOfKey = (key: string): ExportColumn => ({
  name: `unmapped.${key}`,
  heading: `unmapped.${key}`,
  of: ({ unmapped }) => (Object.hasOwn(unmapped, key) ? unmapped[key] : undefined),
})

/** The fields of several templates: those of one name are one column. */
export const distinctFields = (fields: readonly Field[]): Field[] =>
  [...Map.groupBy(fields, ({ name }) => name).values()].map(([first]) => first!)

/** A table without chosen columns. `several`: it has leads of several campaigns. */
export function usualColumns(
  fields: readonly Field[],
  options: TableOptions,
  { several }: { several: boolean },
): ExportColumn[] {
  const names: SystemName[] = several ? [...IN_FRONT, 'campaign'] : [...IN_FRONT]
  return distinct([
    ...names.map(systemColumn),
    ...fields.map((field) => columnOfField(field, options)),
    ...BEHIND.map(systemColumn),
  ])
}

/** The columns that a caller names, in that order: lead_id, Mobile, fields.source, unmapped.campaign_code. */
export function chosenColumns(
  names: readonly string[],
  fields: readonly Field[],
  options: TableOptions,
): Result<ExportColumn[]> {
  const columns: ExportColumn[] = []
  for (const name of names) {
    const column = columnNamed(name, fields, options)
    if (!column)
      return wrong(`there is no column ${JSON.stringify(name)}: it is none of a field, nor one of Leadline`)
    if (columns.some((one) => one.name === column.name)) return wrong(`${column.name} is named twice`)
    columns.push(column)
  }
  return ok(distinct(columns))
}

const wrong = (detail: string) => refuse('INVALID_FIELD', detail, { field: 'columns' })

function columnNamed(
  name: string,
  fields: readonly Field[],
  options: TableOptions,
): ExportColumn | undefined {
  if (isSystemColumn(name)) return systemColumn(name)
  const [, key] = /^unmapped\.(.+)$/s.exec(name) ?? []
  if (key !== undefined) return columnOfKey(key)
  const [, own = name] = /^fields\.(.+)$/s.exec(name) ?? []
  const field = fields.find((one) => one.name === own) ?? fields.find((one) => fold(one.name) === fold(own))
  return field && columnOfField(field, options)
}

/** A label that another column has, too, gives way to the name. */
function distinct(columns: ExportColumn[]): ExportColumn[] {
  const counts = new Map<string, number>()
  for (const { heading, name } of columns)
    for (const text of new Set([fold(heading), fold(name)])) counts.set(text, (counts.get(text) ?? 0) + 1)
  return columns.map((column) =>
    counts.get(fold(column.heading)) === 1 ? column : { ...column, heading: column.name },
  )
}

export const cellText = (cell: Cell) => (cell === null || cell === undefined ? '' : String(cell))

/** Whether a column of a file holds the ids of leads, as only an export has them. */
export const isLeadIdColumn = (heading: string, values: readonly string[]) =>
  fold(heading) === 'lead_id' && values.length > 0 && values.every((value) => readLeadId(value.trim()))

/** Where a column of an exported table goes; undefined: its heading is the name or the label of a field. */
export function exportedTarget(heading: string): ColumnTarget | undefined {
  const name = fold(heading)
  if (isSystemColumn(name)) return (SYSTEM_COLUMNS[name] as SystemColumn).target ?? { to: 'ignored' }
  const [, key] = /^unmapped\.(.+)$/s.exec(heading.trim()) ?? []
  return key === undefined ? undefined : { to: 'unmapped', key }
}

/** The name of a field as exports write it where it is also that of a system column. */
export const fieldInHeading = (heading: string) => heading.trim().replace(/^fields\./, '')
