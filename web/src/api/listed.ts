// The list of leads as it was shown last in this tab: the way back to it, the place of a lead in it, its neighbours.

import type { FoundLeads } from '../../../src/client/api.ts'
import type { LeadSearch } from '../search.ts'
import { createStore, useStore } from '../store.ts'
import { queries } from './client.ts'
import { leadsQuery } from './leads.ts'
import { useOperator } from './session.ts'

export type Total = NonNullable<FoundLeads['total']>

/** Where a page stands in the result. */
export interface ListPlace {
  /** The cursor of the page itself; '' is the first. */
  cursor: string
  /** The pages before it by their cursors, '' is the first, with the leads that each has. */
  before: readonly { cursor: string; rows: number }[]
  /** Absent: nobody has counted. */
  total?: Total
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Of a page of the list; absent behind a link into the middle. */
    list_place?: ListPlace
    /** The entry whose scroll position this one takes over. */
    scrolled_as?: string
  }
}

/** A page as it was shown. */
export interface Listed {
  operator_id: number
  search: LeadSearch
  place: ListPlace | undefined
  ids: readonly string[]
  next_cursor: string | null
  scrolled_as: string | undefined
  /** The lead that was opened last. */
  opened?: string
}

const KEY = 'leadline.listed'

function kept(): Listed | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
  } catch {
    return null
  }
}

const listed = createStore(kept())

export function setListed(shown: Listed): void {
  listed.set(shown)
  try {
    // Of this tab alone: another one shows another list.
    sessionStorage.setItem(KEY, JSON.stringify(shown))
  } catch {
    // The browser keeps nothing: the list is forgotten when the page is loaded again.
  }
}

/** Null: this operator has seen no list in this tab. */
export function useListed(): Listed | null {
  const { operator_id } = useOperator()
  const shown = useStore(listed)
  return shown?.operator_id === operator_id ? shown : null
}

/** The leads on the pages before; undefined behind a link into the middle. */
export const rowsBefore = (place: ListPlace | undefined) =>
  place?.before.reduce((sum, { rows }) => sum + rows, 0)

/** The total, which the last page knows too. */
export function totalOf(
  place: ListPlace | undefined,
  rows: number,
  next_cursor: string | null,
): Total | undefined {
  const before = rowsBefore(place)
  if (before !== undefined && next_cursor === null) return { count: before + rows, exact: true }
  return place?.total
}

/** The place of the page after one that has so many rows, and of the page before it. */
export const placeAfter = ({ cursor, before, total }: ListPlace, rows: number, next: string): ListPlace => ({
  cursor: next,
  before: [...before, { cursor, rows }],
  total,
})
export const placeBefore = ({ before, total }: ListPlace): ListPlace => ({
  cursor: before.at(-1)?.cursor ?? '',
  before: before.slice(0, -1),
  total,
})

/** The neighbour of a lead in the list, on the next or previous page if need be; undefined: there is none. */
export async function neighbourOf(lead_id: string, shown: Listed, by: 1 | -1): Promise<string | undefined> {
  const { ids, place, search, next_cursor } = shown
  const on_page = ids[ids.indexOf(lead_id) + by]
  if (on_page !== undefined) return on_page
  const cursor = by > 0 ? next_cursor : place?.before.at(-1)?.cursor
  if (!place || cursor === null || cursor === undefined) return undefined
  const other = { ...search, cursor: cursor || undefined }
  const page = await queries.fetchQuery(leadsQuery(other))
  setListed({
    ...shown,
    search: other,
    place: by > 0 ? placeAfter(place, ids.length, cursor) : placeBefore(place),
    ids: page.items.map(({ id }) => id),
    next_cursor: page.next_cursor,
    scrolled_as: undefined,
  })
  return page.items.at(by > 0 ? 0 : -1)?.id
}

/** Whether there may be one. */
export function hasNeighbour(lead_id: string, { ids, place, next_cursor }: Listed, by: 1 | -1): boolean {
  if (ids[ids.indexOf(lead_id) + by] !== undefined) return true
  return place !== undefined && (by > 0 ? next_cursor !== null : place.before.length > 0)
}
