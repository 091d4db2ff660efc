// Guesses what becomes of the columns of a table: by their headings first, then by what their cells look like.

import { isSystemName, rowKeyNamed, systemKeyNamed } from './classic.ts'
import { type ColumnContent, contentOf } from './column-content.ts'
import { type DayOrder, findDayOrder } from './day-order.ts'
import { exportedTarget, fieldInHeading, isLeadIdColumn } from './export-columns.ts'
import { type Field, fold } from './field.ts'
import { likeness } from './heading-match.ts'
import { knownLayout } from './known-layouts.ts'
import { type ColumnMapping, type ColumnTarget, isColumnKey, type Mapping } from './mapping.ts'
import { type Region, readPhone } from './phone.ts'
import { contactHoursNamed, dispositionNamed, type Rules } from './rules.ts'
import { severalNumbers } from './several-numbers.ts'
import type { TableShape } from './table.ts'
import { isBadText } from './value.ts'

/** sure: green. likely: please look. none: not imported as a field. */
export type Confidence = 'sure' | 'likely' | 'none'

/** Why a column goes where it goes; a screen has a sentence for each. */
export const MAPPING_REASONS = [
  // An earlier file with the same headings was mapped so.
  'earlier',
  'name',
  'label',
  'alias',
  'system_name',
  'known_name',
  'similar',
  'content',
  'code',
  'nothing_fits',
  'empty',
  'handed_out',
] as const
export type MappingReason = (typeof MAPPING_REASONS)[number]

/** What only a person can say. */
export type MappingQuestion =
  /** Day or month first; `mixed`: the values contradict each other. */
  | { about: 'days'; is_mixed: boolean }
  /** Values that the field does not have. */
  | { about: 'values'; values: string[] }

export interface GuessedColumn extends ColumnMapping {
  confidence: Confidence
  reason: MappingReason
  questions: MappingQuestion[]
}

export interface GuessedMapping extends Mapping {
  columns: GuessedColumn[]
}

/** A column with all that is known of it. */
interface Seen {
  column: string
  /** Of the file, or of the layout that the file has. */
  heading: string
  content: ColumnContent
}

interface Found {
  target: ColumnTarget
  confidence: Confidence
  reason: MappingReason
}

const VALUES_ASKED_MAX = 50

export function guessMapping({ columns, heading_row, sample }: TableShape, rules: Rules): GuessedMapping {
  const cells = (i: number) => sample.map((row) => row.cells[i])
  const layout = heading_row === null ? knownLayout(sample) : undefined
  const seen = columns.map((column, i): Seen => {
    const content = contentOf(cells(i), rules.region)
    return { column, heading: layout?.[i] ?? (heading_row === null ? '' : column), content }
  })
  const found = new Map<Seen, Found>()
  const rest = () => seen.filter((column) => !found.has(column))
  const is_export = seen.some(({ heading, content }) => isLeadIdColumn(heading, content.values))
  const named = is_export ? byExportedName : byName
  for (const column of rest()) setIf(found, column, named(column.heading, rules))
  dropSecond(found)
  for (const { code, number, plus } of codesIn(seen, found, sample, rules.region)) {
    found.set(code, { target: { to: 'code', of: number.column, plus }, confidence: 'likely', reason: 'code' })
    number.content = { ...number.content, kind: 'phone' }
  }
  for (const column of rest())
    if (column.content.values.length > 0 && column.content.values.every((value) => severalNumbers(value)))
      found.set(column, { target: { to: 'numbers' }, confidence: 'likely', reason: 'content' })
  dropSecond(found)
  byLikeness(rest(), found, rules)
  byContent(rest(), found, rules)
  for (const column of rest()) setIf(found, column, byKnownName(column, found))
  for (const column of rest()) found.set(column, leftOver(column, rules))
  const reading = is_export ? asExported : withReading
  return { columns: seen.map((column) => reading(column, found.get(column)!, rules)), constants: [] }
}

const setIf = (found: Map<Seen, Found>, column: Seen, result: Found | undefined) => {
  if (result) found.set(column, result)
}

/** Exactly what the heading says: names of the classic API, then of fields, as intake finds them. */
function byName(heading: string, rules: Rules): Found | undefined {
  const key = systemKeyNamed(heading)
  if (isColumnKey(key)) return { target: { to: 'system', key }, confidence: 'sure', reason: 'system_name' }
  const row_key = rowKeyNamed(heading)
  if (row_key) return { target: { to: 'row', key: row_key }, confidence: 'sure', reason: 'system_name' }
  const named = rules.fields.find(heading)
  if (named) {
    const reason = fold(named.name) === fold(heading) ? 'name' : 'alias'
    return { target: { to: 'field', field: named.name }, confidence: 'sure', reason }
  }
  const labelled = rules.fields.all.filter(({ label }) => fold(label) === fold(heading))
  const [only] = labelled
  if (only && labelled.length === 1)
    return { target: { to: 'field', field: only.name }, confidence: 'sure', reason: 'label' }
  return isSystemName(heading)
    ? { target: { to: 'ignored' }, confidence: 'none', reason: 'handed_out' }
    : undefined
}

