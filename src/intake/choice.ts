// What somebody typed, as a choice of leads takes it.

import { ok, type Result } from '../core/result.ts'
import type { Query } from '../core/search.ts'
import type { LeadChoice } from '../db/chosen-leads.ts'
import type { Filter } from '../db/search-parts.ts'
import type { Author } from './actor.ts'
import type { Search } from './search.ts'

type Typed = NonNullable<LeadChoice['typed']>

/** For each of the campaigns in which `filter` looks. */
export async function typedIn(
  search: Search,
  { actor }: Author,
  filter: Filter,
  query: Query,
): Promise<Result<(campaign_id: number) => Typed>> {
  const reading = await search.reading(actor, filter, query)
  if (reading.refusal) return reading
  const { lead, typed: external_id } = query
  return ok((campaign_id) => ({
    ...reading.ok,
    external_id,
    number: lead?.campaign_id === campaign_id ? lead.number : null,
  }))
}
