// The mapping of an import as the screen shows and changes it.

import type { Import, ImportMapping, SuggestedMapping, Template } from '../../../src/client/api.ts'

export type Column = ImportMapping['columns'][number]
export type Suggested = SuggestedMapping['columns'][number]
export type Target = Column['target']

export const IGNORED: Target = { to: 'ignored' }

/** What is saved of a column: nothing of why it was suggested. */
const plain = ({ column, target, days, values, digits, lost_zero }: Column): Column => ({
  column,
  target,
  ...(days !== undefined && { days }),
  ...(values !== undefined && Object.keys(values).length > 0 && { values }),
  ...(digits !== undefined && { digits }),
  ...(lost_zero !== undefined && { lost_zero }),
})

/** What to begin with: what was saved, else what is suggested. Every column of the file is in it, in order. */
export function mappingToEdit(
  { mapping, table }: Pick<Import, 'mapping' | 'table'>,
  suggested: SuggestedMapping,
): ImportMapping {
  const { columns, constants } = mapping ?? suggested
  const by_name = new Map(columns.map((one) => [one.column, one]))
  return {
    columns: (table?.columns ?? []).map((column) =>
      plain(by_name.get(column) ?? { column, target: IGNORED }),
    ),
    constants,
  }
}

/** One target as the value of a choice. */
export const keyOf = (target: Target) => JSON.stringify(target)

const isSame = (one: Target, other: Target | undefined) => other !== undefined && keyOf(one) === keyOf(other)

/** How sure a column is, and why; `ours`: a person has chosen otherwise. */
export const sureness = ({ target }: Column, suggested: Suggested | undefined) =>
  suggested && isSame(target, suggested.target) ? suggested.confidence : 'ours'

const fieldOf = (target: Target, template: Template | undefined) =>
  target.to === 'field' ? template?.fields.find(({ name }) => name === target.field) : undefined

export const kindOf = (target: Target, template: Template | undefined) =>
  target.to === 'system' ? target.key : fieldOf(target, template)?.kind

/** Whether its cells are days, so that their order counts. */
export const hasDays = (target: Target, template: Template | undefined) =>
  ['date', 'callback'].includes(kindOf(target, template) ?? '')

/** Whether a person has still to say which of day and month comes first. */
export const isOpen = ({ target, days }: Column, template: Template | undefined) =>
  hasDays(target, template) && days === undefined

/** A column that goes elsewhere: what was said about its cells no longer counts. */
export const sentTo = ({ column }: Column, target: Target, suggested: Suggested | undefined): Column =>
  suggested && isSame(target, suggested.target) ? plain(suggested) : { column, target }

/** The values that the field lacks, with what they mean; '' for none. The keys of a mapping are in lower case. */
export const meant = (values: Readonly<Record<string, string>> = {}, value: string) =>
  values[value.trim().toLowerCase()] ?? ''

export function withMeaning(column: Column, value: string, means: string): Column {
  const { [value.trim().toLowerCase()]: _, ...others } = column.values ?? {}
  return plain({
    ...column,
    values: means === '' ? others : { ...others, [value.trim().toLowerCase()]: means },
  })
}

/** "12 of 14 columns": how far the mapping is. */
export function readiness({ columns }: ImportMapping, template: Template | undefined) {
  const mapped = columns.filter(({ target }) => target.to !== 'ignored')
  const phone = columns
    .map(({ target }) => fieldOf(target, template))
    .find((field) => field?.kind === 'phone')
  const several = columns.find(({ target }) => target.to === 'numbers')
  return {
    mapped: mapped.length,
    left_out: columns.length - mapped.length,
    phone: phone?.label ?? several?.column,
  }
}

/** What is wrong, by the part of the mapping that it is about: 'columns/3', 'constants/0'. */
export const placeOf = (pointer: string) => pointer.split('/').slice(1, 3).join('/')