/** In a file that Leadline has exported, its own columns come before fields of the same name. */
function byExportedName(heading: string, rules: Rules): Found | undefined {
  const target = exportedTarget(heading)
  if (target?.to === 'ignored') return { target, confidence: 'none', reason: 'handed_out' }
  if (target) return { target, confidence: 'sure', reason: 'system_name' }
  return byName(fieldInHeading(heading), rules)
}

/** Two columns cannot fill one target: the first stays. */
function dropSecond(found: Map<Seen, Found>): void {
  const taken = new Set<string>()
  for (const [column, { target }] of found) {
    if (target.to === 'ignored') continue
    const key = JSON.stringify(target)
    if (taken.has(key)) found.delete(column)
    taken.add(key)
  }
}

const CODE = /^\+?\d{1,4}$/
const DIGITS = /^\d+$/

interface CodeColumn {
  code: Seen
  number: Seen
  plus: boolean
}

/** Columns of country or area codes, each left of a column of digits that are numbers only together with it. */
function codesIn(
  seen: readonly Seen[],
  found: ReadonlyMap<Seen, Found>,
  sample: TableShape['sample'],
  region: Region,
): CodeColumn[] {
  const codes: CodeColumn[] = []
  for (const [i, code] of seen.entries()) {
    const number = seen[i + 1]
    const rows = sample
      .map(({ cells }) => [cells[i]?.trim() ?? '', cells[i + 1]?.trim() ?? ''] as const)
      .filter((pair) => pair.every((text) => text !== ''))
    const are_parts = rows.every(([code, number]) => CODE.test(code) && DIGITS.test(number))
    if (!number || found.has(code) || rows.length === 0 || !are_parts) continue
    const share = (spelt: (code: string, number: string) => string) =>
      rows.filter((pair) => readPhone(spelt(...pair), region).number !== null).length / rows.length
    const alone = share((_, number) => number)
    const with_plus = share((code, number) => `+${code.replace('+', '')}${number.replace(/^0/, '')}`)
    const with_area = share((code, number) => code + number)
    const is_needed = Math.max(with_plus, with_area) >= MOST && alone < MOST
    if (is_needed || isCodeHeading(code.heading)) codes.push({ code, number, plus: with_plus > with_area })
  }
  return codes
}

const MOST = 0.6
const isCodeHeading = (heading: string) =>
  /^(?:phone|country|area|dial(?:ling)?)[ _-]?code$/i.test(heading.trim())

/** Names in other words, best first: a field is filled by one column. */
function byLikeness(columns: readonly Seen[], found: Map<Seen, Found>, rules: Rules): void {
  const free = new Set(freeFields(found, rules))
  const pairs = columns
    .flatMap((column) => [...free].map((field) => ({ column, field, score: likenessOf(column, field) })))
    .filter(({ score }) => score >= ALIKE_MIN)
    .toSorted((a, b) => b.score - a.score)
  for (const { column, field, score } of pairs) {
    if (found.has(column) || !free.delete(field)) continue
    const confidence = score >= 1 ? 'sure' : 'likely'
    found.set(column, { target: { to: 'field', field: field.name }, confidence, reason: 'similar' })
  }
}

const ALIKE_MIN = 0.55

function freeFields(found: ReadonlyMap<Seen, Found>, { fields }: Rules): Field[] {
  const filled = new Set(
    [...found.values()].map(({ target }) => (target.to === 'field' ? target.field : undefined)),
  )
  return fields.all.filter(({ name }) => !filled.has(name))
}

/** 0 where the cells contradict the kind of the field. */
function likenessOf({ heading, content }: Seen, field: Field): number {
  if (heading === '' || !canHold(field, content)) return 0
  return Math.max(...[field.name, field.label, ...field.aliases].map((name) => likeness(heading, name)))
}

function canHold({ kind }: Field, { kind: content }: ColumnContent): boolean {
  if (content === 'empty') return true
  if (kind === 'phone') return content === 'phone'
  if (kind === 'email') return content === 'email'
  if (kind === 'date') return content === 'date'
  if (kind === 'number') return content === 'number' || content === 'phone'
  return true
}

