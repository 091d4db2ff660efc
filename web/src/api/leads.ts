// Leads: finding and reading them.

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { FoundLeads, Lead, Template } from '../../../src/client/api.ts'
import { leadName as nameIn } from '../../../src/core/lead-name.ts'
import type { LeadSearch } from '../search.ts'
import { createStore } from '../store.ts'
import { startOfDay } from '../text/times.ts'
import { client, must } from './client.ts'
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
  })

function readLeads(search: LeadSearch, cursor: string | undefined): Promise<FoundLeads> {
  const { closed, callback_from, callback_to, ...query } = search
  return must(
    client.leads({
      ...query,
      cursor,
      closed: closed && closed === 'yes',
      callback_from: callback_from && startOfDay(callback_from).toISOString(),
      callback_to: callback_to && startOfDay(callback_to, 1).toISOString(),
      limit: LIST_ROWS,
    }),
  )
}

/** The ids that the list showed last, in its order: the neighbours of a lead. */
export const lastListed = createStore<readonly string[]>([])

export const leadQuery = (id: string) =>
  queryOptions({ queryKey: ['lead', id], queryFn: () => must(client.lead(id)) })

/** The name of a lead, else its id. */
export const leadName = (
  { id, fields }: Pick<Lead, 'id' | 'fields'>,
  template: Template | undefined,
): string =>
  nameIn(
    fields,
    template ? liveFields(template) : Object.keys(fields).map((name) => ({ name, kind: 'text' })),
  ) ?? id
