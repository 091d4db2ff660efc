// Searching leads: one box, filters, pages.

import type { Static } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { pastedText, type Query, readSearch } from '../../core/search.ts'
import { readText } from '../../core/text.ts'
import { readInstant } from '../../core/times.ts'
import { dispositionSpellings } from '../../db/search.ts'
import type { SearchPlace } from '../../intake/search.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './search-schemas.ts'

export async function getLeads(call: Call) {
  const asked = call.request.query as Static<typeof schemas.SearchQuery>
  const { services, caller } = call
  const filter = {
    team_ids: caller.team_ids,
    campaign_id: asked.campaign_id ?? null,
    allocation_id: asked.allocation_id ?? null,
    dispositions: asked.disposition ? await dispositionSpellings(services.pool, asked.disposition) : null,
    callback_from: instantOf(asked.callback_from, 'callback_from'),
    callback_to: instantOf(asked.callback_to, 'callback_to'),
    closed: asked.closed ?? null,
    has_conflict: asked.has_conflict ?? null,
    changed_by: asked.changed_by ?? null,
  }
  const { items, next, total } = orRefuse(
    await services.search.find({
      by: call.by.actor,
      filter,
      query: queryOf(asked.q ?? '', await regionOf(call, asked)),
      from: asked.cursor === undefined ? null : placeOf(asked.cursor),
      rows_max: asked.limit ?? LIMITS.search_rows_default,
    }),
  )
  const marked = await Promise.all(items.map((lead) => services.intake.targets.marked(lead)))
  return { items: marked, next_cursor: next && cursorOf(next), ...(total ? { total } : {}) }
}

/** Where numbers are read: that of the campaign or allocation that is named, if the caller may see it. */
async function regionOf(
  { services, caller }: Call,
  { campaign_id, allocation_id }: Static<typeof schemas.SearchQuery>,
): Promise<string> {
  const { targets } = services.intake
  const named =
    campaign_id !== undefined
      ? await targets.find({ campaign_id }, caller)
      : allocation_id !== undefined
        ? await targets.ofAllocation(allocation_id, caller)
        : undefined
  return named?.ok?.region ?? services.region
}

/** Null: nothing was typed. */
function queryOf(q: string, region: string): Query | null {
  const read = readText(pastedText(q), LIMITS.search_points_max)
  if ('problem' in read) return orRefuse(refuse('INVALID_FIELD', `q ${read.problem}`, { field: 'q' }))
  return read.text.trim() === '' ? null : readSearch(read.text, region)
}

function instantOf(text: string | undefined, field: string): string | null {
  if (text === undefined) return null
  const read = readInstant(text)
  return 'at' in read ? read.at : orRefuse(refuse('INVALID_FIELD', `${field} ${read.problem}`, { field }))
}

const cursorOf = ({ below, exact }: SearchPlace) => Buffer.from(`${below}.${exact}`).toString('base64url')

function placeOf(cursor: string): SearchPlace {
  const text = Buffer.from(cursor, 'base64url').toString()
  const match = /^([1-9]\d{0,15})\.(\d{1,2})$/.exec(text)
  const place = match && { below: Number(match[1]), exact: Number(match[2]) }
  if (!place || !Number.isSafeInteger(place.below) || cursorOf(place) !== cursor)
    return orRefuse(refuse('MALFORMED_REQUEST', 'this is no cursor of a search', { field: 'cursor' }))
  return place
}