/** Phone numbers and addresses go to the free fields of their kind, in order. */
function byContent(columns: readonly Seen[], found: Map<Seen, Found>, rules: Rules): void {
  for (const kind of ['phone', 'email'] as const) {
    const free = freeFields(found, rules).filter((field) => field.kind === kind)
    for (const column of columns) {
      if (found.has(column) || column.content.kind !== kind) continue
      const field = free.shift()
      if (!field) break
      found.set(column, {
        target: { to: 'field', field: field.name },
        confidence: 'likely',
        reason: 'content',
      })
    }
  }
}

const KNOWN_NAMES = {
  external_id:
    /^(?:(?:lead|record|contact|customer|client|external|crm|account)[ _-]?id|id|vendor[ _-]?lead[ _-]?code)$/i,
  source: /^(?:lead[ _-]?)?source$/i,
  callback: /^call ?back(?:[ _-]?(?:date|time|at))?$/i,
  priority: /^priority$/i,
  disposition: /^(?:disposition|outcome|call[ _-]?status)$/i,
} as const

function byKnownName({ heading, content }: Seen, found: ReadonlyMap<Seen, Found>): Found | undefined {
  const known = Object.entries(KNOWN_NAMES).find(([, pattern]) => pattern.test(heading.trim()))
  const key = known?.[0] as keyof typeof KNOWN_NAMES | undefined
  if (!key || content.kind === 'empty') return undefined
  const is_taken = [...found.values()].some(({ target }) => target.to === 'system' && target.key === key)
  const is_distinct = new Set(content.values).size === content.values.length
  if (is_taken || (key === 'external_id' && !is_distinct)) return undefined
  return { target: { to: 'system', key }, confidence: 'likely', reason: 'known_name' }
}

function leftOver({ column, content, heading }: Seen, { fields }: Rules): Found {
  const ignored = { to: 'ignored' } as const
  if (content.kind === 'empty') return { target: ignored, confidence: 'none', reason: 'empty' }
  if (heading === '') return { target: ignored, confidence: 'none', reason: 'nothing_fits' }
  // Another column fills the field of this name.
  const key = fields.find(heading) ? `${column} (2)` : heading
  return { target: { to: 'unmapped', key }, confidence: 'none', reason: 'nothing_fits' }
}

/** Post codes have so many digits. */
const POST_CODE_DIGITS: Readonly<Record<string, number>> = {
  AU: 4,
  NZ: 4,
  AT: 4,
  CH: 4,
  BE: 4,
  DK: 4,
  NO: 4,
  US: 5,
  DE: 5,
  FR: 5,
  IT: 5,
  ES: 5,
  MX: 5,
  FI: 5,
  SE: 5,
}

/** Its cells are what the leads have: nothing is to be mended, and days are written as Leadline writes them. */
const asExported = ({ column }: Seen, { target, confidence, reason }: Found): GuessedColumn => ({
  column,
  target,
  confidence,
  reason,
  questions: [],
})

/** The column with how its cells are read, and what is open about that. */
function withReading(
  { column, heading, content }: Seen,
  { target, confidence, reason }: Found,
  rules: Rules,
): GuessedColumn {
  const guessed: GuessedColumn = { column, target, confidence, reason, questions: [] }
  const field = target.to === 'field' ? rules.fields.named(target.field) : undefined
  if (field?.kind === 'date' || (target.to === 'system' && target.key === 'callback'))
    askDays(guessed, content)
  if (field?.kind === 'phone' && content.lost_zero) guessed.lost_zero = true
  const digits = POST_CODE_DIGITS[rules.region]
  const is_post_code = likeness(field?.name ?? heading, 'post code') === 1
  if (digits && is_post_code && content.values.some((value) => isShort(value, digits)))
    guessed.digits = digits
  const strange = distinct(content.values).filter((value) => isStrange(value, target, field, rules))
  if (strange.length > 0)
    guessed.questions.push({ about: 'values', values: strange.slice(0, VALUES_ASKED_MAX) })
  return guessed
}

const isShort = (value: string, digits: number) => DIGITS.test(value.trim()) && value.trim().length < digits

function askDays(guessed: GuessedColumn, { values }: ColumnContent): void {
  const order = findDayOrder(values)
  if (order === 'open' || order === 'mixed')
    guessed.questions.push({ about: 'days', is_mixed: order === 'mixed' })
  else guessed.days = (order ?? 'ymd') satisfies DayOrder
}

function isStrange(value: string, target: ColumnTarget, field: Field | undefined, rules: Rules): boolean {
  if (field) return (field.kind === 'choice' || field.kind === 'check') && isBadText(field, value)
  if (target.to !== 'system') return false
  if (target.key === 'disposition') return !dispositionNamed(rules, value)
  return target.key === 'contact_hours' && !contactHoursNamed(rules, value)
}

const distinct = (values: readonly string[]) => [
  ...new Map(values.map((value) => [fold(value), value.trim()])).values(),
]
