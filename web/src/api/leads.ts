// Leads: finding and reading them.

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { FoundLeads, Lead, Template } from '../../../src/client/api.ts'
import { leadName as nameIn } from '../../../src/core/lead-name.ts'
import { type LeadSearch, sortOf } from '../search.ts'
import { startOfDay } from '../text/times.ts'
import { client, must } from './client.ts'
import { serverNow } from './clock.ts'
import { liveFields } from './set-up.ts'

/** Rows of one page of the list. */
const LIST_ROWS = 50

/** Pages without a lead that are skipped before the operator is asked whether to go on. */
const EMPTY_PAGES_MAX = 5

export const leadsQuery = (search: LeadSearch) =>
  queryOptions({
    queryKey: ['leads', search],
    queryFn: async () => {
      let page = await readLeads(search, search.cursor)
      for (let i = 1; i < EMPTY_PAGES_MAX && page.items.length === 0 && page.next_cursor !== null; i++)
        page = { ...(await readLeads(search, page.next_cursor)), total: page.total }
      return page
    },
    // The previous rows stay until the next ones are there: nothing jumps while somebody types.
    placeholderData: keepPreviousData,
    // Nothing is re-sorted under the hand of somebody who comes back to the window.
    refetchOnWindowFocus: false,
  })

/** The first page as it is now, to be compared with the one that is shown. `newest` names the moment. */
export const newerQuery = (search: LeadSearch, newest: number | null) =>
  queryOptions({
    queryKey: ['leads', 'newer', search, newest],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => readLeads(search, undefined),
  })

const readLeads = (search: LeadSearch, cursor: string | undefined): Promise<FoundLeads> =>
  must(client.leads({ ...filtersAsked(search), sort: sortOf(search), cursor, limit: LIST_ROWS }))

/** The filters as the server takes them, and what else the address says. */
export function filtersAsked({ overdue, closed, callback_from, callback_to, ...query }: LeadSearch) {
  return {
    ...query,
    closed: closed && closed === 'yes',
    callback_from: callback_from && startOfDay(callback_from).toISOString(),
    callback_to: callback_to && startOfDay(callback_to, 1).toISOString(),
    ...(overdue && {
      closed: false,
      callback_from: undefined,
      callback_to: new Date(serverNow()).toISOString(),
    }),
  }
}

export const leadQuery = (id: string) =>
  queryOptions({ queryKey: ['lead', id], queryFn: () => must(client.lead(id)) })

/** The name of a lead, else its first number, else its id. */
export const leadName = (
  { id, fields, phones }: Pick<Lead, 'id' | 'fields'> & Partial<Pick<Lead, 'phones'>>,
  template: Template | undefined,
): string =>
  nameIn(
    fields,
    template ? liveFields(template) : Object.keys(fields).map((name) => ({ name, kind: 'text' })),
  ) ??
  phones?.find(({ number }) => number !== undefined)?.number ??
  id
