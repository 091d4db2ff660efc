// Leads: finding, reading, creating.

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { FoundLead, Lead, NewLead } from '../../../src/client/model.ts'
import { path } from '../../../src/client/path.ts'
import type { LeadSearch } from '../screens/leads/search.ts'
import { createStore } from '../store.ts'
import { startOfDay } from '../text/times.ts'
import { call, type Page } from './client.ts'
import { liveFields, type Template, type TemplateField } from './set-up.ts'

export type { FoundLead, Lead, NewLead }

export interface LeadPage extends Page<FoundLead> {
  /** Of the first page: how many there are, or (not exact) so many at least. */
  total?: { count: number; exact: boolean } | null
}

/** Rows of one page of the list. */
export const LIST_ROWS = 50

/** Pages without a lead, and yet not the last, that are skipped at once; after these the operator is asked. */
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
    // The rows before stay until the next ones are there: nothing jumps while somebody types.
    placeholderData: keepPreviousData,
  })

function readLeads(search: LeadSearch, cursor: string | number | undefined): Promise<LeadPage> {
  const { closed, callback_from, callback_to, ...query } = search
  return call<LeadPage>('GET', '/v1/leads', {
    query: {
      ...query,
      cursor,
      closed: closed && closed === 'yes',
      callback_from: callback_from && startOfDay(callback_from).toISOString(),
      callback_to: callback_to && startOfDay(callback_to, 1).toISOString(),
      limit: LIST_ROWS,
    },
  })
}

/** The ids that the list showed last, in its order: what is before and after a lead. */
export const lastListed = createStore<readonly string[]>([])

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: ['lead', id],
    queryFn: () => call<Lead>('GET', path`/v1/leads/${id}`),
  })

/** A saved lead, whole: the answer has no more than its id and version when the server could not read it any more. */
export const whole = async <Saved extends Lead>(saved: Saved): Promise<Saved> =>
  saved.fields ? saved : { ...saved, ...(await call<Lead>('GET', `/v1/leads/${saved.id}`)) }

export const createLead = async (body: NewLead) => whole(await call<Lead>('POST', '/v1/leads', { body }))

const NAMES = /^(full|contact|customer|client|lead)?[ _-]?name$/i
const FIRST = /^(first|given)[ _-]?name$/i
const LAST = /^(last|family|sur)[ _-]?name$/i

/**
 * What people call the lead: its name as far as the template's fields tell, else the first text that it has, else its
 * id.
 */
export function leadName(lead: Pick<Lead, 'id' | 'fields'>, template: Template | undefined): string {
  const fields: Pick<TemplateField, 'name' | 'kind'>[] = template
    ? liveFields(template)
    : Object.keys(lead.fields).map((name) => ({ name, kind: 'text' }))
  const value = (pattern: RegExp) => {
    const field = fields.find(({ name }) => pattern.test(name) && lead.fields[name])
    return field && lead.fields[field.name]
  }
  const parts = [value(FIRST), value(LAST)].filter(Boolean).join(' ')
  const first = fields.find(({ name, kind }) => kind === 'text' && lead.fields[name])
  return value(NAMES) ?? (parts || (first && lead.fields[first.name]) || lead.id)
}
