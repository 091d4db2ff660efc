// The columns of the list: which there are, and which an operator has chosen in this browser.

import { useMemo } from 'react'
import { useOperator } from '../api/session.ts'
import { liveFields, type SetUp, templateOf } from '../api/set-up.ts'
import type { LeadSearch } from '../search.ts'
import { createKeptStore, type Store, useStore } from '../store.ts'
import { text } from '../text.ts'

const OF_LEADS = [
  'lead',
  'phones',
  'disposition',
  'callback',
  'campaign',
  'allocation',
  'priority',
  'external_id',
  'source',
  'created',
  'changed',
] as const

type OfLeads = (typeof OF_LEADS)[number]
/** A column beside the name, which is always there. A field of a template is `fields.City`. */
export type Column = OfLeads | `fields.${string}`

const USUAL: readonly Column[] = ['lead', 'phones', 'disposition', 'callback', 'allocation', 'changed']

const isColumns = (value: unknown): value is readonly Column[] =>
  Array.isArray(value) &&
  value.every((one) => OF_LEADS.includes(one) || (typeof one === 'string' && one.startsWith('fields.')))

const stores = new Map<number, Store<readonly Column[]>>()

/** The chosen columns of this operator. */
export function useColumns(): [readonly Column[], (columns: readonly Column[]) => void] {
  const { operator_id } = useOperator()
  const store = useMemo(() => {
    const known = stores.get(operator_id)
    const made = known ?? createKeptStore(`leadline.columns.${operator_id}`, USUAL, isColumns)
    stores.set(operator_id, made)
    return made
  }, [operator_id])
  return [useStore(store), store.set]
}

export interface OfferedColumn {
  column: Column
  label: string
}

/** Every column that the leads of a search can have, in the order in which they are shown. */
export function offeredColumns(set_up: SetUp | undefined, search: LeadSearch): OfferedColumn[] {
  const allocation = set_up?.allocations.find((one) => one.allocation_id === search.allocation_id)
  const campaign_id = search.campaign_id ?? allocation?.campaign_id
  const templates =
    campaign_id === undefined
      ? (set_up?.templates ?? [])
      : [templateOf(set_up, campaign_id)].filter((one) => !!one)
  const labels = new Map<string, string>()
  for (const field of templates.flatMap(liveFields))
    if (field.kind !== 'phone' && !labels.has(field.name)) labels.set(field.name, field.label)
  return [
    ...OF_LEADS.map((column) => ({ column, label: text.leads.columns[column] })),
    ...[...labels].map(([name, label]) => ({ column: `fields.${name}` as const, label })),
  ]
}

export const isUsual = (columns: readonly Column[]) => columns.join() === USUAL.join()
export const usualColumns = USUAL
